/* SPDX-License-Identifier: Apache-2.0 */
#include "num/stats.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

double en_sum(const double *values, size_t count)
{
    enum { LEAF = 32 };

    if (count > LEAF) {
        const size_t half = count / 2;

        return en_sum(values, half) + en_sum(values + half, count - half);
    }
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

void en_sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
}

/* Walks through the values of all samples in ascending order. */
struct merge {
    const struct en_sample *samples;
    size_t count, next[EN_SAMPLES_MAX];
};

static int is_used(const struct en_sample *s)
{
    return s->weight > 0.0 && s->count > 0;
}

/* The sample that holds the next value, or count when none is left; the first wins a tie. */
static size_t merge_smallest(const struct merge *m)
{
    size_t best = m->count;

    for (size_t s = 0; s < m->count; s++) {
        if (!is_used(&m->samples[s]) || m->next[s] == m->samples[s].count) {
            continue;
        }
        if (best == m->count ||
            m->samples[s].sorted[m->next[s]] < m->samples[best].sorted[m->next[best]]) {
            best = s;
        }
    }
    return best;
}

/* Weight before the last value: the whole less one value of the sample that holds the largest. */
static double last_position(const struct en_sample *samples, size_t count)
{
    double whole = 0.0, largest = -INFINITY, last = 0.0;

    for (size_t s = 0; s < count; s++) {
        if (!is_used(&samples[s])) {
            continue;
        }
        whole += samples[s].weight;
        if (samples[s].sorted[samples[s].count - 1] >= largest) {
            largest = samples[s].sorted[samples[s].count - 1];
            last = samples[s].weight / (double)samples[s].count;
        }
    }
    return whole - last;
}

void en_quantiles(const struct en_sample *samples, size_t sample_count, const double *p,
                  size_t count, double *quantiles)
{
    assert(sample_count <= EN_SAMPLES_MAX);
    struct merge m = {.samples = samples, .count = sample_count};
    const double end = last_position(samples, sample_count);
    double before = 0.0, before_value = NAN, value = NAN, position = 0.0;
    size_t s = merge_smallest(&m), done = 0;

    while (s < sample_count) {
        value = samples[s].sorted[m.next[s]++];
        /* Every wanted position up to this value lies between the one before and this one. */
        for (; done < count && p[done] * end <= position; done++) {
            const double step = position - before;
            const double part = step > 0.0 ? (p[done] * end - before) / step : 1.0;

            quantiles[done] = part < 1.0 ? before_value + part * (value - before_value) : value;
        }
        before = position;
        before_value = value;
        position += samples[s].weight / (double)samples[s].count;
        s = merge_smallest(&m);
    }
    for (; done < count; done++) { /* rounding may leave the last position just beyond the end */
        quantiles[done] = value;
    }
}
