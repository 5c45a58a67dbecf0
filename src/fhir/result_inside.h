/* SPDX-License-Identifier: Apache-2.0
 * fhir/result_inside: shared by the files that write results. */
#pragma once

#include "fhir/result.h"
#include "fhir/systems.h"
#include "fhir/writer.h"

enum { EN_URN_MAX = 48 };

struct en_result {
    struct en_writer w;
    const struct en_care *care;
    const struct en_case *c;
    uint64_t seed;            /* of the ids */
    char patient[EN_URN_MAX]; /* "urn:uuid:..." */
};

/* Begin the Bundle and write the Patient; end it and give the buffer's status. */
void en_result_start(struct en_result *r, const struct en_care *care, const struct en_case *c,
                     struct en_buf *json);
EN_MUST_USE enum en_status en_result_end(struct en_result *r, const char *what, struct en_err *err);

/* The address of the resource with this name ("session.1"): "urn:uuid:..." */
const char *en_result_urn(const struct en_result *r, const char *name, char out[EN_URN_MAX]);

/* An entry and its resource, left open for the members. */
void en_result_open(struct en_result *r, const char *type, const char *name);
void en_result_close(struct en_result *r);

/* {"reference": urn} */
void en_result_reference(struct en_result *r, const char *key, const char *urn);
void en_result_subject(struct en_result *r, const char *key);

/* A CodeableConcept; system or code NULL: text alone. */
void en_result_concept(struct en_result *r, const char *key, const char *system, const char *code,
                       const char *text);

/* A Quantity with a UCUM unit; NAN is skipped. */
void en_result_quantity(struct en_result *r, const char *key, double value, int digits,
                        const char *unit);

/* "note": [{"text": ...}] */
void en_result_note(struct en_result *r, const char *text);

/* The parts that several Bundles have. */
void en_result_findings(struct en_result *r, const struct en_finding *findings, size_t count);
void en_result_questions(struct en_result *r, const struct en_question *questions, size_t count);

struct en_guidance {
    const char *module;  /* last part of the module's address: "assess" */
    const char *verdict; /* a word */
    const char *note;    /* sentences */
    const char *result;  /* name of the CarePlan, NULL none */
    bool needs_data;
};
void en_result_guidance(struct en_result *r, const struct en_guidance *guidance);

/* The extension that a program reads: R4's prediction has no place for an arm and a band. */
void en_result_band(struct en_result *r, const struct en_forecast_point *p);

/* Of a plan alone (result_plan.c). */
void en_result_plan(struct en_result *r, const struct en_plan *plan);
void en_result_forecast(struct en_result *r, const struct en_forecast_points *forecast,
                        en_day start);

/* Of an outlook (result_outlook.c). */
void en_result_outlook(struct en_result *r, const struct en_outlook_part *part);
