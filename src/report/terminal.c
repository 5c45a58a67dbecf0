/* SPDX-License-Identifier: Apache-2.0 */
#include "report/terminal.h"

#include "base/text.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

static enum en_ink verdict_ink(enum en_verdict v)
{
    static const enum en_ink INKS[] = {
        [EN_VERDICT_SUITABLE] = EN_INK_GREEN,   [EN_VERDICT_CAUTION] = EN_INK_YELLOW,
        [EN_VERDICT_DEFER] = EN_INK_YELLOW,     [EN_VERDICT_UNDECIDED] = EN_INK_YELLOW,
        [EN_VERDICT_NOT_SUITABLE] = EN_INK_RED,
    };

    assert((size_t)v < EN_COUNT(INKS));
    return INKS[v];
}

static const char *upper(struct en_words *w, const char *text)
{
    char *out = en_arena_copy(w->arena, text, SIZE_MAX);

    if (out == NULL) {
        w->failed = true;
        return "";
    }
    for (char *p = out; *p != '\0'; p++) {
        *p = g_ascii_toupper(*p);
    }
    return out;
}

static const char *page_title(const struct en_report *r)
{
    if (r->search != NULL) {
        return "plans compared";
    }
    if (r->is_verdict_only) {
        return "assessment";
    }
    if (r->outlook == NULL) {
        return en_words_has_plan(r) ? "plan for injections" : "assessment, no plan";
    }
    return !en_words_has_plan(r)             ? "assessment, no forecast"
           : en_words_is_course(r->forecast) ? "forecast in the course of treatment"
                                             : "forecast before the first session";
}

static void print_header(struct en_page *p, const struct en_report *r)
{
    struct en_words *w = p->w;
    const char *name = r->c == NULL ? NULL : r->c->person.name;
    const char *version = r->knowledge == NULL ? "unknown" : en_knowledge_version(r->knowledge);

    en_page_rule(p, "━");
    en_page_pair(p, en_words_print(w, "ENTHESIS · %s", page_title(r)), en_words_day(w, r->today));
    en_page_text(p, 0, "", EN_INK_BOLD,
                 en_words_print(w, "%s, %s", en_words_condition(w, r), en_words_side(w, r)));
    en_page_pair(p,
                 en_words_print(w, "Patient %s · %s · %s", en_words_initials(w, name),
                                en_words_age(w, r), en_words_sex(w, r)),
                 en_words_print(w, "knowledge %s", version));
}

static void print_verdict(struct en_page *p, const struct en_report *r)
{
    const struct en_assessment *a = r->assessment;
    struct en_words *w = p->w;

    if (a == NULL) {
        en_page_text(p, 0, "VERDICT: none.", EN_INK_YELLOW, "The case has not been assessed.");
        return;
    }
    const char *text = en_words_print(
        w, "%s.%s%s", en_words_rules(w, a),
        a->has_stop_without_override ? " At least one that applies has no override." : "",
        en_words_no_plan(r));

    en_page_box(p, verdict_ink(a->verdict), upper(w, en_verdict_text(a->verdict)), text);
}

static enum en_ink severity_ink(enum en_severity s)
{
    return s == EN_STOP ? EN_INK_RED : s == EN_INFO ? EN_INK_PLAIN : EN_INK_YELLOW;
}

static void print_fired(struct en_page *p, const struct en_finding *f)
{
    enum { INDENT = 9 };
    struct en_words *w = p->w;
    const char *threshold = en_words_cell(w, f->tier, "threshold");
    const char *inputs = en_words_inputs(w, f);
    const char *sites = en_words_clean(w, f->sites);

    en_page_text(p, 0, en_words_print(w, "%-8s", upper(w, en_severity_text(f->severity))),
                 severity_ink(f->severity),
                 en_words_print(w, "%s %s%s%s", en_words_cell(w, f->rule, "id"),
                                en_words_cell(w, f->rule, "title"), *sites == '\0' ? "" : " at ",
                                sites));
    en_page_text(p, INDENT, "", EN_INK_PLAIN, en_words_cell(w, f->tier, "message"));
    if (*inputs != '\0') {
        en_page_text(p, INDENT, "", EN_INK_PLAIN, en_words_print(w, "found: %s", inputs));
    }
    en_page_text(p, INDENT, "", EN_INK_FAINT,
                 en_words_print(w, "%s%s%s%s", *threshold == '\0' ? "" : "limit: ", threshold,
                                *threshold == '\0' ? "" : " · ", en_words_source(w, f->tier)));
    if (f->severity == EN_STOP && !f->has_override) {
        en_page_text(p, INDENT, "", EN_INK_RED, "This rule has no override.");
    }
}

static void print_findings(struct en_page *p, const struct en_assessment *a)
{
    struct en_words *w = p->w;

    if (a->fired_count > 0) {
        en_page_heading(p, "RULES THAT APPLY");
    }
    for (size_t i = 0; i < a->fired_count; i++) {
        print_fired(p, &a->findings[i]);
    }
    if (a->finding_count > a->fired_count) {
        en_page_heading(p, "RULES THAT CANNOT BE DECIDED YET (unknown is not \"no\")");
    }
    for (size_t i = a->fired_count; i < a->finding_count; i++) {
        const struct en_finding *f = &a->findings[i];

        if (en_words_is_first(a, i)) {
            en_page_text(p, 0, en_words_print(w, "%-8s", upper(w, en_severity_text(f->severity))),
                         severity_ink(f->severity),
                         en_words_print(w, "%s %s: missing %s", en_words_cell(w, f->rule, "id"),
                                        en_words_cell(w, f->rule, "title"),
                                        en_words_missing(w, a, i)));
        }
    }
}

static void print_questions(struct en_page *p, const struct en_assessment *a)
{
    struct en_words *w = p->w;
    char date[EN_DATE_TEXT_MAX];

    if (a->question_count > 0) {
        en_page_heading(p, "ASK OR MEASURE NEXT");
    }
    for (size_t i = 0; i < a->question_count; i++) {
        const struct en_question *q = &a->questions[i];
        const char *old = "";

        if (q->is_stale) {
            old = en_words_print(w, " The value of %s is too old.", en_date_text(q->as_of, date));
        }
        en_page_text(p, 1, en_words_print(w, "%2zu.", i + 1), EN_INK_PLAIN,
                     en_words_print(w, "%s%s [decides: %s]", en_words_question(w, q->fact), old,
                                    en_severity_text(q->severity)));
    }
}

static void print_evidence(struct en_page *p, const struct en_row *condition)
{
    struct en_words *w = p->w;
    const char *banner = en_words_cell(w, condition, "banner");

    if (condition == NULL) {
        return;
    }
    en_page_heading(
        p, en_words_print(w, "EVIDENCE, grade %s", en_words_cell(w, condition, "evidence_grade")));
    en_page_text(p, 1, "for    ", EN_INK_PLAIN, en_words_cell(w, condition, "evidence_for"));
    en_page_text(p, 1, "against", EN_INK_PLAIN, en_words_cell(w, condition, "evidence_against"));
    if (*banner != '\0') {
        en_page_text(p, 1, "note   ", EN_INK_PLAIN, banner);
    }
    en_page_text(p, 1, "", EN_INK_FAINT, en_words_source(w, condition));
}

/* A chart of function says something about this person only when function was measured: else its
 * baseline is guessed from pain. */
static bool has_function_score(const struct en_report *r)
{
    const struct en_row *condition = r->plan->condition;
    const char *instrument = condition == NULL ? "" : en_cell(condition, "function_instrument");

    for (size_t i = 0; r->c != NULL && i < r->c->score_count; i++) {
        if (*instrument != '\0' && en_text_equal(r->c->scores[i].instrument, instrument)) {
            return true;
        }
    }
    return false;
}

static enum en_status print_chart(struct en_page *p, const struct en_report *r, enum en_outcome o,
                                  struct en_err *err)
{
    en_page_blank(p);
    return en_chart_terminal(r, o, p->width, p->out, err);
}

static enum en_status print_forecast(struct en_page *p, const struct en_report *r,
                                     struct en_err *err)
{
    if (r->forecast == NULL) {
        return EN_OK;
    }
    en_terminal_forecast(p, r->forecast);
    EN_TRY(print_chart(p, r, EN_OUTCOME_PAIN, err));
    return has_function_score(r) ? print_chart(p, r, EN_OUTCOME_FUNCTION, err) : EN_OK;
}

static void print_footer(struct en_page *p, const struct en_report *r)
{
    en_page_blank(p);
    en_page_rule(p, "━");
    if (en_words_has_plan(r)) {
        en_page_text(p, 0, "", EN_INK_YELLOW,
                     en_words_print(p->w, "%s.", en_words_defaults(p->w, r->plan)));
    }
    en_page_text(p, 0, "", EN_INK_FAINT,
                 EN_WORDS_DAGGER ". Options with reasons, not orders: the clinician decides.");
}

static enum en_status print_plan(struct en_page *p, const struct en_report *r, struct en_err *err)
{
    en_terminal_sites(p, r->plan);
    en_terminal_mixes(p, r->plan);
    en_terminal_totals(p, r->plan);
    en_terminal_dates(p, r->plan);
    en_terminal_rehabilitation(p, r->plan);
    en_terminal_checklist(p, r->plan);
    EN_TRY(print_forecast(p, r, err));
    en_terminal_choices(p, r->plan);
    en_terminal_costs(p, r->plan);
    return EN_OK;
}

static enum en_status print_page(struct en_page *p, const struct en_report *r, struct en_err *err)
{
    const struct en_assessment *a = r->assessment;

    print_header(p, r);
    print_verdict(p, r);
    if (r->search != NULL) {
        EN_TRY(en_terminal_search(p, r, err));
        print_footer(p, r);
        return EN_OK;
    }
    if (r->outlook != NULL && en_words_has_plan(r)) {
        EN_TRY(en_terminal_outlook(p, r, err));
        print_footer(p, r);
        return EN_OK;
    }
    if (a != NULL) {
        print_findings(p, a);
        print_questions(p, a);
        print_evidence(p, a->condition);
    }
    if (en_words_has_plan(r)) {
        EN_TRY(print_plan(p, r, err));
    } else if (en_words_has_choices(r)) {
        en_terminal_alternatives(p, r->plan, en_words_is_blocked(r));
    }
    print_footer(p, r);
    return EN_OK;
}

enum en_status en_report_terminal(const struct en_report *r, int width, bool use_colour,
                                  struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(32 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    struct en_page page = {out, &w, en_page_width(width), use_colour};
    const enum en_status st = print_page(&page, r, err);

    return en_page_end(&page, st, err);
}
