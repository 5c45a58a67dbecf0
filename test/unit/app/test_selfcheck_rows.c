/* SPDX-License-Identifier: Apache-2.0
 * The numbers of a self-check as table, JSON and documentation. */
#include "app/selfcheck.h"

#include "base/text.h"
#include "unit/care/fixture.h"

#include "support/check.h"

/* A small one, with the stored posterior. */
static struct en_selfcheck_answer answer_of(size_t persons, size_t cases, struct en_arena *a)
{
    const struct en_app app = {.knowledge = fx_knowledge(), .today = fx_today()};
    const struct en_selfcheck_options options = {
        .persons = persons, .draws = 16, .cases = cases, .seed = 1, .threads = 2};
    struct en_selfcheck_answer x;
    struct en_err err = {""};
    enum en_status st = en_app_selfcheck_open(&app, &options, a, &x, &err);

    if (st == EN_OK) {
        x.chains.chains = 16;
        x.chains.steps = 32;
        x.chains.draws = 64;
        x.chains.repeats = 2;
        x.chains.population = 8000;
    }
    while (st == EN_OK && x.done < x.all) {
        st = en_app_selfcheck_advance(&x, a, &err);
    }
    if (st != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return x;
}

static struct en_selfcheck_rows rows_of(const struct en_selfcheck_answer *x, struct en_arena *a)
{
    struct en_selfcheck_rows rows;

    CHECK(en_selfcheck_rows_of(x, a, &rows, NULL) == EN_OK);
    return rows;
}

static struct en_selfcheck_row *row_of(const struct en_selfcheck_rows *rows, const char *id,
                                       const char *quantity)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (en_text_equal(rows->rows[i].id, id) &&
            en_text_equal(rows->rows[i].quantity, quantity)) {
            return &rows->rows[i];
        }
    }
    print_error("no row %s %s\n", id, quantity);
    fail();
    return NULL;
}

/* Persons come in pieces, cases one by one; every person is in one bin of each quantity. */
static void test_all_that_is_asked_for_is_done(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_selfcheck_answer x = answer_of(23, 1, &a);
    const struct en_selfcheck_rows rows = rows_of(&x, &a);

    (void)state;
    CHECK(x.persons_done == 23 && x.cases_done == 1 && x.done == x.all && x.sum.persons == 23);
    CHECK(row_of(&rows, "self", "persons")->value == 23.0);
    CHECK(row_of(&rows, "case_1", "hypothesis")->value == 3.0);
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        double sum = 0.0;

        for (int b = 0; b < EN_SELFCHECK_BINS; b++) {
            sum += row_of(&rows, EN_QUANTITY_IDS[k], en_arena_print(&a, "bin_%d", b))->value;
        }
        CHECK(sum == 23.0);
    }
    en_arena_free(&a);
}

/* What is printed is read again, and a damaged table is not summed up. */
static void test_table_is_read_again(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_selfcheck_answer x = answer_of(3, 0, &a);
    const struct en_selfcheck_rows rows = rows_of(&x, &a);
    struct en_selfcheck_rows again;
    struct en_buf text = EN_BUF(1 << 20), second = EN_BUF(1 << 20);
    struct en_err err = {""};

    (void)state;
    en_selfcheck_rows_print(&rows, &text);
    CHECK(en_selfcheck_rows_read("FILE", text.bytes, text.size, &a, &again, NULL) == EN_OK);
    en_selfcheck_rows_print(&again, &second);
    CHECK_TEXT(en_buf_text(&second), en_buf_text(&text));
    char *cell = strstr(text.bytes, "\tpersons\t3\n");

    CHECK(cell != NULL);
    memcpy(cell, "\tpersons\tx", 10);
    CHECK(en_selfcheck_rows_read("FILE", text.bytes, text.size, &a, &again, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "FILE, line 3, column value");
    memcpy(cell, "\tpersons\t ", 10);
    CHECK(en_selfcheck_rows_read("FILE", text.bytes, text.size, &a, &again, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "is empty");
    en_buf_free(&text);
    en_buf_free(&second);
    en_arena_free(&a);
}

/* How often a text holds a word. */
static int count_of(const struct en_buf *text, const char *word)
{
    int count = 0;

    for (const char *p = en_buf_text(text); (p = strstr(p, word)) != NULL; p++) {
        count++;
    }
    return count;
}

/* The document says it when ranks, bands or weights are wrong; and when nothing was done yet. */
static void test_document_is_honest(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_selfcheck_answer x = answer_of(3, 1, &a);
    const struct en_selfcheck_rows rows = rows_of(&x, &a);
    struct en_buf good = EN_BUF(1 << 20), bad = EN_BUF(1 << 20), none = EN_BUF(1 << 20);

    (void)state;
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        row_of(&rows, EN_QUANTITY_IDS[k], "chance")->value = 0.5;
    }
    row_of(&rows, "self", "persons")->value = 1000.0;
    row_of(&rows, "score", "in_50")->value = 0.53;
    row_of(&rows, "score", "in_90")->value = 0.91;
    row_of(&rows, "self", "confidence")->value = 1.0;
    en_selfcheck_docs(&rows, &good);
    CHECK(count_of(&good, ": met") == 3 && count_of(&good, "**missed**") == 0);
    CHECK_CONTAINS(en_buf_text(&good), "right but for chance");
    CHECK_CONTAINS(en_buf_text(&good), "| usual response | H3 |");
    row_of(&rows, EN_QUANTITY_IDS[EN_QUANTITY_GAIN], "chance")->value = 0.0005;
    row_of(&rows, "score", "in_50")->value = 0.56;
    row_of(&rows, "score", "in_90")->value = 0.86;
    row_of(&rows, "self", "confidence")->value = 3.5;
    en_selfcheck_docs(&rows, &bad);
    CHECK(count_of(&bad, ": met") == 0 && count_of(&bad, "**missed**") == 3);
    CHECK_CONTAINS(en_buf_text(&bad), "**wrong**");
    en_selfcheck_docs(&(struct en_selfcheck_rows){0}, &none);
    CHECK_CONTAINS(en_buf_text(&none), "Not done yet");
    en_buf_free(&good);
    en_buf_free(&bad);
    en_buf_free(&none);
    en_arena_free(&a);
}

/* Page and JSON hold what was done; bars grow with the bin, and half a block is what is
 * expected. */
static void test_page_and_json(void **state)
{
    const struct en_app app = {.knowledge = fx_knowledge(), .today = fx_today()};
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_selfcheck_answer x = answer_of(4, 1, &a);
    const struct en_selfcheck_rows rows = rows_of(&x, &a);
    const struct en_selfcheck_report report = en_app_selfcheck_report(&app, &x);
    struct en_buf page = EN_BUF(1 << 20), json = EN_BUF(1 << 20);

    (void)state;
    CHECK(en_selfcheck_terminal(&report, 80, false, &page, NULL) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&page), "4 simulated persons");
    CHECK_CONTAINS(en_buf_text(&page), "gain of going on");
    CHECK_CONTAINS(en_buf_text(&page), "BESIDE LONG CHAINS");
    CHECK(en_selfcheck_json(&rows, &json, NULL) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&json), "\"title\": \"gain of going on\"");
    CHECK(count_of(&json, "\"chi_square\"") == EN_QUANTITY_COUNT + 2);
    CHECK(count_of(&json, "\"largest_off\"") == 1);
    CHECK_TEXT(en_selfcheck_bar(50.0, 50.0), "▄");
    CHECK_TEXT(en_selfcheck_bar(0.0, 50.0), " ");
    CHECK_TEXT(en_selfcheck_bar(1e9, 50.0), "█");
    CHECK_TEXT(en_selfcheck_bar(75.0, 50.0), "▆");
    en_buf_free(&page);
    en_buf_free(&json);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_all_that_is_asked_for_is_done),
          cmocka_unit_test(test_table_is_read_again), cmocka_unit_test(test_document_is_honest),
          cmocka_unit_test(test_page_and_json));
