/* SPDX-License-Identifier: Apache-2.0
 * forecast/course: the course of one patient of a cohort: from its tissue to expected scores.
 * Inside forecast only. Pure functions. */
#pragma once

#include "cohort/cohort.h"
#include "cohort/score.h"

/* What an arm brings besides its injections, and since when [d]. */
struct course_context {
    enum en_context kind;
    double first_day;    /* of the injections */
    double exercise_day; /* of the programme */
};

/* Pain without fluctuation and error, not held on its scale [NRS]. docs/model.md, outputs. */
double course_pain(const struct en_cohort *c, size_t i, const struct course_context *context,
                   double day, const struct en_tissue *tissue);

/* Function without error; pain is the true one, fluctuation included, not yet held. */
double course_function(const struct en_cohort *c, size_t i, double pain, double laxity_ratio);

/* A patient's tissue of one day among values of shape [EN_SCORE_OUTPUT_COUNT][day][stride]. */
struct en_tissue course_tissue(const double *values, size_t day_count, size_t stride, size_t day,
                               size_t i);
