/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth.h"

#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/writer.h"

#include <assert.h>
#include <string.h>

/* A text without U+0000, which C would read as its end: a password must not be cut unseen. */
static const char *whole_text(struct json_object *value, struct en_arena *a)
{
    const char *text = json_object_get_string(value);

    if ((int)strlen(text) != json_object_get_string_len(value)) {
        return NULL;
    }
    return en_arena_copy(a, text, SIZE_MAX);
}

/* False when the value does not fit its field. */
static bool take_value(const struct en_auth_field *f, struct json_object *value, struct en_arena *a,
                       struct en_auth_value *out)
{
    out->is_given = true;
    switch (f->kind) {
    case EN_AUTH_TEXT:
        out->text = json_object_is_type(value, json_type_string) ? whole_text(value, a) : NULL;
        return out->text != NULL && (long long)strlen(out->text) <= f->max;
    case EN_AUTH_FLAG:
        out->flag = json_object_get_boolean(value);
        return json_object_is_type(value, json_type_boolean);
    case EN_AUTH_NUMBER:
        out->number = json_object_get_int64(value);
        return json_object_is_type(value, json_type_int) && out->number >= 1 &&
               out->number <= f->max;
    case EN_AUTH_JSON:
        out->text = en_arena_copy(a, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN),
                                  SIZE_MAX);
        return json_object_is_type(value, json_type_object) && out->text != NULL &&
               (long long)strlen(out->text) <= f->max;
    }
    return false;
}

static const char *kind_text(const struct en_auth_field *f, struct en_arena *a)
{
    switch (f->kind) {
    case EN_AUTH_TEXT:
        return en_arena_print(a, "a text of at most %lld bytes", f->max);
    case EN_AUTH_FLAG:
        return "true or false";
    case EN_AUTH_NUMBER:
        return en_arena_print(a, "a whole number from 1 to %lld", f->max);
    case EN_AUTH_JSON:
        return en_arena_print(a, "a JSON object of at most %lld bytes", f->max);
    }
    return NULL;
}

static void read_members(struct json_object *root, const struct en_auth_field *fields, size_t count,
                         struct en_auth_value *values, struct en_arena *a, struct en_issues *issues)
{
    json_object_object_foreach(root, key, value)
    {
        size_t i = 0;

        while (i < count && strcmp(fields[i].name, key) != 0) {
            i++;
        }
        if (i == count) {
            en_issue_add(issues, a, EN_ISSUE_ERROR, "structure", "$this",
                         "the body has a member that is not known here");
        } else if (!take_value(&fields[i], value, a, &values[i])) {
            const char *kind = kind_text(&fields[i], a);

            en_issue_add(issues, a, EN_ISSUE_ERROR, "value", fields[i].name, "must be %s",
                         kind == NULL ? "another value" : kind);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (fields[i].is_required && !values[i].is_given) {
            en_issue_add(issues, a, EN_ISSUE_ERROR, "required", fields[i].name, "is missing");
        }
    }
}

enum en_status en_auth_read(const struct en_http_request *rq, struct en_http_response *rs,
                            const struct en_auth_field *fields, size_t count,
                            struct en_auth_value *values, bool *is_answered, struct en_err *err)
{
    struct en_issues issues = {0};
    struct json_object *root = NULL;

    assert(count <= EN_AUTH_FIELDS_MAX);
    memset(values, 0, count * sizeof *values);
    const enum en_status st = en_json_read(rq->body, rq->body_size, rq->arena, &root, &issues, err);

    if (st != EN_OK && issues.error_count == 0) {
        return st;
    }
    if (st == EN_OK && !json_object_is_type(root, json_type_object)) {
        en_issue_add(&issues, rq->arena, EN_ISSUE_ERROR, "structure", "$this",
                     "the body must be a JSON object");
    } else if (st == EN_OK) {
        read_members(root, fields, count, values, rq->arena, &issues);
    }
    json_object_put(root);
    *is_answered = issues.error_count > 0;
    return *is_answered ? en_refuse_issues(rs, 400, &issues, err) : EN_OK;
}

struct en_writer en_auth_writer(struct en_http_response *rs)
{
    struct en_writer w = EN_WRITER(&rs->body);

    rs->content_type = "application/json; charset=utf-8";
    en_write_open(&w, NULL, '{');
    return w;
}

enum en_status en_auth_end(struct en_writer *w, struct en_err *err)
{
    en_write_close(w);
    return en_write_end(w, "the answer", err);
}

const char *en_auth_origin(const struct en_http_request *rq)
{
    static const char END[] = "/fhir";
    const size_t size = strlen(rq->base), end = sizeof END - 1;
    const bool has_end = size >= end && strcmp(rq->base + size - end, END) == 0;

    return en_arena_copy(rq->arena, rq->base, has_end ? size - end : size);
}

struct en_staff en_auth_staff(struct en_server *s, const struct en_http_request *rq)
{
    struct en_staff staff = {
        .store = s->store, .passwords = s->login->passwords, .now_us = rq->now_us};

    en_audit_of(rq, &staff.who);
    return staff;
}

void en_auth_wait(const struct en_http_request *rq, struct en_http_response *rs, int64_t wait_s)
{
    const char *after = en_arena_print(rq->arena, "%lld", (long long)wait_s);

    if (after != NULL) {
        en_http_add_header(rs, "Retry-After", after);
    }
    (void)en_refuse(rs, 429, "throttled",
                    "too many tries that failed: wait %lld seconds before the next one",
                    (long long)wait_s);
}

struct account_call {
    const char *login;
    struct en_arena *arena;
    struct en_account *out;
};

static enum en_status account_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct account_call *c = context;

    return en_tx_account_get(tx, c->login, c->arena, c->out, err);
}

enum en_status en_auth_account(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, bool may_be_fresh,
                               struct en_account *out, bool *is_answered, struct en_err *err)
{
    /* cppcheck-suppress ctuuninitvar ; it is filled there */
    struct account_call c = {rq->caller.login, rq->arena, out};

    *is_answered = true;
    if (rq->caller.role >= EN_ROLE_SERVICE || rq->caller.role == EN_ROLE_NONE) {
        return en_refuse(rs, 403, "forbidden", "only people with an account can do this");
    }
    if (rq->caller.must_change_password && !may_be_fresh) {
        return en_refuse(rs, 403, "expired", "change your password first");
    }
    *is_answered = false;
    return en_store_read(s->store, account_work, &c, err);
}

const struct en_route EN_ROUTES_LOGIN[] = {
    {EN_POST, "/auth/login", EN_RIGHT_PUBLIC, en_auth_login, 0,
     "log in: login, password and, with a second factor, code"},
    {EN_POST, "/auth/logout", EN_RIGHT_LOGIN, en_auth_logout, 0,
     "end the session; everywhere true: all sessions of the account"},
    {EN_GET, "/auth/me", EN_RIGHT_LOGIN, en_auth_get_me, EN_ROUTE_UNAUDITED,
     "who is logged in, and the session's CSRF token"},
    {EN_POST, "/auth/password", EN_RIGHT_LOGIN, en_auth_password, 0,
     "change the own password: current, new; all other sessions end"},
    {EN_POST, "/auth/totp/begin", EN_RIGHT_LOGIN, en_auth_totp_begin, 0,
     "a secret for an authenticator app: password"},
    {EN_POST, "/auth/totp/confirm", EN_RIGHT_LOGIN, en_auth_totp_confirm, 0,
     "turn the second factor on: code; answers recovery codes, once"},
    {EN_POST, "/auth/totp/off", EN_RIGHT_LOGIN, en_auth_totp_off, 0,
     "turn the second factor off: password, code"},
    {EN_GET, "/auth/accounts", EN_RIGHT_USERS, en_auth_accounts, EN_ROUTE_UNAUDITED,
     "all accounts"},
    {EN_POST, "/auth/accounts", EN_RIGHT_USERS, en_auth_account_add, 0,
     "a new account: login, role, practitioner; answers a password for the first login"},
    {EN_PATCH, "/auth/accounts/{}", EN_RIGHT_USERS, en_auth_account_alter, 0,
     "change role, practitioner, disabled; its sessions end"},
    {EN_POST, "/auth/accounts/{}/reset", EN_RIGHT_USERS, en_auth_account_reset, 0,
     "a new password for the next login; totp true: the second factor was lost"},
    {EN_GET, "/auth/clients", EN_RIGHT_USERS, en_auth_clients, EN_ROUTE_UNAUDITED, "all services"},
    {EN_POST, "/auth/clients", EN_RIGHT_USERS, en_auth_client_add, 0,
     "a new service: id, name, scopes, jwks or pem; without keys answers a secret"},
    {EN_PATCH, "/auth/clients/{}", EN_RIGHT_USERS, en_auth_client_alter, 0,
     "change name, scopes, keys, disabled; its tokens end"},
    {EN_POST, "/auth/links", EN_RIGHT_LINKS, en_auth_link_add, 0,
     "a one-time link for a patient's diary: patient, days, uses"},
    {EN_GET, "/auth/links/{}", EN_RIGHT_LINKS, en_auth_links, 0, "links of a patient still open"},
    {EN_DELETE, "/auth/links/{}", EN_RIGHT_LINKS, en_auth_links_end, 0,
     "end all links of a patient and what was opened by them"},
    {EN_POST, "/auth/link", EN_RIGHT_PUBLIC, en_auth_link_use, 0,
     "come in by a link: token; the session sees the own diary only"},
    {EN_GET, "/auth/draft", EN_RIGHT_LOGIN, en_auth_drafts, EN_ROUTE_UNAUDITED,
     "keys of the own drafts"},
    {EN_GET, "/auth/draft/{}", EN_RIGHT_LOGIN, en_auth_draft_get, 0,
     "what was being written when the session ended"},
    {EN_PUT, "/auth/draft/{}", EN_RIGHT_LOGIN, en_auth_draft_put, 0, "keep what is being written"},
    {EN_DELETE, "/auth/draft/{}", EN_RIGHT_LOGIN, en_auth_draft_delete, 0, "forget a draft"},
    {EN_POST, "/auth/token", EN_RIGHT_PUBLIC, en_auth_token, EN_ROUTE_ANY_BODY,
     "a token for a service (SMART backend services): client_credentials with a signed assertion"},
    {EN_GET, "/.well-known/smart-configuration", EN_RIGHT_PUBLIC, en_auth_smart, EN_ROUTE_UNAUDITED,
     "what a SMART client must know"},
    {EN_GET, "/fhir/.well-known/smart-configuration", EN_RIGHT_PUBLIC, en_auth_smart,
     EN_ROUTE_UNAUDITED, "the same where SMART looks for it"},
    {0},
};
