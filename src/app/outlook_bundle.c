/* SPDX-License-Identifier: Apache-2.0
 * app/outlook_bundle: the outlook as a FHIR Bundle, with what of the record it rests on. */
#include "app/outlook.h"
#include "app/points.h"

#include "base/text.h"

#include <math.h>

static const char BEFORE_NOTE[] =
    "From the first session on. plan: the sessions as planned; saline: the same with saline; "
    "exercise: training alone; none: no treatment. The chance of an outcome is that of a change of "
    "at least the minimal important one.";
static const char NOW_NOTE[] =
    "From today on. plan: what is left of the plan; saline: the same with saline; exercise: no "
    "more "
    "sessions, training; none: no more sessions. The chance of an outcome is that of a change of "
    "at "
    "least the minimal important one since the start; that of a gain, of a worthwhile one.";

/* Goals */

static const char *goal_text(const struct en_goal *goal, struct en_arena *a)
{
    return en_arena_print(a, "goal: %s of %g or less",
                          goal->outcome == EN_OUTCOME_PAIN ? "pain" : "function", goal->at_most);
}

static struct en_forecast_point chance(const struct en_forecast *f, size_t arm, size_t week)
{
    return (struct en_forecast_point){
        .arm = f->request.arms[arm].id,
        .hypothesis = "mixed",
        .week = f->request.weeks[week],
        .median = NAN,
        .q05 = NAN,
        .q25 = NAN,
        .q75 = NAN,
        .q95 = NAN,
        .probability = NAN,
    };
}

static enum en_status add_goals(const struct en_forecast *f, struct en_forecast_point **room,
                                struct en_forecast_points *out, struct en_arena *a,
                                struct en_err *err)
{
    const struct en_forecast_request *q = &f->request;

    for (size_t i = 0; i < q->goal_count * q->arm_count * q->week_count; i++) {
        const size_t week = i % q->week_count, arm = i / q->week_count % q->arm_count;
        const size_t goal = i / q->week_count / q->arm_count;
        struct en_forecast_point p = chance(f, arm, week);

        p.outcome = goal_text(&q->goals[goal], a);
        p.probability = f->goal[arm][goal][week];
        if (p.outcome == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the goals");
        }
        *(*room)++ = p;
        out->count++;
    }
    return EN_OK;
}

/* What the first arm brings beyond each of the others. */
static enum en_status add_gains(const struct en_forecast *f, struct en_forecast_point **room,
                                struct en_forecast_points *out, struct en_arena *a,
                                struct en_err *err)
{
    const struct en_forecast_request *q = &f->request;

    for (size_t i = q->week_count; i < q->arm_count * q->week_count; i++) {
        const size_t week = i % q->week_count, arm = i / q->week_count;
        const struct en_gain *g = &f->gain[arm][week];
        struct en_forecast_point p = chance(f, 0, week);

        p.outcome = en_arena_print(a, "gain: points of pain less than with %s", q->arms[arm].id);
        p.q05 = g->q[0];
        p.q25 = g->q[1];
        p.median = g->q[2];
        p.q75 = g->q[3];
        p.q95 = g->q[4];
        p.probability = g->worthwhile;
        if (p.outcome == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the gains");
        }
        *(*room)++ = p;
        out->count++;
    }
    return EN_OK;
}

/* Method */

/* What the reports of the person added to the population. */
static const char *learned(const struct en_forecast *f, const char *method, struct en_arena *a)
{
    const struct en_followup *u = &f->request.followup;
    const struct en_learning *l = &f->learning;
    const double *w = f->weight;

    if (u->given_count == 0 && u->observation_count == 0) {
        return method;
    }
    return en_arena_print(
        a,
        "%s; updated by %zu sessions and %zu reports: likelihood of Student t errors with 4 "
        "degrees "
        "of freedom around expected pain and its slow fluctuation; importance resampling, tempered "
        "where few patients carry the weight (effective numbers H0 %.0f, H1 %.0f, H2 %.0f, H3 "
        "%.0f; "
        "stages %d, %d, %d, %d); weights of the hypotheses before H0 %.3f, H1 %.3f, H2 %.3f, H3 "
        "%.3f, now H0 %.3f, H1 %.3f, H2 %.3f, H3 %.3f",
        method, u->given_count, u->observation_count, l->effective[0], l->effective[1],
        l->effective[2], l->effective[3], l->stages[0], l->stages[1], l->stages[2], l->stages[3],
        l->prior_weight[0], l->prior_weight[1], l->prior_weight[2], l->prior_weight[3], w[0], w[1],
        w[2], w[3]);
}

/* Basis */

struct basis {
    struct en_basis *items;
    size_t count, limit;
    struct en_arena *a;
};

static void add_basis(struct basis *b, const char *resource, const char *what, en_day day)
{
    char date[EN_DATE_TEXT_MAX];

    if (b->count < b->limit) {
        b->items[b->count++] = (struct en_basis){
            resource, en_arena_print(b->a, "%s, %s", what,
                                     day == EN_DAY_UNKNOWN ? "no date" : en_date_text(day, date))};
    }
}

/* The entries of the case that a note is about: of its kind, its day, and a side that fits. */
static void add_entries(struct basis *b, const struct en_case *c, enum en_side side,
                        const struct en_usage_note *note)
{
    for (size_t i = 0; i < c->session_count; i++) {
        const struct en_past_session *s = &c->sessions[i];

        if (en_text_equal(note->what, "session") && s->day == note->day &&
            en_side_fits(s->side, side)) {
            add_basis(b, s->resource, note->what, note->day);
        }
    }
    for (size_t i = 0; i < c->score_count; i++) {
        const struct en_score *s = &c->scores[i];

        if (en_text_equal(note->what, s->instrument) && s->day == note->day &&
            en_side_fits(s->side, side)) {
            add_basis(b, s->resource, note->what, note->day);
        }
    }
    for (size_t i = 0; i < c->exam_count; i++) {
        const struct en_exam *e = &c->exams[i];

        if (en_text_equal(note->what, "laxity") && e->kind == EN_EXAM_LAXITY &&
            e->day == note->day && en_side_fits(e->side, side)) {
            add_basis(b, e->resource, note->what, note->day);
        }
    }
}

static enum en_status fill_basis(const struct en_outlook *o, struct en_arena *a,
                                 struct en_outlook_part *part, struct en_err *err)
{
    const struct en_case *c = &o->answer.c;
    const size_t limit = c->session_count + c->score_count + c->exam_count;
    struct basis b = {.items = EN_NEW(a, struct en_basis, limit), .limit = limit, .a = a};

    if (b.items == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the basis of the forecast");
    }
    for (size_t i = 0; i < o->follow.note_count; i++) {
        if (o->follow.notes[i].usage != EN_USAGE_EXCLUDED) {
            add_entries(&b, c, o->answer.plan.target.side, &o->follow.notes[i]);
        }
    }
    part->basis = b.items;
    part->basis_count = b.count;
    return EN_OK;
}

/* The whole */

static enum en_status make_part(const struct en_forecast *f, struct en_arena *a,
                                struct en_outlook_part *part, struct en_err *err)
{
    const size_t dates = f->request.arm_count * f->request.week_count;
    struct en_forecast_point *room = NULL;

    EN_TRY(en_app_points(f, (f->request.goal_count + 1) * dates, a, &part->points, &room, err));
    for (size_t i = 0; i < part->points.count; i++) { /* stopping is not "no treatment" */
        struct en_forecast_point *point = room - part->points.count + i;

        point->arm = en_text_equal(point->arm, "no treatment") ? "none" : point->arm;
    }
    EN_TRY(add_goals(f, &room, &part->points, a, err));
    EN_TRY(add_gains(f, &room, &part->points, a, err));
    part->points.method = learned(f, part->points.method, a);
    return part->points.method == NULL ? en_fail(err, EN_ENOMEM, "no memory for the method")
                                       : EN_OK;
}

enum en_status en_app_outlook_bundle(const struct en_app *app, const struct en_outlook *outlook,
                                     struct en_arena *a, struct en_buf *json, struct en_err *err)
{
    const struct en_plan_answer *answer = &outlook->answer;
    const struct en_care care = {app->knowledge, app->today};
    const bool has_before = outlook->before != outlook->now;
    struct en_outlook_part parts[2] = {
        {.name = "before",
         .text = "Forecast of patients like this one, before the first session",
         .note = BEFORE_NOTE,
         .day = app->today},
        {.name = "now",
         .text = "Forecast of this patient, now",
         .note = NOW_NOTE,
         .day = app->today}};

    if (!answer->is_issued || outlook->now == NULL) {
        return en_fhir_write_assessment(&care, &answer->c, &answer->assessment, json, err);
    }
    EN_TRY(make_part(outlook->before, a, &parts[0], err));
    if (has_before) {
        parts[0].day = outlook->follow.start;
        EN_TRY(make_part(outlook->now, a, &parts[1], err));
        EN_TRY(fill_basis(outlook, a, &parts[1], err));
    }
    return en_fhir_write_outlook(&care, &answer->c, &answer->assessment, parts, has_before ? 2 : 1,
                                 json, err);
}
