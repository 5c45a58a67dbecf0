/* SPDX-License-Identifier: Apache-2.0 */
#include "report/layout.h"

#include "report/record.h"

#include <assert.h>
#include <math.h>

/* Space around the text of a cell [pt]. */
static const double PAD_X = 3.0, PAD_Y = 2.0;

static double column_width(const struct en_layout_table *t, size_t index)
{
    double all = 0.0;

    for (size_t i = 0; i < t->count; i++) {
        all += t->columns[i].share;
    }
    return t->columns[index].share / all * (t->layout->right - t->layout->left);
}

static double scale_of(const struct en_layout_table *t)
{
    return t->scale > 0.0 ? t->scale : 1.0;
}

/* One piece of a cell with its upper left corner at x, y; gives its height. */
static double piece(struct en_layout *l, const struct en_style *style, double x, double y,
                    double width, const char *text)
{
    if (text == NULL || *text == '\0') {
        return 0.0;
    }
    return en_canvas_text(&l->canvas, x, y, width, style, text);
}

static double piece_height(struct en_layout *l, const struct en_style *style, double width,
                           const char *text)
{
    if (text == NULL || *text == '\0') {
        return 0.0;
    }
    PangoLayout *layout = en_canvas_layout(&l->canvas, style, width, text);
    const double height = en_canvas_text_height(layout);

    g_object_unref(layout);
    return height;
}

static struct en_style cell_style(const struct en_layout_table *t, size_t column,
                                  const struct en_layout_cell *cell, bool is_sub)
{
    const struct en_colour ink = cell->colour != NULL ? *cell->colour : EN_COLOUR_INK;
    struct en_style s = en_layout_style(t->layout, scale_of(t) * (is_sub ? 0.88 : 1.0),
                                        cell->is_bold && !is_sub, is_sub ? EN_COLOUR_FAINT : ink);

    s.align = t->columns[column].is_right ? EN_ALIGN_RIGHT : EN_ALIGN_LEFT;
    return s;
}

static double row_height(struct en_layout_table *t, const struct en_layout_cell *cells)
{
    double height = 0.0;

    for (size_t i = 0; i < t->count; i++) {
        const double width = column_width(t, i) - 2.0 * PAD_X;
        const struct en_style text = cell_style(t, i, &cells[i], false);
        const struct en_style sub = cell_style(t, i, &cells[i], true);

        height = fmax(height, piece_height(t->layout, &text, width, cells[i].text) +
                                  piece_height(t->layout, &sub, width, cells[i].sub));
    }
    return height + 2.0 * PAD_Y;
}

static void draw_cells(struct en_layout_table *t, const struct en_layout_cell *cells)
{
    struct en_layout *l = t->layout;
    double x = l->left;

    for (size_t i = 0; i < t->count; i++) {
        const double width = column_width(t, i);
        const struct en_style text = cell_style(t, i, &cells[i], false);
        const struct en_style sub = cell_style(t, i, &cells[i], true);
        double y = l->y + PAD_Y;

        y += piece(l, &text, x + PAD_X, y, width - 2.0 * PAD_X, cells[i].text);
        (void)piece(l, &sub, x + PAD_X, y, width - 2.0 * PAD_X, cells[i].sub);
        x += width;
    }
}

static void rule(struct en_layout *l, double thickness, struct en_colour colour)
{
    en_canvas_colour(&l->canvas, colour);
    cairo_set_line_width(l->canvas.cr, thickness);
    en_canvas_line(&l->canvas, l->left, l->y, l->right, l->y);
}

/* Head cells from the titles of the columns. */
static void head_cells(const struct en_layout_table *t, struct en_layout_cell *cells)
{
    static const struct en_colour FAINT = {0.38, 0.41, 0.45};

    for (size_t i = 0; i < t->count; i++) {
        cells[i] =
            (struct en_layout_cell){.text = t->columns[i].title, .is_bold = true, .colour = &FAINT};
    }
}

static void draw_head(struct en_layout_table *t)
{
    struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX];

    head_cells(t, cells);
    draw_cells(t, cells);
    t->layout->y += row_height(t, cells);
    rule(t->layout, 1.0, EN_COLOUR_FAINT);
}

void en_layout_table_head(struct en_layout_table *t)
{
    if (t->layout->record != NULL) {
        en_record_table(t->layout, t);
        return;
    }
    struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX];

    assert(t->count > 0 && t->count <= EN_LAYOUT_COLUMNS_MAX);
    head_cells(t, cells);
    en_layout_need(t->layout, 3.0 * row_height(t, cells));
    draw_head(t);
}

void en_layout_table_row(struct en_layout_table *t, const struct en_layout_cell *cells)
{
    if (t->layout->record != NULL) {
        en_record_row(t->layout, t, cells);
        return;
    }
    struct en_layout *l = t->layout;
    const int page = l->page;
    const double height = row_height(t, cells);

    en_layout_need(l, height);
    if (l->page != page) {
        draw_head(t);
    }
    if (t->row++ % 2 == 1) {
        en_canvas_fill(&l->canvas, l->left, l->y, l->right - l->left, height, EN_COLOUR_WASH);
    }
    draw_cells(t, cells);
    l->y += height;
    rule(l, 0.4, EN_COLOUR_RULE);
}
