/* SPDX-License-Identifier: Apache-2.0
 * forecast/observe: how probable reports are, given a course. Inside forecast only.
 *
 * A reported pain is expected pain + slow fluctuation + error, held on 0 .. 10; function follows
 * the true pain (expected + fluctuation, held) with an error of its own, held on 0 .. 100.
 *  - The fluctuation is an Ornstein-Uhlenbeck process (EN_MODEL.ou_sd, ou_tau), starting from what
 *    the observed baseline says. It is summed out: a hidden Markov chain on a fixed grid
 *    (OBSERVE_NODES nodes, OBSERVE_STEP standard deviations apart), so function's dependence on
 *    held pain, scores at the ends of a scale and outliers need no further approximation.
 *  - Errors are Student t with 4 degrees of freedom, scaled to the SD of the model (nrs_error_sd,
 *    function_error_sd; laxity: OBSERVE_LAXITY_SD): one wild score moves the answer little (Lange,
 *    Little, Taylor, JASA 84:881, 1989). A score at the end of its scale counts as "there or
 *    beyond".
 * Pure functions; only + - * /, square roots and en_exp/en_log: same bytes everywhere. */
#pragma once

#include "forecast/individual.h"

/* Grid of the fluctuation: nodes (k - (NODES - 1) / 2) * STEP standard deviations. */
enum { OBSERVE_NODES = 32, OBSERVE_HALF = OBSERVE_NODES / 2 };
#define OBSERVE_STEP 0.3

/* SD of the error of a laxity ratio. Assumed: no datum. */
#define OBSERVE_LAXITY_SD 0.15

/* The same for all patients, made once; lives in the arena. The process looks the same upside down,
 * so a kernel between two days is kept as what it does to the sum and to the difference of mirrored
 * nodes: half the work. */
struct observe {
    const struct en_observation *observations;
    size_t count;
    double first_kept, first_sd; /* of the fluctuation, from day 0 to the first day */
    const double *const *kernel; /* shape [count] of [2][HALF][HALF]; NULL: the day before, too */
    const double *per_error;     /* shape [count]: 1 / scale of the t distribution */
};
EN_MUST_USE enum en_status observe_make(const struct en_observation *observations, size_t count,
                                        struct en_arena *a, struct observe *out,
                                        struct en_err *err);

/* One patient's course, as far as reports depend on it. */
struct observe_course {
    const double *pain;   /* expected pain without fluctuation and error, not held, shape [count] */
    const double *laxity; /* ratio to baseline, shape [count] */
    double start, start_sd; /* of the fluctuation on day 0, given baseline and usual pain [NRS] */
    double baseline_nrs, baseline_function; /* observed on day 0 */
    double per_pain, per_laxity, ratio;     /* struct en_function */
    bool has_laxity;
};

/* Log likelihood of all observations, never NAN; -INFINITY where there is none (a course that is
 * not finite). last, NULL or shape [OBSERVE_NODES] out: probabilities of the nodes on the day of
 * the last one, given all (sum 1); of the first one before any where there is no likelihood. */
double observe_likelihood(const struct observe *o, const struct observe_course *c, double *last);

/* Fluctuation [NRS] at the share u (0 .. 1) of that distribution; the mass of a node is spread
 * evenly half a step to either side. */
double observe_fluctuation(const double *last, double u);
