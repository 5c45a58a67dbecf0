/* SPDX-License-Identifier: Apache-2.0
 * server/approve: CarePlan/[id]/$approve: a physician signs a plan that $plan made.
 *
 * What is signed must be what was shown: the version that the page names, unchanged since it was
 * made, on a record that is still the same; the verdict is asked again with the same choices. Then
 * the plan and its sessions become active, each planned session gets an Appointment that waits to
 * be booked, and a Provenance holds the hashes of all of it. Sessions that only a review adds stay
 * drafts. */
#include "server/approve.h"

#include "base/instant.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/parameters.h"

#include <math.h>
#include <string.h>

static const struct en_op_rule RULES[] = {
    {"version", EN_PARAMETER_VALUE, "version of the CarePlan that was shown"},
    {"password", EN_PARAMETER_VALUE, "the own password once more"},
    {"code", EN_PARAMETER_VALUE, "or a code of the second factor"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};

/* Gathering */

/* A resource that a reference of the plan names, as a part. */
static enum en_status add_named(struct en_sign *s, struct json_object *reference, const char *type,
                                bool is_target)
{
    const char *id = en_session_target(&s->c, reference, type);
    struct en_version v;

    if (id == NULL) {
        return EN_OK;
    }
    EN_TRY(en_tx_get(s->c.tx, type, id, 0, s->c.a, &v, s->c.err));
    return v.is_deleted ? EN_OK : en_sign_add(s, &v, is_target);
}

static enum en_status add_plan(struct en_approve *x)
{
    struct en_sign *s = &x->s;
    struct en_version v;

    EN_TRY(en_tx_get(s->c.tx, "CarePlan", s->session, 0, s->c.a, &v, s->c.err));
    if (v.is_deleted) {
        return en_fail(s->c.err, EN_ENOTFOUND, "this CarePlan was deleted");
    }
    EN_TRY(en_sign_add(s, &v, true));
    struct json_object *tree = json_tokener_parse(v.body);
    struct json_object *list = en_json_get(tree, "activity");
    enum en_status st = EN_OK;

    s->patient = en_session_target(&s->c, en_json_get(tree, "subject"), "Patient");
    x->is_draft = en_text_equal(en_json_text(tree, "status"), "draft");
    for (size_t i = 0; i < en_json_count(list) && st == EN_OK; i++) {
        st = add_named(s, en_json_get(en_json_at(list, i), "reference"), "ServiceRequest", true);
    }
    x->session_count = s->count - 1;
    list = en_json_get(tree, "goal");
    for (size_t i = 0; i < en_json_count(list) && st == EN_OK; i++) {
        st = add_named(s, en_json_at(list, i), "Goal", false);
    }
    (void)json_object_put(tree);
    return st;
}

/* Whether it is the Provenance that $plan wrote. */
static bool is_origin(const struct en_version *v)
{
    struct json_object *tree = json_tokener_parse(v->body);
    const bool is_one = en_concept_has(en_json_get(tree, "activity"), EN_OPERATION_SYSTEM, "plan");

    (void)json_object_put(tree);
    return is_one;
}

static enum en_status add_origin(struct en_sign *s)
{
    const struct en_search_param *target =
        en_search_param_find(s->c.server->params, "Provenance", "target");
    struct en_versions found = {0};

    EN_TRY(en_tx_find(s->c.tx, target, "CarePlan", s->session, s->c.a, &found, s->c.err));
    const struct en_version *items = found.items;

    for (size_t i = 0; i < found.count; i++) {
        if (is_origin(&items[i])) {
            s->origin = &items[i];
        }
    }
    return EN_OK;
}

/* The verdict that the plan was made with: a target of the same Provenance. */
static enum en_status add_verdict(struct en_sign *s)
{
    struct json_object *tree = s->origin == NULL ? NULL : json_tokener_parse(s->origin->body);
    struct json_object *targets = en_json_get(tree, "target");
    const size_t before = s->count;
    enum en_status st = EN_OK;

    for (size_t i = 0; i < en_json_count(targets) && st == EN_OK; i++) {
        st = add_named(s, en_json_at(targets, i), "GuidanceResponse", false);
    }
    (void)json_object_put(tree);
    if (st == EN_OK && s->count > before) {
        struct en_version *v = EN_NEW(s->c.a, struct en_version, 1);

        if (v == NULL) {
            return en_fail(s->c.err, EN_ENOMEM, "no memory for an approval");
        }
        st = en_tx_get(s->c.tx, "GuidanceResponse", s->parts[before].id, 0, s->c.a, v, s->c.err);
        s->guidance = v;
    }
    return st;
}

/* Appointments of the plan's sessions that are there already; by the session's place. */
static enum en_status find_appointments(struct en_approve *x)
{
    struct en_sign *s = &x->s;
    const struct en_search_param *based =
        en_search_param_find(s->c.server->params, "Appointment", "based-on");

    for (size_t i = 0; i < x->session_count; i++) {
        struct en_versions found = {0};

        EN_TRY(en_tx_find(s->c.tx, based, "ServiceRequest", s->parts[1 + i].id, s->c.a, &found,
                          s->c.err));
        x->has_appointment[i] = found.count > 0;
    }
    return EN_OK;
}

/* Read everything within a transaction: before the one that writes, and in it. */
static enum en_status gather(struct en_approve *x)
{
    struct en_sign *s = &x->s;

    s->count = 0;
    s->patient = NULL;
    s->guidance = s->origin = NULL;
    s->has_consent = false;
    EN_TRY(add_plan(x));
    if (s->patient == NULL) {
        return EN_OK; /* the check tells */
    }
    EN_TRY(add_origin(s));
    EN_TRY(add_verdict(s));
    EN_TRY(en_sign_add_consent(s));
    EN_TRY(find_appointments(x));
    return en_sign_add_record(s);
}

enum en_status en_approve_gather(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_approve *x = context;

    x->s.c.tx = tx;
    x->s.c.err = err;
    return gather(x);
}

/* Judging */

static const char *text_of(const void *context, const char *name)
{
    const struct en_approve *x = context;

    return en_sign_asked(x->s.c.a, x->parameters, name);
}

static const char *nth_of(const void *context, const char *name, size_t index)
{
    return index == 0 ? text_of(context, name) : NULL;
}

static const char *list_add(struct en_sign *s, const char *list, const char *item)
{
    if (item == NULL || en_list_has(list, item)) {
        return list;
    }
    const char *more = en_arena_print(s->c.a, "%s%s%s", list, list[0] == '\0' ? "" : "; ", item);

    return more == NULL ? list : more;
}

/* The same plan once more, on the record of today: its verdict, regions and guidance. */
static enum en_status ask_again(struct en_approve *x, const struct en_app *app, struct en_case *c,
                                struct en_approving *out)
{
    struct en_sign *s = &x->s;
    const struct en_asked asked = {text_of, nth_of, x, ""};
    struct en_plan_answer *answer = EN_NEW(s->c.a, struct en_plan_answer, 1);
    struct en_plan_request request;
    struct en_err told = {""};

    if (answer == NULL) {
        return en_fail(s->c.err, EN_ENOMEM, "no memory for an approval");
    }
    enum en_status st = en_asked_plan(app, &asked, c, s->c.a, &request, &told);

    request.without_forecast = true;
    if (st == EN_OK) {
        st = en_app_plan(app, c, &request, s->c.a, answer, &told);
    }
    if (st != EN_OK) { /* what was asked for cannot be had any more: it is not allowed */
        return st == EN_EINVAL ? EN_OK : en_fail(s->c.err, st, "%s", told.text);
    }
    out->verdict_allows = answer->is_issued;
    for (size_t i = 0; i < answer->plan.site_count; i++) {
        out->regions = list_add(s, out->regions, en_cell(answer->plan.sites[i].site, "region"));
        out->guidance = list_add(s, out->guidance, answer->plan.sites[i].guidance);
    }
    return EN_OK;
}

/* Whether the tables are those that the plan was made with. Their name ends the display of the
 * Provenance's agent; that of the tables with a switch of the clinic's begins like theirs. */
static bool is_of_these_tables(const struct en_approve *x)
{
    const struct en_sign *s = &x->s;
    const char *version = en_knowledge_version(en_server_knowledge(s->c.server, s->c.rq));
    const char *end = en_arena_print(s->c.a, "knowledge %s\"", version);

    return end != NULL && strstr(s->origin->body, end) != NULL;
}

/* SAFETY: whether it may be another plan than its choices make today: a part was written again,
 * the tables are others, or a search chose it. */
static bool was_altered(const struct en_approve *x)
{
    const struct en_sign *s = &x->s;
    bool is_altered = s->origin == NULL || x->session_count == 0 || !is_of_these_tables(x) ||
                      text_of(x, "optimise") != NULL;

    for (size_t i = 0; i <= x->session_count; i++) {
        is_altered |= s->parts[i].version != 1;
    }
    return is_altered;
}

static bool is_overdue(const struct en_approve *x)
{
    struct json_object *tree = json_tokener_parse(x->s.parts[0].body);
    const char *start = en_json_text(en_json_get(tree, "period"), "start");
    en_day day = EN_DAY_UNKNOWN;
    const bool is_known = start != NULL && en_date_parse(start, &day, NULL);

    (void)json_object_put(tree);
    return !is_known || day < x->s.c.rq->today;
}

static enum en_status check(struct en_approve *x)
{
    struct en_sign *s = &x->s;
    const struct en_app app = en_server_app(s->c.server, s->c.rq);
    const struct en_care care = {app.knowledge, app.today};
    struct en_approving judged = {.regions = "",
                                  .guidance = "",
                                  .verdict_age_h = NAN,
                                  .has_changed_since = en_sign_has_changed(s),
                                  .is_overdue = is_overdue(x)};
    struct en_issues issues = {0};
    struct en_case c;

    x->parameters = en_sign_parameters(s);
    judged.was_altered = was_altered(x);
    if (s->guidance != NULL) {
        judged.verdict_age_h = (double)(s->c.rq->now_us - s->guidance->updated_us) / 3600e6;
    }
    const enum en_status st =
        en_app_case(&app, s->record.bundle, s->record.size, s->c.a, &c, &issues, s->c.err);

    if (st != EN_OK && st != EN_EINVAL) {
        return st;
    }
    if (st == EN_OK) {
        judged.signer = c.practitioner_count > 0 ? &c.practitioners[0] : NULL;
        EN_TRY(ask_again(x, &app, &c, &judged));
    }
    en_session_check_approving(&care, &judged, s->c.a, &s->c.breaches);
    return EN_OK;
}

static enum en_status refuse_breaches(struct en_sign *s, struct en_http_response *rs)
{
    struct en_issues issues = {0};

    for (size_t i = 0; i < s->c.breaches.count && i < EN_BREACHES_MAX; i++) {
        const struct en_breach *b = &s->c.breaches.items[i];

        en_issue_add(&issues, s->c.a, EN_ISSUE_ERROR, "business-rule", b->field, "rule %s: %s",
                     b->rule, b->text);
    }
    return en_refuse_issues(rs, 422, &issues, s->c.err);
}

/* The way of a request */

static bool is_version(const struct en_approve *x, const char *text)
{
    long long version = 0;

    return text != NULL && en_text_integer(text, 1, INT64_MAX, &version) &&
           version == x->s.parts[0].version;
}

/* What can be said before the rules are asked; false: rs is the answer. */
static bool may_be_judged(struct en_approve *x, const struct en_op_parameters *p,
                          struct en_http_response *rs)
{
    const struct en_caller *caller = &x->s.c.rq->caller;

    if (caller->patient != NULL && !en_text_equal(caller->patient, x->s.patient)) {
        (void)en_refuse(rs, 404, "not-found", "no such CarePlan");
    } else if (!x->is_draft) {
        (void)en_refuse(rs, 409, "conflict", "this plan is no draft any more");
    } else if (!is_version(x, en_op_parameter(p, "version"))) {
        (void)en_refuse(
            rs, 412, "conflict",
            "the plan is another version than the one that was shown: look at it again");
    } else if (x->s.patient == NULL) {
        (void)en_refuse(rs, 422, "business-rule", "rule approve-plan: it is no patient's of here");
    } else {
        return true;
    }
    return false;
}

static enum en_status judge_and_write(struct en_approve *x, const struct en_op_parameters *p,
                                      struct en_http_response *rs, struct en_err *err)
{
    bool is_answered = false;

    EN_TRY(en_store_read(x->s.c.server->store, en_approve_gather, x, err));
    x->s.c.err = err;
    if (!may_be_judged(x, p, rs)) {
        return EN_OK;
    }
    EN_TRY(check(x));
    if (x->s.c.breaches.count > 0) {
        return refuse_breaches(&x->s, rs);
    }
    const struct en_sign_proof proof = {en_op_parameter(p, "password"), en_op_parameter(p, "code")};

    EN_TRY(en_sign_confirm(x->s.c.server, x->s.c.rq, rs, &proof, &is_answered, err));
    return is_answered ? EN_OK : en_approve_write(x, rs, err);
}

enum en_status en_approve_plan(struct en_server *server, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err)
{
    struct en_op_parameters *p = EN_NEW(rq->arena, struct en_op_parameters, 1);
    struct en_approve *x = EN_NEW(rq->arena, struct en_approve, 1);
    bool is_refused = false;

    if (p == NULL || x == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an approval");
    }
    if (rq->query[0] != '\0') { /* SAFETY: a password does not belong in an address */
        return en_refuse(rs, 400, "invalid", "give the parameters in the body, as Parameters");
    }
    EN_TRY(en_op_parameters_read(rq, RULES, NULL, p, rs, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    if (rq->caller.role != EN_ROLE_PHYSICIAN && rq->caller.role != EN_ROLE_OWNER) {
        return en_refuse(rs, 403, "forbidden", "a %s approves no plan",
                         en_role_name(rq->caller.role));
    }
    if (en_op_parameter(p, "version") == NULL) {
        return en_refuse(rs, 400, "required", "parameter \"version\": which version was shown");
    }
    x->s = (struct en_sign){.c = {.server = server, .rq = rq, .a = rq->arena, .err = err},
                            .session = rq->args[0],
                            .signature = EN_APPROVE_CODE};
    return judge_and_write(x, p, rs, err);
}
