/* SPDX-License-Identifier: Apache-2.0
 * Parts that flow down the pages of a PDF, read back with pdftotext. */
#include "fixture.h"
#include "reader.h"
#include "report/layout.h"

#include "support/check.h"

enum { TODAY = 20458 };

/* What a body draws: a text, a number of times, with some paragraphs before. */
struct script {
    size_t count;
    const char *text;
    size_t before;
};

/* What a body measured while it ran. */
static struct {
    double height;
    int first_page, last_page;
} seen;

static enum en_status try_write(en_body *body, struct script *script, struct en_buf *pdf,
                                struct en_err *err)
{
    struct en_arena arena = EN_ARENA(32 << 20);
    struct en_words w = {.arena = &arena, .knowledge = fixture_knowledge()};
    const struct en_sheet sheet = {.title = "Test sheet",
                                   .head_left = "left of the head",
                                   .head_right = "right of the head",
                                   .foot = "the foot",
                                   .today = TODAY,
                                   .font = 10.0};

    const enum en_status st = en_layout_write(&sheet, &w, body, script, pdf, err);

    en_arena_free(&arena);
    return st;
}

/* Write and read back; page 0 is all of them. */
static struct en_buf write_text(en_body *body, struct script *script, int page)
{
    struct en_buf pdf = EN_BUF(1 << 24), text;
    struct en_err err = {0};

    if (try_write(body, script, &pdf, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    reader_pdf(&pdf, page, true, &text);
    en_buf_free(&pdf);
    return text;
}

static void nothing_body(struct en_layout *l, const void *content)
{
    (void)l, (void)content;
}

/* An empty document is still one page with its head and foot. */
static void test_empty_document_has_head_and_foot(void **state)
{
    struct script script = {0};
    struct en_buf text = write_text(nothing_body, &script, 0);

    (void)state;
    CHECK_CONTAINS(en_buf_text(&text), "left of the head");
    CHECK_CONTAINS(en_buf_text(&text), "right of the head");
    CHECK_CONTAINS(en_buf_text(&text), "the foot");
    CHECK_CONTAINS(en_buf_text(&text), "page 1 of 1");
    en_buf_free(&text);
}

static void paragraphs_body(struct en_layout *l, const void *content)
{
    const struct script *s = content;
    const struct en_style style = en_layout_style(l, 1.0, false, EN_COLOUR_INK);

    for (size_t i = 0; i < s->count; i++) {
        en_layout_text(l, &style, 0.0, en_words_print(l->w, "%s number%zu.", s->text, i));
    }
}

/* A long text goes on page after page; each page knows how many there are, no line is lost. */
static void test_text_flows_over_pages(void **state)
{
    struct script script = {.count = 150, .text = "Paragraph"};
    struct en_buf all = write_text(paragraphs_body, &script, 0);

    (void)state;
    for (size_t i = 0; i < script.count; i++) {
        char line[32];

        (void)snprintf(line, sizeof line, "number%zu.", i);
        assert_int_equal(reader_count(en_buf_text(&all), line), 1);
    }
    CHECK_CONTAINS(en_buf_text(&all), "page 1 of 4");
    CHECK_CONTAINS(en_buf_text(&all), "page 4 of 4");
    assert_int_equal(reader_count(en_buf_text(&all), "left of the head"), 4);
    en_buf_free(&all);
}

/* One paragraph longer than a page breaks between its lines. */
static void one_paragraph_body(struct en_layout *l, const void *content)
{
    const struct script *s = content;
    const struct en_style style = en_layout_style(l, 1.0, false, EN_COLOUR_INK);
    const char *text = "";

    for (size_t i = 0; i < s->count; i++) {
        text = en_words_print(l->w, "%s %s%zu", text, s->text, i);
    }
    en_layout_text(l, &style, 30.0, text);
}

static void test_paragraph_breaks_between_lines(void **state)
{
    struct script script = {.count = 1500, .text = "word"};
    struct en_buf all = write_text(one_paragraph_body, &script, 0);
    struct en_buf second = write_text(one_paragraph_body, &script, 2);

    (void)state;
    CHECK_CONTAINS(en_buf_text(&all), " word0 ");
    CHECK_CONTAINS(en_buf_text(&all), " word1499");
    CHECK(strstr(en_buf_text(&second), "page 2 of") != NULL);
    CHECK(reader_count(en_buf_text(&second), "word") > 100);
    en_buf_free(&all);
    en_buf_free(&second);
}

/* Two hundred pages are a mistake of the caller: an error, not a disk full of paper. */
static void test_endless_document_is_refused(void **state)
{
    struct script script = {.count = 9000, .text = "Paragraph"};
    struct en_buf pdf = EN_BUF(1 << 26);
    struct en_err err = {0};

    (void)state;
    assert_int_equal(try_write(paragraphs_body, &script, &pdf, &err), EN_ELIMIT);
    CHECK_CONTAINS(err.text, "200 pages");
    assert_int_equal(pdf.size, 0);
    en_buf_free(&pdf);
}

static void block(struct en_layout *l, const void *content)
{
    const struct script *s = content;

    en_layout_heading(l, "Block starts");
    paragraphs_body(l, s);
    en_layout_heading(l, "Block ends");
}

static void keep_body(struct en_layout *l, const void *content)
{
    const struct script *s = content;
    const struct script before = {.count = s->before, .text = "before"};

    paragraphs_body(l, &before);
    en_layout_keep(l, block, s);
}

/* A part that must stay together goes to the next page only when it does not fit on this one. */
static void test_kept_part_stays_on_one_page(void **state)
{
    (void)state;
    for (size_t before = 0; before < 44; before += 4) {
        struct script script = {.count = 8, .text = "kept", .before = before};
        struct en_buf all = write_text(keep_body, &script, 0);
        const int pages = strstr(en_buf_text(&all), "page 2 of 2") != NULL ? 2 : 1;
        struct en_buf page = write_text(keep_body, &script, pages);

        assert_int_equal(reader_count(en_buf_text(&all), "Block starts"), 1); /* drawn once */
        CHECK_CONTAINS(en_buf_text(&page), "Block starts");
        CHECK_CONTAINS(en_buf_text(&page), "kept number7.");
        CHECK_CONTAINS(en_buf_text(&page), "Block ends");
        if (before <= 28) { /* 36 paragraphs and two headings fit a page */
            assert_int_equal(pages, 1);
        }
        en_buf_free(&all);
        en_buf_free(&page);
    }
}

/* A part that is longer than a page cannot be kept: it is drawn whole, over several pages. */
static void test_kept_part_longer_than_a_page_flows(void **state)
{
    struct script script = {.count = 90, .text = "kept", .before = 3};
    struct en_buf all = write_text(keep_body, &script, 0);

    (void)state;
    CHECK_CONTAINS(en_buf_text(&all), "kept number89.");
    CHECK_CONTAINS(en_buf_text(&all), "of 3");
    en_buf_free(&all);
}

static void checks_body(struct en_layout *l, const void *content)
{
    const struct script *s = content;
    const char *items[EN_LAYOUT_CHECKS_MAX];

    for (size_t i = 0; i < s->count; i++) {
        items[i] = en_words_print(l->w, "item%zu %s", i, i % 7 == 0 ? s->text : "short");
    }
    const double height = en_layout_checks_height(l, items, s->count, 3);
    const double y = l->y;

    seen.first_page = l->page;
    en_layout_checks(l, items, s->count, 3);
    seen.last_page = l->page;
    seen.height = height - (l->y - y);
}

/* Every item is printed once, whatever the number; the height that was promised is used. */
static void test_checks_print_every_item_once(void **state)
{
    static const size_t COUNTS[] = {0, 1, 2, 3, 4, 20, EN_LAYOUT_CHECKS_MAX};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(COUNTS); i++) {
        struct script script = {.count = COUNTS[i],
                                .text = "a long item that takes several lines of its column, so "
                                        "that the columns cannot all end at the same height"};
        struct en_buf all = write_text(checks_body, &script, 0);

        for (size_t k = 0; k < COUNTS[i]; k++) {
            char item[32];

            (void)snprintf(item, sizeof item, "item%zu ", k);
            assert_int_equal(reader_count(en_buf_text(&all), item), 1);
        }
        assert_int_equal(seen.first_page, seen.last_page);
        CHECK_NEAR(seen.height, 0.0, 1e-9);
        en_buf_free(&all);
    }
}

/* A list that no page holds is drawn in parts instead of off the page. */
static void test_checks_longer_than_a_page_are_split(void **state)
{
    char text[3000];
    struct script script = {.count = 60, .text = text};

    (void)state;
    for (size_t i = 0; i + 6 < sizeof text; i += 5) {
        memcpy(text + i, "long ", 6);
    }
    struct en_buf all = write_text(checks_body, &script, 0);

    for (size_t k = 0; k < 60; k++) {
        char item[32];

        (void)snprintf(item, sizeof item, "item%zu ", k);
        assert_int_equal(reader_count(en_buf_text(&all), item), 1);
    }
    CHECK(seen.last_page > seen.first_page);
    en_buf_free(&all);
}

static void boxes_body(struct en_layout *l, const void *content)
{
    const struct script *s = content;
    const struct en_layout_note notes[] = {{EN_COLOUR_RED, "First", s->text},
                                           {EN_COLOUR_GREEN, "Second", "beside it"},
                                           {EN_COLOUR_BLUE, "", "no title"}};

    en_layout_boxes(l, notes, s->count);
    en_layout_box(l, EN_COLOUR_AMBER, "Last", "");
}

/* Boxes stand side by side; ones that no page holds flow instead of vanishing. */
static void test_boxes_stand_side_by_side_or_flow(void **state)
{
    static char text[20000];
    struct script script = {.count = 3, .text = "short"};
    struct en_buf all = write_text(boxes_body, &script, 0);

    (void)state;
    CHECK_CONTAINS(en_buf_text(&all), "First Second");
    CHECK_CONTAINS(en_buf_text(&all), "no title");
    CHECK_CONTAINS(en_buf_text(&all), "Last");
    CHECK_CONTAINS(en_buf_text(&all), "page 1 of 1");
    en_buf_free(&all);
    for (size_t i = 0; i + 6 < sizeof text; i += 5) {
        memcpy(text + i, "long ", 6);
    }
    script.text = text;
    all = write_text(boxes_body, &script, 0);
    CHECK_CONTAINS(en_buf_text(&all), "beside it");
    CHECK(reader_count(en_buf_text(&all), "long") == (sizeof text - 6) / 5 + 1);
    CHECK(strstr(en_buf_text(&all), "page 1 of 1") == NULL);
    en_buf_free(&all);
}

static void table_body(struct en_layout *l, const void *content)
{
    const struct script *s = content;
    struct en_layout_table t = {
        .layout = l, .columns = {{"Head", 20, false}, {"Right", 80, true}}, .count = 2};

    en_layout_table_head(&t);
    for (size_t i = 0; i < s->count; i++) {
        const struct en_layout_cell cells[] = {
            {.text = en_words_print(l->w, "row%zu", i), .sub = i % 2 == 0 ? "below" : NULL},
            {.text = i % 3 == 0 ? NULL : s->text}};

        en_layout_table_row(&t, cells);
    }
}

/* A table that goes on repeats its head on each page, and loses no row at the break. */
static void test_table_repeats_its_head(void **state)
{
    struct script script = {.count = 100, .text = "cell"};
    struct en_buf all = write_text(table_body, &script, 0);
    int pages = 1;

    (void)state;
    while (pages < 9) {
        char last[32];

        (void)snprintf(last, sizeof last, "page %d of %d", pages, pages);
        if (strstr(en_buf_text(&all), last) != NULL) {
            break;
        }
        pages++;
    }
    CHECK(pages > 1 && pages < 9);
    assert_int_equal(reader_count(en_buf_text(&all), "Head Right"), pages);
    for (size_t i = 0; i < 100; i++) {
        char row[32];

        (void)snprintf(row, sizeof row, "row%zu ", i);
        assert_int_equal(reader_count(en_buf_text(&all), row), 1);
    }
    en_buf_free(&all);
}

static void lines_body(struct en_layout *l, const void *content)
{
    static const char *const LABELS[] = {"Name of the reader", "Signed"};
    static const double SHARES[] = {0.6, 0.4};

    (void)content;
    en_layout_title(l, "The title", "its subtitle");
    en_layout_heading(l, "A heading");
    en_layout_item(l, "•", "an item");
    en_layout_item(l, "12.", "");
    en_layout_lines(l, LABELS, SHARES, EN_COUNT(LABELS));
}

static void test_small_parts_are_printed(void **state)
{
    struct script script = {0};
    struct en_buf all = write_text(lines_body, &script, 0);
    static const char *const PARTS[] = {"The title its subtitle A heading • an item",
                                        "Name of the reader", "Signed"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&all), PARTS[i]);
    }
    en_buf_free(&all);
}

static void space_body(struct en_layout *l, const void *content)
{
    (void)content;

    en_layout_need(l, 1e6); /* more than a page, at the top of one: nowhere to go */
    seen.first_page = l->page;
    en_layout_space(l, 1e6);
    seen.height = l->bottom - l->y;
    en_layout_need(l, 1.0);
    seen.last_page = l->page;
}

/* Space ends at the foot of the page; what follows starts the next one. */
static void test_space_never_leaves_the_page(void **state)
{
    struct script script = {0};
    struct en_buf all = write_text(space_body, &script, 0);

    (void)state;
    assert_int_equal(seen.first_page, 1);
    CHECK_NEAR(seen.height, 0.0, 1e-9);
    assert_int_equal(seen.last_page, 2);
    en_buf_free(&all);
}

static void greedy_body(struct en_layout *l, const void *content)
{
    (void)content;
    l->w->failed = true;
}

/* Words that found no room make the document fail: half a sentence must not be printed. */
static void test_words_without_room_fail_the_document(void **state)
{
    struct script script = {0};
    struct en_buf pdf = EN_BUF(1 << 20);
    struct en_err err = {0};

    (void)state;
    assert_int_equal(try_write(greedy_body, &script, &pdf, &err), EN_ENOMEM);
    CHECK_CONTAINS(err.text, "no memory for the words");
    en_buf_free(&pdf);
}

/* The document is for screen readers too: it has a title, a language and the day handed in. */
static void test_metadata_hold_title_language_and_day(void **state)
{
    struct script script = {0};
    struct en_buf pdf = EN_BUF(1 << 20);
    struct en_err err = {0};

    (void)state;
    assert_int_equal(try_write(nothing_body, &script, &pdf, &err), EN_OK);
    CHECK(memmem(pdf.bytes, pdf.size, "(Test sheet)", 12) != NULL);
    CHECK(memmem(pdf.bytes, pdf.size, "/Lang (en)", 10) != NULL);
    CHECK(memmem(pdf.bytes, pdf.size, "20260105000000", 14) != NULL);
    en_buf_free(&pdf);
}

TEST_MAIN(cmocka_unit_test(test_empty_document_has_head_and_foot),
          cmocka_unit_test(test_text_flows_over_pages),
          cmocka_unit_test(test_paragraph_breaks_between_lines),
          cmocka_unit_test(test_endless_document_is_refused),
          cmocka_unit_test(test_kept_part_stays_on_one_page),
          cmocka_unit_test(test_kept_part_longer_than_a_page_flows),
          cmocka_unit_test(test_checks_print_every_item_once),
          cmocka_unit_test(test_checks_longer_than_a_page_are_split),
          cmocka_unit_test(test_boxes_stand_side_by_side_or_flow),
          cmocka_unit_test(test_table_repeats_its_head),
          cmocka_unit_test(test_small_parts_are_printed),
          cmocka_unit_test(test_space_never_leaves_the_page),
          cmocka_unit_test(test_words_without_room_fail_the_document),
          cmocka_unit_test(test_metadata_hold_title_language_and_day));
