/* SPDX-License-Identifier: Apache-2.0
 * forecast/course: the course of one patient of a cohort: from its tissue to expected scores.
 * Inside forecast only. Pure functions. */
#pragma once

#include "cohort/score.h"
#include "forecast/individual.h"

/* What an arm brings besides its injections, and since when [d]. */
struct course_context {
    enum en_context kind;
    double first_day;    /* of the injections */
    double exercise_day; /* of the programme */
};

/* What the sessions that were given bring besides. */
struct course_context course_given(const struct en_followup *f);

/* Pain without fluctuation and error, not held on its scale [NRS]. docs/model.md, outputs. */
double course_pain(const struct en_cohort *c, size_t i, const struct course_context *context,
                   double day, const struct en_tissue *tissue);

/* Function without error; pain is the true one, fluctuation included, not yet held. */
double course_function(const struct en_cohort *c, size_t i, double pain, double laxity_ratio);

/* A patient's tissue of one day among values of shape [EN_SCORE_OUTPUT_COUNT][day][stride]. */
struct en_tissue course_tissue(const double *values, size_t day_count, size_t stride, size_t day,
                               size_t i);

/* The days of the reports without repetition, and where each report finds its own; how many there
 * are.   days, day_of  out  shape [EN_OBSERVATIONS_MAX] */
size_t course_days(const struct en_followup *f, double *days, size_t *day_of);

/* A run: what was given, then what is to come. */
struct course_run {
    const struct en_cohort *cohort;
    const struct en_followup *followup;
    const struct en_dose *sessions; /* to come, shape [session_count] */
    size_t session_count;
    double rehabilitation; /* load stimulus from today on */
    const double *days;    /* shape [day_count], ascending */
    size_t day_count;
    double from_day; /* 0, or the day of `state` */
    double *state;   /* NULL, or shape [EN_STATE_COUNT][stride]; in when from_day > 0, out */
    enum en_precision precision;
    double tolerance; /* 0: the engine's */
    int threads;
};

/* Tissue of all patients.   values  out  shape [EN_SCORE_OUTPUT_COUNT][day][stride] */
EN_MUST_USE enum en_status course_run(const struct course_run *run, struct en_arena *scratch,
                                      double *values, struct en_err *err);

/* Without sessions and at usual load the tissue stays as it is, in every patient: no run is needed,
 * the same values are filled in. */
bool course_is_at_rest(const struct course_run *run);
void course_rest(const struct course_run *run, double *values);
