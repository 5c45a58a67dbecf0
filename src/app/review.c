/* SPDX-License-Identifier: Apache-2.0 */
#include "app/review.h"

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

/* Mean fall of pain that going on brings beyond stopping, over the weeks of the forecast; NAN
 * unknown. */
static double gain_of(const struct en_forecast *f)
{
    double sum = 0.0;

    for (size_t arm = 0; arm < f->request.arm_count; arm++) {
        if (!en_text_equal(f->request.arms[arm].id, "none")) {
            continue;
        }
        for (size_t w = 0; w < f->request.week_count; w++) {
            sum += f->gain[arm][w].mean;
        }
        return sum / (double)f->request.week_count;
    }
    return NAN;
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
        "than stopping, mean over the weeks below.",
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

    now_only.without_before = true; /* going on is compared with stopping, from today */
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
        .gain_nrs = gain_of(out->outlook.now),
    };
    out->answer = en_rule_decide(&out->rule, &out->state);
    out->advice = en_app_advice(out->care.advice, out->answer);
    out->reason = reason_of(out, a);
    if (out->reason == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the review");
    }
    /* Where further sessions are not to be given, none is recommended. */
    return out->advice == EN_ADVICE_CONTINUE || out->advice == EN_ADVICE_ADJUST
               ? compare(app, c, request, a, out, err)
               : EN_OK;
}
