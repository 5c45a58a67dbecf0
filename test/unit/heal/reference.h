/* SPDX-License-Identifier: Apache-2.0
 * The full system of 16 states, one patient at a time, for tests: the mediators C and A are
 * integrated instead of being quasi-steady. The numbers of the specification's section 8 were made
 * with it. Slow and simple: fixed steps. */
#pragma once

#include "support/tissue.h"

#include "support/check.h"

enum { FULL_COUNT = EN_STATE_COUNT + 2 };

struct full {
    struct tissue p;
    struct tissue_input u;
    struct tissue_state y;
    struct tissue_fast f;
    double m, load, ns;
};

/* Nominal numbers of a patient, to be changed by a test. */
__attribute__((unused)) static struct en_parameters nominal(void)
{
    struct en_parameters p;

    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        ((double *)&p)[k] = EN_PARAMETERS[k].nominal;
    }
    return p;
}

/* Put a patient into place i of a batch and balance it. */
__attribute__((unused)) static void put(struct en_batch *b, size_t i, const struct en_parameters *p)
{
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        b->parameter[k][i] = ((const double *)p)[k];
    }
    CHECK(en_heal_balance(b, i, 1, NULL) == EN_OK);
}

static void full_input(struct full *x)
{
    x->u = tissue_input(&x->p, x->m, x->load, en_lane_all(x->ns) * x->p.nsaid);
}

/* At the patient's baseline. */
__attribute__((unused)) static struct full full_start(const struct en_parameters *p)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_batch b;
    struct full x = {.m = 1.0, .load = 1.0};

    CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
    put(&b, 0, p);
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        ((double *)&x.p)[k] = ((const double *)p)[k];
    }
    for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
        ((double *)&x.p)[EN_PARAMETER_COUNT + k] = b.balance[k][0];
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        ((double *)&x.y)[k] = b.start[k][0];
    }
    en_arena_free(&a);
    tissue_prepare(&x.p);
    full_input(&x);
    return x;
}

/* Slopes of the 14 states, then C and A. */
static void full_slope(const struct full *x, const double y[FULL_COUNT], double dy[FULL_COUNT])
{
    struct tissue_state s, ds;
    struct tissue_fast f, df;

    memcpy(&s, y, sizeof s);
    memcpy(&f, y + EN_STATE_COUNT, sizeof f);
    tissue_slope(&x->p, &x->u, &s, f, 0, &ds);
    df = tissue_slope_fast(&x->p, &x->u, &s, f);
    memcpy(dy, &ds, sizeof ds);
    memcpy(dy + EN_STATE_COUNT, &df, sizeof df);
}

static void full_step(struct full *x, double h)
{
    static const double PART[] = {0.0, 0.5, 0.5, 1.0}, WEIGHT[] = {1.0, 2.0, 2.0, 1.0};
    double y[FULL_COUNT], t[FULL_COUNT], k[FULL_COUNT] = {0}, sum[FULL_COUNT] = {0};

    memcpy(y, &x->y, sizeof x->y);
    memcpy(y + EN_STATE_COUNT, &x->f, sizeof x->f);
    for (int stage = 0; stage < 4; stage++) {
        for (size_t i = 0; i < FULL_COUNT; i++) {
            t[i] = y[i] + PART[stage] * h * k[i];
        }
        full_slope(x, t, k);
        for (size_t i = 0; i < FULL_COUNT; i++) {
            sum[i] += WEIGHT[stage] * k[i];
        }
    }
    for (size_t i = 0; i < FULL_COUNT; i++) {
        y[i] += h / 6.0 * sum[i];
    }
    memcpy(&x->y, y, sizeof x->y);
    memcpy(&x->f, y + EN_STATE_COUNT, sizeof x->f);
}

/* Integrate `days` in equal steps of at most h. */
__attribute__((unused)) static void full_advance(struct full *x, double days, double h)
{
    const int steps = (int)ceil(days / h - 1e-9);

    for (int i = 0; i < steps; i++) {
        full_step(x, days / steps);
    }
}

__attribute__((unused)) static void full_inject(struct full *x, double percent, double coverage,
                                                double needle)
{
    const struct en_session s = {.dextrose_percent = percent, .needle = needle};

    tissue_session(&x->p, &s, en_lane_all(coverage), en_lane_all(1.0), &x->y);
}

__attribute__((unused)) static double full_output(const struct full *x, enum en_output output,
                                                  double day, double context)
{
    en_lane out[EN_OUTPUT_COUNT];

    tissue_outputs(&x->p, &x->u, &x->y, x->f, day, context, out);
    return out[output][0];
}

/* A course of equal sessions in the full system; NSAID window after each for p->nsaid = 1. */
struct full_course {
    struct en_parameters p;
    double percent, coverage, needle;
    double first_day, interval;
    int sessions;
    double m; /* stimulus from day 0 */
    double context;
    double nsaid_from, nsaid_days;
};

enum { FULL_SAMPLES_MAX = 8 };

/* out: shape [day][output], for ascending days; recorded before a session of the same day. */
__attribute__((unused)) static void full_run(const struct full_course *c, const double *days,
                                             size_t count, const enum en_output *outputs,
                                             size_t output_count, double *out)
{
    struct full x = full_start(&c->p);
    double day = 0.0, last = -1e3;
    size_t k = 0;
    int s = 0;

    x.m = c->m;
    while (k < count) {
        const double edges[] = {last + c->nsaid_from, last + c->nsaid_from + c->nsaid_days};
        double next = days[k];

        if (s < c->sessions) {
            next = fmin(next, c->first_day + c->interval * s);
        }
        for (int e = 0; e < 2; e++) {
            next = edges[e] > day ? fmin(next, edges[e]) : next;
        }
        x.ns = day >= edges[0] && day < edges[1] ? 1.0 : 0.0;
        full_input(&x);
        full_advance(&x, next - day, 0.05);
        day = next;
        for (; k < count && days[k] == day; k++) {
            for (size_t o = 0; o < output_count; o++) {
                out[k * output_count + o] = full_output(&x, outputs[o], day, c->context);
            }
        }
        if (s < c->sessions && day == c->first_day + c->interval * s) {
            full_inject(&x, c->percent, c->coverage, c->needle);
            last = day;
            s++;
        }
    }
}
