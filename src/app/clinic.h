/* SPDX-License-Identifier: Apache-2.0
 * app/clinic: the simulated clinic of a condition (forecast/clinic): its usual session, the rules
 * of stopping_rules.tsv beside the default one of limits.tsv, the signals of early_signals.tsv.
 * Bytes in, bytes out: who runs it writes the files. */
#pragma once

#include "app/app.h"
#include "forecast/clinic.h"
#include "report/clinic.h"

struct en_clinic_options {
    const char *condition; /* id; NULL: oa_knee */
    int sessions;          /* of the full course; 0: limits.tsv */
    double interval_days;  /* 0: limits.tsv */
    int truth;             /* hypothesis of all patients; -1: as the posterior has them */
    size_t patients, forecast_patients, draws; /* as in en_clinic_request */
    uint64_t seed;
    int threads; /* 0: one per processor */
};

enum { EN_CLINIC_PATIENTS = 2000, EN_CLINIC_FORECASTS = 500, EN_CLINIC_DRAWS = 256 };

/* A clinic that is open: to be advanced until its forecasts are done. Everything it points to lives
 * in the arena. */
struct en_clinic_answer {
    const struct en_row *condition;
    struct en_posterior posterior;
    struct en_clinic_request request;
    const char *const *rule_ids, *const *rule_titles;     /* shape [request.rule_count] */
    const char *const *signal_ids, *const *signal_titles; /* shape [request.signal_count] */
    bool has_condition_data;
    int truth;
    struct en_clinic *clinic;
    struct en_clinic_result result; /* after en_app_clinic_close */
};
EN_MUST_USE enum en_status en_app_clinic_open(const struct en_app *app,
                                              const struct en_clinic_options *options,
                                              struct en_arena *a, struct en_clinic_answer *out,
                                              struct en_err *err);
EN_MUST_USE enum en_status en_app_clinic_close(struct en_clinic_answer *answer, struct en_arena *a,
                                               struct en_err *err);

/* What report/clinic draws of a closed one. */
struct en_clinic_report en_app_clinic_report(const struct en_app *app,
                                             const struct en_clinic_answer *answer);

/* The numbers as a table, one value a row: docs/clinic.tsv, which may hold several conditions. */
struct en_clinic_row {
    const char *condition;
    const char *kind; /* "setting", "rule", "signal" */
    const char *id;   /* of the rule or signal; of a setting: "clinic" */
    const char *title;
    const char *quantity;
    double value, error, low, high; /* error: of the mean; low, high: 2.5 and 97.5 % of patients;
                                       NAN: there is none */
};
struct en_clinic_rows {
    struct en_clinic_row *rows; /* shape [count], in the arena */
    size_t count;
};
EN_MUST_USE enum en_status en_clinic_rows_of(const struct en_clinic_answer *answer,
                                             struct en_arena *a, struct en_clinic_rows *out,
                                             struct en_err *err);
/* The rows of `old` with those of `own`'s condition in their place, or behind them. */
EN_MUST_USE enum en_status en_clinic_rows_replace(const struct en_clinic_rows *old,
                                                  const struct en_clinic_rows *own,
                                                  struct en_arena *a, struct en_clinic_rows *out,
                                                  struct en_err *err);
void en_clinic_rows_print(const struct en_clinic_rows *rows, struct en_buf *out);
EN_MUST_USE enum en_status en_clinic_rows_read(const char *file, const char *bytes, size_t size,
                                               struct en_arena *a, struct en_clinic_rows *out,
                                               struct en_err *err);

/* The rows of one condition as JSON. */
EN_MUST_USE enum en_status en_clinic_json(const struct en_clinic_rows *rows, struct en_buf *out,
                                          struct en_err *err);

/* The section of docs/validation.md; without rows: not done yet. k names the conditions. */
void en_clinic_docs(const struct en_knowledge *k, const struct en_clinic_rows *rows,
                    struct en_buf *out);
