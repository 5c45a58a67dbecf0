/* SPDX-License-Identifier: Apache-2.0
 * The page of `case show`: what was understood of a case, what was ignored, what is still open. */
#include "fixture.h"
#include "reader.h"

#include "support/check.h"

enum { TODAY = 20458 }; /* 2026-01-05 */

static struct fixture f;

static struct en_buf print(int width, bool use_colour)
{
    const struct en_care care = {fixture_knowledge(), f.report.today};
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err = {0};

    assert_int_equal(en_report_case(&care, &f.c, &f.assessment, width, use_colour, &out, &err),
                     EN_OK);
    return out;
}

static void set_fact(const char *id, struct en_fact fact)
{
    f.facts[en_fact_index(fixture_knowledge(), id)] = fact;
}

static void check_shows(const char *text)
{
    struct en_buf page = print(80, false), joined = fixture_joined(&page);

    CHECK_CONTAINS(en_buf_text(&joined), text);
    en_buf_free(&page);
    en_buf_free(&joined);
}

static void check_hides(const char *text)
{
    struct en_buf page = print(80, false), joined = fixture_joined(&page);

    CHECK(strstr(en_buf_text(&joined), text) == NULL);
    en_buf_free(&page);
    en_buf_free(&joined);
}

/* Whoever reads the page must see each problem with the side that the needle goes to. */
static void test_problems_name_condition_side_and_onset(void **state)
{
    static const struct {
        enum en_side side;
        const char *text;
    } SIDES[] = {{EN_SIDE_UNKNOWN, "Knee osteoarthritis, unknown, since"},
                 {EN_SIDE_LEFT, "Knee osteoarthritis, left, since"},
                 {EN_SIDE_RIGHT, "Knee osteoarthritis, right, since"},
                 {EN_SIDE_BOTH, "Knee osteoarthritis, both, since"},
                 {EN_SIDE_MIDLINE, "Knee osteoarthritis, midline, since"}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(SIDES); i++) {
        fixture_init(&f);
        f.target.side = SIDES[i].side;
        check_shows(SIDES[i].text);
    }
    fixture_init(&f);
    check_shows("PROBLEMS");
    check_shows(" 1. Knee osteoarthritis, right, since Thu 2023-07-20");
    f.target.onset = EN_DAY_UNKNOWN;
    check_shows("right, since unknown");
}

/* What was not recognised is repeated as written, cleaned: it may hold an escape sequence. */
static void test_unrecognised_problems_are_repeated_as_written(void **state)
{
    struct en_target two[2];

    (void)state;
    fixture_init(&f);
    two[0] = f.target;
    two[1] = (struct en_target){
        .text = "mal de \x1b[31mrodilla \xe2\x80\xae", .side = EN_SIDE_LEFT, .onset = TODAY};
    f.c.targets = two;
    f.c.target_count = 2;
    check_shows(" 1. Knee osteoarthritis");
    check_shows(" 2. not recognised: mal de [31mrodilla , left, since Mon 2026-01-05");
    two[1].text = NULL;
    check_shows(" 2. not recognised: , left");
    two[1].condition = "no_such_condition";
    check_shows(" 2. not recognised: , left");
}

static void test_case_without_problem_says_what_is_needed(void **state)
{
    (void)state;
    fixture_init(&f);
    f.c.target_count = 0;
    check_shows("None recognised: a Condition with a side and an onset is needed.");
}

/* Every kind of value is shown with unit, day and place in the Bundle; today's needs no day, and
 * what is unknown is not listed as understood. */
static void test_facts_show_value_day_and_origin(void **state)
{
    static const struct {
        const char *id;
        struct en_fact fact;
        const char *text;
    } FACTS[] = {
        {"weight",
         {.kind = EN_FACT_NUMBER, .number = 81.6466, .as_of = TODAY, .origin = "entry[7]"},
         "Body weight: 81.65 kg (2026-01-05) entry[7]"},
        {"weight",
         {.kind = EN_FACT_NUMBER, .number = 80, .as_of = TODAY - 1, .origin = "entry[8]"},
         "Body weight: 80 kg (2026-01-04) entry[8]"},
        {"sex", {.kind = EN_FACT_CODE, .code = "other", .as_of = TODAY}, ": other "},
        {"conservative_care_tried", {.kind = EN_FACT_BOOL, .truth = true, .as_of = TODAY}, ": yes"},
        {"conservative_care_tried", {.kind = EN_FACT_BOOL, .truth = false, .as_of = TODAY}, ": no"},
        {"birth_date", {.kind = EN_FACT_DATE, .date = -1036, .as_of = -1036}, ": 1967-03-02 "},
        {"inr", {.kind = EN_FACT_NUMBER, .number = 1.1, .as_of = EN_DAY_UNKNOWN}, "INR: 1.1"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(FACTS); i++) {
        fixture_init(&f);
        memset(f.facts, 0, sizeof f.facts);
        set_fact(FACTS[i].id, FACTS[i].fact);
        check_shows(FACTS[i].text);
        check_hides("nan");
        check_hides("(null)");
    }
    fixture_init(&f);
    set_fact("inr", (struct en_fact){.kind = EN_FACT_UNKNOWN, .origin = "entry[9]"});
    check_hides("entry[9]");
}

/* What was ignored is named with its reason; when nothing was, that is said too, because an absent
 * section could be a page that was cut off. */
static void test_ignored_elements_are_named_with_their_reason(void **state)
{
    static struct en_case_note notes[] = {
        {EN_NOTE_UNDERSTOOD, "Bundle.entry[1]", "weight"},
        {EN_NOTE_IGNORED, "Bundle.entry[2]", "no fact has this code"},
        {EN_NOTE_IGNORED, "Bundle.entry[3]", "entered in error"},
    };

    (void)state;
    fixture_init(&f);
    check_shows("Nothing.");
    f.c.notes = notes;
    f.c.note_count = 1;
    check_shows("Nothing.");
    check_hides("Bundle.entry[1]");
    f.c.note_count = 3;
    check_shows("Bundle.entry[2]: no fact has this code Bundle.entry[3]: entered in error");
    check_hides("Bundle.entry[1]: weight");
    check_hides("Nothing.");
    struct en_buf page = print(80, false);

    assert_int_equal(reader_count(en_buf_text(&page), "IGNORED"), 1);
    en_buf_free(&page);
}

/* Open questions carry the id that answers them on the command line; a fact without a question is
 * asked by its title. */
static void test_open_questions_name_the_fact(void **state)
{
    (void)state;
    fixture_init(&f);
    check_shows("inr: What is the INR");
    check_shows("(the known value is too old)");
    check_shows("allergy_corn:");
    f.assessment.question_count = 0;
    check_shows("STILL UNKNOWN, AND WANTED BY A RULE");
    check_hides("inr:");
    fixture_init(&f);
    f.questions[0].fact = fixture_row("facts", "bmi");
    f.questions[0].is_stale = false;
    CHECK_TEXT(en_cell(f.questions[0].fact, "question"), ""); /* else this shows nothing */
    check_shows("bmi: Body mass index?");
}

/* Lines fit whatever stands in the Bundle, on any terminal; colour comes only when asked for. */
static void test_page_fits_every_width(void **state)
{
    static const int WIDTHS[] = {0, 1, 72, 80, 133, 160, 500};
    static struct en_case_note note = {
        EN_NOTE_IGNORED,
        "Bundle.entry[2].resource.component[0].valueQuantity.extension[0].valueCodeableConcept"
        ".coding[0].system.extension[0].valueString.extension[0].valueString.value",
        FIXTURE_WIDE FIXTURE_WIDE};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WIDTHS); i++) {
        fixture_init(&f);
        f.c.notes = &note;
        f.c.note_count = 1;
        f.target.condition = NULL;
        f.target.text = "שרה שרה שרה שרה שרה שרה שרה שרה "
                        "שרה שרה שרה שרה שרה שרה שרה שרה";
        const int limit = WIDTHS[i] == 0    ? 80
                          : WIDTHS[i] < 72  ? 72
                          : WIDTHS[i] > 160 ? 160
                                            : WIDTHS[i];
        struct en_buf page = print(WIDTHS[i], false), colour = print(WIDTHS[i], true);

        CHECK(reader_columns(en_buf_text(&page)) <= limit);
        CHECK(strchr(en_buf_text(&page), '\x1b') == NULL);
        CHECK(strchr(en_buf_text(&colour), '\x1b') != NULL);
        CHECK(strstr(en_buf_text(&page), " \n") == NULL);
        en_buf_free(&page);
        en_buf_free(&colour);
    }
}

/* The name of the patient does not belong on a screen: none of it is on this page. */
static void test_name_stays_off_the_page(void **state)
{
    (void)state;
    fixture_init(&f);
    check_hides("Synthetic");
    check_hides("SYN-0001");
}

static void test_full_buffer_is_an_error(void **state)
{
    const struct en_care care = {fixture_knowledge(), TODAY};
    struct en_err err;

    (void)state;
    fixture_init(&f);
    for (size_t limit = 1; limit < 1000; limit = limit * 3 + 1) {
        struct en_buf out = EN_BUF(limit);

        CHECK(en_report_case(&care, &f.c, &f.assessment, 80, false, &out, &err) == EN_ELIMIT);
        CHECK(strstr(err.text, "Synthetic") == NULL);
        en_buf_free(&out);
    }
}

TEST_MAIN(cmocka_unit_test(test_problems_name_condition_side_and_onset),
          cmocka_unit_test(test_unrecognised_problems_are_repeated_as_written),
          cmocka_unit_test(test_case_without_problem_says_what_is_needed),
          cmocka_unit_test(test_facts_show_value_day_and_origin),
          cmocka_unit_test(test_ignored_elements_are_named_with_their_reason),
          cmocka_unit_test(test_open_questions_name_the_fact),
          cmocka_unit_test(test_page_fits_every_width),
          cmocka_unit_test(test_name_stays_off_the_page),
          cmocka_unit_test(test_full_buffer_is_an_error));
