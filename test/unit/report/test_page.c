/* SPDX-License-Identifier: Apache-2.0
 * Lines, paragraphs, boxes and tables of a terminal; the C library counts the columns. */
#include "fixture.h"
#include "reader.h"
#include "report/page.h"

#include "support/check.h"

static struct en_arena arena = {.limit = 8 << 20};

static struct en_words words(void)
{
    return (struct en_words){.arena = &arena, .knowledge = fixture_knowledge()};
}

/* One page of a width to print on; the buffer starts empty. */
struct sheet {
    struct en_words w;
    struct en_buf out;
    struct en_page page;
};

static void sheet_open(struct sheet *s, int width)
{
    s->w = words();
    s->out = EN_BUF(1 << 20);
    s->page = (struct en_page){.out = &s->out, .w = &s->w, .width = width};
}

static const char *sheet_text(struct sheet *s)
{
    return en_buf_text(&s->out);
}

static void sheet_close(struct sheet *s)
{
    en_buf_free(&s->out);
}

/* A terminal may have any width; a page has one that its tables fit. */
static void test_page_width_is_held_between_its_limits(void **state)
{
    (void)state;
    assert_int_equal(en_page_width(0), 80);
    assert_int_equal(en_page_width(-5), 72);
    assert_int_equal(en_page_width(71), 72);
    assert_int_equal(en_page_width(72), 72);
    assert_int_equal(en_page_width(73), 73);
    assert_int_equal(en_page_width(160), 160);
    assert_int_equal(en_page_width(161), 160);
}

/* Wide characters take two columns, combining marks none: the C library's table is the oracle. */
static void test_columns_agree_with_the_c_library(void **state)
{
    static const char *const TEXTS[] = {
        "abc", "Ñandú", "Nˇa\xcc\x81", "王小明",  "Ελένη", "محمد علي",
        "שרה", "±×°µ",  "█░─┤▲△╌",     "22–25 G", "Мария", "한국어",
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(TEXTS); i++) {
        assert_int_equal(en_page_columns(TEXTS[i]), reader_columns(TEXTS[i]));
    }
}

static void test_cut_breaks_between_words_and_inside_long_ones(void **state)
{
    const char *rest;

    (void)state;
    assert_int_equal(en_page_cut("one two three", 8, &rest), 7);
    CHECK_TEXT(rest, "three");
    assert_int_equal(en_page_cut("one two", 7, &rest), 7);
    CHECK_TEXT(rest, "");
    assert_int_equal(en_page_cut("abcdefghij", 4, &rest), 4);
    CHECK_TEXT(rest, "efghij");
    assert_int_equal(en_page_cut("王小明", 5, &rest), 6); /* the third is too wide */
    assert_int_equal(en_page_cut("王", 1, &rest), 3);     /* at least one, or it would not end */
    assert_int_equal(en_page_cut("one   two", 4, &rest), 3);
    CHECK_TEXT(rest, "two");
}

static void test_table_wraps_cells_and_never_exceeds_the_page(void **state)
{
    struct en_words w = words();
    struct en_buf out = EN_BUF(1 << 16);
    struct en_page page = {.out = &out, .w = &w, .width = 40};
    struct en_page_table t = {.page = &page,
                              .columns = {{"id", 4, false}, {"text", 0, false}, {"n", 5, true}},
                              .count = 3};
    const char *const cells[] = {"A", "a long text of several words that wraps 王小明王小明",
                                 "12.5"};

    (void)state;
    en_page_table_head(&t);
    en_page_table_row(&t, cells);
    CHECK_CONTAINS(en_buf_text(&out), "id   text                              n\n");
    CHECK_CONTAINS(en_buf_text(&out), " 12.5\n");
    CHECK(reader_columns(en_buf_text(&out)) <= 40);
    CHECK(strstr(en_buf_text(&out), " \n") == NULL); /* no blanks at line ends */
    en_buf_free(&out);
}

static void test_pair_goes_to_two_lines_when_it_does_not_fit(void **state)
{
    struct en_words w = words();
    struct en_buf out = EN_BUF(1 << 12);
    struct en_page page = {.out = &out, .w = &w, .width = 12};

    (void)state;
    en_page_pair(&page, "left", "right");
    CHECK_TEXT(en_buf_text(&out), "left   right\n");
    en_buf_clear(&out);
    en_page_pair(&page, "left side", "right side");
    CHECK_TEXT(en_buf_text(&out), "left side\nright side\n");
    en_buf_free(&out);
}

static void test_colour_only_when_asked(void **state)
{
    struct en_words w = words();
    struct en_buf out = EN_BUF(1 << 12);
    struct en_page page = {.out = &out, .w = &w, .width = 30};

    (void)state;
    en_page_text(&page, 0, "STOP", EN_INK_RED, "text");
    CHECK_TEXT(en_buf_text(&out), "STOP text\n");
    en_buf_clear(&out);
    page.use_colour = true;
    en_page_text(&page, 0, "STOP", EN_INK_RED, "text");
    CHECK_TEXT(en_buf_text(&out), "\x1b[1;31mSTOP\x1b[0m text\n");
    en_buf_free(&out);
}

/* At each width the cut takes as much as fits, never splits a character, and always goes on. */
static void test_cut_ends_for_every_text_and_width(void **state)
{
    static const char *const TEXTS[] = {"one two three four",
                                        "王小明 and 한국어",
                                        "a\xcc\x81\xcc\x82 b",
                                        "שרה محمد שרה",
                                        "  leading and trailing  ",
                                        "x",
                                        "",
                                        "Donaudampfschifffahrtsgesellschaft"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(TEXTS); i++) {
        for (int width = 1; width <= 40; width++) {
            const char *rest = TEXTS[i];
            size_t lines = 0;

            while (*rest != '\0') {
                char line[128];
                const char *from = rest;
                const size_t size = en_page_cut(from, width, &rest);

                assert_true(rest > from && size < sizeof line && ++lines < 100);
                (void)snprintf(line, sizeof line, "%.*s", (int)size, from);
                /* A single wide character may be wider than one column: there is no other way. */
                CHECK(reader_columns(line) <= (width == 1 ? 2 : width));
            }
        }
    }
}

/* What wraps is all there, in its order, with one blank between the words. */
static void test_wrapped_text_loses_no_word(void **state)
{
    static const char TEXT[] =
        "Dextrose 50 % (hydrous) is a high-alert medicine: independent check "
        "of product and volume, 王小明 too.";

    (void)state;
    for (int width = 20; width <= 100; width += 7) {
        struct sheet s;

        sheet_open(&s, width);
        en_page_text(&s.page, 2, "!", EN_INK_YELLOW, TEXT);
        CHECK(reader_columns(sheet_text(&s)) <= width);
        struct en_buf joined = fixture_joined(&s.out);

        CHECK_CONTAINS(en_buf_text(&joined), TEXT);
        CHECK(strncmp(sheet_text(&s), "  ! Dextrose", 12) == 0);
        en_buf_free(&joined);
        sheet_close(&s);
    }
}

/* The text hangs behind its mark: later lines start below the first word. */
static void test_text_hangs_behind_its_mark(void **state)
{
    struct sheet s;

    (void)state;
    sheet_open(&s, 20);
    en_page_text(&s.page, 1, "a)", EN_INK_PLAIN, "first words and more of them");
    CHECK_TEXT(sheet_text(&s), " a) first words and\n    more of them\n");
    en_buf_clear(&s.out);
    en_page_text(&s.page, 3, "", EN_INK_PLAIN, "no mark");
    CHECK_TEXT(sheet_text(&s), "   no mark\n");
    en_buf_clear(&s.out);
    en_page_text(&s.page, 0, "mark", EN_INK_PLAIN, "");
    CHECK_TEXT(sheet_text(&s), "mark\n"); /* an empty text keeps its mark, without a blank */
    en_buf_clear(&s.out);
    en_page_text(&s.page, 0, "", EN_INK_PLAIN, "   ");
    CHECK_TEXT(sheet_text(&s), "");
    sheet_close(&s);
}

static void test_rule_and_heading_fill_the_width(void **state)
{
    struct sheet s;

    (void)state;
    for (int width = 10; width <= 160; width += 25) {
        sheet_open(&s, width);
        en_page_rule(&s.page, "━");
        assert_int_equal(reader_columns(sheet_text(&s)), width);
        en_buf_clear(&s.out);
        en_page_heading(&s.page, "王小明");
        assert_int_equal(reader_columns(sheet_text(&s)), width);
        CHECK(sheet_text(&s)[0] == '\n'); /* a blank line above */
        sheet_close(&s);
    }
}

/* A box is a rectangle: every line has the same width, whatever stands in it. */
static void test_box_is_a_rectangle(void **state)
{
    static const char *const TEXTS[] = {"short", "", FIXTURE_WIDE FIXTURE_WIDE,
                                        "a\xcc\x81 combining mark",
                                        "a longer text that takes more than one line of the box"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(TEXTS); i++) {
        struct sheet s;

        sheet_open(&s, 31);
        en_page_box(&s.page, EN_INK_RED, "TITLE", TEXTS[i]);
        for (const char *line = sheet_text(&s); *line != '\0';) {
            const char *end = strchr(line, '\n');
            char copy[256];

            assert_non_null(end);
            (void)snprintf(copy, sizeof copy, "%.*s", (int)(end - line), line);
            assert_int_equal(reader_columns(copy), 31);
            line = end + 1;
        }
        sheet_close(&s);
    }
}

/* A pair stands at both edges as long as two blanks are left between. */
static void test_pair_uses_both_edges(void **state)
{
    struct sheet s;

    (void)state;
    sheet_open(&s, 11);
    en_page_pair(&s.page, "left", "right");
    CHECK_TEXT(sheet_text(&s), "left  right\n");
    en_buf_clear(&s.out);
    s.page.width = 10;
    en_page_pair(&s.page, "left", "right");
    CHECK_TEXT(sheet_text(&s), "left\nright\n");
    en_buf_clear(&s.out);
    en_page_pair(&s.page, "left", "");
    CHECK_TEXT(sheet_text(&s), "left\n");
    en_buf_clear(&s.out);
    en_page_pair(&s.page, "王王", "王王");
    CHECK_TEXT(sheet_text(&s), "王王  王王\n");
    sheet_close(&s);
}

/* Cells wrap by themselves; the flexible column takes what is left over, at least four columns. */
static void test_table_keeps_its_columns(void **state)
{
    struct sheet s;
    const char *const cells[] = {"KNE-01", "Tibiofemoral joint", "6.0"};

    (void)state;
    sheet_open(&s, 24);
    struct en_page_table t = {.page = &s.page,
                              .columns = {{"id", 6, false}, {"what", 0, false}, {"mL", 4, true}},
                              .count = 3};

    en_page_table_head(&t);
    en_page_table_row(&t, cells);
    CHECK_TEXT(sheet_text(&s), "id     what           mL\n"
                               "KNE-01 Tibiofemoral  6.0\n"
                               "       joint\n");
    sheet_close(&s);
    sheet_open(&s, 12);
    t.page = &s.page;
    en_page_table_row(&t, cells);
    CHECK_CONTAINS(sheet_text(&s), "KNE-01 Tibi  6.0\n"); /* too narrow: four columns are kept */
    sheet_close(&s);
}

/* An empty row prints nothing, an empty cell leaves its column free. */
static void test_table_of_empty_cells(void **state)
{
    struct sheet s;
    const char *const none[] = {"", "", ""}, *const middle[] = {"", "b", ""};

    (void)state;
    sheet_open(&s, 20);
    struct en_page_table t = {
        .page = &s.page,
        .columns = {{"x", 3, false}, {"y", 3, true}, {"z", 3, false}},
        .count = 3,
        .indent = 2,
    };

    en_page_table_row(&t, none);
    CHECK_TEXT(sheet_text(&s), "");
    en_page_table_row(&t, middle);
    CHECK_TEXT(sheet_text(&s), "        b\n");
    sheet_close(&s);
}

static void test_every_ink_opens_and_closes(void **state)
{
    static const char *const CODES[] = {"text\n",
                                        "\x1b[1mtext\x1b[0m\n",
                                        "\x1b[2mtext\x1b[0m\n",
                                        "\x1b[1;31mtext\x1b[0m\n",
                                        "\x1b[1;33mtext\x1b[0m\n",
                                        "\x1b[1;32mtext\x1b[0m\n"};

    (void)state;
    for (int ink = EN_INK_PLAIN; ink <= EN_INK_GREEN; ink++) {
        struct sheet s;

        sheet_open(&s, 30);
        s.page.use_colour = true;
        en_page_text(&s.page, 0, "", (enum en_ink)ink, "text");
        CHECK_TEXT(sheet_text(&s), CODES[ink]);
        en_buf_clear(&s.out);
        s.page.use_colour = false;
        en_page_text(&s.page, 0, "", (enum en_ink)ink, "text");
        CHECK_TEXT(sheet_text(&s), "text\n");
        sheet_close(&s);
    }
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_width_is_held_between_its_limits),
        cmocka_unit_test(test_columns_agree_with_the_c_library),
        cmocka_unit_test(test_cut_breaks_between_words_and_inside_long_ones),
        cmocka_unit_test(test_table_wraps_cells_and_never_exceeds_the_page),
        cmocka_unit_test(test_pair_goes_to_two_lines_when_it_does_not_fit),
        cmocka_unit_test(test_colour_only_when_asked),
        cmocka_unit_test(test_cut_ends_for_every_text_and_width),
        cmocka_unit_test(test_wrapped_text_loses_no_word),
        cmocka_unit_test(test_text_hangs_behind_its_mark),
        cmocka_unit_test(test_rule_and_heading_fill_the_width),
        cmocka_unit_test(test_box_is_a_rectangle),
        cmocka_unit_test(test_pair_uses_both_edges),
        cmocka_unit_test(test_table_keeps_its_columns),
        cmocka_unit_test(test_table_of_empty_cells),
        cmocka_unit_test(test_every_ink_opens_and_closes),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
