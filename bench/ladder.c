/* SPDX-License-Identifier: Apache-2.0 */
#include "ladder.h"

#include "num/stats.h"

#include <math.h>

double patient_error(const double *x, const double *truth, size_t rows)
{
    double sum = 0.0;

    for (size_t k = 0; k < rows; k++) {
        const double e = fabs(x[k] - truth[k]) / (fabs(truth[k]) + 1e-3);

        sum += e * e;
    }
    return isfinite(sum) ? sqrt(sum / (double)rows) : INFINITY;
}

double error_p99(const double *x, const double *truth, size_t count, size_t rows, double *scratch)
{
    for (size_t i = 0; i < count; i++) {
        scratch[i] = patient_error(x + i * rows, truth + i * rows, rows);
    }
    en_sort(scratch, count);
    return scratch[(99 * count + 99) / 100 - 1];
}

/* Between a, too inaccurate, and b, accurate enough. */
static struct rung between(const struct rung *a, const struct rung *b, double error)
{
    const double share = log(a->error / error) / log(a->error / b->error);

    return (struct rung){
        .tolerance = a->tolerance * pow(b->tolerance / a->tolerance, share),
        .error = error,
        .speed = a->speed * pow(b->speed / a->speed, share),
    };
}

struct rung ladder_at(const struct ladder *l, double error)
{
    struct rung best = {NAN, NAN, NAN};

    for (size_t i = 0; i < l->count; i++) {
        const struct rung *b = &l->rungs[i];

        if (!(b->error <= error)) {
            continue;
        }
        const int has_pair = i > 0 && isfinite(b[-1].error) && b[-1].error > error;
        const struct rung candidate = has_pair ? between(b - 1, b, error) : *b;

        best = best.speed >= candidate.speed ? best : candidate;
    }
    return best;
}
