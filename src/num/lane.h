/* SPDX-License-Identifier: Apache-2.0
 * num/lane: several members of an ensemble at once, one per lane of a vector.
 *
 * The width EN_LANES is chosen by whoever compiles the file (2 fits every x86-64, 4 AVX2, 8
 * AVX-512); a file may be compiled once per width. Only IEEE + - * / and square roots, element by
 * element and never contracted, so the bytes of a member do not depend on the width. No branches on
 * data: choose with en_lane_pick. */
#pragma once

#include <stdint.h>
#include <string.h>

#ifndef EN_LANES
#define EN_LANES 1
#endif

/* Largest width of any build: arrays of members are padded to it. */
enum { EN_LANES_MAX = 8 };

typedef double en_lane __attribute__((vector_size(8 * EN_LANES)));
typedef int64_t en_mask __attribute__((vector_size(8 * EN_LANES))); /* all bits set: true */

#define EN_LANE_INLINE static inline __attribute__((always_inline, unused))

/* x in every lane; x - 0 keeps a negative zero. */
EN_LANE_INLINE en_lane en_lane_all(double x)
{
    return x - (en_lane){0};
}

EN_LANE_INLINE en_lane en_lane_load(const double *from)
{
    en_lane x;

    memcpy(&x, from, sizeof x);
    return x;
}

EN_LANE_INLINE void en_lane_store(double *to, en_lane x)
{
    memcpy(to, &x, sizeof x);
}

/* a where the mask is set, b elsewhere. */
EN_LANE_INLINE en_lane en_lane_pick(en_mask mask, en_lane a, en_lane b)
{
    return (en_lane)((mask & (en_mask)a) | (~mask & (en_mask)b));
}

/* The larger of both; b where a is NAN. */
EN_LANE_INLINE en_lane en_lane_max(en_lane a, en_lane b)
{
    return en_lane_pick(a > b, a, b);
}

EN_LANE_INLINE en_lane en_lane_min(en_lane a, en_lane b)
{
    return en_lane_pick(a < b, a, b);
}

/* Correctly rounded; the compiler joins the elements into one instruction. */
EN_LANE_INLINE en_lane en_lane_sqrt(en_lane x)
{
    en_lane root;

    for (int i = 0; i < EN_LANES; i++) {
        root[i] = __builtin_sqrt(x[i]);
    }
    return root;
}
