/* SPDX-License-Identifier: Apache-2.0
 * The integration of one tile: Rodas5P with one patient per lane. A lane has its own time, step and
 * next event; steps end at events and at recorded days. Compiled once per instruction set and
 * precision with EN_LANES, HEAL_INTEGRATE (the function's name) and EN_SINGLE_LANES. */
#include "heal/engine.h"
#include "heal/rodas.h"
#include "heal/vector.h"

#include "heal/model_code.h"

#include <math.h>

#ifndef HEAL_INTEGRATE
#define HEAL_INTEGRATE heal_integrate_baseline_double
#endif

#ifdef EN_SINGLE_LANES
#define TINY       1e-15 /* far below any effect; products of two such are still normal numbers */
#define STEP_LEAST 1e-5
#else
#define TINY       1e-100
#define STEP_LEAST 1e-8
#endif

/* What counts as a small value of each state: an error of a step is measured against the tolerance
 * times (this + the value). In the units of the states: a tenth of what a usual session makes of
 * the inflammation, on which everything else hangs; of the others about their size. */
static const double SCALE[EN_STATE_COUNT] = {
    [EN_STATE_D] = 0.01,  [EN_STATE_N] = 0.05, [EN_STATE_M1] = 0.02, [EN_STATE_M2] = 0.02,
    [EN_STATE_G] = 0.2,   [EN_STATE_F] = 0.5,  [EN_STATE_V] = 0.5,   [EN_STATE_C3] = 0.05,
    [EN_STATE_C1] = 0.05, [EN_STATE_Cm] = 0.1, [EN_STATE_Phi] = 0.2, [EN_STATE_S] = 0.5,
    [EN_STATE_Z] = 0.5,   [EN_STATE_H] = 0.2,
};

/* WIDTH patients on their way. */
struct engine {
    V c[MODEL_FIXED], y[MODEL_STATES], next[MODEL_STATES], u[INPUT_COUNT];
    V t, end;          /* of the stretch without an event [d] */
    V h, plan;         /* the step, and what it was before it was fitted into the stretch */
    V first_h;         /* what the first step after the last event should have been */
    V fresh, rejected; /* 1: no step since the event; the last one was rejected */
    V error;           /* mean square, 1 is what is allowed */
    V tried;
    struct tile *tile;
    size_t patient[WIDTH]; /* place in the tile, TILE: idle */
    size_t waiting;        /* next patient of the tile */
    int busy;              /* lanes that are not idle */
    bool has_new_inputs;   /* c is older than u */
};

/* u in: sum_j C_ij / h u_j, out: u_i, for the stage at g. One copy for all stages. */
EN_LANE_INLINE void stage_end(const V *restrict c, const V *restrict lu, const V *restrict g,
                              V *restrict u)
{
    V x[MODEL_STATES];

    model_slope(c, g, u, x);
    model_solve(c, lu, x);
    memcpy(u, x, sizeof x);
}

/* Stage i from the ones before it; g: where its slope is taken. */
EN_LANE_INLINE void stage(const struct engine *e, const V *lu, V inverse_h, V u[][MODEL_STATES],
                          V *g, int i)
{
    V a[RODAS_STAGES], c[RODAS_STAGES], plus[MODEL_STATES];

#pragma GCC unroll 8
    for (int j = 0; j < i; j++) {
        a[j] = i < RODAS_ROWS ? v_num(RODAS_A[i][j]) : v_num(0.0);
        c[j] = v_num(RODAS_C[i][j]) * inverse_h;
    }
#pragma GCC unroll 14
    for (int s = 0; s < MODEL_STATES; s++) {
        V at = i < RODAS_ROWS ? e->y[s] : g[s] + u[i - 1][s];
        V sum = c[0] * u[0][s];

        at = i < RODAS_ROWS ? v_fma(a[0], u[0][s], at) : at;
#pragma GCC unroll 8
        for (int j = 1; j < i; j++) {
            at = i < RODAS_ROWS ? v_fma(a[j], u[j][s], at) : at;
            sum = v_fma(c[j], u[j][s], sum);
        }
        g[s] = at;
        plus[s] = sum;
    }
    /* The loop above fills it, whatever an unrolled one looks like to a checker. */
    /* cppcheck-suppress uninitvar */
    memcpy(u[i], plus, sizeof plus);
    stage_end(e->c, lu, g, u[i]);
}

/* A rough 1 / x, within 6 %, for weights. */
EN_LANE_INLINE V rough_inverse(V x)
{
#ifdef EN_SINGLE_LANES
    return (V)(0x7ef311c7 - (M)x);
#else
    return (V)(INT64_C(0x7fde623822fc16e6) - (M)x);
#endif
}

#ifdef EN_SINGLE_LANES
enum { LOG_SHIFT = 10, LOG_DIGITS = 13, LOG_BIAS = 127 };
#define LOG_MAGIC 0x1.8p23
typedef uint32_t U __attribute__((vector_size(8 * EN_LANES)));
#else
enum { LOG_SHIFT = 20, LOG_DIGITS = 32, LOG_BIAS = 1023 };
#define LOG_MAGIC 0x1.8p52
typedef uint64_t U __attribute__((vector_size(8 * EN_LANES)));
#endif
#define LOG_UNIT ((double)(INT64_C(1) << LOG_DIGITS))

/* Base-2 logarithm of x > 0 and power of 2 as lines between the powers: within 0.09 and 6 %. */
EN_LANE_INLINE V rough_log(V x)
{
    const V bits = (V)((U)v_num(LOG_MAGIC) + ((U)x >> LOG_SHIFT)) - (real)LOG_MAGIC;

    return bits * (real)(1.0 / LOG_UNIT) - (real)LOG_BIAS;
}

EN_LANE_INLINE V rough_power(V x)
{
    const V bits = (x + (real)LOG_BIAS) * (real)LOG_UNIT + (real)LOG_MAGIC;

    return (V)((U)bits << LOG_SHIFT);
}

/* One step of all lanes: next and error. */
static void attempt(struct engine *e)
{
    V u[RODAS_STAGES][MODEL_STATES], lu[MODEL_FACTORS], g[MODEL_STATES];
    const V inverse_h = v_inv(e->h);
    V error = v_num(0.0);

    model_begin(e->c, e->y, inverse_h * (real)(1.0 / RODAS_GAMMA), u[0], lu);
    model_solve(e->c, lu, u[0]);
    stage(e, lu, inverse_h, u, g, 1);
    stage(e, lu, inverse_h, u, g, 2);
    stage(e, lu, inverse_h, u, g, 3);
    stage(e, lu, inverse_h, u, g, 4);
    stage(e, lu, inverse_h, u, g, 5);
    stage(e, lu, inverse_h, u, g, 6);
    stage(e, lu, inverse_h, u, g, 7);
    for (int s = 0; s < MODEL_STATES; s++) {
        const V y = g[s] + u[7][s];
        const V part = u[7][s] * rough_inverse(v_abs(y) + (real)SCALE[s]);

        e->next[s] = y;
        error = v_fma(part, part, error);
    }
    e->error =
        error * (real)(1.0 / (MODEL_STATES * e->tile->job->tolerance * e->tile->job->tolerance));
}

/* Fit the step into the stretch: to its end when that is near, half of it when one more follows.
 * Returns the lanes whose step leads to the end. */
EN_LANE_INLINE M fit(struct engine *e)
{
    const V left = e->end - e->t;
    const M is_last = left <= (real)1.05 * e->h;

    e->plan = e->h;
    e->h = v_pick(is_last, left, v_min(e->h, (real)0.5 * left));
    return is_last;
}

/* Accept or reject; the next step is what the error of this one allows, 0.8 (1 / error)^(1/5) times
 * as long, within 0.2 .. 6 and not longer after a rejection. (A control that looks at two errors,
 * Gustafsson's, saved nothing: 69.9 steps instead of 68.4 at an error of 1e-4.) Returns the lanes
 * whose step was accepted. */
EN_LANE_INLINE M control(struct engine *e)
{
    const M accepted = e->error <= (real)1.0;
    const V log_error = rough_log(e->error + (real)1e-20);
    const V most = v_pick(e->rejected > (real)0.5, v_num(0.0), v_num(2.6));
    const V power = v_min(v_max((real)-0.3 - (real)0.1 * log_error, v_num(-2.3)), most);
    const V next_h = e->h * rough_power(power);
    const M first = accepted & (e->fresh > (real)0.5);

    e->first_h = v_pick(first, next_h, e->first_h);
    e->t = v_pick(accepted, e->t + e->h, e->t);
    e->h = v_pick(accepted & (e->h < e->plan), v_max(e->plan, next_h), next_h);
    e->rejected = v_pick(accepted, v_num(0.0), v_num(1.0));
    e->fresh = v_pick(accepted, v_num(0.0), e->fresh);
    e->tried += (real)1.0;
    for (int s = 0; s < MODEL_STATES; s++) {
        V y = v_pick(accepted, e->next[s], e->y[s]);

        /* What has decayed away is nothing: an error of the step may carry it below zero, and
         * subnormal numbers are slow. */
        if (s <= EN_STATE_G || s == EN_STATE_Z) {
            y = (V)((y > (real)TINY) & (M)y);
        }
        e->y[s] = y;
    }
    return accepted;
}

/* Lane `lane` of an array of vectors. */
#define LANE(v) (((real *)&(v))[lane])

static double share(const double *shares, double otherwise, const struct tile *t, size_t session,
                    size_t i)
{
    return shares == NULL ? otherwise : shares[session * t->job->patients->stride + t->first + i];
}

/* To the next session that takes place: one that does not is as if it were not in the schedule. */
static void skip_sessions(const struct tile *t, struct visit *v, size_t i)
{
    const struct en_schedule *s = t->job->schedule;

    while (v->session < s->session_count && share(s->given, 1.0, t, v->session, i) == 0.0) {
        v->session++;
    }
}

static double session_day(const struct tile *t, const struct visit *v, size_t i)
{
    const struct en_schedule *s = t->job->schedule;

    if (v->session >= s->session_count) {
        return INFINITY;
    }
    return s->day != NULL ? s->day[v->session * t->job->patients->stride + t->first + i]
                          : s->sessions[v->session].day;
}

static double change_day(const struct tile *t, const struct visit *v)
{
    const struct en_schedule *s = t->job->schedule;

    return v->change < s->change_count ? s->changes[v->change].day : INFINITY;
}

static double record_day(const struct tile *t, const struct visit *v)
{
    return v->record < t->record + t->record_count ? t->job->request->days[v->record] : INFINITY;
}

/* Place of a patient's entry in an array of groups. */
static size_t place(size_t rows, size_t row, size_t i)
{
    return (i / EN_LANES * rows + row) * EN_LANES + i % EN_LANES;
}

/* What session v->session does to patient i of the tile, whose states are y. */
static void inject(const struct tile *t, const struct visit *v, size_t i, double given, double *y)
{
    const struct en_schedule *s = t->job->schedule;
    const struct en_session *x = &s->sessions[v->session];
    const double reached = given * share(s->coverage, x->coverage, t, v->session, i);
    size_t solution = 0;

    while (t->job->dextrose[solution] != x->dextrose_percent ||
           t->job->lidocaine[solution] != x->lidocaine_percent) {
        solution++;
    }
    const size_t rows = t->job->solution_count * JUMP_COUNT, row = solution * JUMP_COUNT;
    const double killed = reached * t->jump[place(rows, row + JUMP_KILLED, i)] * y[EN_STATE_F];
    const double needle = given * x->needle;
    double *const *p = t->job->patients->parameter;

    y[EN_STATE_D] += killed + p[EN_P(trauma)][t->first + i] * needle;
    y[EN_STATE_F] -= killed;
    y[EN_STATE_G] += reached * t->jump[place(rows, row + JUMP_SUBLETHAL, i)];
    y[EN_STATE_Z] +=
        reached * t->jump[place(rows, row + JUMP_NEURAL, i)] + p[EN_P(pas)][t->first + i] * needle;
}

static void set_input(struct visit *v, int input, double x)
{
    v->is_disturbed |= v->input[input] != x;
    v->input[input] = x;
}

/* Whether something happens now that is no record; it is done, and the visit goes on behind it.
 * y: NULL where only what reaches beyond the day counts. */
static bool happens(const struct tile *t, struct visit *v, size_t i, double *y)
{
    const struct en_schedule *s = t->job->schedule;

    if (change_day(t, v) <= v->day) {
        set_input(v, INPUT_M, s->changes[v->change].stimulus);
        set_input(v, INPUT_LOAD, s->changes[v->change].load);
        v->change++;
    } else if (v->off <= v->day) {
        set_input(v, INPUT_NS, 0.0);
        v->off = INFINITY;
    } else if (session_day(t, v, i) <= v->day) {
        if (y != NULL) {
            inject(t, v, i, share(s->given, 1.0, t, v->session, i), y);
        }
        if (s->nsaid_days > 0.0) {
            v->on = v->day + s->nsaid_from_d;
            v->off = v->on + s->nsaid_days;
        }
        v->is_disturbed = true;
        v->session++;
        skip_sessions(t, v, i);
    } else if (v->on <= v->day) {
        set_input(v, INPUT_NS, t->job->patients->parameter[EN_P(nsaid)][t->first + i]);
        v->on = INFINITY;
    } else {
        return false;
    }
    return true;
}

static double sooner(double a, double b)
{
    return a < b ? a : b;
}

static double next_happening(const struct tile *t, const struct visit *v, size_t i)
{
    return sooner(sooner(session_day(t, v, i), change_day(t, v)), sooner(v->on, v->off));
}

/* At the start of the schedule, or on the day from which it is resumed. */
static struct visit visit_start(const struct tile *t, size_t i)
{
    const double from = t->job->schedule->from_day;
    struct visit v = {
        .on = INFINITY,
        .off = INFINITY,
        .input = {1.0, 1.0, 0.0},
        .first_h = t->job->first_h,
    };

    skip_sessions(t, &v, i);
    while (next_happening(t, &v, i) < from) {
        v.day = next_happening(t, &v, i);
        while (happens(t, &v, i, NULL)) {
        }
    }
    v.day = from;
    v.happening = next_happening(t, &v, i);
    /* At rest nothing needs a small step; if it does after all, the step is rejected. */
    v.h = from > 0.0 ? t->job->first_h : 1e4;
    return v;
}

static void read_states(const struct engine *e, int lane, double y[MODEL_STATES])
{
    for (int s = 0; s < MODEL_STATES; s++) {
        y[s] = ((const real *)&e->y[s])[lane];
    }
}

static void keep_record(const struct engine *e, const struct visit *v, int lane)
{
    enum { ROWS = MODEL_STATES + INPUT_COUNT };
    struct tile *t = e->tile;
    const size_t i = e->patient[lane];
    double *out = t->recorded + (v->record - t->record) * ROWS * TILE + place(ROWS, 0, i);

    for (size_t s = 0; s < MODEL_STATES; s++) {
        out[s * EN_LANES] = ((const real *)&e->y[s])[lane];
    }
    for (size_t k = 0; k < INPUT_COUNT; k++) {
        out[(MODEL_STATES + k) * EN_LANES] = v->input[k];
    }
}

/* Begin the next stretch. */
static void set_lane(struct engine *e, const struct visit *v, int lane, bool is_new)
{
    LANE(e->t) = 0;
    LANE(e->end) = (real)(v->next - v->day);
    if (!is_new) {
        return;
    }
    LANE(e->fresh) = 1;
    LANE(e->rejected) = 0;
    for (int k = 0; k < INPUT_COUNT; k++) {
        e->has_new_inputs = e->has_new_inputs || LANE(e->u[k]) != (real)v->input[k];
        LANE(e->u[k]) = (real)v->input[k];
    }
}

/* The next patient of the tile into a free lane; the lane idles when there is none. */
static void load_lane(struct engine *e, int lane)
{
    struct tile *t = e->tile;
    const size_t i = e->waiting;

    if (i >= t->count) {
        e->patient[lane] = TILE;
        LANE(e->t) = 0;
        LANE(e->end) = (real)1e30;
        e->busy--;
        return;
    }
    struct visit *v = &t->visit[i];

    e->waiting++;
    e->patient[lane] = i;
    e->has_new_inputs = true;
    for (size_t k = 0; k < MODEL_FIXED; k++) {
        LANE(e->c[k]) = (real)t->constants[place(MODEL_FIXED, k, i)];
    }
    for (size_t s = 0; s < MODEL_STATES; s++) {
        LANE(e->y[s]) = (real)t->state[place(MODEL_STATES, s, i)];
    }
    LANE(e->h) = (real)v->h;
    LANE(e->first_h) = (real)v->first_h;
    LANE(e->tried) = 0;
}

static void keep_lane(struct engine *e, int lane)
{
    struct tile *t = e->tile;
    const size_t i = e->patient[lane];
    struct visit *v = &t->visit[i];

    for (size_t s = 0; s < MODEL_STATES; s++) {
        t->state[place(MODEL_STATES, s, i)] = LANE(e->y[s]);
    }
    v->h = LANE(e->h);
    v->first_h = LANE(e->first_h);
    if (t->job->schedule->steps != NULL) {
        t->job->schedule->steps[t->first + i] += (uint32_t)LANE(e->tried);
    }
}

/* Everything of this day, then the next stretch; false when the block's days are done. */
static bool go_on(struct engine *e, int lane, bool is_new)
{
    struct tile *t = e->tile;
    const size_t i = e->patient[lane];
    struct visit *v = &t->visit[i];
    double y[MODEL_STATES];

    v->is_disturbed = false;
    while (record_day(t, v) <= v->day) {
        keep_record(e, v, lane);
        v->record++;
    }
    if (v->record == t->record + t->record_count) {
        return false;
    }
    if (v->happening <= v->day) {
        read_states(e, lane, y);
        while (happens(t, v, i, y)) {
        }
        v->happening = next_happening(t, v, i);
        for (int s = 0; s < MODEL_STATES; s++) {
            LANE(e->y[s]) = (real)y[s];
        }
    }
    if (v->is_disturbed) {
        LANE(e->h) = LANE(e->first_h);
    }
    v->next = sooner(record_day(t, v), v->happening);
    set_lane(e, v, lane, is_new || v->is_disturbed);
    return true;
}

/* Give a lane to patients until one has something to integrate. */
static void fill_lane(struct engine *e, int lane)
{
    load_lane(e, lane);
    while (e->patient[lane] < TILE && !go_on(e, lane, true)) {
        keep_lane(e, lane);
        load_lane(e, lane);
    }
}

/* A patient whose steps became too small or too many: nothing of it is known from here on. */
static void give_up(struct engine *e, int lane)
{
    struct heal_job *job = e->tile->job;
    const size_t i = e->patient[lane];
    struct visit *v = &e->tile->visit[i];

    job->failed = job->failed < e->tile->first + i ? job->failed : e->tile->first + i;
    for (; v->record < e->tile->record + e->tile->record_count; v->record++) {
        keep_record(e, v, lane);
    }
    keep_lane(e, lane);
    fill_lane(e, lane);
}

/* Lanes whose stretch has ended, and those that cannot go on. */
static void serve(struct engine *e, M ended, M stuck)
{
    for (int lane = 0; lane < WIDTH; lane++) {
        if (e->patient[lane] == TILE) {
            continue;
        }
        if (stuck[lane]) {
            give_up(e, lane);
        } else if (ended[lane]) {
            struct visit *v = &e->tile->visit[e->patient[lane]];

            v->day = v->next;
            if (!go_on(e, lane, false)) {
                keep_lane(e, lane);
                fill_lane(e, lane);
            }
        }
    }
    if (e->has_new_inputs) {
        model_set(e->u, e->c);
        e->has_new_inputs = false;
    }
}

static bool any(M mask)
{
    integer found = 0;

    for (int lane = 0; lane < WIDTH; lane++) {
        found |= mask[lane];
    }
    return found != 0;
}

void HEAL_INTEGRATE(struct tile *t)
{
    struct engine e = {.tile = t, .busy = WIDTH};

    if (t->record == 0) {
        for (size_t i = 0; i < t->count; i++) {
            t->visit[i] = visit_start(t, i);
            if (t->job->schedule->steps != NULL) {
                t->job->schedule->steps[t->first + i] = 0;
            }
        }
    }
    for (int lane = 0; lane < WIDTH; lane++) {
        fill_lane(&e, lane);
    }
    model_set(e.u, e.c);
    while (e.busy > 0) {
        const M is_last = fit(&e);

        attempt(&e);
        const M ended = control(&e) & is_last;
        const M stuck = ~(e.h > (real)STEP_LEAST) | (e.tried > (real)STEPS_MAX);

        if (any(ended | stuck)) {
            serve(&e, ended, stuck);
        }
    }
}
