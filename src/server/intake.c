/* SPDX-License-Identifier: Apache-2.0
 * server/intake: what the form of an assessment is made of (app/intake). */
#include "app/intake.h"

#include "base/text.h"
#include "server/audit.h"
#include "server/operate.h"

static const char JSON[] = "application/json; charset=utf-8";

/* No patient is in it: a browser may keep it for some minutes. */
static enum en_status questions(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    rs->content_type = JSON;
    return en_app_questions(en_server_knowledge(s, rq), &rs->body, err);
}

static enum en_status answer(struct en_operate *o)
{
    const size_t count = o->record.count;
    struct en_intake_part *parts = EN_NEW(o->rq->arena, struct en_intake_part, count + 1);

    if (parts == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for an intake");
    }
    for (size_t i = 0; i < count; i++) {
        const struct en_record_part *p = &o->record.parts[i];

        parts[i] = (struct en_intake_part){p->type, p->id, p->version};
    }
    o->rs->content_type = JSON;
    EN_TRY(en_app_intake(&o->app, &o->c, parts, count, o->rq->arena, &o->rs->body, o->err));
    return en_server_audit(o->server, o->rq,
                           (struct en_audit){.action = 'R',
                                             .subtype = "intake",
                                             .patient = o->patient,
                                             .entity_type = "Patient",
                                             .entity_id = o->patient},
                           o->err);
}

static enum en_status intake(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    struct en_operate *o = EN_NEW(rq->arena, struct en_operate, 1);
    bool is_refused = false;

    if (o == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an intake");
    }
    *o = (struct en_operate){.server = s,
                             .rq = rq,
                             .rs = rs,
                             .err = err,
                             .app = en_server_app(s, rq),
                             .patient = rq->args[0]};
    if (!en_may(&rq->caller, EN_DO_READ, "Observation") || en_must_deidentify(&rq->caller)) {
        return en_refuse(rs, 403, "forbidden", "a %s may not read a patient's record",
                         en_role_name(rq->caller.role));
    }
    if (rq->caller.patient != NULL && !en_text_equal(rq->caller.patient, o->patient)) {
        return en_refuse(rs, 404, "not-found", "no such Patient");
    }
    EN_TRY(en_operate_record(o, &is_refused));
    return is_refused ? EN_OK : answer(o);
}

const struct en_route EN_ROUTES_INTAKE[] = {
    {EN_GET, "/clinic/questions", EN_RIGHT_DECIDE, questions, EN_ROUTE_UNAUDITED,
     "the questions of an assessment, from the clinical tables"},
    {EN_GET, "/clinic/intake/{}", EN_RIGHT_DECIDE, intake, 0,
     "what a patient's record answers of them: value, day, whether too old, where it stands"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
