/* SPDX-License-Identifier: Apache-2.0
 * forecast/search_inside: shared by the files of the search. Not for other files. */
#pragma once

#include "forecast/search.h"

/* The patients of one hypothesis. */
struct search_crowd {
    struct en_individual individual; /* its cohort is cut to the patients that are run */
    struct en_cohort_noise noise;    /* shape [week][stride]; only with goals */
    size_t count, first; /* of those patients, and their place among those of all hypotheses */
    double weight;
};

struct search {
    const struct en_search_request *request;
    struct search_crowd crowds[EN_HYPOTHESIS_COUNT];
    size_t patients; /* of all hypotheses */
    size_t stride;   /* of every cohort */
    double days[EN_FORECAST_WEEKS_MAX];
    /* Expected scores of an option, mean over the goal dates: shape [option][patients] */
    double *pain, *function;
    uint32_t *at_goal; /* patients at all goals at the last date, shape [option][hypothesis] */
    double *flare;     /* [d] of an option, shape [option] */
    int threads;
};

/* Run all options; pain, function, at_goal and flare are filled. Scratch is given back. */
EN_MUST_USE enum en_status search_courses(struct search *s, struct en_arena *scratch,
                                          struct en_err *err);
