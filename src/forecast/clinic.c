/* SPDX-License-Identifier: Apache-2.0
 * The courses of the simulated clinic, and the forecasts at its visits. */
#include "forecast/clinic_inside.h"

#include "base/limits.h"
#include "base/pool.h"
#include "forecast/course.h"
#include "forecast/simulate.h"
#include "num/random.h"
#include "num/stats.h"

#include <math.h>

enum { BLOCK = 64 }; /* patients between two looks at the progress */

/* A hypothesis with less weight changes no forecast. */
static const double WEIGHT_MIN = 1e-4;

/* Memory of the forecast of one patient: 2 MiB for 256 draws. */
static const size_t DRAW_BYTES = 64 << 10, FORECAST_BYTES = 8 << 20;

/* What a random number is for. Part of the golden results: append only. */
enum purpose { FOR_HYPOTHESIS = 5300, FOR_FORECAST };

static const struct en_cohort_person ANYONE = {NAN, NAN, NAN, -1, -1, false};

static enum en_status check_numbers(const struct en_clinic_request *q, struct en_err *err)
{
    const double last = (q->sessions - 1) * q->interval_days;

    if (!(q->sessions >= 2 && q->sessions <= EN_CLINIC_SESSIONS_MAX)) {
        return en_fail(err, EN_EINVAL, "sessions: outside 2 .. %d", (int)EN_CLINIC_SESSIONS_MAX);
    }
    if (!(q->interval_days >= 1.0 && q->interval_days <= 365.0)) {
        return en_fail(err, EN_EINVAL, "interval_days: outside 1 .. 365");
    }
    if (!(q->week_count >= 1 && q->week_count <= EN_CLINIC_WEEKS_MAX)) {
        return en_fail(err, EN_EINVAL, "week_count: outside 1 .. %d", (int)EN_CLINIC_WEEKS_MAX);
    }
    for (size_t k = 0; k < q->week_count; k++) {
        const double before = k == 0 ? last / 7.0 : q->weeks[k - 1];

        if (!(q->weeks[k] > before && q->weeks[k] <= 520.0)) {
            return en_fail(
                err, EN_EINVAL,
                "weeks[%zu]: has to come after the last session and the week before, up to 520", k);
        }
    }
    if (!(q->patients >= 1 && q->patients <= EN_CLINIC_PATIENTS_MAX &&
          q->forecast_patients <= q->patients)) {
        return en_fail(err, EN_EINVAL, "patients: outside 1 .. %d, or fewer than forecast_patients",
                       (int)EN_CLINIC_PATIENTS_MAX);
    }
    if (q->forecast_patients > 0 && !(q->draws >= 16 && q->draws <= EN_CLINIC_DRAWS_MAX)) {
        return en_fail(err, EN_EINVAL, "draws: outside 16 .. %d", (int)EN_CLINIC_DRAWS_MAX);
    }
    return EN_OK;
}

static enum en_status check(const struct en_clinic_request *q, struct en_err *err)
{
    double truth = 0.0;

    EN_TRY(check_numbers(q, err));
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        if (!(q->truth[h] >= 0.0 && q->truth[h] <= 1.0)) {
            return en_fail(err, EN_EINVAL, "truth[%zu]: outside 0 .. 1", h);
        }
        truth += q->truth[h];
    }
    if (truth > 0.0 && !(fabs(truth - 1.0) < 1e-9)) {
        return en_fail(err, EN_EINVAL, "truth: weights whose sum is not 1");
    }
    if (q->rule_count > EN_CLINIC_RULES_MAX || q->signal_count > EN_CLINIC_SIGNALS_MAX) {
        return en_fail(err, EN_EINVAL, "more than %d rules or %d signals", (int)EN_CLINIC_RULES_MAX,
                       (int)EN_CLINIC_SIGNALS_MAX);
    }
    for (size_t s = 0; s < q->signal_count; s++) {
        if (!(q->signals[s].sessions >= 1 && q->signals[s].sessions < q->sessions)) {
            return en_fail(err, EN_EINVAL, "signals[%zu].sessions: outside 1 .. sessions - 1", s);
        }
    }
    return EN_OK;
}

/* --- the courses as they are ------------------------------------------------------------------ */

/* The hypothesis at the share u of the weights; the last one with weight takes what rounding
 * leaves. */
static uint8_t hypothesis_at(const double *weight, double u)
{
    size_t chosen = 0;

    for (size_t h = 0; h < EN_HYPOTHESES && u >= 0.0; h++) {
        if (weight[h] > 0.0) {
            chosen = h;
            u -= weight[h];
        }
    }
    return (uint8_t)chosen;
}

/* Every patient has one. */
static void choose_hypotheses(struct en_clinic *c)
{
    const struct en_clinic_request *q = &c->request;
    const double *weight = q->posterior->weight;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        weight = q->truth[h] > 0.0 ? q->truth : weight;
    }
    for (size_t i = 0; i < q->patients; i++) {
        c->hypothesis[i] = hypothesis_at(
            weight, en_random_uniform((struct en_random){q->seed, i, FOR_HYPOTHESIS, 0}));
    }
}

static bool has_patients(const struct en_clinic *c, size_t hypothesis)
{
    for (size_t i = 0; i < c->request.patients; i++) {
        if (c->hypothesis[i] == hypothesis) {
            return true;
        }
    }
    return false;
}

/* The visits of the first `sessions` sessions: what was given and is observed by then. */
static void fill_followup(const struct en_clinic *c, size_t sessions, size_t visits,
                          struct en_followup *out)
{
    static const double ANY_SCORE = 1.0;

    *out = (struct en_followup){.given_count = sessions, .rehabilitation = 1.0};
    for (size_t s = 0; s < sessions; s++) {
        out->given[s] = c->doses[s];
    }
    for (size_t v = 0; v < visits; v++) {
        for (size_t m = 0; m < 2; m++) {
            out->observations[out->observation_count++] = (struct en_observation){
                .day = (double)(v + 1) * c->request.interval_days,
                .measure = m == 0 ? EN_MEASURE_PAIN : EN_MEASURE_FUNCTION,
                .value = ANY_SCORE,
                .scale = 1.0,
                .error = 1.0,
            };
        }
    }
    out->today = (double)visits * c->request.interval_days;
}

/* What is observed at the visits of the full course, and at the first goal date. */
static enum en_status observe_visits(struct en_clinic *c, const struct en_cohort *cohort,
                                     size_t hypothesis, struct en_arena *scratch,
                                     struct en_err *err)
{
    const size_t stride = cohort->patients.stride;
    struct en_followup followup;
    struct en_simulation seen;

    fill_followup(c, (size_t)c->request.sessions, c->visits + 1, &followup);
    followup.today = 7.0 * c->request.weeks[0];
    for (size_t m = 0; m < 2; m++) {
        followup.observations[2 * c->visits + m].day = followup.today;
    }
    EN_TRY(
        en_simulate(cohort, &followup, c->request.seed, c->request.threads, scratch, &seen, err));
    for (size_t k = 0; k < followup.observation_count; k++) {
        double *score = c->score[k % 2] + k / 2 * c->request.patients;

        for (size_t i = 0; i < c->request.patients; i++) {
            score[i] = c->hypothesis[i] == hypothesis ? seen.value[k * stride + i] : score[i];
        }
    }
    return EN_OK;
}

/* Expected pain at the goal dates after so many sessions. */
static enum en_status run_course(struct en_clinic *c, const struct en_cohort *cohort,
                                 size_t hypothesis, size_t sessions, struct en_arena *scratch,
                                 struct en_err *err)
{
    static const struct en_followup NOTHING_YET;
    const struct en_clinic_request *q = &c->request;
    const struct course_context brings = {.kind = sessions > 0 ? EN_CONTEXT_INJECTION
                                                               : EN_CONTEXT_NONE};
    const size_t stride = cohort->patients.stride;
    double days[EN_CLINIC_WEEKS_MAX];
    double *tissue = EN_NEW(scratch, double, EN_SCORE_OUTPUT_COUNT * q->week_count * stride);
    const struct course_run run = {
        .cohort = cohort,
        .followup = &NOTHING_YET,
        .sessions = c->doses,
        .session_count = sessions,
        .rehabilitation = 1.0,
        .days = days,
        .day_count = q->week_count,
        .threads = q->threads,
    };

    if (tissue == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
    }
    for (size_t w = 0; w < q->week_count; w++) {
        days[w] = 7.0 * q->weeks[w];
    }
    if (course_is_at_rest(&run)) {
        course_rest(&run, tissue);
    } else {
        EN_TRY(course_run(&run, scratch, tissue, err));
    }
    for (size_t w = 0; w < q->week_count; w++) {
        double *pain = c->pain + (sessions * q->week_count + w) * q->patients;

        for (size_t i = 0; i < q->patients; i++) {
            const struct en_tissue t = course_tissue(tissue, q->week_count, stride, w, i);

            if (c->hypothesis[i] == hypothesis) {
                pain[i] = en_score_held(course_pain(cohort, i, &brings, days[w], &t), 10.0);
            }
        }
    }
    return EN_OK;
}

static enum en_status run_hypothesis(struct en_clinic *c, size_t hypothesis,
                                     struct en_arena *scratch, struct en_err *err)
{
    const struct en_arena_mark start = en_arena_mark(scratch);
    const struct en_clinic_request *q = &c->request;
    const struct en_cohort_source source = {
        .posterior = q->posterior,
        .hypothesis = hypothesis,
        .condition = q->condition,
        .population_nrs = q->population_nrs,
        .count = q->patients,
        .seed = q->seed,
        .threads = q->threads,
    };
    struct en_cohort cohort;

    if (!has_patients(c, hypothesis)) {
        return EN_OK;
    }
    EN_TRY(en_cohort_from(&ANYONE, &source, scratch, &cohort, err));
    for (size_t i = 0; i < q->patients; i++) {
        if (c->hypothesis[i] == hypothesis) {
            c->baseline[0][i] = cohort.baseline_nrs[i];
            c->baseline[1][i] = cohort.baseline_function[i];
        }
    }
    EN_TRY(observe_visits(c, &cohort, hypothesis, scratch, err));
    for (size_t k = 0; k <= (size_t)q->sessions; k++) {
        const struct en_arena_mark mark = en_arena_mark(scratch);

        EN_TRY(run_course(c, &cohort, hypothesis, k, scratch, err));
        en_arena_rewind(scratch, mark);
    }
    en_arena_rewind(scratch, start);
    return EN_OK;
}

static enum en_status make_room(struct en_clinic *c, struct en_arena *a, struct en_err *err)
{
    const struct en_clinic_request *q = &c->request;
    const size_t courses = (size_t)q->sessions + 1, visits = c->visits;
    bool is_made = true;

    c->hypothesis = EN_NEW(a, uint8_t, q->patients);
    c->failed = EN_NEW(a, uint8_t, q->forecast_patients);
    c->pain = EN_NEW(a, double, courses * q->week_count * q->patients);
    c->gain = EN_NEW(a, double, visits * q->forecast_patients);
    for (size_t m = 0; m < 2; m++) {
        c->baseline[m] = EN_NEW(a, double, q->patients);
        c->score[m] = EN_NEW(a, double, (visits + 1) * q->patients);
        is_made = is_made && c->baseline[m] != NULL && c->score[m] != NULL;
    }
    is_made =
        is_made && c->hypothesis != NULL && c->failed != NULL && c->pain != NULL && c->gain != NULL;
    return is_made ? EN_OK : en_fail(err, EN_ELIMIT, "no room for %zu patients", q->patients);
}

enum en_status en_clinic_start(const struct en_clinic_request *request, struct en_arena *a,
                               struct en_clinic **out, struct en_err *err)
{
    struct en_clinic *c = EN_NEW(a, struct en_clinic, 1);

    EN_TRY(check(request, err));
    if (c == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a clinic");
    }
    c->request = *request;
    c->visits = (size_t)request->sessions - 1;
    for (size_t s = 0; s <= c->visits; s++) {
        c->doses[s] = request->dose;
        c->doses[s].day = (double)s * request->interval_days;
    }
    EN_TRY(make_room(c, a, err));
    choose_hypotheses(c);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        EN_TRY(run_hypothesis(c, h, a, err));
    }
    *out = c;
    return EN_OK;
}

double clinic_pain(const struct en_clinic *c, size_t patient, size_t sessions)
{
    const struct en_clinic_request *q = &c->request;
    const double *pain = c->pain + sessions * q->week_count * q->patients + patient;
    double sum = 0.0;

    for (size_t w = 0; w < q->week_count; w++) {
        sum += pain[w * q->patients];
    }
    return sum / (double)q->week_count;
}

/* --- forecasts at the visits ------------------------------------------------------------------ */

/* One visit of one patient, under one hypothesis. */
struct visit {
    const struct en_clinic *clinic;
    const struct en_cohort_person *person;
    struct en_cohort_source source;
    struct en_followup followup;
    struct en_arena *arena;
};

/* Expected pain at the goal dates, mean over dates and over the patients of the posterior, with the
 * sessions from the next one on, so many. */
static enum en_status expect(const struct visit *v, const struct en_individual *x, size_t sessions,
                             double *pain, struct en_err *err)
{
    const struct en_clinic_request *q = &v->clinic->request;
    const struct course_context brings = course_given(&v->followup);
    const size_t stride = x->cohort.patients.stride, states = EN_STATE_COUNT * stride;
    double days[EN_CLINIC_WEEKS_MAX];
    double *state = EN_NEW(v->arena, double, states);
    double *tissue = EN_NEW(v->arena, double, EN_SCORE_OUTPUT_COUNT * q->week_count * stride);
    const struct course_run run = {
        .cohort = &x->cohort,
        .followup = &v->followup,
        .sessions = v->clinic->doses + v->followup.given_count,
        .session_count = sessions,
        .rehabilitation = 1.0,
        .days = days,
        .day_count = q->week_count,
        .from_day = v->followup.today,
        .state = state,
        .threads = 1,
    };

    if (state == NULL || tissue == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a forecast");
    }
    for (size_t k = 0; k < states; k++) {
        state[k] = x->state[k];
    }
    for (size_t w = 0; w < q->week_count; w++) {
        days[w] = 7.0 * q->weeks[w];
    }
    EN_TRY(course_run(&run, v->arena, tissue, err));
    *pain = 0.0;
    for (size_t w = 0; w < q->week_count; w++) {
        for (size_t i = 0; i < x->cohort.patients.count; i++) {
            const struct en_tissue t = course_tissue(tissue, q->week_count, stride, w, i);

            *pain += en_score_held(course_pain(&x->cohort, i, &brings, days[w], &t), 10.0);
        }
    }
    *pain /= (double)(q->week_count * x->cohort.patients.count);
    return EN_OK;
}

/* What going on brings beyond stopping, and how probable the reports are. */
static enum en_status look_ahead(const struct visit *v, double *gain, double *log_evidence,
                                 struct en_err *err)
{
    const size_t left = v->clinic->visits + 1 - v->followup.given_count;
    struct en_individual x;
    double on = 0.0, stop = 0.0;

    EN_TRY(en_individual_from(v->person, &v->source, &v->followup, v->arena, &x, err));
    EN_TRY(expect(v, &x, left, &on, err));
    EN_TRY(expect(v, &x, 0, &stop, err));
    *gain = stop - on;
    *log_evidence = x.log_evidence;
    return EN_OK;
}

/* The hypotheses that a forecast looks at; how many. */
static size_t prior_of(const struct en_clinic_request *q, double *prior)
{
    size_t count = 0;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        prior[h] = q->posterior->weight[h] > WEIGHT_MIN ? q->posterior->weight[h] : 0.0;
        count += prior[h] > 0.0;
    }
    return count;
}

/* The same, mixed over the hypotheses. */
static enum en_status forecast_visit(struct visit *v, double *gain, struct en_err *err)
{
    const struct en_clinic_request *q = &v->clinic->request;
    double prior[EN_HYPOTHESES], weight[EN_HYPOTHESES];
    double evidence[EN_HYPOTHESES] = {0}, gains[EN_HYPOTHESES] = {0};
    const size_t count = prior_of(q, prior);
    const struct en_arena_mark mark = en_arena_mark(v->arena);

    v->source.count = (q->draws + count - 1) / count;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        if (!(prior[h] > 0.0)) {
            continue;
        }
        v->source.hypothesis = h;
        EN_TRY(look_ahead(v, &gains[h], &evidence[h], err));
        en_arena_rewind(v->arena, mark);
    }
    en_individual_weights(prior, evidence, weight);
    *gain = 0.0;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        *gain += weight[h] * gains[h];
    }
    return EN_OK;
}

/* A seed of its own: no forecast has drawn its patient. */
static uint64_t seed_of(const struct en_clinic_request *q, size_t patient)
{
    const double u = en_random_uniform((struct en_random){q->seed, patient, FOR_FORECAST, 0});

    return (uint64_t)(u * 0x1p53);
}

struct block {
    struct en_clinic *clinic;
    size_t first;
    struct en_arena arenas[EN_THREADS_MAX];
};

/* Every visit of a patient, as if every rule went on. A forecast that fails is unknown. */
static void forecast_patient(void *context, size_t index, int worker)
{
    struct block *b = context;
    struct en_clinic *c = b->clinic;
    const struct en_clinic_request *q = &c->request;
    const size_t i = b->first + index;
    const struct en_cohort_person person = {
        .age_years = NAN,
        .baseline_nrs = c->baseline[0][i],
        .baseline_function = c->baseline[1][i],
        .is_smoker = -1,
        .has_diabetes = -1,
    };
    struct visit v = {
        .clinic = c,
        .person = &person,
        .source = {.posterior = q->posterior,
                   .condition = q->condition,
                   .population_nrs = q->population_nrs,
                   .seed = seed_of(q, i),
                   .threads = 1},
        .arena = &b->arenas[worker],
    };

    for (size_t visit = 0; visit < c->visits; visit++) {
        const struct en_arena_mark mark = en_arena_mark(v.arena);
        double *gain = &c->gain[visit * q->forecast_patients + i];
        struct en_err err;

        fill_followup(c, visit + 1, visit + 1, &v.followup);
        for (size_t k = 0; k < v.followup.observation_count; k++) {
            v.followup.observations[k].value = c->score[k % 2][k / 2 * q->patients + i];
        }
        if (forecast_visit(&v, gain, &err) != EN_OK) {
            *gain = NAN;
            c->failed[i]++;
        }
        en_arena_rewind(v.arena, mark);
    }
}

size_t en_clinic_done(const struct en_clinic *c)
{
    return c->done;
}

enum en_status en_clinic_advance(struct en_clinic *c, struct en_err *err)
{
    const struct en_clinic_request *q = &c->request;
    const size_t left = q->forecast_patients - c->done, count = left < BLOCK ? left : BLOCK;
    struct block b = {.clinic = c, .first = c->done};
    size_t failed = 0;

    for (size_t w = 0; w < EN_THREADS_MAX; w++) {
        b.arenas[w] = EN_ARENA(FORECAST_BYTES + q->draws * DRAW_BYTES);
    }
    en_pool_run(q->threads, count, forecast_patient, &b);
    for (size_t w = 0; w < EN_THREADS_MAX; w++) {
        en_arena_free(&b.arenas[w]);
    }
    for (size_t i = c->done; i < c->done + count; i++) {
        failed += c->failed[i];
    }
    c->done += count;
    if (count > 0 && failed == count * c->visits) {
        return en_fail(err, EN_ENUMERIC, "no forecast could be made");
    }
    return EN_OK;
}
