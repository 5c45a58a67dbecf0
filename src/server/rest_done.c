/* SPDX-License-Identifier: Apache-2.0
 * Results of interactions: refusals, places, and the answer over HTTP. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "server/deidentify.h"
#include "server/rest.h"

#include <stdarg.h>
#include <string.h>

bool en_rest_refused(const struct en_done *done)
{
    return done->status >= 400;
}

void en_rest_refuse(const struct en_rest *rest, struct en_done *done, int status, const char *code,
                    const char *format, ...)
{
    char text[EN_ERR_TEXT_MAX];
    va_list args;

    if (en_rest_refused(done)) {
        return; /* the first reason is the one that the others follow from */
    }
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    done->status = status;
    en_issue_add(&done->issues, rest->arena, EN_ISSUE_ERROR, code, "", "%s", text);
}

void en_rest_fail(const struct en_rest *rest, struct en_done *done, enum en_status st,
                  const struct en_err *err)
{
    struct en_http_response rs = EN_HTTP_RESPONSE;
    struct json_object *outcome = NULL;
    struct en_issues issues = {0};
    const char *text = NULL;

    /* One table tells what a failure means to a client: ask it. */
    en_answer_failure(&rs, st, err);
    if (en_json_read(en_buf_text(&rs.body), rs.body.size, rest->arena, &outcome, &issues, NULL) ==
        EN_OK) {
        struct json_object *issue = en_json_at(en_json_get(outcome, "issue"), 0);

        text = en_json_text(en_json_get(issue, "details"), "text");
    }
    done->status = 0;
    en_rest_refuse(rest, done, rs.status, st == EN_EINVAL ? "invalid" : "processing", "%s",
                   text == NULL ? en_status_meaning(st) : text);
    json_object_put(outcome);
    en_buf_free(&rs.body);
}

const char *en_rest_etag_text(const struct en_rest *rest, int64_t version)
{
    return en_arena_print(rest->arena, "W/\"%lld\"", (long long)version);
}

const char *en_rest_location(const struct en_rest *rest, const struct en_done *done)
{
    return done->type == NULL || done->id == NULL || done->version == 0
               ? NULL
               : en_arena_print(rest->arena, "%s/%s/%s/_history/%lld", rest->rq->base, done->type,
                                done->id, (long long)done->version);
}

static void add_header(struct en_http_response *rs, const char *name, const char *value)
{
    if (value != NULL) {
        en_http_add_header(rs, name, value);
    }
}

/* Where the resource is, and in which version. */
static void add_version(const struct en_rest *rest, const struct en_interact *in,
                        const struct en_done *done, struct en_http_response *rs)
{
    char text[EN_INSTANT_TEXT_MAX];
    const bool is_write =
        in->kind == EN_REST_CREATE || in->kind == EN_REST_UPDATE || in->kind == EN_REST_PATCH;

    if (done->version == 0) {
        return;
    }
    add_header(rs, "ETag", en_rest_etag_text(rest, done->version));
    add_header(rs, "Last-Modified",
               en_arena_copy(rest->arena, en_instant_http_text(done->updated_us, text), SIZE_MAX));
    if (is_write || done->status == 410) {
        add_header(rs, "Location", en_rest_location(rest, done));
    }
}

enum en_status en_rest_pretty(const struct en_rest *rest, struct en_http_response *rs,
                              struct en_err *err)
{
    struct json_object *tree = NULL;
    struct en_issues issues = {0};

    EN_TRY(en_json_read(en_buf_text(&rs->body), rs->body.size, rest->arena, &tree, &issues, err));
    const char *text = json_object_to_json_string_ext(
        tree, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);

    en_buf_clear(&rs->body);
    en_buf_add(&rs->body, text == NULL ? "" : text);
    en_buf_add(&rs->body, "\n");
    json_object_put(tree);
    return en_buf_check(&rs->body, "the answer", err);
}

/* "The resource was created", for Prefer: return=OperationOutcome. */
static enum en_status outcome_body(const struct en_rest *rest, const struct en_done *done,
                                   struct en_http_response *rs, struct en_err *err)
{
    struct en_issues issues = done->issues;

    en_issue_add(&issues, rest->arena, EN_ISSUE_INFORMATION, "informational", "",
                 "done: %s is in version %lld", done->type, (long long)done->version);
    return en_fhir_outcome(&issues, &rs->body, err);
}

enum en_status en_rest_answer(const struct en_rest *rest, const struct en_interact *in,
                              const struct en_done *done, struct en_http_response *rs,
                              struct en_err *err)
{
    const bool is_change = in->kind >= EN_REST_CREATE;

    rs->status = done->status;
    add_version(rest, in, done, rs);
    add_header(rs, "Allow", done->allow);
    if (en_rest_refused(done)) {
        return en_refuse_issues(rs, done->status, &done->issues, err);
    }
    if (done->status == 304 || done->status == 204) {
        return EN_OK;
    }
    if (is_change && rest->prefer == EN_PREFER_MINIMAL) {
        return EN_OK;
    }
    if (is_change && rest->prefer == EN_PREFER_OUTCOME && done->type != NULL) {
        EN_TRY(outcome_body(rest, done, rs, err));
    } else if (done->text != NULL) {
        en_buf_add_bytes(&rs->body, done->text, done->size);
    }
    return rest->is_pretty && rs->body.size > 0 ? en_rest_pretty(rest, rs, err) : EN_OK;
}

/* The tree as text without needless spaces, in the arena. */
static enum en_status plain_text(const struct en_rest *rest, struct json_object *tree,
                                 struct en_version *out, struct en_err *err)
{
    size_t size = 0;
    const char *text = json_object_to_json_string_length(
        tree, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &size);

    out->body = text == NULL ? NULL : en_arena_copy(rest->arena, text, size);
    out->size = size;
    return out->body == NULL ? en_fail(err, EN_ENOMEM, "no memory left for the resource") : EN_OK;
}

/* The tree in place of the one before, de-identified; NULL for a type that is not shown. */
static enum en_status hide_person(const struct en_rest *rest, struct json_object **tree,
                                  struct en_arena *scratch, struct en_err *err)
{
    const struct en_deidentify d = en_server_deidentify(rest->server, rest->rq);
    struct json_object *hidden = NULL;
    const enum en_status st = en_deidentify(&d, *tree, scratch, &hidden, err);

    json_object_put(*tree);
    *tree = hidden;
    return st == EN_EDENIED ? EN_OK : st;
}

enum en_status en_rest_shape(const struct en_rest *rest, const struct en_subset *subset,
                             const struct en_version *v, struct en_version *out, struct en_err *err)
{
    const bool is_hidden = en_must_deidentify(&rest->rq->caller);
    struct json_object *tree = NULL;
    struct en_issues issues = {0};
    struct en_arena scratch = EN_ARENA(EN_REQUEST_ARENA);

    *out = *v;
    if (v->body == NULL || (subset->kind == EN_SUBSET_NONE && !is_hidden)) {
        return EN_OK;
    }
    enum en_status st = en_json_read(v->body, v->size, &scratch, &tree, &issues, err);

    out->body = NULL;
    if (st == EN_OK && is_hidden) {
        st = hide_person(rest, &tree, &scratch, err);
    }
    if (st == EN_OK && tree != NULL) {
        st = en_fhir_subset(rest->server->r4, subset, tree, err);
    }
    if (st == EN_OK && tree != NULL) {
        const char *id = en_json_text(tree, "id");

        out->id = id == NULL ? NULL : en_arena_copy(rest->arena, id, SIZE_MAX);
        st = out->id == NULL ? en_fail(err, EN_ENOMEM, "no memory left for the resource")
                             : plain_text(rest, tree, out, err);
    }
    json_object_put(tree);
    en_arena_free(&scratch);
    return st;
}
