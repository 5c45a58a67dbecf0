/* SPDX-License-Identifier: Apache-2.0
 * forecast/quantity: numbers of each patient of a posterior that checks of it look at: what its
 * patients are, and what they may expect. Inside forecast only. Pure functions. */
#pragma once

#include "forecast/individual.h"
#include "forecast/selfcheck.h"

/* What may still be given, and when the two ways are compared. */
struct quantity_plan {
    struct en_dose sessions[EN_FORECAST_SESSIONS_MAX]; /* of going on, after today */
    size_t session_count;
    double next_day, last_day; /* today < next_day < last_day [d]; next: nothing more was given */
};

/* One more row: expected pain of next_day, not held [NRS]. */
enum { QUANTITY_NEXT = EN_QUANTITY_COUNT, QUANTITY_ROWS };

/* state: NULL, or that of today.   values  out  shape [QUANTITY_ROWS][stride] */
EN_MUST_USE enum en_status quantity_values(const struct en_cohort *c, const double *state,
                                           const struct en_followup *f,
                                           const struct quantity_plan *plan, struct en_arena *a,
                                           double *values, struct en_err *err);
