/* SPDX-License-Identifier: Apache-2.0
 * report/paper_patient: leaflet, consent and aftercare sheet. Their words come from knowledge/. */
#include "report/paper.h"

#include "base/text.h"

#include <string.h>

static const struct en_colour BLUE = {0.0, 0.33, 0.58}, GREEN = {0.0, 0.44, 0.33};

/* Headings of the sections of texts.tsv; a section that is not listed has no heading. */
static const char *const HEADINGS[][2] = {
    {"what", "What it is"},
    {"why", "Why, and for whom"},
    {"how", "How it is done"},
    {"off_label", "Approved for other uses"},
    {"evidence", "What is known about the effect"},
    {"evidence_grade", "How strong the knowledge is"},
    {"hypothesis", "How it may work"},
    {"alternatives", "What else you can do"},
    {"expected", "What to expect"},
    {"risks", "What can go wrong"},
    {"harms_numbers", "Harms in numbers"},
    {"cost", "What it costs"},
    {"sessions", "How many sessions"},
    {"leaflet_before", "Before the session"},
    {"leaflet_day", "On the day"},
    {"leaflet_course", "Between the sessions"},
    {"aftercare", "Afterwards"},
    {"call", "When to call"},
    {"right_to_stop", "You decide"},
    {"questions", "Questions you may want to ask"},
    {"signatures", "Signatures"},
};

static const char *heading_of(const char *section)
{
    for (size_t i = 0; i < EN_COUNT(HEADINGS); i++) {
        if (en_text_equal(HEADINGS[i][0], section)) {
            return HEADINGS[i][1];
        }
    }
    return NULL;
}

/* Lists read better with bullets; a paragraph that ends in a colon introduces one. */
static bool is_list(const char *section)
{
    static const char *const LISTS[] = {"risks", "questions", "leaflet_before", "leaflet_day"};

    for (size_t i = 0; i < EN_COUNT(LISTS); i++) {
        if (en_text_equal(LISTS[i], section)) {
            return true;
        }
    }
    return false;
}

static void put_paragraph(struct en_layout *l, const struct en_paragraph *p)
{
    const bool is_footer = en_text_equal(p->section, "footer");
    const struct en_style s = en_layout_style(l, is_footer ? 0.85 : 1.0, false,
                                              is_footer ? EN_COLOUR_FAINT : EN_COLOUR_INK);
    const char *text = en_words_clean(l->w, p->text);

    const size_t size = strlen(text);
    const bool introduces = size > 0 && text[size - 1] == ':';

    if (is_list(p->section) && !introduces) {
        en_layout_item(l, "•", text);
    } else {
        en_layout_text(l, &s, 0.0, text);
    }
}

/* All paragraphs but those of two sections, under a heading for each section. */
static void put_sections(struct en_layout *l, const struct en_paper_content *content,
                         const char *except, const char *except_too)
{
    const char *before = NULL;

    for (size_t i = 0; i < content->paragraph_count; i++) {
        const struct en_paragraph *p = &content->paragraphs[i];

        if (en_text_equal(p->section, except) || en_text_equal(p->section, except_too)) {
            continue;
        }
        if (!en_text_equal(p->section, before) && heading_of(p->section) != NULL) {
            en_layout_heading(l, heading_of(p->section));
        }
        before = p->section;
        put_paragraph(l, p);
    }
}

static const char *condition_words(struct en_layout *l, const struct en_report *r)
{
    return en_words_print(l->w, "%s, %s", en_words_condition(l->w, r), en_words_side(l->w, r));
}

static const char *session_list(struct en_words *w, const struct en_plan *plan)
{
    const char *out = "";

    for (size_t i = 0; i < plan->session_count; i++) {
        out = en_words_print(w, "%s%s%d.  %s%s", out, i == 0 ? "" : "\n", plan->sessions[i].number,
                             en_words_long_day(w, plan->sessions[i].day),
                             plan->sessions[i].is_optional ? "  (only if the review says so)" : "");
    }
    return out;
}

/* Calls are coloured by how soon they are: ids "call.now...", "call.today...", "call.soon...". */
static void put_call(struct en_layout *l, const struct en_paragraph *p)
{
    static const struct {
        const char *start, *title;
        struct en_colour colour;
    } CALLS[] = {
        {"call.now", "Now", {0.72, 0.16, 0.06}},
        {"call.today", "Today", {0.60, 0.39, 0.0}},
        {"call.soon", "Within 24 to 48 hours", {0.0, 0.33, 0.58}},
    };
    const char *id = p->row == NULL ? "" : en_cell(p->row, "id");
    const char *text = en_words_clean(l->w, p->text);

    for (size_t i = 0; i < EN_COUNT(CALLS); i++) {
        if (en_text_starts(id, CALLS[i].start)) {
            en_layout_box(l, CALLS[i].colour, "", text);
            return;
        }
    }
    const struct en_style s = en_layout_style(l, 1.0, false, EN_COLOUR_INK);

    en_layout_text(l, &s, 0.0, text);
}

static void put_calls(struct en_layout *l, const struct en_paper_content *content)
{
    bool has_heading = false;

    for (size_t i = 0; i < content->paragraph_count; i++) {
        if (en_text_equal(content->paragraphs[i].section, "call")) {
            if (!has_heading) {
                en_layout_heading(l, heading_of("call"));
                has_heading = true;
            }
            put_call(l, &content->paragraphs[i]);
        }
    }
}

static void put_phones(struct en_layout *l)
{
    static const char *const LABELS[] = {"Emergency number", "Clinic, daytime", "Out of hours"};
    static const double SHARES[] = {1.0 / 3, 1.0 / 3, 1.0 / 3};

    en_layout_lines(l, LABELS, SHARES, EN_COUNT(LABELS));
}

void en_paper_leaflet_body(struct en_layout *l, const void *content)
{
    const struct en_paper_content *p = content;

    en_layout_title(l, "Prolotherapy: information for you", condition_words(l, p->report));
    en_layout_box(l, BLUE, "Your planned sessions", session_list(l->w, p->report->plan));
    put_sections(l, p, "call", "signatures");
}

static void put_signer(struct en_layout *l, const char *who)
{
    static const double SHARES[] = {0.42, 0.38, 0.20};
    const char *labels[] = {en_words_print(l->w, "%s: name", who), "Signature", "Date"};

    en_layout_lines(l, labels, SHARES, EN_COUNT(labels));
}

/* What exactly is agreed to: sites, sessions. */
static void put_scope(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    const char *sites = "";

    for (size_t i = 0; i < plan->site_count; i++) {
        const struct en_plan_site *s = &plan->sites[i];

        sites = en_words_print(w, "%s%s%s (%s)", sites, i == 0 ? "" : "; ",
                               en_words_cell(w, s->site, "structure"), en_side_text(s->side));
    }
    en_layout_box(l, BLUE, "This consent is for",
                  en_words_print(w, "Places: %s.\nSessions:\n%s", sites, session_list(w, plan)));
}

static void put_signatures(struct en_layout *l, const void *content)
{
    const struct en_paper_content *p = content;
    const struct en_style faint = en_layout_style(l, 0.85, false, EN_COLOUR_FAINT);

    en_layout_heading(l, heading_of("signatures"));
    for (size_t i = 0; i < p->paragraph_count; i++) {
        if (en_text_equal(p->paragraphs[i].section, "signatures")) {
            put_paragraph(l, &p->paragraphs[i]);
        }
    }
    en_layout_space(l, 0.5 * l->sheet->font);
    put_signer(l, "Patient");
    put_signer(l, "Clinician");
    put_signer(l, "Interpreter");
    en_layout_text(l, &faint, 0.0,
                   en_words_print(l->w, "Version of text and knowledge: %s.", p->version));
}

void en_paper_consent_body(struct en_layout *l, const void *content)
{
    const struct en_paper_content *p = content;
    const struct en_report *r = p->report;

    en_layout_title(l, "Consent to prolotherapy", condition_words(l, r));
    put_scope(l, r->plan);
    put_sections(l, p, "call", "signatures");
    en_layout_keep(l, put_signatures, content);
}

static const char *span_words(struct en_words *w, const struct en_dated_row *d)
{
    if (d->from == EN_DAY_UNKNOWN && d->to == EN_DAY_UNKNOWN) {
        return "";
    }
    if (d->to == EN_DAY_UNKNOWN) {
        return en_words_print(w, "from %s", en_words_long_day(w, d->from));
    }
    if (d->from == EN_DAY_UNKNOWN) {
        return en_words_print(w, "until %s", en_words_long_day(w, d->to));
    }
    return d->from == d->to ? en_words_long_day(w, d->from)
                            : en_words_print(w, "%s\nto %s", en_words_long_day(w, d->from),
                                             en_words_long_day(w, d->to));
}

static void put_aftercare(struct en_layout *l, const struct en_paper_content *content)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l, .columns = {{"What, and when", 30, false}, {"How", 70, false}}, .count = 2};

    en_layout_table_head(&t);
    for (size_t i = 0; i < content->aftercare_count; i++) {
        const struct en_dated_row *d = &content->aftercare[i];
        const char *title = en_words_cell(w, d->row, "title");
        const char *text = en_words_clean(w, d->text);
        const struct en_layout_cell cells[] = {
            {.text = title, .sub = span_words(w, d), .is_bold = true, .colour = &BLUE},
            {.text = text},
        };

        en_layout_table_row(&t, cells);
    }
}

void en_paper_aftercare_body(struct en_layout *l, const void *content)
{
    const struct en_paper_content *p = content;
    const struct en_plan *plan = p->report->plan;
    struct en_words *w = l->w;
    const char *day =
        plan->session_count > 0 ? en_words_long_day(w, plan->sessions[0].day) : "date unknown";

    en_layout_title(l, "After your injection",
                    en_words_print(w, "%s · session of %s", condition_words(l, p->report), day));
    put_calls(l, p);
    put_phones(l);
    en_layout_heading(l, "The days after the session");
    put_aftercare(l, p);
    if (plan->session_count > 1) {
        en_layout_space(l, l->sheet->font);
        en_layout_box(l, GREEN, "Your next session", en_words_long_day(w, plan->sessions[1].day));
    }
    put_sections(l, p, "call", NULL);
}
