/* SPDX-License-Identifier: Apache-2.0 */
#include "store/chain.h"

#include "base/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXTS_MAX = 16 << 20, /* more than EN_AUDIT_PENDING_MAX entries with the longest texts */
    LOCK_CLASS = 727002   /* of the advisory locks on chains */
};

/* Hashing */

static void add_bytes(crypto_generichash_state *state, const void *bytes, size_t size)
{
    unsigned char length[8];

    for (size_t i = 0; i < sizeof length; i++) {
        length[i] = (unsigned char)((uint64_t)size >> 8 * i);
    }
    (void)crypto_generichash_update(state, length, sizeof length);
    (void)crypto_generichash_update(state, bytes, size);
}

static void add_integer(crypto_generichash_state *state, int64_t value)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)((uint64_t)value >> 8 * i);
    }
    add_bytes(state, bytes, sizeof bytes);
}

static void add_text(crypto_generichash_state *state, const char *text)
{
    add_bytes(state, text, strlen(text));
}

void en_audit_hash(const unsigned char before[EN_AUDIT_HASH_BYTES], const struct en_audit_link *l,
                   unsigned char out[EN_AUDIT_HASH_BYTES])
{
    crypto_generichash_state state;

    (void)crypto_generichash_init(&state, NULL, 0, EN_AUDIT_HASH_BYTES);
    add_bytes(&state, before, EN_AUDIT_HASH_BYTES);
    add_integer(&state, l->chain);
    add_integer(&state, l->sequence);
    add_integer(&state, l->recorded_us);
    add_bytes(&state, &l->audit.action, 1);
    add_text(&state, l->audit.subtype);
    add_integer(&state, l->audit.outcome);
    add_text(&state, l->audit.agent);
    add_text(&state, l->audit.role);
    add_text(&state, l->audit.patient);
    add_text(&state, l->audit.entity_type);
    add_text(&state, l->audit.entity_id);
    add_integer(&state, l->audit.entity_version);
    add_text(&state, l->audit.detail);
    add_text(&state, l->audit.request);
    add_text(&state, l->audit.address);
    (void)crypto_generichash_final(&state, out, EN_AUDIT_HASH_BYTES);
}

/* Adding */

/* A copy that any database takes: not too long, UTF-8. What a stranger sent as a login name must
 * not make an entry fail, and with it everybody's commit. */
static enum en_status keep_text(struct en_arena *a, const char **text, size_t size_max,
                                struct en_err *err)
{
    const char *from = *text == NULL ? "" : *text;
    size_t size = strnlen(from, size_max + 1), bad = 0;
    const bool is_cut = size > size_max;

    if (is_cut) {
        size = size_max - 3;
        while (size > 0 && ((unsigned char)from[size] & 0xc0) == 0x80) {
            size--;
        }
    }
    char *copy =
        is_cut ? en_arena_print(a, "%.*s...", (int)size, from) : en_arena_copy(a, from, size);

    if (copy == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left for the audit trail");
    }
    *text = copy;
    while (!en_utf8_valid(copy, strlen(copy), &bad)) {
        copy[bad] = '?';
        copy += bad + 1;
    }
    return EN_OK;
}

static enum en_status keep_texts(struct en_arena *a, struct en_audit *audit, struct en_err *err)
{
    const char **const texts[] = {
        &audit->subtype,     &audit->agent,     &audit->role,    &audit->patient,
        &audit->entity_type, &audit->entity_id, &audit->request, &audit->address,
    };

    for (size_t i = 0; i < EN_COUNT(texts); i++) {
        EN_TRY(keep_text(a, texts[i], EN_AUDIT_TEXT_MAX, err));
    }
    return keep_text(a, &audit->detail, EN_AUDIT_DETAIL_MAX, err);
}

/* Writing */

static enum en_status write_from(struct en_audit_chain *c, struct en_tx *tx, size_t first,
                                 struct en_err *err)
{
    EN_TRY(en_chain_rows(c, tx, first, err));
    c->row_sequence = c->sequence;
    c->count = first;
    return EN_OK;
}

static void forget_pending(struct en_audit_chain *c)
{
    c->count = 0;
    c->own = 0;
    en_arena_rewind(&c->texts, (struct en_arena_mark){0});
    c->own_texts = en_arena_mark(&c->texts);
}

enum en_status en_chain_write(struct en_audit_chain *c, struct en_tx *tx, struct en_err *err)
{
    EN_TRY(write_from(c, tx, 0, err));
    forget_pending(c);
    return EN_OK;
}

enum en_status en_chain_mark(struct en_audit_chain *c, struct en_tx *tx, struct en_audit_mark *out,
                             struct en_err *err)
{
    if (c->count > EN_AUDIT_PENDING_MAX / 2) {
        EN_TRY(en_chain_write(c, tx, err));
    }
    c->own = c->count;
    c->own_texts = en_arena_mark(&c->texts);
    *out = (struct en_audit_mark){.sequence = c->sequence, .row_sequence = c->row_sequence};
    memcpy(out->hash, c->hash, sizeof out->hash);
    return EN_OK;
}

void en_chain_back(struct en_audit_chain *c, const struct en_audit_mark *mark)
{
    c->sequence = mark->sequence;
    c->row_sequence = mark->row_sequence;
    memcpy(c->hash, mark->hash, sizeof c->hash);
    c->count = c->own;
    en_arena_rewind(&c->texts, c->own_texts);
}

void en_chain_done(struct en_audit_chain *c)
{
    forget_pending(c);
}

void en_chain_drop(struct en_audit_chain *c)
{
    forget_pending(c);
    c->sequence = -1;
}

enum en_status en_tx_audit(struct en_tx *tx, const struct en_audit *audit, struct en_err *err)
{
    struct en_audit_chain *c = tx->chain;

    if (c == NULL) {
        return en_fail(err, EN_EBUG, "a reader's transaction cannot append to the audit trail");
    }
    if (c->count == EN_AUDIT_PENDING_MAX) {
        /* Only this work's own: they stand or fall with it. */
        EN_TRY(write_from(c, tx, c->own, err));
        en_arena_rewind(&c->texts, c->own_texts);
    }
    struct en_audit_link *l = &c->pending[c->count];

    *l = (struct en_audit_link){
        .chain = c->chain,
        .sequence = c->sequence + 1,
        .recorded_us = tx->now_us,
        .audit = *audit,
    };
    EN_TRY(keep_texts(&c->texts, &l->audit, err));
    en_audit_hash(c->hash, l, l->hash);
    memcpy(c->hash, l->hash, sizeof c->hash);
    c->sequence++;
    c->count++;
    return EN_OK;
}

/* Loading */

enum en_status en_chain_open(struct en_audit_chain *c, struct en_arena *a, struct en_err *err)
{
    *c = (struct en_audit_chain){.texts = EN_ARENA(TEXTS_MAX), .sequence = -1};
    c->pending = EN_NEW(a, struct en_audit_link, EN_AUDIT_PENDING_MAX);
    return c->pending != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory left for the store");
}

void en_chain_close(struct en_audit_chain *c)
{
    en_arena_free(&c->texts);
}

static enum en_status try_lock(struct en_db *db, int64_t chain, bool *out, struct en_err *err)
{
    struct en_query *q;
    bool has_row;

    EN_TRY(en_query_get(db, "SELECT pg_try_advisory_lock($1::int, $2::int)::int", &q, err));
    en_query_bind_integer(q, 1, LOCK_CLASS);
    en_query_bind_integer(q, 2, chain);
    const enum en_status st = en_query_next(q, &has_row, err);

    *out = st == EN_OK && has_row && en_query_integer(q, 0) != 0;
    en_query_done(q);
    return st;
}

static enum en_status choose(struct en_audit_chain *c, struct en_db *db, struct en_err *err)
{
    bool is_ours = en_db_kind(db) == EN_DB_SQLITE;
    int64_t chain = 1;

    if (c->chain != 0 && c->connection == en_db_connections(db)) {
        return EN_OK;
    }
    c->chain = 0;
    while (!is_ours && chain <= EN_AUDIT_CHAINS_MAX) {
        EN_TRY(try_lock(db, chain, &is_ours, err));
        chain += !is_ours;
    }
    if (!is_ours) {
        return en_fail(err, EN_ELIMIT, "more than %d servers write this database",
                       EN_AUDIT_CHAINS_MAX);
    }
    c->chain = chain;
    c->connection = en_db_connections(db);
    return EN_OK;
}

static enum en_status read_row(struct en_audit_chain *c, struct en_db *db, bool *has_row,
                               struct en_err *err)
{
    struct en_arena a = EN_ARENA(64 << 10);
    struct en_query *q;
    size_t size = 0;

    EN_TRY(en_query_get(db, "SELECT sequence, hash FROM audit_chain WHERE chain = $1", &q, err));
    en_query_bind_integer(q, 1, c->chain);
    enum en_status st = en_query_next(q, has_row, err);

    if (st == EN_OK && *has_row) {
        const void *hash = en_query_bytes(q, 1, &a, &size);

        c->sequence = en_query_integer(q, 0);
        if (hash == NULL || size != EN_AUDIT_HASH_BYTES) {
            st = en_fail(err, EN_EIO, "the head of chain %lld of the audit trail is damaged",
                         (long long)c->chain);
        } else {
            memcpy(c->hash, hash, sizeof c->hash);
        }
    }
    en_query_done(q);
    en_arena_free(&a);
    return st;
}

static enum en_status make_row(struct en_audit_chain *c, struct en_db *db, struct en_err *err)
{
    struct en_query *q;

    c->sequence = 0;
    memset(c->hash, 0, sizeof c->hash);
    EN_TRY(en_query_get(db, "INSERT INTO audit_chain (chain, sequence, hash) VALUES ($1, 0, $2)",
                        &q, err));
    en_query_bind_integer(q, 1, c->chain);
    en_query_bind_bytes(q, 2, c->hash, sizeof c->hash);
    return en_query_finish(q, err);
}

enum en_status en_chain_load(struct en_audit_chain *c, struct en_db *db, struct en_err *err)
{
    bool has_row;

    if (c->sequence >= 0 && c->connection == en_db_connections(db)) {
        return EN_OK;
    }
    EN_TRY(choose(c, db, err));
    enum en_status st = read_row(c, db, &has_row, err);

    if (st == EN_OK && !has_row) {
        st = make_row(c, db, err);
    }
    if (st != EN_OK) {
        en_chain_drop(c);
        return st;
    }
    c->row_sequence = c->sequence;
    return EN_OK;
}
