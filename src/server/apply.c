/* SPDX-License-Identifier: Apache-2.0
 * server/apply: PlanDefinition/[id]/$apply: the protocol for this patient, made by the same
 * planner, as exactly one CarePlan (R4). It is a proposal: nothing is stored. */
#include "server/apply.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/links.h"
#include "fhir/systems.h"
#include "server/operate.h"
#include "server/protocols.h"

#include <string.h>

static const struct en_op_rule RULES[] = {
    {"subject", EN_PARAMETER_REPEATED, "the Patient; exactly one"},
    {"encounter", EN_PARAMETER_VALUE, "the Encounter in which it is decided"},
    {"practitioner", EN_PARAMETER_VALUE, "who decides"},
    {"organization", EN_PARAMETER_VALUE, "where; taken note of by nobody"},
    {"target", EN_PARAMETER_VALUE, "which problem of the patient, 1 is the first"},
    {"start", EN_PARAMETER_VALUE, "day of the first session"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};

static const struct en_operation APPLY = {"$apply", RULES, false, NULL, "a protocol for a patient"};

/* "Patient/x" or "x"; NULL: not one of this server. */
static const char *patient_of(const char *subject)
{
    static const char TYPE[] = "Patient/";

    if (subject == NULL) {
        return NULL;
    }
    if (en_text_starts(subject, TYPE)) {
        subject += sizeof TYPE - 1;
    }
    return subject[0] == '\0' || strchr(subject, '/') != NULL ? NULL : subject;
}

/* The plan as one resource */

struct folding {
    struct en_operate *o;
    struct json_object *bundle, *plan, *contained;
};

/* Within the CarePlan: the Patient of the store, else "#id" of what is contained. */
static const char *find_address(void *context, const char *address)
{
    const struct folding *f = context;
    struct json_object *entries = en_json_get(f->bundle, "entry");

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *entry = en_json_at(entries, i);
        struct json_object *resource = en_json_get(entry, "resource");

        if (en_text_equal(en_json_text(entry, "fullUrl"), address)) {
            return en_text_equal(en_json_text(resource, "resourceType"), "Patient")
                       ? en_arena_print(f->o->rq->arena, "Patient/%s", f->o->patient)
                       : en_arena_print(f->o->rq->arena, "#%s", en_json_text(resource, "id"));
        }
    }
    return NULL;
}

static bool never(void *context, const char *address)
{
    (void)context;
    (void)address;
    return false;
}

static enum en_status rewrite(struct folding *f)
{
    struct en_arena *a = f->o->rq->arena;
    struct en_link *links = NULL;
    size_t count = 0;

    EN_TRY(en_fhir_links(f->o->server->r4, f->plan, never, NULL, a, &links, &count, f->o->err));
    for (size_t i = 0; i < count; i++) {
        EN_TRY(en_link_set(&links[i], find_address, f, f->o->err));
    }
    return EN_OK;
}

static void add_text_item(struct json_object *object, const char *key, const char *text)
{
    struct json_object *list = json_object_new_array();

    (void)json_object_array_add(list, json_object_new_string(text));
    (void)json_object_object_add(object, key, list);
}

static void add_reference(struct json_object *object, const char *key, const char *type,
                          const char *id)
{
    struct json_object *reference = json_object_new_object();
    char text[128];

    if (id == NULL) {
        (void)json_object_put(reference);
        return;
    }
    (void)snprintf(text, sizeof text, "%s%s", strchr(id, '/') == NULL ? type : "", id);
    (void)json_object_object_add(reference, "reference", json_object_new_string(text));
    (void)json_object_object_add(object, key, reference);
}

/* Sessions and goals into the CarePlan. */
static void contain(struct folding *f)
{
    struct json_object *entries = en_json_get(f->bundle, "entry");

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *resource = en_json_get(en_json_at(entries, i), "resource");
        const char *type = en_json_text(resource, "resourceType");

        if (en_text_equal(type, "CarePlan")) {
            f->plan = resource;
        } else if (type != NULL && en_list_has("ServiceRequest; Goal", type)) {
            (void)json_object_array_add(f->contained, json_object_get(resource));
        }
    }
}

static enum en_status fold(struct folding *f, const char *url, struct en_buf *out)
{
    struct json_object *old = f->plan;
    struct json_object *whole = json_object_new_object();

    /* resourceType, id, contained, instantiatesCanonical first, then the rest as it was. */
    (void)json_object_object_add(whole, "resourceType", json_object_new_string("CarePlan"));
    (void)json_object_object_add(whole, "id", json_object_get(en_json_get(old, "id")));
    (void)json_object_object_add(whole, "contained", json_object_get(f->contained));
    add_text_item(whole, "instantiatesCanonical", url);
    json_object_object_foreach(old, key, value)
    {
        if (!en_text_equal(key, "resourceType") && !en_text_equal(key, "id")) {
            (void)json_object_object_add(whole, key, json_object_get(value));
        }
    }
    add_reference(whole, "encounter", "Encounter/", en_op_parameter(&f->o->p, "encounter"));
    add_reference(whole, "author", "Practitioner/", en_op_parameter(&f->o->p, "practitioner"));
    f->plan = whole;
    const enum en_status st = rewrite(f);

    en_buf_add(out, json_object_to_json_string_ext(whole, JSON_C_TO_STRING_PLAIN |
                                                              JSON_C_TO_STRING_NOSLASHESCAPE));
    (void)json_object_put(whole);
    return st;
}

static enum en_status write_plan(struct en_operate *o, const struct en_plan_answer *answer,
                                 const char *url)
{
    struct folding f = {.o = o, .contained = json_object_new_array()};
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};
    enum en_status st = en_app_plan_bundle(&o->app, answer, o->rq->arena, &json, o->err);

    if (st == EN_OK) {
        st = en_json_read(en_buf_text(&json), json.size, o->rq->arena, &f.bundle, &issues, o->err);
    }
    if (st == EN_OK) {
        contain(&f);
        st = f.plan == NULL ? en_fail(o->err, EN_EBUG, "an issued plan without a CarePlan")
                            : fold(&f, url, &o->rs->body);
    }
    (void)json_object_put(f.contained);
    (void)json_object_put(f.bundle);
    en_buf_free(&json);
    return st;
}

/* A plan that may not be carried out is no CarePlan: the reasons instead. */
static enum en_status refuse_plan(struct en_operate *o, const struct en_assessment *s)
{
    struct en_issues issues = {0};

    en_issue_add(&issues, o->rq->arena, EN_ISSUE_ERROR, "business-rule", "PlanDefinition",
                 "no plan is issued: %s", en_verdict_text(s->verdict));
    for (size_t i = 0; i < s->finding_count; i++) {
        const struct en_finding *f = &s->findings[i];

        if (f->severity <= EN_DEFER) {
            en_issue_add(&issues, o->rq->arena, EN_ISSUE_INFORMATION, "business-rule",
                         "PlanDefinition", "%s %s%s", en_cell(f->rule, "id"),
                         en_cell(f->rule, "title"), f->is_unknown ? ": not known" : "");
        }
    }
    return en_refuse_issues(o->rs, 422, &issues, o->err);
}

static enum en_status make_plan(struct en_operate *o, const struct en_row *schedule)
{
    struct en_plan_answer *answer = EN_NEW(o->rq->arena, struct en_plan_answer, 1);
    const struct en_audit audit = en_operate_audit(o);
    const char *url =
        en_arena_print(o->rq->arena, EN_FHIR_BASE "PlanDefinition/%s", o->rq->args[0]);
    struct en_plan_request request;

    if (answer == NULL || url == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a plan");
    }
    EN_TRY(en_asked_plan(&o->app, &o->asked, &o->c, o->rq->arena, &request, o->err));
    request.options.schedule = en_cell(schedule, "id");
    request.without_forecast = true;
    EN_TRY(en_app_plan(&o->app, &o->c, &request, o->rq->arena, answer, o->err));
    EN_TRY(en_store_audit(o->server->store, &audit, o->err));
    return answer->is_issued ? write_plan(o, answer, url) : refuse_plan(o, &answer->assessment);
}

/* Exactly one patient of this server whom the caller may see. */
static enum en_status choose_subject(struct en_operate *o, bool *is_refused)
{
    const struct en_caller *c = &o->rq->caller;

    *is_refused = true;
    o->patient = patient_of(o->asked.nth(o->asked.context, "subject", 0));
    if (o->patient == NULL) {
        return en_refuse(o->rs, 400, "required", "parameter \"subject\": needs a Patient");
    }
    if (o->asked.nth(o->asked.context, "subject", 1) != NULL) {
        return en_refuse(o->rs, 400, "not-supported",
                         "parameter \"subject\": one at a time, since one CarePlan is the answer");
    }
    if (!en_may(c, EN_DO_READ, "Patient") || en_must_deidentify(c)) {
        return en_refuse(o->rs, 403, "forbidden", "a %s may not do this on a stored patient",
                         en_role_name(c->role));
    }
    if (c->patient != NULL && !en_text_equal(c->patient, o->patient)) {
        return en_refuse(o->rs, 404, "not-found", "no such Patient");
    }
    *is_refused = false;
    return EN_OK;
}

enum en_status en_apply(struct en_server *s, const struct en_http_request *rq,
                        struct en_http_response *rs, struct en_err *err)
{
    const struct en_row *schedule =
        en_protocol_find(en_server_knowledge(s, rq), rq->args[0], rq->arena);
    struct en_operate *o = EN_NEW(rq->arena, struct en_operate, 1);
    bool is_refused = false;

    if (o == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an operation");
    }
    if (schedule == NULL) {
        return en_refuse(rs, 404, "not-found",
                         "there is no protocol with this id; see GET PlanDefinition");
    }
    *o = (struct en_operate){.server = s,
                             .rq = rq,
                             .rs = rs,
                             .err = err,
                             .operation = &APPLY,
                             .app = en_server_app(s, rq)};
    o->asked = en_op_parameters_asked(&o->p);
    EN_TRY(en_op_parameters_read(rq, RULES, NULL, &o->p, rs, &is_refused, err));
    if (!is_refused) {
        EN_TRY(choose_subject(o, &is_refused));
    }
    if (!is_refused) {
        EN_TRY(en_operate_record(o, &is_refused));
    }
    return is_refused ? EN_OK : make_plan(o, schedule);
}
