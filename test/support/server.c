/* SPDX-License-Identifier: Apache-2.0 */
#include "support/server.h"

#include "base/limits.h"
#include "base/text.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

static void use_defaults(struct test_server *t)
{
    struct en_server_options *o = &t->options;

    o->data = t->folder;
    o->listen = o->listen == NULL ? "127.0.0.1:0" : o->listen;
    o->today = o->today == 0 ? EN_DAY_UNKNOWN : o->today;
    if (o->login.passwords.passes == 0) {
        o->login.passwords.passes = 1; /* the cheapest that libsodium takes */
        o->login.passwords.memory_bytes = 8192;
    }
}

/* "... with the password P\n" */
static void read_first(struct test_server *t, const char *notice)
{
    const char *found = strstr(notice, "password ");

    if (found != NULL) {
        (void)snprintf(t->first, sizeof t->first, "%.*s", (int)strcspn(found + 9, " \n"),
                       found + 9);
    }
}

enum en_status server_start(struct test_server *t, struct en_err *err)
{
    char *notice_text = NULL;
    size_t notice_size = 0;
    FILE *notice = open_memstream(&notice_text, &notice_size);

    CHECK(notice != NULL && t->server == NULL);
    free(t->log);
    t->log = NULL;
    t->options.log = open_memstream(&t->log, &t->log_size);
    CHECK(t->options.log != NULL);
    const enum en_status st = en_server_start(&t->options, t->knowledge, notice, &t->server, err);

    CHECK(fclose(notice) == 0);
    if (st == EN_OK) {
        read_first(t, notice_text);
        t->port = en_server_port(t->server);
        t->is_tls = t->server->fingerprint != NULL;
    } else {
        t->server = NULL;
        CHECK(fclose(t->options.log) == 0);
        t->options.log = NULL;
    }
    free(notice_text);
    return st;
}

void server_open(struct test_server *t, const struct en_server_options *options, const char *db)
{
    struct en_knowledge *knowledge = NULL;
    struct en_err err = {""};

    *t = (struct test_server){.arena = EN_ARENA(EN_REQUEST_ARENA),
                              .folder = "/tmp/enthesis-server-XXXXXX"};
    CHECK(mkdtemp(t->folder) != NULL);
    CHECK(en_knowledge_load(NULL, &t->arena, &knowledge, &err) == EN_OK);
    t->knowledge = knowledge;
    if (options != NULL) {
        t->options = *options;
    }
    t->options.db = db;
    use_defaults(t);
    if (server_start(t, &err) != EN_OK) {
        fail_msg("the server does not start: %s", err.text);
    }
}

void server_stop(struct test_server *t)
{
    if (t->server != NULL) {
        en_server_stop(t->server, 30.0);
        t->server = NULL;
        CHECK(fclose(t->options.log) == 0);
        t->options.log = NULL;
    }
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

void server_close(struct test_server *t)
{
    server_stop(t);
    CHECK(nftw(t->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
    free(t->log);
    en_arena_free(&t->arena);
}

struct http_answer server_ask(struct test_server *t, const char *method, const char *target,
                              const char *headers, const char *body)
{
    char all[4096];

    CHECK(strlen(headers) < sizeof all - 64);
    (void)snprintf(all, sizeof all, "%s%s", headers,
                   body != NULL && strcasestr(headers, "Content-Type:") == NULL
                       ? "Content-Type: application/json\r\n"
                       : "");
    return http_once(t->port, t->is_tls, method, target, all, body);
}

struct http_answer server_expect(struct test_server *t, int status, const char *method,
                                 const char *target, const char *headers, const char *body)
{
    const struct http_answer answer = server_ask(t, method, target, headers, body);

    if (answer.status != status) {
        fail_msg("%s %s: %d instead of %d: %s", method, target, answer.status, status,
                 answer.body == NULL ? "" : answer.body);
    }
    return answer;
}

const char *server_member(const struct http_answer *answer, const char *name)
{
    static char value[1024];
    char key[64];

    (void)snprintf(key, sizeof key, "\"%s\": \"", name);
    const char *found = answer->body == NULL ? NULL : strstr(answer->body, key);

    if (found == NULL) { /* written without needless spaces */
        (void)snprintf(key, sizeof key, "\"%s\":\"", name);
        found = answer->body == NULL ? NULL : strstr(answer->body, key);
    }
    if (found == NULL) {
        return NULL;
    }
    found += strlen(key);
    (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(found, "\""), found);
    return value;
}

int server_login(struct test_server *t, const char *login, const char *password,
                 char headers[SERVER_HEADERS])
{
    char body[512], cookie[256] = "";

    (void)snprintf(body, sizeof body, "{\"login\":\"%s\",\"password\":\"%s\"}", login, password);
    struct http_answer answer = server_ask(t, "POST", "/auth/login", "", body);
    const int status = answer.status;
    const char *set = http_value(&answer, "Set-Cookie");

    if (status == 200 && set != NULL) {
        (void)snprintf(cookie, sizeof cookie, "%.*s", (int)strcspn(set, ";"), set);
        const char *csrf = server_member(&answer, "csrf");

        CHECK(csrf != NULL);
        (void)snprintf(headers, SERVER_HEADERS, "Cookie: %s\r\nX-CSRF-Token: %s\r\n", cookie, csrf);
    }
    http_free(&answer);
    return status;
}

/* With a password for one use, change it, and log in anew. */
static void settle(struct test_server *t, const char *login, const char *first,
                   char headers[SERVER_HEADERS])
{
    char body[512];

    CHECK(server_login(t, login, first, headers) == 200);
    (void)snprintf(body, sizeof body, "{\"current\":\"%s\",\"new\":\"%s\"}", first,
                   SERVER_PASSWORD);
    struct http_answer answer = server_ask(t, "POST", "/auth/password", headers, body);

    if (answer.status >= 300) {
        fail_msg("the password is not changed: %d %s", answer.status, answer.body);
    }
    http_free(&answer);
    CHECK(server_login(t, login, SERVER_PASSWORD, headers) == 200);
}

void server_owner(struct test_server *t, char headers[SERVER_HEADERS])
{
    CHECK(t->first[0] != '\0');
    settle(t, "owner", t->first, headers);
}

void server_staff(struct test_server *t, const char *owner, const char *role,
                  char headers[SERVER_HEADERS])
{
    char body[256], first[64];

    (void)snprintf(body, sizeof body, "{\"login\":\"%s\",\"role\":\"%s\"}", role, role);
    struct http_answer answer = server_expect(t, 201, "POST", "/auth/accounts", owner, body);
    const char *made = server_member(&answer, "password");

    CHECK(made != NULL);
    (void)snprintf(first, sizeof first, "%s", made);
    http_free(&answer);
    settle(t, role, first, headers);
}
