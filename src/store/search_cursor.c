/* SPDX-License-Identifier: Apache-2.0
 * Where a page ended: "s1-<way>-<key>-<version>-<check>". It names the last resource as it was, and
 * no value of it: the values that the sorts compare are taken from that version again, so they stay
 * what they were however the resource changes. The check tells a cursor of another search. */
#include "base/text.h"
#include "fhir/json.h"
#include "store/search_inside.h"

#include <string.h>

enum { FIELD_MAX = 24, FIELDS = 4 };

static uint64_t check_of(const struct en_search_query *q, char way, int64_t key, int64_t version)
{
    const char *const texts[] = {q->type, q->text == NULL ? "" : q->text,
                                 q->compartment == NULL ? "" : q->compartment};
    const int64_t numbers[] = {way, key, version};
    uint64_t hash = EN_HASH_START;

    for (size_t i = 0; i < EN_COUNT(texts); i++) {
        hash = en_hash(hash, texts[i], strlen(texts[i]) + 1);
    }
    return en_hash(hash, numbers, sizeof numbers) & INT64_MAX;
}

const char *en_search_cursor(const struct en_search_run *run, char way, int64_t key,
                             int64_t version)
{
    return en_arena_print(run->a, "s1-%c-%lld-%lld-%llu", way, (long long)key, (long long)version,
                          (unsigned long long)check_of(run->query, way, key, version));
}

static bool read_fields(const char *cursor, struct en_search_place *out, uint64_t *check)
{
    long long numbers[FIELDS - 1];
    char way = '\0';

    if (!en_text_starts(cursor, "s1-") || strchr("kgsm", cursor[3]) == NULL || cursor[3] == '\0') {
        return false;
    }
    way = cursor[3];
    cursor += 4;
    for (size_t i = 0; i < EN_COUNT(numbers); i++) {
        char digits[FIELD_MAX] = "";
        const size_t size = *cursor == '-' ? strspn(cursor + 1, "0123456789") : 0;

        if (size == 0 || size >= sizeof digits) {
            return false;
        }
        memcpy(digits, cursor + 1, size);
        if (!en_text_integer(digits, 0, INT64_MAX, &numbers[i])) {
            return false;
        }
        cursor += 1 + size;
    }
    *out = (struct en_search_place){.way = way, .key = numbers[0], .version = numbers[1]};
    *check = (uint64_t)numbers[2];
    return *cursor == '\0';
}

static int order_of_texts(const char *a, const char *b)
{
    return strcmp(a, b);
}

static int order_of_numbers(double a, double b)
{
    return a < b ? -1 : a > b;
}

static int order_of_integers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* As the index tables are ordered; bytes of UTF-8 stand in the order of their letters. */
static int order_of(const struct en_index_value *a, const struct en_index_value *b)
{
    int order = order_of_numbers(a->low, b->low);

    order = order != 0 ? order : order_of_numbers(a->high, b->high);
    order = order != 0 ? order : order_of_integers(a->low_us, b->low_us);
    order = order != 0 ? order : order_of_integers(a->high_us, b->high_us);
    order = order != 0 ? order : order_of_texts(a->code, b->code);
    order = order != 0 ? order : order_of_texts(a->text, b->text);
    return order != 0 ? order : order_of_texts(a->system, b->system);
}

/* The value of that version that this sort compares. */
static enum en_status read_value(struct en_search_run *run, size_t at, struct json_object *resource,
                                 struct en_err *err)
{
    const struct en_search_sort *sort = &run->query->sorts[at];
    /* A table of the one parameter. */
    struct en_search_param param = *sort->param;
    const struct en_search_params one = {.items = &param, .count = 1};
    struct en_index_value *values, *best = &run->place.values[at];
    size_t count;

    EN_TRY(en_search_extract(&one, resource, run->a, &values, &count, err));
    run->place.has_value[at] = count > 0;
    for (size_t i = 0; i < count; i++) {
        const int order = i == 0 ? 0 : order_of(&values[i], best);

        if (i == 0 || (sort->is_descending ? order > 0 : order < 0)) {
            *best = values[i];
        }
    }
    best->param = sort->param;
    return EN_OK;
}

static enum en_status read_values(struct en_search_run *run, const char *body, struct en_err *err)
{
    struct json_object *resource = body == NULL ? NULL : json_tokener_parse(body);
    enum en_status st = EN_OK;

    if (resource == NULL) {
        return en_fail(err, EN_EINVAL,
                       "the page before ended at a resource that is gone: search again");
    }
    for (size_t i = 0; i < run->query->sort_count && st == EN_OK; i++) {
        const enum en_search_kind kind = run->query->sorts[i].param->kind;

        if (kind == EN_SEARCH_ID || kind == EN_SEARCH_UPDATED) {
            run->place.has_value[i] = true;
            run->place.values[i] = (struct en_index_value){.param = run->query->sorts[i].param,
                                                           .code = run->place.id,
                                                           .low_us = run->place.updated_us};
        } else {
            st = read_value(run, i, resource, err);
        }
    }
    (void)json_object_put(resource);
    return st;
}

/* The version that the cursor names. */
static enum en_status read_version(struct en_search_run *run, struct en_version *out,
                                   struct en_err *err)
{
    struct en_query *q;
    bool has_row = false;

    EN_TRY(en_query_get(run->tx->db,
                        "SELECT " EN_VERSION_COLUMNS " FROM version v JOIN resource r"
                        " ON r.key = v.resource WHERE v.resource = $1 AND v.version = $2",
                        &q, err));
    en_query_bind_integer(q, 1, run->place.key);
    en_query_bind_integer(q, 2, run->place.version);
    enum en_status st = en_query_next(q, &has_row, err);

    if (st == EN_OK && has_row) {
        st = en_version_read(q, run->a, out, err);
    } else if (st == EN_OK) {
        st = en_fail(err, EN_EINVAL, "the page's cursor is not of this search: search again");
    }
    en_query_done(q);
    return st;
}

enum en_status en_search_cursor_read(struct en_search_run *run, struct en_err *err)
{
    const struct en_search_query *q = run->query;
    struct en_search_place *p = &run->place;
    struct en_version version = {0};
    uint64_t check;

    if (!read_fields(q->cursor, p, &check) || check != check_of(q, p->way, p->key, p->version)) {
        return en_fail(err, EN_EINVAL, "the page's cursor is not of this search: search again");
    }
    run->has_place = true;
    if (p->way == 'k' || p->way == 'm') {
        return EN_OK;
    }
    EN_TRY(read_version(run, &version, err));
    p->id = version.id;
    p->updated_us = version.updated_us;
    return read_values(run, version.body, err);
}
