/* SPDX-License-Identifier: Apache-2.0
 * The audit trail as it is read: searched, and checked from its first entry to its last. */
#include "base/buf.h"
#include "base/text.h"
#include "store/chain.h"
#include "store/store_inside.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { AUDIT_COUNT_MAX = 1000, VERIFY_PAGE = 1000, VERIFY_ARENA = 64 << 20, SQL_MAX = 4 << 10 };

#define COLUMNS                                                                                    \
    "id, chain, sequence, recorded_us, action, subtype, outcome, agent, role, patient,"            \
    " entity_type, entity_id, entity_version, detail, request, address"

static enum en_status read_entry(struct en_query *q, struct en_arena *a, struct en_audit_entry *out,
                                 struct en_err *err)
{
    const char *action = en_query_text(q, 4, a);

    *out = (struct en_audit_entry){
        .id = en_query_integer(q, 0),
        .chain = en_query_integer(q, 1),
        .sequence = en_query_integer(q, 2),
        .recorded_us = en_query_integer(q, 3),
        .audit =
            {
                .action = (char)(action == NULL ? '\0' : action[0]),
                .subtype = en_query_text(q, 5, a),
                .outcome = (int)en_query_integer(q, 6),
                .agent = en_query_text(q, 7, a),
                .role = en_query_text(q, 8, a),
                .patient = en_query_text(q, 9, a),
                .entity_type = en_query_text(q, 10, a),
                .entity_id = en_query_text(q, 11, a),
                .entity_version = en_query_integer(q, 12),
                .detail = en_query_text(q, 13, a),
                .request = en_query_text(q, 14, a),
                .address = en_query_text(q, 15, a),
            },
    };
    const struct en_audit *e = &out->audit;
    const char *const texts[] = {action,    e->subtype,     e->agent,     e->role,    e->patient,
                                 e->detail, e->entity_type, e->entity_id, e->request, e->address};

    for (size_t i = 0; i < EN_COUNT(texts); i++) {
        if (texts[i] == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory left for the audit trail");
        }
    }
    return EN_OK;
}

/* Search */

/* What is asked for, each with its value. In the SQL "@" becomes the number of the parameter: they
 * are counted as they are used, since PostgreSQL knows no type of one that is not. */
struct condition {
    bool is_asked;
    const char *sql, *text; /* text NULL: the integer */
    int64_t integer;
};

enum { CONDITIONS_MAX = 10 };

static size_t conditions_of(const struct en_audit_query *query, const char *action,
                            struct condition out[CONDITIONS_MAX])
{
    const struct condition all[CONDITIONS_MAX] = {
        {query->from_us != INT64_MIN && query->from_us != 0, " AND recorded_us >= $@", NULL,
         query->from_us},
        {query->to_us != INT64_MAX && query->to_us != 0, " AND recorded_us <= $@", NULL,
         query->to_us},
        {query->patient != NULL, " AND patient = $@", query->patient, 0},
        {query->agent != NULL, " AND agent = $@", query->agent, 0},
        {query->entity_type != NULL, " AND entity_type = $@", query->entity_type, 0},
        {query->entity_id != NULL, " AND entity_id = $@", query->entity_id, 0},
        {query->subtype != NULL, " AND subtype = $@", query->subtype, 0},
        {query->action != '\0', " AND action = $@", action, 0},
        {query->outcome >= 0, " AND outcome = $@", NULL, query->outcome},
        {query->before != 0,
         " AND (recorded_us, id) < ((SELECT recorded_us FROM audit WHERE id = $@), $@)", NULL,
         query->before},
    };
    size_t count = 0;

    for (size_t i = 0; i < CONDITIONS_MAX; i++) {
        if (all[i].is_asked) {
            out[count++] = all[i];
        }
    }
    return count;
}

static void write_search(const struct condition *conditions, size_t count, struct en_buf *sql)
{
    en_buf_add(sql, "SELECT " COLUMNS " FROM audit WHERE 1 = 1");
    for (size_t i = 0; i < count; i++) {
        for (const char *p = conditions[i].sql; *p != '\0'; p++) {
            if (*p == '@') {
                en_buf_print(sql, "%zu", i + 2);
            } else {
                en_buf_add_bytes(sql, p, 1);
            }
        }
    }
    en_buf_add(sql, " ORDER BY recorded_us DESC, id DESC LIMIT $1");
}

static void bind_search(struct en_query *q, const struct condition *conditions, size_t count,
                        int limit)
{
    en_query_bind_integer(q, 1, limit);
    for (size_t i = 0; i < count; i++) {
        if (conditions[i].text != NULL) {
            en_query_bind_text(q, (int)i + 2, conditions[i].text);
        } else {
            en_query_bind_integer(q, (int)i + 2, conditions[i].integer);
        }
    }
}

enum en_status en_tx_audit_search(struct en_tx *tx, const struct en_audit_query *query,
                                  struct en_arena *a, struct en_audit_entry **out, size_t *count,
                                  struct en_err *err)
{
    const int wanted = query->count < 1                 ? 1
                       : query->count > AUDIT_COUNT_MAX ? AUDIT_COUNT_MAX
                                                        : query->count;
    const char action[2] = {query->action, '\0'};
    struct condition conditions[CONDITIONS_MAX];
    const size_t condition_count = conditions_of(query, action, conditions);
    struct en_buf sql = EN_BUF(SQL_MAX);
    struct en_query *q = NULL;
    bool has_row = true;

    *count = 0;
    *out = EN_NEW(a, struct en_audit_entry, (size_t)wanted);
    if (*out == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left for the audit trail");
    }
    write_search(conditions, condition_count, &sql);
    enum en_status st = en_buf_check(&sql, "the query of the audit trail", err);

    if (st == EN_OK) {
        st = en_query_get(tx->db, en_buf_text(&sql), &q, err);
    }
    en_buf_free(&sql);
    if (st == EN_OK) {
        bind_search(q, conditions, condition_count, wanted);
    }
    while (st == EN_OK && (st = en_query_next(q, &has_row, err)) == EN_OK && has_row) {
        st = read_entry(q, a, &(*out)[(*count)++], err);
    }
    en_query_done(q);
    return st;
}

enum en_status en_tx_audit_get(struct en_tx *tx, int64_t id, struct en_arena *a,
                               struct en_audit_entry *out, struct en_err *err)
{
    struct en_query *q;
    bool has_row = false;

    EN_TRY(en_query_get(tx->db, "SELECT " COLUMNS " FROM audit WHERE id = $1", &q, err));
    en_query_bind_integer(q, 1, id);
    enum en_status st = en_query_next(q, &has_row, err);

    if (st == EN_OK && has_row) {
        st = read_entry(q, a, out, err);
    } else if (st == EN_OK) {
        st = en_fail(err, EN_ENOTFOUND, "there is no such entry in the audit trail");
    }
    en_query_done(q);
    return st;
}

/* The check */

struct check {
    struct en_tx tx;
    struct en_audit_check *out;
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *context;
    uint64_t all;
    struct en_arena arena; /* of one page */
};

/* Where the check of one chain is. */
struct walker {
    int64_t chain, sequence, id;
    unsigned char hash[EN_AUDIT_HASH_BYTES];
};

static bool fault(struct check *c, int64_t chain, int64_t sequence, const char *what)
{
    (void)snprintf(c->out->fault, sizeof c->out->fault, "chain %lld, entry %lld: %s",
                   (long long)chain, (long long)sequence, what);
    return false;
}

/* One entry against the one before it. */
static bool step(struct check *c, struct walker *w, const struct en_audit_entry *e,
                 const unsigned char *hash, size_t hash_size)
{
    struct en_audit_link link = {.chain = e->chain,
                                 .sequence = e->sequence,
                                 .recorded_us = e->recorded_us,
                                 .audit = e->audit};

    if (e->sequence != w->sequence + 1) {
        return fault(c, w->chain, w->sequence + 1, "it is missing");
    }
    en_audit_hash(w->hash, &link, w->hash);
    if (hash == NULL || hash_size != sizeof w->hash || memcmp(hash, w->hash, sizeof w->hash) != 0) {
        return fault(c, w->chain, e->sequence, "it was changed, or stands in the wrong place");
    }
    if (e->id <= w->id) {
        return fault(c, w->chain, e->sequence, "it was moved: its id is not after the one before");
    }
    w->sequence = e->sequence;
    w->id = e->id;
    return true;
}

/* Next entries of the chain; *more false at its end or at a fault. */
static enum en_status check_page(struct check *c, struct walker *w, bool *more, struct en_err *err)
{
    struct en_query *q;
    bool has_row = true;
    int rows = 0;
    size_t size = 0;

    *more = false;
    EN_TRY(en_query_get(c->tx.db,
                        "SELECT " COLUMNS ", hash FROM audit WHERE chain = $1 AND sequence > $2"
                        " ORDER BY sequence LIMIT $3",
                        &q, err));
    en_query_bind_integer(q, 1, w->chain);
    en_query_bind_integer(q, 2, w->sequence);
    en_query_bind_integer(q, 3, VERIFY_PAGE);
    enum en_status st = en_query_next(q, &has_row, err);

    for (; st == EN_OK && has_row; st = en_query_next(q, &has_row, err), rows++) {
        struct en_audit_entry e;

        en_arena_rewind(&c->arena, (struct en_arena_mark){0});
        st = read_entry(q, &c->arena, &e, err);
        const void *hash = en_query_bytes(q, 16, &c->arena, &size);

        if (st != EN_OK || !step(c, w, &e, hash, size)) {
            break;
        }
        c->out->entries++;
    }
    en_query_done(q);
    *more = st == EN_OK && rows == VERIFY_PAGE && c->out->fault[0] == '\0';
    return st;
}

static void note_head(struct check *c, const struct walker *w)
{
    char hex[2 * EN_AUDIT_HASH_BYTES + 1];
    const size_t size = strlen(c->out->heads);

    (void)sodium_bin2hex(hex, sizeof hex, w->hash, sizeof w->hash);
    (void)snprintf(c->out->heads + size, sizeof c->out->heads - size, "%s%lld:%lld:%s",
                   size == 0 ? "" : " ", (long long)w->chain, (long long)w->sequence, hex);
}

static enum en_status check_chain(struct check *c, int64_t chain, int64_t head,
                                  const unsigned char *hash, struct en_err *err)
{
    struct walker w = {.chain = chain};
    bool more = true;

    while (more) {
        EN_TRY(check_page(c, &w, &more, err));
        if (c->progress != NULL) {
            c->progress(c->context, c->out->entries, c->all);
        }
    }
    if (c->out->fault[0] != '\0') {
        return EN_OK;
    }
    if (w.sequence < head) {
        (void)fault(c, chain, w.sequence + 1, "it is missing, and all behind it");
    } else if (w.sequence > head || memcmp(w.hash, hash, sizeof w.hash) != 0) {
        (void)fault(c, chain, w.sequence, "the head of the chain is not this entry");
    }
    note_head(c, &w);
    return EN_OK;
}

/* The chains with their heads: few. */
struct head {
    int64_t chain, sequence;
    unsigned char hash[EN_AUDIT_HASH_BYTES];
};

static enum en_status read_heads(struct check *c, struct head heads[EN_AUDIT_CHAINS_MAX],
                                 size_t *count, struct en_err *err)
{
    struct en_query *q;
    bool has_row = true;
    size_t size = 0;

    *count = 0;
    EN_TRY(en_query_get(c->tx.db, "SELECT chain, sequence, hash FROM audit_chain ORDER BY chain",
                        &q, err));
    enum en_status st = en_query_next(q, &has_row, err);

    for (; st == EN_OK && has_row && *count < EN_AUDIT_CHAINS_MAX;
         st = en_query_next(q, &has_row, err)) {
        struct head *h = &heads[(*count)++];
        const void *hash = en_query_bytes(q, 2, &c->arena, &size);

        h->chain = en_query_integer(q, 0);
        h->sequence = en_query_integer(q, 1);
        if (hash != NULL && size == sizeof h->hash) {
            memcpy(h->hash, hash, size);
        }
    }
    en_query_done(q);
    return st;
}

static enum en_status count_entries(struct check *c, uint64_t *all, struct en_err *err)
{
    struct en_query *q;
    bool has_row;

    EN_TRY(en_query_get(c->tx.db, "SELECT count(*) FROM audit", &q, err));
    const enum en_status st = en_query_next(q, &has_row, err);

    *all = st == EN_OK && has_row ? (uint64_t)en_query_integer(q, 0) : 0;
    en_query_done(q);
    return st;
}

static enum en_status check_all(struct check *c, struct en_err *err)
{
    struct head heads[EN_AUDIT_CHAINS_MAX];
    size_t count;

    EN_TRY(count_entries(c, &c->all, err));
    EN_TRY(read_heads(c, heads, &count, err));
    for (size_t i = 0; i < count && c->out->fault[0] == '\0'; i++) {
        EN_TRY(check_chain(c, heads[i].chain, heads[i].sequence, heads[i].hash, err));
    }
    c->out->chains = count;
    if (c->out->fault[0] == '\0' && c->out->entries != c->all) {
        (void)snprintf(c->out->fault, sizeof c->out->fault,
                       "%llu entries belong to a chain that has no head",
                       (unsigned long long)(c->all - c->out->entries));
    }
    return EN_OK;
}

enum en_status en_audit_verify(struct en_store *s,
                               void (*progress)(void *context, uint64_t done, uint64_t all),
                               void *context, struct en_audit_check *out, struct en_err *err)
{
    struct check c = {
        .out = out, .progress = progress, .context = context, .arena = EN_ARENA(VERIFY_ARENA)};

    *out = (struct en_audit_check){0};
    /* A connection of its own: a long trail must not keep one from those who wait. */
    EN_TRY(en_db_open(&(struct en_db_options){.url = s->options.url}, &c.tx.db, err));
    enum en_status st = en_db_begin(c.tx.db, err);

    if (st == EN_OK) {
        st = check_all(&c, err);
        en_db_rollback(c.tx.db);
    }
    en_db_close(c.tx.db);
    en_arena_free(&c.arena);
    return st;
}
