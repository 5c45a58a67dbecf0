/* SPDX-License-Identifier: Apache-2.0
 * bench/task: what our engine and every peer have to run: patients drawn from a seed, four
 * sessions, a year, all states and four scores on five days. */
#pragma once

#include "heal/heal.h"

enum task_kind {
    TASK_USUAL,  /* the free effects of the forecast */
    TASK_FAST,   /* mediators, neutrophils and growth factor ten times faster */
    TASK_WIDE,   /* every rate drawn, with 1.5 times the spread of its row */
    TASK_INSIDE, /* usual, observed 3, 7 and 14 days after sessions too */
    TASK_KIND_COUNT
};
extern const char *const TASK_NAMES[TASK_KIND_COUNT];

struct task {
    struct en_batch patients;
    struct en_schedule schedule;
    struct en_request request;
    size_t rejected; /* draws that broke the constraints of a virtual patient */
};

/* Draws count patients into the arena; ends the program when that fails. */
struct task task_draw(enum task_kind kind, size_t count, uint64_t seed, struct en_arena *a);

/* Numbers of one patient's results: outputs times days. */
size_t task_rows(const struct task *t);

/* CPU time of this process [s]. */
double cpu_s(void);

/* Ends the program with the message of a failure. */
void must(enum en_status status, const struct en_err *err);
