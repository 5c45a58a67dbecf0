/* SPDX-License-Identifier: Apache-2.0
 * LSODA of ODEPACK: Adams or BDF as the problem asks, restarted at each event. This program is
 * built on the machine that measures, and neither installed nor passed on. */
#include "peer.h"

#include <string.h>

enum {
    REAL_SIZE = 22 + PEER_STATES * (PEER_STATES > 7 ? PEER_STATES + 9 : 16),
    INTEGERS = 20 + PEER_STATES
};

typedef void slope_fn(const int *count, const double *t, double *y, double *dy, double *, int *);

void dlsoda_(slope_fn *f, const int *count, double *y, double *t, const double *until,
             const int *tolerance_kind, const double *relative, const double *absolute,
             const int *task, int *state, const int *has_options, double *reals,
             const int *real_size, int *integers, const int *integer_size, slope_fn *jacobian,
             const int *jacobian_kind, double *, int *);

/* What the Fortran files call to print. */
void rprintf_(const char *text, size_t size);
void rprintfd2_(const char *text, double *a, double *b, size_t size);
void xerrwd_(void);

void rprintf_(const char *text, size_t size)
{
    (void)text;
    (void)size;
}

void rprintfd2_(const char *text, double *a, double *b, size_t size)
{
    (void)text;
    (void)a;
    (void)b;
    (void)size;
}

void xerrwd_(void)
{
}

static const struct peer_patient *patient;
static double relative, absolute;

static void slope(const int *count, const double *t, double *y, double *dy, double *reals,
                  int *integers)
{
    (void)count;
    (void)t;
    (void)reals;
    (void)integers;
    peer_slope(patient, y, dy);
}

void solver_open(double relative_error, double absolute_error)
{
    relative = relative_error;
    absolute = absolute_error;
}

int solver_run(const struct peer_patient *p, const struct peer_span *span, double *y,
               double (*saved)[PEER_STATES])
{
    const int count = PEER_STATES, one = 1, real_size = REAL_SIZE, integer_size = INTEGERS;
    const int until_critical = 4, difference_quotients = 2;
    double reals[REAL_SIZE] = {span->until}, t = span->from, none = 0.0;
    int integers[INTEGERS] = {0}, state = 1;

    patient = p;
    integers[5] = 1000000; /* steps at most */
    for (int d = 0; d <= span->day_count && t < span->until; d++) {
        const double until = d < span->day_count ? span->days[d] : span->until;

        dlsoda_(slope, &count, y, &t, &until, &one, &relative, &absolute, &until_critical, &state,
                &one, reals, &real_size, integers, &integer_size, slope, &difference_quotients,
                &none, integers);
        if (state < 0) {
            return 1;
        }
        if (d < span->day_count) {
            memcpy(saved[d], y, PEER_STATES * sizeof *y);
        }
    }
    return 0;
}
