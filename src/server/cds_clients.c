/* SPDX-License-Identifier: Apache-2.0
 * server/cds_clients: which EHRs may call, and whether this call is one of theirs. */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/cds.h"
#include "server/jobs.h"
#include "server/jwt.h"
#include "store/session.h"

#include <string.h>

enum { FILE_MAX = 1 << 20, LIFE_MAX_S = 600 };

static enum en_status read_origins(struct json_object *list, struct en_arena *a,
                                   struct en_cds_client *out, struct en_err *err)
{
    if (en_json_count(list) > EN_CDS_ORIGINS_MAX) {
        return en_fail(err, EN_EINVAL, "a client has more than %d origins",
                       (int)EN_CDS_ORIGINS_MAX);
    }
    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *origin = json_object_get_string(en_json_at(list, i));
        const char *rest = origin == NULL ? NULL : strstr(origin, "://");

        if (rest == NULL || strchr(rest + 3, '/') != NULL) {
            return en_fail(err, EN_EINVAL,
                           "an origin is scheme, host and port, \"https://ehr.example\", and "
                           "nothing behind");
        }
        out->origins[out->origin_count] = en_arena_copy(a, origin, SIZE_MAX);
        if (out->origins[out->origin_count++] == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the clients of CDS Hooks");
        }
    }
    return EN_OK;
}

static enum en_status read_client(struct json_object *client, struct en_arena *a,
                                  struct en_cds_client *out, struct en_err *err)
{
    struct json_object *keys = en_json_get(client, "keys");
    const char *issuer = en_json_text(client, "iss");

    *out = (struct en_cds_client){.issuer = NULL};
    if (en_text_is_empty(issuer) || keys == NULL) {
        return en_fail(err, EN_EINVAL, "a client needs \"iss\" and \"keys\"");
    }
    out->issuer = en_arena_copy(a, issuer, SIZE_MAX);
    if (out->issuer == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clients of CDS Hooks");
    }
    EN_TRY(en_jwt_keys(json_object_get_string(keys), a, &out->keys, err));
    return read_origins(en_json_get(client, "origins"), a, out, err);
}

static enum en_status read_clients(struct json_object *root, struct en_arena *a, struct en_cds *out,
                                   struct en_err *err)
{
    struct json_object *list = en_json_get(root, "clients");
    const size_t count = en_json_count(list);

    if (count == 0 || count > EN_CDS_CLIENTS_MAX) {
        return en_fail(err, EN_EINVAL, "needs \"clients\": a list of 1 to %d",
                       (int)EN_CDS_CLIENTS_MAX);
    }
    out->clients = EN_NEW(a, struct en_cds_client, count);
    if (out->clients == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clients of CDS Hooks");
    }
    for (size_t i = 0; i < count; i++) {
        struct en_err why = {""};
        const enum en_status st = read_client(en_json_at(list, i), a, &out->clients[i], &why);

        if (st != EN_OK) {
            return en_fail(err, st, "client %zu: %s", i + 1, why.text);
        }
        out->count++;
    }
    return EN_OK;
}

enum en_status en_cds_read(const char *text, size_t size, struct en_arena *a, struct en_cds **out,
                           struct en_err *err)
{
    struct en_cds *cds = EN_NEW(a, struct en_cds, 1);
    struct json_object *root = NULL;
    struct en_issues issues = {0};

    *out = NULL;
    if (cds == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clients of CDS Hooks");
    }
    enum en_status st = en_json_read(text, size, a, &root, &issues, err);

    if (st == EN_EINVAL && issues.count > 0) {
        st = en_fail(err, EN_EINVAL, "is no JSON: %s", issues.items[0].text);
    }
    if (st == EN_OK) {
        st = read_clients(root, a, cds, err);
    }
    (void)json_object_put(root);
    *out = st == EN_OK ? cds : NULL;
    return st;
}

enum en_status en_cds_load(const char *path, struct en_arena *a, struct en_cds **out,
                           struct en_err *err)
{
    struct en_buf text = EN_BUF(FILE_MAX);
    struct en_err why = {""};

    *out = EN_NEW(a, struct en_cds, 1);
    if (*out == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clients of CDS Hooks");
    }
    if (path == NULL) {
        return EN_OK;
    }
    enum en_status st = en_buf_read_file(&text, path, err);

    if (st == EN_OK) {
        st = en_cds_read(en_buf_text(&text), text.size, a, out, &why);
        st = st == EN_OK ? st : en_fail(err, st, "%s: %s", path, why.text);
    }
    en_buf_free(&text);
    return st;
}

const struct en_cds_client *en_cds_origin(const struct en_cds *cds, const char *origin)
{
    for (size_t i = 0; cds != NULL && origin != NULL && i < cds->count; i++) {
        for (size_t j = 0; j < cds->clients[i].origin_count; j++) {
            if (en_text_equal(cds->clients[i].origins[j], origin)) {
                return &cds->clients[i];
            }
        }
    }
    return NULL;
}

static const struct en_cds_client *client_of(const struct en_cds *cds, const char *issuer)
{
    for (size_t i = 0; cds != NULL && i < cds->count; i++) {
        if (en_text_equal(cds->clients[i].issuer, issuer)) {
            return &cds->clients[i];
        }
    }
    return NULL;
}

static enum en_status use_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct en_jwt *jwt = context;

    return en_tx_use_token(tx, jwt->issuer, jwt->id, jwt->expires_s * INT64_C(1000000), err);
}

/* Each token counts once. */
static enum en_status use(struct en_server *s, struct en_jwt *jwt, bool *is_fresh,
                          struct en_err *err)
{
    struct en_err why = {""};
    const enum en_status st = en_store_write(s->store, use_work, jwt, &why);

    *is_fresh = st == EN_OK;
    return st == EN_OK || st == EN_ECONFLICT ? EN_OK : en_fail(err, st, "%s", why.text);
}

enum en_status en_cds_caller(struct en_server *s, const struct en_http_request *rq,
                             const struct en_cds_client **out, struct en_err *err)
{
    static const char BEARER[] = "Bearer ";
    const char *header = en_http_header(rq, "Authorization");
    const char *root = en_http_root(rq);
    struct en_jwt_rules rules = {
        .audience = root == NULL ? NULL : en_arena_print(rq->arena, "%s%s", root, rq->path),
        .now_s = rq->now_us / 1000000,
        .life_max_s = LIFE_MAX_S,
        .needs_issued_at = true};
    const struct en_cds_client *client;
    struct en_jwt jwt;
    bool is_fresh = false;

    *out = NULL;
    if (rules.audience == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an address");
    }
    if (header == NULL || !en_text_starts(header, BEARER) ||
        en_jwt_read(header + sizeof BEARER - 1, rq->arena, &jwt, NULL) != EN_OK) {
        return EN_OK;
    }
    client = client_of(s->cds, jwt.issuer);
    if (client == NULL || en_text_is_empty(jwt.id)) {
        return EN_OK;
    }
    rules.issuer = client->issuer;
    if (en_jwt_verify(header + sizeof BEARER - 1, client->keys, &rules, rq->arena, &jwt, NULL) !=
        EN_OK) {
        return EN_OK;
    }
    EN_TRY(use(s, &jwt, &is_fresh, err));
    *out = is_fresh ? client : NULL;
    return EN_OK;
}
