/* SPDX-License-Identifier: Apache-2.0
 * report/chart_draw: a fan chart drawn into a box of a canvas. */
#pragma once

#include "report/canvas.h"
#include "report/chart.h"

struct en_chart_box {
    double x, y, width, height; /* [pt] */
    double font;                /* size of the smallest text [pt] */
    const char *title;          /* one or two lines above the plot; NULL none */
    bool is_small;              /* a small multiple: plan and second arm only, short labels */
    bool is_half;               /* one of two beside each other: short labels */
    bool is_pale;               /* what it shows is no longer the latest */
};

void en_chart_draw(struct en_canvas *c, struct en_words *w, const struct en_chart *chart,
                   const struct en_chart_box *box);

/* Before, pale, and now side by side on the same axes, with what the record holds on both; the
 * title stands above them. */
void en_chart_draw_course(struct en_canvas *c, struct en_words *w, const struct en_chart *before,
                          const struct en_chart *now, const struct en_chart_box *box);

/* The four hypotheses side by side, each with the plan and the second arm; the title above each
 * names it. The chart is left at EN_MIXED. */
EN_MUST_USE enum en_status en_chart_draw_hypotheses(struct en_canvas *c, struct en_words *w,
                                                    struct en_chart *chart,
                                                    const struct en_chart_box *box,
                                                    struct en_err *err);

/* cairo numbers its surfaces over the whole run of the program: the name of the outermost group
 * would differ between two equal drawings, and is taken out. A title goes in for screen readers. */
void en_chart_clean_svg(const char *svg, const char *title, struct en_buf *out);
