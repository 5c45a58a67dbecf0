/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/forecast.h"

#include "base/pool.h"
#include "forecast/course.h"
#include "num/scalar.h"
#include "num/stats.h"

#include <math.h>
#include <string.h>

#define LIGHT 0.01 /* weight of a hypothesis that hardly counts */
enum { FEW_PATIENTS = 250 };

_Static_assert((int)EN_HYPOTHESIS_COUNT == (int)EN_HYPOTHESES, "the model's hypotheses");

static const double PROBABILITIES[EN_QUANTILE_COUNT] = {0.05, 0.25, 0.5, 0.75, 0.95};

/* What one hypothesis says of an arm and week, until the weights are known. */
struct share {
    double better, worthwhile, goal[EN_GOALS_MAX];
};

/* First and second moments of a score (y) and of what is to be learned from it (e). */
struct moments {
    double y, e, yy, ee, ye;
};

/* One hypothesis after another: patients, noise and tissue are those of the one at work, the scores
 * of all are kept for the mixture. */
struct work {
    const struct en_forecast_request *request;
    struct en_forecast *out;
    double days[EN_FORECAST_WEEKS_MAX];
    double *scores;   /* shape [arm][outcome][week][hypothesis][patients] */
    double *expected; /* pain without fluctuation and error, then gains: [arm][week][h][patients] */
    struct share *shares;    /* shape [arm][week][hypothesis] */
    struct moments *moments; /* shape [week][hypothesis] */
    size_t hypothesis;
    struct en_individual individual;
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

static double *expected_of(const struct work *w, size_t arm, size_t week, size_t h)
{
    const struct en_forecast_request *q = w->request;

    return w->expected + ((arm * q->week_count + week) * EN_HYPOTHESIS_COUNT + h) * q->patients;
}

static struct share *share_of(const struct work *w, size_t arm, size_t week, size_t h)
{
    return &w->shares[(arm * w->request->week_count + week) * EN_HYPOTHESIS_COUNT + h];
}

/* --- one arm under one hypothesis ------------------------------------------------------------- */

/* What an arm brings besides its injections: what was given goes on, whatever is to come. */
static struct course_context context_of(const struct en_followup *f,
                                        const struct en_forecast_arm *arm)
{
    struct course_context brings = {.kind = arm->context, .exercise_day = f->today};

    if (f->given_count > 0) {
        brings.first_day = f->given[0].day;
    } else if (arm->session_count > 0) {
        brings.first_day = arm->sessions[0].day;
    }
    return brings;
}

/* The observed scores of one week, unrounded. */
static void score_week(void *context, size_t week, int worker)
{
    const struct work *w = context;
    const struct en_forecast_request *q = w->request;
    const struct en_cohort *c = &w->individual.cohort;
    const struct course_context brings = context_of(&q->followup, &q->arms[w->arm]);
    const size_t stride = c->patients.stride;
    double *pains = scores_of(w, w->arm, EN_OUTCOME_PAIN, week, w->hypothesis);
    double *functions = scores_of(w, w->arm, EN_OUTCOME_FUNCTION, week, w->hypothesis);
    double *expected = expected_of(w, w->arm, week, w->hypothesis);

    (void)worker;
    for (size_t i = 0; i < c->patients.count; i++) {
        const size_t at = week * stride + i;
        const struct en_tissue t = course_tissue(w->tissue, q->week_count, stride, week, i);
        const double own = course_pain(c, i, &brings, w->days[week], &t);
        const double pain = own + w->noise.fluctuation[at];

        expected[i] = en_score_held(own, 10.0);
        pains[i] = en_score_held(pain + w->noise.pain_error[at], 10.0);
        functions[i] = en_score_held(
            course_function(c, i, pain, t.laxity_ratio) + w->noise.function_error[at], 100.0);
    }
}

/* Tissue courses of the arm, from today on. */
static enum en_status run_tissue(struct work *w, struct en_arena *scratch, struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const struct en_forecast_arm *arm = &q->arms[w->arm];
    const size_t size = EN_STATE_COUNT * w->individual.cohort.patients.stride;
    struct course_run run = {
        .cohort = &w->individual.cohort,
        .followup = &q->followup,
        .sessions = arm->sessions,
        .session_count = arm->session_count,
        .rehabilitation = arm->rehabilitation,
        .days = w->days,
        .day_count = q->week_count,
        .threads = q->threads,
    };

    if (course_is_at_rest(&run)) {
        course_rest(&run, w->tissue);
        return EN_OK;
    }
    if (!en_followup_is_empty(&q->followup)) { /* every arm begins with today's state */
        run.from_day = q->followup.today;
        run.state = EN_NEW(scratch, double, size);
        if (run.state == NULL) {
            return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
        }
        memcpy(run.state, w->individual.state, size * sizeof *run.state);
    }
    return course_run(&run, scratch, w->tissue, err);
}

static enum en_status run_arm(struct work *w, struct en_arena *scratch, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);
    const enum en_status st = run_tissue(w, scratch, err);

    en_arena_rewind(scratch, mark);
    if (st == EN_OK) {
        en_pool_run(w->request->threads, w->request->week_count, score_week, w);
    }
    return st;
}

/* --- what the scores say ---------------------------------------------------------------------- */

/* Arm 0 beside this one, in the same patients with the same fluctuations and errors; and goals. */
static void compare(void *context, size_t index, int worker)
{
    const struct work *w = context;
    const struct en_forecast_request *q = w->request;
    const size_t arm = index / q->week_count, week = index % q->week_count, h = w->hypothesis;
    const double *plan = scores_of(w, 0, EN_OUTCOME_PAIN, week, h);
    const double *other = scores_of(w, arm, EN_OUTCOME_PAIN, week, h);
    const size_t patients = w->out->learning.patients[w->hypothesis];
    const double count = (double)patients;
    struct share *share = share_of(w, arm, week, h);
    size_t better = 0;

    (void)worker;
    for (size_t i = 0; i < patients; i++) {
        better += other[i] - plan[i] >= q->mic_nrs;
    }
    share->better = (double)better / count;
    for (size_t g = 0; g < q->goal_count; g++) {
        const double *scores = scores_of(w, arm, q->goals[g].outcome, week, h);
        size_t reached = 0;

        for (size_t i = 0; i < patients; i++) {
            reached += scores[i] <= q->goals[g].at_most;
        }
        share->goal[g] = (double)reached / count;
    }
}

/* What going on brings beyond each other arm. In place of the expected pain; arm 0 last. */
static void gain(void *context, size_t week, int worker)
{
    const struct work *w = context;
    const struct en_forecast_request *q = w->request;
    const double wanted = q->worthwhile_nrs > 0.0 ? q->worthwhile_nrs : q->mic_nrs;
    const size_t patients = w->out->learning.patients[w->hypothesis];
    const double *plan = expected_of(w, 0, week, w->hypothesis);

    (void)worker;
    for (size_t arm = q->arm_count; arm-- > 0;) {
        double *gains = expected_of(w, arm, week, w->hypothesis);
        size_t worthwhile = 0;

        for (size_t i = 0; i < patients; i++) {
            gains[i] -= plan[i];
            worthwhile += gains[i] >= wanted;
        }
        share_of(w, arm, week, w->hypothesis)->worthwhile = (double)worthwhile / (double)patients;
        en_sort(gains, patients);
    }
}

/* How the score of a week goes with the pain that is expected in the last one, under arm 0. */
static void measure(const struct work *w)
{
    const struct en_forecast_request *q = w->request;
    const double *e = expected_of(w, 0, q->week_count - 1, w->hypothesis);
    const size_t patients = w->out->learning.patients[w->hypothesis];
    const double count = (double)patients;

    for (size_t week = 0; week < q->week_count; week++) {
        const double *y = scores_of(w, 0, EN_OUTCOME_PAIN, week, w->hypothesis);
        struct moments m = {0};

        for (size_t i = 0; i < patients; i++) {
            m.y += y[i] / count;
            m.e += e[i] / count;
            m.yy += y[i] * y[i] / count;
            m.ee += e[i] * e[i] / count;
            m.ye += y[i] * e[i] / count;
        }
        w->moments[week * EN_HYPOTHESIS_COUNT + w->hypothesis] = m;
    }
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
    const struct en_cohort *c = &w->individual.cohort;
    const double *before = is_pain ? c->baseline_nrs : c->baseline_function;
    double *scores = scores_of(w, arm, outcome, week, w->hypothesis);
    struct en_band *band = &w->out->band[arm][outcome][w->hypothesis][week];
    const size_t patients = c->patients.count;
    size_t improved = 0;

    (void)worker;
    for (size_t i = 0; i < patients; i++) {
        improved += before[i] - scores[i] >= mic;
    }
    band->mean_change = (en_sum(before, patients) - en_sum(scores, patients)) / (double)patients;
    band->mic_probability = (double)improved / (double)patients;
    en_sort(scores, patients);
    const struct en_sample sample = {scores, patients, 1.0};

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

        samples[h] = (struct en_sample){scores_of(w, arm, outcome, week, h),
                                        w->out->learning.patients[h], weight};
        mixed->mean_change += weight * band->mean_change;
        mixed->mic_probability += weight * band->mic_probability;
    }
    en_quantiles(samples, EN_HYPOTHESIS_COUNT, PROBABILITIES, EN_QUANTILE_COUNT, mixed->q);
}

static void mix_gain(const struct work *w, size_t arm, size_t week)
{
    const struct en_forecast_request *q = w->request;
    struct en_sample samples[EN_HYPOTHESIS_COUNT];
    struct en_gain *mixed = &w->out->gain[arm][week];

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct share *share = share_of(w, arm, week, h);
        const double *gains = expected_of(w, arm, week, h), weight = w->out->weight[h];

        samples[h] = (struct en_sample){gains, w->out->learning.patients[h], weight};
        mixed->mean += weight * (en_sum(gains, w->out->learning.patients[h]) /
                                 (double)w->out->learning.patients[h]);
        mixed->worthwhile += weight * share->worthwhile;
        w->out->better_by_mic[arm][week] += weight * share->better;
        for (size_t g = 0; g < q->goal_count; g++) {
            w->out->goal[arm][g][week] += weight * share->goal[g];
        }
    }
    en_quantiles(samples, EN_HYPOTHESIS_COUNT, PROBABILITIES, EN_QUANTILE_COUNT, mixed->q);
}

/* Mutual information of two normal numbers with the correlation of the mixture. */
static void mix_information(const struct work *w)
{
    for (size_t week = 0; week < w->request->week_count; week++) {
        struct moments m = {0};

        for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
            const struct moments *own = &w->moments[week * EN_HYPOTHESIS_COUNT + h];
            const double weight = w->out->weight[h];

            m.y += weight * own->y;
            m.e += weight * own->e;
            m.yy += weight * own->yy;
            m.ee += weight * own->ee;
            m.ye += weight * own->ye;
        }
        const double shared = m.ye - m.y * m.e;
        const double spread = (m.yy - m.y * m.y) * (m.ee - m.e * m.e);
        const double left = spread > 0.0 ? 1.0 - shared * shared / spread : 1.0;

        w->out->information[week] = left > 0.0 ? fmax(-0.5 * en_log(left) / en_log(2.0), 0.0) : 0.0;
    }
}

static void mix_all(struct work *w)
{
    const struct en_forecast_request *q = w->request;

    en_pool_run(q->threads, q->arm_count * EN_OUTCOME_COUNT * q->week_count, mix, w);
    for (size_t arm = 0; arm < q->arm_count; arm++) {
        for (size_t week = 0; week < q->week_count; week++) {
            mix_gain(w, arm, week);
        }
    }
    mix_information(w);
}

/* --- all of it -------------------------------------------------------------------------------- */

struct en_cohort_person en_forecast_person_of(const struct en_forecast_request *request)
{
    const struct en_forecast_person *p = &request->person;

    return (struct en_cohort_person){
        .age_years = p->age_years,
        .baseline_nrs = p->baseline_nrs,
        .baseline_function = p->baseline_function,
        .is_smoker = p->is_smoker,
        .has_diabetes = p->has_diabetes,
        .takes_nsaid = p->takes_nsaid,
    };
}

static enum en_status draw(struct work *w, struct en_arena *scratch, struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const struct en_cohort_person person = en_forecast_person_of(q);
    const struct en_cohort_source source = {
        .posterior = q->posterior,
        .hypothesis = w->hypothesis,
        .condition = en_posterior_condition(q->posterior, q->condition),
        .population_nrs = q->population_nrs,
        .count = w->out->learning.patients[w->hypothesis],
        .seed = q->seed,
        .threads = q->threads,
    };
    struct en_individual *x = &w->individual;

    EN_TRY(en_individual_from(&person, &source, &q->followup, scratch, x, err));
    EN_TRY(
        en_cohort_noise(&x->cohort, w->days, q->week_count, q->threads, scratch, &w->noise, err));
    w->tissue =
        EN_NEW(scratch, double, EN_SCORE_OUTPUT_COUNT * q->week_count * x->cohort.patients.stride);
    if (w->tissue == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
    }
    w->out->learning.log_evidence[w->hypothesis] = x->log_evidence;
    w->out->learning.effective[w->hypothesis] = x->effective;
    w->out->learning.stages[w->hypothesis] = x->stages;
    return EN_OK;
}

static enum en_status run_hypothesis(struct work *w, struct en_arena *scratch, struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const struct en_arena_mark mark = en_arena_mark(scratch);
    const struct en_cohort *c = &w->individual.cohort;
    const size_t patients = w->out->learning.patients[w->hypothesis];
    const double count = (double)patients;

    EN_TRY(draw(w, scratch, err));
    for (w->arm = 0; w->arm < q->arm_count; w->arm++) {
        EN_TRY(run_arm(w, scratch, err));
    }
    measure(w);
    en_pool_run(q->threads, q->arm_count * q->week_count, compare, w);
    en_pool_run(q->threads, q->week_count, gain, w);
    en_pool_run(q->threads, q->arm_count * EN_OUTCOME_COUNT * q->week_count, summarise, w);
    /* The same people under every hypothesis, as far as their reports let them. */
    w->out->rejected = c->rejected;
    w->out->baseline[EN_OUTCOME_PAIN] = en_sum(c->baseline_nrs, patients) / count;
    w->out->baseline[EN_OUTCOME_FUNCTION] = en_sum(c->baseline_function, patients) / count;
    en_arena_rewind(scratch, mark);
    return EN_OK;
}

static enum en_status make_room(struct work *w, struct en_arena *scratch, struct en_err *err)
{
    const struct en_forecast_request *q = w->request;
    const size_t places = q->arm_count * q->week_count * EN_HYPOTHESIS_COUNT;

    w->scores = EN_NEW(scratch, double, places *EN_OUTCOME_COUNT * q->patients);
    w->expected = EN_NEW(scratch, double, places * q->patients);
    w->shares = EN_NEW(scratch, struct share, places);
    w->moments = EN_NEW(scratch, struct moments, q->week_count * EN_HYPOTHESIS_COUNT);
    if (w->scores == NULL || w->expected == NULL || w->shares == NULL || w->moments == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
    }
    return EN_OK;
}

/* A hypothesis that hardly counts need not be known as well as the others. */
static size_t patients_of(const struct en_forecast_request *q, size_t h)
{
    const size_t fewer = q->patients / 8 > FEW_PATIENTS ? q->patients / 8 : FEW_PATIENTS;

    return q->posterior->weight[h] < LIGHT && q->patients > fewer ? fewer : q->patients;
}

static enum en_status run(const struct en_forecast_request *q, struct en_arena *scratch,
                          struct en_forecast *out, struct en_err *err)
{
    struct work w = {.request = q, .out = out};

    for (size_t k = 0; k < q->week_count; k++) {
        w.days[k] = 7.0 * q->weeks[k];
    }
    out->request = *q;
    memcpy(out->learning.prior_weight, q->posterior->weight, sizeof out->weight);
    out->is_calibrated = q->posterior->is_calibrated;
    out->has_condition_data = en_posterior_condition(q->posterior, q->condition) >= 0;
    out->study_count = q->posterior->study_count;
    out->row_count = q->posterior->row_count;
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        out->learning.patients[h] = patients_of(q, h);
    }
    EN_TRY(make_room(&w, scratch, err));
    for (w.hypothesis = 0; w.hypothesis < EN_HYPOTHESIS_COUNT; w.hypothesis++) {
        EN_TRY(run_hypothesis(&w, scratch, err));
    }
    if (q->followup.observation_count == 0) { /* to the last bit those of the posterior */
        memcpy(out->weight, q->posterior->weight, sizeof out->weight);
    } else {
        en_individual_weights(q->posterior->weight, out->learning.log_evidence, out->weight);
    }
    mix_all(&w);
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
