/* SPDX-License-Identifier: Apache-2.0
 * report/chart_search: benefit against burden. Every option is a dot, the front a line; what has a
 * net benefit as good as the largest lies on the shade. */
#include "report/chart_draw.h"
#include "report/words_search.h"

#include <math.h>

/* Size of the picture and of the plot in it [pt]. */
static const double WIDTH = 620.0, FONT = 9.0;
static const double LEFT = 46.0, RIGHT = 20.0, TOP = 52.0, PLOT = 240.0;

struct plot {
    struct en_canvas *c;
    struct en_words *w;
    const struct en_report_search *s;
    struct en_search_rows rows;
    double left, right, top, bottom; /* of the plot [pt] */
    double x_max, y_min, y_max, x_step, y_step;
};

static const struct en_search_result *result_of(const struct plot *p, size_t option)
{
    return &p->s->search->results[option];
}

static double at_burden(const struct plot *p, double burden)
{
    return p->left + burden / p->x_max * (p->right - p->left);
}

static double at_benefit(const struct plot *p, double benefit)
{
    return p->bottom - (benefit - p->y_min) / (p->y_max - p->y_min) * (p->bottom - p->top);
}

/* A step of 1, 2 or 5 times a power of ten that makes about five parts. */
static double nice_step(double range)
{
    const double rough = range / 5.0, power = pow(10.0, floor(log10(rough)));
    const double share = rough / power;

    return power * (share <= 1.0 ? 1.0 : share <= 2.0 ? 2.0 : share <= 5.0 ? 5.0 : 10.0);
}

static void fit(struct plot *p)
{
    double x = 0.0, low = 0.0, high = 0.0;

    for (size_t i = 0; i < p->s->candidates->count; i++) {
        x = fmax(x, result_of(p, i)->burden);
        low = fmin(low, result_of(p, i)->benefit);
        high = fmax(high, result_of(p, i)->benefit);
    }
    x = x > 0.0 ? x : 1.0;
    high = high > low ? high : low + 1.0;
    p->x_step = nice_step(x);
    p->y_step = nice_step(high - low);
    p->x_max = 1.02 * x;
    p->y_min = p->y_step * floor(low / p->y_step + 1e-9);
    p->y_max = high + 0.06 * (high - low);
}

static void draw_axes(const struct plot *p)
{
    const struct en_style right = {
        .size = FONT, .colour = EN_COLOUR_FAINT, .align = EN_ALIGN_RIGHT};
    const struct en_style centre = {
        .size = FONT, .colour = EN_COLOUR_FAINT, .align = EN_ALIGN_CENTRE};
    const struct en_style left = {.size = FONT, .colour = EN_COLOUR_FAINT};
    const int rows = (int)floor((p->y_max - p->y_min) / p->y_step);
    const int columns = (int)floor(p->x_max / p->x_step);

    cairo_set_line_width(p->c->cr, 0.5);
    for (int i = 0; i <= rows; i++) {
        const double value = p->y_min + i * p->y_step, y = at_benefit(p, value);

        en_canvas_colour(p->c, EN_COLOUR_RULE);
        en_canvas_line(p->c, p->left, y, p->right, y);
        (void)en_canvas_text(p->c, p->left - 9.0, y - 0.68 * FONT, 0.0, &right,
                             en_words_number(p->w, value, 2));
    }
    for (int i = 0; i <= columns; i++) {
        const double x = at_burden(p, i * p->x_step);

        en_canvas_colour(p->c, EN_COLOUR_FAINT);
        en_canvas_line(p->c, x, p->bottom, x, p->bottom + 3.0);
        (void)en_canvas_text(p->c, x, p->bottom + 6.0, 0.0, &centre,
                             en_words_number(p->w, i * p->x_step, 2));
    }
    en_canvas_colour(p->c, EN_COLOUR_FAINT);
    en_canvas_line(p->c, p->left, p->bottom, p->right, p->bottom);
    (void)en_canvas_text(p->c, p->left, p->bottom + 6.0 + 1.4 * FONT, 0.0, &left,
                         "burden, in important changes (a judgement, not yet approved)");
    (void)en_canvas_text(p->c, p->left, p->top - 1.9 * FONT, 0.0, &left,
                         "benefit beyond nothing, in important changes of pain and function");
}

/* Above the line of the largest net benefit less what counts as the same. */
static void draw_zone(const struct plot *p)
{
    const struct en_search *search = p->s->search;
    const double enough = search->results[search->best].net - p->s->question->same;
    cairo_t *cr = p->c->cr;

    cairo_save(cr);
    cairo_rectangle(cr, p->left, p->top, p->right - p->left, p->bottom - p->top);
    cairo_clip(cr);
    cairo_move_to(cr, at_burden(p, 0.0), at_benefit(p, enough));
    cairo_line_to(cr, at_burden(p, p->x_max), at_benefit(p, enough + p->x_max));
    cairo_line_to(cr, at_burden(p, p->x_max), p->top - 1000.0);
    cairo_line_to(cr, at_burden(p, 0.0), p->top - 1000.0);
    cairo_close_path(cr);
    en_canvas_colour(p->c, (struct en_colour){0.90, 0.955, 0.93});
    cairo_fill(cr);
    cairo_restore(cr);
}

static void draw_options(const struct plot *p)
{
    for (size_t i = 0; i < p->s->candidates->count; i++) {
        const struct en_search_result *r = result_of(p, i);

        cairo_arc(p->c->cr, at_burden(p, r->burden), at_benefit(p, r->benefit), 1.6, 0.0,
                  2.0 * G_PI);
        en_canvas_colour(p->c, (struct en_colour){0.62, 0.66, 0.70});
        cairo_fill(p->c->cr);
    }
}

/* The next member of the front by burden; SIZE_MAX after the last. */
static size_t next_on_front(const struct plot *p, size_t before)
{
    size_t next = SIZE_MAX;

    for (size_t i = 0; i < p->s->candidates->count; i++) {
        const struct en_search_result *r = result_of(p, i);

        if (r->is_on_front && (before == SIZE_MAX || r->burden > result_of(p, before)->burden) &&
            (next == SIZE_MAX || r->burden < result_of(p, next)->burden)) {
            next = i;
        }
    }
    return next;
}

/* What is reached at no more than a burden: a staircase. */
static void draw_front(const struct plot *p)
{
    cairo_t *cr = p->c->cr;
    double y = NAN;

    for (size_t i = next_on_front(p, SIZE_MAX); i != SIZE_MAX; i = next_on_front(p, i)) {
        const double x = at_burden(p, result_of(p, i)->burden);

        if (!isnan(y)) {
            cairo_line_to(cr, x, y);
        }
        y = at_benefit(p, result_of(p, i)->benefit);
        cairo_line_to(cr, x, y);
    }
    en_canvas_colour(p->c, EN_COLOUR_BLUE);
    cairo_set_line_width(cr, 1.1);
    cairo_stroke(cr);
}

static void draw_row(const struct plot *p, size_t row)
{
    const size_t option = p->rows.option[row];
    const bool is_preferred = option == p->s->search->preferred;
    const double x = at_burden(p, result_of(p, option)->burden);
    const double y = at_benefit(p, result_of(p, option)->benefit), radius = 0.72 * FONT;
    const struct en_style style = {
        .size = FONT, .is_bold = true, .colour = EN_COLOUR_WHITE, .align = EN_ALIGN_CENTRE};

    cairo_arc(p->c->cr, x, y, radius, 0.0, 2.0 * G_PI);
    en_canvas_colour(p->c, is_preferred ? EN_COLOUR_GREEN : EN_COLOUR_BLUE);
    cairo_fill_preserve(p->c->cr);
    en_canvas_colour(p->c, EN_COLOUR_WHITE);
    cairo_set_line_width(p->c->cr, 0.8);
    cairo_stroke(p->c->cr);
    (void)en_canvas_text(p->c, x, y - 0.72 * FONT, 0.0, &style, en_words_letter(p->w, row));
}

static double names_top(const struct plot *p)
{
    return p->bottom + 4.6 * FONT;
}

/* The lettered options in words, in two columns below the plot. */
static void draw_names(const struct plot *p)
{
    const double top = names_top(p), half = 0.5 * (WIDTH - LEFT);
    const size_t rows = (p->rows.count + 1) / 2;

    for (size_t i = 0; i < p->rows.count; i++) {
        const size_t option = p->rows.option[i];
        const bool is_preferred = option == p->s->search->preferred;
        const struct en_search_result *r = result_of(p, option);
        const struct en_style style = {
            .size = FONT,
            .is_bold = is_preferred,
            .is_one_line = true,
            .colour = is_preferred ? EN_COLOUR_GREEN : EN_COLOUR_INK,
        };
        const double x = p->left + (i < rows ? 0.0 : half);

        (void)en_canvas_text(
            p->c, x, top + 1.45 * FONT * (double)(i < rows ? i : i - rows), half - 12.0, &style,
            en_words_print(p->w, "%s  %s, net %s%s", en_words_letter(p->w, i),
                           en_words_option(p->w, p->s, option), en_words_fixed(p->w, r->net, 2),
                           is_preferred ? " (preferred)" : ""));
    }
}

static const char *title_of(struct en_words *w, const struct en_report *r)
{
    return en_words_print(w, "%s: %zu options, what more benefit costs in burden%s",
                          en_words_condition(w, r), r->search->candidates->count,
                          r->search->posterior->is_calibrated ? "" : ", before calibration");
}

static enum en_status write_picture(const struct en_report *r, struct en_words *w,
                                    enum en_canvas_kind kind, struct en_buf *out,
                                    struct en_err *err)
{
    struct en_canvas c;
    const struct en_style title = {.size = 1.25 * FONT, .is_bold = true, .colour = EN_COLOUR_INK};
    const struct en_style note = {.size = FONT, .colour = EN_COLOUR_GREEN, .align = EN_ALIGN_RIGHT};
    struct plot p = {.c = &c,
                     .w = w,
                     .s = r->search,
                     .rows = en_search_rows(r->search),
                     .left = LEFT,
                     .right = WIDTH - RIGHT,
                     .top = TOP,
                     .bottom = TOP + PLOT};

    const size_t lines = (p.rows.count + 1) / 2;
    const double height = names_top(&p) + 1.45 * FONT * (double)lines + 1.2 * FONT;

    EN_TRY(en_canvas_open(&c, kind, WIDTH, height, out, err));
    fit(&p);
    en_canvas_fill(&c, 0.0, 0.0, WIDTH, height, EN_COLOUR_WHITE);
    (void)en_canvas_text(&c, LEFT, 10.0, WIDTH - LEFT - RIGHT, &title, title_of(w, r));
    draw_zone(&p);
    draw_axes(&p);
    draw_options(&p);
    draw_front(&p);
    for (size_t i = 0; i < p.rows.count; i++) {
        draw_row(&p, i);
    }
    (void)en_canvas_text(&c, p.right, TOP - 1.9 * FONT, 0.0, &note,
                         "on green: net benefit as good as the largest");
    draw_names(&p);
    return en_canvas_close(&c, err);
}

enum en_status en_search_chart_write(const struct en_report *r, enum en_chart_format format,
                                     struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge};
    struct en_buf svg = EN_BUF(out->limit);
    enum en_status st;

    if (format == EN_CHART_PNG) {
        st = write_picture(r, &w, EN_CANVAS_PNG, out, err);
    } else {
        st = write_picture(r, &w, EN_CANVAS_SVG, &svg, err);
        if (st == EN_OK) {
            en_chart_clean_svg(en_buf_text(&svg), title_of(&w, r), out);
        }
    }
    if (st == EN_OK && w.failed) {
        st = en_fail(err, EN_ENOMEM, "no memory for the words of the chart");
    }
    if (st == EN_OK) {
        st = en_buf_check(out, "the chart", err);
    }
    en_buf_free(&svg);
    en_arena_free(&arena);
    return st;
}
