/* SPDX-License-Identifier: Apache-2.0
 * server/auth_session: logging in and out, and changing the own password. */
#include "base/log.h"
#include "base/text.h"
#include "fhir/writer.h"
#include "server/attempt.h"
#include "server/auth.h"
#include "server/metrics.h"
#include "server/totp.h"

#include <string.h>

static const int64_t SECOND_US = 1000000;

enum { NAME_MAX_BYTES = 200, CODE_MAX = 64, NEW_MAX = 1024 };

/* One try to log in, through its works. */
struct entry {
    struct en_server *server;
    const struct en_http_request *rq;
    const char *name, *code;
    const char *old_hash; /* of the session that the browser still had; NULL none */
    struct en_try try;
    struct en_account account;
    const char *verified; /* hash that the password was looked at with; NULL: no account */
    bool has_account, is_password_right;
    /* What came of it: NULL it is in; else why not, for the audit trail alone. */
    const char *fault;
    struct en_pass pass;
    int64_t expires_us;
};

static enum en_status audit_login(struct en_tx *tx, const struct entry *e, const char *subtype,
                                  int outcome, const char *detail, struct en_err *err)
{
    /* Who is no account is not named: it may be a password that slipped into the wrong field. */
    struct en_audit audit = {.action = 'E',
                             .subtype = subtype,
                             .outcome = outcome,
                             .agent = e->has_account ? e->account.login : "unknown",
                             .role = e->has_account ? e->account.role : "none",
                             .detail = detail};

    en_audit_of(e->rq, &audit);
    return en_tx_audit(tx, &audit, err);
}

/* Before the password is looked at: count the try, find the account. */
static enum en_status enter_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct entry *e = context;

    EN_TRY(en_tx_try_begin(tx, &e->try, e->rq->now_us, err));
    const enum en_status st = en_tx_account_get(tx, e->name, e->rq->arena, &e->account, err);

    if (st != EN_OK && st != EN_ENOTFOUND) {
        return st;
    }
    e->has_account = st == EN_OK;
    if (e->try.wait_s > 0) {
        return audit_login(tx, e, "login", 4, "must wait", err);
    }
    return EN_OK;
}

enum en_status en_tx_auth_code(struct en_tx *tx, struct en_account *account, const char *code,
                               int64_t now_us, bool *is_right, struct en_err *err)
{
    char hash[EN_TOKEN_HASH];
    const int64_t step =
        en_totp_check(account->totp_secret, code, now_us / SECOND_US, account->totp_step);

    *is_right = step >= 0;
    if (*is_right) {
        account->totp_step = step;
        return en_tx_account_put(tx, account, err);
    }
    if (en_text_is_empty(code)) {
        return EN_OK;
    }
    en_token_hash("recovery", code, hash);
    return en_tx_recovery_take(tx, account->login, hash, is_right, err);
}

/* Why the account cannot come in; NULL: it can. It is read anew: it may have changed while the
 * password was looked at. */
static enum en_status judge(struct en_tx *tx, struct entry *e, struct en_err *err)
{
    bool is_code_right = true;

    e->fault = e->verified == NULL ? "no such account" : !e->is_password_right ? "password" : NULL;
    if (e->fault != NULL) {
        return EN_OK;
    }
    const enum en_status st = en_tx_account_get(tx, e->name, e->rq->arena, &e->account, err);

    if (st != EN_OK && st != EN_ENOTFOUND) {
        return st;
    }
    if (st == EN_ENOTFOUND || !en_text_equal(e->account.password, e->verified)) {
        e->fault = "password";
    } else if (e->account.is_disabled) {
        e->fault = "disabled";
    } else if (e->account.totp_is_on) {
        EN_TRY(en_tx_auth_code(tx, &e->account, e->code, e->rq->now_us, &is_code_right, err));
        e->fault = is_code_right ? NULL : "code";
    }
    return EN_OK;
}

static enum en_status let_in(struct en_tx *tx, struct entry *e, struct en_err *err)
{
    const struct en_login *l = e->server->login;

    e->expires_us = e->rq->now_us + l->options.session_s * SECOND_US;
    EN_TRY(en_tx_try_succeeded(tx, &e->try, err));
    if (e->old_hash != NULL) {
        EN_TRY(en_tx_session_end(tx, e->old_hash, err));
    }
    EN_TRY(en_tx_pass_add(tx, &e->pass,
                          &(struct en_login_session){.kind = "account",
                                                     .subject = e->account.login,
                                                     .created_us = e->rq->now_us,
                                                     .expires_us = e->expires_us},
                          err));
    EN_TRY(en_tx_tidy(tx, e->rq->now_us, err));
    return audit_login(tx, e, "login", 0, NULL, err);
}

static enum en_status settle_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct entry *e = context;

    EN_TRY(judge(tx, e, err));
    if (e->fault == NULL) {
        return let_in(tx, e, err);
    }
    EN_TRY(audit_login(tx, e, "login", 8, e->fault, err));
    return e->try.is_locked_now ? audit_login(tx, e, "lockout", 8, "too many failures", err)
                                : EN_OK;
}

static enum en_status undo_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct entry *e = context;

    return en_tx_try_undo(tx, &e->try, err);
}

/* The password's hash is computed outside of any transaction, for a name without an account as
 * well: nobody can tell by the time whether there is one. */
static enum en_status try_in(struct entry *e, const char *password, struct en_err *err)
{
    struct en_login *l = e->server->login;

    EN_TRY(en_store_write(l->store, enter_work, e, err));
    if (e->try.wait_s > 0) {
        return EN_OK;
    }
    e->verified = e->has_account ? e->account.password : NULL;
    const enum en_status st =
        en_password_verify(l->passwords, e->verified, password, &e->is_password_right, err);

    if (st == EN_OK) {
        return en_store_write(l->store, settle_work, e, err);
    }
    if (en_store_write(l->store, undo_work, e, NULL) != EN_OK) {
        en_log_event(e->server->log, EN_LOG_WARNING, "try-not-undone", e->rq->id, NULL);
    }
    return st;
}

enum en_status en_auth_me(const struct en_server *s, const struct en_caller *caller,
                          const struct en_account *account, int64_t expires_us,
                          struct en_http_response *rs, struct en_err *err)
{
    struct en_writer w = en_auth_writer(rs);

    en_write_text(&w, "login", caller->login);
    en_write_text(&w, "role", en_role_name(caller->role));
    en_write_text(&w, "practitioner", caller->practitioner);
    en_write_text(&w, "patient", caller->patient);
    en_write_text(&w, "scopes", caller->scopes);
    en_write_text(&w, "csrf", caller->csrf);
    en_write_bool(&w, "must_change_password", caller->must_change_password);
    if (account != NULL) {
        en_write_bool(&w, "second_factor", account->totp_is_on);
    }
    if (caller->csrf != NULL) {
        en_write_integer(&w, "idle_s", s->login->options.idle_s);
    }
    if (expires_us > 0) {
        en_write_integer(&w, "ends_s", expires_us / SECOND_US);
    }
    if (s->options.is_demo) {
        en_write_bool(&w, "is_demo", true);
    }
    if (s->options.today != EN_DAY_UNKNOWN) {
        char day[EN_DATE_TEXT_MAX];

        en_write_text(&w, "today", en_date_text(s->options.today, day));
    }
    return en_auth_end(&w, err);
}

/* The new session as it will be seen at the next request. */
static enum en_status answer_in(const struct entry *e, struct en_http_response *rs,
                                struct en_err *err)
{
    struct en_caller caller = {.login = e->account.login,
                               .practitioner = e->account.practitioner,
                               .csrf = e->pass.csrf,
                               .must_change_password = e->account.must_change};

    if (!en_role_of(e->account.role, &caller.role)) {
        return en_fail(err, EN_EBUG, "an account has a role that does not exist");
    }
    en_pass_cookie(e->rq, rs, e->pass.token, e->server->login->options.session_s);
    return en_auth_me(e->server, &caller, &e->account, e->expires_us, rs, err);
}

/* Hash of the token that the browser still has: that session ends with a new login, so nobody can
 * put a session of their own under somebody else's login. */
static const char *old_session(const struct en_http_request *rq)
{
    const char *token = en_pass_of(rq);
    char *hash = en_text_is_empty(token) ? NULL : EN_NEW(rq->arena, char, EN_TOKEN_HASH);

    if (hash != NULL) {
        en_token_hash("session", token, hash);
    }
    return hash;
}

enum en_status en_auth_login(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"login", EN_AUTH_TEXT, true, NAME_MAX_BYTES},
        {"password", EN_AUTH_TEXT, true, EN_PASSWORD_MAX},
        {"code", EN_AUTH_TEXT, false, CODE_MAX},
    };
    struct en_auth_value v[EN_COUNT(FIELDS)];
    bool is_answered = false;

    EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    struct entry e = {.server = s,
                      .rq = rq,
                      .name = en_staff_name(v[0].text, rq->arena),
                      .code = v[2].text,
                      .old_hash = old_session(rq)};

    if (e.name == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the login");
    }
    en_try_of(rq, e.name, &e.try);
    en_pass_make(&e.pass);
    EN_TRY(try_in(&e, v[1].text, err));
    if (e.try.wait_s > 0) {
        en_metrics_add(s->metrics, EN_METRIC_LOGINS_FAILED, 1);
        en_auth_wait(rq, rs, e.try.wait_s);
        return EN_OK;
    }
    if (e.fault != NULL) {
        en_metrics_add(s->metrics, EN_METRIC_LOGINS_FAILED, 1);
        return en_refuse(rs, 401, "login", "login, password or code is wrong");
    }
    en_metrics_add(s->metrics, EN_METRIC_LOGINS, 1);
    if (e.old_hash != NULL) {
        en_login_forget(s->login, e.old_hash);
    }
    return answer_in(&e, rs, err);
}

struct leaving {
    const struct en_http_request *rq;
    bool is_everywhere;
};

static enum en_status logout_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct leaving *l = context;
    struct en_audit audit = {
        .action = 'E', .subtype = "logout", .detail = l->is_everywhere ? "everywhere" : NULL};

    en_audit_of(l->rq, &audit);
    EN_TRY(en_tx_session_end(tx, l->rq->caller.session, err));
    if (l->is_everywhere) {
        EN_TRY(en_tx_session_end_all(tx, "account", l->rq->caller.login, err));
    }
    return en_tx_audit(tx, &audit, err);
}

enum en_status en_auth_logout(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {{"everywhere", EN_AUTH_FLAG, false, 0}};
    struct en_auth_value v[EN_COUNT(FIELDS)] = {{0}};
    bool is_answered = false;

    if (rq->body_size > 0) {
        EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    }
    if (is_answered) {
        return EN_OK;
    }
    /* A service and a link have a session alone. */
    struct leaving l = {.rq = rq, .is_everywhere = v[0].flag && rq->caller.role < EN_ROLE_SERVICE};

    EN_TRY(en_store_write(s->store, logout_work, &l, err));
    en_login_forget(s->login, l.is_everywhere ? NULL : rq->caller.session);
    if (rq->caller.csrf != NULL) {
        en_pass_clear(rq, rs);
    }
    rs->status = 204;
    return EN_OK;
}

enum en_status en_auth_get_me(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    struct en_account account;
    bool is_answered = false;

    if (rq->caller.role >= EN_ROLE_SERVICE) {
        return en_auth_me(s, &rq->caller, NULL, 0, rs, err);
    }
    EN_TRY(en_auth_account(s, rq, rs, true, &account, &is_answered, err));
    return is_answered ? EN_OK : en_auth_me(s, &rq->caller, &account, 0, rs, err);
}

enum en_status en_auth_confirm(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, const struct en_account *account,
                               const char *password, bool *is_answered, struct en_err *err)
{
    struct entry e = {.server = s, .rq = rq, .name = account->login};

    *is_answered = true;
    en_try_of(rq, e.name, &e.try);
    EN_TRY(en_store_write(s->store, enter_work, &e, err));
    if (e.try.wait_s > 0) {
        en_auth_wait(rq, rs, e.try.wait_s);
        return EN_OK;
    }
    const enum en_status st = en_password_verify(s->login->passwords, account->password, password,
                                                 &e.is_password_right, err);

    if (st != EN_OK || e.is_password_right) {
        EN_TRY(en_store_write(s->store, undo_work, &e, st == EN_OK ? err : NULL));
        *is_answered = false;
        return st;
    }
    EN_TRY(en_server_audit(
        s, rq,
        (struct en_audit){.action = 'E', .subtype = "password", .outcome = 8, .detail = "wrong"},
        err));
    return en_refuse(rs, 403, "login", "this is not your present password");
}

/* The new password in place of the old one; the session starts anew, all others end. */
struct change {
    const struct en_http_request *rq;
    const struct en_account *verified;
    const char *hash;
    struct en_pass pass;
    struct en_account account;
    int64_t expires_us;
};

static enum en_status change_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct change *c = context;
    struct en_audit audit = {.action = 'U', .subtype = "password", .entity_type = "Account"};

    EN_TRY(en_tx_account_get(tx, c->verified->login, c->rq->arena, &c->account, err));
    if (!en_text_equal(c->account.password, c->verified->password) || c->account.is_disabled) {
        return en_fail(err, EN_ECONFLICT, "the account changed meanwhile: log in again");
    }
    c->account.password = c->hash;
    c->account.must_change = false;
    c->account.changed_us = c->rq->now_us;
    EN_TRY(en_tx_account_put(tx, &c->account, err));
    EN_TRY(en_tx_session_end_all(tx, "account", c->account.login, err));
    EN_TRY(en_tx_pass_add(tx, &c->pass,
                          &(struct en_login_session){.kind = "account",
                                                     .subject = c->account.login,
                                                     .created_us = c->rq->now_us,
                                                     .expires_us = c->expires_us},
                          err));
    en_audit_of(c->rq, &audit);
    audit.entity_id = c->account.login;
    return en_tx_audit(tx, &audit, err);
}

static enum en_status check_new(const struct en_http_request *rq, struct en_http_response *rs,
                                const struct en_auth_value *v, bool *is_answered)
{
    struct en_err err = {""};

    *is_answered = true;
    if (en_text_equal(v[0].text, v[1].text)) {
        return en_refuse(rs, 400, "business-rule", "the new password must be another one");
    }
    if (en_password_check(rq->caller.login, v[1].text, &err) != EN_OK) {
        return en_refuse(rs, 400, "business-rule", "%s", err.text);
    }
    *is_answered = false;
    return EN_OK;
}

enum en_status en_auth_password(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"current", EN_AUTH_TEXT, true, EN_PASSWORD_MAX},
        {"new", EN_AUTH_TEXT, true, NEW_MAX},
    };
    struct en_auth_value v[EN_COUNT(FIELDS)];
    struct en_account account;
    char hash[EN_PASSWORD_HASH];
    bool is_answered = false;

    EN_TRY(en_auth_account(s, rq, rs, true, &account, &is_answered, err));
    if (!is_answered) {
        EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    }
    if (!is_answered) {
        EN_TRY(en_auth_confirm(s, rq, rs, &account, v[0].text, &is_answered, err));
    }
    if (!is_answered) {
        EN_TRY(check_new(rq, rs, v, &is_answered));
    }
    if (is_answered) {
        return EN_OK;
    }
    EN_TRY(en_password_hash(s->login->passwords, v[1].text, hash, err));
    struct change c = {.rq = rq,
                       .verified = &account,
                       .hash = hash,
                       .expires_us = rq->now_us + s->login->options.session_s * SECOND_US};

    en_pass_make(&c.pass);
    EN_TRY(en_store_write(s->store, change_work, &c, err));
    en_login_forget(s->login, NULL);
    return answer_in(&(struct entry){.server = s,
                                     .rq = rq,
                                     .account = c.account,
                                     .pass = c.pass,
                                     .expires_us = c.expires_us},
                     rs, err);
}
