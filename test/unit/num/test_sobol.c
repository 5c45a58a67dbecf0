/* SPDX-License-Identifier: Apache-2.0 */
#include "num/sobol.h"

#include "num/random.h"

#include "support/check.h"

#include <stdlib.h>

enum { N = 256, WIDTH = 4 };

/* The point without its shift. */
static double plain(const struct en_sobol *s, uint32_t index, uint32_t dimension)
{
    const double scale = 4294967296.0;
    const uint32_t x = (uint32_t)(en_sobol_uniform(s, index, dimension) * scale);

    return (double)(x ^ s->shift[dimension]) / scale;
}

/* The first points of the sequence in three dimensions, as published with the direction numbers (in
 * the order of the Gray code, in which it is usually made: 0 1 3 2 6 7 5 4 12 13). */
static void test_first_points_are_the_published_ones(void **state)
{
    static const uint32_t ORDER[] = {0, 1, 3, 2, 6, 7, 5, 4, 12, 13};
    static const double KNOWN[][3] = {
        {0, 0, 0},
        {0.5, 0.5, 0.5},
        {0.75, 0.25, 0.25},
        {0.25, 0.75, 0.75},
        {0.375, 0.375, 0.625},
        {0.875, 0.875, 0.125},
        {0.625, 0.125, 0.875},
        {0.125, 0.625, 0.375},
        {0.1875, 0.3125, 0.9375},
        {0.6875, 0.8125, 0.4375},
    };
    struct en_sobol s;

    (void)state;
    en_sobol_init(&s, 1);
    for (size_t i = 0; i < 10; i++) {
        for (uint32_t d = 0; d < 3; d++) {
            CHECK(plain(&s, ORDER[i], d) == KNOWN[i][d]);
        }
    }
}

/* Every dimension is stratified: of 256 points, and of the next 256, each interval of 1/256 holds
 * one. That needs direction integers that are odd and below 2^k: it fails for a wrong table. */
static void test_every_dimension_is_stratified(void **state)
{
    struct en_sobol s;

    (void)state;
    en_sobol_init(&s, 7);
    for (uint32_t d = 0; d < EN_SOBOL_DIMENSIONS; d++) {
        for (uint32_t block = 0; block < 4; block++) {
            int seen[N] = {0};

            for (uint32_t i = 0; i < N; i++) {
                const double u = en_sobol_uniform(&s, block * N + i, d);

                CHECK(u > 0.0 && u < 1.0);
                seen[(size_t)(u * N)]++;
            }
            for (size_t k = 0; k < N; k++) {
                CHECK(seen[k] == 1);
            }
        }
    }
}

/* Warnock's formula: squared L2 star discrepancy of N points. */
static double discrepancy(double (*x)[WIDTH], uint32_t dimensions)
{
    double single = 0.0, pairs = 0.0;

    for (size_t i = 0; i < N; i++) {
        double product = 1.0;

        for (uint32_t d = 0; d < dimensions; d++) {
            product *= (1.0 - x[i][d] * x[i][d]) / 2.0;
        }
        single += product;
        for (size_t j = 0; j < N; j++) {
            double both = 1.0;

            for (uint32_t d = 0; d < dimensions; d++) {
                both *= 1.0 - fmax(x[i][d], x[j][d]);
            }
            pairs += both;
        }
    }
    return pow(3.0, -(double)dimensions) - 2.0 / N * single + pairs / N / N;
}

/* Points fill the cube better than plain draws: squared discrepancy of 256 points in four
 * neighbouring dimensions below half of what random points have on average. */
static void test_discrepancy_is_below_that_of_draws(void **state)
{
    static double x[N][WIDTH];
    struct en_sobol s;

    (void)state;
    en_sobol_init(&s, 3);
    for (uint32_t from = 0; from + WIDTH <= EN_SOBOL_DIMENSIONS; from += WIDTH) {
        for (uint32_t i = 0; i < N; i++) {
            for (uint32_t d = 0; d < WIDTH; d++) {
                x[i][d] = en_sobol_uniform(&s, i, from + d);
            }
        }
        const double random = (pow(2.0, -WIDTH) - pow(3.0, -WIDTH)) / N;
        const double ratio = discrepancy(x, WIDTH) / random;

        print_message("dimensions %u to %u: squared discrepancy %.3f of that of draws\n", from + 1,
                      from + WIDTH, ratio);
        CHECK(ratio < 0.5);
    }
}

/* Another seed is another shift; beyond the table the numbers are plain ones; a place always gives
 * the same number. */
static void test_points_depend_on_seed_and_place(void **state)
{
    struct en_sobol a, b;

    (void)state;
    en_sobol_init(&a, 1);
    en_sobol_init(&b, 2);
    CHECK(en_sobol_uniform(&a, 5, 3) != en_sobol_uniform(&b, 5, 3));
    CHECK(en_sobol_uniform(&a, 5, 40) != en_sobol_uniform(&b, 5, 40));
    CHECK(en_sobol_uniform(&a, 5, 40) != en_sobol_uniform(&a, 6, 40));
    CHECK(en_sobol_uniform(&a, 5, 40) == en_sobol_uniform(&a, 5, 40));
    CHECK(isfinite(en_sobol_normal(&a, UINT32_MAX, 31)));
}

TEST_MAIN(cmocka_unit_test(test_first_points_are_the_published_ones),
          cmocka_unit_test(test_every_dimension_is_stratified),
          cmocka_unit_test(test_discrepancy_is_below_that_of_draws),
          cmocka_unit_test(test_points_depend_on_seed_and_place));
