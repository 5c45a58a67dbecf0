/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/cohort.h"

#include "base/pool.h"
#include "cohort/patient.h"
#include "num/random.h"
#include "num/scalar.h"

#include <math.h>

enum { PART = 64, ATTEMPTS_MAX = 1000 };

/* What a random number is for; effect k has EN_FOR_EFFECT + its parameter. Numbers are part of the
 * golden results: append only. */
enum purpose {
    FOR_AGE,
    FOR_SMOKER,
    FOR_DIABETES,
    FOR_BASELINE,
    FOR_TRAIT,
    FOR_FLUCTUATION,
    FOR_SEVERITY,
    FOR_CONTEXT,
    FOR_COVERAGE,
    FOR_OU,
    FOR_PAIN_ERROR,
    FOR_FUNCTION_ERROR,
    FOR_EFFECT = 1000
};

/* One patient being drawn: attempt is the index of its random numbers. */
struct draw {
    struct en_cohort *cohort;
    const struct en_cohort_person *person;
    size_t i;
    uint32_t attempt;
};

static struct en_random place(const struct draw *d, uint32_t purpose)
{
    return (struct en_random){d->cohort->seed, d->i, purpose, d->attempt};
}

static double normal(const struct draw *d, uint32_t purpose)
{
    return en_random_normal(place(d, purpose));
}

static bool drawn_share(const struct draw *d, int known, uint32_t purpose, double share)
{
    return known >= 0 ? known > 0 : en_random_uniform(place(d, purpose)) < share;
}

static void draw_covariates(const struct draw *d)
{
    const struct en_model *m = &EN_MODEL;
    const struct en_cohort_person *p = d->person;
    const double age = isnan(p->age_years)
                           ? fmax(m->population_age + m->population_age_sd * normal(d, FOR_AGE), 18)
                           : p->age_years;

    en_heal_covariates(
        &d->cohort->patients, d->i,
        &(struct en_covariates){
            .age_years = age,
            .is_smoker = drawn_share(d, p->is_smoker, FOR_SMOKER, m->population_smoker),
            .has_diabetes = drawn_share(d, p->has_diabetes, FOR_DIABETES, m->population_diabetes),
            .takes_nsaid = p->takes_nsaid,
        });
}

/* Observed score, then usual pain and fluctuation given that score (all normal). Returns how far
 * usual pain lies from its mean, in standard deviations. */
static double draw_pain(const struct draw *d)
{
    static const struct en_effect BASELINE = {EN_P(P0), EN_EFFECT_CAPPED, 0};
    const struct en_model *m = &EN_MODEL;
    const double observed = isnan(d->person->baseline_nrs)
                                ? en_effect_value(&BASELINE, normal(d, FOR_BASELINE))
                                : d->person->baseline_nrs;
    const struct en_pain_start start =
        en_patient_pain(m->trait_mean, observed, normal(d, FOR_TRAIT), normal(d, FOR_FLUCTUATION));

    d->cohort->baseline_nrs[d->i] = observed;
    d->cohort->fluctuation[d->i] = start.fluctuation;
    d->cohort->patients.parameter[EN_P(P0)][d->i] = start.usual;
    return (start.usual - m->trait_mean) / m->trait_sd;
}

/* fctx of trials is placebo and regression to the mean together, relative to the observed score of
 * their patients (row P0). Regression is simulated here, so its part is taken out. */
static void draw_context(const struct draw *d)
{
    const struct en_parameter_row *r = &EN_PARAMETERS[EN_P(fctx)];
    const struct en_model *m = &EN_MODEL;
    const double trial = EN_PARAMETERS[EN_P(P0)].nominal,
                 usual = en_patient_expected(m->trait_mean, trial);
    const double centre = en_logit((r->nominal - m->fctx_low) / m->fctx_width);
    const double whole =
        m->fctx_low + m->fctx_width * en_logistic(centre + r->cv * normal(d, FOR_CONTEXT));

    d->cohort->patients.parameter[EN_P(fctx)][d->i] = (whole * trial - (trial - usual)) / usual;
}

/* Effects with a severity share a factor with usual pain, so that each pair correlates. */
static void draw_effects(const struct draw *d, double pain_z)
{
    const double factor = en_patient_severity(pain_z, normal(d, FOR_SEVERITY));

    for (size_t k = 0; k < EN_COHORT_EFFECT_COUNT; k++) {
        const struct en_effect *e = &EN_COHORT_EFFECTS[k];
        const double own = normal(d, FOR_EFFECT + (uint32_t)e->parameter);

        d->cohort->patients.parameter[e->parameter][d->i] =
            en_effect_value(e, en_patient_effect_z(e, factor, own));
    }
}

struct draw_job {
    struct en_cohort *cohort;
    const struct en_cohort_person *person;
    size_t *rejected; /* by part */
    bool *failed;     /* by part */
};

/* Draw until the constraints hold; returns the number of refused draws, ATTEMPTS_MAX: none held. */
static size_t draw_patient(const struct draw_job *job, size_t i)
{
    struct draw d = {.cohort = job->cohort, .person = job->person, .i = i};

    for (; d.attempt < ATTEMPTS_MAX; d.attempt++) {
        draw_covariates(&d);
        draw_effects(&d, draw_pain(&d));
        draw_context(&d);
        if (en_heal_balance(&job->cohort->patients, i, 1, NULL) == EN_OK &&
            en_heal_broken(&job->cohort->patients, i) == NULL) {
            break;
        }
    }
    return d.attempt;
}

static void draw_part(void *context, size_t index, int worker)
{
    const struct draw_job *job = context;
    const size_t count = job->cohort->patients.count;

    (void)worker;
    for (size_t i = index * PART; i < count && i < (index + 1) * PART; i++) {
        const size_t rejected = draw_patient(job, i);

        job->rejected[index] += rejected;
        job->failed[index] = job->failed[index] || rejected == ATTEMPTS_MAX;
    }
}

enum en_status en_cohort_draw(const struct en_cohort_person *person, size_t count, uint64_t seed,
                              int threads, struct en_arena *a, struct en_cohort *out,
                              struct en_err *err)
{
    const size_t parts = count / PART + 1;

    *out = (struct en_cohort){.seed = seed};
    EN_TRY(en_batch_init(&out->patients, a, count, err));
    out->baseline_nrs = EN_NEW(a, double, out->patients.stride);
    out->fluctuation = EN_NEW(a, double, out->patients.stride);
    struct draw_job job = {out, person, EN_NEW(a, size_t, parts), EN_NEW(a, bool, parts)};

    if (out->baseline_nrs == NULL || out->fluctuation == NULL || job.rejected == NULL ||
        job.failed == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", count);
    }
    en_pool_run(threads, parts, draw_part, &job);
    for (size_t i = 0; i < parts; i++) {
        out->rejected += job.rejected[i];
        if (job.failed[i]) {
            return en_fail(err, EN_ENUMERIC, "no virtual patient satisfies the constraints");
        }
    }
    return EN_OK;
}

void en_cohort_coverage(const struct en_cohort *c, double expected, double *coverage)
{
    for (size_t i = 0; i < c->patients.stride; i++) {
        const double z = en_random_normal((struct en_random){c->seed, i, FOR_COVERAGE, 0});

        coverage[i] = en_cohort_coverage_of(expected, z);
    }
}

enum en_status en_cohort_noise(const struct en_cohort *c, const double *days, size_t day_count,
                               struct en_arena *a, struct en_cohort_noise *out, struct en_err *err)
{
    const struct en_model *m = &EN_MODEL;
    const size_t stride = c->patients.stride;
    double before = 0.0;

    out->fluctuation = EN_NEW(a, double, day_count *stride);
    out->pain_error = EN_NEW(a, double, day_count *stride);
    out->function_error = EN_NEW(a, double, day_count *stride);
    if (out->fluctuation == NULL || out->pain_error == NULL || out->function_error == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for the scores of %zu patients", stride);
    }
    for (uint32_t k = 0; k < day_count; k++) {
        const double kept = en_exp(-(days[k] - before) / m->ou_tau);
        const double fresh = m->ou_sd * sqrt(1.0 - kept * kept);
        const double *last = k == 0 ? c->fluctuation : out->fluctuation + (k - 1) * stride;

        before = days[k];
        for (size_t i = 0; i < c->patients.count; i++) {
            const struct en_random slow = {c->seed, i, FOR_OU, k};
            const struct en_random pain = {c->seed, i, FOR_PAIN_ERROR, k};
            const struct en_random function = {c->seed, i, FOR_FUNCTION_ERROR, k};

            out->fluctuation[k * stride + i] = kept * last[i] + fresh * en_random_normal(slow);
            out->pain_error[k * stride + i] = m->nrs_error_sd * en_random_normal(pain);
            out->function_error[k * stride + i] = m->function_error_sd * en_random_normal(function);
        }
    }
    return EN_OK;
}
