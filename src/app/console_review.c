/* SPDX-License-Identifier: Apache-2.0 */
#include "app/console_review.h"

#include "app/console_inside.h"
#include "app/document.h"
#include "app/document_inside.h"
#include "base/text.h"
#include "report/words_outlook.h"

#include <math.h>

/* The forecast of this patient, with its charts. */
struct view {
    struct en_outlook outlook;
    struct en_report_outlook beside;
    struct en_report report;
    struct en_chart charts[EN_OUTCOME_COUNT];
    bool is_there;
};

struct reviewing {
    struct console c;
    const struct en_case *whole;
    const struct en_outlook_request *request;
    struct en_review_answer *answer;
    struct view *without, *with; /* the latest score */
    struct en_chart population[EN_OUTCOME_COUNT];
    en_day score_day; /* EN_DAY_UNKNOWN: no score since the first session */
};

/* Forecasts */

/* What the charts show of an outlook. */
static enum en_status show(struct reviewing *g, struct view *v, struct en_err *err)
{
    v->beside = en_app_beside(&v->outlook);
    v->report = en_app_report(g->c.app, &v->outlook.answer);
    v->report.outlook = &v->beside;
    if (v->report.forecast == NULL) {
        return EN_OK;
    }
    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        EN_TRY(en_chart_init(&v->charts[o], &g->c.words, &v->report, o, err));
    }
    v->is_there = true;
    return EN_OK;
}

/* What is wrong with a record without the latest score keeps that forecast away, not the review. */
static enum en_status look(struct reviewing *g, const struct en_case *c, struct view *v,
                           struct en_err *err)
{
    struct en_outlook_request request = *g->request;
    struct en_err own = {{0}};

    request.without_before = true;
    const enum en_status st = en_app_outlook(g->c.app, c, &request, g->c.a, &v->outlook, &own);

    if (st == EN_EINVAL || st == EN_ENUMERIC) {
        return EN_OK;
    }
    return st == EN_OK ? show(g, v, err) : en_fail(err, st, "%s", own.text);
}

/* Whether a score was taken in the course and on the side of the problem. */
static bool is_of_course(const struct reviewing *g, const struct en_score *s)
{
    const struct en_target *t = &g->whole->targets[g->request->plan.options.target];

    return s->day > g->with->beside.start && en_side_fits(s->side, t->side);
}

static en_day latest_day(const struct reviewing *g)
{
    en_day day = EN_DAY_UNKNOWN;

    for (size_t i = 0; i < g->whole->score_count; i++) {
        const struct en_score *s = &g->whole->scores[i];

        day = is_of_course(g, s) && s->day > day ? s->day : day;
    }
    return day;
}

/* The case as it was before the latest score, seen from the same day. */
static enum en_status look_without(struct reviewing *g, struct en_err *err)
{
    struct en_case *less = EN_NEW(g->c.a, struct en_case, 1);
    struct en_score *kept = EN_NEW(g->c.a, struct en_score, g->whole->score_count);

    g->score_day = latest_day(g);
    if (g->score_day == EN_DAY_UNKNOWN) {
        return EN_OK;
    }
    if (less == NULL || kept == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the review");
    }
    *less = *g->whole;
    less->scores = kept;
    less->score_count = 0;
    for (size_t i = 0; i < g->whole->score_count; i++) {
        const struct en_score *s = &g->whole->scores[i];

        if (s->day != g->score_day || !is_of_course(g, s)) {
            kept[less->score_count++] = *s;
        }
    }
    return look(g, less, g->without, err);
}

static enum en_status look_at_both(struct reviewing *g, struct en_err *err)
{
    if (g->answer->why_none != NULL) {
        return EN_OK;
    }
    g->with->outlook = g->answer->outlook;
    EN_TRY(show(g, g->with, err));
    if (!g->with->is_there) {
        return EN_OK;
    }
    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        EN_TRY(en_chart_init_before(&g->population[o], &g->c.words, &g->with->report, o, err));
    }
    return look_without(g, err);
}

/* Writing */

static const char *const RESPONSES[] = {[EN_RESPONSE_UNKNOWN] = "unknown",
                                        [EN_RESPONSE_TOO_EARLY] = "too_early",
                                        [EN_RESPONDER] = "responder",
                                        [EN_PARTIAL] = "partial",
                                        [EN_NONE] = "none"};
static const char *const ADVICES[] = {
    [EN_ADVICE_CONTINUE] = "continue",     [EN_ADVICE_ADJUST] = "adjust",
    [EN_ADVICE_REDIAGNOSE] = "rediagnose", [EN_ADVICE_STOP] = "stop",
    [EN_ADVICE_MAINTAIN] = "maintain",     [EN_ADVICE_ASK] = "ask"};

static void write_review(struct reviewing *g)
{
    const struct en_review *v = &g->answer->care;
    struct en_writer *w = &g->c.w;

    en_write_text(w, "response", RESPONSES[v->response]);
    en_write_text(w, "advice", ADVICES[g->answer->advice]);
    en_write_text(w, "rules_advice", ADVICES[v->advice]);
    en_write_text(w, "reason", v->reason);
    en_write_text(w, "forecast_reason", g->answer->reason);
    en_write_text(w, "no_forecast", g->answer->why_none);
    en_write_number(w, "pain_before", v->nrs_baseline, 1);
    en_write_number(w, "pain_now", v->nrs_now, 1);
    en_write_number(w, "fall", v->nrs_fall, 1);
    en_write_number(w, "fall_percent", v->nrs_fall_percent, 0);
    en_write_integer(w, "sessions_given", v->sessions_given);
    en_write_integer(w, "days_since_first", v->days_since_first);
    if (g->answer->outlook.now != NULL) {
        en_write_integer(w, "sessions_left", g->answer->outlook.sessions_left);
    }
}

static void write_findings(struct reviewing *g)
{
    const struct en_review *v = &g->answer->care;

    en_write_open(&g->c.w, "findings", '[');
    for (size_t i = 0; i < v->finding_count; i++) {
        console_finding(&g->c, &v->findings[i]);
    }
    en_write_close(&g->c.w);
    en_write_open(&g->c.w, "questions", '[');
    for (size_t i = 0; i < v->question_count; i++) {
        en_write_open(&g->c.w, NULL, '{');
        en_write_text(&g->c.w, "fact", en_cell(v->questions[i].fact, "id"));
        en_write_text(&g->c.w, "question", en_words_question(&g->c.words, v->questions[i].fact));
        en_write_bool(&g->c.w, "is_stale", v->questions[i].is_stale);
        en_write_close(&g->c.w);
    }
    en_write_close(&g->c.w);
}

static void write_followups(struct reviewing *g)
{
    const struct en_review *v = &g->answer->care;

    en_write_open(&g->c.w, "followups", '[');
    for (size_t i = 0; i < v->followup_count; i++) {
        const struct en_dated_row *d = &v->followups[i];
        const en_day end = d->to == EN_DAY_UNKNOWN ? d->from : d->to;

        en_write_open(&g->c.w, NULL, '{');
        en_write_text(&g->c.w, "text", en_words_clean(&g->c.words, d->text));
        en_write_date(&g->c.w, "from", d->from);
        en_write_date(&g->c.w, "to", d->to);
        en_write_bool(&g->c.w, "overdue", end != EN_DAY_UNKNOWN && end < g->c.app->today);
        en_write_close(&g->c.w);
    }
    en_write_close(&g->c.w);
}

/* The latest score of an instrument; NULL none. */
static const struct en_score *last_score(const struct en_case *c, const char *instrument)
{
    const struct en_score *last = NULL;

    for (size_t i = 0; i < c->score_count; i++) {
        const struct en_score *s = &c->scores[i];

        if (en_text_equal(s->instrument, instrument) && (last == NULL || s->day >= last->day)) {
            last = s;
        }
    }
    return last;
}

/* By what pain and function can be scored again: pain, and whatever was used before. */
static void write_instruments(struct reviewing *g)
{
    const struct en_table *table = en_table_get(g->c.app->knowledge, "instruments");
    struct en_writer *w = &g->c.w;

    en_write_open(w, "instruments", '[');
    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        const char *id = en_cell(row, "id");
        const struct en_score *last = last_score(g->whole, id);

        if (en_text_equal(en_cell(row, "measure"), "none") ||
            (last == NULL && !en_text_equal(id, "nrs"))) {
            continue;
        }
        en_write_open(w, NULL, '{');
        en_write_text(w, "id", id);
        en_write_text(w, "title", en_cell(row, "title"));
        en_write_text(w, "measure", en_cell(row, "measure"));
        en_write_text(w, "direction", en_cell(row, "direction"));
        en_write_number(w, "low", en_cell_number(row, "low"), 1);
        en_write_number(w, "high", en_cell_number(row, "high"), 1);
        if (last != NULL) {
            en_write_number(w, "last", last->value, 1);
            en_write_date(w, "last_day", last->day);
        }
        en_write_close(w);
    }
    en_write_close(w);
}

/* The scores of the latest day. */
static void write_score(struct reviewing *g)
{
    struct en_writer *w = &g->c.w;

    if (g->score_day == EN_DAY_UNKNOWN) {
        return;
    }
    en_write_open(w, "score", '{');
    en_write_date(w, "day", g->score_day);
    en_write_open(w, "values", '[');
    for (size_t i = 0; i < g->whole->score_count; i++) {
        const struct en_score *s = &g->whole->scores[i];

        if (s->day == g->score_day && is_of_course(g, s)) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "instrument", s->instrument);
            en_write_number(w, "value", s->value, 1);
            en_write_close(w);
        }
    }
    en_write_close(w);
    en_write_close(w);
}

static void write_charts(struct reviewing *g)
{
    struct en_writer *w = &g->c.w;
    const bool has_function = isfinite(g->with->report.forecast->request.person.baseline_function);

    en_write_open(w, "charts", '[');
    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        if (o == EN_OUTCOME_FUNCTION && !has_function) {
            continue;
        }
        en_write_open(w, NULL, '{');
        en_write_text(w, "outcome", o == EN_OUTCOME_PAIN ? "pain" : "function");
        en_app_chart_json(w, "population", &g->population[o], NULL);
        if (g->without->is_there) {
            en_app_chart_json(w, "without", &g->without->charts[o], NULL);
        }
        en_app_chart_json(w, "with", &g->with->charts[o], NULL);
        en_write_close(w);
    }
    en_write_close(w);
}

/* What going on adds to stopping now. */
static void write_gains(struct reviewing *g)
{
    const struct en_forecast *f = g->with->report.forecast;
    struct en_writer *w = &g->c.w;
    size_t none = 0;

    while (none < f->request.arm_count && !en_text_equal(f->request.arms[none].id, "none")) {
        none++;
    }
    en_write_open(w, "gains", '[');
    for (size_t i = 0; none < f->request.arm_count && i < f->request.week_count; i++) {
        const struct en_gain *x = &f->gain[none][i];

        en_write_open(w, NULL, '{');
        en_write_number(w, "week", f->request.weeks[i], 1);
        en_write_date(w, "day", g->with->beside.start + (en_day)lround(7.0 * f->request.weeks[i]));
        en_write_number(w, "mean", x->mean, 2);
        en_write_number(w, "q05", x->q[0], 2);
        en_write_number(w, "q95", x->q[EN_QUANTILE_COUNT - 1], 2);
        en_write_number(w, "worthwhile_share", x->worthwhile, 3);
        en_write_close(w);
    }
    en_write_close(w);
    en_write_number(w, "worthwhile_pain", en_words_worthwhile(f), 2);
}

static void write_notes(struct reviewing *g)
{
    static const char *const USES[] = {
        [EN_USAGE_USED] = "used", [EN_USAGE_EXCLUDED] = "left_out", [EN_USAGE_ASSUMED] = "assumed"};
    const struct en_report_outlook *o = &g->with->beside;
    struct en_writer *w = &g->c.w;

    en_write_text(w, "record", en_words_record(&g->c.words, &g->with->report));
    en_write_open(w, "notes", '[');
    for (size_t i = 0; i < o->note_count; i++) {
        const char *text = en_words_usage(&g->c.words, o->notes, o->note_count, i);

        if (*text != '\0') {
            en_write_open(w, NULL, '{');
            en_write_text(w, "use", USES[o->notes[i].usage]);
            en_write_text(w, "text", text);
            en_write_close(w);
        }
    }
    en_write_close(w);
}

static enum en_status write_forecast(struct reviewing *g, struct en_err *err)
{
    const struct en_report *r = &g->with->report;
    struct en_writer *w = &g->c.w;
    struct en_sayings said;

    EN_TRY(en_words_sayings(&g->c.words, r, &said, err));
    en_write_open(w, "forecast", '{');
    en_write_text(w, "basis", en_words_basis(&g->c.words, r->forecast));
    en_write_text(w, "learning", en_words_learning(&g->c.words, r->forecast));
    en_write_bool(w, "is_calibrated", r->forecast->is_calibrated);
    en_write_bool(w, "is_course", en_words_is_course(r->forecast));
    en_write_date(w, "start", g->with->beside.start);
    write_notes(g);
    write_charts(g);
    write_gains(g);
    en_write_open(w, "sayings", '[');
    for (size_t i = 0; i < said.count; i++) {
        en_write_text(w, NULL, said.text[i]);
    }
    en_write_close(w);
    en_write_close(w);
    return EN_OK;
}

static enum en_status review(struct reviewing *g, struct en_err *err)
{
    EN_TRY(en_app_review(g->c.app, g->whole, g->request, g->c.a, g->answer, err));
    EN_TRY(look_at_both(g, err));
    en_write_open(&g->c.w, NULL, '{');
    en_write_date(&g->c.w, "today", g->c.app->today);
    en_write_integer(&g->c.w, "target", (long long)g->request->plan.options.target + 1);
    en_app_write_problems(&g->c.w, g->c.app, g->whole);
    write_review(g);
    write_findings(g);
    write_followups(g);
    write_instruments(g);
    if (g->with->is_there) {
        write_score(g);
        EN_TRY(write_forecast(g, err));
    }
    return console_end(&g->c, "the review", err);
}

enum en_status en_app_console_review(const struct en_app *app, const struct en_case *c,
                                     const struct en_outlook_request *request, struct en_arena *a,
                                     struct en_buf *json, struct en_err *err)
{
    struct reviewing *g = EN_NEW(a, struct reviewing, 1);

    if (g == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the review");
    }
    *g = (struct reviewing){
        .c = {.w = EN_WRITER(json),
              .words = {.arena = a, .knowledge = app->knowledge, .today = app->today},
              .app = app,
              .a = a},
        .whole = c,
        .request = request,
        .answer = EN_NEW(a, struct en_review_answer, 1),
        .without = EN_NEW(a, struct view, 1),
        .with = EN_NEW(a, struct view, 1),
        .score_day = EN_DAY_UNKNOWN,
    };
    if (g->answer == NULL || g->without == NULL || g->with == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the review");
    }
    if (c->target_count == 0) {
        return en_fail(err, EN_EINVAL, "the record names no problem that could be reviewed");
    }
    return review(g, err);
}
