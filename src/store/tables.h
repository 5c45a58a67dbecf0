/* SPDX-License-Identifier: Apache-2.0
 * store/tables: the tables and columns of the schema, read from its own files, so that what goes
 * over all of them (backup, restore, verify) cannot forget one. Inside of store/. */
#pragma once

#include "base/arena.h"

#include <stdint.h>

enum en_column_kind { EN_COLUMN_INTEGER, EN_COLUMN_NUMBER, EN_COLUMN_TEXT, EN_COLUMN_BYTES };

enum { EN_STORE_TABLES_MAX = 64, EN_STORE_COLUMNS_MAX = 32 };

struct en_store_column {
    const char *name;
    enum en_column_kind kind;
};

struct en_store_table {
    const char *name;
    struct en_store_column columns[EN_STORE_COLUMNS_MAX];
    size_t column_count;
    const char *key; /* column that the database numbers (@key); NULL none */
};

struct en_store_tables {
    struct en_store_table *items; /* shape [count], in the order of the files */
    size_t count;
};

/* As they are after the first `files` files of the schema. Texts live in the arena. EN_EBUG when a
 * statement is not written as the files' head asks. */
EN_MUST_USE enum en_status en_store_tables_read(int files, struct en_arena *a,
                                                struct en_store_tables *out, struct en_err *err);

/* "SELECT a, b FROM t" and "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ..." in the
 * arena; NULL when it is full. */
const char *en_store_table_select(const struct en_store_table *t, struct en_arena *a);
const char *en_store_table_insert(const struct en_store_table *t, size_t rows, struct en_arena *a);
