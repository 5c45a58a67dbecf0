/* SPDX-License-Identifier: Apache-2.0
 * server/today_due: alerts of diaries, and what the courses of treatment wait for. */
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/session_inside.h"
#include "server/today.h"

#include <string.h>

/* Code of a Flag that a diary raised: "E", "S", "U", "R" as in tiers.tsv. */
#define ALERT_SYSTEM EN_FHIR_BASE "CodeSystem/diary-alert"

static const char LEVELS[] = "ESUR"; /* gravest first */

static const char *copy(struct en_arena *a, const char *text)
{
    return text == NULL ? NULL : en_arena_copy(a, text, SIZE_MAX);
}

/* Alerts */

static enum en_status add_alert(struct en_today *t, struct en_tx *tx, const struct en_version *v,
                                struct en_err *err)
{
    struct en_arena *a = t->rq->arena;
    struct json_object *tree = json_tokener_parse(v->body);
    struct json_object *code = en_json_get(tree, "code");
    const char *level = copy(a, en_concept_code(code, ALERT_SYSTEM));
    const char *patient = en_today_target(en_json_get(tree, "subject"), "Patient", a);
    const bool is_active = en_text_equal(en_json_text(tree, "status"), "active");
    struct en_today_alert *out = &t->alerts[t->alert_count];
    enum en_status st = EN_OK;

    if (level != NULL && patient != NULL && is_active) {
        *out = (struct en_today_alert){
            .flag = v->id,
            .level = level,
            .since = copy(a, en_json_text(en_json_get(tree, "period"), "start")),
            .text = copy(a, en_json_text(code, "text")),
        };
        t->alert_count++;
        st = en_today_person(tx, "Patient", patient, a, &out->patient, err);
    }
    (void)json_object_put(tree);
    return st;
}

static int rank_of(const struct en_today_alert *alert)
{
    const char *at = strchr(LEVELS, alert->level[0]);

    return at == NULL || *at == '\0' ? 0 : (int)(at - LEVELS); /* what is not known comes first */
}

/* Gravest first; of one level the order of the search stays, newest first. */
static void sort_alerts(struct en_today *t)
{
    for (size_t i = 1; i < t->alert_count; i++) {
        const struct en_today_alert one = t->alerts[i];
        size_t at = i;

        for (; at > 0 && rank_of(&t->alerts[at - 1]) > rank_of(&one); at--) {
            t->alerts[at] = t->alerts[at - 1];
        }
        t->alerts[at] = one;
    }
}

/* R4 finds no Flag by its status, so the newest ones are looked through. */
static enum en_status alerts_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_today *t = context;
    const char *query =
        en_arena_print(t->rq->arena, "_sort=-_lastUpdated&_count=%d", (int)EN_SEARCH_COUNT_MAX);
    struct en_page page;

    EN_TRY(en_today_find(t, tx, "Flag", query, t->rq->arena, &page, err));
    t->alerts = EN_NEW(t->rq->arena, struct en_today_alert, page.count);
    t->alert_count = 0;
    if (t->alerts == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the alerts");
    }
    for (size_t i = 0; i < page.count; i++) {
        EN_TRY(add_alert(t, tx, &page.items[i], err));
    }
    t->alerts_cut = page.next_cursor != NULL || t->alert_count > EN_TODAY_ALERTS_MAX;
    return EN_OK;
}

enum en_status en_today_alerts(struct en_today *t)
{
    EN_TRY(en_store_read(t->server->store, alerts_work, t, t->err));
    sort_alerts(t);
    t->alert_count = t->alert_count < EN_TODAY_ALERTS_MAX ? t->alert_count : EN_TODAY_ALERTS_MAX;
    return EN_OK;
}

/* Patients with a session that somebody may still wait for something of */

struct listing {
    struct en_today *t;
    const char **patients; /* shape [count], newest session first, each once */
    size_t count, capacity;
};

static bool is_listed(const struct listing *l, const char *id)
{
    for (size_t i = 0; i < l->count; i++) {
        if (en_text_equal(l->patients[i], id)) {
            return true;
        }
    }
    return false;
}

/* Patients up to and with the page that is wanted, and one more that tells of a next one. */
static enum en_status list_page(struct listing *l, const struct en_page *page, struct en_err *err)
{
    for (size_t i = 0; i < page->count && l->count < l->capacity; i++) {
        struct json_object *tree = json_tokener_parse(page->items[i].body);
        const char *id = en_today_target(en_json_get(tree, "subject"), "Patient", l->t->rq->arena);
        const bool counts = id != NULL && en_session_is_one(tree);

        (void)json_object_put(tree);
        if (counts && !is_listed(l, id)) {
            l->patients[l->count++] = id;
        }
    }
    (void)err;
    return EN_OK;
}

static enum en_status list_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct listing *l = context;
    struct en_today *t = l->t;
    char from[EN_DATE_TEXT_MAX];
    const char *query = en_arena_print(
        t->rq->arena,
        "code=" EN_PROCEDURE_SYSTEM "%%7Cprolotherapy-session&date=ge%s&_sort=-date&_count=%d",
        en_date_text(t->rq->today - en_due_window(en_server_knowledge(t->server, t->rq)), from),
        (int)EN_SEARCH_COUNT_MAX);
    struct en_search_query *parsed = EN_NEW(t->rq->arena, struct en_search_query, 1);
    struct en_issues issues = {0};
    struct en_page page;

    l->count = 0;
    if (query == NULL || parsed == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the courses");
    }
    EN_TRY(en_search_parse(t->server->params, "Procedure", query, false, t->rq->arena, parsed,
                           &issues, err));
    do {
        EN_TRY(en_tx_search(tx, parsed, t->rq->arena, &page, err));
        EN_TRY(list_page(l, &page, err));
        parsed->cursor = page.next_cursor;
    } while (page.next_cursor != NULL && l->count < l->capacity);
    return EN_OK;
}

/* One course */

struct course {
    struct en_today *t;
    struct en_today_course *out;
    struct en_today_room *room;
    struct en_record record;
    en_day last_review;
};

/* Day of the newest review that was kept. */
static enum en_status read_reviews(struct course *c, struct en_tx *tx,
                                   const struct en_record_request *rq, struct en_err *err)
{
    struct en_versions found = {0};

    EN_TRY(en_tx_record_type(tx, rq, "GuidanceResponse", &c->room->scratch, &found, err));
    c->last_review = EN_DAY_UNKNOWN;
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);
        en_day day = EN_DAY_UNKNOWN;

        if (en_text_equal(en_json_text(tree, "moduleUri"), EN_FHIR_BASE "review") &&
            en_date_parse(en_json_text(tree, "occurrenceDateTime"), &day, NULL) &&
            day > c->last_review) {
            c->last_review = day;
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

static enum en_status course_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct course *c = context;
    const struct en_record_request rq = {
        .params = c->t->server->params, .patient = c->out->patient.id, .today = c->t->rq->today};

    EN_TRY(en_today_person(tx, "Patient", rq.patient, &c->room->keep, &c->out->patient, err));
    if (c->out->patient.name == NULL) {
        return EN_OK;
    }
    EN_TRY(en_tx_record(tx, &rq, &c->room->scratch, &c->record, err));
    return read_reviews(c, tx, &rq, err);
}

/* The course with the newest session is the one that is told. */
static size_t newest_of(const struct en_due *due, size_t count)
{
    size_t newest = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        if (due[i].last_session != EN_DAY_UNKNOWN &&
            (newest == SIZE_MAX || due[i].last_session > due[newest].last_session)) {
            newest = i;
        }
    }
    return newest;
}

static enum en_status keep_due(struct en_due *d, struct en_arena *keep, struct en_err *err)
{
    struct en_due_scores *scores = EN_NEW(keep, struct en_due_scores, d->score_count);
    const struct en_finding **why = EN_NEW(keep, const struct en_finding *, d->why_count);
    struct en_finding *findings = EN_NEW(keep, struct en_finding, d->why_count);

    if (scores == NULL || why == NULL || findings == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for what is due");
    }
    for (size_t i = 0; i < d->score_count; i++) {
        scores[i] = d->scores[i];
        scores[i].missing = copy(keep, scores[i].missing);
    }
    for (size_t i = 0; i < d->why_count; i++) {
        findings[i] = (struct en_finding){
            .rule = d->why[i]->rule, .tier = d->why[i]->tier, .severity = d->why[i]->severity};
        why[i] = &findings[i];
    }
    d->scores = scores;
    d->why = why;
    return EN_OK;
}

static enum en_status take_due(struct course *c, const struct en_due_answer *answer,
                               struct en_err *err)
{
    const struct en_knowledge *k = en_server_knowledge(c->t->server, c->t->rq);
    const size_t target =
        answer->due == NULL ? SIZE_MAX : newest_of(answer->due, answer->c.target_count);
    struct en_today_course *out = c->out;

    out->is_readable = answer->due != NULL;
    if (target == SIZE_MAX) {
        return EN_OK;
    }
    const struct en_target *problem = &answer->c.targets[target];
    const struct en_row *row = en_row_find(k, "conditions", problem->condition);

    out->problem = row != NULL ? en_cell(row, "title") : copy(&c->room->keep, problem->text);
    out->region = row != NULL ? en_cell(row, "region") : NULL;
    out->side = problem->side;
    out->due = answer->due[target];
    return keep_due(&out->due, &c->room->keep, err);
}

static enum en_status course_one(struct en_today *t, size_t index, struct en_today_room *room,
                                 struct en_err *err)
{
    const struct en_app app = en_server_app(t->server, t->rq);
    struct course c = {.t = t, .out = &t->courses[index], .room = room};
    struct en_due_answer *answer = EN_NEW(&room->scratch, struct en_due_answer, 1);

    if (answer == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for what is due");
    }
    EN_TRY(en_store_read(t->server->store, course_work, &c, err));
    if (c.record.bundle == NULL) {
        c.out->is_readable = true; /* a patient who is no more has nothing due */
        return EN_OK;
    }
    EN_TRY(en_app_due(&app, c.record.bundle, c.record.size, c.last_review, &room->scratch, answer,
                      err));
    return take_due(&c, answer, err);
}

enum en_status en_today_courses(struct en_today *t, struct en_today_room *rooms)
{
    struct listing l = {.t = t, .capacity = (t->page + 1) * EN_TODAY_COURSES + 1};
    const size_t first = t->page * EN_TODAY_COURSES;

    l.patients = EN_NEW(t->rq->arena, const char *, l.capacity);
    t->courses = EN_NEW(t->rq->arena, struct en_today_course, EN_TODAY_COURSES);
    if (l.patients == NULL || t->courses == NULL) {
        return en_fail(t->err, EN_ENOMEM, "no memory for the courses");
    }
    EN_TRY(en_store_read(t->server->store, list_work, &l, t->err));
    for (size_t i = first; i < l.count && t->course_count < EN_TODAY_COURSES; i++) {
        t->courses[t->course_count++].patient.id = l.patients[i];
    }
    t->has_more_courses = l.count == l.capacity;
    return en_today_run(t, t->course_count, course_one, rooms);
}
