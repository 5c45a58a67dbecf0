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
/* Counted by hand: one letter more, one less, one changed, two swapped (two edits); the longest
 * text is compared, a longer one is not. */
static void test_distance_counts_edits(void **state)
{
    char longest[EN_TEXT_DISTANCE_MAX + 2] = {0};

    (void)state;
    memset(longest, 'a', EN_TEXT_DISTANCE_MAX);
    CHECK(en_text_distance("knee", "knee") == 0 && en_text_distance("", "knee") == 4);
    CHECK(en_text_distance("knee", "knees") == 1 && en_text_distance("knee", "kne") == 1);
    CHECK(en_text_distance("knee", "knew") == 1 && en_text_distance("knee", "kene") == 2);
    CHECK(en_text_distance("kitten", "sitting") == 3);
    CHECK(en_text_distance(longest, "") == EN_TEXT_DISTANCE_MAX);
    longest[EN_TEXT_DISTANCE_MAX] = 'a';
    CHECK(en_text_distance(longest, "") == SIZE_MAX);
}

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

/* The forms that the Unicode Standard calls ill-formed, each with the place of the first wrong
 * byte: a lone continuation, a cut letter, an overlong form, a surrogate, beyond the last code. */
static void test_utf8_refuses_ill_formed_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t bad;
    } WRONG[] = {
        {"a\x80", 1},
        {"ab\xc3", 2},
        {"\xc0\xaf", 0},
        {"\xe0\x80\xaf", 0},
        {"\xed\xa0\x80", 0},
        {"\xff", 0},
        {"\xf4\x90\x80\x80", 0},
        {"\xe2\x82(", 0},
        {"\xf0\x80\x80\x80", 0},
    };
    static const char GOOD[] = "a\xc3\xa9\xe2\x89\xa5\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf";
    size_t bad = 99;

    (void)state;
    CHECK(en_utf8_valid(GOOD, sizeof GOOD - 1, &bad) && bad == 99);
    CHECK(en_utf8_valid("", 0, NULL) && !en_utf8_valid("\xff", 1, NULL));
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        CHECK(!en_utf8_valid(WRONG[i].bytes, strlen(WRONG[i].bytes), &bad));
        CHECK(bad == WRONG[i].bad);
    }
}

/* One column per letter, none for a combining accent, two for a wide letter. */
static void test_utf8_width_counts_columns(void **state)
{
    (void)state;
    CHECK(en_utf8_width("abc", 3) == 3 && en_utf8_width("", 0) == 0);
    CHECK(en_utf8_width("\xe2\x89\xa5 5 \xc2\xb5g", 9) == 6);
    CHECK(en_utf8_width("e\xcc\x81", 3) == 1);
    CHECK(en_utf8_width("\xe6\x97\xa5\xe6\x9c\xac", 6) == 4);
    CHECK(en_utf8_width("\xff\xff", 2) == 2);
}

static void check_line(const char *text, size_t columns, const char *line, const char *rest)
{
    const char *after = NULL;
    const size_t size = en_text_line(text, columns, &after);

    CHECK(size == strlen(line) && memcmp(text, line, size) == 0);
    CHECK_TEXT(after, rest);
}

/* A line takes the words that fit, to the last column; what does not fit at all is cut. */
static void test_text_line_breaks_at_spaces(void **state)
{
    (void)state;
    check_line("one two", 7, "one two", "");
    check_line("one two", 6, "one", "two");
    check_line("one two", 3, "one", "two");
    check_line("one two", 2, "on", "e two");
    check_line("one   two ", 5, "one", "two ");
    check_line("", 5, "", "");
    check_line("  x", 5, "  x", "");
    check_line("\xc3\xa9\xc3\xa9\xc3\xa9", 2, "\xc3\xa9\xc3\xa9", "\xc3\xa9");
    check_line("abc", 0, "a", "bc");
}

TEST_MAIN(cmocka_unit_test(test_utf8_refuses_ill_formed_bytes),
          cmocka_unit_test(test_utf8_width_counts_columns),
          cmocka_unit_test(test_text_line_breaks_at_spaces),
          cmocka_unit_test(test_number_takes_only_whole_decimal_text),
          cmocka_unit_test(test_integer_keeps_its_limits),
          cmocka_unit_test(test_list_walks_items_and_trims), cmocka_unit_test(test_hash_is_fnv_1a),
          cmocka_unit_test(test_distance_counts_edits),
          cmocka_unit_test(test_comparisons_accept_null));
