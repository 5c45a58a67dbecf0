/* SPDX-License-Identifier: Apache-2.0 */
#include "num/random.h"
#include "num/stats.h"

#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pairwise summation keeps what a running sum loses: 1e5 times 0.1 within 1e-11,
 * where a running sum is 2e-8 off. */
static void test_sum_is_accurate(void **state)
{
    static double values[100000];

    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        values[i] = 0.1;
    }
    CHECK_NEAR(en_sum(values, 100000), 10000.0, 1e-11);
    CHECK(en_sum(values, 0) == 0.0);
    CHECK(en_sum(values, 1) == 0.1);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void test_sort_is_ascending(void **state)
{
    double values[1000];

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        values[i] = en_random_normal((struct en_random){.seed = 3, .member = i});
    }
    en_sort(values, 1000);
    for (size_t i = 1; i < 1000; i++) {
        CHECK(values[i - 1] <= values[i]);
    }
}

/* Orders that are hard on a quicksort (sorted, reversed, all equal, few values, an organ pipe, a
 * hundred equal ones at each end as in scores held on their scale), at every size up to 300 and
 * at a large one: as the C library sorts them, so nothing is lost either. */
static void test_hard_orders_are_sorted(void **state)
{
    enum { PATTERNS = 7, LARGE = 50000 };
    static double values[LARGE], expected[LARGE];

    (void)state;
    for (size_t n = 0; n <= 301; n++) {
        const size_t count = n > 300 ? LARGE : n;

        for (int pattern = 0; pattern < PATTERNS; pattern++) {
            for (size_t i = 0; i < count; i++) {
                const double z = en_random_normal(
                    (struct en_random){.seed = 4, .member = i, .index = (uint32_t)n});
                const double by_pattern[PATTERNS] = {
                    z,
                    (double)i,
                    -(double)i,
                    1.0,
                    (double)(i * 7 % 3),
                    i < count / 2 ? (double)i : (double)(count - i),
                    fmin(fmax(z, -0.5), 0.5),
                };

                values[i] = expected[i] = by_pattern[pattern];
            }
            en_sort(values, count);
            qsort(expected, count, sizeof *expected, by_value);
            CHECK(count == 0 || memcmp(values, expected, count * sizeof *values) == 0);
        }
    }
}

/* Type 7 by hand: of 1 2 3 4 5 the quantile p is 1 + 4p; of one value it is that value. */
static void test_quantiles_are_type_7(void **state)
{
    const double values[] = {1, 2, 3, 4, 5}, p[] = {0.0, 0.05, 0.25, 0.5, 0.9, 1.0};
    const struct en_sample one = {values, 5, 1.0}, single = {values + 2, 1, 0.3};
    double q[6];

    (void)state;
    en_quantiles(&one, 1, p, 6, q);
    for (size_t i = 0; i < 6; i++) {
        CHECK_NEAR(q[i], 1.0 + 4.0 * p[i], 1e-14);
    }
    en_quantiles(&single, 1, p, 6, q);
    for (size_t i = 0; i < 6; i++) {
        CHECK(q[i] == 3.0);
    }
}

/* A mixture with equal weights is the pooled sample; with weight 0 a sample does not count; with
 * unequal weights the median moves to the heavier one. */
static void test_quantiles_of_a_mixture(void **state)
{
    const double odd[] = {1, 3, 5}, even[] = {2, 4, 6}, pooled[] = {1, 2, 3, 4, 5, 6};
    const double p[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    const struct en_sample equal[] = {{odd, 3, 0.5}, {even, 3, 0.5}}, all = {pooled, 6, 1.0};
    const struct en_sample alone[] = {{odd, 3, 1.0}, {even, 3, 0.0}, {odd, 0, 0.5}};
    const double low[] = {0, 0.1, 0.2}, high[] = {10, 10.1, 10.2};
    const struct en_sample heavy[] = {{low, 3, 0.1}, {high, 3, 0.9}};
    double mixed[5], one[5];

    (void)state;
    en_quantiles(equal, 2, p, 5, mixed);
    en_quantiles(&all, 1, p, 5, one);
    for (size_t i = 0; i < 5; i++) {
        CHECK_NEAR(mixed[i], one[i], 1e-12);
    }
    en_quantiles(alone, 3, p, 5, mixed);
    en_quantiles(alone, 1, p, 5, one);
    for (size_t i = 0; i < 5; i++) {
        CHECK(mixed[i] == one[i]);
    }
    en_quantiles(heavy, 2, p, 5, mixed);
    CHECK(mixed[0] < 1.0 && mixed[1] >= 10.0 && mixed[2] >= 10.0);
}

/* Nothing to count is unknown, not zero. */
static void test_quantiles_of_nothing_are_unknown(void **state)
{
    const struct en_sample none = {NULL, 0, 1.0};
    const double p[] = {0.5};
    double q[] = {1.0};

    (void)state;
    en_quantiles(&none, 1, p, 1, q);
    CHECK(isnan(q[0]));
}

/* Quantiles ascend and stay inside the sample whatever the weights. */
static void test_quantiles_ascend(void **state)
{
    const double p[] = {0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0};
    double a[97], b[101], q[7];

    (void)state;
    for (uint64_t round = 0; round < 50; round++) {
        for (uint64_t i = 0; i < 101; i++) {
            b[i] = en_random_normal((struct en_random){round, i, 1, 0});
            a[i % 97] = en_random_normal((struct en_random){round, i, 2, 0});
        }
        en_sort(a, 97);
        en_sort(b, 101);
        const double w = en_random_uniform((struct en_random){round, 0, 3, 0});
        const struct en_sample both[] = {{a, 97, w}, {b, 101, 1.0 - w}};

        en_quantiles(both, 2, p, 7, q);
        CHECK_NEAR(q[0], fmin(a[0], b[0]), 1e-12);
        CHECK_NEAR(q[6], fmax(a[96], b[100]), 1e-9);
        for (size_t i = 1; i < 7; i++) {
            CHECK(q[i - 1] <= q[i]);
        }
    }
}

TEST_MAIN(cmocka_unit_test(test_sum_is_accurate), cmocka_unit_test(test_sort_is_ascending),
          cmocka_unit_test(test_hard_orders_are_sorted),
          cmocka_unit_test(test_quantiles_are_type_7),
          cmocka_unit_test(test_quantiles_of_a_mixture),
          cmocka_unit_test(test_quantiles_of_nothing_are_unknown),
          cmocka_unit_test(test_quantiles_ascend));
