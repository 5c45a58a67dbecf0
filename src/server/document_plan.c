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
    const char *ahead;      /* days of its orders from today on, once it has begun; NULL none */
    bool has_begun;         /* its first session lies before today */
    const char *condition;  /* id of the problem that it names; NULL none */
};

/* More orders than a plan can have sessions are no plan's. */
enum { ORDERS_MAX = 64 };

/* Reading */

static enum en_status not_there(struct en_err *err)
{
    return en_fail(err, EN_ENOTFOUND, "no such plan of this patient");
}

static en_day day_of(const char *text)
{
    en_day day = EN_DAY_UNKNOWN;

    return text != NULL && en_date_parse(text, &day, NULL) ? day : EN_DAY_UNKNOWN;
}

/* The day of a session that is ordered and still to come joins the list. */
static enum en_status read_order(struct en_tx *tx, struct stored_plan *p, const char *id,
                                 struct en_err *err)
{
    struct en_arena *a = p->o->rq->arena;
    struct en_version v;

    EN_TRY(en_tx_get(tx, "ServiceRequest", id, 0, a, &v, err));
    struct json_object *tree = v.is_deleted ? NULL : json_tokener_parse(v.body);
    const char *day = en_json_text(tree, "occurrenceDateTime");

    if (en_text_equal(en_json_text(tree, "status"), "active") && day != NULL &&
        day_of(day) >= p->o->app.today) {
        p->ahead = p->ahead == NULL ? en_arena_copy(a, day, SIZE_MAX)
                                    : en_arena_print(a, "%s; %s", p->ahead, day);
    }
    (void)json_object_put(tree);
    return EN_OK;
}

static enum en_status read_orders(struct en_tx *tx, struct stored_plan *p, struct json_object *plan,
                                  struct en_err *err)
{
    static const char MARK[] = "ServiceRequest/";
    struct json_object *list = en_json_get(plan, "activity");
    enum en_status st = EN_OK;

    for (size_t i = 0; st == EN_OK && i < en_json_count(list) && i < ORDERS_MAX; i++) {
        const char *to = en_json_text(en_json_get(en_json_at(list, i), "reference"), "reference");

        if (en_text_starts(to, MARK)) {
            st = read_order(tx, p, to + sizeof MARK - 1, err);
        }
    }
    return st;
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
    p->has_begun = start != NULL && day_of(start) < p->o->app.today;
    const enum en_status st = is_ours && p->has_begun ? read_orders(tx, p, tree, err) : EN_OK;

    p->condition = en_plan_condition(tree, a);
    (void)json_object_put(tree);
    return is_ours ? st : not_there(err);
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

/* Of a plan that has begun the sessions that are ordered and to come are its days; when none is
 * left, its choices stand for a further course. */
static const char *text_of(const void *context, const char *name)
{
    const struct stored_plan *p = context;
    const char *given = en_op_parameter(&p->o->p, name);
    const bool is_of_days = en_list_has("sessions; interval; start; dates", name);

    if (given != NULL) {
        return given;
    }
    if (p->has_begun && is_of_days) {
        return en_text_equal(name, "dates") ? p->ahead : NULL;
    }
    const char *stored = en_sign_asked(p->o->rq->arena, p->parameters, name);

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
