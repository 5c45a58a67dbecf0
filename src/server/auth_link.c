/* SPDX-License-Identifier: Apache-2.0
 * server/auth_link: a patient's way to the own diary. The token stands behind the '#' of the link,
 * which no browser sends to any server, and comes back in a body. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/writer.h"
#include "server/attempt.h"
#include "server/auth.h"

#include <string.h>

enum { DAYS = 14, DAYS_MAX = 90, USES_MAX = 60, PATIENT_MAX = 64 };

static const int64_t SECOND_US = 1000000, DAY_US = INT64_C(86400000000);

struct link_call {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_patient_link link; /* to add; as it was used */
    const char *hash;
    struct en_pass pass;
    int64_t expires_us;
    struct en_try try;
    struct en_patient_link *list;
    size_t count;
    bool is_found;
};

static enum en_status audit(struct en_tx *tx, const struct link_call *c, char action,
                            const char *subtype, int outcome, struct en_err *err)
{
    struct en_audit entry = {.action = action,
                             .subtype = subtype,
                             .outcome = outcome,
                             .patient = c->link.patient,
                             .entity_type = c->link.patient == NULL ? NULL : "Patient",
                             .entity_id = c->link.patient};

    en_audit_of(c->rq, &entry);
    return en_tx_audit(tx, &entry, err);
}

/* Only for a patient that there is. */
static enum en_status add_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct link_call *c = context;
    struct en_version v;
    const enum en_status st = en_tx_get(tx, "Patient", c->link.patient, 0, c->rq->arena, &v, err);

    c->is_found = st == EN_OK && !v.is_deleted;
    if (!c->is_found) {
        return st == EN_ENOTFOUND || st == EN_OK ? EN_OK : st;
    }
    EN_TRY(en_tx_link_add(tx, &c->link, err));
    return audit(tx, c, 'C', "link", 0, err);
}

enum en_status en_auth_link_add(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"patient", EN_AUTH_TEXT, true, PATIENT_MAX},
        {"days", EN_AUTH_NUMBER, false, DAYS_MAX},
        {"uses", EN_AUTH_NUMBER, false, USES_MAX},
    };
    struct en_auth_value v[EN_COUNT(FIELDS)];
    char token[EN_TOKEN_TEXT], hash[EN_TOKEN_HASH], ends[EN_INSTANT_TEXT_MAX];
    bool is_answered = false;

    EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    en_token_make(token);
    en_token_hash("link", token, hash);
    const int64_t days = v[1].is_given ? v[1].number : DAYS;
    struct link_call c = {.rq = rq,
                          .link = {.hash = hash,
                                   .patient = v[0].text,
                                   .purpose = "diary",
                                   .created_by = rq->caller.login,
                                   .created_us = rq->now_us,
                                   .expires_us = rq->now_us + days * DAY_US,
                                   .uses_left = v[2].is_given ? v[2].number : 1}};

    EN_TRY(en_store_write(s->store, add_work, &c, err));
    if (!c.is_found) {
        return en_refuse(rs, 404, "not-found", "there is no such Patient");
    }
    struct en_writer w = en_auth_writer(rs);

    rs->status = 201;
    en_write_text(&w, "token", token);
    en_write_text(&w, "link", en_arena_print(rq->arena, "%s/#link=%s", en_auth_origin(rq), token));
    en_write_text(&w, "expires", en_instant_text(c.link.expires_us, ends));
    return en_auth_end(&w, err);
}

static enum en_status list_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct link_call *c = context;

    return en_tx_link_list(tx, c->link.patient, c->rq->now_us, c->rq->arena, &c->list, &c->count,
                           err);
}

enum en_status en_auth_links(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    struct link_call c = {.rq = rq, .link = {.patient = rq->args[0]}};
    char text[EN_INSTANT_TEXT_MAX];

    EN_TRY(en_store_read(s->store, list_work, &c, err));
    EN_TRY(en_server_audit(s, rq,
                           (struct en_audit){.action = 'R',
                                             .subtype = "link",
                                             .patient = rq->args[0],
                                             .entity_type = "Patient",
                                             .entity_id = rq->args[0]},
                           err));
    struct en_writer w = en_auth_writer(rs);

    en_write_open(&w, "links", '[');
    for (size_t i = 0; i < c.count; i++) {
        en_write_open(&w, NULL, '{');
        en_write_text(&w, "purpose", c.list[i].purpose);
        en_write_text(&w, "created_by", c.list[i].created_by);
        en_write_text(&w, "created", en_instant_text(c.list[i].created_us, text));
        en_write_text(&w, "expires", en_instant_text(c.list[i].expires_us, text));
        en_write_integer(&w, "uses_left", c.list[i].uses_left);
        en_write_close(&w);
    }
    en_write_close(&w);
    return en_auth_end(&w, err);
}

static enum en_status end_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct link_call *c = context;

    EN_TRY(en_tx_link_end_all(tx, c->link.patient, err));
    return audit(tx, c, 'D', "link", 0, err);
}

enum en_status en_auth_links_end(struct en_server *s, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    struct link_call c = {.rq = rq, .link = {.patient = rq->args[0]}};

    EN_TRY(en_store_write(s->store, end_work, &c, err));
    en_login_forget(s->login, NULL);
    rs->status = 204;
    return EN_OK;
}

/* A token cannot be guessed; the count of tries is for those who try nevertheless. */
static enum en_status use_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct link_call *c = context;

    c->link = (struct en_patient_link){0};
    c->is_found = false;
    EN_TRY(en_tx_try_begin(tx, &c->try, c->rq->now_us, err));
    if (c->try.wait_s > 0) {
        return EN_OK;
    }
    const enum en_status st =
        en_tx_link_use(tx, c->hash, c->rq->now_us, c->rq->arena, &c->link, err);

    if (st == EN_ENOTFOUND) {
        return audit(tx, c, 'E', "link-login", 8, err);
    }
    EN_TRY(st);
    c->is_found = true;
    EN_TRY(en_tx_try_succeeded(tx, &c->try, err));
    EN_TRY(en_tx_pass_add(tx, &c->pass,
                          &(struct en_login_session){.kind = "link",
                                                     .subject = c->hash,
                                                     .patient = c->link.patient,
                                                     .created_us = c->rq->now_us,
                                                     .expires_us = c->expires_us},
                          err));
    return audit(tx, c, 'E', "link-login", 0, err);
}

enum en_status en_auth_link_use(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {{"token", EN_AUTH_TEXT, true, EN_TOKEN_TEXT}};
    struct en_auth_value v[EN_COUNT(FIELDS)];
    struct en_http_request by_link = *rq;
    char hash[EN_TOKEN_HASH];
    bool is_answered = false;

    EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    en_token_hash("link", v[0].text, hash);
    struct link_call c = {.server = s,
                          .rq = &by_link,
                          .hash = hash,
                          .expires_us = rq->now_us + s->login->options.patient_s * SECOND_US};

    by_link.caller.role = EN_ROLE_PATIENT;
    by_link.caller.login = en_arena_print(rq->arena, "link:%.*s", EN_TOKEN_SHORT, hash);
    en_pass_make(&c.pass);
    en_try_of(rq, hash, &c.try);
    EN_TRY(en_store_write(s->store, use_work, &c, err));
    if (c.try.wait_s > 0) {
        en_auth_wait(rq, rs, c.try.wait_s);
        return EN_OK;
    }
    if (!c.is_found) {
        return en_refuse(rs, 401, "login",
                         "this link was used, has ended, or is not whole: ask the clinic for a new "
                         "one");
    }
    by_link.caller.patient = c.link.patient;
    by_link.caller.csrf = c.pass.csrf;
    en_pass_cookie(rq, rs, c.pass.token, s->login->options.patient_s);
    return en_auth_me(s, &by_link.caller, NULL, c.expires_us, rs, err);
}
