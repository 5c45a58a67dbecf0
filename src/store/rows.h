/* SPDX-License-Identifier: Apache-2.0
 * store/rows: the rows of one version of a resource, written as suits each database. Inside of
 * store/. SQLite takes a statement per row, which cost it little; PostgreSQL takes all rows in one
 * statement, since there the round trips cost. */
#pragma once

#include "store/inside.h"

struct en_rows {
    const char *type, *id;
    int64_t key, version, updated_us;
    bool is_deleted;
    const char *method, *body;           /* body NULL: a deletion */
    const struct en_index_value *values; /* shape [count]; all that it is found by from now on */
    size_t count;
};

/* A new resource in its first version. *key 0 and nothing written: there is one of that id. */
EN_MUST_USE enum en_status en_rows_create(struct en_tx *tx, const struct en_rows *rows,
                                          int64_t *key, struct en_err *err);

/* The next version of the resource with rows->key. */
EN_MUST_USE enum en_status en_rows_step(struct en_tx *tx, const struct en_rows *rows,
                                        struct en_err *err);

/* A value is written to the table of its kind. */
enum en_index_table {
    EN_INDEX_TOKEN,
    EN_INDEX_STRING,
    EN_INDEX_REFERENCE,
    EN_INDEX_DATE,
    EN_INDEX_QUANTITY,
    EN_INDEX_NONE /* _id and _lastUpdated need none; an unknown number is found by nothing */
};
enum en_index_table en_index_table_of(const struct en_index_value *v);

/* What the two drivers do. */
enum en_status en_rows_create_sqlite(struct en_tx *tx, const struct en_rows *rows, int64_t *key,
                                     struct en_err *err);
enum en_status en_rows_step_sqlite(struct en_tx *tx, const struct en_rows *rows,
                                   struct en_err *err);
enum en_status en_rows_create_postgresql(struct en_tx *tx, const struct en_rows *rows, int64_t *key,
                                         struct en_err *err);
enum en_status en_rows_step_postgresql(struct en_tx *tx, const struct en_rows *rows,
                                       struct en_err *err);
