/* SPDX-License-Identifier: Apache-2.0
 * report/paper_plan: the clinician's document. */
#include "report/paper.h"

static const struct en_colour RED = {0.72, 0.16, 0.06}, AMBER = {0.60, 0.39, 0.0};
static const struct en_colour GREEN = {0.0, 0.44, 0.33}, FAINT = {0.38, 0.41, 0.45};

static struct en_colour verdict_colour(const struct en_assessment *a)
{
    if (a == NULL) {
        return AMBER;
    }
    return a->verdict == EN_VERDICT_SUITABLE       ? GREEN
           : a->verdict == EN_VERDICT_NOT_SUITABLE ? RED
                                                   : AMBER;
}

void en_paper_title(struct en_layout *l, const struct en_report *r, const char *what)
{
    struct en_words *w = l->w;
    const struct en_person *p = r->c == NULL ? NULL : &r->c->person;
    char birth[EN_DATE_TEXT_MAX];
    const char *born = p == NULL || !p->birth_known ? "unknown" : en_date_text(p->birth, birth);
    const char *name = p == NULL || p->name == NULL ? "name unknown" : en_words_clean(w, p->name);

    en_layout_title(l, en_words_print(w, "%s, %s", en_words_condition(w, r), en_words_side(w, r)),
                    en_words_print(w, "%s \u2068%s\u2069 · born %s (%s) · %s", what, name, born,
                                   en_words_age(w, r), en_words_sex(w, r)));
}

void en_paper_verdict(struct en_layout *l, const struct en_report *r)
{
    struct en_words *w = l->w;
    const struct en_assessment *a = r->assessment;

    if (a == NULL) {
        en_layout_box(l, AMBER, "No verdict", "The case has not been assessed.");
        return;
    }
    const char *open =
        en_words_has_plan(r)
            ? en_words_print(w, " %s.", en_words_sentence(w, en_words_defaults(w, r->plan)))
            : "";

    en_layout_box(l, verdict_colour(a), en_words_sentence(w, en_verdict_text(a->verdict)),
                  en_words_print(w, "%s.%s%s%s", en_words_sentence(w, en_words_rules(w, a)),
                                 a->has_stop_without_override
                                     ? " At least one that applies has no override."
                                     : "",
                                 en_words_no_plan(r), open));
}

static const struct en_colour *severity_colour(enum en_severity s)
{
    return s == EN_STOP ? &RED : s == EN_INFO ? &FAINT : &AMBER;
}

static void put_fired(struct en_layout_table *t, const struct en_finding *f)
{
    struct en_words *w = t->layout->w;
    const char *sites = en_words_clean(w, f->sites);
    const struct en_layout_cell cells[] = {
        {.text = en_words_sentence(w, en_severity_text(f->severity)),
         .sub = f->severity == EN_STOP && !f->has_override ? "no override" : NULL,
         .is_bold = true,
         .colour = severity_colour(f->severity)},
        {.text = en_words_cell(w, f->rule, "id")},
        {.text = en_words_print(w, "%s%s%s", en_words_cell(w, f->rule, "title"),
                                *sites == '\0' ? "" : " at ", sites),
         .sub = en_words_cell(w, f->tier, "message"),
         .is_bold = true},
        {.text = en_words_inputs(w, f)},
        {.text = en_words_cell(w, f->tier, "threshold"), .sub = en_words_source(w, f->tier)},
    };

    en_layout_table_row(t, cells);
}

static void put_open(struct en_layout_table *t, const struct en_assessment *a, size_t i)
{
    struct en_words *w = t->layout->w;
    const struct en_finding *f = &a->findings[i];
    const struct en_layout_cell cells[] = {
        {.text = en_words_sentence(w, en_severity_text(f->severity)),
         .is_bold = true,
         .colour = severity_colour(f->severity)},
        {.text = en_words_cell(w, f->rule, "id")},
        {.text = en_words_cell(w, f->rule, "title"), .sub = "cannot be decided yet"},
        {.text = en_words_print(w, "missing: %s", en_words_missing(w, a, i))},
        {.sub = en_words_source(w, f->tier)},
    };

    en_layout_table_row(t, cells);
}

static void put_findings(struct en_layout *l, const struct en_assessment *a)
{
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"", 8.5, false},
                    {"Rule", 7.5, false},
                    {"What it means", 39, false},
                    {"Found", 22, false},
                    {"Limit, source", 23, false}},
        .count = 5,
        .scale = 0.93,
    };

    if (a == NULL || a->finding_count == 0) {
        return;
    }
    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Rules that apply or cannot be decided");
    en_layout_table_head(&t);
    for (size_t i = 0; i < a->finding_count; i++) {
        if (i < a->fired_count) {
            put_fired(&t, &a->findings[i]);
        } else if (en_words_is_first(a, i)) {
            put_open(&t, a, i);
        }
    }
}

static void put_questions(struct en_layout *l, const struct en_assessment *a)
{
    struct en_words *w = l->w;
    char date[EN_DATE_TEXT_MAX];

    if (a == NULL || a->question_count == 0) {
        return;
    }
    en_layout_heading(l, "Ask or measure next");
    for (size_t i = 0; i < a->question_count; i++) {
        const struct en_question *q = &a->questions[i];
        const char *old = "";

        if (q->is_stale) {
            old = en_words_print(w, " The value of %s is too old.", en_date_text(q->as_of, date));
        }
        en_layout_item(l, en_words_print(w, "%zu.", i + 1),
                       en_words_print(w, "%s%s (decides: %s)", en_words_question(w, q->fact), old,
                                      en_severity_text(q->severity)));
    }
}

static void put_evidence(struct en_layout *l, const struct en_report *r)
{
    struct en_words *w = l->w;
    const struct en_row *row = r->assessment == NULL ? NULL : r->assessment->condition;

    if (row == NULL) {
        return;
    }
    const struct en_layout_note notes[] = {
        {GREEN,
         en_words_print(w, "Evidence for (grade %s)", en_words_cell(w, row, "evidence_grade")),
         en_words_cell(w, row, "evidence_for")},
        {RED, "Evidence against", en_words_cell(w, row, "evidence_against")},
    };
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    const char *banner = en_words_cell(w, row, "banner");

    en_layout_boxes(l, notes, EN_COUNT(notes));
    en_layout_text(l, &faint, 0.0,
                   en_words_print(w, "%s%s%s", banner,
                                  *banner == '\0' ? "" : " Source: ", en_words_source(w, row)));
}

static void put_alternatives(struct en_layout *l, const struct en_plan *plan, bool is_blocked)
{
    struct en_words *w = l->w;

    if (plan->alternative_count == 0) {
        return;
    }
    en_layout_heading(l, "Alternatives to the injections");
    if (is_blocked) {
        const struct en_style first = en_layout_style(l, 1.0, true, EN_COLOUR_AMBER);

        en_layout_text(l, &first, 0.0, EN_WORDS_FIRST);
    }
    for (size_t i = 0; i < plan->alternative_count; i++) {
        en_layout_item(l, "•",
                       en_words_print(w, "%s: %s", en_words_cell(w, plan->alternatives[i], "title"),
                                      en_words_cell(w, plan->alternatives[i], "text")));
    }
}

static void put_plan(struct en_layout *l, const struct en_paper_content *content)
{
    static const char *const LABELS[] = {"Clinician, licence", "Signature", "Date"};
    static const double SHARES[] = {0.42, 0.38, 0.20};
    const struct en_plan *plan = content->report->plan;

    en_paper_sites(l, plan);
    en_paper_mixes(l, plan);
    en_paper_dates(l, plan);
    en_paper_rest(l, plan); /* before the forecast: it breaks where the charts cannot */
    en_paper_forecast(l, content);
    en_paper_checklist(l, plan);
    en_layout_space(l, 0.6 * l->sheet->font);
    en_layout_lines(l, LABELS, SHARES, EN_COUNT(LABELS));
}

void en_paper_plan_body(struct en_layout *l, const void *content)
{
    const struct en_paper_content *p = content;
    const struct en_report *r = p->report;

    en_paper_title(l, r, en_words_has_plan(r) ? "Injection plan for" : "Assessment of");
    en_paper_verdict(l, r);
    put_evidence(l, r);
    put_findings(l, r->assessment);
    put_questions(l, r->assessment);
    if (en_words_has_plan(r)) {
        put_plan(l, p);
    } else if (en_words_has_choices(r)) {
        put_alternatives(l, r->plan, en_words_is_blocked(r));
    }
}
