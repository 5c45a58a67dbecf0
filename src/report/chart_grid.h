/* SPDX-License-Identifier: Apache-2.0
 * report/chart_grid: the plot of a fan chart in braille characters, 2 x 4 dots to a character.
 *
 * The median of the first arm is a solid line, its middle 50 % dense dots, its middle 90 % sparse
 * dots; the other arms are letters at the weeks of the forecast. In the course of treatment scores
 * are marks and today is a vertical line. */
#pragma once

#include "report/chart.h"

enum { GRID_ROWS = 13, GRID_COLUMNS_MAX = 160 };

struct grid {
    const struct en_chart *chart;
    struct en_words *w;
    int columns;
    bool dot[4 * GRID_ROWS][2 * GRID_COLUMNS_MAX];
    bool is_median[GRID_ROWS][GRID_COLUMNS_MAX];
    const char *over[GRID_ROWS][GRID_COLUMNS_MAX]; /* a character in place of the dots, NULL none */
    char letter[EN_FORECAST_ARMS_MAX][2];
};

/* A zeroed grid with chart, words and columns set: all of its dots and marks. */
void grid_draw(struct grid *g);

/* Row of characters of a score, 0 at the top. */
int grid_row(const struct grid *g, double score);

/* The lines of the plot, each g->columns wide without a newline: row 0 .. GRID_ROWS - 1, the axis
 * with ticks at the weeks, the weeks (two columns wider), the sessions. */
void grid_add_row(struct en_buf *out, const struct grid *g, int row);
void grid_add_axis(struct en_buf *out, const struct grid *g);
void grid_add_weeks(struct en_buf *out, const struct grid *g);
void grid_add_sessions(struct en_buf *out, const struct grid *g);
