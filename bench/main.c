/* SPDX-License-Identifier: Apache-2.0
 * bench: our engine against its peers (versus.h), against the processor and
 * against itself. Machines are noisy, so what counts are the ratios, which come
 * from the same run. docs/benchmarks.md says how to read them. */
#include "forecast/forecast.h"
#include "map.h"
#include "mapbayr.h"
#include "operations.h" /* made from the generated equations */
#include "ours.h"
#include "peak.h"
#include "person.h"
#include "search.h"
#include "task.h"
#include "versus.h"

#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MILLION = 1000000, SEED = 1 };

static const char *programs; /* their folder */

static void print_machine(void)
{
    char line[256], model[256] = "unknown processor";
    FILE *f = fopen("/proc/cpuinfo", "r");

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "model name : %255[^\n]", model) == 1) {
            break;
        }
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    (void)printf("%s, %d lanes, compiler %s\n", model, en_isa_lanes(EN_ISA_BEST), __VERSION__);
}

/* The same on other instruction sets. */
static void print_lanes(void)
{
    static const char *const NAMES[] = {"best", "baseline", "AVX2", "AVX-512"};
    struct en_arena own = {.limit = (size_t)256 << 20};
    struct task t = task_draw(TASK_USUAL, 1024, SEED, &own);
    double *results = EN_NEW(&own, double, 1024 * task_rows(&t));

    (void)printf("\n");
    for (enum en_isa isa = EN_ISA_BASELINE; isa <= EN_ISA_AVX512; isa++) {
        t.schedule.isa = isa;
        if (en_isa_works(isa)) {
            (void)printf("%-8s %d lanes: %8.0f patients/s\n", NAMES[isa], en_isa_lanes(isa),
                         1.0 / ours_run(&t, EN_TOLERANCE, results, &own));
        }
    }
    en_arena_free(&own);
}

/* Operations of one step of the solver (heal/engine.c): the first stage begins
 * with slopes and factors; the others combine those before them, for a place up
 * to the sixth and for the slope, in two operations a term. */
static double step_operations(void)
{
    enum { STAGES = 8, PLACES = 6, ERROR = 5 };
    int combine = 0;

    for (int i = 1; i < STAGES; i++) {
        combine += (i < PLACES ? 2 * i : 1) + 2 * i - 1;
    }
    return OPERATIONS_model_begin + STAGES * OPERATIONS_model_solve +
           (STAGES - 1) * OPERATIONS_model_slope + EN_STATE_COUNT * (combine + ERROR);
}

/* Operations of the steps of all patients, over the time of the whole run. */
static void print_useful(const char *precision, const struct task *t, double peak)
{
    struct en_arena own = {.limit = (size_t)256 << 20};
    const size_t count = t->patients.count;
    double *results = EN_NEW(&own, double, count *task_rows(t));
    double steps = 0.0;

    const double seconds = ours_run(t, EN_TOLERANCE, results, &own);

    for (size_t i = 0; i < count; i++) {
        steps += t->schedule.steps[i];
    }
    steps /= (double)count;
    const double rate = steps * step_operations() / seconds;

    (void)printf("%s: peak of the core %5.1f, useful %5.1f billion/s (%.0f steps "
                 "of %.0f): %.0f %%,"
                 " target >= 50, aim 70\n",
                 precision, peak * 1e-9, rate * 1e-9, steps, step_operations(),
                 100.0 * rate / peak);
    en_arena_free(&own);
}

static void print_peak(void)
{
    struct en_arena own = {.limit = (size_t)64 << 20};
    struct task t = task_draw(TASK_USUAL, 4096, SEED, &own);

    t.schedule.steps = EN_NEW(&own, uint32_t, t.patients.stride);
    print_useful("double", &t, peak_double());
    t.schedule.precision = EN_SINGLE;
    print_useful("single", &t, peak_single());
    en_arena_free(&own);
}

/* Wall time [s] of a trial with so many MPI ranks of one thread; NAN where that cannot be run. */
static double ranks_s(int ranks)
{
    char command[1024];

    (void)snprintf(command, sizeof command,
                   "ENTHESIS_MPI=%s/../enthesis-mpi sh %s/test/cli/ranks.sh %d trial"
                   " %s/examples/trials/knee-oa.json --patients 60000 --threads 1 --json"
                   " >/dev/null 2>&1",
                   programs, EN_SOURCE_ROOT, ranks, EN_SOURCE_ROOT);
    const double start = wall_s();

    return system(command) == 0 ? wall_s() - start : NAN;
}

static void print_ranks(void)
{
    enum { ROUNDS = 3 };
    double one = INFINITY, two = INFINITY;

    for (int i = 0; i < ROUNDS && one > 0.0; i++) {
        const double first = ranks_s(1), second = ranks_s(2);

        one = first < one ? first : one;
        two = second < two ? second : two;
    }
    if (isfinite(two)) {
        (void)printf("2 MPI ranks: %5.1f %% of twice one          target >= 90, aim 95\n",
                     50.0 * one / two);
    } else {
        (void)printf("2 MPI ranks: not to be had here (make mpi)\n");
    }
}

static void print_parallel(void)
{
    struct en_arena own = {.limit = (size_t)256 << 20};
    const struct task t = task_draw(TASK_USUAL, 4096, SEED, &own);
    const struct ours_parallel p = ours_parallel(&t, &own);

    (void)printf("2 threads:   %5.1f %% of twice one          target >= 90, aim 95\n",
                 50.0 * p.one_s / p.threads_s);
    en_arena_free(&own);
    print_ranks();
}

/* What is shown with a plan: 2,000 patients, 4 arms, 5 times, 4 hypotheses. */
static void print_forecast(void)
{
    static const char *const IDS[] = {"plan", "saline", "exercise", "none"};
    static const enum en_context CONTEXTS[] = {EN_CONTEXT_INJECTION, EN_CONTEXT_INJECTION,
                                               EN_CONTEXT_EXERCISE, EN_CONTEXT_NONE};
    struct en_posterior posterior;
    struct en_arena own = {.limit = (size_t)512 << 20};
    struct en_forecast_request q = {.person = {55, 5.5, 37, 27, 0, 0, false},
                                    .arm_count = EN_COUNT(IDS),
                                    .weeks = {5, 9, 12, 26, 52},
                                    .week_count = 5,
                                    .posterior = &posterior,
                                    .condition = "oa_knee",
                                    .population_nrs = NAN,
                                    .mic_nrs = 1.5,
                                    .mic_function = 12.0,
                                    .patients = 2000,
                                    .seed = SEED,
                                    .threads = 1};
    struct en_forecast forecast;
    struct en_err err = {0};

    for (size_t a = 0; a < EN_COUNT(IDS); a++) {
        struct en_forecast_arm *arm = &q.arms[a];

        *arm = (struct en_forecast_arm){
            .id = IDS[a], .rehabilitation = a == 2 ? 1.3 : 1.0, .context = CONTEXTS[a]};
        arm->session_count = a < 2 ? 4 : 0;
        for (size_t k = 0; k < arm->session_count; k++) {
            arm->sessions[k] = (struct en_dose){7.0 + 28.0 * (double)k, a == 0 ? 15 : 0, 0.55, 1};
        }
    }
    must(en_posterior_prior(512, 1, &own, &posterior, &err), &err);
    const double start = cpu_s();

    must(en_forecast_run(&q, &own, &forecast, &err), &err);
    (void)printf("forecast of a plan, 1 thread: %.0f ms\n", 1e3 * (cpu_s() - start));
    en_arena_free(&own);
}

static void print_million(void)
{
    const struct ours_wide w = ours_wide(MILLION);
    const struct ours_trial trial = ours_trial(MILLION);

    (void)printf("%zu patients, every rate spread 1.5 times wider: %zu failed, "
                 "worst error %.1e\n",
                 w.patients, w.failed, w.worst);
    (void)printf("1,000,000 patients x 2 arms x 52 weeks: %.1f s drawing + %.1f "
                 "s running\n",
                 trial.draw_s, trial.run_s);
}

static void print_peers(void)
{
    struct en_arena own = {.limit = (size_t)512 << 20};

    versus_print(programs, &own);
    en_arena_free(&own);
}

static void print_person(void)
{
    person_print_draws();
    person_print_cases();
}

static void print_map(void)
{
    struct en_arena own = {.limit = (size_t)64 << 20};

    map_print(&own);
    en_arena_free(&own);
}

static const struct scene {
    const char *name;
    void (*print)(void);
} SCENES[] = {
    {"peers", print_peers},       {"lanes", print_lanes},       {"peak", print_peak},
    {"parallel", print_parallel}, {"forecast", print_forecast}, {"map", print_map},
    {"mapbayr", mapbayr_print},   {"person", print_person},     {"search", search_print},
    {"million", print_million},
};

/* All scenes, or those that are named. */
int main(int argc, char **argv)
{
    programs = dirname(argv[0]);
    print_machine();
    for (size_t i = 0; i < EN_COUNT(SCENES); i++) {
        int is_wanted = argc == 1;

        for (int k = 1; k < argc; k++) {
            is_wanted |= strcmp(argv[k], SCENES[i].name) == 0;
        }
        if (is_wanted) {
            SCENES[i].print();
            (void)fflush(stdout);
        }
    }
    return 0;
}
