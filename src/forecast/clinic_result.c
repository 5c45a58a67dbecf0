/* SPDX-License-Identifier: Apache-2.0
 * What the rules of a simulated clinic do, and what its early signals tell. */
#include "forecast/clinic_inside.h"

#include "num/stats.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct count {
    const struct en_clinic *clinic;
    double *room;     /* shape [patients] */
    double *other;    /* shape [patients] */
    uint8_t *stopped; /* sessions of each patient under the rule at work, shape [patients] */
    bool *is_true;    /* shape [patients] */
};

/* What the sessions left after so many bring. */
static double gain_left(const struct en_clinic *c, size_t i, size_t given)
{
    return clinic_pain(c, i, given) - clinic_pain(c, i, (size_t)c->request.sessions);
}

/* --- rules ------------------------------------------------------------------------------------ */

static double gain_of(const struct en_clinic *c, const struct en_clinic_rule *rule, size_t i,
                      size_t given)
{
    if (rule->knows_truth) {
        return gain_left(c, i, given);
    }
    return i < c->done ? c->gain[(given - 1) * c->request.forecast_patients + i] : NAN;
}

/* Sessions that a patient has under a rule, and why no more. */
static size_t follow_rule(const struct en_clinic *c, const struct en_clinic_rule *rule, size_t i,
                          enum en_rule_answer *why)
{
    const struct en_clinic_request *q = &c->request;

    for (size_t v = 0; v < c->visits; v++) {
        const size_t given = v + 1;
        const struct en_rule_state state = {
            .sessions_given = (int)given,
            .sessions_left = q->sessions - (int)given,
            .baseline_nrs = c->baseline[0][i],
            .now_nrs = c->score[0][v * q->patients + i],
            .gain_nrs = gain_of(c, rule, i, given),
        };

        *why = en_rule_decide(&rule->rule, &state);
        if (*why != EN_RULE_GO_ON || (rule->sessions > 0 && (int)given >= rule->sessions)) {
            return given;
        }
    }
    return (size_t)q->sessions;
}

/* Of values [count], which get sorted. */
static struct en_clinic_mean summarise(double *values, size_t count)
{
    static const double ENDS[2] = {0.025, 0.975};
    const double n = (double)count, mean = en_sum(values, count) / n;
    double squares = 0.0, ends[2];

    en_sort(values, count);
    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    const struct en_sample sample = {values, count, 1.0};

    en_quantiles(&sample, 1, ENDS, 2, ends);
    return (struct en_clinic_mean){
        .mean = mean,
        .error = count > 1 ? sqrt(squares / (n * (n - 1.0))) : NAN,
        .low = ends[0],
        .high = ends[1],
    };
}

/* Pain of a patient at one goal date after so many sessions. */
static double pain_of(const struct en_clinic *c, size_t i, size_t sessions, size_t week)
{
    const struct en_clinic_request *q = &c->request;

    return c->pain[(sessions * q->week_count + week) * q->patients + i];
}

static void compare_pain(const struct count *w, struct en_clinic_outcome *out)
{
    const struct en_clinic *c = w->clinic;
    const struct en_clinic_request *q = &c->request;

    for (size_t week = 0; week < q->week_count; week++) {
        size_t improved = 0;

        for (size_t i = 0; i < out->patients; i++) {
            w->room[i] = pain_of(c, i, w->stopped[i], week);
            improved += c->baseline[0][i] - w->room[i] >= q->mic_nrs;
        }
        out->improved[week] = (double)improved / (double)out->patients;
        out->pain[week] = summarise(w->room, out->patients);
    }
}

/* Less pain than after so many sessions. */
static struct en_clinic_mean beyond(const struct count *w, size_t sessions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        w->room[i] = clinic_pain(w->clinic, i, sessions) - clinic_pain(w->clinic, i, w->stopped[i]);
    }
    return summarise(w->room, count);
}

static void compare_loss(const struct count *w, struct en_clinic_outcome *out)
{
    const struct en_clinic_request *q = &w->clinic->request;
    size_t important = 0;

    for (size_t i = 0; i < out->patients; i++) {
        w->room[i] = gain_left(w->clinic, i, w->stopped[i]);
        important += w->room[i] >= q->loss_nrs;
    }
    out->lost = summarise(w->room, out->patients);
    out->lost_important = (double)important / (double)out->patients;
    out->lost_per_session = out->saved > 0.0 ? out->lost.mean / out->saved : NAN;
}

/* Beside the same stops by chance: the mean over patients of what each would lose by every stop, as
 * often as it was made. */
static void compare_chance(const struct count *w, struct en_clinic_outcome *out)
{
    double share[EN_CLINIC_SESSIONS_MAX + 1] = {0};

    for (size_t i = 0; i < out->patients; i++) {
        share[w->stopped[i]] += 1.0 / (double)out->patients;
    }
    for (size_t i = 0; i < out->patients; i++) {
        w->room[i] = -gain_left(w->clinic, i, w->stopped[i]);
        for (size_t k = 1; k < (size_t)w->clinic->request.sessions; k++) {
            w->room[i] += share[k] * gain_left(w->clinic, i, k);
        }
    }
    out->chosen = summarise(w->room, out->patients);
}

static void nothing_known(struct en_clinic_outcome *out)
{
    static const struct en_clinic_mean UNKNOWN = {NAN, NAN, NAN, NAN};

    *out = (struct en_clinic_outcome){.sessions = UNKNOWN,
                                      .saved = NAN,
                                      .beyond_nothing = UNKNOWN,
                                      .beyond_one = UNKNOWN,
                                      .lost = UNKNOWN,
                                      .chosen = UNKNOWN,
                                      .lost_per_session = NAN,
                                      .lost_important = NAN};
    for (size_t week = 0; week < EN_CLINIC_WEEKS_MAX; week++) {
        out->pain[week] = UNKNOWN;
        out->improved[week] = NAN;
    }
}

static void count_rule(const struct count *w, const struct en_clinic_rule *rule,
                       struct en_clinic_outcome *out)
{
    const struct en_clinic *c = w->clinic;
    const bool asks = rule->rule.gain_per_session > 0.0 && !rule->knows_truth;
    const size_t count = asks ? c->done : c->request.patients;

    if (count == 0) {
        nothing_known(out);
        return;
    }
    *out = (struct en_clinic_outcome){.patients = count};
    for (size_t i = 0; i < count; i++) {
        enum en_rule_answer why = EN_RULE_GO_ON;
        const size_t sessions = follow_rule(c, rule, i, &why);

        w->stopped[i] = (uint8_t)sessions;
        w->room[i] = (double)sessions;
        if (sessions < (size_t)c->request.sessions) {
            out->stopped[sessions][why] += 1.0 / (double)count;
        }
    }
    out->sessions = summarise(w->room, count);
    out->saved = (double)c->request.sessions - out->sessions.mean;
    compare_pain(w, out);
    out->beyond_nothing = beyond(w, 0, count);
    out->beyond_one = beyond(w, 1, count);
    compare_loss(w, out);
    compare_chance(w, out);
}

/* --- signals ---------------------------------------------------------------------------------- */

static double signal_of(const struct en_clinic *c, const struct en_clinic_signal *s, size_t i)
{
    const struct en_clinic_request *q = &c->request;
    const size_t visit = (size_t)s->sessions - 1, at = visit * q->patients + i;

    switch (s->measure) {
    case EN_CLINIC_PAIN_PERCENT:
        return 100.0 * (c->baseline[0][i] - c->score[0][at]) / c->baseline[0][i];
    case EN_CLINIC_FUNCTION_POINTS:
        return c->baseline[1][i] - c->score[1][at];
    case EN_CLINIC_FORECAST:
        return c->gain[visit * q->forecast_patients + i];
    }
    return NAN;
}

/* Share of pairs (one in whom it came true, one in whom not) that the signal puts in order; equal
 * ones count half. Both ascending. */
static double area(const double *yes, size_t yes_count, const double *no, size_t no_count)
{
    double pairs = 0.0;
    size_t below = 0, not_above = 0;

    for (size_t i = 0; i < yes_count; i++) {
        while (below < no_count && no[below] < yes[i]) {
            below++;
        }
        while (not_above < no_count && no[not_above] <= yes[i]) {
            not_above++;
        }
        pairs += 0.5 * (double)(below + not_above);
    }
    return pairs / ((double)yes_count * (double)no_count);
}

/* How the signal goes with w->is_true. A signal that is unknown counts as low. */
static struct en_clinic_accuracy judge(const struct count *w, const struct en_clinic_signal *s,
                                       size_t count)
{
    size_t yes_count = 0, no_count = 0, yes_high = 0, no_low = 0;

    for (size_t i = 0; i < count; i++) {
        const double seen = signal_of(w->clinic, s, i), value = isnan(seen) ? -INFINITY : seen;
        const bool is_high = value >= s->at_least;

        if (w->is_true[i]) {
            w->room[yes_count++] = value;
            yes_high += is_high;
        } else {
            w->other[no_count++] = value;
            no_low += !is_high;
        }
    }
    en_sort(w->room, yes_count);
    en_sort(w->other, no_count);
    return (struct en_clinic_accuracy){
        .base = (double)yes_count / (double)count,
        .sensitivity = yes_count > 0 ? (double)yes_high / (double)yes_count : NAN,
        .specificity = no_count > 0 ? (double)no_low / (double)no_count : NAN,
        .area = yes_count > 0 && no_count > 0 ? area(w->room, yes_count, w->other, no_count) : NAN,
    };
}

static double median_gain(const struct count *w, size_t given, size_t count)
{
    static const double MIDDLE = 0.5;
    double median = NAN;

    for (size_t i = 0; i < count; i++) {
        w->room[i] = gain_left(w->clinic, i, given);
    }
    en_sort(w->room, count);
    const struct en_sample sample = {w->room, count, 1.0};

    en_quantiles(&sample, 1, &MIDDLE, 1, &median);
    return median;
}

static struct en_clinic_accuracy judge_gain(const struct count *w, const struct en_clinic_signal *s,
                                            size_t count, double at_least)
{
    for (size_t i = 0; i < count; i++) {
        w->is_true[i] = gain_left(w->clinic, i, (size_t)s->sessions) >= at_least;
    }
    return judge(w, s, count);
}

static void count_signal(const struct count *w, const struct en_clinic_signal *s,
                         struct en_clinic_prediction *out)
{
    static const struct en_clinic_accuracy UNKNOWN = {NAN, NAN, NAN, NAN};
    const struct en_clinic *c = w->clinic;
    const struct en_clinic_request *q = &c->request;
    const size_t count = s->measure == EN_CLINIC_FORECAST ? c->done : q->patients;
    const size_t outcome = s->measure == EN_CLINIC_FUNCTION_POINTS;
    const double mic = outcome ? q->mic_function : q->mic_nrs;
    const double *later = c->score[outcome] + c->visits * q->patients;
    size_t high = 0;

    *out = (struct en_clinic_prediction){count, NAN, UNKNOWN, UNKNOWN, UNKNOWN};
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        high += signal_of(c, s, i) >= s->at_least;
        w->is_true[i] = c->baseline[outcome][i] - later[i] >= mic;
    }
    out->share = (double)high / (double)count;
    out->better = judge(w, s, count);
    out->gains = judge_gain(w, s, count, median_gain(w, (size_t)s->sessions, count));
    out->worthwhile = judge_gain(w, s, count, q->worthwhile_nrs);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void count_all(const struct count *w, struct en_clinic_result *out)
{
    const struct en_clinic_request *q = &w->clinic->request;

    for (size_t r = 0; r < q->rule_count; r++) {
        count_rule(w, &q->rules[r], &out->outcomes[r]);
    }
    for (size_t s = 0; s < q->signal_count; s++) {
        count_signal(w, &q->signals[s], &out->predictions[s]);
    }
    for (size_t week = 0; week < q->week_count; week++) {
        for (size_t i = 0; i < q->patients; i++) {
            w->room[i] = pain_of(w->clinic, i, 0, week);
        }
        out->nothing[week] = summarise(w->room, q->patients);
    }
    out->baseline = en_sum(w->clinic->baseline[0], q->patients) / (double)q->patients;
    for (size_t i = 0; i < w->clinic->done; i++) {
        out->failed += w->clinic->failed[i];
    }
}

enum en_status en_clinic_result(const struct en_clinic *c, struct en_arena *a,
                                struct en_clinic_result *out, struct en_err *err)
{
    const struct en_clinic_request *q = &c->request;

    assert(c->done == q->forecast_patients);
    *out = (struct en_clinic_result){
        .outcomes = EN_NEW(a, struct en_clinic_outcome, q->rule_count),
        .predictions = EN_NEW(a, struct en_clinic_prediction, q->signal_count),
    };
    const struct en_arena_mark mark = en_arena_mark(a);
    const struct count w = {
        .clinic = c,
        .room = EN_NEW(a, double, q->patients),
        .other = EN_NEW(a, double, q->patients),
        .stopped = EN_NEW(a, uint8_t, q->patients),
        .is_true = EN_NEW(a, bool, q->patients),
    };

    if (out->outcomes == NULL || out->predictions == NULL || w.room == NULL || w.other == NULL ||
        w.stopped == NULL || w.is_true == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for the results of a clinic");
    }
    count_all(&w, out);
    en_arena_rewind(a, mark);
    return EN_OK;
}
