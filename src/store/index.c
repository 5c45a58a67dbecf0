/* SPDX-License-Identifier: Apache-2.0
 * What resources are found by: the rows of the index tables. */
#include "store/inside.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { HASH_BYTES = 16 };

const char *en_index_text(const char *text, char room[EN_INDEX_TEXT_MAX + 1])
{
    unsigned char hash[HASH_BYTES];
    const size_t size = strlen(text);
    size_t kept = EN_INDEX_TEXT_MAX - 2 * HASH_BYTES - 1;

    if (size <= EN_INDEX_TEXT_MAX) {
        return text;
    }
    while (kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80) {
        kept--; /* not within a letter: the text stays UTF-8 */
    }
    memcpy(room, text, kept);
    room[kept++] = '#';
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)text, size, NULL, 0);
    (void)sodium_bin2hex(room + kept, 2 * HASH_BYTES + 1, hash, sizeof hash);
    return room;
}

enum en_status en_tx_run(struct en_tx *tx, const char *sql, const int64_t *integers, size_t count,
                         struct en_err *err)
{
    struct en_query *q;

    EN_TRY(en_query_get(tx->db, sql, &q, err));
    for (size_t i = 0; i < count; i++) {
        en_query_bind_integer(q, (int)i + 1, integers[i]);
    }
    return en_query_finish(q, err);
}

/* The table of a kind: its statement, NULL when the kind has none. */
static const char *insert_of(enum en_search_kind kind)
{
    switch (kind) {
    case EN_SEARCH_TOKEN:
        return "INSERT INTO index_token (param, resource, code, system) VALUES ($1, $2, $3, $4)"
               " ON CONFLICT DO NOTHING";
    case EN_SEARCH_STRING:
        return "INSERT INTO index_string (param, resource, folded, written)"
               " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    case EN_SEARCH_REFERENCE:
    case EN_SEARCH_URI:
        return "INSERT INTO index_reference (param, resource, target, type)"
               " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    case EN_SEARCH_DATE:
        return "INSERT INTO index_date (param, resource, low_us, high_us)"
               " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        return "INSERT INTO index_quantity (param, resource, low, high, unit, system)"
               " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    case EN_SEARCH_ID:
    case EN_SEARCH_UPDATED:
        break;
    }
    return NULL;
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static enum en_status write_one(struct en_tx *tx, int64_t key, const struct en_index_value *v,
                                struct en_err *err)
{
    char first[EN_INDEX_TEXT_MAX + 1], second[EN_INDEX_TEXT_MAX + 1];
    const enum en_search_kind kind = v->param->kind;
    const char *sql = insert_of(kind);
    const bool is_quantity = kind == EN_SEARCH_NUMBER || kind == EN_SEARCH_QUANTITY;
    struct en_query *q;

    if (sql == NULL || (is_quantity && !(v->low <= v->high))) {
        return EN_OK; /* an unknown number, NAN, is found by nothing */
    }
    EN_TRY(en_query_get(tx->db, sql, &q, err));
    en_query_bind_integer(q, 1, v->param->key);
    en_query_bind_integer(q, 2, key);
    if (kind == EN_SEARCH_DATE) {
        en_query_bind_integer(q, 3, v->low_us);
        en_query_bind_integer(q, 4, v->high_us);
    } else if (is_quantity) {
        en_query_bind_number(q, 3, v->low);
        en_query_bind_number(q, 4, v->high);
        en_query_bind_text(q, 5, en_index_text(or_empty(v->code), first));
        en_query_bind_text(q, 6, en_index_text(or_empty(v->system), second));
    } else {
        const char *other = kind == EN_SEARCH_STRING ? v->text : v->system;

        en_query_bind_text(q, 3, en_index_text(or_empty(v->code), first));
        en_query_bind_text(q, 4, en_index_text(or_empty(other), second));
    }
    return en_query_finish(q, err);
}

enum en_status en_index_write(struct en_tx *tx, int64_t key, const struct en_index_value *values,
                              size_t count, bool is_new, struct en_err *err)
{
    static const char *const CLEAR[] = {
        "DELETE FROM index_token WHERE resource = $1",
        "DELETE FROM index_string WHERE resource = $1",
        "DELETE FROM index_reference WHERE resource = $1",
        "DELETE FROM index_date WHERE resource = $1",
        "DELETE FROM index_quantity WHERE resource = $1",
    };

    for (size_t i = 0; i < EN_COUNT(CLEAR) && !is_new; i++) {
        EN_TRY(en_tx_run(tx, CLEAR[i], &key, 1, err));
    }
    for (size_t i = 0; i < count; i++) {
        EN_TRY(write_one(tx, key, &values[i], err));
    }
    return EN_OK;
}
