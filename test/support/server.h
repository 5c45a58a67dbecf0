/* SPDX-License-Identifier: Apache-2.0
 * test/support/server: a whole server in this process, on a port of its own, in a folder of its own
 * that goes with it; asked over the network (support/http.h). */
#pragma once

#include "server/server.h"
#include "support/check.h"
#include "support/http.h"

/* A password that is taken. */
#define SERVER_PASSWORD "seven plain words for tests"

enum { SERVER_HEADERS = 512 };

struct test_server {
    struct en_server *server;
    struct en_server_options options;
    struct en_arena arena;
    const struct en_knowledge *knowledge;
    int port;
    bool is_tls;
    char folder[64];
    char first[64]; /* password of the first owner, when this start made one */
    char *log;      /* what the log holds, once the server was stopped */
    size_t log_size;
};

/* options NULL: plain HTTP on loopback. Folder, address, log and cheap hashes are set here unless
 * they are given. db NULL: SQLite in the folder. The test fails when it does not start. */
void server_open(struct test_server *t, const struct en_server_options *options, const char *db);

/* Start again in the same folder after server_stop; what en_server_start returns. */
enum en_status server_start(struct test_server *t, struct en_err *err);
void server_stop(struct test_server *t);

/* Stop and remove the folder. */
void server_close(struct test_server *t);

/* Log in: the status. headers: "Cookie: ...\r\nX-CSRF-Token: ...\r\n", for further requests. */
int server_login(struct test_server *t, const char *login, const char *password,
                 char headers[SERVER_HEADERS]);

/* The owner, past the first change of the password (to SERVER_PASSWORD). */
void server_owner(struct test_server *t, char headers[SERVER_HEADERS]);

/* An account of the role (its login is the role's name, its password SERVER_PASSWORD), logged in.
 */
void server_staff(struct test_server *t, const char *owner, const char *role,
                  char headers[SERVER_HEADERS]);

/* One request on a connection of its own. A JSON body gets its Content-Type unless headers say
 * another. */
struct http_answer server_ask(struct test_server *t, const char *method, const char *target,
                              const char *headers, const char *body);

/* Ask, and the status must be this one; shows the answer when it is not. */
struct http_answer server_expect(struct test_server *t, int status, const char *method,
                                 const char *target, const char *headers, const char *body);

/* Text of the first member of this name in a JSON body; NULL none. Lives until the next call. */
const char *server_member(const struct http_answer *answer, const char *name);
