/* SPDX-License-Identifier: Apache-2.0
 * The versions of one resource, of a type or of everything, newest first. */
#include "base/text.h"
#include "store/inside.h"

#include <stdio.h>
#include <string.h>

enum {
    HISTORY_COUNT_MAX = 1000,
    SQL_MAX = 16 << 10,
    TYPES_MAX = 200 /* R4 has 148 types of resources */
};

/* Where a page ended: the cursor "h1-<us>-<key>-<version>". */
struct place {
    int64_t us, key, version;
};

static bool place_read(const char *cursor, struct place *out)
{
    long long numbers[3];
    const char *at = cursor;

    if (!en_text_starts(cursor, "h1")) {
        return false;
    }
    at += 2;
    for (size_t i = 0; i < EN_COUNT(numbers); i++) {
        char digits[24] = "";
        const size_t size = *at == '-' ? strspn(at + 1, "0123456789") : 0;

        if (size == 0 || size >= sizeof digits) {
            return false;
        }
        memcpy(digits, at + 1, size);
        if (!en_text_integer(digits, 0, INT64_MAX, &numbers[i])) {
            return false;
        }
        at += 1 + size;
    }
    *out = (struct place){.us = numbers[0], .key = numbers[1], .version = numbers[2]};
    return *at == '\0';
}

/* The keys of the parameters "_compartment" of all types that there are. Looks from one type to the
 * next: reading the whole index for it would take long. */
static enum en_status add_compartment_keys(struct en_tx *tx, struct en_buf *sql, struct en_err *err)
{
    static const char TYPES[] =
        "WITH RECURSIVE t (type) AS (SELECT min(type) FROM resource UNION ALL SELECT"
        " (SELECT min(r.type) FROM resource r WHERE r.type > t.type) FROM t"
        " WHERE t.type IS NOT NULL) SELECT type FROM t WHERE type IS NOT NULL ORDER BY type";
    struct en_arena a = EN_ARENA(256 << 10);
    struct en_query *q;
    bool has_row = true;
    size_t count = 0;

    EN_TRY(en_query_get(tx->db, TYPES, &q, err));
    enum en_status st = en_query_next(q, &has_row, err);

    for (; st == EN_OK && has_row && count < TYPES_MAX; st = en_query_next(q, &has_row, err)) {
        const char *name = en_query_text(q, 0, &a);

        if (name != NULL) {
            en_buf_print(sql, "%s%d", count++ == 0 ? "" : ", ",
                         en_search_key(name, EN_SEARCH_COMPARTMENT));
        }
    }
    en_query_done(q);
    en_arena_free(&a);
    if (count == 0) {
        en_buf_add(sql, "-1");
    }
    return st;
}

enum en_status en_compartment_condition(struct en_tx *tx, const char *type, const char *parameter,
                                        struct en_buf *sql, struct en_err *err)
{
    enum en_status st = EN_OK;

    en_buf_print(sql,
                 " AND r.key IN (SELECT key FROM resource WHERE type = 'Patient' AND id = %s"
                 " UNION ALL SELECT resource FROM index_reference WHERE type = 'Patient'"
                 " AND target = %s AND param IN (",
                 parameter, parameter);
    if (type != NULL) {
        en_buf_print(sql, "%d", en_search_key(type, EN_SEARCH_COMPARTMENT));
    } else {
        st = add_compartment_keys(tx, sql, err);
    }
    en_buf_add(sql, "))");
    return st;
}

/* The statement: $1 limit, $2 since, $3 type, $4 id, $5 compartment, $6 .. $8 the place. */
static enum en_status write_sql(struct en_tx *tx, const struct en_history_query *query,
                                struct en_buf *sql, struct en_err *err)
{
    en_buf_add(sql, "SELECT " EN_VERSION_COLUMNS " FROM version v JOIN resource r"
                    " ON r.key = v.resource WHERE v.updated_us >= $2");
    if (query->type != NULL) {
        en_buf_add(sql, " AND r.type = $3");
    }
    if (query->id != NULL) {
        en_buf_add(sql, " AND r.id = $4");
    }
    if (query->compartment != NULL) {
        EN_TRY(en_compartment_condition(tx, query->type, "$5", sql, err));
    }
    if (query->cursor != NULL) {
        en_buf_add(sql, " AND (v.updated_us, v.resource, v.version) < ($6, $7, $8)");
    }
    en_buf_add(sql, " ORDER BY v.updated_us DESC, v.resource DESC, v.version DESC LIMIT $1");
    return en_buf_check(sql, "the query of a history", err);
}

static enum en_status read_page(struct en_query *q, int count, struct en_arena *a,
                                struct en_page *out, struct en_err *err)
{
    enum en_status st;
    bool has_row;
    int64_t key = 0;

    out->items = EN_NEW(a, struct en_version, (size_t)count);
    if (out->items == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left for the history");
    }
    while ((st = en_query_next(q, &has_row, err)) == EN_OK && has_row) {
        if (out->count == (size_t)count) { /* the one more that was asked for */
            const struct en_version *last = &out->items[count - 1];

            out->next_cursor = en_arena_print(a, "h1-%lld-%lld-%lld", (long long)last->updated_us,
                                              (long long)key, (long long)last->version);
            return out->next_cursor != NULL
                       ? EN_OK
                       : en_fail(err, EN_ENOMEM, "no memory left for the history");
        }
        EN_TRY(en_version_read(q, a, &out->items[out->count++], err));
        key = en_query_integer(q, 6);
    }
    return st;
}

static enum en_status run(struct en_tx *tx, const struct en_history_query *query,
                          const struct place *place, struct en_arena *a, struct en_page *out,
                          const char *sql, struct en_err *err)
{
    const int count = query->count < 1                   ? 1
                      : query->count > HISTORY_COUNT_MAX ? HISTORY_COUNT_MAX
                                                         : query->count;
    struct en_query *q;

    EN_TRY(en_query_get(tx->db, sql, &q, err));
    en_query_bind_integer(q, 1, count + 1);
    en_query_bind_integer(q, 2, query->since_us);
    if (query->type != NULL) {
        en_query_bind_text(q, 3, query->type);
    }
    if (query->id != NULL) {
        en_query_bind_text(q, 4, query->id);
    }
    if (query->compartment != NULL) {
        en_query_bind_text(q, 5, query->compartment);
    }
    if (query->cursor != NULL) {
        en_query_bind_integer(q, 6, place->us);
        en_query_bind_integer(q, 7, place->key);
        en_query_bind_integer(q, 8, place->version);
    }
    const enum en_status st = read_page(q, count, a, out, err);

    en_query_done(q);
    return st;
}

enum en_status en_tx_history(struct en_tx *tx, const struct en_history_query *query,
                             struct en_arena *a, struct en_page *out, struct en_err *err)
{
    struct en_buf sql = EN_BUF(SQL_MAX);
    struct place place = {0};

    *out = (struct en_page){.total = -1};
    if (query->cursor != NULL && !place_read(query->cursor, &place)) {
        return en_fail(err, EN_EINVAL, "the cursor of the page is none of this server's");
    }
    enum en_status st = write_sql(tx, query, &sql, err);

    if (st == EN_OK) {
        st = run(tx, query, &place, a, out, en_buf_text(&sql), err);
    }
    en_buf_free(&sql);
    return st;
}
