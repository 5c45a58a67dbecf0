/* SPDX-License-Identifier: Apache-2.0
 * The posterior of one person against long chains of another algorithm. Three cases of the twenty:
 * the others are run by `enthesis validate self --cases`. */
#include "forecast/reference.h"

#include "fixture.h"
#include "forecast/hard_case.h"

enum { EASY = 5, RISING = 3, RELIEF = 8 }; /* one wild score; pain rises; full relief */

static struct en_reference_settings settings_of(const struct en_posterior *p)
{
    return (struct en_reference_settings){.posterior = p,
                                          .chains = 256,
                                          .steps = 480,
                                          .draws = 1000,
                                          .repeats = 8,
                                          .population = 40000,
                                          .seed = 1};
}

static struct en_reference run(const struct en_reference_settings *s, size_t index)
{
    struct en_arena a = EN_ARENA(256 << 20);
    struct en_reference r;
    struct en_err err = {""};

    if (en_reference_run(s, index, &a, &r, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    en_arena_free(&a);
    return r;
}

/* Means, spreads and quantiles of nine quantities are those of the chains within the error of both
 * (135 comparisons, Student's t with about seven degrees of freedom); the bias is below a fifth of
 * the posterior's spread, or of a point of pain; so is the evidence, against a large population. */
static void test_posterior_is_that_of_the_chains(void **state)
{
    static const size_t CASES[] = {EASY, RISING, RELIEF};
    const struct en_posterior p = prior();
    const struct en_reference_settings s = settings_of(&p);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct en_reference r = run(&s, CASES[i]);

        CHECK((r.stages > 0.0) == (CASES[i] != EASY));
        CHECK(r.moved > 0.3 && r.moved < 0.8 && r.independent > 150.0 && r.drift < 4.5);
        for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
            for (size_t n = 0; n < EN_STATISTIC_COUNT; n++) {
                CHECK(fabs(en_reference_off(&r.pair[k][n], s.repeats)) < 6.0);
            }
            CHECK_NEAR(r.pair[k][EN_STATISTIC_MEAN].mean, r.pair[k][EN_STATISTIC_MEAN].chains,
                       0.2 * r.pair[k][EN_STATISTIC_SD].chains + 1e-3);
        }
        CHECK_NEAR(r.evidence.mean, r.evidence.chains, 0.3);
        CHECK(fabs(en_reference_off(&r.evidence, s.repeats)) < 6.0);
    }
}

/* The comparison can fail: somebody else's chains are not taken for this person's. */
static void test_other_persons_chains_are_refused(void **state)
{
    const struct en_posterior p = prior();
    struct en_reference_settings s = settings_of(&p);

    (void)state;
    s.chains = 64;
    const struct en_reference rising = run(&s, RISING), easy = run(&s, EASY);
    struct en_reference_pair mixed = rising.pair[EN_QUANTITY_STOP][EN_STATISTIC_MEAN];

    mixed.mean = easy.pair[EN_QUANTITY_STOP][EN_STATISTIC_MEAN].mean;
    CHECK(fabs(en_reference_off(&mixed, s.repeats)) > 20.0);
}

/* The same on any number of threads; another seed gives other chains. */
static void test_reference_does_not_depend_on_threads(void **state)
{
    const struct en_posterior p = prior();
    struct en_reference_settings s = settings_of(&p);

    (void)state;
    s.chains = 100;
    s.steps = 40;
    s.draws = 200;
    s.repeats = 2;
    s.population = 8000;
    s.threads = 1;
    const struct en_reference one = run(&s, RISING);

    s.threads = 3;
    const struct en_reference three = run(&s, RISING);

    s.seed = 2;
    const struct en_reference other = run(&s, RISING);

    CHECK(memcmp(one.pair, three.pair, sizeof one.pair) == 0);
    CHECK(one.evidence.chains == three.evidence.chains && one.drift == three.drift);
    CHECK(one.pair[0][0].chains != other.pair[0][0].chains);
}

/* Every case is a follow-up that may be; the hypotheses are all among them. */
static void test_cases_are_sound(void **state)
{
    size_t count[EN_HYPOTHESES] = {0};

    (void)state;
    for (size_t i = 0; i < HARD_CASES; i++) {
        struct en_followup f;
        struct quantity_plan plan;

        hard_case_followup(&HARD_CASE[i], &f, &plan);
        CHECK(en_followup_check(&f, NULL) == EN_OK);
        CHECK(f.observation_count >= 2 && plan.next_day > f.today && plan.last_day > plan.next_day);
        CHECK(plan.session_count > 1 && plan.sessions[1].day < plan.last_day);
        count[HARD_CASE[i].hypothesis]++;
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        CHECK(count[h] > 0);
    }
}

static void test_settings_are_checked(void **state)
{
    const struct en_posterior p = prior();
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_reference r;
    struct en_err err = {""};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct en_reference_settings s = settings_of(&p);

        *(i == 0 ? &s.chains : i == 1 ? &s.repeats : &s.population) = 1;
        CHECK(en_reference_run(&s, 0, &a, &r, &err) == EN_EINVAL);
        CHECK_CONTAINS(err.text, i == 0 ? "chains" : i == 1 ? "repeats" : "population");
    }
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_posterior_is_that_of_the_chains),
          cmocka_unit_test(test_other_persons_chains_are_refused),
          cmocka_unit_test(test_reference_does_not_depend_on_threads),
          cmocka_unit_test(test_cases_are_sound), cmocka_unit_test(test_settings_are_checked));
