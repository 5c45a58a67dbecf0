/* SPDX-License-Identifier: Apache-2.0
 * server/console: what the screen of a plan shows: POST /clinic/plan/{} and its options. It reads;
 * nothing is stored but the entry of the audit trail. POST, so that what is chosen stands in no
 * address. */
#include "app/console.h"
#include "app/console_review.h"

#include "base/text.h"
#include "server/operate.h"

#define END_RULE                                                                                   \
    {                                                                                              \
        NULL, EN_PARAMETER_VALUE, NULL                                                             \
    }

static const struct en_op_rule PLAN_RULES[] = {
    EN_PLAN_RULES,
    {"without-forecast", EN_PARAMETER_SWITCH, "verdict, sites, mixes and dates alone: at once"},
    END_RULE,
};

static const struct en_op_rule OPTIONS_RULES[] = {
    EN_PLAN_RULES,
    {"max-sessions", EN_PARAMETER_VALUE, "plans of at most so many sessions"},
    {"max-dextrose", EN_PARAMETER_VALUE, "no stronger dextrose at any site"},
    {"no-exercise", EN_PARAMETER_SWITCH, "compare without exercise"},
    {"as-planned", EN_PARAMETER_SWITCH, "sessions without volume or dextrose were as planned"},
    END_RULE,
};

static const struct en_op_rule REVIEW_RULES[] = {
    EN_PLAN_RULES,
    END_RULE,
};

/* A page that has just been opened names no problem: the first is shown, with the list of all. */
static void choose_target(struct en_operate *o)
{
    if (o->c.target_count > 1 && en_op_parameter(&o->p, "target") == NULL &&
        o->p.count < EN_PARAMETERS_MAX) {
        o->p.items[o->p.count++] = (struct en_op_parameter){"target", "1"};
    }
}

static enum en_status run_plan(struct en_operate *o, struct en_buf *json)
{
    struct en_plan_answer *answer = EN_NEW(o->rq->arena, struct en_plan_answer, 1);
    struct en_plan_request request;

    if (answer == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a plan");
    }
    EN_TRY(en_operate_plan(o, &request));
    request.without_forecast = en_op_parameter(&o->p, "without-forecast") != NULL;
    EN_TRY(en_app_plan(&o->app, &o->c, &request, o->rq->arena, answer, o->err));
    return en_app_console(&o->app, answer, &request, o->rq->arena, json, o->err);
}

static enum en_status run_options(struct en_operate *o, struct en_buf *json)
{
    struct en_optimise *answer = EN_NEW(o->rq->arena, struct en_optimise, 1);
    struct en_optimise_request request = {.as_planned =
                                              en_op_parameter(&o->p, "as-planned") != NULL};

    if (answer == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for the search");
    }
    EN_TRY(en_operate_plan(o, &request.plan));
    EN_TRY(en_asked_limits(&o->asked, &request.limits, o->err));
    EN_TRY(en_app_optimise(&o->app, &o->c, &request, o->rq->arena, answer, o->err));
    return en_app_console_options(&o->app, answer, o->rq->arena, json, o->err);
}

/* A review is no session: what only the day of one can tell keeps no forecast away. A session that
 * was recorded without its amounts counts as planned; a note of the answer says so. */
static enum en_status run_review(struct en_operate *o, struct en_buf *json)
{
    struct en_outlook_request request = {
        .as_planned = true, .also_undecided = true, .without_ways = true, .with_before = true};

    EN_TRY(en_operate_plan(o, &request.plan));
    return en_app_console_review(&o->app, &o->c, &request, o->rq->arena, json, o->err);
}

static const struct en_operation PLAN = {"plan-console", PLAN_RULES, true, run_plan, ""};
static const struct en_operation OPTIONS = {"plan-options", OPTIONS_RULES, true, run_options, ""};

static const struct en_operation REVIEW = {"review-console", REVIEW_RULES, true, run_review, ""};

static enum en_status run(struct en_operate *o)
{
    const struct en_audit audit = en_operate_audit(o);

    choose_target(o);
    o->rs->content_type = "application/json; charset=utf-8";
    EN_TRY(o->operation->run(o, &o->rs->body));
    return en_store_audit(o->server->store, &audit, o->err);
}

/* A plan without its forecast takes milliseconds and needs no place among those who calculate. */
static enum en_status enter_and_run(struct en_operate *o)
{
    if (en_op_parameter(&o->p, "without-forecast") != NULL) {
        return run(o);
    }
    if (!en_operate_enter(o)) {
        return EN_OK;
    }
    const enum en_status st = run(o);

    en_operate_leave(o);
    return st;
}

static enum en_status answer(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, const struct en_operation *operation,
                             struct en_err *err)
{
    struct en_operate *o = EN_NEW(rq->arena, struct en_operate, 1);
    bool is_refused = false;

    if (o == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an operation");
    }
    *o = (struct en_operate){.server = s,
                             .rq = rq,
                             .rs = rs,
                             .err = err,
                             .operation = operation,
                             .app = en_server_app(s, rq),
                             .patient = rq->args[0]};
    o->asked = en_op_parameters_asked(&o->p);
    if (!en_may(&rq->caller, EN_DO_READ, "Patient") || en_must_deidentify(&rq->caller)) {
        return en_refuse(rs, 403, "forbidden", "a %s may not do this on a stored patient",
                         en_role_name(rq->caller.role));
    }
    if (rq->caller.patient != NULL && !en_text_equal(rq->caller.patient, o->patient)) {
        return en_refuse(rs, 404, "not-found", "no such Patient");
    }
    EN_TRY(en_op_parameters_read(rq, operation->rules, NULL, &o->p, rs, &is_refused, err));
    if (!is_refused) {
        EN_TRY(en_operate_record(o, &is_refused));
    }
    return is_refused ? EN_OK : enter_and_run(o);
}

static enum en_status on_plan(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    return answer(s, rq, rs, &PLAN, err);
}

static enum en_status on_options(struct en_server *s, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    return answer(s, rq, rs, &OPTIONS, err);
}

static enum en_status on_review(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    return answer(s, rq, rs, &REVIEW, err);
}

const struct en_route EN_ROUTES_CONSOLE[] = {
    {EN_POST, "/clinic/plan/{}", EN_RIGHT_DECIDE, on_plan, 0,
     "a plan with all that its screen shows, as plain JSON; nothing is stored"},
    {EN_POST, "/clinic/plan/{}/options", EN_RIGHT_DECIDE, on_options, 0,
     "plans to choose from: benefit beside burden, as plain JSON; nothing is stored"},
    {EN_POST, "/clinic/review/{}", EN_RIGHT_DECIDE, on_review, 0,
     "a review with all that its screen shows, as plain JSON; nothing is stored"},
    {0},
};
