/* SPDX-License-Identifier: Apache-2.0
 * num/sobol: points that fill the unit cube evenly, for means over virtual patients with fewer of
 * them: the Sobol sequence with a random digital shift. Like num/random, a number is a function of
 * (seed, index, dimension) alone. Read-only once made: threads may share it.
 *
 * Direction numbers: Joe, Kuo, "Constructing Sobol sequences with better two-dimensional
 * projections", SIAM J. Sci. Comput. 30:2635, 2008. Use 2^k points, from index 0 or a multiple of
 * 2^k: those are balanced. Different seeds give independent, unbiased estimates of a mean, whose
 * spread tells the error. */
#pragma once

#include <stdint.h>

enum { EN_SOBOL_DIMENSIONS = 32, EN_SOBOL_BITS = 32 };

struct en_sobol {
    uint64_t seed;
    uint32_t direction[EN_SOBOL_DIMENSIONS][EN_SOBOL_BITS];
    uint32_t shift[EN_SOBOL_DIMENSIONS];
};

void en_sobol_init(struct en_sobol *s, uint64_t seed);

/* Coordinate of point `index`, strictly inside 0 .. 1. Dimensions from EN_SOBOL_DIMENSIONS on are
 * plain random numbers: put what matters most first. */
double en_sobol_uniform(const struct en_sobol *s, uint32_t index, uint32_t dimension);

/* Standard normal: the quantile function of it. */
double en_sobol_normal(const struct en_sobol *s, uint32_t index, uint32_t dimension);
