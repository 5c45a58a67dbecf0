/* SPDX-License-Identifier: Apache-2.0
 * server/cds_door: who asks: the signed token of a call, and what browsers want to know. */
#include "base/limits.h"
#include "base/text.h"
#include "server/audit.h"
#include "server/cds_inside.h"
#include "server/jobs.h"
#include "server/jwt.h"
#include "server/metrics.h"
#include "store/session.h"

#include <string.h>
#include <strings.h>

/* A token is made for one call: five minutes are usual. */
enum { LIFE_S = 600, JTI_MAX = 256 };

static const int64_t SECOND_US = 1000000;

struct use {
    const char *issuer, *jti;
    int64_t expires_us;
};

static enum en_status use_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct use *u = context;

    return en_tx_use_token(tx, u->issuer, u->jti, u->expires_us, err);
}

/* Token of "Bearer ..."; NULL when there is none. */
static const char *token_of(const struct en_http_request *rq)
{
    static const char SCHEME[] = "Bearer ";
    const char *text = en_http_header(rq, "Authorization");

    return text != NULL && strncasecmp(text, SCHEME, sizeof SCHEME - 1) == 0
               ? text + sizeof SCHEME - 1
               : NULL;
}

/* EN_EDENIED or EN_EINVAL: it is no token of a client for this call. *client is set as soon as it
 * is known whose it claims to be. */
static enum en_status check(struct en_server *s, const struct en_http_request *rq,
                            const struct en_cds_client **client, struct en_err *err)
{
    const char *token = token_of(rq), *root = en_http_root(rq);
    struct en_jwt jwt;

    if (s->cds == NULL || token == NULL) {
        return en_fail(err, EN_EDENIED, "there is no token");
    }
    EN_TRY(en_jwt_read(token, rq->arena, &jwt, err));
    *client = en_cds_client_of(s->cds, jwt.issuer);
    if (*client == NULL) {
        return en_fail(err, EN_EDENIED, "the token's issuer is no client");
    }
    const char *audience = root == NULL ? NULL : en_arena_print(rq->arena, "%s%s", root, rq->path);
    const struct en_jwt_rules rules = {
        .issuer = (*client)->issuer,
        .audience = audience,
        .now_s = rq->now_us / SECOND_US,
        .life_max_s = LIFE_S,
        .needs_issued_at = true,
    };

    if (audience == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an address");
    }
    EN_TRY(en_jwt_verify(token, (*client)->keys, &rules, rq->arena, &jwt, err));
    if (en_text_is_empty(jwt.id) || strlen(jwt.id) > JTI_MAX) {
        return en_fail(err, EN_EDENIED, "the token has no jti");
    }
    struct use use = {en_arena_print(rq->arena, "cds %s", (*client)->issuer), jwt.id,
                      (jwt.expires_s + EN_JWT_SKEW_S + 1) * SECOND_US};

    if (use.issuer == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a token");
    }
    return en_store_write(s->store, use_work, &use, err);
}

/* The origin is told again only when it may ask; who caches must know that it matters. */
static void allow_origin(const struct en_server *s, const struct en_http_request *rq,
                         const struct en_cds_client *client, struct en_http_response *rs)
{
    const char *origin = en_http_header(rq, "Origin");

    en_http_add_header(rs, "Vary", "Origin");
    if (en_cds_is_origin(s->cds, client, origin)) {
        en_http_add_header(rs, "Access-Control-Allow-Origin", origin);
    }
}

enum en_status en_cds_authenticate(struct en_server *s, struct en_http_request *rq,
                                   struct en_http_response *rs, bool *is_answered,
                                   struct en_err *err)
{
    const struct en_cds_client *client = NULL;
    struct en_err why = {""};
    const enum en_status st = check(s, rq, &client, &why);

    rq->caller = (struct en_caller){0};
    *is_answered = st != EN_OK;
    if (st != EN_OK && st != EN_EDENIED && st != EN_EINVAL && st != EN_ECONFLICT) {
        return en_fail(err, st, "%s", why.text);
    }
    allow_origin(s, rq, st == EN_OK ? client : NULL, rs);
    if (st == EN_OK && client != NULL) {
        rq->caller.role = EN_ROLE_SERVICE;
        rq->caller.login = en_arena_print(rq->arena, "cds:%s", client->name);
        return rq->caller.login != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory for a caller");
    }
    /* Nothing tells whether issuer, key, time or address was wrong. */
    rs->status = 401;
    en_http_add_header(rs, "WWW-Authenticate", "Bearer");
    en_metrics_add(s->metrics, EN_METRIC_LOGINS_FAILED, 1);
    if (client != NULL) {
        en_audit_denied(s, rq, "CDS Hooks: the token was refused");
    }
    return EN_OK;
}

enum en_status en_cds_preflight(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    (void)err;
    allow_origin(s, rq, NULL, rs);
    if (en_cds_is_origin(s->cds, NULL, en_http_header(rq, "Origin"))) {
        en_http_add_header(rs, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
        en_http_add_header(rs, "Access-Control-Allow-Headers", "Authorization, Content-Type");
        en_http_add_header(rs, "Access-Control-Max-Age", "600");
    }
    rs->status = 204;
    return EN_OK;
}
