/* SPDX-License-Identifier: Apache-2.0
 * app/sheet: a tab-separated file that somebody hands in: a line with names of columns, then rows.
 * Comment lines (#) and empty ones are skipped, line ends of either system are taken. Every problem
 * is told with line and column. Cells live in the arena. Thread-safe. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

/* A column that may stand in the file; lists end with a NULL name. */
struct en_sheet_column {
    const char *name, *meaning;
    bool is_required; /* the file must have it; cells may still be empty */
};

struct en_sheet {
    const char *file; /* for messages */
    const struct en_sheet_column *known;
    const size_t *places;           /* column of the file by index in known, SIZE_MAX: none */
    const char *const *const *rows; /* shape [row_count][columns of the file] */
    const size_t *lines;            /* of the rows, shape [row_count] */
    size_t row_count;
};

enum { EN_SHEET_ROWS_MAX = 4096, EN_SHEET_COLUMNS_MAX = 64 };

EN_MUST_USE enum en_status en_sheet_read(const char *file, const char *bytes, size_t size,
                                         const struct en_sheet_column *known, struct en_arena *a,
                                         struct en_sheet *out, struct en_err *err);

/* Write the head of such a file: a comment, and the names of all columns. */
void en_sheet_head(const char *comment, const struct en_sheet_column *known, struct en_buf *out);

/* A cell without blanks around it; "" when the column is absent. Asserts that it is known. */
const char *en_sheet_cell(const struct en_sheet *s, size_t row, const char *column);

/* A number within low .. high; NAN for an empty cell. */
EN_MUST_USE enum en_status en_sheet_number(const struct en_sheet *s, size_t row, const char *column,
                                           double low, double high, double *out,
                                           struct en_err *err);

/* EN_EINVAL: "FILE, line 4, column week: what". */
EN_MUST_USE enum en_status en_sheet_wrong(const struct en_sheet *s, size_t row, const char *column,
                                          struct en_err *err, const char *format, ...)
    EN_PRINTF(5, 6);
