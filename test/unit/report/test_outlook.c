/* SPDX-License-Identifier: Apache-2.0
 * The forecast in the course of treatment: its charts, its page, its document. */
#include "fixture.h"
#include "reader.h"
#include "report/chart.h"

#include "support/check.h"

static struct fixture f;
static struct en_arena arena = {.limit = 16 << 20};

static struct en_words words(void)
{
    return (struct en_words){.arena = &arena, .knowledge = fixture_knowledge()};
}

static void init(struct en_chart *now, struct en_chart *before, enum en_outcome o)
{
    struct en_words w = words();
    struct en_err err;

    assert_int_equal(en_chart_init(now, &w, &f.report, o, &err), EN_OK);
    assert_int_equal(en_chart_init_before(before, &w, &f.report, o, &err), EN_OK);
}

/* Scores stand at their own week and value, the baseline first, and both charts hold the same ones:
 * a patient's course is compared with what was expected of it. */
static void test_scores_land_where_they_were_reported(void **state)
{
    static const double WEEKS[] = {0.0, 2.0, 4.0, 6.0, 57.0 / 7.0, 9.0};
    static const double SCORES[] = {6.2, 6.0, 5.0, 5.5, 4.0, 3.5};
    struct en_chart now, before;

    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    init(&now, &before, EN_OUTCOME_PAIN);
    assert_int_equal(now.score_count, EN_COUNT(WEEKS));
    assert_int_equal(before.score_count, EN_COUNT(WEEKS));
    for (size_t i = 0; i < EN_COUNT(WEEKS); i++) {
        CHECK_NEAR(now.scores[i].week, WEEKS[i], 1e-12);
        CHECK_NEAR(now.scores[i].value, SCORES[i], 1e-12);
        CHECK_NEAR(before.scores[i].week, WEEKS[i], 1e-12);
        CHECK(!now.scores[i].is_above && !now.scores[i].is_below);
    }
    CHECK(now.today == 9.0 && before.today == 9.0);
    init(&now, &before, EN_OUTCOME_FUNCTION);
    assert_int_equal(now.score_count, 3); /* the baseline and two; pain is not function */
    CHECK(now.scores[1].value == 50.0 && now.scores[2].value == 40.0);
}

/* The curves of now begin at the last score, those of before at the baseline; both have the same
 * axis, so that they can be read across. */
static void test_curves_of_now_begin_at_the_last_score(void **state)
{
    struct en_chart now, before;

    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    init(&now, &before, EN_OUTCOME_PAIN);
    assert_int_equal(now.count, 4);
    CHECK(now.week[0] == 9.0 && now.plan[0][0] == 3.5 && now.plan[4][0] == 3.5);
    CHECK(now.week[1] == 12.0 && now.week[3] == 52.0);
    CHECK(now.plan[2][3] == f.forecast.band[0][EN_OUTCOME_PAIN][EN_MIXED][2].q[2]);
    assert_int_equal(before.count, 6);
    CHECK(before.week[0] == 0.0 && before.plan[2][0] == 6.2);
    CHECK(before.x_max == 52.0 && now.x_max == 52.0 && now.tick_count == 6);
    CHECK(now.tick[0] == 0.0 && now.tick[1] == 5.0 && before.tick[5] == 52.0);
    CHECK_NEAR(now.mic_level, 4.2, 1e-12);
    f.forecast.request.followup.observation_count = 0;
    f.forecast.request.person.baseline_nrs = NAN;
    init(&now, &before, EN_OUTCOME_PAIN); /* no score at all: no start is invented */
    assert_int_equal(now.count, 3);
    assert_int_equal(now.score_count, 0);
    CHECK(now.week[0] == 12.0);
}

/* Sessions that were given and those to come are told apart, on both charts alike. */
static void test_sessions_given_and_to_come(void **state)
{
    struct en_chart now, before;

    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    init(&now, &before, EN_OUTCOME_PAIN);
    assert_int_equal(now.given_count, 3);
    CHECK_NEAR(now.given_week[2], 57.0 / 7.0, 1e-12);
    assert_int_equal(now.session_count, 2);
    CHECK_NEAR(now.session_week[0], 85.0 / 7.0, 1e-12);
    assert_int_equal(before.given_count, 3);
    assert_int_equal(before.session_count, 2);
    CHECK(before.session_week[0] == 12.0);
}

/* A score beyond the axis is held on it and marked; one of another instrument of function stands on
 * the scale of the person's own. */
static void test_scores_beyond_the_axis_are_held_and_marked(void **state)
{
    struct en_followup *record = &f.forecast.request.followup;
    struct en_chart now, before;

    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    record->observations[0].value = 10.5;
    record->observations[1].value = -0.5;
    record->observations[2].value = 60.0; /* function at 1.5 times the person's scale: 40 */
    record->observations[2].scale = 1.5;
    record->observations[6].value = 90.0; /* at 0.75 times: 120 */
    record->observations[6].scale = 0.75;
    init(&now, &before, EN_OUTCOME_PAIN);
    CHECK(now.scores[1].value == 10.0 && now.scores[1].is_above && !now.scores[1].is_below);
    CHECK(now.scores[2].value == 0.0 && now.scores[2].is_below && !now.scores[2].is_above);
    init(&now, &before, EN_OUTCOME_FUNCTION);
    CHECK_NEAR(now.scores[1].value, 40.0, 1e-12);
    CHECK(now.scores[2].value == 100.0 && now.scores[2].is_above);
}

static struct en_buf braille(enum en_outcome outcome, int width)
{
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err = {0};

    if (en_chart_terminal(&f.report, outcome, width, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

/* Both plots at 80 columns, one below the other where there is no room; every mark is there and no
 * line is too long. */
static void test_braille_holds_both_plots_at_every_width(void **state)
{
    static const char *const PARTS[] = {"before: patients like this one",
                                        "now: this patient",
                                        "●",
                                        "┊",
                                        "▲",
                                        "△",
                                        "P go on 2.9",
                                        "N stop 3.8",
                                        "important change",
                                        "↑"};
    static const int WIDTHS[] = {0, 48, 60, 80, 120, 185};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WIDTHS); i++) {
        fixture_init(&f);
        fixture_course(&f);
        f.forecast.request.followup.observations[0].value = 10.5;
        struct en_buf text = braille(EN_OUTCOME_PAIN, WIDTHS[i]);

        for (size_t k = 0; k < EN_COUNT(PARTS); k++) {
            CHECK_CONTAINS(en_buf_text(&text), PARTS[k]);
        }
        CHECK(reader_columns(en_buf_text(&text)) <= (WIDTHS[i] == 0 ? 80 : WIDTHS[i]));
        CHECK(!reader_has_nan(en_buf_text(&text)));
        /* One plot has one axis with "week" behind it, two beside each other share it. */
        assert_int_equal(reader_count(en_buf_text(&text), "week\n"),
                         WIDTHS[i] == 48 || WIDTHS[i] == 60 ? 2 : 1);
        en_buf_free(&text);
    }
}

/* Without a follow-up there is one plot, that of the plan, with its own words. */
static void test_nothing_happened_yet_gives_one_plot(void **state)
{
    (void)state;
    fixture_init(&f);
    f.outlook = (struct en_report_outlook){.before = &f.forecast, .start = f.report.today};
    f.report.outlook = &f.outlook;
    struct en_buf text = braille(EN_OUTCOME_PAIN, 80);

    CHECK(strstr(en_buf_text(&text), "this patient") == NULL);
    CHECK(strstr(en_buf_text(&text), "●") == NULL);
    CHECK_CONTAINS(en_buf_text(&text), "P plan 3.7");
    en_buf_free(&text);
}

/* A forecast that is missing on either side is refused, not drawn half. */
static void test_missing_forecasts_are_refused(void **state)
{
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err;

    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    f.before.request.week_count = 0;
    CHECK(en_chart_terminal(&f.report, EN_OUTCOME_PAIN, 80, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "no forecast");
    f.outlook.before = NULL;
    CHECK(en_chart_terminal(&f.report, EN_OUTCOME_PAIN, 80, &out, &err) == EN_EINVAL);
    en_buf_free(&out);
}

static struct en_buf draw(enum en_outcome outcome, enum en_chart_format format)
{
    struct en_buf out = EN_BUF(1 << 24);
    struct en_err err = {0};

    if (en_chart_write(&f.report, outcome, format, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

/* Both charts as a picture: well-formed, the same bytes each time, wider than the one of a plan;
 * also with scores beyond the axis and a course that is complete. */
static void test_the_picture_holds_both_charts(void **state)
{
    (void)state;
    for (size_t variant = 0; variant < 3; variant++) {
        fixture_init(&f);
        struct en_buf plan = draw(EN_OUTCOME_PAIN, EN_CHART_SVG);

        fixture_course(&f);
        if (variant == 1) {
            f.forecast.request.followup.observations[1].value = 11.0;
            f.forecast.request.followup.observations[3].value = -1.0;
        }
        f.forecast.request.arms[0].session_count = variant == 2 ? 0 : 2;
        struct en_buf svg = draw(EN_OUTCOME_PAIN, EN_CHART_SVG);
        struct en_buf again = draw(EN_OUTCOME_PAIN, EN_CHART_SVG);
        struct en_buf png = draw(EN_OUTCOME_FUNCTION, EN_CHART_PNG);

        CHECK(reader_is_xml(en_buf_text(&svg)) && !reader_has_nan(en_buf_text(&svg)));
        CHECK_CONTAINS(en_buf_text(&svg), "<title>Pain, median after 52 weeks: ");
        CHECK(svg.size == again.size && memcmp(svg.bytes, again.bytes, svg.size) == 0);
        CHECK_CONTAINS(en_buf_text(&svg), "width=\"908");
        CHECK_CONTAINS(en_buf_text(&plan), "width=\"720");
        CHECK(png.size > 24 && memcmp(png.bytes, "\x89PNG\r\n", 6) == 0);
        en_buf_free(&plan);
        en_buf_free(&svg);
        en_buf_free(&again);
        en_buf_free(&png);
    }
}

/* The whole page, gaps as single blanks. */
static struct en_buf print_page(int width)
{
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err = {0};

    if (en_report_terminal(&f.report, width, false, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    CHECK(reader_columns(en_buf_text(&out)) <= (width == 0 ? 80 : width));
    CHECK(!reader_has_nan(en_buf_text(&out)));
    struct en_buf joined = fixture_joined(&out);

    en_buf_free(&out);
    return joined;
}

/* What was left out of the record stands first with its day and reason; then what was assumed.
 * Before and now stand in one row, each with its bands; goals, gains and weights follow. */
static void test_the_page_holds_record_comparison_and_words(void **state)
{
    static const char *const PARTS[] = {
        "forecast in the course of treatment",
        "First session Mon 2026-01-05, week 9 today. 3 sessions given, 2 to come, 7 scores used. ! "
        "left out 2026-02-09 nrs: two different values for one day ~ assumed 2026-03-03 session: "
        "no "
        "volume recorded, the plan's is taken used 2026-01-05 session used 2026-01-19 nrs",
        "before: patients like this one now: this patient",
        "TO SAY ALOUD",
        "week 26, Mon 2026-07-06 Go on 4.1 [3.0–5.1] (1.5–6.6) 53 % 3.1 [2.3–3.9] (1.2–5.0) 21 %",
        "Go on with saline 4.8",
        "Stop and train 4.6",
        "Go on instead of the others, less pain [NRS]: median [middle 50 %] (middle 90 %) chance "
        "of "
        "1 or more week Go on with saline Stop and train Stop 12 0.3 [-0.1 to 0.7] 0.5 [0.1 to "
        "0.9] "
        "0.9 [0.5 to 1.3] (-0.6 to 1.2) 15 % (-0.4 to 1.4) 30 % (0.0 to 1.8) 45 %",
        "pain of 3 or less 12 40 % (44 %) 32 % (36 %)",
        "H0 no specific effect 25 % 12 %",
        "H0 640, H1 640, H2 640, H3 640; stages of it: H0 2, H1 0, H2 0, H3 0.",
        "0.00 in week 12, 0.40 in week 26, 0.00 in week 52.",
    };

    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    f.forecast.is_calibrated = f.before.is_calibrated = true;
    struct en_buf text = print_page(80);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    CHECK(strstr(en_buf_text(&text), "SITES") == NULL); /* the plan is another command's */
    en_buf_free(&text);
}

/* Any width, before calibration, without goals, with weeks that the forecast before has not. */
static void test_the_page_fits_every_width(void **state)
{
    static const int WIDTHS[] = {0, 72, 78, 79, 100, 160};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WIDTHS); i++) {
        fixture_init(&f);
        fixture_course(&f);
        struct en_buf text = print_page(WIDTHS[i]);

        CHECK_CONTAINS(en_buf_text(&text), "FORECAST, before calibration");
        CHECK_CONTAINS(en_buf_text(&text), "nothing of it is to be told to a patient");
        en_buf_free(&text);
        f.forecast.request.goal_count = 0;
        f.forecast.request.weeks[0] = 13.0;
        text = print_page(WIDTHS[i]);
        CHECK(strstr(en_buf_text(&text), "at the goal") == NULL);
        CHECK_CONTAINS(en_buf_text(&text), "week 13, Mon 2026-04-06 Go on 3.4");
        en_buf_free(&text);
    }
}

/* Nothing happened yet: the population's numbers in one column, and it is said. A course that is
 * complete is said too. Function without a score is left out. */
static void test_the_page_says_what_there_is_none_of(void **state)
{
    (void)state;
    fixture_init(&f);
    f.outlook = (struct en_report_outlook){.before = &f.forecast, .start = f.report.today};
    f.report.outlook = &f.outlook;
    f.forecast.request.person.baseline_function = NAN;
    struct en_buf text = print_page(80);

    CHECK_CONTAINS(en_buf_text(&text), "No scores since the first session yet");
    CHECK_CONTAINS(en_buf_text(&text), "Pain at week 52 by hypothesis");
    CHECK_CONTAINS(en_buf_text(&text), "Plan instead of the others");
    CHECK(strstr(en_buf_text(&text), "Go on") == NULL);
    CHECK(strstr(en_buf_text(&text), "Function") == NULL);
    en_buf_free(&text);
    fixture_init(&f);
    fixture_course(&f);
    f.forecast.request.arms[0].session_count = 0;
    text = print_page(80);
    CHECK_CONTAINS(en_buf_text(&text), "The planned course is complete.");
    CHECK_CONTAINS(en_buf_text(&text),
                   "Pain, median after 52 weeks: no more sessions 2.9, train 3.4");
    CHECK_CONTAINS(en_buf_text(&text), "week 26, Mon 2026-07-06 No more sessions 4.1");
    CHECK_CONTAINS(en_buf_text(&text), "E train 3.4");
    CHECK(strstr(en_buf_text(&text), "Go on") == NULL &&
          strstr(en_buf_text(&text), "Stop") == NULL);
    en_buf_free(&text);
}

/* A verdict that blocks injections leaves the verdict and why, no number of a forecast. */
static void test_a_blocked_page_has_no_forecast(void **state)
{
    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    fixture_block(&f);
    struct en_buf text = print_page(80);

    CHECK_CONTAINS(en_buf_text(&text), "assessment, no forecast");
    CHECK_CONTAINS(en_buf_text(&text), "NOT SUITABLE");
    CHECK_CONTAINS(en_buf_text(&text), "RULES THAT APPLY");
    CHECK(strstr(en_buf_text(&text), "TO SAY ALOUD") == NULL);
    CHECK(strstr(en_buf_text(&text), "middle 50") == NULL);
    en_buf_free(&text);
}

/* The document, all pages, blanks joined. */
static struct en_buf paper(void)
{
    struct en_buf pdf = EN_BUF(1 << 24), text = EN_BUF(1 << 20);
    struct en_err err = {0};

    if (en_paper_write(&f.report, EN_PAPER_FORECAST, &pdf, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    reader_pdf(&pdf, 0, true, &text);
    CHECK(!reader_has_nan(en_buf_text(&text)));
    en_buf_free(&pdf);
    return text;
}

/* The document has two pages: what was left out, the charts, the sentences; then the numbers with
 * their marks, of the dates that the sentences speak of. */
static void test_the_document_holds_charts_words_and_marks(void **state)
{
    static const char *const PARTS[] = {
        "Forecast in the course of treatment for",
        "left out: 2026-02-09 nrs: two different values for one day",
        "used: 2026-01-05 session; 2026-01-19 nrs",
        "Before: patients like this one",
        "Now: this patient",
        "To say aloud",
        "We cannot tell whether you would gain the 1 point",
        "Pain, before",
        "Function, now",
        "4.1 [3.0–5.1] (1.5–6.6) 53 %",
        "0.9 [0.5 to 1.3] (0.0 to 1.8) 45 %",
        "pain of 3 or less",
        "H0 no specific effect",
        "smallest gain of pain over another choice that is worth its burden: 1",
        "default not yet approved",
        "page 2 of 2",
    };

    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    f.forecast.is_calibrated = f.before.is_calibrated = true;
    struct en_buf text = paper();

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    en_buf_free(&text);
}

/* Nothing happened yet, no function, no goal: the plan's charts. A blocked report and one
 * without an outlook give no such document. */
static void test_the_document_of_little_and_of_nothing(void **state)
{
    struct en_buf pdf = EN_BUF(1 << 24);
    struct en_err err;

    (void)state;
    fixture_init(&f);
    CHECK(en_paper_write(&f.report, EN_PAPER_FORECAST, &pdf, &err) == EN_EINVAL);
    f.outlook = (struct en_report_outlook){.before = &f.forecast, .start = f.report.today};
    f.report.outlook = &f.outlook;
    f.forecast.request.person.baseline_function = NAN;
    struct en_buf text = paper();

    CHECK_CONTAINS(en_buf_text(&text), "No scores since the first session yet");
    CHECK_CONTAINS(en_buf_text(&text), "Forecast, before calibration");
    CHECK(strstr(en_buf_text(&text), "this patient from today on") == NULL);
    CHECK(strstr(en_buf_text(&text), "Chance to be at the goal") == NULL);
    en_buf_free(&text);
    fixture_course(&f);
    fixture_block(&f);
    CHECK(en_paper_write(&f.report, EN_PAPER_FORECAST, &pdf, &err) == EN_EINVAL);
    en_buf_free(&pdf);
}

static int free_arena(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_land_where_they_were_reported),
        cmocka_unit_test(test_curves_of_now_begin_at_the_last_score),
        cmocka_unit_test(test_sessions_given_and_to_come),
        cmocka_unit_test(test_scores_beyond_the_axis_are_held_and_marked),
        cmocka_unit_test(test_braille_holds_both_plots_at_every_width),
        cmocka_unit_test(test_the_picture_holds_both_charts),
        cmocka_unit_test(test_nothing_happened_yet_gives_one_plot),
        cmocka_unit_test(test_missing_forecasts_are_refused),
        cmocka_unit_test(test_the_page_holds_record_comparison_and_words),
        cmocka_unit_test(test_the_page_fits_every_width),
        cmocka_unit_test(test_the_page_says_what_there_is_none_of),
        cmocka_unit_test(test_a_blocked_page_has_no_forecast),
        cmocka_unit_test(test_the_document_holds_charts_words_and_marks),
        cmocka_unit_test(test_the_document_of_little_and_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, free_arena);
}
