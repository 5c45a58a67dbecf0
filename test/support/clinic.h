/* SPDX-License-Identifier: Apache-2.0
 * test/support/clinic: a clinic's server without a network, and browsers that keep cookies: whole
 * requests, from the cookie to the answer. The time is the test's. */
#pragma once

#include "support/check.h"

#include "server/login.h"
#include "server/route.h"

/* Name of the patients of these tests: it must stand in no answer of /auth, and no refusal. */
#define CLINIC_NAME "Syntheticfamily"

/* A password that is taken. */
#define CLINIC_PASSWORD "seven plain words for tests"

struct clinic {
    struct en_server server;
    struct en_arena arena; /* of the server's tables, and of the answers */
    struct en_r4 r4;
    struct en_search_params params;
    int64_t now_us;
    const char *address; /* where requests come from */
    bool is_tls;
    bool only_door; /* stop before the handler: status 0 when the request was let in */
    char first[64]; /* password of the first owner */
};

/* Cookie and CSRF token, as a page keeps them. Zeroed: a fresh browser. */
struct browser {
    char cookie[128]; /* "name=value"; "" none */
    char csrf[64];
    const char *bearer; /* token to send instead; NULL none */
    bool hides_csrf;    /* sends no token: a request that somebody else's page made */
};

struct clinic_answer {
    int status;
    const char *body; /* "" none; lives as long as the test */
    struct en_header headers[EN_HEADERS_MAX];
    size_t header_count;
};

/* Opens the store at url, with the cheapest hashes; a second server on the same store: other. */
void clinic_open(struct clinic *c, const char *url);
void clinic_close(struct clinic *c);

/* target: "/auth/me". headers: "Name: value\n..." or NULL. body NULL: none; JSON unless headers say
 * otherwise. */
struct clinic_answer clinic_ask(struct clinic *c, struct browser *b, const char *method,
                                const char *target, const char *headers, const char *body);

/* Ask, and the status must be this one; shows the answer when it is not. */
struct clinic_answer clinic_expect(struct clinic *c, struct browser *b, int status,
                                   const char *method, const char *target, const char *body);

/* NULL when there is none. */
const char *clinic_header(const struct clinic_answer *answer, const char *name);

/* Text of a member of the answer, NULL when it is not there. In the test's arena. */
const char *clinic_member(struct clinic *c, const struct clinic_answer *answer, const char *name);

/* Log in with the code (NULL none): the status. */
int clinic_login(struct clinic *c, struct browser *b, const char *login, const char *password,
                 const char *code);

/* The owner, past the first change of the password (to CLINIC_PASSWORD). */
void clinic_owner(struct clinic *c, struct browser *owner);

/* An account of the role (its login is the role's name), logged in with CLINIC_PASSWORD. */
void clinic_staff(struct clinic *c, struct browser *owner, const char *role, struct browser *out);

/* A service with a secret and the scopes, and a token for them in `out`. */
void clinic_service(struct clinic *c, struct browser *owner, const char *scopes,
                    struct browser *out);

/* A Patient in the store. */
void clinic_patient(struct clinic *c, const char *id);

/* A session of the patient by a link. */
void clinic_link(struct clinic *c, struct browser *owner, const char *patient, struct browser *out);

/* Entries of the audit trail with this subtype and outcome; NULL and -1: any. */
size_t clinic_audited(struct clinic *c, const char *subtype, int outcome);
