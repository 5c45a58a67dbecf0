/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_after: what follows a session, as one page of a terminal. */
#include "report/terminal.h"

#include "base/text.h"

enum { INDENT = 9 };

/* Whose page it is, so that two of them are not mixed up. */
static void print_head(struct en_page *p, const char *title, const struct en_report *r)
{
    struct en_words *w = p->w;
    const char *name = r->c == NULL ? NULL : r->c->person.name;

    en_page_rule(p, "━");
    en_page_pair(p, en_words_print(w, "ENTHESIS · %s", title), en_words_day(w, r->today));
    en_page_pair(p,
                 en_words_print(w, "Patient %s · %s · %s", en_words_initials(w, name),
                                en_words_age(w, r), en_words_sex(w, r)),
                 en_words_print(w, "knowledge %s", en_knowledge_version(r->knowledge)));
}

/* One rule with its message, the values it used and its source. */
static void print_rule(struct en_page *p, const struct en_finding *f, enum en_ink ink)
{
    struct en_words *w = p->w;
    const char *inputs = en_words_inputs(w, f);

    en_page_text(p, 0, en_words_print(w, "%-8s", en_words_cell(w, f->rule, "id")), ink,
                 en_words_cell(w, f->rule, "title"));
    en_page_text(p, INDENT, "", EN_INK_PLAIN, en_words_cell(w, f->tier, "message"));
    if (*inputs != '\0') {
        en_page_text(p, INDENT, "", EN_INK_PLAIN, en_words_print(w, "found: %s", inputs));
    }
    en_page_text(p, INDENT, "", EN_INK_FAINT, en_words_source(w, f->tier));
}

static void print_unknown(struct en_page *p, const struct en_finding *f)
{
    struct en_words *w = p->w;

    en_page_text(p, 0, en_words_print(w, "%-8s", en_words_cell(w, f->rule, "id")), EN_INK_PLAIN,
                 en_words_print(w, "%s: missing %s", en_words_cell(w, f->rule, "title"),
                                en_words_facts(w, f->missing, f->missing_count)));
}

static void print_findings(struct en_page *p, const struct en_finding *findings, size_t fired,
                           size_t count, enum en_ink ink)
{
    if (fired > 0) {
        en_page_heading(p, "RULES THAT APPLY");
    }
    for (size_t i = 0; i < fired; i++) {
        print_rule(p, &findings[i], ink);
    }
    if (count > fired) {
        en_page_heading(p, "NOT ANSWERED YET (unknown is not \"no\")");
    }
    for (size_t i = fired; i < count; i++) {
        print_unknown(p, &findings[i]);
    }
}

static void print_footer(struct en_page *p)
{
    en_page_blank(p);
    en_page_rule(p, "━");
    en_page_text(p, 0, "", EN_INK_FAINT,
                 EN_WORDS_DAGGER ". Options with reasons, not orders: the clinician decides.");
}

enum en_status en_report_triage(const struct en_report *r, const struct en_triage *triage,
                                int width, bool use_colour, struct en_buf *out, struct en_err *err)
{
    static const enum en_ink INK[] = {EN_INK_RED, EN_INK_RED, EN_INK_YELLOW, EN_INK_GREEN};
    struct en_arena arena = EN_ARENA(8 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    struct en_page page = {out, &w, en_page_width(width), use_colour};
    const enum en_ink ink = INK[triage->level];

    print_head(&page, "symptoms after a session", r);
    en_page_box(&page, ink,
                en_words_print(&w, "%s: %s", en_triage_text(triage->level), triage->time_limit),
                triage->was_raised ? "Raised by one level: a question about an emergency is not "
                                     "answered."
                                   : "The highest level of all rules that apply.");
    print_findings(&page, triage->findings, triage->fired_count, triage->finding_count, ink);
    en_page_blank(&page);
    en_page_text(&page, 0, "", EN_INK_PLAIN,
                 "Used by staff, with the patient. Staff may raise the level freely, and lower it "
                 "only with a reason. When in doubt: the higher level.");
    print_footer(&page);
    return en_page_end(&page, EN_OK, err);
}

static void print_questions(struct en_page *p, const struct en_review *review)
{
    if (review->question_count > 0) {
        en_page_heading(p, "ASK OR MEASURE NEXT");
    }
    for (size_t i = 0; i < review->question_count; i++) {
        en_page_text(p, 1, en_words_print(p->w, "%2zu.", i + 1), EN_INK_PLAIN,
                     en_words_question(p->w, review->questions[i].fact));
    }
}

/* The reason that decided stands in the box: of the forecast, where it is the more careful one. */
static const char *box_text(struct en_words *w, const struct en_review *review,
                            const struct en_report_advice *advice)
{
    if (advice == NULL || advice->advice == review->advice) {
        return en_words_clean(w, review->reason);
    }
    return en_words_print(w, "%s %s", en_words_clean(w, review->reason),
                          en_words_clean(w, advice->reason));
}

static enum en_status print_review(struct en_page *p, const struct en_report *r,
                                   const struct en_review *review,
                                   const struct en_report_advice *advice, struct en_err *err)
{
    struct en_words *w = p->w;
    const enum en_advice final = advice == NULL ? review->advice : advice->advice;
    const bool goes_on = final == EN_ADVICE_CONTINUE || final == EN_ADVICE_MAINTAIN;

    print_head(p, "review of the response", r);
    en_page_box(
        p, goes_on ? EN_INK_GREEN : EN_INK_YELLOW,
        en_words_print(w, "%s · %s", en_response_text(review->response), en_advice_text(final)),
        box_text(w, review, advice));
    en_page_text(p, 0, "", EN_INK_PLAIN,
                 en_words_print(w, "Pain 0-10: baseline %s, now %s. Sessions given: %d.",
                                en_words_number(w, review->nrs_baseline, 1),
                                en_words_number(w, review->nrs_now, 1), review->sessions_given));
    print_findings(p, review->findings, review->fired_count, review->finding_count, EN_INK_PLAIN);
    if (advice != NULL) {
        EN_TRY(en_terminal_review(p, r, advice, err));
    }
    print_questions(p, review);
    if (review->followup_count > 0) {
        en_page_heading(p, "FOLLOW-UP");
        en_terminal_followups(p, "due", review->followups, review->followup_count);
    }
    print_footer(p);
    return EN_OK;
}

enum en_status en_report_review(const struct en_report *r, const struct en_review *review,
                                const struct en_report_advice *advice, int width, bool use_colour,
                                struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(8 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    struct en_page page = {out, &w, en_page_width(width), use_colour};

    return en_page_end(&page, print_review(&page, r, review, advice, err), err);
}
