/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/forecast.h"

#include "base/pool.h"
#include "forecast/course.h"
#include "num/stats.h"

#include <math.h>
#include <string.h>

_Static_assert((int)EN_HYPOTHESIS_COUNT == (int)EN_HYPOTHESES, "the model's hypotheses");

static const double PROBABILITIES[EN_QUANTILE_COUNT] = {0.05, 0.25, 0.5, 0.75, 0.95};

/* One hypothesis after another: patients, noise and tissue are those of the one at work, the scores
 * of all are kept for the mixture. */
struct work {
    const struct en_forecast_request *request;
    struct en_forecast *out;
    double days[EN_FORECAST_WEEKS_MAX];
    double *scores; /* shape [arm][outcome][week][hypothesis][patients] */
    size_t hypothesis;
    struct en_cohort cohort;
    struct en_cohort_noise noise; /* shape [week][stride] */
    size_t arm;                   /* whose tissue it is */
    double *tissue;               /* shape [output][week][stride] */
};

/* Scores of all patients in one arm, outcome and week under a hypothesis. */
static double *scores_of(const struct work *w, size_t arm, size_t outcome, size_t week, size_t h)
{
    const struct en_forecast_request *q = w->request;
    const size_t place = (arm * EN_OUTCOME_COUNT + outcome) * q->week_count + week;

    return w->scores + (place * EN_HYPOTHESIS_COUNT + h) * q->patients;
}

/* --- one arm under one hypothesis ------------------------------------------------------------- */

/* What an arm brings besides its injections. */
static struct course_context context_of(const struct en_forecast_arm *arm)
{
    return (struct course_context){
        .kind = arm->context,
        .first_day = arm->session_count > 0 ? arm->sessions[0].day : 0.0,
    };
}

/* The observed scores of one week, unrounded. */
static void score_week(void *context, size_t week, int worker)
{
    const struct work *w = context;
    double *pains = scores_of(w, w->arm, EN_OUTCOME_PAIN, week, w->hypothesis);
    double *functions = scores_of(w, w->arm, EN_OUTCOME_FUNCTION, week, w->hypothesis);

    const size_t stride = w->cohort.patients.stride;
    const struct course_context brings = context_of(&w->request->arms[w->arm]);

    (void)worker;
    for (size_t i = 0; i < w->request->patients; i++) {
        const size_t at = week * stride + i;
        const struct en_tissue t =
            course_tissue(w->tissue, w->request->week_count, stride, week, i);
        const double pain =
            course_pain(&w->cohort, i, &brings, w->days[week], &t) + w->noise.fluctuation[at];

        pains[i] = en_score_held(pain + w->noise.pain_error[at], 10.0);
        functions[i] = en_score_held(course_function(&w->cohort, i, pain, t.laxity_ratio) +
                                         w->noise.function_error[at],
                                     100.0);
    }
}

/* Without sessions and at usual load the tissue stays as it is, in every patient. */
static bool is_at_rest(const struct en_forecast_arm *arm)
{
    return arm->session_count == 0 && arm->rehabilitation == 1.0;
}

static void rest(struct work *w)
{
    static const double AT_REST[EN_SCORE_OUTPUT_COUNT] = {1.0, 1.0, 0.0, 1.0};
    const size_t size = w->request->week_count * w->cohort.patients.stride;

    for (size_t i = 0; i < EN_SCORE_OUTPUT_COUNT * size; i++) {
        w->tissue[i] = AT_REST[i / size];
    }
}

/* Tissue courses of the arm. */
static enum en_status run_tissue(struct work *w, double *coverage, struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const struct en_forecast_arm *arm = &q->arms[w->arm];
    const size_t stride = w->cohort.patients.stride;
    const struct en_change change = {0.0, arm->rehabilitation, 1.0};
    struct en_session sessions[EN_FORECAST_SESSIONS_MAX];
    const struct en_schedule schedule = {
        .sessions = sessions,
        .session_count = arm->session_count,
        .changes = &change,
        .change_count = 1,
        .coverage = coverage,
        .nsaid_days = EN_MODEL.nsaid_days,
    };
    const struct en_request request = {w->days, q->week_count, EN_SCORE_OUTPUTS,
                                       EN_SCORE_OUTPUT_COUNT};

    for (size_t s = 0; s < arm->session_count; s++) {
        const struct en_dose *d = &arm->sessions[s];

        sessions[s] = (struct en_session){d->day, d->dextrose_percent, 0.0, d->coverage, d->needle};
        if (s > 0 && d->coverage == d[-1].coverage) {
            memcpy(coverage + s * stride, coverage + (s - 1) * stride, stride * sizeof *coverage);
        } else {
            en_cohort_coverage(&w->cohort, d->coverage, coverage + s * stride);
        }
    }
    return en_cohort_run(&schedule, &w->cohort.patients, &request, q->threads, w->tissue, err);
}

static enum en_status run_arm(struct work *w, struct en_arena *scratch, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);
    const size_t sessions = w->request->arms[w->arm].session_count;
    double *coverage = EN_NEW(scratch, double, sessions * w->cohort.patients.stride);

    if (coverage == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", w->request->patients);
    }
    if (is_at_rest(&w->request->arms[w->arm])) {
        rest(w);
    } else {
        EN_TRY(run_tissue(w, coverage, err));
    }
    en_arena_rewind(scratch, mark);
    en_pool_run(w->request->threads, w->request->week_count, score_week, w);
    return EN_OK;
}

/* --- what the scores say ---------------------------------------------------------------------- */

/* Share of patients in whom arm 0 has at least mic_nrs less pain than this arm: the same patients,
 * fluctuations and errors. */
static void compare(void *context, size_t index, int worker)
{
    const struct work *w = context;
    const struct en_forecast_request *q = w->request;
    const size_t arm = index / q->week_count, week = index % q->week_count;
    const double *plan = scores_of(w, 0, EN_OUTCOME_PAIN, week, w->hypothesis);
    const double *other = scores_of(w, arm, EN_OUTCOME_PAIN, week, w->hypothesis);
    size_t better = 0;

    (void)worker;
    for (size_t i = 0; i < q->patients; i++) {
        better += other[i] - plan[i] >= q->mic_nrs;
    }
    w->out->better_by_mic[arm][week] +=
        w->out->weight[w->hypothesis] * ((double)better / (double)q->patients);
}

/* The band of one arm, outcome and week. Sorts the scores. */
static void summarise(void *context, size_t index, int worker)
{
    const struct work *w = context;
    const struct en_forecast_request *q = w->request;
    const size_t week = index % q->week_count, rest = index / q->week_count;
    const enum en_outcome outcome = (enum en_outcome)(rest % EN_OUTCOME_COUNT);
    const size_t arm = rest / EN_OUTCOME_COUNT;
    const bool is_pain = outcome == EN_OUTCOME_PAIN;
    const double mic = is_pain ? q->mic_nrs : q->mic_function;
    const double *before = is_pain ? w->cohort.baseline_nrs : w->cohort.baseline_function;
    double *scores = scores_of(w, arm, outcome, week, w->hypothesis);
    struct en_band *band = &w->out->band[arm][outcome][w->hypothesis][week];
    size_t improved = 0;

    (void)worker;
    for (size_t i = 0; i < q->patients; i++) {
        improved += before[i] - scores[i] >= mic;
    }
    band->mean_change =
        (en_sum(before, q->patients) - en_sum(scores, q->patients)) / (double)q->patients;
    band->mic_probability = (double)improved / (double)q->patients;
    en_sort(scores, q->patients);
    const struct en_sample sample = {scores, q->patients, 1.0};

    en_quantiles(&sample, 1, PROBABILITIES, EN_QUANTILE_COUNT, band->q);
}

/* The mixture of all hypotheses. */
static void mix(void *context, size_t index, int worker)
{
    const struct work *w = context;
    const struct en_forecast_request *q = w->request;
    const size_t week = index % q->week_count, rest = index / q->week_count;
    const size_t outcome = rest % EN_OUTCOME_COUNT, arm = rest / EN_OUTCOME_COUNT;
    struct en_sample samples[EN_HYPOTHESIS_COUNT];
    struct en_band *mixed = &w->out->band[arm][outcome][EN_MIXED][week];

    (void)worker;
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct en_band *band = &w->out->band[arm][outcome][h][week];
        const double weight = w->out->weight[h];

        samples[h] = (struct en_sample){scores_of(w, arm, outcome, week, h), q->patients, weight};
        mixed->mean_change += weight * band->mean_change;
        mixed->mic_probability += weight * band->mic_probability;
    }
    en_quantiles(samples, EN_HYPOTHESIS_COUNT, PROBABILITIES, EN_QUANTILE_COUNT, mixed->q);
}

/* --- all of it -------------------------------------------------------------------------------- */

static enum en_status draw(struct work *w, struct en_arena *scratch, struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const struct en_cohort_person person = {
        .age_years = q->person.age_years,
        .baseline_nrs = q->person.baseline_nrs,
        .baseline_function = q->person.baseline_function,
        .is_smoker = q->person.is_smoker,
        .has_diabetes = q->person.has_diabetes,
        .takes_nsaid = q->person.takes_nsaid,
    };
    const struct en_cohort_source source = {
        .posterior = q->posterior,
        .hypothesis = w->hypothesis,
        .condition = en_posterior_condition(q->posterior, q->condition),
        .population_nrs = q->population_nrs,
        .count = q->patients,
        .seed = q->seed,
        .threads = q->threads,
    };

    EN_TRY(en_cohort_from(&person, &source, scratch, &w->cohort, err));
    EN_TRY(en_cohort_noise(&w->cohort, w->days, q->week_count, scratch, &w->noise, err));
    w->tissue =
        EN_NEW(scratch, double, EN_SCORE_OUTPUT_COUNT * q->week_count * w->cohort.patients.stride);
    if (w->tissue == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
    }
    return EN_OK;
}

static enum en_status run_hypothesis(struct work *w, struct en_arena *scratch, struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const struct en_arena_mark mark = en_arena_mark(scratch);
    const double count = (double)q->patients;

    EN_TRY(draw(w, scratch, err));
    for (w->arm = 0; w->arm < q->arm_count; w->arm++) {
        EN_TRY(run_arm(w, scratch, err));
    }
    en_pool_run(q->threads, q->arm_count * q->week_count, compare, w);
    en_pool_run(q->threads, q->arm_count * EN_OUTCOME_COUNT * q->week_count, summarise, w);
    /* The same people under every hypothesis. */
    w->out->rejected = w->cohort.rejected;
    w->out->baseline[EN_OUTCOME_PAIN] = en_sum(w->cohort.baseline_nrs, q->patients) / count;
    w->out->baseline[EN_OUTCOME_FUNCTION] =
        en_sum(w->cohort.baseline_function, q->patients) / count;
    en_arena_rewind(scratch, mark);
    return EN_OK;
}

static enum en_status run(const struct en_forecast_request *q, struct en_arena *scratch,
                          struct en_forecast *out, struct en_err *err)
{
    struct work w = {.request = q, .out = out};

    for (size_t k = 0; k < q->week_count; k++) {
        w.days[k] = 7.0 * q->weeks[k];
    }
    out->request = *q;
    memcpy(out->weight, q->posterior->weight, sizeof out->weight);
    out->is_calibrated = q->posterior->is_calibrated;
    out->has_condition_data = en_posterior_condition(q->posterior, q->condition) >= 0;
    out->study_count = q->posterior->study_count;
    out->row_count = q->posterior->row_count;
    w.scores =
        EN_NEW(scratch, double,
               q->arm_count *EN_OUTCOME_COUNT * q->week_count * EN_HYPOTHESIS_COUNT * q->patients);
    if (w.scores == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
    }
    for (w.hypothesis = 0; w.hypothesis < EN_HYPOTHESIS_COUNT; w.hypothesis++) {
        EN_TRY(run_hypothesis(&w, scratch, err));
    }
    en_pool_run(q->threads, q->arm_count * EN_OUTCOME_COUNT * q->week_count, mix, &w);
    return EN_OK;
}

enum en_status en_forecast_run(const struct en_forecast_request *request, struct en_arena *scratch,
                               struct en_forecast *out, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);

    memset(out, 0, sizeof *out);
    EN_TRY(en_forecast_check(request, err));
    const enum en_status st = run(request, scratch, out, err);

    if (st != EN_OK) {
        memset(out, 0, sizeof *out);
    }
    en_arena_rewind(scratch, mark);
    return st;
}
