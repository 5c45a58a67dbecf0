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
    const struct en_input computed = {
        "inr",
        {.kind = EN_FACT_NUMBER, .number = 3.4, .as_of = TODAY, .origin = "derived: test"},
        false};
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
    CHECK_TEXT(en_words_input(&w, &ratio), "INR: 3.4 (2026-01-05)");
    CHECK_TEXT(en_words_input(&w, &computed), "INR: 3.4"); /* computed today: no date */
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

/* Every month and weekday is written out; February has 28 days in 2026. */
static void test_long_days_name_every_month(void **state)
{
    static const struct {
        en_day day;
        const char *text;
    } DAYS[] = {
        {TODAY, "Monday 5 January 2026"},           {TODAY + 31, "Thursday 5 February 2026"},
        {TODAY + 59, "Thursday 5 March 2026"},      {TODAY + 90, "Sunday 5 April 2026"},
        {TODAY + 120, "Tuesday 5 May 2026"},        {TODAY + 151, "Friday 5 June 2026"},
        {TODAY + 181, "Sunday 5 July 2026"},        {TODAY + 212, "Wednesday 5 August 2026"},
        {TODAY + 243, "Saturday 5 September 2026"}, {TODAY + 273, "Monday 5 October 2026"},
        {TODAY + 304, "Thursday 5 November 2026"},  {TODAY + 334, "Saturday 5 December 2026"},
        {TODAY + 54, "Saturday 28 February 2026"},  {TODAY + 55, "Sunday 1 March 2026"},
        {EN_DAY_UNKNOWN, "date unknown"},
    };
    struct en_words w = words();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(DAYS); i++) {
        CHECK_TEXT(en_words_long_day(&w, DAYS[i].day), DAYS[i].text);
    }
}

/* The person on the page: what is not known is said to be unknown, never left out. */
static void test_person_is_described_or_said_to_be_unknown(void **state)
{
    static struct fixture f;
    struct en_words w = words();

    (void)state;
    fixture_init(&f);
    CHECK_TEXT(en_words_age(&w, &f.report), "58 y");
    CHECK_TEXT(en_words_sex(&w, &f.report), "female");
    f.c.person.birth = TODAY; /* born today */
    CHECK_TEXT(en_words_age(&w, &f.report), "0 y");
    f.c.person.birth = TODAY + 1; /* not born yet: a mistake, not an age */
    CHECK_TEXT(en_words_age(&w, &f.report), "age unknown");
    f.c.person.birth_known = false;
    CHECK_TEXT(en_words_age(&w, &f.report), "age unknown");
    f.facts[en_fact_index(fixture_knowledge(), "sex")].kind = EN_FACT_UNKNOWN;
    CHECK_TEXT(en_words_sex(&w, &f.report), "sex unknown");
    f.c.fact_count = 0;
    CHECK_TEXT(en_words_sex(&w, &f.report), "sex unknown");
    f.report.c = NULL;
    CHECK_TEXT(en_words_age(&w, &f.report), "age unknown");
    CHECK_TEXT(en_words_sex(&w, &f.report), "sex unknown");
    f.report.knowledge = NULL;
    CHECK_TEXT(en_words_sex(&w, &f.report), "sex unknown");
}

/* A birthday is a day older, not a day before. */
static void test_age_changes_on_the_birthday(void **state)
{
    static struct fixture f;
    struct en_words w = words();

    (void)state;
    fixture_init(&f);
    f.report.today = TODAY + 55; /* 2026-03-01; born 1967-03-02 */
    CHECK_TEXT(en_words_age(&w, &f.report), "58 y");
    f.report.today = TODAY + 56;
    CHECK_TEXT(en_words_age(&w, &f.report), "59 y");
}

/* The side that the needle goes to comes from the plan; without one from the first problem. */
static void test_side_and_condition_come_from_plan_or_case(void **state)
{
    static const char *const SIDES[] = {"side unknown", "left", "right", "both", "midline"};
    static struct fixture f;
    struct en_words w = words();

    (void)state;
    fixture_init(&f);
    for (int side = EN_SIDE_UNKNOWN; side <= EN_SIDE_MIDLINE; side++) {
        f.plan.target.side = (enum en_side)side;
        CHECK_TEXT(en_words_side(&w, &f.report), SIDES[side]);
    }
    f.report.plan = NULL;
    CHECK_TEXT(en_words_side(&w, &f.report), "right"); /* of the case */
    CHECK_TEXT(en_words_condition(&w, &f.report), "Knee osteoarthritis");
    f.assessment.condition = NULL;
    CHECK_TEXT(en_words_condition(&w, &f.report), "Osteoarthritis of right knee (not recognised)");
    f.target.text = "";
    CHECK_TEXT(en_words_condition(&w, &f.report), "no condition recognised");
    f.c.target_count = 0;
    CHECK_TEXT(en_words_side(&w, &f.report), "side unknown");
    CHECK_TEXT(en_words_condition(&w, &f.report), "no condition recognised");
    f.report.c = NULL;
    CHECK_TEXT(en_words_condition(&w, &f.report), "no condition recognised");
}

/* Every code that the tables know has words; one that they do not know stands for itself. */
static void test_every_enum_has_words(void **state)
{
    static const char *const ARMS[][3] = {
        {"plan", "Plan", "the plan"},         {"saline", "Saline injections", "saline injections"},
        {"exercise", "Exercise", "exercise"}, {"none", "No treatment", "no treatment"},
        {"new arm", "new arm", "new arm"},    {NULL, "", ""}};
    static const char *const GUIDANCE[][2] = {{"LM", "landmarks"},   {"US", "ultrasound"},
                                              {"FL", "fluoroscopy"}, {"CT", "CT"},
                                              {"MR", "MR"},          {NULL, ""}};
    static const char *const HYPOTHESES[] = {"H0 no specific effect", "H1 mechanical", "H2 neural",
                                             "H3 both", "mixed"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ARMS); i++) {
        CHECK_TEXT(en_words_arm(ARMS[i][0]), ARMS[i][1]);
        CHECK_TEXT(en_words_phrase(ARMS[i][0]), ARMS[i][2]);
    }
    for (size_t i = 0; i < EN_COUNT(GUIDANCE); i++) {
        CHECK_TEXT(en_words_guidance(GUIDANCE[i][0]), GUIDANCE[i][1]);
    }
    for (size_t i = 0; i < EN_COUNT(HYPOTHESES); i++) {
        CHECK_TEXT(en_words_hypothesis(i), HYPOTHESES[i]);
    }
    CHECK_TEXT(en_words_outcome(EN_OUTCOME_PAIN), "Pain");
    CHECK_TEXT(en_words_outcome(EN_OUTCOME_FUNCTION), "Function");
}

/* Danger and risks of a site: the same words are not printed twice, and silence is not safety. */
static void test_risks_stand_beside_danger_without_repeating_it(void **state)
{
    const struct en_table *atlas = en_table_get(fixture_knowledge(), "atlas");
    struct en_words w = words();

    (void)state;
    for (size_t i = 0; i < atlas->row_count; i++) {
        const struct en_row *row = &atlas->rows[i];
        const char *danger = en_cell(row, "danger"), *risks = en_cell(row, "risks");
        const char *shown = en_words_risks(&w, row);

        if (*danger == '\0' && *risks == '\0') {
            CHECK_TEXT(shown, "not listed");
        } else if (strcmp(danger, risks) == 0) {
            CHECK_TEXT(shown, "");
        } else {
            CHECK_TEXT(shown, risks);
        }
    }
    CHECK_TEXT(en_words_risks(&w, NULL), "not listed");
}

/* A row asks its question; a derived fact has none and is asked by its title. */
static void test_questions_are_never_empty(void **state)
{
    const struct en_table *facts = en_table_get(fixture_knowledge(), "facts");
    struct en_words w = words();

    (void)state;
    for (size_t i = 0; i < facts->row_count; i++) {
        CHECK(strlen(en_words_question(&w, &facts->rows[i])) > 1);
    }
    CHECK_TEXT(en_words_question(&w, fixture_row("facts", "bmi")), "Body mass index?");
}

static void test_fact_lists_are_titles_in_order(void **state)
{
    static const char *const IDS[] = {"inr", "no_such_fact", "weight"};
    struct en_words w = words();

    (void)state;
    CHECK_TEXT(en_words_facts(&w, IDS, 3), "INR; no_such_fact; Body weight");
    CHECK_TEXT(en_words_facts(&w, IDS, 0), "");
    CHECK_TEXT(en_words_fact(&w, NULL), "");
    w.knowledge = NULL;
    CHECK_TEXT(en_words_facts(&w, IDS, 3), "inr; no_such_fact; weight");
}

static void test_weights_and_medians_are_sentences(void **state)
{
    static struct fixture f;
    struct en_words w = words();

    (void)state;
    fixture_init(&f);
    CHECK_TEXT(en_words_weights(&w, &f.forecast), "H0 25 %, H1 25 %, H2 25 %, H3 25 %");
    CHECK_TEXT(en_words_forecast(&w, &f.forecast, EN_OUTCOME_FUNCTION),
               "Function, median after 52 weeks: 38 with the plan, 45 with saline injections, 43 "
               "with exercise, 53 with no treatment");
    f.forecast.request.arm_count = 1;
    f.forecast.request.week_count = 1;
    f.forecast.request.weeks[0] = 6.5;
    f.forecast.band[0][EN_OUTCOME_PAIN][EN_MIXED][0].q[2] = NAN;
    CHECK_TEXT(en_words_forecast(&w, &f.forecast, EN_OUTCOME_PAIN),
               "Pain, median after 6.5 weeks: unknown with the plan");
    f.forecast.request.arm_count = 0;
    CHECK_TEXT(en_words_forecast(&w, &f.forecast, EN_OUTCOME_PAIN), "Pain");
    f.forecast.weight[1] = NAN;
    CHECK_CONTAINS(en_words_weights(&w, &f.forecast), "H1 unknown");
}

/* What the forecast rests on: nothing yet; a calibration, with its numbers where they are known;
 * and a condition that no controlled trial speaks of. */
static void test_basis_names_the_data(void **state)
{
    static struct fixture f;
    struct en_words w = words();

    (void)state;
    fixture_init(&f);
    w.knowledge = NULL;
    CHECK_CONTAINS(en_words_basis(&w, &f.forecast), "Before calibration");
    f.forecast.is_calibrated = true;
    f.forecast.has_condition_data = true;
    CHECK_CONTAINS(en_words_basis(&w, &f.forecast), "Calibrated on published trials.");
    f.forecast.study_count = 41;
    f.forecast.row_count = 143;
    f.forecast.weight[0] = 0.31;
    CHECK_TEXT(en_words_basis(&w, &f.forecast),
               "Calibrated on 143 results of 41 studies. Posterior weights of the hypotheses: H0 "
               "no specific effect 31 %, H1 mechanical 25 %, H2 neural 25 %, H3 both 25 %.");
    f.forecast.has_condition_data = false;
    CHECK_CONTAINS(en_words_basis(&w, &f.forecast),
                   "25 %. No controlled trial of this condition in the calibration: the average "
                   "over conditions stands for it.");
}

/* The next character starts behind all bytes of this one, of one to four. */
static void test_next_steps_over_whole_characters(void **state)
{
    static const char TEXT[] = "aé王\xf0\x9f\x98\x80z";
    const char *p = TEXT;

    (void)state;
    CHECK((p = en_words_next(p)) == TEXT + 1);
    CHECK((p = en_words_next(p)) == TEXT + 3);
    CHECK((p = en_words_next(p)) == TEXT + 6);
    CHECK((p = en_words_next(p)) == TEXT + 10);
    CHECK(*en_words_next(p) == '\0');
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
        cmocka_unit_test(test_long_days_name_every_month),
        cmocka_unit_test(test_person_is_described_or_said_to_be_unknown),
        cmocka_unit_test(test_age_changes_on_the_birthday),
        cmocka_unit_test(test_side_and_condition_come_from_plan_or_case),
        cmocka_unit_test(test_every_enum_has_words),
        cmocka_unit_test(test_risks_stand_beside_danger_without_repeating_it),
        cmocka_unit_test(test_questions_are_never_empty),
        cmocka_unit_test(test_fact_lists_are_titles_in_order),
        cmocka_unit_test(test_weights_and_medians_are_sentences),
        cmocka_unit_test(test_basis_names_the_data),
        cmocka_unit_test(test_next_steps_over_whole_characters),
        cmocka_unit_test(test_full_arena_is_noticed),
        cmocka_unit_test(test_labels_spread_without_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
