/* SPDX-License-Identifier: Apache-2.0
 * The integrator: classical Runge-Kutta of fourth order on the grid of heal/course. Compiled once
 * per instruction set with EN_LANES and HEAL_RUN (the function's name) set. */
#include "heal/lanes.h"
#include "heal/course.h"
#include "heal/tissue.h"

#include <math.h>

_Static_assert(EN_BATCH_PART % EN_LANES == 0, "a part holds whole lanes");

#ifndef HEAL_RUN
#define HEAL_RUN heal_run_baseline
#endif

/* EN_LANES patients on their way. */
struct run {
    struct tissue p;
    struct tissue_state y;
    struct tissue_input u;
    en_lane given; /* of the last session */
    en_lane ns;    /* NSAID is being taken */
    const struct heal_job *job;
    size_t at; /* first patient */
    double m, load;
};

static void load(struct run *r)
{
    const struct en_schedule *s = r->job->schedule;
    const struct en_batch *b = r->job->patients;
    en_lane *p = (en_lane *)&r->p, *y = (en_lane *)&r->y;

    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        p[k] = en_lane_load(b->parameter[k] + r->at);
    }
    for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
        p[EN_PARAMETER_COUNT + k] = en_lane_load(b->balance[k] + r->at);
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        y[k] = en_lane_load(s->from_day > 0.0 ? s->state + k * b->stride + r->at
                                              : b->start[k] + r->at);
    }
    tissue_prepare(&r->p);
}

/* The share of each patient to whom session `index` is given: 0 or 1. */
static en_lane given(const struct run *r, size_t index)
{
    const struct en_schedule *s = r->job->schedule;

    return s->given != NULL ? en_lane_load(s->given + index * r->job->patients->stride + r->at)
                            : en_lane_all(1.0);
}

/* What past sessions and changes left behind: load, stimulus, a drug window that has begun. */
static void resume(struct run *r, struct course *c)
{
    const struct en_schedule *s = r->job->schedule;

    r->m = c->change > 0 ? s->changes[c->change - 1].stimulus : 1.0;
    r->load = c->change > 0 ? s->changes[c->change - 1].load : 1.0;
    r->given = c->session > 0 ? given(r, c->session - 1) : en_lane_all(0.0);
    r->ns = en_lane_all(0.0);
    if (c->nsaid_on < c->day) {
        r->ns = c->nsaid_off >= c->day ? r->p.nsaid * r->given : r->ns;
        c->nsaid_on = INFINITY;
    }
    r->u = tissue_input(&r->p, r->m, r->load, r->ns);
}

/* Slope of the model: mediators quasi-steady. */
EN_LANE_INLINE void slope(const struct run *r, const struct tissue_state *y, int has_roots,
                          struct tissue_state *dy)
{
    tissue_slope(&r->p, &r->u, y, tissue_fast(&r->p, &r->u, y), has_roots, dy);
}

EN_LANE_INLINE void step(struct run *r, double h, int has_roots)
{
    struct tissue_state k, sum, t;

    slope(r, &r->y, has_roots, &k);
#define X(s, meaning) sum.s = k.s, t.s = r->y.s + 0.5 * h * k.s;
    EN_STATE_LIST(X)
#undef X
    slope(r, &t, has_roots, &k);
#define X(s, meaning) sum.s += 2.0 * k.s, t.s = r->y.s + 0.5 * h * k.s;
    EN_STATE_LIST(X)
#undef X
    slope(r, &t, has_roots, &k);
#define X(s, meaning) sum.s += 2.0 * k.s, t.s = r->y.s + h * k.s;
    EN_STATE_LIST(X)
#undef X
    slope(r, &t, has_roots, &k);
#define X(s, meaning) r->y.s += h / 6.0 * (sum.s + k.s);
    EN_STATE_LIST(X)
#undef X
}

static void inject(struct run *r, size_t index)
{
    const struct en_schedule *s = r->job->schedule;
    const size_t place = index * r->job->patients->stride + r->at;
    const en_lane coverage = s->coverage != NULL ? en_lane_load(s->coverage + place)
                                                 : en_lane_all(s->sessions[index].coverage);

    r->given = given(r, index);
    tissue_session(&r->p, &s->sessions[index], coverage, r->given, &r->y);
}

static void record(const struct run *r, size_t index, double day)
{
    const struct heal_job *job = r->job;
    const struct en_request *q = job->request;
    const struct en_schedule *s = job->schedule;
    en_lane out[EN_OUTPUT_COUNT];

    tissue_outputs(&r->p, &r->u, &r->y, tissue_fast(&r->p, &r->u, &r->y), day,
                   job->schedule->context, out);
    for (size_t k = 0; k < q->output_count; k++) {
        en_lane_store(job->values + (k * q->day_count + index) * job->patients->stride + r->at,
                      out[q->outputs[k]]);
    }
    for (size_t k = 0; s->state != NULL && index + 1 == q->day_count && k < EN_STATE_COUNT; k++) {
        en_lane_store(s->state + k * job->patients->stride + r->at, ((const en_lane *)&r->y)[k]);
    }
}

/* Everything of a course but the steps. */
static void event(struct run *r, struct course_op op)
{
    const struct en_schedule *s = r->job->schedule;

    switch (op.kind) {
    case COURSE_RECORD:
        record(r, op.index, op.day);
        break;
    case COURSE_SESSION:
        inject(r, op.index);
        break;
    case COURSE_CHANGE:
        r->m = s->changes[op.index].stimulus;
        r->load = s->changes[op.index].load;
        break;
    case COURSE_NSAID:
        r->ns = op.is_on ? r->p.nsaid * r->given : en_lane_all(0.0);
        break;
    case COURSE_STEP:
    case COURSE_END:
        break;
    }
    r->u = tissue_input(&r->p, r->m, r->load, r->ns);
}

EN_LANE_INLINE void run(struct run *r, int has_roots)
{
    const struct heal_job *job = r->job;
    struct course c = course_start(job->schedule, job->request, job->grid);

    resume(r, &c);
    for (struct course_op op = course_next(&c); op.kind != COURSE_END; op = course_next(&c)) {
        if (op.kind == COURSE_STEP) {
            step(r, op.h, has_roots);
        } else {
            event(r, op);
        }
    }
}

void HEAL_RUN(const struct heal_job *job)
{
    for (size_t at = job->first; at < job->end; at += EN_LANES) {
        struct run r = {.job = job, .at = at};

        load(&r);
        if (job->has_roots) { /* two copies, one without exp and log in the exponents */
            run(&r, 1);
        } else {
            run(&r, 0);
        }
    }
}
