/* SPDX-License-Identifier: Apache-2.0
 * server/auth_totp: a second factor for the own account: begin, confirm with a code, turn off. */
#include "base/text.h"
#include "fhir/writer.h"
#include "server/attempt.h"
#include "server/auth.h"
#include "server/totp.h"

#include <string.h>

enum { RECOVERY_CODES = 10, CODE_MAX = 64 };

/* One change of the second factor. */
struct factor {
    const struct en_http_request *rq;
    const char *verified; /* hash of the password that was shown; NULL: none was */
    const char *secret, *code;
    const char *hashes[RECOVERY_CODES];
    struct en_pass pass;
    int64_t expires_us;
    /* Out. */
    struct en_account account;
    bool is_right, was_on;
};

static enum en_status read_account(struct en_tx *tx, struct factor *f, struct en_err *err)
{
    EN_TRY(en_tx_account_get(tx, f->rq->caller.login, f->rq->arena, &f->account, err));
    if (f->account.is_disabled ||
        (f->verified != NULL && !en_text_equal(f->verified, f->account.password))) {
        return en_fail(err, EN_ECONFLICT, "the account changed meanwhile: log in again");
    }
    f->was_on = f->account.totp_is_on;
    return EN_OK;
}

static enum en_status audit(struct en_tx *tx, const struct factor *f, int outcome,
                            const char *detail, struct en_err *err)
{
    struct en_audit entry = {.action = 'U',
                             .subtype = "second-factor",
                             .outcome = outcome,
                             .entity_type = "Account",
                             .entity_id = f->account.login,
                             .detail = detail};

    en_audit_of(f->rq, &entry);
    return en_tx_audit(tx, &entry, err);
}

static enum en_status begin_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct factor *f = context;

    EN_TRY(read_account(tx, f, err));
    if (f->was_on) {
        return EN_OK; /* the one that works is not given up for one that may not */
    }
    f->account.totp_secret = f->secret;
    f->account.totp_step = 0;
    EN_TRY(en_tx_account_put(tx, &f->account, err));
    return audit(tx, f, 0, "begun", err);
}

enum en_status en_auth_totp_begin(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"password", EN_AUTH_TEXT, true, EN_PASSWORD_MAX}};
    struct en_auth_value v[EN_COUNT(FIELDS)];
    struct en_account account;
    char secret[EN_TOTP_SECRET_TEXT];
    bool is_answered = false;

    EN_TRY(en_auth_account(s, rq, rs, false, &account, &is_answered, err));
    if (!is_answered) {
        EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    }
    if (!is_answered) {
        EN_TRY(en_auth_confirm(s, rq, rs, &account, v[0].text, &is_answered, err));
    }
    if (is_answered) {
        return EN_OK;
    }
    en_totp_secret(secret);
    struct factor f = {.rq = rq, .verified = account.password, .secret = secret};

    EN_TRY(en_store_write(s->store, begin_work, &f, err));
    if (f.was_on) {
        return en_refuse(rs, 409, "conflict", "the second factor is on: turn it off first");
    }
    struct en_writer w = en_auth_writer(rs);

    en_write_text(&w, "secret", secret);
    en_write_text(&w, "uri", en_totp_uri(account.login, secret, rq->arena));
    return en_auth_end(&w, err);
}

/* Confirmed: on, with new recovery codes; the session starts anew, all others end. */
static enum en_status confirm_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct factor *f = context;

    EN_TRY(read_account(tx, f, err));
    const int64_t step = en_totp_check(f->account.totp_secret, f->code, f->rq->now_us / 1000000,
                                       f->account.totp_step);

    f->is_right = !f->was_on && step >= 0;
    if (!f->is_right) {
        return audit(tx, f, 8, "wrong code", err);
    }
    f->account.totp_step = step;
    f->account.totp_is_on = true;
    EN_TRY(en_tx_account_put(tx, &f->account, err));
    EN_TRY(en_tx_recovery_set(tx, f->account.login, f->hashes, RECOVERY_CODES, err));
    EN_TRY(en_tx_session_end_all(tx, "account", f->account.login, err));
    EN_TRY(en_tx_pass_add(tx, &f->pass,
                          &(struct en_login_session){.kind = "account",
                                                     .subject = f->account.login,
                                                     .created_us = f->rq->now_us,
                                                     .expires_us = f->expires_us},
                          err));
    return audit(tx, f, 0, "on", err);
}

enum en_status en_auth_totp_confirm(struct en_server *s, const struct en_http_request *rq,
                                    struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {{"code", EN_AUTH_TEXT, true, CODE_MAX}};
    struct en_auth_value v[EN_COUNT(FIELDS)];
    struct en_account account;
    char codes[RECOVERY_CODES][EN_PASSWORD_RANDOM], hashes[RECOVERY_CODES][EN_TOKEN_HASH];
    bool is_answered = false;

    EN_TRY(en_auth_account(s, rq, rs, false, &account, &is_answered, err));
    if (!is_answered) {
        EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    }
    if (is_answered) {
        return EN_OK;
    }
    struct factor f = {.rq = rq,
                       .code = v[0].text,
                       .expires_us = rq->now_us + s->login->options.session_s * INT64_C(1000000)};

    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        en_password_random(codes[i]);
        en_token_hash("recovery", codes[i], hashes[i]);
        f.hashes[i] = hashes[i];
    }
    en_pass_make(&f.pass);
    EN_TRY(en_store_write(s->store, confirm_work, &f, err));
    if (!f.is_right) {
        return en_refuse(rs, 409, "conflict",
                         "the code is not of the secret that was begun: check the app's clock, or "
                         "begin anew");
    }
    en_login_forget(s->login, NULL);
    en_pass_cookie(rq, rs, f.pass.token, s->login->options.session_s);
    const char *csrf = en_arena_copy(rq->arena, f.pass.csrf, SIZE_MAX);
    struct en_writer w = en_auth_writer(rs);

    en_write_text(&w, "csrf", csrf);
    en_write_open(&w, "recovery_codes", '[');
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        en_write_text(&w, NULL, codes[i]);
    }
    en_write_close(&w);
    return en_auth_end(&w, err);
}

static enum en_status off_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct factor *f = context;

    EN_TRY(read_account(tx, f, err));
    f->is_right = !f->was_on;
    if (f->was_on) {
        EN_TRY(en_tx_auth_code(tx, &f->account, f->code, f->rq->now_us, &f->is_right, err));
    }
    if (!f->is_right) {
        struct en_try guess;

        /* SAFETY: with a stolen session and password the code is all that is left to guess. */
        en_try_of(f->rq, f->account.login, &guess);
        EN_TRY(en_tx_try_begin(tx, &guess, f->rq->now_us, err));
        return audit(tx, f, 8, "wrong code", err);
    }
    f->account.totp_secret = "";
    f->account.totp_is_on = false;
    EN_TRY(en_tx_account_put(tx, &f->account, err));
    EN_TRY(en_tx_recovery_set(tx, f->account.login, NULL, 0, err));
    return audit(tx, f, 0, "off", err);
}

enum en_status en_auth_totp_off(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {{"password", EN_AUTH_TEXT, true, EN_PASSWORD_MAX},
                                                  {"code", EN_AUTH_TEXT, true, CODE_MAX}};
    struct en_auth_value v[EN_COUNT(FIELDS)];
    struct en_account account;
    bool is_answered = false;

    EN_TRY(en_auth_account(s, rq, rs, false, &account, &is_answered, err));
    if (!is_answered) {
        EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    }
    if (!is_answered) {
        EN_TRY(en_auth_confirm(s, rq, rs, &account, v[0].text, &is_answered, err));
    }
    if (is_answered) {
        return EN_OK;
    }
    struct factor f = {.rq = rq, .verified = account.password, .code = v[1].text};

    EN_TRY(en_store_write(s->store, off_work, &f, err));
    if (!f.is_right) {
        return en_refuse(rs, 403, "login", "the code is wrong, or was used before");
    }
    rs->status = 204;
    return EN_OK;
}
