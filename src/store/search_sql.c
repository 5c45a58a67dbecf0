/* SPDX-License-Identifier: Apache-2.0 */
#include "store/search_inside.h"

#include <stdarg.h>
#include <string.h>

void en_sql_add(struct en_sql *sql, const char *text)
{
    en_buf_add(&sql->text, text);
}

void en_sql_print(struct en_sql *sql, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    en_buf_add(&sql->text, text);
}

static void add_bind(struct en_sql *sql, struct en_sql_bind bind)
{
    if (sql->text.status != EN_OK) {
        return;
    }
    if (sql->count == EN_SQL_BINDS_MAX) {
        sql->text.status = EN_ELIMIT;
        return;
    }
    if (sql->count == sql->capacity) {
        const size_t capacity = sql->capacity == 0 ? 16 : 2 * sql->capacity;
        struct en_sql_bind *more = EN_NEW(sql->a, struct en_sql_bind, capacity);

        if (more == NULL) {
            sql->text.status = EN_ENOMEM;
            return;
        }
        if (sql->count > 0) {
            memcpy(more, sql->binds, sql->count * sizeof *more);
        }
        sql->binds = more;
        sql->capacity = capacity;
    }
    sql->binds[sql->count++] = bind;
    en_sql_print(sql, "$%zu", sql->count);
}

void en_sql_text(struct en_sql *sql, const char *value)
{
    add_bind(sql, (struct en_sql_bind){.kind = EN_BIND_TEXT, .text = value});
}

void en_sql_integer(struct en_sql *sql, int64_t value)
{
    add_bind(sql, (struct en_sql_bind){.kind = EN_BIND_INTEGER, .integer = value});
}

void en_sql_number(struct en_sql *sql, double value)
{
    add_bind(sql, (struct en_sql_bind){.kind = EN_BIND_NUMBER, .number = value});
}

enum en_status en_sql_get(struct en_sql *sql, struct en_tx *tx, struct en_query **out,
                          struct en_err *err)
{
    if (sql->text.status == EN_ELIMIT) {
        return en_fail(err, EN_ELIMIT, "the search has too many values: ask for less at once");
    }
    EN_TRY(en_buf_check(&sql->text, "the statement of a search", err));
    EN_TRY(en_query_get(tx->db, en_buf_text(&sql->text), out, err));
    for (size_t i = 0; i < sql->count; i++) {
        const struct en_sql_bind *b = &sql->binds[i];

        switch (b->kind) {
        case EN_BIND_TEXT:
            en_query_bind_text(*out, (int)i + 1, b->text);
            break;
        case EN_BIND_INTEGER:
            en_query_bind_integer(*out, (int)i + 1, b->integer);
            break;
        case EN_BIND_NUMBER:
            en_query_bind_number(*out, (int)i + 1, b->number);
            break;
        }
    }
    return EN_OK;
}

void en_sql_free(struct en_sql *sql)
{
    en_buf_free(&sql->text);
}

enum en_status en_sql_count(struct en_sql *sql, struct en_tx *tx, int64_t *out, struct en_err *err)
{
    struct en_query *q = NULL;
    bool has_row = false;
    enum en_status st = en_sql_get(sql, tx, &q, err);

    *out = 0;
    if (st == EN_OK) {
        st = en_query_next(q, &has_row, err);
        *out = st == EN_OK && has_row ? en_query_integer(q, 0) : 0;
        en_query_done(q);
    }
    en_sql_free(sql);
    return st;
}
