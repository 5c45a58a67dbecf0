/* SPDX-License-Identifier: Apache-2.0
 * GET /clinic/patient/{id}: what a screen of a patient is headed by, and who sees what of it. */
#include "base/text.h"
#include "fhir/json.h"

#include "support/rest.h"
#include "support/stores.h"

enum { DAY = 20514 }; /* 2026-03-02 */

#define SYSTEM "https://enthesis.org/fhir/"

static void put(struct rest_test *t, const char *target, const char *body)
{
    (void)rest_expect(t, 201, "PUT", target, NULL, body);
}

static struct json_object *ask(struct rest_test *t)
{
    const struct rest_answer a = rest_expect(t, 200, "GET", "/clinic/patient/patient", NULL, NULL);
    struct json_object *tree = json_tokener_parse(a.body);

    CHECK(tree != NULL);
    return tree;
}

static void check_step(struct rest_test *t, const char *step, const char *reason)
{
    struct json_object *tree = ask(t), *next = en_json_get(tree, "next");

    CHECK_TEXT(en_json_text(next, "step"), step);
    CHECK_TEXT(en_json_text(next, "reason"), reason);
    (void)json_object_put(tree);
}

static const char CONSENT[] =
    "{\"resourceType\":\"Consent\",\"id\":\"consent\",\"status\":\"active\",\"scope\":{\"coding\":["
    "{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":\"treatment\"}]},"
    "\"category\":[{\"text\":\"treatment\"}],\"patient\":{\"reference\":\"Patient/patient\"},"
    "\"dateTime\":\"2026-03-02\",\"policyRule\":{\"text\":\"the clinic's\"}}";

#define PLAN(id, status)                                                                           \
    "{\"resourceType\":\"CarePlan\",\"id\":\"" id "\",\"meta\":{\"tag\":[{\"system\":\"" SYSTEM    \
    "CodeSystem/origin\",\"code\":\"operation\"}]},\"status\":\"" status                           \
    "\",\"intent\":\"plan\",\"subject\":{\"reference\":\"Patient/patient\"}}"

#define VISIT(id, day)                                                                             \
    "{\"resourceType\":\"Appointment\",\"id\":\"" id "\",\"status\":\"booked\",\"start\":\"" day   \
    "T10:00:00Z\",\"end\":\"" day "T11:00:00Z\",\"participant\":[{\"actor\":{\"reference\":"       \
    "\"Patient/patient\"},\"status\":\"accepted\"}]}"

/* From a suitable patient to a session: each resource moves the next step on by one. */
static void test_overview_next_step_goes_on(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    check_step(&t, "plan", "none");
    put(&t, "/fhir/CarePlan/p1", PLAN("p1", "draft"));
    check_step(&t, "approve", "draft");
    put(&t, "/fhir/CarePlan/p2", PLAN("p2", "active"));
    check_step(&t, "consent", "missing");
    put(&t, "/fhir/Consent/consent", CONSENT);
    check_step(&t, "book", "not_booked");
    put(&t, "/fhir/Appointment/a1", VISIT("a1", "2026-03-03"));
    check_step(&t, "wait", "booked");
    put(&t, "/fhir/Appointment/a2", VISIT("a2", "2026-03-02"));
    check_step(&t, "start", "today");
    put(&t, "/fhir/Flag/f1",
        "{\"resourceType\":\"Flag\",\"id\":\"f1\",\"status\":\"active\",\"code\":{\"coding\":[{"
        "\"system\":\"" SYSTEM "CodeSystem/diary-alert\",\"code\":\"S\"}]},\"subject\":{"
        "\"reference\":\"Patient/patient\"}}");
    check_step(&t, "alert", "alert");
    rest_close_clinic(&t);
}

/* What heads the screen: side and problem, what a rule stops for, allergies; and what is unknown is
 * told to be so. */
static void test_overview_alerts_and_unknowns(const char *url)
{
    struct rest_test t;
    struct json_object *tree, *alerts;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/corn-allergy.json");
    tree = ask(&t);
    alerts = en_json_get(tree, "alerts");
    CHECK_TEXT(en_json_text(en_json_at(alerts, 0), "kind"), "stop");
    CHECK_TEXT(en_json_text(en_json_at(alerts, 0), "id"), "CI-15");
    CHECK_TEXT(en_json_text(en_json_at(alerts, 1), "kind"), "allergy");
    CHECK_TEXT(en_json_text(tree, "allergies"), "recorded");
    CHECK(en_json_text(en_json_at(en_json_get(tree, "problems"), 0), "side") != NULL);
    CHECK_TEXT(en_json_text(en_json_get(tree, "next"), "reason"), "not_suitable");
    (void)json_object_put(tree);
    rest_close_clinic(&t);
}

/* A record of which nobody knows anything: its allergies are unknown, not none. */
static void test_overview_of_an_empty_record(const char *url)
{
    struct rest_test t;
    struct json_object *tree;

    rest_open_clinic(&t, url, DAY);
    put(&t, "/fhir/Patient/patient",
        "{\"resourceType\":\"Patient\",\"id\":\"patient\",\"name\":[{\"given\":[\"Synthetic\"],"
        "\"family\":\"One\"}]}");
    tree = ask(&t);
    CHECK_TEXT(en_json_text(tree, "allergies"), "unknown");
    CHECK_TEXT(en_json_text(en_json_get(tree, "person"), "name"), "Synthetic One");
    CHECK_TEXT(en_json_text(en_json_get(tree, "next"), "step"), "assess");
    (void)json_object_put(tree);
    (void)rest_expect(&t, 404, "GET", "/clinic/patient/nobody", NULL, NULL);
    rest_close_clinic(&t);
}

/* The course so far, on one axis. */
static void test_overview_of_a_course(const char *url)
{
    struct rest_test t;
    struct json_object *tree, *scores;

    rest_open_clinic(&t, url, DAY + 91); /* 2026-06-01 */
    rest_import(&t, "cases/follow-responder.json");
    tree = ask(&t);
    CHECK(en_json_count(en_json_get(tree, "sessions")) == 2);
    scores = en_json_get(tree, "scores");
    CHECK_TEXT(en_json_text(en_json_at(scores, 0), "id"), "nrs");
    CHECK(en_json_count(en_json_get(en_json_at(scores, 0), "values")) == 5);
    CHECK(en_json_count(en_json_get(tree, "drugs")) == 0); /* the list says that none is taken */
    CHECK_TEXT(en_json_text(en_json_get(tree, "next"), "step"), "review");
    (void)json_object_put(tree);
    CHECK(rest_audited(&t, "clinic-patient", "patient", 0) == 1);
    rest_close_clinic(&t);
}

/* A reception is told who it is and what to arrange; what only a clinician can do, it is told no
 * more of than that. */
static void test_overview_of_reception(const char *url)
{
    struct rest_test t;
    struct json_object *tree;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    t.caller.role = EN_ROLE_RECEPTION;
    tree = ask(&t);
    CHECK_TEXT(en_json_text(tree, "view"), "reception");
    CHECK_TEXT(en_json_text(en_json_get(tree, "next"), "step"), "clinician");
    CHECK(en_json_get(tree, "problems") == NULL && en_json_get(tree, "alerts") == NULL);
    CHECK(en_json_get(tree, "scores") == NULL && en_json_get(tree, "course") == NULL);
    (void)json_object_put(tree);
    t.caller.role = EN_ROLE_OWNER;
    put(&t, "/fhir/CarePlan/p2", PLAN("p2", "active"));
    t.caller.role = EN_ROLE_RECEPTION;
    check_step(&t, "consent", "missing");
    t.caller.role = EN_ROLE_OWNER;
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_overview_next_step_goes_on), ON_BOTH(test_overview_alerts_and_unknowns),
          ON_BOTH(test_overview_of_an_empty_record), ON_BOTH(test_overview_of_a_course),
          ON_BOTH(test_overview_of_reception));
