/* SPDX-License-Identifier: Apache-2.0
 * liblsoda: LSODA in C, of which pharmacometric simulators carry relatives; restarted at each
 * event. */
#include "peer.h"

#include <lsoda.h>

#include <stdlib.h>
#include <string.h>

static double relative[PEER_STATES], absolute[PEER_STATES];
static struct lsoda_opt_t options = {
    .itask = 4, .mxstep = 1000000, .rtol = relative, .atol = absolute};
static struct lsoda_context_t solver = {.neq = PEER_STATES, .state = 1};

static int slope(double t, double *y, double *dy, void *patient)
{
    (void)t;
    peer_slope(patient, y, dy);
    return 0;
}

void solver_open(double relative_error, double absolute_error)
{
    for (int k = 0; k < PEER_STATES; k++) {
        relative[k] = relative_error;
        absolute[k] = absolute_error;
    }
    solver.function = slope;
    if (!lsoda_prepare(&solver, &options)) {
        exit(1);
    }
}

int solver_run(const struct peer_patient *p, const struct peer_span *span, double *y,
               double (*saved)[PEER_STATES])
{
    double t = span->from;

    lsoda_reset(&solver);
    solver.data = (void *)(size_t)p; /* it takes no const */
    solver.state = 1;
    options.tcrit = span->until;
    for (int d = 0; d <= span->day_count && t < span->until; d++) {
        (void)lsoda(&solver, y, &t, d < span->day_count ? span->days[d] : span->until);
        if (solver.state <= 0) {
            return 1;
        }
        if (d < span->day_count) {
            memcpy(saved[d], y, PEER_STATES * sizeof *y);
        }
    }
    return 0;
}
