/* SPDX-License-Identifier: Apache-2.0
 * report/canvas: a drawing surface for SVG, PNG and PDF, and text on it.
 *
 * Lengths are points (1/72 inch), y grows downwards. Text is shaped by pango in a left-to-right
 * paragraph, so that names in any script stand where they belong. Not thread-safe: one canvas
 * belongs to one thread. */
#pragma once

#include "base/buf.h"

#include <cairo.h>
#include <pango/pangocairo.h>
#include <stdbool.h>

struct en_colour {
    double red, green, blue;
};

/* Blue, vermilion and green of a palette that stays apart with any colour vision (Okabe and Ito
 * 2008, Color Universal Design); their luminance differs, so that grey print keeps them apart. */
#define EN_COLOUR_INK   ((struct en_colour){0.11, 0.13, 0.16})
#define EN_COLOUR_FAINT ((struct en_colour){0.38, 0.41, 0.45})
#define EN_COLOUR_RULE  ((struct en_colour){0.80, 0.82, 0.85})
#define EN_COLOUR_WASH  ((struct en_colour){0.955, 0.962, 0.972})
#define EN_COLOUR_WHITE ((struct en_colour){1.0, 1.0, 1.0})
#define EN_COLOUR_BLUE  ((struct en_colour){0.0, 0.33, 0.58})
#define EN_COLOUR_RED   ((struct en_colour){0.72, 0.16, 0.06})
#define EN_COLOUR_AMBER ((struct en_colour){0.60, 0.39, 0.0})
#define EN_COLOUR_GREEN ((struct en_colour){0.0, 0.44, 0.33})

enum en_align { EN_ALIGN_LEFT, EN_ALIGN_CENTRE, EN_ALIGN_RIGHT };

struct en_style {
    double size; /* [pt] */
    bool is_bold, is_italic;
    bool is_one_line; /* what does not fit the width is cut, with an ellipsis */
    struct en_colour colour;
    enum en_align align; /* within the width; without one, of the text to x */
    double line;         /* height of a line relative to the font's, 0: 1 */
};

enum en_canvas_kind { EN_CANVAS_SVG, EN_CANVAS_PNG, EN_CANVAS_PDF };

struct en_canvas {
    enum en_canvas_kind kind;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoContext *pango;
    struct en_buf *out;
    double width, height;
};

/* A surface of this size that writes into out. A PNG has two pixels to the point. */
EN_MUST_USE enum en_status en_canvas_open(struct en_canvas *c, enum en_canvas_kind kind,
                                          double width, double height, struct en_buf *out,
                                          struct en_err *err);

/* Finish the bytes and release everything; also after a failure. */
EN_MUST_USE enum en_status en_canvas_close(struct en_canvas *c, struct en_err *err);

/* Text ready to draw, wrapped at `width` when it is > 0. Release with g_object_unref. */
PangoLayout *en_canvas_layout(struct en_canvas *c, const struct en_style *style, double width,
                              const char *text);
double en_canvas_text_width(PangoLayout *layout);
double en_canvas_text_height(PangoLayout *layout);

/* Draw text with its upper edge at y; gives its height. */
double en_canvas_text(struct en_canvas *c, double x, double y, double width,
                      const struct en_style *style, const char *text);

void en_canvas_colour(struct en_canvas *c, struct en_colour colour);
void en_canvas_fill(struct en_canvas *c, double x, double y, double width, double height,
                    struct en_colour colour);
void en_canvas_line(struct en_canvas *c, double x0, double y0, double x1, double y1);
