/* SPDX-License-Identifier: Apache-2.0
 * report/chart_terminal: the fan chart in braille characters, 2 x 4 dots to a character.
 *
 * The plan's median is a solid line, its middle 50 % dense dots, its middle 90 % sparse dots; the
 * other arms are letters at the weeks of the forecast, named at the right end. */
#include "report/chart.h"
#include "report/page.h"

#include <assert.h>
#include <glib.h>
#include <math.h>
#include <string.h>

enum {
    ROWS = 13,
    COLUMNS_MAX = 160,
    LEFT = 5,   /* columns of the y axis */
    RIGHT = 20, /* columns of the names */
    WIDTH_MIN = 48,
    WIDTH_MAX = LEFT + COLUMNS_MAX + RIGHT
};

struct grid {
    const struct en_chart *chart;
    struct en_words *w;
    int columns;
    bool dot[4 * ROWS][2 * COLUMNS_MAX];
    bool is_median[ROWS][COLUMNS_MAX];
    const char *over[ROWS][COLUMNS_MAX]; /* a character in place of the dots, NULL none */
    char letter[EN_FORECAST_ARMS_MAX][2];
};

/* Dot column of a week, dot row of a score (0 at the top). */
static int dot_x(const struct grid *g, double week)
{
    return (int)lround(week / g->chart->x_max * (2 * g->columns - 1));
}

static int dot_y(const struct grid *g, double score)
{
    const double share = fmin(fmax(score / g->chart->y_max, 0.0), 1.0);

    return (int)lround((1.0 - share) * (4 * ROWS - 1));
}

/* Row of characters of a score. */
static int row_of(const struct grid *g, double score)
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
    for (int y = from < 0 ? 0 : from; y <= to && y < 4 * ROWS; y++) {
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
    const int row = row_of(g, g->chart->mic_level);

    for (int column = 0; column < g->columns; column++) {
        if (!g->is_median[row][column] && g->over[row][column] == NULL) {
            g->over[row][column] = "╌";
        }
    }
}

static void draw_letters(struct grid *g)
{
    const struct en_chart *chart = g->chart;

    for (size_t arm = 1; arm < chart->arm_count; arm++) {
        for (size_t i = 0; i < chart->count; i++) {
            const int column = dot_x(g, chart->week[i]) / 2;
            const int row = row_of(g, chart->median[arm][i]);

            if (chart->week[i] > 0.0 && g->over[row][column] == NULL) {
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

struct labels {
    const char *text[ROWS];
};

/* Names of the arms and of the important change, at their rows or the nearest free ones. */
static void place_labels(const struct grid *g, struct labels *labels)
{
    const struct en_chart *chart = g->chart;
    const int decimals = chart->outcome == EN_OUTCOME_PAIN ? 1 : 0;
    double wanted[EN_FORECAST_ARMS_MAX + 1], height[EN_FORECAST_ARMS_MAX + 1];
    double place[EN_FORECAST_ARMS_MAX + 1];
    const char *text[EN_FORECAST_ARMS_MAX + 1];
    size_t count = 0;

    for (; count < chart->arm_count; count++) {
        const double end = chart->median[count][chart->count - 1];

        wanted[count] = row_of(g, end) + 0.5;
        text[count] = en_words_print(g->w, "%s %s %s", g->letter[count],
                                     chart->forecast->request.arms[count].id,
                                     en_words_fixed(g->w, end, decimals));
    }
    if (isfinite(chart->mic_level)) {
        wanted[count] = row_of(g, chart->mic_level) + 0.5;
        text[count++] = en_words_print(g->w, "╌ important change");
    }
    for (size_t i = 0; i < count; i++) {
        height[i] = 1.0;
    }
    en_chart_spread(wanted, height, place, count, 0.0, ROWS);
    for (size_t i = 0; i < count; i++) {
        int row = (int)floor(place[i]);

        row = row < 0 ? 0 : row >= ROWS ? ROWS - 1 : row;
        while (row > 0 && labels->text[row] != NULL) {
            row--;
        }
        labels->text[row] = text[i];
    }
}

static void add_rows(struct en_buf *out, const struct grid *g)
{
    struct labels labels = {{NULL}};

    place_labels(g, &labels);
    for (int row = 0; row < ROWS; row++) {
        const bool is_tick = row % 6 == 0;
        const double score = g->chart->y_max * (1.0 - (double)row / (ROWS - 1));

        if (is_tick) {
            en_buf_print(out, "%*.0f ┤", LEFT - 2, score);
        } else {
            en_buf_print(out, "%*s│", LEFT - 1, "");
        }
        for (int column = 0; column < g->columns; column++) {
            add_cell(out, g, row, column);
        }
        if (labels.text[row] != NULL) {
            en_buf_print(out, " %s", labels.text[row]);
        }
        en_buf_add(out, "\n");
    }
}

/* The axis, its weeks and the sessions; every mark stands at its column of the plot. */
static void add_axis(struct en_buf *out, const struct grid *g)
{
    const struct en_chart *chart = g->chart;
    const char *axis[COLUMNS_MAX], *mark[COLUMNS_MAX];
    char weeks[COLUMNS_MAX + 16];
    int free_from = 0;

    memset(weeks, ' ', sizeof weeks);
    for (int i = 0; i < g->columns; i++) {
        axis[i] = "─";
        mark[i] = " ";
    }
    if (chart->week[0] > 0.0) { /* the baseline is unknown, the axis still starts at 0 */
        weeks[0] = '0';
        free_from = 2;
    }
    for (size_t i = 0; i < chart->count; i++) {
        const int column = dot_x(g, chart->week[i]) / 2;
        const char *text = en_words_number(g->w, chart->week[i], 1);
        const int size = (int)strlen(text);

        axis[column] = "┴";
        if (column >= free_from && size < 8) {
            memcpy(weeks + column, text, (size_t)size);
            free_from = column + size + 1;
        }
    }
    for (size_t i = 0; i < chart->session_count; i++) {
        if (chart->session_week[i] >= 0.0 && chart->session_week[i] <= chart->x_max) {
            const int column = dot_x(g, chart->session_week[i]) / 2;

            mark[column] = chart->session_is_optional[i] ? "△" : "▲";
        }
    }
    en_buf_print(out, "%*s└", LEFT - 1, "");
    for (int i = 0; i < g->columns; i++) {
        en_buf_add(out, axis[i]);
    }
    en_buf_print(out, "\n%*s", LEFT, "");
    en_buf_add_bytes(out, weeks, (size_t)g->columns + 2);
    en_buf_print(out, "week\n%*s", LEFT, "");
    for (int i = 0; i < g->columns; i++) {
        en_buf_add(out, mark[i]);
    }
    en_buf_add(out, "  sessions\n");
}

static void add_notes(struct en_page *p, const struct en_chart *chart)
{
    const struct en_forecast *f = chart->forecast;
    const char *change =
        isfinite(chart->mic_level)
            ? en_words_print(p->w, " ╌: baseline less the minimal important change, %s.",
                             en_words_number(p->w, chart->mic, 1))
            : "";

    en_page_text(
        p, LEFT, "", EN_INK_FAINT,
        en_words_print(p->w,
                       "High is worse. Line: median of the plan; dense dots: middle 50 %%; "
                       "sparse dots: middle 90 %%; letters: medians of the others.%s",
                       change));
    en_page_text(p, LEFT, f->is_calibrated ? "" : "BEFORE CALIBRATION", EN_INK_YELLOW,
                 en_words_print(p->w, "Mixed over the hypotheses: %s.", en_words_weights(p->w, f)));
}

enum en_status en_chart_terminal(const struct en_report *r, enum en_outcome outcome, int width,
                                 struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge};
    struct en_page page = {.out = out, .w = &w};
    struct en_chart chart;
    enum en_status st = en_chart_init(&chart, &w, r, outcome, err);

    page.width = width == 0 ? 80 : width < WIDTH_MIN ? WIDTH_MIN : width;
    page.width = page.width > WIDTH_MAX ? WIDTH_MAX : page.width;
    struct grid *g = EN_NEW(&arena, struct grid, 1);

    if (st == EN_OK && g == NULL) {
        st = en_fail(err, EN_ENOMEM, "no memory for the chart");
    }
    if (st == EN_OK) {
        g->chart = &chart;
        g->w = &w;
        g->columns = page.width - LEFT - RIGHT;
        name_arms(g);
        fill_band(g, chart.plan[0], chart.plan[4], 4, 4);
        fill_band(g, chart.plan[1], chart.plan[3], 2, 2);
        draw_median(g, 2);
        draw_median(g, 0);
        draw_letters(g);
        draw_change(g);
        en_page_text(&page, 0, "", EN_INK_BOLD, chart.title);
        add_rows(out, g);
        add_axis(out, g);
        add_notes(&page, &chart);
        st = en_buf_check(out, "the chart", err);
    }
    if (st == EN_OK && w.failed) {
        st = en_fail(err, EN_ENOMEM, "no memory for the words of the chart");
    }
    en_arena_free(&arena);
    return st;
}
