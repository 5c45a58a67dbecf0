/* SPDX-License-Identifier: Apache-2.0
 * The index against what it should hold: each row as a line, both sets of lines sorted. */
#include "store/inside.h"

#include "base/limits.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct lines {
    const char **items; /* shape [count] */
    size_t count, limit;
    struct en_arena *arena;
};

static enum en_status add_line(struct lines *l, const char *line, struct en_err *err)
{
    if (line == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the rows of the index");
    }
    if (l->count == l->limit) {
        return en_fail(err, EN_ELIMIT, "a resource has too many rows in the index");
    }
    l->items[l->count++] = line;
    return EN_OK;
}

/* As the columns of a table come back: param, then two numbers or two texts, or both. */
static const char *line_of(struct en_arena *a, const char *table, int64_t param, const char *first,
                           const char *second)
{
    return en_arena_print(a, "%s %lld %s\x1f%s", table, (long long)param, first, second);
}

static const char *span(struct en_arena *a, int64_t low, int64_t high)
{
    return en_arena_print(a, "%lld..%lld", (long long)low, (long long)high);
}

static const char *value_line(const struct en_index_value *v, struct en_arena *a)
{
    char first[EN_INDEX_TEXT_MAX + 1], second[EN_INDEX_TEXT_MAX + 1];
    const char *code = en_index_text(v->code == NULL ? "" : v->code, first);
    const char *other = v->param->kind == EN_SEARCH_STRING ? v->text : v->system;

    other = en_index_text(other == NULL ? "" : other, second);
    switch (v->param->kind) {
    case EN_SEARCH_TOKEN:
        return line_of(a, "token", v->param->key, code, other);
    case EN_SEARCH_STRING:
        return line_of(a, "string", v->param->key, code, other);
    case EN_SEARCH_REFERENCE:
    case EN_SEARCH_URI:
        return line_of(a, "reference", v->param->key, code, other);
    case EN_SEARCH_DATE:
        return line_of(a, "date", v->param->key, span(a, v->low_us, v->high_us), "");
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        return line_of(a, "quantity", v->param->key,
                       en_arena_print(a, "%.17g..%.17g", v->low, v->high),
                       en_arena_print(a, "%s\x1f%s", code, other));
    case EN_SEARCH_ID:
    case EN_SEARCH_UPDATED:
        break;
    }
    return "";
}

/* Whether the value has a row: not the resource's own columns, not an unknown number. */
static bool has_row_of(const struct en_index_value *v)
{
    const enum en_search_kind kind = v->param->kind;
    const bool is_number = kind == EN_SEARCH_NUMBER || kind == EN_SEARCH_QUANTITY;

    return kind != EN_SEARCH_ID && kind != EN_SEARCH_UPDATED && (!is_number || v->low <= v->high);
}

static enum en_status lines_of_values(const struct en_index_value *values, size_t count,
                                      struct lines *l, struct en_err *err)
{
    enum en_status st = EN_OK;

    for (size_t i = 0; i < count && st == EN_OK; i++) {
        const char *line = has_row_of(&values[i]) ? value_line(&values[i], l->arena) : "";

        st = line != NULL && line[0] == '\0' ? st : add_line(l, line, err);
    }
    return st;
}

static const struct {
    const char *table, *sql;
    enum { TEXTS, SPAN, NUMBERS } shape;
} TABLES[] = {
    {"token", "SELECT param, code, system FROM index_token WHERE resource = $1", TEXTS},
    {"string", "SELECT param, folded, written FROM index_string WHERE resource = $1", TEXTS},
    {"reference", "SELECT param, target, type FROM index_reference WHERE resource = $1", TEXTS},
    {"date", "SELECT param, low_us, high_us FROM index_date WHERE resource = $1", SPAN},
    {"quantity", "SELECT param, low, high, unit, system FROM index_quantity WHERE resource = $1",
     NUMBERS},
};

static const char *row_line(struct en_query *q, size_t table, struct en_arena *a)
{
    const int64_t param = en_query_integer(q, 0);

    if (TABLES[table].shape == SPAN) {
        return line_of(a, TABLES[table].table, param,
                       span(a, en_query_integer(q, 1), en_query_integer(q, 2)), "");
    }
    if (TABLES[table].shape == NUMBERS) {
        return line_of(
            a, TABLES[table].table, param,
            en_arena_print(a, "%.17g..%.17g", en_query_number(q, 1), en_query_number(q, 2)),
            en_arena_print(a, "%s\x1f%s", en_query_text(q, 3, a), en_query_text(q, 4, a)));
    }
    return line_of(a, TABLES[table].table, param, en_query_text(q, 1, a), en_query_text(q, 2, a));
}

static enum en_status lines_of_rows(struct en_tx *tx, int64_t key, struct lines *l,
                                    struct en_err *err)
{
    for (size_t i = 0; i < EN_COUNT(TABLES); i++) {
        struct en_query *q = NULL;
        bool has_row = true;
        enum en_status st = en_query_get(tx->db, TABLES[i].sql, &q, err);

        if (st == EN_OK) {
            en_query_bind_integer(q, 1, key);
        }
        while (st == EN_OK && has_row) {
            st = en_query_next(q, &has_row, err);
            if (st == EN_OK && has_row) {
                st = add_line(l, row_line(q, i, l->arena), err);
            }
        }
        en_query_done(q);
        EN_TRY(st);
    }
    return EN_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_once(struct lines *l)
{
    size_t kept = 0;

    qsort(l->items, l->count, sizeof *l->items, by_bytes);
    for (size_t i = 0; i < l->count; i++) {
        if (kept == 0 || strcmp(l->items[kept - 1], l->items[i]) != 0) {
            l->items[kept++] = l->items[i];
        }
    }
    l->count = kept;
}

enum en_status en_index_compare(struct en_tx *tx, int64_t key, const struct en_index_value *values,
                                size_t count, bool *is_equal, struct en_err *err)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct lines wanted = {.arena = &a, .limit = EN_INDEX_VALUES_MAX}, found = wanted;
    enum en_status st = EN_OK;

    *is_equal = false;
    wanted.items = EN_NEW(&a, const char *, EN_INDEX_VALUES_MAX);
    found.items = EN_NEW(&a, const char *, EN_INDEX_VALUES_MAX);
    if (wanted.items == NULL || found.items == NULL) {
        st = en_fail(err, EN_ENOMEM, "no memory for the rows of the index");
    }
    if (st == EN_OK) {
        st = lines_of_values(values, count, &wanted, err);
    }
    if (st == EN_OK) {
        st = lines_of_rows(tx, key, &found, err);
    }
    if (st == EN_OK) {
        sort_once(&wanted);
        sort_once(&found);
        *is_equal = wanted.count == found.count;
        for (size_t i = 0; *is_equal && i < wanted.count; i++) {
            *is_equal = en_text_equal(wanted.items[i], found.items[i]);
        }
    }
    en_arena_free(&a);
    return st;
}
