/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clinic_case.h"

#include "base/text.h"
#include "fhir/json.h"
#include "server/plan_problem.h"
#include "server/session_inside.h"
#include "server/today.h"

#include <string.h>

/* Parts */

static enum en_status of_type(struct en_clinic_case *j, struct en_tx *tx, const char *type,
                              struct en_versions *out, struct en_err *err)
{
    const struct en_record_request rq = {.params = j->server->params, .patient = j->patient};

    return en_tx_record_type(tx, &rq, type, j->a, out, err);
}

static enum en_status read_consent(struct en_clinic_case *j, struct en_tx *tx, struct en_err *err)
{
    struct en_versions found = {0};

    EN_TRY(of_type(j, tx, "Consent", &found, err));
    j->rq.consent = EN_FALSE;
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);

        if (en_session_is_consent(tree, j->moment_us)) {
            j->rq.consent = EN_TRUE;
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

enum en_status en_clinic_case_session(struct en_clinic_case *j, struct en_tx *tx,
                                      struct en_err *err)
{
    struct en_versions found = {0};

    EN_TRY(of_type(j, tx, "Procedure", &found, err));
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);
        const char *moment = en_json_text(tree, "performedDateTime");
        const char *start = en_json_text(en_json_get(tree, "performedPeriod"), "start");
        const char *status = en_json_text(tree, "status");
        en_day day = EN_DAY_UNKNOWN;

        (void)en_date_parse(moment != NULL ? moment : start, &day, NULL);
        if (day == j->day && en_session_is_one(tree) && status != NULL &&
            en_list_has("preparation; in-progress; completed", status)) {
            j->procedure = en_arena_copy(j->a, found.items[i].id, SIZE_MAX);
            j->is_done = en_text_equal(status, "completed");
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

static bool is_of_session(const struct en_clinic_case *j, struct json_object *response)
{
    struct json_object *part = en_json_at(en_json_get(response, "partOf"), 0);

    return j->procedure != NULL &&
           en_text_equal(en_today_target(part, "Procedure", j->a), j->procedure);
}

/* The checklist of the session that is under way. */
static enum en_status read_checklist(struct en_clinic_case *j, struct en_tx *tx, struct en_err *err)
{
    /* Rows and their order alone, which no clinic changes. */
    const struct en_knowledge *k = j->server->knowledge;
    const size_t count = en_table_get(k, "checklist")->row_count;
    struct en_versions found = {0};

    j->checklist = EN_NEW(j->a, enum en_truth, count);
    if (j->checklist == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a checklist");
    }
    for (size_t i = 0; i < count; i++) {
        j->checklist[i] = EN_UNKNOWN;
    }
    EN_TRY(j->procedure == NULL ? EN_OK : of_type(j, tx, "QuestionnaireResponse", &found, err));
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);

        if (is_of_session(j, tree)) {
            j->has_checklist = true;
            en_session_read_checklist(k, en_json_get(tree, "item"), j->checklist);
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

/* Plan */

static bool is_newer(const struct en_version *v, const struct en_version *than)
{
    return than == NULL || v->updated_us > than->updated_us;
}

/* SAFETY: a plan of the other knee says nothing of this appointment. */
static bool is_of_another(const struct en_clinic_case *j, struct json_object *plan)
{
    const char *about = en_plan_condition(plan, j->a);

    return j->condition != NULL && about != NULL && !en_text_equal(about, j->condition);
}

/* The newest plan that is approved (active), else the newest draft. */
static enum en_status find_plan(struct en_clinic_case *j, struct en_tx *tx,
                                const struct en_version **out, const char **about,
                                struct en_err *err)
{
    struct en_versions *found = EN_NEW(j->a, struct en_versions, 1);

    *out = NULL;
    if (found == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a plan");
    }
    EN_TRY(of_type(j, tx, "CarePlan", found, err));
    for (size_t i = 0; i < found->count; i++) {
        struct json_object *tree = json_tokener_parse(found->items[i].body);
        const char *status = en_json_text(tree, "status");
        const enum en_ready_plan plan = is_of_another(j, tree)            ? EN_READY_PLAN_NONE
                                        : en_text_equal(status, "active") ? EN_READY_PLAN_APPROVED
                                        : en_text_equal(status, "draft")  ? EN_READY_PLAN_DRAFT
                                                                          : EN_READY_PLAN_NONE;

        if (plan > j->rq.plan || (plan == j->rq.plan && plan != EN_READY_PLAN_NONE &&
                                  is_newer(&found->items[i], *out))) {
            j->rq.plan = plan;
            *out = &found->items[i];
            *about = en_plan_condition(tree, j->a);
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

/* "target=2&sites=KNE-01", as the operation's Provenance keeps it. */
static void split_parameters(struct en_clinic_case *j, const char *text)
{
    struct en_arena *a = j->a;

    for (const char *at = text; *at != '\0' && j->parameters.count < EN_PARAMETERS_MAX;) {
        const size_t size = strcspn(at, "&"), name = strcspn(at, "=");

        if (name < size) {
            j->parameters.items[j->parameters.count++] =
                (struct en_op_parameter){.name = en_arena_copy(a, at, name),
                                         .text = en_arena_copy(a, at + name + 1, size - name - 1)};
        }
        at += size + (at[size] == '&' ? 1 : 0);
    }
}

static enum en_status read_plan(struct en_clinic_case *j, struct en_tx *tx, struct en_err *err)
{
    const struct en_search_param *target =
        en_search_param_find(j->server->params, "Provenance", "target");
    const struct en_version *plan = NULL;
    const char *about = NULL;
    struct en_versions found = {0};

    EN_TRY(find_plan(j, tx, &plan, &about, err));
    if (plan == NULL) {
        return EN_OK;
    }
    j->has_plan = true;
    j->plan_id = plan->id;
    j->condition = j->condition != NULL ? j->condition : about;
    EN_TRY(en_tx_find(tx, target, "CarePlan", plan->id, j->a, &found, err));
    for (size_t i = 0; i < found.count && j->parameters.count == 0; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);
        const char *text = en_json_text(en_json_get(tree, "activity"), "text");

        if (text != NULL && strchr(text, '=') != NULL) {
            split_parameters(j, text);
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

enum en_status en_clinic_case_read(struct en_clinic_case *j, struct en_tx *tx, struct en_err *err)
{
    const struct en_record_request rq = {.params = j->server->params,
                                         .patient = j->patient,
                                         .practitioner = j->performer,
                                         .today = j->day};

    EN_TRY(en_tx_record(tx, &rq, j->a, &j->record, err));
    EN_TRY(read_consent(j, tx, err));
    EN_TRY(read_checklist(j, tx, err));
    return read_plan(j, tx, err);
}

/* The problem of the appointment or of its plan; "" when the record holds it no more. */
static const char *path_of_problem(const struct en_clinic_case *j)
{
    const char *path = en_condition_path(&j->record, j->condition, j->a);

    return j->condition == NULL || path != NULL ? path : "";
}

enum en_status en_clinic_case_judge(struct en_clinic_case *j, const struct en_app *app,
                                    struct en_ready_answer *out, struct en_err *err)
{
    const struct en_asked asked = en_op_parameters_asked(&j->parameters);

    /* A plan that was asked for while there was one problem has no number; its problem is named. */
    if (j->condition != NULL && en_op_parameter(&j->parameters, "target") == NULL &&
        j->parameters.count < EN_PARAMETERS_MAX) {
        j->parameters.items[j->parameters.count++] = (struct en_op_parameter){"target", "1"};
    }
    j->rq.bundle = j->record.bundle;
    j->rq.size = j->record.size;
    j->rq.patient = j->patient;
    j->rq.asked = j->has_plan ? &asked : NULL;
    j->rq.target_path = path_of_problem(j);
    j->rq.checklist = j->has_checklist ? j->checklist : NULL;
    return en_app_ready(app, &j->rq, j->a, out, err);
}
