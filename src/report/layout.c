/* SPDX-License-Identifier: Apache-2.0 */
#include "report/layout.h"

#include "report/pdf_language.h"
#include "report/record.h"

#include <assert.h>
#include <cairo-pdf.h>
#include <math.h>

/* A4 and its margins [pt]. */
static const double PAGE_WIDTH = 595.276, PAGE_HEIGHT = 841.89;
static const double MARGIN = 38.0, HEAD = 14.0, FOOT = 16.0;

/* A document longer than this is a mistake. */
enum { PAGES_MAX = 200 };

struct en_style en_layout_style(const struct en_layout *l, double scale, bool is_bold,
                                struct en_colour colour)
{
    return (struct en_style){
        .size = scale * l->sheet->font, .is_bold = is_bold, .colour = colour, .line = 1.0};
}

/* Header and footer: who and what on every page, so that no page can be mixed up. */
static void draw_furniture(struct en_layout *l)
{
    struct en_canvas *c = &l->canvas;
    struct en_style s = {.size = 8.0, .colour = EN_COLOUR_FAINT};
    struct en_style right = s;
    const double foot = PAGE_HEIGHT - MARGIN - FOOT + 14.0;
    const double width = l->right - l->left;

    right.align = EN_ALIGN_RIGHT;
    s.is_bold = true;
    s.is_one_line = true; /* a name may have any length */
    (void)en_canvas_text(c, l->left, MARGIN - 12.0, 0.62 * width, &s, l->sheet->head_left);
    s.is_bold = s.is_one_line = false;
    (void)en_canvas_text(c, l->right, MARGIN - 12.0, 0.0, &right, l->sheet->head_right);
    cairo_set_line_width(c->cr, 0.6);
    en_canvas_colour(c, EN_COLOUR_RULE);
    en_canvas_line(c, l->left, foot - 4.0, l->right, foot - 4.0);
    (void)en_canvas_text(c, l->left, foot, 0.84 * width, &s, l->sheet->foot);
    (void)en_canvas_text(c, l->right, foot, 0.0, &right,
                         en_words_print(l->w, "page %d of %d", l->page,
                                        l->page_count > 0 ? l->page_count : l->page));
}

static void start_page(struct en_layout *l)
{
    l->page++;
    l->y = l->top;
    draw_furniture(l);
}

static void next_page(struct en_layout *l)
{
    if (l->page >= PAGES_MAX) {
        if (l->status == EN_OK) {
            l->status = en_fail(l->err, EN_ELIMIT, "a document has more than %d pages", PAGES_MAX);
        }
        l->y = l->top;
        return;
    }
    cairo_show_page(l->canvas.cr);
    start_page(l);
}

void en_layout_need(struct en_layout *l, double height)
{
    if (l->record == NULL && l->y + height > l->bottom && l->y > l->top) {
        next_page(l);
    }
}

void en_layout_space(struct en_layout *l, double height)
{
    l->y = fmin(l->y + height, l->bottom);
}

void en_layout_keep(struct en_layout *l, en_body *part, const void *content)
{
    if (l->record != NULL) {
        part(l, content);
        return;
    }
    cairo_t *page = l->canvas.cr;
    cairo_surface_t *nowhere = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    const double y = l->y, bottom = l->bottom;

    l->canvas.cr = cairo_create(nowhere);
    l->bottom = INFINITY; /* no page ends while it is measured */
    part(l, content);
    const double height = l->y - y;

    cairo_destroy(l->canvas.cr);
    cairo_surface_destroy(nowhere);
    l->canvas.cr = page;
    l->y = y;
    l->bottom = bottom;
    if (height <= l->bottom - l->top) {
        en_layout_need(l, height);
    }
    part(l, content);
}

/* The lines of a laid-out paragraph, with page breaks between them. */
static void flow(struct en_layout *l, PangoLayout *text, double x, struct en_colour colour)
{
    PangoLayoutIter *it = pango_layout_get_iter(text);
    double base = 0.0, end = 0.0; /* of the layout: where this page starts, where the line ends */

    do {
        PangoRectangle rect;

        pango_layout_iter_get_line_extents(it, NULL, &rect);
        const double y = (double)rect.y / PANGO_SCALE;

        end = y + (double)rect.height / PANGO_SCALE;
        if (l->y + end - base > l->bottom && l->y + y - base > l->top) {
            next_page(l);
            base = y;
        }
        en_canvas_colour(&l->canvas, colour);
        cairo_move_to(l->canvas.cr, x + (double)rect.x / PANGO_SCALE,
                      l->y - base + (double)pango_layout_iter_get_baseline(it) / PANGO_SCALE);
        pango_cairo_show_layout_line(l->canvas.cr, pango_layout_iter_get_line_readonly(it));
        cairo_new_path(l->canvas.cr);
    } while (pango_layout_iter_next_line(it) != FALSE);
    pango_layout_iter_free(it);
    l->y += end - base;
}

void en_layout_text(struct en_layout *l, const struct en_style *style, double indent,
                    const char *text)
{
    if (*text == '\0') {
        return;
    }
    if (l->record != NULL) {
        en_record_text(l, EN_BLOCK_TEXT, text, "", style);
        return;
    }
    PangoLayout *layout = en_canvas_layout(&l->canvas, style, l->right - l->left - indent, text);

    flow(l, layout, l->left + indent, style->colour);
    g_object_unref(layout);
    l->y += 0.35 * style->size;
}

void en_layout_item(struct en_layout *l, const char *mark, const char *text)
{
    if (l->record != NULL) {
        en_record_text(l, EN_BLOCK_ITEM, text, mark, NULL);
        return;
    }
    const struct en_style s = en_layout_style(l, 1.0, false, EN_COLOUR_INK);
    const double indent = 1.9 * s.size;

    en_layout_need(l, 1.5 * s.size);
    (void)en_canvas_text(&l->canvas, l->left + 0.4 * s.size, l->y, 0.0, &s, mark);
    en_layout_text(l, &s, indent, text);
}

void en_layout_title(struct en_layout *l, const char *title, const char *subtitle)
{
    if (l->record != NULL) {
        en_record_text(l, EN_BLOCK_TITLE, title, subtitle, NULL);
        return;
    }
    const struct en_style big = en_layout_style(l, 2.0, true, EN_COLOUR_INK);
    const struct en_style small = en_layout_style(l, 1.05, false, EN_COLOUR_FAINT);

    en_layout_text(l, &big, 0.0, title);
    l->y -= 0.3 * l->sheet->font;
    en_layout_text(l, &small, 0.0, subtitle);
    l->y += 0.4 * l->sheet->font;
}

void en_layout_heading(struct en_layout *l, const char *text)
{
    if (l->record != NULL) {
        en_record_text(l, EN_BLOCK_HEADING, text, "", NULL);
        return;
    }
    const struct en_style s = en_layout_style(l, 1.22, true, EN_COLOUR_BLUE);

    if (l->y > l->top) {
        l->y += 0.75 * s.size;
    }
    en_layout_need(l, 5.5 * s.size); /* never alone at the foot of a page */
    en_layout_text(l, &s, 0.0, text);
}

/* Draw (or only measure) a box; gives its height. */
static double box(struct en_layout *l, double x, double width, const struct en_layout_note *note,
                  bool is_measure)
{
    const struct en_style styles[] = {en_layout_style(l, 1.12, true, EN_COLOUR_INK),
                                      en_layout_style(l, 1.0, false, EN_COLOUR_INK)};
    const char *const words[] = {note->title, note->text};
    const double pad = 0.7 * l->sheet->font, inner = width - 2.6 * pad;
    double y = l->y + pad;

    for (size_t i = 0; i < EN_COUNT(words); i++) {
        if (*words[i] == '\0') {
            continue;
        }
        PangoLayout *layout = en_canvas_layout(&l->canvas, &styles[i], inner, words[i]);

        if (!is_measure) {
            en_canvas_colour(&l->canvas, styles[i].colour);
            cairo_move_to(l->canvas.cr, x + 1.6 * pad, y);
            pango_cairo_show_layout(l->canvas.cr, layout);
            cairo_new_path(l->canvas.cr);
        }
        y += en_canvas_text_height(layout) + (i == 0 ? 0.15 * styles[i].size : 0.0);
        g_object_unref(layout);
    }
    return y + pad - l->y;
}

/* Boxes taller than a page cannot stand side by side: their text flows. */
static void flow_notes(struct en_layout *l, const struct en_layout_note *notes, size_t count)
{
    const struct en_style body = en_layout_style(l, 1.0, false, EN_COLOUR_INK);

    for (size_t i = 0; i < count; i++) {
        const struct en_style head = en_layout_style(l, 1.12, true, notes[i].colour);

        en_layout_text(l, &head, 0.0, notes[i].title);
        en_layout_text(l, &body, 0.0, notes[i].text);
    }
}

void en_layout_boxes(struct en_layout *l, const struct en_layout_note *notes, size_t count)
{
    if (l->record != NULL) {
        en_record_boxes(l, notes, count);
        return;
    }
    const double gap = 9.0;
    const double width = (l->right - l->left - gap * (double)(count - 1)) / (double)count;
    double height = 0.0;

    for (size_t i = 0; i < count; i++) {
        height = fmax(height, box(l, l->left, width, &notes[i], true));
    }
    if (height > l->bottom - l->top) {
        flow_notes(l, notes, count);
        return;
    }
    en_layout_need(l, height);
    for (size_t i = 0; i < count; i++) {
        const double x = l->left + (double)i * (width + gap);

        en_canvas_fill(&l->canvas, x, l->y, width, height, EN_COLOUR_WASH);
        en_canvas_fill(&l->canvas, x, l->y, 3.5, height, notes[i].colour);
        (void)box(l, x, width, &notes[i], false);
    }
    l->y += height + 0.6 * l->sheet->font;
}

void en_layout_box(struct en_layout *l, struct en_colour colour, const char *title,
                   const char *text)
{
    const struct en_layout_note note = {colour, title, text};

    en_layout_boxes(l, &note, 1);
}

/* Between the columns of a checklist [pt]. */
static const double CHECKS_GAP = 12.0;

/* One item to tick at x, y; gives its height, draws when not measuring. */
static double check(struct en_layout *l, double x, double y, double width, const char *text,
                    bool is_measure)
{
    const struct en_style s = en_layout_style(l, 0.79, false, EN_COLOUR_INK);
    const double side = 0.9 * s.size, inner = width - 1.7 * s.size;
    PangoLayout *layout = en_canvas_layout(&l->canvas, &s, inner, text);
    const double height = en_canvas_text_height(layout);

    g_object_unref(layout);
    if (!is_measure) {
        en_canvas_colour(&l->canvas, EN_COLOUR_FAINT);
        cairo_set_line_width(l->canvas.cr, 0.7);
        cairo_rectangle(l->canvas.cr, x + 0.5, y + 0.25 * s.size, side, side);
        cairo_stroke(l->canvas.cr);
        (void)en_canvas_text(&l->canvas, x + 1.6 * s.size, y, inner, &s, text);
    }
    return height + 0.3 * s.size;
}

static double checks_width(const struct en_layout *l, size_t columns)
{
    return (l->right - l->left - CHECKS_GAP * (double)(columns - 1)) / (double)columns;
}

/* Columns that items of these heights fill when none gets higher than limit. */
static size_t columns_filled(const double *heights, size_t count, double limit)
{
    size_t columns = 1;
    double used = 0.0;

    for (size_t i = 0; i < count; i++) {
        if (used > 0.0 && used + heights[i] > limit) {
            columns++;
            used = 0.0;
        }
        used += heights[i];
    }
    return columns;
}

/* Heights of the items, and the least height to the point at which they fit the columns. */
static double checks_fit(struct en_layout *l, const char *const *items, size_t count,
                         size_t columns, double *heights)
{
    double all = 0.0, highest = 0.0;

    for (size_t i = 0; i < count; i++) {
        heights[i] = check(l, 0.0, 0.0, checks_width(l, columns), items[i], true);
        all += heights[i];
        highest = fmax(highest, heights[i]);
    }
    double limit = fmax(highest, all / (double)columns);

    while (columns_filled(heights, count, limit) > columns) {
        limit += 1.0;
    }
    return limit;
}

double en_layout_checks_height(struct en_layout *l, const char *const *items, size_t count,
                               size_t columns)
{
    if (l->record != NULL) {
        return 0.0;
    }
    double heights[EN_LAYOUT_CHECKS_MAX];

    assert(count <= EN_LAYOUT_CHECKS_MAX && columns > 0);
    return checks_fit(l, items, count, columns, heights);
}

void en_layout_checks(struct en_layout *l, const char *const *items, size_t count, size_t columns)
{
    if (l->record != NULL) {
        en_record_items(l, EN_BLOCK_CHECKS, items, count);
        return;
    }
    double heights[EN_LAYOUT_CHECKS_MAX];
    double x = l->left, used = 0.0;

    assert(count <= EN_LAYOUT_CHECKS_MAX && columns > 0);
    const double limit = checks_fit(l, items, count, columns, heights);

    if (limit > l->bottom - l->top &&
        count > 1) { /* longer than a page: one part after the other */
        en_layout_checks(l, items, count / 2, columns);
        en_layout_checks(l, items + count / 2, count - count / 2, columns);
        return;
    }
    en_layout_need(l, limit);
    for (size_t i = 0; i < count; i++) {
        if (used > 0.0 && used + heights[i] > limit) {
            x += checks_width(l, columns) + CHECKS_GAP;
            used = 0.0;
        }
        used += check(l, x, l->y + used, checks_width(l, columns), items[i], false);
    }
    l->y += limit;
}

void en_layout_lines(struct en_layout *l, const char *const *labels, const double *shares,
                     size_t count)
{
    if (l->record != NULL) {
        en_record_items(l, EN_BLOCK_LINES, labels, count);
        return;
    }
    const struct en_style s = en_layout_style(l, 0.82, false, EN_COLOUR_FAINT);
    const double gap = 12.0, width = l->right - l->left - gap * (double)(count - 1);
    double x = l->left;

    en_layout_need(l, 4.2 * s.size);
    for (size_t i = 0; i < count; i++) {
        en_canvas_colour(&l->canvas, EN_COLOUR_FAINT);
        cairo_set_line_width(l->canvas.cr, 0.8);
        en_canvas_line(&l->canvas, x, l->y + 2.4 * s.size, x + shares[i] * width,
                       l->y + 2.4 * s.size);
        (void)en_canvas_text(&l->canvas, x, l->y + 2.6 * s.size, shares[i] * width, &s, labels[i]);
        x += shares[i] * width + gap;
    }
    l->y += 4.4 * s.size;
}

static void record_charts(struct en_layout *l, const struct en_chart *charts, size_t count)
{
    const struct en_chart *list[EN_OUTCOME_COUNT];

    assert(count <= EN_COUNT(list));
    for (size_t i = 0; i < count; i++) {
        list[i] = &charts[i];
    }
    en_record_charts(l, EN_BLOCK_CHARTS, list, count);
}

void en_layout_charts(struct en_layout *l, const struct en_chart *charts, size_t count,
                      double height)
{
    if (l->record != NULL) {
        record_charts(l, charts, count);
        return;
    }
    const double gap = 14.0;
    const double width = (l->right - l->left - gap * (double)(count - 1)) / (double)count;

    en_layout_need(l, height);
    for (size_t i = 0; i < count; i++) {
        const struct en_chart_box at = {.x = l->left + (double)i * (width + gap),
                                        .y = l->y,
                                        .width = width,
                                        .height = height,
                                        .font = 7.2,
                                        .title = charts[i].title};

        en_chart_draw(&l->canvas, l->w, &charts[i], &at);
    }
    l->y += height + 4.0;
}

void en_layout_course(struct en_layout *l, const struct en_chart *before,
                      const struct en_chart *now, double height)
{
    if (l->record != NULL) {
        en_record_charts(l, EN_BLOCK_COURSE, (const struct en_chart *[]){before, now}, 2);
        return;
    }
    en_layout_need(l, height);
    const struct en_chart_box at = {.x = l->left,
                                    .y = l->y,
                                    .width = l->right - l->left,
                                    .height = height,
                                    .font = 7.2,
                                    .title = now->title};

    en_chart_draw_course(&l->canvas, l->w, before, now, &at);
    l->y += height + 4.0;
}

/* Each of them as a chart, with its name for a title. */
static void record_hypotheses(struct en_layout *l, struct en_chart *chart)
{
    struct en_chart *each = EN_NEW(l->w->arena, struct en_chart, EN_HYPOTHESIS_COUNT);
    const struct en_chart *list[EN_HYPOTHESIS_COUNT];
    enum en_status st = each == NULL ? en_fail(l->err, EN_ENOMEM, "no memory for charts") : EN_OK;

    for (size_t h = 0; st == EN_OK && h < EN_HYPOTHESIS_COUNT; h++) {
        st = en_chart_choose(chart, h, l->err);
        each[h] = *chart;
        each[h].title = en_words_print(l->w, "%s (%s)", en_words_hypothesis(h),
                                       en_words_share(l->w, chart->forecast->weight[h]));
        list[h] = &each[h];
    }
    if (st == EN_OK) {
        en_record_charts(l, EN_BLOCK_CHARTS, list, EN_HYPOTHESIS_COUNT);
        st = en_chart_choose(chart, EN_MIXED, l->err);
    }
    if (l->status == EN_OK) {
        l->status = st;
    }
}

void en_layout_hypotheses(struct en_layout *l, struct en_chart *chart, double height)
{
    if (l->record != NULL) {
        record_hypotheses(l, chart);
        return;
    }
    en_layout_need(l, height);
    const struct en_chart_box at = {
        .x = l->left, .y = l->y, .width = l->right - l->left, .height = height, .font = 7.2};
    const enum en_status st = en_chart_draw_hypotheses(&l->canvas, l->w, chart, &at, l->err);

    if (l->status == EN_OK) {
        l->status = st;
    }
    l->y += height + 4.0;
}

/* Title, language and date of the document; no patient data. */
static void set_metadata(struct en_layout *l)
{
    char date[EN_DATE_TEXT_MAX];
    const char *day = en_words_print(l->w, "%sT00:00:00Z", en_date_text(l->sheet->today, date));
    cairo_surface_t *s = l->canvas.surface;

    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, l->sheet->title);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "Enthesis");
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, day);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_MOD_DATE, day);
}

/* One run over the document; *page_count is the number known before and the number counted. */
static enum en_status run(struct en_layout *l, en_body *body, const void *content,
                          struct en_buf *pdf, int *page_count)
{
    l->page = 0;
    l->page_count = *page_count;
    EN_TRY(en_canvas_open(&l->canvas, EN_CANVAS_PDF, PAGE_WIDTH, PAGE_HEIGHT, pdf, l->err));
    set_metadata(l);
    start_page(l);
    body(l, content);
    *page_count = l->page;
    const enum en_status st = en_canvas_close(&l->canvas, l->err);

    return l->status != EN_OK ? l->status : st;
}

enum en_status en_layout_write(const struct en_sheet *sheet, struct en_words *w, en_body *body,
                               const void *content, struct en_buf *pdf, struct en_err *err)
{
    struct en_layout l = {.w = w,
                          .sheet = sheet,
                          .left = MARGIN,
                          .right = PAGE_WIDTH - MARGIN,
                          .top = MARGIN + HEAD,
                          .bottom = PAGE_HEIGHT - MARGIN - FOOT + 7.0,
                          .err = err};
    struct en_buf draft = EN_BUF(pdf->limit), drawn = EN_BUF(pdf->limit);
    int pages = 0;
    enum en_status st = run(&l, body, content, &draft, &pages);

    if (st == EN_OK) {
        st = run(&l, body, content, &drawn, &pages);
    }
    if (st == EN_OK) {
        st = en_pdf_set_language(&drawn, "en", pdf, err);
    }
    if (st == EN_OK && w->failed) {
        st = en_fail(err, EN_ENOMEM, "no memory for the words of the document");
    }
    en_buf_free(&draft);
    en_buf_free(&drawn);
    return st;
}

enum en_status en_layout_record(const struct en_sheet *sheet, struct en_words *w, en_body *body,
                                const void *content, struct en_blocks *out, struct en_err *err)
{
    struct en_record_parts parts = {.out = out};
    /* Bodies ask for room and skip it; there is none to run out of. */
    struct en_layout l = {.w = w, .sheet = sheet, .bottom = INFINITY, .record = &parts, .err = err};

    *out = (struct en_blocks){.title = sheet->title,
                              .head_left = sheet->head_left,
                              .head_right = sheet->head_right,
                              .foot = sheet->foot};
    body(&l, content);
    if (l.status == EN_OK && w->failed) {
        return en_fail(err, EN_ENOMEM, "no memory for the words of the document");
    }
    return l.status;
}
