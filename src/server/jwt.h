/* SPDX-License-Identifier: Apache-2.0
 * server/jwt: signed tokens of other programs (RFC 7519), as SMART backend services and CDS Hooks
 * use them: RS384 with RSA keys of 2048 bits or more, ES384 with P-384. Nothing else is taken:
 * "none" proves nothing, and with HMAC whoever checks could sign.
 *
 * No key is ever fetched: keys are those that somebody of the clinic registered. That a token is
 * used once is for the caller to see to (en_tx_use_token). Thread-safe: no state. */
#pragma once

#include "base/arena.h"

enum {
    EN_JWT_MAX = 8 << 10,       /* of a whole token; an EHR's are below 2 KiB */
    EN_JWT_KEYS_MAX = 32 << 10, /* of a set of keys; RSA of 8192 bits takes 2 KiB */
    EN_JWT_KEY_COUNT_MAX = 16,
    EN_JWT_AUDIENCES_MAX = 8,
    EN_JWT_SKEW_S = 60 /* clocks differ */
};

/* What a token says. NULL where it does not say it. */
struct en_jwt {
    const char *algorithm, *key_id, *jku; /* of its head */
    const char *issuer, *subject, *id;
    const char *audiences[EN_JWT_AUDIENCES_MAX];
    size_t audience_count;
    int64_t expires_s, issued_s, not_before_s; /* INT64_MIN where it does not say it */
};

struct en_jwt_rules {
    const char *issuer, *subject; /* must be these; NULL: any */
    const char *audience;         /* must be among them, letter by letter */
    int64_t now_s;
    int64_t life_max_s;   /* may end so much after now at most, and be so old */
    bool needs_issued_at; /* CDS Hooks wants iat */
};

/* Read a token without believing it: to learn whose keys to take. EN_EINVAL. */
EN_MUST_USE enum en_status en_jwt_read(const char *token, struct en_arena *a, struct en_jwt *out,
                                       struct en_err *err);

/* Read and check it. keys: a JWK set or one JWK as JSON. EN_EDENIED: signature, times, issuer,
 * subject or audience are not right; EN_EINVAL: it is no such token. The text holds nothing of the
 * token. */
EN_MUST_USE enum en_status en_jwt_verify(const char *token, const char *keys,
                                         const struct en_jwt_rules *rules, struct en_arena *a,
                                         struct en_jwt *out, struct en_err *err);

/* Public keys to be registered: a JWK set, one JWK or a PEM; *out becomes the set that is kept.
 * EN_EINVAL: none that could be used, or a private key among them: that one is lost now. */
EN_MUST_USE enum en_status en_jwt_keys(const char *text, struct en_arena *a, const char **out,
                                       struct en_err *err);
