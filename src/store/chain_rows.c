/* SPDX-License-Identifier: Apache-2.0
 * The pending audit entries as rows: one by one on SQLite, all in one statement on PostgreSQL. */
#include "store/array.h"
#include "store/chain.h"

enum { COLUMNS = 16 };

static const char INSERT[] =
    "INSERT INTO audit (chain, sequence, recorded_us, action, subtype, outcome, agent, role,"
    " patient, entity_type, entity_id, entity_version, detail, request, address, hash) VALUES"
    " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

static const char MOVE[] = "UPDATE audit_chain SET sequence = $1, hash = $2"
                           " WHERE chain = $3 AND sequence = $4";

/* Rows in the order of the arrays, so that ids are in the order of the chain. */
static const char INSERT_AND_MOVE[] =
    "WITH a AS (INSERT INTO audit (chain, sequence, recorded_us, action, subtype, outcome, agent,"
    " role, patient, entity_type, entity_id, entity_version, detail, request, address, hash)"
    " SELECT * FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],"
    " $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],"
    " $16::bigint[], $17::text[], $18::text[], $19::text[], $20::bytea[])"
    " AS u (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) ORDER BY b)"
    " UPDATE audit_chain SET sequence = $1, hash = $2 WHERE chain = $3 AND sequence = $4";

static enum en_status insert(struct en_tx *tx, const struct en_audit_link *l, struct en_err *err)
{
    const char action[2] = {l->audit.action, '\0'};
    struct en_query *q;

    EN_TRY(en_query_get(tx->db, INSERT, &q, err));
    en_query_bind_integer(q, 1, l->chain);
    en_query_bind_integer(q, 2, l->sequence);
    en_query_bind_integer(q, 3, l->recorded_us);
    en_query_bind_text(q, 4, action);
    en_query_bind_text(q, 5, l->audit.subtype);
    en_query_bind_integer(q, 6, l->audit.outcome);
    en_query_bind_text(q, 7, l->audit.agent);
    en_query_bind_text(q, 8, l->audit.role);
    en_query_bind_text(q, 9, l->audit.patient);
    en_query_bind_text(q, 10, l->audit.entity_type);
    en_query_bind_text(q, 11, l->audit.entity_id);
    en_query_bind_integer(q, 12, l->audit.entity_version);
    en_query_bind_text(q, 13, l->audit.detail);
    en_query_bind_text(q, 14, l->audit.request);
    en_query_bind_text(q, 15, l->audit.address);
    en_query_bind_bytes(q, 16, l->hash, sizeof l->hash);
    return en_query_finish(q, err);
}

static void add_entry(struct en_buf arrays[COLUMNS], const struct en_audit_link *l)
{
    const struct en_audit *e = &l->audit;
    const char action[2] = {e->action, '\0'};
    const char *const texts[COLUMNS] = {
        [3] = action,      [4] = e->subtype,     [6] = e->agent,      [7] = e->role,
        [8] = e->patient,  [9] = e->entity_type, [10] = e->entity_id, [12] = e->detail,
        [13] = e->request, [14] = e->address};
    const int64_t integers[COLUMNS] = {[0] = l->chain,
                                       [1] = l->sequence,
                                       [2] = l->recorded_us,
                                       [5] = e->outcome,
                                       [11] = e->entity_version};

    for (size_t i = 0; i + 1 < COLUMNS; i++) {
        if (texts[i] != NULL) {
            en_array_text(&arrays[i], texts[i]);
        } else {
            en_array_integer(&arrays[i], integers[i]);
        }
    }
    en_array_bytes(&arrays[COLUMNS - 1], l->hash, sizeof l->hash);
}

/* Run the statement that moves the row; it must be exactly one. */
static enum en_status run_move(struct en_audit_chain *c, struct en_query *q, struct en_err *err)
{
    bool has_row;

    en_query_bind_integer(q, 1, c->sequence);
    en_query_bind_bytes(q, 2, c->hash, sizeof c->hash);
    en_query_bind_integer(q, 3, c->chain);
    en_query_bind_integer(q, 4, c->row_sequence);
    enum en_status st = en_query_next(q, &has_row, err);

    if (st == EN_OK && en_query_changes(q) != 1) {
        st = en_fail(err, EN_EIO, "chain %lld of the audit trail was written by another program",
                     (long long)c->chain);
    }
    en_query_done(q);
    return st;
}

static enum en_status insert_and_move(struct en_audit_chain *c, struct en_tx *tx, size_t first,
                                      struct en_err *err)
{
    struct en_buf arrays[COLUMNS];
    struct en_query *q;
    enum en_status st = EN_OK;

    for (size_t i = 0; i < COLUMNS; i++) {
        arrays[i] = EN_ARRAY;
    }
    for (size_t i = first; i < c->count; i++) {
        add_entry(arrays, &c->pending[i]);
    }
    for (size_t i = 0; i < COLUMNS && st == EN_OK; i++) {
        (void)en_array_end(&arrays[i]);
        st = en_buf_check(&arrays[i], "the audit trail", err);
    }
    if (st == EN_OK) {
        st = en_query_get(tx->db, INSERT_AND_MOVE, &q, err);
    }
    if (st == EN_OK) {
        for (int i = 0; i < COLUMNS; i++) {
            en_query_bind_text(q, 5 + i, en_buf_text(&arrays[i]));
        }
        st = run_move(c, q, err);
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        en_buf_free(&arrays[i]);
    }
    return st;
}

enum en_status en_chain_rows(struct en_audit_chain *c, struct en_tx *tx, size_t first,
                             struct en_err *err)
{
    struct en_query *q;

    if (c->row_sequence == c->sequence) {
        return EN_OK;
    }
    if (en_db_kind(tx->db) == EN_DB_POSTGRESQL) {
        return insert_and_move(c, tx, first, err);
    }
    for (size_t i = first; i < c->count; i++) {
        EN_TRY(insert(tx, &c->pending[i], err));
    }
    EN_TRY(en_query_get(tx->db, MOVE, &q, err));
    return run_move(c, q, err);
}
