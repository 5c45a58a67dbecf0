/* SPDX-License-Identifier: Apache-2.0
 * store/account: who may come in: accounts, their second factors, and tries that failed.
 *
 * SQL alone: what is right stands in server/login. All functions belong into a work (store.h). */
#pragma once

#include "store/store.h"

enum { EN_LOGIN_MAX = 64, EN_ACCOUNTS_MAX = 10000 };

struct en_account {
    const char *login, *role;
    const char *practitioner; /* NULL none */
    const char *password;     /* hash */
    const char *totp_secret;  /* base32; "" none */
    bool must_change, is_disabled, totp_is_on;
    int64_t totp_step, created_us, changed_us;
};

/* EN_ECONFLICT: there is such a login. */
EN_MUST_USE enum en_status en_tx_account_add(struct en_tx *tx, const struct en_account *account,
                                             struct en_err *err);

/* EN_ENOTFOUND. Texts live in the arena. */
EN_MUST_USE enum en_status en_tx_account_get(struct en_tx *tx, const char *login,
                                             struct en_arena *a, struct en_account *out,
                                             struct en_err *err);

/* All, by login. */
EN_MUST_USE enum en_status en_tx_account_list(struct en_tx *tx, struct en_arena *a,
                                              struct en_account **out, size_t *count,
                                              struct en_err *err);

/* Everything of the account but its login. EN_ENOTFOUND. */
EN_MUST_USE enum en_status en_tx_account_put(struct en_tx *tx, const struct en_account *account,
                                             struct en_err *err);

/* Hashes of new recovery codes in place of those before; count 0 takes them away. */
EN_MUST_USE enum en_status en_tx_recovery_set(struct en_tx *tx, const char *login,
                                              const char *const *hashes, size_t count,
                                              struct en_err *err);

/* Use up a recovery code. *is_taken false: there is none. */
EN_MUST_USE enum en_status en_tx_recovery_take(struct en_tx *tx, const char *login,
                                               const char *hash, bool *is_taken,
                                               struct en_err *err);

/* Tries that failed, of an account name or an address. key is a hash: what is tried as a name may
 * be a password typed into the wrong field. */
struct en_attempt {
    int64_t failed, last_us, locked_until_us;
};

/* All zero when nothing failed. */
EN_MUST_USE enum en_status en_tx_attempt_get(struct en_tx *tx, const char *key,
                                             struct en_attempt *out, struct en_err *err);

/* failed 0 forgets. */
EN_MUST_USE enum en_status en_tx_attempt_put(struct en_tx *tx, const char *key,
                                             const struct en_attempt *attempt, struct en_err *err);

/* A secret that is there; *out NULL: there is none. */
EN_MUST_USE enum en_status en_tx_secret_find(struct en_tx *tx, const char *name, struct en_arena *a,
                                             const char **out, struct en_err *err);

/* A secret of the clinic: *out is the stored one, or `made` when there was none. */
EN_MUST_USE enum en_status en_tx_secret(struct en_tx *tx, const char *name, const char *made,
                                        struct en_arena *a, const char **out, struct en_err *err);
