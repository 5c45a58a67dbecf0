/* SPDX-License-Identifier: Apache-2.0
 * forecast/forecast: what to expect for one person, with and without the injections.
 *
 * Virtual patients like this one (same age, baseline and covariates; everything else drawn, what is
 * known of the treatment from the posterior) go through each arm of the comparison; the answer is
 * bands, per hypothesis of how the treatment may work and mixed over them by posterior weight. Arms
 * and hypotheses share the patients and their random numbers, so that differences between arms are
 * not noise. Knows no patient, no FHIR.
 * Same request and seed give the same bytes on any thread count and lane width. Thread-safe. */
#pragma once

#include "cohort/posterior.h"

enum {
    EN_HYPOTHESIS_COUNT = 4, /* H0 no specific effect, H1 mechanical, H2 neural, H3 both */
    EN_MIXED = 4,            /* index of the mixture over the hypotheses */
    EN_FORECAST_WEEKS_MAX = 16,
    EN_FORECAST_ARMS_MAX = 8,
    EN_FORECAST_SESSIONS_MAX = 24,
    EN_FORECAST_PATIENTS_MAX = 100000000,
    EN_QUANTILE_COUNT = 5 /* 5, 25, 50, 75, 95 % */
};

enum en_outcome { EN_OUTCOME_PAIN, EN_OUTCOME_FUNCTION, EN_OUTCOME_COUNT };

/* One session of one arm. coverage: share of the target tissue that the injectate reaches. */
struct en_dose {
    double day;              /* [d] from the start, >= 0, ascending */
    double dextrose_percent; /* [% w/v] 0 (saline) .. 50, volume-weighted over the sites */
    double coverage;         /* [1] 0 .. 1 expected; the population spreads around it */
    double needle;           /* [1] trauma of needle and volume, 1 a usual session */
};

struct en_forecast_arm {
    const char *id; /* "plan", "saline", "exercise", "none" */
    struct en_dose sessions[EN_FORECAST_SESSIONS_MAX];
    size_t session_count;
    double rehabilitation;   /* [1] load stimulus relative to usual, 1 usual; model.md 6.5 */
    enum en_context context; /* which response it brings besides (expectation, attention) */
};

/* The person. NAN means unknown and is drawn from the population. A steady body-mass index has no
 * effect of its own in the model (strain is relative to the own baseline); it is only checked. */
struct en_forecast_person {
    double age_years;
    double baseline_nrs;      /* [NRS 0..10] */
    double baseline_function; /* [0..100, high = worse] */
    double bmi;
    int is_smoker, has_diabetes; /* 1 yes, 0 no, -1 unknown: drawn with the population's share */
    bool takes_nsaid;            /* during the first week after each session */
};

struct en_forecast_request {
    const struct en_posterior *posterior; /* before calibration that of en_posterior_prior */
    const char *condition; /* id; one without data is drawn from the population of conditions */
    double population_nrs; /* [NRS] mean baseline of treated people with the condition, towards
                              whom scores regress; NAN: the model's row P0 */
    struct en_forecast_person person;
    struct en_forecast_arm arms[EN_FORECAST_ARMS_MAX];
    size_t arm_count;
    double weeks[EN_FORECAST_WEEKS_MAX]; /* [wk] ascending, > 0 */
    size_t week_count;
    double mic_nrs, mic_function; /* minimal important change, improvement > 0 */
    size_t patients;              /* 2000 */
    uint64_t seed;
    int threads; /* 0: one per processor */
};

/* Distribution of the observed score itself (not of its change) over patients like this one: with
 * what is not known of the treatment, how clinics and patients differ, the slow fluctuation of pain
 * and the error of one measurement, held on its scale, unrounded. An improvement is counted from
 * the person's observed baseline, so it holds regression to the mean: also an arm without any
 * treatment improves when the baseline was above the usual pain. */
struct en_band {
    double q[EN_QUANTILE_COUNT]; /* 5, 25, 50, 75, 95 % */
    double mean_change;          /* improvement > 0 */
    double mic_probability;      /* share whose improvement is at least the minimal important one */
};

struct en_forecast {
    struct en_forecast_request request;
    double weight[EN_HYPOTHESIS_COUNT]; /* of the hypotheses, sum 1 */
    /* shape [arm][outcome][hypothesis, EN_MIXED last][week] */
    struct en_band band[EN_FORECAST_ARMS_MAX][EN_OUTCOME_COUNT][EN_HYPOTHESIS_COUNT + 1]
                       [EN_FORECAST_WEEKS_MAX];
    /* Share of mixed patients in whom arm 0 improves pain by mic_nrs or more beyond this arm at
     * that week (paired): shape [arm][week] */
    double better_by_mic[EN_FORECAST_ARMS_MAX][EN_FORECAST_WEEKS_MAX];
    double baseline[EN_OUTCOME_COUNT]; /* mean score before the first session */
    size_t rejected;               /* draws refused by the sampling constraints of model.md 6.2 */
    bool is_calibrated;            /* false: "before calibration" */
    bool has_condition_data;       /* the posterior knows the condition */
    size_t study_count, row_count; /* trials and results of the calibration; 0: unknown */
};

/* The request's ranges; EN_EINVAL names the field. en_forecast_run begins with it. */
EN_MUST_USE enum en_status en_forecast_check(const struct en_forecast_request *request,
                                             struct en_err *err);

/* EN_EINVAL names the field. On failure *out is zeroed. Needs about 3 KiB of scratch per patient
 * for 4 arms and 5 weeks, 11 KiB at the limits; all of it is given back. */
EN_MUST_USE enum en_status en_forecast_run(const struct en_forecast_request *request,
                                           struct en_arena *scratch, struct en_forecast *out,
                                           struct en_err *err);
