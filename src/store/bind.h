/* SPDX-License-Identifier: Apache-2.0
 * store/bind: statements with their parameters in one call. Inside of store/. */
#pragma once

#include "store/inside.h"

struct en_bind {
    bool is_integer;
    int64_t integer;
    const char *text; /* NULL: NULL */
};

#define EN_BIND_TEXT(value)    ((struct en_bind){.text = (value)})
#define EN_BIND_INTEGER(value) ((struct en_bind){.is_integer = true, .integer = (value)})

/* A list of parameters: EN_BINDS(EN_BIND_TEXT("a"), EN_BIND_INTEGER(1)). */
struct en_binds {
    const struct en_bind *items; /* shape [count] */
    size_t count;
};

#define EN_BINDS(...)                                                                              \
    ((struct en_binds){(const struct en_bind[]){__VA_ARGS__},                                      \
                       sizeof((const struct en_bind[]){__VA_ARGS__}) / sizeof(struct en_bind)})

/* Run to the end. changes (may be NULL): how many rows it changed. */
EN_MUST_USE enum en_status en_tx_change(struct en_tx *tx, const char *sql, struct en_binds binds,
                                        int64_t *changes, struct en_err *err);

/* Begin, for reading rows; give back with en_query_done. Texts must live until then. */
EN_MUST_USE enum en_status en_tx_ask(struct en_tx *tx, const char *sql, struct en_binds binds,
                                     struct en_query **out, struct en_err *err);

/* Reads the present row into the item. */
typedef void en_row_read(struct en_query *q, struct en_arena *a, void *item);

/* Where one row goes. what: the text of EN_ENOTFOUND, "there is no such account". */
struct en_one {
    en_row_read *read;
    void *item;
    const char *what;
};

/* The one row of a question. EN_ENOTFOUND when there is none. */
EN_MUST_USE enum en_status en_tx_ask_one(struct en_tx *tx, const char *sql, struct en_binds binds,
                                         const struct en_one *one, struct en_arena *a,
                                         struct en_err *err);

/* All rows as an array of items in the arena; EN_ELIMIT beyond max. */
struct en_list {
    size_t item_size, max;
    en_row_read *read;
    void *items; /* out */
    size_t count;
};
EN_MUST_USE enum en_status en_tx_ask_all(struct en_tx *tx, const char *sql, struct en_binds binds,
                                         struct en_arena *a, struct en_list *list,
                                         struct en_err *err);
