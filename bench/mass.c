/* SPDX-License-Identifier: Apache-2.0
 * The scenes with a million patients, in chunks: memory stays bounded. */
#include "ours.h"

#include "cohort/cohort.h"

#include <math.h>

enum { CHUNK = 32768 };

static void run_threads(const struct task *t, const struct en_schedule *s, double *values)
{
    const enum en_status st = en_cohort_run(s, &t->patients, &t->request, 0, values, NULL);

    (void)st; /* a course that is not finite is a result here */
}

static double error_between(const struct task *t, const double *a, const double *b, size_t i)
{
    const size_t rows = task_rows(t), stride = t->patients.stride;
    double sum = 0.0;

    for (size_t k = 0; k < rows; k++) {
        const double x = a[k * stride + i], y = b[k * stride + i];
        const double e = fabs(x - y) / (fabs(y) + 1e-3);

        sum += e * e;
    }
    return isfinite(sum) ? sqrt(sum / (double)rows) : INFINITY;
}

struct ours_wide ours_wide(size_t patients)
{
    struct ours_wide w = {0};

    for (uint64_t seed = 1; w.patients < patients; seed++) {
        struct en_arena a = {.limit = (size_t)512 << 20};
        const struct task t = task_draw(TASK_WIDE, CHUNK, seed, &a);
        struct en_schedule fine = t.schedule;
        double *got = new_values(&t, &a), *truth = new_values(&t, &a);

        fine.tolerance = 0.01 * EN_TOLERANCE;
        run_threads(&t, &t.schedule, got);
        run_threads(&t, &fine, truth);
        for (size_t i = 0; i < CHUNK && w.patients < patients; i++, w.patients++) {
            const double error = error_between(&t, got, truth, i);

            w.failed += !(error < 0.05);
            w.worst = fmax(w.worst, error);
        }
        en_arena_free(&a);
    }
    return w;
}

/* Sum of the function scores of the last day. */
static double sum_function(const struct task *t, const double *values)
{
    const size_t day = t->request.day_count - 1;
    double sum = 0.0;

    for (size_t k = 0; k < t->request.output_count; k++) {
        for (size_t i = 0; i < CHUNK && t->request.outputs[k] == EN_OUTPUT_FUNCTION; i++) {
            sum += values[(k * t->request.day_count + day) * t->patients.stride + i];
        }
    }
    return sum;
}

struct ours_trial ours_trial(size_t patients)
{
    struct ours_trial result = {0};

    for (uint64_t seed = 1; seed <= patients / CHUNK + 1; seed++) {
        struct en_arena a = {.limit = (size_t)512 << 20};
        const double start = wall_s();
        struct task t = task_draw(TASK_USUAL, CHUNK, seed, &a);
        double *values = new_values(&t, &a);
        struct en_session saline[8];
        const double drawn = wall_s();

        run_threads(&t, &t.schedule, values);
        result.difference += sum_function(&t, values);
        for (size_t k = 0; k < t.schedule.session_count; k++) {
            saline[k] = t.schedule.sessions[k];
            saline[k].dextrose_percent = 0.0;
        }
        t.schedule.sessions = saline;
        run_threads(&t, &t.schedule, values);
        result.difference -= sum_function(&t, values);
        result.draw_s += drawn - start;
        result.run_s += wall_s() - drawn;
        en_arena_free(&a);
    }
    result.difference /= (double)((patients / CHUNK + 1) * CHUNK);
    return result;
}
