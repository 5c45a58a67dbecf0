/* SPDX-License-Identifier: Apache-2.0
 * test/support/oracle: CVODE (BDF, dense) on the model's equations, one patient, for tests and the
 * benchmark: the 14 quasi-steady states, or the full system of 16. */
#pragma once

#include "support/tissue.h"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <assert.h>
#include <math.h>

struct oracle {
    struct tissue p;
    struct tissue_input u;
    struct tissue_state y;
    struct tissue_fast f; /* dynamic when is_full */
    int is_full,
        has_roots; /* has_roots: square roots for the powers, for a fair comparison of speed */
    double m, load, ns;
    double tolerance; /* relative and absolute */
};

/* Patient i of a batch on day 0. */
static struct oracle oracle_start(const struct en_batch *b, size_t i, int is_full, double tolerance)
{
    struct oracle o = {.is_full = is_full, .m = 1.0, .load = 1.0, .tolerance = tolerance};

    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        ((double *)&o.p)[k] = b->parameter[k][i];
    }
    for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
        ((double *)&o.p)[EN_PARAMETER_COUNT + k] = b->balance[k][i];
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        ((double *)&o.y)[k] = b->start[k][i];
    }
    tissue_prepare(&o.p);
    o.has_roots = o.p.q[0] == 0.5 && o.p.p[0] == 1.5;
    o.u = tissue_input(&o.p, 1.0, 1.0, en_lane_all(0.0));
    return o;
}

static struct tissue_fast oracle_fast(const struct oracle *o)
{
    return o->is_full ? o->f : tissue_fast(&o->p, &o->u, &o->y);
}

static int oracle_slope(double t, N_Vector vy, N_Vector vdy, void *context)
{
    struct oracle *o = context;
    const double *y = N_VGetArrayPointer(vy);
    double *dy = N_VGetArrayPointer(vdy);
    struct tissue_state ds;

    (void)t;
    memcpy(&o->y, y, sizeof o->y);
    if (o->is_full) {
        memcpy(&o->f, y + EN_STATE_COUNT, sizeof o->f);
        const struct tissue_fast df = tissue_slope_fast(&o->p, &o->u, &o->y, o->f);

        memcpy(dy + EN_STATE_COUNT, &df, sizeof df);
    }
    tissue_slope(&o->p, &o->u, &o->y, oracle_fast(o), o->has_roots, &ds);
    memcpy(dy, &ds, sizeof ds);
    return 0;
}

/* Integrate `days` from the present state. */
static void oracle_advance(struct oracle *o, double days)
{
    const long count = EN_STATE_COUNT + (o->is_full ? 2 : 0);
    SUNContext context;
    double t = 0.0;
    int bad = SUNContext_Create(NULL, &context);
    N_Vector y = N_VNew_Serial(count, context);
    SUNMatrix jacobian = SUNDenseMatrix(count, count, context);
    SUNLinearSolver linear = SUNLinSol_Dense(y, jacobian, context);
    void *solver = CVodeCreate(CV_BDF, context);

    memcpy(N_VGetArrayPointer(y), &o->y, sizeof o->y);
    if (o->is_full) {
        memcpy(N_VGetArrayPointer(y) + EN_STATE_COUNT, &o->f, sizeof o->f);
    }
    o->u = tissue_input(&o->p, o->m, o->load, en_lane_all(o->ns));
    bad |= CVodeInit(solver, oracle_slope, 0.0, y);
    bad |= CVodeSStolerances(solver, o->tolerance, o->tolerance);
    bad |= CVodeSetLinearSolver(solver, linear, jacobian);
    bad |= CVodeSetUserData(solver, o);
    bad |= CVodeSetMaxNumSteps(solver, 1000000);
    bad |= CVodeSetStopTime(solver, days);
    if (days > 0.0) {
        bad |= CVode(solver, days, y, &t, CV_NORMAL) < 0;
    }
    assert(bad == 0);
    memcpy(&o->y, N_VGetArrayPointer(y), sizeof o->y);
    if (o->is_full) {
        memcpy(&o->f, N_VGetArrayPointer(y) + EN_STATE_COUNT, sizeof o->f);
    }
    CVodeFree(&solver);
    SUNLinSolFree(linear);
    SUNMatDestroy(jacobian);
    N_VDestroy(y);
    SUNContext_Free(&context);
}

/* The sessions of a schedule and its NSAID window; outputs as en_heal_run gives them:
 * out shape [output][day]. Changes of load are not followed. */
__attribute__((unused)) static void oracle_run(struct oracle *o, const struct en_schedule *s,
                                               const struct en_request *q, double *out)
{
    double day = 0.0, on = INFINITY, off = INFINITY;
    size_t session = 0;

    for (size_t k = 0; k < q->day_count;) {
        const int has_session = session < s->session_count;
        double next = fmin(q->days[k], has_session ? s->sessions[session].day : INFINITY);

        next = fmin(next, fmin(on > day ? on : INFINITY, off > day ? off : INFINITY));
        o->ns = day >= on && day < off ? o->p.nsaid[0] : 0.0;
        oracle_advance(o, next - day);
        day = next;
        o->ns = day > on && day < off ? o->p.nsaid[0] : 0.0;
        for (; k < q->day_count && q->days[k] <= day; k++) {
            en_lane all[EN_OUTPUT_COUNT];

            tissue_outputs(&o->p, &o->u, &o->y, oracle_fast(o), day, s->context, all);
            for (size_t i = 0; i < q->output_count; i++) {
                out[i * q->day_count + k] = all[q->outputs[i]][0];
            }
        }
        for (; session < s->session_count && s->sessions[session].day <= day; session++) {
            tissue_session(&o->p, &s->sessions[session], en_lane_all(s->sessions[session].coverage),
                           en_lane_all(1.0), &o->y);
            on = day + s->nsaid_from_d;
            off = on + s->nsaid_days;
        }
    }
}
