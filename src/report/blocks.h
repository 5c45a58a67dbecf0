/* SPDX-License-Identifier: Apache-2.0
 * report/blocks: a document as what it says, part by part, for a reader that draws it by itself: a
 * browser makes headings, lists and tables of it. The bodies that write the PDF write this, too.
 *
 * Blocks and their texts live in the arena of the words they were made with. Read only. */
#pragma once

#include "report/canvas.h"
#include "report/chart.h"

/* What a colour of a document means. */
enum en_meaning {
    EN_MEANING_PLAIN,
    EN_MEANING_NOTE, /* small print */
    EN_MEANING_INFO,
    EN_MEANING_GOOD,
    EN_MEANING_CAUTION,
    EN_MEANING_DANGER,
    EN_MEANING_COUNT
};

/* "plain", "note", "info", "good", "caution", "danger". */
const char *en_meaning_text(enum en_meaning meaning);

/* A colour of the palette (report/canvas.h) has one meaning; another colour is plain. */
enum en_meaning en_meaning_of(struct en_colour colour);

enum en_block_kind {
    EN_BLOCK_TITLE,   /* text, sub */
    EN_BLOCK_HEADING, /* text */
    EN_BLOCK_TEXT,    /* text, meaning, is_bold: a paragraph */
    EN_BLOCK_ITEM,    /* text, and in sub its mark, "•" or "1." */
    EN_BLOCK_BOXES,   /* boxes, side by side where there is room */
    EN_BLOCK_CHECKS,  /* items to tick */
    EN_BLOCK_LINES,   /* items: what is to be written on lines */
    EN_BLOCK_TABLE,   /* columns, rows */
    EN_BLOCK_CHARTS,  /* charts */
    EN_BLOCK_COURSE   /* charts: before, and now */
};

struct en_block_box {
    enum en_meaning meaning;
    const char *title, *text; /* "" none */
};

struct en_block_column {
    const char *title;
    bool is_right;
};

struct en_block_cell {
    const char *text, *sub; /* "" none */
    bool is_bold;
    enum en_meaning meaning;
};

struct en_block_row {
    const struct en_block_row *next;
    const struct en_block_cell *cells; /* shape [count of the table] */
};

struct en_block {
    const struct en_block *next;
    enum en_block_kind kind;
    enum en_meaning meaning;
    bool is_bold;
    const char *text, *sub;
    size_t count; /* of what the kind has: boxes, items, columns or charts */
    const struct en_block_box *boxes;
    const char *const *items;
    const struct en_block_column *columns;
    const struct en_block_row *rows;
    const struct en_chart *charts;
};

/* A document: what stands on each of its pages, and its parts. */
struct en_blocks {
    const char *title, *head_left, *head_right, *foot;
    const struct en_block *first; /* NULL: it has no part */
};
