/* SPDX-License-Identifier: Apache-2.0 */
#include "report/canvas.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

/* The first of them that has a character is used for it. */
static const char FONTS[] = "Noto Sans, DejaVu Sans, sans-serif";

enum { PNG_SCALE = 2 }; /* pixels to the point: sharp on dense screens */

static cairo_status_t write_bytes(void *closure, const unsigned char *bytes, unsigned int size)
{
    struct en_buf *out = closure;

    en_buf_add_bytes(out, (const char *)bytes, size);
    return out->status == EN_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* No hinting and no rounding: the same shapes at every resolution and on every machine. */
static void set_fonts(struct en_canvas *c)
{
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    c->pango = pango_cairo_create_context(c->cr);
    pango_cairo_context_set_resolution(c->pango, 72.0);
    pango_cairo_context_set_font_options(c->pango, options);
    pango_context_set_round_glyph_positions(c->pango, FALSE);
    pango_context_set_base_dir(c->pango, PANGO_DIRECTION_LTR);
    pango_context_set_language(c->pango, pango_language_from_string("en"));
    cairo_font_options_destroy(options);
}

enum en_status en_canvas_open(struct en_canvas *c, enum en_canvas_kind kind, double width,
                              double height, struct en_buf *out, struct en_err *err)
{
    *c = (struct en_canvas){.kind = kind, .out = out, .width = width, .height = height};
    if (kind == EN_CANVAS_PDF) {
        c->surface = cairo_pdf_surface_create_for_stream(write_bytes, out, width, height);
    } else if (kind == EN_CANVAS_SVG) {
        c->surface = cairo_svg_surface_create_for_stream(write_bytes, out, width, height);
    } else {
        c->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)lround(width * PNG_SCALE),
                                                (int)lround(height * PNG_SCALE));
        cairo_surface_set_device_scale(c->surface, PNG_SCALE, PNG_SCALE);
    }
    c->cr = cairo_create(c->surface);
    if (cairo_status(c->cr) != CAIRO_STATUS_SUCCESS) {
        const char *reason = cairo_status_to_string(cairo_status(c->cr));

        cairo_destroy(c->cr);
        cairo_surface_destroy(c->surface);
        *c = (struct en_canvas){.out = out};
        return en_fail(err, EN_ENOMEM, "no drawing surface: %s", reason);
    }
    set_fonts(c);
    cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    return EN_OK;
}

enum en_status en_canvas_close(struct en_canvas *c, struct en_err *err)
{
    cairo_status_t status = CAIRO_STATUS_SUCCESS;

    if (c->cr == NULL) {
        return en_fail(err, EN_EBUG, "there is no drawing surface to close");
    }
    if (c->kind == EN_CANVAS_PNG) {
        status = cairo_surface_write_to_png_stream(c->surface, write_bytes, c->out);
    }
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_status(c->cr);
    }
    g_object_unref(c->pango);
    cairo_destroy(c->cr);
    cairo_surface_finish(c->surface);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_status(c->surface);
    }
    cairo_surface_destroy(c->surface);
    c->cr = NULL;
    if (status != CAIRO_STATUS_SUCCESS && c->out->status == EN_OK) {
        return en_fail(err, EN_EBUG, "drawing failed: %s", cairo_status_to_string(status));
    }
    return en_buf_check(c->out, "the drawing", err);
}

PangoLayout *en_canvas_layout(struct en_canvas *c, const struct en_style *style, double width,
                              const char *text)
{
    static const PangoAlignment ALIGN[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
    PangoLayout *layout = pango_layout_new(c->pango);
    PangoFontDescription *font = pango_font_description_from_string(FONTS);

    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      style->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font,
                                     style->is_italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_alignment(layout, ALIGN[style->align]);
    if (style->line > 0.0) {
        pango_layout_set_line_spacing(layout, (float)style->line);
    }
    if (width > 0.0) {
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_width(layout, (int)lround(width * PANGO_SCALE));
        pango_layout_set_ellipsize(layout,
                                   style->is_one_line ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    }
    pango_layout_set_text(layout, text, -1);
    return layout;
}

double en_canvas_text_width(PangoLayout *layout)
{
    PangoRectangle logical;

    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.width / PANGO_SCALE;
}

double en_canvas_text_height(PangoLayout *layout)
{
    PangoRectangle logical;

    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.height / PANGO_SCALE;
}

double en_canvas_text(struct en_canvas *c, double x, double y, double width,
                      const struct en_style *style, const char *text)
{
    PangoLayout *layout = en_canvas_layout(c, style, width, text);
    const double height = en_canvas_text_height(layout);

    if (!(width > 0.0) && style->align != EN_ALIGN_LEFT) {
        const double share = style->align == EN_ALIGN_RIGHT ? 1.0 : 0.5;

        x -= share * en_canvas_text_width(layout);
    }
    en_canvas_colour(c, style->colour);
    cairo_move_to(c->cr, x, y);
    pango_cairo_show_layout(c->cr, layout);
    cairo_new_path(c->cr); /* pango leaves a current point, the next shape would start there */
    g_object_unref(layout);
    return height;
}

void en_canvas_colour(struct en_canvas *c, struct en_colour colour)
{
    cairo_set_source_rgb(c->cr, colour.red, colour.green, colour.blue);
}

void en_canvas_fill(struct en_canvas *c, double x, double y, double width, double height,
                    struct en_colour colour)
{
    en_canvas_colour(c, colour);
    cairo_rectangle(c->cr, x, y, width, height);
    cairo_fill(c->cr);
}

void en_canvas_line(struct en_canvas *c, double x0, double y0, double x1, double y1)
{
    cairo_move_to(c->cr, x0, y0);
    cairo_line_to(c->cr, x1, y1);
    cairo_stroke(c->cr);
}
