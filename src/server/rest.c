/* SPDX-License-Identifier: Apache-2.0
 * The routes of FHIR's REST API: a request becomes an interaction, its result an answer. */
#include "server/rest.h"

#include "base/text.h"
#include "fhir/json.h"
#include "server/capability.h"
#include "server/rest_operation.h"

#include <string.h>

enum { ROOT_SIZE = sizeof "/fhir/" - 1 };

/* Both query strings of a POST _search are one. */
static const char *search_query(const struct en_http_request *rq)
{
    return rq->body_size == 0     ? rq->query
           : rq->query[0] == '\0' ? rq->body
                                  : en_arena_print(rq->arena, "%s&%s", rq->query, rq->body);
}

enum en_status en_rest_body(const struct en_rest *rest, struct json_object **out,
                            struct en_done *done, struct en_err *err)
{
    const struct en_http_request *rq = rest->rq;

    *out = NULL;
    if (rq->body_size == 0) {
        return EN_OK;
    }
    const enum en_status st =
        en_json_read(rq->body, rq->body_size, rq->arena, out, &done->issues, err);

    if (st == EN_EINVAL) {
        done->status = 400;
        return EN_OK;
    }
    return st;
}

static void read_conditions(const struct en_http_request *rq, struct en_interact *in)
{
    in->if_match = en_http_header(rq, "If-Match");
    in->if_none_match = en_http_header(rq, "If-None-Match");
    in->if_modified_since = en_http_header(rq, "If-Modified-Since");
    in->if_none_exist = en_http_header(rq, "If-None-Exist");
}

/* Carry out what was understood; the tree of the body is given back here. */
static enum en_status carry_out(const struct en_rest *rest, struct en_interact *in,
                                struct en_done *done, struct en_err *err)
{
    struct json_object *body = NULL;
    enum en_status st = EN_OK;

    read_conditions(rest->rq, in);
    if (in->kind < EN_REST_CREATE) {
        in->query = in->is_posted ? search_query(rest->rq) : in->query;
        return in->query == NULL ? en_fail(err, EN_ENOMEM, "no memory for a search")
                                 : en_rest_look(rest, in, done, err);
    }
    if (in->kind != EN_REST_DELETE && en_rest_allowed(rest, in, done)) {
        st = en_rest_body(rest, &body, done, err);
        in->body = body;
    }
    if (st == EN_OK) {
        st = en_rest_change(rest, in, done, NULL, 1, err);
    }
    json_object_put(body);
    return st;
}

static enum en_status interact(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err)
{
    struct en_interact in = {.query = ""};
    struct en_done done = {0};
    struct en_rest rest;

    EN_TRY(en_rest_open(s, rq, &rest, &done, err));
    if (!en_rest_refused(&done)) {
        en_rest_address(&rest, rq->method, rq->path + ROOT_SIZE, rq->query, &in, &done);
    }
    if (!en_rest_refused(&done)) {
        EN_TRY(carry_out(&rest, &in, &done, err));
    }
    return en_rest_answer(&rest, &in, &done, rs, err);
}

static enum en_status bundle(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    struct json_object *body = NULL;
    struct en_done done = {0};
    struct en_rest rest;

    EN_TRY(en_rest_open(s, rq, &rest, &done, err));
    if (!en_rest_refused(&done)) {
        EN_TRY(en_rest_body(&rest, &body, &done, err));
    }
    const enum en_status st = en_rest_refused(&done)
                                  ? en_refuse_issues(rs, done.status, &done.issues, err)
                                  : en_rest_bundle(&rest, body, rs, err);

    json_object_put(body);
    return st == EN_OK && rest.is_pretty ? en_rest_pretty(&rest, rs, err) : st;
}

#define FHIR EN_RIGHT_FHIR

/* Format is checked by the handlers, which know what a form and a patch are. */
const struct en_route EN_ROUTES_REST[] = {
    {EN_GET, "/fhir/metadata", EN_RIGHT_PUBLIC, en_capability, EN_ROUTE_UNAUDITED,
     "what this server can do: its CapabilityStatement"},
    {EN_POST, "/fhir", FHIR, bundle, EN_ROUTE_ANY_BODY | EN_ROUTE_LARGE,
     "carry out a Bundle of type batch or transaction"},
    {EN_POST, "/fhir/", FHIR, bundle, EN_ROUTE_ANY_BODY | EN_ROUTE_LARGE, "the same"},
    {EN_GET, "/fhir/_history", FHIR, interact, 0, "history of all resources, newest first"},
    {EN_GET, "/fhir/Patient/{}/$everything", FHIR, en_operation_everything, 0,
     "all that belongs to a patient's record"},
    {EN_POST, "/fhir/Patient/{}/$everything", FHIR, en_operation_everything, EN_ROUTE_ANY_BODY,
     "the same, parameters in the body"},
    {EN_POST, "/fhir/{}/$validate", FHIR, en_operation_validate, EN_ROUTE_ANY_BODY,
     "check a resource without storing it"},
    {EN_POST, "/fhir/{}/{}/$validate", FHIR, en_operation_validate, EN_ROUTE_ANY_BODY,
     "check a new version of a resource, or whether it may be deleted"},
    {EN_GET, "/fhir/{}/{}/$validate", FHIR, en_operation_validate, 0,
     "check the resource as it is stored"},
    {EN_GET, "/fhir/{}/{}/_history/{}", FHIR, interact, 0, "vread: one version of a resource"},
    {EN_GET, "/fhir/{}/{}/_history", FHIR, interact, 0, "history of one resource, newest first"},
    {EN_GET, "/fhir/{}/_history", FHIR, interact, 0, "history of all resources of a type"},
    {EN_POST, "/fhir/{}/_search", FHIR, interact, EN_ROUTE_ANY_BODY,
     "search with the parameters as a form: for what must not stand in an address"},
    {EN_GET, "/fhir/Patient/{}/{}", FHIR, interact, 0,
     "search the resources of a type in one patient's record"},
    {EN_POST, "/fhir/Patient/{}/{}/_search", FHIR, interact, EN_ROUTE_ANY_BODY,
     "the same with the parameters as a form"},
    {EN_GET, "/fhir/{}", FHIR, interact, 0, "search"},
    {EN_POST, "/fhir/{}", FHIR, interact, EN_ROUTE_ANY_BODY,
     "create; with If-None-Exist only when nothing fits"},
    {EN_PUT, "/fhir/{}", FHIR, interact, EN_ROUTE_ANY_BODY,
     "update, or create, the one resource that the query finds"},
    {EN_PATCH, "/fhir/{}", FHIR, interact, EN_ROUTE_ANY_BODY,
     "JSON Patch for the one resource that the query finds"},
    {EN_DELETE, "/fhir/{}", FHIR, interact, 0, "delete the one resource that the query finds"},
    {EN_GET, "/fhir/{}/{}", FHIR, interact, 0, "read"},
    {EN_PUT, "/fhir/{}/{}", FHIR, interact, EN_ROUTE_ANY_BODY, "update, or create with this id"},
    {EN_PATCH, "/fhir/{}/{}", FHIR, interact, EN_ROUTE_ANY_BODY, "change by a JSON Patch"},
    {EN_DELETE, "/fhir/{}/{}", FHIR, interact, 0,
     "delete: a further version, the ones before are kept"},
    {0}};
