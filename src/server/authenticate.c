/* SPDX-License-Identifier: Apache-2.0
 * server/authenticate: from cookie or Authorization to who asks. */
#include "base/clock.h"
#include "base/text.h"
#include "server/login_inside.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* How exact the time of the last use is in the database: a write per minute and session. */
enum { SEEN_STEP_S = 60, SESSION_ARENA = 64 << 10 };

static const int64_t SECOND_US = 1000000;

void en_pass_make(struct en_pass *out)
{
    en_token_make(out->token);
    en_token_hash("session", out->token, out->hash);
    en_token_make(out->csrf);
}

enum en_status en_tx_pass_add(struct en_tx *tx, const struct en_pass *pass,
                              const struct en_login_session *of, struct en_err *err)
{
    struct en_login_session session = *of;

    session.hash = pass->hash;
    session.csrf = strcmp(of->kind, "client") == 0 ? NULL : pass->csrf;
    session.seen_us = session.created_us;
    return en_tx_session_add(tx, &session, err);
}

/* The prefix makes browsers insist on Secure and on this host alone. */
static const char *cookie_name(const struct en_http_request *rq)
{
    return rq->is_tls ? "__Host-enthesis" : "enthesis";
}

void en_pass_cookie(const struct en_http_request *rq, struct en_http_response *rs,
                    const char *token, int64_t life_s)
{
    const char *value =
        en_arena_print(rq->arena, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
                       cookie_name(rq), token, (long long)life_s, rq->is_tls ? "; Secure" : "");

    if (value != NULL) {
        en_http_add_header(rs, "Set-Cookie", value);
    }
}

void en_pass_clear(const struct en_http_request *rq, struct en_http_response *rs)
{
    en_pass_cookie(rq, rs, "", 0);
}

const char *en_pass_of(const struct en_http_request *rq)
{
    return en_http_cookie(rq, cookie_name(rq));
}

/* What a lookup needs and gives. */
struct lookup {
    const char *hash;
    struct en_arena *arena;
    struct en_known *out;
    bool is_there;
};

/* Short texts of the database; one that does not fit was not written by us. */
static bool keep(char *out, size_t room, const char *text)
{
    const size_t size = text == NULL ? 0 : strlen(text);

    if (size >= room) {
        return false;
    }
    memcpy(out, text == NULL ? "" : text, size);
    out[size] = '\0';
    return true;
}

static enum en_status know_account(struct en_tx *tx, const struct en_login_session *session,
                                   struct lookup *l, struct en_err *err)
{
    struct en_account account;
    const enum en_status st = en_tx_account_get(tx, session->subject, l->arena, &account, err);

    if (st != EN_OK) {
        return st == EN_ENOTFOUND ? EN_OK : st;
    }
    l->out->must_change = account.must_change;
    l->is_there = !account.is_disabled && en_role_of(account.role, &l->out->role) &&
                  l->out->role < EN_ROLE_SERVICE &&
                  keep(l->out->login, sizeof l->out->login, account.login) &&
                  keep(l->out->practitioner, sizeof l->out->practitioner, account.practitioner);
    return EN_OK;
}

/* A service that was disabled, or lost scopes, meanwhile has them no more. */
static enum en_status know_client(struct en_tx *tx, const struct en_login_session *session,
                                  struct lookup *l, struct en_err *err)
{
    struct en_client client;
    const enum en_status st = en_tx_client_get(tx, session->subject, l->arena, &client, err);

    if (st != EN_OK) {
        return st == EN_ENOTFOUND ? EN_OK : st;
    }
    (void)snprintf(l->out->login, sizeof l->out->login, "client:%.63s", client.id);
    l->out->role = EN_ROLE_SERVICE;
    l->out->is_bearer = true;
    l->is_there = !client.is_disabled && session->scopes != NULL &&
                  en_scopes_within(session->scopes, client.scopes) &&
                  keep(l->out->scopes, sizeof l->out->scopes, session->scopes);
    return EN_OK;
}

static void know_link(const struct en_login_session *session, struct lookup *l)
{
    (void)snprintf(l->out->login, sizeof l->out->login, "link:%.*s", EN_TOKEN_SHORT,
                   session->subject);
    l->out->role = EN_ROLE_PATIENT;
    l->is_there = !en_text_is_empty(session->patient) &&
                  keep(l->out->patient, sizeof l->out->patient, session->patient);
}

static enum en_status lookup_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct lookup *l = context;
    struct en_login_session session;
    enum en_status st = en_tx_session_get(tx, l->hash, l->arena, &session, err);

    *l->out = (struct en_known){0};
    l->is_there = false;
    if (st != EN_OK) {
        return st == EN_ENOTFOUND ? EN_OK : st;
    }
    if (strcmp(session.kind, "account") == 0) {
        st = know_account(tx, &session, l, err);
    } else if (strcmp(session.kind, "client") == 0) {
        st = know_client(tx, &session, l, err);
    } else if (strcmp(session.kind, "link") == 0) {
        know_link(&session, l);
    }
    l->out->seen_us = session.seen_us;
    l->out->expires_us = session.expires_us;
    l->is_there &= keep(l->out->csrf, sizeof l->out->csrf, session.csrf) &&
                   (l->out->is_bearer || l->out->csrf[0] != '\0');
    return st;
}

static bool is_over(const struct en_login *l, const struct en_known *known, int64_t now_us)
{
    return now_us >= known->expires_us ||
           (!known->is_bearer && now_us - known->seen_us >= l->options.idle_s * SECOND_US);
}

/* From the memory or the database. */
static enum en_status find(struct en_login *l, const char *hash, struct en_known *out,
                           bool *is_found, struct en_err *err)
{
    const double now_s = en_clock_s();

    *is_found = en_cache_get(l->cache, hash, now_s, out);
    if (*is_found) {
        return EN_OK;
    }
    struct en_arena a = EN_ARENA(SESSION_ARENA);
    const uint64_t generation = en_cache_generation(l->cache);
    struct lookup look = {.hash = hash, .arena = &a, .out = out};
    const enum en_status st = en_store_read(l->store, lookup_work, &look, err);

    if (st == EN_OK && look.is_there) {
        *is_found = true;
        en_cache_put(l->cache, hash, out, now_s + l->options.cache_s, generation);
    }
    en_arena_free(&a);
    return st;
}

struct seen {
    const char *hash;
    int64_t us;
};

static enum en_status seen_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct seen *seen = context;

    return en_tx_session_seen(tx, seen->hash, seen->us, err);
}

/* Note that the session is in use, now and then. When that cannot be written now, the session ends
 * earlier, and nothing else. */
static void note_use(struct en_login *l, const char *hash, struct en_known *known, int64_t now_us)
{
    struct seen seen = {hash, now_us};

    if (known->is_bearer || now_us - known->seen_us < SEEN_STEP_S * SECOND_US) {
        return;
    }
    const uint64_t generation = en_cache_generation(l->cache);

    if (en_store_write(l->store, seen_work, &seen, NULL) == EN_OK) {
        known->seen_us = now_us;
        en_cache_put(l->cache, hash, known, en_clock_s() + l->options.cache_s, generation);
    }
}

static const char *or_null(struct en_arena *a, const char *text)
{
    return text[0] == '\0' ? NULL : en_arena_copy(a, text, SIZE_MAX);
}

static enum en_status fill(struct en_http_request *rq, const char *hash,
                           const struct en_known *known, struct en_err *err)
{
    struct en_caller *c = &rq->caller;

    c->role = known->role;
    c->must_change_password = known->must_change;
    c->login = or_null(rq->arena, known->login);
    c->practitioner = or_null(rq->arena, known->practitioner);
    c->patient = or_null(rq->arena, known->patient);
    c->scopes = or_null(rq->arena, known->scopes);
    c->csrf = known->is_bearer ? NULL : or_null(rq->arena, known->csrf);
    c->session = en_arena_copy(rq->arena, hash, SIZE_MAX);
    /* A patient's limit that went missing for want of memory would be no limit. */
    if (c->login == NULL || c->session == NULL || (c->patient == NULL && known->patient[0] != 0) ||
        (c->csrf == NULL && !known->is_bearer) || (c->scopes == NULL && known->is_bearer)) {
        *c = (struct en_caller){0};
        return en_fail(err, EN_ENOMEM, "no memory for the session");
    }
    return EN_OK;
}

/* Token of "Bearer ...", NULL when it is no such header. */
static const char *bearer(const char *authorization)
{
    static const char SCHEME[] = "Bearer ";

    return strncasecmp(authorization, SCHEME, sizeof SCHEME - 1) == 0
               ? authorization + sizeof SCHEME - 1
               : NULL;
}

static void refuse(const struct en_http_request *rq, struct en_http_response *rs, bool is_bearer,
                   bool *is_answered)
{
    *is_answered = true;
    if (is_bearer) {
        en_http_add_header(rs, "WWW-Authenticate",
                           "Bearer realm=\"enthesis\", error=\"invalid_token\"");
        (void)en_refuse(rs, 401, "login", "the token is not known, or has ended: get a new one");
    } else {
        en_pass_clear(rq, rs);
        (void)en_refuse(rs, 401, "expired", "the session has ended: log in again");
    }
}

enum en_status en_authenticate(struct en_server *s, struct en_http_request *rq,
                               struct en_http_response *rs, bool *is_answered, struct en_err *err)
{
    const char *authorization = en_http_header(rq, "Authorization");
    const bool is_bearer = authorization != NULL;
    const char *token = is_bearer ? bearer(authorization) : en_pass_of(rq);
    struct en_known known;
    char hash[EN_TOKEN_HASH];
    bool is_found = false;

    *is_answered = false;
    rq->caller = (struct en_caller){0};
    if (!is_bearer && en_text_is_empty(token)) {
        return EN_OK;
    }
    if (token != NULL && strlen(token) == EN_TOKEN_TEXT - 1) {
        en_token_hash("session", token, hash);
        EN_TRY(find(s->login, hash, &known, &is_found, err));
    }
    /* A cookie's token is none for a header: there no CSRF token would be asked for. */
    if (!is_found || known.is_bearer != is_bearer || is_over(s->login, &known, rq->now_us)) {
        refuse(rq, rs, is_bearer, is_answered);
        return EN_OK;
    }
    note_use(s->login, hash, &known, rq->now_us);
    return fill(rq, hash, &known, err);
}
