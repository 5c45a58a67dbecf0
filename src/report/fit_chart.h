/* SPDX-License-Identifier: Apache-2.0
 * report/fit_chart: charts of reported against predicted results, drawn into a box of a canvas. */
#pragma once

#include "report/canvas.h"
#include "report/fit.h"
#include "report/words.h"

struct en_fit_box {
    double x, y, width, height; /* [pt] */
    double font;                /* of the smallest text [pt] */
};

/* A panel: for each week and arm the middle 90 % and 50 % of the prediction as bars, the reported
 * value with its 95 % interval as a dot, red where it lies outside. */
void en_fit_draw_panel(struct en_canvas *c, struct en_words *w, const struct en_fit_panel *p,
                       const struct en_fit_box *box);

/* Histogram of the probability integral transform, flat when predictions are right. */
void en_fit_draw_pit(struct en_canvas *c, struct en_words *w, const double *pit, size_t count,
                     const struct en_fit_box *box);

/* Share of results inside the central interval, for every level; the diagonal is right. */
void en_fit_draw_coverage(struct en_canvas *c, struct en_words *w, const double *pit, size_t count,
                          const struct en_fit_box *box);

/* Share of results within the central interval of a level. */
double en_fit_coverage(const double *pit, size_t count, double level);
/* Counts of pit in EN_FIT_BINS equal bins. */
enum { EN_FIT_BINS = 10 };
void en_fit_histogram(const double *pit, size_t count, size_t bins[EN_FIT_BINS]);

/* Panels two by two down the pages of a document. */
struct en_layout;
void en_fit_layout_panels(struct en_layout *l, const struct en_fit_panel *panels, size_t count);
