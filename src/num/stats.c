/* SPDX-License-Identifier: Apache-2.0 */
#include "num/stats.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
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

enum { FEW = 16 }; /* sorted by insertion */

static void insert(double *x, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const double value = x[i];
        size_t k = i;

        for (; k > 0 && x[k - 1] > value; k--) {
            x[k] = x[k - 1];
        }
        x[k] = value;
    }
}

static void exchange(double *a, double *b)
{
    const double kept = *a;

    *a = *b;
    *b = kept;
}

/* The median of the first, middle and last value. */
static double middle_of(const double *x, size_t count)
{
    const double a = x[0], b = x[count / 2], c = x[count - 1];

    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* Hoare's partition: no value of the first part is above one of the second; the size of the first.
 * Stops at equal values, so that many of them part in the middle. */
static size_t part(double *x, size_t count)
{
    const double pivot = middle_of(x, count);
    size_t low = 0, high = count - 1;

    while (true) {
        while (x[low] < pivot) {
            low++;
        }
        while (x[high] > pivot) {
            high--;
        }
        if (low >= high) {
            return high + 1;
        }
        exchange(&x[low++], &x[high--]);
    }
}

/* Faster than qsort by a factor of two: no call for a comparison. The smaller part by recursion, so
 * the stack holds the logarithm of the count; where the parts are lopsided too often, qsort. */
static void sort(double *x, size_t count, int parts)
{
    while (count > FEW) {
        if (parts-- == 0) {
            qsort(x, count, sizeof *x, ascending);
            return;
        }
        const size_t first = part(x, count);

        if (first < count - first) {
            sort(x, first, parts);
            x += first;
            count -= first;
        } else {
            sort(x + first, count - first, parts);
            count = first;
        }
    }
    insert(x, count);
}

void en_sort(double *values, size_t count)
{
    int parts = 8;

    for (size_t n = count; n > 1; n /= 2) {
        parts += 2;
    }
    sort(values, count, parts);
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
