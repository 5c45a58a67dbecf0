/* SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

#include "cohort/cohort.h"
#include "num/random.h"
#include "num/scalar.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FOR_RATE = 2000, ATTEMPTS_MAX = 1000 };

const char *const TASK_NAMES[TASK_KIND_COUNT] = {"usual", "fast", "wide", "inside"};

static const double WEEKS_5_9_12_26_52[] = {35, 63, 84, 182, 364};
static const double INSIDE[] = {10, 14, 21, 35, 38, 63, 66, 84, 94, 98, 105, 182, 364};

static const struct en_session SESSIONS[] = {
    {7, 15, 0, 0.55, 1}, {35, 15, 0, 0.55, 1}, {63, 15, 0, 0.55, 1}, {91, 15, 0, 0.55, 1}};

/* All states, and what is reported of a patient. */
#define X(symbol, meaning) EN_OUTPUT_STATE + EN_STATE_##symbol,
static const enum en_output OUTPUTS[] = {EN_STATE_LIST(X) EN_OUTPUT_NRS, EN_OUTPUT_FUNCTION,
                                         EN_OUTPUT_STIFFNESS, EN_OUTPUT_LAXITY};
#undef X

void must(enum en_status status, const struct en_err *err)
{
    if (status != EN_OK) {
        (void)fprintf(stderr, "bench: %s\n", err->text);
        exit(1);
    }
}

double cpu_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

size_t task_rows(const struct task *t)
{
    return t->request.output_count * t->request.day_count;
}

/* Steady states are kept: gain and loss are scaled together. */
static void make_fast(struct en_batch *b, size_t i)
{
    static const size_t RATES[] = {EN_P(dC),  EN_P(kA),  EN_P(dA),  EN_P(rN), EN_P(dN),
                                   EN_P(kG1), EN_P(kG2), EN_P(kGX), EN_P(dG)};

    for (size_t k = 0; k < EN_COUNT(RATES); k++) {
        b->parameter[RATES[k]][i] *= 10.0;
    }
}

/* Every row per day that has a spread: log-normal around its nominal value. */
static void draw_rates(struct en_batch *b, size_t i, uint64_t seed, uint32_t attempt)
{
    for (uint32_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        const struct en_parameter_row *row = &EN_PARAMETERS[k];

        if (strcmp(row->unit, "1/d") == 0 && row->cv > 0.0) {
            const double cv = 1.5 * row->cv, variance = en_log(1.0 + cv * cv);
            const double z = en_random_normal((struct en_random){seed, i, FOR_RATE + k, attempt});

            b->parameter[k][i] = row->nominal * en_exp(sqrt(variance) * z - 0.5 * variance);
        }
    }
}

/* Rates until the constraints hold; returns how often they did not. */
static size_t make_wide(struct en_batch *b, size_t i, uint64_t seed)
{
    for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        draw_rates(b, i, seed, attempt);
        if (en_heal_balance(b, i, 1, NULL) == EN_OK && en_heal_broken(b, i) == NULL) {
            return attempt;
        }
    }
    must(EN_ENUMERIC, &(struct en_err){.text = "no patient satisfies the constraints"});
    return 0;
}

struct task task_draw(enum task_kind kind, size_t count, uint64_t seed, struct en_arena *a)
{
    const struct en_cohort_person person = {
        .age_years = 55, .baseline_nrs = 5.5, .baseline_function = NAN};
    struct en_cohort cohort;
    struct en_err err = {0};
    struct task t = {
        .schedule = {.sessions = SESSIONS, .session_count = EN_COUNT(SESSIONS), .context = 1.0},
        .request = {WEEKS_5_9_12_26_52, EN_COUNT(WEEKS_5_9_12_26_52), OUTPUTS, EN_COUNT(OUTPUTS)},
    };

    if (kind == TASK_INSIDE) {
        t.request.days = INSIDE;
        t.request.day_count = EN_COUNT(INSIDE);
    }
    must(en_cohort_draw(&person, count, seed, 1, a, &cohort, &err), &err);
    t.patients = cohort.patients;
    t.rejected = cohort.rejected;
    for (size_t i = 0; i < count && kind == TASK_FAST; i++) {
        make_fast(&t.patients, i);
    }
    for (size_t i = 0; i < count && kind == TASK_WIDE; i++) {
        t.rejected += make_wide(&t.patients, i, seed);
    }
    must(en_heal_balance(&t.patients, 0, count, &err), &err);
    return t;
}
