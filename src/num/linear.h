/* SPDX-License-Identifier: Apache-2.0
 * num/linear: small dense symmetric systems. Row-major, lower triangle. Pure functions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Replace the lower triangle of A [n][n] by L with L L' = A. false when A is not positive definite
 * (or holds a NAN); A is then half done. */
bool en_cholesky(double *a, size_t n);

/* x [n] becomes L^-1 x. */
void en_solve_lower(const double *l, size_t n, double *x);

/* out [n] = L z. */
void en_multiply_lower(const double *l, size_t n, const double *z, double *out);
