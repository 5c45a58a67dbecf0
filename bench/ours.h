/* SPDX-License-Identifier: Apache-2.0
 * bench/ours: our engine in the scenes of the benchmark. */
#pragma once

#include "ladder.h"
#include "task.h"

double wall_s(void);

/* Room for the results of a task as en_heal_run gives them; ends the program when there is none. */
double *new_values(const struct task *t, struct en_arena *a);

/* Results of all patients of a task, [patient][row]; seconds of CPU per patient, the best of
 * several runs of at least 0.1 s together. */
double ours_run(const struct task *t, double tolerance, double *results, struct en_arena *a);

/* Wall time [s] of the task on one thread and on two, the best of many runs. */
struct ours_parallel {
    double one_s, threads_s;
};
struct ours_parallel ours_parallel(const struct task *t, struct en_arena *a);

/* How many of a million patients with widely spread rates fail: no finite result, or far from a run
 * with a hundredth of the tolerance. */
struct ours_wide {
    size_t patients, failed;
    double worst; /* largest error of a patient */
};
struct ours_wide ours_wide(size_t patients);

/* A million patients drawn, two arms, 52 weeks, means of all results: wall time [s] on all
 * processors. */
struct ours_trial {
    double draw_s, run_s;
    double difference; /* of the mean function score in week 52 between the arms */
};
struct ours_trial ours_trial(size_t patients);
