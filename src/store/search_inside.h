/* SPDX-License-Identifier: Apache-2.0
 * store/search_inside: what the files of the search share. Inside of store/.
 *
 * A search is one statement. Its rows come from one place, the source: the index entries of the
 * most selective parameter, or all resources of the type in order; every other parameter is a
 * condition on each row, looked up by (resource, parameter). So the work goes with the rows of the
 * source, not with the size of the clinic, and no planner of a database is asked to guess. */
#pragma once

#include "store/inside.h"

enum {
    EN_SQL_MAX = 1 << 20,
    EN_SQL_BINDS_MAX = 8192 /* of one statement; SQLite takes 32766 */
};

/* SQL that grows, with the values of its parameters. The first failure sticks. */
struct en_sql {
    struct en_buf text;
    struct en_arena *a;
    struct en_sql_bind *binds; /* shape [count] of [capacity] */
    size_t count, capacity;
};

struct en_sql_bind {
    enum { EN_BIND_TEXT, EN_BIND_INTEGER, EN_BIND_NUMBER } kind;
    const char *text;
    int64_t integer;
    double number;
};

#define EN_SQL(arena) ((struct en_sql){.text = EN_BUF(EN_SQL_MAX), .a = (arena)})

void en_sql_add(struct en_sql *sql, const char *text);
void en_sql_print(struct en_sql *sql, const char *format, ...) EN_PRINTF(2, 3);

/* Append "$n" for the next parameter and keep its value. Texts are borrowed until the query is
 * done. */
void en_sql_text(struct en_sql *sql, const char *value);
void en_sql_integer(struct en_sql *sql, int64_t value);
void en_sql_number(struct en_sql *sql, double value);

/* The statement with its values bound. EN_ELIMIT: it became too large. */
EN_MUST_USE enum en_status en_sql_get(struct en_sql *sql, struct en_tx *tx, struct en_query **out,
                                      struct en_err *err);
void en_sql_free(struct en_sql *sql);

/* One integer that the statement gives; 0 when it gives none or NULL. Frees sql. */
EN_MUST_USE enum en_status en_sql_count(struct en_sql *sql, struct en_tx *tx, int64_t *out,
                                        struct en_err *err);

/* Where the rows come from. */
enum en_search_source {
    EN_SOURCE_TYPE,     /* all resources of the type, in order of creation */
    EN_SOURCE_POINT,    /* index entries that share all of their key but the resource: in order */
    EN_SOURCE_SET,      /* resources that fit one clause: gathered, then put in order */
    EN_SOURCE_SORTED,   /* index entries of the parameter to sort by, in their order */
    EN_SOURCE_UNSORTED, /* resources without a value of that parameter, behind the others */
    EN_SOURCE_UPDATED   /* resources of the type by the time of their last change */
};

struct en_search_plan {
    enum en_search_source source;
    const struct en_search_clause *clause; /* of a point or set; NULL: the compartment */
    const char *system;                    /* of a point: the one there is */
};

/* The place that a page ended at. */
struct en_search_place {
    char way; /* 'k' by key, 'g' by sort values and key, 's' sorted source, 'm' its rest */
    int64_t key, version, updated_us;
    const char *id;
    /* What the sorts compare, shape [query's sort_count]. */
    bool has_value[EN_SEARCH_SORTS_MAX];
    struct en_index_value values[EN_SEARCH_SORTS_MAX];
};

struct en_search_run {
    struct en_tx *tx;
    const struct en_search_query *query;
    struct en_arena *a;
    int gather_max; /* rows that may be gathered and put in order */
    struct en_search_plan plan;
    bool has_place;
    struct en_search_place place;
};

/* search.c */

/* en_tx_search with a ceiling of its own on what is gathered; tests lower it to reach the ways that
 * large clinics take. */
enum { EN_SEARCH_GATHER_MAX = 5000 }; /* put in order within a few milliseconds */
EN_MUST_USE enum en_status en_search_page(struct en_tx *tx, const struct en_search_query *query,
                                          int gather_max, struct en_arena *a, struct en_page *out,
                                          struct en_err *err);

/* search_clause.c: SQL of clauses */

/* Table that holds the values of a kind. */
const char *en_search_table(enum en_search_kind kind);

/* Append " AND ..." that the resource whose key is this expression fits the clause. */
void en_search_condition(const struct en_search_run *run, struct en_sql *sql,
                         const struct en_search_clause *clause, const char *key);

/* Append " AND ..." that it belongs to the compartment of the query; nothing when there is none. */
void en_search_in_compartment(const struct en_search_run *run, struct en_sql *sql, const char *type,
                              const char *key);

/* Whether the resources that fit can be gathered from an index. */
bool en_search_is_gatherable(const struct en_search_clause *clause);

/* Append a SELECT of their keys, as `resource`; each once when is_distinct. */
void en_search_gather(const struct en_search_run *run, struct en_sql *sql,
                      const struct en_search_clause *clause, bool is_distinct);

/* search_plan.c */

/* Choose the source. */
EN_MUST_USE enum en_status en_search_plan_make(struct en_search_run *run, struct en_err *err);

/* search_page.c: the statements */

/* The statement of a page of `count` rows behind the place: columns EN_VERSION_COLUMNS. */
void en_search_page_sql(const struct en_search_run *run, int count, struct en_sql *sql);

/* The statement that counts all that fits. */
void en_search_count_sql(const struct en_search_run *run, struct en_sql *sql);

/* search_cursor.c */

/* The cursor behind this row. NULL: no memory. */
const char *en_search_cursor(const struct en_search_run *run, char way, int64_t key,
                             int64_t version);

/* Read query->cursor into run->place. EN_EINVAL. */
EN_MUST_USE enum en_status en_search_cursor_read(struct en_search_run *run, struct en_err *err);

/* search_include.c */

/* Fill page->included from page->items; keys: shape [page->count]. */
EN_MUST_USE enum en_status en_search_include(struct en_search_run *run, const int64_t *keys,
                                             struct en_page *page, struct en_err *err);
