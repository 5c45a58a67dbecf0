/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/overlay.h"

#include "knowledge/describe.h"
#include "knowledge/expr.h"
#include "support/check.h"

#include <string.h>

struct tables {
    struct en_arena arena;
    struct en_knowledge *k;
};

static struct tables opened(void)
{
    struct tables t = {.arena = EN_ARENA(64 << 20)};

    CHECK(en_knowledge_load(NULL, &t.arena, &t.k, NULL) == EN_OK);
    return t;
}

static enum en_status with(struct tables *t, const struct en_cell_change *changes, size_t count,
                           const char *mark, struct en_knowledge **out, struct en_err *err)
{
    return en_knowledge_with(t->k, changes, count, mark, &t->arena, out, err);
}

/* What a clinic says is seen in the copy and only there, through every look-up. */
static void test_overlay_changes_the_copy_alone(void **state)
{
    struct tables t = opened();
    const struct en_cell_change changes[] = {{"policies", "thermal", "value", "cold"},
                                             {"rules", "CI-07", "approved_by", "Somebody"},
                                             {"rules", "CI-07", "note", "x"}};
    struct en_knowledge *k = NULL;
    struct en_err err = {""};

    (void)state;
    CHECK(with(&t, changes, 2, "1234", &k, &err) == EN_OK);
    CHECK_TEXT(en_policy(k, "thermal"), "cold");
    CHECK(strcmp(en_policy(t.k, "thermal"), "cold") != 0);
    CHECK_TEXT(en_cell(en_row_find(k, "rules", "CI-07"), "approved_by"), "Somebody");
    CHECK_TEXT(en_cell(en_row_find(t.k, "rules", "CI-07"), "approved_by"), "");
    CHECK(strncmp(en_knowledge_version(k), en_knowledge_version(t.k), 16) == 0);
    CHECK_TEXT(en_knowledge_version(k) + 16, "+1234");
    CHECK(en_row_find(k, "atlas", "KNE-01") == en_row_find(t.k, "atlas", "KNE-01"));
    CHECK(en_row_find(k, "rules", "CI-07")->table == en_table_get(k, "rules"));
    en_arena_free(&t.arena);
}

/* Conditions of a changed table are still there, and those of all others. */
static void test_overlay_keeps_the_conditions(void **state)
{
    struct tables t = opened();
    const struct en_table *tiers = en_table_get(t.k, "tiers");
    const struct en_cell_change change = {"tiers", en_cell(&tiers->rows[5], "id"), "approved_by",
                                          "Somebody"};
    struct en_knowledge *k = NULL;

    (void)state;
    CHECK(with(&t, &change, 1, NULL, &k, NULL) == EN_OK);
    CHECK_TEXT(en_knowledge_version(k), en_knowledge_version(t.k));
    for (size_t i = 0; i < tiers->row_count; i++) {
        const struct en_row *row = &en_table_get(k, "tiers")->rows[i];

        CHECK_TEXT(en_expr_text(en_cell_expr(row, "when")), en_cell(&tiers->rows[i], "when"));
    }
    en_arena_free(&t.arena);
}

/* A copy of a copy: the second change does not undo the first. */
static void test_overlay_of_an_overlay(void **state)
{
    struct tables t = opened();
    const struct en_cell_change one = {"policies", "thermal", "value", "cold"};
    const struct en_cell_change two = {"policies", "thermal", "approved_by", "Somebody"};
    struct en_knowledge *first = NULL, *second = NULL;

    (void)state;
    CHECK(with(&t, &one, 1, "1", &first, NULL) == EN_OK);
    CHECK(en_knowledge_with(first, &two, 1, NULL, &t.arena, &second, NULL) == EN_OK);
    CHECK_TEXT(en_policy(second, "thermal"), "cold");
    CHECK_TEXT(en_cell(en_row_find(second, "policies", "thermal"), "approved_by"), "Somebody");
    CHECK_TEXT(en_knowledge_version(second), en_knowledge_version(first));
    en_arena_free(&t.arena);
}

/* SAFETY: what no table may hold cannot come in this way either; the message names the cell. */
static void test_overlay_refuses_what_does_not_fit(void **state)
{
    static const struct {
        struct en_cell_change change;
        const char *message;
    } CASES[] = {
        {{"policies", "thermal", "value", "lukewarm"}, "none of"},
        {{"policies", "forecast_weeks", "value", "12; 5"}, "rising numbers"},
        {{"policies", "forecast_weeks", "value", "1; 2; 3; 4; 5; 6; 7; 8; 9"}, "one to 8"},
        {{"policies", "forecast_weeks", "value", "0"}, "rising numbers"},
        {{"policies", "forecast_weeks", "value", "261"}, "rising numbers"},
        {{"policies", "forecast_weeks", "value", ""}, "no number"},
        {{"policies", "forecast_weeks", "value", "five"}, "rising numbers"},
        {{"policies", "thermal", "source", "NOWHERE"}, "no id of sources.tsv"},
        {{"policies", "thermal", "grade", "Z"}, "is not allowed"},
        {{"policies", "thermal", "id", "x"}, "cannot be changed"},
        {{"tiers", "CI-07.defer", "nothing", "x"}, "no row"},
        {{"nowhere", "CI-07", "note", "x"}, "no row"},
        {{"policies", "nowhere", "value", "x"}, "no row"},
    };
    struct tables t = opened();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_knowledge *k = t.k;
        struct en_err err = {""};

        CHECK(with(&t, &CASES[i].change, 1, NULL, &k, &err) == EN_EINVAL && k == NULL);
        CHECK_CONTAINS(err.text, CASES[i].message);
    }
    en_arena_free(&t.arena);
}

/* The condition of a tier can be no text of a clinic: it was parsed once. */
static void test_overlay_refuses_conditions(void **state)
{
    struct tables t = opened();
    const char *tier = en_cell(&en_table_get(t.k, "tiers")->rows[0], "id");
    const struct en_cell_change change = {"tiers", tier, "when", "false"};
    struct en_knowledge *k = NULL;
    struct en_err err = {""};

    (void)state;
    CHECK(with(&t, &change, 1, NULL, &k, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "tiers.when cannot be changed");
    en_arena_free(&t.arena);
}

/* A source is used by the rows that cite it, a fact by the conditions that name it. */
static void test_uses_are_found(void **state)
{
    struct tables t = opened();
    struct en_uses uses;

    (void)state;
    CHECK(en_row_uses(t.k, en_row_find(t.k, "facts", "inr"), 3, &t.arena, &uses, NULL) == EN_OK);
    CHECK(uses.all > 3 && uses.count == 3);
    CHECK(en_row_uses(t.k, en_row_find(t.k, "rules", "CI-07"), 50, &t.arena, &uses, NULL) == EN_OK);
    CHECK(uses.all > 1 && uses.all == uses.count);
    CHECK_TEXT(uses.items[0].row->table->name, "tiers");
    CHECK_TEXT(uses.items[0].column, "rule");
    CHECK(en_row_uses(t.k, en_row_find(t.k, "sources", "seed004"), 1, &t.arena, &uses, NULL) ==
          EN_OK);
    CHECK(uses.all > 1);
    en_arena_free(&t.arena);
}

/* Every table says what it is and every column what it means: nothing is shown without words. */
static void test_everything_is_described(void **state)
{
    struct tables t = opened();

    (void)state;
    for (size_t i = 1; i < en_knowledge_table_count(t.k); i++) {
        const struct en_table *table = en_knowledge_table_at(t.k, i);

        if (en_table_purpose(table->name)[0] == '\0') {
            fail_msg("%s.tsv has no purpose in knowledge/docs.c", table->name);
        }
        for (size_t c = 0; c < en_table_view_count(table); c++) {
            CHECK(en_table_view_at(table, c).meaning[0] != '\0');
        }
    }
    en_arena_free(&t.arena);
}

TEST_MAIN(cmocka_unit_test(test_overlay_changes_the_copy_alone),
          cmocka_unit_test(test_overlay_keeps_the_conditions),
          cmocka_unit_test(test_overlay_of_an_overlay),
          cmocka_unit_test(test_overlay_refuses_what_does_not_fit),
          cmocka_unit_test(test_overlay_refuses_conditions), cmocka_unit_test(test_uses_are_found),
          cmocka_unit_test(test_everything_is_described));
