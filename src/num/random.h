/* SPDX-License-Identifier: Apache-2.0
 * num/random: random numbers that are a function of where they are used, not of what was drawn
 * before: (seed, member, purpose, index). So the order of work, and with it the thread count,
 * cannot matter, and arms of a comparison share their patients' numbers. Pure functions.
 *
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * 2011. */
#pragma once

#include <stdint.h>

/* Place of one number. */
struct en_random {
    uint64_t seed;
    uint64_t member;  /* patient */
    uint32_t purpose; /* what the number is for */
    uint32_t index;   /* attempt, time point */
};

/* Ten rounds of the cipher on counter with key; tested with the published vectors. */
void en_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Uniform, strictly inside 0 .. 1, a multiple of 2^-53. */
double en_random_uniform(struct en_random at);

/* Standard normal: the quantile function of the uniform number at the same place. */
double en_random_normal(struct en_random at);

/* Two independent numbers of the same place, at little more than the cost of one; the first is that
 * of the functions above. */
void en_random_uniforms(struct en_random at, double pair[2]);
void en_random_normals(struct en_random at, double pair[2]);

/* Four independent uniform numbers of the same place, strictly inside 0 .. 1, multiples of 2^-33:
 * where they are many and their last bits do not matter. */
void en_random_uniforms_of_4(struct en_random at, double four[4]);
