/* SPDX-License-Identifier: Apache-2.0 */
#include "num/exact.h"

#include <assert.h>
#include <math.h>

#define UNITS 65536.0 /* of a value */

void en_exact_add(struct en_exact *e, double value)
{
    assert(fabs(value) <= 32768.0);
    const int64_t q = (int64_t)floor(value * UNITS + 0.5), square = q * q;

    e->count++;
    e->sum += q;
    e->squares_high += square >> 32;
    e->squares_low += square & 0xFFFFFFFF;
}

void en_exact_merge(struct en_exact *e, const struct en_exact *other)
{
    e->count += other->count;
    e->sum += other->sum;
    e->squares_high += other->squares_high;
    e->squares_low += other->squares_low;
}

void en_exact_share(int64_t *sum, /* NOLINT(readability-non-const-parameter): written */
                    int64_t x)
{
    (void)__atomic_fetch_add(sum, x, __ATOMIC_RELAXED);
}

double en_exact_mean(const struct en_exact *e)
{
    return e->count > 0 ? (double)e->sum / (double)e->count / UNITS : NAN;
}

double en_exact_variance(const struct en_exact *e)
{
    if (e->count < 2) {
        return NAN;
    }
    const double n = (double)e->count, sum = (double)e->sum;
    const double squares = (double)e->squares_high * 4294967296.0 + (double)e->squares_low;

    return fmax(squares - sum * (sum / n), 0.0) / (n - 1.0) / (UNITS * UNITS);
}

size_t en_histogram_bin(const struct en_histogram *h, double value)
{
    const double place = (value - h->low) * ((double)h->bins / (h->high - h->low));

    assert(!isnan(value));
    if (place <= 0.0) {
        return 0;
    }
    return place < (double)h->bins ? (size_t)place : h->bins - 1;
}

/* What one count of each sample weighs; the weights that count add up to 1. */
static double unit_weights(size_t bins, const struct en_counts *samples, size_t count, double *unit)
{
    double whole = 0.0;

    for (size_t s = 0; s < count; s++) {
        int64_t values = 0;

        for (size_t k = 0; k < bins; k++) {
            values += samples[s].counts[k];
        }
        const int is_used = samples[s].weight > 0.0 && values > 0;

        unit[s] = is_used ? samples[s].weight / (double)values : 0.0;
        whole += is_used ? samples[s].weight : 0.0;
    }
    return whole;
}

/* Weight of the samples in bin k. */
static double weight_in(size_t k, const struct en_counts *samples, size_t count, const double *unit)
{
    double inside = 0.0;

    for (size_t s = 0; s < count; s++) {
        inside += unit[s] * (double)samples[s].counts[k];
    }
    return inside;
}

void en_histogram_quantiles(const struct en_histogram *h, const struct en_counts *samples,
                            size_t sample_count, const double *p, size_t count, double *quantiles)
{
    enum { SAMPLES_MAX = 8 };
    const double width = (h->high - h->low) / (double)h->bins;
    double unit[SAMPLES_MAX], before = 0.0;
    size_t done = 0;

    assert(sample_count <= SAMPLES_MAX);
    const double whole = unit_weights(h->bins, samples, sample_count, unit);

    for (size_t i = 0; i < count; i++) {
        quantiles[i] = NAN;
    }
    for (size_t k = 0; k < h->bins && whole > 0.0; k++) {
        const double inside = weight_in(k, samples, sample_count, unit);

        if (!(inside > 0.0)) {
            continue;
        }
        while (done < count && p[done] * whole <= before + inside) {
            const double part = (p[done] * whole - before) / inside;

            quantiles[done++] = h->low + width * ((double)k + fmin(fmax(part, 0.0), 1.0));
        }
        /* What rounding leaves beyond the last bin stands at its end. */
        for (size_t i = done; i < count; i++) {
            quantiles[i] = h->low + width * (double)(k + 1);
        }
        before += inside;
    }
}
