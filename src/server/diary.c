/* SPDX-License-Identifier: Apache-2.0
 * GET and POST /diary: the routes, and the reading of a patient's record for them. */
#include "server/diary.h"

#include "base/log.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/audit.h"
#include "server/digest.h"

#include <stdlib.h>
#include <string.h>

const char *en_diary_id(const struct en_diary_call *c, en_day day, const char *part)
{
    char date[EN_DATE_TEXT_MAX], id[EN_DIGEST_ID_TEXT];
    struct en_digest d;

    en_digest_start(&d);
    en_digest_add_text(&d, "diary");
    en_digest_add_text(&d, c->patient);
    en_digest_add_text(&d, en_date_text(day, date));
    en_digest_add_text(&d, part);
    en_digest_end_id(&d, id);
    return en_arena_copy(c->a, id, SIZE_MAX);
}

const struct en_diary_entry *en_diary_entry_of(const struct en_diary_call *c, en_day day)
{
    for (size_t i = 0; i < c->entry_count; i++) {
        if (c->entries[i].day == day) {
            return &c->entries[i];
        }
    }
    return NULL;
}

/* Reading */

/* "Organization/x" of the Patient. */
static void find_clinic(struct en_diary_call *c)
{
    struct json_object *bundle = json_tokener_parse(c->record.bundle);
    struct json_object *patient =
        en_json_get(en_json_at(en_json_get(bundle, "entry"), 0), "resource");
    struct json_object *given =
        en_json_at(en_json_get(en_json_at(en_json_get(patient, "name"), 0), "given"), 0);
    const char *reference = en_json_text(en_json_get(patient, "managingOrganization"), "reference");

    if (json_object_is_type(given, json_type_string)) {
        c->given = en_arena_copy(c->a, json_object_get_string(given), SIZE_MAX);
    }
    if (reference != NULL && en_text_starts(reference, "Organization/")) {
        c->clinics = en_arena_copy(c->a, reference + strlen("Organization/"), SIZE_MAX);
    }
    (void)json_object_put(bundle);
}

static enum en_status read_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_diary_call *c = context;
    const struct en_record_request request = {
        .params = c->server->params, .patient = c->patient, .today = c->app.today};
    struct en_err missing = {""};

    EN_TRY(en_tx_record(tx, &request, c->a, &c->record, err));
    EN_TRY(en_tx_record_type(tx, &request, "Appointment", c->a, &c->appointments, err));
    EN_TRY(en_tx_record_type(tx, &request, "ServiceRequest", c->a, &c->orders, err));
    EN_TRY(en_tx_record_type(tx, &request, "RiskAssessment", c->a, &c->risks, err));
    find_clinic(c);
    if (c->clinics != NULL) {
        const enum en_status st =
            en_tx_get(tx, "Organization", c->clinics, 0, c->a, &c->organization, &missing);

        c->has_organization = st == EN_OK && !c->organization.is_deleted;
        return st == EN_OK || st == EN_ENOTFOUND ? EN_OK : en_fail(err, st, "%s", missing.text);
    }
    return EN_OK;
}

/* A record with an error in it must not keep a patient from telling of a fever: the diary goes on
 * without the case, whose facts are unknown then. */
static enum en_status read_case(struct en_diary_call *c, struct en_err *err)
{
    struct en_issues issues = {0};
    const enum en_status st =
        en_app_case(&c->app, c->record.bundle, c->record.size, c->a, &c->c, &issues, err);

    c->is_case_broken = st == EN_EINVAL;
    if (c->is_case_broken) {
        en_log_event(c->server->log, EN_LOG_ERROR, "diary", c->rq->id,
                     "the record of a patient cannot be read as a case: see $assess");
        c->c = (struct en_case){.fact_count = 0};
        return EN_OK;
    }
    return st;
}

static int newest_first(const void *left, const void *right)
{
    const struct en_diary_entry *a = left, *b = right;

    return a->day > b->day ? -1 : a->day < b->day;
}

static enum en_status read_entries(struct en_diary_call *c, struct en_err *err)
{
    struct json_object *bundle = json_tokener_parse(c->record.bundle);
    struct json_object *list = en_json_get(bundle, "entry");

    c->entries = EN_NEW(c->a, struct en_diary_entry, en_json_count(list));
    for (size_t i = 0; c->entries != NULL && i < en_json_count(list); i++) {
        struct json_object *resource = en_json_get(en_json_at(list, i), "resource");

        if (en_diary_is_entry(resource) && en_diary_read(c->app.knowledge, &c->form, resource, c->a,
                                                         &c->entries[c->entry_count])) {
            c->entry_count++;
        }
    }
    (void)json_object_put(bundle);
    if (c->entries == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a diary");
    }
    qsort(c->entries, c->entry_count, sizeof *c->entries, newest_first);
    c->entry_count = c->entry_count > EN_DIARY_DAYS_MAX ? EN_DIARY_DAYS_MAX : c->entry_count;
    return EN_OK;
}

static void take_next(struct en_diary_call *c, const char *moment, bool is_booked)
{
    en_day day = EN_DAY_UNKNOWN;

    if (moment == NULL || !en_date_parse(moment, &day, NULL) || day < c->app.today ||
        (c->next != EN_DAY_UNKNOWN && c->next <= day)) {
        return;
    }
    c->next = day;
    c->next_start = is_booked ? en_arena_copy(c->a, moment, SIZE_MAX) : NULL;
}

/* A booking says more than a plan. */
static void find_next(struct en_diary_call *c)
{
    c->next = EN_DAY_UNKNOWN;
    for (size_t i = 0; i < c->appointments.count; i++) {
        struct json_object *root = json_tokener_parse(c->appointments.items[i].body);

        if (en_list_has("booked; pending; arrived", en_json_text(root, "status"))) {
            take_next(c, en_json_text(root, "start"), true);
        }
        (void)json_object_put(root);
    }
    for (size_t i = 0; c->next == EN_DAY_UNKNOWN && i < c->orders.count; i++) {
        struct json_object *root = json_tokener_parse(c->orders.items[i].body);

        if (en_text_equal(en_json_text(root, "status"), "active") &&
            en_concept_has(en_json_get(root, "code"), EN_PROCEDURE_SYSTEM,
                           "prolotherapy-session")) {
            take_next(c, en_json_text(root, "occurrenceDateTime"), false);
        }
        (void)json_object_put(root);
    }
}

static void find_band(struct en_diary_call *c)
{
    for (size_t i = 0; i < c->risks.count; i++) {
        struct json_object *root = json_tokener_parse(c->risks.items[i].body);
        struct en_diary_band band;

        en_diary_read_band(root, &band);
        if (band.count > 0 && (c->band.count == 0 || band.made >= c->band.made)) {
            c->band = band;
        }
        (void)json_object_put(root);
    }
}

static const char *policy(const struct en_diary_call *c, const char *id)
{
    const char *value = en_policy(c->app.knowledge, id);

    return en_text_is_empty(value) ? NULL : value;
}

/* What the clinic has decided comes before what stands with its address. */
static void find_numbers(struct en_diary_call *c)
{
    struct json_object *root =
        c->has_organization ? json_tokener_parse(c->organization.body) : NULL;
    struct json_object *list = en_json_get(root, "telecom");
    const char *name = en_json_text(root, "name");

    c->clinic = (struct en_diary_clinic){.name = policy(c, "clinic"),
                                         .phone = policy(c, "clinic_phone"),
                                         .out_of_hours = policy(c, "out_of_hours"),
                                         .emergency = policy(c, "emergency_number")};
    for (size_t i = 0; c->clinic.phone == NULL && i < en_json_count(list); i++) {
        const char *value = en_json_text(en_json_at(list, i), "value");

        if (value != NULL && en_text_equal(en_json_text(en_json_at(list, i), "system"), "phone")) {
            c->clinic.phone = en_arena_copy(c->a, value, SIZE_MAX);
        }
    }
    if (c->clinic.name == NULL && name != NULL) {
        c->clinic.name = en_arena_copy(c->a, name, SIZE_MAX);
    }
    (void)json_object_put(root);
}

static bool refuse_caller(const struct en_http_request *rq, struct en_http_response *rs,
                          const char *patient)
{
    const struct en_caller *caller = &rq->caller;

    if (patient == NULL) {
        (void)en_refuse(rs, 400, "required", "whose diary? ask for /diary/ and the patient's id");
        return true;
    }
    if (caller->patient != NULL && !en_text_equal(caller->patient, patient)) {
        (void)en_refuse(rs, 404, "not-found", "no such Patient");
        return true;
    }
    if (caller->role != EN_ROLE_PATIENT && (!en_may(caller, EN_DO_READ, "Patient") ||
                                            !en_may(caller, EN_DO_READ, "QuestionnaireResponse"))) {
        (void)en_refuse(rs, 403, "forbidden", "a %s reads no diaries", en_role_name(caller->role));
        return true;
    }
    return false;
}

enum en_status en_diary_open(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_diary_call *c, bool *is_refused,
                             struct en_err *err)
{
    *c = (struct en_diary_call){
        .server = s,
        .rq = rq,
        .a = rq->arena,
        .app = en_server_app(s, rq),
        .patient = rq->args[0] != NULL ? rq->args[0] : rq->caller.patient,
    };
    *is_refused = refuse_caller(rq, rs, c->patient);
    if (*is_refused) {
        return EN_OK;
    }
    EN_TRY(en_diary_form_of(c->app.knowledge, &c->form, err));
    EN_TRY(en_store_read(s->store, read_work, c, err));
    EN_TRY(read_case(c, err));
    EN_TRY(read_entries(c, err));
    find_next(c);
    find_band(c);
    find_numbers(c);
    c->course = en_diary_course_of(&(struct en_care){c->app.knowledge, c->app.today}, &c->c);
    return EN_OK;
}

/* Routes */

static enum en_status get_diary(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    struct en_diary_call *c = EN_NEW(rq->arena, struct en_diary_call, 1);
    bool is_refused = false;

    if (c == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a diary");
    }
    EN_TRY(en_diary_open(s, rq, rs, c, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    rs->content_type = "application/json; charset=utf-8";
    EN_TRY(en_diary_show(c, &rs->body, err));
    return en_server_audit(s, rq,
                           (struct en_audit){.action = 'R',
                                             .subtype = "diary",
                                             .patient = c->patient,
                                             .entity_type = "Patient",
                                             .entity_id = c->patient},
                           err);
}

static enum en_status post_diary(struct en_server *s, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    struct en_diary_call *c = EN_NEW(rq->arena, struct en_diary_call, 1);
    struct en_diary_submission *submission = EN_NEW(rq->arena, struct en_diary_submission, 1);
    bool is_refused = false;

    if (c == NULL || submission == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a diary");
    }
    if (rq->caller.role != EN_ROLE_PATIENT) {
        return en_refuse(rs, 403, "forbidden",
                         "a diary is written by the patient: make a link with POST /auth/links");
    }
    EN_TRY(en_diary_open(s, rq, rs, c, &is_refused, err));
    if (!is_refused) {
        EN_TRY(en_diary_submission_read(c, rs, submission, &is_refused, err));
    }
    return is_refused ? EN_OK : en_diary_keep(c, submission, rs, err);
}

const struct en_route EN_ROUTES_DIARY[] = {
    {EN_GET, "/diary", EN_RIGHT_DIARY, get_diary, 0,
     "the own diary: questions of today, answers so far, aftercare, whom to call"},
    {EN_POST, "/diary", EN_RIGHT_DIARY, post_diary, 0,
     "the own answers of today; with version: a correction; answers how urgent they are"},
    {EN_GET, "/diary/{}", EN_RIGHT_DIARY, get_diary, 0, "the diary of a patient, for staff"},
    {0},
};
