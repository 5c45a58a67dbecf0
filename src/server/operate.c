/* SPDX-License-Identifier: Apache-2.0 */
#include "server/operate.h"

#include "base/gate.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/apply.h"
#include "server/job_kinds.h"
#include "server/sign.h"

#include <stdlib.h>
#include <string.h>

/* Who comes while all places are taken waits so long [s]: a plan takes about a second. */
static const double WAIT_S = 5.0;

/* The case */

enum en_status en_operate_case(struct en_operate *o, const char *text, size_t size,
                               bool *is_refused)
{
    struct en_issues issues = {0};
    const enum en_status st =
        en_app_case(&o->app, text, size, o->rq->arena, &o->c, &issues, o->err);

    *is_refused = st == EN_EINVAL && issues.error_count > 0;
    return *is_refused ? en_refuse_issues(o->rs, 422, &issues, o->err) : st;
}

static enum en_status read_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_operate *o = context;
    const struct en_record_request request = {
        .params = o->server->params,
        .patient = o->patient,
        .practitioner = o->rq->caller.practitioner,
        .today = o->app.today,
        .draft = &o->draft,
    };

    return en_tx_record(tx, &request, o->rq->arena, &o->record, err);
}

/* One resource of the draft. */
static enum en_status take_draft(struct en_operate *o, struct json_object *resource)
{
    const char *type = en_json_text(resource, "resourceType"), *id = en_json_text(resource, "id");
    const char *text = json_object_to_json_string_ext(resource, JSON_C_TO_STRING_PLAIN);
    struct en_version *v = &o->draft.items[o->draft.count];

    *v = (struct en_version){
        .type = en_arena_copy(o->rq->arena, type == NULL ? "" : type, SIZE_MAX),
        .id = en_arena_copy(o->rq->arena, id == NULL ? "" : id, SIZE_MAX),
        .body = text == NULL ? NULL : en_arena_copy(o->rq->arena, text, SIZE_MAX),
    };
    if (v->type == NULL || v->id == NULL || v->body == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a draft");
    }
    v->size = strlen(v->body);
    o->draft.count++;
    return EN_OK;
}

/* The resources of the parameter "draft", a Bundle. What they say is checked with the case. */
static enum en_status read_draft(struct en_operate *o, bool *is_refused)
{
    struct json_object *root =
        o->p.resource == NULL ? NULL : json_tokener_parse(o->p.resource); /* the gate let it in */
    struct json_object *entries = en_json_get(root, "entry");
    const size_t count = en_json_count(entries);
    enum en_status st = EN_OK;

    *is_refused = root != NULL && (!en_text_equal(en_json_text(root, "resourceType"), "Bundle") ||
                                   count > EN_BUNDLE_ENTRIES_MAX);
    o->draft.items = EN_NEW(o->rq->arena, struct en_version, count + 1);
    if (*is_refused) {
        st = en_refuse(o->rs, 400, "structure",
                       "parameter \"draft\": must be a Bundle of at most %d entries",
                       (int)EN_BUNDLE_ENTRIES_MAX);
    } else if (o->draft.items == NULL) {
        st = en_fail(o->err, EN_ENOMEM, "no memory for a draft");
    }
    for (size_t i = 0; st == EN_OK && !*is_refused && i < count; i++) {
        struct json_object *resource = en_json_get(en_json_at(entries, i), "resource");

        *is_refused = resource == NULL;
        st = resource == NULL ? en_refuse(o->rs, 400, "required",
                                          "parameter \"draft\": each entry needs a resource")
                              : take_draft(o, resource);
    }
    (void)json_object_put(root);
    return st;
}

enum en_status en_operate_record(struct en_operate *o, bool *is_refused)
{
    EN_TRY(en_store_read(o->server->store, read_work, o, o->err));
    return en_operate_case(o, o->record.bundle, o->record.size, is_refused);
}

/* A place */

bool en_operate_enter(struct en_operate *o)
{
    if (en_gate_enter(en_jobs_gate(o->server->jobs), WAIT_S)) {
        return true;
    }
    en_http_add_header(o->rs, "Retry-After", "5");
    (void)en_refuse(o->rs, 503, "throttled",
                    "too many calculations run now; try again in some seconds");
    return false;
}

void en_operate_leave(struct en_operate *o)
{
    en_gate_leave(en_jobs_gate(o->server->jobs));
}

/* Audit */

struct en_audit en_operate_audit(const struct en_operate *o)
{
    const struct en_caller *c = &o->rq->caller;

    return (struct en_audit){
        .action = 'E',
        .subtype = o->operation->name,
        .agent = c->login,
        .role = en_role_name(c->role),
        .patient = o->patient,
        .entity_type = o->patient == NULL ? NULL : "Patient",
        .entity_id = o->patient,
        .detail = en_op_parameters_text(&o->p, o->rq->arena),
        .request = o->rq->id,
        .address = o->rq->address,
    };
}

bool en_operate_stores(const struct en_operate *o)
{
    static const char *const TYPES[] = {"GuidanceResponse", "DetectedIssue",  "Questionnaire",
                                        "CarePlan",         "ServiceRequest", "Goal",
                                        "RiskAssessment",   "Provenance",     "DocumentReference"};

    /* What comes of a draft is an answer to who writes, and never a result. */
    if (o->patient == NULL || o->rq->method != EN_POST || o->draft.count > 0 ||
        en_text_equal(en_op_parameter(&o->p, "store"), "false")) {
        return false;
    }
    for (size_t i = 0; i < EN_COUNT(TYPES); i++) {
        if (!en_may(&o->rq->caller, EN_DO_CREATE, TYPES[i])) {
            return false;
        }
    }
    return true;
}

/* The way of a request */

/* Calculate and answer; the case is there. */
static enum en_status run_and_answer(struct en_operate *o)
{
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    enum en_status st = o->operation->run(o, &json);

    if (st == EN_OK && o->rs->status < 400 && en_operate_stores(o)) {
        st = en_operate_store(o, &json, &o->rs->body);
    } else if (st == EN_OK) {
        const struct en_audit audit = en_operate_audit(o);

        st = en_store_audit(o->server->store, &audit, o->err);
        en_buf_add_bytes(&o->rs->body, en_buf_text(&json), json.size);
    }
    en_buf_free(&json);
    return st;
}

static enum en_status run(struct en_operate *o)
{
    if (!o->operation->is_heavy) {
        return run_and_answer(o);
    }
    if (!en_operate_enter(o)) {
        return EN_OK;
    }
    const enum en_status st = run_and_answer(o);

    en_operate_leave(o);
    return st;
}

/* The operation that the path ends with. */
static const struct en_operation *operation_of(const struct en_http_request *rq)
{
    const char *name = strrchr(rq->path, '/');

    for (const struct en_operation *x = EN_OPERATIONS; x->name != NULL; x++) {
        if (name != NULL && en_text_equal(x->name, name + 1)) {
            return x;
        }
    }
    return NULL;
}

/* `store` is a boolean; it is checked here, since it has three states. */
static bool is_store_wrong(const struct en_operate *o)
{
    const char *text = en_op_parameter(&o->p, "store");

    return text != NULL && !en_text_equal(text, "true") && !en_text_equal(text, "false");
}

static enum en_status start(struct en_operate *o, bool *is_refused)
{
    const char *type = o->patient == NULL ? "Bundle" : NULL;

    o->operation = operation_of(o->rq);
    if (o->operation == NULL) {
        return en_fail(o->err, EN_EBUG, "a route leads to no operation");
    }
    EN_TRY(
        en_op_parameters_read(o->rq, o->operation->rules, type, &o->p, o->rs, is_refused, o->err));
    if (*is_refused) {
        return EN_OK;
    }
    *is_refused = true;
    if (is_store_wrong(o)) {
        return en_refuse(o->rs, 400, "value", "parameter \"store\": must be true or false");
    }
    const bool is_draft = en_text_equal(o->p.resource_name, "draft");

    if (o->patient != NULL &&
        ((o->p.resource != NULL && !is_draft) || en_op_parameter(&o->p, "today") != NULL)) {
        return en_refuse(o->rs, 400, "not-supported",
                         "\"resource\" and \"today\" go with a case in the body, not with a stored "
                         "patient");
    }
    if (o->patient == NULL && is_draft) {
        return en_refuse(o->rs, 400, "not-supported",
                         "\"draft\" goes with a stored patient, not with a case in the body");
    }
    if (o->patient == NULL && o->p.resource == NULL) {
        return en_refuse(o->rs, 400, "required",
                         "the body must be the case: a Bundle, or Parameters with \"resource\"");
    }
    *is_refused = false;
    return en_asked_day(&o->asked, "today", &o->app.today, o->err);
}

static struct en_operate operate_of(struct en_server *s, const struct en_http_request *rq,
                                    struct en_http_response *rs, struct en_err *err)
{
    return (struct en_operate){
        .server = s, .rq = rq, .rs = rs, .err = err, .app = en_server_app(s, rq)};
}

static enum en_status on_patient(struct en_server *s, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    struct en_operate *o = EN_NEW(rq->arena, struct en_operate, 1);
    bool is_refused = false;

    if (o == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an operation");
    }
    *o = operate_of(s, rq, rs, err);
    o->asked = en_op_parameters_asked(&o->p);
    o->patient = rq->args[0];
    if (!en_may(&rq->caller, EN_DO_READ, "Patient") || en_must_deidentify(&rq->caller)) {
        return en_refuse(rs, 403, "forbidden", "a %s may not do this on a stored patient",
                         en_role_name(rq->caller.role));
    }
    if (rq->caller.patient != NULL && !en_text_equal(rq->caller.patient, o->patient)) {
        return en_refuse(rs, 404, "not-found", "no such Patient");
    }
    EN_TRY(start(o, &is_refused));
    if (!is_refused) {
        EN_TRY(read_draft(o, &is_refused));
    }
    if (!is_refused) {
        EN_TRY(en_operate_record(o, &is_refused));
    }
    return is_refused ? EN_OK : run(o);
}

static enum en_status on_bundle(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    struct en_operate *o = EN_NEW(rq->arena, struct en_operate, 1);
    bool is_refused = false;

    if (o == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an operation");
    }
    *o = operate_of(s, rq, rs, err);
    o->asked = en_op_parameters_asked(&o->p);
    EN_TRY(start(o, &is_refused));
    if (!is_refused) {
        EN_TRY(en_operate_case(o, o->p.resource, o->p.resource_size, &is_refused));
    }
    return is_refused ? EN_OK : run(o);
}

#define ON_CASE(name, help)                                                                        \
    {                                                                                              \
        EN_GET, "/fhir/Patient/{}/" name,  EN_RIGHT_DECIDE, on_patient,                            \
        0,      help "; nothing is stored"},                                                       \
        {EN_POST, "/fhir/Patient/{}/" name, EN_RIGHT_DECIDE, on_patient, 0, help},                 \
    {                                                                                              \
        EN_POST, "/fhir/" name, EN_RIGHT_DECIDE, on_bundle, EN_ROUTE_LARGE,                        \
            help ", of a case in the body"                                                         \
    }

const struct en_route EN_ROUTES_OPERATE[] = {
    ON_CASE("$assess", "the verdict: rules that fired or are unknown"),
    ON_CASE("$plan", "verdict, plan and forecast; compare plans"),
    ON_CASE("$forecast", "what was expected, and what the record since then says"),
    ON_CASE("$review", "continue, adjust, re-diagnose, stop, maintain"),
    ON_CASE("$triage", "how urgent symptoms after a session are"),
    {EN_GET, "/fhir/Patient/{}/$document", EN_RIGHT_DECIDE, on_patient, 0,
     "which documents there are; a document as JSON or PDF; nothing is stored"},
    {EN_POST, "/fhir/Patient/{}/$document", EN_RIGHT_DECIDE, on_patient, 0,
     "issue a document: it is kept as it is"},
    {EN_GET, "/fhir/$mix", EN_RIGHT_DECIDE, en_operate_mix, EN_ROUTE_UNAUDITED,
     "from stocks to a syringe"},
    {EN_POST, "/fhir/$mix", EN_RIGHT_DECIDE, en_operate_mix, EN_ROUTE_UNAUDITED,
     "from stocks to a syringe"},
    {EN_GET, "/fhir/PlanDefinition/{}/$apply", EN_RIGHT_DECIDE, en_apply, 0,
     "a protocol for a patient: one CarePlan"},
    {EN_POST, "/fhir/PlanDefinition/{}/$apply", EN_RIGHT_DECIDE, en_apply, 0,
     "a protocol for a patient: one CarePlan"},
    {EN_POST, "/fhir/Procedure/{}/$sign", EN_RIGHT_RECORD, en_sign_session, 0,
     "sign a session's note; it is locked then"},
    {EN_POST, "/fhir/Procedure/{}/$addendum", EN_RIGHT_RECORD, en_sign_addendum, 0,
     "add to a signed note"},
    {EN_POST, "/fhir/CarePlan/{}/$approve", EN_RIGHT_RECORD, en_approve_plan, 0,
     "approve a plan with password or code: it becomes active"},
    {EN_POST, "/fhir/$trial", EN_RIGHT_TRIAL, en_trial_start, EN_ROUTE_LARGE,
     "start a virtual trial; its answer comes later"},
    {EN_GET, "/jobs", EN_RIGHT_TRIAL, en_trial_list, EN_ROUTE_UNAUDITED,
     "the own virtual trials of the last day: name, state, specification"},
    {EN_GET, "/jobs/{}", EN_RIGHT_TRIAL, en_job_poll, EN_ROUTE_UNAUDITED,
     "how far a virtual trial is, and its answer"},
    {EN_DELETE, "/jobs/{}", EN_RIGHT_TRIAL, en_job_delete, EN_ROUTE_UNAUDITED,
     "end a virtual trial and forget its answer"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
