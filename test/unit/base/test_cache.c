/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cache.h"

#include "support/check.h"

/* A value is there until its time is over, and not a moment longer. */
static void test_values_end(void **state)
{
    struct en_cache *c = NULL;
    int value = 7, out = 0;

    (void)state;
    CHECK(en_cache_open(1, sizeof value, &c, NULL) == EN_OK);
    CHECK(!en_cache_get(c, "a", 0.0, &out) && !en_cache_get(c, "", 0.0, &out));
    en_cache_put(c, "a", &value, 2.0, en_cache_generation(c));
    CHECK(en_cache_get(c, "a", 1.999, &out) && out == 7);
    CHECK(!en_cache_get(c, "b", 1.0, &out) && !en_cache_get(c, "aa", 1.0, &out));
    CHECK(!en_cache_get(c, "a", 2.0, &out));
    CHECK(!en_cache_get(c, "a", 1.0, &out)); /* gone when it was seen to be over */
    en_cache_close(c);
    en_cache_close(NULL);
}

/* What was asked for before something was taken back does not come in behind it. */
static void test_nothing_stale_comes_in(void **state)
{
    struct en_cache *c = NULL;
    int value = 1, out = 0;

    (void)state;
    CHECK(en_cache_open(64, sizeof value, &c, NULL) == EN_OK);
    const uint64_t before = en_cache_generation(c);

    en_cache_drop(c, "a"); /* it was not even there */
    en_cache_put(c, "a", &value, 9.0, before);
    CHECK(!en_cache_get(c, "a", 0.0, &out));
    en_cache_put(c, "a", &value, 9.0, en_cache_generation(c));
    en_cache_put(c, "b", &value, 9.0, en_cache_generation(c));
    en_cache_drop(c, "a");
    CHECK(!en_cache_get(c, "a", 0.0, &out) && en_cache_get(c, "b", 0.0, &out));
    en_cache_clear(c);
    CHECK(!en_cache_get(c, "b", 0.0, &out));
    en_cache_close(c);
}

/* Full: the one that ends first goes, a key never gives another's value, too long a key is not
 * kept. */
static void test_a_full_row_drops_what_ends_first(void **state)
{
    struct en_cache *c = NULL;
    char key[EN_CACHE_KEY_MAX + 2];
    int found = 0, out = 0;

    (void)state;
    CHECK(en_cache_open(EN_CACHE_WAYS, sizeof out, &c, NULL) == EN_OK);
    for (int i = 0; i <= EN_CACHE_WAYS; i++) {
        (void)snprintf(key, sizeof key, "key%d", i);
        en_cache_put(c, key, &i, 10.0 + (i == 2 ? -5.0 : i), en_cache_generation(c));
    }
    for (int i = 0; i <= EN_CACHE_WAYS; i++) {
        (void)snprintf(key, sizeof key, "key%d", i);
        if (en_cache_get(c, key, 0.0, &out)) {
            found++;
            CHECK(out == i && i != 2);
        }
    }
    CHECK(found == EN_CACHE_WAYS);
    memset(key, 'k', sizeof key);
    key[EN_CACHE_KEY_MAX] = '\0';
    en_cache_put(c, key, &found, 99.0, en_cache_generation(c));
    CHECK(en_cache_get(c, key, 0.0, &out) && out == found);
    key[EN_CACHE_KEY_MAX] = 'k';
    key[EN_CACHE_KEY_MAX + 1] = '\0';
    en_cache_put(c, key, &found, 99.0, en_cache_generation(c));
    CHECK(!en_cache_get(c, key, 0.0, &out));
    en_cache_close(c);
}

TEST_MAIN(cmocka_unit_test(test_values_end), cmocka_unit_test(test_nothing_stale_comes_in),
          cmocka_unit_test(test_a_full_row_drops_what_ends_first));
