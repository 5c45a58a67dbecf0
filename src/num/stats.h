/* SPDX-License-Identifier: Apache-2.0
 * num/stats: sums and quantiles whose bytes depend on the values and their order alone.
 * Pure functions. */
#pragma once

#include <stddef.h>

/* Sum in a fixed tree (pairwise), so that it can be neither reordered nor lose many digits. */
double en_sum(const double *values, size_t count);

/* Ascending; no NAN inside. */
void en_sort(double *values, size_t count);

/* One sample of a mixture: count values in ascending order, which together weigh `weight`. */
struct en_sample {
    const double *sorted;
    size_t count;
    double weight;
};

enum { EN_SAMPLES_MAX = 8 };

/* Quantiles of the mixture of samples, for ascending probabilities p [count] within 0 .. 1.
 * Values stand at the weight that lies before them, with linear interpolation between: with one
 * sample, or equal weights, this is Hyndman and Fan's type 7. Samples with weight 0 or without
 * values do not count; without any, the quantiles are NAN. sample_count <= EN_SAMPLES_MAX. */
void en_quantiles(const struct en_sample *samples, size_t sample_count, const double *p,
                  size_t count, double *quantiles);
