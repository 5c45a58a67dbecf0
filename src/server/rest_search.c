/* SPDX-License-Identifier: Apache-2.0
 * Searching: one page of what a query finds, as a Bundle.
 *
 * A next page's address holds the query and the place in it sealed (server/seal): addresses of our
 * making show no names, and a place cannot be made up. */
#include "base/text.h"
#include "fhir/deidentify.h"
#include "fhir/issue.h"
#include "fhir/writer.h"
#include "server/rest.h"
#include "server/seal.h"

#include <assert.h>
#include <string.h>

#define PAGE "_page="

/* What a search works with. */
struct hunt {
    struct en_tx *tx;
    const struct en_rest *rest;
    const struct en_interact *in;
    struct en_done *done;
    struct en_access *access;
    struct en_search_query query;
    struct en_issues warnings; /* of a lenient search */
    bool is_sealed;            /* the client sent no readable query in the address */
};

/* "login\ntype\npatient\ncursor\nquery": only whoever got the page can go on with it. */
static enum en_status seal_page(struct hunt *h, const char *cursor, const char **out,
                                struct en_err *err)
{
    const struct en_rest *rest = h->rest;
    const char *patient = h->in->compartment == NULL ? "" : h->in->compartment;
    const char *sealed,
        *text = en_arena_print(rest->arena, "%s\n%s\n%s\n%s\n%s", rest->rq->caller.login,
                               h->query.type, patient, cursor == NULL ? "" : cursor, h->query.text);

    if (text == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the next page");
    }
    EN_TRY(en_seal(rest->server->page_key, text, rest->arena, &sealed, err));
    *out = en_arena_print(rest->arena, "%s/%s?" PAGE "%s", rest->rq->base, h->query.type, sealed);
    return *out == NULL ? en_fail(err, EN_ENOMEM, "no memory for the next page") : EN_OK;
}

/* Take the sealed page of the query apart. Refuses what is none of this caller and type. */
static enum en_status open_page(struct hunt *h, const char *sealed, const char **query,
                                const char **cursor, struct en_interact *in, struct en_err *err)
{
    const struct en_rest *rest = h->rest;
    const char *text, *login = rest->rq->caller.login;
    char *parts[5];

    const enum en_status st = en_unseal(rest->server->page_key, sealed, rest->arena, &text, err);
    bool is_ours = st == EN_OK;

    if (st != EN_OK && st != EN_EINVAL) {
        return st;
    }
    char *at = is_ours ? en_arena_copy(rest->arena, text, SIZE_MAX) : NULL;

    for (size_t i = 0; i < EN_COUNT(parts) && is_ours; i++) {
        parts[i] = i + 1 < EN_COUNT(parts) ? strsep(&at, "\n") : at;
        is_ours = parts[i] != NULL;
    }
    if (!is_ours || !en_text_equal(parts[0], login == NULL ? "(null)" : login) ||
        !en_text_equal(parts[1], in->type)) {
        en_rest_refuse(rest, h->done, 400, "value",
                       "_page is not one that this server gave to you: search again");
        return EN_OK;
    }
    in->compartment = parts[2][0] == '\0' ? NULL : parts[2];
    *cursor = parts[3][0] == '\0' ? NULL : parts[3];
    *query = parts[4];
    h->is_sealed = true;
    return EN_OK;
}

/* Read the query; what is wrong with it goes to done. */
static enum en_status read_query(struct hunt *h, struct en_interact *in, struct en_err *err)
{
    const struct en_rest *rest = h->rest;
    const char *query = in->query, *cursor = NULL, *page;

    EN_TRY(en_http_form_value(query, "_page", rest->arena, &page, err));
    if (page != NULL) {
        EN_TRY(open_page(h, page, &query, &cursor, in, err));
        if (en_rest_refused(h->done)) {
            return EN_OK;
        }
    }
    const enum en_status st =
        en_search_parse(rest->server->params, in->type, query, rest->is_lenient, rest->arena,
                        &h->query, &h->warnings, err);

    if (st == EN_EINVAL) {
        h->done->status = 400;
        h->done->issues = h->warnings;
        return EN_OK;
    }
    EN_TRY(st);
    if (h->query.cursor != NULL) {
        en_rest_refuse(rest, h->done, 400, "not-supported",
                       "follow the link `next` of a page instead of making up a _cursor");
    }
    h->query.cursor = cursor;
    return EN_OK;
}

/* Limit the query to what this caller may find. */
static void limit_query(struct hunt *h, const struct en_interact *in)
{
    const struct en_rest *rest = h->rest;
    const char *own = en_compartment_of(&rest->rq->caller, in->type);
    const char *refused =
        en_must_deidentify(&rest->rq->caller) ? en_deidentify_refused(&h->query) : NULL;

    if (refused != NULL || (in->compartment != NULL && en_must_deidentify(&rest->rq->caller))) {
        en_rest_refuse(rest, h->done, 403, "forbidden",
                       "a %s may not search by %s, which could lead to a person",
                       en_role_name(rest->rq->caller.role),
                       refused == NULL ? "a patient's id" : refused);
        return;
    }
    refused = en_rest_chain_refused(&rest->rq->caller, &h->query);
    if (refused != NULL) {
        en_rest_refuse(rest, h->done, 403, "forbidden",
                       "a %s may not search %s, not by a chain either",
                       en_role_name(rest->rq->caller.role), refused);
        return;
    }
    h->query.compartment = own;
    if (in->compartment == NULL) {
        return;
    }
    if (!en_text_equal(in->type, "Patient") &&
        en_search_param_find(rest->server->params, in->type, EN_SEARCH_COMPARTMENT) == NULL) {
        en_rest_refuse(rest, h->done, 404, "not-supported", "%s is no part of a patient's record",
                       in->type);
    } else if (own != NULL && !en_text_equal(own, in->compartment)) {
        en_rest_refuse(rest, h->done, 404, "not-found", "there is no Patient with this id");
    } else {
        h->query.compartment = in->compartment;
    }
}

static struct en_subset subset_of(const struct en_search_query *q)
{
    switch (q->summary) {
    case EN_SUMMARY_TRUE:
        return (struct en_subset){.kind = EN_SUBSET_SUMMARY};
    case EN_SUMMARY_TEXT:
        return (struct en_subset){.kind = EN_SUBSET_TEXT};
    case EN_SUMMARY_DATA:
        return (struct en_subset){.kind = EN_SUBSET_DATA};
    case EN_SUMMARY_FALSE:
    case EN_SUMMARY_COUNT:
        break;
    }
    return (struct en_subset){.kind = q->elements == NULL ? EN_SUBSET_NONE : EN_SUBSET_ELEMENTS,
                              .elements = q->elements};
}

/* One resource that was found, and whose data it holds. */
static enum en_status add_entry(struct hunt *h, struct en_buf *b, const struct en_version *v,
                                const char *mode, size_t *shown, struct en_err *err)
{
    const struct en_rest *rest = h->rest;
    const struct en_subset subset = subset_of(&h->query);
    struct en_version out;

    EN_TRY(en_rest_shape(rest, &subset, v, &out, err));
    if (out.body == NULL) {
        return EN_OK;
    }
    en_buf_add(b, (*shown)++ == 0 ? ",\"entry\":[" : ",");
    en_buf_print(b, "{\"fullUrl\":");
    en_write_quoted(b, en_arena_print(rest->arena, "%s/%s/%s", rest->rq->base, out.type, out.id));
    en_buf_add(b, ",\"resource\":");
    en_buf_add_bytes(b, out.body, out.size);
    en_buf_print(b, ",\"search\":{\"mode\":\"%s\"}}", mode);
    return en_rest_patients(v->type, v->id, v->body, rest->arena, &h->access->patients,
                            &h->access->patient_count, err);
}

/* What a client should know of the search: parameters that were left out, includes that were cut.
 */
static enum en_status add_outcome(struct hunt *h, const struct en_page *page, struct en_buf *b,
                                  size_t *shown, struct en_err *err)
{
    if (page->include_was_cut) {
        en_issue_add(&h->warnings, h->rest->arena, EN_ISSUE_WARNING, "too-costly", "",
                     "there are more included resources than the %d that one page holds: ask for "
                     "smaller pages with _count",
                     EN_SEARCH_INCLUDED_MAX);
    }
    if (h->warnings.count == 0) {
        return EN_OK;
    }
    en_buf_add(b, (*shown)++ == 0 ? ",\"entry\":[{\"resource\":" : ",{\"resource\":");
    EN_TRY(en_fhir_outcome(&h->warnings, b, err));
    en_buf_add(b, ",\"search\":{\"mode\":\"outcome\"}}");
    return EN_OK;
}

static enum en_status add_links(struct hunt *h, const struct en_page *page, struct en_buf *b,
                                struct en_err *err)
{
    const struct en_rest *rest = h->rest;
    const char *self = NULL, *next = NULL;

    assert(h->query.type != NULL && h->query.text != NULL);

    if (h->is_sealed || h->in->is_posted) {
        EN_TRY(seal_page(h, h->query.cursor, &self, err));
    } else {
        self = en_arena_print(rest->arena, "%s/%s%s%s%s%s%s", rest->rq->base,
                              h->in->compartment == NULL ? "" : "Patient/",
                              h->in->compartment == NULL ? "" : h->in->compartment,
                              h->in->compartment == NULL ? "" : "/", h->query.type,
                              h->query.text[0] == '\0' ? "" : "?", h->query.text);
    }
    en_buf_add(b, ",\"link\":[{\"relation\":\"self\",\"url\":");
    en_write_quoted(b, self);
    if (page->next_cursor != NULL) {
        EN_TRY(seal_page(h, page->next_cursor, &next, err));
        en_buf_add(b, "},{\"relation\":\"next\",\"url\":");
        en_write_quoted(b, next);
    }
    en_buf_add(b, "}]");
    return EN_OK;
}

static enum en_status write_page(struct hunt *h, const struct en_page *page, struct en_buf *b,
                                 struct en_err *err)
{
    size_t shown = 0;

    en_buf_add(b, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"");
    if (page->total >= 0) {
        en_buf_print(b, ",\"total\":%lld", (long long)page->total);
    }
    EN_TRY(add_links(h, page, b, err));
    for (size_t i = 0; i < page->count; i++) {
        EN_TRY(add_entry(h, b, &page->items[i], "match", &shown, err));
    }
    for (size_t i = 0; i < page->included_count; i++) {
        if (!en_may(&h->rest->rq->caller, EN_DO_READ, page->included[i].type)) {
            continue;
        }
        EN_TRY(add_entry(h, b, &page->included[i], "include", &shown, err));
    }
    EN_TRY(add_outcome(h, page, b, &shown, err));
    en_buf_add(b, shown > 0 ? "]}" : "}");
    return EN_OK;
}

enum en_status en_rest_search_in(struct en_tx *tx, const struct en_rest *rest,
                                 const struct en_interact *asked, struct en_done *done,
                                 struct en_access *access, struct en_err *err)
{
    struct en_interact in = *asked;
    struct hunt h = {.tx = tx, .rest = rest, .in = &in, .done = done, .access = access};
    struct en_buf b = EN_BUF(EN_OUTPUT_MAX);
    struct en_page page;

    EN_TRY(read_query(&h, &in, err));
    if (!en_rest_refused(done)) {
        limit_query(&h, &in);
        access->audit.detail = h.query.text;
    }
    if (en_rest_refused(done)) {
        return EN_OK;
    }
    const enum en_status found = en_tx_search(tx, &h.query, rest->arena, &page, err);

    if (found == EN_EINVAL) {
        en_rest_refuse(rest, done, 400, "value", "this page is gone: search again");
        return EN_OK;
    }
    EN_TRY(found);
    enum en_status st = write_page(&h, &page, &b, err);

    if (st == EN_OK) {
        st = en_rest_keep(rest, &b, done, err);
    }
    en_buf_free(&b);
    return st;
}
