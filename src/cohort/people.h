/* SPDX-License-Identifier: Apache-2.0
 * cohort/people: draws virtual patients from a population, for trials and for the forecast of one
 * person: what is known of that person is the same in all. Inside cohort; forecast/map knows the
 * places of the numbers.
 * A patient is a function of (seed, member, hypothesis' effects); the random numbers are functions
 * of (seed, member) alone, so hypotheses share their patients. */
#pragma once

#include "cohort/population.h"

/* Correlated covariates, in the order in which they are drawn. */
enum { PEOPLE_SEVERITY, PEOPLE_AGE, PEOPLE_BMI, PEOPLE_DIABETES, PEOPLE_CHRONICITY, PEOPLE_COUNT };

enum { PEOPLE_EFFECTS_MAX = 11 };

/* Lower triangular root of their correlations. */
struct people_covariates {
    double factor[PEOPLE_COUNT][PEOPLE_COUNT];
};
EN_MUST_USE enum en_status people_covariates(const struct en_population *p,
                                             struct people_covariates *out, struct en_err *err);

/* What is known of every patient; NAN or -1: unknown, drawn. */
struct people_known {
    double age_years, baseline_nrs, baseline_function;
    int is_smoker, has_diabetes, takes_nsaid;
};

/* A population made ready for drawing. */
struct people {
    const struct en_population *population;
    struct people_known known;
    struct people_covariates covariates;
    double usual_mean;      /* of people with the condition [NRS] */
    struct en_spread usual; /* of the trial's patients before the entry threshold [NRS] */
    double effect_spread[PEOPLE_EFFECTS_MAX]; /* of EN_COHORT_EFFECTS */
    double diabetes_above;                    /* standard normal number above which one has it */
    bool needs_function;                      /* baseline function is drawn */
    uint64_t seed;
};
/* known NULL: nothing. A known score must reach the population's entry threshold. */
EN_MUST_USE enum en_status people_make(const struct en_population *p,
                                       const struct people_known *known, bool needs_function,
                                       uint64_t seed, struct people *out, struct en_err *err);

/* The random numbers of one patient: what people_draw takes from (seed, member, attempt). */
enum people_normal {
    PEOPLE_Z_PAIN,
    PEOPLE_Z_FUNCTION,
    PEOPLE_Z_USUAL,
    PEOPLE_Z_FLUCTUATION,
    PEOPLE_Z_SEVERITY,
    PEOPLE_Z_RESPONSE,
    PEOPLE_Z_AGE,
    PEOPLE_Z_BMI,
    PEOPLE_Z_DIABETES,
    PEOPLE_Z_CHRONICITY,
    PEOPLE_Z_EFFECTS, /* of EN_COHORT_EFFECTS, then the coverage */
    PEOPLE_NORMALS = PEOPLE_Z_EFFECTS + PEOPLE_EFFECTS_MAX + 1
};
struct people_numbers {
    double normal[PEOPLE_NORMALS]; /* standard normal */
    double habit[2], drug;         /* uniform */
};

/* One virtual patient, besides the parameters in the batch. */
struct person {
    double age_years, bmi, chronicity_years;
    bool is_female, is_smoker, has_diabetes, takes_nsaid;
    double baseline_nrs, baseline_function; /* observed at entry; function NAN when not needed */
    double usual, fluctuation;              /* [NRS] */
    double response_z;                      /* of the contextual response */
    double time_ratio;                      /* own half-time over that of the arm */
    double coverage_z;
    uint32_t attempt; /* the one that was taken, and its numbers */
    struct people_numbers numbers;
};

struct people_counts {
    int64_t drawn, refused_entry, refused_constraint;
};

/* The numbers of an attempt of the member. */
void people_numbers(const struct people *q, uint64_t member, uint32_t attempt,
                    struct people_numbers *out);

/* The patient with these numbers into place i of the batch, balanced; false when it does not
 * satisfy entry and constraints. */
bool people_set(const struct people *q, const struct people_numbers *n,
                const struct en_effects *effects, struct en_batch *b, size_t i, struct person *out);

/* Draw the member into place i of the batch, balanced. The batch holds revised numbers in all
 * parameters that are not drawn. false: none of the
 * attempts satisfied entry and constraints. */
bool people_draw(const struct people *q, uint64_t member, const struct en_effects *effects,
                 struct en_batch *b, size_t i, struct person *out, struct people_counts *counts);
