/* SPDX-License-Identifier: Apache-2.0
 * heal/vector: EN_LANES patients at once in double precision, or 2 * EN_LANES in single precision
 * (EN_SINGLE_LANES), in the words in which tools/modelgen writes the model. Compiled once per
 * instruction set and precision.
 *
 * Every operation is rounded once: + - * /, square roots and fused multiply-adds that are written
 * as such, the rest uncontracted. So the bytes are the same on every instruction set; where the
 * processor has no fused multiply-add, the C library makes the same bytes slowly. */
#pragma once

#include "num/lane.h"

#ifdef EN_SINGLE_LANES
typedef float real;
typedef int32_t integer;
enum { WIDTH = 2 * EN_LANES };
#define EN_SQRT(a) __builtin_sqrtf(a)
#else
typedef double real;
typedef int64_t integer;
enum { WIDTH = EN_LANES };
#define EN_SQRT(a) __builtin_sqrt(a)
#endif

typedef real V __attribute__((vector_size(8 * EN_LANES)));
typedef integer M __attribute__((vector_size(8 * EN_LANES))); /* all bits set: true */

#define MODEL_INLINE EN_LANE_INLINE

EN_LANE_INLINE V v_num(double x)
{
    return (real)x - (V){0};
}

#if !defined(__FMA__) && !defined(__ARM_FEATURE_FMA)
typedef double double_lanes __attribute__((vector_size(8 * EN_LANES)));
typedef int64_t double_mask __attribute__((vector_size(8 * EN_LANES)));

/* x + y = sum + rest exactly (Knuth). */
EN_LANE_INLINE double_lanes exact_sum(double_lanes x, double_lanes y, double_lanes *rest)
{
    const double_lanes sum = x + y, part = sum - x;

    *rest = (x - (sum - part)) + (y - part);
    return sum;
}

/* x + y rounded to odd: where it is not exact, the neighbour whose last bit is 1. Rounding that
 * once more to a shorter number gives what rounding the exact sum gives. */
EN_LANE_INLINE double_lanes odd_sum(double_lanes x, double_lanes y)
{
    double_lanes rest;
    const double_lanes sum = exact_sum(x, y, &rest);
    const double_mask is_even = ((double_mask)sum & 1) == 0, is_inexact = rest != 0.0;
    const double_mask step = ((rest < 0.0) != (sum < 0.0)) | 1;

    return (double_lanes)((double_mask)sum + (is_even & is_inexact & step));
}

/* The upper half of the digits (Veltkamp); what is left is the lower half. */
EN_LANE_INLINE double_lanes upper_half(double_lanes x)
{
    const double_lanes scaled = x * 134217729.0;

    return scaled - (scaled - x);
}

/* a b + c rounded once, for processors without the instruction (Boldo and Melquiond 2008, IEEE
 * Transactions on Computers 57:462): some 45 operations. A call, or compiling takes minutes. */
static __attribute__((noinline, unused)) double_lanes exact_fma(double_lanes a, double_lanes b,
                                                                double_lanes c)
{
    const double_lanes ah = upper_half(a), al = a - ah, bh = upper_half(b), bl = b - bh;
    const double_lanes high = a * b;
    const double_lanes low = ((ah * bh - high) + ah * bl + al * bh) + al * bl;
    double_lanes sum_low, result_low;
    const double_lanes sum = exact_sum(c, low, &sum_low);
    const double_lanes result = exact_sum(high, sum, &result_low);

    return result + odd_sum(sum_low, result_low);
}

#ifdef EN_SINGLE_LANES
/* The product is exact in double precision. */
static __attribute__((noinline)) V exact_fma_single(V a, V b, V c)
{
    V r = c;

    for (int half = 0; half < WIDTH; half += EN_LANES) {
        double_lanes product = {0}, addend = {0};

        for (int i = 0; i < EN_LANES; i++) {
            product[i] = (double)a[half + i] * (double)b[half + i];
            addend[i] = (double)c[half + i];
        }
        const double_lanes sum = odd_sum(product, addend);

        for (int i = 0; i < EN_LANES; i++) {
            r[half + i] = (float)sum[i];
        }
    }
    return r;
}
#endif
#endif

/* Every lane of the instruction's mask, whose type the compilers do not agree on. */
#if defined(__clang__)
#define ALL_LANES ((unsigned short)0xffff)
#else
#define ALL_LANES ((short)-1)
#endif

/* a b + c, rounded once. As an element loop over fma() the compiler makes scalar instructions of
 * many of them (measured: 200 of 270 in one stage), so the instruction is named where it exists. */
EN_LANE_INLINE V v_fma(V a, V b, V c)
{
#if defined(__AVX512F__) && defined(EN_SINGLE_LANES)
    return __builtin_ia32_vfmaddps512_mask(a, b, c, ALL_LANES, 4);
#elif defined(__AVX512F__)
    return __builtin_ia32_vfmaddpd512_mask(a, b, c, 0xff, 4);
#elif defined(__FMA__) && defined(EN_SINGLE_LANES)
    return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__FMA__)
    return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__ARM_FEATURE_FMA)
    V r = c;

    for (int i = 0; i < WIDTH; i++) {
        r[i] = sizeof(real) == 4 ? __builtin_fmaf((float)a[i], (float)b[i], (float)c[i])
                                 : (real)__builtin_fma(a[i], b[i], c[i]);
    }
    return r;
#elif defined(EN_SINGLE_LANES)
    return exact_fma_single(a, b, c);
#else
    return exact_fma(a, b, c);
#endif
}

EN_LANE_INLINE V v_neg(V a)
{
    return -a;
}

/* a b - c */
EN_LANE_INLINE V v_fms(V a, V b, V c)
{
    return v_fma(a, b, -c);
}

/* c - a b */
EN_LANE_INLINE V v_fnma(V a, V b, V c)
{
    return v_fma(-a, b, c);
}

EN_LANE_INLINE V v_add(V a, V b)
{
    return a + b;
}

EN_LANE_INLINE V v_sub(V a, V b)
{
    return a - b;
}

EN_LANE_INLINE V v_mul(V a, V b)
{
    return a * b;
}

EN_LANE_INLINE V v_inv(V a)
{
    return (real)1 / a;
}

EN_LANE_INLINE V v_sqrt(V a)
{
    V r = a;

#pragma GCC unroll 16
    for (int i = 0; i < WIDTH; i++) {
        r[i] = EN_SQRT(a[i]);
    }
    return r;
}

/* a where the mask is set, b elsewhere. */
EN_LANE_INLINE V v_pick(M mask, V a, V b)
{
    return (V)((mask & (M)a) | (~mask & (M)b));
}

EN_LANE_INLINE V v_max(V a, V b)
{
    return v_pick(a > b, a, b);
}

EN_LANE_INLINE V v_min(V a, V b)
{
    return v_pick(a < b, a, b);
}

EN_LANE_INLINE V v_abs(V a)
{
    const M sign = (M)v_num(-0.0);

    return (V)((M)a & ~sign);
}

EN_LANE_INLINE V v_max0(V a)
{
    return (V)((a > (V){0}) & (M)a);
}

/* 1 where a > 0, else 0 */
EN_LANE_INLINE V v_step(V a)
{
    return (V)((a > (V){0}) & (M)v_num(1.0));
}
