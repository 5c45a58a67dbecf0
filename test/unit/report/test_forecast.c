/* SPDX-License-Identifier: Apache-2.0
 * The forecast on the terminal: bands, hypotheses, chances, and which chart stands below. */
#include "fixture.h"
#include "reader.h"
#include "report/terminal.h"

#include "support/check.h"

static struct fixture f;
static struct en_arena arena = {.limit = 16 << 20};

/* The section alone, of a width. */
static struct en_buf print(int width)
{
    struct en_words w = {.arena = &arena, .knowledge = fixture_knowledge()};
    struct en_buf out = EN_BUF(1 << 20);
    struct en_page page = {.out = &out, .w = &w, .width = width};

    en_terminal_forecast(&page, &f.forecast);
    CHECK(!w.failed && out.status == EN_OK);
    return out;
}

/* The whole page. */
static struct en_buf print_page(void)
{
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err = {0};

    assert_int_equal(en_report_terminal(&f.report, 80, false, &out, &err), EN_OK);
    return out;
}

static void set_arms(size_t arms, size_t weeks)
{
    static const char *const IDS[EN_FORECAST_ARMS_MAX] = {"plan", "saline", "exercise", "none",
                                                          "arm5", "arm6",   "arm7",     "arm8"};
    struct en_forecast_request *q = &f.forecast.request;

    fixture_init(&f);
    q->arm_count = arms;
    q->week_count = weeks;
    for (size_t week = 0; week < weeks; week++) {
        q->weeks[week] = (double)(week + 1);
    }
    for (size_t arm = 0; arm < arms; arm++) {
        q->arms[arm].id = IDS[arm];
        for (size_t i = 0; i < weeks * (EN_MIXED + 1); i++) {
            const struct en_band b = {.q = {0.0, 1.0, 2.0 + (double)arm, 8.0, 10.0},
                                      .mic_probability = 0.25};

            f.forecast.band[arm][EN_OUTCOME_PAIN][i % (EN_MIXED + 1)][i / (EN_MIXED + 1)] = b;
            f.forecast.band[arm][EN_OUTCOME_FUNCTION][i % (EN_MIXED + 1)][i / (EN_MIXED + 1)] = b;
        }
    }
}

/* The section fits the width and names every arm that the request has. */
static void check_fits(int width, size_t arms)
{
    struct en_buf page = print(width);

    CHECK(reader_columns(en_buf_text(&page)) <= width);
    CHECK(!reader_has_nan(en_buf_text(&page)));
    for (size_t arm = 4; arm < arms; arm++) {
        CHECK_CONTAINS(en_buf_text(&page), f.forecast.request.arms[arm].id);
    }
    en_buf_free(&page);
}

/* Any number of arms and weeks fits any page: arms that have no room go below. */
static void test_all_arms_and_weeks_fit_every_width(void **state)
{
    static const int WIDTHS[] = {72, 80, 100, 160};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WIDTHS); i++) {
        for (size_t arms = 1; arms <= EN_FORECAST_ARMS_MAX; arms++) {
            set_arms(arms, arms == 8 ? EN_FORECAST_WEEKS_MAX : arms);
            check_fits(WIDTHS[i], arms);
        }
    }
}

/* Each cell is median, middle half, middle 90 % and chance: no number stands alone. Pain has one
 * decimal, function on its scale of 100 has none. */
static void test_cells_hold_median_bands_and_chance(void **state)
{
    (void)state;
    set_arms(1, 1);
    f.forecast.band[0][EN_OUTCOME_PAIN][EN_MIXED][0] =
        (struct en_band){.q = {0.55, 1.24, 2.36, 3.01, 9.99}, .mic_probability = 0.996};
    f.forecast.band[0][EN_OUTCOME_FUNCTION][EN_MIXED][0] =
        (struct en_band){.q = {5.5, 12.4, 23.6, 30.1, 99.9}, .mic_probability = 0.004};
    struct en_buf page = print(80);

    CHECK_CONTAINS(en_buf_text(&page), "2.4 [1.2–3.0]");
    CHECK_CONTAINS(en_buf_text(&page), "(0.6–10.0) >99 %");
    CHECK_CONTAINS(en_buf_text(&page), "24 [12–30]");
    CHECK_CONTAINS(en_buf_text(&page), "(6–100) <1 %");
    en_buf_free(&page);
}

/* A chance that is not known is said to be unknown, in the tables and in the comparison. */
static void test_unknown_chances_are_named(void **state)
{
    (void)state;
    set_arms(2, 1);
    f.forecast.band[0][EN_OUTCOME_PAIN][EN_MIXED][0].mic_probability = NAN;
    f.forecast.better_by_mic[1][0] = NAN;
    struct en_buf page = print(80), text = fixture_joined(&page);

    /* In the table of weeks, in that of the hypotheses, in the comparison. */
    assert_int_equal(reader_count(en_buf_text(&text), "unknown"), 3);
    CHECK_CONTAINS(en_buf_text(&text), "saline injections unknown");
    CHECK(!reader_has_nan(en_buf_text(&text)));
    en_buf_free(&page);
    en_buf_free(&text);
}

/* The comparison at the last week: each arm but the plan, in order. Alone there is none. */
static void test_gains_compare_the_plan_with_each_arm(void **state)
{
    (void)state;
    set_arms(4, 3);
    f.forecast.better_by_mic[1][2] = 0.104;
    f.forecast.better_by_mic[2][2] = 0.0;
    f.forecast.better_by_mic[3][2] = 1.0;
    f.forecast.better_by_mic[3][0] = 0.5; /* an earlier week is not printed */
    struct en_buf page = print(80), text = fixture_joined(&page);

    CHECK_CONTAINS(en_buf_text(&text),
                   "Chance of at least 2 points less pain at week 3 with the plan than with: "
                   "saline injections 10 %, exercise 0 %, no treatment 100 %");
    en_buf_free(&page);
    en_buf_free(&text);
    set_arms(1, 1);
    page = print(80);
    CHECK(strstr(en_buf_text(&page), "less pain") == NULL);
    en_buf_free(&page);
}

/* The four hypotheses stand beside their mixture with the weight that each has. */
static void test_hypotheses_have_weights(void **state)
{
    static const char *const ROWS[] = {"H0 no specific effect 10 % 2.0 · 25 % 3.0 · 25 %",
                                       "H1 mechanical 20 % 2.0", "H2 neural 30 % 2.0",
                                       "H3 both 40 % 2.0", "mixed 2.0 · 25 % 3.0 · 25 %"};

    (void)state;
    set_arms(2, 1);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        f.forecast.weight[h] = 0.1 * (double)(h + 1);
    }
    struct en_buf page = print(80), text = fixture_joined(&page);

    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), ROWS[i]);
    }
    assert_int_equal(reader_count(en_buf_text(&text), "by hypothesis"), 1); /* of pain only */
    en_buf_free(&page);
    en_buf_free(&text);
}

/* "Before calibration" stands above the numbers until there is a calibration; then what it was
 * calibrated on, and that the condition has no trial of its own. */
static void test_calibration_mark(void **state)
{
    (void)state;
    set_arms(2, 2);
    struct en_buf page = print(80);

    CHECK_CONTAINS(en_buf_text(&page), "FORECAST, before calibration");
    CHECK(reader_count(en_buf_text(&page), "efore calibration") >= 2);
    en_buf_free(&page);
    f.forecast.is_calibrated = true;
    f.forecast.row_count = 143;
    f.forecast.study_count = 41;
    page = print(80);
    CHECK_CONTAINS(en_buf_text(&page), "Calibrated on 143 results of 41 studies.");
    CHECK_CONTAINS(en_buf_text(&page), "controlled trial of this condition in the calibration");
    CHECK_CONTAINS(en_buf_text(&page), "FORECAST ─");
    CHECK(strstr(en_buf_text(&page), "efore calibration") == NULL);
    en_buf_free(&page);
}

/* A forecast of nothing prints nothing. */
static void test_empty_forecast_prints_nothing(void **state)
{
    (void)state;
    set_arms(0, 3);
    struct en_buf page = print(80);

    assert_int_equal(page.size, 0);
    en_buf_free(&page);
    set_arms(2, 0);
    page = print(80);
    assert_int_equal(page.size, 0);
    en_buf_free(&page);
}

/* The chart of function stands on the page only when function was measured with the condition's
 * own instrument; otherwise its baseline is a guess from pain. */
static void test_function_chart_needs_a_function_score(void **state)
{
    struct en_score scores[] = {{.instrument = "nrs", .value = 6.0},
                                {.instrument = "psfs", .value = 4.0}};

    (void)state;
    fixture_init(&f);
    f.c.scores = scores;
    f.c.score_count = 2;
    struct en_buf page = print_page();

    assert_int_equal(reader_count(en_buf_text(&page), "median after 52 weeks"), 1);
    CHECK_CONTAINS(en_buf_text(&page), "Pain, median after 52 weeks");
    CHECK_CONTAINS(en_buf_text(&page), "Function, 0 to 100"); /* the table stays */
    en_buf_free(&page);
    scores[1].instrument = en_cell(f.plan.condition, "function_instrument");
    page = print_page();
    assert_int_equal(reader_count(en_buf_text(&page), "median after 52 weeks"), 2);
    CHECK_CONTAINS(en_buf_text(&page), "Function, median after 52 weeks");
    en_buf_free(&page);
    f.c.score_count = 1; /* the second is not counted */
    page = print_page();
    assert_int_equal(reader_count(en_buf_text(&page), "median after 52 weeks"), 1);
    en_buf_free(&page);
    scores[0].instrument = NULL;
    page = print_page();
    assert_int_equal(reader_count(en_buf_text(&page), "median after 52 weeks"), 1);
    en_buf_free(&page);
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
        cmocka_unit_test(test_all_arms_and_weeks_fit_every_width),
        cmocka_unit_test(test_cells_hold_median_bands_and_chance),
        cmocka_unit_test(test_unknown_chances_are_named),
        cmocka_unit_test(test_gains_compare_the_plan_with_each_arm),
        cmocka_unit_test(test_hypotheses_have_weights),
        cmocka_unit_test(test_calibration_mark),
        cmocka_unit_test(test_empty_forecast_prints_nothing),
        cmocka_unit_test(test_function_chart_needs_a_function_score),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
