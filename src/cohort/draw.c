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

/* The numbers of the condition and the study, as drawn. */
static void own_numbers(const struct en_cohort_source *s, uint64_t member,
                        struct en_effect_numbers *out)
{
    en_effect_numbers(false, (struct en_random){.seed = s->seed, .member = member}, out);
}

/* What is known of the treatment, for the patient of this place. */
static void effects_of(const struct en_cohort_source *s, uint64_t member,
                       const struct en_effect_numbers *numbers, struct en_effects *out)
{
    static const double CENTRE[EN_LEARNED_COUNT], AVERAGE[EN_CONDITION_EFFECT_COUNT];

    if (s->posterior == NULL) {
        en_effects_of(s->hypothesis, CENTRE, AVERAGE, 0.0, out);
        return;
    }
    en_posterior_effects_at(s->posterior, s->hypothesis,
                            en_posterior_particle(s->posterior, s->hypothesis, member),
                            s->condition, numbers, out);
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
static void keep_numbers(struct en_cohort *c, size_t i, const struct person *x,
                         const struct en_effect_numbers *effects)
{
    double *out = c->numbers + i * EN_COHORT_NUMBERS;

    memcpy(out, x->numbers.normal, sizeof x->numbers.normal);
    memcpy(out + PEOPLE_NORMALS, effects->condition, sizeof effects->condition);
    out[PEOPLE_NORMALS + EN_CONDITION_EFFECT_COUNT] = effects->study;
    c->places[i] = (struct en_cohort_place){i, x->attempt};
}

static void draw_part(void *context, size_t index, int worker)
{
    const struct draw_job *job = context;
    struct en_batch *b = &job->cohort->patients;

    (void)worker;
    for (size_t i = index * PART; i < b->count && i < (index + 1) * PART; i++) {
        struct en_effect_numbers numbers;
        struct en_effects effects;
        struct person person;

        own_numbers(job->source, i, &numbers);
        effects_of(job->source, i, &numbers, &effects);
        if (!people_draw(&job->people, i, &effects, b, i, &person, &job->counts[index])) {
            job->failed[index] = true;
            continue;
        }
        keep(job->cohort, i, &effects, &person);
        if (job->cohort->numbers != NULL) {
            keep_numbers(job->cohort, i, &person, &numbers);
        }
    }
}

/* A patient that broke the constraints would break the engine, too: the revised one instead. */
static void reset(struct en_batch *b, size_t i)
{
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        b->parameter[k][i] = EN_REVISED[k];
    }
    const enum en_status st = en_heal_balance(b, i, 1, NULL);

    assert(st == EN_OK); /* the revised numbers balance */
    (void)st;
}

static void remake_part(void *context, size_t index, int worker)
{
    const struct draw_job *job = context;
    struct en_cohort *c = job->cohort;

    (void)worker;
    for (size_t i = index * PART; i < c->patients.count && i < (index + 1) * PART; i++) {
        const struct en_cohort_place *place = &c->places[i];
        const double *numbers = c->numbers + i * EN_COHORT_NUMBERS;
        struct en_effect_numbers study;
        struct en_effects effects;
        struct people_numbers own;
        struct person person = {0};

        people_numbers(&job->people, place->member, place->attempt, &own);
        memcpy(own.normal, numbers, sizeof own.normal);
        own_numbers(job->source, place->member, &study);
        memcpy(study.condition, numbers + PEOPLE_NORMALS, sizeof study.condition);
        study.study = numbers[PEOPLE_NORMALS + EN_CONDITION_EFFECT_COUNT];
        effects_of(job->source, place->member, &study, &effects);
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
    struct draw_job job = {.source = source, .cohort = out};

    job.valid = valid;
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

struct noise_job {
    const struct en_cohort *cohort;
    const double *days;
    size_t day_count;
    struct en_cohort_noise *out;
};

static void noise_part(void *context, size_t index, int worker)
{
    const struct noise_job *j = context;
    const struct en_model *m = &EN_MODEL;
    const struct en_cohort *c = j->cohort;
    const size_t stride = c->patients.stride, count = c->patients.count;
    double before = c->fluctuation_day;

    (void)worker;
    for (uint32_t k = 0; k < j->day_count; k++) {
        const double kept = en_exp(-(j->days[k] - before) / m->ou_tau);
        const double fresh = m->ou_sd * sqrt(1.0 - kept * kept);
        const double *last = k == 0 ? c->fluctuation : j->out->fluctuation + (k - 1) * stride;

        before = j->days[k];
        for (size_t i = index * PART; i < count && i < (index + 1) * PART; i++) {
            const struct en_random slow = {c->seed, i, FOR_FLUCTUATION, k};
            const struct en_random pain = {c->seed, i, FOR_PAIN_ERROR, k};
            const struct en_random function = {c->seed, i, FOR_FUNCTION_ERROR, k};
            const size_t at = k * stride + i;

            j->out->fluctuation[at] = kept * last[i] + fresh * en_random_normal(slow);
            j->out->pain_error[at] = m->nrs_error_sd * en_random_normal(pain);
            j->out->function_error[at] = m->function_error_sd * en_random_normal(function);
        }
    }
}

enum en_status en_cohort_noise(const struct en_cohort *c, const double *days, size_t day_count,
                               int threads, struct en_arena *a, struct en_cohort_noise *out,
                               struct en_err *err)
{
    const size_t size = day_count * c->patients.stride;
    struct noise_job job = {c, days, day_count, out};

    *out = (struct en_cohort_noise){EN_NEW(a, double, size), EN_NEW(a, double, size),
                                    EN_NEW(a, double, size)};
    if (out->fluctuation == NULL || out->pain_error == NULL || out->function_error == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for the scores of %zu patients", c->patients.count);
    }
    en_pool_run(threads, c->patients.count / PART + 1, noise_part, &job);
    return EN_OK;
}
