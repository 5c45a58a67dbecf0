/* SPDX-License-Identifier: Apache-2.0
 * The first part of a change: everything that needs no database. */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/validate.h"
#include "server/rest_unit.h"

#include <string.h>

static bool has_body(const struct en_interact *in)
{
    return in->kind == EN_REST_CREATE || in->kind == EN_REST_UPDATE;
}

static bool is_change(const struct en_interact *in)
{
    return in->kind >= EN_REST_CREATE;
}

/* Type and id of the resource against those of the address. */
static void check_body(const struct en_rest *rest, const struct en_write *w)
{
    const struct en_interact *in = w->in;
    const char *type = en_json_text(in->body, "resourceType"), *id = en_json_text(in->body, "id");

    if (in->body == NULL) {
        en_rest_refuse(rest, w->done, 400, "required", "send the resource as the body");
    } else if (type == NULL) {
        en_rest_refuse(rest, w->done, 400, "structure", "the body has no resourceType");
    } else if (!en_text_equal(type, in->type)) {
        en_rest_refuse(rest, w->done, 400, "value",
                       "the resource in the body is of another type than the address");
    } else if (in->kind == EN_REST_UPDATE && in->id != NULL && !en_text_equal(id, in->id)) {
        en_rest_refuse(rest, w->done, 400, "value",
                       "the id in the body must be the id in the address");
    } else if (id != NULL && in->kind == EN_REST_UPDATE && !en_rest_id_valid(id)) {
        en_rest_refuse(rest, w->done, 400, "value",
                       "an id has 1 to 64 letters, digits, '-' and '.', and no others");
    }
}

/* Take over the issues; in a Bundle their paths go on from its entry. */
static void take_issues(const struct en_rest *rest, struct en_done *done, const char *member,
                        const struct en_issues *issues)
{
    for (size_t i = 0; i < issues->count; i++) {
        const struct en_issue *issue = &issues->items[i];
        const char *path = issue->path;

        if (done->place != NULL) {
            const char *dot = strchr(path, '.');

            path =
                en_arena_print(rest->arena, "%s.%s%s", done->place, member, dot == NULL ? "" : dot);
        }
        en_issue_add(&done->issues, rest->arena, issue->severity, issue->code,
                     path == NULL ? "" : path, "%s", issue->text);
    }
    done->issues.was_cut = done->issues.was_cut || issues->was_cut;
}

static void validate(const struct en_rest *rest, const struct en_write *w)
{
    struct en_issues issues = {0};

    en_r4_validate(rest->server->r4, w->in->body, rest->arena, &issues);
    take_issues(rest, w->done, "resource", &issues);
    if (issues.error_count > 0) {
        w->done->status = 400;
    }
}

/* The part of "Patient?identifier=x" or "?identifier=x" that is the query. */
static const char *query_part(const char *condition)
{
    const char *mark = strchr(condition, '?');

    return mark == NULL ? condition : mark + 1;
}

static enum en_status read_condition(const struct en_rest *rest, struct en_write *w,
                                     struct en_err *err)
{
    const struct en_interact *in = w->in;
    const char *condition = in->kind == EN_REST_CREATE ? in->if_none_exist
                            : in->id == NULL           ? in->query
                                                       : NULL;

    if (condition == NULL || !is_change(in)) {
        return EN_OK;
    }
    w->is_conditional = true;
    return en_rest_criteria(rest, in->type, query_part(condition), &w->criteria, w->done, err);
}

/* Only what a version's tag can be: a mistyped one must not turn off the check. */
static void check_tags(const struct en_rest *rest, const struct en_write *w)
{
    const struct en_interact *in = w->in;

    if (in->if_match != NULL && strcmp(in->if_match, "*") != 0 && en_rest_etag(in->if_match) == 0) {
        en_rest_refuse(rest, w->done, 400, "value",
                       "If-Match takes one version as its ETag says it: W/\"3\"");
    }
}

static bool is_wanted(void *context, const char *address)
{
    return en_unit_look_up(context, address) != NULL;
}

/* "Type?query": a reference that says how to find its target. */
static bool is_conditional_reference(const char *text)
{
    const size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    return letters > 0 && text[letters] == '?';
}

static enum en_status add_pointer(struct en_unit *u, struct en_write *w, const char *text,
                                  struct en_err *err)
{
    const struct en_rest *rest = u->rest;

    for (size_t i = 0; i < u->pointer_count; i++) {
        if (strcmp(u->pointers[i].text, text) == 0) {
            return EN_OK;
        }
    }
    if (u->pointers == NULL) {
        u->pointers = EN_NEW(rest->arena, struct en_pointer, EN_BUNDLE_POINTERS_MAX);
    }
    const char *type = en_arena_copy(rest->arena, text, strcspn(text, "?"));

    if (u->pointers == NULL || type == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for conditional references");
    }
    if (u->pointer_count == EN_BUNDLE_POINTERS_MAX) {
        en_rest_refuse(rest, w->done, 413, "too-costly",
                       "a Bundle may have at most %d different conditional references",
                       EN_BUNDLE_POINTERS_MAX);
        return EN_OK;
    }
    if (!en_rest_type_known(rest->server, type) || !en_may(&rest->rq->caller, EN_DO_SEARCH, type)) {
        en_rest_refuse(rest, w->done, 400, "not-supported",
                       "a conditional reference names a type that cannot be searched for");
        return EN_OK;
    }
    struct en_pointer *p = &u->pointers[u->pointer_count];

    p->text = text;
    EN_TRY(en_rest_criteria(rest, type, query_part(text), &p->criteria, w->done, err));
    u->pointer_count += en_rest_refused(w->done) ? 0 : 1;
    return EN_OK;
}

/* What the resource points to; references that only a transaction can resolve are read. */
static enum en_status read_links(struct en_unit *u, struct en_write *w, struct en_err *err)
{
    EN_TRY(en_fhir_links(u->rest->server->r4, w->in->body, is_wanted, u, u->rest->arena, &w->links,
                         &w->link_count, err));
    enum en_status st = EN_OK;

    for (size_t i = 0; i < w->link_count && !en_rest_refused(w->done) && st == EN_OK; i++) {
        const struct en_link *link = &w->links[i];

        if (link->kind != EN_LINK_REFERENCE) {
            continue;
        }
        if (is_conditional_reference(link->original)) {
            st = add_pointer(u, w, link->original, err);
        } else if (en_text_starts(link->original, "urn:") &&
                   en_unit_look_up(u, link->original) == NULL) {
            en_rest_refuse(u->rest, w->done, 400, "not-found",
                           "a reference points to a urn that is the fullUrl of no entry");
        }
    }
    return st;
}

/* While the resource is checked, a plain reference stands where a conditional one is. */
static enum en_status hide_conditional(const struct en_write *w, struct en_err *err)
{
    for (size_t i = 0; i < w->link_count; i++) {
        const struct en_link *link = &w->links[i];
        char text[96];

        if (link->kind == EN_LINK_REFERENCE && is_conditional_reference(link->original)) {
            (void)snprintf(text, sizeof text, "%.*s/0", (int)strcspn(link->original, "?") % 80,
                           link->original);
            if (json_object_set_string(link->place, text) == 0) {
                return en_fail(err, EN_ENOMEM, "no memory for a reference");
            }
        }
    }
    return EN_OK;
}

static enum en_status prepare_body(struct en_unit *u, struct en_write *w, struct en_err *err)
{
    const char *id = en_json_text(w->in->body, "id");

    check_body(u->rest, w);
    w->own_id = id == NULL ? NULL : en_arena_copy(u->rest->arena, id, SIZE_MAX);
    if (id != NULL && w->own_id == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an id");
    }
    if (u->is_bundle && !en_rest_refused(w->done)) {
        EN_TRY(read_links(u, w, err));
        EN_TRY(hide_conditional(w, err));
    }
    if (!en_rest_refused(w->done)) {
        validate(u->rest, w);
    }
    return EN_OK;
}

static enum en_status prepare_one(struct en_unit *u, struct en_write *w, struct en_err *err)
{
    const struct en_rest *rest = u->rest;

    w->is_look = !is_change(w->in);
    if (!en_rest_allowed(rest, w->in, w->done) || w->is_look) {
        return EN_OK;
    }
    check_tags(rest, w);
    if (has_body(w->in)) {
        EN_TRY(prepare_body(u, w, err));
    } else if (w->in->kind == EN_REST_PATCH && !json_object_is_type(w->in->body, json_type_array)) {
        en_rest_refuse(rest, w->done, 400, "structure", "a JSON Patch is an array of operations");
    }
    if (!en_rest_refused(w->done)) {
        EN_TRY(read_condition(rest, w, err));
    }
    w->fresh_id = en_store_id(rest->arena);
    return w->fresh_id == NULL ? en_fail(err, EN_ENOMEM, "no memory for an id") : EN_OK;
}

/* Two creates under one condition would make two, or one that both take for theirs. */
static void refuse_same_conditions(struct en_unit *u)
{
    for (size_t i = 0; i < u->count; i++) {
        for (size_t k = 0; k < i && u->writes[i].is_conditional; k++) {
            if (u->writes[k].is_conditional && !en_rest_refused(u->writes[k].done) &&
                en_text_equal(u->writes[i].criteria.key, u->writes[k].criteria.key)) {
                en_rest_refuse(u->rest, u->writes[i].done, 400, "duplicate",
                               "two entries have the same condition");
            }
        }
    }
}

/* A conditional reference to what another entry makes under the same condition. */
static void join_pointers(struct en_unit *u)
{
    for (size_t i = 0; i < u->pointer_count; i++) {
        for (size_t k = 0; k < u->count; k++) {
            const struct en_write *w = &u->writes[k];

            if (w->is_conditional && has_body(w->in) &&
                en_text_equal(w->criteria.key, u->pointers[i].criteria.key)) {
                u->pointers[i].write = w;
            }
        }
    }
}

enum en_status en_unit_prepare(struct en_unit *u, struct en_err *err)
{
    for (size_t i = 0; i < u->count; i++) {
        EN_TRY(prepare_one(u, &u->writes[i], err));
    }
    refuse_same_conditions(u);
    join_pointers(u);
    return EN_OK;
}
