/* SPDX-License-Identifier: Apache-2.0
 * app/outcomes_json: the clinic's own results as plain JSON. */
#include "app/outcomes.h"
#include "base/text.h"
#include "fhir/writer.h"

#include <math.h>
#include <stdlib.h>

enum { DIGITS = 4 };

/* What must be read with any of these numbers. */
static const struct {
    const char *id, *text;
} CAVEATS[] = {
    {"not_evidence", "This is not evidence of an effect: it says what happened, not why."},
    {"no_control", "There is no control group: nobody knows how these people would be without the "
                   "injections."},
    {"regression", "People come when it is worst, and what is worst mostly gets better by itself "
                   "(regression to the mean)."},
    {"lost", "Who was not followed may have done better or worse than those who were."},
};

static void write_share(struct en_writer *w, const char *key, double value)
{
    if (isfinite(value)) {
        en_write_number(w, key, value, DIGITS);
    }
}

static void write_span(struct en_writer *w, struct en_span span)
{
    write_share(w, "low", span.low);
    write_share(w, "high", span.high);
}

static void write_limit(struct en_writer *w, const struct en_outcomes *o, const char *key,
                        const char *id)
{
    const struct en_row *row = en_row_find(o->knowledge, "limits", id);

    en_write_open(w, key, '{');
    en_write_text(w, "id", id);
    en_write_number(w, "value", en_limit(o->knowledge, id), DIGITS);
    en_write_text(w, "source", en_cell(row, "source"));
    en_write_bool(w, "approved", !en_text_is_empty(en_cell(row, "approved_by")));
    en_write_close(w);
}

static void write_head(struct en_writer *w, const struct en_outcomes *o)
{
    const struct en_row *policy = en_row_find(o->knowledge, "policies", "own_outcomes");

    en_write_date(w, "today", o->today);
    en_write_text(w, "policy", policy == NULL ? "never" : en_cell(policy, "value"));
    write_limit(w, o, "min_n", "report.min_n");
    write_limit(w, o, "completeness_min", "followup.completeness_min");
    en_write_open(w, "methods", '{');
    en_write_text(w, "mean", "Student's t interval of the mean change, 95 %");
    en_write_text(w, "share", "Wilson's interval, 95 %");
    en_write_text(w, "none", "rule of three: 3 / n, 95 %");
    en_write_text(w, "responder", "rule RV-4 of a review on the day of the score");
    en_write_close(w);
    en_write_open(w, "caveats", '[');
    for (size_t i = 0; i < EN_COUNT(CAVEATS); i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "id", CAVEATS[i].id);
        en_write_text(w, "text", CAVEATS[i].text);
        en_write_close(w);
    }
    en_write_close(w);
    en_write_open(w, "timepoints", '[');
    for (size_t i = 0; i < o->timepoints.count; i++) {
        const struct en_timepoint *t = &o->timepoints.items[i];

        en_write_open(w, NULL, '{');
        en_write_integer(w, "days", t->days);
        en_write_text(w, "title", en_cell(t->row, "note"));
        en_write_close(w);
    }
    en_write_close(w);
    en_write_integer(w, "tolerance_days", o->timepoints.tolerance);
}

static void write_tally(struct en_writer *w, const char *key, const struct en_tally *t)
{
    if (t->n == 0) {
        return;
    }
    en_write_open(w, key, '{');
    en_write_integer(w, "n", (long long)t->n);
    en_write_number(w, "mean", t->mean, DIGITS);
    write_span(w, en_tally_span(t));
    en_write_close(w);
}

/* Numbers of benefit stand here only when they may be shown. */
static void write_point(struct en_writer *w, const struct en_outcomes *o,
                        const struct en_outcome_group *g, size_t index)
{
    static const char *const REASONS[] = {[EN_SHOWN] = "shown",
                                          [EN_HIDDEN_FEW] = "few",
                                          [EN_HIDDEN_INCOMPLETE] = "incomplete",
                                          [EN_HIDDEN_POLICY] = "policy",
                                          [EN_HIDDEN_NOT_YET] = "not_yet"};
    const struct en_outcome_point *p = &g->points[index];
    const enum en_hidden hidden = en_outcome_hidden(o->knowledge, p);

    en_write_open(w, NULL, '{');
    en_write_integer(w, "days", o->timepoints.items[index].days);
    en_write_integer(w, "due", (long long)p->due);
    en_write_integer(w, "followed", (long long)p->followed);
    if (p->due > 0) {
        en_write_number(w, "completeness", (double)p->followed / (double)p->due, DIGITS);
    }
    en_write_text(w, "state", REASONS[hidden]);
    if (hidden == EN_SHOWN) {
        write_tally(w, "pain", &p->pain);
        write_tally(w, "function", &p->function);
        en_write_open(w, "responders", '{');
        en_write_integer(w, "n", (long long)p->judged);
        en_write_integer(w, "count", (long long)p->responders);
        if (p->judged > 0) {
            en_write_number(w, "share", (double)p->responders / (double)p->judged, DIGITS);
        }
        write_span(w, en_wilson_span(p->responders, p->judged));
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_harm(struct en_writer *w, const struct en_outcome_group *g,
                       const struct en_harm_count *h)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "code", h->code == NULL ? "" : en_cell(h->code, "id"));
    en_write_text(w, "title",
                  h->code == NULL ? "of no kind of the tables" : en_cell(h->code, "title"));
    en_write_bool(w, "serious", h->code != NULL && en_cell_bool(h->code, "serious"));
    en_write_integer(w, "events", (long long)h->events);
    en_write_integer(w, "sessions", (long long)h->sessions);
    en_write_integer(w, "patients", (long long)h->patients);
    en_write_number(w, "share_of_sessions", (double)h->sessions / (double)g->sessions, DIGITS);
    write_span(w, en_wilson_span(h->sessions, g->sessions));
    en_write_close(w);
}

static void write_serious(struct en_writer *w, const struct en_outcome_group *g)
{
    const size_t none = g->serious_sessions == 0 ? g->sessions : 0;

    en_write_open(w, "serious", '{');
    en_write_integer(w, "sessions", (long long)g->serious_sessions);
    if (none > 0) {
        write_share(w, "upper_of_sessions", en_rule_of_three(none));
        write_share(w, "upper_of_patients", en_rule_of_three(g->patients));
    } else {
        write_span(w, en_wilson_span(g->serious_sessions, g->sessions));
    }
    en_write_close(w);
}

static void write_group(struct en_writer *w, const struct en_outcomes *o,
                        const struct en_outcome_group *g)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "condition", g->condition == NULL ? "" : en_cell(g->condition, "id"));
    en_write_text(w, "title",
                  g->condition == NULL ? "Condition not recognised"
                                       : en_cell(g->condition, "title"));
    en_write_text(w, "region", g->region == NULL ? "" : g->region);
    en_write_integer(w, "patients", (long long)g->patients);
    en_write_integer(w, "courses", (long long)g->courses);
    en_write_integer(w, "sessions", (long long)g->sessions);
    en_write_integer(w, "sessions_unrecorded", (long long)g->unrecorded);
    if (g->measure != NULL) {
        en_write_open(w, "measure", '{');
        en_write_text(w, "id", en_cell(g->measure, "id"));
        en_write_text(w, "title", en_cell(g->measure, "title"));
        en_write_text(w, "mcid", en_cell(g->measure, "mcid"));
        en_write_close(w);
    }
    en_write_open(w, "points", '[');
    for (size_t i = 0; i < o->timepoints.count; i++) {
        write_point(w, o, g, i);
    }
    en_write_close(w);
    en_write_open(w, "harms", '[');
    for (size_t i = 0; i < g->harm_count; i++) {
        write_harm(w, g, &g->harms[i]);
    }
    en_write_close(w);
    write_serious(w, g);
    en_write_close(w);
}

/* Most courses first; then by name. */
static int by_size(const void *left, const void *right)
{
    const struct en_outcome_group *a = *(const struct en_outcome_group *const *)left;
    const struct en_outcome_group *b = *(const struct en_outcome_group *const *)right;

    if (a->courses != b->courses) {
        return a->courses > b->courses ? -1 : 1;
    }
    if (a->condition == NULL || b->condition == NULL) {
        return (a->condition == NULL) - (b->condition == NULL);
    }
    return a->condition < b->condition ? -1 : a->condition > b->condition;
}

enum en_status en_outcomes_json(const struct en_outcomes *o, struct en_buf *out, struct en_err *err)
{
    const struct en_outcome_group *groups[EN_OUTCOME_GROUPS] = {NULL};
    struct en_writer w = EN_WRITER(out);

    for (size_t i = 0; i < o->group_count; i++) {
        groups[i] = &o->groups[i];
    }
    qsort(groups, o->group_count, sizeof(const struct en_outcome_group *), by_size);
    en_write_open(&w, NULL, '{');
    write_head(&w, o);
    en_write_open(&w, "groups", '[');
    for (size_t i = 0; i < o->group_count; i++) {
        write_group(&w, o, groups[i]);
    }
    en_write_close(&w);
    en_write_integer(&w, "unreadable", (long long)o->unreadable);
    en_write_close(&w);
    return en_write_end(&w, "the clinic's results", err);
}
