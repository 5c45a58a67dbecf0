/* SPDX-License-Identifier: Apache-2.0 */
#include "support/rest.h"

#include "base/clock.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/capability.h"
#include "server/jobs.h"
#include "server/tables.h"
#include "support/stores.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA = 1 << 30 };

#define BASE "http://127.0.0.1:8080/fhir"

void rest_open(struct rest_test *t, const char *url)
{
    /* The cheapest work that libsodium takes: these tests are about no passwords. */
    const struct en_login_options login = {
        .passwords = {.passes = 1, .memory_bytes = 8192, .places = 1}};
    FILE *notice = fopen("/dev/null", "w");

    *t = (struct rest_test){.arena = EN_ARENA(ARENA),
                            .caller = {.role = EN_ROLE_OWNER, .login = "owner"},
                            .today = EN_DAY_UNKNOWN};
    t->server.arena = EN_ARENA(64 << 20);
    CHECK(en_r4_load(&t->arena, &t->r4, NULL) == EN_OK);
    CHECK(en_search_params_load(&t->arena, &t->params, NULL) == EN_OK);
    t->server.r4 = &t->r4;
    t->server.params = &t->params;
    CHECK(en_capability_prepare(&t->server, en_clock_us(), NULL) == EN_OK);
    t->server.options.today = EN_DAY_UNKNOWN;
    t->server.store = store_opened(url);
    CHECK(en_login_open(t->server.store, &login, notice, &t->arena, &t->server.login, NULL) ==
          EN_OK);
    en_login_key(t->server.login, "pages", t->server.page_key);
    (void)fclose(notice);
}

void rest_close(struct rest_test *t)
{
    en_login_close(t->server.login);
    en_store_close(t->server.store);
    en_arena_free(&t->server.arena);
    en_arena_free(&t->arena);
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

/* "Name: value\n" lines, and the Content-Type that is meant. */
static void set_headers(struct rest_test *t, struct en_http_request *rq, const char *headers)
{
    struct en_header *list = EN_NEW(&t->arena, struct en_header, EN_HEADERS_MAX);
    const char *at = headers == NULL ? "" : headers;
    size_t count = 0;

    while (*at != '\0') {
        const size_t size = strcspn(at, "\n"), name = strcspn(at, ":");

        CHECK(name < size && count < EN_HEADERS_MAX);
        list[count].name = en_arena_copy(&t->arena, at, name);
        list[count++].value = en_arena_copy(&t->arena, at + name + 2, size - name - 2);
        at += size + (at[size] == '\n' ? 1 : 0);
    }
    rq->headers = list;
    rq->header_count = count;
    if (en_http_header(rq, "Content-Type") == NULL) {
        list[rq->header_count++] = (struct en_header){
            "Content-Type", rq->method == EN_PATCH ? "application/json-patch+json"
                            : strstr(rq->path, "/_search") != NULL
                                ? "application/x-www-form-urlencoded"
                                : "application/fhir+json"};
    }
}

/* What no refusal may be or hold. */
static void look_through(const struct rest_answer *answer, const char *method, const char *target)
{
    /* CDS Hooks wants a bare 401. */
    if (answer->status < 400 || (answer->status == 401 && answer->size == 0)) {
        return;
    }
    if (strstr(answer->body, "\"resourceType\": \"OperationOutcome\"") == NULL ||
        strstr(answer->body, FAMILY) != NULL) {
        fail_msg("%s %s answers %d with: %s", method, target, answer->status, answer->body);
    }
}

struct rest_answer rest_ask(struct rest_test *t, const char *method, const char *target,
                            const char *headers, const char *body)
{
    struct en_http_response rs = EN_HTTP_RESPONSE;
    struct en_arena scratch = EN_ARENA(ARENA);
    struct en_http_request rq = {.id = "0123456789abcdef",
                                 .method = method_of(method),
                                 .query = "",
                                 .body = body == NULL ? "" : body,
                                 .body_size = body == NULL ? 0 : strlen(body),
                                 .address = "127.0.0.1",
                                 .base = BASE,
                                 .caller = t->caller,
                                 .now_us = en_clock_us(),
                                 .today = t->today == EN_DAY_UNKNOWN ? en_clock_today() : t->today,
                                 .arena = &scratch};
    const char *mark = strchr(target, '?');
    struct en_route_match match;
    struct rest_answer out;

    CHECK(en_http_decode(target, mark == NULL ? strlen(target) : (size_t)(mark - target), false,
                         &scratch, &rq.path, NULL) == EN_OK);
    rq.query = mark == NULL ? "" : mark + 1;
    set_headers(t, &rq, headers);
    CHECK(en_route_find(EN_ROUTE_TABLES, rq.method, rq.path, &scratch, &match, NULL) == EN_OK);
    if (match.route == NULL) {
        (void)en_refuse(&rs, match.allowed == 0 ? 404 : 405, "not-found", "no route");
    } else {
        memcpy(rq.args, match.args, sizeof rq.args);
        en_serve_body(&t->server, &match, &rq, &rs);
    }
    if (rs.file_path != NULL) {
        CHECK(en_buf_read_file(&rs.body, rs.file_path, NULL) == EN_OK);
    }
    if (rs.content_type != NULL) {
        en_http_add_header(&rs, "Content-Type", rs.content_type);
    }
    out =
        (struct rest_answer){.status = rs.status,
                             .body = en_arena_copy(&t->arena, en_buf_text(&rs.body), rs.body.size),
                             .size = rs.body.size,
                             .header_count = rs.header_count};
    CHECK(out.body != NULL);
    for (size_t i = 0; i < rs.header_count; i++) {
        out.headers[i].name = en_arena_copy(&t->arena, rs.headers[i].name, SIZE_MAX);
        out.headers[i].value = en_arena_copy(&t->arena, rs.headers[i].value, SIZE_MAX);
    }
    en_buf_free(&rs.body);
    en_arena_free(&scratch);
    look_through(&out, method, target);
    return out;
}

const char *rest_header(const struct rest_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (en_text_equal_nocase(answer->headers[i].name, name)) {
            return answer->headers[i].value;
        }
    }
    return NULL;
}

struct rest_answer rest_expect(struct rest_test *t, int status, const char *method,
                               const char *target, const char *headers, const char *body)
{
    const struct rest_answer answer = rest_ask(t, method, target, headers, body);

    if (answer.status != status) {
        fail_msg("%s %s answers %d, not %d: %s", method, target, answer.status, status,
                 answer.body);
    }
    return answer;
}

const char *rest_member(struct rest_test *t, const struct rest_answer *answer, const char *name)
{
    const char *mark = en_arena_print(&t->arena, "\"%s\":", name);
    const char *at = strstr(answer->body, mark);

    if (at == NULL) {
        fail_msg("no %s in %s", name, answer->body);
        return "";
    }
    at += strlen(mark);
    at += strspn(at, " \"");
    return en_arena_copy(&t->arena, at, strcspn(at, "\",}"));
}

size_t rest_count(const struct rest_answer *answer, const char *part)
{
    size_t count = 0;

    for (const char *at = answer->body; (at = strstr(at, part)) != NULL; at += strlen(part)) {
        count++;
    }
    return count;
}

const char *rest_link(struct rest_test *t, const struct rest_answer *answer, const char *relation)
{
    struct json_object *bundle = json_tokener_parse(answer->body);
    struct json_object *links = en_json_get(bundle, "link");
    const char *out = NULL;

    CHECK(bundle != NULL);
    for (size_t i = 0; i < en_json_count(links); i++) {
        struct json_object *link = en_json_at(links, i);

        if (en_text_equal(en_json_text(link, "relation"), relation)) {
            const char *url = en_json_text(link, "url");

            CHECK(en_text_starts(url, BASE));
            out = en_arena_copy(&t->arena, url + strlen(BASE) - strlen("/fhir"), SIZE_MAX);
        }
    }
    json_object_put(bundle);
    return out;
}

struct audited {
    struct rest_test *t;
    struct en_audit_query query;
    size_t count;
};

static enum en_status audit_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct audited *a = context;
    struct en_audit_entry *entries;

    return en_tx_audit_search(tx, &a->query, &a->t->arena, &entries, &a->count, err);
}

size_t rest_audited(struct rest_test *t, const char *subtype, const char *patient, int outcome)
{
    struct audited a = {.t = t,
                        .query = {.from_us = INT64_MIN,
                                  .to_us = INT64_MAX,
                                  .subtype = subtype,
                                  .patient = patient,
                                  .outcome = outcome,
                                  .count = 10000}};

    struct en_err err = {""};

    if (en_store_read(t->server.store, audit_work, &a, &err) != EN_OK) {
        fail_msg("the audit trail cannot be read: %s", err.text);
    }
    return a.count;
}

void rest_open_clinic(struct rest_test *t, const char *url, en_day today)
{
    char folder[] = "/tmp/enthesis-clinic-XXXXXX";
    struct en_knowledge *knowledge = NULL;

    rest_open(t, url);
    CHECK(mkdtemp(folder) != NULL);
    CHECK(en_knowledge_load(NULL, &t->arena, &knowledge, NULL) == EN_OK);
    t->server.knowledge = knowledge;
    t->server.options.data = en_arena_copy(&t->arena, folder, SIZE_MAX);
    t->today = today;
    CHECK(en_tables_open(&t->server, NULL) == EN_OK);
    CHECK(en_jobs_open(&t->server, NULL) == EN_OK);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

void rest_close_clinic(struct rest_test *t)
{
    en_jobs_close(&t->server);
    en_tables_close(&t->server);
    CHECK(nftw(t->server.options.data, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
    rest_close(t);
}

void rest_import(struct rest_test *t, const char *file)
{
    struct en_buf bytes = EN_BUF(8 << 20);
    const char *path = en_arena_print(&t->arena, EN_SOURCE_ROOT "/examples/%s", file);

    CHECK(en_buf_read_file(&bytes, path, NULL) == EN_OK);
    struct json_object *bundle = json_tokener_parse(en_buf_text(&bytes));
    struct json_object *entries = en_json_get(bundle, "entry");

    CHECK(en_json_count(entries) > 0);
    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *resource = en_json_get(en_json_at(entries, i), "resource");
        const char *id = en_json_text(resource, "id");
        const char *address =
            en_arena_print(&t->arena, "/fhir/%s%s%s", en_json_text(resource, "resourceType"),
                           id == NULL ? "" : "/", id == NULL ? "" : id);

        (void)rest_expect(t, 201, id == NULL ? "POST" : "PUT", address, NULL,
                          json_object_to_json_string(resource));
    }
    json_object_put(bundle);
    en_buf_free(&bytes);
}
