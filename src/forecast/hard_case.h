/* SPDX-License-Identifier: Apache-2.0
 * forecast/hard_case: made-up follow-ups, easy and hard, for checks of the posterior. Inside
 * forecast only. */
#pragma once

#include "forecast/quantity.h"

enum { HARD_CASES = 20, HARD_VISITS_MAX = 16 };

struct hard_case {
    const char *name;
    size_t hypothesis, sessions; /* sessions of 15 %, four weeks apart, from the first day on */
    double error;                /* of every report, over the usual one */
    struct en_cohort_person person;
    struct {
        double day, pain, function; /* NAN: not reported */
    } visit[HARD_VISITS_MAX];       /* as far as day > 0 */
};

extern const struct hard_case HARD_CASE[HARD_CASES];

/* Its follow-up up to the last visit, and what may come. */
void hard_case_followup(const struct hard_case *c, struct en_followup *f,
                        struct quantity_plan *plan);
