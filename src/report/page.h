/* SPDX-License-Identifier: Apache-2.0
 * report/page: lines, paragraphs and tables of a text terminal.
 *
 * Widths are columns of the terminal: wide characters take two, combining marks none. No line gets
 * longer than the page: what does not fit is wrapped, words longer than a line are broken. */
#pragma once

#include "report/words.h"

enum en_ink { EN_INK_PLAIN, EN_INK_BOLD, EN_INK_FAINT, EN_INK_RED, EN_INK_YELLOW, EN_INK_GREEN };

struct en_page {
    struct en_buf *out;
    struct en_words *w;
    int width;
    bool use_colour;
};

/* Columns of a page on a terminal of this width: 72 to 160, 80 when 0. */
int en_page_width(int wanted);

/* Columns that the text takes on a terminal. */
int en_page_columns(const char *text);

/* Bytes of the text that fit into width columns, cut between words where possible, at least one
 * character. *rest is where the next line starts (blanks at the cut are left out). */
size_t en_page_cut(const char *text, int width, const char **rest);

/* The end of a page that was written with this status so far: frees the arena of its words.
 * EN_ENOMEM when a word found no memory, EN_ELIMIT when the page is too long. */
EN_MUST_USE enum en_status en_page_end(struct en_page *p, enum en_status so_far,
                                       struct en_err *err);

void en_page_blank(struct en_page *p);
/* A line over the whole width of a box character. */
void en_page_rule(struct en_page *p, const char *character);
/* HEADING ------- */
void en_page_heading(struct en_page *p, const char *title);
/* left ... right on one line; the right part goes to a line of its own when both do not fit. */
void en_page_pair(struct en_page *p, const char *left, const char *right);

/* A wrapped paragraph: `mark` (may be "") stands at column `indent`, the text hangs behind it. */
void en_page_text(struct en_page *p, int indent, const char *mark, enum en_ink colour,
                  const char *text);

/* A framed title with text below it. */
void en_page_box(struct en_page *p, enum en_ink colour, const char *title, const char *text);

enum { EN_PAGE_COLUMNS_MAX = 12 };

struct en_page_column {
    const char *title;
    int width; /* 0: what is left over, for one column of a table */
    bool is_right;
};

/* A table is a head and rows; cells wrap. The widths with one blank between must fit the page. */
struct en_page_table {
    struct en_page *page;
    struct en_page_column columns[EN_PAGE_COLUMNS_MAX];
    size_t count;
    int indent;
};

void en_page_table_head(struct en_page_table *t);
void en_page_table_row(struct en_page_table *t, const char *const *cells);
