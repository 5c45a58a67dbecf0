/* SPDX-License-Identifier: Apache-2.0
 * store/db_driver: what a driver of a database provides to store/db.c. Inside of store/.
 *
 * The structs are the first member of the driver's own. */
#pragma once

#include "store/db.h"

struct en_db_driver {
    enum en_db_kind kind;
    void (*close)(struct en_db *db);
    enum en_status (*begin)(struct en_db *db, struct en_err *err);
    enum en_status (*commit)(struct en_db *db, struct en_err *err);
    void (*rollback)(struct en_db *db);
    enum en_status (*savepoint)(struct en_db *db, struct en_err *err);
    enum en_status (*release)(struct en_db *db, struct en_err *err);
    enum en_status (*rollback_to)(struct en_db *db, struct en_err *err);
    enum en_status (*run)(struct en_db *db, const char *sql, struct en_err *err);
    enum en_status (*get)(struct en_db *db, const char *sql, struct en_query **out,
                          struct en_err *err);
    void (*bind_text)(struct en_query *q, int at, const char *text);
    void (*bind_bytes)(struct en_query *q, int at, const void *bytes, size_t size);
    void (*bind_integer)(struct en_query *q, int at, int64_t value);
    void (*bind_number)(struct en_query *q, int at, double value);
    enum en_status (*next)(struct en_query *q, bool *has_row, struct en_err *err);
    bool (*is_null)(struct en_query *q, int column);
    const char *(*text)(struct en_query *q, int column, struct en_arena *a);
    const void *(*bytes)(struct en_query *q, int column, struct en_arena *a, size_t *size);
    int64_t (*integer)(struct en_query *q, int column);
    double (*number)(struct en_query *q, int column);
    int64_t (*changes)(const struct en_query *q);
    void (*done)(struct en_query *q);
};

struct en_db {
    const struct en_db_driver *driver;
    struct en_db_options options; /* url is the driver's own copy */
    enum en_db_state state;
    uint64_t connections;
};

struct en_query {
    struct en_db *db;
    const char *sql;
    bool is_stream;
    double spent_s; /* in en_query_next, since en_query_get */
};

enum {
    EN_DB_STATEMENTS_MAX = 256, /* kept ready by one connection */
    EN_DB_PARAMETERS_MAX = 16384
};

EN_MUST_USE enum en_status en_sqlite_open(const struct en_db_options *options, struct en_db **out,
                                          struct en_err *err);
EN_MUST_USE enum en_status en_postgresql_open(const struct en_db_options *options,
                                              struct en_db **out, struct en_err *err);

/* The state gets worse only; en_db_begin makes it fine again. */
void en_db_worsen(struct en_db *db, enum en_db_state state);
