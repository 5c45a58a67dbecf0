/* SPDX-License-Identifier: Apache-2.0
 * server/staff: accounts of people and of services as owners make and change them, over HTTP or on
 * the command line. Each change is an entry of the audit trail in the same transaction. */
#pragma once

#include "server/password.h"
#include "server/token.h"
#include "store/audit.h"
#include "store/session.h"

/* Where it is done, and who does it: agent, role, request and address of `who` are used. */
struct en_staff {
    struct en_store *store;
    struct en_passwords *passwords;
    int64_t now_us;
    struct en_audit who;
};

/* A new account, whose password must be changed at the first login unless it is_own. password NULL:
 * a random one, which goes to `made` (else ""). EN_EINVAL tells what is wrong, EN_ECONFLICT: the
 * login is taken. */
struct en_staff_new {
    const char *login, *role;
    const char *practitioner; /* NULL none */
    const char *password;
    bool is_own; /* who has the account chose it: it need not be changed */
    /* Hash of `password`, where many accounts get one password: hashing is slow. NULL: none. */
    const char *hash;
};
EN_MUST_USE enum en_status en_staff_add(const struct en_staff *staff, const struct en_staff_new *n,
                                        char made[EN_PASSWORD_RANDOM], struct en_err *err);

/* What changes; everything else stays. */
struct en_staff_change {
    const char *login;
    const char *role;         /* NULL stays */
    const char *practitioner; /* NULL stays, "" none */
    bool set_disabled, is_disabled;
    bool reset_password;
    const char *password; /* with reset_password; NULL: a random one */
    bool is_own;          /* as above */
    const char *hash;     /* as above */
    bool drop_totp;       /* the second factor, when it was lost */
};

/* All sessions of the account end. EN_EDENIED: it is the last owner that can log in; EN_ENOTFOUND.
 */
EN_MUST_USE enum en_status en_staff_alter(const struct en_staff *staff,
                                          const struct en_staff_change *change,
                                          char made[EN_PASSWORD_RANDOM], struct en_err *err);

/* A new service. keys (a JWK set, a JWK or a PEM) NULL: by a secret, which goes to `secret` (else
 * ""). */
struct en_service_new {
    const char *id, *name, *scopes, *keys;
};
EN_MUST_USE enum en_status en_service_add(const struct en_staff *staff,
                                          const struct en_service_new *n,
                                          char secret[EN_TOKEN_TEXT], struct en_err *err);

/* NULL stays. Its tokens end. EN_ENOTFOUND. */
struct en_service_change {
    const char *id, *name, *scopes, *keys;
    bool set_disabled, is_disabled;
};
EN_MUST_USE enum en_status en_service_alter(const struct en_staff *staff,
                                            const struct en_service_change *change,
                                            struct en_err *err);

/* Name of an account or id of a service: 2 to 64 small letters, digits, '.', '_', '-', a letter
 * first. */
bool en_staff_name_valid(const char *name);

/* The same in small letters, as it is stored; NULL when the arena is full. */
const char *en_staff_name(const char *text, struct en_arena *a);
