/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/cohort.h"

#include "base/pool.h"
#include "cohort/patient.h"
#include "cohort/people.h"
#include "cohort/score.h"
#include "num/random.h"
#include "num/scalar.h"

#include <math.h>

enum { PART = 64 };

/* What a random number is for; its index is the day. Part of the golden results: append only. */
enum purpose { FOR_FLUCTUATION = 4000, FOR_PAIN_ERROR, FOR_FUNCTION_ERROR };

/* The people with the condition who are treated. */
static struct en_population population_of(double nrs)
{
    struct en_population p = en_population_defaults();

    if (!isnan(nrs)) {
        p.baseline_nrs.sd *= nrs / p.baseline_nrs.mean;
        p.baseline_nrs.mean = nrs;
        p.baseline_function.mean =
            en_score_usual_function(EN_REVISED[EN_P(aW1)], EN_REVISED[EN_P(aW2)], nrs);
    }
    return p;
}

struct draw_job {
    const struct en_cohort_source *source;
    struct people people;
    struct en_cohort *cohort;
    struct people_counts *counts; /* by part */
    bool *failed;                 /* by part */
};

/* What is known of the treatment, for patient i. */
static void effects_of(const struct en_cohort_source *s, size_t i, struct en_effects *out)
{
    static const double CENTRE[EN_LEARNED_COUNT], AVERAGE[EN_CONDITION_EFFECT_COUNT];

    if (s->posterior == NULL) {
        en_effects_of(s->hypothesis, CENTRE, AVERAGE, 0.0, out);
    } else {
        en_posterior_effects(s->posterior, s->hypothesis,
                             en_posterior_particle(s->posterior, s->hypothesis, i), s->condition,
                             false, (struct en_random){.seed = s->seed, .member = i}, out);
    }
}

static void keep(struct en_cohort *c, size_t i, const struct en_effects *e, const struct person *x)
{
    struct en_cohort_response *r = &c->responses[i];

    c->baseline_nrs[i] = x->baseline_nrs;
    c->baseline_function[i] = x->baseline_function;
    c->fluctuation[i] = x->fluctuation;
    c->coverage_z[i] = x->coverage_z;
    *r = (struct en_cohort_response){*e, e->patient_sd * x->response_z, x->time_ratio};
}

static void draw_part(void *context, size_t index, int worker)
{
    const struct draw_job *job = context;
    struct en_batch *b = &job->cohort->patients;

    (void)worker;
    for (size_t i = index * PART; i < b->count && i < (index + 1) * PART; i++) {
        struct en_effects effects;
        struct person person;

        effects_of(job->source, i, &effects);
        if (people_draw(&job->people, i, &effects, b, i, &person, &job->counts[index])) {
            keep(job->cohort, i, &effects, &person);
        } else {
            job->failed[index] = true;
        }
    }
}

static enum en_status make_room(struct draw_job *job, size_t parts, struct en_arena *a,
                                struct en_err *err)
{
    struct en_cohort *c = job->cohort;

    EN_TRY(en_batch_init(&c->patients, a, job->source->count, err));
    en_batch_revise(&c->patients);
    c->baseline_nrs = EN_NEW(a, double, c->patients.stride);
    c->baseline_function = EN_NEW(a, double, c->patients.stride);
    c->fluctuation = EN_NEW(a, double, c->patients.stride);
    c->coverage_z = EN_NEW(a, double, c->patients.stride);
    c->responses = EN_NEW(a, struct en_cohort_response, c->patients.count);
    job->counts = EN_NEW(a, struct people_counts, parts);
    job->failed = EN_NEW(a, bool, parts);
    if (c->baseline_nrs == NULL || c->baseline_function == NULL || c->fluctuation == NULL ||
        c->coverage_z == NULL || c->responses == NULL || job->counts == NULL ||
        job->failed == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", job->source->count);
    }
    return EN_OK;
}

enum en_status en_cohort_from(const struct en_cohort_person *person,
                              const struct en_cohort_source *source, struct en_arena *a,
                              struct en_cohort *out, struct en_err *err)
{
    const size_t parts = source->count / PART + 1;
    const struct en_population population = population_of(source->population_nrs);
    const struct people_known known = {
        .age_years = person->age_years,
        .baseline_nrs = person->baseline_nrs,
        .baseline_function = person->baseline_function,
        .is_smoker = person->is_smoker,
        .has_diabetes = person->has_diabetes,
        .takes_nsaid = person->takes_nsaid ? 1 : 0,
    };
    struct draw_job job = {.source = source, .cohort = out};

    *out = (struct en_cohort){.seed = source->seed};
    EN_TRY(people_make(&population, &known, true, source->seed, &job.people, err));
    EN_TRY(make_room(&job, parts, a, err));
    en_pool_run(source->threads, parts, draw_part, &job);
    for (size_t i = 0; i < parts; i++) {
        out->rejected += (size_t)job.counts[i].refused_constraint;
        if (job.failed[i]) {
            return en_fail(err, EN_ENUMERIC, "no virtual patient satisfies the constraints");
        }
    }
    return EN_OK;
}

enum en_status en_cohort_draw(const struct en_cohort_person *person, size_t count, uint64_t seed,
                              int threads, struct en_arena *a, struct en_cohort *out,
                              struct en_err *err)
{
    const struct en_cohort_source source = {
        .hypothesis = EN_HYPOTHESES - 1,
        .condition = -1,
        .population_nrs = NAN,
        .count = count,
        .seed = seed,
        .threads = threads,
    };

    return en_cohort_from(person, &source, a, out, err);
}

void en_cohort_coverage(const struct en_cohort *c, double expected, double *coverage)
{
    for (size_t i = 0; i < c->patients.stride; i++) {
        coverage[i] = en_cohort_coverage_of(expected, c->coverage_z[i]);
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
            const struct en_random slow = {c->seed, i, FOR_FLUCTUATION, k};
            const struct en_random pain = {c->seed, i, FOR_PAIN_ERROR, k};
            const struct en_random function = {c->seed, i, FOR_FUNCTION_ERROR, k};

            out->fluctuation[k * stride + i] = kept * last[i] + fresh * en_random_normal(slow);
            out->pain_error[k * stride + i] = m->nrs_error_sd * en_random_normal(pain);
            out->function_error[k * stride + i] = m->function_error_sd * en_random_normal(function);
        }
    }
    return EN_OK;
}
