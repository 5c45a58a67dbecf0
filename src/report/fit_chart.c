/* SPDX-License-Identifier: Apache-2.0 */
#include "report/fit_chart.h"

#include "base/text.h"

#include <math.h>

/* Colours of the arms of a panel, in the order of the fan chart; a further arm takes the last. */
static const struct en_colour ARMS[] = {
    {0.00, 0.33, 0.58},
    {0.80, 0.33, 0.00},
    {0.00, 0.50, 0.37},
    {0.35, 0.35, 0.35},
};

enum { TICKS_MAX = 12 };

struct plot {
    struct en_canvas *c;
    struct en_words *w;
    double left, right, top, bottom; /* [pt] */
    double low, high;                /* of the values, low at the bottom */
    double font;
};

static struct en_colour arm_colour(size_t arm)
{
    return ARMS[arm < EN_COUNT(ARMS) ? arm : EN_COUNT(ARMS) - 1];
}

/* Towards white. */
static struct en_colour pale(struct en_colour c, double share)
{
    return (struct en_colour){share + (1.0 - share) * c.red, share + (1.0 - share) * c.green,
                              share + (1.0 - share) * c.blue};
}

static double at(const struct plot *p, double value)
{
    const double share = (value - p->low) / (p->high - p->low);

    return p->bottom - fmin(fmax(share, 0.0), 1.0) * (p->bottom - p->top);
}

static struct en_style style_of(const struct plot *p, struct en_colour colour, enum en_align align)
{
    return (struct en_style){.size = p->font, .colour = colour, .align = align};
}

bool en_fit_is_inside(const struct en_fit_result *r)
{
    return r->value >= r->q.q05 && r->value <= r->q.q95;
}

/* A step of 1, 2 or 5 times a power of ten that cuts the range into at most five parts. */
static double step_of(double range)
{
    double step = pow(10.0, floor(log10(range / 5.0)));

    while (range / step > 5.0) {
        step *= range / step > 12.5 ? 5.0 : range / step > 10.0 ? 2.5 : 2.0;
    }
    return step;
}

/* Range of a panel's values, with 0 inside. */
static void fill_range(struct plot *p, const struct en_fit_panel *panel)
{
    double low = 0.0, high = 0.0;

    for (size_t i = 0; i < panel->count; i++) {
        const struct en_fit_result *r = &panel->results[i];

        low = fmin(fmin(low, r->value), fmin(r->q.q05, isnan(r->low) ? 0.0 : r->low));
        high = fmax(fmax(high, r->value), fmax(r->q.q95, isnan(r->high) ? 0.0 : r->high));
    }
    const double room = 0.04 * (high - low) + 1e-9;

    p->low = low < 0.0 ? panel->factor * (low - room) : 0.0;
    p->high = high > 0.0 ? panel->factor * (high + room) : 0.0;
}

static void draw_grid(const struct plot *p)
{
    const double step = step_of(p->high - p->low);
    const struct en_style s = style_of(p, EN_COLOUR_FAINT, EN_ALIGN_RIGHT);
    int ticks = 0;

    cairo_set_line_width(p->c->cr, 0.5);
    for (double v = ceil(p->low / step) * step; v <= p->high + 1e-9 && ticks < TICKS_MAX;
         v += step, ticks++) {
        const double value = fabs(v) < 1e-9 * step ? 0.0 : v;

        en_canvas_colour(p->c, value == 0.0 ? EN_COLOUR_FAINT : EN_COLOUR_RULE);
        en_canvas_line(p->c, p->left, at(p, value), p->right, at(p, value));
        (void)en_canvas_text(p->c, p->left - 3.0, at(p, value) - 0.68 * s.size, 0.0, &s,
                             en_words_number(p->w, value,
                                             step < 0.1   ? 2
                                             : step < 1.0 ? 1
                                                          : 0));
    }
}

/* Prediction and report of one result around x. */
static void draw_result(const struct plot *p, const struct en_fit_panel *panel,
                        const struct en_fit_result *r, double x, double width)
{
    const struct en_colour colour = arm_colour(r->arm_index);
    const double f = panel->factor, wide = fmin(0.62 * width, 11.0);
    const double y = at(p, f * r->value);

    en_canvas_fill(p->c, x - 0.5 * wide, at(p, f * r->q.q95), wide,
                   at(p, f * r->q.q05) - at(p, f * r->q.q95), pale(colour, 0.80));
    en_canvas_fill(p->c, x - 0.5 * wide, at(p, f * r->q.q75), wide,
                   at(p, f * r->q.q25) - at(p, f * r->q.q75), pale(colour, 0.52));
    en_canvas_colour(p->c, colour);
    cairo_set_line_width(p->c->cr, 1.2);
    en_canvas_line(p->c, x - 0.5 * wide, at(p, f * r->q.q50), x + 0.5 * wide, at(p, f * r->q.q50));
    en_canvas_colour(p->c, en_fit_is_inside(r) ? EN_COLOUR_INK : EN_COLOUR_RED);
    cairo_set_line_width(p->c->cr, 0.9);
    if (isfinite(r->low) && isfinite(r->high)) {
        en_canvas_line(p->c, x, at(p, f * r->low), x, at(p, f * r->high));
    }
    cairo_arc(p->c->cr, x, y, 1.9, 0.0, 2.0 * G_PI);
    if (r->is_fit) {
        cairo_fill(p->c->cr);
    } else {
        cairo_fill_preserve(p->c->cr);
        cairo_stroke(p->c->cr);
        cairo_arc(p->c->cr, x, y, 1.1, 0.0, 2.0 * G_PI);
        en_canvas_colour(p->c, EN_COLOUR_WHITE);
        cairo_fill(p->c->cr);
    }
}

static const char *week_text(struct en_words *w, double week)
{
    if (week >= 0.5) {
        return en_words_number(w, week, week < 10.0 ? 1 : 0);
    }
    const double days = 7.0 * week;

    return days >= 0.9 ? en_words_print(w, "%s d", en_words_number(w, days, 0))
                       : en_words_print(w, "%s h", en_words_number(w, 24.0 * days, 1));
}

/* Results stand side by side, those of a week together; weeks are named, not to scale. */
static void draw_results(const struct plot *p, const struct en_fit_panel *panel)
{
    const struct en_style s = style_of(p, EN_COLOUR_FAINT, EN_ALIGN_CENTRE);
    size_t weeks = 1;

    for (size_t i = 1; i < panel->count; i++) {
        weeks += panel->results[i].week != panel->results[i - 1].week;
    }
    /* Half a slot parts the weeks. */
    const double slots = (double)panel->count + 0.5 * (double)weeks;
    const double width = fmin((p->right - p->left) / slots, 22.0);
    double x = p->left + 0.25 * width;

    for (size_t i = 0, start = 0; i < panel->count; i++) {
        draw_result(p, panel, &panel->results[i], x + 0.5 * width, width);
        x += width;
        if (i + 1 == panel->count || panel->results[i + 1].week != panel->results[i].week) {
            const double middle = x - 0.5 * (double)(i + 1 - start) * width;

            (void)en_canvas_text(p->c, middle, p->bottom + 1.5, 0.0, &s,
                                 week_text(p->w, panel->results[i].week));
            start = i + 1;
            x += 0.5 * width;
        }
    }
}

/* Names of the arms in their colours, one line; gives its height. */
static double draw_legend(const struct plot *p, const struct en_fit_panel *panel, double y)
{
    double x = p->left;
    size_t next = 0;

    for (size_t i = 0; i < panel->count; i++) {
        const struct en_fit_result *r = &panel->results[i];

        if (r->arm_index != next) {
            continue;
        }
        struct en_style s = style_of(p, arm_colour(r->arm_index), EN_ALIGN_LEFT);
        const char *text = en_words_print(p->w, "■ %s", r->arm);
        PangoLayout *layout = en_canvas_layout(p->c, &s, 0.0, text);
        const double width = en_canvas_text_width(layout);

        g_object_unref(layout);
        s.is_one_line = true;
        if (p->right - x > 12.0) {
            (void)en_canvas_text(p->c, x, y, fmin(width + 1.0, p->right - x), &s, text);
        }
        x += width + 7.0;
        next++;
    }
    return 1.35 * p->font;
}

static double draw_head(const struct plot *p, const struct en_fit_panel *panel, double x, double y)
{
    struct en_style bold = style_of(p, EN_COLOUR_INK, EN_ALIGN_LEFT);
    struct en_style faint = style_of(p, EN_COLOUR_FAINT, EN_ALIGN_LEFT);
    double height;

    bold.is_bold = bold.is_one_line = faint.is_one_line = true;
    bold.size *= 1.1;
    height = en_canvas_text(p->c, x, y, p->right - x, &bold, panel->title);
    height += en_canvas_text(p->c, x, y + height, p->right - x, &faint, panel->outcome);
    return height + draw_legend(p, panel, y + height);
}

void en_fit_draw_panel(struct en_canvas *c, struct en_words *w, const struct en_fit_panel *panel,
                       const struct en_fit_box *box)
{
    struct plot p = {.c = c, .w = w, .font = box->font};

    p.left = box->x + 3.2 * box->font;
    p.right = box->x + box->width;
    p.bottom = box->y + box->height - 1.8 * box->font;
    fill_range(&p, panel);
    p.top = box->y + draw_head(&p, panel, box->x, box->y) + 0.6 * box->font;
    draw_grid(&p);
    draw_results(&p, panel);
}

/* Calibration of the predictions */

double en_fit_coverage(const double *pit, size_t count, double level)
{
    size_t inside = 0;

    for (size_t i = 0; i < count; i++) {
        inside += fabs(2.0 * pit[i] - 1.0) <= level;
    }
    return count > 0 ? (double)inside / (double)count : NAN;
}

void en_fit_histogram(const double *pit, size_t count, size_t bins[EN_FIT_BINS])
{
    for (size_t b = 0; b < EN_FIT_BINS; b++) {
        bins[b] = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const double place = floor(EN_FIT_BINS * pit[i]);

        bins[(size_t)fmin(fmax(place, 0.0), EN_FIT_BINS - 1)]++;
    }
}

/* Title, and the rectangle of the plot below it. */
static struct plot small_plot(struct en_canvas *c, struct en_words *w, const struct en_fit_box *box,
                              const char *title, const char *note)
{
    struct plot p = {.c = c, .w = w, .font = box->font, .low = 0.0, .high = 100.0};
    struct en_style bold = style_of(&p, EN_COLOUR_INK, EN_ALIGN_LEFT);
    const struct en_style faint = style_of(&p, EN_COLOUR_FAINT, EN_ALIGN_LEFT);
    double y = box->y;

    bold.is_bold = true;
    bold.size *= 1.1;
    y += en_canvas_text(c, box->x, y, box->width, &bold, title);
    y += en_canvas_text(c, box->x, y, box->width, &faint, note);
    p.left = box->x + 3.2 * box->font;
    p.right = box->x + box->width - box->font;
    p.top = y + 0.6 * box->font;
    p.bottom = box->y + box->height - 2.0 * box->font;
    return p;
}

static void draw_axis(const struct plot *p, const char *const *labels, size_t count)
{
    const struct en_style s = style_of(p, EN_COLOUR_FAINT, EN_ALIGN_CENTRE);

    for (size_t i = 0; i < count; i++) {
        const double share = count > 1 ? (double)i / (double)(count - 1) : 0.0;

        (void)en_canvas_text(p->c, p->left + share * (p->right - p->left), p->bottom + 2.0, 0.0, &s,
                             labels[i]);
    }
}

void en_fit_draw_pit(struct en_canvas *c, struct en_words *w, const double *pit, size_t count,
                     const struct en_fit_box *box)
{
    static const char *const LABELS[] = {"0", "0.5", "1"};
    size_t bins[EN_FIT_BINS], most = 1;
    struct plot p =
        small_plot(c, w, box, "Where the reported values fall in the predictions",
                   "results in tenths of the predicted distribution; flat is right, high "
                   "ends: too sure");
    const double width = (p.right - p.left) / EN_FIT_BINS;

    en_fit_histogram(pit, count, bins);
    for (size_t b = 0; b < EN_FIT_BINS; b++) {
        most = bins[b] > most ? bins[b] : most;
    }
    p.high = 1.1 * (double)most;
    draw_grid(&p);
    for (size_t b = 0; b < EN_FIT_BINS; b++) {
        const double y = at(&p, (double)bins[b]);

        en_canvas_fill(c, p.left + (double)b * width + 1.0, y, width - 2.0, p.bottom - y,
                       pale(ARMS[0], 0.35));
    }
    en_canvas_colour(c, EN_COLOUR_INK);
    cairo_set_line_width(c->cr, 1.0);
    en_canvas_line(c, p.left, at(&p, (double)count / EN_FIT_BINS), p.right,
                   at(&p, (double)count / EN_FIT_BINS));
    draw_axis(&p, LABELS, EN_COUNT(LABELS));
}

void en_fit_draw_coverage(struct en_canvas *c, struct en_words *w, const double *pit, size_t count,
                          const struct en_fit_box *box)
{
    static const char *const LABELS[] = {"0", "20", "40", "60", "80", "100 %"};
    enum { POINTS = 100 };
    struct plot p =
        small_plot(c, w, box, "How much the intervals cover",
                   "share of results [%] inside the central interval of each level; the "
                   "diagonal is right");

    draw_grid(&p);
    en_canvas_colour(c, EN_COLOUR_FAINT);
    cairo_set_line_width(c->cr, 0.8);
    en_canvas_line(c, p.left, p.bottom, p.right, p.top);
    for (int i = 0; i <= POINTS; i++) {
        const double level = (double)i / POINTS;
        const double x = p.left + level * (p.right - p.left);

        cairo_line_to(c->cr, x, at(&p, 100.0 * en_fit_coverage(pit, count, level)));
    }
    en_canvas_colour(c, ARMS[0]);
    cairo_set_line_width(c->cr, 1.6);
    cairo_stroke(c->cr);
    draw_axis(&p, LABELS, EN_COUNT(LABELS));
}
