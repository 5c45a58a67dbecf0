/* SPDX-License-Identifier: Apache-2.0 */
#include "num/exact.h"

#include "num/random.h"
#include "num/stats.h"

#include "support/check.h"

enum { N = 4000 };

static double value(uint64_t i)
{
    return -3.0 + 2.0 * en_random_normal((struct en_random){5, i, 0, 0});
}

/* Integer sums are the same in any order and any grouping: that is what makes a trial's bytes
 * independent of threads, ranks and a stop. */
static void test_sums_do_not_depend_on_order(void **state)
{
    struct en_exact up = {0}, down = {0}, parts[7] = {{0}}, joined = {0};

    (void)state;
    for (uint64_t i = 0; i < N; i++) {
        en_exact_add(&up, value(i));
        en_exact_add(&down, value(N - 1 - i));
        en_exact_add(&parts[i % 7], value(i));
    }
    for (size_t k = 7; k-- > 0;) {
        en_exact_merge(&joined, &parts[k]);
    }
    assert_memory_equal(&up, &down, sizeof up);
    assert_memory_equal(&up, &joined, sizeof up);
}

/* Mean within half a unit of 2^-16, variance within what that rounding adds. */
static void test_moments_are_exact_within_the_rounding(void **state)
{
    struct en_exact e = {0};
    double x[N], squares[N];

    (void)state;
    CHECK(isnan(en_exact_mean(&e)) && isnan(en_exact_variance(&e)));
    for (size_t i = 0; i < N; i++) {
        x[i] = value(i);
        en_exact_add(&e, x[i]);
    }
    const double mean = en_sum(x, N) / N;

    for (size_t i = 0; i < N; i++) {
        squares[i] = (x[i] - mean) * (x[i] - mean);
    }
    CHECK_NEAR(en_exact_mean(&e), mean, 0.5 / 65536);
    CHECK_NEAR(en_exact_variance(&e), en_sum(squares, N) / (N - 1), 1e-4);
}

/* The largest values do not overflow, also where their squares fill the lower word. */
static void test_large_values_do_not_overflow(void **state)
{
    struct en_exact e = {0}, all = {0};

    (void)state;
    for (size_t i = 0; i < N; i++) {
        en_exact_add(&e, i % 2 == 0 ? 32768.0 : -32767.99);
    }
    all = e;
    for (int doubled = 0; doubled < 19; doubled++) { /* 2e9 values */
        en_exact_merge(&all,
                       &(struct en_exact){all.count, all.sum, all.squares_high, all.squares_low});
    }
    CHECK(all.count == (int64_t)N << 19);
    CHECK_NEAR(en_exact_mean(&all), 0.005, 1e-4);
    CHECK_NEAR(sqrt(en_exact_variance(&all)), 32768.0, 0.01);
}

/* The stated error of quantiles, one bin, against the sorted values (type 7 differs from the
 * distribution by less than the gap to the next value, so that is allowed besides). */
static void test_quantiles_are_within_a_bin(void **state)
{
    static const double P[] = {0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0};
    static const struct en_histogram H = {-20.0, 20.0, 400};
    int64_t counts[400] = {0};
    double x[N], q[7], exact[7];

    (void)state;
    for (size_t i = 0; i < N; i++) {
        x[i] = value(i);
        counts[en_histogram_bin(&H, x[i])]++;
    }
    en_sort(x, N);
    en_quantiles(&(struct en_sample){x, N, 1.0}, 1, P, 7, exact);
    en_histogram_quantiles(&H, &(struct en_counts){counts, 2.0}, 1, P, 7, q);
    for (size_t k = 0; k < 7; k++) {
        CHECK_NEAR(q[k], exact[k], 0.1 + 0.01);
    }
}

/* A mixture of two samples of different size weighs each by its weight, not by its size; samples
 * without values or weight do not count. */
static void test_a_mixture_follows_the_weights(void **state)
{
    static const struct en_histogram H = {0.0, 1.0, 10};
    int64_t low[10] = {0, 1000}, high[10] = {0, 0, 0, 0, 0, 0, 0, 0, 10, 0}, none[10] = {0};
    const struct en_counts samples[] = {{low, 0.2}, {high, 0.2}, {none, 0.5}, {high, 0.0}};
    static const double P[] = {0.25, 0.75};
    double q[2];

    (void)state;
    en_histogram_quantiles(&H, samples, 4, P, 2, q);
    CHECK_NEAR(q[0], 0.15, 1e-12);
    CHECK_NEAR(q[1], 0.85, 1e-12);
    en_histogram_quantiles(&H, samples + 2, 1, P, 2, q);
    CHECK(isnan(q[0]));
    CHECK(en_histogram_bin(&H, -5.0) == 0 && en_histogram_bin(&H, 1.0) == 9 &&
          en_histogram_bin(&H, 0.55) == 5);
}

TEST_MAIN(cmocka_unit_test(test_sums_do_not_depend_on_order),
          cmocka_unit_test(test_moments_are_exact_within_the_rounding),
          cmocka_unit_test(test_large_values_do_not_overflow),
          cmocka_unit_test(test_quantiles_are_within_a_bin),
          cmocka_unit_test(test_a_mixture_follows_the_weights));
