/* SPDX-License-Identifier: Apache-2.0
 * heal/engine: how a run is divided. Internal to heal.
 *
 * Patients are taken in tiles. For a whole tile, in full vectors: what the equations need of each
 * patient, and what each solution does to it (prepare); then the integration, one patient per lane,
 * each with its own time, step and next event, the next patient of the tile following in the same
 * lane (integrate); then the outputs of the recorded states, again in full vectors (record).
 * Compiled once per instruction set: tile.c in double precision, engine.c in either.
 *
 * A request is worked off in blocks of RECORDS_MAX days, so that a tile's memory is bounded; the
 * state of a patient's lane is kept between two blocks, so the bytes do not depend on it. */
#pragma once

#include "heal/heal.h"

enum { TILE = 256, RECORDS_MAX = 8, SOLUTIONS_MAX = 16, STEPS_MAX = 100000 };

enum { INPUT_M, INPUT_LOAD, INPUT_NS, INPUT_COUNT };

/* What a solution does to a patient that is fully reached. */
enum { JUMP_KILLED, JUMP_SUBLETHAL, JUMP_NEURAL, JUMP_COUNT };

struct heal_job {
    const struct en_schedule *schedule;
    const struct en_batch *patients;
    const struct en_request *request;
    double *values;    /* shape [output][day][stride] */
    size_t first, end; /* patients; first a multiple of EN_BATCH_PART */
    double tolerance;  /* relative error of a step */
    double first_h;    /* first step after a session, to begin with [d] */
    double dextrose[SOLUTIONS_MAX], lidocaine[SOLUTIONS_MAX]; /* the different solutions [%] */
    size_t solution_count;
    size_t failed; /* out: first patient that failed, or SIZE_MAX */
};

/* A patient on the way. */
struct visit {
    double day, next; /* the present stretch without an event */
    double happening; /* the next day of anything but a record */
    double on, off;   /* drug window: begins, ends; INFINITY where none is to come */
    double input[INPUT_COUNT];
    double h, first_h;              /* steps, as in engine.c [d] */
    size_t record, session, change; /* the next of each */
    bool is_disturbed;              /* something of this day sets the states or slopes anew */
};

/* One tile. Arrays of patients are cut into groups of EN_LANES: shape [group][row][lane]. */
struct tile {
    struct heal_job *job;
    size_t first, count;         /* patients */
    size_t record, record_count; /* block of days */
    struct visit visit[TILE];
    double *constants; /* rows MODEL_FIXED */
    double *state;     /* rows MODEL_STATES: what is integrated */
    double *jump;      /* rows solution_count * JUMP_COUNT */
    double *recorded;  /* shape [day of the block][group][state, then input][lane] */
};

#define EN_ENGINE(set)                                                                             \
    void heal_run_##set(struct heal_job *job);                                                     \
    void heal_integrate_##set##_double(struct tile *t);                                            \
    void heal_integrate_##set##_single(struct tile *t);

EN_ENGINE(baseline)
EN_ENGINE(avx2)
EN_ENGINE(avx512)
