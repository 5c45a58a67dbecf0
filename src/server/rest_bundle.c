/* SPDX-License-Identifier: Apache-2.0
 * Bundles of requests: batch, where each entry stands alone, and transaction, all or nothing. */
#include "server/rest_bundle.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/validate.h"
#include "server/rest.h"

#include <sodium.h>
#include <string.h>

/* What is wrong with the Bundle itself. */
static void check_bundle(const struct en_rest *rest, struct json_object *bundle,
                         struct en_done *done)
{
    const char *type = en_json_text(bundle, "type");
    const bool is_known = en_text_equal(type, "batch") || en_text_equal(type, "transaction");
    const size_t count = en_json_count(en_json_get(bundle, "entry"));

    if (!en_text_equal(en_json_text(bundle, "resourceType"), "Bundle")) {
        en_rest_refuse(rest, done, 400, "structure", "send a Bundle to this address");
    } else if (!is_known) {
        en_rest_refuse(rest, done, 400, "not-supported",
                       "Bundles of type batch and transaction can be carried out, no others");
    } else if (count > EN_BUNDLE_REQUESTS_MAX) {
        en_rest_refuse(rest, done, 413, "too-costly", "a Bundle may have at most %d entries",
                       EN_BUNDLE_REQUESTS_MAX);
    }
    if (en_rest_refused(done)) {
        return;
    }
    en_r4_validate_envelope(rest->server->r4, bundle, rest->arena, &done->issues);
    done->status = done->issues.error_count > 0 ? 400 : 0;
}

static bool method_of(const char *name, enum en_method *out)
{
    for (int m = 0; m < EN_METHODS; m++) {
        if (en_text_equal(name, en_method_name((enum en_method)m))) {
            *out = (enum en_method)m;
            return true;
        }
    }
    return false;
}

/* The array of a JSON Patch, which stands in a Bundle as a Binary. */
static struct json_object *read_patch(const struct en_rest *rest, struct json_object *binary,
                                      struct en_done *done)
{
    const char *data = en_json_text(binary, "data");
    const char *type = en_json_text(binary, "contentType");
    const size_t length = data == NULL ? 0 : strlen(data);
    unsigned char *bytes = EN_NEW(rest->arena, unsigned char, length + 1);
    struct json_object *patch = NULL;
    size_t size = 0;

    if (!en_text_equal(en_json_text(binary, "resourceType"), "Binary") ||
        !en_text_equal(type, "application/json-patch+json") || bytes == NULL ||
        sodium_base642bin(bytes, length, data, length, " \n\r\t", &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        en_rest_refuse(rest, done, 400, "structure",
                       "a PATCH carries a Binary: contentType application/json-patch+json, and "
                       "the patch as base64 in data");
        return NULL;
    }
    if (en_json_read((const char *)bytes, size, rest->arena, &patch, &done->issues, NULL) !=
        EN_OK) {
        done->status = 400;
    }
    return patch;
}

/* "Patient/1?x" of an entry: relative to our base, or with it. */
static void read_address(const struct en_rest *rest, enum en_method method, const char *url,
                         struct en_interact *in, struct en_done *done)
{
    const size_t base = strlen(rest->rq->base);
    const char *path = NULL;

    if (en_text_starts(url, rest->rq->base) && url[base] == '/') {
        url += base;
    }
    url += url[0] == '/' ? 1 : 0;
    const size_t size = strcspn(url, "?");

    if (en_http_decode(url, size, false, rest->arena, &path, NULL) != EN_OK) {
        en_rest_refuse(rest, done, 400, "value", "request.url is badly encoded");
        return;
    }
    en_rest_address(rest, method, path, url[size] == '?' ? url + size + 1 : "", in, done);
}

void en_bundle_read_entry(const struct en_rest *rest, struct json_object *entry,
                          struct en_interact *in, struct en_done *done, struct json_object **patch)
{
    struct json_object *request = en_json_get(entry, "request");
    const char *method_name = en_json_text(request, "method");
    const char *url = en_json_text(request, "url");
    enum en_method method;

    *patch = NULL;
    *in = (struct en_interact){.query = ""};
    if (!method_of(method_name, &method) || url == NULL) {
        en_rest_refuse(rest, done, 400, "required",
                       "an entry needs request.method (GET, POST, PUT, PATCH, DELETE) and "
                       "request.url");
        return;
    }
    read_address(rest, method, url, in, done);
    in->body = en_json_get(entry, "resource");
    in->if_match = en_json_text(request, "ifMatch");
    in->if_none_match = en_json_text(request, "ifNoneMatch");
    in->if_modified_since = en_json_text(request, "ifModifiedSince");
    in->if_none_exist = en_json_text(request, "ifNoneExist");
    if (in->kind == EN_REST_PATCH && !en_rest_refused(done)) {
        *patch = read_patch(rest, in->body, done);
        in->body = *patch;
    }
}

enum en_status en_bundle_read(const struct en_rest *rest, struct json_object *bundle,
                              struct en_bundle *out, struct en_done *done, struct en_err *err)
{
    struct json_object *entries = en_json_get(bundle, "entry");

    *out = (struct en_bundle){0};
    check_bundle(rest, bundle, done);
    if (en_rest_refused(done)) {
        return EN_OK;
    }
    out->is_transaction = en_text_equal(en_json_text(bundle, "type"), "transaction");
    const size_t count = en_json_count(entries);

    out->ins = EN_NEW(rest->arena, struct en_interact, count);
    out->dones = EN_NEW(rest->arena, struct en_done, count);
    out->full_urls = EN_NEW(rest->arena, const char *, count);
    out->patches = EN_NEW(rest->arena, struct json_object *, count);
    if (out->ins == NULL || out->dones == NULL || out->full_urls == NULL || out->patches == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the entries of the Bundle");
    }
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        struct json_object *entry = en_json_at(entries, i);

        out->dones[i].place = en_arena_print(rest->arena, "Bundle.entry[%zu]", i);
        out->full_urls[i] = en_json_text(entry, "fullUrl");
        en_bundle_read_entry(rest, entry, &out->ins[i], &out->dones[i], &out->patches[i]);
    }
    return EN_OK;
}

void en_bundle_free(struct en_bundle *b)
{
    for (size_t i = 0; i < b->count; i++) {
        json_object_put(b->patches[i]);
    }
}

/* Each entry by itself; a failure of one is its own. */
static void run_batch(const struct en_rest *rest, struct en_bundle *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct en_interact *in = &b->ins[i];
        struct en_done *done = &b->dones[i];
        struct en_err err = {""};

        if (en_rest_refused(done)) {
            continue;
        }
        const enum en_status st = in->kind >= EN_REST_CREATE
                                      ? en_rest_change(rest, in, done, NULL, 1, &err)
                                      : en_rest_look(rest, in, done, &err);

        if (st != EN_OK) {
            en_rest_fail(rest, done, st, &err);
        }
    }
}

/* The first refusal gives the status, all of them the issues. */
static enum en_status refuse_transaction(const struct en_rest *rest, const struct en_bundle *b,
                                         struct en_http_response *rs, struct en_err *err)
{
    struct en_issues issues = {0};
    int status = 0;

    for (size_t i = 0; i < b->count; i++) {
        const struct en_done *done = &b->dones[i];

        if (!en_rest_refused(done)) {
            continue;
        }
        status = status == 0 ? done->status : status;
        for (size_t k = 0; k < done->issues.count; k++) {
            const struct en_issue *issue = &done->issues.items[k];

            en_issue_add(&issues, rest->arena, issue->severity, issue->code,
                         issue->path[0] == '\0' ? done->place : issue->path, "%s", issue->text);
        }
    }
    return status == 0 ? EN_OK : en_refuse_issues(rs, status, &issues, err);
}

enum en_status en_rest_bundle(const struct en_rest *rest, struct json_object *bundle,
                              struct en_http_response *rs, struct en_err *err)
{
    struct en_rest within = *rest;
    struct en_done done = {0};
    struct en_bundle b;

    within.is_bundle = true;
    enum en_status st = en_bundle_read(&within, bundle, &b, &done, err);

    if (st == EN_OK && en_rest_refused(&done)) {
        st = en_refuse_issues(rs, done.status, &done.issues, err);
    } else if (st == EN_OK && b.is_transaction) {
        st = refuse_transaction(rest, &b, rs, err);
        if (st == EN_OK && rs->status == 0) {
            st = en_rest_change(&within, b.ins, b.dones, b.full_urls, b.count, err);
        }
        if (st == EN_OK && rs->status == 0) {
            st = refuse_transaction(rest, &b, rs, err);
        }
    } else if (st == EN_OK) {
        run_batch(&within, &b);
    }
    if (st == EN_OK && rs->status == 0) {
        st = en_bundle_answer(&within, &b, rs, err);
    }
    en_bundle_free(&b);
    return st;
}
