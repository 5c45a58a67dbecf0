/* SPDX-License-Identifier: Apache-2.0
 * cohort/calibrate: from published trials to the posterior of cohort/learned.def, one hypothesis at
 * a time, by sequential Monte Carlo.
 *
 * The likelihood of a study is a multivariate Student t over its results: sampling errors, a
 * deviation of the study's control response (integrated out) and of each arm, heavy tails against
 * results that are not credible. The tissue of a few quasi-random patients, the same for every
 * particle, gives the predicted means. Exponents of the studies' likelihoods go from 0 (prior) to 1
 * in steps that keep the effective sample size; leaving a data set out is the way back for one.
 * Same evidence, settings and seed: same bytes on any thread count, with or without a stop. */
#pragma once

#include "cohort/evidence.h"

struct en_calibration_settings {
    size_t particles;   /* 1000 */
    size_t patients;    /* quasi-random patients of an arm, a multiple of EN_BATCH_PART: 32 */
    size_t moves;       /* rounds of moves after each step: 3 */
    double prior_width; /* multiplies the spread of every prior; 1, or else for sensitivity */
    uint64_t seed;
    int threads; /* 0: one per processor */
};

struct en_calibration_settings en_calibration_defaults(void);

struct en_calibration;

enum { EN_CALIBRATION_STEPS_MAX = 200 };

/* One step of the way, for the record. */
struct en_calibration_step {
    double exponent;     /* reached, 0 .. 1 */
    double ess;          /* effective sample size before resampling */
    double log_evidence; /* of the step */
    double accepted[3];  /* share of accepted moves: tissue, response, conditions */
};

/* Start from the prior. The calibration lives in the arena; evidence is kept, not copied. */
EN_MUST_USE enum en_status en_calibration_start(const struct en_evidence *e, size_t hypothesis,
                                                const struct en_calibration_settings *settings,
                                                struct en_arena *a, struct en_calibration **out,
                                                struct en_err *err);

/* One step towards the goal (all studies at 1, but the one left out); done when nothing is left.
 * EN_ENUMERIC when a hundred steps do not suffice. */
EN_MUST_USE enum en_status en_calibration_advance(struct en_calibration *c, struct en_err *err);
bool en_calibration_done(const struct en_calibration *c);
double en_calibration_progress(const struct en_calibration *c); /* 0 .. 1 */

/* Change the goal: every data set but this one (SIZE_MAX: all). Go on with _advance. */
void en_calibration_leave_out(struct en_calibration *c, size_t dataset);

double en_calibration_log_evidence(const struct en_calibration *c);
size_t en_calibration_steps(const struct en_calibration *c, const struct en_calibration_step **out);

/* Whole state as numbers, for a checkpoint; put back it gives the same bytes as going on. */
size_t en_calibration_state_size(const struct en_calibration *c);
void en_calibration_save(const struct en_calibration *c, double *state);
void en_calibration_load(struct en_calibration *c, const double *state);

/* Particles of the four hypotheses as a posterior, thinned evenly to `count` each; weights from
 * prior weights and evidence. Copies into the arena. */
EN_MUST_USE enum en_status en_calibration_posterior(struct en_calibration *const c[EN_HYPOTHESES],
                                                    size_t count, struct en_arena *a,
                                                    struct en_posterior *out, struct en_err *err);
