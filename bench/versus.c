/* SPDX-License-Identifier: Apache-2.0 */
#include "versus.h"

#include "ladder.h"
#include "ours.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENTS = 1024, SEED = 1 };

static const char *folder; /* of the programs */
static double *results, *truth, *scratch;

/* A row of the table: what of ours, the peer's program, and the ratio wanted at an error. */
#define OURS   "ours"
#define SINGLE "single"
static const struct versus {
    const char *label, *mine, *program;
    enum task_kind kind;
    double error;
    const char *target;
} VERSUS[] = {
    {"CVODE native", OURS, "cvode_native", TASK_USUAL, 1e-4, ">= 40, aim 70"},
    {"CVODE native", OURS, "cvode_native", TASK_USUAL, 1e-6, ">= 30, aim 50"},
    {"CVODE of Debian", OURS, "cvode_debian", TASK_USUAL, 1e-4, ">= 150, aim 250"},
    {"liblsoda", OURS, "liblsoda", TASK_USUAL, 1e-4, ">= 25, aim 50"},
    {"odeint dopri5", OURS, "odeint", TASK_USUAL, 1e-4, ">= 10, aim 20"},
    {"odeint, fast x10", OURS, "odeint", TASK_FAST, 1e-4, ">= 80, aim 150"},
    {"single: double", SINGLE, OURS, TASK_USUAL, 1e-3, ">= 1.7, aim 2"},
    {"CVODE, fast x10", OURS, "cvode_native", TASK_FAST, 1e-4, ""},
    {"CVODE, d 3, 7, 14", OURS, "cvode_native", TASK_INSIDE, 1e-4, ""},
    {"CVODE, 16 states", OURS, "cvode_native_full", TASK_USUAL, 1e-4, ""},
    {"liblsoda, 16 states", OURS, "liblsoda_full", TASK_USUAL, 1e-4, ""},
    {"odeint, 16 states", OURS, "odeint_full", TASK_USUAL, 1e-4, ""},
    {"odeint, 16, fast", OURS, "odeint_full", TASK_FAST, 1e-4, ""},
};

/* A solver's ladder on a task, run when it is first asked for. */
struct known {
    const char *program;
    enum task_kind kind;
    struct ladder ladder;
};

/* The results of a peer's program; seconds per patient, NAN when it cannot be run. */
static double peer_run(const char *program, enum task_kind kind, size_t rows, double tolerance,
                       double *out)
{
    char command[512];
    double seconds = NAN;

    (void)snprintf(command, sizeof command, "%s/bench_%s %s %d %g %d 2>/dev/null", folder, program,
                   TASK_NAMES[kind], PATIENTS, tolerance, tolerance > 1e-9 ? 2 : 1);
    FILE *f = popen(command, "r");

    if (f == NULL || fread(&seconds, sizeof seconds, 1, f) != 1 ||
        fread(out, sizeof *out, PATIENTS * rows, f) != PATIENTS * rows) {
        seconds = NAN;
    }
    return f != NULL && pclose(f) == 0 ? seconds : NAN;
}

/* Programs of the full system end so. */
static int is_full(const char *program)
{
    return strstr(program, "_full") != NULL;
}

/* The truth of the system that a program solves: CVODE at 1e-12, whichever build there is. */
static void find_truth(const char *program, enum task_kind kind, size_t rows)
{
    static enum task_kind present = TASK_KIND_COUNT;
    static int present_full;
    const int full = is_full(program);

    if ((present != kind || present_full != full) &&
        !(peer_run(full ? "cvode_native_full" : "cvode_native", kind, rows, 1e-12, truth) > 0.0) &&
        !(peer_run(full ? "cvode_debian_full" : "cvode_debian", kind, rows, 1e-12, truth) > 0.0)) {
        must(EN_ENOTFOUND, &(struct en_err){.text = "no CVODE: there is no reference"});
    }
    present = kind;
    present_full = full;
}

static int is_ours(const char *program)
{
    return strcmp(program, OURS) == 0 || strcmp(program, SINGLE) == 0;
}

/* Tolerances from 0.1 down until p99 of the error is below `error`. */
static void climb(struct known *k, double error)
{
    struct en_arena own = {.limit = (size_t)64 << 20};
    struct task t = task_draw(k->kind, PATIENTS, SEED, &own);
    const size_t rows = task_rows(&t);
    double last = INFINITY;

    t.schedule.precision = strcmp(k->program, SINGLE) == 0 ? EN_SINGLE : EN_DOUBLE;
    find_truth(k->program, k->kind, rows);
    (void)printf("\n%-17s %-6s tolerance    p99 error   patients/s\n", k->program,
                 TASK_NAMES[k->kind]);
    for (int i = 0; i < LADDER_RUNGS && last > error; i++) {
        const double tolerance = pow(10.0, -1.0 - 0.5 * i);
        const double seconds = is_ours(k->program)
                                   ? ours_run(&t, tolerance, results, &own)
                                   : peer_run(k->program, k->kind, rows, tolerance, results);

        if (!(seconds > 0.0)) {
            break;
        }
        last = error_p99(results, truth, PATIENTS, rows, scratch);
        k->ladder.rungs[k->ladder.count++] = (struct rung){tolerance, last, 1.0 / seconds};
        (void)printf("%24s %9.1e %12.2e %12.0f\n", "", tolerance, last, 1.0 / seconds);
    }
    en_arena_free(&own);
}

static const struct ladder *ladder_of(const char *program, enum task_kind kind, double error)
{
    static struct known all[32];
    size_t k = 0;

    while (all[k].program != NULL &&
           (all[k].kind != kind || strcmp(all[k].program, program) != 0)) {
        k++;
    }
    if (all[k].program == NULL) {
        all[k] = (struct known){.program = program, .kind = kind};
        climb(&all[k], error);
    }
    return &all[k].ladder;
}

/* The smallest error that any row asks of a program on a task. */
static double smallest_error(const char *program, enum task_kind kind)
{
    double error = 1.0;

    for (size_t i = 0; i < EN_COUNT(VERSUS); i++) {
        const struct versus *v = &VERSUS[i];
        const int is_meant = strcmp(program, v->mine) == 0 || strcmp(program, v->program) == 0;

        error = is_meant && v->kind == kind ? fmin(error, v->error) : error;
    }
    return error;
}

static struct rung at(const char *program, enum task_kind kind, double error)
{
    return ladder_at(ladder_of(program, kind, smallest_error(program, kind)), error);
}

void versus_print(const char *programs, struct en_arena *a)
{
    const struct task t = task_draw(TASK_INSIDE, PATIENTS, SEED, a); /* has the most results */
    const size_t size = PATIENTS * task_rows(&t);
    struct rung ours[EN_COUNT(VERSUS)], peer[EN_COUNT(VERSUS)];

    folder = programs;
    results = EN_NEW(a, double, size);
    truth = EN_NEW(a, double, size);
    scratch = EN_NEW(a, double, PATIENTS);
    if (results == NULL || truth == NULL || scratch == NULL) {
        must(EN_ELIMIT, &(struct en_err){.text = "no room for the results"});
    }
    for (size_t i = 0; i < EN_COUNT(VERSUS); i++) {
        ours[i] = at(VERSUS[i].mine, VERSUS[i].kind, VERSUS[i].error);
        peer[i] = at(VERSUS[i].program, VERSUS[i].kind, VERSUS[i].error);
    }
    (void)printf("\n%-18s %9s %8s %6s %9s %9s  %s\n", "patients/s, 1 core", "ours", "peer", "ratio",
                 "p99: ours", "peer", "target");
    for (size_t i = 0; i < EN_COUNT(VERSUS); i++) {
        if (isfinite(peer[i].speed)) {
            (void)printf("%-18s %9.0f %8.0f %6.1f %9.1e %9.1e  %s\n", VERSUS[i].label,
                         ours[i].speed, peer[i].speed, ours[i].speed / peer[i].speed, ours[i].error,
                         peer[i].error, VERSUS[i].target);
        } else {
            (void)printf("%-18s not to be had here\n", VERSUS[i].label);
        }
    }
}
