/* SPDX-License-Identifier: Apache-2.0
 * knowledge/tsv: the bytes of one file become rows. The file is copied once into the arena; cells
 * are pieces of that copy. */
#include "base/text.h"
#include "knowledge/tables.h"

#include <string.h>

static size_t line_of(const struct en_embedded *file, size_t offset)
{
    size_t line = 1;

    for (size_t i = 0; i < offset; i++) {
        line += file->bytes[i] == '\n';
    }
    return line;
}

/* Size, encoding and control characters. Only the first fault of a file is told: a file with the
 * line ends of another system has one in every line. */
static bool is_clean(struct en_loader *l, const struct en_embedded *file)
{
    size_t bad = 0;

    if (file->size > EN_TABLE_FILE_MAX) {
        en_problem_add(l, file->name, 1, "the file has more than %d bytes; shorten it",
                       EN_TABLE_FILE_MAX);
        return false;
    }
    if (!en_utf8_valid(file->bytes, file->size, &bad)) {
        en_problem_add(l, file->name, line_of(file, bad), "not UTF-8; save the file as UTF-8");
        return false;
    }
    for (size_t i = 0; i < file->size; i++) {
        const unsigned char byte = (unsigned char)file->bytes[i];

        if (byte == '\r') {
            en_problem_add(l, file->name, line_of(file, i),
                           "a carriage return; save the file with LF line ends");
            return false;
        }
        if ((byte < ' ' && byte != '\t' && byte != '\n') || byte == 127) {
            en_problem_add(l, file->name, line_of(file, i), "the control character %d; remove it",
                           byte);
            return false;
        }
    }
    return true;
}

/* Cut the first line off *text, which moves behind it. NULL when nothing is left. */
static char *next_line(char **text)
{
    char *line = *text;

    if (*line == '\0') {
        return NULL;
    }
    char *end = strchr(line, '\n');

    if (end == NULL) {
        *text = line + strlen(line);
    } else {
        *end = '\0';
        *text = end + 1;
    }
    return line;
}

/* The next line that is no comment, and its number. */
static char *next_content(char **text, size_t *number)
{
    char *line;

    while ((line = next_line(text)) != NULL) {
        (*number)++;
        if (line[0] != '#') {
            return line;
        }
    }
    return NULL;
}

/* Cut a line at its tabs: writes the first `capacity` cells and returns how many there are. */
static size_t split(char *line, const char **cells, size_t capacity)
{
    size_t count = 0;

    for (;;) {
        char *tab = strchr(line, '\t');

        if (tab != NULL) {
            *tab = '\0';
        }
        if (count < capacity) {
            cells[count] = line;
        }
        count++;
        if (tab == NULL) {
            return count;
        }
        line = tab + 1;
    }
}

static const struct en_column *rule_of(const struct en_table_data *t, const char *name)
{
    for (size_t i = 0; i < t->rule_count; i++) {
        if (strcmp(t->rules[i].name, name) == 0) {
            return &t->rules[i];
        }
    }
    return NULL;
}

static bool names_column(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Every column of the file is declared, once, and every declared one is there. */
static void check_header(struct en_loader *l, struct en_table_data *t, size_t line)
{
    const char *const *names = t->table.columns;

    for (size_t i = 0; i < t->table.column_count; i++) {
        t->column_rules[i] = rule_of(t, names[i]);
        if (t->column_rules[i] == NULL) {
            en_problem_add(l, t->file, line,
                           "unknown column \"%.40s\"; rename or remove it, or describe it in"
                           " schema.tsv",
                           names[i]);
        }
        if (names_column(names, i, names[i])) {
            en_problem_add(l, t->file, line, "the column \"%.40s\" stands twice; remove one",
                           names[i]);
        }
        if (t->id_column == SIZE_MAX && strcmp(names[i], "id") == 0) {
            t->id_column = i;
        }
    }
    for (size_t i = 0; i < t->rule_count; i++) {
        if (!names_column(names, t->table.column_count, t->rules[i].name)) {
            en_problem_add(l, t->file, line, "the column \"%s\" is missing; add it",
                           t->rules[i].name);
        }
    }
}

/* Columns from the first line. False when there is nothing to read rows with. */
static bool read_header(struct en_loader *l, struct en_table_data *t, char *line, size_t number)
{
    const char *names[EN_TABLE_COLUMNS_MAX];
    const size_t count = split(line, names, EN_TABLE_COLUMNS_MAX);

    if (count > EN_TABLE_COLUMNS_MAX) {
        en_problem_add(l, t->file, number, "%zu columns, the limit is %d; split the table", count,
                       EN_TABLE_COLUMNS_MAX);
        return false;
    }
    const char **columns = EN_NEW(l->a, const char *, count);

    t->column_rules = EN_NEW(l->a, const struct en_column *, count);
    if (columns == NULL || t->column_rules == NULL) {
        l->status = EN_ENOMEM;
        return false;
    }
    memcpy(columns, names, count * sizeof *names);
    t->table.columns = columns;
    t->table.column_count = count;
    check_header(l, t, number);
    return true;
}

/* One line into a row; false when its cells do not fit the header. */
static bool read_row(struct en_loader *l, const struct en_table_data *t, char *line, size_t number,
                     struct en_row *out)
{
    const size_t columns = t->table.column_count;
    const char **cells = EN_NEW(l->a, const char *, columns);

    if (cells == NULL) {
        l->status = EN_ENOMEM;
        return false;
    }
    const size_t count = split(line, cells, columns);

    if (count != columns) {
        en_problem_add(l, t->file, number, "%zu cells, the header has %zu; add or remove tabs",
                       count, columns);
        return false;
    }
    *out = (struct en_row){.table = &t->table, .cells = cells, .line = (int)number};
    return true;
}

static void read_rows(struct en_loader *l, struct en_table_data *t, char *text, size_t number)
{
    size_t capacity = 0, count = 0;
    char *line;

    for (const char *c = text; *c != '\0'; c++) {
        capacity += *c == '\n';
    }
    if (capacity + 1 > EN_TABLE_ROWS_MAX) {
        en_problem_add(l, t->file, 1, "more than %d lines; shorten the table", EN_TABLE_ROWS_MAX);
        t->is_broken = true;
        return;
    }
    struct en_row *rows = EN_NEW(l->a, struct en_row, capacity + 1);

    if (rows == NULL) {
        l->status = EN_ENOMEM;
        return;
    }
    while (l->status == EN_OK && (line = next_content(&text, &number)) != NULL) {
        if (line[0] == '\0') {
            en_problem_add(l, t->file, number, "an empty line; remove it");
        } else if (read_row(l, t, line, number, &rows[count])) {
            count++;
        } else {
            t->is_broken = true;
        }
    }
    t->table.rows = rows;
    t->table.row_count = count;
}

void en_tsv_read(struct en_loader *l, struct en_table_data *t, const struct en_embedded *file)
{
    size_t number = 0;

    t->is_broken = true;
    if (!is_clean(l, file)) {
        return;
    }
    char *text = en_arena_copy(l->a, file->bytes, file->size);

    if (text == NULL) {
        l->status = EN_ENOMEM;
        return;
    }
    char *header = next_content(&text, &number);

    if (header == NULL || header[0] == '\0') {
        en_problem_add(l, file->name, number == 0 ? 1 : number,
                       "no column names; write them in the first line");
        return;
    }
    if (read_header(l, t, header, number)) {
        t->is_broken = false;
        read_rows(l, t, text, number);
    }
}
