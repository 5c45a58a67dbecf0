/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include "base/clock.h"
#include "base/text.h"
#include "store/db_driver.h"

#include <assert.h>

bool en_db_is_postgresql(const char *url)
{
    return en_text_starts(url, "postgresql://") || en_text_starts(url, "postgres://");
}

enum en_status en_db_open(const struct en_db_options *options, struct en_db **out,
                          struct en_err *err)
{
    *out = NULL;
    if (en_text_is_empty(options->url)) {
        return en_fail(err, EN_EINVAL, "no database: give a file or postgresql://...");
    }
    return en_db_is_postgresql(options->url) ? en_postgresql_open(options, out, err)
                                             : en_sqlite_open(options, out, err);
}

void en_db_close(struct en_db *db)
{
    if (db != NULL) {
        db->driver->close(db);
    }
}

enum en_db_kind en_db_kind(const struct en_db *db)
{
    return db->driver->kind;
}

enum en_db_state en_db_state(const struct en_db *db)
{
    return db->state;
}

uint64_t en_db_connections(const struct en_db *db)
{
    return db->connections;
}

void en_db_worsen(struct en_db *db, enum en_db_state state)
{
    db->state = state > db->state ? state : db->state;
}

enum en_status en_db_begin(struct en_db *db, struct en_err *err)
{
    db->state = EN_DB_FINE;
    return db->driver->begin(db, err);
}

enum en_status en_db_commit(struct en_db *db, struct en_err *err)
{
    return db->driver->commit(db, err);
}

void en_db_rollback(struct en_db *db)
{
    db->driver->rollback(db);
}

enum en_status en_db_savepoint(struct en_db *db, struct en_err *err)
{
    return db->driver->savepoint(db, err);
}

enum en_status en_db_release(struct en_db *db, struct en_err *err)
{
    return db->driver->release(db, err);
}

enum en_status en_db_rollback_to(struct en_db *db, struct en_err *err)
{
    return db->driver->rollback_to(db, err);
}

enum en_status en_db_run(struct en_db *db, const char *sql, struct en_err *err)
{
    return db->driver->run(db, sql, err);
}

enum en_status en_query_get(struct en_db *db, const char *sql, struct en_query **out,
                            struct en_err *err)
{
    *out = NULL;
    EN_TRY(db->driver->get(db, sql, out, err));
    (*out)->is_stream = false;
    return EN_OK;
}

void en_query_bind_text(struct en_query *q, int at, const char *text)
{
    q->db->driver->bind_text(q, at, text);
}

void en_query_bind_bytes(struct en_query *q, int at, const void *bytes, size_t size)
{
    q->db->driver->bind_bytes(q, at, bytes, size);
}

void en_query_bind_integer(struct en_query *q, int at, int64_t value)
{
    q->db->driver->bind_integer(q, at, value);
}

void en_query_bind_number(struct en_query *q, int at, double value)
{
    q->db->driver->bind_number(q, at, value);
}

void en_query_stream(struct en_query *q)
{
    q->is_stream = true;
}

enum en_status en_query_next(struct en_query *q, bool *has_row, struct en_err *err)
{
    const bool is_timed = q->db->options.slow != NULL;
    const double start = is_timed ? en_clock_s() : 0.0;

    *has_row = false;
    const enum en_status st = q->db->driver->next(q, has_row, err);

    if (is_timed) {
        q->spent_s += en_clock_s() - start;
    }
    return st;
}

const char *en_query_text(struct en_query *q, int column, struct en_arena *a)
{
    return q->db->driver->text(q, column, a);
}

const void *en_query_bytes(struct en_query *q, int column, struct en_arena *a, size_t *size)
{
    return q->db->driver->bytes(q, column, a, size);
}

int64_t en_query_integer(struct en_query *q, int column)
{
    return q->db->driver->integer(q, column);
}

double en_query_number(struct en_query *q, int column)
{
    return q->db->driver->number(q, column);
}

bool en_query_is_null(struct en_query *q, int column)
{
    return q->db->driver->is_null(q, column);
}

int64_t en_query_changes(const struct en_query *q)
{
    return q->db->driver->changes(q);
}

void en_query_done(struct en_query *q)
{
    if (q == NULL) {
        return;
    }
    const struct en_db_options *o = &q->db->options;

    if (o->slow != NULL && q->spent_s * 1e3 > (double)o->slow_ms) {
        o->slow(o->slow_context, q->sql, q->spent_s * 1e3);
    }
    q->spent_s = 0.0;
    q->db->driver->done(q);
}

enum en_status en_query_finish(struct en_query *q, struct en_err *err)
{
    enum en_status st;
    bool has_row;

    assert(q != NULL);
    do {
        st = en_query_next(q, &has_row, err);
    } while (st == EN_OK && has_row);
    en_query_done(q);
    return st;
}
