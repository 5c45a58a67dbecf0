/* SPDX-License-Identifier: Apache-2.0
 * The courses of a search: every option through the patients of every hypothesis. One piece of work
 * is an option, so that threads need no memory but that of one course. */
#include "forecast/course.h"
#include "forecast/search_inside.h"

#include "base/pool.h"

#include <stdatomic.h>
#include <string.h>

/* Error that a step may have, in single precision. Measured on 200 options: benefits are within
 * 1e-5 important changes of those in double precision at 1e-7, and take a sixth of the time. */
#define SEARCH_TOLERANCE 1e-3

/* A run needs the coverage of every session in every patient. */
enum { COURSE_ARENA = 16 << 20 };

/* Flare is looked at so often [1/d]. */
enum { FLARE_PER_DAY = 2, FLARE_TIMES = EN_FLARE_DAYS * FLARE_PER_DAY };

/* Memory of one thread, for one option under one hypothesis. */
struct desk {
    struct en_arena arena; /* of the run itself */
    double *tissue;        /* shape [output][day][stride] */
    double *state;         /* shape [EN_STATE_COUNT][stride] */
    double *coverage;      /* shape [stride] */
};

struct courses {
    struct search *search;
    struct desk *desks;    /* shape [threads] */
    struct en_dose *doses; /* different ones, shape [dose_count] */
    double *dose_flare;    /* [d] after one session */
    size_t dose_count;
    atomic_size_t failed; /* the first piece of work that failed, or SIZE_MAX */
};

static bool is_same_dose(const struct en_dose *a, const struct en_dose *b)
{
    return a->dextrose_percent == b->dextrose_percent && a->coverage == b->coverage &&
           a->needle == b->needle;
}

/* --- one option under one hypothesis ---------------------------------------------------------- */

static enum en_status run_tissue(const struct search *s, const struct search_crowd *c,
                                 const struct en_forecast_arm *arm, struct desk *desk,
                                 struct en_err *err)
{
    const struct en_forecast_request *q = &s->request->base;
    struct course_run run = {
        .cohort = &c->individual.cohort,
        .followup = &q->followup,
        .sessions = arm->sessions,
        .session_count = arm->session_count,
        .rehabilitation = arm->rehabilitation,
        .days = s->days,
        .day_count = q->week_count,
        .precision = EN_SINGLE,
        .tolerance = SEARCH_TOLERANCE,
        .threads = 1,
    };

    if (course_is_at_rest(&run)) {
        course_rest(&run, desk->tissue);
        return EN_OK;
    }
    if (!en_followup_is_empty(&q->followup)) {
        run.from_day = q->followup.today;
        run.state = desk->state;
        memcpy(desk->state, c->individual.state, EN_STATE_COUNT * s->stride * sizeof *desk->state);
    }
    return course_run(&run, &desk->arena, desk->tissue, err);
}

/* Injections that were given go on being felt under every option; a programme begins today. */
static struct course_context context_of(const struct search *s, const struct en_forecast_arm *arm)
{
    const struct en_followup *f = &s->request->base.followup;
    const bool has_exercise =
        arm->context == EN_CONTEXT_EXERCISE || arm->context == EN_CONTEXT_BOTH;
    struct course_context c = {.kind = arm->context, .exercise_day = f->today};

    if (f->given_count > 0) {
        c.kind = has_exercise ? EN_CONTEXT_BOTH : EN_CONTEXT_INJECTION;
        c.first_day = f->given[0].day;
    } else if (arm->session_count > 0) {
        c.first_day = arm->sessions[0].day;
    }
    return c;
}

/* What is looked at: one patient under one option. */
struct view {
    const struct search *search;
    const struct search_crowd *crowd;
    struct course_context context;
    const double *tissue;
    size_t patient;
};

struct scores {
    double pain, function; /* held on their scales, without error */
};

/* Scores of one week, with something added to the pain (0: expected scores). */
static struct scores scores_of(const struct view *v, size_t week, double added)
{
    const struct search *s = v->search;
    const struct en_cohort *c = &v->crowd->individual.cohort;
    const struct en_tissue t =
        course_tissue(v->tissue, s->request->base.week_count, s->stride, week, v->patient);
    const double pain = course_pain(c, v->patient, &v->context, s->days[week], &t) + added;

    return (struct scores){
        en_score_held(pain, 10.0),
        en_score_held(course_function(c, v->patient, pain, t.laxity_ratio), 100.0)};
}

/* Whether the observed scores of the last date are at all goals. */
static bool is_at_goals(const struct view *v)
{
    const struct en_forecast_request *q = &v->search->request->base;
    const struct en_cohort_noise *noise = &v->crowd->noise;
    const size_t week = q->week_count - 1, at = week * v->search->stride + v->patient;
    const struct scores now = scores_of(v, week, noise->fluctuation[at]);
    const double pain = en_score_held(now.pain + noise->pain_error[at], 10.0);
    const double function = en_score_held(now.function + noise->function_error[at], 100.0);

    for (size_t g = 0; g < q->goal_count; g++) {
        if (!((q->goals[g].outcome == EN_OUTCOME_PAIN ? pain : function) <= q->goals[g].at_most)) {
            return false;
        }
    }
    return true;
}

static void score(struct search *s, size_t option, size_t hypothesis, const double *tissue)
{
    const struct en_forecast_request *q = &s->request->base;
    struct view v = {
        .search = s,
        .crowd = &s->crowds[hypothesis],
        .context = context_of(s, &s->request->options[option].arm),
        .tissue = tissue,
    };
    double *pains = s->pain + option * s->patients + v.crowd->first;
    double *functions = s->function + option * s->patients + v.crowd->first;
    uint32_t at_goal = 0;

    for (; v.patient < v.crowd->count; v.patient++) {
        double pain = 0.0, function = 0.0;

        for (size_t week = 0; week < q->week_count; week++) {
            const struct scores x = scores_of(&v, week, 0.0);

            pain += x.pain;
            function += x.function;
        }
        pains[v.patient] = pain / (double)q->week_count;
        functions[v.patient] = function / (double)q->week_count;
        at_goal += q->goal_count > 0 && is_at_goals(&v) ? 1 : 0;
    }
    s->at_goal[option * EN_HYPOTHESIS_COUNT + hypothesis] = at_goal;
}

static enum en_status run_option(struct courses *w, size_t option, int worker, struct en_err *err)
{
    struct search *s = w->search;
    const struct en_forecast_arm *arm = &s->request->options[option].arm;
    struct desk *desk = &w->desks[worker];

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        EN_TRY(run_tissue(s, &s->crowds[h], arm, desk, err));
        score(s, option, h, desk->tissue);
    }
    return EN_OK;
}

/* --- flare ------------------------------------------------------------------------------------ */

static double flare_days(const struct search *s, const struct search_crowd *c, const double *flare)
{
    size_t times = 0;

    for (size_t k = 0; k < FLARE_TIMES; k++) {
        for (size_t i = 0; i < c->count; i++) {
            times += flare[k * s->stride + i] >= EN_FLARE_NRS ? 1 : 0;
        }
    }
    return (double)times / (double)FLARE_PER_DAY / (double)c->count;
}

/* Days with a flare after one session in resting tissue. */
static enum en_status run_dose(struct courses *w, size_t index, int worker, struct en_err *err)
{
    static const enum en_output FLARE[] = {EN_OUTPUT_FLARE};
    const struct search *s = w->search;
    const struct en_dose *d = &w->doses[index];
    const struct en_session session = {0.0, d->dextrose_percent, 0.0, d->coverage, d->needle};
    struct desk *desk = &w->desks[worker];
    double times[FLARE_TIMES];
    const struct en_schedule schedule = {
        .sessions = &session,
        .session_count = 1,
        .coverage = desk->coverage,
        .nsaid_days = EN_MODEL.nsaid_days,
        .tolerance = SEARCH_TOLERANCE,
        .precision = EN_SINGLE,
    };
    const struct en_request request = {times, FLARE_TIMES, FLARE, EN_COUNT(FLARE)};
    double days = 0.0;

    for (size_t k = 0; k < FLARE_TIMES; k++) {
        times[k] = (double)(k + 1) / (double)FLARE_PER_DAY;
    }
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct search_crowd *c = &s->crowds[h];

        en_cohort_coverage(&c->individual.cohort, d->coverage, desk->coverage);
        EN_TRY(en_heal_run(&schedule, &c->individual.cohort.patients, 0, c->count, &request,
                           desk->tissue, err));
        days += c->weight * flare_days(s, c, desk->tissue);
    }
    w->dose_flare[index] = days;
    return EN_OK;
}

/* Place of a dose among the different ones; dose_count when it is new. */
static size_t dose_of(const struct courses *w, const struct en_dose *d)
{
    size_t k = 0;

    while (k < w->dose_count && !is_same_dose(&w->doses[k], d)) {
        k++;
    }
    return k;
}

static enum en_status find_doses(struct courses *w, struct en_err *err)
{
    const struct en_search_request *q = w->search->request;

    for (size_t o = 0; o < q->option_count; o++) {
        const struct en_forecast_arm *arm = &q->options[o].arm;

        for (size_t k = 0; k < arm->session_count; k++) {
            const size_t at = dose_of(w, &arm->sessions[k]);

            if (at == EN_SEARCH_DOSES_MAX) {
                return en_fail(err, EN_ELIMIT, "options: more than %d different doses",
                               (int)EN_SEARCH_DOSES_MAX);
            }
            w->doses[at] = arm->sessions[k];
            w->dose_count += at == w->dose_count ? 1 : 0;
        }
    }
    return EN_OK;
}

static void add_flare(struct courses *w)
{
    struct search *s = w->search;

    for (size_t o = 0; o < s->request->option_count; o++) {
        const struct en_forecast_arm *arm = &s->request->options[o].arm;

        s->flare[o] = 0.0;
        for (size_t k = 0; k < arm->session_count; k++) {
            s->flare[o] += w->dose_flare[dose_of(w, &arm->sessions[k])];
        }
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

/* Doses come first, then options. */
static enum en_status run_piece(struct courses *w, size_t index, int worker, struct en_err *err)
{
    return index < w->dose_count ? run_dose(w, index, worker, err)
                                 : run_option(w, index - w->dose_count, worker, err);
}

static void work(void *context, size_t index, int worker)
{
    struct courses *w = context;

    if (run_piece(w, index, worker, NULL) != EN_OK) {
        size_t first = atomic_load(&w->failed);

        while (index < first && !atomic_compare_exchange_weak(&w->failed, &first, index)) {
        }
    }
}

static enum en_status make_room(struct courses *w, struct en_arena *a, struct en_err *err)
{
    const struct search *s = w->search;
    const size_t weeks = EN_SCORE_OUTPUT_COUNT * s->request->base.week_count;
    const size_t rows = weeks > FLARE_TIMES ? weeks : FLARE_TIMES;

    w->desks = EN_NEW(a, struct desk, (size_t)s->threads);
    w->doses = EN_NEW(a, struct en_dose, EN_SEARCH_DOSES_MAX);
    w->dose_flare = EN_NEW(a, double, EN_SEARCH_DOSES_MAX);
    if (w->desks == NULL || w->doses == NULL || w->dose_flare == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for the courses of the search");
    }
    for (int k = 0; k < s->threads; k++) {
        struct desk *d = &w->desks[k];

        d->tissue = EN_NEW(a, double, rows * s->stride);
        d->state = EN_NEW(a, double, EN_STATE_COUNT * s->stride);
        d->coverage = EN_NEW(a, double, s->stride);
        d->arena = EN_ARENA(COURSE_ARENA);
        if (d->tissue == NULL || d->state == NULL || d->coverage == NULL) {
            return en_fail(err, EN_ELIMIT, "no room for %zu patients on %d threads", s->stride,
                           s->threads);
        }
    }
    return EN_OK;
}

static enum en_status run_all(struct courses *w, struct en_err *err)
{
    const struct search *s = w->search;

    en_pool_run(s->threads, w->dose_count + s->request->option_count, work, w);
    /* What failed is run again to have its text: the first one, whatever the order was. */
    const size_t failed = atomic_load(&w->failed);

    return failed == SIZE_MAX ? EN_OK : run_piece(w, failed, 0, err);
}

enum en_status search_courses(struct search *s, struct en_arena *scratch, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);
    struct courses w = {.search = s, .failed = SIZE_MAX};

    EN_TRY(make_room(&w, scratch, err));
    EN_TRY(find_doses(&w, err));
    const enum en_status st = run_all(&w, err);

    for (int k = 0; k < s->threads; k++) {
        en_arena_free(&w.desks[k].arena);
    }
    EN_TRY(st);
    add_flare(&w);
    en_arena_rewind(scratch, mark);
    return EN_OK;
}
