/* SPDX-License-Identifier: Apache-2.0
 * cohort/cohort: virtual patients like one person, and runs of all of them over threads.
 *
 * What is known of the person (age, baseline, covariates) is the same in all; what is unknown, and
 * the free effects of docs/model.md, are drawn. Every number is a function of (seed, patient,
 * purpose, attempt): the bytes depend on neither the thread count nor the arms that are run. */
#pragma once

#include "cohort/posterior.h"

#include <stdint.h>

/* NAN or -1: unknown, drawn from the population. Scores are the observed ones of day 0. */
struct en_cohort_person {
    double age_years;
    double baseline_nrs;      /* [NRS 0..10] */
    double baseline_function; /* [0..100, high = worse] */
    int is_smoker, has_diabetes;
    bool takes_nsaid;
};

/* Where the patients come from. */
struct en_cohort_source {
    const struct en_posterior *posterior; /* NULL: the centres of the priors stand for every one */
    size_t hypothesis;
    int condition;         /* en_posterior_condition */
    double population_nrs; /* [NRS] mean baseline of treated people with the condition; NAN: P0 */
    size_t count;
    uint64_t seed;
    int threads;
    bool keeps_numbers; /* fill `numbers` and `places`: some 250 bytes a patient */
};

enum en_effect_kind {
    EN_EFFECT_LOGNORMAL, /* mean nominal, coefficient of variation cv */
    EN_EFFECT_CAPPED,    /* the same, held at the upper end of the row's range */
    EN_EFFECT_LOGIT      /* median nominal, cv is the standard deviation of the logit */
};

/* A parameter that differs between patients; its numbers are those of its row. */
struct en_effect {
    size_t parameter; /* EN_P(...) */
    enum en_effect_kind kind;
    int severity; /* -1 lower, +1 higher in those with more pain, 0 independent */
};

/* The free effects of the forecast: six rates, the contextual half-time and the baseline of the
 * tissue; usual pain and contextual share are drawn besides. */
extern const struct en_effect EN_COHORT_EFFECTS[];
extern const size_t EN_COHORT_EFFECT_COUNT;

/* Draw an effect around a centre from a standard normal number. */
double en_effect_around(const struct en_effect *e, double centre, double z);

/* For many draws: `spread` is en_effect_spread, of the logarithm or logit. */
double en_effect_spread(const struct en_effect *e);
double en_effect_at(const struct en_effect *e, double spread, double centre, double z);

/* How one patient responds, with a clinic of its own. */
struct en_cohort_response {
    struct en_effects effects;
    double own;        /* the patient's deviation, share of usual pain (struct en_unspecific) */
    double time_ratio; /* the patient's half-times over those of the effects */
};

/* Where a patient comes from: fixes its particle, study and habits. */
struct en_cohort_place {
    uint64_t member;
    uint32_t attempt;
};

/* Standard normal numbers that make a patient of its place. */
enum { EN_COHORT_NUMBERS = 26 };

struct en_cohort {
    struct en_batch patients;  /* P0 is the usual pain, without fluctuation */
    double *baseline_nrs;      /* [NRS] observed score on day 0, shape [stride] */
    double *baseline_function; /* [0..100] the same, shape [stride] */
    double *fluctuation;       /* [NRS] of the true pain on fluctuation_day, shape [stride] */
    double fluctuation_day;    /* [d] 0 once drawn */
    double *coverage_z;        /* place in the spread of coverage, shape [stride] */
    struct en_cohort_response *responses; /* shape [count] */
    size_t rejected;                      /* draws that broke the constraints of model.md 6.2 */
    uint64_t seed;
    struct en_cohort_place *places; /* NULL or shape [count] */
    double *numbers;                /* NULL or shape [count][EN_COHORT_NUMBERS] */
};

/* Draw count patients: each has a particle of the posterior (en_posterior_particle) and a clinic of
 * its own, so bands over patients hold what is not known of the model, too. The observed baseline
 * conditions usual pain, fluctuation and error of day 0 (regression to the mean); usual pain
 * correlates with the severity of the tissue. Patient i of another hypothesis is the same person.
 * Arrays live in the arena. EN_ENUMERIC when the constraints cannot be met. */
EN_MUST_USE enum en_status en_cohort_from(const struct en_cohort_person *person,
                                          const struct en_cohort_source *source, struct en_arena *a,
                                          struct en_cohort *out, struct en_err *err);

/* A cohort with as many places as the source asks for, of revised patients yet to be made. */
EN_MUST_USE enum en_status en_cohort_make(const struct en_cohort_source *source, struct en_arena *a,
                                          struct en_cohort *out, struct en_err *err);

/* Make patients from out->places and out->numbers: with those of en_cohort_from the same patients.
 * valid[i] is false where the constraints of model.md 6.2 are broken: that patient is of no use.
 *   valid  out  shape [count] */
EN_MUST_USE enum en_status en_cohort_remake(const struct en_cohort_person *person,
                                            const struct en_cohort_source *source,
                                            struct en_cohort *out, bool *valid, struct en_err *err);

/* Put patient from[i] (not descending, from[i] < count) into place i, for all i: what a resampling
 * chose. room: shape [stride]. */
void en_cohort_pick(struct en_cohort *c, const uint32_t *from, double *room);

/* Put patient i of `from` into place i of c; both of one source. */
void en_cohort_copy(struct en_cohort *c, const struct en_cohort *from, size_t i);

/* Mean [NRS] and SD of the fluctuation of day 0, given the usual pain and the observed baseline. */
struct en_cohort_start {
    double mean, sd;
};
struct en_cohort_start en_cohort_start(double usual, double observed);

/* The same around the centres of the priors, under H3. */
EN_MUST_USE enum en_status en_cohort_draw(const struct en_cohort_person *person, size_t count,
                                          uint64_t seed, int threads, struct en_arena *a,
                                          struct en_cohort *out, struct en_err *err);

/* Coverage of each patient: expected 0 .. 1 with the spread of docs/model.md between patients and
 * that mean; a patient's place in the spread is the same for every session and arm.
 *   coverage  out  shape [stride] */
void en_cohort_coverage(const struct en_cohort *c, double expected, double *coverage);

/* Coverage of a patient that stands z standard deviations from the middle of that spread. */
double en_cohort_coverage_of(double expected, double z);

/* Fluctuation and error of the scores at `days` (> fluctuation_day, ascending), the same for every
 * arm.
 *   fluctuation [NRS], pain_error [NRS], function_error [points]  out  shape [day][stride] each */
struct en_cohort_noise {
    double *fluctuation, *pain_error, *function_error;
};
EN_MUST_USE enum en_status en_cohort_noise(const struct en_cohort *c, const double *days,
                                           size_t day_count, int threads, struct en_arena *a,
                                           struct en_cohort_noise *out, struct en_err *err);

/* en_heal_run over all patients on several threads (0: one per processor); the steps are those of
 * the whole batch. */
EN_MUST_USE enum en_status en_cohort_run(const struct en_schedule *schedule,
                                         const struct en_batch *patients,
                                         const struct en_request *request, int threads,
                                         double *values, struct en_err *err);
