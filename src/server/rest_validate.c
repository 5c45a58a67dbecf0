/* SPDX-License-Identifier: Apache-2.0
 * $validate: what would be said of a resource if it were stored. Nothing is. */
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/validate.h"
#include "server/rest_operation.h"

#include <string.h>

#define BASE_PROFILE "http://hl7.org/fhir/StructureDefinition/"

/* What is to be validated, and as what. */
struct check {
    const char *type, *id;        /* of the address; id NULL */
    const char *mode;             /* create, update, delete, profile; NULL none */
    const char *profile;          /* NULL none */
    struct json_object *resource; /* borrowed; NULL: the stored one */
};

/* The parameters of a Parameters resource. */
static void read_parameters(struct json_object *body, struct check *c)
{
    struct json_object *list = en_json_get(body, "parameter");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *p = en_json_at(list, i);
        const char *name = en_json_text(p, "name");

        if (en_text_equal(name, "resource")) {
            c->resource = en_json_get(p, "resource");
        } else if (en_text_equal(name, "mode")) {
            c->mode = en_json_text(p, "valueCode");
        } else if (en_text_equal(name, "profile")) {
            c->profile = en_json_text(p, "valueUri") != NULL ? en_json_text(p, "valueUri")
                                                             : en_json_text(p, "valueCanonical");
        }
    }
}

static void check_request(const struct en_rest *rest, const struct check *c, struct en_done *done)
{
    static const char MODES[] = "create; update; delete; profile";
    const char *type = en_json_text(c->resource, "resourceType");

    if (c->mode != NULL && !en_list_has(MODES, c->mode)) {
        en_rest_refuse(rest, done, 400, "value", "mode is create, update, delete or profile");
    } else if (c->profile != NULL &&
               !(en_text_starts(c->profile, BASE_PROFILE) &&
                 en_text_equal(c->profile + sizeof BASE_PROFILE - 1, c->type))) {
        en_rest_refuse(rest, done, 400, "not-supported",
                       "only R4's own definition of the type can be checked, no other profile");
    } else if (c->resource == NULL && c->id == NULL) {
        en_rest_refuse(rest, done, 400, "required",
                       "send the resource, or Parameters with a parameter `resource`");
    } else if (c->resource != NULL && !en_text_equal(type, c->type)) {
        en_rest_refuse(rest, done, 400, "value",
                       "the resource in the body is of another type than the address");
    }
}

/* Rules of an update besides those of the resource. */
static void check_update(const struct en_rest *rest, const struct check *c,
                         struct en_issues *issues)
{
    const char *id = en_json_text(c->resource, "id");

    if (c->id != NULL && en_text_equal(c->mode, "update") && !en_text_equal(id, c->id)) {
        en_issue_add(issues, rest->arena, EN_ISSUE_ERROR, "value",
                     en_arena_print(rest->arena, "%s.id", c->type),
                     "the id in the body must be the id in the address");
    }
}

/* The stored resource is looked at as any other read, its audit entry included. */
static enum en_status read_stored(const struct en_rest *rest, const struct check *c,
                                  struct json_object **out, struct en_done *done,
                                  struct en_err *err)
{
    const struct en_interact in = {.kind = EN_REST_READ, .type = c->type, .id = c->id, .query = ""};
    struct en_issues issues = {0};

    *out = NULL;
    EN_TRY(en_rest_look(rest, &in, done, err));
    return en_rest_refused(done)
               ? EN_OK
               : en_json_read(done->text, done->size, rest->arena, out, &issues, err);
}

static enum en_status validate(const struct en_rest *rest, struct check *c, struct en_done *done,
                               struct en_http_response *rs, struct en_err *err)
{
    struct json_object *stored = NULL;
    struct en_issues issues = {0};

    check_request(rest, c, done);
    if (!en_rest_refused(done) && (c->resource == NULL || en_text_equal(c->mode, "delete"))) {
        EN_TRY(read_stored(rest, c, &stored, done, err));
    }
    if (en_rest_refused(done)) {
        return en_refuse_issues(rs, done->status, &done->issues, err);
    }
    if (en_text_equal(c->mode, "delete")) {
        if (!en_may(&rest->rq->caller, EN_DO_DELETE, c->type)) {
            en_issue_add(&issues, rest->arena, EN_ISSUE_ERROR, "forbidden", "",
                         "a %s may not delete %s", en_role_name(rest->rq->caller.role), c->type);
        }
    } else {
        en_r4_validate(rest->server->r4, stored != NULL ? stored : c->resource, rest->arena,
                       &issues);
        check_update(rest, c, &issues);
    }
    json_object_put(stored);
    rs->status = 200;
    return en_fhir_outcome(&issues, &rs->body, err);
}

enum en_status en_operation_validate(struct en_server *s, const struct en_http_request *rq,
                                     struct en_http_response *rs, struct en_err *err)
{
    struct check c = {.type = rq->args[0], .id = rq->args[1]};
    struct json_object *body = NULL;
    struct en_done done = {0};
    struct en_rest rest;
    enum en_status st = EN_OK;

    EN_TRY(en_rest_open(s, rq, &rest, &done, err));
    EN_TRY(en_http_form_value(rq->query, "mode", rq->arena, &c.mode, err));
    EN_TRY(en_http_form_value(rq->query, "profile", rq->arena, &c.profile, err));
    if (!en_rest_type_known(s, c.type)) {
        en_rest_refuse(&rest, &done, 404, "not-supported",
                       "resources of this type are not kept here; /metadata lists those that are");
    } else if (c.id != NULL && !en_rest_id_valid(c.id)) {
        en_rest_refuse(&rest, &done, 400, "value",
                       "an id has 1 to 64 letters, digits, '-' and '.', and no others");
    }
    if (!en_rest_refused(&done)) {
        st = en_rest_body(&rest, &body, &done, err);
        c.resource = body;
        if (en_text_equal(en_json_text(body, "resourceType"), "Parameters")) {
            c.resource = NULL;
            read_parameters(body, &c);
        }
    }
    if (st == EN_OK) {
        st = validate(&rest, &c, &done, rs, err);
    }
    json_object_put(body);
    return st;
}
