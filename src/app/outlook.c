/* SPDX-License-Identifier: Apache-2.0
 * app/outlook: the population's forecast and this patient's, side by side. */
#include "app/outlook.h"

#include "app/posterior_file.h"
#include "app/request.h"

#include <math.h>

enum { DAYS_PER_WEEK = 7, WEEKS_LEFT_MIN = 3 };

/* Arms of the comparison, as en_app_forecast_request makes them. */
enum { ARM_PLAN, ARM_SALINE, ARM_EXERCISE, ARM_NONE };

struct looking {
    const struct en_app *app;
    const struct en_outlook_request *request;
    struct en_outlook *out;
    struct en_forecast_request before, now;
};

/* Day 0 is behind us: something was given then. */
static bool has_begun(const struct looking *l)
{
    return !en_followup_is_empty(&l->out->follow.followup);
}

/* The first session of the plan was given today. */
static bool begins_today(const struct looking *l)
{
    const struct en_care care = {l->app->knowledge, l->app->today};
    const struct en_plan_answer *p = &l->out->answer;

    return en_course_of(&care, &p->c, &p->plan.target, &p->plan).start == l->app->today;
}

/* Sessions to come */

/* Sessions that the plan means in all, without those that only a review may add. */
static size_t planned_count(const struct en_plan *plan)
{
    size_t count = 0;

    while (count < plan->session_count && !plan->sessions[count].is_optional) {
        count++;
    }
    return count;
}

/* Days between two sessions of the plan, the first being number 0. */
static en_day gap_before(const struct en_plan *plan, size_t number)
{
    return number > 0 && number < plan->session_count
               ? plan->sessions[number].day - plan->sessions[number - 1].day
               : (en_day)plan->interval_days;
}

/* The rest of the plan from today on: what was planned less what was given, each its interval after
 * the one before. like: a session of the plan. */
static void fill_rest(struct looking *l, const struct en_dose *like, struct en_forecast_arm *arm)
{
    const struct en_plan *plan = &l->out->answer.plan;
    const struct en_followup *f = &l->out->follow.followup;
    const en_day wanted = l->request->plan.options.start;
    const size_t planned = planned_count(plan);
    en_day day = l->app->today;

    arm->session_count = 0;
    for (size_t n = f->given_count; n < planned && n < EN_FORECAST_SESSIONS_MAX; n++) {
        const struct en_dose *last = arm->session_count > 0 ? &arm->sessions[arm->session_count - 1]
                                                            : &f->given[f->given_count - 1];
        const en_day due = l->out->follow.start + (en_day)last->day + gap_before(plan, n);

        day = due > day ? due : day;
        if (arm->session_count == 0 && wanted != EN_DAY_UNKNOWN && wanted >= l->app->today) {
            day = wanted; /* the rules have judged it */
        }
        arm->sessions[arm->session_count] = *like;
        arm->sessions[arm->session_count++].day = (double)(day - l->out->follow.start);
    }
}

static void make_saline(const struct en_forecast_arm *plan, struct en_forecast_arm *saline)
{
    saline->session_count = plan->session_count;
    for (size_t s = 0; s < plan->session_count; s++) {
        saline->sessions[s] = plan->sessions[s];
        saline->sessions[s].dextrose_percent = 0.0;
    }
}

/* From today on. What the injections brought by themselves goes on in every arm. */
static void fill_now(struct looking *l)
{
    struct en_forecast_arm *arms = l->now.arms;
    const struct en_dose like = arms[ARM_PLAN].sessions[0];

    fill_rest(l, &like, &arms[ARM_PLAN]);
    make_saline(&arms[ARM_PLAN], &arms[ARM_SALINE]);
    arms[ARM_EXERCISE].context = EN_CONTEXT_BOTH;
    arms[ARM_NONE].context = EN_CONTEXT_INJECTION;
    l->now.followup = l->out->follow.followup;
    l->out->sessions_left = (int)arms[ARM_PLAN].session_count;
}

/* From day 0 on: the sessions as they were given, then the rest of the plan. */
static void fill_before(struct looking *l)
{
    const struct en_followup *f = &l->out->follow.followup;
    struct en_forecast_arm *plan = &l->before.arms[ARM_PLAN];

    *plan = l->now.arms[ARM_PLAN];
    plan->session_count = 0;
    for (size_t s = 0; s < f->given_count; s++) {
        plan->sessions[plan->session_count++] = f->given[s];
    }
    for (size_t s = 0; s < l->now.arms[ARM_PLAN].session_count; s++) {
        plan->sessions[plan->session_count++] = l->now.arms[ARM_PLAN].sessions[s];
    }
    make_saline(plan, &l->before.arms[ARM_SALINE]);
}

/* Weeks */

void en_app_insert_week(struct en_forecast_request *q, double week)
{
    size_t at = q->week_count;

    for (size_t w = 0; w < q->week_count; w++) {
        if (q->weeks[w] == week) { /* both whole numbers, or the same row of the table */
            return;
        }
    }
    if (q->week_count == EN_FORECAST_WEEKS_MAX) {
        return;
    }
    for (; at > 0 && q->weeks[at - 1] > week; at--) {
        q->weeks[at] = q->weeks[at - 1];
    }
    q->weeks[at] = week;
    q->week_count++;
}

/* Two weeks apart or less: rows that say the same. */
static bool has_week_near(const struct en_forecast_request *q, double week)
{
    for (size_t w = 0; w < q->week_count; w++) {
        if (fabs(q->weeks[w] - week) <= 2.0) {
            return true;
        }
    }
    return false;
}

void en_app_weeks_to_come(struct en_forecast_request *q)
{
    static const double FROM_NOW[] = {4.0, 12.0, 26.0};
    const double today = q->followup.today;
    size_t kept = 0;

    for (size_t w = 0; w < q->week_count; w++) {
        if (q->weeks[w] * (double)DAYS_PER_WEEK > today) {
            q->weeks[kept++] = q->weeks[w];
        }
    }
    q->week_count = kept;
    for (size_t i = 0; kept < WEEKS_LEFT_MIN && i < EN_COUNT(FROM_NOW); i++) {
        const double week = ceil(today / (double)DAYS_PER_WEEK) + FROM_NOW[i];

        if (!has_week_near(q, week)) {
            en_app_insert_week(q, week);
        }
    }
}

/* The population's forecast gets all weeks, so that both can stand side by side. */
static void fill_weeks(struct looking *l)
{
    en_app_weeks_to_come(&l->now);
    for (size_t w = 0; w < l->now.week_count; w++) {
        en_app_insert_week(&l->before, l->now.weeks[w]);
    }
}

/* Goals */

static void add_goal(struct en_forecast_request *q, enum en_outcome outcome, double at_most)
{
    if (q->goal_count < EN_GOALS_MAX && at_most >= 0.0) { /* NAN: the baseline is not known */
        q->goals[q->goal_count++] = (struct en_goal){outcome, at_most};
    }
}

/* The patient's own, else: half the pain, and the important change of pain and of function. */
static void fill_goals(const struct looking *l, struct en_forecast_request *q)
{
    const double pain = q->person.baseline_nrs, function = q->person.baseline_function;

    q->goal_count = 0;
    for (size_t i = 0; i < l->request->goal_count && i < EN_GOALS_MAX; i++) {
        q->goals[q->goal_count++] = l->request->goals[i];
    }
    if (q->goal_count == 0) {
        add_goal(q, EN_OUTCOME_PAIN, 0.5 * pain);
        add_goal(q, EN_OUTCOME_PAIN, pain - q->mic_nrs);
        add_goal(q, EN_OUTCOME_FUNCTION, function - q->mic_function);
    }
}

/* The whole */

static enum en_status run(const struct en_forecast_request *q, struct en_arena *a,
                          struct en_forecast **out, struct en_err *err)
{
    *out = EN_NEW(a, struct en_forecast, 1);
    if (*out == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the forecast");
    }
    return en_forecast_run(q, a, *out, err);
}

/* First week of the largest information; NAN when no score teaches anything. It is of the pain
 * of the last week, so a score of that week itself comes too late. */
static double next_score_week(const struct en_forecast *f)
{
    double most = 0.0, week = NAN;

    for (size_t w = 0; w + 1 < f->request.week_count; w++) {
        if (f->information[w] > most) {
            most = f->information[w];
            week = f->request.weeks[w];
        }
    }
    return week;
}

static enum en_status make_requests(struct looking *l, struct en_arena *a, struct en_err *err)
{
    const struct en_follow *follow = &l->out->follow;
    const struct en_forecast_person *person = &l->now.person;
    struct en_posterior *posterior = EN_NEW(a, struct en_posterior, 1);

    if (posterior == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the posterior");
    }
    EN_TRY(en_app_forecast_request(l->app, &l->out->answer.c, &l->out->answer.plan,
                                   &l->request->plan, a, &l->now, err));
    EN_TRY(en_app_posterior(l->app, a, posterior, err));
    l->now.posterior = posterior;
    l->now.worthwhile_nrs = en_limit(l->app->knowledge, "forecast.worthwhile_nrs");
    l->before = l->now;
    l->out->sessions_left = (int)l->now.arms[ARM_PLAN].session_count - (begins_today(l) ? 1 : 0);
    if (has_begun(l)) {
        l->now.person.baseline_nrs = follow->baseline_nrs;
        l->now.person.baseline_function = follow->baseline_function;
        l->before.person = *person;
        fill_now(l);
        fill_before(l);
        fill_weeks(l);
    }
    fill_goals(l, &l->now);
    fill_goals(l, &l->before);
    return EN_OK;
}

/* Whether nothing but what is not known yet keeps the plan from being issued. */
static bool is_undecided(const struct looking *l)
{
    return l->request->also_undecided &&
           l->out->answer.assessment.verdict == EN_VERDICT_UNDECIDED &&
           l->out->answer.plan.site_count > 0;
}

static enum en_status look(struct looking *l, const struct en_case *c, struct en_arena *a,
                           struct en_err *err)
{
    struct en_outlook *out = l->out;
    struct en_plan_request plan = l->request->plan;

    plan.without_forecast = true;
    EN_TRY(en_app_plan(l->app, c, &plan, a, &out->answer, err));
    if (!out->answer.is_issued && !is_undecided(l)) {
        return EN_OK;
    }
    EN_TRY(
        en_app_follow(l->app, c, &out->answer.plan, l->request->as_planned, a, &out->follow, err));
    if (l->request->plan.without_forecast) {
        return EN_OK;
    }
    EN_TRY(make_requests(l, a, err));
    if (has_begun(l)) {
        EN_TRY(run(&l->now, a, &out->now, err));
        out->before = out->now;
    }
    if (!has_begun(l) || !l->request->without_before) {
        EN_TRY(run(&l->before, a, &out->before, err));
    }
    out->now = has_begun(l) ? out->now : out->before;
    out->answer.forecast = out->now;
    out->next_score_week = next_score_week(out->now);
    return EN_OK;
}

enum en_status en_app_outlook(const struct en_app *app, const struct en_case *c,
                              const struct en_outlook_request *request, struct en_arena *a,
                              struct en_outlook *out, struct en_err *err)
{
    struct looking *l = EN_NEW(a, struct looking, 1); /* two requests: large for a stack */

    *out = (struct en_outlook){.follow.start = EN_DAY_UNKNOWN, .next_score_week = NAN};
    if (l == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the outlook");
    }
    *l = (struct looking){.app = app, .request = request, .out = out};
    const enum en_status st = look(l, c, a, err);

    if (st != EN_OK) { /* half an answer must never look like one that may be carried out */
        out->answer.is_issued = false;
        out->answer.forecast = out->before = out->now = NULL;
    }
    return st;
}
