/* SPDX-License-Identifier: Apache-2.0 */
#include "care/due.h"

#include "base/text.h"
#include "care/inside.h"

#include <math.h>

/* Findings of a review that somebody has to look at. Those about the date of a next session and the
 * sum of all (RV-1, RV-2, RV-12) matter when one is planned; that scores are due (RV-10) is told by
 * the scores themselves. */
static const char ASKING[] = "stop; rediagnose; reassess; maintain";
static const char ASKED_ELSEWHERE[] = "RV-1; RV-2; RV-10; RV-12";

struct finding_due {
    struct care_pad *p;
    const struct en_case *c;
    const struct en_target *target;
    struct en_course course;
    struct en_review review;
    struct en_due *out;
};

static en_day last_session(const struct finding_due *g)
{
    en_day last = EN_DAY_UNKNOWN;

    for (size_t i = 0; i < g->c->session_count; i++) {
        const struct en_past_session *s = &g->c->sessions[i];

        if (en_course_has(&g->course, s) && s->day > last) {
            last = s->day;
        }
    }
    return last;
}

static bool is_of_course(const struct finding_due *g, const struct en_score *s)
{
    return en_side_fits(s->side, g->course.side) && s->day != EN_DAY_UNKNOWN &&
           s->day <= g->p->today &&
           (s->region == NULL || g->course.region == NULL ||
            en_text_equal(s->region, g->course.region));
}

static bool is_scored(const struct finding_due *g, const char *instrument, en_day from, en_day to)
{
    for (size_t i = 0; i < g->c->score_count; i++) {
        const struct en_score *s = &g->c->scores[i];

        if (en_text_equal(s->instrument, instrument) && is_of_course(g, s) && s->day >= from &&
            s->day <= to) {
            return true;
        }
    }
    return false;
}

/* Review */

/* Day of what a review would be about: the last session, or a score since. */
static en_day newest_evidence(const struct finding_due *g)
{
    en_day newest = g->out->last_session;

    for (size_t i = 0; i < g->c->score_count; i++) {
        const struct en_score *s = &g->c->scores[i];

        newest = is_of_course(g, s) && s->day > newest ? s->day : newest;
    }
    return newest;
}

static bool asks_for_review(const struct en_finding *f)
{
    return !f->is_unknown && en_list_has(ASKING, en_cell(f->tier, "outcome")) &&
           !en_list_has(ASKED_ELSEWHERE, en_cell(f->rule, "id"));
}

static void find_reasons(struct finding_due *g)
{
    const struct en_finding **why =
        CARE_NEW(g->p, const struct en_finding *, g->review.finding_count + 1);

    for (size_t i = 0; why != NULL && i < g->review.finding_count; i++) {
        if (asks_for_review(&g->review.findings[i])) {
            why[g->out->why_count++] = &g->review.findings[i];
        }
    }
    g->out->why = why;
}

/* Days from a session to when the next one may be given, by the condition's schedule. */
static double interval_min(const struct finding_due *g)
{
    const struct en_row *condition = care_condition(g->p->k, g->target->condition);
    const char *id = condition == NULL ? "" : en_cell(condition, "schedule");
    const struct en_row *row = en_row_find(
        g->p->k, "schedules", id[0] != '\0' ? id : care_policy(g->p->k, "default_schedule"));
    const double days = row == NULL ? NAN : en_cell_number(row, "interval_min_days");

    return days > 0.0 ? days : en_limit(g->p->k, "interval.default");
}

/* After plan.lapse the course is over: a new one begins with an assessment. */
static void find_review(struct finding_due *g, en_day last_review)
{
    const en_day evidence = newest_evidence(g);
    const en_day next = g->out->last_session + (en_day)interval_min(g);
    const double since = (double)(g->p->today - g->out->last_session);
    const double lapse = en_limit(g->p->k, "plan.lapse");

    find_reasons(g);
    if (g->out->why_count > 0 && (last_review == EN_DAY_UNKNOWN || last_review < evidence) &&
        (double)(g->p->today - evidence) <= lapse) {
        g->out->review = "rules";
        g->out->review_since = evidence;
    } else if ((last_review == EN_DAY_UNKNOWN || last_review < g->out->last_session) &&
               g->p->today >= next && since <= lapse) {
        g->out->review = "before_next";
        g->out->review_since = next;
    }
}

/* Scores */

static const char *missing_scores(struct finding_due *g, en_day from, en_day to)
{
    const struct en_table *sets = en_table_get(g->p->k, "instrument_sets");
    const char *missing = "", *instrument;

    for (size_t i = 0; i < sets->row_count; i++) {
        const struct en_row *set = &sets->rows[i];
        const char *region = en_cell(set, "region"), *list = en_cell(set, "set");
        const bool is_ours =
            en_text_equal(region, "all") || en_text_equal(region, g->course.region);

        if (!is_ours || en_text_starts(en_cell(set, "id"), "optional")) {
            continue;
        }
        while ((instrument = care_next(g->p, &list)) != NULL) {
            if (!is_scored(g, instrument, from, to)) {
                missing = care_list_add(g->p, missing, instrument);
            }
        }
    }
    return missing;
}

/* A time point waits from the first day on which a score counts for it until the next one's; the
 * last one until the course is forgotten. */
static void find_scores(struct finding_due *g)
{
    struct en_dated_row *all = NULL;
    size_t count = 0;

    care_followups(g->p, g->course.start, &all, &count);
    g->out->scores = CARE_NEW(g->p, struct en_due_scores, count + 1);
    for (size_t i = 0; g->out->scores != NULL && i < count; i++) {
        const en_day end = i + 1 < count ? all[i + 1].from - 1
                                         : all[i].to + (en_day)en_limit(g->p->k, "plan.lapse");

        if (g->p->today < all[i].from || g->p->today > end ||
            is_scored(g, "nrs", all[i].from, all[i].to)) {
            continue;
        }
        g->out->scores[g->out->score_count++] = (struct en_due_scores){
            .row = all[i].row,
            .from = all[i].from,
            .to = all[i].to,
            .missing = missing_scores(g, all[i].from, all[i].to),
            .is_overdue = g->p->today > all[i].to,
        };
    }
}

enum en_status en_due_find(const struct en_care *care, const struct en_case *c, size_t target,
                           en_day last_review, struct en_arena *a, struct en_due *out,
                           struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct finding_due g = {.p = &p, .c = c, .out = out};

    *out = (struct en_due){.review_since = EN_DAY_UNKNOWN, .last_session = EN_DAY_UNKNOWN};
    EN_TRY(en_review_run(care, c, target, a, &g.review, err));
    g.target = &c->targets[target];
    g.course = en_course_of(care, c, g.target, NULL);
    out->sessions_given = g.review.sessions_given;
    out->last_session = last_session(&g);
    if (out->last_session == EN_DAY_UNKNOWN) {
        return EN_OK;
    }
    find_review(&g, last_review);
    find_scores(&g);
    return care_check(&p, "what is due", err);
}

en_day en_due_window(const struct en_knowledge *k)
{
    const struct en_table *limits = en_table_get(k, "limits");
    double last = 0.0;

    for (size_t i = 0; i < limits->row_count; i++) {
        const struct en_row *row = &limits->rows[i];

        if (en_text_starts(en_cell(row, "id"), "timepoint.") &&
            en_text_starts(en_cell(row, "unit"), "d")) {
            last = fmax(last, en_cell_number(row, "value"));
        }
    }
    return (en_day)(last + en_limit(k, "timepoint.tolerance") + en_limit(k, "plan.lapse"));
}
