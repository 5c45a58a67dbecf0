/* SPDX-License-Identifier: Apache-2.0
 * Whatever comes becomes one transaction Bundle, which the REST API carries out. */
#include "server/import.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "server/rest.h"

#include <stdlib.h>
#include <string.h>

/* What one import needs. */
struct importer {
    struct en_server *server;
    const char *who;
    struct en_arena *arena;
    struct en_import *out;
    struct en_err *err;
};

static enum en_status no_memory(struct importer *i)
{
    return en_fail(i->err, EN_ENOMEM, "no memory left for the import");
}

static bool add_text(struct json_object *object, const char *key, const char *text)
{
    struct json_object *value = json_object_new_string(text);

    return value != NULL && json_object_object_add(object, key, value) == 0;
}

/* {"fullUrl":..,"resource":..,"request":{"method":"PUT","url":"Patient/1"}}; without an id POST. */
static struct json_object *entry_of(struct importer *i, struct json_object *resource,
                                    const char *full_url)
{
    const char *type = en_json_text(resource, "resourceType"), *id = en_json_text(resource, "id");
    struct json_object *entry = json_object_new_object(), *request = json_object_new_object();
    const char *url = id == NULL ? type : en_arena_print(i->arena, "%s/%s", type, id);

    if (entry == NULL || request == NULL || type == NULL || url == NULL ||
        !add_text(request, "method", id == NULL ? "POST" : "PUT") ||
        !add_text(request, "url", url) ||
        json_object_object_add(entry, "resource", json_object_get(resource)) != 0 ||
        json_object_object_add(entry, "request", request) != 0 ||
        (full_url != NULL && !add_text(entry, "fullUrl", full_url))) {
        json_object_put(entry);
        return NULL;
    }
    return entry;
}

static struct json_object *new_transaction(void)
{
    struct json_object *bundle = json_object_new_object(), *entries = json_object_new_array();

    if (bundle == NULL || entries == NULL || !add_text(bundle, "resourceType", "Bundle") ||
        !add_text(bundle, "type", "transaction") ||
        json_object_object_add(bundle, "entry", entries) != 0) {
        json_object_put(bundle);
        return NULL;
    }
    return bundle;
}

static bool add_resource(struct importer *i, struct json_object *bundle,
                         struct json_object *resource, const char *full_url)
{
    struct json_object *entry = entry_of(i, resource, full_url);

    return entry != NULL && json_object_array_add(en_json_get(bundle, "entry"), entry) == 0;
}

/* Count what was written, or keep why nothing was: the outcome's issues. */
static void read_answer(struct importer *i, const struct en_http_response *rs, size_t count)
{
    struct en_issues issues = {0};
    struct json_object *outcome = NULL;

    if (rs->status == 200) {
        i->out->resources += count;
        return;
    }
    i->out->is_refused = true;
    if (en_json_read(en_buf_text(&rs->body), rs->body.size, i->arena, &outcome, &issues, NULL) ==
        EN_OK) {
        struct json_object *list = en_json_get(outcome, "issue");

        for (size_t k = 0; k < en_json_count(list); k++) {
            struct json_object *one = en_json_at(list, k);
            const char *text = en_json_text(en_json_get(one, "details"), "text");
            struct json_object *place = en_json_at(en_json_get(one, "expression"), 0);
            const char *path = place == NULL ? "Bundle" : json_object_get_string(place);

            en_issue_add(&i->out->issues, i->arena, EN_ISSUE_ERROR, "processing",
                         en_arena_copy(i->arena, path, SIZE_MAX), "%s",
                         text == NULL ? "refused" : text);
        }
    }
    json_object_put(outcome);
}

static enum en_status run(struct importer *i, struct json_object *bundle)
{
    const struct en_http_request rq = {
        .id = "import",
        .method = EN_POST,
        .path = "/fhir",
        .query = "",
        .address = "",
        .base = "",
        .caller = {.role = EN_ROLE_OWNER, .login = i->who},
        .now_us = en_clock_us(),
        .today = en_clock_today(),
        .arena = i->arena,
    };
    const struct en_rest rest = {.server = i->server,
                                 .rq = &rq,
                                 .arena = i->arena,
                                 .prefer = EN_PREFER_MINIMAL,
                                 .is_bundle = true};
    struct en_http_response rs = {.body = EN_BUF(EN_OUTPUT_MAX)};
    const enum en_status st = en_rest_bundle(&rest, bundle, &rs, i->err);

    if (st == EN_OK) {
        read_answer(i, &rs, en_json_count(en_json_get(bundle, "entry")));
    }
    en_buf_free(&rs.body);
    return st;
}

/* Any Bundle but a transaction: its resources under their ids. */
static enum en_status run_resources(struct importer *i, struct json_object *from)
{
    struct json_object *list = en_json_get(from, "entry"), *bundle = new_transaction();
    bool is_made = bundle != NULL;

    for (size_t k = 0; k < en_json_count(list) && is_made; k++) {
        struct json_object *entry = en_json_at(list, k), *resource = en_json_get(entry, "resource");

        if (en_json_text(resource, "resourceType") != NULL) {
            is_made = add_resource(i, bundle, resource, en_json_text(entry, "fullUrl"));
        }
    }
    const enum en_status st = is_made ? run(i, bundle) : no_memory(i);

    json_object_put(bundle);
    return st;
}

static enum en_status run_single(struct importer *i, struct json_object *resource)
{
    struct json_object *bundle = new_transaction();
    const bool is_made = bundle != NULL && add_resource(i, bundle, resource, NULL);
    const enum en_status st = is_made ? run(i, bundle) : no_memory(i);

    json_object_put(bundle);
    return st;
}

/* Strict JSON with a resourceType; else a refusal. */
static enum en_status read_resource(struct importer *i, const char *bytes, size_t size,
                                    struct json_object **out)
{
    enum en_status st = en_json_read(bytes, size, i->arena, out, &i->out->issues, i->err);

    if (st == EN_OK && en_json_text(*out, "resourceType") == NULL) {
        en_issue_add(&i->out->issues, i->arena, EN_ISSUE_ERROR, "structure", "$this",
                     "has no resourceType: it is no FHIR resource");
    }
    i->out->is_refused |= i->out->issues.error_count > 0;
    return st == EN_EINVAL ? EN_OK : st;
}

enum en_status en_import_text(struct en_server *s, const char *who, const char *bytes, size_t size,
                              struct en_arena *a, struct en_import *out, struct en_err *err)
{
    struct importer i = {.server = s, .who = who, .arena = a, .out = out, .err = err};
    struct json_object *read = NULL;

    *out = (struct en_import){0};
    enum en_status st = read_resource(&i, bytes, size, &read);

    if (st == EN_OK && !out->is_refused) {
        const bool is_bundle = en_text_equal(en_json_text(read, "resourceType"), "Bundle");
        const bool is_transaction = en_text_equal(en_json_text(read, "type"), "transaction");

        st = !is_bundle       ? run_single(&i, read)
             : is_transaction ? run(&i, read)
                              : run_resources(&i, read);
    }
    json_object_put(read);
    return st;
}

/* The next lines into a transaction; *at moves behind them. */
static enum en_status collect(struct importer *i, const char **at, const char *end,
                              struct json_object *bundle)
{
    for (size_t count = 0; count < EN_IMPORT_LINES && *at < end;) {
        const char *line_end = memchr(*at, '\n', (size_t)(end - *at));
        const size_t size = (size_t)((line_end == NULL ? end : line_end) - *at);
        struct json_object *resource = NULL;
        const char *line = *at;

        *at += size + (line_end != NULL);
        if (size == 0 || (size == 1 && line[0] == '\r')) {
            continue;
        }
        EN_TRY(read_resource(i, line, size, &resource));
        const bool is_added = i->out->is_refused || add_resource(i, bundle, resource, NULL);

        json_object_put(resource);
        if (!is_added) {
            return no_memory(i);
        }
        count++;
    }
    return EN_OK;
}

enum en_status en_import_lines(struct en_server *s, const char *who, const char *bytes, size_t size,
                               struct en_arena *a, struct en_import *out, struct en_err *err)
{
    struct importer i = {.server = s, .who = who, .arena = a, .out = out, .err = err};
    const char *at = bytes, *end = bytes + size;
    enum en_status st = EN_OK;

    *out = (struct en_import){0};
    while (at < end && st == EN_OK && !out->is_refused) {
        const struct en_arena_mark mark = en_arena_mark(a);
        struct json_object *bundle = new_transaction();

        st = bundle == NULL ? no_memory(&i) : collect(&i, &at, end, bundle);
        if (st == EN_OK && !out->is_refused && en_json_count(en_json_get(bundle, "entry")) > 0) {
            st = run(&i, bundle);
        }
        json_object_put(bundle);
        if (!out->is_refused) {
            en_arena_rewind(a, mark);
        }
    }
    return st;
}
