/* SPDX-License-Identifier: Apache-2.0
 * Method and address to an interaction, the same for requests and for entries of Bundles. */
#include "base/text.h"
#include "server/rest.h"

#include <assert.h>
#include <string.h>

enum { PARTS_MAX = 4 };

bool en_rest_id_valid(const char *id)
{
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
    const size_t size = id == NULL ? 0 : strlen(id);

    return size > 0 && size <= 64 && strspn(id, LETTERS) == size;
}

int64_t en_rest_etag(const char *text)
{
    long long version = 0;
    char number[24];

    if (text == NULL) {
        return 0;
    }
    const char *at = strncmp(text, "W/", 2) == 0 ? text + 2 : text;
    const size_t size = strlen(at);

    if (size < 3 || size > sizeof number || at[0] != '"' || at[size - 1] != '"') {
        return 0;
    }
    (void)snprintf(number, sizeof number, "%.*s", (int)(size - 2), at + 1);
    return en_text_integer(number, 1, INT64_MAX, &version) ? version : 0;
}

const char *en_rest_name(enum en_rest_kind kind, const char *type, const char *id)
{
    switch (kind) {
    case EN_REST_READ:
        return "read";
    case EN_REST_VREAD:
        return "vread";
    case EN_REST_HISTORY:
        return id != NULL ? "history-instance" : type != NULL ? "history-type" : "history-system";
    case EN_REST_SEARCH:
        return "search-type";
    case EN_REST_CREATE:
        return "create";
    case EN_REST_UPDATE:
        return "update";
    case EN_REST_PATCH:
        return "patch";
    case EN_REST_DELETE:
        return "delete";
    case EN_REST_KINDS:
        break;
    }
    assert(false);
    return "";
}

bool en_rest_type_known(const struct en_server *s, const char *type)
{
    return en_search_param_find(s->params, type, "_id") != NULL;
}

/* The parts between the slashes; 0 when there are too many or an empty one. */
static size_t split(struct en_arena *a, const char *path, const char *parts[PARTS_MAX])
{
    size_t count = 0;

    for (const char *at = path; *at != '\0'; at += *at == '/' ? 1 : 0) {
        const size_t size = strcspn(at, "/");

        if (size == 0 || count == PARTS_MAX) {
            return 0;
        }
        parts[count] = en_arena_copy(a, at, size);
        if (parts[count] == NULL) {
            return 0;
        }
        count++;
        at += size;
    }
    return count;
}

/* Methods that the place understands, for the header Allow. */
static void refuse_method(const struct en_rest *rest, struct en_done *done, const char *allow)
{
    done->allow = allow;
    en_rest_refuse(rest, done, 405, "not-supported", "this address understands %s", allow);
}

/* "Type" or "Type/id" alone. */
static void plain_address(const struct en_rest *rest, enum en_method method,
                          struct en_interact *out, struct en_done *done)
{
    const bool has_id = out->id != NULL;

    switch (method) {
    case EN_GET:
    case EN_HEAD:
        out->kind = has_id ? EN_REST_READ : EN_REST_SEARCH;
        return;
    case EN_POST:
        out->kind = EN_REST_CREATE;
        if (has_id) {
            refuse_method(rest, done, "GET, PUT, PATCH, DELETE");
        }
        return;
    case EN_PUT:
        out->kind = EN_REST_UPDATE;
        break;
    case EN_PATCH:
        out->kind = EN_REST_PATCH;
        break;
    case EN_DELETE:
        out->kind = EN_REST_DELETE;
        break;
    case EN_OPTIONS:
    case EN_METHODS:
        refuse_method(rest, done, has_id ? "GET, PUT, PATCH, DELETE" : "GET, POST");
        return;
    }
    if (!has_id && out->query[0] == '\0') {
        en_rest_refuse(rest, done, 400, "required",
                       "say which %s: by its id, or by a query that finds one", out->type);
    }
}

static void history_address(const struct en_rest *rest, enum en_method method, const char *version,
                            struct en_interact *out, struct en_done *done)
{
    long long number = 0;

    out->kind = version == NULL ? EN_REST_HISTORY : EN_REST_VREAD;
    if (method != EN_GET && method != EN_HEAD) {
        refuse_method(rest, done, "GET");
    } else if (version != NULL && !en_text_integer(version, 1, INT64_MAX, &number)) {
        en_rest_refuse(rest, done, en_rest_id_valid(version) ? 404 : 400,
                       en_rest_id_valid(version) ? "not-found" : "value",
                       "there is no such version; versions are 1, 2, 3 ...");
    }
    out->version = number;
}

static void check_names(const struct en_rest *rest, struct en_interact *out, struct en_done *done)
{
    if (out->type != NULL && !en_rest_type_known(rest->server, out->type)) {
        en_rest_refuse(rest, done, 404, "not-supported",
                       "resources of this type are not kept here; /metadata lists those that are");
    } else if (out->id != NULL && !en_rest_id_valid(out->id)) {
        en_rest_refuse(rest, done, 400, "value",
                       "an id has 1 to 64 letters, digits, '-' and '.', and no others");
    }
}

void en_rest_address(const struct en_rest *rest, enum en_method method, const char *path,
                     const char *query, struct en_interact *out, struct en_done *done)
{
    const char *parts[PARTS_MAX] = {NULL};
    const size_t count = split(rest->arena, path, parts);
    const bool is_history = count > 0 && strcmp(parts[count - 1], "_history") == 0;

    *out = (struct en_interact){.query = query == NULL ? "" : query};
    if (is_history && count <= 3) {
        out->type = count > 1 ? parts[0] : NULL;
        out->id = count > 2 ? parts[1] : NULL;
        check_names(rest, out, done);
        history_address(rest, method, NULL, out, done);
        return;
    }
    out->type = count > 0 ? parts[0] : "";
    if (count == 4 && strcmp(parts[2], "_history") == 0) {
        out->id = parts[1];
        check_names(rest, out, done);
        history_address(rest, method, parts[3], out, done);
    } else if (count == 2 && strcmp(parts[1], "_search") == 0) {
        check_names(rest, out, done);
        out->kind = EN_REST_SEARCH;
        out->is_posted = true;
        if (method != EN_POST) {
            refuse_method(rest, done, "POST");
        }
    } else if (strcmp(out->type, "Patient") == 0 &&
               (count == 3 || (count == 4 && strcmp(parts[3], "_search") == 0))) {
        out->type = parts[2];
        out->compartment = parts[1];
        out->kind = EN_REST_SEARCH;
        out->is_posted = count == 4;
        check_names(rest, out, done);
        if (out->is_posted ? method != EN_POST : method != EN_GET && method != EN_HEAD) {
            refuse_method(rest, done, out->is_posted ? "POST" : "GET");
        }
    } else if (count == 1 || count == 2) {
        out->id = parts[1];
        check_names(rest, out, done);
        plain_address(rest, method, out, done);
    } else {
        en_rest_refuse(rest, done, 404, "not-found", "there is nothing at this address");
    }
}
