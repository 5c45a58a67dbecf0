/* SPDX-License-Identifier: Apache-2.0
 * Numbers for random tests: a fixed sequence (splitmix64) from a seed that stands in the test, so
 * that a failure repeats. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *d)
{
    uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 .. count - 1 */
static inline size_t dice_below(struct dice *d, size_t count)
{
    return (size_t)(dice_next(d) % count);
}
