/* SPDX-License-Identifier: Apache-2.0
 * app/app: the operations. Resources in, results out; joins the clinic wing and the science wing.
 *
 * No file, no clock, no network: bytes and the day are handed in, results live in the arena. Each
 * operation is one function that command line, web page and EHR share. Thread-safe. */
#pragma once

#include "care/care.h"
#include "fhir/fhir.h"
#include "forecast/forecast.h"

struct en_app {
    const struct en_knowledge *knowledge;
    en_day today;
    const struct en_r4 *r4; /* NULL: each case loads the definitions for itself */
};

struct en_plan_request {
    struct en_plan_options options;
    size_t patients; /* of the forecast; 0: EN_APP_PATIENTS */
    uint64_t seed;
    int threads; /* 0: one per processor */
    bool without_forecast;
};

enum { EN_APP_PATIENTS = 2000, EN_APP_PATIENTS_MAX = 1000000 };

struct en_plan_answer {
    struct en_case c;
    struct en_assessment assessment;
    struct en_plan plan;
    struct en_forecast *forecast; /* NULL when the verdict blocks the plan, or none was wanted */
    bool is_issued;               /* the verdict lets the plan be carried out */
};

/* Read a case. EN_EINVAL when issues holds an error. */
EN_MUST_USE enum en_status en_app_case(const struct en_app *app, const char *bytes, size_t size,
                                       struct en_arena *a, struct en_case *out,
                                       struct en_issues *issues, struct en_err *err);

/* Judge, plan, forecast. A case that may not be treated is an answer, not a failure. On failure
 * nothing is issued. */
EN_MUST_USE enum en_status en_app_plan(const struct en_app *app, const struct en_case *c,
                                       const struct en_plan_request *request, struct en_arena *a,
                                       struct en_plan_answer *out, struct en_err *err);

/* Whether a verdict lets the plan be carried out. */
bool en_app_allows(enum en_verdict verdict);

/* The comparison of an issued plan: the plan itself, saline, exercise, no treatment. The posterior
 * is left to the caller. */
EN_MUST_USE enum en_status
en_app_forecast_request(const struct en_app *app, const struct en_case *c,
                        const struct en_plan *plan, const struct en_plan_request *request,
                        struct en_arena *a, struct en_forecast_request *out, struct en_err *err);

/* The answer as a FHIR Bundle. */
EN_MUST_USE enum en_status en_app_plan_bundle(const struct en_app *app,
                                              const struct en_plan_answer *answer,
                                              struct en_arena *a, struct en_buf *json,
                                              struct en_err *err);
