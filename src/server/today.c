/* SPDX-License-Identifier: Apache-2.0 */
#include "server/today.h"

#include "base/instant.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/audit.h"
#include "server/route.h"

#include <string.h>

static const int64_t DAY_US = INT64_C(86400000000);

/* Shared by the parts */

enum en_status en_today_find(struct en_today *t, struct en_tx *tx, const char *type,
                             const char *text, struct en_arena *a, struct en_page *out,
                             struct en_err *err)
{
    struct en_search_query *query = EN_NEW(a, struct en_search_query, 1);
    struct en_issues issues = {0};

    if (query == NULL || text == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a search");
    }
    EN_TRY(en_search_parse(t->server->params, type, text, false, a, query, &issues, err));
    return en_tx_search(tx, query, a, out, err);
}

const char *en_today_target(struct json_object *reference, const char *type, struct en_arena *a)
{
    const char *text = en_json_text(reference, "reference");
    const size_t size = strlen(type);

    if (text == NULL || !en_text_starts(text, type) || text[size] != '/') {
        return NULL;
    }
    return en_arena_copy(a, text + size + 1, strcspn(text + size + 1, "/"));
}

static const char *copy(struct en_arena *a, const char *text)
{
    return text == NULL ? NULL : en_arena_copy(a, text, SIZE_MAX);
}

/* As written, or the names in their order. */
static const char *name_of(struct json_object *person, struct en_arena *a)
{
    struct json_object *names = en_json_get(person, "name");
    struct json_object *name =
        json_object_is_type(names, json_type_array) ? en_json_at(names, 0) : names;
    struct json_object *given = en_json_get(name, "given");
    const char *family = en_json_text(name, "family"), *text = "";

    if (en_json_text(name, "text") != NULL) {
        return copy(a, en_json_text(name, "text"));
    }
    for (size_t i = 0; text != NULL && i < en_json_count(given); i++) {
        const char *word = json_object_get_string(en_json_at(given, i));

        text = en_arena_print(a, "%s%s%s", text, text[0] == '\0' ? "" : " ", word);
    }
    if (text == NULL || family == NULL) {
        return en_text_is_empty(text) ? NULL : text;
    }
    return en_arena_print(a, "%s%s%s", text, text[0] == '\0' ? "" : " ", family);
}

enum en_status en_today_person(struct en_tx *tx, const char *type, const char *id,
                               struct en_arena *a, struct en_today_person *out, struct en_err *err)
{
    struct en_version v;
    struct en_err missing = {""};
    const enum en_status st = en_tx_get(tx, type, id, 0, a, &v, &missing);

    *out = (struct en_today_person){.id = id};
    if (st == EN_ENOTFOUND || (st == EN_OK && v.is_deleted)) {
        return EN_OK;
    }
    if (st != EN_OK) {
        return en_fail(err, st, "%s", missing.text);
    }
    struct json_object *tree = json_tokener_parse(v.body);
    struct json_object *identifier = en_json_at(en_json_get(tree, "identifier"), 0);

    out->name = name_of(tree, a);
    out->birth = copy(a, en_json_text(tree, "birthDate"));
    out->identifier = copy(a, en_json_text(identifier, "value"));
    (void)json_object_put(tree);
    return EN_OK;
}

/* Side by side */

struct running {
    struct en_today *t;
    en_today_piece *piece;
    struct en_today_room *rooms;
    enum en_status status[EN_TODAY_THREADS];
    struct en_err errors[EN_TODAY_THREADS];
};

static void run_piece(void *context, size_t index, int worker)
{
    struct running *r = context;
    struct en_today_room *room = &r->rooms[worker];

    if (r->status[worker] != EN_OK) {
        return;
    }
    const struct en_arena_mark mark = en_arena_mark(&room->scratch);

    r->status[worker] = r->piece(r->t, index, room, &r->errors[worker]);
    en_arena_rewind(&room->scratch, mark);
}

enum en_status en_today_run(struct en_today *t, size_t count, en_today_piece *piece,
                            struct en_today_room rooms[EN_TODAY_THREADS])
{
    struct running r = {.t = t, .piece = piece, .rooms = rooms};
    const int processors = en_pool_processors();

    en_pool_run(processors < EN_TODAY_THREADS ? processors : EN_TODAY_THREADS, count, run_piece,
                &r);
    for (size_t i = 0; i < EN_TODAY_THREADS; i++) {
        if (r.status[i] != EN_OK) {
            return en_fail(t->err, r.status[i], "%s", r.errors[i].text);
        }
    }
    return EN_OK;
}

/* What is asked */

static bool is_part(const char *list, const char *name)
{
    return list == NULL || en_list_has(list, name);
}

/* "sessions,alerts,courses", any of them; NULL: all. As a list of ours. */
static enum en_status read_parts(struct en_today *t, bool *is_wrong)
{
    static const char *const NAMES = "sessions; alerts; courses";
    const char *text = NULL, *item = NULL, *list = NULL;
    size_t size = 0;

    EN_TRY(en_http_form_value(t->rq->query, "part", t->rq->arena, &text, t->err));
    for (const char *at = text; at != NULL && *at != '\0'; at += strcspn(at, ",")) {
        at += *at == ',' ? 1 : 0;
        list = en_arena_print(t->rq->arena, "%s%s%.*s", list == NULL ? "" : list,
                              list == NULL ? "" : "; ", (int)strcspn(at, ","), at);
    }
    for (const char *at = list; at != NULL && (at = en_list_next(at, &item, &size)) != NULL;) {
        const char *word = en_arena_copy(t->rq->arena, item, size);

        *is_wrong = *is_wrong || word == NULL || !en_list_has(NAMES, word);
    }
    t->with_sessions = is_part(list, "sessions");
    t->with_alerts = t->is_clinical && is_part(list, "alerts");
    t->with_courses = t->is_clinical && is_part(list, "courses");
    return EN_OK;
}

/* The day begins where the clinic is: zone "+03:00", default UTC. */
static enum en_status read_day(struct en_today *t, bool *is_wrong)
{
    const char *text = NULL, *zone = NULL;
    enum en_date_precision precision = EN_DATE_YEAR;
    char day[EN_DATE_TEXT_MAX];
    int64_t end = 0;

    t->day = t->rq->today;
    EN_TRY(en_http_form_value(t->rq->query, "date", t->rq->arena, &text, t->err));
    EN_TRY(en_http_form_value(t->rq->query, "zone", t->rq->arena, &zone, t->err));
    if (text != NULL && (!en_date_parse(text, &t->day, &precision) || precision != EN_DATE_DAY)) {
        *is_wrong = true;
        return EN_OK;
    }
    text = en_arena_print(t->rq->arena, "%sT00:00:00%s", en_date_text(t->day, day),
                          zone == NULL ? "Z" : zone);
    if (text == NULL || !en_instant_span(text, &t->from_us, &end)) {
        *is_wrong = true;
        return EN_OK;
    }
    t->to_us = t->from_us + DAY_US - 1;
    t->is_past = t->day < t->rq->today;
    return EN_OK;
}

static enum en_status read_page(struct en_today *t, bool *is_wrong)
{
    const char *text = NULL;
    long long page = 0;

    EN_TRY(en_http_form_value(t->rq->query, "page", t->rq->arena, &text, t->err));
    *is_wrong = *is_wrong || (text != NULL && !en_text_integer(text, 0, 10000, &page));
    t->page = (size_t)page;
    return EN_OK;
}

/* Audit: one entry for each patient of whom something is told. */

struct trail {
    const struct en_today *t;
    const char **patients;
    size_t count;
};

static void add_patient(struct trail *trail, const char *id)
{
    for (size_t i = 0; i < trail->count; i++) {
        if (en_text_equal(trail->patients[i], id)) {
            return;
        }
    }
    if (id != NULL) {
        trail->patients[trail->count++] = id;
    }
}

static enum en_status audit_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct trail *trail = context;
    char day[EN_DATE_TEXT_MAX];
    struct en_audit audit = {
        .action = 'R', .subtype = "clinic-today", .detail = en_date_text(trail->t->day, day)};

    en_audit_of(trail->t->rq, &audit);
    if (trail->count == 0) {
        return en_tx_audit(tx, &audit, err);
    }
    for (size_t i = 0; i < trail->count; i++) {
        audit.patient = audit.entity_id = trail->patients[i];
        audit.entity_type = "Patient";
        EN_TRY(en_tx_audit(tx, &audit, err));
    }
    return EN_OK;
}

static enum en_status write_trail(struct en_today *t)
{
    struct trail trail = {.t = t};

    trail.patients =
        EN_NEW(t->rq->arena, const char *, t->session_count + t->alert_count + t->course_count + 1);
    if (trail.patients == NULL) {
        return en_fail(t->err, EN_ENOMEM, "no memory for the audit entry");
    }
    for (size_t i = 0; i < t->session_count; i++) {
        add_patient(&trail, t->sessions[i].patient.id);
    }
    for (size_t i = 0; i < t->alert_count; i++) {
        add_patient(&trail, t->alerts[i].patient.id);
    }
    for (size_t i = 0; i < t->course_count; i++) {
        add_patient(&trail, t->courses[i].patient.id);
    }
    return en_store_write(t->server->store, audit_work, &trail, t->err);
}

static enum en_status gather(struct en_today *t, struct en_today_room *rooms)
{
    if (t->with_sessions) {
        EN_TRY(en_today_appointments(t));
        EN_TRY(en_today_sessions(t, rooms));
        EN_TRY(en_today_stock(t));
    }
    if (t->with_alerts) {
        EN_TRY(en_today_alerts(t));
    }
    return t->with_courses ? en_today_courses(t, rooms) : EN_OK;
}

/* GET /clinic/today */
static enum en_status today(struct en_server *s, const struct en_http_request *rq,
                            struct en_http_response *rs, struct en_err *err)
{
    struct en_today t = {.server = s,
                         .rq = rq,
                         .err = err,
                         .is_clinical = en_may_route(&rq->caller, EN_RIGHT_DECIDE)};
    struct en_today_room rooms[EN_TODAY_THREADS];
    bool is_wrong = false;

    EN_TRY(read_day(&t, &is_wrong));
    EN_TRY(read_page(&t, &is_wrong));
    EN_TRY(read_parts(&t, &is_wrong));
    if (is_wrong) {
        return en_refuse(rs, 400, "value",
                         "date needs a day (2026-03-02), zone an offset (+03:00), page a number, "
                         "part some of sessions, alerts, courses");
    }
    for (size_t i = 0; i < EN_TODAY_THREADS; i++) {
        rooms[i] = (struct en_today_room){EN_ARENA(EN_REQUEST_ARENA), EN_ARENA(EN_REQUEST_ARENA)};
    }
    enum en_status st = gather(&t, rooms);

    if (st == EN_OK) {
        st = write_trail(&t);
    }
    if (st == EN_OK) {
        rs->content_type = "application/json; charset=utf-8";
        st = en_today_write(&t, &rs->body, err);
    }
    for (size_t i = 0; i < EN_TODAY_THREADS; i++) {
        en_arena_free(&rooms[i].scratch);
        en_arena_free(&rooms[i].keep);
    }
    return st;
}

const struct en_route EN_ROUTES_TODAY[] = {
    {EN_GET, "/clinic/today", EN_RIGHT_CLINIC, today, 0,
     "the day: sessions with what is missing for them, alerts, reviews and scores that are due"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
