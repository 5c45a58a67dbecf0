/* SPDX-License-Identifier: Apache-2.0
 * read, vread and history. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/writer.h"
#include "server/rest.h"

#include <string.h>

#define SECOND_US 1000000

static enum en_interaction interaction_of(enum en_rest_kind kind)
{
    static const enum en_interaction OF[EN_REST_KINDS] = {
        [EN_REST_READ] = EN_DO_READ,       [EN_REST_VREAD] = EN_DO_READ,
        [EN_REST_HISTORY] = EN_DO_HISTORY, [EN_REST_SEARCH] = EN_DO_SEARCH,
        [EN_REST_CREATE] = EN_DO_CREATE,   [EN_REST_UPDATE] = EN_DO_UPDATE,
        [EN_REST_PATCH] = EN_DO_UPDATE,    [EN_REST_DELETE] = EN_DO_DELETE,
    };

    return OF[kind];
}

bool en_rest_allowed(const struct en_rest *rest, const struct en_interact *in, struct en_done *done)
{
    const struct en_caller *caller = &rest->rq->caller;
    const enum en_interaction what = interaction_of(in->kind);

    if (en_rest_refused(done)) {
        return false;
    }
    if (en_text_equal(in->type, "AuditEvent")) {
        /* server/audit_event.c answers reads and searches; what comes here is something else. */
        done->allow = "GET";
        en_rest_refuse(
            rest, done, 405, "not-supported",
            "the audit trail is written by the server alone, and is read and searched by "
            "requests of its own, not in Bundles");
    } else if (in->type != NULL && !en_may(caller, what, in->type)) {
        en_rest_refuse(rest, done, 403, "forbidden", "a %s may not %s %s",
                       en_role_name(caller->role), en_interaction_name(what), in->type);
    } else if (en_must_deidentify(caller) && in->kind != EN_REST_SEARCH) {
        en_rest_refuse(rest, done, 403, "forbidden",
                       "a %s finds de-identified resources by searching, not by their ids",
                       en_role_name(caller->role));
    }
    return !en_rest_refused(done);
}

static void refuse_unknown(const struct en_rest *rest, const struct en_interact *in,
                           struct en_done *done)
{
    en_rest_refuse(rest, done, 404, "not-found", "there is no %s with this id%s", in->type,
                   in->kind == EN_REST_VREAD ? " and version" : "");
}

/* Whether one of the tags of If-None-Match names the version. */
static bool has_tag(const char *tags, int64_t version)
{
    while (tags != NULL && *tags != '\0') {
        char tag[32];
        const size_t size = strcspn(tags, ",");

        (void)snprintf(tag, sizeof tag, "%.*s", (int)(size < sizeof tag ? size : 0), tags);
        if (strcmp(tag, "*") == 0 || en_rest_etag(tag) == version) {
            return true;
        }
        tags += size;
        tags += strspn(tags, ", ");
    }
    return false;
}

/* Whether the client has this version already. */
static bool is_unchanged(const struct en_interact *in, const struct en_version *v)
{
    int64_t since_us;

    if (in->if_none_match != NULL) {
        return has_tag(in->if_none_match, v->version);
    }
    return en_instant_http(in->if_modified_since, &since_us) &&
           v->updated_us / SECOND_US <= since_us / SECOND_US;
}

/* SAFETY: whether this version itself tells of the record that the caller is limited to. One before
 * it may have been another patient's: a mistake that was put right. */
static enum en_status is_of_record(const struct en_rest *rest, const struct en_version *v,
                                   bool *is_fine, struct en_err *err)
{
    const char *patient = en_compartment_of(&rest->rq->caller, v->type), **ids = NULL;
    size_t count = 0;

    *is_fine = patient == NULL;
    if (*is_fine) {
        return EN_OK;
    }
    EN_TRY(en_rest_patients(v->type, v->id, v->body, rest->arena, &ids, &count, err));
    for (size_t i = 0; i < count && !*is_fine; i++) {
        *is_fine = en_text_equal(ids[i], patient);
    }
    return EN_OK;
}

/* Whether the resource belongs to the record that the caller is limited to. */
static enum en_status check_compartment(struct en_tx *tx, const struct en_rest *rest,
                                        const struct en_interact *in, bool *is_fine,
                                        struct en_err *err)
{
    const char *patient = en_compartment_of(&rest->rq->caller, in->type);

    *is_fine = true;
    return patient == NULL ? EN_OK
                           : en_tx_in_compartment(tx, in->type, in->id, patient, is_fine, err);
}

static enum en_status look_at_one(struct en_tx *tx, const struct en_rest *rest,
                                  const struct en_interact *in, struct en_done *done,
                                  struct en_access *access, struct en_err *err)
{
    struct en_version v, shown;
    struct en_view view;
    bool is_fine;

    en_rest_view(rest, in, &view, done);
    if (en_rest_refused(done)) {
        return EN_OK;
    }
    const enum en_status st = en_tx_get(tx, in->type, in->id, in->version, rest->arena, &v, err);

    if (st != EN_OK && st != EN_ENOTFOUND) {
        return st;
    }
    EN_TRY(check_compartment(tx, rest, in, &is_fine, err));
    if (st == EN_OK && is_fine && in->version != 0) {
        EN_TRY(is_of_record(rest, &v, &is_fine, err));
    }
    if (st == EN_ENOTFOUND || !is_fine) {
        refuse_unknown(rest, in, done);
        return EN_OK;
    }
    done->type = v.type;
    done->id = v.id;
    done->version = v.version;
    done->updated_us = v.updated_us;
    if (v.is_deleted) {
        en_rest_refuse(rest, done, 410, "deleted", "this %s was deleted; its history is kept",
                       in->type);
        return EN_OK;
    }
    EN_TRY(en_rest_patients(v.type, v.id, v.body, rest->arena, &access->patients,
                            &access->patient_count, err));
    if (is_unchanged(in, &v)) {
        done->status = 304;
        return EN_OK;
    }
    EN_TRY(en_rest_shape(rest, &view.subset, &v, &shown, err));
    done->status = 200;
    done->text = shown.body;
    done->size = shown.size;
    return EN_OK;
}

/* An entry of a history: what was done, when, and what there was afterwards. */
static void add_version(struct en_buf *b, const struct en_rest *rest, const struct en_version *v)
{
    char instant[EN_INSTANT_TEXT_MAX];
    const bool is_first = strcmp(v->method, "POST") == 0;

    en_buf_print(b, "{\"fullUrl\":");
    en_write_quoted(b, en_arena_print(rest->arena, "%s/%s/%s", rest->rq->base, v->type, v->id));
    if (v->body != NULL) {
        en_buf_add(b, ",\"resource\":");
        en_buf_add_bytes(b, v->body, v->size);
    }
    en_buf_print(b, ",\"request\":{\"method\":\"%s\",\"url\":\"%s%s%s\"}", v->method, v->type,
                 is_first ? "" : "/", is_first ? "" : v->id);
    en_buf_print(b,
                 ",\"response\":{\"status\":\"%s\",\"etag\":\"W/\\\"%lld\\\"\",\"lastModified\":"
                 "\"%s\"}}",
                 v->is_deleted ? "204"
                 : is_first    ? "201"
                               : "200",
                 (long long)v->version, en_instant_text(v->updated_us, instant));
}

/* "base/Type/id/_history?_count=20&..." */
static const char *history_address(const struct en_rest *rest, const struct en_interact *in,
                                   const struct en_view *view, const char *cursor)
{
    char since[EN_INSTANT_TEXT_MAX];
    struct en_buf b = EN_BUF(4096);

    en_buf_add(&b, rest->rq->base);
    if (in->type != NULL) {
        en_buf_print(&b, "/%s", in->type);
    }
    if (in->id != NULL) {
        en_buf_print(&b, "/%s", in->id);
    }
    en_buf_print(&b, "/_history?_count=%d", view->count);
    if (view->since_us != INT64_MIN) {
        en_buf_print(&b, "&_since=%s", en_instant_text(view->since_us, since));
    }
    if (cursor != NULL) {
        en_buf_print(&b, "&_cursor=%s", cursor);
    }
    const char *out = en_arena_copy(rest->arena, en_buf_text(&b), SIZE_MAX);

    en_buf_free(&b);
    return out == NULL ? rest->rq->base : out;
}

static enum en_status history_text(const struct en_rest *rest, const struct en_interact *in,
                                   const struct en_view *view, const struct en_page *page,
                                   struct en_done *done, struct en_access *access,
                                   struct en_err *err)
{
    struct en_buf b = EN_BUF(EN_OUTPUT_MAX);
    enum en_status st = EN_OK;
    size_t shown = 0;

    en_buf_add(&b, "{\"resourceType\":\"Bundle\",\"type\":\"history\"");
    if (page->total >= 0 || (page->next_cursor == NULL && view->cursor == NULL)) {
        en_buf_print(&b, ",\"total\":%lld",
                     page->total >= 0 ? (long long)page->total : (long long)page->count);
    }
    en_buf_add(&b, ",\"link\":[{\"relation\":\"self\",\"url\":");
    en_write_quoted(&b, history_address(rest, in, view, view->cursor));
    if (page->next_cursor != NULL) {
        en_buf_add(&b, "},{\"relation\":\"next\",\"url\":");
        en_write_quoted(&b, history_address(rest, in, view, page->next_cursor));
    }
    en_buf_add(&b, "}]");
    for (size_t i = 0; i < page->count && st == EN_OK; i++) {
        const struct en_version *v = &page->items[i];
        bool is_fine = false;

        st = is_of_record(rest, v, &is_fine, err);
        if (!is_fine || !en_may(&rest->rq->caller, EN_DO_HISTORY, v->type)) {
            continue; /* of a system's history only what the caller may see */
        }
        en_buf_add(&b, shown++ == 0 ? ",\"entry\":[" : ",");
        add_version(&b, rest, v);
        st = en_rest_patients(v->type, v->id, v->body, rest->arena, &access->patients,
                              &access->patient_count, err);
    }
    en_buf_add(&b, shown > 0 ? "]}" : "}");
    if (st == EN_OK) {
        st = en_rest_keep(rest, &b, done, err);
    }
    en_buf_free(&b);
    return st;
}

static enum en_status look_at_history(struct en_tx *tx, const struct en_rest *rest,
                                      const struct en_interact *in, struct en_done *done,
                                      struct en_access *access, struct en_err *err)
{
    struct en_version current;
    struct en_page page;
    struct en_view view;
    bool is_fine = true;

    en_rest_view(rest, in, &view, done);
    if (en_rest_refused(done)) {
        return EN_OK;
    }
    view.count = view.count == 0 ? EN_SEARCH_COUNT : view.count;
    if (in->id != NULL) {
        const enum en_status st = en_tx_get(tx, in->type, in->id, 0, rest->arena, &current, err);

        if (st != EN_OK && st != EN_ENOTFOUND) {
            return st;
        }
        EN_TRY(check_compartment(tx, rest, in, &is_fine, err));
        if (st == EN_ENOTFOUND || !is_fine) {
            refuse_unknown(rest, in, done);
            return EN_OK;
        }
    }
    const struct en_history_query query = {
        .type = in->type,
        .id = in->id,
        .since_us = view.since_us,
        .count = view.count,
        .cursor = view.cursor,
        .compartment = rest->rq->caller.patient,
    };
    const enum en_status st = en_tx_history(tx, &query, rest->arena, &page, err);

    if (st == EN_EINVAL) {
        en_rest_refuse(rest, done, 400, "value", "_cursor is not one that this server gave");
        return EN_OK;
    }
    EN_TRY(st);
    return history_text(rest, in, &view, &page, done, access, err);
}

enum en_status en_rest_keep(const struct en_rest *rest, const struct en_buf *b,
                            struct en_done *done, struct en_err *err)
{
    EN_TRY(en_buf_check(b, "the answer", err));
    done->text = en_arena_copy(rest->arena, en_buf_text(b), b->size);
    done->size = b->size;
    done->status = 200;
    return done->text == NULL ? en_fail(err, EN_ENOMEM, "no memory for the answer") : EN_OK;
}

enum en_status en_rest_look_in(struct en_tx *tx, const struct en_rest *rest,
                               const struct en_interact *in, struct en_done *done,
                               struct en_access *access, struct en_err *err)
{
    enum en_status st;

    *access = (struct en_access){0};
    if (in->kind == EN_REST_SEARCH) {
        st = en_rest_search_in(tx, rest, in, done, access, err);
    } else if (in->kind == EN_REST_HISTORY) {
        st = look_at_history(tx, rest, in, done, access, err);
    } else {
        st = look_at_one(tx, rest, in, done, access, err);
    }
    en_rest_access(rest, in, done, access);
    return st;
}

struct look {
    const struct en_rest *rest;
    const struct en_interact *in;
    struct en_done *done;
    struct en_access access;
};

static enum en_status look_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct look *l = context;

    return en_rest_look_in(tx, l->rest, l->in, l->done, &l->access, err);
}

enum en_status en_rest_look(const struct en_rest *rest, const struct en_interact *in,
                            struct en_done *done, struct en_err *err)
{
    struct look l = {.rest = rest, .in = in, .done = done};

    if (en_rest_allowed(rest, in, done)) {
        EN_TRY(en_store_read(rest->server->store, look_work, &l, err));
    } else {
        en_rest_access(rest, in, done, &l.access);
    }
    /* A request that could not be understood touched nobody's data. */
    return done->status == 400 || done->status == 405 ? EN_OK : en_rest_audit(rest, &l.access, err);
}
