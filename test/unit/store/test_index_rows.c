/* SPDX-License-Identifier: Apache-2.0 */
#include "support/stores.h"

#include "store/inside.h"

#include "base/text.h"

#include <math.h>

enum { TOKEN, STRING, REFERENCE, DATE, NUMBER, QUANTITY, URI, ID, UPDATED, KINDS };

static const struct en_search_param PARAMS[KINDS] = {
    [TOKEN] = {.kind = EN_SEARCH_TOKEN, .key = 1},
    [STRING] = {.kind = EN_SEARCH_STRING, .key = 2},
    [REFERENCE] = {.kind = EN_SEARCH_REFERENCE, .key = 3},
    [DATE] = {.kind = EN_SEARCH_DATE, .key = 4},
    [NUMBER] = {.kind = EN_SEARCH_NUMBER, .key = 5},
    [QUANTITY] = {.kind = EN_SEARCH_QUANTITY, .key = 6},
    [URI] = {.kind = EN_SEARCH_URI, .key = 7},
    [ID] = {.kind = EN_SEARCH_ID, .key = 8},
    [UPDATED] = {.kind = EN_SEARCH_UPDATED, .key = 9},
};

struct put {
    const struct en_index_value *values;
    size_t count;
};

static enum en_status put_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct put *p = context;

    return en_tx_put(tx,
                     &(struct en_put){.type = "Observation",
                                      .id = "o1",
                                      .stamp = {"{\"meta\":{", "}}"},
                                      .index = p->values,
                                      .index_count = p->count,
                                      .expected = EN_VERSION_ANY},
                     NULL, err);
}

static void put(struct en_store *s, const struct en_index_value *values, size_t count)
{
    struct put p = {values, count};
    struct en_err err = {""};

    if (en_store_write(s, put_work, &p, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
}

static int64_t rows(const char *url)
{
    return store_number(url, "SELECT (SELECT count(*) FROM index_token) + (SELECT count(*) FROM"
                             " index_string) + (SELECT count(*) FROM index_reference) + (SELECT"
                             " count(*) FROM index_date) + (SELECT count(*) FROM index_quantity)");
}

/* Every kind of value comes back from its table with the very bytes and numbers it had; what stands
 * twice is there once; what is not known is found by nothing. */
static void values_are_kept_exactly(const char *url)
{
    const struct en_index_value values[] = {
        {.param = &PARAMS[TOKEN], .system = "http://x.org/a,b", .code = "{\"a\\b'c\", NULL}"},
        {.param = &PARAMS[TOKEN], .system = "http://x.org/a,b", .code = "{\"a\\b'c\", NULL}"},
        {.param = &PARAMS[TOKEN], .system = NULL, .code = ""},
        {.param = &PARAMS[STRING], .code = "naive \xc3\xa9", .text = "Na\xc3\xafve \xc3\x89"},
        {.param = &PARAMS[REFERENCE], .system = "Patient", .code = "p1"},
        {.param = &PARAMS[URI], .system = "", .code = "urn:uuid:1"},
        {.param = &PARAMS[DATE], .low_us = INT64_MIN, .high_us = INT64_MAX},
        {.param = &PARAMS[DATE], .low_us = -1, .high_us = 1751328000000001},
        {.param = &PARAMS[NUMBER], .low = 0.1, .high = 0.1 + 0x1p-56},
        {.param = &PARAMS[NUMBER], .low = NAN, .high = NAN},
        {.param = &PARAMS[QUANTITY], .low = -1e300, .high = 5e-324, .code = "mg", .system = "u"},
        {.param = &PARAMS[ID], .code = "o1"},
        {.param = &PARAMS[UPDATED], .low_us = 1, .high_us = 2},
    };
    struct en_store *s = store_opened(url);

    put(s, values, EN_COUNT(values));
    CHECK(rows(url) == 9);
    CHECK(store_number(url, "SELECT count(*) FROM index_token WHERE param = 1 AND system ="
                            " 'http://x.org/a,b' AND code = '{\"a\\b''c\", NULL}'") == 1);
    CHECK(store_number(url, "SELECT count(*) FROM index_token WHERE system = '' AND code = ''") ==
          1);
    CHECK(store_number(url, "SELECT count(*) FROM index_string WHERE folded = 'naive \xc3\xa9' AND"
                            " written = 'Na\xc3\xafve \xc3\x89'") == 1);
    CHECK(store_number(url, "SELECT count(*) FROM index_reference WHERE (type, target) IN"
                            " (('Patient', 'p1'), ('', 'urn:uuid:1'))") == 2);
    CHECK(store_number(url, "SELECT low_us FROM index_date ORDER BY low_us") == INT64_MIN);
    CHECK(store_number(url, "SELECT high_us FROM index_date ORDER BY low_us DESC") ==
          1751328000000001);
    CHECK(store_number(url, "SELECT count(*) FROM index_quantity WHERE param = 5 AND low = 0.1 AND"
                            " high > 0.1 AND high < 0.10000000000000005") == 1);
    CHECK(store_number(url,
                       "SELECT count(*) FROM index_quantity WHERE low = -1e300 AND high > 0 AND"
                       " high < 1e-323 AND unit = 'mg' AND system = 'u'") == 1);
    en_store_close(s);
}

/* After an update the index holds the new values and none of the old ones, also those that stayed;
 * after a deletion none. */
static void updates_replace_values(const char *url)
{
    const struct en_index_value before[] = {
        {.param = &PARAMS[TOKEN], .system = "s", .code = "stays"},
        {.param = &PARAMS[TOKEN], .system = "s", .code = "goes"},
        {.param = &PARAMS[STRING], .code = "goes", .text = "Goes"},
        {.param = &PARAMS[DATE], .low_us = 1, .high_us = 2},
        {.param = &PARAMS[NUMBER], .low = 1.0, .high = 2.0},
        {.param = &PARAMS[REFERENCE], .system = "Patient", .code = "goes"},
    };
    const struct en_index_value after[] = {
        {.param = &PARAMS[TOKEN], .system = "s", .code = "stays"},
        {.param = &PARAMS[TOKEN], .system = "t", .code = "goes"},
        {.param = &PARAMS[DATE], .low_us = 1, .high_us = 3},
        {.param = &PARAMS[NUMBER], .low = 1.5, .high = 2.0},
        {.param = &PARAMS[REFERENCE], .system = "Patient", .code = "comes"},
    };
    struct en_store *s = store_opened(url);

    put(s, before, EN_COUNT(before));
    CHECK(rows(url) == 6);
    put(s, after, EN_COUNT(after));
    CHECK(rows(url) == 5);
    CHECK(store_number(url, "SELECT count(*) FROM index_token WHERE (system, code) IN"
                            " (('s', 'stays'), ('t', 'goes'))") == 2);
    CHECK(store_number(url, "SELECT high_us FROM index_date") == 3);
    CHECK(store_number(url, "SELECT count(*) FROM index_quantity WHERE low = 1.5") == 1);
    CHECK(store_number(url, "SELECT count(*) FROM index_reference WHERE target = 'comes'") == 1);
    put(s, after, EN_COUNT(after));
    CHECK(rows(url) == 5);
    CHECK(store_delete(s, "Observation", "o1", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    CHECK(rows(url) == 0);
    put(s, before, EN_COUNT(before));
    CHECK(rows(url) == 6);
    en_store_close(s);
}

/* Texts beyond what an index takes are cut, and stay apart when they differ behind the cut. */
static void long_texts_stay_apart(const char *url)
{
    static char one[20000], two[20000];
    char room[EN_INDEX_TEXT_MAX + 1], other[EN_INDEX_TEXT_MAX + 1];
    struct en_store *s = store_opened(url);

    for (size_t i = 0; i + 2 < sizeof one; i += 2) {
        memcpy(one + i, "\xc3\xa9", 2);
    }
    (void)snprintf(two, sizeof two, "%s", one);
    two[sizeof two - 4] = 'x';
    two[sizeof two - 3] = 'x';
    const struct en_index_value values[] = {
        {.param = &PARAMS[TOKEN], .system = one, .code = one},
        {.param = &PARAMS[TOKEN], .system = one, .code = two},
        {.param = &PARAMS[STRING], .code = "short", .text = one},
        {.param = &PARAMS[URI], .code = one},
        {.param = &PARAMS[QUANTITY], .low = 1, .high = 1, .code = one, .system = two},
    };

    put(s, values, EN_COUNT(values));
    CHECK(rows(url) == 5);
    CHECK(en_utf8_valid(en_index_text(one, room), strlen(room), NULL));
    CHECK(strlen(room) <= EN_INDEX_TEXT_MAX && strcmp(room, en_index_text(two, other)) != 0);
    CHECK(en_index_text("short", room) != room && en_index_text(NULL, room)[0] == '\0');
    en_store_close(s);
}

/* Many values of one resource, as a long questionnaire has them. */
static void many_values(const char *url)
{
    static struct en_index_value values[EN_INDEX_VALUES_MAX];
    static char codes[EN_INDEX_VALUES_MAX][16];
    struct en_store *s = store_opened(url);

    for (int i = 0; i < EN_INDEX_VALUES_MAX; i++) {
        (void)snprintf(codes[i], sizeof codes[i], "c%d", i);
        values[i] = (struct en_index_value){
            .param = &PARAMS[i % 2 == 0 ? TOKEN : URI], .system = "", .code = codes[i]};
    }
    put(s, values, EN_INDEX_VALUES_MAX);
    CHECK(rows(url) == EN_INDEX_VALUES_MAX);
    put(s, values, EN_INDEX_VALUES_MAX / 2);
    CHECK(rows(url) == EN_INDEX_VALUES_MAX / 2);
    en_store_close(s);
}

TEST_MAIN(ON_BOTH(values_are_kept_exactly), ON_BOTH(updates_replace_values),
          ON_BOTH(long_texts_stay_apart), ON_BOTH(many_values));
