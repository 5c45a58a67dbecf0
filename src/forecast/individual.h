/* SPDX-License-Identifier: Apache-2.0
 * forecast/individual: what one person's own reports say. From the population (patients like this
 * one, cohort/cohort) to the patients who could have given these reports: the posterior under one
 * hypothesis, as patients of equal weight on the day of the forecast.
 *
 * Importance resampling: each patient of the population weighs as the likelihood of the reports
 * (forecast/observe). Where few patients carry the weight, the reports come in by degrees (tempered
 * sequential Monte Carlo, Del Moral, Doucet, Jasra, JRSS B 68:411, 2006), with moves that leave the
 * normal prior as it is (preconditioned Crank-Nicolson: Cotter et al., Statistical Science 28:424,
 * 2013). Same input and seed, same bytes on any thread count and lane width. Thread-safe. */
#pragma once

#include "cohort/cohort.h"

enum { EN_FORECAST_SESSIONS_MAX = 24, EN_OBSERVATIONS_MAX = 64 };

/* One session. coverage: share of the target tissue that the injectate reaches. */
struct en_dose {
    double day;              /* [d] from the start, >= 0, ascending */
    double dextrose_percent; /* [% w/v] 0 (saline) .. 50, volume-weighted over the sites */
    double coverage;         /* [1] 0 .. 1 expected; the population spreads around it */
    double needle;           /* [1] trauma of needle and volume, 1 a usual session */
};

enum en_measure {
    EN_MEASURE_PAIN,     /* [NRS 0..10] */
    EN_MEASURE_FUNCTION, /* [0..100, high = worse] */
    EN_MEASURE_LAXITY,   /* [1] laxity over that before the first session, > 0 */
    EN_MEASURE_COUNT
};

/* One report, outliers and rounding included. */
struct en_observation {
    double day; /* [d] > 0, not descending: days since the start, on which the baseline was taken */
    enum en_measure measure;
    double value;
    double scale; /* function: baseline of this instrument over that of the person, > 0; else 1 */
    double error; /* SD of the error over the usual one, > 0; 1, more where pain is in flux */
};

/* What has happened by the day of the forecast. A zeroed one: nothing yet, the start is today. */
struct en_followup {
    struct en_dose given[EN_FORECAST_SESSIONS_MAX]; /* as they were really given, day <= today */
    size_t given_count;
    struct en_observation observations[EN_OBSERVATIONS_MAX];
    size_t observation_count;
    double today;          /* [d] >= the last session and report; 0: nothing happened yet */
    double rehabilitation; /* load stimulus up to today, 1 usual */
};

/* Ranges; EN_EINVAL names the field ("followup.observations[3].day: ..."). */
EN_MUST_USE enum en_status en_followup_check(const struct en_followup *f, struct en_err *err);

/* Whether anything has happened: otherwise the posterior is the population itself. */
bool en_followup_is_empty(const struct en_followup *f);

/* The posterior under one hypothesis. */
struct en_individual {
    struct en_cohort
        cohort;             /* patients of equal weight; `fluctuation` is that of the last report */
    double fluctuation_day; /* [d] day of the last report, 0: the start */
    double *state;          /* shape [EN_STATE_COUNT][stride], on the day of the forecast */
    double log_evidence;    /* log mean likelihood of the reports, 0 without any */
    double effective;       /* effective number of patients before refinement */
    int stages;             /* of refinement, 0: none was needed */
    double accepted;        /* share of moves accepted, NAN without any */
};

/* person, source: as for en_cohort_from; source->count patients come back. EN_EINVAL names the
 * field of the follow-up, EN_ENUMERIC: no patient of the population can have given the reports. */
EN_MUST_USE enum en_status en_individual_from(const struct en_cohort_person *person,
                                              const struct en_cohort_source *source,
                                              const struct en_followup *followup,
                                              struct en_arena *a, struct en_individual *out,
                                              struct en_err *err);

/* What could not be learned otherwise: weights of the hypotheses after the reports, prior[h] times
 * the evidence, sum 1.   shape of all: [EN_HYPOTHESES] */
void en_individual_weights(const double *prior, const double *log_evidence, double *weight);
