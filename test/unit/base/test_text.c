/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "support/check.h"

static void test_number_takes_only_whole_decimal_text(void **state)
{
    static const char *const WRONG[] = {"",    " 1",    "1 ",  "0x10", "inf",
                                        "nan", "1e999", "1,5", "-",    "1.2.3"};
    double value = 7.0;

    (void)state;
    CHECK(en_text_number("-1.50e+2", &value) && value == -150.0);
    value = 7.0;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        CHECK(!en_text_number(WRONG[i], &value));
    }
    CHECK(!en_text_number(NULL, &value));
    CHECK(value == 7.0);
}

static void test_integer_keeps_its_limits(void **state)
{
    long long value = 0;

    (void)state;
    CHECK(en_text_integer("9", 1, 9, &value) && value == 9);
    CHECK(!en_text_integer("10", 1, 9, &value));
    CHECK(!en_text_integer("0", 1, 9, &value));
    CHECK(!en_text_integer("99999999999999999999", 1, 9, &value));
    CHECK(!en_text_integer("1.0", 1, 9, &value));
}

static void test_list_walks_items_and_trims(void **state)
{
    const char *item = NULL, *rest = "a;  bc ;; d";
    size_t size = 0, count = 0;
    const size_t sizes[] = {1, 2, 1};

    (void)state;
    while ((rest = en_list_next(rest, &item, &size)) != NULL) {
        CHECK(count < 3 && size == sizes[count]);
        count++;
    }
    CHECK(count == 3);
    CHECK(en_list_has("US; FL", "FL"));
    CHECK(!en_list_has("US; FL", "F"));
    CHECK(!en_list_has("", "US") && !en_list_has(NULL, "US"));
}

/* Published FNV-1a test vectors. */
static void test_hash_is_fnv_1a(void **state)
{
    (void)state;
    CHECK(en_hash(EN_HASH_START, "", 0) == UINT64_C(0xcbf29ce484222325));
    CHECK(en_hash(EN_HASH_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    CHECK(en_hash(EN_HASH_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
}

static void test_comparisons_accept_null(void **state)
{
    (void)state;
    CHECK(en_text_equal(NULL, NULL) && !en_text_equal("a", NULL));
    CHECK(en_text_equal_nocase("Knee", "kNEE") && !en_text_equal_nocase("knee", "knees"));
    CHECK(en_text_is_empty(NULL) && en_text_is_empty("") && !en_text_is_empty(" "));
    CHECK(en_text_starts("Bundle.entry", "Bundle.") && !en_text_starts(NULL, "a"));
}

TEST_MAIN(cmocka_unit_test(test_number_takes_only_whole_decimal_text),
          cmocka_unit_test(test_integer_keeps_its_limits),
          cmocka_unit_test(test_list_walks_items_and_trims), cmocka_unit_test(test_hash_is_fnv_1a),
          cmocka_unit_test(test_comparisons_accept_null));
