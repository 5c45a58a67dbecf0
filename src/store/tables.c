/* SPDX-License-Identifier: Apache-2.0
 * store/tables: reads the schema's own statements; each column stands on a line of its own. */
#include "store/tables.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

static const struct {
    const char *word;
    enum en_column_kind kind;
} KINDS[] = {
    {"@key", EN_COLUMN_INTEGER}, {"@int", EN_COLUMN_INTEGER}, {"@real", EN_COLUMN_NUMBER},
    {"@text", EN_COLUMN_TEXT},   {"@blob", EN_COLUMN_BYTES},
};

/* Next word of a line: letters, digits, '_' and '@'. */
static const char *word(const char *at, const char **start, size_t *size)
{
    static const char LETTERS[] =
        "@_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    *start = at + strspn(at, " \t");
    *size = strspn(*start, LETTERS);
    return *start + *size;
}

static bool is_word(const char *start, size_t size, const char *text)
{
    return strlen(text) == size && memcmp(start, text, size) == 0;
}

static bool kind_of(const char *start, size_t size, enum en_column_kind *out, bool *is_key)
{
    for (size_t i = 0; i < EN_COUNT(KINDS); i++) {
        if (is_word(start, size, KINDS[i].word)) {
            *out = KINDS[i].kind;
            *is_key = i == 0;
            return true;
        }
    }
    return false;
}

/* "name @kind ..." of a table or behind ADD COLUMN. False when it is no column. */
static bool add_column(struct en_store_table *t, const char *line, struct en_arena *a)
{
    const char *name, *kind;
    size_t name_size, kind_size;
    struct en_store_column c = {0};
    bool is_key = false;

    (void)word(word(line, &name, &name_size), &kind, &kind_size);
    if (t == NULL || name_size == 0 || t->column_count == EN_STORE_COLUMNS_MAX ||
        !kind_of(kind, kind_size, &c.kind, &is_key)) {
        return false;
    }
    c.name = en_arena_copy(a, name, name_size);
    t->key = is_key ? c.name : t->key;
    t->columns[t->column_count++] = c;
    return c.name != NULL;
}

static struct en_store_table *table_named(struct en_store_tables *tables, const char *name,
                                          size_t size)
{
    for (size_t i = 0; i < tables->count; i++) {
        if (is_word(name, size, tables->items[i].name)) {
            return &tables->items[i];
        }
    }
    return NULL;
}

/* What the walk over the lines remembers. */
struct reader {
    struct en_store_tables *out;
    struct en_arena *arena;
    struct en_store_table *open; /* the CREATE TABLE that the line stands in */
};

static bool open_table(struct reader *r, const char *line)
{
    const char *name;
    size_t size;

    (void)word(line, &name, &size);
    if (size == 0 || r->out->count == EN_STORE_TABLES_MAX) {
        return false;
    }
    r->open = &r->out->items[r->out->count++];
    r->open->name = en_arena_copy(r->arena, name, size);
    return r->open->name != NULL;
}

/* "ALTER TABLE t ADD COLUMN c @kind". */
static bool alter_table(struct reader *r, const char *line)
{
    static const char ADD[] = " ADD COLUMN ";
    const char *name, *add = strstr(line, ADD);
    size_t size;

    (void)word(line, &name, &size);
    return add != NULL &&
           add_column(table_named(r->out, name, size), add + sizeof ADD - 1, r->arena);
}

static bool read_line(struct reader *r, const char *line)
{
    static const char CREATE[] = "CREATE TABLE ", ALTER[] = "ALTER TABLE ";

    if (en_text_starts(line, CREATE)) {
        return open_table(r, line + sizeof CREATE - 1);
    }
    if (en_text_starts(line, ALTER)) {
        return alter_table(r, line + sizeof ALTER - 1);
    }
    if (line[0] == ')') {
        r->open = NULL;
        return true;
    }
    line += strspn(line, " ");
    return r->open == NULL || en_text_starts(line, "PRIMARY KEY") || en_text_starts(line, "--") ||
           en_text_starts(line, "UNIQUE") || line[0] == '\0' || add_column(r->open, line, r->arena);
}

static enum en_status read_file(struct reader *r, const struct en_embedded *file,
                                struct en_err *err)
{
    char *text = en_arena_copy(r->arena, file->bytes, file->size), *line = text, *end;

    if (text == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the schema");
    }
    for (size_t number = 1; line != NULL; number++, line = end) {
        end = strchr(line, '\n');
        if (end != NULL) {
            *end++ = '\0';
        }
        if (!read_line(r, line)) {
            return en_fail(err, EN_EBUG, "schema/%s, line %zu is not understood", file->name,
                           number);
        }
    }
    return EN_OK;
}

enum en_status en_store_tables_read(int files, struct en_arena *a, struct en_store_tables *out,
                                    struct en_err *err)
{
    struct reader r = {.out = out, .arena = a};

    *out = (struct en_store_tables){.items = EN_NEW(a, struct en_store_table, EN_STORE_TABLES_MAX)};
    if (out->items == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the schema");
    }
    for (int i = 0; i < files && EN_SCHEMA_FILES[i].name != NULL; i++) {
        EN_TRY(read_file(&r, &EN_SCHEMA_FILES[i], err));
    }
    return EN_OK;
}

static void add_names(struct en_buf *sql, const struct en_store_table *t)
{
    for (size_t i = 0; i < t->column_count; i++) {
        en_buf_print(sql, "%s%s", i == 0 ? "" : ", ", t->columns[i].name);
    }
}

static const char *finish(struct en_buf *sql, struct en_arena *a)
{
    const char *text = sql->status == EN_OK ? en_arena_copy(a, sql->bytes, sql->size) : NULL;

    en_buf_free(sql);
    return text;
}

const char *en_store_table_select(const struct en_store_table *t, struct en_arena *a)
{
    struct en_buf sql = EN_BUF(EN_TABLE_CELL_MAX);

    en_buf_add(&sql, "SELECT ");
    add_names(&sql, t);
    en_buf_print(&sql, " FROM %s", t->name);
    return finish(&sql, a);
}

const char *en_store_table_insert(const struct en_store_table *t, size_t rows, struct en_arena *a)
{
    struct en_buf sql = EN_BUF(EN_TABLE_CELL_MAX);
    size_t at = 1;

    en_buf_print(&sql, "INSERT INTO %s (", t->name);
    add_names(&sql, t);
    en_buf_add(&sql, ") VALUES ");
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < t->column_count; i++) {
            en_buf_print(&sql, "%s$%zu", i > 0 ? ", " : row == 0 ? "(" : ", (", at++);
        }
        en_buf_add(&sql, ")");
    }
    return finish(&sql, a);
}
