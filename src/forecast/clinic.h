/* SPDX-License-Identifier: Apache-2.0
 * forecast/clinic: a simulated clinic, where stopping rules are compared: benefit lost against
 * sessions saved.
 *
 * Virtual patients (people with the condition; hypothesis and particle as the posterior has them)
 * begin a course of sessions. Before each session after the first there is a visit with observed
 * scores, and a rule says whether to go on. What a patient gets from k sessions does not depend on
 * why there were k, so the tissue runs once for each number of sessions, with the same random
 * numbers, and every rule looks its outcomes up: differences between rules are paired and exact but
 * for the choice of patients. Only rules that ask the forecast cost time: at each visit it is made
 * from that patient's scores alone (forecast/individual).
 * Same request and seed, same bytes on any thread count. One clinic belongs to one thread. */
#pragma once

#include "forecast/individual.h"
#include "forecast/rule.h"

enum {
    EN_CLINIC_SESSIONS_MAX = 12,
    EN_CLINIC_WEEKS_MAX = 4,
    EN_CLINIC_RULES_MAX = 32,
    EN_CLINIC_SIGNALS_MAX = 16,
    EN_CLINIC_PATIENTS_MAX = 100000,
    EN_CLINIC_DRAWS_MAX = 100000
};

/* A rule, or a number of sessions whatever the scores say; or both. */
struct en_clinic_rule {
    struct en_rule rule;
    int sessions;     /* stop after so many; 0: no such limit */
    bool knows_truth; /* instead of a forecast it is told what the sessions left bring this patient:
                         what no rule can reach */
};

/* What may tell early who gets better, or who gains from going on. */
enum en_clinic_measure {
    EN_CLINIC_PAIN_PERCENT,    /* fall of observed pain [% of the observed baseline] */
    EN_CLINIC_FUNCTION_POINTS, /* fall of the observed function score [points] */
    EN_CLINIC_FORECAST         /* forecast gain of going on [NRS] */
};
struct en_clinic_signal {
    const char *id;
    enum en_clinic_measure measure;
    int sessions;    /* seen before the next session, after so many, >= 1 */
    double at_least; /* from here on the signal says yes */
};

struct en_clinic_request {
    const struct en_posterior *posterior; /* what the forecast takes for known */
    double truth[EN_HYPOTHESES]; /* weights of the patients' hypotheses; all 0: the posterior's */
    int condition;               /* en_posterior_condition */
    double population_nrs;       /* as for en_cohort_from */
    struct en_dose dose;         /* of each session; its day does not count */
    int sessions;                /* of the full course, 2 .. EN_CLINIC_SESSIONS_MAX */
    double interval_days;
    double weeks[EN_CLINIC_WEEKS_MAX]; /* [wk] goal dates, ascending, none before the last session
                                          of the full course; all of equal weight */
    size_t week_count;
    double mic_nrs;        /* [NRS] minimal important improvement */
    double mic_function;   /* [points] the same */
    double worthwhile_nrs; /* [NRS] gain that is worth the sessions left */
    double loss_nrs;       /* [NRS] a loss that counts as one */
    const struct en_clinic_rule *rules;
    size_t rule_count;
    const struct en_clinic_signal *signals;
    size_t signal_count;
    size_t patients;          /* through the rules that look at scores */
    size_t forecast_patients; /* the first of them also get a forecast at each visit; 0: none */
    size_t draws;             /* virtual patients of each forecast, over all its hypotheses */
    uint64_t seed;
    int threads; /* 0: one per processor */
};

struct en_clinic;

/* All courses but the forecasts. The clinic lives in the arena; rules and signals are kept, not
 * copied. EN_EINVAL names the field. */
EN_MUST_USE enum en_status en_clinic_start(const struct en_clinic_request *request,
                                           struct en_arena *a, struct en_clinic **out,
                                           struct en_err *err);

/* The forecasts of the next patients; until en_clinic_done is all of them. */
EN_MUST_USE enum en_status en_clinic_advance(struct en_clinic *c, struct en_err *err);
size_t en_clinic_done(const struct en_clinic *c);

/* Over patients: mean, its standard error (of the choice of patients), 2.5 and 97.5 %. */
struct en_clinic_mean {
    double mean, error, low, high;
};

/* Differences are means over the goal dates of expected pain (without fluctuation and error), in
 * the same patients; > 0: less pain than the other, or `lost`: more. */
struct en_clinic_outcome {
    size_t patients;
    struct en_clinic_mean sessions;
    double saved; /* sessions fewer than the full course, mean */
    /* Share of patients who stop after so many sessions, by reason (enum en_rule_answer; GO_ON:
     * because the number was fixed). Those who have all of them are not in it. */
    double stopped[EN_CLINIC_SESSIONS_MAX][EN_RULE_STOP_FUTILE + 1];
    struct en_clinic_mean pain[EN_CLINIC_WEEKS_MAX];  /* [NRS] */
    double improved[EN_CLINIC_WEEKS_MAX];             /* share better by mic_nrs, from observed */
    struct en_clinic_mean beyond_nothing, beyond_one; /* [NRS] */
    struct en_clinic_mean lost;                       /* [NRS] against the full course */
    /* [NRS] how much less is lost than if the same stops fell on patients by chance: what the rule
     * knows about whom to stop. */
    struct en_clinic_mean chosen;
    double lost_per_session; /* [NRS] mean lost / mean saved; NAN where none is saved */
    double lost_important;   /* share of patients who lose loss_nrs or more */
};

/* How a signal goes with something. NAN where nobody is one of a kind. */
struct en_clinic_accuracy {
    double base;                     /* share of patients in whom it comes true */
    double sensitivity, specificity; /* of the signal at its threshold */
    double area;                     /* under the curve of all thresholds; 0.5: says nothing */
};
struct en_clinic_prediction {
    size_t patients;
    double share;                     /* in whom the signal says yes */
    struct en_clinic_accuracy better; /* observed improvement, full course, first goal date: as a
                                         cohort without a control reports it. mic_nrs; of a
                                         function signal mic_function */
    struct en_clinic_accuracy gains;  /* the sessions left bring at least the median patient's gain,
                                         without noise */
    struct en_clinic_accuracy worthwhile; /* ... at least worthwhile_nrs */
};

struct en_clinic_result {
    struct en_clinic_outcome *outcomes;                 /* shape [rule_count] */
    struct en_clinic_prediction *predictions;           /* shape [signal_count] */
    struct en_clinic_mean nothing[EN_CLINIC_WEEKS_MAX]; /* pain without any session [NRS] */
    double baseline;                                    /* mean observed pain [NRS] */
    size_t failed; /* forecasts that could not be made: the rule goes on there */
};

/* Needs all forecasts. Without forecast patients, rules and signals that ask the forecast have
 * patients 0 and NAN. Results live in the arena. */
EN_MUST_USE enum en_status en_clinic_result(const struct en_clinic *c, struct en_arena *a,
                                            struct en_clinic_result *out, struct en_err *err);
