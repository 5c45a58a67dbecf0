/* SPDX-License-Identifier: Apache-2.0
 * server/auth_token: tokens for services (SMART App Launch 2, backend services): a signed assertion
 * or a secret goes in, a token for a few minutes comes out. Answers are those of OAuth 2. */
#include "base/text.h"
#include "fhir/writer.h"
#include "server/auth.h"
#include "server/jwt.h"
#include "server/metrics.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

enum { ASSERTION_LIFE_S = 300, FORM_MAX = 32 << 10 };

static const int64_t SECOND_US = 1000000;

static const char ASSERTION_TYPE[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/* One request for a token. */
struct grant {
    struct en_server *server;
    const struct en_http_request *rq;
    const char *id; /* of the client, as it says of itself */
    const char *scope, *assertion, *secret;
    struct en_client client;
    bool is_known;
    struct en_jwt jwt;
    struct en_pass pass;
    int64_t expires_us;
};

/* An OAuth error; RFC 6749 5.2 and 2.3.1 want 401 with a challenge only for the header's way. */
static enum en_status oauth_error(struct en_http_response *rs, int status, const char *error,
                                  const char *description, struct en_err *err)
{
    struct en_writer w = en_auth_writer(rs);

    rs->status = status;
    if (status == 401) {
        en_http_add_header(rs, "WWW-Authenticate", "Basic realm=\"enthesis\"");
    }
    en_write_text(&w, "error", error);
    en_write_text(&w, "error_description", description);
    return en_auth_end(&w, err);
}

static enum en_status client_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct grant *g = context;
    const enum en_status st = en_tx_client_get(tx, g->id, g->rq->arena, &g->client, err);

    g->is_known = st == EN_OK && !g->client.is_disabled;
    return st == EN_ENOTFOUND ? EN_OK : st;
}

/* "Basic base64(id:secret)", both percent-encoded in it. False: it is none. */
static bool read_basic(struct grant *g)
{
    static const char SCHEME[] = "Basic ";
    const char *header = en_http_header(g->rq, "Authorization");
    const char *text = header == NULL ? "" : header + sizeof SCHEME - 1, *end = NULL;
    char plain[512];
    size_t size = 0;

    if (header == NULL || strncasecmp(header, SCHEME, sizeof SCHEME - 1) != 0 ||
        sodium_base642bin((unsigned char *)plain, sizeof plain - 1, text, strlen(text), NULL, &size,
                          &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        *end != '\0' || memchr(plain, '\0', size) != NULL) {
        return false;
    }
    plain[size] = '\0';
    char *colon = strchr(plain, ':');

    if (colon == NULL) {
        return false;
    }
    *colon = '\0';
    return en_http_decode(plain, strlen(plain), true, g->rq->arena, &g->id, NULL) == EN_OK &&
           en_http_decode(colon + 1, strlen(colon + 1), true, g->rq->arena, &g->secret, NULL) ==
               EN_OK;
}

/* What is wrong with the form; NULL: nothing. */
static const char *read_form(struct grant *g, struct en_err *err)
{
    const char *grant = NULL, *type = NULL;
    const struct {
        const char *name, **out;
    } VALUES[] = {{"grant_type", &grant},
                  {"scope", &g->scope},
                  {"client_assertion_type", &type},
                  {"client_assertion", &g->assertion}};

    for (size_t i = 0; i < EN_COUNT(VALUES); i++) {
        if (g->rq->body_size > FORM_MAX ||
            en_http_form_value(g->rq->body, VALUES[i].name, g->rq->arena, VALUES[i].out, err) !=
                EN_OK) {
            return "invalid_request";
        }
    }
    if (grant == NULL || g->scope == NULL ||
        (g->assertion != NULL && !en_text_equal(type, ASSERTION_TYPE))) {
        return "invalid_request";
    }
    return en_text_equal(grant, "client_credentials") ? NULL : "unsupported_grant_type";
}

/* A client with keys shows an assertion that they signed. */
static enum en_status check_assertion(struct grant *g, bool *is_right, struct en_err *err)
{
    const char *origin = en_auth_origin(g->rq);
    const char *here =
        origin == NULL ? NULL : en_arena_print(g->rq->arena, "%s/auth/token", origin);

    *is_right = false;
    if (here == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a token");
    }
    if (!g->is_known || g->client.keys == NULL) {
        return EN_OK;
    }
    const struct en_jwt_rules rules = {.issuer = g->id,
                                       .subject = g->id,
                                       .audience = here,
                                       .now_s = g->rq->now_us / SECOND_US,
                                       .life_max_s = ASSERTION_LIFE_S};
    const enum en_status st =
        en_jwt_verify(g->assertion, g->client.keys, &rules, g->rq->arena, &g->jwt, err);

    *is_right = st == EN_OK;
    return st == EN_EDENIED || st == EN_EINVAL ? EN_OK : st;
}

static bool check_secret(const struct grant *g)
{
    char hash[EN_TOKEN_HASH];

    if (!g->is_known || g->client.secret_hash == NULL || g->secret == NULL) {
        return false;
    }
    en_token_hash("secret", g->secret, hash);
    return en_token_equal(hash, g->client.secret_hash);
}

static enum en_status audit(struct en_tx *tx, const struct grant *g, int outcome,
                            const char *detail, struct en_err *err)
{
    const char *agent =
        !g->is_known ? "unknown" : en_arena_print(g->rq->arena, "client:%s", g->client.id);
    struct en_audit entry = {.action = 'E',
                             .subtype = "token",
                             .outcome = outcome,
                             .agent = agent == NULL ? "client" : agent,
                             .role = "service",
                             .detail = detail};

    en_audit_of(g->rq, &entry);
    return en_tx_audit(tx, &entry, err);
}

/* EN_ECONFLICT: the assertion was used before. */
static enum en_status grant_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct grant *g = context;

    if (g->jwt.id != NULL) {
        EN_TRY(en_tx_use_token(tx, g->jwt.issuer, g->jwt.id,
                               (g->jwt.expires_s + EN_JWT_SKEW_S + 1) * SECOND_US, err));
    }
    EN_TRY(en_tx_pass_add(tx, &g->pass,
                          &(struct en_login_session){.kind = "client",
                                                     .subject = g->client.id,
                                                     .scopes = g->scope,
                                                     .created_us = g->rq->now_us,
                                                     .expires_us = g->expires_us},
                          err));
    EN_TRY(en_tx_tidy(tx, g->rq->now_us, err));
    return audit(tx, g, 0, g->scope, err);
}

static enum en_status denied_work(struct en_tx *tx, void *context, struct en_err *err)
{
    return audit(tx, context, 8, NULL, err);
}

/* Who does not show to be the client is told no more than that. */
static enum en_status deny(struct grant *g, struct en_http_response *rs, struct en_err *err)
{
    EN_TRY(en_store_write(g->server->store, denied_work, g, err));
    en_metrics_add(g->server->metrics, EN_METRIC_LOGINS_FAILED, 1);
    return oauth_error(rs, g->secret != NULL ? 401 : 400, "invalid_client",
                       "the client is not known, or did not show rightly who it is", err);
}

static enum en_status give(struct grant *g, struct en_http_response *rs, struct en_err *err)
{
    const int life_s = g->server->login->options.token_s;

    if (!en_scopes_valid(g->scope, NULL) || !en_scopes_within(g->scope, g->client.scopes)) {
        return oauth_error(rs, 400, "invalid_scope",
                           "the client may not have all of these scopes, or one is not known", err);
    }
    g->expires_us = g->rq->now_us + life_s * SECOND_US;
    en_pass_make(&g->pass);
    const enum en_status st = en_store_write(g->server->store, grant_work, g, err);

    if (st == EN_ECONFLICT && g->jwt.id != NULL) {
        return deny(g, rs, err);
    }
    EN_TRY(st);
    en_metrics_add(g->server->metrics, EN_METRIC_LOGINS, 1);
    struct en_writer w = en_auth_writer(rs);

    en_http_add_header(rs, "Pragma", "no-cache");
    en_write_text(&w, "access_token", g->pass.token);
    en_write_text(&w, "token_type", "bearer");
    en_write_integer(&w, "expires_in", life_s);
    en_write_text(&w, "scope", g->scope);
    return en_auth_end(&w, err);
}

enum en_status en_auth_token(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    static const char FORM[] = "application/x-www-form-urlencoded";
    const char *type = en_http_header(rq, "Content-Type");
    struct grant g = {.server = s, .rq = rq};
    struct en_jwt claimed;
    bool is_right = false;

    if (type == NULL || strncasecmp(type, FORM, sizeof FORM - 1) != 0) {
        return oauth_error(rs, 400, "invalid_request", "the body must be a form", err);
    }
    const char *fault = read_form(&g, err);

    if (fault != NULL) {
        return oauth_error(rs, 400, fault,
                           "give grant_type=client_credentials, scope, and a client_assertion of "
                           "type jwt-bearer or the header Authorization: Basic",
                           err);
    }
    if (g.assertion != NULL) {
        if (en_jwt_read(g.assertion, rq->arena, &claimed, err) != EN_OK) {
            return deny(&g, rs, err);
        }
        g.id = claimed.issuer;
    } else if (!read_basic(&g)) {
        return deny(&g, rs, err);
    }
    if (!en_staff_name_valid(g.id)) {
        return deny(&g, rs, err);
    }
    EN_TRY(en_store_read(s->store, client_work, &g, err));
    if (g.assertion != NULL) {
        EN_TRY(check_assertion(&g, &is_right, err));
    } else {
        is_right = check_secret(&g);
    }
    return is_right ? give(&g, rs, err) : deny(&g, rs, err);
}

static void write_list(struct en_writer *w, const char *key, const char *list)
{
    const char *item = NULL;
    size_t size = 0;

    en_write_open(w, key, '[');
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        en_write_print(w, NULL, "%.*s", (int)size, item);
    }
    en_write_close(w);
}

enum en_status en_auth_smart(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    const char *origin = en_auth_origin(rq);

    (void)s;
    if (origin == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an address");
    }
    struct en_writer w = en_auth_writer(rs);

    en_http_add_header(rs, "Access-Control-Allow-Origin", "*");
    rs->is_public = true;
    en_write_print(&w, "token_endpoint", "%s/auth/token", origin);
    write_list(&w, "token_endpoint_auth_methods_supported", "private_key_jwt; client_secret_basic");
    write_list(&w, "token_endpoint_auth_signing_alg_values_supported", "RS384; ES384");
    write_list(&w, "grant_types_supported", "client_credentials");
    write_list(&w, "scopes_supported",
               "system/*.cruds; system/*.rs; system/*.read; system/*.write; metrics");
    write_list(&w, "capabilities",
               "client-confidential-asymmetric; client-confidential-symmetric; permission-v1; "
               "permission-v2");
    return en_auth_end(&w, err);
}
