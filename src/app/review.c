/* SPDX-License-Identifier: Apache-2.0 */
#include "app/review.h"

#include "app/request.h"
#include "base/text.h"

#include <math.h>

enum { WAYS_PATIENTS = 256 }; /* of the heaviest hypothesis: few options, and differences alone */

struct en_rule en_app_rule(const struct en_knowledge *k)
{
    return (struct en_rule){
        .id = "limits",
        .early_sessions = (int)en_limit(k, "review.rule_early_sessions"),
        .early_percent = en_limit(k, "review.rule_early_percent"),
        .success_percent = en_limit(k, "review.rule_success_percent"),
        .gain_per_session = en_limit(k, "review.rule_gain_per_session"),
    };
}

enum en_advice en_app_advice(enum en_advice care, enum en_rule_answer answer)
{
    const bool goes_on = care == EN_ADVICE_CONTINUE || care == EN_ADVICE_ADJUST;

    return goes_on && answer != EN_RULE_GO_ON ? EN_ADVICE_STOP : care;
}

static bool is_listed(double week, const double *weeks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (weeks[i] == week) {
            return true;
        }
    }
    return false;
}

/* Mean fall of pain that going on brings beyond stopping, over the goal weeks by which the rules
 * were compared (policy clinic_weeks) as far as they lie ahead, else over all of the forecast; NAN
 * unknown. */
static enum en_status gain_of(const struct en_knowledge *k, const struct en_forecast *f,
                              double *gain, struct en_err *err)
{
    double goal[EN_FORECAST_WEEKS_MAX], sum[2] = {0}; /* of goal weeks, of all */
    size_t goal_count = 0, count[2] = {0}, none = 0;

    *gain = NAN;
    EN_TRY(en_app_weeks(k, "clinic_weeks", goal, EN_FORECAST_WEEKS_MAX, &goal_count, err));
    while (none < f->request.arm_count && !en_text_equal(f->request.arms[none].id, "none")) {
        none++;
    }
    for (size_t w = 0; none < f->request.arm_count && w < f->request.week_count; w++) {
        const bool is_goal = is_listed(f->request.weeks[w], goal, goal_count);

        for (size_t i = is_goal ? 0 : 1; i < 2; i++) {
            sum[i] += f->gain[none][w].mean;
            count[i]++;
        }
    }
    const size_t which = count[0] > 0 ? 0 : 1;

    if (count[which] > 0) {
        *gain = sum[which] / (double)count[which];
    }
    return EN_OK;
}

/* A sentence with the numbers that decided. */
static const char *reason_of(const struct en_review_answer *r, struct en_arena *a)
{
    const struct en_rule_state *s = &r->state;

    switch (r->answer) {
    case EN_RULE_STOP_SUCCESS:
        return en_arena_print(a,
                              "Stop: pain has fallen by %g %% or more, the goal of a course; what "
                              "was gained is kept up by exercise.",
                              r->rule.success_percent);
    case EN_RULE_STOP_EARLY:
        return en_arena_print(
            a,
            "Stop: after %d sessions pain has fallen by less than %g %%; a course "
            "that has not helped by then is not gone on with.",
            s->sessions_given, r->rule.early_percent);
    case EN_RULE_STOP_FUTILE:
        return en_arena_print(a,
                              "Stop: the forecast expects less from the sessions left than %g "
                              "points of pain for each of them.",
                              r->rule.gain_per_session);
    case EN_RULE_GO_ON:
        break;
    }
    if (s->sessions_left <= 0) {
        return "No session of the plan is left: stopping is compared with training alone.";
    }
    return en_arena_print(
        a,
        "No reason to stop by the forecast: going on brings %.1f points less pain "
        "than stopping, mean over the goal weeks.",
        s->gain_nrs);
}

static const char *why_not_issued(const struct en_outlook *o, struct en_arena *a)
{
    if (o->answer.plan.site_count == 0) {
        return "there is no plan that could be gone on with";
    }
    return en_arena_print(a, "the plan may not be carried out now (%s)",
                          en_verdict_text(o->answer.assessment.verdict));
}

/* The forecast, or why there is none; what is wrong with the record does not stop a review. */
static enum en_status look(const struct en_app *app, const struct en_case *c,
                           const struct en_outlook_request *request, struct en_arena *a,
                           struct en_review_answer *out, struct en_err *err)
{
    struct en_err own = {{0}};

    if (out->care.sessions_given == 0) {
        out->why_none = "no session is recorded yet";
        return EN_OK;
    }
    struct en_outlook_request now_only = *request;

    /* Going on is compared with stopping, from today. */
    now_only.without_before = !request->with_before;
    const enum en_status st = en_app_outlook(app, c, &now_only, a, &out->outlook, &own);

    if (st == EN_EINVAL || st == EN_ENUMERIC) {
        out->why_none = en_arena_copy(a, own.text, SIZE_MAX);
        return out->why_none == NULL ? en_fail(err, EN_ENOMEM, "no memory for the review") : EN_OK;
    }
    if (st != EN_OK) {
        return en_fail(err, st, "%s", own.text);
    }
    if (out->outlook.now == NULL) {
        out->why_none = why_not_issued(&out->outlook, a);
    }
    return EN_OK;
}

/* Ways from here. What keeps them from being compared does not stop a review either. */
static enum en_status compare(const struct en_app *app, const struct en_case *c,
                              const struct en_outlook_request *request, struct en_arena *a,
                              struct en_review_answer *out, struct en_err *err)
{
    struct en_optimise_request wanted = {
        .plan = request->plan,
        .limits = {.max_departures = 1},
        .as_planned = request->as_planned,
    };
    struct en_err own = {{0}};

    wanted.plan.patients = WAYS_PATIENTS;
    out->ways = EN_NEW(a, struct en_optimise, 1);
    if (out->ways == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the review");
    }
    const enum en_status st = en_app_optimise(app, c, &wanted, a, out->ways, &own);

    if (st != EN_OK || out->ways->search.results == NULL) {
        out->ways = NULL;
    }
    return st == EN_OK || st == EN_EINVAL || st == EN_ENUMERIC ? EN_OK
                                                               : en_fail(err, st, "%s", own.text);
}

enum en_status en_app_review(const struct en_app *app, const struct en_case *c,
                             const struct en_outlook_request *request, struct en_arena *a,
                             struct en_review_answer *out, struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};

    *out = (struct en_review_answer){.advice = EN_ADVICE_ASK,
                                     .rule = en_app_rule(app->knowledge),
                                     .outlook.follow.start = EN_DAY_UNKNOWN};
    EN_TRY(en_review_run(&care, c, request->plan.options.target, a, &out->care, err));
    EN_TRY(look(app, c, request, a, out, err));
    out->advice = out->care.advice;
    if (out->outlook.now == NULL) {
        return EN_OK;
    }
    out->state = (struct en_rule_state){
        .sessions_given = out->care.sessions_given,
        .sessions_left = out->outlook.sessions_left,
        .baseline_nrs = out->care.nrs_baseline,
        .now_nrs = out->care.nrs_now,
    };
    EN_TRY(gain_of(app->knowledge, out->outlook.now, &out->state.gain_nrs, err));
    out->answer = en_rule_decide(&out->rule, &out->state);
    out->advice = en_app_advice(out->care.advice, out->answer);
    out->reason = reason_of(out, a);
    if (out->reason == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the review");
    }
    /* Where further sessions are not to be given, none is recommended. */
    const bool goes_on = out->advice == EN_ADVICE_CONTINUE || out->advice == EN_ADVICE_ADJUST;

    return goes_on && !request->without_ways ? compare(app, c, request, a, out, err) : EN_OK;
}
