/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/forecast.h"

#include "base/text.h"

#include "support/check.h"

#include <stdlib.h>

enum { PLAN, SALINE, EXERCISE, NONE, ARMS };

/* A typical person: four sessions at weeks 1, 5, 9, 13; saline in the same; exercise; nothing. */
static struct en_forecast_request typical(void)
{
    struct en_forecast_request q = {
        .person = {.age_years = 55, .baseline_nrs = 5.5, .baseline_function = 37, .bmi = 27},
        .arm_count = ARMS,
        .weeks = {5, 9, 12, 26, 52},
        .week_count = 5,
        .weights = {0.25, 0.25, 0.25, 0.25},
        .mic_nrs = 1.5,
        .mic_function = 12.0,
        .patients = 2000,
        .seed = 1,
        .threads = 2,
    };
    static const char *const IDS[ARMS] = {"plan", "saline", "exercise", "none"};

    for (size_t a = 0; a < ARMS; a++) {
        q.arms[a] = (struct en_forecast_arm){
            .id = IDS[a], .rehabilitation = a == EXERCISE ? 1.3 : 1.0, .has_context = a != NONE};
        q.arms[a].session_count = a <= SALINE ? 4 : 0;
        for (size_t s = 0; s < q.arms[a].session_count; s++) {
            q.arms[a].sessions[s] =
                (struct en_dose){7.0 + 28.0 * (double)s, a == PLAN ? 15.0 : 0.0, 0.55, 1.0};
        }
    }
    return q;
}

/* The result is large: from the heap of the test. */
static struct en_forecast *run(const struct en_forecast_request *q)
{
    struct en_arena a = EN_ARENA(256 << 20);
    struct en_forecast *f = test_malloc(sizeof *f);
    struct en_err err = {0};

    if (en_forecast_run(q, &a, f, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    CHECK(a.used == 0);
    en_arena_free(&a);
    return f;
}

/* The numbers of the population in the specification (section 8, item 3): function change at week
 * 52 is -13.5 with dextrose by palpation, -7.9 with saline, -7.3 under H0. Our person is its
 * average patient, and H3 is nearest to its spread of weights. The limit of 1 point is for the
 * smaller set of drawn effects, the fixed four sessions and the simulated regression. */
static void test_typical_person_is_near_the_specification(void **state)
{
    const struct en_forecast_request q = typical();
    struct en_forecast *f = run(&q);

    (void)state;
    CHECK_NEAR(f->band[PLAN][EN_OUTCOME_FUNCTION][3][4].mean_change, 13.5, 1.0);
    CHECK_NEAR(f->band[SALINE][EN_OUTCOME_FUNCTION][3][4].mean_change, 7.9, 1.0);
    CHECK_NEAR(f->band[PLAN][EN_OUTCOME_FUNCTION][0][4].mean_change, 7.3, 1.0);
    CHECK_NEAR(f->band[PLAN][EN_OUTCOME_PAIN][3][4].mean_change, 2.16, 0.2);
    CHECK_NEAR(f->band[SALINE][EN_OUTCOME_PAIN][3][4].mean_change, 1.29, 0.2);
    CHECK_NEAR(f->band[PLAN][EN_OUTCOME_FUNCTION][3][0].mean_change, 7.0, 1.2);
    /* Regression to the mean alone: 5.5 observed, 5.12 usual; 6 function points per point. */
    CHECK_NEAR(f->band[NONE][EN_OUTCOME_PAIN][EN_MIXED][4].mean_change, 0.38, 0.12);
    CHECK_NEAR(f->band[NONE][EN_OUTCOME_FUNCTION][3][4].mean_change, 6 * 0.38, 0.8);
    CHECK(!f->is_calibrated);
    CHECK_TEXT(f->request.arms[SALINE].id, "saline");
    test_free(f);
}

/* The same bytes on any number of threads; another seed gives others. */
static void test_bytes_do_not_depend_on_threads(void **state)
{
    struct en_forecast_request q = typical();
    struct en_forecast *first, *f;

    (void)state;
    q.patients = 333;
    q.person.age_years = NAN;
    q.person.takes_nsaid = true;
    q.threads = 1;
    first = run(&q);
    for (int threads = 2; threads <= 3; threads++) {
        q.threads = threads;
        f = run(&q);
        assert_memory_equal(f->band, first->band, sizeof f->band);
        assert_memory_equal(f->better_by_mic, first->better_by_mic, sizeof f->better_by_mic);
        CHECK(f->rejected == first->rejected);
        test_free(f);
    }
    q.seed = 2;
    f = run(&q);
    assert_memory_not_equal(f->band, first->band, sizeof f->band);
    test_free(f);
    test_free(first);
}

/* Quantiles ascend and stay on the scale; shares are shares; the mixture lies within the extremes
 * of its hypotheses and its mean is their weighted mean. */
static void check_band(const struct en_forecast *f, size_t arm, size_t outcome, size_t week)
{
    const struct en_band *mixed = &f->band[arm][outcome][EN_MIXED][week];
    /* Where all hypotheses agree, the pooled median may lie a few sample steps beside theirs. */
    const double scale = outcome == EN_OUTCOME_PAIN ? 10.0 : 100.0;
    const double step = 4.0 * scale / (double)f->request.patients;
    double mean = 0.0, low = INFINITY, high = -INFINITY;

    for (size_t h = 0; h <= EN_MIXED; h++) {
        const struct en_band *b = &f->band[arm][outcome][h][week];

        CHECK(b->q[0] >= 0.0 && b->q[4] <= scale);
        for (size_t k = 1; k < EN_QUANTILE_COUNT; k++) {
            CHECK(b->q[k - 1] <= b->q[k]);
        }
        CHECK(b->mic_probability >= 0.0 && b->mic_probability <= 1.0);
        mean += h < EN_MIXED ? f->request.weights[h] * b->mean_change : 0.0;
        low = h < EN_MIXED ? fmin(low, b->q[2]) : low;
        high = h < EN_MIXED ? fmax(high, b->q[2]) : high;
    }
    CHECK_NEAR(mixed->mean_change, mean, 1e-12);
    CHECK(mixed->q[2] >= low - step && mixed->q[2] <= high + step);
}

static void test_bands_are_ordered(void **state)
{
    struct en_forecast_request q = typical();
    struct en_forecast *f;

    (void)state;
    q.weights[0] = 0.4;
    q.weights[3] = 0.1;
    f = run(&q);
    for (size_t arm = 0; arm < ARMS; arm++) {
        for (size_t week = 0; week < q.week_count; week++) {
            check_band(f, arm, EN_OUTCOME_PAIN, week);
            check_band(f, arm, EN_OUTCOME_FUNCTION, week);
            CHECK(f->better_by_mic[arm][week] >= 0.0 && f->better_by_mic[arm][week] <= 1.0);
        }
    }
    CHECK(f->better_by_mic[PLAN][4] == 0.0); /* against itself */
    CHECK(f->better_by_mic[NONE][4] > f->better_by_mic[SALINE][4]);
    test_free(f);
}

/* With one hypothesis certain, the mixture is that hypothesis, to the last byte. */
static void test_certain_hypothesis_is_the_mixture(void **state)
{
    struct en_forecast_request q = typical();
    struct en_forecast *f;

    (void)state;
    memset(q.weights, 0, sizeof q.weights);
    q.weights[2] = 1.0;
    f = run(&q);
    const struct en_band *h2 = &f->band[PLAN][EN_OUTCOME_PAIN][2][3];
    const struct en_band *mixed = &f->band[PLAN][EN_OUTCOME_PAIN][EN_MIXED][3];

    assert_memory_equal(h2->q, mixed->q, sizeof h2->q);
    CHECK(h2->mean_change == mixed->mean_change && h2->mic_probability == mixed->mic_probability);
    test_free(f);
}

/* H0 says that dextrose does nothing specific: plan and saline differ in pain only by what a few
 * days of inflammation add, nothing at week 12 and later; and nobody is better for it. */
static void test_h0_gives_plan_and_saline_the_same(void **state)
{
    struct en_forecast_request q = typical();
    struct en_forecast *f;

    (void)state;
    memset(q.weights, 0, sizeof q.weights);
    q.weights[0] = 1.0;
    f = run(&q);
    for (size_t week = 0; week < q.week_count; week++) {
        CHECK_NEAR(f->band[PLAN][EN_OUTCOME_PAIN][0][week].mean_change,
                   f->band[SALINE][EN_OUTCOME_PAIN][0][week].mean_change, week == 0 ? 0.05 : 0.01);
        CHECK(f->better_by_mic[SALINE][week] == 0.0);
    }
    test_free(f);
}

/* The hypotheses differ as they should: H2 acts early, H1 late (week 5 against week 26), and more
 * coverage or dextrose helps H1 more than H2 (specification 6.7). */
static void test_hypotheses_diverge(void **state)
{
    struct en_forecast_request q = typical();
    struct en_forecast *usual = run(&q), *weak;

    (void)state;
    for (size_t s = 0; s < 4; s++) {
        q.arms[PLAN].sessions[s].dextrose_percent = 5.0;
    }
    weak = run(&q);
#define SPECIFIC(f, h, w)                                                                          \
    ((f)->band[PLAN][EN_OUTCOME_PAIN][h][w].mean_change -                                          \
     (f)->band[SALINE][EN_OUTCOME_PAIN][h][w].mean_change)
    CHECK(SPECIFIC(usual, 2, 0) / SPECIFIC(usual, 2, 3) >
          2.0 * SPECIFIC(usual, 1, 0) / SPECIFIC(usual, 1, 3));
    CHECK(SPECIFIC(weak, 1, 4) / SPECIFIC(usual, 1, 4) <
          0.8 * SPECIFIC(weak, 2, 4) / SPECIFIC(usual, 2, 4));
#undef SPECIFIC
    test_free(usual);
    test_free(weak);
}

/* Nothing is known of the person: everything is drawn, bands are wider, nothing is NAN. Function
 * given alone: the scale follows it. */
static void test_unknown_person_is_drawn(void **state)
{
    struct en_forecast_request q = typical();
    struct en_forecast *known = run(&q), *f;

    (void)state;
    q.person = (struct en_forecast_person){.age_years = NAN,
                                           .baseline_nrs = NAN,
                                           .baseline_function = NAN,
                                           .bmi = NAN,
                                           .is_smoker = -1,
                                           .has_diabetes = -1};
    f = run(&q);
    for (size_t h = 0; h <= EN_MIXED; h++) {
        const struct en_band *wide = &f->band[PLAN][EN_OUTCOME_PAIN][h][4];
        const struct en_band *narrow = &known->band[PLAN][EN_OUTCOME_PAIN][h][4];

        CHECK(wide->q[4] - wide->q[0] > narrow->q[4] - narrow->q[0]);
        CHECK(isfinite(wide->mean_change) &&
              isfinite(f->band[PLAN][EN_OUTCOME_FUNCTION][h][4].mean_change));
    }
    test_free(f);
    q.person.baseline_function = 60.0;
    f = run(&q);
    CHECK(f->band[NONE][EN_OUTCOME_FUNCTION][3][0].q[2] > 50.0);
    CHECK(f->band[NONE][EN_OUTCOME_FUNCTION][3][0].q[2] < 60.0);
    test_free(f);
    test_free(known);
}

/* Ends of the scales: no pain, worst pain, function 0; scores stay on them. */
static void test_ends_of_the_scales(void **state)
{
    static const double ENDS[][2] = {{0, 0}, {10, 100}, {0.5, 20}, {10, 0}};

    (void)state;
    for (size_t k = 0; k < sizeof ENDS / sizeof ENDS[0]; k++) {
        struct en_forecast_request q = typical();
        struct en_forecast *f;

        q.patients = 100;
        q.person.baseline_nrs = ENDS[k][0];
        q.person.baseline_function = ENDS[k][1];
        f = run(&q);
        for (size_t week = 0; week < q.week_count; week++) {
            check_band(f, PLAN, EN_OUTCOME_PAIN, week);
            check_band(f, PLAN, EN_OUTCOME_FUNCTION, week);
        }
        test_free(f);
    }
}

/* Age, smoking, diabetes and an early NSAID all cost some of the mechanical effect. */
static void test_covariates_cost_effect(void **state)
{
    struct en_forecast_request q = typical();
    struct en_forecast *reference = run(&q);
    const double best = reference->band[PLAN][EN_OUTCOME_FUNCTION][1][4].mean_change;

    (void)state;
    for (int k = 0; k < 4; k++) {
        struct en_forecast *f;

        q = typical();
        q.person.age_years = k == 0 ? 80.0 : 55.0;
        q.person.is_smoker = k == 1;
        q.person.has_diabetes = k == 2;
        q.person.takes_nsaid = k == 3;
        f = run(&q);
        CHECK(f->band[PLAN][EN_OUTCOME_FUNCTION][1][4].mean_change < best - 0.2);
        test_free(f);
    }
    test_free(reference);
}

/* One request with one thing wrong; change is applied to the typical one. */
typedef void change_request(struct en_forecast_request *q);
#define CHANGE(name, statement)                                                                    \
    static void name(struct en_forecast_request *q)                                                \
    {                                                                                              \
        statement;                                                                                 \
    }
CHANGE(old_age, q->person.age_years = 120.1)
CHANGE(high_nrs, q->person.baseline_nrs = 10.1)
CHANGE(low_function, q->person.baseline_function = -0.1)
CHANGE(zero_bmi, q->person.bmi = 0.0)
CHANGE(odd_smoker, q->person.is_smoker = 2)
CHANGE(odd_diabetes, q->person.has_diabetes = -2)
CHANGE(no_arms, q->arm_count = 0)
CHANGE(many_arms, q->arm_count = EN_FORECAST_ARMS_MAX + 1)
CHANGE(no_id, q->arms[1].id = NULL)
CHANGE(many_sessions, q->arms[0].session_count = EN_FORECAST_SESSIONS_MAX + 1)
CHANGE(unknown_rehabilitation, q->arms[2].rehabilitation = NAN)
CHANGE(backward_sessions, q->arms[0].sessions[1].day = 6.9)
CHANGE(strong, q->arms[0].sessions[0].dextrose_percent = 50.1)
CHANGE(wide_coverage, q->arms[0].sessions[0].coverage = 1.1)
CHANGE(unknown_needle, q->arms[0].sessions[0].needle = NAN)
CHANGE(no_weeks, q->week_count = 0)
CHANGE(week_zero, q->weeks[0] = 0.0)
CHANGE(same_week, q->weeks[1] = 5.0)
CHANGE(negative_weight, (q->weights[0] = -0.25, q->weights[1] = 0.75))
CHANGE(light_weights, q->weights[0] = 0.2)
CHANGE(no_mic_nrs, q->mic_nrs = 0.0)
CHANGE(unknown_mic_function, q->mic_function = NAN)
CHANGE(no_patients, q->patients = 0)
CHANGE(negative_threads, q->threads = -1)

/* Each refusal names the field and leaves the result empty. */
static void test_invalid_requests_are_refused(void **state)
{
    static const struct {
        change_request *change;
        const char *field;
    } WRONG[] = {
        {old_age, "person.age_years"},
        {high_nrs, "person.baseline_nrs"},
        {low_function, "person.baseline_function"},
        {zero_bmi, "person.bmi"},
        {odd_smoker, "person.is_smoker"},
        {odd_diabetes, "person.has_diabetes"},
        {no_arms, "arm_count"},
        {many_arms, "arm_count"},
        {no_id, "arms[1].id"},
        {many_sessions, "arms[0].session_count"},
        {unknown_rehabilitation, "arms[2].rehabilitation"},
        {backward_sessions, "arms[0].sessions[1].day"},
        {strong, "arms[0].sessions[0].dextrose_percent"},
        {wide_coverage, "arms[0].sessions[0].coverage"},
        {unknown_needle, "arms[0].sessions[0].needle"},
        {no_weeks, "week_count"},
        {week_zero, "weeks[0]"},
        {same_week, "weeks[1]"},
        {negative_weight, "weights[0]"},
        {light_weights, "weights"},
        {no_mic_nrs, "mic_nrs"},
        {unknown_mic_function, "mic_function"},
        {no_patients, "patients"},
        {negative_threads, "threads"},
    };
    struct en_forecast *f = test_malloc(sizeof *f);
    struct en_arena a = EN_ARENA(1 << 20);

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct en_forecast_request q = typical();
        struct en_err err = {0};

        WRONG[i].change(&q);
        f->rejected = 7;
        CHECK(en_forecast_run(&q, &a, f, &err) == EN_EINVAL);
        CHECK_CONTAINS(err.text, WRONG[i].field);
        CHECK(f->rejected == 0);
    }
    struct en_forecast_request q = typical();
    struct en_err err = {0};

    q.patients = 100000; /* more than the arena holds */
    CHECK(en_forecast_run(&q, &a, f, &err) == EN_ELIMIT);
    CHECK(a.used == 0);
    test_free(f);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_typical_person_is_near_the_specification),
          cmocka_unit_test(test_bytes_do_not_depend_on_threads),
          cmocka_unit_test(test_bands_are_ordered),
          cmocka_unit_test(test_certain_hypothesis_is_the_mixture),
          cmocka_unit_test(test_h0_gives_plan_and_saline_the_same),
          cmocka_unit_test(test_hypotheses_diverge), cmocka_unit_test(test_unknown_person_is_drawn),
          cmocka_unit_test(test_ends_of_the_scales), cmocka_unit_test(test_covariates_cost_effect),
          cmocka_unit_test(test_invalid_requests_are_refused));
