/* SPDX-License-Identifier: Apache-2.0 */
#include "num/linear.h"

#include <math.h>

bool en_cholesky(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i * n + j];

            for (size_t k = 0; k < j; k++) {
                sum -= a[i * n + k] * a[j * n + k];
            }
            if (i != j) {
                a[i * n + j] = sum / a[j * n + j];
                continue;
            }
            if (!(sum > 0.0)) {
                return false;
            }
            a[i * n + i] = sqrt(sum);
        }
    }
    return true;
}

void en_solve_lower(const double *l, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            x[i] -= l[i * n + k] * x[k];
        }
        x[i] /= l[i * n + i];
    }
}

void en_multiply_lower(const double *l, size_t n, const double *z, double *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = 0.0;
        for (size_t k = 0; k <= i; k++) {
            out[i] += l[i * n + k] * z[k];
        }
    }
}
