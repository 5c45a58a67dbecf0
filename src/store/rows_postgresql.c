/* SPDX-License-Identifier: Apache-2.0
 * All rows of a version in one statement of PostgreSQL. The index values travel as arrays, one for
 * each column of each index table. Rows of the index that stay the same are not touched. */
#include "store/array.h"
#include "store/rows.h"

enum { ARRAYS = 17, FIRST_ARRAY = 5 /* $5 */, TABLES = EN_INDEX_NONE };

/* Where the arrays of each table begin. */
static const int START[TABLES] = {0, 3, 6, 9, 12};

#define TOKENS     "unnest($5::bigint[], $6::text[], $7::text[]) AS u (p, a, b)"
#define STRINGS    "unnest($8::bigint[], $9::text[], $10::text[]) AS u (p, a, b)"
#define REFERENCES "unnest($11::bigint[], $12::text[], $13::text[]) AS u (p, a, b)"
#define DATES      "unnest($14::bigint[], $15::bigint[], $16::bigint[]) AS u (p, a, b)"
#define QUANTITIES                                                                                 \
    "unnest($17::bigint[], $18::float8[], $19::float8[], $20::text[], $21::text[])"                \
    " AS u (p, a, b, c, d)"

#define INSERT_INDEX                                                                               \
    ", t AS (INSERT INTO index_token (resource, param, code, system)"                              \
    " SELECT r.key, u.p, u.a, u.b FROM r, " TOKENS " ON CONFLICT DO NOTHING)"                      \
    ", s AS (INSERT INTO index_string (resource, param, folded, written)"                          \
    " SELECT r.key, u.p, u.a, u.b FROM r, " STRINGS " ON CONFLICT DO NOTHING)"                     \
    ", f AS (INSERT INTO index_reference (resource, param, target, type)"                          \
    " SELECT r.key, u.p, u.a, u.b FROM r, " REFERENCES " ON CONFLICT DO NOTHING)"                  \
    ", d AS (INSERT INTO index_date (resource, param, low_us, high_us)"                            \
    " SELECT r.key, u.p, u.a, u.b FROM r, " DATES " ON CONFLICT DO NOTHING)"                       \
    ", q AS (INSERT INTO index_quantity (resource, param, low, high, unit, system)"                \
    " SELECT r.key, u.p, u.a, u.b, u.c, u.d FROM r, " QUANTITIES " ON CONFLICT DO NOTHING)"        \
    " SELECT key FROM r"

#define DELETE_INDEX                                                                               \
    ", xt AS (DELETE FROM index_token i WHERE resource = $1 AND NOT EXISTS (SELECT 1 FROM " TOKENS \
    " WHERE u.p = i.param AND u.a = i.code AND u.b = i.system))"                                   \
    ", xs AS (DELETE FROM index_string i WHERE resource = $1 AND NOT EXISTS (SELECT 1 "            \
    "FROM " STRINGS " WHERE u.p = i.param AND u.a = i.folded AND u.b = i.written))"                \
    ", xf AS (DELETE FROM index_reference i WHERE resource = $1 AND NOT EXISTS (SELECT 1 "         \
    "FROM " REFERENCES " WHERE u.p = i.param AND u.a = i.target AND u.b = i.type))"                \
    ", xd AS (DELETE FROM index_date i WHERE resource = $1 AND NOT EXISTS (SELECT 1 FROM " DATES   \
    " WHERE u.p = i.param AND u.a = i.low_us AND u.b = i.high_us))"                                \
    ", xq AS (DELETE FROM index_quantity i WHERE resource = $1 AND NOT EXISTS (SELECT 1 "          \
    "FROM " QUANTITIES " WHERE u.p = i.param AND u.a = i.low AND u.b = i.high AND u.c = i.unit"    \
    " AND u.d = i.system))"

static const char CREATE[] =
    "WITH r AS (INSERT INTO resource (type, id, version, updated_us, is_deleted)"
    " VALUES ($1, $2, 1, $3, 0) ON CONFLICT DO NOTHING RETURNING key)"
    ", v AS (INSERT INTO version (resource, version, updated_us, method, body)"
    " SELECT key, 1, $3, 'POST', $4 FROM r)" INSERT_INDEX;

static const char STEP[] =
    "WITH r AS (UPDATE resource SET version = $2, updated_us = $3, is_deleted = $22"
    " WHERE key = $1 RETURNING key)"
    ", v AS (INSERT INTO version (resource, version, updated_us, method, body)"
    " VALUES ($1, $2, $3, $23, $4))" DELETE_INDEX INSERT_INDEX;

static void add_value(struct en_buf arrays[ARRAYS], const struct en_index_value *v)
{
    char first[EN_INDEX_TEXT_MAX + 1], second[EN_INDEX_TEXT_MAX + 1];
    const enum en_index_table table = en_index_table_of(v);

    if (table == EN_INDEX_NONE) {
        return;
    }
    struct en_buf *a = &arrays[START[table]];

    en_array_integer(&a[0], v->param->key);
    if (table == EN_INDEX_DATE) {
        en_array_integer(&a[1], v->low_us);
        en_array_integer(&a[2], v->high_us);
    } else if (table == EN_INDEX_QUANTITY) {
        en_array_number(&a[1], v->low);
        en_array_number(&a[2], v->high);
        en_array_text(&a[3], en_index_text(v->code, first));
        en_array_text(&a[4], en_index_text(v->system, second));
    } else {
        en_array_text(&a[1], en_index_text(v->code, first));
        en_array_text(&a[2], en_index_text(table == EN_INDEX_STRING ? v->text : v->system, second));
    }
}

/* Run with the arrays bound; *key is the one that the statement gives, 0 when none. */
static enum en_status run(struct en_query *q, const struct en_rows *rows, int64_t *key,
                          struct en_err *err)
{
    struct en_buf arrays[ARRAYS];
    enum en_status st = EN_OK;
    bool has_row = false;

    for (size_t i = 0; i < ARRAYS; i++) {
        arrays[i] = EN_ARRAY;
    }
    for (size_t i = 0; i < rows->count; i++) {
        add_value(arrays, &rows->values[i]);
    }
    for (size_t i = 0; i < ARRAYS; i++) {
        en_query_bind_text(q, FIRST_ARRAY + (int)i, en_array_end(&arrays[i]));
        st = st == EN_OK ? en_buf_check(&arrays[i], "the index of a resource", err) : st;
    }
    if (st == EN_OK) {
        st = en_query_next(q, &has_row, err);
    }
    *key = st == EN_OK && has_row ? en_query_integer(q, 0) : 0;
    en_query_done(q);
    for (size_t i = 0; i < ARRAYS; i++) {
        en_buf_free(&arrays[i]);
    }
    return st;
}

enum en_status en_rows_create_postgresql(struct en_tx *tx, const struct en_rows *rows, int64_t *key,
                                         struct en_err *err)
{
    struct en_query *q;

    *key = 0;
    EN_TRY(en_query_get(tx->db, CREATE, &q, err));
    en_query_bind_text(q, 1, rows->type);
    en_query_bind_text(q, 2, rows->id);
    en_query_bind_integer(q, 3, rows->updated_us);
    en_query_bind_text(q, 4, rows->body);
    return run(q, rows, key, err);
}

enum en_status en_rows_step_postgresql(struct en_tx *tx, const struct en_rows *rows,
                                       struct en_err *err)
{
    struct en_query *q;
    int64_t key;

    EN_TRY(en_query_get(tx->db, STEP, &q, err));
    en_query_bind_integer(q, 1, rows->key);
    en_query_bind_integer(q, 2, rows->version);
    en_query_bind_integer(q, 3, rows->updated_us);
    en_query_bind_text(q, 4, rows->body);
    en_query_bind_integer(q, 22, rows->is_deleted);
    en_query_bind_text(q, 23, rows->method);
    return run(q, rows, &key, err);
}
