/* SPDX-License-Identifier: Apache-2.0
 * report/chart_trial: the arms of a trial over the weeks, and their differences from the last. */
#include "report/chart_trial.h"

#include "report/chart_draw.h"

#include <math.h>

/* Colours of the arms: palette that stays apart with any colour vision (Okabe and Ito 2008), dark
 * enough for lines; dashes tell them apart in grey. */
static const struct look {
    struct en_colour colour;
    double dash[2];
} LOOKS[EN_TRIAL_ARMS_MAX] = {
    {{0.00, 0.33, 0.58}, {0.0, 0.0}}, {{0.80, 0.33, 0.00}, {5.0, 2.0}},
    {{0.00, 0.50, 0.37}, {1.6, 1.6}}, {{0.60, 0.30, 0.50}, {7.0, 2.0}},
    {{0.35, 0.35, 0.35}, {0.0, 0.0}}, {{0.55, 0.42, 0.00}, {5.0, 2.0}},
    {{0.20, 0.55, 0.75}, {1.6, 1.6}}, {{0.40, 0.10, 0.10}, {7.0, 2.0}},
};

/* One panel and the mapping of weeks and values to it. */
struct plot {
    struct en_canvas *c;
    struct en_words *w;
    const struct en_trial_report *r;
    const struct en_trial_cell *cells; /* of arms, or contrasts */
    struct en_trial_words words;
    size_t outcome, arm_count;
    bool is_contrast;
    double font;
    double left, right, top, bottom; /* of the plot itself [pt] */
    double x_max, low, high, step;   /* of the axes */
};

static const struct en_predictive *predictive(const struct plot *p, size_t arm, size_t week)
{
    return &p->cells[en_trial_at(p->r->result->trial, EN_HYPOTHESES, arm, p->outcome, week)]
                .predictive;
}

static double at_week(const struct plot *p, double week)
{
    return p->left + week / p->x_max * (p->right - p->left);
}

static double at_value(const struct plot *p, double value)
{
    const double share = (p->words.factor * value - p->low) / (p->high - p->low);

    return p->bottom - share * (p->bottom - p->top);
}

/* A step of 1, 2 or 5 times a power of ten that makes about five parts. */
static double nice_step(double range)
{
    const double rough = range / 5.0, power = pow(10.0, floor(log10(rough)));
    const double share = rough / power;

    return power * (share <= 1.0 ? 1.0 : share <= 2.0 ? 2.0 : share <= 5.0 ? 5.0 : 10.0);
}

/* Axes that hold all intervals and zero. */
static void fit(struct plot *p)
{
    const struct en_trial *t = p->r->result->trial;
    double low = 0.0, high = 0.0;

    for (size_t arm = 0; arm < p->arm_count; arm++) {
        for (size_t week = 0; week < t->week_count; week++) {
            const struct en_predictive *q = predictive(p, arm, week);

            low = fmin(low, p->words.factor * q->q05); /* NAN is left out */
            high = fmax(high, p->words.factor * q->q95);
        }
    }
    p->step = high - low > 0.0 ? nice_step(high - low) : 1.0;
    p->low = p->step * floor(low / p->step + 1e-9);
    p->high = p->step * ceil(high / p->step - 1e-9);
    if (!(p->high > p->low)) {
        p->high = p->low + p->step;
    }
    p->x_max = t->weeks[t->week_count - 1];
}

static void draw_axes(const struct plot *p)
{
    const struct en_trial *t = p->r->result->trial;
    const struct en_style right = {
        .size = p->font, .colour = EN_COLOUR_FAINT, .align = EN_ALIGN_RIGHT};
    const struct en_style centre = {
        .size = p->font, .colour = EN_COLOUR_FAINT, .align = EN_ALIGN_CENTRE};
    const int parts = (int)lround((p->high - p->low) / p->step);
    double free_from = p->left + 1.0 * p->font;

    for (int i = 0; i <= parts; i++) {
        const double value = p->low + i * p->step;
        const double y = at_value(p, value / p->words.factor);
        const bool is_zero = fabs(value) < 1e-9 * p->step;

        en_canvas_colour(p->c, is_zero ? EN_COLOUR_FAINT : EN_COLOUR_RULE);
        cairo_set_line_width(p->c->cr, is_zero ? 0.9 : 0.5);
        en_canvas_line(p->c, p->left, y, p->right, y);
        (void)en_canvas_text(p->c, p->left - 4.0, y - 0.68 * p->font, 0.0, &right,
                             en_words_number(p->w, value, 3));
    }
    (void)en_canvas_text(p->c, p->left, p->bottom + 2.0, 0.0, &centre, "0");
    for (size_t i = 0; i < t->week_count; i++) {
        const double x = at_week(p, t->weeks[i]);

        en_canvas_colour(p->c, EN_COLOUR_FAINT);
        en_canvas_line(p->c, x, p->bottom, x, p->bottom + 2.0);
        if (x >= free_from) {
            (void)en_canvas_text(p->c, x, p->bottom + 2.0, 0.0, &centre,
                                 en_words_number(p->w, t->weeks[i], 1));
            free_from = x + 1.35 * p->font;
        }
    }
}

static void set_ink(const struct plot *p, size_t arm, double alpha)
{
    const struct en_colour colour = LOOKS[arm].colour;

    cairo_set_source_rgba(p->c->cr, colour.red, colour.green, colour.blue, alpha);
}

/* Weeks at which the arm has somebody left; the others are left out. Gives their number. */
static size_t known_weeks(const struct plot *p, size_t arm, size_t weeks[EN_TRIAL_WEEKS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < p->r->result->trial->week_count; i++) {
        const struct en_predictive *q = predictive(p, arm, i);

        if (isfinite(q->q05) && isfinite(q->q50) && isfinite(q->q95)) {
            weeks[count++] = i;
        }
    }
    return count;
}

/* A shade from 5 % to 95 %; changes begin at zero. */
static void draw_shade(const struct plot *p, size_t arm)
{
    const double *at = p->r->result->trial->weeks;
    size_t weeks[EN_TRIAL_WEEKS_MAX];
    const size_t count = known_weeks(p, arm, weeks);

    cairo_move_to(p->c->cr, at_week(p, 0.0), at_value(p, 0.0));
    for (size_t i = 0; i < count; i++) {
        cairo_line_to(p->c->cr, at_week(p, at[weeks[i]]),
                      at_value(p, predictive(p, arm, weeks[i])->q95));
    }
    for (size_t i = count; i-- > 0;) {
        cairo_line_to(p->c->cr, at_week(p, at[weeks[i]]),
                      at_value(p, predictive(p, arm, weeks[i])->q05));
    }
    cairo_close_path(p->c->cr);
    set_ink(p, arm, 0.09);
    cairo_fill(p->c->cr);
}

/* Bars of neighbouring arms stand beside each other. */
static double beside(const struct plot *p, size_t arm)
{
    return 0.32 * p->font * ((double)arm - 0.5 * (double)(p->arm_count - 1));
}

static void draw_bars(const struct plot *p, size_t arm)
{
    size_t weeks[EN_TRIAL_WEEKS_MAX];
    const size_t count = known_weeks(p, arm, weeks);

    for (size_t i = 0; i < count; i++) {
        const struct en_predictive *q = predictive(p, arm, weeks[i]);
        const double x = at_week(p, p->r->result->trial->weeks[weeks[i]]) + beside(p, arm);

        set_ink(p, arm, 1.0);
        cairo_set_line_width(p->c->cr, 0.7);
        en_canvas_line(p->c, x, at_value(p, q->q05), x, at_value(p, q->q95));
        cairo_set_line_width(p->c->cr, 0.22 * p->font);
        en_canvas_line(p->c, x, at_value(p, q->q25), x, at_value(p, q->q75));
        cairo_arc(p->c->cr, x, at_value(p, q->q50), 0.21 * p->font, 0.0, 2.0 * G_PI);
        cairo_fill(p->c->cr);
    }
}

static void draw_median(const struct plot *p, size_t arm)
{
    const struct look *look = &LOOKS[arm];
    size_t weeks[EN_TRIAL_WEEKS_MAX];
    const size_t count = known_weeks(p, arm, weeks);

    cairo_move_to(p->c->cr, at_week(p, 0.0), at_value(p, 0.0));
    for (size_t i = 0; i < count; i++) {
        cairo_line_to(p->c->cr, at_week(p, p->r->result->trial->weeks[weeks[i]]) + beside(p, arm),
                      at_value(p, predictive(p, arm, weeks[i])->q50));
    }
    set_ink(p, arm, 1.0);
    cairo_set_line_width(p->c->cr, arm == 0 ? 1.6 : 1.1);
    cairo_set_dash(p->c->cr, look->dash, look->dash[0] > 0.0 ? 2 : 0, 0.0);
    cairo_stroke(p->c->cr);
    cairo_set_dash(p->c->cr, NULL, 0, 0.0);
}

/* A panel within x .. x + width, its title above it. */
static void draw_panel(struct plot *p, const struct en_trial_panel *box)
{
    const struct en_style bold = {
        .size = p->font * 1.06, .is_bold = true, .is_one_line = true, .colour = EN_COLOUR_INK};
    const struct en_style faint = {.size = p->font, .is_one_line = true, .colour = EN_COLOUR_FAINT};
    const struct en_trial *t = p->r->result->trial;
    double y = box->y;

    y += en_canvas_text(p->c, box->x, y, box->width, &bold,
                        p->is_contrast
                            ? en_words_print(p->w, "Difference from %s",
                                             en_words_clean(p->w, t->arms[t->arm_count - 1].name))
                            : p->words.title);
    y += en_canvas_text(p->c, box->x, y, box->width, &faint,
                        p->is_contrast ? p->words.title : p->words.better);
    p->left = box->x + 2.8 * p->font;
    p->right = box->x + box->width - 4.0 - 1.6 * (double)p->arm_count;
    p->top = y + 0.5 * p->font;
    p->bottom = box->y + box->height - 1.6 * p->font;
    fit(p);
    for (size_t arm = p->arm_count; arm-- > 0;) {
        draw_shade(p, arm);
    }
    draw_axes(p);
    for (size_t arm = p->arm_count; arm-- > 0;) {
        draw_median(p, arm);
        draw_bars(p, arm);
    }
}

void en_trial_row_draw(struct en_canvas *c, struct en_words *w, const struct en_trial_report *r,
                       size_t outcome, const struct en_trial_panel *box)
{
    const struct en_trial *t = r->result->trial;
    const double gap = 16.0;
    struct en_trial_panel part = *box;
    struct plot p = {
        .c = c,
        .w = w,
        .r = r,
        .cells = r->result->arms,
        .words = en_trial_words(w, &t->outcomes[outcome]),
        .outcome = outcome,
        .arm_count = t->arm_count,
        .font = box->font,
    };

    part.width = 0.5 * (box->width - gap);
    draw_panel(&p, &part);
    if (t->arm_count > 1) {
        p.cells = r->result->contrasts;
        p.arm_count = t->arm_count - 1;
        p.is_contrast = true;
        part.x += part.width + gap;
        draw_panel(&p, &part);
    }
}

double en_trial_legend_draw(struct en_canvas *c, struct en_words *w,
                            const struct en_trial_report *r, const struct en_trial_panel *box)
{
    const struct en_trial *t = r->result->trial;
    const double line = 1.5 * box->font;
    double x = box->x, y = box->y;

    for (size_t arm = 0; arm < t->arm_count; arm++) {
        const struct en_style s = {.size = box->font, .colour = LOOKS[arm].colour, .is_bold = true};
        const char *name =
            en_words_print(w, "%s (%zu)", en_words_clean(w, t->arms[arm].name), t->arms[arm].n);
        PangoLayout *layout = en_canvas_layout(c, &s, 0.0, name);
        const double width = en_canvas_text_width(layout) + 34.0;

        g_object_unref(layout);
        if (x + width > box->x + box->width && x > box->x) {
            x = box->x;
            y += line;
        }
        en_canvas_colour(c, s.colour);
        cairo_set_line_width(c->cr, 1.6);
        cairo_set_dash(c->cr, LOOKS[arm].dash, LOOKS[arm].dash[0] > 0.0 ? 2 : 0, 0.0);
        en_canvas_line(c, x, y + 0.7 * box->font, x + 18.0, y + 0.7 * box->font);
        cairo_set_dash(c->cr, NULL, 0, 0.0);
        (void)en_canvas_text(c, x + 22.0, y, 0.0, &s, name);
        x += width;
    }
    return y + line - box->y;
}

/* The whole picture: name, legend, a row for each outcome. */
static void draw_all(struct en_canvas *c, struct en_words *w, const struct en_trial_report *r,
                     double row, double y)
{
    const struct en_trial *t = r->result->trial;
    struct en_trial_panel box = {24.0, y, c->width - 48.0, row - 12.0, 10.0};
    const struct en_style title = {.size = 13.0, .is_bold = true, .colour = EN_COLOUR_INK};
    const struct en_style faint = {.size = 10.0, .colour = EN_COLOUR_FAINT};
    const struct en_style amber = {.size = 10.0, .is_bold = true, .colour = EN_COLOUR_AMBER};

    en_canvas_fill(c, 0.0, 0.0, c->width, c->height, EN_COLOUR_WHITE);
    box.y += en_canvas_text(c, box.x, box.y, box.width, &title, en_words_clean(w, r->name)) + 2.0;
    box.y += en_canvas_text(c, box.x, box.y, box.width, &faint,
                            en_words_print(w,
                                           "%s. Virtual trials; weeks from the start. Dots and "
                                           "lines: median of what such trials report; bars: 50 %% "
                                           "and 90 %% of them.",
                                           r->title)) +
             4.0;
    if (!r->is_calibrated) {
        box.y += en_canvas_text(c, box.x, box.y, box.width, &amber, "before calibration") + 4.0;
    }
    box.y += en_trial_legend_draw(c, w, r, &box) + 6.0;
    for (size_t o = 0; o < t->outcome_count; o++) {
        en_trial_row_draw(c, w, r, o, &box);
        box.y += row;
    }
}

enum en_status en_trial_svg(const struct en_trial_report *r, struct en_buf *out, struct en_err *err)
{
    const double width = 760.0, row = 190.0, head = 120.0;
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    struct en_buf svg = EN_BUF(out->limit);
    struct en_canvas c;
    enum en_status st = en_canvas_open(
        &c, EN_CANVAS_SVG, width, head + row * (double)r->result->trial->outcome_count, &svg, err);

    if (st == EN_OK) {
        draw_all(&c, &w, r, row, 18.0);
        st = en_canvas_close(&c, err);
    }
    if (st == EN_OK) {
        en_chart_clean_svg(en_buf_text(&svg), r->name, out);
        st = w.failed ? en_fail(err, EN_ENOMEM, "no memory for the words of the chart")
                      : en_buf_check(out, "the chart", err);
    }
    en_buf_free(&svg);
    en_arena_free(&arena);
    return st;
}
