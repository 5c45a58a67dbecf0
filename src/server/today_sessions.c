/* SPDX-License-Identifier: Apache-2.0
 * server/today_sessions: the appointments of a day, and how ready each is. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/clinic_case.h"
#include "server/today.h"

#include <string.h>

static const char SESSION_CODE[] = "prolotherapy-session";

/* Appointments that nobody comes to are not of the day. */
static const char GONE[] = "cancelled; entered-in-error; noshow";

static const char *copy(struct en_arena *a, const char *text)
{
    return text == NULL ? NULL : en_arena_copy(a, text, SIZE_MAX);
}

/* Appointments */

/* A service that is not told may be a session: it is looked at as one. */
static bool is_visit(struct json_object *appointment)
{
    struct json_object *types = en_json_get(appointment, "serviceType");

    for (size_t i = 0; i < en_json_count(types); i++) {
        if (en_concept_has(en_json_at(types, i), EN_PROCEDURE_SYSTEM, SESSION_CODE)) {
            return false;
        }
    }
    return en_json_count(types) > 0;
}

static enum en_today_state state_of(const char *status)
{
    if (en_text_equal(status, "fulfilled")) {
        return EN_TODAY_DONE;
    }
    return status != NULL && en_list_has("arrived; checked-in", status) ? EN_TODAY_ARRIVED
                                                                        : EN_TODAY_BOOKED;
}

static void read_participants(struct json_object *appointment, struct en_arena *a,
                              struct en_today_session *out)
{
    struct json_object *list = en_json_get(appointment, "participant");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *actor = en_json_get(en_json_at(list, i), "actor");

        if (out->patient.id == NULL) {
            out->patient.id = en_today_target(actor, "Patient", a);
        }
        if (out->performer.id == NULL) {
            out->performer.id = en_today_target(actor, "Practitioner", a);
        }
    }
}

static void read_appointment(struct json_object *tree, const char *id, struct en_arena *a,
                             struct en_today_session *out)
{
    struct json_object *reason = en_json_at(en_json_get(tree, "reasonReference"), 0);
    const char *start = en_json_text(tree, "start"), *end = en_json_text(tree, "end");
    int64_t other = 0;

    *out = (struct en_today_session){
        .appointment = copy(a, id),
        .start = copy(a, start),
        .end = copy(a, end),
        .status = copy(a, en_json_text(tree, "status")),
        .text = copy(a, en_json_text(tree, "description")),
        .condition = en_today_target(reason, "Condition", a),
        .is_visit = is_visit(tree),
        .state = state_of(en_json_text(tree, "status")),
        .start_us = EN_INSTANT_UNKNOWN,
        .end_us = EN_INSTANT_UNKNOWN,
    };
    if (start != NULL) {
        (void)en_instant_span(start, &out->start_us, &other);
    }
    if (end != NULL) {
        (void)en_instant_span(end, &other, &out->end_us);
    }
    read_participants(tree, a, out);
}

static enum en_status appointments_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_today *t = context;
    struct en_arena *a = t->rq->arena;
    char from[EN_INSTANT_TEXT_MAX], to[EN_INSTANT_TEXT_MAX];
    const char *query = en_arena_print(a, "date=ge%s&date=lt%s&_sort=date&_count=%d",
                                       en_instant_text(t->from_us, from),
                                       en_instant_text(t->to_us + 1, to), (int)EN_SEARCH_COUNT_MAX);
    struct en_page page;

    EN_TRY(en_today_find(t, tx, "Appointment", query, a, &page, err));
    t->sessions = EN_NEW(a, struct en_today_session, page.count);
    t->session_count = 0;
    if (t->sessions == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a day");
    }
    for (size_t i = 0; i < page.count && t->session_count < EN_TODAY_SESSIONS_MAX; i++) {
        struct json_object *tree = json_tokener_parse(page.items[i].body);
        const char *status = en_json_text(tree, "status");

        if (status == NULL || !en_list_has(GONE, status)) {
            read_appointment(tree, page.items[i].id, a, &t->sessions[t->session_count++]);
        }
        (void)json_object_put(tree);
    }
    t->sessions_cut = page.next_cursor != NULL || t->session_count == EN_TODAY_SESSIONS_MAX;
    return EN_OK;
}

enum en_status en_today_appointments(struct en_today *t)
{
    return en_store_read(t->server->store, appointments_work, t, t->err);
}

/* One session */

struct judging {
    struct en_today *t;
    struct en_today_session *out;
    struct en_today_room *room;
    struct en_clinic_case of;
};

static enum en_status gather_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct judging *j = context;
    struct en_today_session *out = j->out;
    struct en_arena *keep = &j->room->keep;

    EN_TRY(en_today_person(tx, "Patient", out->patient.id, keep, &out->patient, err));
    if (out->performer.id != NULL) {
        EN_TRY(en_today_person(tx, "Practitioner", out->performer.id, keep, &out->performer, err));
    }
    if (out->is_visit || out->patient.name == NULL) {
        return EN_OK;
    }
    EN_TRY(en_clinic_case_session(&j->of, tx, err));
    if (j->of.procedure != NULL) {
        out->procedure = copy(keep, j->of.procedure);
        out->state = j->of.is_done ? EN_TODAY_DONE : EN_TODAY_RUNNING;
    }
    if (out->state == EN_TODAY_DONE || j->t->is_past) {
        return EN_OK;
    }
    out->is_judged = true;
    return en_clinic_case_read(&j->of, tx, err);
}

/* What outlives the piece. Titles and questions are rows of the knowledge and do so by themselves.
 */
static enum en_status keep_parts(struct en_readiness *r, struct en_arena *keep, struct en_err *err)
{
    for (int i = 0; i < EN_READY_KINDS; i++) {
        struct en_ready_part *part = &r->parts[i];
        struct en_ready_detail *details = EN_NEW(keep, struct en_ready_detail, part->count);

        if (details == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for a day");
        }
        if (part->count > 0) {
            memcpy(details, part->details, part->count * sizeof *details);
        }
        part->details = details;
    }
    return EN_OK;
}

static int sessions_given(const struct en_care *care, const struct en_ready_answer *answer)
{
    const struct en_course course = en_course_of(care, &answer->c, answer->target, answer->plan);
    int count = 0;

    for (size_t i = 0; i < answer->c.session_count; i++) {
        count += en_course_has(&course, &answer->c.sessions[i]) ? 1 : 0;
    }
    return count;
}

static enum en_status take_answer(struct judging *j, const struct en_app *app,
                                  const struct en_ready_answer *answer, struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};
    struct en_today_session *out = j->out;
    struct en_arena *keep = &j->room->keep;
    const char *needs = NULL;

    EN_TRY(en_ready_needs(answer->plan, &j->room->scratch, &needs, err));
    out->is_readable = answer->is_readable;
    out->needs = copy(keep, needs);
    out->readiness = answer->readiness;
    if (answer->target != NULL) {
        const struct en_row *row =
            en_row_find(app->knowledge, "conditions", answer->target->condition);

        out->problem = row != NULL ? en_cell(row, "title") : copy(keep, answer->target->text);
        out->region = row != NULL ? en_cell(row, "region") : NULL;
        out->side = answer->target->side;
        out->sessions_given = sessions_given(&care, answer);
    }
    return keep_parts(&out->readiness, keep, err);
}

static enum en_status judge(struct judging *j, struct en_err *err)
{
    struct en_app app = en_server_app(j->t->server, j->t->rq);
    struct en_ready_answer *answer = EN_NEW(&j->room->scratch, struct en_ready_answer, 1);

    if (answer == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a day");
    }
    app.today = j->t->day;
    EN_TRY(en_clinic_case_judge(&j->of, &app, answer, err));
    return take_answer(j, &app, answer, err);
}

static enum en_status judge_one(struct en_today *t, size_t index, struct en_today_room *room,
                                struct en_err *err)
{
    struct en_today_session *out = &t->sessions[index];
    struct judging *j = EN_NEW(&room->scratch, struct judging, 1);

    if (j == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a day");
    }
    if (out->patient.id == NULL) {
        return EN_OK;
    }
    *j = (struct judging){.t = t,
                          .out = out,
                          .room = room,
                          .of = {.server = t->server,
                                 .a = &room->scratch,
                                 .patient = out->patient.id,
                                 .performer = out->performer.id,
                                 .condition = out->condition,
                                 .day = t->day,
                                 .moment_us = out->start_us}};
    EN_TRY(en_store_read(t->server->store, gather_work, j, err));
    return out->is_judged ? judge(j, err) : EN_OK;
}

enum en_status en_today_sessions(struct en_today *t, struct en_today_room *rooms)
{
    return en_today_run(t, t->session_count, judge_one, rooms);
}
