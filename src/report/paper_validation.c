/* SPDX-License-Identifier: Apache-2.0
 * report/paper_validation: a validation as a document and as one picture. */
#include "report/chart_draw.h"
#include "report/fit_chart.h"
#include "report/fit_words.h"
#include "report/layout.h"

#include "base/limits.h"

static const double GAP = 18.0, HEIGHT = 190.0;

/* Both charts of the calibration side by side. */
static void draw_charts(struct en_canvas *c, struct en_words *w, const struct en_fit_validation *v,
                        const struct en_fit_box *box)
{
    struct en_fit_box half = *box;

    half.width = 0.5 * (box->width - GAP);
    en_fit_draw_coverage(c, w, v->pit, v->pit_count, &half);
    half.x += half.width + GAP;
    en_fit_draw_pit(c, w, v->pit, v->pit_count, &half);
}

static void body(struct en_layout *l, const void *content)
{
    const struct en_fit_validation *v = content;
    const struct en_style style = en_layout_style(l, 1.0, false, EN_COLOUR_INK);
    const struct en_style faint = en_layout_style(l, 0.92, false, EN_COLOUR_FAINT);
    const char *warning = en_validation_warning(l->w, v);

    en_layout_title(l, "Validation", en_words_clean(l->w, v->file));
    if (*warning != '\0') {
        en_layout_box(l, EN_COLOUR_AMBER, "No validation in the strict sense", warning);
    }
    en_layout_text(l, &style, 0.0, en_validation_coverage(l->w, v));
    en_layout_text(l, &style, 0.0, en_validation_scores(l->w, v));
    en_layout_text(l, &style, 0.0, en_validation_contrasts(l->w, v));
    en_layout_need(l, HEIGHT);
    draw_charts(&l->canvas, l->w, v,
                &(struct en_fit_box){l->left, l->y + 4.0, l->right - l->left, HEIGHT, 7.2});
    en_layout_space(l, HEIGHT + 10.0);
    en_layout_heading(l, "Reported and predicted, study by study");
    en_layout_text(l, &faint, 0.0, EN_FIT_LEGEND);
    en_fit_layout_panels(l, v->panels, v->panel_count);
}

enum en_status en_validation_pdf(const struct en_fit_validation *v, struct en_buf *out,
                                 struct en_err *err)
{
    struct en_arena arena = EN_ARENA(EN_OUTPUT_MAX);
    struct en_words w = {.arena = &arena, .today = v->today};
    char date[EN_DATE_TEXT_MAX];
    const struct en_sheet sheet = {
        .title = "Validation",
        .head_left = "Enthesis, healing model",
        .head_right = en_words_print(&w, "Validation · %s", en_date_text(v->today, date)),
        .foot = en_words_print(&w, "Enthesis, knowledge %s", v->version),
        .today = v->today,
        .font = 8.6,
    };
    const enum en_status st = en_layout_write(&sheet, &w, body, v, out, err);

    en_arena_free(&arena);
    return st;
}

static enum en_status draw(const struct en_fit_validation *v, struct en_words *w,
                           struct en_buf *svg, struct en_err *err)
{
    static const struct en_fit_box BOX = {24.0, 18.0, 672.0, 260.0, 10.0};
    struct en_canvas c;

    EN_TRY(en_canvas_open(&c, EN_CANVAS_SVG, BOX.width + 48.0, BOX.height + 36.0, svg, err));
    en_canvas_fill(&c, 0.0, 0.0, c.width, c.height, EN_COLOUR_WHITE);
    draw_charts(&c, w, v, &BOX);
    return en_canvas_close(&c, err);
}

enum en_status en_validation_svg(const struct en_fit_validation *v, struct en_buf *out,
                                 struct en_err *err)
{
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .today = v->today};
    struct en_buf svg = EN_BUF(out->limit);
    enum en_status st = draw(v, &w, &svg, err);

    if (st == EN_OK) {
        en_chart_clean_svg(en_buf_text(&svg), "Calibration plot of a validation", out);
        st = en_buf_check(out, "the picture", err);
    }
    en_buf_free(&svg);
    en_arena_free(&arena);
    return st;
}
