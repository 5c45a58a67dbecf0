/* SPDX-License-Identifier: Apache-2.0
 * server/operate_case: the operations on a case, with the names and meanings of the command line.
 * */
#include "server/document.h"

#include "base/text.h"
#include "fhir/result.h"

#define COMMON_RULES                                                                               \
    {"store", EN_PARAMETER_VALUE, "false: answer without keeping the results"},                    \
        {"today", EN_PARAMETER_VALUE, "day of the decision; only for a case in the body"},         \
    {                                                                                              \
        "resource", EN_PARAMETER_RESOURCE, "the case, a Bundle; not on a stored patient"           \
    }

#define END_RULE                                                                                   \
    {                                                                                              \
        NULL, EN_PARAMETER_VALUE, NULL                                                             \
    }

static const struct en_op_rule ASSESS_RULES[] = {
    COMMON_RULES,
    EN_PLAN_RULES,
    {"draft", EN_PARAMETER_RESOURCE,
     "of a stored patient: a Bundle of what is being written, as if it were stored; nothing is"},
    END_RULE};

static const struct en_op_rule DECIDE_RULES[] = {
    COMMON_RULES,
    EN_PLAN_RULES,
    {"optimise", EN_PARAMETER_SWITCH, "compare plans, exercise and nothing"},
    {"max-sessions", EN_PARAMETER_VALUE, "with optimise: plans of at most so many sessions"},
    {"max-dextrose", EN_PARAMETER_VALUE, "with optimise: no stronger dextrose at any site"},
    {"no-exercise", EN_PARAMETER_SWITCH, "with optimise: compare without exercise"},
    {"as-planned", EN_PARAMETER_SWITCH, "sessions without volume or dextrose were as planned"},
    END_RULE,
};

static const struct en_op_rule FORECAST_RULES[] = {
    COMMON_RULES,
    EN_PLAN_RULES,
    {"goal", EN_PARAMETER_REPEATED, "a score to reach, \"pain<=3\""},
    {"as-planned", EN_PARAMETER_SWITCH, "sessions without volume or dextrose were as planned"},
    END_RULE,
};

static const struct en_op_rule REVIEW_RULES[] = {
    COMMON_RULES,
    EN_PLAN_RULES,
    {"as-planned", EN_PARAMETER_SWITCH, "sessions without volume or dextrose were as planned"},
    END_RULE,
};

static const struct en_op_rule TRIAGE_RULES[] = {COMMON_RULES, END_RULE};

static const struct en_op_rule DOCUMENT_RULES[] = {
    COMMON_RULES,
    {"type", EN_PARAMETER_VALUE,
     "consent, leaflet, aftercare, plan, forecast, note or letter; without it: which can be made"},
    {"session", EN_PARAMETER_VALUE, "note: id of the session's Procedure; default: the newest"},
    {"plan", EN_PARAMETER_VALUE, "id of a stored CarePlan: with its choices and days"},
    {"issued", EN_PARAMETER_VALUE, "id of a DocumentReference: that document as it was issued"},
    EN_PLAN_RULES,
    {"goal", EN_PARAMETER_REPEATED, "forecast: a score to reach, \"pain<=3\""},
    {"as-planned", EN_PARAMETER_SWITCH, "sessions without volume or dextrose were as planned"},
    END_RULE,
};

static bool is_on(const struct en_operate *o, const char *name)
{
    return en_op_parameter(&o->p, name) != NULL;
}

/* Virtual patients of one request: more belongs to the command line. */
enum { PATIENTS_MAX = 20000 };

enum en_status en_operate_plan(const struct en_operate *o, struct en_plan_request *out)
{
    EN_TRY(en_asked_plan(&o->app, &o->asked, &o->c, o->rq->arena, out, o->err));
    if (out->patients > PATIENTS_MAX) {
        return en_fail(o->err, EN_EINVAL, "patients: at most %d in a request", (int)PATIENTS_MAX);
    }
    return EN_OK;
}

/* An assessment asks whether an injection on this day is right; a plan moves its first session to
 * a day that the schedule allows. */
static enum en_status run_assess(struct en_operate *o, struct en_buf *json)
{
    struct en_plan_answer *answer = EN_NEW(o->rq->arena, struct en_plan_answer, 1);
    struct en_plan_request request;

    if (answer == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for an assessment");
    }
    EN_TRY(en_operate_plan(o, &request));
    request.without_forecast = true;
    if (request.options.start == EN_DAY_UNKNOWN) {
        request.options.start = o->app.today;
    }
    EN_TRY(en_app_plan(&o->app, &o->c, &request, o->rq->arena, answer, o->err));
    answer->is_issued = false; /* the verdict alone */
    return en_app_plan_bundle(&o->app, answer, o->rq->arena, json, o->err);
}

static enum en_status check_optimise(const struct en_operate *o)
{
    static const char *const NEED[] = {"max-sessions", "max-dextrose", "no-exercise", "as-planned"};

    for (size_t i = 0; i < EN_COUNT(NEED); i++) {
        if (!is_on(o, "optimise") && is_on(o, NEED[i])) {
            return en_fail(o->err, EN_EINVAL, "%s goes with optimise", NEED[i]);
        }
    }
    return EN_OK;
}

static enum en_status run_optimise(struct en_operate *o, struct en_buf *json)
{
    struct en_optimise *answer = EN_NEW(o->rq->arena, struct en_optimise, 1);
    struct en_optimise_request request = {.as_planned = is_on(o, "as-planned")};

    if (answer == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for the search");
    }
    EN_TRY(en_operate_plan(o, &request.plan));
    EN_TRY(en_asked_limits(&o->asked, &request.limits, o->err));
    EN_TRY(en_app_optimise(&o->app, &o->c, &request, o->rq->arena, answer, o->err));
    return en_app_optimise_bundle(&o->app, answer, o->rq->arena, json, o->err);
}

static enum en_status run_plan(struct en_operate *o, struct en_buf *json)
{
    struct en_plan_answer *answer = EN_NEW(o->rq->arena, struct en_plan_answer, 1);
    struct en_plan_request request;

    if (answer == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a plan");
    }
    EN_TRY(check_optimise(o));
    if (is_on(o, "optimise")) {
        return run_optimise(o, json);
    }
    EN_TRY(en_operate_plan(o, &request));
    EN_TRY(en_app_plan(&o->app, &o->c, &request, o->rq->arena, answer, o->err));
    return en_app_plan_bundle(&o->app, answer, o->rq->arena, json, o->err);
}

static enum en_status run_forecast(struct en_operate *o, struct en_buf *json)
{
    struct en_outlook *outlook = EN_NEW(o->rq->arena, struct en_outlook, 1);
    struct en_outlook_request request = {.as_planned = is_on(o, "as-planned")};

    if (outlook == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a forecast");
    }
    EN_TRY(en_operate_plan(o, &request.plan));
    EN_TRY(en_asked_goals(&o->asked, &request, o->err));
    EN_TRY(en_app_outlook(&o->app, &o->c, &request, o->rq->arena, outlook, o->err));
    return en_app_outlook_bundle(&o->app, outlook, o->rq->arena, json, o->err);
}

static enum en_status run_review(struct en_operate *o, struct en_buf *json)
{
    struct en_review_answer *answer = EN_NEW(o->rq->arena, struct en_review_answer, 1);
    struct en_outlook_request request = {.as_planned = is_on(o, "as-planned"),
                                         .also_undecided = true};
    const struct en_care care = {o->app.knowledge, o->app.today};

    if (answer == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a review");
    }
    EN_TRY(en_operate_plan(o, &request.plan));
    EN_TRY(en_app_review(&o->app, &o->c, &request, o->rq->arena, answer, o->err));
    return en_fhir_write_review(&care, &o->c, &answer->care, answer->advice, answer->reason, json,
                                o->err);
}

static enum en_status run_triage(struct en_operate *o, struct en_buf *json)
{
    const struct en_care care = {o->app.knowledge, o->app.today};
    struct en_triage triage;

    EN_TRY(en_triage_run(&care, &o->c, o->rq->arena, &triage, o->err));
    return en_fhir_write_triage(&care, &o->c, &triage, json, o->err);
}

const struct en_operation EN_OPERATIONS[] = {
    {"$assess", ASSESS_RULES, false, run_assess,
     "the verdict alone: rules that fired or are unknown, what to ask next, evidence"},
    {"$plan", DECIDE_RULES, true, run_plan,
     "judge a case and, when it may be treated, plan it; with optimise compare plans"},
    {"$forecast", FORECAST_RULES, true, run_forecast,
     "what was expected before, and what the record since then says of this patient"},
    {"$review", REVIEW_RULES, true, run_review,
     "is it working: continue, adjust, re-diagnose, stop, maintain"},
    {"$triage", TRIAGE_RULES, false, run_triage,
     "symptoms after a session: how urgent, what to do, whom to call"},
    {"$document", DOCUMENT_RULES, true, en_document_run,
     "a document as JSON blocks or (`_format=application/pdf`) as a PDF; by POST it is issued and "
     "kept as it is. Only on a stored patient"},
    {NULL, NULL, false, NULL, NULL},
};
