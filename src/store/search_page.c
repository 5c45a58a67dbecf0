/* SPDX-License-Identifier: Apache-2.0
 * The statement of a page: rows of the source that fit everything else, in order, from behind the
 * place of the page before. */
#include "store/search_inside.h"

#include <assert.h>
#include <string.h>

enum { KEY_COLUMNS_MAX = 4 };

/* The columns that the key of a kind's index table has between param and resource. */
static const char *const *key_columns(enum en_search_kind kind)
{
    static const char *const COLUMNS[][KEY_COLUMNS_MAX + 1] = {
        {"code", "system", NULL},
        {"folded", "written", NULL},
        {"target", "type", NULL},
        {"low_us", "high_us", NULL},
        {"low", "high", "unit", "system", NULL}};

    switch (kind) {
    case EN_SEARCH_TOKEN:
        return COLUMNS[0];
    case EN_SEARCH_STRING:
        return COLUMNS[1];
    case EN_SEARCH_REFERENCE:
    case EN_SEARCH_URI:
        return COLUMNS[2];
    case EN_SEARCH_DATE:
        return COLUMNS[3];
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        return COLUMNS[4];
    case EN_SEARCH_ID:
    case EN_SEARCH_UPDATED:
        break;
    }
    return NULL;
}

static bool has_heads(const struct en_search_run *run)
{
    const enum en_search_source s = run->plan.source;

    return s == EN_SOURCE_TYPE || s == EN_SOURCE_UNSORTED || s == EN_SOURCE_UPDATED;
}

static const char *key_of(const struct en_search_run *run)
{
    return has_heads(run) ? "c.key" : "c.resource";
}

static bool is_descending(const struct en_search_query *q)
{
    return q->sort_count > 0 && q->sorts[q->sort_count - 1].is_descending;
}

/* The value that a kind's n-th key column holds. */
static void bind_column(struct en_sql *sql, const struct en_index_value *v, size_t column)
{
    const bool is_first = column == 0;

    switch (v->param->kind) {
    case EN_SEARCH_STRING:
        en_sql_text(sql, is_first ? v->code : v->text);
        break;
    case EN_SEARCH_TOKEN:
    case EN_SEARCH_REFERENCE:
    case EN_SEARCH_URI:
        en_sql_text(sql, is_first ? v->code : v->system);
        break;
    case EN_SEARCH_DATE:
    case EN_SEARCH_UPDATED:
        en_sql_integer(sql, is_first ? v->low_us : v->high_us);
        break;
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        if (column < 2) {
            en_sql_number(sql, is_first ? v->low : v->high);
        } else {
            en_sql_text(sql, column == 2 ? v->code : v->system);
        }
        break;
    case EN_SEARCH_ID:
        en_sql_text(sql, v->code);
        break;
    }
}

/* "c.low_us, c.high_us, c.resource", each with this behind it. */
static void list_columns(struct en_sql *sql, const char *alias, const char *const *columns,
                         const char *behind, bool with_resource)
{
    for (size_t i = 0; columns[i] != NULL; i++) {
        en_sql_print(sql, "%s%s.%s%s", i == 0 ? "" : ", ", alias, columns[i], behind);
    }
    if (with_resource) {
        en_sql_print(sql, ", %s.resource%s", alias, behind);
    }
}

/* Sources */

static void heads(const struct en_search_run *run, struct en_sql *sql)
{
    en_sql_add(sql, " FROM resource c WHERE c.is_deleted = 0 AND c.type = ");
    en_sql_text(sql, run->query->type);
}

static void point(const struct en_search_run *run, struct en_sql *sql)
{
    const struct en_search_clause *c = run->plan.clause;
    const bool is_token = c != NULL && c->param->kind == EN_SEARCH_TOKEN;

    en_sql_print(sql, " FROM %s c WHERE c.param = %d AND c.%s = ",
                 is_token ? "index_token" : "index_reference",
                 c != NULL ? c->param->key : en_search_key(run->query->type, EN_SEARCH_COMPARTMENT),
                 is_token ? "code" : "target");
    en_sql_text(sql, c != NULL ? c->values[0].code : run->query->compartment);
    en_sql_print(sql, " AND c.%s = ", is_token ? "system" : "type");
    en_sql_text(sql, c != NULL ? run->plan.system : "Patient");
}

static void set(const struct en_search_run *run, struct en_sql *sql)
{
    en_sql_add(sql, " FROM (");
    if (run->plan.clause != NULL) {
        en_search_gather(run, sql, run->plan.clause, true);
    } else {
        en_sql_add(sql, "SELECT h.key AS resource FROM resource h WHERE h.is_deleted = 0"
                        " AND h.type = 'Patient' AND h.id = ");
        en_sql_text(sql, run->query->compartment);
        en_sql_print(sql,
                     " UNION SELECT k.resource FROM index_reference k WHERE k.param = %d"
                     " AND k.type = 'Patient' AND k.target = ",
                     en_search_key("Patient", EN_SEARCH_COMPARTMENT));
        en_sql_text(sql, run->query->compartment);
    }
    en_sql_add(sql, ") c WHERE 1 = 1");
}

/* Entries of the parameter to sort by; of a resource with several, the first in this order. */
static void sorted(const struct en_search_run *run, struct en_sql *sql)
{
    const struct en_search_sort *sort = &run->query->sorts[0];
    const char *const *columns = key_columns(sort->param->kind);
    const char *table = en_search_table(sort->param->kind);

    en_sql_print(sql,
                 " FROM %s c WHERE c.param = %d AND NOT EXISTS (SELECT 1 FROM %s j"
                 " WHERE j.resource = c.resource AND j.param = %d AND (",
                 table, sort->param->key, table, sort->param->key);
    list_columns(sql, "j", columns, "", false);
    en_sql_add(sql, sort->is_descending ? ") > (" : ") < (");
    list_columns(sql, "c", columns, "", false);
    en_sql_add(sql, ") LIMIT 1 OFFSET 0)");
}

static void unsorted(const struct en_search_run *run, struct en_sql *sql)
{
    const struct en_search_param *p = run->query->sorts[0].param;

    heads(run, sql);
    en_sql_print(sql,
                 " AND NOT EXISTS (SELECT 1 FROM %s j WHERE j.resource = c.key AND j.param = %d"
                 " LIMIT 1 OFFSET 0)",
                 en_search_table(p->kind), p->key);
}

/* " FROM ... WHERE ..." of everything that fits. */
static void rows(const struct en_search_run *run, struct en_sql *sql)
{
    static void (*const SOURCES[])(const struct en_search_run *,
                                   struct en_sql *) = {heads, point, set, sorted, unsorted, heads};
    const struct en_search_query *q = run->query;
    const bool is_clause = run->plan.source == EN_SOURCE_POINT || run->plan.source == EN_SOURCE_SET;

    SOURCES[run->plan.source](run, sql);
    for (size_t i = 0; i < q->clause_count; i++) {
        if (&q->clauses[i] != run->plan.clause) {
            en_search_condition(run, sql, &q->clauses[i], key_of(run));
        }
    }
    if (!is_clause || run->plan.clause != NULL) {
        en_search_in_compartment(run, sql, q->type, key_of(run));
    }
}

/* Orders */

static void head_of_page(struct en_sql *sql)
{
    en_sql_add(sql, "SELECT " EN_VERSION_COLUMNS " FROM (");
}

static void join_versions(struct en_sql *sql)
{
    en_sql_add(sql, ") p JOIN resource r ON r.key = p.key JOIN version v ON v.resource = r.key"
                    " AND v.version = r.version ORDER BY ");
}

static void limit(struct en_sql *sql, int count)
{
    en_sql_add(sql, " LIMIT ");
    en_sql_integer(sql, count);
}

static void page_by_key(const struct en_search_run *run, int count, struct en_sql *sql)
{
    const bool is_down = is_descending(run->query);
    const char *key = key_of(run), *way = is_down ? " DESC" : "";

    head_of_page(sql);
    en_sql_print(sql, "SELECT %s AS key", key);
    rows(run, sql);
    if (run->has_place) {
        en_sql_print(sql, " AND %s %s ", key, is_down ? "<" : ">");
        en_sql_integer(sql, run->place.key);
    }
    en_sql_print(sql, " ORDER BY %s%s", key, way);
    limit(sql, count);
    join_versions(sql);
    en_sql_print(sql, "p.key%s", way);
}

static void page_by_update(const struct en_search_run *run, int count, struct en_sql *sql)
{
    const bool is_down = is_descending(run->query);
    const char *way = is_down ? " DESC" : "";

    head_of_page(sql);
    en_sql_add(sql, "SELECT c.key, c.updated_us");
    rows(run, sql);
    if (run->has_place) {
        en_sql_print(sql, " AND (c.updated_us, c.key) %s (", is_down ? "<" : ">");
        en_sql_integer(sql, run->place.updated_us);
        en_sql_add(sql, ", ");
        en_sql_integer(sql, run->place.key);
        en_sql_add(sql, ")");
    }
    en_sql_print(sql, " ORDER BY c.updated_us%s, c.key%s", way, way);
    limit(sql, count);
    join_versions(sql);
    en_sql_print(sql, "p.updated_us%s, p.key%s", way, way);
}

static void page_in_order(const struct en_search_run *run, int count, struct en_sql *sql)
{
    const struct en_search_sort *sort = &run->query->sorts[0];
    const char *const *columns = key_columns(sort->param->kind);
    const char *way = sort->is_descending ? " DESC" : "";

    head_of_page(sql);
    en_sql_add(sql, "SELECT c.resource AS key, c.resource, ");
    list_columns(sql, "c", columns, "", false);
    rows(run, sql);
    if (run->has_place) {
        en_sql_add(sql, " AND (");
        list_columns(sql, "c", columns, "", true);
        en_sql_add(sql, sort->is_descending ? ") < (" : ") > (");
        for (size_t i = 0; columns[i] != NULL; i++) {
            bind_column(sql, &run->place.values[0], i);
            en_sql_add(sql, ", ");
        }
        en_sql_integer(sql, run->place.key);
        en_sql_add(sql, ")");
    }
    en_sql_add(sql, " ORDER BY ");
    list_columns(sql, "c", columns, way, true);
    limit(sql, count);
    join_versions(sql);
    list_columns(sql, "p", columns, way, true);
}

/* The value that a resource is sorted by: the least, or falling the greatest. */
static void sort_value(const struct en_search_sort *sort, const char *key, struct en_sql *sql)
{
    const struct en_search_param *p = sort->param;

    if (p->kind == EN_SEARCH_ID || p->kind == EN_SEARCH_UPDATED) {
        en_sql_print(sql, "(SELECT u.%s FROM resource u WHERE u.key = %s)",
                     p->kind == EN_SEARCH_ID ? "id" : "updated_us", key);
        return;
    }
    en_sql_print(sql, "(SELECT %s(j.%s) FROM %s j WHERE j.resource = %s AND j.param = %d)",
                 sort->is_descending ? "max" : "min", key_columns(p->kind)[0],
                 en_search_table(p->kind), key, p->key);
}

/* "p.s0 IS NULL, p.s0 DESC, ..., p.key DESC": what has no value comes last. */
static void sort_order(const struct en_search_query *q, const char *alias, struct en_sql *sql)
{
    for (size_t i = 0; i < q->sort_count; i++) {
        en_sql_print(sql, "%s.s%zu IS NULL, %s.s%zu%s, ", alias, i, alias, i,
                     q->sorts[i].is_descending ? " DESC" : "");
    }
    en_sql_print(sql, "%s.key%s", alias, is_descending(q) ? " DESC" : "");
}

/* Equal to the place in the sorts before this one. */
static void equal_before(const struct en_search_run *run, size_t end, struct en_sql *sql)
{
    for (size_t i = 0; i < end; i++) {
        if (run->place.has_value[i]) {
            en_sql_print(sql, "q.s%zu = ", i);
            bind_column(sql, &run->place.values[i], 0);
        } else {
            en_sql_print(sql, "q.s%zu IS NULL", i);
        }
        en_sql_add(sql, " AND ");
    }
}

static void behind_place(const struct en_search_run *run, struct en_sql *sql)
{
    const struct en_search_query *q = run->query;

    en_sql_add(sql, " WHERE (");
    for (size_t i = 0; i < q->sort_count; i++) {
        if (!run->place.has_value[i]) {
            continue; /* nothing stands behind what has no value */
        }
        equal_before(run, i, sql);
        en_sql_print(sql, "(q.s%zu IS NULL OR q.s%zu %s ", i, i,
                     q->sorts[i].is_descending ? "<" : ">");
        bind_column(sql, &run->place.values[i], 0);
        en_sql_add(sql, ")) OR (");
    }
    equal_before(run, q->sort_count, sql);
    en_sql_print(sql, "q.key %s ", is_descending(q) ? "<" : ">");
    en_sql_integer(sql, run->place.key);
    en_sql_add(sql, ")");
}

static void page_by_values(const struct en_search_run *run, int count, struct en_sql *sql)
{
    const struct en_search_query *q = run->query;

    head_of_page(sql);
    en_sql_add(sql, "SELECT * FROM (SELECT ");
    for (size_t i = 0; i < q->sort_count; i++) {
        sort_value(&q->sorts[i], key_of(run), sql);
        en_sql_print(sql, " AS s%zu, ", i);
    }
    en_sql_print(sql, "%s AS key", key_of(run));
    rows(run, sql);
    en_sql_add(sql, ") q");
    if (run->has_place) {
        behind_place(run, sql);
    }
    en_sql_add(sql, " ORDER BY ");
    sort_order(q, "q", sql);
    limit(sql, count);
    join_versions(sql);
    sort_order(q, "p", sql);
}

void en_search_page_sql(const struct en_search_run *run, int count, struct en_sql *sql)
{
    switch (run->plan.source) {
    case EN_SOURCE_SORTED:
        page_in_order(run, count, sql);
        break;
    case EN_SOURCE_UPDATED:
        page_by_update(run, count, sql);
        break;
    case EN_SOURCE_UNSORTED:
        page_by_key(run, count, sql);
        break;
    case EN_SOURCE_TYPE:
    case EN_SOURCE_POINT:
    case EN_SOURCE_SET:
        if (run->query->sort_count == 0) {
            page_by_key(run, count, sql);
        } else {
            page_by_values(run, count, sql);
        }
        break;
    }
}

void en_search_count_sql(const struct en_search_run *run, struct en_sql *sql)
{
    struct en_search_run all = *run;

    if (all.plan.source != EN_SOURCE_POINT && all.plan.source != EN_SOURCE_SET) {
        all.plan.source = EN_SOURCE_TYPE;
    }
    en_sql_add(sql, "SELECT count(*)");
    rows(&all, sql);
}
