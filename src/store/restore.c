/* SPDX-License-Identifier: Apache-2.0
 * store/restore: a backup back into an empty database, in one transaction. */
#include "base/limits.h"
#include "store/backup_inside.h"
#include "store/db.h"

#include <string.h>

enum {
    BATCH_ROWS = 32,      /* rows of one INSERT: fewer round trips to a server */
    PROGRESS_ROWS = 1000, /* between two looks at the progress */
    NAME_MAX_SIZE = 64
};

struct load {
    const struct en_backup_options *options;
    struct en_db *db; /* NULL: the file is only read */
    struct en_sealed *file;
    struct en_arena *arena;
    struct en_store_tables tables;
    struct en_backup_result *out;
    uint64_t all;
    struct en_err *err;
};

struct value {
    char mark;
    uint64_t bits;
    const char *bytes;
    size_t size;
};

static enum en_status malformed(struct load *l)
{
    return en_fail(l->err, EN_EINVAL, "%s does not hold what a backup holds", l->options->file);
}

static enum en_status get_integer(struct load *l, int size, uint64_t *out)
{
    unsigned char bytes[8];

    EN_TRY(en_sealed_read(l->file, bytes, (size_t)size, l->err));
    *out = 0;
    for (int i = size - 1; i >= 0; i--) {
        *out = *out << 8 | bytes[i];
    }
    return EN_OK;
}

static enum en_status get_mark(struct load *l, char *out)
{
    return en_sealed_read(l->file, out, 1, l->err);
}

static enum en_status get_bytes(struct load *l, size_t max, const char **out, size_t *size)
{
    uint64_t length;

    EN_TRY(get_integer(l, 4, &length));
    if (length > max) {
        return malformed(l);
    }
    char *bytes = en_arena_take(l->arena, 1, (size_t)length + 1);

    if (bytes == NULL) {
        return en_fail(l->err, EN_ENOMEM, "no memory for a row of the backup");
    }
    EN_TRY(en_sealed_read(l->file, bytes, (size_t)length, l->err));
    bytes[length] = '\0';
    *out = bytes;
    *size = (size_t)length;
    return EN_OK;
}

static enum en_status get_value(struct load *l, struct value *v)
{
    EN_TRY(get_mark(l, &v->mark));
    if (v->mark == EN_BACKUP_NULL) {
        return EN_OK;
    }
    if (v->mark == EN_BACKUP_INTEGER || v->mark == EN_BACKUP_NUMBER) {
        return get_integer(l, 8, &v->bits);
    }
    if (v->mark != EN_BACKUP_TEXT && v->mark != EN_BACKUP_BYTES) {
        return malformed(l);
    }
    return get_bytes(l, EN_OUTPUT_MAX, &v->bytes, &v->size);
}

static void bind(struct en_query *q, int at, const struct value *v)
{
    double number;

    switch (v->mark) {
    case EN_BACKUP_INTEGER:
        en_query_bind_integer(q, at, (int64_t)v->bits);
        break;
    case EN_BACKUP_NUMBER:
        memcpy(&number, &v->bits, sizeof number);
        en_query_bind_number(q, at, number);
        break;
    case EN_BACKUP_TEXT:
        en_query_bind_text(q, at, v->bytes);
        break;
    case EN_BACKUP_BYTES:
        en_query_bind_bytes(q, at, v->bytes, v->size);
        break;
    default:
        break; /* not bound is NULL */
    }
}

/* Values of up to BATCH_ROWS rows. */
static enum en_status insert(struct load *l, const struct en_store_table *t,
                             const struct value *values, size_t rows)
{
    struct en_query *q = NULL;

    if (rows == 0 || l->db == NULL) {
        return EN_OK;
    }
    const char *sql = en_store_table_insert(t, rows, l->arena);

    if (sql == NULL) {
        return en_fail(l->err, EN_ENOMEM, "no memory for a row of the backup");
    }
    EN_TRY(en_query_get(l->db, sql, &q, l->err));
    for (size_t i = 0; i < rows * t->column_count; i++) {
        bind(q, (int)i + 1, &values[i]);
    }
    return en_query_finish(q, l->err);
}

static enum en_status get_row(struct load *l, const struct en_store_table *t, struct value *values)
{
    for (size_t i = 0; i < t->column_count; i++) {
        EN_TRY(get_value(l, &values[i]));
    }
    return EN_OK;
}

/* Up to BATCH_ROWS rows; *kind becomes the mark behind them when there are fewer. */
static enum en_status get_batch(struct load *l, const struct en_store_table *t,
                                struct value *values, size_t *rows, char *kind)
{
    *kind = EN_BACKUP_ROW;
    for (*rows = 0; *rows < BATCH_ROWS; (*rows)++) {
        EN_TRY(get_mark(l, kind));
        if (*kind != EN_BACKUP_ROW) {
            return *kind == EN_BACKUP_TABLE_END ? EN_OK : malformed(l);
        }
        EN_TRY(get_row(l, t, &values[*rows * t->column_count]));
    }
    return EN_OK;
}

static enum en_status get_rows(struct load *l, const struct en_store_table *t)
{
    struct value values[BATCH_ROWS * EN_STORE_COLUMNS_MAX] = {{0}};
    bool is_done = false;

    while (!is_done) {
        const struct en_arena_mark mark = en_arena_mark(l->arena);
        size_t rows = 0;
        char kind = EN_BACKUP_ROW;

        EN_TRY(get_batch(l, t, values, &rows, &kind));
        EN_TRY(insert(l, t, values, rows));
        is_done = kind == EN_BACKUP_TABLE_END;
        l->out->rows += rows;
        en_arena_rewind(l->arena, mark);
        if (l->options->progress != NULL && l->out->rows % PROGRESS_ROWS < BATCH_ROWS) {
            l->options->progress(l->options->context, l->out->rows, l->all);
        }
    }
    return EN_OK;
}

/* The table's head must be that of our schema of the same number. */
static enum en_status get_table(struct load *l, const struct en_store_table *t)
{
    const char *name = "";
    size_t size = 0;
    uint64_t columns = 0;

    EN_TRY(get_bytes(l, NAME_MAX_SIZE, &name, &size));
    EN_TRY(get_integer(l, 4, &columns));
    if (strcmp(name, t->name) != 0 || columns != t->column_count) {
        return malformed(l);
    }
    for (size_t i = 0; i < t->column_count; i++) {
        EN_TRY(get_bytes(l, NAME_MAX_SIZE, &name, &size));
        if (strcmp(name, t->columns[i].name) != 0) {
            return malformed(l);
        }
    }
    return get_rows(l, t);
}

static enum en_status get_head(struct load *l)
{
    char line[sizeof EN_BACKUP_LINE] = "";
    uint64_t schema, taken_us;

    EN_TRY(en_sealed_read(l->file, line, strlen(EN_BACKUP_LINE), l->err));
    if (strcmp(line, EN_BACKUP_LINE) != 0) {
        return malformed(l);
    }
    EN_TRY(get_integer(l, 4, &schema));
    EN_TRY(get_integer(l, 8, &taken_us));
    EN_TRY(get_integer(l, 8, &l->all));
    if (schema == 0 || schema > (uint64_t)en_backup_newest()) {
        return en_fail(l->err, EN_ECONFLICT,
                       "the backup was made by a newer program: install that one first");
    }
    l->out->schema = (int)schema;
    l->out->taken_us = (int64_t)taken_us;
    return en_store_tables_read(l->out->schema, l->arena, &l->tables, l->err);
}

static enum en_status get_tables(struct load *l)
{
    char mark;

    for (size_t i = 0; i < l->tables.count; i++) {
        EN_TRY(get_mark(l, &mark));
        if (mark != EN_BACKUP_TABLE) {
            return malformed(l);
        }
        EN_TRY(get_table(l, &l->tables.items[i]));
    }
    EN_TRY(get_mark(l, &mark));
    return mark == EN_BACKUP_END ? en_sealed_end(l->file, l->err) : malformed(l);
}

static enum en_status refuse_full(struct load *l)
{
    for (size_t i = 0; i < l->tables.count; i++) {
        const char *sql =
            en_arena_print(l->arena, "SELECT 1 FROM %s LIMIT 1", l->tables.items[i].name);
        struct en_query *q = NULL;
        bool has_row = false;

        if (sql == NULL) {
            return en_fail(l->err, EN_ENOMEM, "no memory for the backup");
        }
        EN_TRY(en_query_get(l->db, sql, &q, l->err));
        const enum en_status st = en_query_next(q, &has_row, l->err);

        en_query_done(q);
        EN_TRY(st);
        if (has_row) {
            return en_fail(l->err, EN_ECONFLICT,
                           "the database holds data already; restore into an empty one");
        }
    }
    return EN_OK;
}

/* PostgreSQL numbers rows by sequences of its own: let them go on behind the restored ones. */
static enum en_status move_sequences(struct load *l)
{
    for (size_t i = 0; en_db_kind(l->db) == EN_DB_POSTGRESQL && i < l->tables.count; i++) {
        const struct en_store_table *t = &l->tables.items[i];
        struct en_query *q = NULL;

        if (t->key == NULL) {
            continue;
        }
        const char *sql = en_arena_print(l->arena,
                                         "SELECT setval(pg_get_serial_sequence('%s', '%s'),"
                                         " (SELECT coalesce(max(%s), 0) + 1 FROM %s), false)",
                                         t->name, t->key, t->key, t->name);

        if (sql == NULL) {
            return en_fail(l->err, EN_ENOMEM, "no memory for the backup");
        }
        EN_TRY(en_query_get(l->db, sql, &q, l->err));
        EN_TRY(en_query_finish(q, l->err));
    }
    return EN_OK;
}

static enum en_status load_rows(struct load *l)
{
    EN_TRY(en_db_begin(l->db, l->err));
    enum en_status st = refuse_full(l);

    if (st == EN_OK) {
        st = get_tables(l);
    }
    if (st == EN_OK) {
        st = move_sequences(l);
    }
    if (st == EN_OK) {
        return en_db_commit(l->db, l->err);
    }
    en_db_rollback(l->db);
    return st;
}

/* The schema as it was after its first files. */
static enum en_status migrate(struct load *l, int count)
{
    struct en_embedded files[EN_STORE_TABLES_MAX + 1] = {{0}};

    if (count > EN_STORE_TABLES_MAX) {
        return en_fail(l->err, EN_EBUG, "more files of the schema than expected");
    }
    memcpy(files, EN_SCHEMA_FILES, (size_t)count * sizeof files[0]);
    return en_schema_migrate(l->db, files, true, l->err);
}

/* Who was in when the backup was taken is not in now: a logout since then must not be undone. */
static enum en_status end_sessions(struct load *l)
{
    EN_TRY(en_db_begin(l->db, l->err));
    const enum en_status st = en_db_run(l->db, "DELETE FROM session", l->err);

    if (st == EN_OK) {
        return en_db_commit(l->db, l->err);
    }
    en_db_rollback(l->db);
    return st;
}

static enum en_status load(struct load *l)
{
    const struct en_db_options db = {.url = l->options->db, .is_writer = true, .may_create = true};

    EN_TRY(get_head(l));
    EN_TRY(en_db_open(&db, &l->db, l->err));
    EN_TRY(migrate(l, l->out->schema));
    EN_TRY(load_rows(l));
    EN_TRY(migrate(l, en_backup_newest()));
    return end_sessions(l);
}

static enum en_status check(struct load *l)
{
    EN_TRY(get_head(l));
    return get_tables(l);
}

static enum en_status with_file(const struct en_backup_options *options,
                                enum en_status (*run)(struct load *l), struct en_backup_result *out,
                                struct en_err *err)
{
    struct en_arena arena = EN_ARENA(EN_REQUEST_ARENA);
    struct load l = {.options = options, .arena = &arena, .out = out, .err = err};
    const struct en_sealed_options seal = en_backup_seal(options);

    *out = (struct en_backup_result){0};
    enum en_status st = en_sealed_open(&seal, &arena, &l.file, err);

    if (st == EN_OK) {
        st = run(&l);
    }
    en_sealed_close(l.file);
    en_db_close(l.db);
    en_arena_free(&arena);
    return st;
}

enum en_status en_store_restore(const struct en_backup_options *options,
                                struct en_backup_result *out, struct en_err *err)
{
    return with_file(options, load, out, err);
}

enum en_status en_store_backup_check(const struct en_backup_options *options,
                                     struct en_backup_result *out, struct en_err *err)
{
    return with_file(options, check, out, err);
}
