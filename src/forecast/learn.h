/* SPDX-License-Identifier: Apache-2.0
 * forecast/learn: parts of the posterior of one person. Inside forecast only. */
#pragma once

#include "forecast/course.h"
#include "forecast/observe.h"

/* One hypothesis at work. All arrays are scratch. */
struct learn {
    const struct en_cohort_person *person;
    const struct en_cohort_source *source;
    const struct en_followup *followup;
    struct en_arena *scratch;
    struct observe observe;
    double days[EN_OBSERVATIONS_MAX + 1]; /* shape [day_count]: of the reports, and today */
    size_t day_of[EN_OBSERVATIONS_MAX];   /* shape [observation_count]: index into days */
    size_t day_count;
    double *tissue;         /* shape [EN_SCORE_OUTPUT_COUNT][day_count][stride] */
    double *log_likelihood; /* shape [count] */
    double *weight;         /* shape [count] */
    uint32_t *from;         /* shape [count] */
    double *room;           /* shape [stride] */
};

/* Course of patient i by w->tissue, as far as the reports depend on it; pain and laxity are filled
 * and pointed to, shape [observation_count] each. */
struct observe_course learn_course(const struct learn *w, const struct en_cohort *c, size_t i,
                                   double *pain, double *laxity);

/* Tissue of the patients up to today, into w->tissue; state: NULL or that of today, out. */
EN_MUST_USE enum en_status learn_run(const struct learn *w, const struct en_cohort *c,
                                     double *state, struct en_err *err);

/* Log likelihood of the reports for each patient, by w->tissue. fluctuation: NULL, or out: one of
 * the day of the last report for each, drawn given its reports. */
void learn_weigh(const struct learn *w, const struct en_cohort *c, double *log_likelihood,
                 double *fluctuation);

/* Weights exp(power x log likelihood), sum 1, and the logarithm of their mean before; the effective
 * number of patients, 0 where all are impossible. */
double learn_weights(const double *log_likelihood, size_t count, double power, double *weight,
                     double *log_mean);

/* Systematic resampling: w->from, not descending. Equal weights choose everyone once. */
void learn_resample(const struct learn *w, const double *weight, size_t count, uint32_t stage);

/* Effective number below which a posterior is refined. */
double learn_enough(size_t count);

/* From the population (w->log_likelihood is its) to the posterior by degrees, with moves. The
 * states of today are not updated. */
EN_MUST_USE enum en_status learn_refine(struct learn *w, struct en_individual *out,
                                        struct en_err *err);
