/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bind.h"

#include <string.h>

enum { CHUNK = 64 };

enum en_status en_tx_ask(struct en_tx *tx, const char *sql, struct en_binds binds,
                         struct en_query **out, struct en_err *err)
{
    EN_TRY(en_query_get(tx->db, sql, out, err));
    for (size_t i = 0; i < binds.count; i++) {
        const struct en_bind *b = &binds.items[i];

        if (b->is_integer) {
            en_query_bind_integer(*out, (int)i + 1, b->integer);
        } else {
            en_query_bind_text(*out, (int)i + 1, b->text);
        }
    }
    return EN_OK;
}

enum en_status en_tx_change(struct en_tx *tx, const char *sql, struct en_binds binds,
                            int64_t *changes, struct en_err *err)
{
    struct en_query *q;
    bool has_row = true;
    enum en_status st = EN_OK;

    EN_TRY(en_tx_ask(tx, sql, binds, &q, err));
    while (st == EN_OK && has_row) {
        st = en_query_next(q, &has_row, err);
    }
    if (st == EN_OK && changes != NULL) {
        *changes = en_query_changes(q);
    }
    en_query_done(q);
    return st;
}

enum en_status en_tx_ask_one(struct en_tx *tx, const char *sql, struct en_binds binds,
                             const struct en_one *one, struct en_arena *a, struct en_err *err)
{
    struct en_query *q;
    bool has_row = false;

    EN_TRY(en_tx_ask(tx, sql, binds, &q, err));
    enum en_status st = en_query_next(q, &has_row, err);

    if (st == EN_OK && has_row) {
        one->read(q, a, one->item);
    } else if (st == EN_OK) {
        st = en_fail(err, EN_ENOTFOUND, "%s", one->what);
    }
    en_query_done(q);
    return st;
}

/* Room for one item more. */
static void *next_item(struct en_list *list, size_t *room, struct en_arena *a)
{
    if (list->count == *room) {
        const size_t wider = *room == 0 ? CHUNK : 2 * *room;
        void *items = en_arena_take(a, list->item_size, wider);

        if (items == NULL) {
            return NULL;
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * list->item_size);
        }
        list->items = items;
        *room = wider;
    }
    return (char *)list->items + list->count++ * list->item_size;
}

enum en_status en_tx_ask_all(struct en_tx *tx, const char *sql, struct en_binds binds,
                             struct en_arena *a, struct en_list *list, struct en_err *err)
{
    struct en_query *q;
    bool has_row = true;
    size_t room = 0;

    list->items = NULL;
    list->count = 0;
    EN_TRY(en_tx_ask(tx, sql, binds, &q, err));
    enum en_status st = en_query_next(q, &has_row, err);

    for (; st == EN_OK && has_row; st = en_query_next(q, &has_row, err)) {
        void *item = NULL;

        if (list->count == list->max) {
            st = en_fail(err, EN_ELIMIT, "there are more than %zu", list->max);
            break;
        }
        item = next_item(list, &room, a);
        if (item == NULL) {
            st = en_fail(err, EN_ENOMEM, "no memory for a list");
            break;
        }
        list->read(q, a, item);
    }
    en_query_done(q);
    return st;
}
