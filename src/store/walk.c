/* SPDX-License-Identifier: Apache-2.0
 * All current resources in the order of creation, and whose record a resource is part of. */
#include "base/text.h"
#include "store/inside.h"

enum { WALK_COUNT_MAX = 1000 };

static enum en_status read_rows(struct en_query *q, int count, struct en_arena *a,
                                struct en_page *out, int64_t *last, struct en_err *err)
{
    enum en_status st;
    bool has_row;

    out->items = EN_NEW(a, struct en_version, (size_t)count);
    if (out->items == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left for the resources");
    }
    while ((st = en_query_next(q, &has_row, err)) == EN_OK && has_row) {
        EN_TRY(en_version_read(q, a, &out->items[out->count++], err));
        *last = en_query_integer(q, 6);
    }
    return st;
}

enum en_status en_tx_walk(struct en_tx *tx, const struct en_walk *walk, struct en_arena *a,
                          struct en_page *out, int64_t *last, struct en_err *err)
{
#define WALK                                                                                       \
    "SELECT " EN_VERSION_COLUMNS " FROM resource r"                                                \
    " JOIN version v ON v.resource = r.key AND v.version = r.version"                              \
    " WHERE r.is_deleted = 0 AND r.key > $1"
    static const char ALL[] = WALK " ORDER BY r.key LIMIT $2";
    static const char OF_TYPE[] = WALK " AND r.type = $3 ORDER BY r.key LIMIT $2";
#undef WALK
    const int count = walk->count < 1                ? 1
                      : walk->count > WALK_COUNT_MAX ? WALK_COUNT_MAX
                                                     : walk->count;
    struct en_query *q;

    *out = (struct en_page){.total = -1};
    *last = walk->after;
    EN_TRY(en_query_get(tx->db, walk->type == NULL ? ALL : OF_TYPE, &q, err));
    en_query_bind_integer(q, 1, walk->after);
    en_query_bind_integer(q, 2, count);
    if (walk->type != NULL) {
        en_query_bind_text(q, 3, walk->type);
    }
    const enum en_status st = read_rows(q, count, a, out, last, err);

    en_query_done(q);
    return st;
}

enum en_status en_tx_in_compartment(struct en_tx *tx, const char *type, const char *id,
                                    const char *patient, bool *out, struct en_err *err)
{
    struct en_query *q;

    *out = en_text_equal(type, "Patient") && en_text_equal(id, patient);
    if (*out) {
        return EN_OK;
    }
    EN_TRY(en_query_get(tx->db,
                        "SELECT 1 FROM resource r JOIN index_reference c ON c.resource = r.key"
                        " WHERE r.type = $1 AND r.id = $2 AND c.param = $3 AND c.target = $4"
                        " AND c.type = 'Patient'",
                        &q, err));
    en_query_bind_text(q, 1, type);
    en_query_bind_text(q, 2, id);
    en_query_bind_integer(q, 3, en_search_key(type, EN_SEARCH_COMPARTMENT));
    en_query_bind_text(q, 4, patient);
    const enum en_status st = en_query_next(q, out, err);

    en_query_done(q);
    return st;
}

enum en_status en_tx_count(struct en_tx *tx, uint64_t *out, struct en_err *err)
{
    struct en_query *q;
    bool has_row = false;

    EN_TRY(en_query_get(tx->db, "SELECT count(*) FROM resource WHERE is_deleted = 0", &q, err));
    const enum en_status st = en_query_next(q, &has_row, err);

    *out = st == EN_OK && has_row ? (uint64_t)en_query_integer(q, 0) : 0;
    en_query_done(q);
    return st;
}
