/* SPDX-License-Identifier: Apache-2.0
 * fhir/result: what care/ and the forecast decided, as Bundles of FHIR R4 resources.
 *
 * Same input, same bytes: ids are computed from the patient's identifier, the day, the knowledge's
 * version and the resource's place. Every Bundle is a `collection` that holds a Patient, so that
 * its references resolve within it. Thread-safe: no state. */
#pragma once

#include "base/buf.h"
#include "care/after.h"

/* One number of the forecast: an outcome of one arm, under one hypothesis, at one time. */
struct en_forecast_point {
    const char *outcome;       /* "pain 0-10", "function 0-100" */
    const char *arm;           /* "plan", "saline", "exercise", "no treatment" */
    const char *hypothesis;    /* "H0 no specific effect" ... "mixed" */
    double week;               /* since the first session */
    double median;             /* on the outcome's scale */
    double q05, q25, q75, q95; /* bands of 90 % and 50 % */
    double probability;        /* of a change of at least the minimal important one, 0 .. 1;
                                       NAN: not computed */
    const char *rationale;     /* NULL: median and bands in words */
};

struct en_forecast_points {
    const struct en_forecast_point *items; /* shape [count]; equal arms and hypotheses together */
    size_t count;
    const char *method; /* "healing model, 2000 virtual patients, seed 1, before calibration" */
};

/* An entry of the record that a forecast rests on. */
struct en_basis {
    const char *resource; /* its address in the case, "Observation/s1"; NULL: it has none */
    const char *display;  /* "nrs, 2026-03-02" */
};

/* One forecast of a course: one RiskAssessment. A point without a median is a chance alone. */
struct en_outlook_part {
    const char *name, *text, *note; /* "before"; what it is a forecast of; what its arms are */
    en_day day;                     /* from which it looks ahead */
    struct en_forecast_points points;
    const struct en_basis *basis; /* shape [basis_count] */
    size_t basis_count;
};

/* The forecast in the course of treatment with its assessment. */
EN_MUST_USE enum en_status en_fhir_write_outlook(const struct en_care *care,
                                                 const struct en_case *c,
                                                 const struct en_assessment *assessment,
                                                 const struct en_outlook_part *parts, size_t count,
                                                 struct en_buf *json, struct en_err *err);

/* The plan with its assessment and its forecast (may be NULL). plan NULL: none is made, the
 * forecast says what to expect without one. */
EN_MUST_USE enum en_status en_fhir_write_plan(const struct en_care *care, const struct en_case *c,
                                              const struct en_plan *plan,
                                              const struct en_assessment *assessment,
                                              const struct en_forecast_points *forecast,
                                              struct en_buf *json, struct en_err *err);

EN_MUST_USE enum en_status en_fhir_write_assessment(const struct en_care *care,
                                                    const struct en_case *c,
                                                    const struct en_assessment *assessment,
                                                    struct en_buf *json, struct en_err *err);

EN_MUST_USE enum en_status en_fhir_write_triage(const struct en_care *care, const struct en_case *c,
                                                const struct en_triage *triage, struct en_buf *json,
                                                struct en_err *err);

/* advice: the review's own, or a more careful one with its reason (a sentence; NULL: none). */
EN_MUST_USE enum en_status en_fhir_write_review(const struct en_care *care, const struct en_case *c,
                                                const struct en_review *review,
                                                enum en_advice advice, const char *reason,
                                                struct en_buf *json, struct en_err *err);
