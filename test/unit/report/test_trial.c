/* SPDX-License-Identifier: Apache-2.0
 * A virtual trial as page, picture and document, from results filled by hand. */
#include "report/trial.h"

#include "fixture.h"
#include "reader.h"
#include "report/words.h"

#include "base/text.h"

#include "support/check.h"

enum { ARMS = 3, WEEKS = 2, OUTCOMES = 2, CELLS = (EN_HYPOTHESES + 1) * ARMS * WEEKS * OUTCOMES };

static struct en_trial trial;
static struct en_trial_result result;
static struct en_trial_report report;
static struct en_trial_cell arms[CELLS], contrasts[CELLS];
static double power[CELLS];
static const char *const NAMES[] = {"nrs_change", "responder_nrs_50"};

/* Arm 0 loses 2 points and has 40 % responders, the others less; every interval is half as wide as
 * its middle. */
static void fill(void)
{
    trial = (struct en_trial){
        .arms = {{.name = "dextrose", .n = 30},
                 {.name = "saline", .n = 29},
                 {.name = "rest", .n = 5}},
        .arm_count = ARMS,
        .weeks = {4.0, 26.0},
        .week_count = WEEKS,
        .outcomes = {{EN_TRIAL_NRS_CHANGE, 0.0}, {EN_TRIAL_RESPONDER_NRS, 50.0}},
        .outcome_count = OUTCOMES,
        .patients = 1234,
        .seed = 77,
    };
    result = (struct en_trial_result){.trial = &trial,
                                      .weight = {0.25, 0.1, 0.4, 0.25},
                                      .trials = 200,
                                      .drawn = 5000,
                                      .refused_entry = 300,
                                      .refused_constraint = 4,
                                      .arms = arms,
                                      .contrasts = contrasts,
                                      .power = power};
    for (size_t i = 0; i < CELLS; i++) {
        const size_t outcome = i / WEEKS % OUTCOMES, arm = i / WEEKS / OUTCOMES % ARMS;
        const double m = (outcome == 0 ? -2.0 : 0.4) * (double)(ARMS - arm) / ARMS;

        arms[i] = (struct en_trial_cell){900, m, 1.5, {1.5 * m, 1.2 * m, m, 0.8 * m, 0.5 * m}};
        contrasts[i] = arms[i];
        power[i] = 0.3;
    }
    report = (struct en_trial_report){.knowledge = fixture_knowledge(),
                                      .result = &result,
                                      .name = "A trial <of> three & more",
                                      .title = "Knee osteoarthritis",
                                      .outcomes = NAMES,
                                      .is_calibrated = true,
                                      .has_condition_data = true,
                                      .today = 20500};
}

static struct en_buf page(int width)
{
    struct en_buf out = EN_BUF(1 << 20);

    CHECK(en_trial_terminal(&report, width, false, &out, NULL) == EN_OK);
    return out;
}

/* No line is wider than the page, and shares are written in percent. */
static void test_page_fits_and_has_the_numbers(void **state)
{
    (void)state;
    fill();
    for (int width = 72; width <= 160; width += 22) {
        struct en_buf out = page(width);
        const char *line = en_buf_text(&out);

        while (*line != '\0') {
            const size_t size = strcspn(line, "\n");

            CHECK(en_utf8_width(line, size) <= (size_t)width);
            line += size + (line[size] == '\n' ? 1 : 0);
        }
        CHECK_CONTAINS(en_buf_text(&out), "Pain, change on 0–10 (negative is better)");
        CHECK_CONTAINS(en_buf_text(&out), "   -2.0");
        CHECK_CONTAINS(en_buf_text(&out), "    40 ");
        en_buf_free(&out);
    }
}

/* A model that was not fitted says so first; so does one without a trial of this condition. */
static void test_banner_says_what_it_rests_on(void **state)
{
    (void)state;
    fill();
    struct en_buf out = page(80);

    CHECK(strstr(en_buf_text(&out), "CALIBRATION") == NULL);
    CHECK(strstr(en_buf_text(&out), "NO DATA") == NULL);
    en_buf_free(&out);
    report.has_condition_data = false;
    out = page(80);
    CHECK_CONTAINS(en_buf_text(&out), "NO DATA FOR THIS CONDITION");
    en_buf_free(&out);
    report.is_calibrated = false;
    out = page(80);
    CHECK_CONTAINS(en_buf_text(&out), "BEFORE CALIBRATION");
    en_buf_free(&out);
}

/* The conclusion follows the chance of a significant result, and says when the middle is below the
 * minimal important change (2 points of pain). */
static void test_conclusion_follows_the_chance(void **state)
{
    static const struct {
        double power;
        const char *says;
    } CASES[] = {
        {0.1, "would most likely find no significant difference"},
        {0.3, "would rather find no significant difference than one"},
        {0.6, "would find a significant difference more often than not"},
        {0.9, "would most likely find a significant difference"},
        {NAN, "nobody can say"},
    };
    struct en_arena arena = EN_ARENA(1 << 20);

    (void)state;
    fill();
    struct en_words w = {.arena = &arena, .knowledge = report.knowledge};

    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        power[en_trial_at(&trial, EN_HYPOTHESES, 1, 0, WEEKS - 1)] = CASES[i].power;
        CHECK_CONTAINS(en_trial_conclusion(&w, &report, 1), CASES[i].says);
    }
    CHECK_CONTAINS(en_trial_conclusion(&w, &report, 1), "below the minimal important change of 2");
    CHECK(strstr(en_trial_conclusion(&w, &report, 0), "minimal important change") == NULL);
    en_arena_free(&arena);
}

/* A size that was found, and one that no number of patients reaches. */
static void test_size_in_words(void **state)
{
    struct en_arena arena = EN_ARENA(1 << 20);
    struct en_trial_size size = {
        .wanted = 0.8,
        .power = 0.41,
        .search = {.n = 64, .points = {{64, 0.8, 0.01}}, .point_count = 1}};

    (void)state;
    fill();
    struct en_words w = {.arena = &arena, .knowledge = report.knowledge};

    CHECK_TEXT(en_trial_size_words(&w, &report), "");
    report.size = &size;
    CHECK_CONTAINS(en_trial_size_words(&w, &report), "needs about 64 patients in each");
    size.search.n = 0;
    CHECK_CONTAINS(en_trial_size_words(&w, &report), "is not reached: with 64 patients");
    en_arena_free(&arena);
}

static struct en_buf picture(void)
{
    struct en_buf out = EN_BUF(16 << 20);
    struct en_err err = {""};

    if (en_trial_svg(&report, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

/* The same bytes twice in one run; the name is escaped where XML needs it. */
static void test_picture_is_repeatable(void **state)
{
    (void)state;
    fill();
    struct en_buf one = picture(), two = picture();

    CHECK(one.size == two.size && memcmp(one.bytes, two.bytes, one.size) == 0);
    CHECK_CONTAINS(en_buf_text(&one), "<title>A trial &lt;of> three &amp; more</title>");
    en_buf_free(&one);
    en_buf_free(&two);
}

/* What nobody was left for is unknown: never "nan", and never a failed drawing. */
static void test_unknown_numbers_are_said(void **state)
{
    (void)state;
    fill();
    for (size_t i = 0; i < CELLS; i += 3) {
        arms[i].mean = arms[i].sd = power[i] = NAN;
        arms[i].predictive = contrasts[i].predictive =
            (struct en_predictive){NAN, NAN, NAN, NAN, NAN};
    }
    struct en_buf out = page(80), svg = picture(), pdf = EN_BUF(16 << 20);

    CHECK(strstr(en_buf_text(&out), "nan") == NULL);
    CHECK(strstr(en_buf_text(&svg), "nan") == NULL);
    CHECK(en_trial_pdf(&report, &pdf, NULL) == EN_OK);
    en_buf_free(&out);
    en_buf_free(&svg);
    en_buf_free(&pdf);
}

/* One arm has nothing to be compared with: no conclusion, no right panels, all else. */
static void test_one_arm_has_no_contrast(void **state)
{
    struct en_buf pdf = EN_BUF(16 << 20);

    (void)state;
    fill();
    trial.arm_count = 1;
    struct en_buf out = page(80), svg = picture();

    CHECK(strstr(en_buf_text(&out), "WOULD CONCLUDE") == NULL);
    CHECK(en_trial_pdf(&report, &pdf, NULL) == EN_OK);
    en_buf_free(&out);
    en_buf_free(&svg);
    en_buf_free(&pdf);
}

TEST_MAIN(cmocka_unit_test(test_page_fits_and_has_the_numbers),
          cmocka_unit_test(test_banner_says_what_it_rests_on),
          cmocka_unit_test(test_conclusion_follows_the_chance),
          cmocka_unit_test(test_size_in_words), cmocka_unit_test(test_picture_is_repeatable),
          cmocka_unit_test(test_unknown_numbers_are_said),
          cmocka_unit_test(test_one_arm_has_no_contrast));
