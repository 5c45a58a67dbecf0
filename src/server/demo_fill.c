/* SPDX-License-Identifier: Apache-2.0
 * server/demo_fill: the past of the demo clinic: what was written when, and what was asked then.
 *
 * A resource is written at the moment that it names itself (SHOWS), a day alone being its morning;
 * what names none (a Patient, stock) comes with the first of its file. calls.tsv holds what was
 * asked of the server. */
#include "app/demo_courses.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/demo_inside.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEPS_MAX = 20000,
    FILES_MAX = 1000,
    FILL_ARENA = 512 << 20,
    CELLS = 3,
    IMPORT_DAYS = 13,
    SEED = 6,
    PLANS_MAX = 64,
    ID_SIZE = 65
};

static const int64_t MINUTE_US = INT64_C(60000000), DAY_US = INT64_C(86400000000);
static const int64_t MORNING_US = INT64_C(28800000000); /* eight o'clock */

/* Where a resource says when it came to the clinic. */
static const struct {
    const char *type, *element;
} SHOWS[] = {
    {"AdverseEvent", "recordedDate"},
    {"AllergyIntolerance", "recordedDate"},
    {"Appointment", "created"},
    {"Communication", "sent"},
    {"Condition", "recordedDate"},
    {"Consent", "dateTime"},
    {"DocumentReference", "date"},
    {"Flag", "period.start"},
    {"Goal", "startDate"},
    {"MedicationAdministration", "effectiveDateTime"},
    {"MedicationStatement", "dateAsserted"},
    {"Observation", "effectiveDateTime"},
    {"Procedure", "performedPeriod.end"},
    {"Procedure", "performedDateTime"},
    {"QuestionnaireResponse", "authored"},
};

struct plan {
    char patient[ID_SIZE], id[ID_SIZE];
};

/* Something that is done at a moment: a resource that is written, or a call. */
struct step {
    int64_t at_us;
    size_t file, order;           /* of one file and moment: one transaction */
    struct json_object *resource; /* borrowed of its file; NULL: a call */
    const char *role, *target;    /* of a call */
};

struct filling {
    struct en_server *server;
    struct en_demo *demo;
    struct en_arena *a;
    struct en_err *err;
    struct step *steps; /* shape [STEPS_MAX] */
    size_t count;
    struct json_object **files; /* trees, shape [FILES_MAX] */
    size_t file_count;
    struct plan plans[PLANS_MAX];
    size_t plan_count;
    int64_t import_us; /* when the present file was brought in as a whole; INT64_MAX: as it says */
};

static struct json_object *member_at(struct json_object *object, const char *path)
{
    const char *dot = strchr(path, '.');
    char name[64];

    (void)snprintf(name, sizeof name, "%.*s",
                   (int)(dot == NULL ? strlen(path) : (size_t)(dot - path)), path);
    object = en_json_get(object, name);
    return dot == NULL || object == NULL ? object : member_at(object, dot + 1);
}

/* INT64_MAX: it names none. */
static int64_t moment_of(const struct filling *f, struct json_object *resource)
{
    const char *type = en_json_text(resource, "resourceType"), *text = NULL;
    int64_t low_us = 0, high_us = 0;

    for (size_t i = 0; i < EN_COUNT(SHOWS) && text == NULL; i++) {
        if (en_text_equal(SHOWS[i].type, type)) {
            text = json_object_get_string(member_at(resource, SHOWS[i].element));
        }
    }
    if (text == NULL || !en_instant_span(text, &low_us, &high_us)) {
        return INT64_MAX;
    }
    const int64_t at_us = strchr(text, 'T') != NULL
                              ? low_us
                              : low_us + MORNING_US + f->demo->shift.minutes * MINUTE_US;

    return at_us < f->demo->shift.now_us ? at_us : f->demo->shift.now_us;
}

static enum en_status add_step(struct filling *f, struct step step)
{
    if (f->count == STEPS_MAX) {
        return en_fail(f->err, EN_ELIMIT, "the demo clinic has more than %d steps", (int)STEPS_MAX);
    }
    step.order = f->count;
    f->steps[f->count++] = step;
    return EN_OK;
}

/* Appointments may be later than now, everything else was. */
static enum en_status shift_resource(struct filling *f, struct json_object *resource)
{
    struct en_shift by = f->demo->shift;

    if (en_text_equal(en_json_text(resource, "resourceType"), "Appointment")) {
        by.now_us = INT64_MAX;
    }
    return en_fhir_shift(f->server->r4, &by, resource, f->err);
}

static enum en_status keep_file(struct filling *f, const char *bytes, size_t size,
                                struct json_object **out)
{
    struct en_issues issues = {0};
    enum en_status st = en_json_read(bytes, size, f->a, out, &issues, f->err);

    if (st == EN_OK && (issues.error_count > 0 || f->file_count == FILES_MAX)) {
        st =
            en_fail(f->err, EN_EBUG, "a file of the demo clinic is no JSON, or there are too many");
    }
    if (st != EN_OK) {
        json_object_put(*out);
        return st;
    }
    f->files[f->file_count++] = *out;
    return EN_OK;
}

/* Ask the server something of a session, as its physician, minutes behind its end. */
static enum en_status add_session_call(struct filling *f, int64_t at_us, const char *target)
{
    return target == NULL ? en_fail(f->err, EN_ENOMEM, "no memory for the demo clinic")
                          : add_step(f, (struct step){.at_us = at_us + 2 * MINUTE_US,
                                                      .role = "physician",
                                                      .target = target});
}

/* A session with times was one of this clinic: written down with all its parts, then signed. */
static enum en_status add_session(struct filling *f, struct json_object *procedure, size_t file,
                                  int64_t at_us)
{
    const char *patient = en_json_text(en_json_get(procedure, "subject"), "reference");
    const char *sites = en_demo_sites(procedure, f->a);
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);
    struct json_object *bundle = NULL;
    enum en_status st = en_demo_session(f->server->knowledge, procedure, &text, f->err);

    st = st != EN_OK ? st : keep_file(f, en_buf_text(&text), text.size, &bundle);
    en_buf_free(&text);
    EN_TRY(st);
    struct json_object *entries = en_json_get(bundle, "entry");

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *part = en_json_get(en_json_at(entries, i), "resource");

        EN_TRY(add_step(f, (struct step){.at_us = at_us, .file = file, .resource = part}));
    }
    if (json_object_object_add(procedure, "status", json_object_new_string("in-progress")) != 0 ||
        sites == NULL) {
        return en_fail(f->err, EN_ENOMEM, "no memory for the demo clinic");
    }
    EN_TRY(add_session_call(f, at_us,
                            en_arena_print(f->a, "/fhir/%s/$assess?sites=%s", patient, sites)));
    return add_session_call(
        f, at_us, en_arena_print(f->a, "/fhir/Procedure/%s/$sign", en_json_text(procedure, "id")));
}

static bool is_session(struct json_object *resource)
{
    return en_text_equal(en_json_text(resource, "resourceType"), "Procedure") &&
           en_json_get(resource, "performedPeriod") != NULL &&
           en_concept_has(en_json_get(resource, "code"), EN_PROCEDURE_SYSTEM,
                          "prolotherapy-session");
}

static enum en_status add_resources(struct filling *f, struct json_object *bundle, size_t file)
{
    struct json_object *entries = en_json_get(bundle, "entry");
    const size_t first = f->count;
    int64_t first_us = INT64_MAX;

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *resource = en_json_get(en_json_at(entries, i), "resource");

        EN_TRY(shift_resource(f, resource));
        const int64_t at_us = f->import_us != INT64_MAX ? f->import_us : moment_of(f, resource);

        first_us = at_us < first_us ? at_us : first_us;
        EN_TRY(add_step(f, (struct step){.at_us = at_us, .file = file, .resource = resource}));
        EN_TRY(is_session(resource) ? add_session(f, resource, file, at_us) : EN_OK);
    }
    for (size_t i = first; i < f->count; i++) {
        /* A file without any moment is there from the beginning. */
        f->steps[i].at_us = f->steps[i].at_us != INT64_MAX ? f->steps[i].at_us
                            : first_us != INT64_MAX        ? first_us
                                                           : INT64_MIN;
    }
    return EN_OK;
}

static enum en_status add_bundle(struct filling *f, const char *bytes, size_t size)
{
    struct json_object *bundle = NULL;

    EN_TRY(keep_file(f, bytes, size, &bundle));
    return add_resources(f, bundle, f->file_count);
}

/* The courses that were finished before this clinic kept its records here. */
static enum en_status add_courses(struct filling *f, const char *tsv)
{
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);
    en_day anchor = 0;

    (void)en_date_parse(EN_DEMO_ANCHOR, &anchor, NULL);
    enum en_status st =
        en_demo_courses(f->server->knowledge, tsv, SEED, anchor - IMPORT_DAYS, f->a, &text, f->err);

    f->import_us =
        (f->demo->day - IMPORT_DAYS) * DAY_US + MORNING_US + f->demo->shift.minutes * MINUTE_US;
    st = st != EN_OK ? st : add_bundle(f, en_buf_text(&text), text.size);
    f->import_us = INT64_MAX;
    en_buf_free(&text);
    return st;
}

/* Days within what is asked move, too: "?start=2026-03-02". */
static const char *shift_target(const struct filling *f, const char *target)
{
    static const char START[] = "start=";
    const char *at = strstr(target, START);
    char day[EN_DATE_TEXT_MAX], moved[EN_SHIFT_TEXT];

    if (at == NULL) {
        return en_arena_print(f->a, "/fhir/%s", target);
    }
    at += strlen(START);
    (void)snprintf(day, sizeof day, "%.10s", at);
    return en_shift_text(&f->demo->shift, day, moved)
               ? en_arena_print(f->a, "/fhir/%.*s%s%s", (int)(at - target), target, moved, at + 10)
               : NULL;
}

/* "2026-02-09T10:00:00Z <tab> physician <tab> Patient/x/$plan" */
static enum en_status add_call(struct filling *f, char *line)
{
    const char *cells[CELLS] = {NULL};
    char moved[EN_SHIFT_TEXT], *at = line;
    int64_t low_us = 0, high_us = 0;

    for (int i = 0; i < CELLS && at != NULL; i++) {
        cells[i] = strsep(&at, "\t");
    }
    const char *target = cells[CELLS - 1] == NULL ? NULL : shift_target(f, cells[CELLS - 1]);

    if (target == NULL || !en_shift_text(&f->demo->shift, cells[0], moved) ||
        !en_instant_span(moved, &low_us, &high_us)) {
        return en_fail(f->err, EN_EBUG, "calls.tsv of the demo clinic: a line cannot be read");
    }
    return add_step(f, (struct step){.at_us = low_us, .role = cells[1], .target = target});
}

static enum en_status add_calls(struct filling *f, const char *bytes, size_t size)
{
    char *text = en_arena_copy(f->a, bytes, size), *line;

    if (text == NULL) {
        return en_fail(f->err, EN_ENOMEM, "no memory for the demo clinic");
    }
    while ((line = strsep(&text, "\n")) != NULL) {
        EN_TRY(line[0] == '\0' || line[0] == '#' ? EN_OK : add_call(f, line));
    }
    return EN_OK;
}

static enum en_status add_file(struct filling *f, const struct en_embedded *x)
{
    if (en_text_equal(x->name, "courses.tsv")) {
        return add_courses(f, x->bytes);
    }
    return en_text_equal(x->name, "calls.tsv") ? add_calls(f, x->bytes, x->size)
                                               : add_bundle(f, x->bytes, x->size);
}

static int by_time(const void *a, const void *b)
{
    const struct step *x = a, *y = b;
    const size_t x_order = x->file * STEPS_MAX + x->order, y_order = y->file * STEPS_MAX + y->order;

    if (x->at_us != y->at_us) {
        return x->at_us < y->at_us ? -1 : 1;
    }
    /* A call (file 0) is asked of what was written at its moment. */
    if ((x->file == 0) != (y->file == 0)) {
        return x->file == 0 ? 1 : -1;
    }
    return x_order < y_order ? -1 : x_order > y_order;
}

/* The transaction of the steps from..to. */
static void write_bundle(const struct filling *f, size_t from, size_t to, struct en_buf *out)
{
    en_buf_add(out, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    for (size_t i = from; i < to; i++) {
        struct json_object *r = f->steps[i].resource;

        en_buf_print(out, "%s{\"request\":{\"method\":\"PUT\",\"url\":\"%s/%s\"},\"resource\":%s}",
                     i == from ? "" : ",", en_json_text(r, "resourceType"), en_json_text(r, "id"),
                     json_object_to_json_string_ext(r, JSON_C_TO_STRING_PLAIN |
                                                           JSON_C_TO_STRING_NOSLASHESCAPE));
    }
    en_buf_add(out, "]}");
}

/* The plan that was made last for a patient. */
static struct plan *plan_of(struct filling *f, const char *patient, size_t size)
{
    size_t i = 0;

    while (i < f->plan_count && (strlen(f->plans[i].patient) != size ||
                                 strncmp(f->plans[i].patient, patient, size) != 0)) {
        i++;
    }
    if (i == f->plan_count && i < PLANS_MAX && size < ID_SIZE) {
        (void)snprintf(f->plans[f->plan_count++].patient, ID_SIZE, "%.*s", (int)size, patient);
    }
    return i < f->plan_count ? &f->plans[i] : NULL;
}

/* Of the answer of "/fhir/Patient/x/$plan?...": its CarePlan, so that it can be approved. */
static void note_plan(struct filling *f, const char *target, const struct en_buf *answer)
{
    static const char BEFORE[] = "/fhir/CarePlan/";
    const char *patient = target + strlen("/fhir/Patient/");
    const char *id = strstr(en_buf_text(answer), BEFORE);
    struct plan *plan =
        strstr(target, "/$plan") == NULL ? NULL : plan_of(f, patient, strcspn(patient, "/"));

    if (plan != NULL && id != NULL) {
        id += strlen(BEFORE);
        (void)snprintf(plan->id, ID_SIZE, "%.*s", (int)strcspn(id, "\""), id);
    }
}

/* "/fhir/CarePlan/{demo-planned}/$approve": the plan of that patient, signed with the password of
 * the account as a physician does. */
static enum en_status approve(struct filling *f, struct en_demo_request *r)
{
    const char *open = strchr(r->target, '{'), *close = strchr(r->target, '}');

    if (open == NULL || close == NULL) {
        return en_fail(f->err, EN_EBUG, "calls.tsv of the demo clinic: whose plan?");
    }
    const struct plan *plan = plan_of(f, open + 1, (size_t)(close - open) - 1);

    r->target = en_arena_print(f->a, "%.*s%s%s", (int)(open - r->target), r->target,
                               plan == NULL ? "" : plan->id, close + 1);
    r->body = en_arena_print(f->a,
                             "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":"
                             "\"version\",\"valueString\":\"1\"},{\"name\":\"password\","
                             "\"valueString\":\"%s\"}]}",
                             f->demo->password);
    return r->target == NULL || r->body == NULL
               ? en_fail(f->err, EN_ENOMEM, "no memory for the demo clinic")
               : EN_OK;
}

static enum en_status ask(struct filling *f, const struct step *step, const char *body)
{
    struct en_demo_request r = {.role = step->role == NULL ? "owner" : step->role,
                                .method = EN_POST,
                                .target = step->target == NULL ? "/fhir" : step->target,
                                .body = body,
                                .at_us = step->at_us};
    struct en_buf answer = EN_BUF(EN_OUTPUT_MAX);
    const bool is_approval = strchr(r.target, '{') != NULL;

    EN_TRY(is_approval ? approve(f, &r) : EN_OK);
    atomic_store(&f->demo->replay_us, step->at_us);
    const enum en_status st = en_demo_ask(f->server, &r, &answer, f->err);

    if (st == EN_OK && en_text_starts(r.target, "/fhir/Patient/")) {
        note_plan(f, r.target, &answer);
    }
    en_buf_free(&answer);
    return st;
}

static enum en_status replay(struct filling *f)
{
    size_t to = 0;

    for (size_t from = 0; from < f->count; from = to) {
        const struct step *step = &f->steps[from];
        struct en_buf body = EN_BUF(EN_OUTPUT_MAX);

        to = from + 1;
        while (step->file != 0 && to < f->count && f->steps[to].file == step->file &&
               f->steps[to].at_us == step->at_us) {
            to++;
        }
        if (step->file != 0) {
            write_bundle(f, from, to, &body);
        }
        enum en_status st = en_buf_check(&body, "a step of the demo clinic", f->err);

        if (st == EN_OK) {
            st = ask(f, step, step->file == 0 ? NULL : en_buf_text(&body));
        }
        en_buf_free(&body);
        EN_TRY(st);
    }
    return EN_OK;
}

/* What is there from the beginning comes the day before the first step. */
static void date_the_rest(struct filling *f)
{
    int64_t first_us = f->demo->shift.now_us;

    for (size_t i = 0; i < f->count; i++) {
        if (f->steps[i].at_us != INT64_MIN && f->steps[i].at_us < first_us) {
            first_us = f->steps[i].at_us;
        }
    }
    for (size_t i = 0; i < f->count; i++) {
        if (f->steps[i].at_us == INT64_MIN) {
            f->steps[i].at_us = first_us - DAY_US;
        }
    }
}

static enum en_status fill(struct filling *f)
{
    f->steps = EN_NEW(f->a, struct step, STEPS_MAX);
    f->files = EN_NEW(f->a, struct json_object *, FILES_MAX);
    if (f->steps == NULL || f->files == NULL) {
        return en_fail(f->err, EN_ENOMEM, "no memory for the demo clinic");
    }
    for (const struct en_embedded *x = EN_DEMO_FILES; x->name != NULL; x++) {
        EN_TRY(add_file(f, x));
    }
    date_the_rest(f);
    qsort(f->steps, f->count, sizeof *f->steps, by_time);
    return replay(f);
}

enum en_status en_demo_fill(struct en_server *s, struct en_err *err)
{
    struct en_arena a = EN_ARENA(FILL_ARENA);
    struct filling f = {.server = s, .demo = s->demo, .a = &a, .err = err, .import_us = INT64_MAX};
    const enum en_status st = fill(&f);

    for (size_t i = 0; i < f.file_count; i++) {
        json_object_put(f.files[i]);
    }
    en_arena_free(&a);
    return st;
}
