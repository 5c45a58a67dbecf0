/* SPDX-License-Identifier: Apache-2.0
 * Folding: what string search compares. */
#include "fhir/search.h"
#include "support/check.h"

static void check_fold(const char *text, const char *expected)
{
    struct en_arena a = EN_ARENA(1 << 16);

    CHECK_TEXT(en_search_fold(text, &a), expected);
    en_arena_free(&a);
}

/* What a person types without the marks of another keyboard finds what is written with them. */
static void test_fold_drops_case_and_accents(void **state)
{
    (void)state;
    check_fold("", "");
    check_fold("ABC xyz 019", "abc xyz 019");
    check_fold("\xC3\x89"
               "lodie M\xC3\xBC"
               "ller",
               "elodie muller");  /* E acute, u umlaut */
    check_fold("e\xCC\x81", "e"); /* combining acute */
    check_fold("Wei\xC3\x9F \xC3\x86"
               "r\xC3\xB8",
               "weiss aero"); /* sharp s, ae, o stroke */
    check_fold("\xC5\x81\xC3\xB3"
               "d\xC5\xBA",
               "lodz");                                            /* Polish */
    check_fold("Nguy\xE1\xBB\x85n", "nguyen");                     /* Vietnamese */
    check_fold("\xC4\xB0stanbul \xC4\xB1", "istanbul i");          /* Turkish */
    check_fold("\xCE\x88\xCE\xBB\xCE\xB5\xCE\xBD\xCE\xB7\xCF\x82", /* Greek, final sigma */
               "\xCE\xB5\xCE\xBB\xCE\xB5\xCE\xBD\xCE\xB7\xCF\x83");
    check_fold("\xD0\x81\xD0\xBB\xD0\xBA\xD0\xB0", "\xD0\xB5\xD0\xBB\xD0\xBA\xD0\xB0"); /* Yo */
    check_fold("\xE6\x9D\x8E\xE5\xB0\x8F\xE9\xBE\x99", "\xE6\x9D\x8E\xE5\xB0\x8F\xE9\xBE\x99");
}

/* Spaces of every kind count once and not at the ends; typographic signs are what keyboards have.
 */
static void test_fold_collapses_spaces(void **state)
{
    (void)state;
    check_fold("  a \t\n b\xC2\xA0\xE2\x80\x83\xE3\x80\x80 c  ", "a b c");
    check_fold(" \t ", "");
    check_fold("O\xE2\x80\x99"
               "Neil\xE2\x80\x93"
               "Smith",
               "o'neil-smith");
}

/* Malformed bytes pass through; a cut letter at the end reads nothing behind it. */
static void test_fold_keeps_malformed_bytes(void **state)
{
    (void)state;
    check_fold("a\xFF\xC3", "a\xFF\xC3");
    check_fold("\xE1\xBB", "\xE1\xBB");
    check_fold("\x80Z", "\x80z");
}

/* Folding twice is folding once, for every letter: stored and asked texts meet in the middle. */
static void test_fold_is_stable(void **state)
{
    (void)state;
    for (uint32_t letter = 0x80; letter < 0x3100; letter++) {
        const char text[4] = {
            (char)(letter < 0x800 ? 0xC0 | letter >> 6 : 0xE0 | letter >> 12),
            (char)(letter < 0x800 ? 0x80 | (letter & 63) : 0x80 | (letter >> 6 & 63)),
            (char)(letter < 0x800 ? 0 : 0x80 | (letter & 63)), '\0'};
        struct en_arena a = EN_ARENA(1 << 10);
        const char *once = en_search_fold(text, &a);

        CHECK_TEXT(en_search_fold(once, &a), once);
        en_arena_free(&a);
    }
}

/* A full arena gives NULL. */
static void test_fold_reports_a_full_arena(void **state)
{
    struct en_arena a = EN_ARENA(8);

    (void)state;
    CHECK(en_search_fold("a long text of letters", &a) == NULL);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_fold_drops_case_and_accents),
          cmocka_unit_test(test_fold_collapses_spaces),
          cmocka_unit_test(test_fold_keeps_malformed_bytes), cmocka_unit_test(test_fold_is_stable),
          cmocka_unit_test(test_fold_reports_a_full_arena));
