/* SPDX-License-Identifier: Apache-2.0
 * report/paper_fit: the report of a calibration as a document. */
#include "report/fit_chart.h"
#include "report/fit_words.h"
#include "report/layout.h"

#include "base/limits.h"

#include <math.h>

/* Charts of a row, their height and the gap between them [pt]. */
enum { BESIDE = 2 };
static const double PANEL_HEIGHT = 112.0, PANEL_GAP = 14.0, PANEL_FONT = 6.6;

static struct en_style style_of(const struct en_layout *l)
{
    return en_layout_style(l, 1.0, false, EN_COLOUR_INK);
}

static struct en_style faint_of(const struct en_layout *l)
{
    return en_layout_style(l, 0.92, false, EN_COLOUR_FAINT);
}

void en_fit_layout_panels(struct en_layout *l, const struct en_fit_panel *panels, size_t count)
{
    const double width = (l->right - l->left - PANEL_GAP * (BESIDE - 1)) / BESIDE;

    for (size_t i = 0; i < count; i++) {
        if (i % BESIDE == 0) {
            en_layout_need(l, PANEL_HEIGHT);
        }
        const struct en_fit_box box = {.x = l->left + (double)(i % BESIDE) * (width + PANEL_GAP),
                                       .y = l->y,
                                       .width = width,
                                       .height = PANEL_HEIGHT,
                                       .font = PANEL_FONT};

        en_fit_draw_panel(&l->canvas, l->w, &panels[i], &box);
        if (i % BESIDE == BESIDE - 1 || i + 1 == count) {
            en_layout_space(l, PANEL_HEIGHT + 8.0);
        }
    }
}

static void put_hypotheses(struct en_layout *l, const struct en_fit_report *r)
{
    struct en_words *w = l->w;
    const struct en_style faint = faint_of(l);
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Hypothesis", 16, false},
                    {"Weight before", 8, true},
                    {"after", 8, true},
                    {"Log evidence", 9, true},
                    {r->has_wide ? "after, wider priors" : "", 9, true},
                    {"The way there", 36, false}},
        .count = 6,
        .scale = 0.9,
    };

    en_layout_heading(l, "Hypotheses of how the treatment works");
    en_layout_table_head(&t);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const struct en_fit_hypothesis *x = &r->hypotheses[h];
        const struct en_layout_cell cells[] = {
            {.text = en_words_print(w, "%s %s", x->id, x->name), .is_bold = true},
            {.text = en_words_fixed(w, x->prior_weight, 2)},
            {.text = en_words_fixed(w, x->weight, 3), .is_bold = true},
            {.text = en_words_fixed(w, x->log_evidence, 2)},
            {.text = r->has_wide ? en_words_fixed(w, x->wide_weight, 3) : ""},
            {.text = en_fit_steps(w, x)},
        };

        en_layout_table_row(&t, cells);
    }
    en_layout_space(l, 2.0);
    en_layout_text(
        l, &faint, 0.0,
        "The evidence is the probability of all fitted reports under a hypothesis; a "
        "difference of 2 in its logarithm is weak, of 5 strong. All hypotheses were fitted "
        "to the same reports with the same random numbers.");
}

static const char *contraction_text(struct en_words *w, double x)
{
    return x >= EN_FIT_IDENTIFIED ? en_words_fixed(w, x, 2) : "–";
}

static void put_quantities(struct en_layout *l, const struct en_fit_report *r)
{
    struct en_words *w = l->w;
    const struct en_style faint = faint_of(l), style = style_of(l);
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Quantity", 30, false},
                    {"Before: middle (90 %)", 17, false},
                    {"After", 17, false},
                    {"After, wider priors", 17, false},
                    {"H0", 5, true},
                    {"H1", 5, true},
                    {"H2", 5, true},
                    {"H3", 5, true}},
        .count = 8,
        .scale = 0.86,
    };

    en_layout_heading(l, "What the trials say about each quantity");
    en_layout_table_head(&t);
    for (size_t i = 0; i < EN_LEARNED_COUNT; i++) {
        const struct en_fit_quantity *q = &r->quantities[i];
        const bool is_identified = en_fit_contraction(r, i) >= EN_FIT_IDENTIFIED;
        struct en_layout_cell cells[8] = {
            {.text = en_words_print(w, "%s%s%s%s", q->meaning, *q->unit == '1' ? "" : " [",
                                    *q->unit == '1' ? "" : q->unit, *q->unit == '1' ? "" : "]"),
             .sub =
                 is_identified ? q->symbol : en_words_print(w, "%s · not identified", q->symbol)},
            {.text = en_fit_interval_words(w, &q->prior, 2)},
            {.text = en_fit_interval_words(w, &q->posterior, 2), .is_bold = is_identified},
            {.text = en_fit_interval_words(w, &q->wide, 2)},
        };

        for (size_t h = 0; h < EN_HYPOTHESES; h++) {
            cells[4 + h].text = contraction_text(w, q->contraction[h]);
        }
        en_layout_table_row(&t, cells);
    }
    en_layout_space(l, 2.0);
    en_layout_text(l, &faint, 0.0,
                   "H0 to H3: contraction, 1 less the variance after over that before; – is below "
                   "0.1, not identified. Intervals hold the middle 90 % over all hypotheses.");
    en_layout_text(l, &style, 0.0, en_fit_unidentified(w, r));
}

static void put_conditions(struct en_layout *l, const struct en_fit_report *r)
{
    struct en_words *w = l->w;
    const struct en_style faint = faint_of(l);
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Condition", 30, false},
                    {"Results", 7, true},
                    {"Contextual response", 20, false},
                    {"Half-time, factor", 20, false},
                    {"Specific effect, factor", 20, false}},
        .count = 5,
        .scale = 0.9,
    };

    if (r->condition_count == 0) {
        return;
    }
    en_layout_heading(l, "What differs between conditions");
    en_layout_table_head(&t);
    for (size_t c = 0; c < r->condition_count; c++) {
        const struct en_fit_condition *x = &r->conditions[c];
        const struct en_layout_cell cells[] = {
            {.text = x->title, .is_bold = true},
            {.text = en_words_print(w, "%zu", x->result_count)},
            {.text = en_fit_interval_words(w, &x->effect[EN_CONDITION_CONTEXT], 2)},
            {.text = en_fit_interval_words(w, &x->effect[EN_CONDITION_TIME], 2)},
            {.text = en_fit_interval_words(w, &x->effect[EN_CONDITION_SPECIFIC], 2)},
        };

        en_layout_table_row(&t, cells);
    }
    en_layout_space(l, 2.0);
    en_layout_text(
        l, &faint, 0.0,
        "Median and middle 90 %. Contextual response: share of baseline pain, beside the "
        "average condition; factors: 1 is the average condition, a negative effect is "
        "harm. A condition without results takes a draw from what differs between them.");
}

static void put_sensitivity(struct en_layout *l, const struct en_fit_report *r)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Result", 34, false},
                    {"Reported", 9, true},
                    {"Predicted (90 %)", 22, false},
                    {"with wider priors", 22, false}},
        .count = 4,
        .scale = 0.9,
    };

    if (!r->has_wide) {
        return;
    }
    en_layout_heading(l, en_words_print(w, "Sensitivity: every prior %s times as wide",
                                        en_words_number(w, r->wide_width, 2)));
    en_layout_table_head(&t);
    for (size_t i = 0; i < r->sensitivity_count; i++) {
        const struct en_fit_sensitivity *s = &r->sensitivity[i];
        const struct en_layout_cell cells[] = {
            {.text = s->id},
            {.text = en_fit_number(w, s->reported, 3)},
            {.text = en_fit_interval_words(w, &s->usual, 3)},
            {.text = en_fit_interval_words(w, &s->wide, 3)},
        };

        en_layout_table_row(&t, cells);
    }
}

static void put_outside(struct en_layout *l, const struct en_fit_report *r)
{
    struct en_words *w = l->w;
    const struct en_style style = style_of(l);
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Result", 40, false}, {"Reported", 12, true}, {"Predicted (90 %)", 30, false}},
        .count = 3,
        .scale = 0.9,
    };

    en_layout_heading(l, "Reported results outside the 90 % interval");
    for (size_t i = 0; i < r->panel_count; i++) {
        for (size_t k = 0; k < r->panels[i].count; k++) {
            const struct en_fit_result *x = &r->panels[i].results[k];
            const struct en_fit_interval q = {x->q.q05, x->q.q50, x->q.q95};
            const struct en_layout_cell cells[] = {
                {.text = en_words_print(w, "%s%s", x->id, x->is_fit ? "" : " (not fitted)")},
                {.text = en_fit_number(w, x->value, 3)},
                {.text = en_fit_interval_words(w, &q, 3)},
            };

            if (en_fit_is_inside(x)) {
                continue;
            }
            if (t.row == 0) {
                en_layout_table_head(&t);
            }
            en_layout_table_row(&t, cells);
        }
    }
    if (t.row == 0) {
        en_layout_text(l, &style, 0.0, "None.");
    }
}

static void put_steps(struct en_layout *l, const struct en_fit_report *r)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Hypothesis, step", 16, false},
                    {"Exponent", 12, true},
                    {"Effective sample size", 16, true},
                    {"Log evidence", 14, true},
                    {"Moves: tissue", 12, true},
                    {"response", 12, true},
                    {"conditions", 12, true}},
        .count = 7,
        .scale = 0.82,
    };

    if (!r->is_calibrated) {
        return;
    }
    en_layout_heading(l, "Steps from the prior to the posterior");
    en_layout_table_head(&t);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        for (size_t i = 0; i < r->hypotheses[h].step_count; i++) {
            const struct en_calibration_step *s = &r->hypotheses[h].steps[i];
            const struct en_layout_cell cells[] = {
                {.text = en_words_print(w, "%s, %zu", r->hypotheses[h].id, i + 1)},
                {.text = en_fit_number(w, s->exponent, 3)},
                {.text = en_words_fixed(w, s->ess, 0)},
                {.text = en_words_fixed(w, s->log_evidence, 2)},
                {.text = en_words_share(w, s->accepted[0])},
                {.text = en_words_share(w, s->accepted[1])},
                {.text = en_words_share(w, s->accepted[2])},
            };

            en_layout_table_row(&t, cells);
        }
    }
}

static void body(struct en_layout *l, const void *content)
{
    const struct en_fit_report *r = content;
    const struct en_style style = style_of(l), faint = faint_of(l);

    en_layout_title(l, "Calibration", "What published trials report and what the model predicts");
    if (!r->is_calibrated) {
        en_layout_box(l, EN_COLOUR_AMBER, "Before calibration", en_fit_method(l->w, r));
    } else {
        en_layout_text(l, &style, 0.0, en_fit_method(l->w, r));
    }
    en_layout_text(l, &style, 0.0, en_fit_summary(l->w, r));
    en_layout_text(l, &style, 0.0, en_fit_left_out(l->w, r));
    put_hypotheses(l, r);
    put_quantities(l, r);
    put_conditions(l, r);
    put_sensitivity(l, r);
    put_outside(l, r);
    en_layout_heading(l, "Reported and predicted, study by study");
    en_layout_text(l, &faint, 0.0, EN_FIT_LEGEND);
    en_fit_layout_panels(l, r->panels, r->panel_count);
    put_steps(l, r);
}

enum en_status en_fit_pdf(const struct en_fit_report *r, struct en_buf *pdf, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(EN_OUTPUT_MAX);
    struct en_words w = {.arena = &arena, .today = r->today};
    char date[EN_DATE_TEXT_MAX];
    const struct en_sheet sheet = {
        .title = "Calibration",
        .head_left = "Enthesis, healing model",
        .head_right = en_words_print(&w, "Calibration · %s", en_date_text(r->today, date)),
        .foot = en_words_print(&w, "Enthesis, knowledge %s", r->version),
        .today = r->today,
        .font = 8.6,
    };
    const enum en_status st = en_layout_write(&sheet, &w, body, r, pdf, err);

    en_arena_free(&arena);
    return st;
}
