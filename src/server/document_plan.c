/* SPDX-License-Identifier: Apache-2.0
 * server/document_plan: a document of a plan that is stored: what it was asked for is taken from
 * the Provenance that $plan left, its days from the CarePlan. */
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/document.h"
#include "server/plan_problem.h"
#include "server/sign.h"

#include <assert.h>

struct stored_plan {
    struct en_operate *o;
    const char *id;
    const char *parameters; /* "sites=KNE-01; KNE-02&sessions=3" */
    const char *start;      /* day of its first session; NULL unknown */
    const char *condition;  /* id of the problem that it names; NULL none */
};

/* Reading */

static enum en_status not_there(struct en_err *err)
{
    return en_fail(err, EN_ENOTFOUND, "no such plan of this patient");
}

static enum en_status read_plan(struct en_tx *tx, struct stored_plan *p, struct en_err *err)
{
    struct en_arena *a = p->o->rq->arena;
    const char *own = en_arena_print(a, "Patient/%s", p->o->patient);
    struct en_version v;

    EN_TRY(en_tx_get(tx, "CarePlan", p->id, 0, a, &v, err));
    struct json_object *tree = v.is_deleted ? NULL : json_tokener_parse(v.body);
    const char *subject = en_json_text(en_json_get(tree, "subject"), "reference");
    const char *start = en_json_text(en_json_get(tree, "period"), "start");
    const bool is_ours = own != NULL && en_text_equal(subject, own);

    p->start = start == NULL ? NULL : en_arena_copy(a, start, SIZE_MAX);
    p->condition = en_plan_condition(tree, a);
    (void)json_object_put(tree);
    return is_ours ? EN_OK : not_there(err);
}

/* What was asked of the operation that made it. */
static void read_origin(struct stored_plan *p, const struct en_version *v)
{
    struct json_object *tree = json_tokener_parse(v->body);
    struct json_object *activity = en_json_get(tree, "activity");
    const char *text = en_json_text(activity, "text");

    if (en_concept_has(activity, EN_OPERATION_SYSTEM, "plan")) {
        p->parameters = en_arena_copy(p->o->rq->arena, text == NULL ? "" : text, SIZE_MAX);
    }
    (void)json_object_put(tree);
}

static enum en_status look_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct stored_plan *p = context;
    const struct en_search_param *target =
        en_search_param_find(p->o->server->params, "Provenance", "target");
    struct en_versions found = {0};

    assert(target != NULL);
    EN_TRY(read_plan(tx, p, err));
    EN_TRY(en_tx_find(tx, target, "CarePlan", p->id, p->o->rq->arena, &found, err));
    for (size_t i = 0; i < found.count; i++) {
        read_origin(p, &found.items[i]);
    }
    return p->parameters == NULL
               ? en_fail(err, EN_EINVAL, "parameter \"plan\": it was not made by $plan")
               : EN_OK;
}

/* Asking */

static const char *text_of(const void *context, const char *name)
{
    const struct stored_plan *p = context;
    const char *given = en_op_parameter(&p->o->p, name);
    const char *stored =
        given != NULL ? given : en_sign_asked(p->o->rq->arena, p->parameters, name);

    if (stored == NULL && en_text_equal(name, "start") &&
        en_sign_asked(p->o->rq->arena, p->parameters, "dates") == NULL) {
        return p->start;
    }
    return stored;
}

static const char *nth_of(const void *context, const char *name, size_t index)
{
    const struct stored_plan *p = context;
    const struct en_asked given = en_op_parameters_asked(&p->o->p);

    return given.nth(given.context, name, index);
}

enum en_status en_document_plan(struct en_operate *o)
{
    const char *id = en_op_parameter(&o->p, "plan");
    struct stored_plan *p = EN_NEW(o->rq->arena, struct stored_plan, 1);

    if (id == NULL) {
        return EN_OK;
    }
    if (p == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a stored plan");
    }
    *p = (struct stored_plan){.o = o, .id = id};
    EN_TRY(en_store_read(o->server->store, look_work, p, o->err));
    if (en_op_parameter(&o->p, "target") == NULL) {
        EN_TRY(en_plan_take_target(&o->p, &o->record, &o->c, p->condition, o->rq->arena, o->err));
    }
    o->asked = (struct en_asked){.text = text_of, .nth = nth_of, .context = p, .prefix = ""};
    return EN_OK;
}
