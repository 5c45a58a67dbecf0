/* SPDX-License-Identifier: Apache-2.0 */
#include "store/account.h"

#include "store/bind.h"

#define COLUMNS                                                                                    \
    "login, role, practitioner, password, totp_secret, must_change, is_disabled, totp_is_on,"      \
    " totp_step, created_us, changed_us"

static void read_account(struct en_query *q, struct en_arena *a, void *item)
{
    struct en_account *out = item;

    out->login = en_query_text(q, 0, a);
    out->role = en_query_text(q, 1, a);
    out->practitioner = en_query_text(q, 2, a);
    out->password = en_query_text(q, 3, a);
    out->totp_secret = en_query_text(q, 4, a);
    out->must_change = en_query_integer(q, 5) != 0;
    out->is_disabled = en_query_integer(q, 6) != 0;
    out->totp_is_on = en_query_integer(q, 7) != 0;
    out->totp_step = en_query_integer(q, 8);
    out->created_us = en_query_integer(q, 9);
    out->changed_us = en_query_integer(q, 10);
}

/* An arena that was full leaves texts out; half an account must never be used. */
static enum en_status check_account(const struct en_account *account, struct en_err *err)
{
    if (account->login == NULL || account->role == NULL || account->password == NULL ||
        account->totp_secret == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an account");
    }
    return EN_OK;
}

enum en_status en_tx_account_add(struct en_tx *tx, const struct en_account *account,
                                 struct en_err *err)
{
    int64_t changes = 0;

    EN_TRY(en_tx_change(
        tx,
        "INSERT INTO account (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " ON CONFLICT DO NOTHING",
        EN_BINDS(EN_BIND_TEXT(account->login), EN_BIND_TEXT(account->role),
                 EN_BIND_TEXT(account->practitioner), EN_BIND_TEXT(account->password),
                 EN_BIND_TEXT(account->totp_secret), EN_BIND_INTEGER(account->must_change),
                 EN_BIND_INTEGER(account->is_disabled), EN_BIND_INTEGER(account->totp_is_on),
                 EN_BIND_INTEGER(account->totp_step), EN_BIND_INTEGER(account->created_us),
                 EN_BIND_INTEGER(account->changed_us)),
        &changes, err));
    return changes == 1 ? EN_OK
                        : en_fail(err, EN_ECONFLICT, "there is an account with this login already");
}

enum en_status en_tx_account_get(struct en_tx *tx, const char *login, struct en_arena *a,
                                 struct en_account *out, struct en_err *err)
{
    *out = (struct en_account){0};
    EN_TRY(en_tx_ask_one(tx, "SELECT " COLUMNS " FROM account WHERE login = $1",
                         EN_BINDS(EN_BIND_TEXT(login)),
                         &(struct en_one){read_account, out, "there is no such account"}, a, err));
    return check_account(out, err);
}

enum en_status en_tx_account_list(struct en_tx *tx, struct en_arena *a, struct en_account **out,
                                  size_t *count, struct en_err *err)
{
    struct en_list list = {.item_size = sizeof **out, .max = EN_ACCOUNTS_MAX, .read = read_account};

    *out = NULL;
    *count = 0;
    EN_TRY(en_tx_ask_all(tx, "SELECT " COLUMNS " FROM account ORDER BY login", (struct en_binds){0},
                         a, &list, err));
    *out = list.items;
    for (size_t i = 0; i < list.count; i++) {
        EN_TRY(check_account(&(*out)[i], err));
    }
    *count = list.count;
    return EN_OK;
}

enum en_status en_tx_account_put(struct en_tx *tx, const struct en_account *account,
                                 struct en_err *err)
{
    int64_t changes = 0;

    EN_TRY(en_tx_change(
        tx,
        "UPDATE account SET role = $2, practitioner = $3, password = $4, totp_secret = $5,"
        " must_change = $6, is_disabled = $7, totp_is_on = $8, totp_step = $9, changed_us = $10"
        " WHERE login = $1",
        EN_BINDS(EN_BIND_TEXT(account->login), EN_BIND_TEXT(account->role),
                 EN_BIND_TEXT(account->practitioner), EN_BIND_TEXT(account->password),
                 EN_BIND_TEXT(account->totp_secret), EN_BIND_INTEGER(account->must_change),
                 EN_BIND_INTEGER(account->is_disabled), EN_BIND_INTEGER(account->totp_is_on),
                 EN_BIND_INTEGER(account->totp_step), EN_BIND_INTEGER(account->changed_us)),
        &changes, err));
    return changes == 1 ? EN_OK : en_fail(err, EN_ENOTFOUND, "there is no such account");
}

enum en_status en_tx_recovery_set(struct en_tx *tx, const char *login, const char *const *hashes,
                                  size_t count, struct en_err *err)
{
    EN_TRY(en_tx_change(tx, "DELETE FROM recovery WHERE login = $1", EN_BINDS(EN_BIND_TEXT(login)),
                        NULL, err));
    for (size_t i = 0; i < count; i++) {
        EN_TRY(en_tx_change(tx, "INSERT INTO recovery (login, hash) VALUES ($1, $2)",
                            EN_BINDS(EN_BIND_TEXT(login), EN_BIND_TEXT(hashes[i])), NULL, err));
    }
    return EN_OK;
}

enum en_status en_tx_recovery_take(struct en_tx *tx, const char *login, const char *hash,
                                   bool *is_taken, struct en_err *err)
{
    int64_t changes = 0;

    *is_taken = false;
    EN_TRY(en_tx_change(tx, "DELETE FROM recovery WHERE login = $1 AND hash = $2",
                        EN_BINDS(EN_BIND_TEXT(login), EN_BIND_TEXT(hash)), &changes, err));
    *is_taken = changes == 1;
    return EN_OK;
}

static void read_attempt(struct en_query *q, struct en_arena *a, void *item)
{
    struct en_attempt *out = item;

    (void)a;
    *out = (struct en_attempt){.failed = en_query_integer(q, 0),
                               .last_us = en_query_integer(q, 1),
                               .locked_until_us = en_query_integer(q, 2)};
}

enum en_status en_tx_attempt_get(struct en_tx *tx, const char *key, struct en_attempt *out,
                                 struct en_err *err)
{
    *out = (struct en_attempt){0};
    const enum en_status st =
        en_tx_ask_one(tx, "SELECT failed, last_us, locked_until_us FROM attempt WHERE key = $1",
                      EN_BINDS(EN_BIND_TEXT(key)),
                      &(struct en_one){read_attempt, out, "nothing failed"}, NULL, err);

    return st == EN_ENOTFOUND ? EN_OK : st;
}

enum en_status en_tx_attempt_put(struct en_tx *tx, const char *key,
                                 const struct en_attempt *attempt, struct en_err *err)
{
    if (attempt->failed == 0) {
        return en_tx_change(tx, "DELETE FROM attempt WHERE key = $1", EN_BINDS(EN_BIND_TEXT(key)),
                            NULL, err);
    }
    return en_tx_change(
        tx,
        "INSERT INTO attempt (key, failed, last_us, locked_until_us) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (key) DO UPDATE SET failed = excluded.failed, last_us = excluded.last_us,"
        " locked_until_us = excluded.locked_until_us",
        EN_BINDS(EN_BIND_TEXT(key), EN_BIND_INTEGER(attempt->failed),
                 EN_BIND_INTEGER(attempt->last_us), EN_BIND_INTEGER(attempt->locked_until_us)),
        NULL, err);
}

static void read_text(struct en_query *q, struct en_arena *a, void *item)
{
    const char **out = item;

    *out = en_query_text(q, 0, a);
}

enum en_status en_tx_secret_find(struct en_tx *tx, const char *name, struct en_arena *a,
                                 const char **out, struct en_err *err)
{
    struct en_err missing = {""};

    *out = NULL;
    const enum en_status st =
        en_tx_ask_one(tx, "SELECT value FROM secret WHERE name = $1", EN_BINDS(EN_BIND_TEXT(name)),
                      &(struct en_one){read_text, out, "none"}, a, &missing);

    if (st != EN_OK) {
        return st == EN_ENOTFOUND ? EN_OK : en_fail(err, st, "%s", missing.text);
    }
    return *out == NULL ? en_fail(err, EN_ENOMEM, "no memory for a secret") : EN_OK;
}

enum en_status en_tx_secret(struct en_tx *tx, const char *name, const char *made,
                            struct en_arena *a, const char **out, struct en_err *err)
{
    *out = NULL;
    EN_TRY(en_tx_change(tx,
                        "INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                        EN_BINDS(EN_BIND_TEXT(name), EN_BIND_TEXT(made)), NULL, err));
    EN_TRY(
        en_tx_ask_one(tx, "SELECT value FROM secret WHERE name = $1", EN_BINDS(EN_BIND_TEXT(name)),
                      &(struct en_one){read_text, out, "a secret of the clinic is gone"}, a, err));
    return *out == NULL ? en_fail(err, EN_ENOMEM, "no memory for a secret") : EN_OK;
}
