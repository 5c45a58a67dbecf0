/* SPDX-License-Identifier: Apache-2.0
 * Values as words, places of labels. */
#include "fixture.h"
#include "reader.h"
#include "report/chart.h"

#include "support/check.h"

enum { TODAY = 20458 }; /* 2026-01-05, a Monday */

static struct en_arena arena = {.limit = 8 << 20};

static struct en_words words(void)
{
    return (struct en_words){.arena = &arena, .knowledge = fixture_knowledge(), .today = TODAY};
}

/* An unknown number is said to be unknown: "nan" on a plan would be read as a name or a typo. */
static void test_numbers_are_short_and_unknown_is_named(void **state)
{
    struct en_words w = words();

    (void)state;
    CHECK_TEXT(en_words_number(&w, 0.5, 2), "0.5");
    CHECK_TEXT(en_words_number(&w, 6.0, 2), "6");
    CHECK_TEXT(en_words_number(&w, 100.0, 0), "100");
    CHECK_TEXT(en_words_number(&w, 0.256, 2), "0.26");
    CHECK_TEXT(en_words_number(&w, NAN, 2), "unknown");
    CHECK_TEXT(en_words_fixed(&w, 6.0, 1), "6.0");
    CHECK_TEXT(en_words_fixed(&w, -0.04, 1), "0.0");
    CHECK_TEXT(en_words_fixed(&w, -0.06, 1), "-0.1");
    CHECK_TEXT(en_words_fixed(&w, INFINITY, 1), "unknown");
    CHECK_TEXT(en_words_share(&w, 0.245), "24 %");
    CHECK_TEXT(en_words_share(&w, NAN), "unknown");
    CHECK(!w.failed);
}

static void test_days_name_the_weekday(void **state)
{
    struct en_words w = words();

    (void)state;
    CHECK_TEXT(en_words_day(&w, TODAY), "Mon 2026-01-05");
    CHECK_TEXT(en_words_day(&w, EN_DAY_UNKNOWN), "unknown");
    CHECK_TEXT(en_words_long_day(&w, TODAY), "Monday 5 January 2026");
    CHECK_TEXT(en_words_long_day(&w, TODAY + 30), "Wednesday 4 February 2026");
    CHECK_TEXT(en_words_long_day(&w, EN_DAY_UNKNOWN), "date unknown");
}

/* A name may come from anywhere: an escape sequence in it must not reach the terminal, a direction
 * mark must not turn the line around, a broken byte must not break what follows. */
static void test_clean_takes_out_controls_and_broken_bytes(void **state)
{
    struct en_words w = words();

    (void)state;
    CHECK_TEXT(en_words_clean(&w, "a\x1b[31mb\nc\td\x7f"), "a [31mb c d ");
    CHECK_TEXT(en_words_clean(&w, "x\xe2\x80\xaey"), "x y"); /* U+202E right-to-left override */
    CHECK_TEXT(en_words_clean(&w, "x\xe2\x81\xa6y"), "x y"); /* U+2066 isolate */
    CHECK_TEXT(en_words_clean(&w, "a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd");
    CHECK_TEXT(en_words_clean(&w, "Ñandú 王"), "Ñandú 王");
    CHECK_TEXT(en_words_clean(&w, NULL), "");
}

static void test_initials_take_letters_of_any_script(void **state)
{
    struct en_words w = words();

    (void)state;
    CHECK_TEXT(en_words_initials(&w, "Synthetic Patient 01"), "S. P.");
    CHECK_TEXT(en_words_initials(&w, "Ελένη Мария-Ñ 王小明"), "Ε. М. Ñ. 王.");
    CHECK_TEXT(en_words_initials(&w, "  01 "), "name unknown");
    CHECK_TEXT(en_words_initials(&w, NULL), "name unknown");
}

static void test_inputs_show_unit_date_and_age(void **state)
{
    struct en_words w = words();
    const struct en_input old = {
        "weight", {.kind = EN_FACT_NUMBER, .number = 48.25, .as_of = TODAY - 400}, true};
    const struct en_input ratio = {
        "inr", {.kind = EN_FACT_NUMBER, .number = 3.4, .as_of = TODAY}, false};
    const struct en_input none = {"inr", {.kind = EN_FACT_UNKNOWN}, false};
    const struct en_input undated = {
        "sex", {.kind = EN_FACT_CODE, .code = "male", .as_of = EN_DAY_UNKNOWN}, false};

    (void)state;
    const struct en_input lost = {
        "inr", {.kind = EN_FACT_NUMBER, .number = 3.4, .as_of = EN_DAY_UNKNOWN}, true};
    const struct en_input today_but_old = {
        "inr", {.kind = EN_FACT_NUMBER, .number = 3.4, .as_of = TODAY}, true};
    const struct en_input onset = {
        "onset", {.kind = EN_FACT_DATE, .date = TODAY - 5, .as_of = TODAY - 5}, false};

    CHECK_TEXT(en_words_input(&w, &old), "Body weight: 48.25 kg (2024-12-01, too old)");
    CHECK_TEXT(en_words_input(&w, &ratio), "INR: 3.4"); /* today's needs no date */
    CHECK_TEXT(en_words_input(&w, &lost), "INR: 3.4 (too old)");
    CHECK_TEXT(en_words_input(&w, &today_but_old), "INR: 3.4 (2026-01-05, too old)");
    CHECK_CONTAINS(en_words_input(&w, &onset), ": 2025-12-31");
    CHECK(strstr(en_words_input(&w, &onset), "(") == NULL);
    CHECK_TEXT(en_words_input(&w, &none), "INR: unknown");
    CHECK_CONTAINS(en_words_input(&w, &undated), ": male");
    w.knowledge = NULL; /* without titles the id stands in */
    CHECK_TEXT(en_words_input(&w, &none), "inr: unknown");
}

/* Every default carries source and grade, and a dagger until a clinician approves the row. */
static void test_source_marks_what_nobody_approved(void **state)
{
    struct en_words w = words();

    (void)state;
    CHECK_TEXT(en_words_source(&w, fixture_row("tiers", "CI-02.stop")),
               "S-GPREAS; S-NHS-SA · grade G†");
    CHECK_TEXT(en_words_source(&w, NULL), "");
}

static void test_codes_and_arms_become_words(void **state)
{
    struct en_words w = words();

    (void)state;
    CHECK_TEXT(en_words_code(&w, "not_covered"), "Not covered");
    CHECK_TEXT(en_words_code(&w, ""), "");
    CHECK_TEXT(en_words_sentence(&w, "lidocaine"), "Lidocaine");
    CHECK_TEXT(en_words_sentence(&w, "élan"), "élan");
    CHECK_TEXT(en_words_arm("saline"), "Saline injections");
    CHECK_TEXT(en_words_arm("other"), "other");
    CHECK_TEXT(en_words_guidance("US"), "ultrasound");
    CHECK_TEXT(en_words_guidance(NULL), "");
    CHECK_TEXT(en_words_hypothesis(EN_MIXED), "mixed");
    CHECK_TEXT(en_words_text(&w, "no.such.text", "otherwise"), "otherwise");
}

/* A rule with three undecided tiers is one line with every missing fact once; a rule that also
 * applies is counted on both sides, because its graver tier may still come. */
static void test_undecided_tiers_are_shown_once_per_rule(void **state)
{
    struct en_words w = words();
    const struct en_row *vka = fixture_row("rules", "CI-07"), *su = fixture_row("rules", "SU-3");
    const char *const inr[] = {"inr"}, *const both[] = {"med_vka", "inr"};
    struct en_finding list[] = {{.rule = su},
                                {.rule = vka},
                                {.rule = vka, .missing = inr, .missing_count = 1},
                                {.rule = su, .missing = both, .missing_count = 1},
                                {.rule = vka, .missing = both, .missing_count = 2}};
    const struct en_assessment a = {
        .findings = list, .finding_count = 5, .fired_count = 2, .rule_count = 78};

    (void)state;
    CHECK(en_words_is_first(&a, 2) && en_words_is_first(&a, 3) && !en_words_is_first(&a, 4));
    CHECK_TEXT(en_words_missing(&w, &a, 2), "INR; Medicine: vitamin K antagonist (warfarin and "
                                            "others)");
    CHECK_TEXT(en_words_rules(&w, &a), "78 rules looked at: 2 fired, 2 cannot be decided yet");
}

static void test_full_arena_is_noticed(void **state)
{
    struct en_arena small = {.limit = 64};
    struct en_words w = {.arena = &small};

    (void)state;
    for (int i = 0; i < 20; i++) {
        CHECK(en_words_print(&w, "%s", "twelve bytes") != NULL);
    }
    CHECK(w.failed);
    en_arena_free(&small);
}

/* Labels that want the same place end up apart, in their order, within the room. */
static void test_labels_spread_without_overlap(void **state)
{
    const double wanted[] = {5.0, 5.1, 5.2, 9.9, 0.0}, height[] = {1.0, 1.0, 2.0, 1.0, 1.0};
    double place[5];

    (void)state;
    en_chart_spread(wanted, height, place, 5, 0.0, 10.0);
    CHECK(place[4] >= 0.5 && place[3] <= 9.5);
    CHECK(place[1] - place[0] >= 1.0 - 1e-3 && place[2] - place[1] >= 1.5 - 1e-3);
    CHECK_NEAR((place[0] + place[1] + place[2]) / 3.0, 5.0, 0.5);
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
        cmocka_unit_test(test_numbers_are_short_and_unknown_is_named),
        cmocka_unit_test(test_days_name_the_weekday),
        cmocka_unit_test(test_clean_takes_out_controls_and_broken_bytes),
        cmocka_unit_test(test_initials_take_letters_of_any_script),
        cmocka_unit_test(test_inputs_show_unit_date_and_age),
        cmocka_unit_test(test_source_marks_what_nobody_approved),
        cmocka_unit_test(test_codes_and_arms_become_words),
        cmocka_unit_test(test_undecided_tiers_are_shown_once_per_rule),
        cmocka_unit_test(test_full_arena_is_noticed),
        cmocka_unit_test(test_labels_spread_without_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
