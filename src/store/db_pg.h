/* SPDX-License-Identifier: Apache-2.0
 * store/db_pg: what the files of PostgreSQL's driver share: db_pg_connect.c opens connections and
 * knows the server's errors, db_pg_statement.c which statements are prepared, db_postgresql.c runs
 * them. */
#pragma once

#include "store/db_driver.h"

#include <libpq-fe.h>

/* A statement that the server keeps prepared under the name "s<number>". */
struct en_pg_statement {
    char *sql;
    uint64_t hash, last_use;
    unsigned number;
    int parameters, users;
    Oid *types;       /* shape [parameters]; NULL: every parameter is used */
    bool is_prepared; /* else it is with its next use */
};

enum { EN_PG_CONTROLS_MAX = 96, EN_PG_CONTROL_TEXT = 64 };

struct en_pg {
    struct en_db db;
    PGconn *connection; /* NULL: none, en_db_begin makes one */
    char *url;
    bool is_sent;      /* something of the transaction was sent */
    bool is_ending;    /* the answer to a ROLLBACK is still to be read */
    bool is_streaming; /* rows of a statement are still to be read */
    /* What is sent before the next statement, in the same round trip: BEGIN, SAVEPOINT ... */
    char controls[EN_PG_CONTROLS_MAX][EN_PG_CONTROL_TEXT];
    size_t control_count;
    struct en_pg_statement statements[EN_DB_STATEMENTS_MAX];
    size_t statement_count;
    unsigned last_number, forgotten; /* forgotten: prepared at the server, not in the cache */
    uint64_t uses;
    size_t answered; /* statements that went well before the last synchronisation point */
};

/* Connect and set the session up; in pipeline mode then. */
EN_MUST_USE enum en_status en_pg_connect(struct en_pg *p, struct en_err *err);

/* Close the connection and forget what the server knew. */
void en_pg_disconnect(struct en_pg *p);

/* The status of a failed result (NULL: the connection failed), and the state it leaves. The texts
 * hold no values of parameters: the server's own texts are not used. */
enum en_status en_pg_failed(struct en_pg *p, const PGresult *result, struct en_err *err);

/* The statement of that text, from the cache or new; NULL when memory is exhausted. */
struct en_pg_statement *en_pg_statement_get(struct en_pg *p, const char *sql);
void en_pg_statement_drop(struct en_pg_statement *s);

/* Whether so many were forgotten that all are to be deallocated at the server, now; then none
 * counts as prepared. */
bool en_pg_statements_expire(struct en_pg *p);
