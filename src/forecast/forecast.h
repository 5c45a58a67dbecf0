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

#include "forecast/individual.h"

enum {
    EN_HYPOTHESIS_COUNT = 4, /* H0 no specific effect, H1 mechanical, H2 neural, H3 both */
    EN_MIXED = 4,            /* index of the mixture over the hypotheses */
    EN_FORECAST_WEEKS_MAX = 16,
    EN_FORECAST_ARMS_MAX = 8,
    EN_FORECAST_PATIENTS_MAX = 100000000,
    EN_GOALS_MAX = 4,
    EN_QUANTILE_COUNT = 5 /* 5, 25, 50, 75, 95 % */
};

enum en_outcome { EN_OUTCOME_PAIN, EN_OUTCOME_FUNCTION, EN_OUTCOME_COUNT };

/* A goal of the person: a score at this level or lower. */
struct en_goal {
    enum en_outcome outcome;
    double at_most; /* [NRS], or function on 0 .. 100 */
};

/* What is to come. With a follow-up its sessions are those from today on; what was given by then is
 * the same in every arm. */
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
    double weeks[EN_FORECAST_WEEKS_MAX]; /* [wk] from the start, ascending, after today */
    size_t week_count;
    double mic_nrs, mic_function; /* minimal important change, improvement > 0 */
    double worthwhile_nrs; /* [NRS] smallest gain over another arm worth its burden; 0: mic_nrs */
    struct en_goal goals[EN_GOALS_MAX];
    size_t goal_count;
    struct en_followup followup; /* zeroed: none, the population's forecast */
    size_t patients;             /* of a hypothesis, 2000 */
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

/* Arm 0 beside another arm, in the same patients: fall of pain that it brings beyond that arm, with
 * fluctuation and error (the same in both) taken out. Mixed over the hypotheses. */
struct en_gain {
    double q[EN_QUANTILE_COUNT]; /* [NRS] */
    double mean;                 /* [NRS] */
    double worthwhile;           /* share of patients in whom it is worthwhile_nrs or more */
};

/* How the reports of the person were taken in. */
struct en_learning {
    size_t patients[EN_HYPOTHESIS_COUNT];     /* an eighth, at least 250, below a weight of 0.01 */
    double prior_weight[EN_HYPOTHESIS_COUNT]; /* before the reports */
    double log_evidence[EN_HYPOTHESIS_COUNT];
    double effective[EN_HYPOTHESIS_COUNT]; /* effective number of patients before refinement */
    int stages[EN_HYPOTHESIS_COUNT];       /* of refinement */
};

struct en_forecast {
    struct en_forecast_request request;
    double weight[EN_HYPOTHESIS_COUNT]; /* of the hypotheses, after the reports, sum 1 */
    struct en_learning learning;
    /* shape [arm][outcome][hypothesis, EN_MIXED last][week] */
    struct en_band band[EN_FORECAST_ARMS_MAX][EN_OUTCOME_COUNT][EN_HYPOTHESIS_COUNT + 1]
                       [EN_FORECAST_WEEKS_MAX];
    /* Share of mixed patients in whom arm 0 improves pain by mic_nrs or more beyond this arm at
     * that week (paired): shape [arm][week] */
    double better_by_mic[EN_FORECAST_ARMS_MAX][EN_FORECAST_WEEKS_MAX];
    struct en_gain gain[EN_FORECAST_ARMS_MAX][EN_FORECAST_WEEKS_MAX];
    /* Share of mixed patients whose observed score is at the goal: shape [arm][goal][week] */
    double goal[EN_FORECAST_ARMS_MAX][EN_GOALS_MAX][EN_FORECAST_WEEKS_MAX];
    /* What a pain score of that week, under arm 0, would teach about the pain expected in the last
     * week: mutual information [bit]: shape [week] */
    double information[EN_FORECAST_WEEKS_MAX];
    double baseline[EN_OUTCOME_COUNT]; /* mean score before the first session */
    size_t rejected;               /* draws refused by the sampling constraints of model.md 6.2 */
    bool is_calibrated;            /* false: "before calibration" */
    bool has_condition_data;       /* the posterior knows the condition */
    size_t study_count, row_count; /* trials and results of the calibration; 0: unknown */
};

/* The person as a cohort knows it. */
struct en_cohort_person en_forecast_person_of(const struct en_forecast_request *request);

/* The request's ranges; EN_EINVAL names the field. en_forecast_run begins with it. */
EN_MUST_USE enum en_status en_forecast_check(const struct en_forecast_request *request,
                                             struct en_err *err);

/* EN_EINVAL names the field. On failure *out is zeroed. Needs about 3 KiB of scratch per patient
 * for 4 arms and 5 weeks, 11 KiB at the limits; all of it is given back. */
EN_MUST_USE enum en_status en_forecast_run(const struct en_forecast_request *request,
                                           struct en_arena *scratch, struct en_forecast *out,
                                           struct en_err *err);
