/* SPDX-License-Identifier: Apache-2.0
 * Values as words, columns of a terminal, places of labels. */
#include "fixture.h"
#include "reader.h"
#include "report/chart.h"
#include "report/page.h"

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

/* The phases of rehabilitation come once per session: they are named once, in days after it. */
static void test_phases_are_named_once_in_days_after_a_session(void **state)
{
    struct en_words w = words();
    const struct en_row *settle = fixture_row("rehab", "RH-0"), *end = fixture_row("rehab", "RH-4");
    struct en_dated_row rows[] = {
        {fixture_row("rehab_regions", "RR-knee"), EN_DAY_UNKNOWN, EN_DAY_UNKNOWN, "Walk."},
        {settle, TODAY, TODAY + 3, "Settle"},
        {settle, TODAY + 28, TODAY + 31, "Settle"},
        {end, TODAY + 112, EN_DAY_UNKNOWN, "Return"},
        {NULL, EN_DAY_UNKNOWN, EN_DAY_UNKNOWN, "Sleep."}};
    struct en_plan plan = {.rehabilitation = rows, .rehabilitation_count = 5, .session_count = 1};

    (void)state;
    CHECK_TEXT(en_words_phases(&w, &plan),
               "After each session: Settle 0–3 d; Return and prevention from 84 d.");
    plan.session_count = 2;
    CHECK_CONTAINS(en_words_phases(&w, &plan), "84 d. The next session starts them anew.");
    CHECK_TEXT(en_words_exercises(&w, &plan), "Walk. Sleep.");
    plan.rehabilitation_count = 1;
    CHECK_TEXT(en_words_phases(&w, &plan), "");
    plan.rehabilitation_count = 0;
    CHECK_TEXT(en_words_exercises(&w, &plan), "");
}

static void test_spans_name_both_days_or_one(void **state)
{
    struct en_words w = words();
    const struct en_dated_row rows[] = {{NULL, TODAY, TODAY + 3, ""},
                                        {NULL, TODAY, TODAY, ""},
                                        {NULL, TODAY, EN_DAY_UNKNOWN, ""},
                                        {NULL, EN_DAY_UNKNOWN, EN_DAY_UNKNOWN, ""}};

    (void)state;
    CHECK_TEXT(en_words_span(&w, &rows[0]), "Mon 2026-01-05 to Thu 2026-01-08");
    CHECK_TEXT(en_words_span(&w, &rows[1]), "Mon 2026-01-05");
    CHECK_TEXT(en_words_span(&w, &rows[2]), "Mon 2026-01-05");
    CHECK_TEXT(en_words_span(&w, &rows[3]), "unknown");
}

/* What all lines of a list share is said once, from a whole word on; nothing is ever lost. */
static void test_common_end_of_a_list_is_said_once(void **state)
{
    static const struct {
        const char *texts[3], *end, *rest[3];
    } LISTS[] = {
        {{"6 weeks after it: pain", "3 months after it: pain", "1 year after it: pain"},
         "after it: pain",
         {"6 weeks", "3 months", "1 year"}},
        {{"6 months after it", "12 months after it", "9 months after it"},
         "after it",
         {"6 months", "12 months", "9 months"}}, /* not "6" and "12" */
        {{"6 weeks", "16 weeks", "2 weeks"}, "", {"6 weeks", "16 weeks", "2 weeks"}},
        {{"one", "two", "three"}, "", {"one", "two", "three"}},
        {{"same", "same", "same"}, "", {"same", "same", "same"}},
        {{"a 王明", "b 王明", "c 小明"}, "", {"a 王明", "b 王明", "c 小明"}},
        {{"a x é", "a y é", "a z é"}, "é", {"a x", "a y", "a z"}},
        {{"call now", "now", "go now"}, "", {"call now", "now", "go now"}},
        {{NULL, "b", "c"}, "", {"", "b", "c"}},
    };
    struct en_words w = words();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(LISTS); i++) {
        struct en_dated_row rows[3] = {{0}};

        for (size_t k = 0; k < 3; k++) {
            rows[k].text = LISTS[i].texts[k];
        }
        const char *end = en_words_common_end(&w, rows, 3);

        CHECK_TEXT(end, LISTS[i].end);
        for (size_t k = 0; k < 3; k++) {
            CHECK_TEXT(en_words_before(&w, rows[k].text, end), LISTS[i].rest[k]);
        }
        CHECK_TEXT(en_words_common_end(&w, rows, 1), "");
        CHECK_TEXT(en_words_common_end(&w, rows, 0), "");
    }
    CHECK_TEXT(en_words_before(&w, "no such end", "other"), "no such end");
}

/* What is left in the syringe is said, because it must be thrown away; 0.05 mL is nobody's rest,
 * and a batch that is too small must not pass. */
static void test_batch_names_what_is_discarded(void **state)
{
    static const struct {
        double prepared, needed;
        const char *text;
    } BATCHES[] = {
        {2.0, 1.5, "2.0 mL prepared, the sites take 1.5 mL, discard the rest"},
        {2.0, 2.0, ""},
        {2.05, 2.0, ""},
        {2.06, 2.0, "2.1 mL prepared, the sites take 2.0 mL, discard the rest"},
        {1.5, 2.0, "1.5 mL prepared, the sites take 2.0 mL: NOT ENOUGH"},
        {2.0, NAN, ""},
    };
    struct en_words w = words();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BATCHES); i++) {
        struct en_plan_mix m = {.mix = {.volume_ml = BATCHES[i].prepared, .is_possible = true},
                                .needed_ml = BATCHES[i].needed};

        CHECK_TEXT(en_words_batch(&w, &m), BATCHES[i].text);
        m.mix.is_possible = false;
        CHECK_TEXT(en_words_batch(&w, &m), "");
    }
}

/* A warning moves below the table only when every mix carries it. */
static void test_only_warnings_of_all_mixes_are_shared(void **state)
{
    static const char *const BOTH[] = {"high alert", "use soon"}, *const ONE[] = {"high alert"};
    struct en_plan_mix mixes[] = {{.mix = {.warnings = BOTH, .warning_count = 2}},
                                  {.mix = {.warnings = ONE, .warning_count = 1}}};
    struct en_plan plan = {.mixes = mixes, .mix_count = 2};

    (void)state;
    CHECK(en_words_is_shared(&plan, "high alert"));
    CHECK(!en_words_is_shared(&plan, "use soon"));
    plan.mix_count = 1;
    CHECK(!en_words_is_shared(&plan, "high alert"));
}

static void test_costs_name_what_is_still_open(void **state)
{
    struct en_words w = words();
    const struct en_row *const rows[] = {fixture_row("costs", "session"),
                                         fixture_row("costs", "guidance_us")};
    const struct en_row **costs = (const struct en_row *[]){rows[0], rows[1]};
    struct en_plan plan = {.costs = costs, .cost_count = 2};

    (void)state;
    CHECK_TEXT(en_words_costs(&w, &plan), "2 amounts to be filled in by the clinic");
    plan.cost_count = 1;
    CHECK_TEXT(en_words_costs(&w, &plan), "1 amount to be filled in by the clinic");
    plan.cost_count = 0;
    CHECK_TEXT(en_words_costs(&w, &plan), "");
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
        cmocka_unit_test(test_phases_are_named_once_in_days_after_a_session),
        cmocka_unit_test(test_spans_name_both_days_or_one),
        cmocka_unit_test(test_common_end_of_a_list_is_said_once),
        cmocka_unit_test(test_batch_names_what_is_discarded),
        cmocka_unit_test(test_only_warnings_of_all_mixes_are_shared),
        cmocka_unit_test(test_costs_name_what_is_still_open),
        cmocka_unit_test(test_full_arena_is_noticed),
        cmocka_unit_test(test_columns_agree_with_the_c_library),
        cmocka_unit_test(test_cut_breaks_between_words_and_inside_long_ones),
        cmocka_unit_test(test_table_wraps_cells_and_never_exceeds_the_page),
        cmocka_unit_test(test_pair_goes_to_two_lines_when_it_does_not_fit),
        cmocka_unit_test(test_colour_only_when_asked),
        cmocka_unit_test(test_labels_spread_without_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
