/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rest_unit.h"

#include "base/text.h"
#include "fhir/json.h"

#include <string.h>

bool en_unit_refused(const struct en_unit *u)
{
    for (size_t i = 0; i < u->count; i++) {
        if (en_rest_refused(u->writes[i].done)) {
            return true;
        }
    }
    return false;
}

static size_t slot_of(const struct en_unit *u, const char *url)
{
    size_t slot = (size_t)en_hash(EN_HASH_START, url, strlen(url)) & (u->slot_count - 1);

    while (u->by_url[slot] != NULL && strcmp(u->by_url[slot]->full_url, url) != 0) {
        slot = (slot + 1) & (u->slot_count - 1);
    }
    return slot;
}

const struct en_write *en_unit_look_up(const struct en_unit *u, const char *address)
{
    return u->slot_count == 0 ? NULL : u->by_url[slot_of(u, address)];
}

static enum en_status index_urls(struct en_unit *u, struct en_err *err)
{
    size_t slots = 2;

    while (slots < 2 * u->count) {
        slots *= 2;
    }
    u->by_url = EN_NEW(u->rest->arena, const struct en_write *, slots);
    if (u->by_url == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a transaction");
    }
    u->slot_count = slots;
    for (size_t i = 0; i < u->count; i++) {
        struct en_write *w = &u->writes[i];

        if (w->full_url == NULL || w->in->kind < EN_REST_CREATE || w->in->kind == EN_REST_DELETE) {
            continue;
        }
        const size_t slot = slot_of(u, w->full_url);

        if (u->by_url[slot] != NULL) {
            en_rest_refuse(u->rest, w->done, 400, "duplicate", "two entries have the same fullUrl");
        } else {
            u->by_url[slot] = w;
        }
    }
    return EN_OK;
}

static bool is_same_match(const struct en_match *a, const struct en_match *b)
{
    return a->count == b->count && (a->count != 1 || en_text_equal(a->id, b->id));
}

enum en_status en_unit_match(struct en_tx *tx, struct en_unit *u, bool is_writing, bool *is_same,
                             struct en_err *err)
{
    *is_same = true;
    for (size_t i = 0; i < u->count; i++) {
        struct en_write *w = &u->writes[i];

        if (!w->is_conditional) {
            continue;
        }
        EN_TRY(en_rest_match(tx, is_writing, &w->criteria, u->rest->arena, &w->now, err));
        *is_same = *is_same && is_same_match(&w->now, &w->match);
    }
    for (size_t i = 0; i < u->pointer_count; i++) {
        struct en_pointer *p = &u->pointers[i];

        if (p->write != NULL) {
            continue;
        }
        EN_TRY(en_rest_match(tx, is_writing, &p->criteria, u->rest->arena, &p->now, err));
        *is_same = *is_same && is_same_match(&p->now, &p->match);
    }
    return EN_OK;
}

static enum en_status match_work(struct en_tx *tx, void *context, struct en_err *err)
{
    bool is_same;

    return en_unit_match(tx, context, false, &is_same, err);
}

/* Go by what was found last. */
static void take_matches(struct en_unit *u)
{
    for (size_t i = 0; i < u->count; i++) {
        u->writes[i].match = u->writes[i].now;
    }
    for (size_t i = 0; i < u->pointer_count; i++) {
        u->pointers[i].match = u->pointers[i].now;
    }
}

static bool has_conditions(const struct en_unit *u)
{
    for (size_t i = 0; i < u->count; i++) {
        if (u->writes[i].is_conditional) {
            return true;
        }
    }
    return u->pointer_count > 0;
}

/* Try until what the conditions found before still holds inside of the transaction. */
static enum en_status carry_out(struct en_unit *u, struct en_err *err)
{
    struct en_store *store = u->rest->server->store;

    if (has_conditions(u)) {
        EN_TRY(en_store_read(store, match_work, u, err));
        take_matches(u);
    }
    for (int round = 0; round < EN_UNIT_ROUNDS_MAX; round++) {
        EN_TRY(en_unit_settle(u, err));
        if (en_unit_refused(u)) {
            return EN_OK;
        }
        for (size_t i = 0; i < u->count; i++) {
            u->writes[i].told = u->writes[i].done->issues;
        }
        u->mark = en_arena_mark(u->rest->arena);
        const enum en_status st = en_store_write(store, en_unit_apply, u, err);

        if (!u->is_stale) {
            return en_unit_refused(u) ? EN_OK : st;
        }
        u->is_stale = false;
        take_matches(u);
    }
    return en_fail(err, EN_ECONFLICT, "others kept changing what the conditions find: try again");
}

/* Denied or failed accesses are told to the audit trail, too; what was done is in it already. */
static enum en_status audit_refusals(const struct en_unit *u, struct en_err *err)
{
    for (size_t i = 0; i < u->count; i++) {
        const struct en_done *done = u->writes[i].done;
        struct en_access access = {0};

        if (!en_rest_refused(done) || done->status == 400 || done->status == 405) {
            continue;
        }
        en_rest_access(u->rest, u->writes[i].in, done, &access);
        EN_TRY(en_rest_audit(u->rest, &access, err));
    }
    return EN_OK;
}

enum en_status en_unit_open(struct en_unit *u, const struct en_rest *rest,
                            const struct en_unit_parts *parts, struct en_err *err)
{
    *u = (struct en_unit){
        .rest = rest, .count = parts->count, .is_bundle = parts->full_urls != NULL};
    u->writes = EN_NEW(rest->arena, struct en_write, parts->count);
    if (u->writes == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a transaction");
    }
    for (size_t i = 0; i < parts->count; i++) {
        u->writes[i].in = &parts->ins[i];
        u->writes[i].done = &parts->dones[i];
        u->writes[i].full_url = parts->full_urls == NULL ? NULL : parts->full_urls[i];
    }
    return u->is_bundle ? index_urls(u, err) : EN_OK;
}

enum en_status en_rest_change(const struct en_rest *rest, struct en_interact *ins,
                              struct en_done *dones, const char *const *full_urls, size_t count,
                              struct en_err *err)
{
    const struct en_unit_parts parts = {ins, dones, full_urls, count};
    struct en_unit u;
    enum en_status st = en_unit_open(&u, rest, &parts, err);

    if (st == EN_OK) {
        st = en_unit_prepare(&u, err);
    }
    if (st == EN_OK) {
        st = en_unit_provenance_read(&u, err);
    }
    if (st == EN_OK && !en_unit_refused(&u)) {
        st = carry_out(&u, err);
    }
    json_object_put(u.provenance);
    return st == EN_OK && en_unit_refused(&u) ? audit_refusals(&u, err) : st;
}
