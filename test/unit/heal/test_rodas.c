/* SPDX-License-Identifier: Apache-2.0
 * The numbers of the integration method, on a problem with a closed solution; and fused
 * multiply-adds where the processor has none. */
#include "heal/rodas.h"
#include "heal/vector.h"

#include "support/check.h"

#include <float.h>

/* x' = -k (x^3 - y^3) - y^3 / 2 and y' = -y^3 / 2 from 1: both are 1 / sqrt(1 + t). Nonlinear, and
 * stiff for large k. */
static void slope(double k, const double y[2], double dy[2])
{
    dy[1] = -0.5 * y[1] * y[1] * y[1];
    dy[0] = -k * (y[0] * y[0] * y[0] - y[1] * y[1] * y[1]) + dy[1];
}

/* One step of the method in the form of heal/rodas.h. The matrix shift I - J is
 * ((p, -q), (0, r)). */
static void step(double k, double y[2], double h, double error[2])
{
    const double shift = 1.0 / (h * RODAS_GAMMA), p = shift + 3.0 * k * y[0] * y[0];
    const double q = (3.0 * k - 1.5) * y[1] * y[1], r = shift + 1.5 * y[1] * y[1];
    double u[RODAS_STAGES][2], at[2] = {0};

    for (int i = 0; i < RODAS_STAGES; i++) {
        double f[2];

        for (int s = 0; s < 2; s++) {
            at[s] = i < RODAS_ROWS ? y[s] : at[s] + u[i - 1][s];
            for (int j = 0; j < i && i < RODAS_ROWS; j++) {
                at[s] += RODAS_A[i][j] * u[j][s];
            }
        }
        slope(k, at, f);
        for (int j = 0; j < i; j++) {
            f[0] += RODAS_C[i][j] / h * u[j][0];
            f[1] += RODAS_C[i][j] / h * u[j][1];
        }
        u[i][1] = f[1] / r;
        u[i][0] = (f[0] + q * u[i][1]) / p;
    }
    for (int s = 0; s < 2; s++) {
        error[s] = u[7][s];
        y[s] = at[s] + error[s];
    }
}

/* Error at t = 3 with equal steps, and the sum of the sizes of the estimates. */
static double error_of(double k, int steps, double *estimates)
{
    double y[2] = {1.0, 1.0}, error[2];

    *estimates = 0.0;
    for (int i = 0; i < steps; i++) {
        step(k, y, 3.0 / steps, error);
        *estimates += fabs(error[0]) + fabs(error[1]);
    }
    return fabs(y[0] - 0.5) + fabs(y[1] - 0.5);
}

/* Half the step leaves a 32nd of the error: order 5; of the estimates, which are of order 4 and
 * have one order more in each step but are summed over twice the steps, a 16th. */
static void test_order_is_five(void **state)
{
    double coarse_estimate, fine_estimate;
    const double coarse = error_of(1.0, 24, &coarse_estimate);
    const double fine = error_of(1.0, 48, &fine_estimate);

    (void)state;
    CHECK_NEAR(log2(coarse / fine), 5.0, 0.25);
    CHECK_NEAR(log2(coarse_estimate / fine_estimate), 4.0, 0.25);
    CHECK(fine < 1e-8);
}

/* A rate a million times too fast for the step does no harm: the method is L-stable. */
static void test_fast_rates_are_damped(void **state)
{
    double estimates;

    (void)state;
    CHECK(error_of(1e6, 3, &estimates) < 1e-2);
    CHECK(error_of(1e6, 24, &estimates) < 1e-5);
}

static double drawn(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) * 0x1p-52 - 1.0;
}

/* v_fma is the multiply-add that the C library rounds once, also where nearly everything cancels
 * and where the addend is far smaller or larger. */
static void test_fma_is_rounded_once(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int n = 0; n < 200000; n++) {
        V a, b, c;

        for (int i = 0; i < WIDTH; i++) {
            a[i] = drawn(&seed) * exp2(n % 61 - 30);
            b[i] = drawn(&seed) * exp2(n % 37 - 18);
            c[i] = n % 3 == 0 ? drawn(&seed) * exp2(n % 101 - 50)
                              : -a[i] * b[i] * (1.0 + (n % 5 - 2) * DBL_EPSILON);
        }
        const V r = v_fma(a, b, c);

        for (int i = 0; i < WIDTH; i++) {
            CHECK(r[i] == fma(a[i], b[i], c[i]));
        }
    }
}

TEST_MAIN(cmocka_unit_test(test_order_is_five), cmocka_unit_test(test_fast_rates_are_damped),
          cmocka_unit_test(test_fma_is_rounded_once));
