/* SPDX-License-Identifier: Apache-2.0 */
#include "server/overview.h"

#include "base/text.h"
#include "fhir/json.h"
#include "server/audit.h"
#include "server/route.h"

#include <string.h>

static enum en_status read_person(struct en_overview *o, struct en_tx *tx, struct en_err *err)
{
    const char *id = o->rq->args[0];
    struct en_version v;

    EN_TRY(en_tx_get(tx, "Patient", id, 0, o->a, &v, err));
    if (v.is_deleted) {
        return en_fail(err, EN_ENOTFOUND, "this patient's record was deleted");
    }
    struct json_object *tree = json_tokener_parse(v.body);
    const char *gender = en_json_text(tree, "gender");

    o->version = v.version;
    o->gender = gender == NULL ? NULL : en_arena_copy(o->a, gender, SIZE_MAX);
    (void)json_object_put(tree);
    return en_today_person(tx, "Patient", id, o->a, &o->person, err);
}

static enum en_status gather_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_overview *o = context;

    EN_TRY(read_person(o, tx, err));
    EN_TRY(en_overview_events(o, tx, err));
    o->of = (struct en_clinic_case){
        .server = o->server,
        .a = o->a,
        .patient = o->person.id,
        .performer = o->next_performer != NULL ? o->next_performer : o->rq->caller.practitioner,
        .day = o->rq->today,
        .moment_us = o->rq->now_us};
    EN_TRY(en_clinic_case_session(&o->of, tx, err));
    return en_clinic_case_read(&o->of, tx, err);
}

static size_t index_of_target(const struct en_overview *o)
{
    if (o->answer.target == NULL || o->due.due == NULL) {
        return SIZE_MAX;
    }
    const size_t index = (size_t)(o->answer.target - o->answer.c.targets);

    return index < o->due.c.target_count ? index : SIZE_MAX;
}

/* "E" and "S" of tiers.tsv: now, or within hours. */
static bool has_urgent_alert(const struct en_overview *o)
{
    for (size_t i = 0; i < o->alert_count; i++) {
        if (!en_list_has("U; R", o->alerts[i].level)) {
            return true; /* also a level that nobody knows */
        }
    }
    return false;
}

static enum en_status judge(struct en_overview *o, struct en_err *err)
{
    const struct en_app app = en_server_app(o->server, o->rq);
    const struct en_care care = {app.knowledge, app.today};

    o->of.rq.is_any_day = o->next_visit != app.today;
    EN_TRY(en_clinic_case_judge(&o->of, &app, &o->answer, err));
    EN_TRY(en_app_due(&app, o->of.record.bundle, o->of.record.size, o->last_review, o->a, &o->due,
                      err));
    o->target = index_of_target(o);
    const struct en_next_request rq = {
        .has_alert = has_urgent_alert(o),
        .is_session_open = o->open_session != NULL,
        .is_session_done = o->of.procedure != NULL && o->of.is_done,
        .is_readable = o->answer.is_readable,
        .has_problem = o->answer.target != NULL && o->answer.target->condition != NULL,
        .plan = o->of.rq.plan,
        .readiness = &o->answer.readiness,
        .due = o->target == SIZE_MAX ? NULL : &o->due.due[o->target],
        .next_visit = o->next_visit,
    };

    o->next = en_next_step(&care, &rq);
    return EN_OK;
}

/* GET /clinic/patient/{id} */
static enum en_status overview(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err)
{
    struct en_overview *o = EN_NEW(rq->arena, struct en_overview, 1);

    if (o == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an overview");
    }
    *o = (struct en_overview){.server = s,
                              .rq = rq,
                              .a = rq->arena,
                              .is_clinical = en_may_route(&rq->caller, EN_RIGHT_DECIDE)};
    EN_TRY(en_store_read(s->store, gather_work, o, err));
    EN_TRY(judge(o, err));
    EN_TRY(en_server_audit(s, rq,
                           (struct en_audit){.action = 'R',
                                             .subtype = "clinic-patient",
                                             .patient = o->person.id,
                                             .entity_type = "Patient",
                                             .entity_id = o->person.id,
                                             .entity_version = o->version},
                           err));
    rs->content_type = "application/json; charset=utf-8";
    return en_overview_write(o, &rs->body, err);
}

const struct en_route EN_ROUTES_OVERVIEW[] = {
    {EN_GET, "/clinic/patient/{}", EN_RIGHT_CLINIC, overview, 0,
     "one patient: problem and side, alerts, what is unknown, the next step, the course"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
