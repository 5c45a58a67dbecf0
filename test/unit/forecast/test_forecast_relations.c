/* SPDX-License-Identifier: Apache-2.0
 * Two requests that differ in one thing: what must grow with it, what must stay the same to the
 * last byte. All arms and requests share their random numbers, so differences are not noise. */
#include "forecast/forecast.h"

#include "fixture.h"

enum { WEEKS = 5, LAST = WEEKS - 1 };

/* One arm of `sessions` sessions, four weeks apart, and the same person without any. */
static struct en_forecast_request request_of(size_t sessions, double dextrose, double coverage)
{
    static struct en_posterior p;
    struct en_forecast_request q = {
        .posterior = &p,
        .condition = "oa_knee",
        .population_nrs = NAN,
        .person = {.age_years = 52,
                   .baseline_nrs = 6,
                   .baseline_function = NAN,
                   .bmi = 26,
                   .is_smoker = 0,
                   .has_diabetes = 0},
        .arms = {{.id = "plan", .rehabilitation = 1.0, .context = EN_CONTEXT_INJECTION},
                 {.id = "none", .rehabilitation = 1.0}},
        .arm_count = 2,
        .weeks = {4, 8, 12, 26, 52},
        .week_count = WEEKS,
        .mic_nrs = 1.5,
        .mic_function = 12.0,
        .patients = 400,
        .seed = 9,
        .threads = 1,
    };

    p = prior();
    q.arms[0].session_count = sessions;
    for (size_t i = 0; i < sessions; i++) {
        q.arms[0].sessions[i] = (struct en_dose){28.0 * (double)i, dextrose, coverage, 1.0};
    }
    return q;
}

/* The result is large: from the heap of the test. */
static struct en_forecast *run(const struct en_forecast_request *q)
{
    struct en_arena a = EN_ARENA(256 << 20);
    struct en_forecast *f = test_malloc(sizeof *f);
    struct en_err err = {""};

    if (en_forecast_run(q, &a, f, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    CHECK(a.used == 0);
    en_arena_free(&a);
    return f;
}

static double gain(const struct en_forecast *f, size_t hypothesis, size_t week)
{
    return f->band[0][EN_OUTCOME_PAIN][hypothesis][week].mean_change;
}

/* More of it */

/* What reaches more of the tissue does not do less, where the treatment does anything; where it
 * does nothing specific (H0), only what the needle does may differ. */
static void test_more_coverage_is_not_worse(void **state)
{
    static const double COVERAGE[] = {0.1, 0.3, 0.5, 0.7, 0.9};
    struct en_forecast *before = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof COVERAGE / sizeof *COVERAGE; i++) {
        const struct en_forecast_request q = request_of(4, 15.0, COVERAGE[i]);
        struct en_forecast *f = run(&q);

        for (size_t h = 1; before != NULL && h < EN_HYPOTHESIS_COUNT; h++) {
            CHECK(gain(f, h, LAST) >= gain(before, h, LAST) - 1e-9);
            CHECK(gain(f, h, 2) >= gain(before, h, 2) - 1e-9);
        }
        if (before != NULL) {
            CHECK(gain(f, 3, LAST) > gain(before, 3, LAST));
            CHECK_NEAR(gain(f, 0, LAST), gain(before, 0, LAST), 0.02);
            test_free(before);
        }
        before = f;
    }
    test_free(before);
}

/* More sessions of what works work more, up to the usual number. */
static void test_more_sessions_are_not_worse(void **state)
{
    struct en_forecast *before = NULL;

    (void)state;
    for (size_t sessions = 0; sessions <= 4; sessions++) {
        const struct en_forecast_request q = request_of(sessions, 15.0, 0.6);
        struct en_forecast *f = run(&q);

        if (before != NULL) {
            CHECK(gain(f, 1, LAST) > gain(before, 1, LAST));
            CHECK(gain(f, 3, LAST) > gain(before, 3, LAST));
            test_free(before);
        }
        before = f;
    }
    test_free(before);
}

/* Who starts with more pain has more pain at every time, in every quantile; nothing is treated. */
static void test_more_pain_at_the_start_stays_more(void **state)
{
    struct en_forecast *before = NULL;

    (void)state;
    for (int pain = 2; pain <= 9; pain++) {
        struct en_forecast_request q = request_of(0, 0.0, 0.0);

        q.person.baseline_nrs = pain;
        struct en_forecast *f = run(&q);

        for (size_t w = 0; before != NULL && w < WEEKS; w++) {
            for (size_t k = 0; k < EN_QUANTILE_COUNT; k++) {
                CHECK(f->band[1][EN_OUTCOME_PAIN][0][w].q[k] >=
                      before->band[1][EN_OUTCOME_PAIN][0][w].q[k]);
            }
        }
        if (before != NULL) {
            test_free(before);
        }
        before = f;
    }
    test_free(before);
}

/* A larger change is reached by no more people; a change beyond the scale by nobody. */
static void test_larger_changes_are_rarer(void **state)
{
    static const double CHANGES[] = {0.1, 0.5, 1.0, 2.0, 4.0, 9.9};
    double before = 1.0, last = 1.0;

    (void)state;
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        struct en_forecast_request q = request_of(3, 15.0, 0.6);

        q.mic_nrs = CHANGES[i];
        struct en_forecast *f = run(&q);

        last = f->band[0][EN_OUTCOME_PAIN][EN_MIXED][LAST].mic_probability;
        CHECK(last <= before);
        CHECK(f->better_by_mic[0][LAST] <= 0.0); /* nobody is better than himself */
        before = last;
        test_free(f);
    }
    CHECK(last <= 0.0);
}

/* The same */

static void expect_same_band(const struct en_forecast *a, size_t arm_a, size_t week_a,
                             const struct en_forecast *b, size_t arm_b, size_t week_b)
{
    for (size_t o = 0; o < EN_OUTCOME_COUNT; o++) {
        for (size_t h = 0; h <= EN_MIXED; h++) {
            assert_memory_equal(&a->band[arm_a][o][h][week_a], &b->band[arm_b][o][h][week_b],
                                sizeof(struct en_band));
        }
    }
}

/* Weeks that are added behind change none of those before: a longer look is not another patient. */
static void test_later_weeks_do_not_change_earlier_ones(void **state)
{
    const struct en_forecast_request all = request_of(3, 15.0, 0.6);
    struct en_forecast *whole = run(&all);

    (void)state;
    for (size_t count = 1; count < WEEKS; count++) {
        struct en_forecast_request q = all;

        q.week_count = count;
        struct en_forecast *part = run(&q);

        for (size_t w = 0; w < count; w++) {
            expect_same_band(whole, 0, w, part, 0, w);
            expect_same_band(whole, 1, w, part, 1, w);
        }
        test_free(part);
    }
    test_free(whole);
}

/* Arms are compared, not mixed: their order and number change none of them. */
static void test_arms_do_not_influence_each_other(void **state)
{
    const struct en_forecast_request two = request_of(3, 15.0, 0.6);
    struct en_forecast_request turned = two, more = two;

    (void)state;
    turned.arms[0] = two.arms[1];
    turned.arms[1] = two.arms[0];
    more.arm_count = EN_FORECAST_ARMS_MAX;
    for (size_t a = 2; a < EN_FORECAST_ARMS_MAX; a++) {
        more.arms[a] = two.arms[a % 2];
    }
    struct en_forecast *f = run(&two), *g = run(&turned), *m = run(&more);

    for (size_t w = 0; w < WEEKS; w++) {
        expect_same_band(f, 0, w, g, 1, w);
        expect_same_band(f, 1, w, g, 0, w);
        for (size_t a = 0; a < EN_FORECAST_ARMS_MAX; a++) {
            expect_same_band(f, a % 2, w, m, a, w);
        }
        CHECK(m->better_by_mic[2][w] <= 0.0); /* a copy of the plan */
    }
    test_free(f);
    test_free(g);
    test_free(m);
}

/* Any number of patients on any number of threads: also fewer patients than threads or lanes. */
static void test_few_patients_on_many_threads(void **state)
{
    static const size_t PATIENTS[] = {1, 2, 3, 7, 8, 9, 17, 65};

    (void)state;
    for (size_t i = 0; i < sizeof PATIENTS / sizeof *PATIENTS; i++) {
        struct en_forecast_request q = request_of(2, 15.0, 0.6);

        q.patients = PATIENTS[i];
        struct en_forecast *one = run(&q);

        q.threads = 1 + (int)(PATIENTS[i] % 8);
        struct en_forecast *many = run(&q);

        assert_memory_equal(one->band, many->band, sizeof one->band);
        assert_memory_equal(one->better_by_mic, many->better_by_mic, sizeof one->better_by_mic);
        CHECK(one->rejected == many->rejected);
        test_free(one);
        test_free(many);
    }
}

/* Each seed gives its own people, and the same answer within the error of 400 people (a change of
 * pain has a deviation of about 2.5: four standard errors of the difference of two means, 0.7). */
static void test_seeds_agree_but_differ(void **state)
{
    struct en_forecast *f[4];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct en_forecast_request q = request_of(3, 15.0, 0.6);

        q.seed = i == 3 ? UINT64_MAX : 100 * i;
        f[i] = run(&q);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(f[i]->band, f[j]->band, sizeof f[i]->band);
            CHECK_NEAR(gain(f[i], EN_MIXED, LAST), gain(f[j], EN_MIXED, LAST), 0.7);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        test_free(f[i]);
    }
}

/* Memory */

/* With ever more memory: refused with an empty result until it is enough, then the whole result. */
static void test_memory_may_end_anywhere(void **state)
{
    const struct en_forecast_request q = request_of(3, 15.0, 0.6);
    static const struct en_forecast EMPTY;
    struct en_forecast *whole = run(&q), *f = test_malloc(sizeof *f);
    enum en_status st = EN_ELIMIT;
    size_t refusals = 0;

    (void)state;
    for (size_t limit = 0; st != EN_OK; limit += 1 + limit / 4) {
        struct en_arena a = EN_ARENA(limit);
        struct en_err err = {""};

        memset(f, 0x55, sizeof *f);
        st = en_forecast_run(&q, &a, f, &err);
        CHECK(a.used == 0);
        if (st != EN_OK) {
            CHECK(st == EN_ELIMIT || st == EN_ENOMEM);
            CHECK(err.text[0] != '\0');
            assert_memory_equal(f->band, EMPTY.band, sizeof f->band);
            CHECK(f->request.arm_count == 0);
            refusals++;
        }
        CHECK(limit < (64 << 20));
        en_arena_free(&a);
    }
    CHECK(refusals > 20);
    assert_memory_equal(f->band, whole->band, sizeof f->band);
    test_free(whole);
    test_free(f);
}

TEST_MAIN(cmocka_unit_test(test_more_coverage_is_not_worse),
          cmocka_unit_test(test_more_sessions_are_not_worse),
          cmocka_unit_test(test_more_pain_at_the_start_stays_more),
          cmocka_unit_test(test_larger_changes_are_rarer),
          cmocka_unit_test(test_later_weeks_do_not_change_earlier_ones),
          cmocka_unit_test(test_arms_do_not_influence_each_other),
          cmocka_unit_test(test_few_patients_on_many_threads),
          cmocka_unit_test(test_seeds_agree_but_differ),
          cmocka_unit_test(test_memory_may_end_anywhere));
