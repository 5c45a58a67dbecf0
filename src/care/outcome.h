/* SPDX-License-Identifier: Apache-2.0
 * care/outcome: what became of a course of treatment: scores before it and at the outcome's
 * time-points (limits timepoint.*), and whether a review of that day finds a responder.
 *
 * For adding up over patients: nothing here names a person. Pure functions; thread-safe. */
#pragma once

#include "care/case.h"
#include "care/plan.h"

enum { EN_TIMEPOINTS_MAX = 8 };

/* The time-points, in the order of their days. */
struct en_timepoint {
    const struct en_row *row; /* of limits.tsv */
    int days;                 /* after the first session */
};
struct en_timepoints {
    struct en_timepoint items[EN_TIMEPOINTS_MAX];
    size_t count;
    int tolerance; /* days before and after */
};
void en_timepoints_of(const struct en_knowledge *k, struct en_timepoints *out);

/* A course at a time-point. */
struct en_outcome_at {
    bool is_due;           /* its last day is over: who has no score now will have none */
    en_day day;            /* of the score of pain nearest to it; EN_DAY_UNKNOWN none */
    double pain, function; /* NAN: not scored within the tolerance */
    /* Whether a review of that day finds a responder (rule RV-4); EN_UNKNOWN: it cannot tell. */
    enum en_truth is_responder;
};

/* The last course of a problem (as en_course_of): condition and texts are the knowledge's. */
struct en_course_outcome {
    const struct en_row *condition; /* NULL: not recognised */
    const char *region;
    enum en_side side;
    en_day start; /* first session */
    int sessions;
    double pain, function;        /* last score on or before the first session; NAN none */
    const struct en_row *measure; /* instrument of function; NULL: the condition has none */
    struct en_outcome_at at[EN_TIMEPOINTS_MAX];
    int grade_max;  /* highest recorded grade of harm; 0 none */
    int unrecorded; /* sessions without a record of harm or its absence */
};

/* Of the problem with this number. *is_treated false: no session of the case is of it. A session
 * that is of several problems belongs to the first of them. */
EN_MUST_USE enum en_status en_outcome_of(const struct en_care *care, const struct en_case *c,
                                         size_t target, struct en_arena *a,
                                         struct en_course_outcome *out, bool *is_treated,
                                         struct en_err *err);

/* Improvement: above 0 is better, whatever the direction of the instrument. */
double en_outcome_gain(const struct en_row *measure, double before, double after);
