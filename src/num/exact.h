/* SPDX-License-Identifier: Apache-2.0
 * num/exact: sums and histograms in integers. Adding them is exact, so neither the order of work
 * nor its split over threads, ranks or a stop and a resume can change a bit of the result. Plain
 * data; nothing is allocated. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Count, sum and squares of values that are rounded to 2^-16. Up to 2^31 values, each within
 * +- 2^15, do not overflow. Four int64_t in this order, so that arrays of int64_t may hold it. */
struct en_exact {
    int64_t count, sum;                /* sum of q = value 2^16 */
    int64_t squares_high, squares_low; /* of q^2: above and below 32 bits, added apart */
};

void en_exact_add(struct en_exact *e, double value);
void en_exact_merge(struct en_exact *e, const struct en_exact *other);
/* Add to a sum that other threads may add to at the same time. */
void en_exact_share(int64_t *sum, int64_t x);
double en_exact_mean(const struct en_exact *e);     /* NAN without values */
double en_exact_variance(const struct en_exact *e); /* of the sample, n - 1; NAN below two values */

/* A fixed grid of bins over the range of a bounded quantity. */
struct en_histogram {
    double low, high; /* low < high */
    size_t bins;
};

/* The bin of a value; the end bins take what lies beyond. */
size_t en_histogram_bin(const struct en_histogram *h, double value);

/* One sample of a mixture: counts [bins] that together weigh `weight`. */
struct en_counts {
    const int64_t *counts;
    double weight;
};

/* Quantiles of the mixture for ascending probabilities p [count] within 0 .. 1, linear inside a
 * bin: within one bin of the quantile of the values, as long as these are within the range. Samples
 * without weight or values do not count; without any, the quantiles are NAN. */
void en_histogram_quantiles(const struct en_histogram *h, const struct en_counts *samples,
                            size_t sample_count, const double *p, size_t count, double *quantiles);
