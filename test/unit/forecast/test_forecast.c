/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/forecast.h"

#include "fixture.h"

enum { PLAN, SALINE, EXERCISE, NONE, ARMS };

/* A typical person: four sessions at weeks 1, 5, 9, 13; saline in the same; exercise; nothing. */
static struct en_forecast_request typical(const struct en_posterior *p)
{
    static const enum en_context CONTEXTS[ARMS] = {EN_CONTEXT_INJECTION, EN_CONTEXT_INJECTION,
                                                   EN_CONTEXT_EXERCISE, EN_CONTEXT_NONE};
    struct en_forecast_request q = {
        .posterior = p,
        .condition = "oa_knee",
        .population_nrs = NAN,
        .person = {.age_years = 55, .baseline_nrs = 5.5, .baseline_function = 37, .bmi = 27},
        .arm_count = ARMS,
        .weeks = {5, 9, 12, 26, 52},
        .week_count = 5,
        .mic_nrs = 1.5,
        .mic_function = 12.0,
        .patients = 2000,
        .seed = 1,
        .threads = 2,
    };
    static const char *const IDS[ARMS] = {"plan", "saline", "exercise", "none"};

    for (size_t a = 0; a < ARMS; a++) {
        q.arms[a] = (struct en_forecast_arm){
            .id = IDS[a], .rehabilitation = a == EXERCISE ? 1.3 : 1.0, .context = CONTEXTS[a]};
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

/* Mean improvement of pain. */
static double gain(const struct en_forecast *f, size_t arm, size_t hypothesis, size_t week)
{
    return f->band[arm][EN_OUTCOME_PAIN][hypothesis][week].mean_change;
}

/* At the centre of the priors the gains can be counted by hand: an observed 5.5 belongs to a usual
 * 5.12, and after a year injections have taken 0.16 of that away, exercise 0.10. Six points of
 * function go with a point of pain, or 6.73 where laxity does not count. Four standard errors: pain
 * of one patient has a deviation of 1.9. */
static void test_gains_without_specific_effect(void **state)
{
    const struct en_posterior p = centre();
    const struct en_forecast_request q = typical(&p);
    struct en_forecast *f = run(&q);
    const double error = 4.0 * 1.9 / sqrt(2000);

    (void)state;
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        CHECK_NEAR(gain(f, NONE, h, 4), 0.38, error);
    }
    CHECK_NEAR(gain(f, PLAN, 0, 4), 0.38 + 0.16 * 5.12, error);
    CHECK_NEAR(gain(f, SALINE, 0, 4), 0.38 + 0.16 * 5.12, error);
    CHECK_NEAR(gain(f, EXERCISE, 0, 4), 0.38 + 0.10 * 5.12, error);
    CHECK_NEAR(f->band[NONE][EN_OUTCOME_FUNCTION][3][4].mean_change, 6 * 0.38, 6 * error);
    CHECK_NEAR(f->band[NONE][EN_OUTCOME_FUNCTION][0][4].mean_change, 37 / 5.5 * 0.38, 6.7 * error);
    for (size_t h = 1; h < EN_HYPOTHESIS_COUNT; h++) {
        CHECK(gain(f, PLAN, h, 4) > gain(f, SALINE, h, 4) + 0.1);
    }
    CHECK_NEAR(f->baseline[EN_OUTCOME_PAIN], 5.5, 1e-12);
    CHECK_NEAR(f->baseline[EN_OUTCOME_FUNCTION], 37.0, 1e-12);
    CHECK_TEXT(f->request.arms[SALINE].id, "saline");
    test_free(f);
}

/* The result says what it was made from: weights, data, and whether the condition has any. */
static void test_result_names_its_posterior(void **state)
{
    struct en_posterior p = centre();
    struct en_forecast_request q = typical(&p);
    struct en_forecast *f;

    (void)state;
    q.patients = 8;
    p.is_calibrated = true;
    p.study_count = 41;
    p.row_count = 143;
    f = run(&q);
    CHECK(f->is_calibrated && f->has_condition_data);
    CHECK(f->study_count == 41 && f->row_count == 143);
    assert_memory_equal(f->weight, p.weight, sizeof f->weight);
    test_free(f);
    q.condition = "tmj_disorder";
    p.is_calibrated = false;
    f = run(&q);
    CHECK(!f->is_calibrated && !f->has_condition_data);
    test_free(f);
}

/* A condition with data has its own deviations; one without is any of them: a condition that
 * responds strongly gains more, and the unknown one has wider bands. */
static void test_condition_without_data_is_any_condition(void **state)
{
    double particle[EN_LEARNED_COUNT + EN_CONDITION_EFFECT_COUNT] = {0};
    struct en_posterior p = centre();
    struct en_forecast_request q = typical(&p);
    struct en_forecast *average = run(&q), *strong, *unknown;

    (void)state;
    q.condition = "tmj_disorder";
    unknown = run(&q);
    q.condition = "oa_knee";
    particle[EN_LEARNED_COUNT + EN_CONDITION_CONTEXT] = 1.0;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        p.particles[h] = particle;
    }
    strong = run(&q);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct en_band *wide = &unknown->band[SALINE][EN_OUTCOME_PAIN][h][4];
        const struct en_band *narrow = &average->band[SALINE][EN_OUTCOME_PAIN][h][4];

        CHECK_NEAR(gain(strong, SALINE, h, 4) - gain(average, SALINE, h, 4), 0.12 * 5.12, 0.05);
        CHECK_NEAR(gain(unknown, SALINE, h, 4), gain(average, SALINE, h, 4), 0.2);
        CHECK(wide->q[3] - wide->q[1] > narrow->q[3] - narrow->q[1]);
    }
    test_free(average);
    test_free(strong);
    test_free(unknown);
}

/* What is not known of the model is in the bands: particles from the priors give wider ones than
 * their centre, in every arm that does anything. */
static void test_bands_hold_what_is_not_known(void **state)
{
    const struct en_posterior known = centre(), p = prior();
    const struct en_forecast_request narrow = typical(&known), wide = typical(&p);
    struct en_forecast *f = run(&narrow), *g = run(&wide);

    (void)state;
    for (size_t arm = PLAN; arm <= EXERCISE; arm++) {
        for (size_t h = 0; h <= EN_MIXED; h++) {
            const double *a = f->band[arm][EN_OUTCOME_PAIN][h][4].q;
            const double *b = g->band[arm][EN_OUTCOME_PAIN][h][4].q;

            CHECK(b[3] - b[1] > a[3] - a[1]);
        }
    }
    test_free(f);
    test_free(g);
}

/* Scores regress towards the people with the condition: among people with more pain the same 5.5 is
 * no chance peak. */
static void test_regression_is_towards_the_condition(void **state)
{
    const struct en_posterior p = centre();
    struct en_forecast_request q = typical(&p);
    struct en_forecast *usual = run(&q), *painful;

    (void)state;
    q.population_nrs = 7.5;
    painful = run(&q);
    /* The mean of usual pain is 4.6 / 5.5 of that: 6.27 instead of 4.6; 0.42 of it counts. */
    CHECK_NEAR(gain(usual, NONE, 0, 4) - gain(painful, NONE, 0, 4), 0.422 * (7.5 - 5.5) * 4.6 / 5.5,
               0.05);
    test_free(usual);
    test_free(painful);
}

/* An arm at rest is not run: it is what a run at nearly usual load gives. */
static void test_rest_is_what_a_run_would_give(void **state)
{
    const struct en_posterior p = prior();
    struct en_forecast_request q = typical(&p);
    struct en_forecast *rest, *moved;

    (void)state;
    q.patients = 100;
    rest = run(&q);
    q.arms[NONE].rehabilitation = 1.0 + 1e-9;
    moved = run(&q);
    for (size_t i = 0; i < (EN_MIXED + 1) * q.week_count; i++) {
        const size_t h = i / q.week_count, week = i % q.week_count;
        const struct en_band *function = &moved->band[NONE][EN_OUTCOME_FUNCTION][h][week];

        CHECK_NEAR(gain(rest, NONE, h, week), gain(moved, NONE, h, week), 1e-6);
        CHECK_NEAR(rest->band[NONE][EN_OUTCOME_FUNCTION][h][week].mean_change,
                   function->mean_change, 1e-6);
    }
    test_free(rest);
    test_free(moved);
}

/* The same bytes on any number of threads; another seed gives others. */
static void test_bytes_do_not_depend_on_threads(void **state)
{
    const struct en_posterior p = prior();
    struct en_forecast_request q = typical(&p);
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
        mean += h < EN_MIXED ? f->weight[h] * b->mean_change : 0.0;
        low = h < EN_MIXED ? fmin(low, b->q[2]) : low;
        high = h < EN_MIXED ? fmax(high, b->q[2]) : high;
    }
    CHECK_NEAR(mixed->mean_change, mean, 1e-12);
    CHECK(mixed->q[2] >= low - step && mixed->q[2] <= high + step);
}

static void test_bands_are_ordered(void **state)
{
    struct en_posterior p = prior();
    struct en_forecast_request q = typical(&p);
    struct en_forecast *f;

    (void)state;
    p.weight[0] = 0.4;
    p.weight[3] = 0.1;
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
    const struct en_posterior p = certain(prior(), 2);
    const struct en_forecast_request q = typical(&p);
    struct en_forecast *f = run(&q);

    (void)state;
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
    const struct en_posterior p = certain(prior(), 0);
    const struct en_forecast_request q = typical(&p);
    struct en_forecast *f = run(&q);

    (void)state;
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
    const struct en_posterior p = prior();
    struct en_forecast_request q = typical(&p);
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
    const struct en_posterior p = prior();
    struct en_forecast_request q = typical(&p);
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
    const struct en_posterior p = prior();
    static const double ENDS[][2] = {{0, 0}, {10, 100}, {0.5, 20}, {10, 0}};

    (void)state;
    for (size_t k = 0; k < sizeof ENDS / sizeof ENDS[0]; k++) {
        struct en_forecast_request q = typical(&p);
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
    const struct en_posterior p = prior();
    struct en_forecast_request q = typical(&p);
    struct en_forecast *reference = run(&q);
    const double best = reference->band[PLAN][EN_OUTCOME_FUNCTION][1][4].mean_change;

    (void)state;
    for (int k = 0; k < 4; k++) {
        struct en_forecast *f;

        q = typical(&p);
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
CHANGE(no_posterior, q->posterior = NULL)
CHANGE(no_condition, q->condition = NULL)
CHANGE(no_pain_at_all, q->population_nrs = 0.4)
CHANGE(odd_context, q->arms[2].context = EN_CONTEXT_COUNT)
CHANGE(no_mic_nrs, q->mic_nrs = 0.0)
CHANGE(unknown_mic_function, q->mic_function = NAN)
CHANGE(no_patients, q->patients = 0)
CHANGE(endless_patients, q->patients = SIZE_MAX)
CHANGE(negative_threads, q->threads = -1)

/* Each refusal names the field and leaves the result empty. */
static void test_invalid_requests_are_refused(void **state)
{
    const struct en_posterior p = prior();
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
        {no_posterior, "posterior"},
        {no_condition, "condition"},
        {no_pain_at_all, "population_nrs"},
        {odd_context, "arms[2].context"},
        {no_mic_nrs, "mic_nrs"},
        {unknown_mic_function, "mic_function"},
        {no_patients, "patients"},
        {endless_patients, "patients"},
        {negative_threads, "threads"},
    };
    struct en_forecast *f = test_malloc(sizeof *f);
    struct en_arena a = EN_ARENA(1 << 20);

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct en_forecast_request q = typical(&p);
        struct en_err err = {0};

        WRONG[i].change(&q);
        f->rejected = 7;
        CHECK(en_forecast_run(&q, &a, f, &err) == EN_EINVAL);
        CHECK_CONTAINS(err.text, WRONG[i].field);
        CHECK(f->rejected == 0);
    }
    struct en_forecast_request q = typical(&p);
    struct en_err err = {0};

    q.patients = 100000; /* more than the arena holds */
    CHECK(en_forecast_run(&q, &a, f, &err) == EN_ELIMIT);
    CHECK(a.used == 0);
    test_free(f);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_gains_without_specific_effect),
          cmocka_unit_test(test_result_names_its_posterior),
          cmocka_unit_test(test_condition_without_data_is_any_condition),
          cmocka_unit_test(test_bands_hold_what_is_not_known),
          cmocka_unit_test(test_regression_is_towards_the_condition),
          cmocka_unit_test(test_rest_is_what_a_run_would_give),
          cmocka_unit_test(test_bytes_do_not_depend_on_threads),
          cmocka_unit_test(test_bands_are_ordered),
          cmocka_unit_test(test_certain_hypothesis_is_the_mixture),
          cmocka_unit_test(test_h0_gives_plan_and_saline_the_same),
          cmocka_unit_test(test_hypotheses_diverge), cmocka_unit_test(test_unknown_person_is_drawn),
          cmocka_unit_test(test_ends_of_the_scales), cmocka_unit_test(test_covariates_cost_effect),
          cmocka_unit_test(test_invalid_requests_are_refused));
