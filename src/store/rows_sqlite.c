/* SPDX-License-Identifier: Apache-2.0
 * The rows of a version, a statement each. */
#include "store/rows.h"

static enum en_status version_write(struct en_tx *tx, const struct en_rows *rows, int64_t key,
                                    struct en_err *err)
{
    struct en_query *q;

    EN_TRY(en_query_get(tx->db,
                        "INSERT INTO version (resource, version, updated_us, method, body)"
                        " VALUES ($1, $2, $3, $4, $5)",
                        &q, err));
    en_query_bind_integer(q, 1, key);
    en_query_bind_integer(q, 2, rows->version);
    en_query_bind_integer(q, 3, rows->updated_us);
    en_query_bind_text(q, 4, rows->method);
    en_query_bind_text(q, 5, rows->body);
    return en_query_finish(q, err);
}

static enum en_status head_make(struct en_tx *tx, const struct en_rows *rows, int64_t *key,
                                struct en_err *err)
{
    struct en_query *q;
    bool has_row;

    EN_TRY(en_query_get(tx->db,
                        "INSERT INTO resource (type, id, version, updated_us, is_deleted)"
                        " VALUES ($1, $2, 1, $3, 0) ON CONFLICT DO NOTHING RETURNING key",
                        &q, err));
    en_query_bind_text(q, 1, rows->type);
    en_query_bind_text(q, 2, rows->id);
    en_query_bind_integer(q, 3, rows->updated_us);
    enum en_status st = en_query_next(q, &has_row, err);

    if (st == EN_OK && has_row) {
        *key = en_query_integer(q, 0);
        st = en_query_next(q, &has_row, err); /* to its end, so that it is done */
    }
    en_query_done(q);
    return st;
}

static const char *const INSERT[] = {
    [EN_INDEX_TOKEN] = "INSERT INTO index_token (param, resource, code, system)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [EN_INDEX_STRING] = "INSERT INTO index_string (param, resource, folded, written)"
                        " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [EN_INDEX_REFERENCE] = "INSERT INTO index_reference (param, resource, target, type)"
                           " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [EN_INDEX_DATE] = "INSERT INTO index_date (param, resource, low_us, high_us)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [EN_INDEX_QUANTITY] = "INSERT INTO index_quantity (param, resource, low, high, unit, system)"
                          " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
};

static const char *const CLEAR[] = {
    "DELETE FROM index_token WHERE resource = $1",
    "DELETE FROM index_string WHERE resource = $1",
    "DELETE FROM index_reference WHERE resource = $1",
    "DELETE FROM index_date WHERE resource = $1",
    "DELETE FROM index_quantity WHERE resource = $1",
};

static enum en_status value_write(struct en_tx *tx, int64_t key, const struct en_index_value *v,
                                  struct en_err *err)
{
    char first[EN_INDEX_TEXT_MAX + 1], second[EN_INDEX_TEXT_MAX + 1];
    const enum en_index_table table = en_index_table_of(v);
    struct en_query *q;

    if (table == EN_INDEX_NONE) {
        return EN_OK;
    }
    EN_TRY(en_query_get(tx->db, INSERT[table], &q, err));
    en_query_bind_integer(q, 1, v->param->key);
    en_query_bind_integer(q, 2, key);
    if (table == EN_INDEX_DATE) {
        en_query_bind_integer(q, 3, v->low_us);
        en_query_bind_integer(q, 4, v->high_us);
    } else if (table == EN_INDEX_QUANTITY) {
        en_query_bind_number(q, 3, v->low);
        en_query_bind_number(q, 4, v->high);
        en_query_bind_text(q, 5, en_index_text(v->code, first));
        en_query_bind_text(q, 6, en_index_text(v->system, second));
    } else {
        en_query_bind_text(q, 3, en_index_text(v->code, first));
        en_query_bind_text(q, 4,
                           en_index_text(table == EN_INDEX_STRING ? v->text : v->system, second));
    }
    return en_query_finish(q, err);
}

static enum en_status values_write(struct en_tx *tx, const struct en_rows *rows, int64_t key,
                                   struct en_err *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        EN_TRY(value_write(tx, key, &rows->values[i], err));
    }
    return EN_OK;
}

enum en_status en_rows_create_sqlite(struct en_tx *tx, const struct en_rows *rows, int64_t *key,
                                     struct en_err *err)
{
    *key = 0;
    EN_TRY(head_make(tx, rows, key, err));
    if (*key == 0) {
        return EN_OK;
    }
    EN_TRY(version_write(tx, rows, *key, err));
    return values_write(tx, rows, *key, err);
}

enum en_status en_rows_step_sqlite(struct en_tx *tx, const struct en_rows *rows, struct en_err *err)
{
    const int64_t head[] = {rows->version, rows->updated_us, rows->is_deleted, rows->key};

    EN_TRY(en_tx_run(tx,
                     "UPDATE resource SET version = $1, updated_us = $2, is_deleted = $3"
                     " WHERE key = $4",
                     head, EN_COUNT(head), err));
    EN_TRY(version_write(tx, rows, rows->key, err));
    for (size_t i = 0; i < EN_COUNT(CLEAR); i++) {
        EN_TRY(en_tx_run(tx, CLEAR[i], &rows->key, 1, err));
    }
    return values_write(tx, rows, rows->key, err);
}
