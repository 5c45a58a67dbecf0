/* SPDX-License-Identifier: Apache-2.0
 * report/layout: text, tables, boxes and charts that flow down the pages of a PDF.
 *
 * A document is a function that calls the parts below from top to bottom. It runs twice: once to
 * count the pages, once to draw ("page 1 of 2"). What does not fit goes to the next page; a table
 * repeats its head there. Every page carries the same header and footer. */
#pragma once

#include "report/blocks.h"
#include "report/chart_draw.h"
#include "report/words.h"

struct en_sheet {
    const char *title;                  /* of the document, for its metadata */
    const char *head_left, *head_right; /* at the top of every page: patient, document and date */
    const char *foot;                   /* at the bottom: versions */
    en_day today;                       /* creation date in the metadata */
    double font;                        /* size of running text [pt] */
};

struct en_layout {
    struct en_canvas canvas;
    struct en_words *w;
    const struct en_sheet *sheet;
    double left, right, top, bottom; /* of the text area [pt] */
    double y;                        /* where the next part starts */
    int page, page_count;            /* page_count 0: the first run, not yet known */
    enum en_status status;           /* sticky: the first failure of a part */
    struct en_record_parts *record;  /* parts are kept here (report/blocks); NULL: drawn */
    struct en_err *err;
};

typedef void en_body(struct en_layout *l, const void *content);

EN_MUST_USE enum en_status en_layout_write(const struct en_sheet *sheet, struct en_words *w,
                                           en_body *body, const void *content, struct en_buf *pdf,
                                           struct en_err *err);

/* The same document as blocks, in the arena of the words. */
EN_MUST_USE enum en_status en_layout_record(const struct en_sheet *sheet, struct en_words *w,
                                            en_body *body, const void *content,
                                            struct en_blocks *out, struct en_err *err);

/* Start a new page unless height fits on this one. */
void en_layout_need(struct en_layout *l, double height);
void en_layout_space(struct en_layout *l, double height);
/* A part that stands on one page as long as it is not higher than a page; runs it twice. */
void en_layout_keep(struct en_layout *l, en_body *part, const void *content);

/* Text styles relative to the sheet's font. */
struct en_style en_layout_style(const struct en_layout *l, double scale, bool is_bold,
                                struct en_colour colour);

void en_layout_title(struct en_layout *l, const char *title, const char *subtitle);
void en_layout_heading(struct en_layout *l, const char *text);
/* A paragraph; breaks between lines. indent from the left edge [pt]. */
void en_layout_text(struct en_layout *l, const struct en_style *style, double indent,
                    const char *text);
/* A paragraph with a bullet or number before it. */
void en_layout_item(struct en_layout *l, const char *mark, const char *text);
/* A framed paragraph with a bar of the colour at its left; title and text may be "". */
void en_layout_box(struct en_layout *l, struct en_colour colour, const char *title,
                   const char *text);
/* Boxes of equal width and height side by side. */
struct en_layout_note {
    struct en_colour colour;
    const char *title, *text;
};
void en_layout_boxes(struct en_layout *l, const struct en_layout_note *notes, size_t count);
enum { EN_LAYOUT_CHECKS_MAX = 64 };
double en_layout_checks_height(struct en_layout *l, const char *const *items, size_t count,
                               size_t columns);
/* Empty squares to tick, in columns of about the same height: down, then right. */
void en_layout_checks(struct en_layout *l, const char *const *items, size_t count, size_t columns);
/* A line to write on, `label` below it, width as a share of the text area. */
void en_layout_lines(struct en_layout *l, const char *const *labels, const double *shares,
                     size_t count);
/* A chart over the whole width or, as one of two, half of it. */
void en_layout_charts(struct en_layout *l, const struct en_chart *charts, size_t count,
                      double height);
/* Before and now in the course of treatment, over the whole width. */
void en_layout_course(struct en_layout *l, const struct en_chart *before,
                      const struct en_chart *now, double height);
void en_layout_hypotheses(struct en_layout *l, struct en_chart *chart, double height);

enum { EN_LAYOUT_COLUMNS_MAX = 10 };

struct en_layout_column {
    const char *title;
    double share; /* of the width, relative to the other columns */
    bool is_right;
};

struct en_layout_cell {
    const char *text; /* NULL is empty */
    const char *sub;  /* below it, small and faint; NULL none */
    bool is_bold;
    const struct en_colour *colour; /* NULL: ink */
};

struct en_layout_table {
    struct en_layout *layout;
    struct en_layout_column columns[EN_LAYOUT_COLUMNS_MAX];
    size_t count;
    double scale; /* of the font; 0: 1 */
    size_t row;   /* rows drawn so far */
};

void en_layout_table_head(struct en_layout_table *t);
void en_layout_table_row(struct en_layout_table *t, const struct en_layout_cell *cells);
