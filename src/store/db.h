/* SPDX-License-Identifier: Apache-2.0
 * store/db: one connection to a database, the same for SQLite and PostgreSQL. Inside of store/.
 *
 * The only place where SQL runs. One text serves both: parameters are $1, $2 ...; what the two do
 * not share stands in the schema files as @words (store/schema.h). A connection belongs to one
 * thread at a time. */
#pragma once

#include "base/arena.h"

struct en_db;
struct en_query;

enum en_db_kind { EN_DB_SQLITE, EN_DB_POSTGRESQL };

struct en_db_options {
    const char *url; /* path of a file, or "postgresql://..." */
    bool is_writer;  /* false: a connection that only reads */
    bool may_create; /* the file may be made */
    bool is_lazy;    /* a commit need not be on the disk: SQLite alone */
    int timeout_ms;  /* a query that takes longer fails with EN_ELIMIT; 0 none */
    /* Told of each query that took longer than slow_ms, with the text of its SQL, which holds no
     * values; NULL: nobody. */
    void (*slow)(void *context, const char *what, double ms);
    void *slow_context;
    int slow_ms;
};

EN_MUST_USE enum en_status en_db_open(const struct en_db_options *options, struct en_db **out,
                                      struct en_err *err);
void en_db_close(struct en_db *db);
enum en_db_kind en_db_kind(const struct en_db *db);

/* What became of the transaction since en_db_begin. */
enum en_db_state {
    EN_DB_FINE,
    EN_DB_DUPLICATE, /* a unique key was met: a fault of the work, or another server's row */
    EN_DB_CONFLICT,  /* another server was in the way: roll back, do it again */
    EN_DB_LOST       /* the database took it back, or is out of reach: roll back */
};
enum en_db_state en_db_state(const struct en_db *db);

/* Counts the connections made for this handle: what belongs to a connection (locks) is gone once
 * this changes. */
uint64_t en_db_connections(const struct en_db *db);

/* Transactions. A reader's sees one snapshot; a writer's is serializable. EN_ECONFLICT from any
 * call in it: another server was in the way, roll back and do it again. EN_EIO: the database cannot
 * be reached or written (disk full, read-only, restarted); the next en_db_begin connects anew. */
EN_MUST_USE enum en_status en_db_begin(struct en_db *db, struct en_err *err);
EN_MUST_USE enum en_status en_db_commit(struct en_db *db, struct en_err *err);
void en_db_rollback(struct en_db *db);

/* Parts of a transaction that can be taken back alone; they nest. */
EN_MUST_USE enum en_status en_db_savepoint(struct en_db *db, struct en_err *err);
EN_MUST_USE enum en_status en_db_release(struct en_db *db, struct en_err *err);
EN_MUST_USE enum en_status en_db_rollback_to(struct en_db *db, struct en_err *err);

/* Statements that give nothing back, several in one text. */
EN_MUST_USE enum en_status en_db_run(struct en_db *db, const char *sql, struct en_err *err);

/* A prepared statement, from the connection's cache or made now; sql is copied. Give it back with
 * en_query_done on every path. */
EN_MUST_USE enum en_status en_query_get(struct en_db *db, const char *sql, struct en_query **out,
                                        struct en_err *err);

/* Parameters from 1; one that is not bound is NULL, one that the text does not use is passed over.
 * PostgreSQL must be able to infer the type: "$1 IS NULL" alone needs CAST($1 AS text). Texts and
 * bytes must live until en_query_done. text NULL binds NULL. */
void en_query_bind_text(struct en_query *q, int at, const char *text);
void en_query_bind_bytes(struct en_query *q, int at, const void *bytes, size_t size);
void en_query_bind_integer(struct en_query *q, int at, int64_t value);
void en_query_bind_number(struct en_query *q, int at, double value);

/* Before the first row: rows are read as they come instead of all at once (which PostgreSQL would
 * hold in memory). Until en_query_done no other statement may run on this connection. */
void en_query_stream(struct en_query *q);

/* Next row; the first call runs the statement. *has_row false: no more. */
EN_MUST_USE enum en_status en_query_next(struct en_query *q, bool *has_row, struct en_err *err);

/* Columns from 0 of the present row; NULL reads as NULL, 0, NAN. Texts live in the arena. */
const char *en_query_text(struct en_query *q, int column, struct en_arena *a);
const void *en_query_bytes(struct en_query *q, int column, struct en_arena *a, size_t *size);
int64_t en_query_integer(struct en_query *q, int column);
double en_query_number(struct en_query *q, int column);
bool en_query_is_null(struct en_query *q, int column);

/* Rows that the statement changed, once en_query_next said that there are no more. */
int64_t en_query_changes(const struct en_query *q);

/* Give back. Accepts NULL. */
void en_query_done(struct en_query *q);

/* Run to the end, ignoring rows, and give back. */
EN_MUST_USE enum en_status en_query_finish(struct en_query *q, struct en_err *err);

/* Whether the text names a PostgreSQL server; else it is the path of a SQLite file. */
bool en_db_is_postgresql(const char *url);
