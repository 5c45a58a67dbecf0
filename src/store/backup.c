/* SPDX-License-Identifier: Apache-2.0
 * store/backup: the rows of all tables, one after the other, as a sealed stream.
 *
 * Stream: the line VERSION_LINE, schema number, time, rows in all; per table 'T', its name, its
 * columns, then 'R' and the values of each row, at last 'E'; after the last table 'Z'. Integers are
 * little-endian, texts carry their length. */
#include "store/backup.h"

#include "base/clock.h"
#include "base/limits.h"
#include "store/backup_inside.h"
#include "store/db.h"

#include <math.h>
#include <string.h>

/* Rows between two looks at the progress. */
enum { PROGRESS_ROWS = 1000 };

struct dump {
    const struct en_backup_options *options;
    struct en_db *db;
    struct en_sealed *file;
    struct en_arena *arena;
    struct en_store_tables tables;
    uint64_t done, all;
};

static void put_integer(struct en_sealed *f, uint64_t value, int size)
{
    unsigned char bytes[8];

    for (int i = 0; i < size; i++) {
        bytes[i] = (unsigned char)(value >> (8 * i));
    }
    en_sealed_write(f, bytes, (size_t)size);
}

static void put_bytes(struct en_sealed *f, const void *bytes, size_t size)
{
    put_integer(f, size, 4);
    en_sealed_write(f, bytes, size);
}

static void put_mark(struct en_sealed *f, char mark)
{
    en_sealed_write(f, &mark, 1);
}

static enum en_status put_value(struct dump *d, struct en_query *q, int column,
                                enum en_column_kind kind, struct en_err *err)
{
    const void *bytes = NULL;
    size_t size = 0;

    if (en_query_is_null(q, column)) {
        put_mark(d->file, EN_BACKUP_NULL);
        return EN_OK;
    }
    if (kind == EN_COLUMN_INTEGER) {
        put_mark(d->file, EN_BACKUP_INTEGER);
        put_integer(d->file, (uint64_t)en_query_integer(q, column), 8);
        return EN_OK;
    }
    if (kind == EN_COLUMN_NUMBER) {
        const double value = en_query_number(q, column);
        uint64_t bits;

        memcpy(&bits, &value, sizeof bits);
        put_mark(d->file, EN_BACKUP_NUMBER);
        put_integer(d->file, bits, 8);
        return EN_OK;
    }
    if (kind == EN_COLUMN_TEXT) {
        bytes = en_query_text(q, column, d->arena);
        size = bytes == NULL ? 0 : strlen(bytes);
    } else {
        bytes = en_query_bytes(q, column, d->arena, &size);
    }
    if (bytes == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a row of the backup");
    }
    put_mark(d->file, kind == EN_COLUMN_TEXT ? EN_BACKUP_TEXT : EN_BACKUP_BYTES);
    put_bytes(d->file, bytes, size);
    return EN_OK;
}

static enum en_status put_row(struct dump *d, const struct en_store_table *t, struct en_query *q,
                              struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(d->arena);
    enum en_status st = EN_OK;

    put_mark(d->file, EN_BACKUP_ROW);
    for (size_t i = 0; i < t->column_count && st == EN_OK; i++) {
        st = put_value(d, q, (int)i, t->columns[i].kind, err);
    }
    en_arena_rewind(d->arena, mark);
    d->done++;
    if (d->options->progress != NULL && d->done % PROGRESS_ROWS == 0) {
        d->options->progress(d->options->context, d->done, d->all);
    }
    return st;
}

static enum en_status put_table(struct dump *d, const struct en_store_table *t, struct en_err *err)
{
    const char *sql = en_store_table_select(t, d->arena);
    struct en_query *q = NULL;
    bool has_row = true;

    if (sql == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the backup");
    }
    put_mark(d->file, EN_BACKUP_TABLE);
    put_bytes(d->file, t->name, strlen(t->name));
    put_integer(d->file, t->column_count, 4);
    for (size_t i = 0; i < t->column_count; i++) {
        put_bytes(d->file, t->columns[i].name, strlen(t->columns[i].name));
    }
    enum en_status st = en_query_get(d->db, sql, &q, err);

    if (st == EN_OK) {
        en_query_stream(q);
    }
    while (st == EN_OK && has_row) {
        st = en_query_next(q, &has_row, err);
        if (st == EN_OK && has_row) {
            st = put_row(d, t, q, err);
        }
    }
    en_query_done(q);
    put_mark(d->file, EN_BACKUP_TABLE_END);
    return st;
}

static enum en_status count_rows(struct dump *d, struct en_err *err)
{
    for (size_t i = 0; i < d->tables.count; i++) {
        const char *sql =
            en_arena_print(d->arena, "SELECT count(*) FROM %s", d->tables.items[i].name);
        struct en_query *q = NULL;
        bool has_row = false;

        if (sql == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the backup");
        }
        EN_TRY(en_query_get(d->db, sql, &q, err));
        const enum en_status st = en_query_next(q, &has_row, err);

        d->all += st == EN_OK && has_row ? (uint64_t)en_query_integer(q, 0) : 0;
        en_query_done(q);
        EN_TRY(st);
    }
    return EN_OK;
}

/* All within one snapshot. */
static enum en_status put_all(struct dump *d, struct en_backup_result *out, struct en_err *err)
{
    EN_TRY(en_backup_schema(d->db, &out->schema, err));
    EN_TRY(en_store_tables_read(out->schema, d->arena, &d->tables, err));
    EN_TRY(count_rows(d, err));
    out->taken_us = en_clock_us();
    en_sealed_write(d->file, EN_BACKUP_LINE, strlen(EN_BACKUP_LINE));
    put_integer(d->file, (uint64_t)out->schema, 4);
    put_integer(d->file, (uint64_t)out->taken_us, 8);
    put_integer(d->file, d->all, 8);
    for (size_t i = 0; i < d->tables.count; i++) {
        EN_TRY(put_table(d, &d->tables.items[i], err));
    }
    put_mark(d->file, EN_BACKUP_END);
    out->rows = d->done;
    return en_sealed_finish(d->file, &out->bytes, err);
}

int en_backup_newest(void)
{
    int count = 0;

    while (EN_SCHEMA_FILES[count].name != NULL) {
        count++;
    }
    return count;
}

enum en_status en_backup_schema(struct en_db *db, int *out, struct en_err *err)
{
    struct en_query *q = NULL;
    bool has_row = false;

    EN_TRY(en_query_get(db, "SELECT max(number) FROM schema_version", &q, err));
    const enum en_status st = en_query_next(q, &has_row, err);
    const int64_t number = st == EN_OK && has_row ? en_query_integer(q, 0) : 0;

    en_query_done(q);
    EN_TRY(st);
    if (number < 1 || number > en_backup_newest()) {
        return en_fail(err, EN_ECONFLICT, "a newer program wrote the database: use that one");
    }
    *out = (int)number;
    return EN_OK;
}

struct en_sealed_options en_backup_seal(const struct en_backup_options *options)
{
    return (struct en_sealed_options){
        .path = options->file,
        .passphrase = options->passphrase,
        .operations = options->operations != 0 ? options->operations : EN_BACKUP_OPERATIONS,
        .memory = options->memory != 0 ? options->memory : EN_BACKUP_MEMORY,
    };
}

enum en_status en_store_backup(const struct en_backup_options *options,
                               struct en_backup_result *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(EN_REQUEST_ARENA);
    struct dump d = {.options = options, .arena = &arena};
    const struct en_db_options db = {.url = options->db};
    const struct en_sealed_options seal = en_backup_seal(options);

    *out = (struct en_backup_result){0};
    enum en_status st = en_db_open(&db, &d.db, err);

    if (st == EN_OK) {
        st = en_sealed_create(&seal, &arena, &d.file, err);
    }
    if (st == EN_OK) {
        st = en_db_begin(d.db, err);
    }
    if (st == EN_OK) {
        st = put_all(&d, out, err);
        en_db_rollback(d.db);
    }
    en_sealed_close(d.file);
    en_db_close(d.db);
    en_arena_free(&arena);
    return st;
}
