/* SPDX-License-Identifier: Apache-2.0
 * GET /clinic/today: what of the store the day's list is made of, who sees what of it, and that
 * whoever is told of leaves a trace. */
#include "base/text.h"
#include "fhir/json.h"

#include "support/rest.h"
#include "support/stores.h"

enum { DAY = 20514 }; /* 2026-03-02 */

#define SYSTEM  "https://enthesis.org/fhir/"
#define SESSION "prolotherapy-session"

static const char *print(struct rest_test *t, const char *format, ...) EN_PRINTF(2, 3);

static const char *print(struct rest_test *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = en_arena_vprint(&t->arena, format, args);

    va_end(args);
    CHECK(text != NULL);
    return text;
}

static void put(struct rest_test *t, const char *target, const char *body)
{
    const struct rest_answer a = rest_ask(t, "PUT", target, NULL, body);

    if (a.status != 200 && a.status != 201) {
        print_error("%s: %d %s\n", target, a.status, a.body);
        fail();
    }
}

static void book(struct rest_test *t, const char *id, const char *patient, const char *start,
                 const char *service)
{
    put(t, print(t, "/fhir/Appointment/%s", id),
        print(t,
              "{\"resourceType\":\"Appointment\",\"id\":\"%s\",\"status\":\"booked\","
              "\"serviceType\":[{\"coding\":[{\"system\":\"" SYSTEM
              "CodeSystem/procedure\",\"code\":\"%s\"}]}],\"start\":\"%s\",\"end\":"
              "\"2026-03-02T20:00:00Z\",\"participant\":[{\"actor\":{\"reference\":\"Patient/%s\"},"
              "\"status\":\"accepted\"},{\"actor\":{\"reference\":\"Practitioner/practitioner\"},"
              "\"status\":\"accepted\"}]}",
              id, service, start, patient));
}

static void add_vial(struct rest_test *t, const char *id, const char *stock, const char *expiry)
{
    put(t, print(t, "/fhir/Medication/%s", id),
        print(t,
              "{\"resourceType\":\"Medication\",\"id\":\"%s\",\"identifier\":[{\"system\":"
              "\"urn:serial\",\"value\":\"%s\"}],\"code\":{\"coding\":[{\"system\":\"" SYSTEM
              "CodeSystem/stock\",\"code\":\"%s\"}]},\"batch\":{\"lotNumber\":\"L1\","
              "\"expirationDate\":\"%s\"}}",
              id, id, stock, expiry));
}

static const char CONSENT[] =
    "{\"resourceType\":\"Consent\",\"id\":\"consent\",\"status\":\"active\",\"scope\":{\"coding\":["
    "{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":\"treatment\"}]},"
    "\"category\":[{\"text\":\"treatment\"}],\"patient\":{\"reference\":\"Patient/patient\"},"
    "\"dateTime\":\"2026-03-02\",\"policyRule\":{\"text\":\"the clinic's\"}}";

static const char PLAN[] =
    "{\"resourceType\":\"CarePlan\",\"id\":\"plan\",\"meta\":{\"tag\":[{\"system\":\"" SYSTEM
    "CodeSystem/origin\",\"code\":\"operation\"}]},\"status\":\"active\",\"intent\":\"plan\","
    "\"subject\":{\"reference\":\"Patient/patient\"}}";

static void open_day(struct rest_test *t, const char *url)
{
    rest_open_clinic(t, url, DAY);
    rest_import(t, "cases/knee-oa.json");
    book(t, "a1", "patient", "2026-03-02T10:00:00Z", SESSION);
}

static struct json_object *ask(struct rest_test *t, const char *target)
{
    const struct rest_answer a = rest_expect(t, 200, "GET", target, NULL, NULL);
    struct json_object *tree = json_tokener_parse(a.body);

    CHECK(tree != NULL);
    return tree;
}

static struct json_object *item(struct json_object *tree, const char *list, size_t index)
{
    return en_json_at(en_json_get(tree, list), index);
}

static const char *reason(struct json_object *session, const char *part)
{
    struct json_object *parts = en_json_get(session, "parts");

    for (size_t i = 0; i < en_json_count(parts); i++) {
        if (en_text_equal(en_json_text(en_json_at(parts, i), "part"), part)) {
            return en_json_text(en_json_at(parts, i), "reason");
        }
    }
    return "";
}

static void check_reason(struct rest_test *t, const char *part, const char *expected)
{
    struct json_object *tree = ask(t, "/clinic/today");

    CHECK_TEXT(reason(item(tree, "sessions", 0), part), expected);
    (void)json_object_put(tree);
}

/* From an appointment alone to one that lacks only what is done with the patient there. */
static void test_today_session_becomes_ready(const char *url)
{
    struct rest_test t;
    struct json_object *tree, *session;

    open_day(&t, url);
    check_reason(&t, "consent", "missing");
    put(&t, "/fhir/Consent/consent", CONSENT);
    check_reason(&t, "consent", "active");
    check_reason(&t, "plan", "none");
    put(&t, "/fhir/CarePlan/plan", PLAN);
    check_reason(&t, "plan", "approved");
    check_reason(&t, "stock", "missing");
    add_vial(&t, "d1", "dextrose_50", "2026-03-01");
    add_vial(&t, "l1", "lidocaine_1", "2026-03-02");
    add_vial(&t, "s1", "saline_09", "2026-03");
    check_reason(&t, "stock", "missing"); /* the dextrose has expired */
    add_vial(&t, "d2", "dextrose_50", "2026-03-02");
    check_reason(&t, "stock", "at_hand");
    check_reason(&t, "performer", "privileged");
    tree = ask(&t, "/clinic/today");
    session = item(tree, "sessions", 0);
    CHECK_TEXT(en_json_text(session, "ready"), "at_arrival");
    CHECK_TEXT(en_json_text(session, "state"), "booked");
    CHECK_TEXT(en_json_text(en_json_get(session, "problem"), "side"), "right");
    CHECK_TEXT(en_json_text(en_json_get(session, "patient"), "id"), "patient");
    (void)json_object_put(tree);
    rest_close_clinic(&t);
}

/* One vial of dextrose and two sessions: the earlier one has it. The day is the clinic's: what
 * begins late on the evening before belongs to it further east. */
static void test_today_order_and_zone(const char *url)
{
    struct rest_test t;
    struct json_object *tree;

    open_day(&t, url);
    put(&t, "/fhir/Consent/consent", CONSENT);
    add_vial(&t, "d1", "dextrose_50", "2026-04");
    add_vial(&t, "l1", "lidocaine_1", "2026-04");
    add_vial(&t, "l2", "lidocaine_1", "2026-04");
    add_vial(&t, "s1", "saline_09", "2026-04");
    add_vial(&t, "s2", "saline_09", "2026-04");
    book(&t, "a2", "patient", "2026-03-02T08:00:00Z", SESSION);
    book(&t, "a0", "patient", "2026-03-01T23:30:00Z", SESSION);
    tree = ask(&t, "/clinic/today?date=2026-03-02");
    CHECK(en_json_count(en_json_get(tree, "sessions")) == 2);
    CHECK_TEXT(en_json_text(item(tree, "sessions", 0), "appointment"), "a2");
    CHECK_TEXT(reason(item(tree, "sessions", 0), "stock"), "at_hand");
    CHECK_TEXT(reason(item(tree, "sessions", 1), "stock"), "missing");
    (void)json_object_put(tree);
    tree = ask(&t, "/clinic/today?date=2026-03-02&zone=%2B03:00");
    CHECK(en_json_count(en_json_get(tree, "sessions")) == 3);
    CHECK_TEXT(en_json_text(item(tree, "sessions", 0), "appointment"), "a0");
    (void)json_object_put(tree);
    rest_close_clinic(&t);
}

/* A visit needs nothing; who cancelled is not there; a patient who is not there is not ready. */
static void test_today_visits_and_cancellations(const char *url)
{
    struct rest_test t;
    struct json_object *tree;

    open_day(&t, url);
    book(&t, "a2", "patient", "2026-03-02T11:00:00Z", "review");
    book(&t, "a3", "patient", "2026-03-02T12:00:00Z", SESSION);
    put(&t, "/fhir/Appointment/a3",
        "{\"resourceType\":\"Appointment\",\"id\":\"a3\",\"status\":\"cancelled\",\"start\":"
        "\"2026-03-02T12:00:00Z\",\"end\":\"2026-03-02T13:00:00Z\",\"participant\":[{\"actor\":{"
        "\"reference\":\"Patient/patient\"},\"status\":\"declined\"}]}");
    tree = ask(&t, "/clinic/today?part=sessions");
    CHECK(en_json_count(en_json_get(tree, "sessions")) == 2);
    CHECK_TEXT(en_json_text(item(tree, "sessions", 1), "kind"), "visit");
    CHECK(en_json_text(item(tree, "sessions", 1), "ready") == NULL);
    CHECK(en_json_get(tree, "alerts") == NULL && en_json_get(tree, "reviews") == NULL);
    (void)json_object_put(tree);
    rest_close_clinic(&t);
}

/* SAFETY: two problems, two plans: an appointment that names its problem is told with that one, its
 * side and its plan, although the plan of the other is newer and approved. */
static void test_today_tells_the_problem_of_the_appointment(const char *url)
{
    struct rest_test t;
    struct json_object *tree, *problem;

    open_day(&t, url);
    put(&t, "/fhir/Condition/elbow",
        "{\"resourceType\":\"Condition\",\"id\":\"elbow\",\"clinicalStatus\":{\"coding\":[{"
        "\"system\":\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":"
        "\"active\"}]},\"code\":{\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/condition\",\"code\":\"lateral_epicondylalgia\"}]},\"bodySite\":[{\"coding\":["
        "{\"system\":\"" SYSTEM "CodeSystem/side\",\"code\":\"left\"}]}],\"subject\":{"
        "\"reference\":\"Patient/patient\"}}");
    t.caller.practitioner = "practitioner";
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$plan?patients=16&target=1", NULL,
                      NULL);
    put(&t, "/fhir/CarePlan/other",
        "{\"resourceType\":\"CarePlan\",\"id\":\"other\",\"status\":\"active\",\"intent\":"
        "\"plan\",\"subject\":{\"reference\":\"Patient/patient\"},\"addresses\":[{\"reference\":"
        "\"Condition/elbow\"}]}");
    put(&t, "/fhir/Appointment/a1",
        "{\"resourceType\":\"Appointment\",\"id\":\"a1\",\"status\":\"booked\","
        "\"reasonReference\":[{\"reference\":\"Condition/r43\"}],\"start\":"
        "\"2026-03-02T10:00:00Z\",\"end\":\"2026-03-02T11:00:00Z\",\"participant\":[{\"actor\":{"
        "\"reference\":\"Patient/patient\"},\"status\":\"accepted\"}]}");
    tree = ask(&t, "/clinic/today");
    problem = en_json_get(item(tree, "sessions", 0), "problem");
    CHECK_TEXT(en_json_text(problem, "side"), "right");
    CHECK_TEXT(en_json_text(problem, "region"), "knee");
    CHECK_TEXT(reason(item(tree, "sessions", 0), "plan"), "draft");
    (void)json_object_put(tree);
    rest_close_clinic(&t);
}

/* A reception is told who comes and what to arrange, and nothing clinical: no diagnosis, no rule,
 * no alert. */
static void test_today_of_reception(const char *url)
{
    struct rest_test t;
    struct json_object *tree, *arrange;

    open_day(&t, url);
    t.caller.role = EN_ROLE_RECEPTION;
    tree = ask(&t, "/clinic/today");
    CHECK_TEXT(en_json_text(tree, "view"), "reception");
    CHECK_TEXT(en_json_text(item(tree, "sessions", 0), "ready"), "no");
    arrange = en_json_get(item(tree, "sessions", 0), "arrange");
    CHECK(en_json_count(arrange) == 2);
    CHECK_TEXT(json_object_get_string(en_json_at(arrange, 0)), "consent");
    CHECK_TEXT(json_object_get_string(en_json_at(arrange, 1)), "clinician");
    CHECK(en_json_get(item(tree, "sessions", 0), "parts") == NULL);
    CHECK(en_json_get(item(tree, "sessions", 0), "problem") == NULL);
    CHECK(en_json_get(tree, "alerts") == NULL && en_json_get(tree, "followups") == NULL);
    (void)json_object_put(tree);
    t.caller.role = EN_ROLE_OWNER;
    rest_close_clinic(&t);
}

static void raise_alert(struct rest_test *t, const char *id, const char *level, const char *status)
{
    put(t, print(t, "/fhir/Flag/%s", id),
        print(t,
              "{\"resourceType\":\"Flag\",\"id\":\"%s\",\"status\":\"%s\",\"code\":{\"coding\":[{"
              "\"system\":\"" SYSTEM "CodeSystem/diary-alert\",\"code\":\"%s\"}],\"text\":"
              "\"reasons\"},\"subject\":{\"reference\":\"Patient/patient\"},\"period\":{\"start\":"
              "\"2026-03-01\"}}",
              id, status, level));
}

/* Alerts stand until somebody ends them, gravest first; a Flag of another kind is none. */
static void test_today_alerts(const char *url)
{
    struct rest_test t;
    struct json_object *tree;

    open_day(&t, url);
    raise_alert(&t, "f1", "U", "active");
    raise_alert(&t, "f2", "E", "active");
    raise_alert(&t, "f3", "S", "inactive");
    put(&t, "/fhir/Flag/f4",
        "{\"resourceType\":\"Flag\",\"id\":\"f4\",\"status\":\"active\",\"code\":{\"text\":\"x\"},"
        "\"subject\":{\"reference\":\"Patient/patient\"}}");
    tree = ask(&t, "/clinic/today?part=alerts");
    CHECK(en_json_count(en_json_get(tree, "alerts")) == 2);
    CHECK_TEXT(en_json_text(item(tree, "alerts", 0), "flag"), "f2");
    CHECK_TEXT(en_json_text(item(tree, "alerts", 1), "level"), "U");
    CHECK_TEXT(en_json_text(en_json_get(item(tree, "alerts", 0), "patient"), "id"), "patient");
    (void)json_object_put(tree);
    rest_close_clinic(&t);
}

/* Courses with a session in the window are told of, with what they wait for. A record with errors
 * (here: dates after today) is told to be one. */
static void test_today_courses(const char *url)
{
    struct rest_test t;
    struct json_object *tree;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/follow-non-responder.json");
    tree = ask(&t, "/clinic/today?part=courses");
    CHECK(en_json_count(en_json_get(tree, "unreadable")) == 1);
    (void)json_object_put(tree);
    t.today = DAY + 91;
    tree = ask(&t, "/clinic/today?part=courses");
    CHECK(en_json_count(en_json_get(tree, "unreadable")) == 0);
    CHECK(en_json_count(en_json_get(tree, "reviews")) +
              en_json_count(en_json_get(tree, "followups")) >=
          1);
    CHECK(en_json_get(tree, "next_page") == NULL);
    (void)json_object_put(tree);
    CHECK(rest_audited(&t, "clinic-today", "patient", 0) == 2);
    rest_close_clinic(&t);
}

/* Each patient of whom something is told leaves one entry for each time, and an empty day one. */
static void test_today_is_audited(const char *url)
{
    struct rest_test t;

    open_day(&t, url);
    (void)json_object_put(ask(&t, "/clinic/today?part=sessions"));
    CHECK(rest_audited(&t, "clinic-today", "patient", 0) == 1);
    CHECK(rest_audited(&t, "clinic-today", NULL, -1) == 1);
    (void)json_object_put(ask(&t, "/clinic/today?date=2026-03-04&part=sessions"));
    CHECK(rest_audited(&t, "clinic-today", NULL, -1) == 2);
    rest_close_clinic(&t);
}

/* What cannot be read is refused by name, and no part of it is guessed. */
static void test_today_refuses_what_it_does_not_know(const char *url)
{
    static const char *const TARGETS[] = {
        "/clinic/today?date=2026-03",       "/clinic/today?date=today", "/clinic/today?zone=CET",
        "/clinic/today?part=sessions,else", "/clinic/today?page=-1",
    };
    struct rest_test t;

    open_day(&t, url);
    for (size_t i = 0; i < EN_COUNT(TARGETS); i++) {
        (void)rest_expect(&t, 400, "GET", TARGETS[i], NULL, NULL);
    }
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_today_session_becomes_ready), ON_BOTH(test_today_order_and_zone),
          ON_BOTH(test_today_visits_and_cancellations),
          ON_BOTH(test_today_tells_the_problem_of_the_appointment),
          ON_BOTH(test_today_of_reception), ON_BOTH(test_today_alerts), ON_BOTH(test_today_courses),
          ON_BOTH(test_today_is_audited), ON_BOTH(test_today_refuses_what_it_does_not_know));
