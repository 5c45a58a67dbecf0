/* SPDX-License-Identifier: Apache-2.0 */
#include "report/chart.h"

#include "report/chart_draw.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

/* Where the plot stands on the canvas, and how scores and weeks map to it. */
struct plot {
    struct en_canvas *c;
    struct en_words *w;
    const struct en_chart *chart;
    const struct en_chart_box *box;
    double left, right, top, bottom; /* of the plot itself [pt] */
};

/* Look of the medians, by arm; a further arm takes the last. Dashes and marks tell them apart
 * without colour. */
static const struct look {
    struct en_colour colour;
    double width, dash[2];
} LOOKS[] = {
    {{0.00, 0.33, 0.58}, 2.2, {0.0, 0.0}},
    {{0.80, 0.33, 0.00}, 1.3, {5.0, 2.0}},
    {{0.00, 0.50, 0.37}, 1.3, {1.6, 1.6}},
    {{0.35, 0.35, 0.35}, 1.1, {0.0, 0.0}},
};

static const struct en_colour BAND_50 = {0.60, 0.76, 0.90};
static const struct en_colour BAND_90 = {0.85, 0.915, 0.97};

static const struct look *look_of(size_t arm)
{
    return &LOOKS[arm < EN_COUNT(LOOKS) ? arm : EN_COUNT(LOOKS) - 1];
}

static double at_week(const struct plot *p, double week)
{
    return p->left + week / p->chart->x_max * (p->right - p->left);
}

static double at_score(const struct plot *p, double score)
{
    const double share = fmin(fmax(score / p->chart->y_max, 0.0), 1.0);

    return p->bottom - share * (p->bottom - p->top);
}

static struct en_style style(const struct plot *p, struct en_colour colour, enum en_align align)
{
    return (struct en_style){.size = p->box->font, .colour = colour, .align = align};
}

static void draw_grid(const struct plot *p)
{
    const int parts = p->box->is_small ? 2 : 5;
    const struct en_style s = style(p, EN_COLOUR_FAINT, EN_ALIGN_RIGHT);

    cairo_set_line_width(p->c->cr, 0.5);
    for (int i = 0; i <= parts; i++) {
        const double score = p->chart->y_max * i / parts;
        const double y = at_score(p, score);

        en_canvas_colour(p->c, EN_COLOUR_RULE);
        en_canvas_line(p->c, p->left, y, p->right, y);
        (void)en_canvas_text(p->c, p->left - 4.0, y - 0.68 * s.size, 0.0, &s,
                             en_words_number(p->w, score, 0));
    }
}

/* Between the quantiles low and high, there and back. */
static void draw_band(const struct plot *p, size_t low, size_t high, struct en_colour colour)
{
    const struct en_chart *chart = p->chart;

    for (size_t i = 0; i < chart->count; i++) {
        cairo_line_to(p->c->cr, at_week(p, chart->week[i]), at_score(p, chart->plan[high][i]));
    }
    for (size_t i = chart->count; i-- > 0;) {
        cairo_line_to(p->c->cr, at_week(p, chart->week[i]), at_score(p, chart->plan[low][i]));
    }
    cairo_close_path(p->c->cr);
    en_canvas_colour(p->c, colour);
    cairo_fill(p->c->cr);
}

static void draw_median(const struct plot *p, size_t arm)
{
    const struct en_chart *chart = p->chart;
    const struct look *look = look_of(arm);

    for (size_t i = 0; i < chart->count; i++) {
        cairo_line_to(p->c->cr, at_week(p, chart->week[i]), at_score(p, chart->median[arm][i]));
    }
    en_canvas_colour(p->c, look->colour);
    cairo_set_line_width(p->c->cr, look->width);
    cairo_set_dash(p->c->cr, look->dash, look->dash[0] > 0.0 ? 2 : 0, 0.0);
    cairo_stroke(p->c->cr);
    cairo_set_dash(p->c->cr, NULL, 0, 0.0);
    for (size_t i = 0; arm == 0 && i < chart->count; i++) {
        cairo_arc(p->c->cr, at_week(p, chart->week[i]), at_score(p, chart->median[arm][i]), 2.2,
                  0.0, 2.0 * G_PI);
        cairo_fill(p->c->cr);
    }
}

static void draw_change(const struct plot *p)
{
    static const double DASH[] = {4.0, 3.0};

    if (!isfinite(p->chart->mic_level) || p->chart->mic_level < 0.0) {
        return;
    }
    const double y = at_score(p, p->chart->mic_level);

    en_canvas_colour(p->c, EN_COLOUR_INK);
    cairo_set_line_width(p->c->cr, 0.8);
    cairo_set_dash(p->c->cr, DASH, 2, 0.0);
    en_canvas_line(p->c, p->left, y, p->right, y);
    cairo_set_dash(p->c->cr, NULL, 0, 0.0);
}

/* A triangle below the axis for each session, hollow for an optional one. */
static void draw_sessions(const struct plot *p)
{
    const double size = 0.36 * p->box->font, top = p->bottom + 1.5;

    for (size_t i = 0; i < p->chart->session_count; i++) {
        const double week = p->chart->session_week[i];
        const double x = at_week(p, week);

        if (!(week >= 0.0 && week <= p->chart->x_max)) {
            continue;
        }
        cairo_move_to(p->c->cr, x, top);
        cairo_line_to(p->c->cr, x + size, top + 1.7 * size);
        cairo_line_to(p->c->cr, x - size, top + 1.7 * size);
        cairo_close_path(p->c->cr);
        en_canvas_colour(p->c, LOOKS[0].colour);
        cairo_set_line_width(p->c->cr, 0.7);
        if (p->chart->session_is_optional[i]) {
            cairo_stroke(p->c->cr);
        } else {
            cairo_fill(p->c->cr);
        }
    }
}

static void draw_weeks(const struct plot *p)
{
    const struct en_style s = style(p, EN_COLOUR_FAINT, EN_ALIGN_CENTRE);
    const double y = p->bottom + 0.75 * s.size;
    double free_from = p->left - 10.0;

    cairo_set_line_width(p->c->cr, 0.8);
    en_canvas_colour(p->c, EN_COLOUR_FAINT);
    en_canvas_line(p->c, p->left, p->bottom, p->right, p->bottom);
    if (p->chart->week[0] > 0.0) { /* the baseline is unknown, the axis still starts at 0 */
        (void)en_canvas_text(p->c, p->left, y, 0.0, &s, "0");
        free_from = p->left + 1.6 * s.size;
    }
    for (size_t i = 0; i < p->chart->count; i++) {
        const double x = at_week(p, p->chart->week[i]);
        const char *text = en_words_number(p->w, p->chart->week[i], 1);
        const bool is_end = i == 0 || i + 1 == p->chart->count;

        if (x < free_from || (p->box->is_small && !is_end)) {
            continue;
        }
        free_from = x + 1.6 * s.size;
        (void)en_canvas_text(p->c, x, y, 0.0, &s, text);
    }
    if (!p->box->is_small) {
        const struct en_style note = style(p, EN_COLOUR_FAINT, EN_ALIGN_LEFT);

        (void)en_canvas_text(p->c, p->left, y + 1.4 * s.size, 0.0, &note,
                             "weeks from the first session · ▲ session  △ optional session");
    }
}

struct label {
    const char *text;
    struct en_style style;
    double line; /* where its line ends [pt] */
};

/* Labels stand behind the right end of their lines, moved apart where they would overlap, with a
 * thin leader back to the end of the line. */
static void draw_labels(const struct plot *p, const struct label *labels, size_t count)
{
    enum { LABELS_MAX = EN_FORECAST_ARMS_MAX + 1 };
    double wanted[LABELS_MAX], height[LABELS_MAX], place[LABELS_MAX];
    const double gap = p->box->is_small ? 4.0 : 12.0, x = p->right + gap;
    const double width = p->box->x + p->box->width - x;

    for (size_t i = 0; i < count; i++) {
        PangoLayout *layout = en_canvas_layout(p->c, &labels[i].style, width, labels[i].text);

        wanted[i] = labels[i].line;
        height[i] = en_canvas_text_height(layout);
        g_object_unref(layout);
    }
    en_chart_spread(wanted, height, place, count, p->top - 6.0, p->bottom + 6.0);
    for (size_t i = 0; i < count; i++) {
        en_canvas_colour(p->c, labels[i].style.colour);
        cairo_set_line_width(p->c->cr, 0.5);
        if (!p->box->is_small) {
            en_canvas_line(p->c, p->right + 2.5, wanted[i], x - 2.0, place[i]);
        }
        (void)en_canvas_text(p->c, x, place[i] - 0.5 * height[i], width, &labels[i].style,
                             labels[i].text);
    }
}

static void draw_names(const struct plot *p)
{
    struct label labels[EN_FORECAST_ARMS_MAX + 1];
    const struct en_chart *chart = p->chart;
    const int decimals = chart->outcome == EN_OUTCOME_PAIN ? 1 : 0;
    const size_t arms = p->box->is_small && chart->arm_count > 2 ? 2 : chart->arm_count;
    size_t count = 0;

    for (; count < arms; count++) {
        const char *id = chart->forecast->request.arms[count].id;
        const double end = chart->median[count][chart->count - 1];
        struct en_style s = style(p, look_of(count)->colour, EN_ALIGN_LEFT);

        s.is_bold = count == 0;
        labels[count] = (struct label){
            en_words_print(p->w, "%s%s%s", p->box->is_small ? id : en_words_arm(id),
                           p->box->is_small ? "\n" : " ", en_words_fixed(p->w, end, decimals)),
            s, at_score(p, end)};
    }
    if (!p->box->is_small && isfinite(chart->mic_level) && chart->mic_level >= 0.0) {
        labels[count++] =
            (struct label){en_words_print(p->w, "minimal important change (−%s)",
                                          en_words_number(p->w, chart->mic, 1)),
                           style(p, EN_COLOUR_INK, EN_ALIGN_LEFT), at_score(p, chart->mic_level)};
    }
    draw_labels(p, labels, count);
}

/* The bands are named inside themselves, near the right end. */
static void draw_band_names(const struct plot *p)
{
    const struct en_chart *chart = p->chart;
    struct en_style s = style(p, LOOKS[0].colour, EN_ALIGN_RIGHT);
    const size_t last = chart->count - 1;
    const double x = p->right - 4.0;
    const double wide = at_score(p, chart->plan[0][last]);
    const double half = at_score(p, chart->plan[1][last]);
    const double need = 1.5 * s.size;

    s.size *= 0.92;
    if (wide - half > need) {
        (void)en_canvas_text(p->c, x, wide - need, 0.0, &s, "middle 90 %");
    }
    if (half - at_score(p, chart->plan[2][last]) > need) {
        (void)en_canvas_text(p->c, x, half - need, 0.0, &s, "middle 50 %");
    }
}

/* A framed mark in the upper right corner of the plot. */
static void draw_mark(const struct plot *p)
{
    struct en_style s = style(p, EN_COLOUR_AMBER, EN_ALIGN_LEFT);

    if (p->chart->forecast->is_calibrated) {
        return;
    }
    s.is_bold = true;
    PangoLayout *layout = en_canvas_layout(p->c, &s, 0.0, "before calibration");
    const double width = en_canvas_text_width(layout) + 8.0;
    const double height = en_canvas_text_height(layout) + 4.0;
    const double x = p->right - width - 3.0, y = p->top + 3.0;

    g_object_unref(layout);
    en_canvas_fill(p->c, x, y, width, height, EN_COLOUR_WHITE);
    en_canvas_colour(p->c, EN_COLOUR_AMBER);
    cairo_set_line_width(p->c->cr, 1.0);
    cairo_rectangle(p->c->cr, x, y, width, height);
    cairo_stroke(p->c->cr);
    (void)en_canvas_text(p->c, x + 4.0, y + 2.0, 0.0, &s, "before calibration");
}

static double draw_title(const struct plot *p)
{
    struct en_style s = style(p, EN_COLOUR_INK, EN_ALIGN_LEFT);
    double y = p->box->y;

    if (p->box->title == NULL) {
        return y;
    }
    s.is_bold = true;
    s.size *= p->box->is_small ? 1.0 : 1.08;
    y += en_canvas_text(p->c, p->box->x, y, p->box->width, &s, p->box->title);
    if (!p->box->is_small) {
        const struct en_style note = style(p, EN_COLOUR_FAINT, EN_ALIGN_LEFT);

        y += en_canvas_text(p->c, p->box->x, y + 1.0, p->box->width, &note,
                            en_words_print(p->w, "0 to %s, high is worse. Mixed: %s.",
                                           en_words_number(p->w, p->chart->y_max, 0),
                                           en_words_weights(p->w, p->chart->forecast)));
    }
    return y + 0.6 * s.size;
}

void en_chart_draw(struct en_canvas *c, struct en_words *w, const struct en_chart *chart,
                   const struct en_chart_box *box)
{
    struct plot p = {.c = c, .w = w, .chart = chart, .box = box};
    const size_t arms = box->is_small && chart->arm_count > 2 ? 2 : chart->arm_count;

    p.top = draw_title(&p) + 0.5 * box->font;
    p.left = box->x + (chart->y_max > 10.0 ? 2.4 : 1.9) * box->font;
    p.right = box->x + box->width - (box->is_small ? 4.2 : 12.0) * box->font;
    p.bottom = box->y + box->height - (box->is_small ? 2.2 : 3.6) * box->font;
    draw_band(&p, 0, EN_QUANTILE_COUNT - 1, BAND_90);
    draw_band(&p, 1, EN_QUANTILE_COUNT - 2, BAND_50);
    draw_grid(&p);
    draw_change(&p);
    for (size_t arm = arms; arm-- > 0;) {
        draw_median(&p, arm);
    }
    draw_weeks(&p);
    if (!box->is_small) {
        draw_sessions(&p);
        draw_band_names(&p);
        draw_mark(&p);
    }
    draw_names(&p);
}

enum en_status en_chart_draw_hypotheses(struct en_canvas *c, struct en_words *w,
                                        struct en_chart *chart, const struct en_chart_box *box,
                                        struct en_err *err)
{
    const double gap = 10.0;
    const double width = (box->width - (EN_HYPOTHESIS_COUNT - 1) * gap) / EN_HYPOTHESIS_COUNT;

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct en_chart_box part = {
            .x = box->x + (double)h * (width + gap),
            .y = box->y,
            .width = width,
            .height = box->height,
            .font = box->font,
            .title = en_words_print(w, "%s (%s)", en_words_hypothesis(h),
                                    en_words_share(w, chart->forecast->weight[h])),
            .is_small = true,
        };

        EN_TRY(en_chart_choose(chart, h, err));
        en_chart_draw(c, w, chart, &part);
    }
    return en_chart_choose(chart, EN_MIXED, err);
}

void en_chart_clean_svg(const char *svg, const char *title, struct en_buf *out)
{
    static const char ID[] = "id=\"surface";
    const char *p = svg, *head = strstr(svg, "<svg");
    const char *start = head == NULL ? NULL : strchr(head, '>');

    if (start != NULL) {
        en_buf_add_bytes(out, p, (size_t)(start - p));
        en_buf_add(out, " role=\"img\">\n<title>");
        for (const char *t = title; *t != '\0'; t++) {
            const char one[2] = {*t, '\0'};

            en_buf_add(out, *t == '<' ? "&lt;" : *t == '&' ? "&amp;" : one);
        }
        en_buf_add(out, "</title>");
        p = start + 1;
    }
    for (const char *hit = strstr(p, ID); hit != NULL; hit = strstr(p, ID)) {
        hit += sizeof ID - 1;
        en_buf_add_bytes(out, p, (size_t)(hit - p));
        p = hit + strspn(hit, "0123456789");
    }
    en_buf_add(out, p);
}

static enum en_status write_chart(const struct en_chart *chart, struct en_words *w,
                                  enum en_canvas_kind kind, struct en_buf *out, struct en_err *err)
{
    const struct en_chart_box box = {24.0, 18.0, 672.0, 394.0, 11.0, chart->title, false};
    struct en_canvas c;

    EN_TRY(en_canvas_open(&c, kind, box.width + 48.0, box.height + 36.0, out, err));
    en_canvas_fill(&c, 0.0, 0.0, c.width, c.height, EN_COLOUR_WHITE);
    en_chart_draw(&c, w, chart, &box);
    return en_canvas_close(&c, err);
}

enum en_status en_chart_write(const struct en_report *r, enum en_outcome outcome,
                              enum en_chart_format format, struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge};
    struct en_buf svg = EN_BUF(out->limit);
    struct en_chart chart;
    enum en_status st = en_chart_init(&chart, &w, r, outcome, err);

    if (st == EN_OK && format == EN_CHART_PNG) {
        st = write_chart(&chart, &w, EN_CANVAS_PNG, out, err);
    } else if (st == EN_OK) {
        st = write_chart(&chart, &w, EN_CANVAS_SVG, &svg, err);
        en_chart_clean_svg(en_buf_text(&svg), chart.title, out);
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
