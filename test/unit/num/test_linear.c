/* SPDX-License-Identifier: Apache-2.0 */
#include "num/linear.h"
#include "num/scalar.h"

#include "support/check.h"

/* L L' gives the matrix back, L^-1 L is the identity, an indefinite matrix is refused. */
static void test_cholesky(void **state)
{
    const double a[9] = {4, 2, -1, 2, 5, 3, -1, 3, 6};
    double l[9], x[3] = {1, 2, 3}, y[3];
    double indefinite[4] = {1, 2, 2, 1}, unknown[1] = {NAN};

    (void)state;
    memcpy(l, a, sizeof a);
    CHECK(en_cholesky(l, 3));
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = 0.0;

            for (size_t k = 0; k <= j; k++) {
                sum += l[i * 3 + k] * l[j * 3 + k];
            }
            CHECK_NEAR(sum, a[i * 3 + j], 1e-14);
        }
    }
    en_multiply_lower(l, 3, x, y);
    en_solve_lower(l, 3, y);
    for (size_t i = 0; i < 3; i++) {
        CHECK_NEAR(y[i], x[i], 1e-14);
    }
    CHECK(!en_cholesky(indefinite, 2));
    CHECK(!en_cholesky(unknown, 1));
}

/* The distribution function against the C library's erfc: the stated 7.5e-8. */
static void test_normal_cdf(void **state)
{
    (void)state;
    for (double x = -8.0; x <= 8.0; x += 0.01) {
        CHECK_NEAR(en_normal_cdf(x), 0.5 * erfc(-x / sqrt(2.0)), 7.5e-8);
        CHECK_NEAR(en_normal_density(x), exp(-0.5 * x * x) / sqrt(2.0 * acos(-1.0)), 1e-15);
    }
}

TEST_MAIN(cmocka_unit_test(test_cholesky), cmocka_unit_test(test_normal_cdf));
