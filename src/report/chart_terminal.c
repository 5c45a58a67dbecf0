/* SPDX-License-Identifier: Apache-2.0
 * report/chart_terminal: the fan chart as lines of text: plots in braille characters, axes, names.
 *
 * In the course of treatment two plots stand beside each other on the same axes: what was expected
 * of patients like this one before the first session, and what is expected of this one now. */
#include "report/chart_grid.h"
#include "report/page.h"

#include <assert.h>
#include <math.h>

enum {
    LEFT = 5,   /* columns of the y axis */
    RIGHT = 20, /* columns of the names */
    GAP = 2,    /* columns between two plots */
    /* 80 columns leave 26 to each of two plots: two weeks to a character, enough to tell sessions
     * and scores apart; with less the plots stand one below the other. */
    HALF_MIN = 24,
    WIDTH_MIN = 48,
    WIDTH_MAX = LEFT + GRID_COLUMNS_MAX + RIGHT
};

/* Plots side by side; the names are those of the last one. */
struct plots {
    struct grid *grids[2];
    size_t count;
};

struct labels {
    const char *text[GRID_ROWS];
};

/* Names of the arms and of the important change, at their rows or the nearest free ones. */
static void place_labels(const struct grid *g, struct labels *labels)
{
    const struct en_chart *chart = g->chart;
    const int decimals = chart->outcome == EN_OUTCOME_PAIN ? 1 : 0;
    double wanted[EN_FORECAST_ARMS_MAX + 1] = {0.0}, height[EN_FORECAST_ARMS_MAX + 1] = {0.0};
    double place[EN_FORECAST_ARMS_MAX + 1] = {0.0};
    const char *text[EN_FORECAST_ARMS_MAX + 1];
    size_t count = 0;

    for (size_t arm = 0; arm < chart->arm_count; arm++) {
        const double end = chart->median[arm][chart->count - 1];

        if (!en_words_is_shown(chart->forecast, arm)) {
            continue;
        }
        wanted[count] = grid_row(g, end) + 0.5;
        text[count++] = en_words_print(g->w, "%s %s %s", g->letter[arm],
                                       en_words_arm_short(chart->forecast, arm),
                                       en_words_fixed(g->w, end, decimals));
    }
    if (isfinite(chart->mic_level)) {
        wanted[count] = grid_row(g, chart->mic_level) + 0.5;
        text[count++] = en_words_print(g->w, "╌ important change");
    }
    for (size_t i = 0; i < count; i++) {
        height[i] = 1.0;
    }
    en_chart_spread(wanted, height, place, count, 0.0, GRID_ROWS);
    for (size_t i = 0; i < count; i++) {
        int row = (int)floor(place[i]);

        row = row < 0 ? 0 : row >= GRID_ROWS ? GRID_ROWS - 1 : row;
        while (row > 0 && labels->text[row] != NULL) {
            row--;
        }
        labels->text[row] = text[i];
    }
}

/* Between two plots: the second y axis without numbers. */
static void add_gap(struct en_buf *out, size_t plot, const char *axis)
{
    if (plot > 0) {
        en_buf_print(out, "%*s%s", GAP - 1, "", axis);
    }
}

static void add_rows(struct en_buf *out, const struct plots *p)
{
    const struct grid *last = p->grids[p->count - 1];
    struct labels labels = {{NULL}};

    assert(last != NULL);
    place_labels(last, &labels);
    for (int row = 0; row < GRID_ROWS; row++) {
        const bool is_tick = row % 6 == 0;
        const double score = last->chart->y_max * (1.0 - (double)row / (GRID_ROWS - 1));

        if (is_tick) {
            en_buf_print(out, "%*.0f ┤", LEFT - 2, score);
        } else {
            en_buf_print(out, "%*s│", LEFT - 1, "");
        }
        for (size_t i = 0; i < p->count; i++) {
            add_gap(out, i, is_tick ? "┤" : "│");
            grid_add_row(out, p->grids[i], row);
        }
        if (labels.text[row] != NULL) {
            en_buf_print(out, " %s", labels.text[row]);
        }
        en_buf_add(out, "\n");
    }
}

/* The axis, its weeks and the sessions; every mark stands at its column of the plot. */
static void add_axis(struct en_buf *out, const struct plots *p)
{
    en_buf_print(out, "%*s└", LEFT - 1, "");
    for (size_t i = 0; i < p->count; i++) {
        add_gap(out, i, "└");
        grid_add_axis(out, p->grids[i]);
    }
    en_buf_print(out, "\n%*s", LEFT, "");
    for (size_t i = 0; i < p->count; i++) {
        grid_add_weeks(out, p->grids[i]);
    }
    en_buf_print(out, "week\n%*s", LEFT, "");
    for (size_t i = 0; i < p->count; i++) {
        add_gap(out, i, " ");
        grid_add_sessions(out, p->grids[i]);
    }
    en_buf_add(out, "  sessions\n");
}

/* What the marks mean. */
static const char *legend(struct en_words *w, const struct en_chart *chart)
{
    const char *change =
        isfinite(chart->mic_level)
            ? en_words_print(w, " ╌: baseline less the minimal important change, %s.",
                             en_words_number(w, chart->mic, 1))
            : "";

    if (!isfinite(chart->today)) {
        return en_words_print(w,
                              "High is worse. Line: median of the plan; dense dots: middle 50 %%; "
                              "sparse dots: middle 90 %%; letters: medians of the others.%s",
                              change);
    }
    return en_words_print(w,
                          "High is worse. ● scores of this patient; ┊ today; ▲ session given, △ "
                          "planned. Line: median, left of the plan, right of going on; dense dots: "
                          "middle 50 %%; sparse dots: middle 90 %%; letters: medians of the "
                          "others.%s",
                          change);
}

static void add_notes(struct en_page *p, const struct en_chart *chart)
{
    const struct en_forecast *f = chart->forecast;

    en_page_text(p, LEFT, "", EN_INK_FAINT, legend(p->w, chart));
    en_page_text(p, LEFT, f->is_calibrated ? "" : "BEFORE CALIBRATION", EN_INK_YELLOW,
                 en_words_print(p->w, "Mixed over the hypotheses: %s.", en_words_weights(p->w, f)));
}

static enum en_status make_grid(struct en_words *w, const struct en_chart *chart, int columns,
                                struct plots *plots, struct en_err *err)
{
    struct grid *g = EN_NEW(w->arena, struct grid, 1);

    if (g == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the chart");
    }
    g->chart = chart;
    g->w = w;
    g->columns = columns;
    grid_draw(g);
    plots->grids[plots->count++] = g;
    return EN_OK;
}

/* Titles above the plots, each at its left edge. */
static void add_titles(struct en_page *p, const struct plots *plots, const char *const *titles)
{
    const char *left = titles[0];

    assert(plots->grids[0] != NULL);
    const int gap = plots->count == 1 ? 0 : plots->grids[0]->columns + GAP - en_page_columns(left);

    en_buf_print(p->out, "%*s%s%*s%s\n", LEFT, "", left, gap, "",
                 plots->count == 1 ? "" : titles[1]);
}

static void add_plots(struct en_page *p, const struct plots *plots)
{
    add_rows(p->out, plots);
    add_axis(p->out, plots);
}

/* Beside each other or, on a narrow page, one below the other. */
static enum en_status print_course(struct en_page *p, const struct en_report *r,
                                   const struct en_chart *now, struct en_err *err)
{
    static const char *const TITLES[] = {"before: patients like this one", "now: this patient"};
    const int all = p->width - LEFT - RIGHT, half = (all - GAP) / 2;
    const int columns = half < HALF_MIN ? all : half;
    struct plots left = {.count = 0}, right = {.count = 0};
    struct en_chart before;

    EN_TRY(en_chart_init_before(&before, p->w, r, now->outcome, err));
    EN_TRY(make_grid(p->w, &before, columns, &left, err));
    EN_TRY(make_grid(p->w, now, columns, columns == all ? &right : &left, err));
    add_titles(p, &left, TITLES);
    add_plots(p, &left);
    if (right.count > 0) {
        add_titles(p, &right, TITLES + 1);
        add_plots(p, &right);
    }
    return EN_OK;
}

static enum en_status print_chart(struct en_page *p, const struct en_report *r,
                                  enum en_outcome outcome, struct en_err *err)
{
    struct plots plots = {.count = 0};
    struct en_chart chart;

    EN_TRY(en_chart_init(&chart, p->w, r, outcome, err));
    en_page_text(p, 0, "", EN_INK_BOLD, chart.title);
    if (isfinite(chart.today) && r->outlook != NULL) {
        EN_TRY(print_course(p, r, &chart, err));
    } else {
        EN_TRY(make_grid(p->w, &chart, p->width - LEFT - RIGHT, &plots, err));
        add_plots(p, &plots);
    }
    add_notes(p, &chart);
    return en_buf_check(p->out, "the chart", err);
}

enum en_status en_chart_terminal(const struct en_report *r, enum en_outcome outcome, int width,
                                 struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge};
    struct en_page page = {.out = out, .w = &w};

    page.width = width == 0 ? 80 : width < WIDTH_MIN ? WIDTH_MIN : width;
    page.width = page.width > WIDTH_MAX ? WIDTH_MAX : page.width;
    enum en_status st = print_chart(&page, r, outcome, err);

    if (st == EN_OK && w.failed) {
        st = en_fail(err, EN_ENOMEM, "no memory for the words of the chart");
    }
    en_arena_free(&arena);
    return st;
}
