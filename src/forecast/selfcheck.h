/* SPDX-License-Identifier: Apache-2.0
 * forecast/selfcheck: does the posterior of one person know what it claims to know?
 * Simulation-based calibration (Talts et al., arXiv 1804.06788): persons are drawn from the
 * population itself, their reports are simulated, and the truth is ranked within the posterior that
 * the reports give. If the posterior is right, ranks are uniform, bands cover as often as they say,
 * and a hypothesis that gets a weight of 30 % is the true one in 30 % of such persons. That checks
 * the calculation, not the model: reports are simulated by the model itself.
 * Every person is a function of (seed, index): same bytes on any thread count. Thread-safe. */
#pragma once

#include "forecast/individual.h"

/* What is ranked. */
enum en_quantity {
    EN_QUANTITY_USUAL,    /* P0, usual pain [NRS] */
    EN_QUANTITY_OWN,      /* the person's own response, share of usual pain */
    EN_QUANTITY_NATURAL,  /* response of condition and clinic, share of usual pain */
    EN_QUANTITY_CALMING,  /* kHd, desensitisation [1/d] */
    EN_QUANTITY_COVERAGE, /* place in the spread of coverage */
    EN_QUANTITY_DAMAGE,   /* cD, inflammation per damage */
    EN_QUANTITY_GO_ON,    /* expected pain of week 26 with further sessions, held [NRS] */
    EN_QUANTITY_STOP,     /* the same without them */
    EN_QUANTITY_GAIN,     /* the second less the first, in one person */
    EN_QUANTITY_COUNT
};

extern const char *const EN_QUANTITY_IDS[EN_QUANTITY_COUNT];
extern const char *const EN_QUANTITY_NAMES[EN_QUANTITY_COUNT]; /* for people */

struct en_selfcheck_settings {
    const struct en_posterior *posterior; /* the population: learned quantities, conditions */
    size_t draws; /* patients of each hypothesis, >= 16; fewer where its weight is below 1 % */
    uint64_t seed;
    int threads; /* 0: one per processor */
    /* Errors that the posterior is told over those of the reports. 1; anything else must be found
     * out: it is how the check is checked. */
    double error_told;
};

enum { EN_SELFCHECK_BAND = 4 };

/* One simulated person. A rank is the share of the posterior that lies below the truth, equal
 * values divided at random: uniform on 0 .. 1. */
struct en_selfcheck_person {
    size_t hypothesis;            /* the true one */
    double weight[EN_HYPOTHESES]; /* after the reports */
    double rank[EN_QUANTITY_COUNT];
    /* Next score, nothing more being given: its error as the reports' (Student t with 4 degrees of
     * freedom), and as the forecast takes it (normal). */
    double score_rank, normal_rank;
    double score, band[EN_SELFCHECK_BAND]; /* the next score; 5, 25, 75, 95 % as a forecast has */
    int refined;                           /* hypotheses whose posterior was refined */
    size_t report_count;
};

/* Persons first .. first + count - 1.   out  shape [count] */
EN_MUST_USE enum en_status en_selfcheck_run(const struct en_selfcheck_settings *settings,
                                            uint64_t first, size_t count,
                                            struct en_selfcheck_person *out, struct en_err *err);

enum { EN_SELFCHECK_BINS = 20, EN_SELFCHECK_GROUPS = 10 };

/* Ranks of one quantity. */
struct en_selfcheck_ranks {
    size_t bin[EN_SELFCHECK_BINS];
    double chi_square,
        chance;          /* from a uniform distribution, and how often it is larger by chance */
    double in_50, in_90; /* share of ranks within .25 .. .75 and .05 .. .95 */
};

/* Hypotheses that got a weight of group / 10 up to (group + 1) / 10. */
struct en_selfcheck_group {
    size_t count, is_true; /* pairs of person and hypothesis, and how many were the true one */
    double expected, sd;   /* of is_true, by the weights */
};

struct en_selfcheck {
    size_t persons, refined; /* refined: persons with at least one refined posterior */
    struct en_selfcheck_ranks rank[EN_QUANTITY_COUNT], score, normal;
    double band_50, band_90; /* share of next scores within the forecast's bands, ends included */
    struct en_selfcheck_group group[EN_SELFCHECK_GROUPS];
    /* Weights of the hypotheses as a whole: standard normal when they are right, above 0 when they
     * promise more than they keep. */
    double confidence;
};
/* persons shape [count], count >= 1 */
void en_selfcheck_sum(const struct en_selfcheck_person *persons, size_t count,
                      struct en_selfcheck *out);
