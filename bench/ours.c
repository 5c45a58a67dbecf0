/* SPDX-License-Identifier: Apache-2.0 */
#include "ours.h"

#include "cohort/cohort.h"

#include <math.h>
#include <time.h>

/* Others use the machine: many short runs, of which the best is one without them. */
enum { REPEATS = 5, PARALLEL_REPEATS = 30 };

double wall_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* False when a course is not finite. */
static bool run(const struct task *t, const struct en_schedule *s, double *values)
{
    struct en_err err = {0};

    return en_heal_run(s, &t->patients, 0, t->patients.count, &t->request, values, &err) == EN_OK;
}

double *new_values(const struct task *t, struct en_arena *a)
{
    double *values = EN_NEW(a, double, task_rows(t) * t->patients.stride);

    must(values != NULL ? EN_OK : EN_ELIMIT, &(struct en_err){.text = "no room for the results"});
    return values;
}

double ours_run(const struct task *t, double tolerance, double *results, struct en_arena *a)
{
    struct en_schedule s = t->schedule;
    const size_t rows = task_rows(t);
    const struct en_arena_mark mark = en_arena_mark(a);
    double *values = new_values(t, a);
    double best = INFINITY, all = 0.0;

    s.tolerance = tolerance;
    for (int i = 0; i < REPEATS || all < 0.1; i++) {
        const double start = cpu_s();

        (void)run(t, &s, values);
        const double seconds = cpu_s() - start;

        best = fmin(best, seconds);
        all += seconds;
    }
    for (size_t i = 0; i < t->patients.count; i++) {
        for (size_t k = 0; k < rows; k++) {
            results[i * rows + k] = values[k * t->patients.stride + i];
        }
    }
    en_arena_rewind(a, mark);
    return best / (double)t->patients.count;
}

static double threads_s(const struct task *t, int threads, double *values)
{
    const double start = wall_s();
    struct en_err err = {0};

    must(en_cohort_run(&t->schedule, &t->patients, &t->request, threads, values, &err), &err);
    return wall_s() - start;
}

struct ours_parallel ours_parallel(const struct task *t, struct en_arena *a)
{
    const struct en_arena_mark mark = en_arena_mark(a);
    struct ours_parallel best = {INFINITY, INFINITY};
    double *values = new_values(t, a);

    for (int i = 0; i < PARALLEL_REPEATS; i++) {
        best.one_s = fmin(best.one_s, threads_s(t, 1, values));
        best.threads_s = fmin(best.threads_s, threads_s(t, 2, values));
    }
    en_arena_rewind(a, mark);
    return best;
}
