/* SPDX-License-Identifier: Apache-2.0
 * What a page brings along: the resources that its own refer to, or that refer to them. */
#include "store/search_inside.h"

#include <stdlib.h>
#include <string.h>

/* What is gathered, each resource once. */
struct gathering {
    struct en_version *items;
    int64_t *keys; /* shape [count] */
    size_t count;
    const int64_t *matches; /* shape [match_count], sorted: they are there already */
    size_t match_count;
};

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static bool is_known(const struct gathering *g, int64_t key)
{
    for (size_t i = 0; i < g->count; i++) {
        if (g->keys[i] == key) {
            return true;
        }
    }
    return bsearch(&key, g->matches, g->match_count, sizeof key, by_number) != NULL;
}

/* As many places as the next power of two, the last value again in those left over: few different
 * statements, which stay prepared. */
static size_t place_count(size_t count)
{
    size_t places = 1;

    while (places < count) {
        places *= 2;
    }
    return places;
}

static void forward_sql(const struct en_search_include *in, const struct gathering *g,
                        struct en_sql *sql)
{
    const size_t places = place_count(g->match_count);

    en_sql_print(sql,
                 "SELECT " EN_VERSION_COLUMNS " FROM (SELECT DISTINCT x.type, x.target"
                 " FROM index_reference x WHERE x.param = %d AND x.resource IN (",
                 in->param->key);
    for (size_t i = 0; i < places; i++) {
        en_sql_add(sql, i == 0 ? "" : ", ");
        en_sql_integer(sql, g->matches[i < g->match_count ? i : g->match_count - 1]);
    }
    en_sql_add(sql, ")");
    if (in->target != NULL) {
        en_sql_add(sql, " AND (x.type || '') = ");
        en_sql_text(sql, in->target);
    }
    en_sql_add(sql, ") n JOIN resource r ON r.type = n.type AND r.id = n.target");
}

static void reverse_sql(const struct en_search_include *in, const struct en_page *page,
                        struct en_sql *sql)
{
    const size_t places = place_count(page->count);

    en_sql_print(sql,
                 "SELECT " EN_VERSION_COLUMNS " FROM (SELECT DISTINCT x.resource"
                 " FROM index_reference x WHERE x.param = %d AND x.type = ",
                 in->param->key);
    en_sql_text(sql, page->items[0].type);
    en_sql_add(sql, " AND x.target IN (");
    for (size_t i = 0; i < places; i++) {
        en_sql_add(sql, i == 0 ? "" : ", ");
        en_sql_text(sql, page->items[i < page->count ? i : page->count - 1].id);
    }
    en_sql_add(sql, ")) n JOIN resource r ON r.key = n.resource");
}

/* Take the rows, at most as many as there is room for. */
static enum en_status read_rows(struct en_search_run *run, struct en_query *q, struct gathering *g,
                                struct en_page *page, struct en_err *err)
{
    enum en_status st;
    bool has_row;

    while ((st = en_query_next(q, &has_row, err)) == EN_OK && has_row) {
        const int64_t key = en_query_integer(q, 6);

        if (is_known(g, key)) {
            continue;
        }
        if (g->count == EN_SEARCH_INCLUDED_MAX) {
            page->include_was_cut = true;
            return EN_OK;
        }
        st = en_version_read(q, run->a, &g->items[g->count], err);
        if (st != EN_OK) {
            return st;
        }
        g->keys[g->count++] = key;
    }
    return st;
}

/* Which types a forward include may meet is told by the rows alone: the record's limit is asked for
 * each type that it refers to. */
static void limit_to_record(const struct en_search_run *run, const struct en_search_include *in,
                            struct en_sql *sql)
{
    const char *p = in->is_reverse ? in->param->type : in->target;
    char type[64];

    if (run->query->compartment == NULL) {
        return;
    }
    if (p != NULL) {
        en_search_in_compartment(run, sql, p, "r.key");
        return;
    }
    en_sql_add(sql, " AND (1 = 0");
    for (p = in->param->targets; *p != '\0'; p += strspn(p, " ")) {
        const size_t size = strcspn(p, " ");

        (void)snprintf(type, sizeof type, "%.*s", (int)size, p);
        en_sql_print(sql, " OR (r.type = '%s'", type);
        en_search_in_compartment(run, sql, type, "r.key");
        en_sql_add(sql, ")");
        p += size;
    }
    en_sql_add(sql, ")");
}

static enum en_status include_one(struct en_search_run *run, const struct en_search_include *in,
                                  struct gathering *g, struct en_page *page, struct en_err *err)
{
    struct en_sql sql = EN_SQL(run->a);
    struct en_query *q = NULL;

    if (in->is_reverse) {
        reverse_sql(in, page, &sql);
    } else {
        forward_sql(in, g, &sql);
    }
    en_sql_add(&sql, " JOIN version v ON v.resource = r.key AND v.version = r.version"
                     " WHERE r.is_deleted = 0");
    limit_to_record(run, in, &sql);
    en_sql_add(&sql, " ORDER BY r.key LIMIT ");
    en_sql_integer(&sql, EN_SEARCH_INCLUDED_MAX + EN_SEARCH_COUNT_MAX + 1);
    enum en_status st = en_sql_get(&sql, run->tx, &q, err);

    if (st == EN_OK) {
        st = read_rows(run, q, g, page, err);
        en_query_done(q);
    }
    en_sql_free(&sql);
    return st;
}

enum en_status en_search_include(struct en_search_run *run, const int64_t *keys,
                                 struct en_page *page, struct en_err *err)
{
    int64_t *matches = EN_NEW(run->a, int64_t, page->count + 1);
    struct gathering g = {.items = EN_NEW(run->a, struct en_version, EN_SEARCH_INCLUDED_MAX),
                          .keys = EN_NEW(run->a, int64_t, EN_SEARCH_INCLUDED_MAX),
                          .matches = matches,
                          .match_count = page->count};
    enum en_status st = EN_OK;

    if (matches == NULL || g.items == NULL || g.keys == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left for what a search includes");
    }
    memcpy(matches, keys, page->count * sizeof *keys);
    qsort(matches, page->count, sizeof *matches, by_number);
    for (size_t i = 0; i < run->query->include_count && st == EN_OK; i++) {
        st = include_one(run, &run->query->includes[i], &g, page, err);
    }
    page->included = g.items;
    page->included_count = g.count;
    return st;
}
