/* SPDX-License-Identifier: Apache-2.0
 * The posterior of one person under one hypothesis: importance resampling. The refinement of hard
 * cases is in refine.c. */
#include "forecast/learn.h"

#include "base/pool.h"
#include "num/scalar.h"
#include "num/stats.h"

#include <math.h>
#include <string.h>

enum { PART = 64 };

/* What a random number is for. Part of the golden results: append only. */
enum purpose { FOR_RESAMPLING = 5000, FOR_LAST_FLUCTUATION };

/* --- the course up to today ------------------------------------------------------------------- */

/* The days that a likelihood needs, and today last. */
static void make_days(struct learn *w)
{
    const double today = w->followup->today;

    w->day_count = course_days(w->followup, w->days, w->day_of);
    if (w->day_count == 0 || today > w->days[w->day_count - 1]) {
        w->days[w->day_count++] = today;
    }
}

enum en_status learn_run(const struct learn *w, const struct en_cohort *c, double *state,
                         struct en_err *err)
{
    struct course_run run = {
        .cohort = c,
        .followup = w->followup,
        .rehabilitation = w->followup->rehabilitation,
        .days = w->days,
        .day_count = w->day_count,
        .threads = w->source->threads,
    };

    run.state = state;
    return course_run(&run, w->scratch, w->tissue, err);
}

/* --- likelihood ------------------------------------------------------------------------------- */

struct weigh {
    const struct learn *w;
    const struct en_cohort *cohort;
    double *log_likelihood; /* shape [count] */
    double *fluctuation;    /* NULL, or shape [count]: one of the last report, drawn */
};

struct observe_course learn_course(const struct learn *w, const struct en_cohort *c, size_t i,
                                   double *pain, double *laxity)
{
    const struct en_batch *b = &c->patients;
    const struct en_followup *f = w->followup;
    const struct course_context brings = course_given(f);
    const struct en_cohort_start start =
        en_cohort_start(b->parameter[EN_P(P0)][i], c->baseline_nrs[i]);

    for (size_t k = 0; k < f->observation_count; k++) {
        const struct en_tissue t =
            course_tissue(w->tissue, w->day_count, b->stride, w->day_of[k], i);

        pain[k] = course_pain(c, i, &brings, f->observations[k].day, &t);
        laxity[k] = t.laxity_ratio;
    }
    return (struct observe_course){
        .pain = pain,
        .laxity = laxity,
        .start = start.mean,
        .start_sd = start.sd,
        .baseline_nrs = c->baseline_nrs[i],
        .baseline_function = c->baseline_function[i],
        .per_pain = b->parameter[EN_P(aW1)][i],
        .per_laxity = b->parameter[EN_P(aW2)][i],
        .ratio = c->responses[i].effects.function_ratio,
        .has_laxity = c->responses[i].effects.has_laxity,
    };
}

static double observe_patient(const struct weigh *g, size_t i, double *last)
{
    double pain[EN_OBSERVATIONS_MAX], laxity[EN_OBSERVATIONS_MAX];
    const struct observe_course course = learn_course(g->w, g->cohort, i, pain, laxity);

    return observe_likelihood(&g->w->observe, &course, last);
}

static void weigh_part(void *context, size_t index, int worker)
{
    const struct weigh *g = context;
    const size_t count = g->cohort->patients.count;

    (void)worker;
    for (size_t i = index * PART; i < count && i < (index + 1) * PART; i++) {
        double last[OBSERVE_NODES];

        g->log_likelihood[i] = observe_patient(g, i, g->fluctuation == NULL ? NULL : last);
        if (g->fluctuation != NULL) {
            g->fluctuation[i] =
                observe_fluctuation(last, en_random_uniform((struct en_random){
                                              g->w->source->seed, i, FOR_LAST_FLUCTUATION, 0}));
        }
    }
}

void learn_weigh(const struct learn *w, const struct en_cohort *c, double *log_likelihood,
                 double *fluctuation)
{
    struct weigh g = {.w = w, .cohort = c};

    g.log_likelihood = log_likelihood;
    g.fluctuation = fluctuation;
    en_pool_run(w->source->threads, c->patients.count / PART + 1, weigh_part, &g);
}

/* --- weights ---------------------------------------------------------------------------------- */

double learn_weights(const double *log_likelihood, size_t count, double power, double *weight,
                     double *log_mean)
{
    double most = -INFINITY, squares = 0.0;

    for (size_t i = 0; i < count; i++) {
        most = fmax(most, log_likelihood[i]);
    }
    if (!(most > -INFINITY)) {
        *log_mean = -INFINITY;
        return 0.0;
    }
    for (size_t i = 0; i < count; i++) {
        weight[i] = en_exp(power * (log_likelihood[i] - most));
    }
    const double sum = en_sum(weight, count);

    for (size_t i = 0; i < count; i++) {
        weight[i] /= sum;
        squares += weight[i] * weight[i];
    }
    *log_mean = power * most + en_log(sum / (double)count);
    return 1.0 / squares;
}

void learn_resample(const struct learn *w, const double *weight, size_t count, uint32_t stage)
{
    const double u = en_random_uniform(
        (struct en_random){w->source->seed, w->source->hypothesis, FOR_RESAMPLING, stage});
    double reached = weight[0];
    uint32_t j = 0;

    for (size_t i = 0; i < count; i++) {
        const double wanted = ((double)i + u) / (double)count;

        while (reached <= wanted && j + 1 < count) {
            reached += weight[++j];
        }
        w->from[i] = j;
    }
}

void en_individual_weights(const double *prior, const double *log_evidence, double *weight)
{
    double most = -INFINITY, sum = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        most = prior[h] > 0.0 ? fmax(most, log_evidence[h]) : most;
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        weight[h] = prior[h] > 0.0 ? prior[h] * en_exp(log_evidence[h] - most) : 0.0;
        sum += weight[h];
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        weight[h] /= sum;
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

static enum en_status make_room(struct learn *w, size_t stride, struct en_err *err)
{
    const size_t count = w->source->count;

    make_days(w);
    EN_TRY(observe_make(w->followup->observations, w->followup->observation_count, w->scratch,
                        &w->observe, err));
    w->tissue = EN_NEW(w->scratch, double, EN_SCORE_OUTPUT_COUNT * w->day_count * stride);
    w->log_likelihood = EN_NEW(w->scratch, double, count);
    w->weight = EN_NEW(w->scratch, double, count);
    w->from = EN_NEW(w->scratch, uint32_t, count);
    w->room = EN_NEW(w->scratch, double, stride);
    if (w->tissue == NULL || w->log_likelihood == NULL || w->weight == NULL || w->from == NULL ||
        w->room == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", count);
    }
    return EN_OK;
}

static void pick_rows(const struct learn *w, double *values, size_t rows, size_t stride)
{
    for (size_t row = 0; row < rows; row++, values += stride) {
        for (size_t i = 0; i < w->source->count; i++) {
            w->room[i] = values[w->from[i]];
        }
        memcpy(values, w->room, w->source->count * sizeof *values);
    }
}

/* Weigh the population by the reports; resample it, or refine where few carry the weight. */
static enum en_status learn(struct learn *w, struct en_individual *out, struct en_err *err)
{
    const size_t count = w->source->count, stride = out->cohort.patients.stride;
    struct en_cohort *c = &out->cohort;

    learn_weigh(w, c, w->log_likelihood, NULL);
    out->effective = learn_weights(w->log_likelihood, count, 1.0, w->weight, &out->log_evidence);
    if (!(out->effective > 0.0)) {
        return en_fail(err, EN_ENUMERIC, "no virtual patient can have given these reports");
    }
    if (out->effective < learn_enough(count)) {
        EN_TRY(learn_refine(w, out, err));
        EN_TRY(learn_run(w, c, out->state, err));
    } else {
        learn_resample(w, w->weight, count, 0);
        en_cohort_pick(c, w->from, w->room);
        pick_rows(w, out->state, EN_STATE_COUNT, stride);
        pick_rows(w, w->tissue, EN_SCORE_OUTPUT_COUNT * w->day_count, stride);
    }
    learn_weigh(w, c, w->log_likelihood, c->fluctuation);
    c->fluctuation_day = w->followup->observations[w->followup->observation_count - 1].day;
    return EN_OK;
}

/* The course so far, and what the reports say of it. */
static enum en_status follow(struct learn *w, struct en_individual *out, struct en_err *err)
{
    EN_TRY(make_room(w, out->cohort.patients.stride, err));
    EN_TRY(learn_run(w, &out->cohort, out->state, err));
    return w->followup->observation_count > 0 ? learn(w, out, err) : EN_OK;
}

enum en_status en_individual_from(const struct en_cohort_person *person,
                                  const struct en_cohort_source *source,
                                  const struct en_followup *followup, struct en_arena *a,
                                  struct en_individual *out, struct en_err *err)
{
    struct en_cohort_source own = *source;
    struct learn w = {.person = person, .source = &own, .followup = followup, .scratch = a};

    *out = (struct en_individual){.accepted = NAN, .effective = (double)source->count};
    EN_TRY(en_followup_check(followup, err));
    own.keeps_numbers = followup->observation_count > 0;
    EN_TRY(en_cohort_from(person, &own, a, &out->cohort, err));
    if (en_followup_is_empty(followup)) {
        return EN_OK;
    }
    out->state = EN_NEW(a, double, EN_STATE_COUNT * out->cohort.patients.stride);
    if (out->state == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", source->count);
    }
    const struct en_arena_mark mark = en_arena_mark(a);
    const enum en_status st = follow(&w, out, err);

    en_arena_rewind(a, mark);
    return st;
}
