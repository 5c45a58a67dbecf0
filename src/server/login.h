/* SPDX-License-Identifier: Apache-2.0
 * server/login: who may come in and who is in: accounts with passwords, sessions, the clinic's
 * secret. Thread-safe.
 *
 * A session is a random token of 256 bits, of which the database holds the hash. Sessions that were
 * just looked up are kept in memory for cache_s seconds, so what another server of the same
 * database takes back is over here after that time; what this server takes back, at once.
 * Handlers of /auth stand in auth*.c, which routes call en_authenticate in authenticate.c. */
#pragma once

#include "base/arena.h"
#include "server/password.h"
#include "store/store.h"

#include <stdio.h>

struct en_login;

/* 0: the default, in brackets. */
struct en_login_options {
    struct en_password_options passwords;
    int idle_s;    /* a session that is not used for so long is over (1800) */
    int session_s; /* and after so long in any case (43200) */
    int patient_s; /* by a one-time link (7200) */
    int token_s;   /* of a service (300) */
    int cache_s;   /* (2) */
};

/* Make what is missing: the clinic's secret and, where there is no account at all, the account
 * "owner" with a random password for one use, written to `notice`. */
EN_MUST_USE enum en_status en_login_open(struct en_store *store,
                                         const struct en_login_options *options, FILE *notice,
                                         struct en_arena *a, struct en_login **out,
                                         struct en_err *err);
void en_login_close(struct en_login *l); /* NULL is fine */

/* Whether no owner has changed the first password yet: then nobody beyond loopback may come. */
EN_MUST_USE enum en_status en_login_is_default(struct en_login *l, bool *is_default,
                                               struct en_err *err);

/* A key for one purpose ("pages"), derived from the clinic's secret: the same on every server of
 * the database and after every start. */
enum { EN_LOGIN_KEY = 32 };
void en_login_key(const struct en_login *l, const char *purpose, unsigned char out[EN_LOGIN_KEY]);

/* Hashes of passwords computed so far (see en_password_count). */
uint64_t en_login_hashes(const struct en_login *l);
