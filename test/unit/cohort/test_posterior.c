/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/posterior.h"
#include "cohort/score.h"

#include "support/check.h"

#include <math.h>

/* A particle at the prior's centre says what the hypotheses say: shares of pain as in
 * docs/model.md, contexts at their centres, an average condition. */
static void test_centre_is_the_hypothesis(void **state)
{
    const double zero[EN_LEARNED_COUNT] = {0}, condition[EN_CONDITION_EFFECT_COUNT] = {0};
    struct en_effects e;

    (void)state;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const struct en_hypothesis is = en_heal_hypothesis(h);

        en_effects_of(h, zero, condition, 0.0, &e);
        CHECK_NEAR(e.wm, h == 3 ? 0.25 : is.wm, 1e-15); /* H3: the revised share */
        CHECK_NEAR(e.wh, is.wh, 1e-15);
        CHECK(e.has_laxity == is.has_laxity);
        CHECK_NEAR(e.specific, 1.0, 1e-15);
        CHECK_NEAR(e.natural, 0.0, 1e-15);
        CHECK_NEAR(e.injection, 0.16, 1e-15);
        CHECK_NEAR(e.exercise, 0.10, 1e-15);
    }
}

/* Deviations of condition and study move what they name and nothing else; a condition may do
 * harm. */
static void test_deviations(void **state)
{
    const double zero[EN_LEARNED_COUNT] = {0};
    const double condition[EN_CONDITION_EFFECT_COUNT] = {1.0, 0.0, -2.0};
    struct en_effects e;

    (void)state;
    en_effects_of(3, zero, condition, 0.5, &e);
    CHECK_NEAR(e.natural, 0.12 + 0.06, 1e-12);
    CHECK_NEAR(e.exercise, 0.10, 1e-12);
    CHECK_NEAR(e.specific, 1.0 - 2.0 * 0.6, 1e-12);
    CHECK(e.wm < 0.0 && e.wh < 0.0);
    CHECK_NEAR(e.injection_half_d, 27.7, 1e-12);
}

/* The response to injections begins with the first one, that to a programme and the natural course
 * with the trial; what an arm has of its own goes with its treatment. */
static void test_response_begins_with_its_treatment(void **state)
{
    const struct en_effects e = {.natural = 0.1,
                                 .injection = 0.2,
                                 .exercise = 0.4,
                                 .injection_half_d = 10.0,
                                 .exercise_half_d = 20.0};
    struct en_unspecific r = {EN_CONTEXT_NONE, 0.0, 0.0, 0.0, 1.0};
    double come = -1.0;

    (void)state;
    CHECK_NEAR(en_effects_share(&e, &r, 10.0, NULL), 0.05, 1e-12);
    r = (struct en_unspecific){EN_CONTEXT_INJECTION, 30.0, 0.0, 0.8, 1.0};
    CHECK_NEAR(en_effects_share(&e, &r, 30.0, &come), 0.1 * 0.875, 1e-12);
    CHECK_NEAR(come, 0.0, 1e-15);
    CHECK_NEAR(en_effects_share(&e, &r, 40.0, &come), 0.1 * 0.9375 + 0.5 * (0.2 + 0.8), 1e-12);
    CHECK_NEAR(come, 0.5, 1e-12);
    r = (struct en_unspecific){EN_CONTEXT_BOTH, 0.0, 0.0, 0.0, 2.0};
    CHECK_NEAR(en_effects_share(&e, &r, 40.0, NULL), 0.75 * 0.3 + 0.5 * 0.4, 1e-12);
    r.exercise_day = 40.0; /* a programme that begins on that day has done nothing yet */
    CHECK_NEAR(en_effects_share(&e, &r, 40.0, NULL), 0.75 * 0.3, 1e-12);
    CHECK_NEAR(en_effects_share(&e, &r, 80.0, NULL), 0.9375 * 0.3 + 0.5 * 0.4, 1e-12);
}

/* Prior draws have the prior's mean and spread, and a particle is a function of seed and index. */
static void test_prior_draws(void **state)
{
    enum { COUNT = 4000 };
    struct en_arena arena = EN_ARENA(64 << 20);
    struct en_posterior p, again;
    struct en_err err = {0};
    struct en_effects e;
    double sum = 0.0, squares = 0.0;

    (void)state;
    CHECK(en_posterior_prior(COUNT, 7, &arena, &p, &err) == EN_OK);
    CHECK(en_posterior_prior(10, 7, &arena, &again, &err) == EN_OK);
    for (size_t i = 0; i < COUNT; i++) {
        en_posterior_effects(&p, 2, i, -1, true, (struct en_random){1, i, 0, 0}, &e);
        sum += log(e.zmax / 1.5);
        squares += log(e.zmax / 1.5) * log(e.zmax / 1.5);
    }
    CHECK_NEAR(sum / COUNT, 0.0, 3.0 * 0.35 / sqrt(COUNT));
    CHECK_NEAR(sqrt(squares / COUNT), 0.35, 0.02);
    for (size_t i = 0; i < 10 * (size_t)EN_LEARNED_COUNT; i++) {
        CHECK(p.particles[0][i] == again.particles[0][i]);
    }
    CHECK(en_posterior_condition(&p, "oa_knee") == -1);
    CHECK(!p.is_calibrated);
    CHECK(en_posterior_prior(0, 7, &arena, &p, &err) == EN_EINVAL);
    en_arena_free(&arena);
}

/* Without treatment and context the score is the usual pain; each road takes its share away. */
static void test_pain_has_three_roads(void **state)
{
    const struct en_tissue rest = {1.0, 1.0, 0.0, 1.0}, healed = {0.8, 0.5, 0.0, 1.0};
    struct en_pain p = {.usual = 6.0, .wm = 0.3, .wh = 0.4, .flare = 4.5};

    (void)state;
    CHECK_NEAR(en_score_pain(&p, &rest), 6.0, 1e-12);
    CHECK_NEAR(en_score_pain(&p, &healed), 6.0 * (1.0 - 0.3 * 0.2 - 0.4 * 0.5), 1e-12);
    p.context = 0.2;
    CHECK_NEAR(en_score_pain(&p, &rest), 4.8, 1e-12);
    CHECK_NEAR(en_score_waned(27.7, 27.7), 0.5, 1e-12);
}

/* Function follows pain; the ratio scales the change, not the baseline. */
static void test_function_follows_pain(void **state)
{
    struct en_function f = {.baseline_nrs = 5.5,
                            .baseline_function = 37.0,
                            .per_pain = 6.0,
                            .per_laxity = 4.0,
                            .has_laxity = true,
                            .ratio = 1.0};

    (void)state;
    CHECK_NEAR(en_score_function(&f, 5.5, 1.0), 37.0, 1e-12);
    CHECK_NEAR(en_score_function(&f, 3.5, 1.0), 25.0, 1e-12);
    f.ratio = 0.5;
    CHECK_NEAR(en_score_function(&f, 5.5, 1.0), 37.0, 1e-12);
    CHECK_NEAR(en_score_function(&f, 3.5, 1.0), 31.0, 1e-12);
}

TEST_MAIN(cmocka_unit_test(test_centre_is_the_hypothesis), cmocka_unit_test(test_deviations),
          cmocka_unit_test(test_response_begins_with_its_treatment),
          cmocka_unit_test(test_prior_draws), cmocka_unit_test(test_pain_has_three_roads),
          cmocka_unit_test(test_function_follows_pain));
