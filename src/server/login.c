/* SPDX-License-Identifier: Apache-2.0 */
#include "server/login.h"

#include "base/clock.h"
#include "server/deidentify.h"
#include "server/login_inside.h"

#include <sodium.h>
#include <string.h>

enum { IDLE_S = 1800, SESSION_S = 43200, PATIENT_S = 7200, TOKEN_S = 300, CACHE_S = 2 };
enum { CACHE_SLOTS = 2048, ACCOUNTS_ARENA = 8 << 20 };

static int or_default(int value, int other)
{
    return value > 0 ? value : other;
}

/* What the first start does in one work. */
struct first {
    struct en_login *login;
    char secret[2 * EN_LOGIN_KEY + 1];
    struct en_account owner;
    bool is_made;
    struct en_arena arena;
};

static enum en_status first_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct first *f = context;
    struct en_account *all = NULL;
    const char *secret = NULL;
    size_t count = 0, size = 0;

    f->is_made = false;
    EN_TRY(en_tx_secret(tx, "clinic", f->secret, &f->arena, &secret, err));
    if (sodium_hex2bin(f->login->secret, sizeof f->login->secret, secret, strlen(secret), NULL,
                       &size, NULL) != 0 ||
        size != EN_LOGIN_KEY) {
        return en_fail(err, EN_EBUG, "the clinic's secret in the database is damaged");
    }
    EN_TRY(en_tx_account_list(tx, &f->arena, &all, &count, err));
    if (count > 0) {
        return EN_OK;
    }
    EN_TRY(en_tx_account_add(tx, &f->owner, err));
    f->is_made = true;
    return en_tx_audit(tx,
                       &(struct en_audit){.action = 'C',
                                          .subtype = "account",
                                          .agent = "enthesis",
                                          .entity_type = "Account",
                                          .entity_id = "owner",
                                          .detail = "made at the first start"},
                       err);
}

static enum en_status begin(struct en_login *l, FILE *notice, struct en_err *err)
{
    unsigned char secret[EN_LOGIN_KEY];
    char password[EN_PASSWORD_RANDOM], hash[EN_PASSWORD_HASH];
    struct first f = {.login = l, .arena = EN_ARENA(ACCOUNTS_ARENA)};

    randombytes_buf(secret, sizeof secret);
    (void)sodium_bin2hex(f.secret, sizeof f.secret, secret, sizeof secret);
    en_password_random(password);
    /* Hashed in any case: 70 ms at a start are nothing, and there is one way only. */
    EN_TRY(en_password_hash(l->passwords, password, hash, err));
    f.owner = (struct en_account){.login = "owner",
                                  .role = "owner",
                                  .password = hash,
                                  .totp_secret = "",
                                  .must_change = true,
                                  .created_us = en_clock_us(),
                                  .changed_us = en_clock_us()};
    const enum en_status st = en_store_write(l->store, first_work, &f, err);

    en_arena_free(&f.arena);
    if (st == EN_OK && f.is_made && notice != NULL) {
        (void)fprintf(notice,
                      "First start: log in as \"owner\" with the password %s\n"
                      "It is shown this once, and must be changed at the first login.\n",
                      password);
        (void)fflush(notice);
    }
    sodium_memzero(password, sizeof password);
    return st;
}

enum en_status en_login_open(struct en_store *store, const struct en_login_options *options,
                             FILE *notice, struct en_arena *a, struct en_login **out,
                             struct en_err *err)
{
    struct en_login *l = EN_NEW(a, struct en_login, 1);

    *out = NULL;
    if (l == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the sessions");
    }
    l->store = store;
    l->options = *options;
    l->options.idle_s = or_default(options->idle_s, IDLE_S);
    l->options.session_s = or_default(options->session_s, SESSION_S);
    l->options.patient_s = or_default(options->patient_s, PATIENT_S);
    l->options.token_s = or_default(options->token_s, TOKEN_S);
    l->options.cache_s = or_default(options->cache_s, CACHE_S);
    EN_TRY(en_passwords_open(&options->passwords, a, &l->passwords, err));
    enum en_status st = en_cache_open(CACHE_SLOTS, sizeof(struct en_known), &l->cache, err);

    if (st == EN_OK) {
        st = begin(l, notice, err);
    }
    if (st != EN_OK) {
        en_login_close(l);
        return st;
    }
    *out = l;
    return EN_OK;
}

void en_login_close(struct en_login *l)
{
    if (l != NULL) {
        en_cache_close(l->cache);
        en_passwords_close(l->passwords);
        sodium_memzero(l->secret, sizeof l->secret);
    }
}

struct defaults {
    struct en_arena arena;
    bool is_default;
};

static enum en_status default_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct defaults *d = context;
    struct en_account *all = NULL;
    size_t count = 0;

    d->is_default = true;
    EN_TRY(en_tx_account_list(tx, &d->arena, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        d->is_default &= strcmp(all[i].role, "owner") != 0 || all[i].must_change;
    }
    return EN_OK;
}

enum en_status en_login_is_default(struct en_login *l, bool *is_default, struct en_err *err)
{
    struct defaults d = {.arena = EN_ARENA(ACCOUNTS_ARENA)};
    const enum en_status st = en_store_read(l->store, default_work, &d, err);

    *is_default = st != EN_OK || d.is_default;
    en_arena_free(&d.arena);
    return st;
}

void en_login_key(const struct en_login *l, const char *purpose, unsigned char out[EN_LOGIN_KEY])
{
    (void)crypto_generichash(out, EN_LOGIN_KEY, (const unsigned char *)purpose, strlen(purpose),
                             l->secret, sizeof l->secret);
}

uint64_t en_login_hashes(const struct en_login *l)
{
    return en_password_count(l->passwords);
}

void en_login_forget(struct en_login *l, const char *hash)
{
    if (hash == NULL) {
        en_cache_clear(l->cache);
    } else {
        en_cache_drop(l->cache, hash);
    }
}

struct en_deidentify en_server_deidentify(const struct en_server *s,
                                          const struct en_http_request *rq)
{
    struct en_deidentify d = {.r4 = s->r4, .today = rq->today};

    _Static_assert(sizeof d.key == EN_LOGIN_KEY, "a derived key is a key of pseudonyms");
    en_login_key(s->login, "pseudonyms", d.key);
    return d;
}
