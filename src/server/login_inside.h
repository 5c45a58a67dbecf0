/* SPDX-License-Identifier: Apache-2.0
 * server/login_inside: what login, authenticate and auth* share. Not for others. */
#pragma once

#include "base/cache.h"
#include "server/login.h"
#include "server/route.h"
#include "server/token.h"
#include "store/account.h"
#include "store/session.h"

struct en_login {
    struct en_login_options options; /* with the defaults filled in */
    struct en_store *store;
    struct en_passwords *passwords;
    struct en_cache *cache; /* hash of a token -> struct en_known */
    unsigned char secret[EN_LOGIN_KEY];
};

enum { EN_ID_TEXT = 65 }; /* of a resource, with NUL */

/* What is remembered of a session. */
struct en_known {
    enum en_role role;
    bool is_bearer, must_change;
    char login[EN_TOKEN_HASH + 8];                      /* as in en_caller */
    char practitioner[EN_ID_TEXT], patient[EN_ID_TEXT]; /* "" none */
    char scopes[EN_SCOPES_MAX], csrf[EN_TOKEN_TEXT];
    int64_t seen_us, expires_us;
};

/* A session to be: the token goes to the client, its hash to the database. */
struct en_pass {
    char token[EN_TOKEN_TEXT], hash[EN_TOKEN_HASH], csrf[EN_TOKEN_TEXT];
};

void en_pass_make(struct en_pass *out);

/* Add its session. kind, subject, patient, scopes as in struct en_login_session. */
EN_MUST_USE enum en_status en_tx_pass_add(struct en_tx *tx, const struct en_pass *pass,
                                          const struct en_login_session *of, struct en_err *err);

/* Set the cookie; the name and Secure depend on whether the request came by TLS. */
void en_pass_cookie(const struct en_http_request *rq, struct en_http_response *rs,
                    const char *token, int64_t life_s);
void en_pass_clear(const struct en_http_request *rq, struct en_http_response *rs);

/* Value of our cookie; NULL none. */
const char *en_pass_of(const struct en_http_request *rq);

/* What was taken back in the database is over here, too. */
void en_login_forget(struct en_login *l, const char *hash); /* NULL: all */
