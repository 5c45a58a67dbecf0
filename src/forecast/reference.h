/* SPDX-License-Identifier: Apache-2.0
 * forecast/reference: the posterior of one person beside that of another algorithm. Many long
 * chains of random-walk Metropolis (in the standard normal numbers of a patient, its particle
 * drawn anew now and then) run on the exact posterior, from draws of the population, without
 * resampling and without degrees of the likelihood; twenty made-up follow-ups, easy and hard.
 * Slow, for checks. Same settings and seed, same bytes on any thread count. */
#pragma once

#include "forecast/selfcheck.h"

struct en_reference_settings {
    const struct en_posterior *posterior;
    size_t chains, steps;  /* the second half of the steps counts */
    size_t draws, repeats; /* patients of each posterior, and how often with another seed (2 or
                              more), en_individual_from */
    size_t population;     /* patients of the population that the evidence is taken from */
    uint64_t seed;
    int threads;
};
struct en_reference_settings en_reference_defaults(void);

enum en_statistic {
    EN_STATISTIC_MEAN,
    EN_STATISTIC_SD,
    EN_STATISTIC_5,
    EN_STATISTIC_50,
    EN_STATISTIC_95,
    EN_STATISTIC_COUNT
};

/* One statistic of one quantity. */
struct en_reference_pair {
    double chains, chains_error; /* of the chains, and its standard error */
    double mean, sd;             /* of en_individual_from, over the repeats */
};

struct en_reference {
    const char *name;
    size_t hypothesis;
    double effective, stages; /* before refinement; stages of it; both mean over repeats */
    double moved;             /* share of the chains' steps that were taken */
    double independent;       /* samples of the chains in independent ones, the fewest */
    double drift; /* third quarter of the chains to the last: standard errors, the largest */
    struct en_reference_pair pair[EN_QUANTITY_COUNT][EN_STATISTIC_COUNT];
    struct en_reference_pair evidence; /* log; chains: from the large population */
};

enum { EN_REFERENCE_CASES = 20 };

/* Case index: 0 .. EN_REFERENCE_CASES - 1. All of the arena is given back. */
EN_MUST_USE enum en_status en_reference_run(const struct en_reference_settings *settings,
                                            size_t index, struct en_arena *a,
                                            struct en_reference *out, struct en_err *err);

/* (mean - chains) in standard errors of that difference. */
double en_reference_off(const struct en_reference_pair *p, size_t repeats);

/* One case in a few numbers. Quantities that hardly differ (the gain where nothing works) do not
 * count. */
struct en_reference_sum {
    size_t pairs;       /* statistics of quantities that were compared */
    double largest_off; /* of en_reference_off, in size */
    double mean_square; /* of en_reference_off: about (repeats - 1) / (repeats - 3) by chance */
    double bias;        /* largest of the means, in posterior SDs */
    double bias_nrs;    /* largest of expected pain and gain: mean, 5, 50 and 95 % [NRS] */
    double mean_error, quantile_error; /* of one run, root mean square, in posterior SDs */
};
void en_reference_sum_up(const struct en_reference *r, size_t repeats,
                         struct en_reference_sum *out);
