/* SPDX-License-Identifier: Apache-2.0
 * report/paper_note: the note of a session, as it was recorded. */
#include "report/paper.h"

#include "base/text.h"
#include "care/session_note.h"

#include <math.h>
#include <string.h>

static const struct en_colour RED = {0.72, 0.16, 0.06}, AMBER = {0.60, 0.39, 0.0};
static const struct en_colour GREEN = {0.0, 0.44, 0.33};

#define NOT_RECORDED "not recorded"

/* A text as written; what is missing says so. */
static const char *said(struct en_words *w, const char *text)
{
    return en_text_is_empty(text) ? NOT_RECORDED : en_words_clean(w, text);
}

/* "2026-03-02T10:05:00Z" reads better without T and seconds. */
static const char *moment(struct en_words *w, const char *when)
{
    if (when == NULL) {
        return "time " NOT_RECORDED;
    }
    const char *clean = en_words_clean(w, when);

    return strlen(clean) < 16 ? clean
                              : en_words_print(w, "%.10s %.5s%s", clean, clean + 11,
                                               clean[strlen(clean) - 1] == 'Z' ? " UTC" : "");
}

static const char *amount(struct en_words *w, double value, int decimals, const char *unit)
{
    return isfinite(value) ? en_words_print(w, "%s %s", en_words_number(w, value, decimals), unit)
                           : "unknown";
}

static void put_state(struct en_layout *l, const struct en_session_note *n)
{
    struct en_words *w = l->w;

    if (!n->is_signed) {
        const bool is_done = en_text_equal(n->status, "completed");

        en_layout_box(l, AMBER, "Not signed",
                      is_done ? "Recorded as completed, without a signature that this program "
                                "could check."
                              : "This is a draft: the session can still be changed until it is "
                                "signed.");
        return;
    }
    en_layout_box(
        l, GREEN, "Signed",
        en_words_print(w,
                       "By %s on %s. The signature covers %zu records with their "
                       "versions; nothing of it was changed since%s.",
                       n->signer == NULL ? "an account without a name" : said(w, n->signer),
                       moment(w, n->signed_at), n->signed_count,
                       n->addendum_count > 0 ? ", what was added stands at the end" : ""));
}

static void put_line(struct en_layout *l, const char *title, const char *text)
{
    en_layout_item(l, "•", en_words_print(l->w, "%s: %s", title, text));
}

static void put_facts(struct en_layout *l, const struct en_session_note *n)
{
    struct en_words *w = l->w;
    const char *end = n->end == NULL ? "" : en_words_print(w, " to %s", moment(w, n->end));

    put_line(l, "When", en_words_print(w, "%s%s", moment(w, n->start), end));
    put_line(l, "Carried out by", said(w, n->performers));
    put_line(l, "Guidance", n->guidance == NULL ? NOT_RECORDED : en_words_guidance(n->guidance));
    if (n->remarks != NULL) {
        put_line(l, "Remarks", said(w, n->remarks));
    }
}

static const char *place_of(struct en_words *w, const struct en_note_dose *d)
{
    return d->site != NULL ? en_words_cell(w, d->site, "structure") : said(w, d->place);
}

static const char *left_out(struct en_words *w, const struct en_note_dose *d)
{
    return en_words_print(w, "left out, nothing was given here: %s",
                          d->why_not == NULL ? "no reason recorded" : said(w, d->why_not));
}

static void put_dose(struct en_layout_table *t, const struct en_note_dose *d)
{
    struct en_words *w = t->layout->w;
    const bool is_reaction = !en_text_is_empty(d->reaction);
    const struct en_layout_cell cells[] = {
        {.text = d->site == NULL ? "–" : en_words_cell(w, d->site, "id"),
         .sub = d->side == EN_SIDE_UNKNOWN ? "side?" : en_side_text(d->side),
         .is_bold = true},
        {.text = place_of(w, d),
         .sub = d->was_given ? said(w, d->product) : left_out(w, d),
         .colour = d->was_given ? NULL : &AMBER},
        {.text = d->was_given ? amount(w, d->volume_ml, 2, "mL") : "–"},
        {.text = said(w, d->needle)},
        {.text = d->guidance == NULL ? NOT_RECORDED : en_words_guidance(d->guidance)},
        {.text = is_reaction ? en_words_code(w, d->reaction) : "none recorded",
         .sub = moment(w, d->when),
         .colour = is_reaction ? &RED : NULL},
    };

    en_layout_table_row(t, cells);
}

static void put_doses(struct en_layout *l, const struct en_session_note *n)
{
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Site", 9, false},
                    {"Structure, solution", 34, false},
                    {"Volume", 10, true},
                    {"Needle", 15, false},
                    {"Guidance", 12, false},
                    {"Reaction, when", 20, false}},
        .count = 6,
        .scale = 0.95,
    };

    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "What was given");
    if (n->dose_count == 0) {
        put_line(l, "Sites", "nothing was recorded as given");
        return;
    }
    en_layout_table_head(&t);
    for (size_t i = 0; i < n->dose_count; i++) {
        put_dose(&t, &n->doses[i]);
    }
}

/* "dextrose 1.6 g; lidocaine 24 mg" */
static const char *amounts(struct en_words *w, const struct en_session_note *n)
{
    const char *out = "";

    for (size_t i = 0; i < n->amount_count; i++) {
        const struct en_note_amount *a = &n->amounts[i];
        const bool is_grams = a->mg >= 1000.0;
        const char *sum =
            amount(w, is_grams ? a->mg / 1000.0 : a->mg, is_grams ? 2 : 1, is_grams ? "g" : "mg");

        out = en_words_print(w, "%s%s%s: %s", out, i == 0 ? "" : "\n",
                             en_words_code(w, a->component), sum);
    }
    return *out == '\0' ? "unknown" : out;
}

static void put_totals(struct en_layout *l, const struct en_session_note *n)
{
    struct en_words *w = l->w;

    en_layout_space(l, 4.0);
    en_layout_box(
        l, EN_COLOUR_BLUE, "Totals of the session",
        en_words_print(w, "Volume: %s\n%s", amount(w, n->volume_ml, 2, "mL"), amounts(w, n)));
}

static void put_vials(struct en_layout *l, const struct en_session_note *n)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {.layout = l,
                                .columns = {{"Product", 40, false},
                                            {"Lot", 20, false},
                                            {"Expiry", 20, false},
                                            {"Serial", 20, false}},
                                .count = 4,
                                .scale = 0.95};

    if (n->vial_count == 0) {
        return;
    }
    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Products and lots");
    en_layout_table_head(&t);
    for (size_t i = 0; i < n->vial_count; i++) {
        const struct en_note_vial *v = &n->vials[i];
        const struct en_layout_cell cells[] = {
            {.text = said(w, v->title), .is_bold = true},
            {.text = said(w, v->lot)},
            {.text = v->expiry == NULL ? NOT_RECORDED : moment(w, v->expiry)},
            {.text = said(w, v->serial)}};

        en_layout_table_row(&t, cells);
    }
}

static void put_values(struct en_layout *l, const struct en_session_note *n)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Observed", 40, false}, {"Value", 35, false}, {"When", 25, false}},
        .count = 3,
        .scale = 0.95};

    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Observations and reactions");
    if (n->value_count == 0) {
        put_line(l, "Reactions and vital signs", NOT_RECORDED);
        return;
    }
    en_layout_table_head(&t);
    for (size_t i = 0; i < n->value_count; i++) {
        const struct en_note_value *v = &n->values[i];
        const struct en_layout_cell cells[] = {{.text = said(w, v->title),
                                                .sub = v->is_harm ? "harm" : NULL,
                                                .is_bold = v->is_harm,
                                                .colour = v->is_harm ? &RED : NULL},
                                               {.text = said(w, v->value)},
                                               {.text = moment(w, v->when)}};

        en_layout_table_row(&t, cells);
    }
}

static void put_check(struct en_layout_table *t, const struct en_note_check *c)
{
    static const char *const ANSWERS[] = {
        [EN_FALSE] = "not done", [EN_TRUE] = "done", [EN_UNKNOWN] = "not answered"};
    struct en_words *w = t->layout->w;
    const bool must = en_text_equal(en_cell(c->item, "required"), "yes");
    const bool is_open = c->answer != EN_TRUE && must;
    const struct en_layout_cell cells[] = {
        {.text = en_words_code(w, en_cell(c->item, "phase"))},
        {.text = en_words_cell(w, c->item, "item")},
        {.text = ANSWERS[c->answer],
         .sub = must ? NULL : en_words_code(w, en_cell(c->item, "required")),
         .is_bold = is_open,
         .colour = is_open ? &AMBER : NULL},
    };

    en_layout_table_row(t, cells);
}

static bool is_any_answered(const struct en_session_note *n)
{
    for (size_t i = 0; i < n->check_count; i++) {
        if (n->checks[i].answer != EN_UNKNOWN) {
            return true;
        }
    }
    return false;
}

static void put_checks(struct en_layout *l, const struct en_session_note *n)
{
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Phase", 14, false}, {"Item", 68, false}, {"Answer", 18, false}},
        .count = 3,
        .scale = 0.9};

    if (n->check_count == 0) {
        return;
    }
    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Checklist");
    if (!is_any_answered(n)) {
        put_line(l, "Checklist", "none of its items was answered");
        return;
    }
    en_layout_table_head(&t);
    for (size_t i = 0; i < n->check_count; i++) {
        put_check(&t, &n->checks[i]);
    }
}

static void put_addenda(struct en_layout *l, const struct en_session_note *n)
{
    const struct en_style plain = en_layout_style(l, 1.0, false, EN_COLOUR_INK);
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    struct en_words *w = l->w;

    if (n->addendum_count == 0) {
        return;
    }
    en_layout_heading(l, "Added after signing");
    for (size_t i = 0; i < n->addendum_count; i++) {
        const struct en_note_addendum *a = &n->addenda[i];

        en_layout_text(
            l, &faint, 0.0,
            en_words_print(w, "%s, %s", moment(w, a->when),
                           a->who == NULL ? "by an account without a name" : said(w, a->who)));
        en_layout_text(l, &plain, 0.0, said(w, a->text));
    }
}

void en_paper_note_body(struct en_layout *l, const void *content)
{
    const struct en_report *r = ((const struct en_paper_content *)content)->report;
    const struct en_session_note *n = r->note;
    static const char *const LABELS[] = {"Clinician, licence", "Signature", "Date"};
    static const double SHARES[] = {0.42, 0.38, 0.20};

    en_paper_title(l, r, "Note of a session for");
    put_state(l, n);
    put_facts(l, n);
    put_doses(l, n);
    put_totals(l, n);
    put_vials(l, n);
    put_values(l, n);
    put_checks(l, n);
    put_addenda(l, n);
    if (!n->is_signed) {
        en_layout_space(l, 0.6 * l->sheet->font);
        en_layout_lines(l, LABELS, SHARES, EN_COUNT(LABELS));
    }
}
