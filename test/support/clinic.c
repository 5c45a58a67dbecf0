/* SPDX-License-Identifier: Apache-2.0 */
#include "support/clinic.h"

#include "base/clock.h"
#include "base/text.h"
#include "fhir/json.h"
#include "support/stores.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA = 1 << 30, SCRATCH = 64 << 20 };

/* What the first start writes: the owner's password. */
static void first_password(FILE *notice, char out[64])
{
    char text[512] = "";
    const char *at;

    rewind(notice);
    text[fread(text, 1, sizeof text - 1, notice)] = '\0';
    at = strstr(text, "password ");
    CHECK(at != NULL);
    (void)snprintf(out, 64, "%.*s", (int)strcspn(at + 9, "\n"), at + 9);
}

void clinic_open(struct clinic *c, const char *url)
{
    const struct en_login_options login = {
        .passwords = {.passes = 1, .memory_bytes = 8192, .places = 2}};
    FILE *notice = tmpfile();

    *c = (struct clinic){.arena = EN_ARENA(ARENA), .now_us = en_clock_us(), .address = "192.0.2.7"};
    CHECK(notice != NULL && en_r4_load(&c->arena, &c->r4, NULL) == EN_OK);
    CHECK(en_search_params_load(&c->arena, &c->params, NULL) == EN_OK);
    c->server.r4 = &c->r4;
    c->server.params = &c->params;
    c->server.options.today = EN_DAY_UNKNOWN;
    c->server.store = store_opened(url);
    CHECK(en_login_open(c->server.store, &login, notice, &c->arena, &c->server.login, NULL) ==
          EN_OK);
    if (ftell(notice) > 0) {
        first_password(notice, c->first);
    }
    (void)fclose(notice);
}

void clinic_close(struct clinic *c)
{
    en_login_close(c->server.login);
    en_store_close(c->server.store);
    en_arena_free(&c->arena);
}

static enum en_method method_of(const char *name)
{
    for (int m = 0; m < EN_METHODS; m++) {
        if (strcmp(en_method_name((enum en_method)m), name) == 0) {
            return (enum en_method)m;
        }
    }
    fail_msg("no method %s", name);
    return EN_GET;
}

static void add_header(struct en_http_request *rq, struct en_header *list, const char *name,
                       const char *value)
{
    if (value != NULL && value[0] != '\0' && en_http_header(rq, name) == NULL) {
        list[rq->header_count++] = (struct en_header){name, value};
    }
}

/* The test's headers, and those that a browser sends by itself. */
static void set_headers(struct clinic *c, struct en_http_request *rq, const struct browser *b,
                        const char *headers)
{
    struct en_header *list = EN_NEW(rq->arena, struct en_header, EN_HEADERS_MAX);
    const char *at = headers == NULL ? "" : headers;

    rq->headers = list;
    while (*at != '\0') {
        const size_t size = strcspn(at, "\n"), name = strcspn(at, ":");

        list[rq->header_count++] =
            (struct en_header){en_arena_copy(rq->arena, at, name),
                               en_arena_copy(rq->arena, at + name + 2, size - name - 2)};
        at += size + (at[size] == '\n' ? 1 : 0);
    }
    if (rq->body_size > 0) {
        add_header(rq, list, "Content-Type", "application/json");
    }
    if (b != NULL && b->bearer != NULL) {
        add_header(rq, list, "Authorization", en_arena_print(rq->arena, "Bearer %s", b->bearer));
    } else if (b != NULL) {
        add_header(rq, list, "Cookie", b->cookie);
        add_header(rq, list, "X-CSRF-Token", b->hides_csrf ? NULL : b->csrf);
    }
    (void)c;
}

/* What the browser takes from an answer. */
static void keep_session(struct clinic *c, struct browser *b, const struct clinic_answer *answer)
{
    const char *set = clinic_header(answer, "Set-Cookie");
    const char *csrf = answer->status < 300 ? clinic_member(c, answer, "csrf") : NULL;

    if (set != NULL) {
        const size_t size = strcspn(set, ";");

        CHECK(size < sizeof b->cookie);
        memcpy(b->cookie, set, size);
        b->cookie[size] = '\0';
        if (b->cookie[size - 1] == '=') {
            b->cookie[0] = '\0'; /* told to forget it */
        }
    }
    if (csrf != NULL) {
        (void)snprintf(b->csrf, sizeof b->csrf, "%s", csrf);
    }
}

static struct clinic_answer take_answer(struct clinic *c, struct en_http_response *rs)
{
    struct clinic_answer out = {
        .status = rs->status,
        .body = en_arena_copy(&c->arena, en_buf_text(&rs->body), SIZE_MAX),
        .header_count = rs->header_count,
    };

    CHECK(out.body != NULL);
    for (size_t i = 0; i < rs->header_count; i++) {
        out.headers[i].name = en_arena_copy(&c->arena, rs->headers[i].name, SIZE_MAX);
        out.headers[i].value = en_arena_copy(&c->arena, rs->headers[i].value, SIZE_MAX);
    }
    en_buf_free(&rs->body);
    return out;
}

struct clinic_answer clinic_ask(struct clinic *c, struct browser *b, const char *method,
                                const char *target, const char *headers, const char *body)
{
    struct en_http_response rs = EN_HTTP_RESPONSE;
    struct en_arena scratch = EN_ARENA(SCRATCH);
    const char *mark = strchr(target, '?');
    struct en_http_request rq = {
        .id = "0123456789abcdef",
        .method = method_of(method),
        .path = en_arena_copy(&scratch, target, mark == NULL ? SIZE_MAX : (size_t)(mark - target)),
        .query = mark == NULL ? "" : mark + 1,
        .body = body == NULL ? "" : body,
        .body_size = body == NULL ? 0 : strlen(body),
        .address = c->address,
        .base = c->is_tls ? "https://clinic.example/fhir" : "http://clinic.example/fhir",
        .is_tls = c->is_tls,
        .now_us = c->now_us,
        .today = en_clock_today(),
        .arena = &scratch,
    };

    set_headers(c, &rq, b, headers);
    if (c->only_door) {
        struct en_route_match match;

        (void)en_serve_head(&c->server, &rq, &rs, &match);
    } else {
        en_serve(&c->server, &rq, &rs);
    }
    const struct clinic_answer out = take_answer(c, &rs);

    en_arena_free(&scratch);
    if (b != NULL) {
        keep_session(c, b, &out);
    }
    if ((out.status >= 400 || en_text_starts(target, "/auth")) &&
        strstr(out.body, CLINIC_NAME) != NULL) {
        fail_msg("%s %s tells a patient's name", method, target);
    }
    return out;
}

struct clinic_answer clinic_expect(struct clinic *c, struct browser *b, int status,
                                   const char *method, const char *target, const char *body)
{
    const struct clinic_answer answer = clinic_ask(c, b, method, target, NULL, body);

    if (answer.status != status) {
        fail_msg("%s %s answers %d, not %d: %s", method, target, answer.status, status,
                 answer.body);
    }
    return answer;
}

const char *clinic_header(const struct clinic_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (en_text_equal_nocase(answer->headers[i].name, name)) {
            return answer->headers[i].value;
        }
    }
    return NULL;
}

const char *clinic_member(struct clinic *c, const struct clinic_answer *answer, const char *name)
{
    struct json_object *root = json_tokener_parse(answer->body);
    const char *text = en_json_text(root, name);
    const char *copy = text == NULL ? NULL : en_arena_copy(&c->arena, text, SIZE_MAX);

    (void)json_object_put(root);
    return copy;
}

int clinic_login(struct clinic *c, struct browser *b, const char *login, const char *password,
                 const char *code)
{
    const char *body = en_arena_print(&c->arena, "{\"login\":\"%s\",\"password\":\"%s\"%s%s%s}",
                                      login, password, code == NULL ? "" : ",\"code\":\"",
                                      code == NULL ? "" : code, code == NULL ? "" : "\"");

    return clinic_ask(c, b, "POST", "/auth/login", NULL, body).status;
}

static void change_password(struct clinic *c, struct browser *b, const char *from)
{
    (void)clinic_expect(
        c, b, 200, "POST", "/auth/password",
        en_arena_print(&c->arena, "{\"current\":\"%s\",\"new\":\"%s\"}", from, CLINIC_PASSWORD));
}

void clinic_owner(struct clinic *c, struct browser *owner)
{
    *owner = (struct browser){0};
    CHECK(clinic_login(c, owner, "owner", c->first, NULL) == 200);
    change_password(c, owner, c->first);
}

void clinic_staff(struct clinic *c, struct browser *owner, const char *role, struct browser *out)
{
    const char *login = strcmp(role, "owner") == 0 ? "second" : role;
    const struct clinic_answer made =
        clinic_expect(c, owner, 201, "POST", "/auth/accounts",
                      en_arena_print(&c->arena, "{\"login\":\"%s\",\"role\":\"%s\"}", login, role));
    const char *password = clinic_member(c, &made, "password");

    *out = (struct browser){0};
    CHECK(clinic_login(c, out, login, password, NULL) == 200);
    change_password(c, out, password);
}

static const char *base64(struct clinic *c, const char *text)
{
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t size = strlen(text);
    char *out = en_arena_take(&c->arena, 1, size * 2 + 8), *to = out;

    for (size_t i = 0; i < size; i += 3) {
        unsigned bits = (unsigned)(unsigned char)text[i] << 16;

        bits |= i + 1 < size ? (unsigned)(unsigned char)text[i + 1] << 8 : 0U;
        bits |= i + 2 < size ? (unsigned)(unsigned char)text[i + 2] : 0U;
        for (unsigned k = 0; k < 4; k++) {
            *to++ = i + k <= size ? LETTERS[bits >> (18 - 6 * k) & 63U] : '=';
        }
    }
    return out;
}

void clinic_service(struct clinic *c, struct browser *owner, const char *scopes,
                    struct browser *out)
{
    static int number = 0;
    const char *id = en_arena_print(&c->arena, "service%d", ++number);
    const struct clinic_answer made = clinic_expect(
        c, owner, 201, "POST", "/auth/clients",
        en_arena_print(&c->arena, "{\"id\":\"%s\",\"name\":\"Test\",\"scopes\":\"%s\"}", id,
                       scopes));
    const char *secret = clinic_member(c, &made, "secret");
    const char *basic = base64(c, en_arena_print(&c->arena, "%s:%s", id, secret));
    char *form = en_arena_print(&c->arena, "grant_type=client_credentials&scope=%s", scopes);

    for (char *p = form; *p != '\0'; p++) {
        *p = *p == ' ' ? '+' : *p;
    }
    const struct clinic_answer token =
        clinic_ask(c, NULL, "POST", "/auth/token",
                   en_arena_print(&c->arena,
                                  "Content-Type: application/x-www-form-urlencoded\n"
                                  "Authorization: Basic %s\n",
                                  basic),
                   form);

    if (token.status != 200) {
        fail_msg("token: %d %s", token.status, token.body);
    }
    *out = (struct browser){.bearer = clinic_member(c, &token, "access_token")};
}

void clinic_patient(struct clinic *c, const char *id)
{
    CHECK(store_put(c->server.store,
                    "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"" CLINIC_NAME "\"}]}",
                    id, EN_VERSION_ANY, NULL, NULL) == EN_OK);
}

void clinic_link(struct clinic *c, struct browser *owner, const char *patient, struct browser *out)
{
    const struct clinic_answer made =
        clinic_expect(c, owner, 201, "POST", "/auth/links",
                      en_arena_print(&c->arena, "{\"patient\":\"%s\"}", patient));

    *out = (struct browser){0};
    (void)clinic_expect(
        c, out, 200, "POST", "/auth/link",
        en_arena_print(&c->arena, "{\"token\":\"%s\"}", clinic_member(c, &made, "token")));
}

struct audit_call {
    struct en_audit_query query;
    struct en_arena *arena;
    struct en_audit_entry *entries;
    size_t count;
};

static enum en_status audit_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct audit_call *call = context;

    return en_tx_audit_search(tx, &call->query, call->arena, &call->entries, &call->count, err);
}

size_t clinic_audited(struct clinic *c, const char *subtype, int outcome)
{
    struct audit_call call = {.query = {.from_us = INT64_MIN,
                                        .to_us = INT64_MAX,
                                        .subtype = subtype,
                                        .outcome = outcome,
                                        .count = 500},
                              .arena = &c->arena};

    struct en_err err = {""};

    if (en_store_read(c->server.store, audit_work, &call, &err) != EN_OK) {
        fail_msg("the audit trail: %s", err.text);
    }
    return call.count;
}
