/* SPDX-License-Identifier: Apache-2.0
 * server/auth_staff: accounts and services, as owners see and change them. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/writer.h"
#include "server/auth.h"
#include "server/jwt.h"

#include <string.h>

enum { ROLE_MAX = 16, PRACTITIONER_MAX = 64, TITLE_MAX = 200 };

struct list_call {
    struct en_arena *arena;
    struct en_account *accounts;
    struct en_client *clients;
    size_t count;
};

static enum en_status accounts_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct list_call *c = context;

    return en_tx_account_list(tx, c->arena, &c->accounts, &c->count, err);
}

static void write_time(struct en_writer *w, const char *key, int64_t us)
{
    char text[EN_INSTANT_TEXT_MAX];

    en_write_text(w, key, en_instant_text(us, text));
}

enum en_status en_auth_accounts(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    struct list_call c = {.arena = rq->arena};

    EN_TRY(en_store_read(s->store, accounts_work, &c, err));
    struct en_writer w = en_auth_writer(rs);

    en_write_open(&w, "accounts", '[');
    for (size_t i = 0; i < c.count; i++) {
        const struct en_account *a = &c.accounts[i];

        en_write_open(&w, NULL, '{');
        en_write_text(&w, "login", a->login);
        en_write_text(&w, "role", a->role);
        en_write_text(&w, "practitioner", a->practitioner);
        en_write_bool(&w, "disabled", a->is_disabled);
        en_write_bool(&w, "must_change_password", a->must_change);
        en_write_bool(&w, "second_factor", a->totp_is_on);
        write_time(&w, "created", a->created_us);
        write_time(&w, "password_changed", a->changed_us);
        en_write_close(&w);
    }
    en_write_close(&w);
    return en_auth_end(&w, err);
}

/* Login and, when one was made, the password for the next login: shown this once. */
static enum en_status answer_password(struct en_http_response *rs, int status, const char *login,
                                      const char *made, struct en_err *err)
{
    struct en_writer w = en_auth_writer(rs);

    rs->status = status;
    en_write_text(&w, "login", login);
    en_write_text(&w, "password", made);
    return en_auth_end(&w, err);
}

enum en_status en_auth_account_add(struct en_server *s, const struct en_http_request *rq,
                                   struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"login", EN_AUTH_TEXT, true, EN_LOGIN_MAX},
        {"role", EN_AUTH_TEXT, true, ROLE_MAX},
        {"practitioner", EN_AUTH_TEXT, false, PRACTITIONER_MAX},
    };
    const struct en_staff staff = en_auth_staff(s, rq);
    struct en_auth_value v[EN_COUNT(FIELDS)];
    char made[EN_PASSWORD_RANDOM];
    bool is_answered = false;

    EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    const struct en_staff_new n = {
        .login = en_staff_name(v[0].text, rq->arena), .role = v[1].text, .practitioner = v[2].text};

    EN_TRY(en_staff_add(&staff, &n, made, err));
    return answer_password(rs, 201, n.login, made, err);
}

enum en_status en_auth_account_alter(struct en_server *s, const struct en_http_request *rq,
                                     struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"role", EN_AUTH_TEXT, false, ROLE_MAX},
        {"practitioner", EN_AUTH_TEXT, false, PRACTITIONER_MAX},
        {"disabled", EN_AUTH_FLAG, false, 0},
    };
    const struct en_staff staff = en_auth_staff(s, rq);
    struct en_auth_value v[EN_COUNT(FIELDS)];
    char made[EN_PASSWORD_RANDOM];
    bool is_answered = false;

    EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    EN_TRY(en_staff_alter(&staff,
                          &(struct en_staff_change){.login = rq->args[0],
                                                    .role = v[0].text,
                                                    .practitioner = v[1].text,
                                                    .set_disabled = v[2].is_given,
                                                    .is_disabled = v[2].flag},
                          made, err));
    en_login_forget(s->login, NULL);
    rs->status = 204;
    return EN_OK;
}

enum en_status en_auth_account_reset(struct en_server *s, const struct en_http_request *rq,
                                     struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {{"totp", EN_AUTH_FLAG, false, 0}};
    const struct en_staff staff = en_auth_staff(s, rq);
    struct en_auth_value v[EN_COUNT(FIELDS)] = {{0}};
    char made[EN_PASSWORD_RANDOM];
    bool is_answered = false;

    if (rq->body_size > 0) {
        EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    }
    if (is_answered) {
        return EN_OK;
    }
    EN_TRY(en_staff_alter(&staff,
                          &(struct en_staff_change){
                              .login = rq->args[0], .reset_password = true, .drop_totp = v[0].flag},
                          made, err));
    en_login_forget(s->login, NULL);
    return answer_password(rs, 200, rq->args[0], made, err);
}

static enum en_status clients_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct list_call *c = context;

    return en_tx_client_list(tx, c->arena, &c->clients, &c->count, err);
}

enum en_status en_auth_clients(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err)
{
    struct list_call c = {.arena = rq->arena};

    EN_TRY(en_store_read(s->store, clients_work, &c, err));
    struct en_writer w = en_auth_writer(rs);

    en_write_open(&w, "clients", '[');
    for (size_t i = 0; i < c.count; i++) {
        const struct en_client *n = &c.clients[i];

        en_write_open(&w, NULL, '{');
        en_write_text(&w, "id", n->id);
        en_write_text(&w, "name", n->name);
        en_write_text(&w, "scopes", n->scopes);
        en_write_text(&w, "by", n->keys != NULL ? "keys" : "secret");
        en_write_bool(&w, "disabled", n->is_disabled);
        write_time(&w, "created", n->created_us);
        en_write_close(&w);
    }
    en_write_close(&w);
    return en_auth_end(&w, err);
}

static const struct en_auth_field CLIENT_FIELDS[] = {
    {"id", EN_AUTH_TEXT, false, EN_LOGIN_MAX},      {"name", EN_AUTH_TEXT, false, TITLE_MAX},
    {"scopes", EN_AUTH_TEXT, false, EN_SCOPES_MAX}, {"jwks", EN_AUTH_JSON, false, EN_JWT_KEYS_MAX},
    {"pem", EN_AUTH_TEXT, false, EN_JWT_KEYS_MAX},  {"disabled", EN_AUTH_FLAG, false, 0},
};

enum en_status en_auth_client_add(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    const struct en_staff staff = en_auth_staff(s, rq);
    struct en_auth_value v[EN_COUNT(CLIENT_FIELDS)];
    char secret[EN_TOKEN_TEXT];
    bool is_answered = false;

    EN_TRY(en_auth_read(rq, rs, CLIENT_FIELDS, EN_COUNT(CLIENT_FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    if (v[0].text == NULL || v[1].text == NULL || v[2].text == NULL || v[5].is_given ||
        (v[3].is_given && v[4].is_given)) {
        return en_refuse(rs, 400, "required",
                         "a service needs id, name and scopes, and may have jwks or pem");
    }
    const struct en_service_new n = {.id = en_staff_name(v[0].text, rq->arena),
                                     .name = v[1].text,
                                     .scopes = v[2].text,
                                     .keys = v[3].text != NULL ? v[3].text : v[4].text};

    EN_TRY(en_service_add(&staff, &n, secret, err));
    struct en_writer w = en_auth_writer(rs);

    rs->status = 201;
    en_write_text(&w, "id", n.id);
    en_write_text(&w, "secret", secret);
    return en_auth_end(&w, err);
}

enum en_status en_auth_client_alter(struct en_server *s, const struct en_http_request *rq,
                                    struct en_http_response *rs, struct en_err *err)
{
    const struct en_staff staff = en_auth_staff(s, rq);
    struct en_auth_value v[EN_COUNT(CLIENT_FIELDS)];
    bool is_answered = false;

    EN_TRY(en_auth_read(rq, rs, CLIENT_FIELDS, EN_COUNT(CLIENT_FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    if (v[0].is_given || (v[3].is_given && v[4].is_given)) {
        return en_refuse(rs, 400, "invalid",
                         "the id stays as it is, and there is one kind of keys");
    }
    EN_TRY(en_service_alter(
        &staff,
        &(struct en_service_change){.id = rq->args[0],
                                    .name = v[1].text,
                                    .scopes = v[2].text,
                                    .keys = v[3].text != NULL ? v[3].text : v[4].text,
                                    .set_disabled = v[5].is_given,
                                    .is_disabled = v[5].flag},
        err));
    en_login_forget(s->login, NULL);
    rs->status = 204;
    return EN_OK;
}
