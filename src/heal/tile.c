/* SPDX-License-Identifier: Apache-2.0
 * What is done for a whole tile in full vectors: the constants of the equations, the effect of each
 * solution, and the outputs of recorded states. Compiled once per instruction set with EN_LANES,
 * HEAL_RUN and HEAL_INTEGRATE (names) set. */
#include "heal/engine.h"
#include "heal/vector.h"
#include "num/lane_math.h"

/* x^(1 / n) for a state. */
#define MODEL_ROOT(x, n) ((n) == 2 ? v_sqrt(x) : en_lane_exp(en_lane_log(x) / (double)(n)))

#include "heal/model_code.h"
#include "heal/outputs.h"

#ifndef HEAL_RUN
#define HEAL_RUN       heal_run_baseline
#define HEAL_INTEGRATE heal_integrate_baseline
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

enum { GROUPS = TILE / EN_LANES, ROWS = MODEL_STATES + INPUT_COUNT };

_Static_assert(EN_BATCH_PART % EN_LANES == 0 && TILE % EN_BATCH_PART == 0, "whole vectors");

EN_LANE_INLINE struct patients patients_at(const struct heal_job *job, size_t at)
{
    return (struct patients){job->patients, at};
}

/* Constants, start and jumps of the patients of one group. */
static void prepare(struct tile *t, size_t group)
{
    const struct heal_job *job = t->job;
    const struct en_batch *b = job->patients;
    const struct en_schedule *s = job->schedule;
    const size_t at = t->first + group * EN_LANES;
    V p[EN_PARAMETER_COUNT], balance[EN_BALANCE_COUNT], y[MODEL_STATES];
    const struct patients who = patients_at(job, at);

    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        p[k] = en_lane_load(b->parameter[k] + at);
    }
    for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
        balance[k] = en_lane_load(b->balance[k] + at);
    }
    for (size_t k = 0; k < MODEL_STATES; k++) {
        y[k] = en_lane_load(s->from_day > 0.0 ? s->state + k * b->stride + at : b->start[k] + at);
    }
    model_fix(p, balance, (V *)(t->constants + group * MODEL_FIXED * EN_LANES));
    model_inner(y, (V *)(t->state + group * MODEL_STATES * EN_LANES));
    for (size_t k = 0; k < job->solution_count; k++) {
        V *jump = (V *)(t->jump + (group * job->solution_count + k) * JUMP_COUNT * EN_LANES);

        jump[JUMP_KILLED] = solution_kill(&who, job->dextrose[k], job->lidocaine[k]);
        jump[JUMP_SUBLETHAL] = solution_sublethal(&who, job->dextrose[k]);
        jump[JUMP_NEURAL] = solution_neural(&who, job->dextrose[k]);
    }
}

/* Outputs of one recorded day of one group. */
static void record(struct tile *t, size_t index, size_t group)
{
    const struct heal_job *job = t->job;
    const struct en_request *q = job->request;
    const struct en_schedule *s = job->schedule;
    const size_t at = t->first + group * EN_LANES, stride = job->patients->stride;
    const V *raw = (const V *)(t->recorded + (index * GROUPS + group) * ROWS * EN_LANES);
    V *c = (V *)(t->constants + group * MODEL_FIXED * EN_LANES);
    V y[MODEL_STATES], seen[MODEL_SEEN], out[EN_OUTPUT_COUNT];
    const size_t day = t->record + index;
    const struct patients who = patients_at(job, at);

    model_set(raw + MODEL_STATES, c);
    model_outer(raw, y);
    model_observe(c, y, seen);
    outputs(&who, y, seen, q->days[day], s->context, out);
    for (size_t k = 0; k < q->output_count; k++) {
        en_lane_store(job->values + (k * q->day_count + day) * stride + at, out[q->outputs[k]]);
    }
    if (s->state == NULL || day + 1 < q->day_count || job->failed != SIZE_MAX) {
        return;
    }
    for (size_t k = 0; k < MODEL_STATES; k++) {
        en_lane_store(s->state + k * stride + at, y[k]);
    }
}

/* Places beyond the last patient get valid states, which nobody reads. */
static void fill_idle(struct tile *t)
{
    const size_t idle = (t->count + EN_LANES - 1) / EN_LANES * EN_LANES;

    for (size_t i = t->count; i < idle; i++) {
        for (size_t r = 0; r < t->record_count; r++) {
            double *raw =
                t->recorded + (r * GROUPS + i / EN_LANES) * ROWS * EN_LANES + i % EN_LANES;
            const double *y = t->state + i / EN_LANES * MODEL_STATES * EN_LANES + i % EN_LANES;

            for (size_t k = 0; k < MODEL_STATES; k++) {
                raw[k * EN_LANES] = y[k * EN_LANES];
            }
            for (size_t k = 0; k < INPUT_COUNT; k++) {
                raw[(MODEL_STATES + k) * EN_LANES] = k == INPUT_NS ? 0.0 : 1.0;
            }
        }
    }
}

static void run_tile(struct tile *t)
{
    const struct heal_job *job = t->job;
    const size_t groups = (t->count + EN_LANES - 1) / EN_LANES;
    const size_t days = job->request->day_count;

    for (size_t g = 0; g < groups; g++) {
        prepare(t, g);
    }
    for (t->record = 0; t->record < days; t->record += RECORDS_MAX) {
        t->record_count = days - t->record < RECORDS_MAX ? days - t->record : RECORDS_MAX;
        fill_idle(t);
        if (job->schedule->precision == EN_SINGLE) {
            JOIN(HEAL_INTEGRATE, _single)(t);
        } else {
            JOIN(HEAL_INTEGRATE, _double)(t);
        }
        for (size_t r = 0; r < t->record_count; r++) {
            for (size_t g = 0; g < groups; g++) {
                record(t, r, g);
            }
        }
    }
}

void HEAL_RUN(struct heal_job *job)
{
    enum { ALIGNED = 64 };
    _Alignas(ALIGNED) double constants[MODEL_FIXED * TILE];
    _Alignas(ALIGNED) double state[MODEL_STATES * TILE];
    _Alignas(ALIGNED) double jump[SOLUTIONS_MAX * JUMP_COUNT * TILE];
    _Alignas(ALIGNED) double recorded[RECORDS_MAX * ROWS * TILE];
    struct tile t = {
        .job = job,
        .constants = constants,
        .state = state,
        .jump = jump,
        .recorded = recorded,
    };

    for (t.first = job->first; t.first < job->end; t.first += TILE) {
        t.count = job->end - t.first < TILE ? job->end - t.first : TILE;
        run_tile(&t);
    }
}
