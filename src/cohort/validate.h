/* SPDX-License-Identifier: Apache-2.0
 * cohort/validate: what the posterior expects a published result to be, before it is seen, and how
 * well that goes: coverage of the intervals, CRPS against the plain meta-analytic mean. */
#pragma once

#include "cohort/evidence.h"

/* Predictive distribution of one reported value: parameters, hypotheses, condition, study, arm and
 * the sampling error of a report of that size. In units of the row's scale. */
struct en_prediction {
    double mean, sd;
    struct en_predictive q;
    double crps;                 /* of the reported value */
    double plain_mean, plain_sd; /* the plain meta-analytic mean's own predictive (normal) */
    double plain_crps;
    double pit; /* share of draws below the reported value */
};

struct en_validation {
    size_t count;                  /* rows predicted */
    double covered_50, covered_90; /* shares of rows */
    double crps, plain_crps;       /* means, in shares of the scale's baseline */
    double plain_covered_90;
    size_t null_count, null_covered; /* controlled contrasts that found nothing (interval
                                                  holds 0), and those predicted without benefit */
};

struct en_predict_settings {
    size_t draws; /* of the posterior for each row: 4000 */
    uint64_t seed;
    int threads; /* 0: one per processor */
};

/* Predict all rows of `e` (is_fit or not).
 *   plain        evidence from which the plain mean is taken; when it is `e` itself, the data set
 *                of a row is left out
 *   predictions  out  shape [row_count] */
EN_MUST_USE enum en_status en_predict(const struct en_evidence *e, const struct en_posterior *p,
                                      const struct en_evidence *plain,
                                      const struct en_predict_settings *settings,
                                      struct en_arena *scratch, struct en_prediction *predictions,
                                      struct en_err *err);

/* Contrasts that the arms of randomised studies imply: for each study, outcome and pair of weeks,
 * each arm less the study's last arm without dextrose, as rows of a new evidence in the arena with
 * the same studies and arms. Standard errors add up. */
EN_MUST_USE enum en_status en_evidence_contrasts(const struct en_evidence *e, struct en_arena *a,
                                                 struct en_evidence *out, struct en_err *err);

void en_validation_of(const struct en_evidence *e, const struct en_prediction *predictions,
                      struct en_validation *out);

/* Continuous ranked probability score of a sorted sample [count] for value x; lower is better. */
double en_crps_sample(const double *sorted, size_t count, double x);
/* The same of a normal distribution. */
double en_crps_normal(double mean, double sd, double x);
