/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/cohort.h"

#include "num/stats.h"

#include "support/check.h"

#include <string.h>

static const struct en_cohort_person TYPICAL = {
    .age_years = 55, .baseline_nrs = 5.5, .baseline_function = NAN};
static const struct en_cohort_person UNKNOWN = {.age_years = NAN,
                                                .baseline_nrs = NAN,
                                                .baseline_function = NAN,
                                                .is_smoker = -1,
                                                .has_diabetes = -1};

static double mean(const double *x, size_t count)
{
    return en_sum(x, count) / (double)count;
}

static double sd(const double *x, size_t count)
{
    const double m = mean(x, count);
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += (x[i] - m) * (x[i] - m);
    }
    return sqrt(sum / (double)count);
}

static struct en_cohort draw(const struct en_cohort_person *p, size_t count, struct en_arena *a)
{
    struct en_cohort c;

    CHECK(en_cohort_draw(p, count, 1, 2, a, &c, NULL) == EN_OK);
    return c;
}

/* Known things are the same in all, drawn ones have their documented mean and spread (four standard
 * errors), and every patient satisfies the sampling constraints. */
static void test_patients_are_like_the_person(void **state)
{
    enum { N = 8000 };
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_cohort c = draw(&TYPICAL, N, &a);
    double *const *p = c.patients.parameter;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        CHECK(en_heal_broken(&c.patients, i) == NULL);
        CHECK(c.baseline_nrs[i] == 5.5 && p[EN_P(xsyn)][i] == p[EN_P(xsyn)][0]);
        CHECK(p[EN_P(Cmb)][i] <= 0.40 && p[EN_P(CN)][i] <= 0.60 && p[EN_P(Phib)][i] < 1.0);
    }
    CHECK_NEAR(mean(p[EN_P(kHd)], N), 0.027, 4 * 0.5 * 0.027 / sqrt(N));
    CHECK_NEAR(sd(p[EN_P(kG2)], N), 0.3 * 0.90, 0.02);
    CHECK_NEAR(mean(p[EN_P(tctx)], N), 27.7, 4 * 0.6 * 27.7 / sqrt(N));
    /* Usual pain: 5.5 observed is drawn to the mean 4.6 by 1.64 / (1.64 + 2.25). */
    CHECK_NEAR(mean(p[EN_P(P0)], N), 5.12, 4 * 0.97 / sqrt(N));
    CHECK_NEAR(sd(p[EN_P(P0)], N), 0.974, 0.03);
    CHECK(p[EN_P(dN)][0] == p[EN_P(dN)][N - 1]);
    en_arena_free(&a);
}

/* More pain goes with weaker tissue: correlation of usual pain with each severity near 0.4 within
 * the population; rates are independent of it. */
static void test_severities_correlate(void **state)
{
    enum { N = 8000 };
    static const struct {
        size_t parameter;
        double expected;
    } PAIRS[] = {{EN_P(CN), -0.4}, {EN_P(Phib), -0.4}, {EN_P(Sb), 0.4}, {EN_P(kx), 0.0}};
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_cohort c = draw(&UNKNOWN, N, &a);
    double *const *p = c.patients.parameter;

    (void)state;
    for (size_t k = 0; k < EN_COUNT(PAIRS); k++) {
        const double *x = p[PAIRS[k].parameter], *y = p[EN_P(P0)];
        const double mx = mean(x, N), my = mean(y, N);
        double sum = 0.0;

        for (size_t i = 0; i < N; i++) {
            sum += (x[i] - mx) * (y[i] - my);
        }
        CHECK_NEAR(sum / N / sd(x, N) / sd(y, N), PAIRS[k].expected, 0.07);
    }
    en_arena_free(&a);
}

/* What the person does not know is drawn with the population's shares: at 45, the reference age,
 * x12 is 1, 0.90 in smokers, 0.70 with diabetes, 0.63 with both. */
static void test_unknowns_are_drawn(void **state)
{
    enum { N = 8000 };
    const struct en_cohort_person at_45 = {.age_years = 45,
                                           .baseline_nrs = NAN,
                                           .baseline_function = NAN,
                                           .is_smoker = -1,
                                           .has_diabetes = -1};
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_cohort c = draw(&at_45, N, &a), any = draw(&UNKNOWN, N, &a);
    double smokers = 0.0, diabetics = 0.0;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        const double x12 = c.patients.parameter[EN_P(x12)][i];

        smokers += fabs(x12 - 0.90) < 1e-9 || fabs(x12 - 0.63) < 1e-9 ? 1.0 / N : 0.0;
        diabetics += fabs(x12 - 0.70) < 1e-9 || fabs(x12 - 0.63) < 1e-9 ? 1.0 / N : 0.0;
    }
    CHECK_NEAR(smokers, 0.15, 4 * sqrt(0.15 * 0.85 / N));
    /* 0.12 of all: above 1.175 standard deviations; at 45, one below the mean age, 0.2 higher. */
    CHECK_NEAR(diabetics, 0.080, 4 * sqrt(0.08 * 0.92 / N));
    CHECK_NEAR(mean(c.baseline_nrs, N), 5.5, 0.06);
    CHECK(sd(c.baseline_nrs, N) > 1.2);
    CHECK(sd(any.patients.parameter[EN_P(xV)], N) > sd(c.patients.parameter[EN_P(xV)], N));
    en_arena_free(&a);
}

/* Of two scores that go together, the known one says something of the other: function given pain,
 * pain given function, both as in the population (37 with SD 15, 5.5 with SD 1.375, r 0.6). */
static void test_known_score_draws_the_other(void **state)
{
    enum { N = 8000 };
    const struct en_cohort_person pain = {
        .age_years = 55, .baseline_nrs = 6.875, .baseline_function = NAN};
    const struct en_cohort_person function = {
        .age_years = 55, .baseline_nrs = NAN, .baseline_function = 22};
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_cohort c = draw(&pain, N, &a);

    (void)state;
    CHECK(c.baseline_nrs[0] == 6.875 && c.baseline_nrs[N - 1] == 6.875);
    CHECK_NEAR(mean(c.baseline_function, N), 37 + 0.6 * 15, 4 * 12 / sqrt(N));
    CHECK_NEAR(sd(c.baseline_function, N), 12, 0.5);
    c = draw(&function, N, &a);
    CHECK(c.baseline_function[0] == 22.0 && c.baseline_function[N - 1] == 22.0);
    CHECK_NEAR(mean(c.baseline_nrs, N), 5.5 - 0.6 * 1.375, 4 * 1.1 / sqrt(N));
    CHECK_NEAR(sd(c.baseline_nrs, N), 1.1, 0.05);
    en_arena_free(&a);
}

/* Diabetes is drawn with the age in mind where that is known: it is commoner in the old. */
static void test_known_age_speaks_of_diabetes(void **state)
{
    enum { N = 4000 };
    struct en_arena a = EN_ARENA(64 << 20);
    double share[2] = {0};

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        const struct en_cohort_person p = {.age_years = k == 0 ? 45 : 75,
                                           .baseline_nrs = 5.5,
                                           .baseline_function = NAN,
                                           .has_diabetes = -1};
        const struct en_cohort c = draw(&p, N, &a);
        const double *x12 = c.patients.parameter[EN_P(x12)];
        double high = 0.0;

        for (size_t i = 0; i < N; i++) {
            high = fmax(high, x12[i]);
        }
        for (size_t i = 0; i < N; i++) {
            share[k] += x12[i] < 0.9 * high ? 1.0 / N : 0.0;
        }
    }
    CHECK(share[0] > 0.03 && share[1] > 1.5 * share[0] && share[1] < 0.5);
    en_arena_free(&a);
}

/* Patient i is the same person under every hypothesis and responds as its particle says. */
static void test_hypotheses_share_their_people(void **state)
{
    enum { N = 100, PARTICLES = 16 };
    static const size_t SHARED[] = {EN_P(P0), EN_P(cD), EN_P(kx), EN_P(Phib), EN_P(Sb)};
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_posterior p;
    struct en_cohort_source source = {
        .condition = -1, .population_nrs = NAN, .count = N, .seed = 3, .threads = 2};
    struct en_cohort c[2];

    (void)state;
    CHECK(en_posterior_prior(PARTICLES, 1, &a, &p, NULL) == EN_OK);
    source.posterior = &p;
    for (size_t k = 0; k < 2; k++) {
        source.hypothesis = k == 0 ? 0 : 2;
        CHECK(en_cohort_from(&UNKNOWN, &source, &a, &c[k], NULL) == EN_OK);
    }
    assert_memory_equal(c[0].baseline_nrs, c[1].baseline_nrs, N * sizeof(double));
    assert_memory_equal(c[0].baseline_function, c[1].baseline_function, N * sizeof(double));
    for (size_t k = 0; k < EN_COUNT(SHARED); k++) {
        assert_memory_equal(c[0].patients.parameter[SHARED[k]], c[1].patients.parameter[SHARED[k]],
                            N * sizeof(double));
    }
    for (size_t i = 0; i < N; i++) {
        struct en_effects e;

        en_posterior_effects(&p, 2, en_posterior_particle(&p, 2, i), -1, false,
                             (struct en_random){.seed = 3, .member = i}, &e);
        CHECK(c[1].patients.parameter[EN_P(zmax)][i] == e.zmax);
        CHECK(c[1].responses[i].effects.wh == e.wh && c[0].responses[i].effects.wh == 0.0);
        CHECK(c[1].responses[i].effects.natural == e.natural);
        CHECK(c[1].responses[i].time_ratio == c[0].responses[i].time_ratio);
    }
    en_arena_free(&a);
}

/* The bytes depend on the seed, not on the thread count nor on how many patients follow. */
static void test_draws_do_not_depend_on_threads(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_cohort one, three, longer, other;

    (void)state;
    CHECK(en_cohort_draw(&UNKNOWN, 333, 5, 1, &a, &one, NULL) == EN_OK);
    CHECK(en_cohort_draw(&UNKNOWN, 333, 5, 3, &a, &three, NULL) == EN_OK);
    CHECK(en_cohort_draw(&UNKNOWN, 700, 5, 2, &a, &longer, NULL) == EN_OK);
    CHECK(en_cohort_draw(&UNKNOWN, 333, 6, 1, &a, &other, NULL) == EN_OK);
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        const size_t size = 333 * sizeof(double);

        assert_memory_equal(one.patients.parameter[k], three.patients.parameter[k], size);
        assert_memory_equal(one.patients.parameter[k], longer.patients.parameter[k], size);
    }
    CHECK(one.rejected == three.rejected);
    CHECK(one.patients.parameter[EN_P(kHd)][0] != other.patients.parameter[EN_P(kHd)][0]);
    en_arena_free(&a);
}

/* Coverage keeps its expected value as a mean and its limits as they are. */
static void test_coverage_spreads_around_its_mean(void **state)
{
    enum { N = 8000 };
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_cohort c = draw(&TYPICAL, N, &a);
    static double coverage[N + 8];
    static const double EXPECTED[] = {0.1, 0.52, 0.76, 0.95};

    (void)state;
    for (size_t k = 0; k < EN_COUNT(EXPECTED); k++) {
        en_cohort_coverage(&c, EXPECTED[k], coverage);
        CHECK_NEAR(mean(coverage, N), EXPECTED[k], 0.012);
    }
    en_cohort_coverage(&c, 0.517, coverage);
    CHECK_NEAR(sd(coverage, N), 0.203, 0.015); /* placement model with palpation error CV 0.5 */
    en_cohort_coverage(&c, 0.0, coverage);
    CHECK(coverage[0] == 0.0 && coverage[N - 1] == 0.0);
    en_cohort_coverage(&c, 1.0, coverage);
    CHECK(coverage[0] == 1.0 && coverage[N - 1] == 1.0);
    en_arena_free(&a);
}

/* The fluctuation is stationary with its SD and correlation time, and begins where the observed
 * baseline put it; errors have their SD. */
static void test_noise_has_its_size(void **state)
{
    enum { N = 8000 };
    static const double DAYS[] = {15, 30, 400};
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_cohort c = draw(&UNKNOWN, N, &a);
    struct en_cohort_noise n;
    double product = 0.0;

    (void)state;
    CHECK(en_cohort_noise(&c, DAYS, 3, 2, &a, &n, NULL) == EN_OK);
    const double *last = n.fluctuation + 2 * c.patients.stride;

    CHECK_NEAR(mean(last, N), 0.0, 4 * 0.8 / sqrt(N));
    CHECK_NEAR(sd(last, N), 0.8, 0.03);
    CHECK_NEAR(sd(n.pain_error, N), 1.0, 0.04);
    CHECK_NEAR(sd(n.function_error, N), 7.3, 0.3);
    for (size_t i = 0; i < N; i++) {
        product += n.fluctuation[i] * n.fluctuation[c.patients.stride + i] / N;
    }
    CHECK_NEAR(product / (sd(n.fluctuation, N) * sd(n.fluctuation + c.patients.stride, N)),
               exp(-0.5), 0.04);
    en_arena_free(&a);
}

/* Without treatment an observed 5.5 falls to the usual pain of 5.12, an observed 3 rises: the
 * average of the observed scores goes where the prior draws it. */
static void test_regression_to_the_mean(void **state)
{
    enum { N = 8000 };
    static const double DAY[] = {364}, OBSERVED[] = {3.0, 5.5, 8.0};
    struct en_arena a = EN_ARENA(64 << 20);

    (void)state;
    for (size_t k = 0; k < EN_COUNT(OBSERVED); k++) {
        const struct en_cohort_person p = {
            .age_years = 55, .baseline_nrs = OBSERVED[k], .baseline_function = NAN};
        const struct en_cohort c = draw(&p, N, &a);
        const double expected = 4.6 + (OBSERVED[k] - 4.6) * 2.25 / 3.89;
        struct en_cohort_noise n;

        CHECK(en_cohort_noise(&c, DAY, 1, 1, &a, &n, NULL) == EN_OK);
        CHECK_NEAR(mean(c.patients.parameter[EN_P(P0)], N) + mean(n.fluctuation, N), expected,
                   0.06);
    }
    en_arena_free(&a);
}

static void test_impossible_cohorts_are_refused(void **state)
{
    struct en_arena small = EN_ARENA(1 << 12), a = EN_ARENA(8 << 20);
    struct en_cohort c;
    struct en_err err = {0};

    (void)state;
    CHECK(en_cohort_draw(&TYPICAL, 0, 1, 1, &a, &c, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "patients");
    CHECK(en_cohort_draw(&TYPICAL, 1000, 1, 1, &small, &c, &err) == EN_ELIMIT);
    en_arena_free(&small);
    en_arena_free(&a);
}

/* A failing part is reported with its text whatever thread met it. */
static void test_run_reports_the_failing_field(void **state)
{
    static const double DAY[] = {10};
    static const enum en_output OUTPUT[] = {EN_OUTPUT_NRS};
    static const struct en_session WRONG[] = {{7, NAN, 0, 0.5, 1}};
    const struct en_schedule s = {.sessions = WRONG, .session_count = 1};
    const struct en_request q = {DAY, 1, OUTPUT, 1};
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_err err = {0};
    const struct en_cohort c = draw(&TYPICAL, 200, &a);
    double values[200];

    (void)state;
    CHECK(en_cohort_run(&s, &c.patients, &q, 2, values, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "dextrose_percent");
    en_arena_free(&a);
}

/* A patient is a function of its place and its normal numbers: made again from them it is the
 * same to the last bit, in another place of the batch as well, also where the condition has no
 * data and everything is unknown; other numbers make another patient; and one that breaks the
 * constraints is said to be of no use. */
static void test_patients_are_made_again(void **state)
{
    enum { N = 100 };
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_posterior p;
    struct en_cohort c, again;
    bool valid[N];

    (void)state;
    CHECK(en_posterior_prior(7, 1, &a, &p, NULL) == EN_OK);
    const struct en_cohort_source source = {.posterior = &p,
                                            .hypothesis = 3,
                                            .condition = -1,
                                            .population_nrs = 6.0,
                                            .count = N,
                                            .seed = 5,
                                            .keeps_numbers = true};

    CHECK(en_cohort_from(&UNKNOWN, &source, &a, &c, NULL) == EN_OK);
    CHECK(en_cohort_make(&source, &a, &again, NULL) == EN_OK);
    for (size_t i = 0; i < N; i++) {
        again.places[i] = c.places[N - 1 - i];
        memcpy(again.numbers + i * EN_COHORT_NUMBERS, c.numbers + (N - 1 - i) * EN_COHORT_NUMBERS,
               EN_COHORT_NUMBERS * sizeof(double));
    }
    again.numbers[2] += 0.5;                      /* usual pain */
    again.numbers[EN_COHORT_NUMBERS + 13] = 40.0; /* matures too fast */
    CHECK(en_cohort_remake(&UNKNOWN, &source, &again, valid, NULL) == EN_OK);
    CHECK(valid[0] &&
          again.patients.parameter[EN_P(P0)][0] > c.patients.parameter[EN_P(P0)][N - 1]);
    CHECK(!valid[1] && en_heal_broken(&again.patients, 1) == NULL);
    for (size_t i = 2; i < N; i++) {
        const size_t j = N - 1 - i;

        CHECK(valid[i]);
        for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
            CHECK(again.patients.parameter[k][i] == c.patients.parameter[k][j]);
        }
        const struct en_cohort_response *x = &again.responses[i], *y = &c.responses[j];

        CHECK(x->own == y->own && x->time_ratio == y->time_ratio);
        CHECK(x->effects.wm == y->effects.wm && x->effects.wh == y->effects.wh);
        CHECK(x->effects.natural == y->effects.natural && x->effects.zmax == y->effects.zmax);
        CHECK(again.fluctuation[i] == c.fluctuation[j] && again.coverage_z[i] == c.coverage_z[j]);
    }
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_patients_are_like_the_person),
          cmocka_unit_test(test_severities_correlate), cmocka_unit_test(test_unknowns_are_drawn),
          cmocka_unit_test(test_known_score_draws_the_other),
          cmocka_unit_test(test_known_age_speaks_of_diabetes),
          cmocka_unit_test(test_hypotheses_share_their_people),
          cmocka_unit_test(test_draws_do_not_depend_on_threads),
          cmocka_unit_test(test_coverage_spreads_around_its_mean),
          cmocka_unit_test(test_noise_has_its_size), cmocka_unit_test(test_regression_to_the_mean),
          cmocka_unit_test(test_impossible_cohorts_are_refused),
          cmocka_unit_test(test_run_reports_the_failing_field),
          cmocka_unit_test(test_patients_are_made_again));
