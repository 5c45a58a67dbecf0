/* SPDX-License-Identifier: Apache-2.0
 * CVODE: BDF, dense Newton matrix by difference quotients; made once, restarted at each event. */
#include "peer.h"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <stdlib.h>
#include <string.h>

static SUNContext context;
static N_Vector state, result;
static void *solver;

static int slope(double t, N_Vector y, N_Vector dy, void *patient)
{
    (void)t;
    peer_slope(patient, NV_DATA_S(y), NV_DATA_S(dy));
    return 0;
}

void solver_open(double relative, double absolute)
{
    int bad = SUNContext_Create(NULL, &context);

    state = N_VNew_Serial(PEER_STATES, context);
    result = N_VNew_Serial(PEER_STATES, context);
    N_VConst(0.0, state);
    SUNMatrix jacobian = SUNDenseMatrix(PEER_STATES, PEER_STATES, context);
    SUNLinearSolver linear = SUNLinSol_Dense(state, jacobian, context);

    solver = CVodeCreate(CV_BDF, context);
    bad |= CVodeInit(solver, slope, 0.0, state);
    bad |= CVodeSStolerances(solver, relative, absolute);
    bad |= CVodeSetLinearSolver(solver, linear, jacobian);
    bad |= CVodeSetMaxNumSteps(solver, 1000000);
    if (bad != 0) {
        exit(1);
    }
}

int solver_run(const struct peer_patient *p, const struct peer_span *span, double *y,
               double (*saved)[PEER_STATES])
{
    double t = span->from;
    void *patient = (void *)(size_t)p; /* CVODE takes no const */
    int bad = 0;

    memcpy(NV_DATA_S(state), y, PEER_STATES * sizeof *y);
    bad |= CVodeReInit(solver, span->from, state);
    bad |= CVodeSetUserData(solver, patient);
    bad |= CVodeSetStopTime(solver, span->until);
    for (int d = 0; d < span->day_count; d++) { /* between steps the solver interpolates */
        bad |= CVode(solver, span->days[d], result, &t, CV_NORMAL) < 0;
        memcpy(saved[d], NV_DATA_S(result), PEER_STATES * sizeof *y);
    }
    if (t < span->until) {
        bad |= CVode(solver, span->until, result, &t, CV_NORMAL) < 0;
    }
    memcpy(y, NV_DATA_S(result), PEER_STATES * sizeof *y);
    return bad;
}
