/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the search share: resources with their index, and what a query finds. A single
 * quote in a resource stands for a double one. */
#pragma once

#include "support/search_table.h"
#include "support/stores.h"

#include "base/buf.h"

/* One resource, created or changed, with all that it is found by. */
void search_put(struct en_store *s, const char *text, const char *id);

/* Many in one work; texts and ids: shape [count]. */
void search_put_all(struct en_store *s, const char *const *texts, const char *const *ids,
                    size_t count);

struct found {
    struct en_arena a;
    struct en_search_query q;
    struct en_page page;
    struct en_err err;
    enum en_status st;
};

/* What a search may gather at once (store/search_inside.h); tests set it and set it back. */
extern int search_gather_max;

/* One page. cursor, compartment: NULL none. Free with found_free. */
void search_run(struct en_store *s, const char *type, const char *query, const char *cursor,
                const char *compartment, struct found *out);
void found_free(struct found *f);

/* All pages: "a b c", the ids in their order. Kept until the next call. */
const char *search_ids(struct en_store *s, const char *type, const char *query,
                       const char *compartment);

/* The search finds these ids, in this order. */
void check_ids(struct en_store *s, const char *type, const char *query, const char *expected);

/* Whether " a b " holds the word. */
bool has_word(const char *words, const char *word);
