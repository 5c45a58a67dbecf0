/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/cohort.h"

#include "base/pool.h"
#include "cohort/patient.h"
#include "cohort/people.h"
#include "cohort/score.h"
#include "num/random.h"
#include "num/scalar.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { PART = 64 };

/* What a random number is for; its index is the day. Part of the golden results: append only. */
enum purpose { FOR_FLUCTUATION = 4000, FOR_PAIN_ERROR, FOR_FUNCTION_ERROR };

_Static_assert((int)EN_COHORT_NUMBERS == PEOPLE_NORMALS + EN_CONDITION_EFFECT_COUNT + 1,
               "numbers of the person, the condition and the study");

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
    struct en_population population;
    struct people people;
    struct en_cohort *cohort;
    struct people_counts *counts; /* by part */
    bool *failed;                 /* by part */
    bool *valid;                  /* by patient, where patients are remade */
};

/* What is known of the treatment, for the patient of this place. numbers: NULL, as drawn. */
static void effects_of(const struct en_cohort_source *s, uint64_t member, const double *numbers,
                       struct en_effects *out)
{
    static const double CENTRE[EN_LEARNED_COUNT], AVERAGE[EN_CONDITION_EFFECT_COUNT];
    struct en_effect_numbers own;

    if (s->posterior == NULL) {
        en_effects_of(s->hypothesis, CENTRE, AVERAGE, 0.0, out);
        return;
    }
    en_effect_numbers(false, (struct en_random){.seed = s->seed, .member = member}, &own);
    if (numbers != NULL) {
        memcpy(own.condition, numbers + PEOPLE_NORMALS, sizeof own.condition);
        own.study = numbers[PEOPLE_NORMALS + EN_CONDITION_EFFECT_COUNT];
    }
    en_posterior_effects_at(s->posterior, s->hypothesis,
                            en_posterior_particle(s->posterior, s->hypothesis, member),
                            s->condition, &own, out);
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

/* The numbers that patient i was made from. */
static void keep_numbers(const struct draw_job *job, size_t i, uint32_t attempt)
{
    const struct en_cohort_source *s = job->source;
    double *out = job->cohort->numbers + i * EN_COHORT_NUMBERS;
    struct people_numbers own;
    struct en_effect_numbers effects;

    people_numbers(&job->people, i, attempt, &own);
    en_effect_numbers(false, (struct en_random){.seed = s->seed, .member = i}, &effects);
    memcpy(out, own.normal, sizeof own.normal);
    memcpy(out + PEOPLE_NORMALS, effects.condition, sizeof effects.condition);
    out[PEOPLE_NORMALS + EN_CONDITION_EFFECT_COUNT] = effects.study;
    job->cohort->places[i] = (struct en_cohort_place){i, attempt};
}

static void draw_part(void *context, size_t index, int worker)
{
    const struct draw_job *job = context;
    struct en_batch *b = &job->cohort->patients;

    (void)worker;
    for (size_t i = index * PART; i < b->count && i < (index + 1) * PART; i++) {
        struct en_effects effects;
        struct person person;

        effects_of(job->source, i, NULL, &effects);
        if (!people_draw(&job->people, i, &effects, b, i, &person, &job->counts[index])) {
            job->failed[index] = true;
            continue;
        }
        keep(job->cohort, i, &effects, &person);
        if (job->cohort->numbers != NULL) {
            keep_numbers(job, i, person.attempt);
        }
    }
}

/* A patient that broke the constraints would break the engine, too: the revised one instead. */
static void reset(struct en_batch *b, size_t i)
{
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        b->parameter[k][i] = EN_REVISED[k];
    }
    if (en_heal_balance(b, i, 1, NULL) != EN_OK) {
        assert(!"the revised numbers balance");
    }
}

static void remake_part(void *context, size_t index, int worker)
{
    const struct draw_job *job = context;
    struct en_cohort *c = job->cohort;

    (void)worker;
    for (size_t i = index * PART; i < c->patients.count && i < (index + 1) * PART; i++) {
        const struct en_cohort_place *place = &c->places[i];
        const double *numbers = c->numbers + i * EN_COHORT_NUMBERS;
        struct en_effects effects;
        struct people_numbers own;
        struct person person = {0};

        people_numbers(&job->people, place->member, place->attempt, &own);
        memcpy(own.normal, numbers, sizeof own.normal);
        effects_of(job->source, place->member, numbers, &effects);
        job->valid[i] = people_set(&job->people, &own, &effects, &c->patients, i, &person);
        if (job->valid[i]) {
            keep(c, i, &effects, &person);
        } else {
            reset(&c->patients, i);
        }
    }
}

enum en_status en_cohort_make(const struct en_cohort_source *source, struct en_arena *a,
                              struct en_cohort *c, struct en_err *err)
{
    *c = (struct en_cohort){.seed = source->seed};
    EN_TRY(en_batch_init(&c->patients, a, source->count, err));
    en_batch_revise(&c->patients);
    c->baseline_nrs = EN_NEW(a, double, c->patients.stride);
    c->baseline_function = EN_NEW(a, double, c->patients.stride);
    c->fluctuation = EN_NEW(a, double, c->patients.stride);
    c->coverage_z = EN_NEW(a, double, c->patients.stride);
    c->responses = EN_NEW(a, struct en_cohort_response, c->patients.count);
    bool is_made = c->baseline_nrs != NULL && c->baseline_function != NULL &&
                   c->fluctuation != NULL && c->coverage_z != NULL && c->responses != NULL;

    if (source->keeps_numbers) {
        c->places = EN_NEW(a, struct en_cohort_place, c->patients.count);
        c->numbers = EN_NEW(a, double, c->patients.count *EN_COHORT_NUMBERS);
        is_made = is_made && c->places != NULL && c->numbers != NULL;
    }
    return is_made ? EN_OK : en_fail(err, EN_ELIMIT, "no room for %zu patients", source->count);
}

/* The population, with what is known of the person. */
static enum en_status make_people(const struct en_cohort_person *person, struct draw_job *job,
                                  struct en_err *err)
{
    const struct people_known known = {
        .age_years = person->age_years,
        .baseline_nrs = person->baseline_nrs,
        .baseline_function = person->baseline_function,
        .is_smoker = person->is_smoker,
        .has_diabetes = person->has_diabetes,
        .takes_nsaid = person->takes_nsaid ? 1 : 0,
    };

    job->population = population_of(job->source->population_nrs);
    return people_make(&job->population, &known, true, job->source->seed, &job->people, err);
}

enum en_status en_cohort_from(const struct en_cohort_person *person,
                              const struct en_cohort_source *source, struct en_arena *a,
                              struct en_cohort *out, struct en_err *err)
{
    const size_t parts = source->count / PART + 1;
    struct draw_job job = {.source = source, .cohort = out};

    EN_TRY(en_cohort_make(source, a, out, err));
    EN_TRY(make_people(person, &job, err));
    job.counts = EN_NEW(a, struct people_counts, parts);
    job.failed = EN_NEW(a, bool, parts);
    if (job.counts == NULL || job.failed == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", source->count);
    }
    en_pool_run(source->threads, parts, draw_part, &job);
    for (size_t i = 0; i < parts; i++) {
        out->rejected += (size_t)job.counts[i].refused_constraint;
        if (job.failed[i]) {
            return en_fail(err, EN_ENUMERIC, "no virtual patient satisfies the constraints");
        }
    }
    return EN_OK;
}

enum en_status en_cohort_remake(const struct en_cohort_person *person,
                                const struct en_cohort_source *source, struct en_cohort *out,
                                bool *valid, struct en_err *err)
{
    struct draw_job job = {.source = source, .cohort = out, .valid = valid};

    EN_TRY(make_people(person, &job, err));
    en_pool_run(source->threads, source->count / PART + 1, remake_part, &job);
    out->fluctuation_day = 0.0;
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
    double before = c->fluctuation_day;

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
