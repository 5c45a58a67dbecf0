/* SPDX-License-Identifier: Apache-2.0
 * Text against second ways to say the same: every short sequence of bytes against the table of the
 * Unicode Standard, broken lines against their words, lists against what was put into them, dates
 * against counting. */
#include "base/buf.h"
#include "base/date.h"
#include "base/text.h"

#include "support/check.h"
#include "unit/base/dice.h"

/* UTF-8 */

static bool is_in(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

/* Table 3-7 of the Unicode Standard, row by row, for a letter of exactly `size` bytes. */
static bool is_letter(const unsigned char *b, size_t size)
{
    switch (size) {
    case 1:
        return b[0] <= 0x7f;
    case 2:
        return is_in(b[0], 0xc2, 0xdf) && is_in(b[1], 0x80, 0xbf);
    case 3:
        return is_in(b[2], 0x80, 0xbf) && ((b[0] == 0xe0 && is_in(b[1], 0xa0, 0xbf)) ||
                                           (is_in(b[0], 0xe1, 0xec) && is_in(b[1], 0x80, 0xbf)) ||
                                           (b[0] == 0xed && is_in(b[1], 0x80, 0x9f)) ||
                                           (is_in(b[0], 0xee, 0xef) && is_in(b[1], 0x80, 0xbf)));
    case 4:
        return is_in(b[2], 0x80, 0xbf) && is_in(b[3], 0x80, 0xbf) &&
               ((b[0] == 0xf0 && is_in(b[1], 0x90, 0xbf)) ||
                (is_in(b[0], 0xf1, 0xf3) && is_in(b[1], 0x80, 0xbf)) ||
                (b[0] == 0xf4 && is_in(b[1], 0x80, 0x8f)));
    default:
        return false;
    }
}

/* Offset of the first byte that begins no letter; size when all is well. */
static size_t first_bad(const unsigned char *bytes, size_t size)
{
    size_t i = 0;

    while (i < size) {
        size_t length = 1;

        while (length <= 4 && (i + length > size || !is_letter(bytes + i, length))) {
            length++;
        }
        if (length > 4) {
            return i;
        }
        i += length;
    }
    return size;
}

static void expect_utf8(const unsigned char *bytes, size_t size)
{
    const size_t want = first_bad(bytes, size);
    size_t bad = SIZE_MAX;
    const bool is_valid = en_utf8_valid((const char *)bytes, size, &bad);

    if (is_valid != (want == size) || (!is_valid && bad != want)) {
        print_error("%zu bytes %02x %02x %02x %02x\n", size, bytes[0], bytes[1], bytes[2],
                    bytes[3]);
        fail();
    }
}

/* All sequences of one and two bytes, three with every lead, four with every pair of leading bytes
 * and the ends of the ranges behind them. */
static void test_utf8_agrees_with_the_standard(void **state)
{
    static const unsigned char ENDS[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
                                         0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xff};

    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        unsigned char b[4] = {(unsigned char)(pair >> 8), (unsigned char)pair, 0, 0};

        expect_utf8(b, 1);
        expect_utf8(b, 2);
        for (size_t i = 0; i < sizeof ENDS; i++) {
            b[2] = ENDS[i];
            expect_utf8(b, 3);
            b[3] = ENDS[(i * 7 + pair) % sizeof ENDS];
            expect_utf8(b, 4);
        }
    }
}

/* Lines */

static const char *const WORDS[] = {
    "a", "of",       "knee", "tendinopathy", "\xc3\xa9t\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac",
    "-", "e\xcc\x81"};

static void any_text(struct dice *d, struct en_buf *out)
{
    const size_t count = dice_below(d, 30);

    en_buf_clear(out);
    for (size_t i = 0; i < count; i++) {
        en_buf_add(out, i == 0 ? "" : " ");
        en_buf_add(out, WORDS[dice_below(d, EN_COUNT(WORDS))]);
    }
}

/* The letters of a text without its spaces: what breaking lines must keep. */
static void add_letters(struct en_buf *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] != ' ') {
            en_buf_add_bytes(out, text + i, 1);
        }
    }
}

/* Every line fits, no letter is lost, none is cut in two, and no line is broken too early: the next
 * word would not have fitted. */
static void check_lines(const char *text, size_t columns)
{
    struct en_buf got = EN_BUF(1 << 16), want = EN_BUF(1 << 16);
    const char *rest = text;

    while (*rest != '\0') {
        const char *line = rest;
        const size_t size = en_text_line(line, columns, &rest);
        const size_t width = en_utf8_width(line, size);

        CHECK(rest > line);
        CHECK(en_utf8_valid(line, size, NULL));
        CHECK(width <= columns || size <= 4); /* one letter may be wider than the page */
        CHECK(size == 0 || (line[size - 1] != ' ' && *rest != ' '));
        if (*rest != '\0' && line[size] == ' ') {
            CHECK(width + 1 + en_utf8_width(rest, strcspn(rest, " ")) > columns);
        }
        add_letters(&got, line, size);
    }
    add_letters(&want, text, strlen(text));
    CHECK_TEXT(en_buf_text(&got), en_buf_text(&want));
    en_buf_free(&got);
    en_buf_free(&want);
}

static void test_lines_keep_words_and_width(void **state)
{
    struct en_buf text = EN_BUF(1 << 16);
    struct dice d = {7};

    (void)state;
    for (int round = 0; round < 300; round++) {
        any_text(&d, &text);
        for (size_t columns = 1; columns < 60; columns += 1 + columns / 8) {
            check_lines(en_buf_text(&text), columns);
        }
    }
    en_buf_free(&text);
}

/* Wrapped text: every line but the first begins with the indent and none is wider than the page. */
static void check_wrapped(const char *text, size_t at, size_t indent, size_t columns)
{
    struct en_buf out = EN_BUF(1 << 16);
    const char *line;
    size_t number = 0;

    en_buf_wrap(&out, text, at, indent, columns);
    CHECK(out.status == EN_OK);
    CHECK(out.size > 0 && out.bytes[out.size - 1] == '\n');
    for (line = en_buf_text(&out); *line != '\0'; line += strcspn(line, "\n") + 1) {
        const size_t size = strcspn(line, "\n");
        const size_t used = number == 0 ? at : 0;

        CHECK(used + en_utf8_width(line, size) <= columns || size <= indent + 4);
        CHECK(number == 0 || strspn(line, " ") >= indent || size == 0);
        number++;
    }
    en_buf_free(&out);
}

static void test_wrapped_text_stays_on_the_page(void **state)
{
    struct en_buf text = EN_BUF(1 << 16);
    struct dice d = {11};

    (void)state;
    for (int round = 0; round < 300; round++) {
        any_text(&d, &text);
        for (size_t columns = 12; columns <= 100; columns += 11) {
            check_wrapped(en_buf_text(&text), dice_below(&d, 8), dice_below(&d, 8), columns);
        }
    }
    en_buf_free(&text);
}

/* Lists and numbers */

/* Items come back as they were put in, whatever the spaces between them. */
static void test_list_gives_its_items(void **state)
{
    static const char *const ITEMS[] = {"a", "knee", "two words", "x-1", "10*9/L", ""};
    static const char *const GAPS[] = {";", "; ", " ;", "  ;  ", ";;", "; ; "};
    struct dice d = {3};

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct en_buf text = EN_BUF(1 << 12);
        const char *put[12], *item = NULL, *rest;
        const size_t count = dice_below(&d, EN_COUNT(put));
        size_t given = 0, size = 0;

        for (size_t i = 0; i < count; i++) {
            const char *next = ITEMS[dice_below(&d, EN_COUNT(ITEMS))];

            en_buf_add(&text, i == 0 ? "" : GAPS[dice_below(&d, EN_COUNT(GAPS))]);
            en_buf_add(&text, next);
            if (next[0] != '\0') {
                put[given++] = next;
            }
        }
        size_t seen = 0;

        for (rest = en_buf_text(&text); (rest = en_list_next(rest, &item, &size)) != NULL; seen++) {
            CHECK(seen < given && strlen(put[seen]) == size);
            CHECK(memcmp(put[seen], item, size) == 0);
        }
        CHECK(seen == given);
        for (size_t i = 0; i < given; i++) {
            CHECK(en_list_has(en_buf_text(&text), put[i]));
        }
        CHECK(!en_list_has(en_buf_text(&text), "kne") && !en_list_has(en_buf_text(&text), ""));
        en_buf_free(&text);
    }
}

/* Every finite double written with 17 digits reads back as itself. */
static void test_numbers_read_back(void **state)
{
    struct dice d = {5};
    size_t seen = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        const uint64_t bits = dice_next(&d);
        char text[64];
        double value, back = 0.0;

        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) {
            continue;
        }
        (void)snprintf(text, sizeof text, "%.17g", value);
        CHECK(en_text_number(text, &back));
        CHECK(!(back < value) && !(back > value) && signbit(back) == signbit(value));
        seen++;
    }
    CHECK(seen > 19000);
}

/* The ends of 64 bits, and one step beyond them. */
static void test_integers_at_the_ends(void **state)
{
    long long value = 0;

    (void)state;
    CHECK(en_text_integer("9223372036854775807", INT64_MIN, INT64_MAX, &value));
    CHECK(value == INT64_MAX);
    CHECK(!en_text_integer("9223372036854775808", INT64_MIN, INT64_MAX, &value));
    CHECK(en_text_integer("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
    CHECK(value == INT64_MIN);
    CHECK(!en_text_integer("-9223372036854775809", INT64_MIN, INT64_MAX, &value));
    CHECK(value == INT64_MIN);
    CHECK(!en_text_integer("5-", 0, 9, &value) && !en_text_integer("+-5", 0, 9, &value));
    CHECK(!en_text_integer("-", 0, 9, &value) && !en_text_integer("", 0, 9, &value));
}

/* A hash in pieces is the hash of the whole: tables are hashed file by file. */
static void test_hash_goes_on(void **state)
{
    static const char TEXT[] = "the quick brown fox jumps over the lazy dog";
    const uint64_t whole = en_hash(EN_HASH_START, TEXT, sizeof TEXT);

    (void)state;
    for (size_t i = 0; i <= sizeof TEXT; i++) {
        const uint64_t start = en_hash(EN_HASH_START, TEXT, i);

        CHECK(en_hash(start, TEXT + i, sizeof TEXT - i) == whole);
        CHECK(i == sizeof TEXT || start != whole);
    }
}

/* Dates */

/* From the first day to the last one, one by one: each has its text, its weekday follows the one
 * before, and years between grow by one on each birthday alone. */
static void test_calendar_day_by_day(void **state)
{
    char text[EN_DATE_TEXT_MAX], before[EN_DATE_TEXT_MAX] = "";
    en_day first = EN_DAY_UNKNOWN, last = EN_DAY_UNKNOWN, birth = EN_DAY_UNKNOWN, day = 0;
    int years = 0;

    (void)state;
    CHECK(en_date_parse("0001-01-01", &first, NULL) && en_date_parse("9999-12-31", &last, NULL));
    CHECK(en_date_parse("1960-02-29", &birth, NULL));
    CHECK(last - first == 3652058); /* 9999 years with 2424 leap days, less one */
    CHECK_TEXT(en_date_text(first - 1, text), "unknown");
    CHECK_TEXT(en_date_text(last + 1, text), "unknown");
    for (en_day d = first; d <= last; d += d < birth - 800 || d > birth + 60000 ? 97 : 1) {
        (void)en_date_text(d, text);
        CHECK(en_date_parse(text, &day, NULL) && day == d);
        CHECK(strcmp(before, text) < 0); /* the order of texts is the order of days */
        memcpy(before, text, sizeof before);
        CHECK(en_weekday(d + 1) == (en_weekday(d) + 1) % 7);
        if (d >= birth && d < birth + 60000) {
            const int now = en_years_between(birth, d);
            /* Someone of 29 February turns older on 1 March in a common year. */
            const bool is_birthday =
                strcmp(text + 5, "02-29") == 0 || strcmp(text + 5, "03-01") == 0;

            CHECK(now == years || (now == years + 1 && is_birthday));
            years = now;
        }
    }
    CHECK(years == 164);
}

TEST_MAIN(cmocka_unit_test(test_utf8_agrees_with_the_standard),
          cmocka_unit_test(test_lines_keep_words_and_width),
          cmocka_unit_test(test_wrapped_text_stays_on_the_page),
          cmocka_unit_test(test_list_gives_its_items), cmocka_unit_test(test_numbers_read_back),
          cmocka_unit_test(test_integers_at_the_ends), cmocka_unit_test(test_hash_goes_on),
          cmocka_unit_test(test_calendar_day_by_day));
