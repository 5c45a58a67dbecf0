/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/store/search_fixture.h"

#include "store/search_inside.h"

#include <json-c/json.h>
#include <stdlib.h>

enum { PAGES_MAX = 10000 };

int search_gather_max = EN_SEARCH_GATHER_MAX;

struct puts {
    struct en_put *items; /* shape [count] */
    size_t count;
};

static enum en_status put_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct puts *p = context;

    for (size_t i = 0; i < p->count; i++) {
        EN_TRY(en_tx_put(tx, &p->items[i], NULL, err));
    }
    return EN_OK;
}

static struct en_put put_of(const char *text, const char *id, struct en_arena *a)
{
    char *json = en_arena_copy(a, text, SIZE_MAX);
    struct en_put put = {.id = id, .expected = EN_VERSION_ANY};
    struct en_index_value *values;

    for (char *quote; (quote = strchr(json, '\'')) != NULL;) {
        *quote = '"';
    }
    struct json_object *resource = json_tokener_parse(json);

    CHECK(resource != NULL);
    put.type = en_arena_copy(
        a, json_object_get_string(json_object_object_get(resource, "resourceType")), SIZE_MAX);
    CHECK(en_stamp_make(resource, id, a, &put.stamp, NULL) == EN_OK);
    CHECK(en_search_extract(search_table(), resource, a, &values, &put.index_count, NULL) == EN_OK);
    put.index = values;
    (void)json_object_put(resource);
    return put;
}

void search_put_all(struct en_store *s, const char *const *texts, const char *const *ids,
                    size_t count)
{
    struct en_arena a = EN_ARENA(256 << 20);
    struct puts p = {EN_NEW(&a, struct en_put, count), count};
    struct en_err err = {""};

    for (size_t i = 0; i < count; i++) {
        p.items[i] = put_of(texts[i], ids[i], &a);
    }
    if (en_store_write(s, put_work, &p, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    en_arena_free(&a);
}

void search_put(struct en_store *s, const char *text, const char *id)
{
    search_put_all(s, &text, &id, 1);
}

static enum en_status search_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct found *f = context;

    return en_search_page(tx, &f->q, search_gather_max, &f->a, &f->page, err);
}

void search_run(struct en_store *s, const char *type, const char *query, const char *cursor,
                const char *compartment, struct found *out)
{
    struct en_issues issues = {0};

    *out = (struct found){.a = EN_ARENA(64 << 20)};
    out->st =
        en_search_parse(search_table(), type, query, false, &out->a, &out->q, &issues, &out->err);
    if (out->st == EN_OK) {
        out->q.cursor = cursor;
        out->q.compartment = compartment;
        out->st = en_store_read(s, search_work, out, &out->err);
    }
    if (out->st != EN_OK && cursor == NULL) {
        print_error("%s?%s: %s\n", type, query, out->err.text);
    }
}

void found_free(struct found *f)
{
    en_arena_free(&f->a);
}

const char *search_ids(struct en_store *s, const char *type, const char *query,
                       const char *compartment)
{
    static struct en_buf ids = {.limit = 4 << 20};
    char cursor[256] = "";
    bool is_last = false;

    en_buf_clear(&ids);
    for (int page = 0; !is_last; page++) {
        struct found f;

        CHECK(page < PAGES_MAX);
        search_run(s, type, query, page == 0 ? NULL : cursor, compartment, &f);
        CHECK(f.st == EN_OK);
        CHECK(f.page.count <= (size_t)f.q.count);
        for (size_t i = 0; i < f.page.count; i++) {
            CHECK_TEXT(f.page.items[i].type, type);
            CHECK(f.page.items[i].body != NULL);
            en_buf_print(&ids, "%s%s", ids.size == 0 ? "" : " ", f.page.items[i].id);
        }
        is_last = f.page.next_cursor == NULL;
        CHECK(is_last || f.page.count == (size_t)f.q.count);
        (void)snprintf(cursor, sizeof cursor, "%s", is_last ? "" : f.page.next_cursor);
        found_free(&f);
    }
    return en_buf_text(&ids);
}

void check_ids(struct en_store *s, const char *type, const char *query, const char *expected)
{
    const char *actual = search_ids(s, type, query, NULL);

    if (strcmp(actual, expected) != 0) {
        print_error("%s?%s\n", type, query);
    }
    CHECK_TEXT(actual, expected);
}

bool has_word(const char *words, const char *word)
{
    const size_t size = strlen(word);

    for (const char *p = words; (p = strstr(p, word)) != NULL; p += size) {
        if ((p == words || p[-1] == ' ') && (p[size] == ' ' || p[size] == '\0')) {
            return true;
        }
    }
    return false;
}
