/* SPDX-License-Identifier: Apache-2.0
 * forecast/simulate: reports that virtual patients would give, drawn by the very model that
 * forecast/observe takes them to follow: expected course, slow fluctuation, Student t errors, held
 * on their scales. For checks of the posterior and for the simulated clinic. */
#pragma once

#include "forecast/individual.h"

/* A random number of each patient is a function of (seed, patient, report). */
struct en_simulation {
    double *value;       /* shape [observation][stride]: as reported */
    double *expected;    /* the same without fluctuation and error, pain and function held */
    double *fluctuation; /* shape [observation][stride]: of that day [NRS] */
};

/* cohort: patients drawn by en_cohort_from, on day 0. Of the followup its sessions count, and the
 * days, measures, scales and errors of its observations; their values do not (but must be within
 * their scales). Arrays live in the arena. */
EN_MUST_USE enum en_status en_simulate(const struct en_cohort *cohort,
                                       const struct en_followup *followup, uint64_t seed,
                                       int threads, struct en_arena *a, struct en_simulation *out,
                                       struct en_err *err);
