/* SPDX-License-Identifier: Apache-2.0
 * The most probable numbers of one person: Newton's method. What the reports depend on (expected
 * pain, laxity, start of the fluctuation) is taken as linear in the numbers around the present
 * point, with slopes from its neighbours, which the engine runs in the same vector; the likelihood
 * itself is taken as it is, with its own curvature. */
#include "forecast/map.h"

#include "cohort/patient.h"
#include "cohort/people.h"
#include "forecast/learn.h"
#include "num/linear.h"

#include <math.h>
#include <string.h>

enum {
    N = EN_MAP_COUNT,
    LANES = N + 1, /* the point, then its neighbours: one part of a batch */
    ITERATIONS_MAX = 40
};
_Static_assert((int)LANES <= (int)EN_BATCH_PART, "a vector or two");

/* Distance of a neighbour; the engine's tolerance, so that differences of neighbours are clean. */
static const double APART = 0.003, TOLERANCE = 1e-5;
/* Distance [SD] at which the likelihood is taken for its slope and curvature. */
static const double NEAR = 0.01;
/* A step shorter than this that is expected to win less than that is none. */
static const double SHORT = 1e-3, LITTLE = 1e-6;
/* Longest step [SD]; damping once a step has failed, and its factor. */
static const double STEP_MAX = 2.0, DAMPING = 0.1, DAMP = 4.0;

const struct en_map_row EN_MAP_ROWS[EN_MAP_COUNT] = {
    [EN_MAP_USUAL] = {"usual pain", "NRS"},
    [EN_MAP_RESPONSE] = {"own response", "share of usual pain"},
    [EN_MAP_TIME] = {"half-time of the response", "d"},
    [EN_MAP_DESENSITISATION] = {"desensitisation kHd", "1/d"},
    [EN_MAP_RESENSITISATION] = {"resensitisation kHu", "1/d"},
    [EN_MAP_FLARE] = {"mediators per damage cD", "1"},
    [EN_MAP_COVERAGE] = {"coverage of the first session", "1"},
};

/* What the reports depend on, and how it goes with each number. */
struct linear {
    struct observe_course course; /* points to pain and laxity */
    double pain[EN_OBSERVATIONS_MAX], laxity[EN_OBSERVATIONS_MAX];
    double pain_slope[N][EN_OBSERVATIONS_MAX], laxity_slope[N][EN_OBSERVATIONS_MAX];
    double start_slope[N];
};

struct search {
    struct learn learn; /* its tissue is that of the lanes */
    struct en_cohort_person person;
    struct en_cohort_source source;
    struct en_posterior posterior; /* of one particle, the mean */
    struct en_cohort cohort;
    bool valid[LANES];
    struct linear linear;
    double gradient[N], curvature[N * N];
    int runs;
};

/* --- patients --------------------------------------------------------------------------------- */

/* Place of each number among those that make a patient. */
static size_t place_of(enum en_map_number number)
{
    static const size_t EFFECTS[N] = {
        [EN_MAP_TIME] = EN_P(tctx),
        [EN_MAP_DESENSITISATION] = EN_P(kHd),
        [EN_MAP_RESENSITISATION] = EN_P(kHu),
        [EN_MAP_FLARE] = EN_P(cD),
    };
    size_t k = 0;

    switch (number) {
    case EN_MAP_USUAL:
        return PEOPLE_Z_USUAL;
    case EN_MAP_RESPONSE:
        return PEOPLE_Z_RESPONSE;
    case EN_MAP_COVERAGE:
        return PEOPLE_Z_EFFECTS + EN_COHORT_EFFECT_COUNT;
    case EN_MAP_TIME:
    case EN_MAP_DESENSITISATION:
    case EN_MAP_RESENSITISATION:
    case EN_MAP_FLARE:
    case EN_MAP_COUNT:
        break;
    }
    while (k < EN_COHORT_EFFECT_COUNT && EN_COHORT_EFFECTS[k].parameter != EFFECTS[number]) {
        k++;
    }
    return PEOPLE_Z_EFFECTS + k;
}

/* The mean particle of the hypothesis stands for all. */
static enum en_status make_posterior(struct search *s, const struct en_posterior *p,
                                     struct en_arena *a, struct en_err *err)
{
    const size_t h = s->source.hypothesis, size = en_posterior_size(p->condition_count);
    const double *particle = p->particles[h];
    double *mean = EN_NEW(a, double, size);

    if (mean == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a particle");
    }
    for (size_t i = 0; i < p->count[h]; i++, particle += size) {
        for (size_t k = 0; k < size; k++) {
            mean[k] += particle[k];
        }
    }
    for (size_t k = 0; k < size; k++) {
        mean[k] /= (double)p->count[h];
    }
    s->posterior = *p;
    s->posterior.count[h] = 1;
    s->posterior.particles[h] = mean;
    s->source.posterior = &s->posterior;
    return EN_OK;
}

/* Patients of count lanes, and what the reports need of them. */
static enum en_status make(struct search *s, size_t count, struct en_arena *a, struct en_err *err)
{
    const struct en_followup *f = s->learn.followup;
    struct learn *w = &s->learn;

    EN_TRY(en_followup_check(f, err));
    if (s->source.posterior != NULL) {
        EN_TRY(make_posterior(s, s->source.posterior, a, err));
    }
    s->source.count = count;
    s->source.threads = 1;
    s->source.keeps_numbers = true;
    s->person.is_smoker = s->person.is_smoker > 0;
    s->person.has_diabetes = s->person.has_diabetes > 0;
    EN_TRY(en_cohort_make(&s->source, a, &s->cohort, err));
    memset(s->cohort.numbers, 0, count * EN_COHORT_NUMBERS * sizeof *s->cohort.numbers);
    memset(s->cohort.places, 0, count * sizeof *s->cohort.places);
    EN_TRY(observe_make(f->observations, f->observation_count, a, &w->observe, err));
    w->day_count = course_days(f, w->days, w->day_of);
    w->tissue = EN_NEW(a, double, EN_SCORE_OUTPUT_COUNT * w->day_count * s->cohort.patients.stride);
    return w->tissue != NULL ? EN_OK : en_fail(err, EN_ELIMIT, "no room for the reports");
}

static void begin(struct search *s, const struct en_cohort_person *person,
                  const struct en_cohort_source *source, const struct en_followup *followup,
                  struct en_arena *a)
{
    memset(s, 0, sizeof *s);
    s->person = *person;
    s->source = *source;
    s->learn = (struct learn){
        .person = &s->person, .source = &s->source, .followup = followup, .scratch = a};
}

/* The patient at z and its neighbours, as far as there are lanes. */
static enum en_status set_lanes(struct search *s, const double *z, struct en_err *err)
{
    for (size_t lane = 0; lane < s->source.count; lane++) {
        double *numbers = s->cohort.numbers + lane * EN_COHORT_NUMBERS;

        for (size_t k = 0; k < N; k++) {
            numbers[place_of((enum en_map_number)k)] = z[k] + (lane == k + 1 ? APART : 0.0);
        }
    }
    return en_cohort_remake(&s->person, &s->source, &s->cohort, s->valid, err);
}

static enum en_status run(struct search *s, struct en_err *err)
{
    const struct learn *w = &s->learn;
    const struct course_run run = {
        .cohort = &s->cohort,
        .followup = w->followup,
        .rehabilitation = w->followup->rehabilitation,
        .days = w->days,
        .day_count = w->day_count,
        .tolerance = TOLERANCE,
        .threads = 1,
    };

    s->runs++;
    if (course_is_at_rest(&run)) {
        course_rest(&run, w->tissue);
        return EN_OK;
    }
    return course_run(&run, w->scratch, w->tissue, err);
}

/* --- objective -------------------------------------------------------------------------------- */

static double prior(const double *z)
{
    double squares = 0.0;

    for (size_t k = 0; k < N; k++) {
        squares += z[k] * z[k];
    }
    return 0.5 * squares;
}

/* Minus log posterior density of the point in lane 0. */
static double objective(const struct search *s, const double *z)
{
    double pain[EN_OBSERVATIONS_MAX], laxity[EN_OBSERVATIONS_MAX];

    if (!s->valid[0]) {
        return INFINITY;
    }
    const struct observe_course course = learn_course(&s->learn, &s->cohort, 0, pain, laxity);

    return prior(z) - observe_likelihood(&s->learn.observe, &course, NULL);
}

/* --- slopes and curvature --------------------------------------------------------------------- */

/* The point and its slopes, from the lanes. A neighbour that is no patient says nothing. */
static void linearise(struct search *s)
{
    const size_t count = s->learn.followup->observation_count;
    struct linear *l = &s->linear;

    l->course = learn_course(&s->learn, &s->cohort, 0, l->pain, l->laxity);
    for (size_t k = 0; k < N; k++) {
        const double scale = s->valid[k + 1] ? 1.0 / APART : 0.0;
        const struct observe_course beside =
            learn_course(&s->learn, &s->cohort, k + 1, l->pain_slope[k], l->laxity_slope[k]);

        l->start_slope[k] = scale * (beside.start - l->course.start);
        for (size_t i = 0; i < count; i++) {
            l->pain_slope[k][i] = scale * (l->pain_slope[k][i] - l->pain[i]);
            l->laxity_slope[k][i] = scale * (l->laxity_slope[k][i] - l->laxity[i]);
        }
    }
}

/* Log likelihood a step from the point along number j, and one along number k. */
static double beside(const struct search *s, size_t j, double step_j, size_t k, double step_k)
{
    const size_t count = s->learn.followup->observation_count;
    const struct linear *l = &s->linear;
    double pain[EN_OBSERVATIONS_MAX], laxity[EN_OBSERVATIONS_MAX];
    struct observe_course course = l->course;

    course.start += step_j * l->start_slope[j] + step_k * l->start_slope[k];
    for (size_t i = 0; i < count; i++) {
        pain[i] = l->pain[i] + step_j * l->pain_slope[j][i] + step_k * l->pain_slope[k][i];
        laxity[i] = l->laxity[i] + step_j * l->laxity_slope[j][i] + step_k * l->laxity_slope[k][i];
    }
    course.pain = pain;
    course.laxity = laxity;
    return observe_likelihood(&s->learn.observe, &course, NULL);
}

/* Gradient and curvature of the objective at z. */
static void differentiate(struct search *s, const double *z)
{
    double at = beside(s, 0, 0.0, 0, 0.0), up[N];

    for (size_t k = 0; k < N; k++) {
        const double down = beside(s, k, -NEAR, k, 0.0);

        up[k] = beside(s, k, NEAR, k, 0.0);
        s->gradient[k] = z[k] - (up[k] - down) / (2.0 * NEAR);
        s->curvature[k * N + k] = 1.0 - (up[k] - 2.0 * at + down) / (NEAR * NEAR);
        for (size_t j = 0; j < k; j++) {
            const double both = beside(s, k, NEAR, j, NEAR);

            s->curvature[k * N + j] = -(both - up[k] - up[j] + at) / (NEAR * NEAR);
            s->curvature[j * N + k] = s->curvature[k * N + j];
        }
    }
}

/* Cholesky factor of the curvature with damping, more of it where it would not be a minimum. */
static double factor(const struct search *s, double damping, double *l)
{
    for (;;) {
        memcpy(l, s->curvature, sizeof s->curvature);
        for (size_t k = 0; k < N; k++) {
            l[k * N + k] += damping;
        }
        if (en_cholesky(l, N) || !(damping < 1e12)) {
            return damping;
        }
        damping = fmax(DAMPING, damping * DAMP);
    }
}

/* x becomes L'^-1 x. */
static void solve_upper(const double *l, double *x)
{
    for (size_t i = N; i-- > 0;) {
        for (size_t j = i + 1; j < N; j++) {
            x[i] -= l[j * N + i] * x[j];
        }
        x[i] /= l[i * N + i];
    }
}

/* --- search ----------------------------------------------------------------------------------- */

/* The step from the point; what it is expected to win, and its length. */
static double step_from(const struct search *s, double *damping, double *step, double *length)
{
    double l[N * N], win = 0.0;

    *damping = factor(s, *damping, l);
    for (size_t k = 0; k < N; k++) {
        step[k] = -s->gradient[k];
    }
    en_solve_lower(l, N, step);
    solve_upper(l, step);
    *length = 0.0;
    for (size_t k = 0; k < N; k++) {
        *length = fmax(*length, fabs(step[k]));
    }
    const double shorter = *length > STEP_MAX ? STEP_MAX / *length : 1.0;

    for (size_t k = 0; k < N; k++) {
        step[k] *= shorter;
        win -= (1.0 - 0.5 * shorter) * s->gradient[k] * step[k];
    }
    return win;
}

/* Objective at z, and there what the next step needs. */
static enum en_status look(struct search *s, const double *z, double *found, struct en_err *err)
{
    EN_TRY(set_lanes(s, z, err));
    EN_TRY(run(s, err));
    *found = objective(s, z);
    return EN_OK;
}

static void keep(struct search *s, const double *z, double found, struct en_map *out)
{
    memcpy(out->z, z, sizeof out->z);
    out->objective = found;
    linearise(s);
    differentiate(s, z);
}

/* Damping after a step that won this share of what was expected: less where that was near 1, more
 * where it was far from it (Nielsen, Damping parameter in Marquardt's method, DTU 1999). */
static double damp_less(double damping, double share)
{
    const double off = 2.0 * share - 1.0;

    return damping * fmax(1.0 / 3.0, 1.0 - off * off * off);
}

static enum en_status search(struct search *s, struct en_map *out, struct en_err *err)
{
    double damping = 0.0, found, length, step[N], z[N];

    EN_TRY(look(s, out->z, &found, err));
    if (!isfinite(found)) {
        return en_fail(err, EN_ENUMERIC, "the average patient cannot have given these reports");
    }
    keep(s, out->z, found, out);
    while (out->iterations < ITERATIONS_MAX) {
        const double win = step_from(s, &damping, step, &length);

        if (length < SHORT && win < LITTLE) {
            out->is_converged = true;
            break;
        }
        out->iterations++;
        for (size_t k = 0; k < N; k++) {
            z[k] = out->z[k] + step[k];
        }
        EN_TRY(look(s, z, &found, err));
        if (found < out->objective) {
            damping = damp_less(damping, (out->objective - found) / win);
            keep(s, z, found, out);
        } else {
            damping = fmax(DAMPING, damping * DAMP);
        }
    }
    out->runs = s->runs;
    return EN_OK;
}

/* Standard deviations from the curvature at the point. */
static void spread(const struct search *s, double *sd)
{
    double l[N * N];

    (void)factor(s, 0.0, l);
    for (size_t k = 0; k < N; k++) {
        double x[N] = {0}, squares = 0.0;

        x[k] = 1.0;
        en_solve_lower(l, N, x);
        for (size_t j = 0; j < N; j++) {
            squares += x[j] * x[j];
        }
        sd[k] = sqrt(squares);
    }
}

/* The numbers in units, of the patient at the point. */
static enum en_status describe(struct search *s, struct en_map *out, struct en_err *err)
{
    const struct en_followup *f = s->learn.followup;
    const struct en_cohort_response *r = &s->cohort.responses[0];
    double *const *p = s->cohort.patients.parameter;

    EN_TRY(set_lanes(s, out->z, err));
    out->value[EN_MAP_USUAL] = p[EN_P(P0)][0];
    out->value[EN_MAP_RESPONSE] = r->own;
    out->value[EN_MAP_TIME] = r->effects.injection_half_d * r->time_ratio;
    out->value[EN_MAP_DESENSITISATION] = p[EN_P(kHd)][0];
    out->value[EN_MAP_RESENSITISATION] = p[EN_P(kHu)][0];
    out->value[EN_MAP_FLARE] = p[EN_P(cD)][0];
    out->value[EN_MAP_COVERAGE] =
        f->given_count > 0 ? en_cohort_coverage_of(f->given[0].coverage, s->cohort.coverage_z[0])
                           : NAN;
    return EN_OK;
}

static enum en_status find(struct search *s, struct en_arena *a, struct en_map *out,
                           struct en_err *err)
{
    EN_TRY(make(s, LANES, a, err));
    if (s->learn.followup->observation_count > 0) {
        EN_TRY(search(s, out, err));
        spread(s, out->sd);
    } else {
        out->is_converged = true;
        for (size_t k = 0; k < N; k++) {
            out->sd[k] = 1.0;
        }
    }
    return describe(s, out, err);
}

enum en_status en_map_find(const struct en_cohort_person *person,
                           const struct en_cohort_source *source,
                           const struct en_followup *followup, struct en_arena *a,
                           struct en_map *out, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(a);
    struct search s;

    memset(out, 0, sizeof *out);
    begin(&s, person, source, followup, a);
    const enum en_status st = find(&s, a, out, err);

    if (st != EN_OK) {
        memset(out, 0, sizeof *out);
    }
    en_arena_rewind(a, mark);
    return st;
}

enum en_status en_map_objective(const struct en_cohort_person *person,
                                const struct en_cohort_source *source,
                                const struct en_followup *followup, const double *z,
                                struct en_arena *a, double *objective_out, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(a);
    struct search s;

    begin(&s, person, source, followup, a);
    enum en_status st = make(&s, 1, a, err);

    if (st == EN_OK && followup->observation_count == 0) {
        *objective_out = prior(z);
    } else if (st == EN_OK) {
        st = look(&s, z, objective_out, err);
    }
    en_arena_rewind(a, mark);
    return st;
}
