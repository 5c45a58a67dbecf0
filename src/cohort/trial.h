/* SPDX-License-Identifier: Apache-2.0
 * cohort/trial: virtual trials. A virtual trial is as many patients as the real one would have,
 * with one draw of everything that differs between trials (parameters, condition, study, arms);
 * many of them give the predictive distribution of what a trial of that size would report, and
 * their patients together the mean and spread over patients.
 *
 * Results are sums of integers, so they do not depend on the order of work: same specification and
 * seed, same bytes on any thread and rank count, with or without a stop and a resume. Memory does
 * not grow with the number of patients. Patients of arms are different people; the hypotheses share
 * them and their random numbers. Knows no file and no clock. */
#pragma once

#include "cohort/population.h"
#include "cohort/posterior.h"

enum {
    EN_TRIAL_ARMS_MAX = 8,
    EN_TRIAL_SESSIONS_MAX = 24,
    EN_TRIAL_CHANGES_MAX = 8,
    EN_TRIAL_WEEKS_MAX = 16,
    EN_TRIAL_OUTCOMES_MAX = 12,
    EN_TRIAL_N_MAX = 100000, /* patients of one arm */
    EN_TRIAL_PATIENTS_MAX = 1000000000
};

/* One session of an arm, the same for all its patients but for their own coverage. */
struct en_trial_session {
    double day;              /* [d] >= 0, ascending */
    double dextrose_percent; /* [% w/v] 0 .. 50, volume-weighted over the injections */
    double coverage;         /* [1] 0 .. 1 expected */
    double needle;           /* [1] 0 .. 10, 1 a usual session */
    bool is_as_needed;       /* given when pain has improved by less than the population's share */
};

struct en_trial_arm {
    const char *name;
    size_t n; /* patients that a trial has in this arm, >= 1 */
    struct en_trial_session sessions[EN_TRIAL_SESSIONS_MAX];
    size_t session_count;
    struct en_change changes[EN_TRIAL_CHANGES_MAX]; /* rehabilitation over time */
    size_t change_count;
    enum en_context context; /* by sessions and rehabilitation */
};

enum en_trial_measure {
    EN_TRIAL_NRS_CHANGE,      /* pain, later minus baseline [NRS], < 0 is better */
    EN_TRIAL_WOMAC_CHANGE,    /* function 0..100, high = worse; < 0 is better */
    EN_TRIAL_RESPONDER_NRS,   /* share whose pain fell by `threshold` percent of baseline or more */
    EN_TRIAL_RESPONDER_WOMAC, /* share whose function fell by `threshold` points or more */
    EN_TRIAL_STIFFNESS_CHANGE, /* % of healthy */
    EN_TRIAL_LAXITY_CHANGE,    /* [mm] */
    EN_TRIAL_MEASURE_COUNT
};

struct en_trial_outcome {
    enum en_trial_measure measure;
    double threshold; /* of responders */
};

struct en_trial {
    struct en_population population;
    const char *condition; /* id */
    struct en_trial_arm arms[EN_TRIAL_ARMS_MAX];
    size_t arm_count;
    double weeks[EN_TRIAL_WEEKS_MAX]; /* [wk] ascending, > 0 */
    size_t week_count;
    struct en_trial_outcome outcomes[EN_TRIAL_OUTCOMES_MAX];
    size_t outcome_count;
    uint64_t patients; /* virtual patients wanted of each arm over all hypotheses */
    uint64_t seed;
};

/* Predictive distribution of what a trial reports, the mean over the patients who are still there;
 * within 0.2 % of the scale (0.02 NRS, 0.2 points, 0.001 of a share). NAN when nobody is. */
struct en_predictive {
    double q05, q25, q50, q75, q95;
};

struct en_trial_cell {
    uint64_t count; /* patients seen (dropouts are not) */
    /* Over patients; sd of a share: sqrt(p (1 - p)). Of a contrast: the difference of the means,
     * and the SD of the difference between a patient of each. NAN without patients, sd with one. */
    double mean, sd;
    struct en_predictive predictive;
};

/* shape [hypothesis, EN_HYPOTHESES: mixed][arm][outcome][week], see en_trial_at */
struct en_trial_result {
    const struct en_trial *trial;
    double weight[EN_HYPOTHESES];
    uint64_t trials;                                   /* virtual trials of each hypothesis */
    uint64_t drawn, refused_entry, refused_constraint; /* draws of patients */
    struct en_trial_cell *arms;
    struct en_trial_cell *contrasts; /* arm less the last arm; the same shape, last arm unused */
    double *power; /* shape of contrasts: share of trials with a two-sided p < 0.05 in favour of the
                      arm, of its size */
};

/* Cell of an arm (or contrast). h: hypothesis or EN_HYPOTHESES for the mixture. */
size_t en_trial_at(const struct en_trial *t, size_t h, size_t arm, size_t outcome, size_t week);

/* Ranges; EN_EINVAL names the field ("arms[1].sessions[0].day"). */
EN_MUST_USE enum en_status en_trial_check(const struct en_trial *t, struct en_err *err);

/* Work is cut into units of equal cost, a function of the trial alone. */
uint64_t en_trial_units(const struct en_trial *t);

/* The sums of nothing; their size in bytes is a function of the trial alone and they consist of
 * int64_t, so that ranks may add them with one reduction and a file may hold them. */
size_t en_trial_sums_count(const struct en_trial *t);

/* Run units first .. first + count - 1 on `threads` threads (0: one per processor) and add to sums
 * [en_trial_sums_count]. Scratch is given back; its size does not grow with the count. On failure
 * the sums are not to be used. EN_ENUMERIC when the population has no patient like that. */
EN_MUST_USE enum en_status en_trial_run(const struct en_trial *t, const struct en_posterior *p,
                                        uint64_t first, uint64_t count, int threads, int64_t *sums,
                                        struct en_arena *scratch, struct en_err *err);

/* From sums to results, in the arena. */
EN_MUST_USE enum en_status en_trial_summarise(const struct en_trial *t,
                                              const struct en_posterior *p, const int64_t *sums,
                                              struct en_arena *a, struct en_trial_result *out,
                                              struct en_err *err);

/* How many patients an arm needs so that a trial of that arm and the last one, both of that size,
 * finds a difference in favour of the arm (two-sided p < 0.05) with the wanted probability,
 * averaged over all that is uncertain, hypotheses included (assurance). */
struct en_sample_size_request {
    size_t arm, outcome, week; /* arm: not the last one */
    double power;              /* 0.01 .. 0.99 */
    size_t n_max;              /* largest size to look at, 2 .. EN_TRIAL_N_MAX */
};

enum { EN_SAMPLE_SIZE_POINTS_MAX = 40 };

/* Sizes that were tried, ascending. Each with the standard error of its Monte Carlo estimate. */
struct en_sample_size {
    size_t n; /* smallest with the wanted power, by interpolation; 0: not reached up to n_max, since
                 even a very large trial is not certain to find what may not be there */
    struct en_power_point {
        size_t n;
        double power, error;
    } points[EN_SAMPLE_SIZE_POINTS_MAX];
    size_t point_count;
};

/* Needs a few megabytes of scratch, which are given back. EN_EINVAL names the field. */
EN_MUST_USE enum en_status en_trial_sample_size(const struct en_trial *t,
                                                const struct en_posterior *p,
                                                const struct en_sample_size_request *request,
                                                int threads, struct en_arena *scratch,
                                                struct en_sample_size *out, struct en_err *err);
