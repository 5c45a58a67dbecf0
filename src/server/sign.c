/* SPDX-License-Identifier: Apache-2.0
 * server/sign: Procedure/[id]/$sign and $addendum. */
#include "server/sign.h"

#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/parameters.h"
#include "store/session.h"

#include <string.h>

enum { ADDENDUM_MAX = 64 << 10, PUTS_MAX = 2 };

static const struct en_op_rule SIGN_RULES[] = {
    {"password", EN_PARAMETER_VALUE, "of who signs, once more; needed in a browser's session"},
    {"code", EN_PARAMETER_VALUE, "or a code of the second factor"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};
static const struct en_op_rule ADDENDUM_RULES[] = {
    {"text", EN_PARAMETER_VALUE, "what is added"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};

/* Resources that are written together. */
struct writing {
    struct en_sign *sign;
    struct json_object *trees[PUTS_MAX];
    struct en_put puts[PUTS_MAX];
    struct en_version stored[PUTS_MAX];
    size_t count;
    struct en_audit audit;
    char before[EN_DIGEST_TEXT]; /* fingerprint that the checks were made of */
};

static enum en_status prepare(struct writing *w, struct json_object *tree, const char *id,
                              int64_t expected)
{
    struct en_ruling *c = &w->sign->c;
    struct en_index_value *index = NULL;
    struct en_put *put = &w->puts[w->count];

    *put =
        (struct en_put){.type = en_json_text(tree, "resourceType"), .id = id, .expected = expected};
    if (id == NULL) {
        return en_fail(c->err, EN_ENOMEM, "no memory for a signature");
    }
    EN_TRY(en_stamp_make(tree, id, c->a, &put->stamp, c->err));
    EN_TRY(en_search_extract(c->server->params, tree, c->a, &index, &put->index_count, c->err));
    put->index = index;
    w->trees[w->count++] = tree;
    return EN_OK;
}

static enum en_status write_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct writing *w = context;
    struct en_sign *s = w->sign;

    s->c.tx = tx;
    s->c.err = err;
    EN_TRY(en_sign_gather(s));
    if (!en_text_equal(s->fingerprint, w->before)) {
        return en_fail(err, EN_ECONFLICT,
                       "the session or the record changed meanwhile: look at it and try again");
    }
    for (size_t i = 0; i < w->count; i++) {
        EN_TRY(en_tx_put(tx, &w->puts[i], NULL, err));
        EN_TRY(en_tx_get(tx, w->puts[i].type, w->puts[i].id, 0, s->c.a, &w->stored[i], err));
    }
    const char *draft = en_arena_print(s->c.a, EN_DRAFT_OF_SESSION, s->session);

    if (draft == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a signature");
    }
    EN_TRY(en_tx_draft_delete(tx, s->c.rq->caller.login, draft, err));
    return en_tx_audit(tx, &w->audit, err);
}

static enum en_status write_all(struct writing *w, struct en_http_response *rs)
{
    struct en_ruling *c = &w->sign->c;
    struct en_err *err = c->err;

    memcpy(w->before, w->sign->fingerprint, sizeof w->before);
    EN_TRY(en_store_write(c->server->store, write_work, w, err));
    en_buf_add(&rs->body, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    for (size_t i = 0; i < w->count; i++) {
        en_buf_print(&rs->body, "%s{\"fullUrl\":\"%s/%s/%s\",\"resource\":", i == 0 ? "" : ",",
                     c->rq->base, w->puts[i].type, w->puts[i].id);
        en_buf_add_bytes(&rs->body, w->stored[i].body, w->stored[i].size);
        en_buf_add(&rs->body, "}");
    }
    en_buf_add(&rs->body, "]}");
    return EN_OK;
}

/* Asking */

static enum en_status gather_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_sign *s = context;

    s->c.tx = tx;
    s->c.err = err;
    return en_sign_gather(s);
}

/* Everything that the request needs; NULL in *out: rs says why not. */
static enum en_status start(struct en_server *server, const struct en_http_request *rq,
                            struct en_http_response *rs, struct en_sign **out, struct en_err *err)
{
    struct en_sign *s = EN_NEW(rq->arena, struct en_sign, 1);

    *out = NULL;
    if (s == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a signature");
    }
    if (rq->caller.role != EN_ROLE_PHYSICIAN && rq->caller.role != EN_ROLE_OWNER) {
        return en_refuse(rs, 403, "forbidden", "a %s signs no session",
                         en_role_name(rq->caller.role));
    }
    s->c = (struct en_ruling){.server = server, .rq = rq, .a = rq->arena, .err = err};
    s->session = rq->args[0];
    EN_TRY(en_store_read(server->store, gather_work, s, err));
    s->c.err = err;
    if (rq->caller.patient != NULL && !en_text_equal(rq->caller.patient, s->patient)) {
        return en_refuse(rs, 404, "not-found", "no such Procedure");
    }
    *out = s;
    return EN_OK;
}

static struct en_audit audit_of(const struct en_sign *s, const char *subtype)
{
    const struct en_http_request *rq = s->c.rq;

    return (struct en_audit){.action = 'E',
                             .subtype = subtype,
                             .agent = rq->caller.login,
                             .role = en_role_name(rq->caller.role),
                             .patient = s->patient,
                             .entity_type = "Procedure",
                             .entity_id = s->session,
                             .entity_version = s->parts[0].version,
                             .request = rq->id,
                             .address = rq->address};
}

static enum en_status refuse_breaches(struct en_sign *s, struct en_http_response *rs)
{
    struct en_issues issues = {0};

    for (size_t i = 0; i < s->c.breaches.count && i < EN_BREACHES_MAX; i++) {
        const struct en_breach *b = &s->c.breaches.items[i];

        en_issue_add(&issues, s->c.a, EN_ISSUE_ERROR, "business-rule", b->field, "rule %s: %s",
                     b->rule, b->text);
    }
    return en_refuse_issues(rs, 422, &issues, s->c.err);
}

/* The session as completed is what is signed: the next version of it. */
static enum en_status sign_now(struct en_sign *s, struct en_http_response *rs)
{
    struct writing w = {.sign = s, .audit = audit_of(s, "$sign")};
    const int64_t version = s->parts[0].version;
    struct json_object *procedure = json_tokener_parse(s->parts[0].body), *note = NULL;

    (void)json_object_object_add(procedure, "status", json_object_new_string("completed"));
    s->parts[0].version = version + 1;
    s->parts[0].body = en_arena_copy(
        s->c.a, json_object_to_json_string_ext(procedure, JSON_C_TO_STRING_PLAIN), SIZE_MAX);
    enum en_status st = s->parts[0].body == NULL
                            ? en_fail(s->c.err, EN_ENOMEM, "no memory for a signature")
                            : en_sign_provenance(s, EN_SIGN_CODE, &note);

    if (st == EN_OK) {
        st = prepare(&w, procedure, s->session, version);
    }
    if (st == EN_OK) {
        st = prepare(&w, note, en_store_id(s->c.a), EN_VERSION_NONE);
    }
    if (st == EN_OK) {
        st = write_all(&w, rs);
    }
    (void)json_object_put(procedure);
    (void)json_object_put(note);
    return st;
}

/* Who sits before an open page need not be who logged in: the password once more, or a code. A
 * program's token is its own proof. */
static enum en_status confirm(struct en_server *server, const struct en_http_request *rq,
                              struct en_http_response *rs, const struct en_sign_proof *proof,
                              bool *is_answered, struct en_err *err)
{
    *is_answered = false;
    if (proof->password == NULL && proof->code == NULL && rq->caller.csrf == NULL) {
        return EN_OK;
    }
    if (en_text_is_empty(proof->password) && en_text_is_empty(proof->code)) {
        *is_answered = true;
        return en_refuse(rs, 422, "business-rule",
                         "rule sign-password: enter your password, or a code of your second "
                         "factor, to sign");
    }
    return en_sign_confirm(server, rq, rs, proof, is_answered, err);
}

enum en_status en_sign_session(struct en_server *server, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err)
{
    struct en_op_parameters *p = EN_NEW(rq->arena, struct en_op_parameters, 1);
    struct en_sign *s = NULL;
    bool is_refused = false;

    if (p == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a signature");
    }
    if (rq->query[0] != '\0') { /* SAFETY: a password does not belong in an address */
        return en_refuse(rs, 400, "value", "give the parameters in the body");
    }
    EN_TRY(en_op_parameters_read(rq, SIGN_RULES, NULL, p, rs, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    EN_TRY(start(server, rq, rs, &s, err));
    if (s == NULL) {
        return EN_OK;
    }
    if (s->is_signed) {
        return en_refuse(rs, 409, "conflict", "rule signed: this session is signed already");
    }
    const struct en_sign_proof proof = {en_op_parameter(p, "password"), en_op_parameter(p, "code")};

    EN_TRY(confirm(server, rq, rs, &proof, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    EN_TRY(en_sign_check(s));
    return s->c.breaches.count > 0 ? refuse_breaches(s, rs) : sign_now(s, rs);
}

/* Addenda */

static void write_document(const struct en_sign *s, const char *text, const char *data,
                           struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);
    char now[EN_INSTANT_TEXT_MAX];

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "DocumentReference");
    en_write_text(&w, "status", "current");
    en_write_open(&w, "type", '{');
    en_write_open(&w, "coding", '[');
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "system", EN_OPERATION_SYSTEM);
    en_write_text(&w, "code", "addendum");
    en_write_close(&w);
    en_write_close(&w);
    en_write_close(&w);
    en_write_open(&w, "subject", '{');
    en_write_print(&w, "reference", "Patient/%s", s->patient);
    en_write_close(&w);
    en_write_text(&w, "date", en_instant_text(s->c.rq->now_us, now));
    en_write_open(&w, "content", '[');
    en_write_open(&w, NULL, '{');
    en_write_open(&w, "attachment", '{');
    en_write_text(&w, "contentType", "text/plain; charset=utf-8");
    en_write_text(&w, "data", data);
    en_write_integer(&w, "size", (long long)strlen(text));
    en_write_close(&w);
    en_write_close(&w);
    en_write_close(&w);
    en_write_open(&w, "context", '{');
    en_write_open(&w, "related", '[');
    en_write_open(&w, NULL, '{');
    en_write_print(&w, "reference", "Procedure/%s", s->session);
    en_write_close(&w);
    en_write_close(&w);
    en_write_close(&w);
    en_write_close(&w);
}

static enum en_status read_document(const struct en_sign *s, const char *text,
                                    struct json_object **out)
{
    const size_t size = strlen(text);
    const size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL);
    char *data = EN_NEW(s->c.a, char, room);
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};

    if (data == NULL) {
        return en_fail(s->c.err, EN_ENOMEM, "no memory for an addendum");
    }
    (void)sodium_bin2base64(data, room, (const unsigned char *)text, size,
                            sodium_base64_VARIANT_ORIGINAL);
    write_document(s, text, data, &json);
    enum en_status st = en_buf_check(&json, "the addendum", s->c.err);

    if (st == EN_OK) {
        st = en_json_read(en_buf_text(&json), json.size, s->c.a, out, &issues, s->c.err);
    }
    en_buf_free(&json);
    return st;
}

/* Sign the document and the session's version that it adds to; only the document is locked by it.
 * */
static enum en_status add_now(struct en_sign *s, const char *text, struct en_http_response *rs)
{
    struct writing w = {.sign = s, .audit = audit_of(s, "$addendum")};
    struct json_object *document = NULL, *note = NULL;
    const char *id = en_store_id(s->c.a);
    enum en_status st = read_document(s, text, &document);

    s->count = 1;
    s->parts[0].is_target = false;
    if (st == EN_OK) {
        const struct en_version v = {
            .type = "DocumentReference",
            .id = id,
            .version = 1,
            .body = en_arena_copy(s->c.a, json_object_to_json_string(document), SIZE_MAX)};

        st = v.body == NULL ? en_fail(s->c.err, EN_ENOMEM, "no memory for an addendum")
                            : en_sign_add(s, &v, true);
    }
    if (st == EN_OK) {
        st = en_sign_provenance(s, "addendum", &note);
    }
    if (st == EN_OK) {
        st = prepare(&w, document, id, EN_VERSION_NONE);
    }
    if (st == EN_OK) {
        st = prepare(&w, note, en_store_id(s->c.a), EN_VERSION_NONE);
    }
    if (st == EN_OK) {
        rs->status = 201;
        st = write_all(&w, rs);
    }
    (void)json_object_put(document);
    (void)json_object_put(note);
    return st;
}

enum en_status en_sign_addendum(struct en_server *server, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    struct en_op_parameters *p = EN_NEW(rq->arena, struct en_op_parameters, 1);
    struct en_sign *s = NULL;
    bool is_refused = false;

    if (p == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an addendum");
    }
    EN_TRY(en_op_parameters_read(rq, ADDENDUM_RULES, NULL, p, rs, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    const char *text = en_op_parameter(p, "text");

    if (en_text_is_empty(text) || strlen(text) > ADDENDUM_MAX) {
        return en_refuse(rs, 400, "value", "parameter \"text\": needs 1 to %d bytes",
                         (int)ADDENDUM_MAX);
    }
    EN_TRY(start(server, rq, rs, &s, err));
    if (s == NULL) {
        return EN_OK;
    }
    if (!s->is_signed) {
        return en_refuse(rs, 409, "conflict",
                         "rule signed: this session is not signed yet: change it itself");
    }
    if (rq->caller.practitioner == NULL) {
        return en_refuse(rs, 422, "business-rule",
                         "rule sign-privilege: the account that adds has no Practitioner");
    }
    return add_now(s, text, rs);
}
