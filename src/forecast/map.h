/* SPDX-License-Identifier: Apache-2.0
 * forecast/map: the most probable numbers of one person under one hypothesis, and how well the
 * reports fix them (maximum a posteriori, as pharmacometricians call it), by Newton's method with
 * the perturbed points in lanes: the point and its neighbours are one small batch of patients.
 *
 * Free numbers, in standard deviations of their priors: EN_MAP_ROWS. All else (the particle of the
 * treatment, the other effects) stands at its centre. Pure, deterministic, one thread. */
#pragma once

#include "forecast/individual.h"

enum en_map_number {
    EN_MAP_USUAL,           /* usual pain, given the observed baseline */
    EN_MAP_RESPONSE,        /* the person's own response, share of usual pain */
    EN_MAP_TIME,            /* its half-time */
    EN_MAP_DESENSITISATION, /* kHd */
    EN_MAP_RESENSITISATION, /* kHu */
    EN_MAP_FLARE,           /* cD: mediators per damage */
    EN_MAP_COVERAGE,        /* how much of the target the injectate reached */
    EN_MAP_COUNT
};

struct en_map_row {
    const char *title, *unit;
};
extern const struct en_map_row EN_MAP_ROWS[EN_MAP_COUNT];

struct en_map {
    double z[EN_MAP_COUNT];     /* the most probable point, 0: as the average patient */
    double value[EN_MAP_COUNT]; /* the same in units; coverage without a session: NAN */
    double sd[EN_MAP_COUNT];    /* of z, from the curvature of the likelihood around the expected
                                   course, taken as linear; 1: the reports say nothing of it */
    double objective;           /* minus log likelihood + half the squared z */
    int iterations, runs;       /* runs of the engine */
    bool is_converged;          /* a next step would be below 1e-3 and win below 1e-6 */
};

/* The objective at a point: what an independent optimiser may minimise; INFINITY where there is no
 * such patient. Arguments as for en_map_find. */
EN_MUST_USE enum en_status en_map_objective(const struct en_cohort_person *person,
                                            const struct en_cohort_source *source,
                                            const struct en_followup *followup, const double *z,
                                            struct en_arena *a, double *objective,
                                            struct en_err *err);

/* person, source: as for en_cohort_from, count, seed and threads are not used; an unknown covariate
 * stands at the population's mean, or absent. EN_EINVAL names the field of the follow-up,
 * EN_ENUMERIC: not even the average patient can have given the reports. On failure *out is
 * zeroed. */
EN_MUST_USE enum en_status en_map_find(const struct en_cohort_person *person,
                                       const struct en_cohort_source *source,
                                       const struct en_followup *followup, struct en_arena *a,
                                       struct en_map *out, struct en_err *err);
