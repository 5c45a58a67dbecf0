/* SPDX-License-Identifier: Apache-2.0
 * cohort/posterior: what is known about the quantities of cohort/learned.def, as particles per
 * hypothesis, and what they say about one condition and study (struct en_effects).
 *
 * Before calibration the particles are draws from the priors and there are no conditions with data;
 * afterwards they come from a calibration. Read-only once made: threads may share it. */
#pragma once

#include "base/arena.h"
#include "heal/heal.h"
#include "num/random.h"

enum en_learned {
#define EN_LEARNED(symbol, ...)                                                                    \
    EN_LEARNED_##symbol, /* NOLINT(readability-identifier-naming): symbols */
#include "cohort/learned.def"
#undef EN_LEARNED
    EN_LEARNED_COUNT
};

enum en_scale { EN_LOG, EN_PLAIN };

struct en_learned_row {
    const char *symbol;
    enum en_scale scale;
    double centre, spread;
    const char *unit, *meaning, *source, *provenance;
};

extern const struct en_learned_row EN_LEARNED_ROWS[EN_LEARNED_COUNT];

/* The quantity at z standard deviations of its prior. */
double en_learned_value(enum en_learned row, double z);

/* Deviations of a condition, in standard deviations between conditions. */
enum en_condition_effect {
    EN_CONDITION_CONTEXT,
    EN_CONDITION_TIME,
    EN_CONDITION_SPECIFIC,
    EN_CONDITION_EFFECT_COUNT
};

/* Numbers of one particle: the learned quantities, then the effects of each condition; all in
 * standard deviations of their priors. */
struct en_posterior {
    const char *const *conditions; /* shape [condition_count], ids with data */
    size_t condition_count;
    size_t count[EN_HYPOTHESES]; /* particles of each hypothesis, of equal weight, >= 1 */
    const double *particles[EN_HYPOTHESES]; /* shape [count][en_posterior_size] */
    double weight[EN_HYPOTHESES];           /* posterior weights of the hypotheses, sum 1 */
    double prior_weight[EN_HYPOTHESES];
    double log_evidence[EN_HYPOTHESES]; /* 0 before calibration */
    size_t study_count, row_count; /* trials and results it was fitted to; 0: none, or unknown */
    bool is_calibrated;
};

enum { EN_POSTERIOR_CONDITIONS_MAX = 32 };

/* Degrees of freedom of what differs between studies: some published sizes are not credible. Even:
 * half of it exponential numbers make the chi-square. */
enum { EN_STUDY_DEGREES_OF_FREEDOM = 6 };

/* Numbers of one particle. */
size_t en_posterior_size(size_t condition_count);

/* Draws from the priors: count particles, the same for every hypothesis, prior weights as of the
 * revision (0.25, 0.10, 0.40, 0.25), no conditions. Arrays live in the arena. EN_ELIMIT. */
EN_MUST_USE enum en_status en_posterior_prior(size_t count, uint64_t seed, struct en_arena *a,
                                              struct en_posterior *out, struct en_err *err);

/* The prior weights, and nothing else. */
void en_posterior_no_data(struct en_posterior *out);

/* Index of a condition id, or -1: no data, the population of conditions stands for it. */
int en_posterior_condition(const struct en_posterior *p, const char *id);

/* Which contextual response an arm has. */
enum en_context {
    EN_CONTEXT_NONE,
    EN_CONTEXT_INJECTION,
    EN_CONTEXT_EXERCISE,
    EN_CONTEXT_BOTH, /* injections and an exercise programme */
    EN_CONTEXT_COUNT
};

/* One hypothesis, particle, condition and study. Pain of a patient on day t (cohort/score):
 *   P0 [1 + wm (X - 1) + wh (felt - 1) - c(t)] + aC C,   c(t): en_effects_share. */
struct en_effects {
    double zmax, kHd, kHu, gS, kG2; /* centres of the patients' parameters */
    double wm, wh;                  /* with the condition's multiplier; a negative one is harm */
    bool has_laxity;
    double specific; /* the multiplier itself, 1: as the average condition */
    /* Shares of usual pain that go without anything specific. */
    double natural;                           /* condition and study, in every arm */
    double injection, exercise;               /* what injections and a programme add */
    double injection_half_d, exercise_half_d; /* [d] */
    double function_ratio;
    double trial_bias;   /* added in a tested arm where a trial's report is predicted */
    double uncontrolled; /* added where the report is a series without a control */
    double patient_sd;   /* between patients, share of baseline */
    double study_sd;     /* between studies: already drawn into natural */
    double arm_sd;       /* of an arm, to be drawn by whoever simulates one */
};

/* The particle of virtual trial or patient `member`: multiples of the golden section spread evenly
 * over particles that may be in an order, also when there are fewer members than particles. */
size_t en_posterior_particle(const struct en_posterior *p, size_t hypothesis, uint64_t member);

/* What particle `index` (taken modulo the count) says. condition -1: drawn anew at `at`, as is the
 * study's deviation; at.purpose and at.index are overwritten. is_average: without the study's
 * deviation. */
void en_posterior_effects(const struct en_posterior *p, size_t hypothesis, size_t index,
                          int condition, bool is_average, struct en_random at,
                          struct en_effects *out);

/* The random numbers of the same: standard normal deviations of a condition without data and of the
 * study, and how much more than usual the study deviates. */
struct en_effect_numbers {
    double condition[EN_CONDITION_EFFECT_COUNT], study, size;
};
void en_effect_numbers(bool is_average, struct en_random at, struct en_effect_numbers *out);
void en_posterior_effects_at(const struct en_posterior *p, size_t hypothesis, size_t index,
                             int condition, const struct en_effect_numbers *numbers,
                             struct en_effects *out);

/* The same from the numbers of one particle, with the deviations given in standard deviations:
 * `condition` shape [EN_CONDITION_EFFECT_COUNT], `study` of the contextual response. */
void en_effects_of(size_t hypothesis, const double *learned, const double *condition, double study,
                   struct en_effects *out);

/* The response of a patient in an arm, apart from what is specific. */
struct en_unspecific {
    enum en_context kind;
    double first_day;    /* of the sessions [d]; the response to injections begins there */
    double exercise_day; /* of the programme [d]; the response to exercise begins there */
    double own;          /* share of usual pain: deviations of the arm and of the patient */
    double time_ratio;   /* the patient's half-times over those of the effects */
};

/* Share of usual pain that has gone by `day`: with W(t) = 1 - 2^(-t / half), 0 before t = 0,
 *   natural W(t) + injection W(t - first) + exercise W'(t - begin) + own W,
 * the last W that of the injections, the programme or the natural course.
 * own_come (may be NULL): the factor of own. */
double en_effects_share(const struct en_effects *e, const struct en_unspecific *r, double day,
                        double *own_come);
