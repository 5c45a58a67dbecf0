/* SPDX-License-Identifier: Apache-2.0
 * bench/ladder: speed of a solver as a function of the error that it achieves. Each rung is a
 * run at one tolerance; speeds are compared at equal error, between rungs in log-log. */
#pragma once

#include <stddef.h>

enum { LADDER_RUNGS = 20 };

struct rung {
    double tolerance;
    double error; /* p99 over patients */
    double speed; /* [patients/s] */
};

struct ladder {
    struct rung rungs[LADDER_RUNGS];
    size_t count;
};

/* Error of a patient: root of the mean square, over its results, of |x - truth| / (|truth| + 1e-3);
 * all results are of the order of 1 or more. Infinite if a result is not finite. */
double patient_error(const double *x, const double *truth, size_t rows);

/* The error that 99 % of the patients do not exceed; x, truth [patient][row], scratch [patient]. */
double error_p99(const double *x, const double *truth, size_t count, size_t rows, double *scratch);

/* The fastest way to an error of at most `error`: a rung that achieves it, or a point between two
 * rungs with errors on both sides. Speed NAN if no rung achieves it. */
struct rung ladder_at(const struct ladder *l, double error);
