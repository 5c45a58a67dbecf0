/* SPDX-License-Identifier: Apache-2.0
 * What resources are found by: the rows of the index tables. */
#include "store/rows.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { HASH_BYTES = 16 };

const char *en_index_text(const char *text, char room[EN_INDEX_TEXT_MAX + 1])
{
    unsigned char hash[HASH_BYTES];
    const size_t size = text == NULL ? 0 : strlen(text);
    size_t kept = EN_INDEX_TEXT_MAX - 2 * HASH_BYTES - 1;

    if (size <= EN_INDEX_TEXT_MAX) {
        return text == NULL ? "" : text;
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

enum en_index_table en_index_table_of(const struct en_index_value *v)
{
    switch (v->param->kind) {
    case EN_SEARCH_TOKEN:
        return EN_INDEX_TOKEN;
    case EN_SEARCH_STRING:
        return EN_INDEX_STRING;
    case EN_SEARCH_REFERENCE:
    case EN_SEARCH_URI:
        return EN_INDEX_REFERENCE;
    case EN_SEARCH_DATE:
        return EN_INDEX_DATE;
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        return v->low <= v->high ? EN_INDEX_QUANTITY : EN_INDEX_NONE; /* NAN is found by nothing */
    case EN_SEARCH_ID:
    case EN_SEARCH_UPDATED:
        break;
    }
    return EN_INDEX_NONE;
}

enum en_status en_rows_create(struct en_tx *tx, const struct en_rows *rows, int64_t *key,
                              struct en_err *err)
{
    return en_db_kind(tx->db) == EN_DB_SQLITE ? en_rows_create_sqlite(tx, rows, key, err)
                                              : en_rows_create_postgresql(tx, rows, key, err);
}

enum en_status en_rows_step(struct en_tx *tx, const struct en_rows *rows, struct en_err *err)
{
    return en_db_kind(tx->db) == EN_DB_SQLITE ? en_rows_step_sqlite(tx, rows, err)
                                              : en_rows_step_postgresql(tx, rows, err);
}
