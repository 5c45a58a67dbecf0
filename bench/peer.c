/* SPDX-License-Identifier: Apache-2.0
 * A peer's program: bench_NAME TASK COUNT TOLERANCE REPEATS. Writes in binary: seconds of CPU per
 * patient (the best of the repeats), then the results, [patient][output][day]. */
#include "peer.h"

#include "support/tissue.h"
#include "task.h"

#include <stdio.h>
#include <stdlib.h>

_Static_assert((int)PEER_STATES >= (int)EN_STATE_COUNT, "the model has other states");

enum { DAYS_MAX = 16, SEED = 1 };

struct peer_patient {
    struct tissue p;
    struct tissue_input u;
    int has_roots;
};

/* The mediators: states of the full system, or what they tend to at once. */
static struct tissue_fast mediators(const struct peer_patient *p, const double *y)
{
#ifdef EN_FULL
    (void)p;
    return (struct tissue_fast){y[EN_STATE_COUNT], y[EN_STATE_COUNT + 1]};
#else
    return tissue_fast(&p->p, &p->u, (const void *)y);
#endif
}

void peer_slope(const struct peer_patient *p, const double *y, double *dy)
{
    const struct tissue_state *s = (const void *)y;
    const struct tissue_fast f = mediators(p, y);

    tissue_slope(&p->p, &p->u, s, f, p->has_roots, (void *)dy);
#ifdef EN_FULL
    const struct tissue_fast df = tissue_slope_fast(&p->p, &p->u, s, f);

    memcpy(dy + EN_STATE_COUNT, &df, sizeof df);
#endif
}

/* A patient on day 0: y [PEER_STATES], the mediators at rest. */
static struct peer_patient load(const struct en_batch *b, size_t i, double *y)
{
    struct peer_patient p;
    double *numbers = (double *)&p.p;

    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        numbers[k] = b->parameter[k][i];
    }
    for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
        numbers[EN_PARAMETER_COUNT + k] = b->balance[k][i];
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        y[k] = b->start[k][i];
    }
    tissue_prepare(&p.p);
    p.u = tissue_input(&p.p, 1.0, 1.0, 0.0);
    p.has_roots = p.p.q == 0.5 && p.p.p == 1.5;
    return p;
}

/* The results of a patient on the days of a span. */
static void record(const struct task *t, const struct peer_patient *p, double (*saved)[PEER_STATES],
                   const struct peer_span *span, double *values)
{
    const struct en_request *q = &t->request;

    for (int d = 0; d < span->day_count; d++) {
        const size_t day = (size_t)(span->days + d - q->days);
        double all[EN_OUTPUT_COUNT];

        tissue_outputs(&p->p, &p->u, (const void *)saved[d], mediators(p, saved[d]), q->days[day],
                       t->schedule.context, all);
        for (size_t o = 0; o < q->output_count; o++) {
            values[o * q->day_count + day] = all[q->outputs[o]];
        }
    }
}

/* A patient's year: from session to session. Returns whether the solver managed. */
static int run(const struct task *t, size_t i, double *values)
{
    const struct en_schedule *s = &t->schedule;
    const struct en_request *q = &t->request;
    const double *day = q->days, *end = q->days + q->day_count;
    double saved[DAYS_MAX][PEER_STATES];
    double y[PEER_STATES] = {0};
    const struct peer_patient p = load(&t->patients, i, y);
    struct peer_span span = {0};

    for (size_t k = 0; k <= s->session_count; k++) {
        span.until = k < s->session_count ? s->sessions[k].day : end[-1];
        span.days = day;
        for (; day < end && *day <= span.until; day++) {
        }
        span.day_count = (int)(day - span.days);
        if (solver_run(&p, &span, y, saved) != 0) {
            return 1;
        }
        record(t, &p, saved, &span, values);
        if (k < s->session_count) {
            tissue_session(&p.p, &s->sessions[k], s->sessions[k].coverage, 1.0, (void *)y);
        }
        span.from = span.until;
    }
    return 0;
}

static void run_all(const struct task *t, double *values)
{
    const size_t rows = task_rows(t);

    for (size_t i = 0; i < t->patients.count; i++) {
        if (run(t, i, values + i * rows) != 0) {
            values[i * rows] = NAN; /* counts as an unbounded error */
        }
    }
}

static enum task_kind find_task(const char *name)
{
    enum task_kind kind = TASK_USUAL;

    while (kind < TASK_KIND_COUNT - 1 && strcmp(TASK_NAMES[kind], name) != 0) {
        kind++;
    }
    return kind;
}

int main(int argc, char **argv)
{
    struct en_arena arena = {.limit = 64 << 20};

    if (argc != 5) {
        (void)fprintf(stderr, "usage: %s TASK COUNT TOLERANCE REPEATS\n", argv[0]);
        return 2;
    }
    const size_t count = strtoul(argv[2], NULL, 10);
    const double tolerance = strtod(argv[3], NULL);
    const struct task t = task_draw(find_task(argv[1]), count, SEED, &arena);
    const size_t size = count * task_rows(&t);
    double *values = EN_NEW(&arena, double, size);
    double best = INFINITY;

    if (values == NULL || t.request.day_count > DAYS_MAX) {
        return 1;
    }
    solver_open(tolerance, 1e-3 * tolerance);
    for (unsigned long k = strtoul(argv[4], NULL, 10); k > 0; k--) {
        const double start = cpu_s();

        run_all(&t, values);
        best = fmin(best, cpu_s() - start);
    }
    best /= (double)count;
    return fwrite(&best, sizeof best, 1, stdout) == 1 &&
                   fwrite(values, sizeof *values, size, stdout) == size
               ? 0
               : 1;
}
