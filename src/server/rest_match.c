/* SPDX-License-Identifier: Apache-2.0
 * Conditions: which resource a query finds, and a key by which two who ask the same meet. */
#include "base/text.h"
#include "server/rest.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "Type?" and the parameters in alphabetical order: the order in which they are given means
 * nothing. */
static const char *make_key(struct en_arena *a, const char *type, const char *query)
{
    const char *parts[EN_SEARCH_CLAUSES_MAX] = {NULL};
    size_t count = 0;
    const char *key = en_arena_print(a, "%s?", type);

    for (const char *at = query; *at != '\0' && count < EN_COUNT(parts);) {
        const size_t size = strcspn(at, "&");

        parts[count] = en_arena_copy(a, at, size);
        if (parts[count] == NULL) {
            return NULL;
        }
        count += size > 0 ? 1 : 0;
        at += size + (at[size] == '&' ? 1 : 0);
    }
    qsort(parts, count, sizeof *parts, compare);
    for (size_t i = 0; i < count && key != NULL; i++) {
        key = en_arena_print(a, "%s&%s", key, parts[i]);
    }
    return key;
}

const char *en_rest_chain_refused(const struct en_caller *caller, const struct en_search_query *q)
{
    for (size_t i = 0; i < q->clause_count; i++) {
        for (const struct en_search_clause *c = q->clauses[i].chain; c != NULL; c = c->chain) {
            if (!en_may(caller, EN_DO_SEARCH, c->param->type)) {
                return c->param->type;
            }
        }
    }
    return NULL;
}

enum en_status en_rest_criteria(const struct en_rest *rest, const char *type, const char *query,
                                struct en_criteria *out, struct en_done *done, struct en_err *err)
{
    struct en_search_query *q = &out->query;

    *out = (struct en_criteria){0};
    /* What a condition finds shows in what is done: it is a search. */
    if (!en_may(&rest->rq->caller, EN_DO_SEARCH, type)) {
        en_rest_refuse(rest, done, 403, "forbidden", "a %s may not search %s, not by a condition",
                       en_role_name(rest->rq->caller.role), type);
        return EN_OK;
    }
    /* Never lenient: leaving out a criterion would find another resource. */
    const enum en_status st = en_search_parse(rest->server->params, type, query, false, rest->arena,
                                              q, &done->issues, err);

    if (st == EN_EINVAL) {
        done->status = 400;
        return EN_OK;
    }
    EN_TRY(st);
    const char *hidden = en_rest_chain_refused(&rest->rq->caller, q);

    if (hidden != NULL) {
        en_rest_refuse(rest, done, 403, "forbidden",
                       "a %s may not search %s, not by a chain either",
                       en_role_name(rest->rq->caller.role), hidden);
        return EN_OK;
    }
    if (q->clause_count == 0) {
        en_rest_refuse(rest, done, 412, "required",
                       "a condition needs at least one search parameter");
        return EN_OK;
    }
    if (q->sort_count > 0 || q->include_count > 0 || q->cursor != NULL || q->elements != NULL) {
        en_rest_refuse(rest, done, 400, "not-supported",
                       "a condition holds search parameters only, no _sort, _include, _elements");
        return EN_OK;
    }
    q->count = EN_MATCH_SEVERAL;
    q->total = EN_TOTAL_NONE;
    q->summary = EN_SUMMARY_FALSE;
    q->compartment = en_compartment_of(&rest->rq->caller, type);
    out->key = make_key(rest->arena, type, q->text);
    return out->key == NULL ? en_fail(err, EN_ENOMEM, "no memory for a condition") : EN_OK;
}

enum en_status en_rest_match(struct en_tx *tx, bool is_writing, const struct en_criteria *criteria,
                             struct en_arena *a, struct en_match *out, struct en_err *err)
{
    struct en_page page;

    if (is_writing) {
        EN_TRY(en_tx_lock(tx, criteria->key, err));
    }
    EN_TRY(en_tx_search(tx, &criteria->query, a, &page, err));
    *out = (struct en_match){.count =
                                 page.count < EN_MATCH_SEVERAL ? (int)page.count : EN_MATCH_SEVERAL,
                             .id = page.count > 0 ? page.items[0].id : NULL};
    return EN_OK;
}
