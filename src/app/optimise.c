/* SPDX-License-Identifier: Apache-2.0 */
#include "app/optimise.h"

#include "app/posterior_file.h"
#include "app/request.h"
#include "base/text.h"

#include <math.h>

struct optimising {
    const struct en_app *app;
    const struct en_optimise_request *request;
    struct en_optimise *out;
};

static bool has_begun(const struct optimising *o)
{
    return !en_followup_is_empty(&o->out->follow.followup);
}

/* --- options ---------------------------------------------------------------------------------- */

/* Day 0 is the first session of the course, else that of the plan. */
static void fill_arm(const struct optimising *o, const struct en_candidate *c,
                     struct en_forecast_arm *arm)
{
    const struct en_knowledge *k = o->app->knowledge;
    const bool is_plan = c->kind == EN_CANDIDATE_PLAN;

    *arm = (struct en_forecast_arm){
        .id = is_plan           ? "plan"
              : c->has_exercise ? "exercise"
                                : "none",
        .rehabilitation = c->has_exercise ? en_limit(k, "forecast.exercise_load") : 1.0,
        .context = c->has_exercise ? EN_CONTEXT_EXERCISE : EN_CONTEXT_NONE,
    };
    if (is_plan || has_begun(o)) {
        arm->context = c->has_exercise ? EN_CONTEXT_BOTH : EN_CONTEXT_INJECTION;
    }
    if (!is_plan) {
        return;
    }
    const struct en_dose dose = en_app_dose(k, c->plan, o->out->candidates.usual);
    const en_day start = has_begun(o) ? o->out->follow.start : c->plan->sessions[0].day;

    for (size_t i = 0; i < c->plan->session_count && i < EN_FORECAST_SESSIONS_MAX; i++) {
        arm->sessions[i] = dose;
        arm->sessions[i].day = (double)(c->plan->sessions[i].day - start);
        arm->session_count = i + 1;
    }
}

/* What the clinic's table says of one session; NAN when it holds no amount. */
static double session_cost(const struct en_plan *plan)
{
    double sum = NAN;

    for (size_t i = 0; i < plan->cost_count; i++) {
        const double amount = en_cell_number(plan->costs[i], "amount");

        if (en_text_equal(en_cell(plan->costs[i], "unit"), "session") && !isnan(amount)) {
            sum = isnan(sum) ? amount : sum + amount;
        }
    }
    return sum;
}

static bool is_guided(const struct en_plan *plan)
{
    for (size_t i = 0; i < plan->site_count; i++) {
        if (!en_text_equal(plan->sites[i].guidance, "LM")) {
            return true;
        }
    }
    return false;
}

static void fill_option(const struct optimising *o, const struct en_candidate *c,
                        struct en_search_option *option)
{
    const struct en_knowledge *k = o->app->knowledge;
    const double sessions = (double)c->sessions;

    *option = (struct en_search_option){.cost = 0.0};
    fill_arm(o, c, &option->arm);
    if (c->has_exercise) {
        option->other_burden += en_limit(k, "forecast.burden_exercise");
    }
    if (c->kind != EN_CANDIDATE_PLAN) {
        return;
    }
    option->serious_harm = fmin(sessions * c->serious_harm, 1.0);
    option->serious_harm = isnan(c->serious_harm) ? NAN : option->serious_harm;
    option->cost = sessions * session_cost(c->plan);
    option->other_burden +=
        is_guided(c->plan) ? sessions * en_limit(k, "forecast.burden_guidance") : 0.0;
    o->out->has_cost |= !isnan(option->cost);
}

static enum en_status fill_options(struct optimising *o, struct en_arena *a, struct en_err *err)
{
    struct en_optimise *out = o->out;
    const size_t count = out->candidates.count;

    out->options = EN_NEW(a, struct en_search_option, count);
    if (out->options == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for %zu plans", count);
    }
    for (size_t i = 0; i < count; i++) {
        fill_option(o, &out->candidates.items[i], &out->options[i]);
    }
    return EN_OK;
}

/* --- the question ----------------------------------------------------------------------------- */

static size_t patients_of(const struct optimising *o)
{
    const size_t wanted = o->request->plan.patients;

    if (wanted == 0) {
        return EN_APP_SEARCH_PATIENTS;
    }
    return wanted < EN_SEARCH_PATIENTS_MIN   ? EN_SEARCH_PATIENTS_MIN
           : wanted > EN_SEARCH_PATIENTS_MAX ? EN_SEARCH_PATIENTS_MAX
                                             : wanted;
}

/* An important change of the reported pain, where the baseline is known and high enough. */
static void add_goal(struct en_forecast_request *q)
{
    const double at_most = q->person.baseline_nrs - q->mic_nrs;

    if (at_most >= 0.0) {
        q->goals[0] = (struct en_goal){EN_OUTCOME_PAIN, at_most};
        q->goal_count = 1;
    }
}

static enum en_status ask(struct optimising *o, struct en_arena *a, struct en_err *err)
{
    const struct en_knowledge *k = o->app->knowledge;
    struct en_optimise *out = o->out;
    struct en_search_request *q = &out->question;
    struct en_posterior *posterior = EN_NEW(a, struct en_posterior, 1);

    if (posterior == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the posterior");
    }
    *q = (struct en_search_request){
        .options = out->options,
        .option_count = out->candidates.count,
        .burden = {.per_session = en_limit(k, "forecast.burden_session"),
                   .per_flare_day = en_limit(k, "forecast.burden_flare_day"),
                   .per_serious_harm = en_limit(k, "forecast.burden_serious_harm"),
                   .per_cost = en_limit(k, "forecast.burden_cost")},
        .same = en_limit(k, "forecast.same_benefit"),
        .doubt = en_limit(k, "forecast.search_doubt"),
    };
    EN_TRY(en_app_forecast_request(o->app, &out->answer.c, out->candidates.usual, &o->request->plan,
                                   a, &q->base, err));
    EN_TRY(en_app_posterior(o->app, a, posterior, err));
    q->base.posterior = posterior;
    q->base.patients = patients_of(o);
    if (has_begun(o)) {
        q->base.followup = out->follow.followup;
        q->base.person.baseline_nrs = out->follow.baseline_nrs;
        q->base.person.baseline_function = out->follow.baseline_function;
        en_app_weeks_to_come(&q->base);
    }
    add_goal(&q->base);
    out->has_condition_data = en_posterior_condition(posterior, q->base.condition) >= 0;
    return en_search_run(q, a, &out->search, err);
}

/* What the injections bring without the dextrose. */
static enum en_status ask_saline(struct optimising *o, struct en_arena *a, struct en_err *err)
{
    struct en_optimise *out = o->out;
    const size_t preferred = out->search.preferred;
    const size_t first_plan = o->request->limits.without_exercise ? 1 : 2;
    struct en_search_option options[2];
    struct en_search_request q = out->question;
    struct en_search found;

    out->saline_of =
        out->candidates.items[preferred].kind == EN_CANDIDATE_PLAN ? preferred : first_plan;
    options[0] = out->options[q.reference];
    options[1] = out->options[out->saline_of];
    for (size_t i = 0; i < options[1].arm.session_count; i++) {
        options[1].arm.sessions[i].dextrose_percent = 0.0;
    }
    q.options = options;
    q.option_count = EN_COUNT(options);
    q.reference = 0;
    EN_TRY(en_search_run(&q, a, &found, err));
    out->saline = found.results[1];
    return EN_OK;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* The usual plan, judged as always: what is shown where no other is. */
static enum en_status judge_usual(struct optimising *o, const struct en_case *c, struct en_arena *a,
                                  struct en_err *err)
{
    struct en_plan_request request = o->request->plan;

    request.without_forecast = true;
    return en_app_plan(o->app, c, &request, a, &o->out->answer, err);
}

/* The preferred plan takes the place of the usual one; where none is preferred, none is issued. */
static enum en_status take_preferred(struct optimising *o, const struct en_case *c,
                                     struct en_arena *a, struct en_err *err)
{
    struct en_optimise *out = o->out;
    const struct en_candidate *preferred = &out->candidates.items[out->search.preferred];
    struct en_plan_request request = o->request->plan;

    out->answer.is_issued = false;
    if (preferred->kind != EN_CANDIDATE_PLAN) {
        return EN_OK;
    }
    request.options = preferred->options;
    request.without_forecast = true;
    return en_app_plan(o->app, c, &request, a, &out->answer, err);
}

static enum en_status optimise(struct optimising *o, const struct en_case *c, struct en_arena *a,
                               struct en_err *err)
{
    const struct en_care care = {o->app->knowledge, o->app->today};
    struct en_candidate_limits limits = o->request->limits;
    struct en_optimise *out = o->out;
    size_t first_plan;

    EN_TRY(judge_usual(o, c, a, err));
    if (out->answer.plan.condition == NULL || out->answer.plan.site_count == 0) {
        return EN_OK;
    }
    EN_TRY(
        en_app_follow(o->app, c, &out->answer.plan, o->request->as_planned, a, &out->follow, err));
    limits.sessions_given = (int)out->follow.followup.given_count;
    EN_TRY(
        en_candidates_make(&care, c, &o->request->plan.options, &limits, a, &out->candidates, err));
    first_plan = limits.without_exercise ? 1 : 2;
    if (out->candidates.usual == NULL || out->candidates.count == first_plan) {
        out->answer.is_issued = false;
        return EN_OK;
    }
    EN_TRY(fill_options(o, a, err));
    EN_TRY(ask(o, a, err));
    EN_TRY(ask_saline(o, a, err));
    return take_preferred(o, c, a, err);
}

enum en_status en_app_optimise(const struct en_app *app, const struct en_case *c,
                               const struct en_optimise_request *request, struct en_arena *a,
                               struct en_optimise *out, struct en_err *err)
{
    struct optimising o = {.app = app, .request = request, .out = out};

    *out = (struct en_optimise){.follow.start = EN_DAY_UNKNOWN};
    const enum en_status st = optimise(&o, c, a, err);

    if (st != EN_OK) { /* half an answer must never look like one that may be carried out */
        out->answer.is_issued = false;
        out->search = (struct en_search){.results = NULL};
    }
    return st;
}
