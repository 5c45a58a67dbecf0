/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/trial.h"

#include "known.h"
#include "support/check.h"

/* Two arms without injections that differ in nothing but the contextual response. */
static struct en_trial two_arms(void)
{
    struct en_trial t = {
        .population = en_population_defaults(),
        .condition = "any",
        .arms = {{.name = "attention", .n = 10, .context = EN_CONTEXT_INJECTION},
                 {.name = "none", .n = 10}},
        .arm_count = 2,
        .weeks = {26, 52, 60},
        .week_count = 3,
        .outcomes = {{EN_TRIAL_WOMAC_CHANGE, 0}, {EN_TRIAL_NRS_CHANGE, 0}},
        .outcome_count = 2,
        .patients = 1,
        .seed = 11,
    };

    t.population.dropout_per_day = 0.0;
    return t;
}

static struct en_sample_size size(const struct en_trial *t, const struct en_posterior *p,
                                  const struct en_sample_size_request *q)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_sample_size out;
    struct en_err err = {0};

    if (en_trial_sample_size(t, p, q, 2, &a, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    CHECK(a.used == 0);
    en_arena_free(&a);
    return out;
}

/* Where the difference and the spread are known, so is the size: 2 (z_0.975 + z_power)^2 (SD / d)^2
 * patients of each arm, and for Welch's test z_0.975^2 / 4 more. Both are taken from a large run.
 * Tolerance: three standard errors of the power, over its slope. */
static void test_size_is_that_of_the_formula(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = two_arms(), large = t;
    const struct en_sample_size_request q = {
        .arm = 0, .outcome = 1, .week = 1, .power = 0.8, .n_max = 1000};
    struct known k;
    struct en_trial_result r;

    (void)state;
    known_posterior(&k, 0.20);
    large.patients = 4 * 20000;
    int64_t *sums = EN_NEW(&a, int64_t, en_trial_sums_count(&large));

    CHECK(en_trial_run(&large, &k.posterior, 0, en_trial_units(&large), 2, sums, &a, NULL) ==
          EN_OK);
    CHECK(en_trial_summarise(&large, &k.posterior, sums, &a, &r, NULL) == EN_OK);
    const struct en_trial_cell *c = &r.contrasts[en_trial_at(&large, 0, 0, 1, 1)];
    const double ratio = c->sd / c->mean; /* SD of the difference: sqrt(2) that of one arm */
    const double expected = pow(1.95996 + 0.84162, 2.0) * ratio * ratio + 0.96;
    const struct en_sample_size out = size(&t, &k.posterior, &q);
    /* d power / d log n = phi(z_power) (z_0.975 + z_power) / 2. The hypotheses are alike here and
     * share their patients, so that all of them together are one sample of 500 trials. */
    const double slope = 0.27996 * (1.95996 + 0.84162) / 2.0, se = sqrt(0.8 * 0.2 / 500.0);

    print_message("80 %%: %zu patients an arm, formula %.1f\n", out.n, expected);
    CHECK_NEAR(log((double)out.n / expected), 0.0, 3.0 * se / slope);
    for (size_t i = 0; i < out.point_count; i++) {
        CHECK(out.points[i].error < 0.03 && (i == 0 || out.points[i].n > out.points[i - 1].n));
    }
    en_arena_free(&a);
}

/* A small size is found below the first one tried; the largest asked for is not passed. */
static void test_sizes_small_and_bounded(void **state)
{
    struct en_trial t = two_arms();
    struct en_sample_size_request q = {
        .arm = 0, .outcome = 1, .week = 1, .power = 0.8, .n_max = 500};
    struct known k;

    (void)state;
    known_posterior(&k, 0.80);
    const struct en_sample_size small = size(&t, &k.posterior, &q);

    CHECK(small.n >= 3 && small.n <= 12);
    known_posterior(&k, 0.20);
    q.n_max = 20;
    const struct en_sample_size bounded = size(&t, &k.posterior, &q);

    CHECK(bounded.n == 0 && bounded.points[bounded.point_count - 1].n == 20);
}

/* No size finds what is not there: the power stays at the error of the first kind. */
static void test_no_difference_has_no_size(void **state)
{
    struct en_trial t = two_arms();
    const struct en_sample_size_request q = {
        .arm = 0, .outcome = 0, .week = 0, .power = 0.5, .n_max = 64};
    struct known k;

    (void)state;
    known_posterior(&k, 0.0);
    const struct en_sample_size out = size(&t, &k.posterior, &q);

    CHECK(out.n == 0 && out.point_count == 3);
    for (size_t i = 0; i < out.point_count; i++) {
        CHECK_NEAR(out.points[i].power, 0.025, 4.0 * sqrt(0.025 * 0.975 / 500.0));
    }
}

static void test_wrong_requests_are_refused(void **state)
{
    static const struct {
        struct en_sample_size_request q;
        const char *text;
    } WRONG[] = {
        {{1, 0, 0, 0.8, 100}, "power.arm"},      {{0, 2, 0, 0.8, 100}, "power.outcome"},
        {{0, 0, 3, 0.8, 100}, "power.week"},     {{0, 0, 0, 1.0, 100}, "power.power"},
        {{0, 0, 0, NAN, 100}, "power.power"},    {{0, 0, 0, 0.8, 1}, "power.n_max"},
        {{0, 0, 0, 0.8, 100001}, "power.n_max"},
    };
    struct en_arena a = EN_ARENA(64 << 20), small = EN_ARENA(1 << 14);
    const struct en_trial t = two_arms();
    const struct en_sample_size_request right = {0, 0, 0, 0.8, 100};
    struct en_sample_size out;
    struct en_err err = {0};
    struct known k;

    (void)state;
    known_posterior(&k, 0.2);
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        CHECK(en_trial_sample_size(&t, &k.posterior, &WRONG[i].q, 1, &a, &out, &err) == EN_EINVAL);
        CHECK_CONTAINS(err.text, WRONG[i].text);
    }
    CHECK(en_trial_sample_size(&t, &k.posterior, &right, 1, &small, &out, &err) == EN_ELIMIT);
    CHECK(small.used == 0 && out.point_count == 0);
    en_arena_free(&a);
    en_arena_free(&small);
}

TEST_MAIN(cmocka_unit_test(test_size_is_that_of_the_formula),
          cmocka_unit_test(test_sizes_small_and_bounded),
          cmocka_unit_test(test_no_difference_has_no_size),
          cmocka_unit_test(test_wrong_requests_are_refused));
