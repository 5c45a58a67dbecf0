/* SPDX-License-Identifier: Apache-2.0
 * server/overview_events: decisions, agreements, visits and harm in a patient's record. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/overview.h"
#include "server/session_inside.h"

#include <string.h>

#define VERDICT_URL EN_FHIR_BASE "StructureDefinition/verdict"

static const char *copy(struct en_arena *a, const char *text)
{
    return text == NULL ? NULL : en_arena_copy(a, text, SIZE_MAX);
}

/* One resource: an event for the axis, and what else the overview takes from it. */
typedef void take(struct en_overview *o, struct json_object *tree, struct en_overview_event *out);

/* Operations' verdicts. */
static void take_guidance(struct en_overview *o, struct json_object *tree,
                          struct en_overview_event *out)
{
    const char *module = en_json_text(tree, "moduleUri");
    struct json_object *extensions = en_json_get(tree, "extension");
    en_day day = EN_DAY_UNKNOWN;

    if (module != NULL && en_text_starts(module, EN_FHIR_BASE)) {
        out->kind = copy(o->a, module + sizeof EN_FHIR_BASE - 1);
    }
    out->day = copy(o->a, en_json_text(tree, "occurrenceDateTime"));
    for (size_t i = 0; i < en_json_count(extensions); i++) {
        struct json_object *extension = en_json_at(extensions, i);

        if (en_text_equal(en_json_text(extension, "url"), VERDICT_URL)) {
            out->code = copy(o->a, en_json_text(extension, "valueCode"));
        }
    }
    if (en_text_equal(out->kind, "review") && out->day != NULL &&
        en_date_parse(out->day, &day, NULL) && day > o->last_review) {
        o->last_review = day;
    }
    if (en_text_equal(out->kind, "plan")) {
        out->kind = NULL; /* the CarePlan tells it */
    }
}

static void take_plan(struct en_overview *o, struct json_object *tree,
                      struct en_overview_event *out)
{
    const char *created = en_json_text(tree, "created");

    out->kind = "plan";
    out->code = copy(o->a, en_json_text(tree, "status"));
    out->text = copy(o->a, en_json_text(tree, "title"));
    out->day = copy(o->a, created != NULL ? created
                                          : en_json_text(en_json_get(tree, "meta"), "lastUpdated"));
}

static void take_consent(struct en_overview *o, struct json_object *tree,
                         struct en_overview_event *out)
{
    out->kind = "consent";
    out->code = copy(o->a, en_json_text(tree, "status"));
    out->day = copy(o->a, en_json_text(tree, "dateTime"));
}

static void take_harm(struct en_overview *o, struct json_object *tree,
                      struct en_overview_event *out)
{
    const char *date = en_json_text(tree, "date");

    out->kind = "harm";
    out->text = copy(o->a, en_concept_text(en_json_get(tree, "event")));
    out->code = copy(o->a, en_concept_text(en_json_get(tree, "severity")));
    out->day = copy(o->a, date != NULL ? date : en_json_text(tree, "recordedDate"));
}

static const char *performer_of(const struct en_overview *o, struct json_object *appointment)
{
    struct json_object *list = en_json_get(appointment, "participant");
    const char *id = NULL;

    for (size_t i = 0; i < en_json_count(list) && id == NULL; i++) {
        id = en_today_target(en_json_get(en_json_at(list, i), "actor"), "Practitioner", o->a);
    }
    return id;
}

/* A session that is booked, the earliest from today on. */
static void take_visit(struct en_overview *o, struct json_object *tree,
                       struct en_overview_event *out)
{
    const char *status = en_json_text(tree, "status");
    struct json_object *type = en_json_at(en_json_get(tree, "serviceType"), 0);
    const bool is_gone =
        status != NULL && en_list_has("cancelled; entered-in-error; noshow", status);
    const bool is_session =
        type == NULL || en_concept_has(type, EN_PROCEDURE_SYSTEM, "prolotherapy-session");
    en_day day = EN_DAY_UNKNOWN;

    out->kind = "visit";
    out->day = copy(o->a, en_json_text(tree, "start"));
    out->code = copy(o->a, status);
    out->text = copy(o->a, en_json_text(tree, "description"));
    if (!is_gone && is_session && !en_text_equal(status, "fulfilled") && out->day != NULL &&
        en_date_parse(out->day, &day, NULL) && day >= o->rq->today &&
        (o->next_visit == EN_DAY_UNKNOWN || day < o->next_visit)) {
        o->next_visit = day;
        o->next_appointment = out->id;
        o->next_performer = performer_of(o, tree);
    }
    if (is_gone) {
        out->kind = NULL;
    }
}

static void take_flag(struct en_overview *o, struct json_object *tree,
                      struct en_overview_event *out)
{
    struct json_object *code = en_json_get(tree, "code");
    const bool is_active = en_text_equal(en_json_text(tree, "status"), "active");

    out->kind = "flag";
    out->code = copy(o->a, en_concept_code(code, EN_FHIR_BASE "CodeSystem/diary-alert"));
    out->text = copy(o->a, en_concept_text(code));
    out->day = copy(o->a, en_json_text(en_json_get(tree, "period"), "start"));
    if (is_active && out->code != NULL && o->alert_count < EN_OVERVIEW_ALERTS_MAX) {
        o->alerts[o->alert_count++] = (struct en_today_alert){
            .flag = out->id, .level = out->code, .since = out->day, .text = out->text};
    }
}

/* Sessions stand on the axis by themselves; here is told which one is under way. */
static void take_procedure(struct en_overview *o, struct json_object *tree,
                           struct en_overview_event *out)
{
    const char *status = en_json_text(tree, "status");

    if (en_session_is_one(tree) && status != NULL &&
        en_list_has("preparation; in-progress", status)) {
        o->open_session = out->id;
    }
}

static const struct {
    const char *type;
    take *take;
} TAKERS[] = {
    {"GuidanceResponse", take_guidance}, {"CarePlan", take_plan},     {"Consent", take_consent},
    {"AdverseEvent", take_harm},         {"Appointment", take_visit}, {"Flag", take_flag},
    {"Procedure", take_procedure},
};

static void take_one(struct en_overview *o, size_t taker, const struct en_version *v)
{
    struct json_object *tree = json_tokener_parse(v->body);
    struct en_overview_event event = {.type = v->type, .id = v->id};

    TAKERS[taker].take(o, tree, &event);
    if (event.kind != NULL && o->event_count < EN_OVERVIEW_EVENTS_MAX) {
        o->events[o->event_count++] = event;
    }
    (void)json_object_put(tree);
}

enum en_status en_overview_events(struct en_overview *o, struct en_tx *tx, struct en_err *err)
{
    const struct en_record_request rq = {.params = o->server->params, .patient = o->person.id};

    o->events = EN_NEW(o->a, struct en_overview_event, EN_OVERVIEW_EVENTS_MAX);
    o->alerts = EN_NEW(o->a, struct en_today_alert, EN_OVERVIEW_ALERTS_MAX);
    if (o->events == NULL || o->alerts == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an overview");
    }
    o->event_count = o->alert_count = 0;
    o->last_review = o->next_visit = EN_DAY_UNKNOWN;
    o->open_session = o->next_appointment = o->next_performer = NULL;
    for (size_t i = 0; i < EN_COUNT(TAKERS); i++) {
        struct en_versions found = {0};

        EN_TRY(en_tx_record_type(tx, &rq, TAKERS[i].type, o->a, &found, err));
        for (size_t k = 0; k < found.count; k++) {
            take_one(o, i, &found.items[k]);
        }
    }
    return EN_OK;
}
