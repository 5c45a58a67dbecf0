/* SPDX-License-Identifier: Apache-2.0 */
#include "server/session_sheet.h"

#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/audit.h"
#include "server/plan_problem.h"
#include "server/sign.h"

#include <assert.h>
#include <string.h>

static const struct en_op_rule RULES[] = {
    {"plan", EN_PARAMETER_VALUE, "id of the CarePlan; default: the newest"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};

static const struct en_operation SHEET = {"session", RULES, false, NULL,
                                          "what a session is led by"};

/* The plan */

/* What is asked: "target=1&sites=KNE-01; KNE-02", as operate_store keeps it. */
static enum en_status read_parameters(struct en_operate *o, const char *text)
{
    struct en_op_parameters *p = &o->p;

    p->count = 0;
    for (const char *at = text; at != NULL && *at != '\0';) {
        const size_t size = strcspn(at, "&"), name = strcspn(at, "=&");

        if (p->count == EN_PARAMETERS_MAX) {
            return en_fail(o->err, EN_ELIMIT, "the plan has more than %d parameters",
                           (int)EN_PARAMETERS_MAX);
        }
        struct en_op_parameter *one = &p->items[p->count++];

        one->name = en_arena_copy(o->rq->arena, at, name);
        one->text =
            en_arena_copy(o->rq->arena, at + name + (name < size), size - name - (name < size));
        if (one->name == NULL || one->text == NULL) {
            return en_fail(o->err, EN_ENOMEM, "no memory for the plan's parameters");
        }
        at += size + (at[size] == '&' ? 1 : 0);
    }
    return EN_OK;
}

static bool is_usable(const char *status)
{
    return en_list_has("active; draft", status == NULL ? "" : status);
}

/* An approved plan goes before a draft, then the newer one. */
static bool is_better(const struct en_version *a, const char *status, const struct en_version *best,
                      const char *best_status)
{
    const bool is_active = en_text_equal(status, "active");

    if (best == NULL || is_active != en_text_equal(best_status, "active")) {
        return best == NULL || is_active;
    }
    return a->updated_us > best->updated_us;
}

static enum en_status find_plan(struct en_session_sheet *s, struct en_tx *tx, const char *wanted,
                                struct en_err *err)
{
    struct en_arena *a = s->o->rq->arena;
    const struct en_record_request rq = {.params = s->o->server->params, .patient = s->o->patient};
    struct en_versions found = {0};
    const struct en_version *best = NULL;

    EN_TRY(en_tx_record_type(tx, &rq, "CarePlan", a, &found, err));
    for (size_t i = 0; i < found.count; i++) {
        const struct en_version *v = &found.items[i];
        struct json_object *tree = json_tokener_parse(v->body);
        const char *status = en_json_text(tree, "status");

        if (wanted == NULL ? is_usable(status) && is_better(v, status, best, s->plan_status)
                           : en_text_equal(v->id, wanted)) {
            best = v;
            s->plan_status = status == NULL ? "" : en_arena_copy(a, status, SIZE_MAX);
            s->condition = en_plan_condition(tree, a);
        }
        (void)json_object_put(tree);
    }
    s->plan = best == NULL ? NULL : best->id;
    return EN_OK;
}

/* Who approved it, as a Practitioner of this server. */
static const char *approver_of(struct en_session_sheet *s, struct json_object *provenance)
{
    struct json_object *agents = en_json_get(provenance, "agent");
    struct en_ruling c = {.a = s->o->rq->arena};
    const char *id = NULL;

    for (size_t i = 0; i < en_json_count(agents) && id == NULL; i++) {
        id = en_session_target(&c, en_json_get(en_json_at(agents, i), "who"), "Practitioner");
    }
    return id;
}

/* The parameters stand in the Provenance of $plan, who will inject in that of $approve. */
static enum en_status find_origin(struct en_session_sheet *s, struct en_tx *tx, struct en_err *err)
{
    struct en_arena *a = s->o->rq->arena;
    const struct en_search_param *target =
        en_search_param_find(s->o->server->params, "Provenance", "target");
    struct en_versions found = {0};

    assert(target != NULL);
    EN_TRY(en_tx_find(tx, target, "CarePlan", s->plan, a, &found, err));
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);
        struct json_object *activity = en_json_get(tree, "activity");
        const char *text = en_json_text(activity, "text");

        if (s->parameters == NULL && en_concept_has(activity, EN_OPERATION_SYSTEM, "plan")) {
            s->parameters = en_arena_copy(a, text == NULL ? "" : text, SIZE_MAX);
        }
        if (s->operator_id == NULL && en_json_count(en_json_get(tree, "signature")) > 0) {
            s->operator_id = approver_of(s, tree);
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

static enum en_status find_consent(struct en_session_sheet *s, struct en_tx *tx, struct en_err *err)
{
    struct en_arena *a = s->o->rq->arena;
    const struct en_record_request rq = {.params = s->o->server->params, .patient = s->o->patient};
    struct en_versions found = {0};

    EN_TRY(en_tx_record_type(tx, &rq, "Consent", a, &found, err));
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);
        const char *date = en_json_text(tree, "dateTime");

        if (en_session_is_consent(tree, s->o->rq->now_us)) {
            s->consent = found.items[i].id;
            s->consent_date = date == NULL ? "" : en_arena_copy(a, date, SIZE_MAX);
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

/* The rules ask whether the operator may treat the region: an assistant prepares for whoever
 * approved the plan. */
static enum en_status read_record(struct en_session_sheet *s, struct en_tx *tx, struct en_err *err)
{
    struct en_operate *o = s->o;
    const bool is_operator = o->rq->caller.role != EN_ROLE_ASSISTANT;
    const struct en_record_request request = {
        .params = o->server->params,
        .patient = o->patient,
        .practitioner = is_operator ? o->rq->caller.practitioner : s->operator_id,
        .today = o->app.today,
    };

    return en_tx_record(tx, &request, o->rq->arena, &o->record, err);
}

static enum en_status find_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_session_sheet *s = context;

    EN_TRY(find_plan(s, tx, en_op_parameter(&s->o->p, "plan"), err));
    EN_TRY(s->plan == NULL ? EN_OK : find_origin(s, tx, err));
    EN_TRY(find_consent(s, tx, err));
    EN_TRY(en_session_sheet_read_last(s, tx, err));
    return read_record(s, tx, err);
}

/* The plan as it is today: its first session is now. */
static enum en_status make_plan(struct en_session_sheet *s)
{
    struct en_operate *o = s->o;
    const struct en_care care = {o->app.knowledge, o->app.today};
    struct en_plan_request request;
    struct en_fact *facts = NULL;

    s->answer = EN_NEW(o->rq->arena, struct en_plan_answer, 1);
    if (s->answer == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a session");
    }
    EN_TRY(read_parameters(o, s->parameters));
    EN_TRY(en_plan_take_target(&o->p, &o->record, &o->c, s->condition, o->rq->arena, o->err));
    s->parameters = s->parameters == NULL ? NULL : en_op_parameters_text(&o->p, o->rq->arena);
    EN_TRY(en_asked_plan(&o->app, &o->asked, &o->c, o->rq->arena, &request, o->err));
    request.without_forecast = true;
    request.options.start = o->app.today;
    EN_TRY(en_app_plan(&o->app, &o->c, &request, o->rq->arena, s->answer, o->err));
    EN_TRY(en_derive_facts(&care, &o->c, NULL, NULL, o->rq->arena, &facts, o->err));
    s->facts = facts;
    return EN_OK;
}

/* The way of a request */

static enum en_status answer(struct en_session_sheet *s)
{
    struct en_operate *o = s->o;
    const struct en_audit audit = {
        .action = 'R',
        .subtype = "session",
        .patient = o->patient,
        .entity_type = "Patient",
        .entity_id = o->patient,
    };

    EN_TRY(make_plan(s));
    EN_TRY(en_server_audit(o->server, o->rq, audit, o->err));
    o->rs->content_type = "application/json; charset=utf-8";
    return en_session_sheet_write(s, &o->rs->body);
}

static enum en_status sheet(struct en_server *server, const struct en_http_request *rq,
                            struct en_http_response *rs, struct en_err *err)
{
    struct en_operate *o = EN_NEW(rq->arena, struct en_operate, 1);
    struct en_session_sheet s = {.o = o};
    bool is_refused = false;

    if (o == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a session");
    }
    *o = (struct en_operate){.server = server,
                             .rq = rq,
                             .rs = rs,
                             .err = err,
                             .operation = &SHEET,
                             .app = en_server_app(server, rq),
                             .patient = rq->args[0]};
    o->asked = en_op_parameters_asked(&o->p);
    EN_TRY(en_op_parameters_read(rq, RULES, NULL, &o->p, rs, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    EN_TRY(en_store_read(server->store, find_work, &s, err));
    if (s.plan == NULL && en_op_parameter(&o->p, "plan") != NULL) {
        return en_refuse(rs, 404, "not-found", "no such CarePlan of this patient");
    }
    EN_TRY(en_operate_case(o, o->record.bundle, o->record.size, &is_refused));
    return is_refused ? EN_OK : answer(&s);
}

const struct en_route EN_ROUTES_SESSION[] = {
    {EN_GET, "/clinic/session/{}", EN_RIGHT_RECORD, sheet, 0,
     "what a patient's session of today is led by: plan, mixes, checklist, limits, emergency "
     "cards"},
    {EN_POST, "/clinic/session/{}/totals", EN_RIGHT_RECORD, en_session_totals, 0,
     "running totals of a session (Procedure) with what is about to be given, and what would "
     "refuse "
     "it; nothing is stored"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
