/* SPDX-License-Identifier: Apache-2.0 */
#include "num/lane_math.h"
#include "num/scalar.h"

#include "support/check.h"

#include <float.h>

/* Distance of got from the truth in units of the truth's last place. */
static double ulps(double got, long double truth)
{
    const double place = nextafter(fabs((double)truth), INFINITY) - fabs((double)truth);

    return (double)(fabsl((long double)got - truth) / (long double)place);
}

/* exp keeps below 1 ulp over all of its range: dense near 0 where the model works, and far out. */
static void test_exp_is_within_one_ulp(void **state)
{
    double worst = 0.0;

    (void)state;
    for (int i = -200000; i <= 200000; i++) {
        const double near = i * 1.7e-5, far = i * 0.0035;

        worst = fmax(worst, ulps(en_exp(near), expl((long double)near)));
        worst = fmax(worst, ulps(en_exp(far), expl((long double)far)));
    }
    print_message("exp: %.3f ulp\n", worst);
    CHECK(worst < 1.0);
    CHECK(en_exp(0.0) == 1.0);
}

/* Beyond its range exp answers with the value at the border instead of garbage. */
static void test_exp_holds_its_range(void **state)
{
    (void)state;
    CHECK(en_exp(1e9) == en_exp(709.0) && isfinite(en_exp(709.0)));
    CHECK(en_exp(-1e9) == en_exp(-708.0) && en_exp(-708.0) > 0.0);
}

/* log keeps below 1 ulp, also beside 1 where the logarithm is small, and at every power of two. */
static void test_log_is_within_one_ulp(void **state)
{
    double worst = 0.0;

    (void)state;
    for (int i = -200000; i <= 200000; i++) {
        const double near = 1.0 + i * 4.0e-6, far = exp(i * 0.0034);

        worst = fmax(worst, ulps(en_log(near), logl((long double)near)));
        worst = fmax(worst, ulps(en_log(far), logl((long double)far)));
    }
    for (int e = -1021; e < 1023; e++) {
        worst = fmax(worst, ulps(en_log(ldexp(1.0000001, e)), logl(ldexpl(1.0000001, e))));
    }
    print_message("log: %.3f ulp\n", worst);
    CHECK(worst < 1.0);
    CHECK(en_log(1.0) == 0.0);
}

/* pow within its stated error while the logarithm of the result is at most 1: the model's V^0.3
 * with V from 0.1 to 20. */
static void test_pow_is_within_two_ulp(void **state)
{
    double worst = 0.0;

    (void)state;
    for (int i = 1; i <= 100000; i++) {
        const double x = 0.1 + i * 2e-4;
        const double got = en_lane_pow(en_lane_all(x), en_lane_all(0.3))[0];

        worst = fmax(worst, ulps(got, powl((long double)x, 0.3)));
    }
    print_message("pow: %.3f ulp\n", worst);
    CHECK(worst < 2.0);
    CHECK(en_lane_pow(en_lane_all(7.0), en_lane_all(0.0))[0] == 1.0);
}

static void test_atan_is_within_six_ulp(void **state)
{
    double worst = 0.0;

    (void)state;
    for (int i = 0; i <= 200000; i++) {
        const double small = i * 1e-5, large = i * 0.01;

        worst = fmax(worst, ulps(en_lane_atan(en_lane_all(small))[0], atanl((long double)small)));
        worst = fmax(worst, ulps(en_lane_atan(en_lane_all(large))[0], atanl((long double)large)));
    }
    print_message("atan: %.3f ulp\n", worst);
    CHECK(worst < 6.0);
}

/* Choosing never mixes bits of both sides, and NAN does not win. */
static void test_lanes_choose(void **state)
{
    const en_lane a = en_lane_all(-0.0), b = en_lane_all(2.0), n = en_lane_all(NAN);

    (void)state;
    CHECK(signbit(a[0]) && en_lane_max(a, b)[0] == 2.0 && signbit(en_lane_min(a, b)[0]));
    CHECK(en_lane_max(n, b)[0] == 2.0 && en_lane_min(n, b)[0] == 2.0);
    CHECK(en_lane_sqrt(b)[0] == sqrt(2.0));
}

/* The normal quantile against the distribution function (long double erfc), tails included;
 * symmetric, since p and 1 - p are exact mirror images here. */
static void test_normal_quantile_inverts_the_distribution(void **state)
{
    (void)state;
    for (int i = 1; i < 4096; i++) {
        const double p = i / 4096.0, x = en_normal_quantile(p);
        const long double back = 0.5L * erfcl(-(long double)x / sqrtl(2.0L));

        CHECK_NEAR((double)(back / (long double)p), 1.0, 4e-15);
        CHECK_NEAR(en_normal_quantile(1.0 - p), -x, 1e-15);
    }
    for (int e = 13; e < 53; e++) {
        const double p = ldexp(1.0, -e), x = en_normal_quantile(p);
        const long double back = 0.5L * erfcl(-(long double)x / sqrtl(2.0L));

        CHECK_NEAR((double)(back / (long double)p), 1.0, 4e-14);
    }
    CHECK(en_normal_quantile(0.5) == 0.0);
    CHECK_NEAR(en_normal_quantile(0.975), 1.959963984540054, 1e-15);
}

/* Chance that |t| exceeds x with df degrees of freedom: with t = sqrt(df) tan(a) the density is
 * proportional to cos(a)^(df - 1); Simpson's rule. */
static double student_beyond(double x, double df)
{
    enum { N = 2000 };
    const double most = atan(x / sqrt(df)), h = most / N;
    double sum = 1.0 + pow(cos(most), df - 1.0);

    for (int i = 1; i < N; i++) {
        sum += (i % 2 == 1 ? 4.0 : 2.0) * pow(cos(i * h), df - 1.0);
    }
    return 1.0 - 2.0 * sum * h / 3.0 * exp(lgamma((df + 1.0) / 2.0) - lgamma(df / 2.0)) /
                     sqrt(3.14159265358979323846);
}

/* The 5 % point of Student's t is where 5 % lie beyond, within the stated errors, whose effect on
 * the 5 % is given here; it falls with the degrees of freedom to the normal quantile. */
static void test_student_critical_value(void **state)
{
    static const struct {
        double df, tolerance;
    } AT[] = {{1, 1e-6},   {1.3, 0.004}, {1.7, 0.003}, {2, 1e-6},   {2.5, 8e-4},
              {3, 1e-6},   {3.4, 3e-4},  {4, 1e-6},    {4.5, 1e-4}, {5, 3e-5},
              {5.5, 3e-5}, {8, 1e-5},    {17.3, 1e-5}, {60, 1e-6},  {1000, 1e-6}};

    (void)state;
    for (size_t i = 0; i < sizeof AT / sizeof AT[0]; i++) {
        const double x = en_student_critical(AT[i].df);

        CHECK_NEAR(student_beyond(x, AT[i].df), 0.05, AT[i].tolerance);
        CHECK(i == 0 || x < en_student_critical(AT[i - 1].df));
    }
    CHECK_NEAR(en_student_critical(1e12), en_normal_quantile(0.975), 1e-9);
    CHECK(en_student_critical(0.5) == en_student_critical(1.0));
}

/* Tables of the chi-square distribution, odd and even degrees; nothing is below 0. */
static void test_chi_square(void **state)
{
    static const struct {
        int df;
        double x, above;
    } AT[] = {{1, 3.841459, 0.05},   {2, 5.991465, 0.05},   {3, 16.266236, 0.001},
              {9, 21.665994, 0.01},  {10, 18.307038, 0.05}, {19, 43.820196, 0.001},
              {19, 30.143527, 0.05}, {30, 50.892181, 0.01}, {19, 18.337653, 0.5}};

    (void)state;
    for (size_t i = 0; i < sizeof AT / sizeof AT[0]; i++) {
        CHECK_NEAR(en_chi_square_above(AT[i].x, AT[i].df), AT[i].above, 3e-7);
    }
    CHECK(en_chi_square_above(0.0, 5) == 1.0 && en_chi_square_above(-1.0, 4) == 1.0);
    CHECK(en_chi_square_above(1e4, 19) < 1e-100);
}

/* The closed forms of 4 degrees of freedom are Student's: against the integral over the angle, in
 * the middle; and far out, where the tail is 3 / x^4 (1 - 20 / (3 x^2) + ...), without
 * cancellation. The density is the slope of the distribution function. */
static void test_student_of_four_degrees(void **state)
{
    (void)state;
    for (int i = 0; i < 32; i++) {
        const double x = 0.37 * i, beyond = student_beyond(x, 4.0) / 2.0, h = 1e-5;

        CHECK_NEAR(en_student4_cdf(-x), beyond, 1e-13);
        CHECK_NEAR(en_student4_cdf(x), 1.0 - beyond, 1e-13);
        CHECK_NEAR((en_student4_cdf(x + h) - en_student4_cdf(x - h)) / (2.0 * h),
                   en_student4_density(x), 1e-10);
        CHECK(en_student4_density(-x) == en_student4_density(x));
    }
    for (int i = 3; i < 30; i++) {
        const double x = pow(10.0, i), x2 = x * x,
                     tail = 3.0 / (x2 * x2) * (1.0 - 20.0 / (3.0 * x2));

        CHECK_NEAR(en_student4_cdf(-x) / tail, 1.0, 2e-10);
        CHECK_NEAR(en_student4_density(x) / (12.0 / (x2 * x2 * x)), 1.0, 2e-5);
    }
    CHECK(en_student4_cdf(0.0) == 0.5 && en_student4_density(0.0) == 0.375);
    CHECK(isnan(en_student4_cdf(NAN)) && isnan(en_student4_density(NAN)));
}

TEST_MAIN(cmocka_unit_test(test_chi_square), cmocka_unit_test(test_student_of_four_degrees),
          cmocka_unit_test(test_student_critical_value),
          cmocka_unit_test(test_exp_is_within_one_ulp), cmocka_unit_test(test_exp_holds_its_range),
          cmocka_unit_test(test_log_is_within_one_ulp),
          cmocka_unit_test(test_pow_is_within_two_ulp),
          cmocka_unit_test(test_atan_is_within_six_ulp), cmocka_unit_test(test_lanes_choose),
          cmocka_unit_test(test_normal_quantile_inverts_the_distribution));
