/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/subject.h"

#include "cohort/score.h"
#include "forecast/simulate.h"
#include "num/scalar.h"

#include <math.h>

enum { ATTEMPTS_MAX = 10000, SESSIONS_MAX = 5 };

/* What a random number is for. Part of the golden results: append only. */
enum purpose {
    FOR_PERSON = 5300,
    FOR_DESIGN,
    FOR_GAPS,
    FOR_SESSIONS,
    FOR_ERRORS,
    FOR_HYPOTHESIS,
    FOR_PLACE,
    FOR_NUMBERS,
    FOR_NORMAL_ERROR,
    FOR_SEEDS
};

/* Whose turn it is. */
struct draw {
    const struct en_posterior *posterior;
    uint64_t seed, index;
};

static double uniform(const struct draw *d, uint32_t purpose, uint32_t k)
{
    return en_random_uniform((struct en_random){d->seed, d->index, purpose, k});
}

static double between(const struct draw *d, uint32_t purpose, uint32_t k, double low, double high)
{
    return low + (high - low) * uniform(d, purpose, k);
}

/* 0 .. count - 1 */
static size_t one_of(const struct draw *d, uint32_t purpose, uint32_t k, size_t count)
{
    return (size_t)(uniform(d, purpose, k) * (double)count);
}

uint64_t subject_seed(uint64_t seed, uint64_t index, uint32_t purpose)
{
    return (uint64_t)(en_random_uniform((struct en_random){seed, index, FOR_SEEDS, purpose}) *
                      0x1p53);
}

/* --- who is known of what --------------------------------------------------------------------- */

/* A fact is unknown in one person of three. */
static double fact(const struct draw *d, uint32_t k, double low, double high)
{
    return one_of(d, FOR_PERSON, 2 * k, 3) == 0 ? NAN
                                                : between(d, FOR_PERSON, 2 * k + 1, low, high);
}

static void draw_person(const struct draw *d, struct subject *s)
{
    const size_t conditions = d->posterior->condition_count;

    s->person = (struct en_cohort_person){
        .age_years = fact(d, 0, 20.0, 85.0),
        .baseline_nrs = fact(d, 1, 2.0, 9.5),
        .baseline_function = fact(d, 2, 10.0, 80.0),
        .is_smoker = (int)one_of(d, FOR_PERSON, 20, 3) - 1,
        .has_diabetes = (int)one_of(d, FOR_PERSON, 21, 3) - 1,
        .takes_nsaid = one_of(d, FOR_PERSON, 22, 4) == 0,
    };
    s->source.population_nrs = fact(d, 3, 4.5, 7.0);
    s->source.condition = (int)one_of(d, FOR_PERSON, 23, 2 * conditions + 1) - 1;
    if (s->source.condition >= (int)conditions) { /* one without data in half of them */
        s->source.condition = -1;
    }
}

/* --- the design of the follow-up -------------------------------------------------------------- */

static enum en_measure measure_of(size_t kind, size_t k)
{
    static const enum en_measure ALTERNATELY[] = {EN_MEASURE_PAIN, EN_MEASURE_FUNCTION,
                                                  EN_MEASURE_LAXITY};

    return kind == 0 ? EN_MEASURE_PAIN : ALTERNATELY[k % (kind + 1)];
}

/* Irregular whole days; all measures of a visit on one day. */
static void draw_reports(const struct draw *d, struct en_followup *f)
{
    const size_t count = SUBJECT_REPORTS_MIN +
                         one_of(d, FOR_DESIGN, 0, SUBJECT_REPORTS_MAX - SUBJECT_REPORTS_MIN + 1);
    const size_t kind = one_of(d, FOR_DESIGN, 1, 3);
    const size_t visits = count / (kind + 1) + 1;
    const double gap = between(d, FOR_DESIGN, 2, 30.0, 130.0) / (double)visits;
    const double error = one_of(d, FOR_DESIGN, 3, 4) == 0 ? 0.3 : 1.0;
    double day = 0.0;

    for (size_t k = 0; k < count; k++) {
        const enum en_measure measure = measure_of(kind, k);

        if (k % (kind + 1) == 0) {
            day += 1.0 + floor(gap * between(d, FOR_GAPS, (uint32_t)k, 0.2, 1.4));
        }
        f->observations[k] = (struct en_observation){day, measure, 1.0, 1.0, error};
        if (measure == EN_MEASURE_FUNCTION) {
            f->observations[k].scale = between(d, FOR_ERRORS, 0, 0.8, 1.2);
        }
    }
    f->observation_count = count;
    f->today = day + (double)one_of(d, FOR_DESIGN, 4, 8);
}

/* Sessions in three persons of four, the first soon after the start. */
static void draw_sessions(const struct draw *d, struct subject *s)
{
    const struct en_dose dose = {
        .dextrose_percent = between(d, FOR_SESSIONS, 0, 0.0, 25.0),
        .coverage = between(d, FOR_SESSIONS, 1, 0.2, 0.9),
        .needle = between(d, FOR_SESSIONS, 2, 0.5, 1.5),
    };
    const double gap = between(d, FOR_SESSIONS, 3, 7.0, 42.0);
    const bool has_any = one_of(d, FOR_SESSIONS, 4, 4) > 0;
    struct en_followup *f = &s->followup;
    double day = (double)one_of(d, FOR_SESSIONS, 5, 8);

    while (has_any && f->given_count < SESSIONS_MAX && day <= f->today) {
        f->given[f->given_count] = dose;
        f->given[f->given_count++].day = day;
        day += floor(gap * between(d, FOR_SESSIONS, 10 + (uint32_t)f->given_count, 0.7, 1.3));
    }
    s->plan = (struct quantity_plan){
        .session_count = 3, .next_day = f->today + 21.0, .last_day = fmax(182.0, f->today + 60.0)};
    for (size_t k = 0; k < s->plan.session_count; k++) {
        s->plan.sessions[k] = dose;
        s->plan.sessions[k].day = f->today + 1.0 + 21.0 * (double)k;
    }
}

static void draw_design(const struct draw *d, struct subject *s)
{
    s->followup.rehabilitation = one_of(d, FOR_DESIGN, 5, 3) == 0 ? 1.3 : 1.0;
    draw_reports(d, &s->followup);
    draw_sessions(d, s);
}

/* --- the truth -------------------------------------------------------------------------------- */

static size_t draw_hypothesis(const struct draw *d)
{
    const double u = uniform(d, FOR_HYPOTHESIS, 0);
    double below = 0.0;
    size_t last = 0;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        if (d->posterior->weight[h] > 0.0) {
            last = h;
            below += d->posterior->weight[h];
        }
        if (u < below) {
            break;
        }
    }
    return last;
}

/* A patient of the population: any particle, then numbers until the constraints are met. */
static enum en_status draw_truth(const struct draw *d, const struct subject *s, struct en_cohort *c,
                                 struct en_err *err)
{
    bool is_valid = false;

    c->places[0].member = (uint64_t)(uniform(d, FOR_PLACE, 0) * 0x1p32);
    for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX && !is_valid; attempt++) {
        c->places[0].attempt = attempt;
        for (uint32_t k = 0; k < EN_COHORT_NUMBERS; k++) {
            c->numbers[k] = en_random_normal((struct en_random){d->seed, d->index, FOR_NUMBERS,
                                                                attempt * EN_COHORT_NUMBERS + k});
        }
        EN_TRY(en_cohort_remake(&s->person, &s->source, c, &is_valid, err));
    }
    return is_valid ? EN_OK
                    : en_fail(err, EN_ENUMERIC, "no virtual patient satisfies the constraints");
}

/* The reports, and the next score: the last of what is simulated. */
static enum en_status draw_scores(const struct draw *d, const struct en_cohort *c, double pain,
                                  struct en_arena *a, struct subject *s, struct en_err *err)
{
    const size_t count = s->followup.observation_count, stride = c->patients.stride;
    const double z = en_random_normal((struct en_random){d->seed, d->index, FOR_NORMAL_ERROR, 0});
    struct en_followup all = s->followup;
    struct en_simulation sim;

    all.observations[all.observation_count++] =
        (struct en_observation){s->plan.next_day, EN_MEASURE_PAIN, 1.0, 1.0, 1.0};
    all.today = s->plan.next_day;
    EN_TRY(en_simulate(c, &all, subject_seed(d->seed, d->index, SUBJECT_REPORTS), 1, a, &sim, err));
    for (size_t k = 0; k < count; k++) {
        s->followup.observations[k].value = sim.value[k * stride];
    }
    s->score = sim.value[count * stride];
    s->normal_score =
        en_score_held(pain + sim.fluctuation[count * stride] + EN_MODEL.nrs_error_sd * z, 10.0);
    return EN_OK;
}

static enum en_status draw_all(const struct draw *d, struct en_arena *a, struct subject *s,
                               struct en_err *err)
{
    struct en_cohort c;

    EN_TRY(en_cohort_make(&s->source, a, &c, err));
    EN_TRY(draw_truth(d, s, &c, err));
    const size_t stride = c.patients.stride;
    double *values = EN_NEW(a, double, QUANTITY_ROWS *stride);

    if (values == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a person");
    }
    EN_TRY(quantity_values(&c, NULL, &s->followup, &s->plan, a, values, err));
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        s->truth[k] = values[k * stride];
    }
    return draw_scores(d, &c, values[QUANTITY_NEXT * stride], a, s, err);
}

enum en_status subject_draw(const struct en_posterior *posterior, uint64_t seed, uint64_t index,
                            struct en_arena *a, struct subject *out, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(a);
    const struct draw d = {posterior, seed, index};

    *out = (struct subject){.source = {.posterior = posterior,
                                       .hypothesis = draw_hypothesis(&d),
                                       .count = 1,
                                       .seed = subject_seed(seed, index, SUBJECT_TRUTH),
                                       .threads = 1,
                                       .keeps_numbers = true}};
    draw_person(&d, out);
    draw_design(&d, out);
    const enum en_status st = draw_all(&d, a, out, err);

    en_arena_rewind(a, mark);
    return st;
}
