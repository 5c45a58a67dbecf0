/* SPDX-License-Identifier: Apache-2.0
 * Where the rows of a search come from.
 *
 * One patient's entries are few, so they are taken without looking. Else the entries of each
 * parameter are counted up to a ceiling and the smallest set is taken; where all are large, walking
 * in the order that was asked for meets enough rows that fit. */
#include "store/search_inside.h"

#include <string.h>

enum { FEW = 50 }; /* rows that are not worth looking for fewer */

/* The type of a reference's values when the parameter has just one. */
static const char *only_type(const struct en_search_clause *c, const struct en_search_value *v)
{
    const char *targets = c->param->targets;

    if (v->system[0] != '\0') {
        return v->system;
    }
    return targets[0] == '\0' || strchr(targets, ' ') != NULL || strchr(v->code, ':') != NULL
               ? NULL
               : targets;
}

/* The entries of one code may have several systems: the only one, or NULL. */
static enum en_status only_system(const struct en_search_run *run, const char *table,
                                  const char *columns[2], const struct en_search_clause *c,
                                  const char **out, struct en_err *err)
{
    struct en_sql sql = EN_SQL(run->a);
    struct en_query *q = NULL;
    bool has_row = false;

    for (int i = 0; i < 2; i++) {
        en_sql_print(
            &sql, "%s(SELECT %s(%s) FROM %s WHERE param = %d AND %s = ", i == 0 ? "SELECT " : ", ",
            i == 0 ? "min" : "max", columns[1], table, c->param->key, columns[0]);
        en_sql_text(&sql, c->values[0].code);
        en_sql_add(&sql, ")");
    }
    enum en_status st = en_sql_get(&sql, run->tx, &q, err);

    *out = NULL;
    if (st == EN_OK) {
        st = en_query_next(q, &has_row, err);
    }
    if (st == EN_OK && has_row && !en_query_is_null(q, 0)) {
        const char *least = en_query_text(q, 0, run->a), *most = en_query_text(q, 1, run->a);

        *out = least != NULL && most != NULL && strcmp(least, most) == 0 ? least : NULL;
    }
    en_query_done(q);
    en_sql_free(&sql);
    return st;
}

/* Whether the clause is one point of its index; then *system completes it. */
static enum en_status find_point(const struct en_search_run *run, const struct en_search_clause *c,
                                 const char **system, struct en_err *err)
{
    static const char *TOKEN[] = {"code", "system"}, *REFERENCE[] = {"target", "type"};
    const struct en_search_value *v = c->values;

    *system = NULL;
    if (c->chain != NULL || c->value_count != 1 || !en_search_is_gatherable(c)) {
        return EN_OK;
    }
    if (c->param->kind == EN_SEARCH_URI) {
        *system = "";
    } else if (c->param->kind == EN_SEARCH_TOKEN) {
        if (!v->any_system) {
            *system = v->system;
        } else {
            return only_system(run, "index_token", TOKEN, c, system, err);
        }
    } else if (c->param->kind == EN_SEARCH_REFERENCE) {
        *system = only_type(c, v);
        if (*system == NULL) {
            return only_system(run, "index_reference", REFERENCE, c, system, err);
        }
    }
    return EN_OK;
}

/* Whether it tells whose record it is: such entries are few. */
static bool is_of_one_patient(const struct en_search_clause *c)
{
    return c->chain == NULL && c->param->kind == EN_SEARCH_REFERENCE && c->value_count == 1 &&
           en_search_is_gatherable(c) && en_search_is_target(c->param->targets, "Patient") &&
           c->param->targets[0] != '\0' &&
           (c->values[0].system[0] == '\0' || strcmp(c->values[0].system, "Patient") == 0);
}

/* How many rows the clause gives, at most gather_max + 1. */
static enum en_status count_rows(const struct en_search_run *run, const struct en_search_clause *c,
                                 int64_t *out, struct en_err *err)
{
    struct en_sql sql = EN_SQL(run->a);

    en_sql_add(&sql, "SELECT count(*) FROM (SELECT n.resource FROM (");
    en_search_gather(run, &sql, c, false);
    en_sql_print(&sql, ") n LIMIT %d) m", run->gather_max + 1);
    return en_sql_count(&sql, run->tx, out, err);
}

/* A clause that gives few rows for certain: by ids, or of one patient. */
static const struct en_search_clause *surely_small(const struct en_search_query *q)
{
    const struct en_search_clause *found = NULL;

    for (size_t i = 0; i < q->clause_count; i++) {
        if (q->clauses[i].chain == NULL && q->clauses[i].param->kind == EN_SEARCH_ID) {
            return &q->clauses[i];
        }
        if (found == NULL && is_of_one_patient(&q->clauses[i])) {
            found = &q->clauses[i];
        }
    }
    return found;
}

/* Spans of dates and numbers are large more often than codes and names are. */
static bool is_span(const struct en_search_clause *c)
{
    const enum en_search_kind kind = (c->chain == NULL ? c : c->chain)->param->kind;

    return kind == EN_SEARCH_DATE || kind == EN_SEARCH_UPDATED || kind == EN_SEARCH_NUMBER ||
           kind == EN_SEARCH_QUANTITY;
}

/* The clause with the fewest rows, or the first with few; NULL when all have more than gather_max.
 */
static enum en_status find_smallest(const struct en_search_run *run,
                                    const struct en_search_clause **out, struct en_err *err)
{
    const struct en_search_query *q = run->query;
    int64_t least = run->gather_max + 1, count;

    *out = NULL;
    for (size_t i = 0; i < 2 * q->clause_count && least > FEW; i++) {
        const struct en_search_clause *c = &q->clauses[i % q->clause_count];

        if (!en_search_is_gatherable(c) || is_span(c) != (i >= q->clause_count)) {
            continue;
        }
        EN_TRY(count_rows(run, c, &count, err));
        if (count < least) {
            least = count;
            *out = c;
        }
    }
    return EN_OK;
}

/* A point among the clauses, all of which are large. */
static enum en_status find_large_point(struct en_search_run *run, struct en_err *err)
{
    const struct en_search_query *q = run->query;
    const char *system = NULL;

    for (size_t i = 0; i < q->clause_count && system == NULL; i++) {
        EN_TRY(find_point(run, &q->clauses[i], &system, err));
        if (system != NULL) {
            run->plan = (struct en_search_plan){EN_SOURCE_POINT, &q->clauses[i], system};
        }
    }
    return EN_OK;
}

/* The order that was asked for has an index of its own. */
static enum en_search_source source_in_order(const struct en_search_query *q)
{
    if (q->sort_count != 1 || q->sorts[0].param->kind == EN_SEARCH_ID) {
        return EN_SOURCE_TYPE;
    }
    return q->sorts[0].param->kind == EN_SEARCH_UPDATED ? EN_SOURCE_UPDATED : EN_SOURCE_SORTED;
}

/* Take this clause as the source. */
static enum en_status take(struct en_search_run *run, const struct en_search_clause *c,
                           struct en_err *err)
{
    const char *system = NULL;

    EN_TRY(find_point(run, c, &system, err));
    run->plan =
        (struct en_search_plan){system == NULL ? EN_SOURCE_SET : EN_SOURCE_POINT, c, system};
    return EN_OK;
}

/* The only clause, and nothing to sort: its entries in order, however many they are. */
static enum en_status take_only_point(struct en_search_run *run, struct en_err *err)
{
    if (run->query->clause_count == 1 && run->query->sort_count == 0) {
        return find_large_point(run, err);
    }
    return EN_OK;
}

enum en_status en_search_plan_make(struct en_search_run *run, struct en_err *err)
{
    const struct en_search_query *q = run->query;
    const struct en_search_clause *small = surely_small(q);

    run->plan = (struct en_search_plan){.source = EN_SOURCE_TYPE};
    if (small != NULL) {
        return take(run, small, err);
    }
    if (q->compartment != NULL) {
        /* Patients are the one itself and those linked with it: two places. */
        run->plan.source = strcmp(q->type, "Patient") == 0 ? EN_SOURCE_SET : EN_SOURCE_POINT;
        return EN_OK;
    }
    EN_TRY(take_only_point(run, err));
    if (run->plan.source == EN_SOURCE_POINT) {
        return EN_OK;
    }
    EN_TRY(find_smallest(run, &small, err));
    if (small != NULL) {
        return take(run, small, err);
    }
    run->plan.source = source_in_order(q);
    return run->plan.source == EN_SOURCE_TYPE ? find_large_point(run, err) : EN_OK;
}
