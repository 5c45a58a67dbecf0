/* SPDX-License-Identifier: Apache-2.0
 * Search over plans: patients of each hypothesis, courses (search_course.c), then benefit, burden,
 * front, and what cannot be told from the best. */
#include "forecast/search_inside.h"

#include "base/pool.h"
#include "num/stats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_weight(double x)
{
    return x >= 0.0 && x <= 1e6;
}

/* --- what may be asked ------------------------------------------------------------------------ */

/* The option as the only arm of a forecast: its texts say arms[0], ours the option. */
static enum en_status check_arm(const struct en_forecast_request *q, size_t index,
                                struct en_err *err)
{
    static const char ARM[] = "arms[0].";
    struct en_err inner = {0};
    const enum en_status st = en_forecast_check(q, &inner);

    if (st != EN_OK) {
        const bool is_arm = strncmp(inner.text, ARM, sizeof ARM - 1) == 0;

        return en_fail(err, st, "options[%zu].%s%s", index, is_arm ? "arm." : "",
                       inner.text + (is_arm ? sizeof ARM - 1 : 0));
    }
    return EN_OK;
}

static enum en_status check_option(const struct en_search_option *o, size_t index,
                                   struct en_err *err)
{
    if (!(isnan(o->serious_harm) || (o->serious_harm >= 0.0 && o->serious_harm <= 1.0))) {
        return en_fail(err, EN_EINVAL, "options[%zu].serious_harm: outside 0 .. 1", index);
    }
    if (!(isnan(o->cost) || is_weight(o->cost))) {
        return en_fail(err, EN_EINVAL, "options[%zu].cost: outside 0 .. 1e6", index);
    }
    if (!is_weight(o->other_burden)) {
        return en_fail(err, EN_EINVAL, "options[%zu].other_burden: outside 0 .. 1e6", index);
    }
    return EN_OK;
}

static enum en_status check_burden(const struct en_search_request *q, struct en_err *err)
{
    const struct {
        const char *name;
        double value;
    } rows[] = {
        {"burden.per_session", q->burden.per_session},
        {"burden.per_flare_day", q->burden.per_flare_day},
        {"burden.per_serious_harm", q->burden.per_serious_harm},
        {"burden.per_cost", q->burden.per_cost},
        {"same", q->same},
    };

    for (size_t i = 0; i < EN_COUNT(rows); i++) {
        if (!is_weight(rows[i].value)) {
            return en_fail(err, EN_EINVAL, "%s: outside 0 .. 1e6", rows[i].name);
        }
    }
    if (!(q->doubt > 0.0 && q->doubt <= 1.0)) {
        return en_fail(err, EN_EINVAL, "doubt: not above 0 and up to 1");
    }
    return EN_OK;
}

static enum en_status check(const struct en_search_request *q, struct en_err *err)
{
    struct en_forecast_request one = q->base;

    if (q->option_count == 0 || q->option_count > EN_SEARCH_OPTIONS_MAX || q->options == NULL) {
        return en_fail(err, EN_EINVAL, "option_count: outside 1 .. %d", (int)EN_SEARCH_OPTIONS_MAX);
    }
    if (q->reference >= q->option_count) {
        return en_fail(err, EN_EINVAL, "reference: there is no option %zu", q->reference);
    }
    one.arm_count = 1;
    one.arms[0] = (struct en_forecast_arm){.id = "none", .rehabilitation = 1.0};
    EN_TRY(en_forecast_check(&one, err));
    if (q->base.patients < EN_SEARCH_PATIENTS_MIN || q->base.patients > EN_SEARCH_PATIENTS_MAX) {
        return en_fail(err, EN_EINVAL, "patients: outside %d .. %d", (int)EN_SEARCH_PATIENTS_MIN,
                       (int)EN_SEARCH_PATIENTS_MAX);
    }
    EN_TRY(check_burden(q, err));
    for (size_t i = 0; i < q->option_count; i++) {
        one.arms[0] = q->options[i].arm;
        EN_TRY(check_arm(&one, i, err));
        EN_TRY(check_option(&q->options[i], i, err));
    }
    return EN_OK;
}

/* --- patients --------------------------------------------------------------------------------- */

static enum en_status draw(struct search *s, size_t hypothesis, struct en_arena *a,
                           struct en_err *err)
{
    const struct en_forecast_request *q = &s->request->base;
    struct search_crowd *c = &s->crowds[hypothesis];
    const struct en_cohort_person person = en_forecast_person_of(q);
    const struct en_cohort_source source = {
        .posterior = q->posterior,
        .hypothesis = hypothesis,
        .condition = en_posterior_condition(q->posterior, q->condition),
        .population_nrs = q->population_nrs,
        .count = q->patients,
        .seed = q->seed,
        .threads = s->threads,
    };

    EN_TRY(en_individual_from(&person, &source, &q->followup, a, &c->individual, err));
    if (q->goal_count == 0) {
        return EN_OK;
    }
    return en_cohort_noise(&c->individual.cohort, s->days, q->week_count, s->threads, a, &c->noise,
                           err);
}

/* The weights of the posterior, or what the reports make of them. */
static void weigh(struct search *s)
{
    const struct en_forecast_request *q = &s->request->base;
    double weight[EN_HYPOTHESIS_COUNT], evidence[EN_HYPOTHESIS_COUNT];

    memcpy(weight, q->posterior->weight, sizeof weight);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        evidence[h] = s->crowds[h].individual.log_evidence;
    }
    if (q->followup.observation_count > 0) {
        en_individual_weights(q->posterior->weight, evidence, weight);
    }
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        s->crowds[h].weight = weight[h];
    }
}

/* A hypothesis of little weight needs few patients: the error of a mixed mean is that of the heavy
 * ones. Whole parts of a batch. */
static void share_patients(struct search *s)
{
    const size_t all = s->request->base.patients;
    double most = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        most = fmax(most, s->crowds[h].weight);
    }
    s->patients = 0;
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        struct search_crowd *c = &s->crowds[h];
        const double parts = ceil((double)all * (c->weight / most) / EN_BATCH_PART);
        size_t count = (size_t)parts * EN_BATCH_PART;

        count = count < EN_SEARCH_PATIENTS_MIN ? EN_SEARCH_PATIENTS_MIN : count;
        c->count = count > all ? all : count;
        c->individual.cohort.patients.count = c->count;
        c->first = s->patients;
        s->patients += c->count;
    }
}

static enum en_status draw_all(struct search *s, struct en_arena *a, struct en_err *err)
{
    const struct en_search_request *q = s->request;

    for (size_t k = 0; k < q->base.week_count; k++) {
        s->days[k] = 7.0 * q->base.weeks[k];
    }
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        EN_TRY(draw(s, h, a, err));
    }
    weigh(s);
    share_patients(s);
    s->stride = s->crowds[0].individual.cohort.patients.stride;
    s->pain = EN_NEW(a, double, q->option_count * s->patients);
    s->function = EN_NEW(a, double, q->option_count * s->patients);
    s->at_goal = EN_NEW(a, uint32_t, q->option_count * EN_HYPOTHESIS_COUNT);
    s->flare = EN_NEW(a, double, q->option_count);
    if (s->pain == NULL || s->function == NULL || s->at_goal == NULL || s->flare == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu options and %zu patients", q->option_count,
                       s->patients);
    }
    return EN_OK;
}

/* --- what the courses say --------------------------------------------------------------------- */

/* Mean over the mixture of one number of every patient. */
static double mean_of(const struct search *s, const double *values)
{
    double mean = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct search_crowd *c = &s->crowds[h];

        mean += c->weight * (en_sum(values + c->first, c->count) / (double)c->count);
    }
    return mean;
}

/* Mean square of the numbers around `middle`, over the mixture. */
static double square_of(const struct search *s, const double *values, double middle,
                        double *scratch)
{
    for (size_t i = 0; i < s->patients; i++) {
        scratch[i] = (values[i] - middle) * (values[i] - middle);
    }
    return mean_of(s, scratch);
}

/* Standard error of the mean of the numbers: the strata are the hypotheses. */
static double error_of(const struct search *s, const double *values, double *scratch)
{
    double variance = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct search_crowd *c = &s->crowds[h];
        const double *own = values + c->first, n = (double)c->count;
        const double mean = en_sum(own, c->count) / n;

        for (size_t i = 0; i < c->count; i++) {
            scratch[i] = (own[i] - mean) * (own[i] - mean);
        }
        variance += c->weight * c->weight * (en_sum(scratch, c->count) / (n - 1.0) / n);
    }
    return sqrt(variance);
}

struct judging {
    const struct search *s;
    struct en_search *out;
    double *benefit; /* of every patient, shape [option][patients] */
    double *scratch; /* shape [patients] of all hypotheses */
};

/* Scores become gains over the reference, and benefits. */
static void fill_benefits(struct judging *j)
{
    const struct search *s = j->s;
    const struct en_search_request *q = s->request;
    const double *pain0 = s->pain + q->reference * s->patients;
    const double *function0 = s->function + q->reference * s->patients;

    for (size_t o = 0; o < q->option_count; o++) {
        const double *pain = s->pain + o * s->patients, *function = s->function + o * s->patients;

        for (size_t i = 0; i < s->patients; i++) {
            j->benefit[o * s->patients + i] =
                0.5 * ((pain0[i] - pain[i]) / q->base.mic_nrs +
                       (function0[i] - function[i]) / q->base.mic_function);
        }
    }
}

/* Gains of an option over the reference into the scratch; their mean comes back. */
static double gain_of(const struct judging *j, const double *scores, size_t option)
{
    const size_t n = j->s->patients;
    const double *reference = scores + j->s->request->reference * n;

    for (size_t i = 0; i < n; i++) {
        j->scratch[i] = reference[i] - scores[option * n + i];
    }
    return mean_of(j->s, j->scratch);
}

static double burden_of(const struct search *s, size_t option)
{
    const struct en_search_option *o = &s->request->options[option];
    const struct en_burden *w = &s->request->burden;
    const double harm = isnan(o->serious_harm) ? 0.0 : o->serious_harm;
    const double cost = isnan(o->cost) ? 0.0 : o->cost;

    return w->per_session * (double)o->arm.session_count + w->per_flare_day * s->flare[option] +
           w->per_serious_harm * harm + w->per_cost * cost + o->other_burden;
}

static double share_at_goal(const struct search *s, size_t option)
{
    double share = 0.0;

    if (s->request->base.goal_count == 0) {
        return NAN;
    }
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        share += s->crowds[h].weight * ((double)s->at_goal[option * EN_HYPOTHESIS_COUNT + h] /
                                        (double)s->crowds[h].count);
    }
    return share;
}

/* Quantiles of the gain in pain; sorts the scratch. */
static void fill_quantiles(const struct judging *j, size_t option, double *q)
{
    static const double PROBABILITIES[3] = {0.05, 0.5, 0.95};
    struct en_sample samples[EN_HYPOTHESIS_COUNT];

    (void)gain_of(j, j->s->pain, option);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct search_crowd *c = &j->s->crowds[h];

        en_sort(j->scratch + c->first, c->count);
        samples[h] = (struct en_sample){j->scratch + c->first, c->count, c->weight};
    }
    en_quantiles(samples, EN_HYPOTHESIS_COUNT, PROBABILITIES, 3, q);
}

static void judge_option(const struct judging *j, size_t option)
{
    const struct search *s = j->s;
    const double *benefit = j->benefit + option * s->patients;
    struct en_search_result *r = &j->out->results[option];

    r->benefit = mean_of(s, benefit);
    r->benefit_sd = sqrt(square_of(s, benefit, r->benefit, j->scratch));
    r->pain = gain_of(j, s->pain, option);
    r->function = gain_of(j, s->function, option);
    fill_quantiles(j, option, r->pain_q);
    r->goal = share_at_goal(s, option);
    r->flare_days = s->flare[option];
    r->burden = burden_of(s, option);
    r->net = r->benefit - r->burden;
}

/* --- comparison ------------------------------------------------------------------------------- */

static double strongest(const struct en_forecast_arm *arm)
{
    double most = 0.0;

    for (size_t k = 0; k < arm->session_count; k++) {
        most = fmax(most, arm->sessions[k].dextrose_percent);
    }
    return most;
}

/* Whether option a is simpler than b: what a clinician would rather do for the same result. */
static bool is_simpler(const struct judging *j, size_t a, size_t b)
{
    const struct en_search_option *o = j->s->request->options;
    const struct en_search_result *r = j->out->results;

    if (r[a].burden != r[b].burden) {
        return r[a].burden < r[b].burden;
    }
    if (o[a].arm.session_count != o[b].arm.session_count) {
        return o[a].arm.session_count < o[b].arm.session_count;
    }
    const double strong_a = strongest(&o[a].arm), strong_b = strongest(&o[b].arm);

    return strong_a != strong_b ? strong_a < strong_b : a < b;
}

/* Another option has as much benefit at as little burden. Of two that are equal in both the simpler
 * one stays. */
static bool is_dominated(const struct judging *j, size_t option)
{
    const struct en_search_result *r = &j->out->results[option];

    for (size_t k = 0; k < j->s->request->option_count; k++) {
        const struct en_search_result *other = &j->out->results[k];
        const bool is_equal = other->benefit == r->benefit && other->burden == r->burden;

        if (k != option && other->benefit >= r->benefit && other->burden <= r->burden &&
            (!is_equal || is_simpler(j, k, option))) {
            return true;
        }
    }
    return false;
}

/* Weight of the hypotheses under which the option's net benefit is not below that of the best. */
static double weight_not_worse(const struct judging *j, size_t option)
{
    const struct search *s = j->s;
    const double *own = j->benefit + option * s->patients;
    const double *best = j->benefit + j->out->best * s->patients;
    const double burden = j->out->results[option].burden - j->out->results[j->out->best].burden;
    double weight = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct search_crowd *c = &s->crowds[h];
        const double gain = (en_sum(own + c->first, c->count) - en_sum(best + c->first, c->count)) /
                            (double)c->count;

        weight += gain - burden >= 0.0 ? c->weight : 0.0;
    }
    return weight;
}

static void compare_option(const struct judging *j, size_t option)
{
    const struct search *s = j->s;
    const double *own = j->benefit + option * s->patients;
    const double *best = j->benefit + j->out->best * s->patients;
    const struct en_search_result *first = &j->out->results[j->out->best];
    struct en_search_result *r = &j->out->results[option];
    double *difference = j->scratch, *squares = j->scratch + s->patients;

    for (size_t i = 0; i < s->patients; i++) {
        difference[i] = own[i] - best[i];
    }
    r->net_error = error_of(s, difference, squares);
    r->is_as_good = first->net - r->net <= fmax(s->request->same, 2.0 * r->net_error) ||
                    weight_not_worse(j, option) >= s->request->doubt;
}

static void compare(const struct judging *j)
{
    const size_t count = j->s->request->option_count;
    struct en_search_result *r = j->out->results;
    double most = 0.0;

    for (size_t o = 1; o < count; o++) {
        const bool is_tie = r[o].net == r[j->out->best].net;

        if (r[o].net > r[j->out->best].net || (is_tie && is_simpler(j, o, j->out->best))) {
            j->out->best = o;
        }
    }
    j->out->preferred = j->out->best;
    for (size_t o = 0; o < count; o++) {
        most = fmax(most, r[o].benefit);
        r[o].is_on_front = !is_dominated(j, o);
        compare_option(j, o);
        if (r[o].is_as_good && is_simpler(j, o, j->out->preferred)) {
            j->out->preferred = o;
        }
    }
    for (size_t o = 0; o < count; o++) {
        r[o].share = most > 0.0 ? fmax(r[o].benefit / most, 0.0) : 0.0;
    }
}

static enum en_status judge(const struct search *s, struct en_arena *a, struct en_search *out,
                            struct en_err *err)
{
    struct judging j = {.s = s, .out = out};

    j.benefit = EN_NEW(a, double, s->request->option_count * s->patients);
    j.scratch = EN_NEW(a, double, 2 * s->patients);
    if (j.benefit == NULL || j.scratch == NULL) {
        return en_fail(err, EN_ELIMIT, "no room to compare %zu options", s->request->option_count);
    }
    fill_benefits(&j);
    for (size_t o = 0; o < s->request->option_count; o++) {
        judge_option(&j, o);
    }
    compare(&j);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        out->patients[h] = s->crowds[h].count;
        out->weight[h] = s->crowds[h].weight;
    }
    return EN_OK;
}

enum en_status en_search_run(const struct en_search_request *request, struct en_arena *a,
                             struct en_search *out, struct en_err *err)
{
    struct search s = {.request = request};

    *out = (struct en_search){0};
    EN_TRY(check(request, err));
    s.threads = request->base.threads > 0 ? request->base.threads : en_pool_processors();
    struct en_search_result *results = EN_NEW(a, struct en_search_result, request->option_count);

    if (results == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu options", request->option_count);
    }
    const struct en_arena_mark mark = en_arena_mark(a);
    struct en_search found = {.results = results};
    enum en_status st = draw_all(&s, a, err);

    st = st == EN_OK ? search_courses(&s, a, err) : st;
    st = st == EN_OK ? judge(&s, a, &found, err) : st;
    en_arena_rewind(a, mark);
    *out = st == EN_OK ? found : *out;
    return st;
}
