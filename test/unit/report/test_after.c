/* SPDX-License-Identifier: Apache-2.0
 * The pages after a session: triage of symptoms, review of the response. */
#include "fixture.h"
#include "reader.h"

#include "support/check.h"

enum { TODAY = 20458, WEEK = 7 }; /* 2026-01-05, a Monday */

/* Widths of real terminals, and ones that are out of range: those become the nearest that fits. */
static const int WIDTHS[] = {0, 1, 20, 71, 72, 80, 100, 160, 161, 1000};

static struct en_case patient;
static struct en_report report;
static struct en_triage triage;
static struct en_review review;
static struct en_finding findings[3];
static struct en_input inputs[2];
static struct en_question questions[2];
static struct en_dated_row followups[3];
static const char *missing[2];

static struct en_finding finding(const char *rule, const char *tier, enum en_severity severity)
{
    return (struct en_finding){.rule = fixture_row("rules", rule),
                               .tier = fixture_row("tiers", tier),
                               .severity = severity,
                               .sites = ""};
}

/* Fever, measured today, and a wound that nobody has asked about. */
static void fill_triage(void)
{
    patient = (struct en_case){
        .person = {.name = "Synthetic Patient 02", .birth = TODAY - 20000, .birth_known = true}};
    report = (struct en_report){.knowledge = fixture_knowledge(), .c = &patient, .today = TODAY};
    inputs[0] = (struct en_input){
        "temperature", {.kind = EN_FACT_NUMBER, .number = 38.6, .as_of = TODAY}, false};
    inputs[1] = (struct en_input){
        "weight", {.kind = EN_FACT_NUMBER, .number = 70, .as_of = TODAY - 400}, true};
    missing[0] = "inr";
    missing[1] = "med_vka";
    findings[0] = finding("TR-08", "TR-08.s", EN_DEFER);
    findings[0].inputs = inputs;
    findings[0].input_count = 2;
    findings[1] = finding("TR-06", "TR-06.e", EN_STOP);
    findings[1].is_unknown = true;
    findings[1].missing = missing;
    findings[1].missing_count = 2;
    triage = (struct en_triage){.level = EN_TRIAGE_SAME_DAY,
                                .time_limit = "today, within 4 hours",
                                .findings = findings,
                                .finding_count = 2,
                                .fired_count = 1};
}

static void fill_review(void)
{
    static const char *const TEXTS[] = {"6 weeks after the first session: scores of pain.",
                                        "3 months after the first session: scores of pain.",
                                        "12 months after the first session: scores of pain."};

    fill_triage();
    findings[0] = finding("RV-4", "RV-4.responder", EN_INFO);
    findings[1] = finding("RV-11", "RV-11.suspend", EN_STOP);
    findings[1].is_unknown = true;
    findings[1].missing = missing;
    findings[1].missing_count = 1;
    questions[0] = (struct en_question){fixture_row("facts", "inr"), EN_STOP, false, TODAY};
    questions[1] = (struct en_question){fixture_row("facts", "weight"), EN_INFO, true, TODAY - 400};
    for (int i = 0; i < 3; i++) {
        const en_day middle = TODAY + (i - 1) * 12 * WEEK;

        followups[i] = (struct en_dated_row){fixture_row("limits", "timepoint.tolerance"),
                                             middle - 14, middle + 14, TEXTS[i]};
    }
    review = (struct en_review){.response = EN_RESPONDER,
                                .advice = EN_ADVICE_CONTINUE,
                                .reason = "Pain fell by 3 of 6 points.",
                                .nrs_baseline = 6.0,
                                .nrs_now = 3.0,
                                .sessions_given = 3,
                                .findings = findings,
                                .questions = questions,
                                .followups = followups,
                                .finding_count = 2,
                                .fired_count = 1,
                                .question_count = 2,
                                .followup_count = 3};
}

static struct en_buf print_triage(int width, bool use_colour)
{
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err = {0};

    assert_int_equal(en_report_triage(&report, &triage, width, use_colour, &out, &err), EN_OK);
    return out;
}

static struct en_buf print_review(int width, bool use_colour)
{
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err = {0};

    assert_int_equal(en_report_review(&report, &review, NULL, width, use_colour, &out, &err),
                     EN_OK);
    return out;
}

static void check_parts(const struct en_buf *page, const char *const *parts, size_t count)
{
    struct en_buf text = fixture_joined(page);

    for (size_t i = 0; i < count; i++) {
        CHECK_CONTAINS(en_buf_text(&text), parts[i]);
    }
    en_buf_free(&text);
}

/* Who calls about symptoms must get level, time, the rule that set it, what it rests on and what
 * nobody has asked yet. */
static void test_triage_says_level_time_reason_and_open_questions(void **state)
{
    static const char *const PARTS[] = {
        "ENTHESIS · symptoms after a session",
        "Mon 2026-01-05",
        "same day: today, within 4 hours",
        "The highest level of all rules that apply.",
        "TR-08",
        "Fever",
        ": 38.6 Cel (2026-01-05); Body weight: 70 kg (2024-12-01, too old)",
        "grade ",
        "NOT ANSWERED YET (unknown is not \"no\")",
        "TR-06 Septic joint: missing INR; Medicine: vitamin K",
        "lower it only with a reason",
        "Options with reasons, not orders"};

    (void)state;
    fill_triage();
    struct en_buf page = print_triage(0, false);

    check_parts(&page, PARTS, EN_COUNT(PARTS));
    CHECK_CONTAINS(en_buf_text(&page), en_knowledge_version(report.knowledge));
    CHECK_CONTAINS(en_buf_text(&page), "Patient S. P."); /* pages must not be mixed up */
    CHECK(strstr(en_buf_text(&page), "Synthetic") == NULL);
    CHECK(strstr(en_buf_text(&page), "Raised by one level") == NULL);
    CHECK(strstr(en_buf_text(&page), "†") != NULL);
    en_buf_free(&page);
}

/* Each level says its own name and stands in its own colour: red for what cannot wait. */
static void test_every_triage_level_has_its_name_and_colour(void **state)
{
    static const struct {
        enum en_triage_level level;
        const char *text, *colour;
    } LEVELS[] = {
        {EN_TRIAGE_EMERGENCY, "emergency: now", "\x1b[1;31memergency: now"},
        {EN_TRIAGE_SAME_DAY, "same day: now", "\x1b[1;31msame day: now"},
        {EN_TRIAGE_SOON, "soon: now", "\x1b[1;33msoon: now"},
        {EN_TRIAGE_ROUTINE, "routine advice: now", "\x1b[1;32mroutine advice: now"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(LEVELS); i++) {
        fill_triage();
        triage.level = LEVELS[i].level;
        triage.time_limit = "now";
        struct en_buf plain = print_triage(80, false), colour = print_triage(80, true);

        CHECK_CONTAINS(en_buf_text(&plain), LEVELS[i].text);
        CHECK_CONTAINS(en_buf_text(&colour), LEVELS[i].colour);
        CHECK(strchr(en_buf_text(&plain), '\x1b') == NULL);
        en_buf_free(&plain);
        en_buf_free(&colour);
    }
}

/* A level that was raised because an emergency question is open must say so: staff then ask. */
static void test_raised_triage_says_why(void **state)
{
    (void)state;
    fill_triage();
    triage.was_raised = true;
    struct en_buf page = print_triage(80, false);

    CHECK_CONTAINS(en_buf_text(&page), "Raised by one level: a question about an emergency");
    CHECK(strstr(en_buf_text(&page), "The highest level of all rules") == NULL);
    en_buf_free(&page);
}

/* Nothing fired, nothing open: no heading stands over an empty list. */
static void test_triage_without_findings_has_no_empty_lists(void **state)
{
    (void)state;
    fill_triage();
    triage.finding_count = triage.fired_count = 0;
    triage.level = EN_TRIAGE_ROUTINE;
    struct en_buf page = print_triage(80, false);

    CHECK(strstr(en_buf_text(&page), "RULES THAT APPLY") == NULL);
    CHECK(strstr(en_buf_text(&page), "NOT ANSWERED") == NULL);
    CHECK_CONTAINS(en_buf_text(&page), "routine advice");
    en_buf_free(&page);
    fill_triage();
    triage.finding_count = 1; /* only fired */
    page = print_triage(80, false);
    CHECK_CONTAINS(en_buf_text(&page), "RULES THAT APPLY");
    CHECK(strstr(en_buf_text(&page), "NOT ANSWERED") == NULL);
    en_buf_free(&page);
}

static void test_review_says_response_advice_scores_and_dates(void **state)
{
    static const char *const PARTS[] = {
        "ENTHESIS · review of the response",
        "responder · continue",
        "Pain fell by 3 of 6 points.",
        "Pain 0-10: baseline 6, now 3. Sessions given: 3.",
        "RV-4 Responder",
        "RV-11 Grave harm: missing INR",
        "ASK OR MEASURE NEXT",
        "FOLLOW-UP",
        "due after the first session: scores of pain.",
    };

    (void)state;
    fill_review();
    struct en_buf page = print_review(80, false);

    check_parts(&page, PARTS, EN_COUNT(PARTS));
    CHECK_CONTAINS(en_buf_text(&page), en_cell(questions[0].fact, "question"));
    en_buf_free(&page);
}

/* A follow-up is a window, not a day; one whose last day is over is marked, the last day is not. */
static void test_follow_ups_show_their_window_and_what_is_overdue(void **state)
{
    static const struct {
        en_day from, to;
        const char *line;
    } WINDOWS[] = {
        {TODAY - 10, TODAY - 1, " ! Fri 2025-12-26 to Sun 2026-01-04: 6 weeks (overdue)\n"},
        {TODAY - 10, TODAY, " · Fri 2025-12-26 to Mon 2026-01-05: 6 weeks\n"},
        {TODAY + 1, TODAY + 2, " · Tue 2026-01-06 to Wed 2026-01-07: 6 weeks\n"},
        {TODAY - 1, EN_DAY_UNKNOWN, " ! Sun 2026-01-04: 6 weeks (overdue)\n"},
        {TODAY, EN_DAY_UNKNOWN, " · Mon 2026-01-05: 6 weeks\n"},
        {EN_DAY_UNKNOWN, EN_DAY_UNKNOWN, " · unknown: 6 weeks\n"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WINDOWS); i++) {
        fill_review();
        followups[0].from = WINDOWS[i].from;
        followups[0].to = WINDOWS[i].to;
        struct en_buf page = print_review(80, false);

        CHECK_CONTAINS(en_buf_text(&page), WINDOWS[i].line);
        en_buf_free(&page);
    }
    fill_review();
    review.followup_count = 0;
    struct en_buf page = print_review(80, false);

    CHECK(strstr(en_buf_text(&page), "FOLLOW-UP") == NULL);
    en_buf_free(&page);
    fill_review();
    review.followup_count = 1; /* alone it keeps all its words */
    page = print_review(80, false);
    CHECK_CONTAINS(en_buf_text(&page), " due\n");
    check_parts(&page, (const char *const[]){"6 weeks after the first session: scores of pain."},
                1);
    en_buf_free(&page);
}

/* Every response and advice is printed with its own words; only going on is green. */
static void test_every_response_and_advice_has_words(void **state)
{
    static const struct {
        enum en_response response;
        enum en_advice advice;
        const char *text;
        bool is_green;
    } ANSWERS[] = {
        {EN_RESPONSE_UNKNOWN, EN_ADVICE_ASK, "unknown · ask first", false},
        {EN_RESPONSE_TOO_EARLY, EN_ADVICE_CONTINUE, "too early to judge · continue", true},
        {EN_RESPONDER, EN_ADVICE_MAINTAIN, "responder · maintenance session", true},
        {EN_PARTIAL, EN_ADVICE_ADJUST, "partial responder · adjust", false},
        {EN_NONE, EN_ADVICE_REDIAGNOSE, "no response · question the diagnosis", false},
        {EN_NONE, EN_ADVICE_STOP, "no response · stop", false},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ANSWERS); i++) {
        fill_review();
        review.response = ANSWERS[i].response;
        review.advice = ANSWERS[i].advice;
        struct en_buf plain = print_review(80, false), colour = print_review(80, true);

        CHECK_CONTAINS(en_buf_text(&plain), ANSWERS[i].text);
        CHECK((strstr(en_buf_text(&colour), "\x1b[1;32m") != NULL) == ANSWERS[i].is_green);
        en_buf_free(&plain);
        en_buf_free(&colour);
    }
}

/* Scores that are missing are unknown, neither 0 nor "nan"; a missing reason is no crash. */
static void test_unknown_scores_are_named(void **state)
{
    (void)state;
    fill_review();
    review.nrs_baseline = NAN;
    review.nrs_now = NAN;
    review.reason = NULL;
    review.question_count = 0;
    struct en_buf page = print_review(80, false);

    CHECK_CONTAINS(en_buf_text(&page), "baseline unknown, now unknown");
    CHECK(!reader_has_nan(en_buf_text(&page)));
    CHECK(strstr(en_buf_text(&page), "ASK OR MEASURE") == NULL);
    en_buf_free(&page);
}

/* No line leaves the terminal, and a terminal of any width gets a page. */
static void test_pages_fit_every_width(void **state)
{
    (void)state;
    for (size_t i = 0; i < EN_COUNT(WIDTHS); i++) {
        const int fits = WIDTHS[i] == 0    ? 80
                         : WIDTHS[i] < 72  ? 72
                         : WIDTHS[i] > 160 ? 160
                                           : WIDTHS[i];

        fill_triage();
        triage.time_limit = FIXTURE_WIDE FIXTURE_WIDE;
        struct en_buf page = print_triage(WIDTHS[i], false);

        assert_int_equal(reader_columns(en_buf_text(&page)), fits);
        en_buf_free(&page);
        fill_review();
        review.reason = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle"
                        "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle"
                        "Donaudampfschifffahrtsgesellschaft";
        page = print_review(WIDTHS[i], false);
        assert_int_equal(reader_columns(en_buf_text(&page)), fits);
        en_buf_free(&page);
    }
}

/* An output limit that is reached is an error, not half a triage. */
static void test_full_buffers_are_errors(void **state)
{
    struct en_err err;

    (void)state;
    for (size_t limit = 1; limit < 1500; limit = limit * 3 + 1) {
        struct en_buf out = EN_BUF(limit);

        fill_triage();
        CHECK(en_report_triage(&report, &triage, 80, false, &out, &err) == EN_ELIMIT);
        en_buf_free(&out);
        out = EN_BUF(limit);
        fill_review();
        CHECK(en_report_review(&report, &review, NULL, 80, false, &out, &err) == EN_ELIMIT);
        en_buf_free(&out);
    }
}

TEST_MAIN(cmocka_unit_test(test_triage_says_level_time_reason_and_open_questions),
          cmocka_unit_test(test_every_triage_level_has_its_name_and_colour),
          cmocka_unit_test(test_raised_triage_says_why),
          cmocka_unit_test(test_triage_without_findings_has_no_empty_lists),
          cmocka_unit_test(test_review_says_response_advice_scores_and_dates),
          cmocka_unit_test(test_follow_ups_show_their_window_and_what_is_overdue),
          cmocka_unit_test(test_every_response_and_advice_has_words),
          cmocka_unit_test(test_unknown_scores_are_named),
          cmocka_unit_test(test_pages_fit_every_width),
          cmocka_unit_test(test_full_buffers_are_errors));
