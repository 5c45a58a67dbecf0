/* SPDX-License-Identifier: Apache-2.0
 * X-Provenance: where a change comes from, sent with it and stored in the same transaction. The
 * targets are filled in here: the versions that the change made. */
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/validate.h"
#include "server/rest_unit.h"

#include <string.h>

/* targets takes over the reference; false when there is no memory. */
static bool add_target(struct json_object *targets, const char *place)
{
    struct json_object *target = json_object_new_object();
    struct json_object *text = place == NULL ? NULL : json_object_new_string(place);

    if (target == NULL || text == NULL || json_object_object_add(target, "reference", text) != 0) {
        json_object_put(text);
        json_object_put(target);
        return false;
    }
    return json_object_array_add(targets, target) == 0;
}

static enum en_status set_targets(struct json_object *provenance, struct json_object *targets,
                                  struct en_err *err)
{
    if (targets == NULL || json_object_object_add(provenance, "target", targets) != 0) {
        json_object_put(targets);
        return en_fail(err, EN_ENOMEM, "no memory for the Provenance");
    }
    return EN_OK;
}

/* Whether the header can be stored once the targets are there. */
static enum en_status check(struct en_unit *u, struct en_done *done, struct en_err *err)
{
    const struct en_rest *rest = u->rest;
    struct json_object *targets = json_object_new_array();

    if (!en_text_equal(en_json_text(u->provenance, "resourceType"), "Provenance")) {
        en_rest_refuse(rest, done, 400, "structure", "X-Provenance holds a Provenance");
    } else if (!en_may(&rest->rq->caller, EN_DO_CREATE, "Provenance")) {
        en_rest_refuse(rest, done, 403, "forbidden", "a %s may not create Provenance",
                       en_role_name(rest->rq->caller.role));
    }
    if (en_rest_refused(done)) {
        json_object_put(targets);
        return EN_OK;
    }
    if (targets != NULL && !add_target(targets, "Patient/0")) {
        json_object_put(targets);
        targets = NULL;
    }
    EN_TRY(set_targets(u->provenance, targets, err));
    en_r4_validate(rest->server->r4, u->provenance, rest->arena, &done->issues);
    done->status = done->issues.error_count > 0 ? 400 : done->status;
    return EN_OK;
}

enum en_status en_unit_provenance_read(struct en_unit *u, struct en_err *err)
{
    const char *text = en_http_header(u->rest->rq, "X-Provenance");
    struct en_done *done = u->count > 0 ? u->writes[0].done : NULL;

    if (text == NULL || done == NULL) {
        return EN_OK;
    }
    const enum en_status st =
        en_json_read(text, strlen(text), u->rest->arena, &u->provenance, &done->issues, err);

    if (st == EN_EINVAL) {
        done->status = 400;
        return EN_OK;
    }
    EN_TRY(st);
    u->provenance_id = en_store_id(u->rest->arena);
    return u->provenance_id == NULL ? en_fail(err, EN_ENOMEM, "no memory for an id")
                                    : check(u, done, err);
}

/* The versions that were made; NULL when there are none. */
static enum en_status collect_targets(const struct en_unit *u, struct json_object **out,
                                      struct en_err *err)
{
    *out = NULL;
    for (size_t i = 0; i < u->count; i++) {
        const struct en_write *w = &u->writes[i];
        const bool is_changed = !w->is_look && w->act != EN_ACT_FOUND && w->act != EN_ACT_NOTHING &&
                                w->done->version > 0;

        if (!is_changed) {
            continue;
        }
        *out = *out == NULL ? json_object_new_array() : *out;
        if (*out == NULL ||
            !add_target(*out, en_arena_print(u->rest->arena, "%s/%s/_history/%lld", w->done->type,
                                             w->done->id, (long long)w->done->version))) {
            json_object_put(*out);
            *out = NULL;
            return en_fail(err, EN_ENOMEM, "no memory for the Provenance");
        }
    }
    return EN_OK;
}

enum en_status en_unit_provenance_apply(struct en_tx *tx, struct en_unit *u, struct en_err *err)
{
    const struct en_rest *rest = u->rest;
    const struct en_interact in = {.kind = EN_REST_CREATE, .type = "Provenance", .query = ""};
    struct json_object *targets = NULL;
    struct en_write made = {0};
    struct en_put_result result;
    struct en_access access = {0};

    if (u->provenance == NULL) {
        return EN_OK;
    }
    EN_TRY(collect_targets(u, &targets, err));
    if (targets == NULL) {
        return EN_OK;
    }
    EN_TRY(set_targets(u->provenance, targets, err));
    EN_TRY(en_write_make(rest, u->provenance, u->provenance_id, &made, err));
    const struct en_put put = {.type = "Provenance",
                               .id = u->provenance_id,
                               .stamp = made.stamp,
                               .index = made.index,
                               .index_count = made.index_count,
                               .expected = EN_VERSION_NONE};

    EN_TRY(en_tx_put(tx, &put, &result, err));
    const struct en_done done = {
        .status = 201, .type = put.type, .id = put.id, .version = result.version};

    EN_TRY(en_rest_patients(put.type, put.id, made.stamp.after, rest->arena, &access.patients,
                            &access.patient_count, err));
    en_rest_access(rest, &in, &done, &access);
    return en_rest_audit_in(tx, &access, err);
}
