/* SPDX-License-Identifier: Apache-2.0 */
#include "app/sheet.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A file in reading: its text is cut in place. */
struct reader {
    const char *file;
    const struct en_sheet_column *known;
    struct en_arena *a;
    struct en_err *err;
    char *text; /* what is left */
    size_t line;
};

static enum en_status no_memory(const struct reader *r)
{
    return en_fail(r->err, EN_ENOMEM, "%s: no memory for the table", r->file);
}

/* Encoding and control characters, before anything is cut. */
static enum en_status check_bytes(const struct reader *r, const char *bytes, size_t size)
{
    size_t bad = size, line = 1;

    if (en_utf8_valid(bytes, size, &bad)) {
        bad = size;
    }
    for (size_t i = 0; i < bad; i++) {
        const unsigned char byte = (unsigned char)bytes[i];

        line += byte == '\n';
        if ((byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r') || byte == 127) {
            return en_fail(r->err, EN_EINVAL, "%s, line %zu: the control character %d", r->file,
                           line, byte);
        }
    }
    return bad == size ? EN_OK
                       : en_fail(r->err, EN_EINVAL, "%s, line %zu: not UTF-8", r->file, line);
}

/* The next line that is neither empty nor a comment, NULL at the end. */
static char *next_line(struct reader *r)
{
    while (*r->text != '\0') {
        char *line = r->text;
        const size_t size = strcspn(line, "\n");
        const bool is_last = line[size] == '\0';

        r->text = line + size + (is_last ? 0 : 1);
        r->line++;
        line[size] = '\0';
        if (size > 0 && line[size - 1] == '\r') {
            line[size - 1] = '\0';
        }
        if (line[0] != '#' && line[strspn(line, " \t")] != '\0') {
            return line;
        }
    }
    return NULL;
}

/* Cut at tabs, without blanks around; how many there are, of which `capacity` are kept. */
static size_t split(char *line, const char **cells, size_t capacity)
{
    size_t count = 0;

    for (bool is_last = false; !is_last;) {
        const size_t size = strcspn(line, "\t");
        char *cell = line + strspn(line, " ");

        is_last = line[size] == '\0';
        line[size] = '\0';
        for (size_t n = strlen(cell); n > 0 && cell[n - 1] == ' '; n--) {
            cell[n - 1] = '\0';
        }
        if (count < capacity) {
            cells[count] = cell;
        }
        count++;
        line += size + 1;
    }
    return count;
}

static size_t known_index(const struct en_sheet_column *known, const char *name)
{
    for (size_t i = 0; known[i].name != NULL; i++) {
        if (en_text_equal(known[i].name, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Which column of the file is which. */
static enum en_status read_head(struct reader *r, size_t *places, size_t *count)
{
    const char *names[EN_SHEET_COLUMNS_MAX];
    char *line = next_line(r);

    if (line == NULL) {
        return en_fail(r->err, EN_EINVAL, "%s: no line with the names of the columns", r->file);
    }
    *count = split(line, names, EN_SHEET_COLUMNS_MAX);
    if (*count > EN_SHEET_COLUMNS_MAX) {
        return en_fail(r->err, EN_EINVAL, "%s, line %zu: more than %d columns", r->file, r->line,
                       (int)EN_SHEET_COLUMNS_MAX);
    }
    for (size_t i = 0; i < *count; i++) {
        const size_t k = known_index(r->known, names[i]);

        if (k == SIZE_MAX) {
            return en_fail(r->err, EN_EINVAL,
                           "%s, line %zu: \"%.40s\" is no column; see "
                           "docs/validation.md",
                           r->file, r->line, names[i]);
        }
        if (places[k] != SIZE_MAX) {
            return en_fail(r->err, EN_EINVAL, "%s, line %zu: the column %s stands twice", r->file,
                           r->line, names[i]);
        }
        places[k] = i;
    }
    for (size_t k = 0; r->known[k].name != NULL; k++) {
        if (r->known[k].is_required && places[k] == SIZE_MAX) {
            return en_fail(r->err, EN_EINVAL, "%s, line %zu: the column %s is missing", r->file,
                           r->line, r->known[k].name);
        }
    }
    return EN_OK;
}

static enum en_status read_rows(struct reader *r, size_t columns, const char ***rows, size_t *lines,
                                size_t *count)
{
    char *line;

    while ((line = next_line(r)) != NULL) {
        const char **cells = EN_NEW(r->a, const char *, columns);

        if (cells == NULL) {
            return no_memory(r);
        }
        if (*count == EN_SHEET_ROWS_MAX) {
            return en_fail(r->err, EN_ELIMIT, "%s: more than %d rows", r->file,
                           (int)EN_SHEET_ROWS_MAX);
        }
        const size_t n = split(line, cells, columns);

        if (n != columns) {
            return en_fail(r->err, EN_EINVAL, "%s, line %zu: %zu cells, the first line has %zu",
                           r->file, r->line, n, columns);
        }
        rows[*count] = cells;
        lines[(*count)++] = r->line;
    }
    return EN_OK;
}

enum en_status en_sheet_read(const char *file, const char *bytes, size_t size,
                             const struct en_sheet_column *known, struct en_arena *a,
                             struct en_sheet *out, struct en_err *err)
{
    struct reader r = {.file = file, .known = known, .a = a, .err = err};
    size_t known_count = 0, columns = 0, count = 0;

    *out = (struct en_sheet){.file = file, .known = known};
    while (known[known_count].name != NULL) {
        known_count++;
    }
    size_t *places = EN_NEW(a, size_t, known_count);
    size_t *lines = EN_NEW(a, size_t, EN_SHEET_ROWS_MAX);
    const char ***rows = EN_NEW(a, const char **, EN_SHEET_ROWS_MAX);

    r.text = en_arena_copy(a, bytes, size);
    if (places == NULL || lines == NULL || rows == NULL || r.text == NULL) {
        return no_memory(&r);
    }
    for (size_t k = 0; k < known_count; k++) {
        places[k] = SIZE_MAX;
    }
    EN_TRY(check_bytes(&r, bytes, size));
    EN_TRY(read_head(&r, places, &columns));
    EN_TRY(read_rows(&r, columns, rows, lines, &count));
    out->places = places;
    out->rows = (const char *const *const *)rows;
    out->lines = lines;
    out->row_count = count;
    return EN_OK;
}

void en_sheet_head(const char *comment, const struct en_sheet_column *known, struct en_buf *out)
{
    en_buf_print(out, "# %s\n", comment);
    for (size_t i = 0; known[i].name != NULL; i++) {
        en_buf_print(out, "%s%s", i == 0 ? "" : "\t", known[i].name);
    }
    en_buf_add(out, "\n");
}

const char *en_sheet_cell(const struct en_sheet *s, size_t row, const char *column)
{
    const size_t k = known_index(s->known, column);

    assert(k != SIZE_MAX && row < s->row_count);
    return s->places[k] == SIZE_MAX ? "" : s->rows[row][s->places[k]];
}

enum en_status en_sheet_number(const struct en_sheet *s, size_t row, const char *column, double low,
                               double high, double *out, struct en_err *err)
{
    const char *cell = en_sheet_cell(s, row, column);

    *out = NAN;
    if (*cell == '\0') {
        return EN_OK;
    }
    if (!en_text_number(cell, out) || !(*out >= low && *out <= high)) {
        *out = NAN;
        return en_sheet_wrong(s, row, column, err, "needs a number from %g to %g", low, high);
    }
    return EN_OK;
}

enum en_status en_sheet_wrong(const struct en_sheet *s, size_t row, const char *column,
                              struct en_err *err, const char *format, ...)
{
    char what[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return en_fail(err, EN_EINVAL, "%s, line %zu, column %s: %s", s->file, s->lines[row], column,
                   what);
}
