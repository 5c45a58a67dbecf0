/* SPDX-License-Identifier: Apache-2.0
 * A search: its source, its page, its total, what comes along. */
#include "store/search_inside.h"

#include <assert.h>
#include <string.h>

/* The rows of a page as they come; one more than a page tells that there is another. */
struct reading {
    struct en_page *page;
    int64_t *keys; /* shape [count + 1] */
    size_t room;   /* of the page, with the one more */
    size_t count;
    char way[2]; /* of the last row in the page, of the one more */
};

static enum en_status read_rows(struct en_search_run *run, char way, struct reading *out,
                                struct en_err *err)
{
    struct en_sql sql = EN_SQL(run->a);
    struct en_query *q = NULL;
    bool has_row;

    en_search_page_sql(run, (int)(out->room - out->count), &sql);
    enum en_status st = en_sql_get(&sql, run->tx, &q, err);

    while (st == EN_OK && (st = en_query_next(q, &has_row, err)) == EN_OK && has_row) {
        assert(out->count < out->room);
        out->keys[out->count] = en_query_integer(q, 6);
        st = en_version_read(q, run->a, &out->page->items[out->count], err);
        if (out->count + 1 < out->room) {
            out->way[0] = way;
        }
        out->count++;
    }
    en_query_done(q);
    en_sql_free(&sql);
    return st;
}

/* Behind the rows in the order of a parameter come those without a value of it. */
static enum en_status read_ordered(struct en_search_run *run, struct reading *out,
                                   struct en_err *err)
{
    if (run->plan.source == EN_SOURCE_SORTED) {
        EN_TRY(read_rows(run, 's', out, err));
        run->plan.source = EN_SOURCE_UNSORTED;
        run->has_place = false;
        if (out->count == out->room) {
            return EN_OK;
        }
    }
    return read_rows(run, 'm', out, err);
}

/* A place was found in one order; the page goes on in the same, whatever the plan would be now. */
static void keep_way(struct en_search_run *run)
{
    const bool is_ordered =
        run->plan.source == EN_SOURCE_SORTED || run->plan.source == EN_SOURCE_UNSORTED;

    if (!run->has_place) {
        return;
    }
    if (run->place.way == 's' && run->place.has_value[0]) {
        run->plan = (struct en_search_plan){.source = EN_SOURCE_SORTED};
    } else if (run->place.way == 'm') {
        run->plan = (struct en_search_plan){.source = EN_SOURCE_UNSORTED};
    } else if (is_ordered) {
        run->plan = (struct en_search_plan){.source = EN_SOURCE_TYPE};
    }
}

static enum en_status read_page(struct en_search_run *run, struct en_page *page, struct en_err *err)
{
    const size_t wanted = (size_t)run->query->count;
    struct reading r = {.page = page, .room = wanted + 1};

    page->items = EN_NEW(run->a, struct en_version, r.room);
    r.keys = EN_NEW(run->a, int64_t, r.room);
    if (page->items == NULL || r.keys == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left for a page of a search");
    }
    if (run->plan.source == EN_SOURCE_SORTED || run->plan.source == EN_SOURCE_UNSORTED) {
        EN_TRY(read_ordered(run, &r, err));
    } else {
        EN_TRY(read_rows(run, run->query->sort_count == 0 ? 'k' : 'g', &r, err));
    }
    page->count = r.count < wanted ? r.count : wanted;
    if (r.count > wanted) {
        const struct en_version *last = &page->items[wanted - 1];

        page->next_cursor = en_search_cursor(run, r.way[0], r.keys[wanted - 1], last->version);
        if (page->next_cursor == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory left for a page of a search");
        }
    }
    return page->count == 0 || run->query->include_count == 0
               ? EN_OK
               : en_search_include(run, r.keys, page, err);
}

enum en_status en_search_page(struct en_tx *tx, const struct en_search_query *query, int gather_max,
                              struct en_arena *a, struct en_page *out, struct en_err *err)
{
    assert(query->type != NULL && query->count >= 0 && query->count <= EN_SEARCH_COUNT_MAX);
    struct en_search_run run = {.tx = tx, .query = query, .a = a, .gather_max = gather_max};
    const bool is_count = query->count == 0 || query->summary == EN_SUMMARY_COUNT;

    *out = (struct en_page){.total = -1};
    if (query->cursor != NULL && !is_count) {
        EN_TRY(en_search_cursor_read(&run, err));
    }
    EN_TRY(en_search_plan_make(&run, err));
    if (is_count || query->total == EN_TOTAL_ACCURATE) {
        struct en_sql sql = EN_SQL(a);

        en_search_count_sql(&run, &sql);
        EN_TRY(en_sql_count(&sql, tx, &out->total, err));
    }
    if (is_count) {
        return EN_OK;
    }
    keep_way(&run);
    return read_page(&run, out, err);
}

enum en_status en_tx_search(struct en_tx *tx, const struct en_search_query *query,
                            struct en_arena *a, struct en_page *out, struct en_err *err)
{
    return en_search_page(tx, query, EN_SEARCH_GATHER_MAX, a, out, err);
}
