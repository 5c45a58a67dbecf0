/* SPDX-License-Identifier: Apache-2.0 */
#include "server/session_rules.h"

#include "base/instant.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/session_inside.h"

#include <assert.h>
#include <string.h>

/* Types that rules speak of. */
static const char CONCERNED[] =
    "Procedure; MedicationAdministration; Medication; QuestionnaireResponse; Observation; "
    "DocumentReference; Communication; Provenance; CarePlan";

/* Looking around */

const char *en_session_target(struct en_ruling *c, struct json_object *reference, const char *type)
{
    const char *text = en_json_text(reference, "reference");
    const size_t size = strlen(type);

    if (text == NULL || !en_text_starts(text, type) || text[size] != '/') {
        return NULL;
    }
    return en_arena_copy(c->a, text + size + 1, strcspn(text + size + 1, "/"));
}

enum en_status en_session_get(struct en_ruling *c, const char *type, const char *id,
                              struct json_object **out)
{
    struct en_version v;
    struct en_err missing = {""};
    const enum en_status st = en_tx_get(c->tx, type, id, 0, c->a, &v, &missing);

    *out = NULL;
    if (st != EN_OK) {
        return st == EN_ENOTFOUND ? EN_OK : en_fail(c->err, st, "%s", missing.text);
    }
    *out = v.is_deleted ? NULL : json_tokener_parse(v.body);
    return EN_OK;
}

bool en_session_is_one(struct json_object *procedure)
{
    return en_concept_has(en_json_get(procedure, "code"), EN_PROCEDURE_SYSTEM,
                          "prolotherapy-session");
}

bool en_session_was_given(struct json_object *administration)
{
    const char *status = en_json_text(administration, "status");

    return administration != NULL &&
           !en_list_has("not-done; entered-in-error", status == NULL ? "" : status);
}

static bool has_signature(struct json_object *provenance, const char *code)
{
    struct json_object *list = en_json_get(provenance, "signature");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *types = en_json_get(en_json_at(list, i), "type");

        for (size_t j = 0; j < en_json_count(types); j++) {
            struct json_object *coding = en_json_at(types, j);

            if (en_text_equal(en_json_text(coding, "system"), EN_OPERATION_SYSTEM) &&
                en_text_equal(en_json_text(coding, "code"), code)) {
                return true;
            }
        }
    }
    return false;
}

bool en_session_has_signature(struct json_object *provenance)
{
    return has_signature(provenance, EN_SIGN_CODE);
}

bool en_session_has_approval(struct json_object *provenance)
{
    return has_signature(provenance, EN_APPROVE_CODE);
}

enum en_status en_session_is_signed(struct en_ruling *c, const char *type, const char *id,
                                    bool *out)
{
    const struct en_search_param *target =
        en_search_param_find(c->server->params, "Provenance", "target");
    const struct en_search_param *kind =
        en_search_param_find(c->server->params, "Provenance", "signature-type");
    struct en_search_value named = {.system = type, .code = id, .text = ""};
    struct en_search_value ours = {.system = EN_OPERATION_SYSTEM, .code = EN_SIGN_CODE, .text = ""};
    struct en_search_clause clauses[] = {{.param = target, .values = &named, .value_count = 1},
                                         {.param = kind, .values = &ours, .value_count = 1}};
    struct en_search_query query = {
        .type = "Provenance", .clauses = clauses, .clause_count = 2, .count = 1, .text = ""};
    struct en_page page;

    assert(target != NULL && kind != NULL);
    EN_TRY(en_tx_search(c->tx, &query, c->a, &page, c->err));
    *out = page.count > 0;
    return EN_OK;
}

enum en_status en_session_of(struct en_ruling *c, struct json_object *resource, const char **id)
{
    struct json_object *list = en_json_get(resource, "partOf");

    *id = NULL;
    for (size_t i = 0; i < en_json_count(list) && *id == NULL; i++) {
        const char *procedure = en_session_target(c, en_json_at(list, i), "Procedure");
        struct json_object *tree = NULL;

        EN_TRY(procedure == NULL ? EN_OK : en_session_get(c, "Procedure", procedure, &tree));
        *id = en_session_is_one(tree) ? procedure : NULL;
        (void)json_object_put(tree);
    }
    return EN_OK;
}

/* What is not said may be any time; a period without an end goes on. */
void en_session_when(const struct en_ruling *c, struct json_object *administration, int64_t *low_us,
                     int64_t *high_us)
{
    struct json_object *period = en_json_get(administration, "effectivePeriod");
    const char *moment = en_json_text(administration, "effectiveDateTime");
    const char *start = moment != NULL ? moment : en_json_text(period, "start");
    const char *end = moment != NULL ? moment : en_json_text(period, "end");
    int64_t other = 0;

    *low_us = INT64_MIN;
    *high_us = INT64_MAX;
    if (start != NULL) {
        (void)en_instant_span(start, low_us, &other);
    }
    if (end != NULL) {
        (void)en_instant_span(end, &other, high_us);
    } else if (start != NULL && *low_us <= c->rq->now_us) {
        *high_us = c->rq->now_us;
    }
}

/* Rules of each type */

static enum en_status check_part_patient(struct en_ruling *c, const char *session,
                                         const char *patient)
{
    struct json_object *procedure = NULL;

    EN_TRY(en_session_get(c, "Procedure", session, &procedure));
    const char *whose = en_session_target(c, en_json_get(procedure, "subject"), "Patient");

    if (whose == NULL || !en_text_equal(whose, patient)) {
        en_breach_add(&c->breaches, "one-patient", "MedicationAdministration.subject", c->a,
                      "must be the patient of the session that it is part of");
    }
    (void)json_object_put(procedure);
    return EN_OK;
}

static enum en_status check_given(struct en_ruling *c, const struct en_session_change *change,
                                  const char *session, const char *medication, const char *patient)
{
    int64_t low_us, high_us;

    en_session_when(c, change->now, &low_us, &high_us);
    EN_TRY(en_session_check_stock(c, medication, patient, high_us));
    return en_session_check_total(c, change->id, change->now, session, patient);
}

static enum en_status check_administration(struct en_ruling *c,
                                           const struct en_session_change *change)
{
    const char *medication =
        en_session_target(c, en_json_get(change->now, "medicationReference"), "Medication");
    const char *patient = en_session_target(c, en_json_get(change->now, "subject"), "Patient");
    const char *session = NULL;
    struct en_contents contents = {.count = 0};

    EN_TRY(en_session_of(c, change->now, &session));
    EN_TRY(medication == NULL ? EN_OK : en_session_contents(c, medication, &contents));
    if (!en_session_was_given(change->now) || (session == NULL && !contents.is_stock)) {
        return EN_OK;
    }
    if (medication == NULL || patient == NULL) {
        en_breach_add(&c->breaches, "stock-unknown",
                      medication == NULL ? "MedicationAdministration.medicationReference"
                                         : "MedicationAdministration.subject",
                      c->a, "must refer to a %s of this server",
                      medication == NULL ? "Medication" : "Patient");
        return EN_OK;
    }
    EN_TRY(session == NULL ? EN_OK : check_part_patient(c, session, patient));
    return check_given(c, change, session, medication, patient);
}

static void check_procedure(struct en_ruling *c, const struct en_session_change *change,
                            struct json_object *old)
{
    const bool was_done = en_text_equal(en_json_text(old, "status"), "completed");
    const bool is_done = en_text_equal(en_json_text(change->now, "status"), "completed");

    if (old == NULL || !en_session_is_one(old)) {
        return;
    }
    if (is_done && !was_done) {
        en_breach_add(&c->breaches, "sign-only", "Procedure.status", c->a,
                      "a session becomes completed by POST Procedure/[id]/$sign");
    }
    if (change->now != NULL && !en_session_is_one(change->now)) {
        en_breach_add(&c->breaches, "sign-only", "Procedure.code", c->a,
                      "a session stays one: set its status to entered-in-error instead");
    }
    if (change->now != NULL &&
        json_object_equal(en_json_get(old, "subject"), en_json_get(change->now, "subject")) == 0) {
        en_breach_add(&c->breaches, "one-patient", "Procedure.subject", c->a,
                      "a session stays its patient's: set its status to entered-in-error instead");
    }
}

/* What belongs to a signed session comes too late. */
static enum en_status check_late_part(struct en_ruling *c, const struct en_session_change *change,
                                      bool *is_locked)
{
    const char *session = NULL;

    EN_TRY(change->now == NULL ? EN_OK : en_session_of(c, change->now, &session));
    return session == NULL ? EN_OK : en_session_is_signed(c, "Procedure", session, is_locked);
}

static enum en_status check_lock(struct en_ruling *c, const struct en_session_change *change,
                                 struct json_object *old, bool *is_locked)
{
    *is_locked = false;
    if (en_text_equal(change->type, "Provenance")) {
        *is_locked = en_session_has_signature(old) || en_session_has_approval(old);
        if (!*is_locked && en_session_has_signature(change->now)) {
            en_breach_add(&c->breaches, "sign-only", "Provenance.signature", c->a,
                          "this signature is made by POST Procedure/[id]/$sign");
        }
        if (!*is_locked && en_session_has_approval(change->now)) {
            en_breach_add(&c->breaches, "approve-only", "Provenance.signature", c->a,
                          "this signature is made by POST CarePlan/[id]/$approve");
        }
        return EN_OK;
    }
    if (old != NULL) {
        EN_TRY(en_session_is_signed(c, change->type, change->id, is_locked));
    }
    return *is_locked ? EN_OK : check_late_part(c, change, is_locked);
}

/* A draft that $plan made, by its tag. */
static bool is_draft_of_ours(struct json_object *plan)
{
    struct json_object *tags = en_json_get(en_json_get(plan, "meta"), "tag");

    for (size_t i = 0; i < en_json_count(tags); i++) {
        struct json_object *tag = en_json_at(tags, i);

        if (en_text_equal(en_json_text(tag, "system"), EN_ORIGIN_SYSTEM)) {
            return en_text_equal(en_json_text(plan, "status"), "draft");
        }
    }
    return false;
}

static void check_plan(struct en_ruling *c, const struct en_session_change *change,
                       struct json_object *old)
{
    if (is_draft_of_ours(old) && en_text_equal(en_json_text(change->now, "status"), "active")) {
        en_breach_add(&c->breaches, "approve-only", "CarePlan.status", c->a,
                      "this plan becomes active by POST CarePlan/[id]/$approve");
    }
}

static enum en_status check_type(struct en_ruling *c, const struct en_session_change *change,
                                 struct json_object *old)
{
    if (en_text_equal(change->type, "Procedure")) {
        check_procedure(c, change, old);
    } else if (en_text_equal(change->type, "CarePlan")) {
        check_plan(c, change, old);
    } else if (en_text_equal(change->type, "Medication")) {
        return en_session_check_medication(c, change, old);
    } else if (en_text_equal(change->type, "MedicationAdministration") && change->now != NULL) {
        return check_administration(c, change);
    }
    return EN_OK;
}

static void tell(const struct en_ruling *c, struct en_issues *issues)
{
    for (size_t i = 0; i < c->breaches.count && i < EN_BREACHES_MAX; i++) {
        const struct en_breach *b = &c->breaches.items[i];

        en_issue_add(issues, c->a, EN_ISSUE_ERROR, "business-rule", b->field, "rule %s: %s",
                     b->rule, b->text);
    }
}

static enum en_status check(struct en_ruling *c, const struct en_session_change *change,
                            struct json_object *old, int *status)
{
    bool is_locked = false;

    EN_TRY(check_lock(c, change, old, &is_locked));
    if (is_locked) {
        *status = 409;
        en_breach_add(&c->breaches, "signed", change->type, c->a,
                      "it is part of a signed session and stays as it is: POST "
                      "Procedure/[id]/$addendum adds to it");
        return EN_OK;
    }
    EN_TRY(check_type(c, change, old));
    *status = c->breaches.count > 0 ? 422 : 0;
    return EN_OK;
}

enum en_status en_session_check(struct en_tx *tx, struct en_server *s,
                                const struct en_http_request *rq,
                                const struct en_session_change *change, int *status,
                                struct en_issues *issues, struct en_err *err)
{
    const struct en_version *before = change->old;
    const bool has_old = before != NULL && before->version != 0 && !before->is_deleted;
    struct en_ruling *c;

    *status = 0;
    if (!en_list_has(CONCERNED, change->type)) {
        return EN_OK;
    }
    c = EN_NEW(rq->arena, struct en_ruling, 1);
    if (c == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the rules of a session");
    }
    *c = (struct en_ruling){.tx = tx, .server = s, .rq = rq, .a = rq->arena, .err = err};
    struct json_object *old = has_old ? json_tokener_parse(before->body) : NULL;
    const enum en_status st = check(c, change, old, status);

    (void)json_object_put(old);
    tell(c, issues);
    return st;
}
