/* SPDX-License-Identifier: Apache-2.0 */
#include "report/chart_grid.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* Dot column of a week, dot row of a score (0 at the top). */
static int dot_x(const struct grid *g, double week)
{
    return (int)lround(week / g->chart->x_max * (2 * g->columns - 1));
}

static int dot_y(const struct grid *g, double score)
{
    const double share = fmin(fmax(score / g->chart->y_max, 0.0), 1.0);

    return (int)lround((1.0 - share) * (4 * GRID_ROWS - 1));
}

int grid_row(const struct grid *g, double score)
{
    return dot_y(g, score) / 4;
}

/* Value of a curve at a week, straight between its points. */
static double curve(const struct en_chart *chart, const double *y, double week)
{
    size_t i = 1;

    if (chart->count == 1 || week <= chart->week[0]) {
        return y[0];
    }
    while (i + 1 < chart->count && chart->week[i] < week) {
        i++;
    }
    const double share = (week - chart->week[i - 1]) / (chart->week[i] - chart->week[i - 1]);

    return y[i - 1] + fmin(share, 1.0) * (y[i] - y[i - 1]);
}

/* Dots between two quantiles, where x and y are multiples of the steps. */
static void fill_band(struct grid *g, const double *low, const double *high, int step_x, int step_y)
{
    for (int x = dot_x(g, g->chart->week[0]); x < 2 * g->columns; x++) {
        const double week = x * g->chart->x_max / (2 * g->columns - 1);
        const int top = dot_y(g, curve(g->chart, high, week));
        const int bottom = dot_y(g, curve(g->chart, low, week));

        for (int y = top; y <= bottom; y++) {
            if (x % step_x == 0 && (y + x / step_x % 2 * (step_y / 2)) % step_y == 0) {
                g->dot[y][x] = true;
            }
        }
    }
}

/* Dots of a column from one row to another, both included; drawn or cleared. */
static void set_dots(struct grid *g, int x, int from, int to, bool is_drawn)
{
    for (int y = from < 0 ? 0 : from; y <= to && y < 4 * GRID_ROWS; y++) {
        g->dot[y][x] = is_drawn;
        g->is_median[y / 4][x / 2] = g->is_median[y / 4][x / 2] || is_drawn;
    }
}

/* The median, joined where it is steep. `margin` dots around it are cleared instead when it is
 * above 0, so that the line stands out from the bands. */
static void draw_median(struct grid *g, int margin)
{
    const double *y_of = g->chart->median[0];
    int before = dot_y(g, curve(g->chart, y_of, g->chart->week[0]));

    for (int x = dot_x(g, g->chart->week[0]); x < 2 * g->columns; x++) {
        const double week = x * g->chart->x_max / (2 * g->columns - 1);
        const int y = dot_y(g, curve(g->chart, y_of, week));
        const int from = before < y ? before + 1 : y;
        const int to = before > y ? before - 1 : y;

        set_dots(g, x, from - margin, to + margin, margin == 0);
        before = y;
    }
}

static void draw_change(struct grid *g)
{
    if (!isfinite(g->chart->mic_level)) {
        return;
    }
    const int row = grid_row(g, g->chart->mic_level);

    for (int column = 0; column < g->columns; column++) {
        if (!g->is_median[row][column] && g->over[row][column] == NULL) {
            g->over[row][column] = "╌";
        }
    }
}

/* From today on: what is over is told by the scores. */
static void draw_letters(struct grid *g)
{
    const struct en_chart *chart = g->chart;
    const double from = isfinite(chart->today) ? chart->today : 0.0;

    for (size_t arm = 1; arm < chart->arm_count; arm++) {
        for (size_t i = 0; i < chart->count; i++) {
            const int column = dot_x(g, chart->week[i]) / 2;
            const int row = grid_row(g, chart->median[arm][i]);

            if (en_words_is_shown(chart->forecast, arm) && chart->week[i] > from &&
                g->over[row][column] == NULL) {
                g->over[row][column] = g->letter[arm];
            }
        }
    }
}

static void name_arms(struct grid *g)
{
    for (size_t arm = 0; arm < g->chart->arm_count; arm++) {
        const char *id = g->chart->forecast->request.arms[arm].id;

        g->letter[arm][0] = '?';
        if (id != NULL && *id != '\0') {
            g->letter[arm][0] = g_ascii_toupper(*id);
        }
    }
}

/* The braille character of a cell: U+2800 and one bit per dot. */
static void add_cell(struct en_buf *out, const struct grid *g, int row, int column)
{
    static const unsigned BITS[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    unsigned bits = 0;
    char text[8] = {0};

    if (g->over[row][column] != NULL) {
        en_buf_add(out, g->over[row][column]);
        return;
    }
    for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 2; x++) {
            bits |= g->dot[4 * row + y][2 * column + x] ? BITS[y][x] : 0;
        }
    }
    if (bits == 0) {
        en_buf_add(out, " ");
        return;
    }
    (void)g_unichar_to_utf8(0x2800 + bits, text);
    en_buf_add(out, text);
}

/* Beyond an end of the axis an arrow stands in for the mark. A score is never hidden. */
static void draw_scores(struct grid *g)
{
    for (size_t i = 0; i < g->chart->score_count; i++) {
        const struct en_chart_score *s = &g->chart->scores[i];

        g->over[grid_row(g, s->value)][dot_x(g, s->week) / 2] = s->is_above   ? "↑"
                                                                : s->is_below ? "↓"
                                                                              : "●";
    }
}

/* A line where the plot is empty or holds the dots of a band. */
static void draw_today(struct grid *g)
{
    if (!(g->chart->today >= 0.0 && g->chart->today <= g->chart->x_max)) {
        return;
    }
    const int column = dot_x(g, g->chart->today) / 2;

    for (int row = 0; row < GRID_ROWS; row++) {
        if (!g->is_median[row][column] && g->over[row][column] == NULL) {
            g->over[row][column] = "┊";
        }
    }
}

void grid_draw(struct grid *g)
{
    const struct en_chart *chart = g->chart;

    name_arms(g);
    fill_band(g, chart->plan[0], chart->plan[4], 4, 4);
    fill_band(g, chart->plan[1], chart->plan[3], 2, 2);
    draw_median(g, 2);
    draw_median(g, 0);
    draw_scores(g);
    draw_letters(g);
    draw_today(g);
    draw_change(g);
}

void grid_add_row(struct en_buf *out, const struct grid *g, int row)
{
    for (int column = 0; column < g->columns; column++) {
        add_cell(out, g, row, column);
    }
}

void grid_add_axis(struct en_buf *out, const struct grid *g)
{
    const char *axis[GRID_COLUMNS_MAX];

    for (int i = 0; i < g->columns; i++) {
        axis[i] = "─";
    }
    for (size_t i = 0; i < g->chart->tick_count; i++) {
        axis[dot_x(g, g->chart->tick[i]) / 2] = "┴";
    }
    for (int i = 0; i < g->columns; i++) {
        en_buf_add(out, axis[i]);
    }
}

void grid_add_weeks(struct en_buf *out, const struct grid *g)
{
    const struct en_chart *chart = g->chart;
    char weeks[GRID_COLUMNS_MAX + 16];
    int free_from = 0;

    memset(weeks, ' ', sizeof weeks);
    for (size_t i = 0; i < chart->tick_count; i++) {
        const int column = dot_x(g, chart->tick[i]) / 2;
        const char *text = en_words_number(g->w, chart->tick[i], 1);
        const int size = (int)strlen(text);

        if (column >= free_from && size < 8) {
            memcpy(weeks + column, text, (size_t)size);
            free_from = column + size + 1;
        }
    }
    en_buf_add_bytes(out, weeks, (size_t)g->columns + 2);
}

static void mark_sessions(const struct grid *g, const double *week, size_t count,
                          const char *const *signs, const char **mark)
{
    for (size_t i = 0; i < count; i++) {
        if (week[i] >= 0.0 && week[i] <= g->chart->x_max) {
            mark[dot_x(g, week[i]) / 2] = signs[i];
        }
    }
}

void grid_add_sessions(struct en_buf *out, const struct grid *g)
{
    const struct en_chart *chart = g->chart;
    const char *mark[GRID_COLUMNS_MAX], *signs[EN_FORECAST_SESSIONS_MAX];
    const bool is_course = isfinite(chart->today);

    for (int i = 0; i < g->columns; i++) {
        mark[i] = " ";
    }
    for (size_t i = 0; i < chart->session_count; i++) {
        signs[i] = is_course || chart->session_is_optional[i] ? "△" : "▲";
    }
    mark_sessions(g, chart->session_week, chart->session_count, signs, mark);
    for (size_t i = 0; i < chart->given_count; i++) {
        signs[i] = "▲";
    }
    mark_sessions(g, chart->given_week, chart->given_count, signs, mark);
    for (int i = 0; i < g->columns; i++) {
        en_buf_add(out, mark[i]);
    }
}
