/* SPDX-License-Identifier: Apache-2.0
 * The fan chart as data, picture and braille. */
#include "fixture.h"
#include "reader.h"
#include "report/chart.h"

#include "support/check.h"

static struct fixture f;

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

/* The curves start at the baseline in week 0 and pass through the forecast's values unchanged; the
 * important change lies below the baseline because a high score is worse. */
static void test_data_start_at_the_baseline(void **state)
{
    struct en_arena arena = EN_ARENA(1 << 20);
    struct en_words w = {.arena = &arena};
    struct en_chart chart;
    struct en_err err;

    (void)state;
    fixture_init(&f);
    assert_int_equal(en_chart_init(&chart, &w, &f.report, EN_OUTCOME_PAIN, &err), EN_OK);
    assert_int_equal(chart.count, 6);
    CHECK(chart.week[0] == 0.0 && chart.week[5] == 52.0 && chart.x_max == 52.0);
    CHECK(chart.y_max == 10.0);
    for (size_t q = 0; q < EN_QUANTILE_COUNT; q++) {
        CHECK(chart.plan[q][0] == 6.2);
        CHECK(chart.plan[q][3] == f.forecast.band[0][EN_OUTCOME_PAIN][EN_MIXED][2].q[q]);
    }
    CHECK(chart.median[3][5] == f.forecast.band[3][EN_OUTCOME_PAIN][EN_MIXED][4].q[2]);
    CHECK_NEAR(chart.mic_level, 4.2, 1e-12);
    assert_int_equal(chart.session_count, 5);
    CHECK(chart.session_week[2] == 8.0 && !chart.session_is_optional[2]);
    CHECK(chart.session_week[4] == 16.0 && chart.session_is_optional[4]);
    CHECK_TEXT(chart.title, "Pain, median after 52 weeks: 3.7 with the plan, 4.6 with saline "
                            "injections, 4.4 with exercise, 5.6 with no treatment");
    assert_int_equal(en_chart_choose(&chart, 1, &err), EN_OK);
    CHECK(chart.plan[2][5] == f.forecast.band[0][EN_OUTCOME_PAIN][1][4].q[2]);
    en_arena_free(&arena);
}

/* An unknown baseline is not invented: the curves start at the first week, no change is marked. */
static void test_unknown_baseline_starts_at_the_first_week(void **state)
{
    struct en_arena arena = EN_ARENA(1 << 20);
    struct en_words w = {.arena = &arena};
    struct en_chart chart;
    struct en_err err;

    (void)state;
    fixture_init(&f);
    f.forecast.request.person.baseline_nrs = NAN;
    f.forecast.request.person.baseline_function = NAN;
    f.plan.session_count = 0; /* the sessions of the forecast stand in */
    f.forecast.request.arms[0].session_count = 1;
    f.forecast.request.arms[0].sessions[0].day = 14.0;
    assert_int_equal(en_chart_init(&chart, &w, &f.report, EN_OUTCOME_FUNCTION, &err), EN_OK);
    assert_int_equal(chart.count, 5);
    CHECK(chart.week[0] == 5.0 && isnan(chart.mic_level));
    CHECK(chart.session_count == 1 && chart.session_week[0] == 2.0);
    struct en_buf text = braille(EN_OUTCOME_FUNCTION, 80);

    CHECK(strstr(en_buf_text(&text), "important change") == NULL);
    CHECK(!reader_has_nan(en_buf_text(&text)));
    en_buf_free(&text);
    struct en_buf svg = draw(EN_OUTCOME_FUNCTION, EN_CHART_SVG);

    CHECK(!reader_has_nan(en_buf_text(&svg)));
    en_buf_free(&svg);
    en_arena_free(&arena);
}

/* A known pain says little of the function: that curve has no start of its own either. */
static void test_pain_alone_starts_no_function(void **state)
{
    struct en_arena arena = EN_ARENA(1 << 20);
    struct en_words w = {.arena = &arena};
    struct en_chart chart;
    struct en_err err;

    (void)state;
    fixture_init(&f);
    f.forecast.request.person.baseline_function = NAN;
    assert_int_equal(en_chart_init(&chart, &w, &f.report, EN_OUTCOME_FUNCTION, &err), EN_OK);
    CHECK(chart.count == 5 && isnan(chart.baseline));
    assert_int_equal(en_chart_init(&chart, &w, &f.report, EN_OUTCOME_PAIN, &err), EN_OK);
    CHECK(chart.count == 6 && chart.baseline == 6.2);
    en_arena_free(&arena);
}

static void test_no_forecast_is_refused(void **state)
{
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err;

    (void)state;
    fixture_init(&f);
    f.forecast.band[1][EN_OUTCOME_PAIN][EN_MIXED][2].q[2] = NAN;
    CHECK(en_chart_write(&f.report, EN_OUTCOME_PAIN, EN_CHART_SVG, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "unknown values");
    CHECK(en_chart_terminal(&f.report, EN_OUTCOME_PAIN, 80, &out, &err) == EN_EINVAL);
    f.forecast.request.week_count = 0;
    CHECK(en_chart_write(&f.report, EN_OUTCOME_PAIN, EN_CHART_PNG, &out, &err) == EN_EINVAL);
    f.report.forecast = NULL;
    CHECK(en_chart_write(&f.report, EN_OUTCOME_PAIN, EN_CHART_SVG, &out, &err) == EN_EINVAL);
    CHECK(en_chart_terminal(&f.report, EN_OUTCOME_PAIN, 80, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "no forecast");
    en_buf_free(&out);
}

static void test_svg_is_well_formed_and_repeatable(void **state)
{
    (void)state;
    fixture_init(&f);
    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        struct en_buf a = draw(o, EN_CHART_SVG), b = draw(o, EN_CHART_SVG);

        CHECK(reader_is_xml(en_buf_text(&a)));
        CHECK_CONTAINS(en_buf_text(&a), "<title>");
        CHECK(!reader_has_nan(en_buf_text(&a)));
        CHECK(a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0);
        en_buf_free(&a);
        en_buf_free(&b);
    }
}

static void test_xml_checker_refuses_what_is_broken(void **state)
{
    (void)state;
    CHECK(reader_is_xml("<?xml?><svg a=\"b\"><g/></svg>"));
    CHECK(!reader_is_xml("<svg><g></svg></g>"));
    CHECK(!reader_is_xml("<svg a=\"b></svg>"));
    CHECK(!reader_is_xml("<svg><g></g>"));
    CHECK(!reader_is_xml("<p></p>"));
}

/* Pixels of a PNG's header, big-endian at a place that the format fixes (bytes 16 to 23). */
static unsigned png_number(const struct en_buf *png, size_t at)
{
    unsigned value = 0;

    for (size_t i = 0; i < 4; i++) {
        value = value << 8 | (unsigned char)png->bytes[at + i];
    }
    return value;
}

static void test_png_is_sharp_and_repeatable(void **state)
{
    (void)state;
    fixture_init(&f);
    struct en_buf a = draw(EN_OUTCOME_PAIN, EN_CHART_PNG);
    struct en_buf b = draw(EN_OUTCOME_PAIN, EN_CHART_PNG);

    CHECK(a.size > 24 && memcmp(a.bytes, "\x89PNG\r\n", 6) == 0);
    CHECK(png_number(&a, 16) >= 1200 && png_number(&a, 20) >= 700);
    CHECK(a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0);
    en_buf_free(&a);
    en_buf_free(&b);
}

/* Names of arms, weeks, sessions and the mark stand in the braille chart at any width. */
static void test_braille_fits_and_names_everything(void **state)
{
    static const char *const PARTS[] = {"P plan 3.7",
                                        "S saline 4.6",
                                        "E exercise 4.4",
                                        "N none 5.6",
                                        "important change",
                                        "▲",
                                        "△",
                                        "BEFORE CALIBRATION",
                                        "week",
                                        "H0 25 %, H1 25",
                                        "median of the plan"};
    static const int WIDTHS[] = {0, 48, 60, 80, 120};

    (void)state;
    fixture_init(&f);
    for (size_t i = 0; i < EN_COUNT(WIDTHS); i++) {
        struct en_buf text = braille(EN_OUTCOME_PAIN, WIDTHS[i]);

        CHECK(reader_columns(en_buf_text(&text)) <= (WIDTHS[i] == 0 ? 80 : WIDTHS[i]));
        CHECK(!reader_has_nan(en_buf_text(&text)));
        en_buf_free(&text);
    }
    struct en_buf text = braille(EN_OUTCOME_PAIN, 100);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    en_buf_free(&text);
}

/* Once calibrated, the mark goes. */
static void test_mark_goes_with_the_calibration(void **state)
{
    (void)state;
    fixture_init(&f);
    f.forecast.is_calibrated = true;
    struct en_buf text = braille(EN_OUTCOME_PAIN, 80);
    struct en_buf marked, plain = draw(EN_OUTCOME_PAIN, EN_CHART_SVG);

    CHECK(strstr(en_buf_text(&text), "BEFORE CALIBRATION") == NULL);
    f.forecast.is_calibrated = false;
    marked = draw(EN_OUTCOME_PAIN, EN_CHART_SVG);
    CHECK(marked.size > plain.size);
    en_buf_free(&text);
    en_buf_free(&marked);
    en_buf_free(&plain);
}

/* Every value of every arm is this score. */
static void fill_score(double score)
{
    for (size_t arm = 0; arm < EN_FORECAST_ARMS_MAX; arm++) {
        f.forecast.request.arms[arm].id = arm == 0 ? "plan" : "variant";
        for (size_t week = 0; week < 5; week++) {
            struct en_band *b = &f.forecast.band[arm][EN_OUTCOME_PAIN][EN_MIXED][week];

            for (size_t k = 0; k < EN_QUANTILE_COUNT; k++) {
                b->q[k] = score;
            }
        }
    }
}

/* Extreme curves stay inside: all at the top, all at zero, one arm, eight arms, one week. */
static void test_extreme_forecasts_are_drawn(void **state)
{
    static const double SCORES[] = {0.0, 10.0, 12.0, -1.0};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(SCORES); i++) {
        fixture_init(&f);
        f.forecast.request.arm_count = i % 2 == 0 ? 1 : EN_FORECAST_ARMS_MAX;
        f.forecast.request.week_count = i < 2 ? 1 : 5;
        fill_score(SCORES[i]);
        struct en_buf text = braille(EN_OUTCOME_PAIN, 80);
        struct en_buf svg = draw(EN_OUTCOME_PAIN, EN_CHART_SVG);

        CHECK(reader_columns(en_buf_text(&text)) <= 80);
        CHECK(reader_is_xml(en_buf_text(&svg)));
        en_buf_free(&text);
        en_buf_free(&svg);
    }
}

static void test_full_buffer_is_an_error(void **state)
{
    struct en_err err;

    (void)state;
    fixture_init(&f);
    for (size_t limit = 1; limit < 3000; limit = limit * 3 + 1) {
        struct en_buf out = EN_BUF(limit);

        CHECK(en_chart_write(&f.report, EN_OUTCOME_PAIN, EN_CHART_SVG, &out, &err) == EN_ELIMIT);
        en_buf_clear(&out);
        CHECK(en_chart_write(&f.report, EN_OUTCOME_PAIN, EN_CHART_PNG, &out, &err) == EN_ELIMIT);
        en_buf_clear(&out);
        CHECK(en_chart_terminal(&f.report, EN_OUTCOME_PAIN, 80, &out, &err) == EN_ELIMIT);
        en_buf_free(&out);
    }
}

TEST_MAIN(cmocka_unit_test(test_data_start_at_the_baseline),
          cmocka_unit_test(test_unknown_baseline_starts_at_the_first_week),
          cmocka_unit_test(test_pain_alone_starts_no_function),
          cmocka_unit_test(test_no_forecast_is_refused),
          cmocka_unit_test(test_svg_is_well_formed_and_repeatable),
          cmocka_unit_test(test_xml_checker_refuses_what_is_broken),
          cmocka_unit_test(test_png_is_sharp_and_repeatable),
          cmocka_unit_test(test_braille_fits_and_names_everything),
          cmocka_unit_test(test_mark_goes_with_the_calibration),
          cmocka_unit_test(test_extreme_forecasts_are_drawn),
          cmocka_unit_test(test_full_buffer_is_an_error));
