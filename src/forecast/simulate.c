/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/simulate.h"

#include "base/pool.h"
#include "forecast/course.h"
#include "forecast/observe.h"
#include "num/scalar.h"

#include <math.h>

enum { PART = 64 };

/* What a random number is for; its index is the report. Part of the golden results: append only. */
enum purpose { FOR_FLUCTUATION = 5200, FOR_ERROR, FOR_ERROR_SIZE };

struct job {
    const struct en_cohort *cohort;
    const struct en_followup *followup;
    uint64_t seed;
    double days[EN_OBSERVATIONS_MAX];
    size_t day_count;
    size_t day_of[EN_OBSERVATIONS_MAX];
    const double *tissue; /* shape [output][day][stride] */
    struct en_simulation *out;
};

/* Student t with 4 degrees of freedom, standard deviation 1. */
static double error_of(const struct job *j, size_t i, size_t k)
{
    double u[2];

    en_random_uniforms((struct en_random){j->seed, i, FOR_ERROR_SIZE, (uint32_t)k}, u);
    const double chi_square = -2.0 * (en_log(u[0]) + en_log(u[1]));
    const double z = en_random_normal((struct en_random){j->seed, i, FOR_ERROR, (uint32_t)k});

    return sqrt(0.5) * z / sqrt(0.25 * chi_square);
}

/* What is reported where `expected` is right, and the highest value of its scale. */
static double report(const struct job *j, size_t i, size_t k, double expected)
{
    const struct en_observation *o = &j->followup->observations[k];
    const double error = o->error * error_of(j, i, k);

    switch (o->measure) {
    case EN_MEASURE_PAIN:
        return en_score_held(expected + EN_MODEL.nrs_error_sd * error, 10.0);
    case EN_MEASURE_FUNCTION:
        return en_score_held(o->scale * expected + EN_MODEL.function_error_sd * error, 100.0);
    case EN_MEASURE_LAXITY:
        return fmax(expected + OBSERVE_LAXITY_SD * error, 1e-3);
    case EN_MEASURE_COUNT:
        break;
    }
    return NAN;
}

/* Expected value of a measure where pain has this fluctuation. */
static double expected_of(const struct job *j, size_t i, size_t k, double fluctuation)
{
    const struct en_cohort *c = j->cohort;
    const struct en_observation *o = &j->followup->observations[k];
    const struct course_context brings = course_given(j->followup);
    const struct en_tissue t =
        course_tissue(j->tissue, j->day_count, c->patients.stride, j->day_of[k], i);
    const double pain = course_pain(c, i, &brings, o->day, &t) + fluctuation;

    switch (o->measure) {
    case EN_MEASURE_PAIN:
        return pain;
    case EN_MEASURE_FUNCTION:
        return course_function(c, i, pain, t.laxity_ratio);
    case EN_MEASURE_LAXITY:
        return t.laxity_ratio;
    case EN_MEASURE_COUNT:
        break;
    }
    return NAN;
}

static void simulate_patient(const struct job *j, size_t i)
{
    const size_t stride = j->cohort->patients.stride;
    double fluctuation = j->cohort->fluctuation[i], before = 0.0;

    for (size_t k = 0; k < j->followup->observation_count; k++) {
        const struct en_observation *o = &j->followup->observations[k];
        const double kept = en_exp(-(o->day - before) / EN_MODEL.ou_tau);
        const double fresh = EN_MODEL.ou_sd * sqrt(1.0 - kept * kept);
        const double z =
            en_random_normal((struct en_random){j->seed, i, FOR_FLUCTUATION, (uint32_t)k});
        const double calm = expected_of(j, i, k, 0.0);

        fluctuation = kept * fluctuation + fresh * z;
        before = o->day;
        j->out->fluctuation[k * stride + i] = fluctuation;
        j->out->expected[k * stride + i] =
            o->measure == EN_MEASURE_PAIN ? en_score_held(calm, 10.0) : calm;
        j->out->value[k * stride + i] = report(j, i, k, expected_of(j, i, k, fluctuation));
    }
}

static void simulate_part(void *context, size_t index, int worker)
{
    const struct job *j = context;
    const size_t count = j->cohort->patients.count;

    (void)worker;
    for (size_t i = index * PART; i < count && i < (index + 1) * PART; i++) {
        simulate_patient(j, i);
    }
}

enum en_status en_simulate(const struct en_cohort *cohort, const struct en_followup *followup,
                           uint64_t seed, int threads, struct en_arena *a,
                           struct en_simulation *out, struct en_err *err)
{
    const size_t stride = cohort->patients.stride, size = followup->observation_count * stride;
    struct job j = {.cohort = cohort, .followup = followup, .seed = seed, .out = out};

    EN_TRY(en_followup_check(followup, err));
    if (followup->observation_count == 0) {
        return en_fail(err, EN_EINVAL, "followup.observations: none");
    }
    j.day_count = course_days(followup, j.days, j.day_of);
    *out = (struct en_simulation){EN_NEW(a, double, size), EN_NEW(a, double, size),
                                  EN_NEW(a, double, size)};
    const struct en_arena_mark mark = en_arena_mark(a);
    double *tissue = EN_NEW(a, double, EN_SCORE_OUTPUT_COUNT *j.day_count *stride);

    if (out->value == NULL || out->expected == NULL || out->fluctuation == NULL || tissue == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", cohort->patients.count);
    }
    const struct course_run run = {
        .cohort = cohort,
        .followup = followup,
        .rehabilitation = followup->rehabilitation,
        .days = j.days,
        .day_count = j.day_count,
        .threads = threads,
    };

    EN_TRY(course_run(&run, a, tissue, err));
    j.tissue = tissue;
    en_pool_run(threads, cohort->patients.count / PART + 1, simulate_part, &j);
    en_arena_rewind(a, mark);
    return EN_OK;
}
