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

/* The colour, or a share of it in white where the chart is pale. */
static struct en_colour tone(const struct plot *p, struct en_colour c, double share)
{
    const double k = p->box->is_pale ? share : 1.0;

    return (struct en_colour){1.0 - k * (1.0 - c.red), 1.0 - k * (1.0 - c.green),
                              1.0 - k * (1.0 - c.blue)};
}

/* Share of a line's colour that is left where it is pale: in grey print it still stands out from
 * the bands. */
static const double PALE_LINE = 0.72, PALE_BAND = 0.5;

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

/* A small chart has the first two arms. */
static size_t arms_of(const struct plot *p)
{
    return p->box->is_small && p->chart->arm_count > 2 ? 2 : p->chart->arm_count;
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
    en_canvas_colour(p->c, tone(p, colour, PALE_BAND));
    cairo_fill(p->c->cr);
}

static void draw_median(const struct plot *p, size_t arm)
{
    const struct en_chart *chart = p->chart;
    const struct look *look = look_of(arm);

    for (size_t i = 0; i < chart->count; i++) {
        cairo_line_to(p->c->cr, at_week(p, chart->week[i]), at_score(p, chart->median[arm][i]));
    }
    en_canvas_colour(p->c, tone(p, look->colour, PALE_LINE));
    cairo_set_line_width(p->c->cr, p->box->is_pale ? 0.75 * look->width : look->width);
    cairo_set_dash(p->c->cr, look->dash, look->dash[0] > 0.0 ? 2 : 0, 0.0);
    cairo_stroke(p->c->cr);
    cairo_set_dash(p->c->cr, NULL, 0, 0.0);
    /* Where scores stand on the chart, dots are theirs. */
    for (size_t i = 0; arm == 0 && !isfinite(chart->today) && i < chart->count; i++) {
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

/* A triangle below the axis, hollow or filled. */
static void draw_session(const struct plot *p, double week, bool is_hollow)
{
    const double size = 0.36 * p->box->font, top = p->bottom + 1.5, x = at_week(p, week);

    if (!(week >= 0.0 && week <= p->chart->x_max)) {
        return;
    }
    cairo_move_to(p->c->cr, x, top);
    cairo_line_to(p->c->cr, x + size, top + 1.7 * size);
    cairo_line_to(p->c->cr, x - size, top + 1.7 * size);
    cairo_close_path(p->c->cr);
    en_canvas_colour(p->c, LOOKS[0].colour);
    cairo_set_line_width(p->c->cr, 0.7);
    if (is_hollow) {
        cairo_stroke(p->c->cr);
    } else {
        cairo_fill(p->c->cr);
    }
}

/* Hollow: optional or, in the course of treatment, not given yet. */
static void draw_sessions(const struct plot *p)
{
    const struct en_chart *chart = p->chart;
    const bool is_course = isfinite(chart->today);

    for (size_t i = 0; i < chart->session_count; i++) {
        draw_session(p, chart->session_week[i], is_course || chart->session_is_optional[i]);
    }
    for (size_t i = 0; i < chart->given_count; i++) {
        draw_session(p, chart->given_week[i], false);
    }
}

/* Today as a line over the whole height. */
static void draw_today(const struct plot *p)
{
    const struct en_chart *chart = p->chart;
    const struct en_style s = style(p, EN_COLOUR_INK, EN_ALIGN_LEFT);

    if (!(chart->today >= 0.0 && chart->today <= chart->x_max)) {
        return;
    }
    const double x = at_week(p, chart->today);

    en_canvas_colour(p->c, EN_COLOUR_INK);
    cairo_set_line_width(p->c->cr, 0.6);
    en_canvas_line(p->c, x, p->top - 2.0, x, p->bottom);
    (void)en_canvas_text(p->c, x + 3.0, p->top - 0.2 * s.size, 0.0, &s, "today");
}

/* A ring, or an arrow head at the end of the axis that the score lies beyond. */
static void draw_score(const struct plot *p, const struct en_chart_score *score)
{
    const double x = at_week(p, score->week), y = at_score(p, score->value);
    const double size = 0.32 * p->box->font, tip = score->is_above ? -1.4 * size : 1.4 * size;

    if (score->is_above || score->is_below) {
        cairo_move_to(p->c->cr, x, y + tip);
        cairo_line_to(p->c->cr, x + size, y);
        cairo_line_to(p->c->cr, x - size, y);
        cairo_close_path(p->c->cr);
    } else {
        cairo_arc(p->c->cr, x, y, size, 0.0, 2.0 * G_PI);
    }
    en_canvas_colour(p->c, EN_COLOUR_INK);
    cairo_fill_preserve(p->c->cr);
    en_canvas_colour(p->c, EN_COLOUR_WHITE);
    cairo_set_line_width(p->c->cr, 0.8);
    cairo_stroke(p->c->cr);
}

/* The scores of the record, joined in the order of their days. */
static void draw_scores(const struct plot *p)
{
    const struct en_chart *chart = p->chart;

    en_canvas_colour(p->c, EN_COLOUR_INK);
    cairo_set_line_width(p->c->cr, 0.8);
    for (size_t i = 0; i < chart->score_count; i++) {
        cairo_line_to(p->c->cr, at_week(p, chart->scores[i].week),
                      at_score(p, chart->scores[i].value));
    }
    cairo_stroke(p->c->cr);
    for (size_t i = 0; i < chart->score_count; i++) {
        draw_score(p, &chart->scores[i]);
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
    for (size_t i = 0; i < p->chart->tick_count; i++) {
        const double x = at_week(p, p->chart->tick[i]);
        const char *text = en_words_number(p->w, p->chart->tick[i], 1);
        const bool is_end = i == 0 || i + 1 == p->chart->tick_count;

        if (x < free_from || (p->box->is_small && !is_end)) {
            continue;
        }
        free_from = x + 1.6 * s.size;
        (void)en_canvas_text(p->c, x, y, 0.0, &s, text);
    }
    if (!p->box->is_small && !p->box->is_half) {
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
    const double gap = p->box->is_small ? 4.0 : p->box->is_half ? 0.9 * p->box->font : 12.0;
    const double x = p->right + gap;
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

/* "Saline injections 3.7", in a narrow column "saline 3.7", in a small chart on two lines. */
static const char *name_of(const struct plot *p, size_t arm, const char *score)
{
    const struct en_forecast *f = p->chart->forecast;

    if (p->box->is_small) {
        return en_words_print(p->w, "%s\n%s", f->request.arms[arm].id, score);
    }
    return en_words_print(p->w, "%s %s",
                          p->box->is_half ? en_words_arm_short(f, arm) : en_words_arm_of(f, arm),
                          score);
}

static void draw_names(const struct plot *p)
{
    struct label labels[EN_FORECAST_ARMS_MAX + 1];
    const struct en_chart *chart = p->chart;
    const int decimals = chart->outcome == EN_OUTCOME_PAIN ? 1 : 0;
    const bool has_change = isfinite(chart->mic_level) && chart->mic_level >= 0.0;
    size_t count = 0;

    for (size_t arm = 0; arm < arms_of(p); arm++) {
        const double end = chart->median[arm][chart->count - 1];
        struct en_style s = style(p, look_of(arm)->colour, EN_ALIGN_LEFT);

        if (!en_words_is_shown(chart->forecast, arm)) {
            continue;
        }
        s.is_bold = arm == 0 && !p->box->is_pale;
        labels[count++] = (struct label){name_of(p, arm, en_words_fixed(p->w, end, decimals)), s,
                                         at_score(p, end)};
    }
    if (!p->box->is_small && !p->box->is_pale && has_change) {
        labels[count++] = (struct label){
            en_words_print(p->w, "%s (−%s)",
                           p->box->is_half ? "important change" : "minimal important change",
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

    if (p->chart->forecast->is_calibrated || p->box->is_pale) {
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

/* Height of the title and what stands below it [pt]. */
static double write_title(struct en_canvas *c, struct en_words *w, const struct en_chart *chart,
                          const struct en_chart_box *box)
{
    struct en_style s = {.size = box->font, .colour = EN_COLOUR_INK, .is_bold = true};
    const struct en_style note = {.size = box->font, .colour = EN_COLOUR_FAINT};
    double height = 0.0;

    s.size *= box->is_small || box->is_half ? 1.0 : 1.08;
    height += en_canvas_text(c, box->x, box->y, box->width, &s, box->title);
    if (!box->is_small && !box->is_half) {
        height += en_canvas_text(c, box->x, box->y + height + 1.0, box->width, &note,
                                 en_words_print(w, "0 to %s, high is worse. Mixed: %s.",
                                                en_words_number(w, chart->y_max, 0),
                                                en_words_weights(w, chart->forecast)));
    }
    return height + 0.6 * s.size;
}

/* Columns of the names on the right, in ems. */
static double names_width(const struct en_chart_box *box)
{
    return box->is_small ? 4.2 : box->is_half ? box->is_pale ? 7.2 : 8.4 : 12.0;
}

void en_chart_draw(struct en_canvas *c, struct en_words *w, const struct en_chart *chart,
                   const struct en_chart_box *box)
{
    struct plot p = {.c = c, .w = w, .chart = chart, .box = box};

    p.top = box->y + (box->title == NULL ? 0.0 : write_title(c, w, chart, box)) + 0.5 * box->font;
    p.left = box->x + (chart->y_max > 10.0 ? 2.4 : 1.9) * box->font;
    p.right = box->x + box->width - names_width(box) * box->font;
    p.bottom = box->y + box->height - (box->is_small || box->is_half ? 2.2 : 3.6) * box->font;
    draw_band(&p, 0, EN_QUANTILE_COUNT - 1, BAND_90);
    draw_band(&p, 1, EN_QUANTILE_COUNT - 2, BAND_50);
    draw_grid(&p);
    draw_change(&p);
    draw_today(&p);
    for (size_t arm = arms_of(&p); arm-- > 0;) {
        if (en_words_is_shown(chart->forecast, arm)) {
            draw_median(&p, arm);
        }
    }
    draw_scores(&p);
    draw_weeks(&p);
    if (!box->is_small) {
        draw_sessions(&p);
        draw_band_names(&p);
        draw_mark(&p);
    }
    draw_names(&p);
}

/* Below both plots: what the marks mean. */
static void draw_legend(struct en_canvas *c, const struct en_chart_box *box)
{
    const struct en_style s = {.size = box->font, .colour = EN_COLOUR_FAINT};

    (void)en_canvas_text(c, box->x + 1.9 * box->font, box->y + box->height - 1.25 * box->font,
                         box->width, &s,
                         "weeks from the first session · ● scores of this patient · ▲ session "
                         "given  △ planned");
}

void en_chart_draw_course(struct en_canvas *c, struct en_words *w, const struct en_chart *before,
                          const struct en_chart *now, const struct en_chart_box *box)
{
    const double gap = 0.8 * box->font;
    /* The names of now are longer: both plots get the same width. */
    const double more =
        0.5 * (names_width(&(struct en_chart_box){.is_half = true}) -
               names_width(&(struct en_chart_box){.is_half = true, .is_pale = true}));
    const double top = box->title == NULL ? 0.0 : write_title(c, w, now, box);
    struct en_chart_box half = {
        .x = box->x,
        .y = box->y + top,
        .width = 0.5 * (box->width - gap) - more * box->font,
        .height = box->height - top - 1.4 * box->font,
        .font = box->font,
        .title = "Before: patients like this one",
        .is_half = true,
        .is_pale = true,
    };

    en_chart_draw(c, w, before, &half);
    half.x += half.width + gap;
    half.width += 2.0 * more * box->font;
    half.title = "Now: this patient";
    half.is_pale = false;
    en_chart_draw(c, w, now, &half);
    draw_legend(c, box);
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

/* One chart, or before and now in the course of treatment (before is NULL otherwise). */
static enum en_status write_chart(const struct en_chart *now, const struct en_chart *before,
                                  struct en_words *w, enum en_canvas_kind kind, struct en_buf *out,
                                  struct en_err *err)
{
    const double width = before == NULL ? 672.0 : 860.0;
    const struct en_chart_box box = {
        .x = 24.0, .y = 18.0, .width = width, .height = 394.0, .font = 11.0, .title = now->title};
    struct en_canvas c;

    EN_TRY(en_canvas_open(&c, kind, box.width + 48.0, box.height + 36.0, out, err));
    en_canvas_fill(&c, 0.0, 0.0, c.width, c.height, EN_COLOUR_WHITE);
    if (before == NULL) {
        en_chart_draw(&c, w, now, &box);
    } else {
        en_chart_draw_course(&c, w, before, now, &box);
    }
    return en_canvas_close(&c, err);
}

static enum en_status make_chart(const struct en_report *r, enum en_outcome outcome,
                                 enum en_canvas_kind kind, struct en_words *w, struct en_buf *out,
                                 struct en_err *err)
{
    struct en_buf drawn = EN_BUF(out->limit);
    struct en_chart now, before;
    bool is_course = false;

    EN_TRY(en_chart_init(&now, w, r, outcome, err));
    if (isfinite(now.today) && r->outlook != NULL) {
        EN_TRY(en_chart_init_before(&before, w, r, outcome, err));
        is_course = true;
    }
    const enum en_status st = write_chart(&now, is_course ? &before : NULL, w, kind,
                                          kind == EN_CANVAS_PNG ? out : &drawn, err);

    if (st == EN_OK && kind == EN_CANVAS_SVG) {
        en_chart_clean_svg(en_buf_text(&drawn), now.title, out);
    }
    en_buf_free(&drawn);
    return st;
}

enum en_status en_chart_write(const struct en_report *r, enum en_outcome outcome,
                              enum en_chart_format format, struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge};
    enum en_status st = make_chart(
        r, outcome, format == EN_CHART_PNG ? EN_CANVAS_PNG : EN_CANVAS_SVG, &w, out, err);

    if (st == EN_OK && w.failed) {
        st = en_fail(err, EN_ENOMEM, "no memory for the words of the chart");
    }
    if (st == EN_OK) {
        st = en_buf_check(out, "the chart", err);
    }
    en_arena_free(&arena);
    return st;
}
