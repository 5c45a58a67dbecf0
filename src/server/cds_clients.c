/* SPDX-License-Identifier: Apache-2.0
 * server/cds_clients: the file of EHRs that may ask.
 *
 *     {"clients": [{"name": "ehr", "iss": "https://ehr.example", "jwks": {"keys": [...]},
 *                   "origins": ["https://ehr.example"]}]} */
#include "base/text.h"
#include "fhir/json.h"
#include "server/cds.h"
#include "server/jwt.h"

#include <string.h>

enum {
    FILE_MAX = 4 << 20,
    CLIENTS_MAX = 100,
    ORIGINS_MAX = 16,
    NAME_MAX_BYTES = 32,
    URL_MAX = 256
};

struct reading {
    const char *file;
    struct en_arena *a;
    struct en_err *err;
};

static const char NAME_LETTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

static bool is_name(const char *text)
{
    const size_t size = text == NULL ? 0 : strlen(text);

    return size > 0 && size <= NAME_MAX_BYTES && strspn(text, NAME_LETTERS) == size;
}

/* "https://host" or "https://host:port"; http only of this machine. As browsers write it. */
static bool is_origin(const char *text)
{
    const bool is_secure = text != NULL && en_text_starts(text, "https://");
    const char *host = text == NULL ? NULL : text + (is_secure ? 8 : 7);

    if (text == NULL || (!is_secure && !en_text_starts(text, "http://")) ||
        strlen(text) > URL_MAX || host[0] == '\0' ||
        strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.:[]") != strlen(host)) {
        return false;
    }
    return is_secure || en_text_starts(host, "localhost") || en_text_starts(host, "127.") ||
           en_text_starts(host, "[::1]");
}

static enum en_status check_members(const struct reading *r, struct json_object *client,
                                    size_t number)
{
    if (!json_object_is_type(client, json_type_object)) {
        return en_fail(r->err, EN_EINVAL, "%s: client %zu must be an object", r->file, number);
    }
    json_object_object_foreach(client, key, value)
    {
        (void)value;
        if (!en_list_has("name; iss; jwks; origins", key)) {
            return en_fail(r->err, EN_EINVAL,
                           "%s: client %zu has a member that is not known: there are name, iss, "
                           "jwks, origins",
                           r->file, number);
        }
    }
    return EN_OK;
}

static enum en_status read_origins(const struct reading *r, struct json_object *list, size_t number,
                                   struct en_cds_client *out)
{
    const size_t count = en_json_count(list);
    const char **origins = EN_NEW(r->a, const char *, count);

    if (origins == NULL) {
        return en_fail(r->err, EN_ENOMEM, "no memory for clients of CDS Hooks");
    }
    if ((list != NULL && !json_object_is_type(list, json_type_array)) || count > ORIGINS_MAX) {
        return en_fail(r->err, EN_EINVAL, "%s: origins of client %zu must be a list of at most %d",
                       r->file, number, (int)ORIGINS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        struct json_object *item = en_json_at(list, i);
        const char *text =
            json_object_is_type(item, json_type_string) ? json_object_get_string(item) : NULL;

        if (!is_origin(text)) {
            return en_fail(r->err, EN_EINVAL,
                           "%s: origin %zu of client %zu: write https://HOST or https://HOST:PORT "
                           "in small letters, without a slash at the end (http only of localhost)",
                           r->file, i + 1, number);
        }
        origins[i] = en_arena_copy(r->a, text, SIZE_MAX);
        if (origins[i] == NULL) {
            return en_fail(r->err, EN_ENOMEM, "no memory for clients of CDS Hooks");
        }
    }
    out->origins = origins;
    out->origin_count = count;
    return EN_OK;
}

static enum en_status read_client(const struct reading *r, struct json_object *client,
                                  size_t number, struct en_cds_client *out)
{
    EN_TRY(check_members(r, client, number));
    const char *name = en_json_text(client, "name"), *issuer = en_json_text(client, "iss");
    struct json_object *keys = en_json_get(client, "jwks");
    struct en_err why = {""};

    if (!is_name(name)) {
        return en_fail(r->err, EN_EINVAL,
                       "%s: name of client %zu: write 1 to %d of a-z, 0-9, '-', '_', '.'", r->file,
                       number, (int)NAME_MAX_BYTES);
    }
    if (en_text_is_empty(issuer) || strlen(issuer) > URL_MAX) {
        return en_fail(r->err, EN_EINVAL, "%s: iss of client \"%s\" is missing, or too long",
                       r->file, name);
    }
    if (!json_object_is_type(keys, json_type_object)) {
        return en_fail(
            r->err, EN_EINVAL,
            "%s: jwks of client \"%s\" must be its set of public keys: {\"keys\": [...]}", r->file,
            name);
    }
    const enum en_status st = en_jwt_keys(
        json_object_to_json_string_ext(keys, JSON_C_TO_STRING_PLAIN), r->a, &out->keys, &why);

    if (st != EN_OK) {
        return en_fail(r->err, st, "%s: jwks of client \"%s\": %s", r->file, name, why.text);
    }
    out->name = en_arena_copy(r->a, name, SIZE_MAX);
    out->issuer = en_arena_copy(r->a, issuer, SIZE_MAX);
    if (out->name == NULL || out->issuer == NULL) {
        return en_fail(r->err, EN_ENOMEM, "no memory for clients of CDS Hooks");
    }
    return read_origins(r, en_json_get(client, "origins"), number, out);
}

/* A name or an issuer that two have would make one of them the other. */
static enum en_status check_double(const struct reading *r, const struct en_cds *cds)
{
    for (size_t i = 0; i < cds->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (en_text_equal(cds->clients[i].name, cds->clients[k].name) ||
                en_text_equal(cds->clients[i].issuer, cds->clients[k].issuer)) {
                return en_fail(r->err, EN_EINVAL, "%s: clients %zu and %zu have one name or iss",
                               r->file, k + 1, i + 1);
            }
        }
    }
    return EN_OK;
}

static enum en_status read_all(const struct reading *r, struct json_object *root,
                               const struct en_cds **out)
{
    struct json_object *list = en_json_get(root, "clients");
    struct en_cds *cds = EN_NEW(r->a, struct en_cds, 1);
    const size_t count = en_json_count(list);

    if (count == 0 || count > CLIENTS_MAX || json_object_object_length(root) != 1) {
        return en_fail(r->err, EN_EINVAL, "%s: write {\"clients\": [...]} with 1 to %d clients",
                       r->file, (int)CLIENTS_MAX);
    }
    if (cds == NULL || (cds->clients = EN_NEW(r->a, struct en_cds_client, count)) == NULL) {
        return en_fail(r->err, EN_ENOMEM, "no memory for clients of CDS Hooks");
    }
    for (size_t i = 0; i < count; i++) {
        EN_TRY(read_client(r, en_json_at(list, i), i + 1, &cds->clients[i]));
        cds->count++;
    }
    *out = cds;
    return check_double(r, cds);
}

enum en_status en_cds_clients_read(const char *text, size_t size, const char *file,
                                   struct en_arena *a, const struct en_cds **out,
                                   struct en_err *err)
{
    const struct reading r = {file, a, err};
    struct json_object *root = NULL;
    struct en_issues issues = {0};
    enum en_status st = en_json_read(text, size, a, &root, &issues, NULL);

    *out = NULL;
    if (st != EN_OK) {
        return en_fail(err, st, "%s: %s", file,
                       issues.count > 0 ? issues.items[0].text : "this is no proper JSON");
    }
    st = read_all(&r, root, out);
    (void)json_object_put(root);
    return st;
}

enum en_status en_cds_open(struct en_server *s, struct en_err *err)
{
    struct en_buf text = EN_BUF(FILE_MAX);

    if (s->options.cds_clients == NULL) {
        return EN_OK;
    }
    enum en_status st = en_buf_read_file(&text, s->options.cds_clients, err);

    if (st == EN_OK) {
        st = en_cds_clients_read(en_buf_text(&text), text.size, s->options.cds_clients, &s->arena,
                                 &s->cds, err);
    }
    en_buf_free(&text);
    return st;
}

const struct en_cds_client *en_cds_client_of(const struct en_cds *cds, const char *issuer)
{
    for (size_t i = 0; cds != NULL && issuer != NULL && i < cds->count; i++) {
        if (en_text_equal(cds->clients[i].issuer, issuer)) {
            return &cds->clients[i];
        }
    }
    return NULL;
}

bool en_cds_is_origin(const struct en_cds *cds, const struct en_cds_client *client,
                      const char *origin)
{
    for (size_t i = 0; cds != NULL && origin != NULL && i < cds->count; i++) {
        const struct en_cds_client *c = &cds->clients[i];

        for (size_t k = 0; (client == NULL || client == c) && k < c->origin_count; k++) {
            if (en_text_equal(c->origins[k], origin)) {
                return true;
            }
        }
    }
    return false;
}
