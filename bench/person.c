/* SPDX-License-Identifier: Apache-2.0 */
#include "person.h"

#include "app/review.h"
#include "base/limits.h"
#include "task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DRAWS = 10000, REPEATS = 5, SEED = 1, ARENA = 512 << 20 };

/* Tucuxi 10,000 Monte Carlo patients a posteriori, wall time on two threads of a 3.65 GHz Zen 4
 * core [s]: a two-compartment analytic model; a two-state model by Runge-Kutta steps. Measured
 * earlier, on another machine and other models. */
static const double TUCUXI_ANALYTIC_S = 0.81, TUCUXI_STEPS_S = 40.0;

static double wall_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Three sessions, pain and function after each: what most people have reported by then. */
static struct en_followup followup(void)
{
    struct en_followup f = {.today = 84.0, .rehabilitation = 1.0, .given_count = 3};

    for (size_t i = 0; i < f.given_count; i++) {
        f.given[i] = (struct en_dose){28.0 * (double)i, 15.0, 0.5, 1.0};
        f.observations[2 * i] =
            (struct en_observation){28.0 * (double)(i + 1), EN_MEASURE_PAIN, 4.5, 1.0, 1.0};
        f.observations[2 * i + 1] =
            (struct en_observation){28.0 * (double)(i + 1), EN_MEASURE_FUNCTION, 30.0, 1.0, 1.0};
    }
    f.observation_count = 6;
    return f;
}

/* Best wall time of the forecast [s]. */
static double forecast_s(const struct en_forecast_request *q, struct en_arena *a,
                         struct en_forecast *out)
{
    double best = INFINITY;
    struct en_err err = {0};

    for (int k = 0; k < REPEATS; k++) {
        const double start = wall_s();

        must(en_forecast_run(q, a, out, &err), &err);
        best = fmin(best, wall_s() - start);
    }
    return best;
}

void person_print_draws(void)
{
    static struct en_forecast forecast;
    struct en_arena own = {.limit = ARENA};
    struct en_posterior posterior;
    struct en_err err = {0};
    struct en_forecast_request q = {
        .posterior = &posterior,
        .condition = "oa_knee",
        .population_nrs = NAN,
        .person = {55, 6, 40, 27, 0, 0, false},
        .arms = {{.id = "plan",
                  .sessions = {{84, 15, 0.5, 1}, {112, 15, 0.5, 1}},
                  .session_count = 2,
                  .rehabilitation = 1.0,
                  .context = EN_CONTEXT_INJECTION}},
        .arm_count = 1,
        .weeks = {14, 18, 22, 26, 32, 39, 46, 64},
        .week_count = 8,
        .mic_nrs = 2.0,
        .mic_function = 12.0,
        .followup = followup(),
        .patients = DRAWS / EN_HYPOTHESIS_COUNT,
        .seed = SEED,
        .threads = 2,
    };

    must(en_posterior_prior(512, 1, &own, &posterior, &err), &err);
    const double two = forecast_s(&q, &own, &forecast);

    q.threads = 1;
    const double one = forecast_s(&q, &own, &forecast);

    (void)printf("forecast from %d posterior draws, a year, 8 times: %.0f ms on 2 threads, target"
                 " <= 150, aim 50; %.0f ms on 1\n",
                 DRAWS, 1e3 * two, 1e3 * one);
    (void)printf("  Tucuxi, 10,000 draws, 2 threads, measured elsewhere on its own smaller models:"
                 " analytic %.2f s (%.0f times, target >= 8), steps %.0f s (%.0f times, target >="
                 " 300)\n",
                 TUCUXI_ANALYTIC_S, TUCUXI_ANALYTIC_S / two, TUCUXI_STEPS_S, TUCUXI_STEPS_S / two);
    en_arena_free(&own);
}

/* --- cases ------------------------------------------------------------------------------------ */

/* Best CPU time [s] of the whole way from the bytes of a case to the answer. */
static double review_s(const struct en_app *app, const char *bytes, size_t size,
                       struct en_review_answer *out, struct en_arena *a)
{
    const struct en_outlook_request request = {
        .plan = {.options = {.start = EN_DAY_UNKNOWN}, .seed = SEED, .threads = 1}};
    struct en_err err = {0};
    double best = INFINITY;

    for (int k = 0; k < REPEATS; k++) {
        const double start = cpu_s();
        struct en_issues issues = {0};
        struct en_case c;

        en_arena_rewind(a, (struct en_arena_mark){0});
        must(en_app_case(app, bytes, size, a, &c, &issues, &err), &err);
        must(en_app_review(app, &c, &request, a, out, &err), &err);
        best = fmin(best, cpu_s() - start);
    }
    return best;
}

/* The bytes of an example, in the arena. */
static const char *read_case(const char *name, struct en_arena *a, size_t *size)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/examples/cases/%s.json", EN_SOURCE_ROOT, name);
    FILE *f = fopen(path, "rb");
    char *bytes = EN_NEW(a, char, EN_CASE_FILE_MAX);

    if (f == NULL || bytes == NULL) {
        (void)printf("%s cannot be read\n", path);
        exit(1);
    }
    *size = fread(bytes, 1, EN_CASE_FILE_MAX, f);
    (void)fclose(f);
    return bytes;
}

static void print_case(const struct en_app *app, const char *name)
{
    static struct en_review_answer answer;
    struct en_arena own = {.limit = ARENA}, room = {.limit = ARENA};
    size_t size = 0;
    const char *bytes = read_case(name, &own, &size);
    const double seconds = review_s(app, bytes, size, &answer, &room);
    const struct en_forecast *f = answer.outlook.now;
    double effective = INFINITY;
    int stages = 0;

    for (size_t h = 0; f != NULL && h < EN_HYPOTHESIS_COUNT; h++) {
        stages += f->learning.stages[h];
        effective = fmin(effective, f->learning.effective[h]);
    }
    (void)printf("  %-21s %4.0f ms, %2zu reports, %s, at least %.0f of %zu effective\n", name,
                 1e3 * seconds, answer.outlook.follow.followup.observation_count,
                 stages == 0 ? "resampled" : "refined  ", effective,
                 f == NULL ? 0 : f->request.patients);
    en_arena_free(&room);
    en_arena_free(&own);
}

void person_print_cases(void)
{
    static const char *const NAMES[] = {"follow-responder",      "follow-non-responder",
                                        "follow-late-responder", "follow-flare",
                                        "follow-relapse",        "follow-mixed"};
    struct en_arena own = {.limit = ARENA};
    struct en_knowledge *knowledge = NULL;
    enum en_date_precision precision;
    struct en_app app = {0};
    struct en_err err = {0};

    must(en_knowledge_load(NULL, &own, &knowledge, &err), &err);
    app.knowledge = knowledge;
    (void)en_date_parse("2026-06-01", &app.today, &precision);
    (void)printf(
        "a case from its Bundle to the review, population and posterior, bands of all arms,"
        " 1 thread; target <= 200 ms, aim 80:\n");
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        print_case(&app, NAMES[i]);
    }
    en_arena_free(&own);
}
