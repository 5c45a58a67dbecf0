/* SPDX-License-Identifier: Apache-2.0
 * num/lane_math: exp, log, pow and atan for lanes, our own because those of the C library differ in
 * their last bits between versions and processors.
 *
 * Measured against long double over their ranges (test_lane_math): exp and log below 1 ulp, atan
 * below 6 ulp, pow below 2 ulp while |y log x| <= 1 and below 2 + |y log x| ulp beyond. */
#pragma once

#include "num/lane.h"

/* log(2) = EN_LN2_HIGH + EN_LN2_LOW; the high part ends in 21 zero bits, so that its product with
 * an exponent is exact. */
#define EN_LN2_HIGH    0x1.62e42feep-1
#define EN_LN2_LOW     0x1.a39ef35793c76p-33
#define EN_LOG2_E      0x1.71547652b82fep0
/* Adding and subtracting 1.5 * 2^52 rounds to the nearest integer. */
#define EN_ROUND_SHIFT 0x1.8p52

/* c[0] + c[1] x + ... + c[11] x^11, by pairs and fours: a quarter of the waiting of Horner's rule,
 * which is what bounds the speed of the lanes. */
EN_LANE_INLINE en_lane en_lane_series(const double c[12], en_lane x)
{
    const en_lane x2 = x * x, x4 = x2 * x2;
    const en_lane low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
    const en_lane middle = (c[4] + c[5] * x) + (c[6] + c[7] * x) * x2;
    const en_lane high = (c[8] + c[9] * x) + (c[10] + c[11] * x) * x2;

    return low + (middle + high * x4) * x4;
}

/* e^x; x is held within -708 .. 709, where the result is a normal number.
 * x = n log 2 + r, |r| <= 0.35; e^r by its series to r^13 (rest below 5e-18). */
EN_LANE_INLINE en_lane en_lane_exp(en_lane x)
{
    static const double INVERSE_FACTORIAL[] = {
        0.5,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5040.0,
        1.0 / 40320.0,
        1.0 / 362880.0,
        1.0 / 3628800.0,
        1.0 / 39916800.0,
        1.0 / 479001600.0,
        1.0 / 6227020800.0,
    };
    const en_lane inside = en_lane_min(en_lane_max(x, en_lane_all(-708.0)), en_lane_all(709.0));
    const en_lane shifted = inside * EN_LOG2_E + EN_ROUND_SHIFT;
    const en_lane n = shifted - EN_ROUND_SHIFT;
    const en_lane high = inside - n * EN_LN2_HIGH, low = n * EN_LN2_LOW;
    const en_lane r = high - low;
    /* r * r * series is small: what r lost when rounded is added back with it. */
    const en_lane power = 1.0 + (high + (r * r * en_lane_series(INVERSE_FACTORIAL, r) - low));
    /* The low bits of `shifted` are n: moved into the exponent they multiply by 2^n. */
    const en_mask exponent = (en_mask)shifted << 52;

    return (en_lane)((en_mask)power + exponent);
}

/* log(x) for normal x > 0; anything for others. x = 2^n m, m within 0.71 .. 1.41, f = m - 1,
 * s = f / (2 + f): log m = f - (f^2/2 - s (f^2/2 + R)), R = 2 s^2 (s^0/3 + s^2/5 + ...),
 * |s| <= 0.18, to s^24 (rest below 1e-18). */
EN_LANE_INLINE en_lane en_lane_log(en_lane x)
{
    static const double ODD[] = {2.0 / 3.0,  2.0 / 5.0,  2.0 / 7.0,  2.0 / 9.0,
                                 2.0 / 11.0, 2.0 / 13.0, 2.0 / 15.0, 2.0 / 17.0,
                                 2.0 / 19.0, 2.0 / 21.0, 2.0 / 23.0, 2.0 / 25.0};
    /* Bits of sqrt(1/2): subtracting them puts the cut between two powers at sqrt(2). */
    const en_mask half = (en_mask)en_lane_all(0x1.6a09e667f3bcdp-1);
    const en_mask above = (en_mask)x - half;
    const en_mask exponent = above >> 52;
    const en_lane m = (en_lane)((en_mask)x - (exponent << 52));
    /* The exponent as a number: put into the low bits of 1.5 * 2^52. */
    const en_lane n = (en_lane)((en_mask)en_lane_all(EN_ROUND_SHIFT) + exponent) - EN_ROUND_SHIFT;
    const en_lane f = m - 1.0, s = f / (2.0 + f), z = s * s, half_square = 0.5 * f * f;
    const en_lane rest =
        half_square - (s * (half_square + z * en_lane_series(ODD, z)) + n * EN_LN2_LOW);

    return n * EN_LN2_HIGH - (rest - f);
}

/* x^y for x > 0. */
EN_LANE_INLINE en_lane en_lane_pow(en_lane x, en_lane y)
{
    return en_lane_exp(y * en_lane_log(x));
}

/* Inverse tangent for x >= 0, x^2 finite. Three half angles, atan x = 2 atan(x / (1 + sqrt(1 +
 * x^2))), bring x below tan(pi/16) = 0.2; then the series to x^25 (rest below 1e-20). */
EN_LANE_INLINE en_lane en_lane_atan(en_lane x)
{
    en_lane t = x;

    for (int i = 0; i < 3; i++) {
        t = t / (1.0 + en_lane_sqrt(1.0 + t * t));
    }
    const en_lane z = t * t;
    en_lane series = en_lane_all(1.0 / 25.0);

    for (int i = 23; i > 0; i -= 2) {
        series = 1.0 / (double)i - z * series;
    }
    return 8.0 * t * series;
}

/* Density of Student's t with 4 degrees of freedom (variance 2): 3/8 (1 + x^2 / 4)^(-5/2). */
EN_LANE_INLINE en_lane en_lane_student4_density(en_lane x)
{
    const en_lane q = 1.0 + 0.25 * x * x;

    return 0.375 / (q * q * en_lane_sqrt(q));
}

/* Its distribution function: with u = 1 - |x| / r, r = sqrt(4 + x^2), the tail beyond |x| is
 * u^2 (3 - u) / 4. u = 4 / (r (r + |x|)) keeps far tails exact. */
EN_LANE_INLINE en_lane en_lane_student4_cdf(en_lane x)
{
    const en_lane size = en_lane_max(x, -x), r = en_lane_sqrt(4.0 + x * x);
    const en_lane u = 4.0 / (r * (r + size));
    const en_lane tail = 0.25 * u * u * (3.0 - u);

    return en_lane_pick(x > 0.0, 1.0 - tail, tail);
}
