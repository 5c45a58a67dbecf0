/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "store/store_inside.h"

#include <stdio.h>
#include <string.h>

enum { PROGRESS_ROWS = 500, NUMBER_TEXT = 24 };

struct check {
    const struct en_search_params *params;
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *context;
    struct en_verify *out;
    struct en_arena arena; /* rewound for each version */
    uint64_t all;
};

static void fault(struct en_verify *out, const char *format, ...) EN_PRINTF(2, 3);

static void fault(struct en_verify *out, const char *format, ...)
{
    va_list args;

    if (out->fault_count < EN_VERIFY_FAULTS_MAX) {
        va_start(args, format);
        (void)vsnprintf(out->faults[out->fault_count], EN_VERIFY_TEXT_MAX, format, args);
        va_end(args);
    }
    out->fault_count++;
}

/* What must not be, each as a count over the whole database. */
static const struct {
    const char *what, *sql;
} COUNTS[] = {
    {"resources have no current version",
     "SELECT count(*) FROM resource r WHERE NOT EXISTS (SELECT 1 FROM version v WHERE"
     " v.resource = r.key AND v.version = r.version AND v.updated_us = r.updated_us"
     " AND (v.body IS NULL) = (r.is_deleted <> 0))"},
    {"resources lack a version between the first and the current one",
     "SELECT count(*) FROM (SELECT resource, count(*) AS n, min(version) AS low, max(version) AS"
     " high FROM version GROUP BY resource) x JOIN resource r ON r.key = x.resource"
     " WHERE n <> high OR low <> 1 OR high <> r.version"},
    {"versions belong to no resource",
     "SELECT count(*) FROM version v WHERE NOT EXISTS (SELECT 1 FROM resource r WHERE r.key ="
     " v.resource)"},
#define INDEX_ROWS(table)                                                                          \
    {                                                                                              \
        "rows of " table " belong to no current resource",                                         \
            "SELECT count(*) FROM " table                                                          \
            " i WHERE NOT EXISTS (SELECT 1 FROM resource r WHERE r.key ="                          \
            " i.resource AND r.is_deleted = 0)"                                                    \
    }
    INDEX_ROWS("index_token"),
    INDEX_ROWS("index_string"),
    INDEX_ROWS("index_reference"),
    INDEX_ROWS("index_date"),
    INDEX_ROWS("index_quantity"),
#undef INDEX_ROWS
};

static enum en_status number(struct en_tx *tx, const char *sql, int64_t *out, struct en_err *err)
{
    struct en_query *q = NULL;
    bool has_row = false;

    EN_TRY(en_query_get(tx->db, sql, &q, err));
    const enum en_status st = en_query_next(q, &has_row, err);

    *out = st == EN_OK && has_row ? en_query_integer(q, 0) : 0;
    en_query_done(q);
    return st;
}

static enum en_status check_counts(struct en_tx *tx, struct check *c, struct en_err *err)
{
    for (size_t i = 0; i < EN_COUNT(COUNTS); i++) {
        int64_t count = 0;

        EN_TRY(number(tx, COUNTS[i].sql, &count, err));
        if (count > 0) {
            fault(c->out, "%lld %s", (long long)count, COUNTS[i].what);
        }
    }
    return EN_OK;
}

/* SQLite looks at its own pages; PostgreSQL checks them when it reads them. */
static enum en_status check_pages(struct en_tx *tx, struct check *c, struct en_err *err)
{
    struct en_query *q = NULL;
    bool has_row = true;

    if (en_db_kind(tx->db) != EN_DB_SQLITE) {
        return EN_OK;
    }
    EN_TRY(en_query_get(tx->db, "PRAGMA integrity_check(20)", &q, err));
    enum en_status st = EN_OK;

    while (st == EN_OK && has_row) {
        const struct en_arena_mark mark = en_arena_mark(&c->arena);

        st = en_query_next(q, &has_row, err);
        const char *text = st == EN_OK && has_row ? en_query_text(q, 0, &c->arena) : "ok";

        if (text != NULL && !en_text_equal(text, "ok")) {
            fault(c->out, "the file is damaged: %s", text);
        }
        en_arena_rewind(&c->arena, mark);
    }
    en_query_done(q);
    return st;
}

/* A body is strict JSON and says the type, id and version that its row says. */
static bool is_itself(struct check *c, const struct en_version *v, struct json_object **out)
{
    struct en_issues issues = {0};
    char version[NUMBER_TEXT];

    if (en_json_read(v->body, v->size, &c->arena, out, &issues, NULL) != EN_OK) {
        return false;
    }
    (void)snprintf(version, sizeof version, "%lld", (long long)v->version);
    return en_text_equal(en_json_text(*out, "resourceType"), v->type) &&
           en_text_equal(en_json_text(*out, "id"), v->id) &&
           en_text_equal(en_json_text(en_json_get(*out, "meta"), "versionId"), version);
}

/* What the index should hold of a current version against what it holds. */
static enum en_status check_index(struct en_tx *tx, struct check *c, const struct en_version *v,
                                  struct json_object *body, int64_t key, struct en_err *err)
{
    struct en_index_value *values = NULL;
    size_t count = 0;
    bool is_equal = false;

    EN_TRY(en_search_extract(c->params, body, &c->arena, &values, &count, err));
    EN_TRY(en_index_compare(tx, key, values, count, &is_equal, err));
    if (!is_equal) {
        fault(c->out, "%s/%s is not found by what it holds", v->type, v->id);
    }
    return EN_OK;
}

static enum en_status check_version(struct en_tx *tx, struct check *c, struct en_query *q,
                                    struct en_err *err)
{
    struct json_object *body = NULL;
    struct en_version v;
    enum en_status st = EN_OK;

    EN_TRY(en_version_read(q, &c->arena, &v, err));
    const int64_t key = en_query_integer(q, 6);
    const bool is_current = en_query_integer(q, 7) == v.version;

    if (!is_itself(c, &v, &body)) {
        fault(c->out, "%s/%s/_history/%lld holds another text than its place says", v.type, v.id,
              (long long)v.version);
    } else if (is_current && c->params != NULL) {
        st = check_index(tx, c, &v, body, key, err);
    }
    (void)json_object_put(body);
    c->out->versions++;
    c->out->resources += is_current;
    if (c->progress != NULL && c->out->versions % PROGRESS_ROWS == 0) {
        c->progress(c->context, c->out->versions, c->all);
    }
    return st;
}

/* The versions behind that place, at most a page of them; *count tells how many. */
static enum en_status check_page(struct en_tx *tx, struct check *c, int64_t place[2], int *count,
                                 struct en_err *err)
{
    struct en_query *q = NULL;
    bool has_row = true;

    *count = 0;
    EN_TRY(en_query_get(tx->db,
                        "SELECT " EN_VERSION_COLUMNS ", r.version FROM version v JOIN resource r"
                        " ON r.key = v.resource WHERE v.body IS NOT NULL"
                        " AND (v.resource, v.version) > ($1, $2)"
                        " ORDER BY v.resource, v.version LIMIT $3",
                        &q, err));
    en_query_bind_integer(q, 1, place[0]);
    en_query_bind_integer(q, 2, place[1]);
    en_query_bind_integer(q, 3, PROGRESS_ROWS);
    enum en_status st = EN_OK;

    while (st == EN_OK && has_row) {
        const struct en_arena_mark mark = en_arena_mark(&c->arena);

        st = en_query_next(q, &has_row, err);
        if (st == EN_OK && has_row) {
            ++*count;
            place[0] = en_query_integer(q, 6);
            place[1] = en_query_integer(q, 2);
            st = check_version(tx, c, q, err);
        }
        en_arena_rewind(&c->arena, mark);
    }
    en_query_done(q);
    return st;
}

static enum en_status check_bodies(struct en_tx *tx, struct check *c, struct en_err *err)
{
    int64_t all = 0, place[2] = {INT64_MIN, INT64_MIN};
    int count = PROGRESS_ROWS;

    EN_TRY(number(tx, "SELECT count(*) FROM version WHERE body IS NOT NULL", &all, err));
    c->all = (uint64_t)all;
    while (count == PROGRESS_ROWS) {
        EN_TRY(check_page(tx, c, place, &count, err));
    }
    return EN_OK;
}

static enum en_status check_all(struct en_tx *tx, struct check *c, struct en_err *err)
{
    EN_TRY(check_pages(tx, c, err));
    EN_TRY(check_counts(tx, c, err));
    return check_bodies(tx, c, err);
}

enum en_status en_store_verify(struct en_store *s, const struct en_search_params *params,
                               void (*progress)(void *context, uint64_t done, uint64_t all),
                               void *context, struct en_verify *out, struct en_err *err)
{
    struct check c = {.params = params,
                      .progress = progress,
                      .context = context,
                      .out = out,
                      .arena = EN_ARENA(EN_REQUEST_ARENA)};

    *out = (struct en_verify){0};
    /* A connection of its own: without the limit on time, and not one that others wait for. */
    struct en_tx tx = {0};

    EN_TRY(en_db_open(&(struct en_db_options){.url = s->options.url}, &tx.db, err));
    enum en_status st = en_db_begin(tx.db, err);

    if (st == EN_OK) {
        st = check_all(&tx, &c, err);
        en_db_rollback(tx.db);
    }
    en_db_close(tx.db);
    en_arena_free(&c.arena);
    EN_TRY(st);
    st = en_audit_verify(s, progress, context, &out->audit, err);
    if (st == EN_OK && out->audit.fault[0] != '\0') {
        fault(out, "%.*s", EN_VERIFY_TEXT_MAX - 1, out->audit.fault);
    }
    return st;
}
