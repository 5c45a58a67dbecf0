/* SPDX-License-Identifier: Apache-2.0
 * bench: speed of the model, the cohort and the forecast, one scene per row of the table. Prints
 * name,threads,lanes,ms_min,ms_median; machines are noisy, so what counts are the ratios at the
 * end, which come from the same run. With CVODE: patients per second against it, and the largest
 * error of both against a far finer CVODE run, so that the accuracies can be compared. */
#include "cohort/cohort.h"
#include "forecast/forecast.h"
#include "num/stats.h"

#if EN_HAS_CVODE
#include "support/oracle.h"
#endif

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PATIENTS = 2000, REPEATS = 9, DAY_COUNT = 5 };

static const double DAYS[DAY_COUNT] = {35, 63, 84, 182, 364};
static const enum en_output FUNCTION[] = {EN_OUTPUT_FUNCTION};
static const struct en_request REQUEST = {DAYS, DAY_COUNT, FUNCTION, 1};
static const struct en_session SESSIONS[] = {
    {7, 15, 0, 0.55, 1}, {35, 15, 0, 0.55, 1}, {63, 15, 0, 0.55, 1}, {91, 15, 0, 0.55, 1}};

static struct en_cohort cohort;
static double *values; /* shape [day][stride] */
static struct en_posterior posterior;
static struct en_forecast forecast;
static struct en_arena arena = {.limit = 512 << 20};

struct scene {
    const char *name;
    void (*run)(const struct scene *s);
    int threads;
    enum en_isa isa;
    double ms_min;
};

static void must(enum en_status status, const struct en_err *err)
{
    if (status != EN_OK) {
        (void)fprintf(stderr, "bench: %s\n", err->text);
        exit(1);
    }
}

static struct en_schedule usual(enum en_isa isa)
{
    return (struct en_schedule){
        .sessions = SESSIONS, .session_count = 4, .context = 1.0, .isa = isa};
}

/* 2,000 patients, four sessions, a year. */
static void run_cohort(const struct scene *s)
{
    const struct en_schedule schedule = usual(s->isa);
    struct en_err err = {0};

    must(en_cohort_run(&schedule, &cohort.patients, &REQUEST, s->threads, values, &err), &err);
}

/* What is shown with a plan: 2,000 patients, 4 arms, 5 times, 4 hypotheses. */
static void run_forecast(const struct scene *s)
{
    static const char *const IDS[] = {"plan", "saline", "exercise", "none"};
    static const enum en_context CONTEXTS[] = {EN_CONTEXT_INJECTION, EN_CONTEXT_INJECTION,
                                               EN_CONTEXT_EXERCISE, EN_CONTEXT_NONE};
    struct en_forecast_request q = {
        .person = {55, 5.5, 37, 27, 0, 0, false},
        .arm_count = 4,
        .weeks = {5, 9, 12, 26, 52},
        .week_count = 5,
        .posterior = &posterior,
        .condition = "oa_knee",
        .population_nrs = NAN,
        .mic_nrs = 1.5,
        .mic_function = 12.0,
        .patients = PATIENTS,
        .seed = 1,
        .threads = s->threads,
    };
    struct en_err err = {0};

    for (size_t a = 0; a < 4; a++) {
        struct en_forecast_arm *arm = &q.arms[a];

        *arm = (struct en_forecast_arm){
            .id = IDS[a], .rehabilitation = a == 2 ? 1.3 : 1.0, .context = CONTEXTS[a]};
        arm->session_count = a < 2 ? 4 : 0;
        for (size_t k = 0; k < arm->session_count; k++) {
            arm->sessions[k] = (struct en_dose){SESSIONS[k].day, a == 0 ? 15 : 0, 0.55, 1};
        }
    }
    must(en_forecast_run(&q, &arena, &forecast, &err), &err);
}

static struct scene SCENES[] = {
    {"heal year", run_cohort, 1, EN_ISA_BASELINE, 0}, {"heal year", run_cohort, 1, EN_ISA_AVX2, 0},
    {"heal year", run_cohort, 1, EN_ISA_AVX512, 0},   {"heal year", run_cohort, 1, EN_ISA_BEST, 0},
    {"heal year", run_cohort, 2, EN_ISA_BEST, 0},     {"forecast", run_forecast, 1, EN_ISA_BEST, 0},
    {"forecast", run_forecast, 2, EN_ISA_BEST, 0},
};

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void measure(struct scene *s)
{
    double ms[REPEATS];

    if (!en_isa_works(s->isa)) {
        return;
    }
    s->run(s); /* warm */
    for (int i = 0; i < REPEATS; i++) {
        const double start = now_ms();

        s->run(s);
        ms[i] = now_ms() - start;
    }
    en_sort(ms, REPEATS);
    s->ms_min = ms[0];
    (void)printf("%s,%d,%d,%.2f,%.2f\n", s->name, s->threads, en_isa_lanes(s->isa), ms[0],
                 ms[REPEATS / 2]);
}

#if EN_HAS_CVODE
/* Function scores of the first `count` patients by CVODE; milliseconds. */
static double run_cvode(double tolerance, size_t count, double *out)
{
    const struct en_schedule schedule = usual(EN_ISA_BEST);
    const double start = now_ms();

    for (size_t i = 0; i < count; i++) {
        struct oracle o = oracle_start(&cohort.patients, i, 0, tolerance);

        oracle_run(&o, &schedule, &REQUEST, out + i * DAY_COUNT);
    }
    return now_ms() - start;
}

/* CVODE at falling tolerances beside ours on one thread: error in function points, speed ratio. */
static void compare(double ours_ms)
{
    enum { COUNT = 64 };
    static double truth[COUNT][DAY_COUNT], got[COUNT][DAY_COUNT];
    double ours = 0.0;

    (void)run_cvode(1e-12, COUNT, &truth[0][0]);
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t d = 0; d < DAY_COUNT; d++) {
            ours = fmax(ours, fabs(values[d * cohort.patients.stride + i] - truth[i][d]));
        }
    }
    (void)printf("solver,largest error [points],us per patient,ratio to ours (1 thread)\n");
    (void)printf("ours,%.1e,%.1f,1\n", ours, 1e3 * ours_ms / PATIENTS);
    for (int digits = 4; digits <= 9; digits++) {
        const double us = 1e3 * run_cvode(pow(10.0, -digits), COUNT, &got[0][0]) / COUNT;
        double error = 0.0;

        for (size_t i = 0; i < COUNT; i++) {
            for (size_t d = 0; d < DAY_COUNT; d++) {
                error = fmax(error, fabs(got[i][d] - truth[i][d]));
            }
        }
        (void)printf("CVODE 1e-%d,%.1e,%.1f,%.0f\n", digits, error, us,
                     us * PATIENTS / (1e3 * ours_ms));
    }
}
#endif

int main(void)
{
    const struct en_cohort_person person = {
        .age_years = 55, .baseline_nrs = 5.5, .baseline_function = NAN};
    struct en_err err = {0};

    must(en_posterior_prior(512, 1, &arena, &posterior, &err), &err);
    must(en_cohort_draw(&person, PATIENTS, 1, 1, &arena, &cohort, &err), &err);
    values = EN_NEW(&arena, double, DAY_COUNT *cohort.patients.stride);
    (void)printf("name,threads,lanes,ms_min,ms_median\n");
    for (size_t i = 0; i < EN_COUNT(SCENES); i++) {
        measure(&SCENES[i]);
    }
    (void)printf("ratio,threads 2 over 1,%.2f\n", SCENES[3].ms_min / SCENES[4].ms_min);
    (void)printf("ratio,best lanes over baseline,%.2f\n", SCENES[0].ms_min / SCENES[3].ms_min);
#if EN_HAS_CVODE
    compare(SCENES[3].ms_min);
#endif
    en_arena_free(&arena);
    return 0;
}
