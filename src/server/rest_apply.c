/* SPDX-License-Identifier: Apache-2.0
 * The last part of a change, inside of the transaction. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/patch.h"
#include "fhir/validate.h"
#include "server/rest_unit.h"
#include "server/session_rules.h"

#include <string.h>

/* Status of a work that refuses: nothing of it may stay. */
static enum en_status undo(struct en_err *err)
{
    return en_fail(err, EN_EINVAL, "a change was refused");
}

/* What there is of the resource now; version 0: nothing. *is_ours: the caller may know of it. */
static enum en_status read_current(struct en_tx *tx, const struct en_rest *rest,
                                   const struct en_write *w, struct en_version *out, bool *is_ours,
                                   struct en_err *err)
{
    const char *patient = en_compartment_of(&rest->rq->caller, w->in->type);
    const enum en_status st = en_tx_get(tx, w->in->type, w->id, 0, rest->arena, out, err);

    *is_ours = true;
    if (st == EN_ENOTFOUND) {
        *out = (struct en_version){0};
        return EN_OK;
    }
    return st != EN_OK || patient == NULL
               ? st
               : en_tx_in_compartment(tx, w->in->type, w->id, patient, is_ours, err);
}

static bool exists(const struct en_version *v)
{
    return v->version != 0 && !v->is_deleted;
}

/* If-Match, If-None-Match: *, and creating where something is already. */
static void check_version(const struct en_rest *rest, struct en_write *w,
                          const struct en_version *now)
{
    const struct en_interact *in = w->in;

    if (in->if_match != NULL) {
        const int64_t wanted = en_rest_etag(in->if_match);

        if (!exists(now)) {
            en_rest_refuse(rest, w->done, 412, "conflict",
                           "If-Match names a version, but there is no such %s", in->type);
        } else if (wanted != 0 && wanted != now->version) {
            w->done->version = now->version;
            w->done->updated_us = now->updated_us;
            en_rest_refuse(rest, w->done, 412, "conflict",
                           "version %lld is current, not the one of If-Match: read it again",
                           (long long)now->version);
        }
    }
    if (in->if_none_match != NULL && strcmp(in->if_none_match, "*") == 0 && exists(now)) {
        en_rest_refuse(rest, w->done, 412, "conflict", "there is such a %s already", in->type);
    }
    if (w->must_be_new && exists(now)) {
        en_rest_refuse(rest, w->done, 409, "conflict",
                       "the query finds nothing, but there is a %s with the id in the body",
                       in->type);
    }
}

/* A caller who is limited to one record writes to that record and no other. */
static void check_record(const struct en_rest *rest, struct en_write *w,
                         const struct en_access *access)
{
    const char *patient = en_compartment_of(&rest->rq->caller, w->in->type);

    if (patient != NULL &&
        (access->patient_count != 1 || !en_text_equal(access->patients[0], patient))) {
        en_rest_refuse(rest, w->done, 403, "forbidden",
                       "the resource must belong to your own record and to no other");
    }
}

/* The text as the store wrote it. */
static void keep_text(const struct en_rest *rest, struct en_write *w)
{
    char instant[EN_INSTANT_TEXT_MAX];

    w->done->text = en_arena_print(rest->arena, "%s\"versionId\":\"%lld\",\"lastUpdated\":\"%s\"%s",
                                   w->stamp.before, (long long)w->done->version,
                                   en_instant_text(w->done->updated_us, instant), w->stamp.after);
    w->done->size = w->done->text == NULL ? 0 : strlen(w->done->text);
}

/* Who may change but not read gets no more to see than was sent: a patch would show all the rest.
 * */
static bool wants_text(const struct en_unit *u, const struct en_write *w)
{
    if (w->act != EN_ACT_PUT && !en_may(&u->rest->rq->caller, EN_DO_READ, w->in->type)) {
        return false;
    }
    return u->rest->prefer == EN_PREFER_REPRESENTATION ||
           (u->rest->prefer == EN_PREFER_NONE && !u->is_bundle);
}

static void tell(struct en_write *w, int status, int64_t version, int64_t updated_us)
{
    w->done->status = status;
    w->done->type = w->in->type;
    w->done->id = w->id;
    w->done->version = version;
    w->done->updated_us = updated_us;
}

/* SAFETY: what must hold of a session: a signed note stays, one vial is for one patient. tree NULL:
 * it is deleted. */
static enum en_status check_session(struct en_tx *tx, const struct en_unit *u, struct en_write *w,
                                    const struct en_version *old, struct json_object *tree,
                                    struct en_err *err)
{
    const struct en_session_change change = {w->in->type, w->id, old, tree};
    const struct en_rest *rest = u->rest;
    int status = 0;

    EN_TRY(en_session_check(tx, rest->server, rest->rq, &change, &status, &w->done->issues, err));
    w->done->status = status == 0 ? w->done->status : status;
    return status == 0 ? EN_OK : undo(err);
}

/* Write what w holds ready. */
static enum en_status put(struct en_tx *tx, const struct en_unit *u, struct en_write *w,
                          struct en_access *access, struct en_err *err)
{
    const struct en_rest *rest = u->rest;
    const struct en_put put = {.type = w->in->type,
                               .id = w->id,
                               .stamp = w->stamp,
                               .index = w->index,
                               .index_count = w->index_count,
                               .expected = w->in->kind == EN_REST_CREATE ? EN_VERSION_NONE
                                                                         : EN_VERSION_ANY};
    struct en_put_result result;

    EN_TRY(en_rest_patients(put.type, put.id, put.stamp.after, rest->arena, &access->patients,
                            &access->patient_count, err));
    check_record(rest, w, access);
    if (en_rest_refused(w->done)) {
        return undo(err);
    }
    EN_TRY(en_tx_put(tx, &put, &result, err));
    tell(w, result.is_created ? 201 : 200, result.version, result.updated_us);
    if (wants_text(u, w)) {
        keep_text(rest, w);
    }
    return EN_OK;
}

static enum en_status apply_put(struct en_tx *tx, const struct en_unit *u, struct en_write *w,
                                struct en_access *access, struct en_err *err)
{
    const struct en_rest *rest = u->rest;
    struct en_version now = {0};
    bool is_ours = true;

    if (w->in->kind == EN_REST_UPDATE) {
        EN_TRY(read_current(tx, rest, w, &now, &is_ours, err));
        check_version(rest, w, &now);
        if (!is_ours) {
            en_rest_refuse(rest, w->done, 403, "forbidden",
                           "the resource must belong to your own record and to no other");
        } else if (!exists(&now) && !en_may(&rest->rq->caller, EN_DO_CREATE, w->in->type)) {
            en_rest_refuse(rest, w->done, 403, "forbidden", "a %s may not create %s",
                           en_role_name(rest->rq->caller.role), w->in->type);
        }
        if (en_rest_refused(w->done)) {
            return undo(err);
        }
        EN_TRY(en_rest_patients(w->in->type, w->id, now.body, rest->arena, &access->patients,
                                &access->patient_count, err));
    }
    EN_TRY(check_session(tx, u, w, &now, w->in->body, err));
    return put(tx, u, w, access, err);
}

/* The resource with the patch applied, checked; NULL when it is refused. */
static enum en_status patched(const struct en_rest *rest, struct en_write *w,
                              const struct en_version *now, struct json_object **tree,
                              struct en_err *err)
{
    struct en_issues issues = {0};

    EN_TRY(en_json_read(now->body, now->size, rest->arena, tree, &issues, err));
    const enum en_status st = en_json_patch(tree, w->in->body, rest->arena, &w->done->issues, err);

    if (st == EN_EINVAL || st == EN_ECONFLICT) {
        w->done->status = st == EN_EINVAL ? 400 : 422;
        if (w->done->issues.count == 0) {
            w->done->status = 0;
            en_rest_refuse(rest, w->done, st == EN_EINVAL ? 400 : 422, "processing",
                           "the patch does not fit the resource");
        }
        return EN_OK;
    }
    EN_TRY(st);
    if (!en_text_equal(en_json_text(*tree, "resourceType"), w->in->type) ||
        !en_text_equal(en_json_text(*tree, "id"), w->id)) {
        en_rest_refuse(rest, w->done, 422, "business-rule",
                       "a patch must not change resourceType or id");
        return EN_OK;
    }
    en_r4_validate(rest->server->r4, *tree, rest->arena, &w->done->issues);
    if (w->done->issues.error_count > 0) {
        w->done->status = 422;
    }
    return EN_OK;
}

static enum en_status apply_patch(struct en_tx *tx, const struct en_unit *u, struct en_write *w,
                                  struct en_access *access, struct en_err *err)
{
    const struct en_rest *rest = u->rest;
    struct json_object *tree = NULL;
    struct en_version now;
    bool is_ours;

    EN_TRY(read_current(tx, rest, w, &now, &is_ours, err));
    if (now.version == 0 || !is_ours) {
        en_rest_refuse(rest, w->done, 404, "not-found", "there is no %s with this id", w->in->type);
    } else if (now.is_deleted) {
        en_rest_refuse(rest, w->done, 410, "deleted", "this %s was deleted", w->in->type);
    }
    check_version(rest, w, &now);
    if (en_rest_refused(w->done)) {
        return undo(err);
    }
    EN_TRY(en_rest_patients(w->in->type, w->id, now.body, rest->arena, &access->patients,
                            &access->patient_count, err));
    enum en_status st = patched(rest, w, &now, &tree, err);

    if (st == EN_OK) {
        st = en_rest_refused(w->done) ? undo(err) : en_write_make(rest, tree, w->id, w, err);
    }
    if (st == EN_OK) {
        st = check_session(tx, u, w, &now, tree, err);
    }
    json_object_put(tree);
    return st == EN_OK ? put(tx, u, w, access, err) : st;
}

static enum en_status apply_delete(struct en_tx *tx, const struct en_unit *u, struct en_write *w,
                                   struct en_access *access, struct en_err *err)
{
    const struct en_rest *rest = u->rest;
    struct en_put_result result;
    struct en_version now;
    bool is_ours;

    EN_TRY(read_current(tx, rest, w, &now, &is_ours, err));
    if (!is_ours) {
        en_rest_refuse(rest, w->done, 404, "not-found", "there is no %s with this id", w->in->type);
    }
    check_version(rest, w, &now);
    if (en_rest_refused(w->done)) {
        return undo(err);
    }
    if (!exists(&now)) { /* what is gone is gone: deleting twice is no mistake */
        tell(w, 204, now.version, now.updated_us);
        return EN_OK;
    }
    EN_TRY(en_rest_patients(w->in->type, w->id, now.body, rest->arena, &access->patients,
                            &access->patient_count, err));
    EN_TRY(check_session(tx, u, w, &now, NULL, err));
    EN_TRY(en_tx_delete(tx, w->in->type, w->id, EN_VERSION_ANY, &result, err));
    tell(w, 204, result.version, result.updated_us);
    return EN_OK;
}

/* A conditional create that found one. */
static enum en_status apply_found(struct en_tx *tx, const struct en_unit *u, struct en_write *w,
                                  struct en_access *access, struct en_err *err)
{
    const struct en_rest *rest = u->rest;
    struct en_version now;

    EN_TRY(en_tx_get(tx, w->in->type, w->id, 0, rest->arena, &now, err));
    tell(w, 200, now.version, now.updated_us);
    if (wants_text(u, w)) {
        w->done->text = now.body;
        w->done->size = now.size;
    }
    return en_rest_patients(w->in->type, w->id, now.body, rest->arena, &access->patients,
                            &access->patient_count, err);
}

static enum en_status apply_one(struct en_tx *tx, const struct en_unit *u, struct en_write *w,
                                struct en_err *err)
{
    struct en_access access = {0};
    enum en_status st = EN_OK;

    switch (w->act) {
    case EN_ACT_PUT:
        st = apply_put(tx, u, w, &access, err);
        break;
    case EN_ACT_PATCH:
        st = apply_patch(tx, u, w, &access, err);
        break;
    case EN_ACT_DELETE:
        st = apply_delete(tx, u, w, &access, err);
        break;
    case EN_ACT_FOUND:
        st = apply_found(tx, u, w, &access, err);
        break;
    case EN_ACT_NOTHING:
        w->done->status = 204;
        break;
    }
    EN_TRY(st);
    en_rest_access(u->rest, w->in, w->done, &access);
    return en_rest_audit_in(tx, &access, err);
}

static enum en_status look_one(struct en_tx *tx, const struct en_unit *u, struct en_write *w,
                               struct en_err *err)
{
    struct en_access access;

    EN_TRY(en_rest_look_in(tx, u->rest, w->in, w->done, &access, err));
    EN_TRY(en_rest_refused(w->done) ? undo(err) : EN_OK);
    return en_rest_audit_in(tx, &access, err);
}

/* DELETE, POST, PUT and PATCH, GET: the order that FHIR gives, whatever that of the entries. */
enum { TURNS = 4 };

static int turn_of(const struct en_write *w)
{
    switch (w->in->kind) {
    case EN_REST_DELETE:
        return 0;
    case EN_REST_CREATE:
        return 1;
    case EN_REST_UPDATE:
    case EN_REST_PATCH:
        return 2;
    case EN_REST_READ:
    case EN_REST_VREAD:
    case EN_REST_HISTORY:
    case EN_REST_SEARCH:
    case EN_REST_KINDS:
        break;
    }
    return TURNS - 1;
}

/* The work may run again: what the run before left goes first. */
static void start_over(struct en_unit *u)
{
    en_arena_rewind(u->rest->arena, u->mark);
    u->is_stale = false;
    for (size_t i = 0; i < u->count; i++) {
        struct en_done *done = u->writes[i].done;

        *done = (struct en_done){.place = done->place, .issues = u->writes[i].told};
    }
}

static enum en_status apply_turn(struct en_tx *tx, struct en_unit *u, int turn, struct en_err *err)
{
    enum en_status st = EN_OK;

    for (size_t i = 0; i < u->count && st == EN_OK; i++) {
        struct en_write *w = &u->writes[i];

        if (turn_of(w) == turn) {
            st = w->is_look ? look_one(tx, u, w, err) : apply_one(tx, u, w, err);
        }
    }
    return st;
}

enum en_status en_unit_apply(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_unit *u = context;
    bool is_same;

    start_over(u);
    EN_TRY(en_unit_match(tx, u, true, &is_same, err));
    if (!is_same) {
        u->is_stale = true;
        return undo(err);
    }
    for (int turn = 0; turn < TURNS; turn++) {
        EN_TRY(apply_turn(tx, u, turn, err));
    }
    return en_unit_provenance_apply(tx, u, err);
}
