/* SPDX-License-Identifier: Apache-2.0
 * bench/scalar: stands in for num/lane_math.h, so that support/tissue.h becomes plain scalar C with
 * the C library's functions: the form in which a peer would have the model. */
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { EN_LANES_MAX = 8 };

typedef double en_lane;
typedef int en_mask;

#define EN_LANE_INLINE static inline __attribute__((always_inline, unused))
#define EN_LN2_HIGH    0x1.62e42fefa39efp-1
#define EN_LN2_LOW     0x1.abc9e3b39803fp-56

EN_LANE_INLINE en_lane en_lane_all(double x)
{
    return x;
}

EN_LANE_INLINE en_lane en_lane_pick(en_mask mask, en_lane a, en_lane b)
{
    return mask ? a : b;
}

EN_LANE_INLINE en_lane en_lane_max(en_lane a, en_lane b)
{
    return a > b ? a : b;
}

EN_LANE_INLINE en_lane en_lane_min(en_lane a, en_lane b)
{
    return a < b ? a : b;
}

EN_LANE_INLINE en_lane en_lane_sqrt(en_lane x)
{
    return sqrt(x);
}

EN_LANE_INLINE en_lane en_lane_exp(en_lane x)
{
    return exp(x);
}

EN_LANE_INLINE en_lane en_lane_pow(en_lane x, en_lane y)
{
    return pow(x, y);
}

EN_LANE_INLINE en_lane en_lane_atan(en_lane x)
{
    return atan(x);
}
