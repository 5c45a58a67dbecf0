/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/forecast.h"

#include "base/pool.h"
#include "cohort/cohort.h"
#include "cohort/score.h"
#include "num/stats.h"

#include <math.h>
#include <string.h>

_Static_assert((int)EN_HYPOTHESIS_COUNT == (int)EN_HYPOTHESES, "the model's hypotheses");

static const double PROBABILITIES[EN_QUANTILE_COUNT] = {0.05, 0.25, 0.5, 0.75, 0.95};

struct work {
    const struct en_forecast_request *request;
    struct en_forecast *out;
    struct en_cohort cohort;
    struct en_cohort_noise noise;         /* shape [week][stride] */
    double *waning;                       /* part of the contextual effect, shape [week][stride] */
    double *course[EN_FORECAST_ARMS_MAX]; /* shape [output][week][stride] */
    double *scores;                       /* room of each worker, shape [hypothesis][stride] */
    size_t scores_size;                   /* entries of one worker */
};

/* Scores of one hypothesis. */
struct view {
    const struct work *w;
    struct en_hypothesis h;
    size_t arm, week;
};

static double course(const struct view *v, size_t output, size_t i)
{
    const struct work *w = v->w;

    return w->course[v->arm]
                    [(output * w->request->week_count + v->week) * w->cohort.patients.stride + i];
}

/* The hypotheses share the tissue; their weights come afterwards, so each arm is run once. */
static struct en_tissue tissue(const struct view *v, size_t i)
{
    return (struct en_tissue){course(v, 0, i), course(v, 1, i), course(v, 2, i), course(v, 3, i)};
}

/* Pain with its fluctuation, without error [NRS]. docs/model.md, outputs. */
static double pain(const struct view *v, size_t i)
{
    const struct work *w = v->w;
    const struct en_batch *b = &w->cohort.patients;
    const size_t at = v->week * b->stride + i;
    const struct en_tissue t = tissue(v, i);
    const bool has_context = w->request->arms[v->arm].has_context;
    const struct en_pain p = {
        .usual = b->parameter[EN_P(P0)][i],
        .wm = v->h.wm,
        .wh = v->h.wh,
        .flare = b->parameter[EN_P(aC)][i],
        .context = has_context ? b->parameter[EN_P(fctx)][i] * w->waning[at] : 0.0,
    };

    return en_score_pain(&p, &t) + w->noise.fluctuation[at];
}

/* The observed pain score, unrounded. */
static double pain_score(const struct view *v, size_t i)
{
    const size_t at = v->week * v->w->cohort.patients.stride + i;

    return en_score_held(pain(v, i) + v->w->noise.pain_error[at], 10.0);
}

static double baseline_function(const struct work *w, size_t i)
{
    const struct en_batch *b = &w->cohort.patients;
    const double known = w->request->person.baseline_function;

    return isnan(known)
               ? en_score_usual_function(b->parameter[EN_P(aW1)][i], b->parameter[EN_P(aW2)][i],
                                         w->cohort.baseline_nrs[i])
               : known;
}

/* The observed function score. */
static double function_score(const struct view *v, size_t i)
{
    const struct work *w = v->w;
    const struct en_batch *b = &w->cohort.patients;
    const struct en_function f = {
        .baseline_nrs = w->cohort.baseline_nrs[i],
        .baseline_function = baseline_function(w, i),
        .per_pain = b->parameter[EN_P(aW1)][i],
        .per_laxity = b->parameter[EN_P(aW2)][i],
        .has_laxity = v->h.has_laxity,
        .ratio = 1.0,
    };
    const double score =
        en_score_function(&f, en_score_held(pain(v, i), 10.0), tissue(v, i).laxity_ratio);

    return en_score_held(score + w->noise.function_error[v->week * b->stride + i], 100.0);
}

static double baseline(const struct work *w, enum en_outcome outcome, size_t i)
{
    return outcome == EN_OUTCOME_PAIN ? w->cohort.baseline_nrs[i] : baseline_function(w, i);
}

/* Scores of all patients in one arm, outcome, week and hypothesis; the band's mean and share. */
static void score(const struct view *v, enum en_outcome outcome, double *scores,
                  struct en_band *band)
{
    const struct work *w = v->w;
    const size_t count = w->cohort.patients.count;
    const double mic = outcome == EN_OUTCOME_PAIN ? w->request->mic_nrs : w->request->mic_function;
    double sum_before = 0.0;
    size_t improved = 0;

    for (size_t i = 0; i < count; i++) {
        const double before = baseline(w, outcome, i);

        scores[i] = outcome == EN_OUTCOME_PAIN ? pain_score(v, i) : function_score(v, i);
        sum_before += before;
        improved += before - scores[i] >= mic;
    }
    band->mean_change = (sum_before - en_sum(scores, count)) / (double)count;
    band->mic_probability = (double)improved / (double)count;
}

/* Share of patients in whom arm 0 has at least mic_nrs less pain than this arm: the same patients,
 * fluctuations and errors. */
static double better_share(struct view v)
{
    const size_t count = v.w->cohort.patients.count;
    struct view plan = v;
    size_t better = 0;

    plan.arm = 0;
    for (size_t i = 0; i < count; i++) {
        better += pain_score(&v, i) - pain_score(&plan, i) >= v.w->request->mic_nrs;
    }
    return (double)better / (double)count;
}

/* All hypotheses and their mixture for one arm, outcome and week. */
static void summarise(void *context, size_t index, int worker)
{
    struct work *w = context;
    const struct en_forecast_request *q = w->request;
    const size_t week = index % q->week_count, rest = index / q->week_count;
    const enum en_outcome outcome = (enum en_outcome)(rest % EN_OUTCOME_COUNT);
    const size_t arm = rest / EN_OUTCOME_COUNT;
    double *room = w->scores + (size_t)worker * w->scores_size;
    struct en_sample samples[EN_HYPOTHESIS_COUNT];
    struct en_band *mixed = &w->out->band[arm][outcome][EN_MIXED][week];

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct view v = {w, en_heal_hypothesis(h), arm, week};
        struct en_band *band = &w->out->band[arm][outcome][h][week];
        double *scores = room + h * w->cohort.patients.stride;

        score(&v, outcome, scores, band);
        en_sort(scores, w->cohort.patients.count);
        samples[h] = (struct en_sample){scores, w->cohort.patients.count, 1.0};
        en_quantiles(&samples[h], 1, PROBABILITIES, EN_QUANTILE_COUNT, band->q);
        samples[h].weight = q->weights[h];
        mixed->mean_change += q->weights[h] * band->mean_change;
        mixed->mic_probability += q->weights[h] * band->mic_probability;
        if (outcome == EN_OUTCOME_PAIN) {
            w->out->better_by_mic[arm][week] += q->weights[h] * better_share(v);
        }
    }
    en_quantiles(samples, EN_HYPOTHESIS_COUNT, PROBABILITIES, EN_QUANTILE_COUNT, mixed->q);
}

/* Tissue courses of one arm. */
static enum en_status run_arm(struct work *w, size_t index, const double *days,
                              struct en_arena *scratch, struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const struct en_forecast_arm *arm = &q->arms[index];
    const size_t stride = w->cohort.patients.stride;
    const struct en_change change = {0.0, arm->rehabilitation, 1.0};
    double *coverage = EN_NEW(scratch, double, EN_FORECAST_SESSIONS_MAX *stride);
    struct en_session sessions[EN_FORECAST_SESSIONS_MAX];
    const struct en_schedule schedule = {
        .sessions = sessions,
        .session_count = arm->session_count,
        .changes = &change,
        .change_count = 1,
        .coverage = coverage,
        .nsaid_days = EN_MODEL.nsaid_days,
    };
    const struct en_request request = {days, q->week_count, EN_SCORE_OUTPUTS,
                                       EN_SCORE_OUTPUT_COUNT};

    w->course[index] = EN_NEW(scratch, double, EN_SCORE_OUTPUT_COUNT * q->week_count * stride);
    if (coverage == NULL || w->course[index] == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
    }
    for (size_t s = 0; s < arm->session_count; s++) {
        const struct en_dose *d = &arm->sessions[s];

        sessions[s] = (struct en_session){d->day, d->dextrose_percent, 0.0, d->coverage, d->needle};
        if (s > 0 && d->coverage == d[-1].coverage) {
            memcpy(coverage + s * stride, coverage + (s - 1) * stride, stride * sizeof *coverage);
        } else {
            en_cohort_coverage(&w->cohort, d->coverage, coverage + s * stride);
        }
    }
    return en_cohort_run(&schedule, &w->cohort.patients, &request, q->threads, w->course[index],
                         err);
}

static enum en_status prepare(struct work *w, const double *days, struct en_arena *scratch,
                              struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const struct en_cohort_person person = {
        .age_years = q->person.age_years,
        .baseline_nrs = q->person.baseline_nrs,
        .is_smoker = q->person.is_smoker,
        .has_diabetes = q->person.has_diabetes,
        .takes_nsaid = q->person.takes_nsaid,
    };

    EN_TRY(en_cohort_draw(&person, q->patients, q->seed, q->threads, scratch, &w->cohort, err));
    EN_TRY(en_cohort_noise(&w->cohort, days, q->week_count, scratch, &w->noise, err));
    const size_t stride = w->cohort.patients.stride;
    const int threads = q->threads > 0 ? q->threads : en_pool_processors();

    w->waning = EN_NEW(scratch, double, q->week_count *stride);
    w->scores_size = EN_HYPOTHESIS_COUNT * stride;
    w->scores = EN_NEW(scratch, double, (size_t)threads * w->scores_size);
    if (w->waning == NULL || w->scores == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
    }
    for (size_t k = 0; k < q->week_count; k++) {
        for (size_t i = 0; i < w->cohort.patients.count; i++) {
            w->waning[k * stride + i] =
                en_score_waned(days[k], w->cohort.patients.parameter[EN_P(tctx)][i]);
        }
    }
    return EN_OK;
}

/* Mean score before the first session. */
static void fill_baseline(struct work *w)
{
    const size_t count = w->cohort.patients.count;

    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        for (size_t i = 0; i < count; i++) {
            w->scores[i] = baseline(w, o, i);
        }
        w->out->baseline[o] = en_sum(w->scores, count) / (double)count;
    }
}

static enum en_status run(const struct en_forecast_request *request, struct en_arena *scratch,
                          struct en_forecast *out, struct en_err *err)
{
    struct work w = {.request = request, .out = out};
    double days[EN_FORECAST_WEEKS_MAX] = {0};

    for (size_t k = 0; k < request->week_count; k++) {
        days[k] = 7.0 * request->weeks[k];
    }
    EN_TRY(prepare(&w, days, scratch, err));
    for (size_t arm = 0; arm < request->arm_count; arm++) {
        EN_TRY(run_arm(&w, arm, days, scratch, err));
    }
    out->request = *request;
    out->rejected = w.cohort.rejected;
    fill_baseline(&w);
    en_pool_run(request->threads, request->arm_count * EN_OUTCOME_COUNT * request->week_count,
                summarise, &w);
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
