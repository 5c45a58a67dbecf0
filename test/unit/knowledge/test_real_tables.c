/* SPDX-License-Identifier: Apache-2.0
 * The real tables with one thing wrong in each of them: whatever is spoilt, in whichever table and
 * column, is refused with the file, the line and the column. Each load spoils the same column of
 * all tables at once, so that some hundred loads reach every cell rule there is. */
#include "base/buf.h"
#include "base/text.h"
#include "knowledge/tables.h"

#include "support/check.h"

enum { FILES_MAX = 64, COLUMNS_MAX = 64 };

static struct en_arena arena = {.limit = 64 << 20};
static struct en_knowledge *k;

static int load(void **state)
{
    (void)state;
    return en_knowledge_load(NULL, &arena, &k, NULL) == EN_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

/* Spoiling */

/* One change of one table: what becomes of the cell at (line, column); NULL leaves the table. The
 * header is line 1. */
struct spoil {
    const char *(*cell)(const struct spoil *s, const struct en_table_data *t, size_t column);
    size_t column;
    size_t row;       /* of the table's rows; SIZE_MAX: the whole column is taken out */
    const char *part; /* what the problem says, behind "column: " when is_named */
    bool is_named;
};

static const struct en_column *rule_of(const struct en_table_data *t, size_t column)
{
    return t->column_rules[column];
}

/* Lines of the file that hold rows, by the rows' own line numbers. */
static bool is_spoilt_line(const struct spoil *s, const struct en_table_data *t, size_t line)
{
    return s->row < t->table.row_count && line == (size_t)t->table.rows[s->row].line;
}

/* The table's text with the change; columns are parted by tabs. */
static const char *spoilt_text(const struct en_embedded *file, const struct en_table_data *t,
                               const struct spoil *s, const char *cell, struct en_arena *a)
{
    struct en_buf out = EN_BUF(EN_TABLE_FILE_MAX);
    const char *p = file->bytes, *end = file->bytes + file->size;

    for (size_t line = 1; p < end; line++) {
        const bool is_comment = *p == '#';

        for (size_t column = 0;; column++) {
            const char *stop = p;

            while (stop < end && *stop != '\t' && *stop != '\n') {
                stop++;
            }
            const bool is_out = cell == NULL && column == s->column && !is_comment;
            const bool is_new = cell != NULL && column == s->column && is_spoilt_line(s, t, line);

            if (!is_out) {
                const bool is_first =
                    column == 0 || (cell == NULL && !is_comment && s->column == 0 && column == 1);

                en_buf_add(&out, is_first ? "" : "\t");
                en_buf_add_bytes(&out, is_new ? cell : p,
                                 is_new ? strlen(cell) : (size_t)(stop - p));
            }
            p = stop < end ? stop + 1 : end;
            if (stop >= end || *stop == '\n') {
                break;
            }
        }
        en_buf_add(&out, "\n");
    }
    const char *text = en_arena_copy(a, en_buf_text(&out), out.size);

    en_buf_free(&out);
    return text;
}

static bool is_told(const struct en_problems *problems, const char *start, const char *part)
{
    for (size_t i = 0; i < problems->count; i++) {
        if (en_text_starts(problems->lines[i], start) &&
            strstr(problems->lines[i] + strlen(start), part) != NULL) {
            return true;
        }
    }
    return false;
}

/* What must be told about one table. */
static void expect_told(const struct en_problems *problems, const struct en_table_data *t,
                        const struct spoil *s)
{
    const size_t line = s->row == SIZE_MAX ? 1 : (size_t)t->table.rows[s->row].line;
    char start[128];

    (void)snprintf(start, sizeof start, "%s:%zu: %s%s", t->file, line,
                   s->is_named ? rule_of(t, s->column)->name : "", s->is_named ? ": " : "");
    if (!is_told(problems, start, s->part)) {
        print_error("%s... %s is not told, column %s; of %zu problems the first is %s\n", start,
                    s->part, rule_of(t, s->column)->name, problems->count,
                    problems->count == 0 ? "none" : problems->lines[0]);
        fail();
    }
}

/* Spoil every table that the change applies to, load, and look for each. Returns their number. */
static size_t load_spoilt(const struct spoil *s)
{
    struct en_embedded files[FILES_MAX];
    bool is_spoilt[FILES_MAX] = {false};
    struct en_arena a = EN_ARENA(256 << 20);
    struct en_problems problems;
    struct en_knowledge *out = NULL;
    size_t count = 0, spoilt = 0;

    for (; EN_KNOWLEDGE_FILES[count].name != NULL; count++) {
        CHECK(count + 1 < FILES_MAX);
        const struct en_embedded *file = &EN_KNOWLEDGE_FILES[count];
        const size_t size = strcspn(file->name, ".");
        const struct en_table_data *t = en_table_find(k, file->name, size);

        CHECK(t != NULL);
        files[count] = *file;
        if (t == &k->tables[0] || s->column >= t->table.column_count ||
            (s->row != SIZE_MAX && s->row >= t->table.row_count)) {
            continue;
        }
        const char *cell = s->cell(s, t, s->column);

        if (cell != NULL || s->row == SIZE_MAX) {
            files[count].bytes = spoilt_text(file, t, s, cell, &a);
            files[count].size = strlen(files[count].bytes);
            is_spoilt[count] = true;
            spoilt++;
        }
    }
    files[count] = (struct en_embedded){NULL, NULL, 0};
    const enum en_status st = en_tables_load(files, &a, &out, &problems, NULL);

    CHECK(st == (spoilt == 0 ? EN_OK : EN_EINVAL));
    CHECK((out == NULL) == (spoilt > 0));
    for (size_t i = 0; i < count; i++) {
        if (is_spoilt[i]) {
            expect_told(&problems, en_table_find(k, files[i].name, strcspn(files[i].name, ".")), s);
        }
    }
    en_arena_free(&a);
    return spoilt;
}

/* Columns */

static const char *no_cell(const struct spoil *s, const struct en_table_data *t, size_t column)
{
    (void)s;
    (void)t;
    (void)column;
    return NULL;
}

/* A table without one of its columns, be it an optional one, is refused: an old file must not pass
 * for one that leaves the cells empty. */
static void test_every_column_is_missed(void **state)
{
    size_t spoilt = 0;

    (void)state;
    for (size_t column = 0; column < COLUMNS_MAX; column++) {
        const struct spoil s = {no_cell, column, SIZE_MAX, "is missing", false};

        spoilt += load_spoilt(&s);
    }
    CHECK(spoilt > 350);
}

/* Cells */

/* Rows to spoil: the first, the second and the last one that every table has. */
static size_t each_cell(const struct spoil *pattern)
{
    static const size_t ROWS[] = {0, 1};
    size_t spoilt = 0;

    for (size_t column = 0; column < COLUMNS_MAX; column++) {
        for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
            struct spoil s = *pattern;

            s.column = column;
            s.row = ROWS[i];
            spoilt += load_spoilt(&s);
        }
    }
    return spoilt;
}

static const char *blank(const struct spoil *s, const struct en_table_data *t, size_t column)
{
    (void)s;
    return rule_of(t, column)->is_required ? "" : NULL;
}

static void test_every_required_cell_is_missed(void **state)
{
    (void)state;
    CHECK(each_cell(&(struct spoil){blank, 0, 0, "the cell is empty", true}) > 300);
}

/* A word that no type but text takes. */
static const char *wrong_word(const struct spoil *s, const struct en_table_data *t, size_t column)
{
    (void)s;
    switch (rule_of(t, column)->type) {
    case EN_COLUMN_NUMBER:
    case EN_COLUMN_INTEGER:
    case EN_COLUMN_BOOL:
    case EN_COLUMN_DATE:
    case EN_COLUMN_ENUM:
        return "12,5 perhaps";
    case EN_COLUMN_ID:
        return "no id";
    case EN_COLUMN_EXPR:
        return "no_such_fact and";
    case EN_COLUMN_TEXT:
    case EN_COLUMN_LIST:
    case EN_COLUMN_TYPE_COUNT:
        break;
    }
    return NULL;
}

static void test_every_typed_cell_is_checked(void **state)
{
    (void)state;
    CHECK(each_cell(&(struct spoil){wrong_word, 0, 0, "", true}) > 250);
}

static const char *lost_reference(const struct spoil *s, const struct en_table_data *t,
                                  size_t column)
{
    const struct en_column *rule = rule_of(t, column);

    (void)s;
    return rule->refers_to[0] != '\0' && rule->type != EN_COLUMN_EXPR ? "no_such_row" : NULL;
}

/* A name that no row has, in every column that names rows of another table. */
static void test_every_reference_is_checked(void **state)
{
    (void)state;
    CHECK(each_cell(&(struct spoil){lost_reference, 0, 0, "\"no_such_row\" is no id of", true}) >
          90);
}

static const char *first_id(const struct spoil *s, const struct en_table_data *t, size_t column)
{
    return column == t->id_column && s->row > 0 ? t->table.rows[0].cells[column] : NULL;
}

/* The same id twice, in every table that has ids. */
static void test_every_double_id_is_told(void **state)
{
    (void)state;
    CHECK(each_cell(&(struct spoil){first_id, 0, 0, "stands already in line", false}) > 25);
}

/* Nothing wrong */

static const char *same_cell(const struct spoil *s, const struct en_table_data *t, size_t column)
{
    return t->table.rows[s->row].cells[column];
}

/* The spoiling itself is sound: every cell replaced by itself gives tables of the same version. */
static void test_unchanged_tables_load(void **state)
{
    struct spoil s = {same_cell, 0, 0, "", false};

    (void)state;
    for (size_t i = 0; EN_KNOWLEDGE_FILES[i].name != NULL; i++) {
        const struct en_embedded *file = &EN_KNOWLEDGE_FILES[i];
        const struct en_table_data *t = en_table_find(k, file->name, strcspn(file->name, "."));

        /* A posterior may not have been made yet. */
        for (s.column = 0; t->table.row_count > 0 && s.column < t->table.column_count; s.column++) {
            struct en_arena a = EN_ARENA(16 << 20);
            const char *text = spoilt_text(file, t, &s, same_cell(&s, t, s.column), &a);

            CHECK(strlen(text) == file->size && memcmp(text, file->bytes, file->size) == 0);
            en_arena_free(&a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_column_is_missed),
        cmocka_unit_test(test_every_required_cell_is_missed),
        cmocka_unit_test(test_every_typed_cell_is_checked),
        cmocka_unit_test(test_every_reference_is_checked),
        cmocka_unit_test(test_every_double_id_is_told),
        cmocka_unit_test(test_unchanged_tables_load),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
