/* SPDX-License-Identifier: Apache-2.0
 * What a session is led by: the sheet and the running totals, through their routes. */
#include "base/text.h"
#include "fhir/json.h"

#include "support/rest.h"
#include "support/stores.h"

enum { DAY = 20514 }; /* 2026-03-02 */

#define SYSTEM "https://enthesis.org/fhir/"

#define VIAL(id, stock, serial)                                                                    \
    "{\"resourceType\":\"Medication\",\"id\":\"" id                                                \
    "\",\"identifier\":[{\"system\":\"urn:serial\",\"value\":\"" serial                            \
    "\"}],\"code\":{\"coding\":[{\"system\":\"" SYSTEM "CodeSystem/stock\",\"code\":\"" stock      \
    "\"}]},\"batch\":{\"lotNumber\":\"L1\",\"expirationDate\":\"2099-01\"}}"

static const char SESSION[] =
    "{\"resourceType\":\"Procedure\",\"id\":\"s1\",\"status\":\"in-progress\","
    "\"performedDateTime\":\"2026-03-02\",\"code\":{\"coding\":"
    "[{"
    "\"system\":\"" SYSTEM
    "CodeSystem/procedure\",\"code\":\"prolotherapy-session\"}]},\"subject\":{\"reference\":"
    "\"Patient/patient\"},\"bodySite\":[{\"coding\":[{\"system\":\"" SYSTEM
    "CodeSystem/site\",\"code\":\"KNE-01\"}]}]}";

static const char *given(struct rest_test *t, const char *id, const char *medication,
                         const char *ml)
{
    return en_arena_print(
        &t->arena,
        "{\"resourceType\":\"MedicationAdministration\",\"id\":\"%s\",\"partOf\":[{\"reference\":"
        "\"Procedure/s1\"}],\"status\":\"completed\",\"medicationReference\":{\"reference\":"
        "\"Medication/%s\"},\"subject\":{\"reference\":\"Patient/patient\"},\"effectiveDateTime\":"
        "\"2026-03-02T10:00:00Z\",\"dosage\":{\"dose\":{\"value\":%s,\"unit\":\"mL\"}}}",
        id, medication, ml);
}

static void open_clinic(struct rest_test *t, const char *url)
{
    rest_open_clinic(t, url, DAY);
    t->caller.practitioner = "practitioner";
    rest_import(t, "cases/knee-oa.json");
    (void)rest_expect(t, 201, "PUT", "/fhir/Medication/l1", NULL, VIAL("l1", "lidocaine_1", "S1"));
    (void)rest_expect(t, 201, "PUT", "/fhir/Medication/d1", NULL, VIAL("d1", "dextrose_50", "S2"));
    (void)rest_expect(t, 201, "PUT", "/fhir/Procedure/s1", NULL, SESSION);
}

/* A problem of the patient; status: "active", "resolved". */
static void put_problem(struct rest_test *t, const char *id, const char *code, const char *side,
                        const char *status)
{
    const char *target = en_arena_print(&t->arena, "/fhir/Condition/%s", id);
    const char *body = en_arena_print(
        &t->arena,
        "{\"resourceType\":\"Condition\",\"id\":\"%s\",\"clinicalStatus\":{\"coding\":[{"
        "\"system\":\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":"
        "\"%s\"}]},\"code\":{\"coding\":[{\"system\":\"" SYSTEM "CodeSystem/condition\",\"code\":"
        "\"%s\"}]},\"bodySite\":[{\"coding\":[{\"system\":\"" SYSTEM "CodeSystem/side\",\"code\":"
        "\"%s\"}]}],\"subject\":{\"reference\":\"Patient/patient\"}}",
        id, status, code, side);
    const struct rest_answer a = rest_ask(t, "PUT", target, NULL, body);

    CHECK(a.status == 200 || a.status == 201);
}

static struct rest_answer ask_totals(struct rest_test *t, int status, const char *given_list)
{
    return rest_expect(t, status, "POST", "/clinic/session/s1/totals", NULL,
                       en_arena_print(&t->arena, "{\"given\":[%s]}", given_list));
}

/* The sheet says what the plan says, with what it was asked: the stored plan's sites, today. */
static void test_sheet_follows_the_stored_plan(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_clinic(&t, url);
    a = rest_expect(&t, 200, "GET", "/clinic/session/patient", NULL, NULL);
    CHECK(rest_count(&a, "\"plan\":") == 0); /* none was made: what would be proposed */
    CHECK_CONTAINS(a.body, "\"site\": \"KNE-02\"");
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$plan?sites=KNE-01&patients=64", NULL,
                      NULL);
    a = rest_expect(&t, 200, "GET", "/clinic/session/patient", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"plan_status\": \"draft\"");
    CHECK_CONTAINS(a.body, "sites=KNE-01");
    CHECK(rest_count(&a, "\"site\": \"KNE-") == 1);
    CHECK_CONTAINS(a.body, "\"observation_min\": 30");
    CHECK_CONTAINS(a.body, "\"confirm\": \"each\"");
    CHECK_CONTAINS(a.body, "\"id\": \"EM-ANAPH\"");
    CHECK_CONTAINS(a.body, "\"bleeding\": \"no\"");
    CHECK(rest_count(&a, "\"consent\":") == 0);
    CHECK(rest_audited(&t, "session", "patient", 0) == 2);
    rest_close_clinic(&t);
}

/* A plan that is named is looked for in this patient's record only. */
static void test_sheet_of_no_such_plan(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    (void)rest_expect(&t, 404, "GET", "/clinic/session/patient?plan=none", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/clinic/session/nobody", NULL, NULL);
    rest_close_clinic(&t);
}

/* SAFETY: a plan stays with its problem. It was asked for by a number, which is another problem's
 * once one before it is over. */
static void test_sheet_stays_with_the_problem_of_its_plan(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_clinic(&t, url);
    put_problem(&t, "r43", "oa_knee", "right", "resolved");
    put_problem(&t, "elbow", "lateral_epicondylalgia", "left", "active");
    put_problem(&t, "knee", "oa_knee", "right", "active");
    put_problem(&t, "shoulder", "tendinopathy_rotator_cuff", "left", "active");
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$plan?patients=64&target=2", NULL,
                    NULL);
    CHECK_CONTAINS(a.body, "\"addresses\":[{\"reference\":\"Condition/knee\"}]");
    put_problem(&t, "elbow", "lateral_epicondylalgia", "left", "resolved");
    a = rest_expect(&t, 200, "GET", "/clinic/session/patient", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"condition\": \"Knee osteoarthritis\"");
    CHECK_CONTAINS(a.body, "\"parameters\": \"patients=64&target=1\"");
    put_problem(&t, "knee", "oa_knee", "right", "resolved");
    a = rest_expect(&t, 400, "GET", "/clinic/session/patient", NULL, NULL);
    CHECK_CONTAINS(a.body, "none of the patient's any more");
    rest_close_clinic(&t);
}

/* Sessions of another problem are not of this course: neither counted, nor "last time". */
static void test_sheet_counts_the_sessions_of_its_course(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_clinic(&t, url);
    (void)rest_expect(&t, 200, "PUT", "/fhir/Procedure/s1", NULL,
                      "{\"resourceType\":\"Procedure\",\"id\":\"s1\",\"status\":"
                      "\"entered-in-error\",\"code\":{\"coding\":[{\"system\":\"" SYSTEM
                      "CodeSystem/procedure\",\"code\":\"prolotherapy-session\"}]},\"subject\":{"
                      "\"reference\":\"Patient/patient\"}}");
    (void)rest_expect(&t, 201, "PUT", "/fhir/Procedure/s2", NULL,
                      "{\"resourceType\":\"Procedure\",\"id\":\"s2\",\"status\":"
                      "\"in-progress\",\"performedDateTime\":\"2026-02-02\",\"code\":{"
                      "\"coding\":[{\"system\":\"" SYSTEM
                      "CodeSystem/procedure\",\"code\":\"prolotherapy-session\"}]},\"subject\":{"
                      "\"reference\":\"Patient/patient\"},\"bodySite\":[{\"coding\":[{\"system\":"
                      "\"" SYSTEM "CodeSystem/site\",\"code\":\"ELB-01\"},{\"system\":\"" SYSTEM
                      "CodeSystem/side\",\"code\":\"right\"}]}]}");
    a = rest_expect(&t, 200, "GET", "/clinic/session/patient", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"number\": 1,");
    CHECK(rest_count(&a, "\"last\":") == 0);
    rest_close_clinic(&t);
}

/* A clinic that names no medicine to ask for has not heard that none is taken. */
static void test_sheet_without_medicines_to_ask_for(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_clinic(&t, url);
    a = rest_expect(&t, 200, "GET", "/knowledge/policies/timeout_bleeding", NULL, NULL);
    (void)rest_expect(&t, 204, "PUT", "/clinic/policies/timeout_bleeding", NULL,
                      en_arena_print(&t.arena, "{\"hash\":\"%s\",\"value\":\"\",\"reason\":\"x\"}",
                                     rest_member(&t, &a, "hash")));
    a = rest_expect(&t, 200, "GET", "/clinic/session/patient", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"bleeding\": \"unknown\"");
    rest_close_clinic(&t);
}

/* What is about to be given counts in the session that is asked about, whatever it says of that. */
static void test_totals_count_what_names_no_session(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_clinic(&t, url);
    a = ask_totals(&t, 200,
                   "{\"resourceType\":\"MedicationAdministration\",\"status\":\"completed\","
                   "\"medicationReference\":{\"reference\":\"Medication/d1\"},\"subject\":{"
                   "\"reference\":\"Patient/patient\"},\"dosage\":{\"dose\":{\"value\":4,"
                   "\"unit\":\"mL\"}}}");
    CHECK_CONTAINS(a.body, "\"volume_ml\": 4");
    CHECK_CONTAINS(a.body, "\"dextrose_g\": 2");
    (void)ask_totals(&t, 400, "1");
    rest_close_clinic(&t);
}

/* What is about to be given counts with what was given, replaces what has its id, and is refused
 * with the words of the rule that would refuse it; nothing is stored. 1 mL of the vial is 10 mg,
 * and 20 mL are the patient's maximum. */
static void test_totals_before_the_needle(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_clinic(&t, url);
    a = ask_totals(&t, 200, "");
    CHECK_CONTAINS(a.body, "\"volume_ml\": 0");
    CHECK_CONTAINS(a.body, "\"refusals\": []");
    (void)rest_expect(&t, 201, "PUT", "/fhir/MedicationAdministration/a1", NULL,
                      given(&t, "a1", "l1", "10"));
    a = ask_totals(&t, 200, given(&t, "a2", "d1", "2"));
    CHECK_CONTAINS(a.body, "\"volume_ml\": 12");
    CHECK_CONTAINS(a.body, "\"dextrose_g\": 1,");
    CHECK_CONTAINS(a.body, "\"mg\": 100");
    CHECK_CONTAINS(a.body, "\"anaesthetic\": \"fine\"");
    a = ask_totals(&t, 200, given(&t, "a2", "l1", "8"));
    CHECK_CONTAINS(a.body, "\"anaesthetic\": \"near\"");
    a = ask_totals(&t, 200, given(&t, "a1", "l1", "12"));
    CHECK_CONTAINS(a.body, "\"mg\": 120"); /* in the place of the stored one */
    a = ask_totals(&t, 200, given(&t, "a2", "l1", "20.1"));
    CHECK_CONTAINS(a.body, "\"anaesthetic\": \"over\"");
    CHECK_CONTAINS(a.body, "\"rule\": \"anaesthetic-total\"");
    a = ask_totals(&t, 200, given(&t, "a2", "no-such-vial", "1"));
    CHECK_CONTAINS(a.body, "\"rule\": \"stock-unknown\"");
    (void)rest_expect(&t, 404, "GET", "/fhir/MedicationAdministration/a2", NULL, NULL);
    rest_close_clinic(&t);
}

/* A request that is none is told so. */
static void test_totals_refuse_what_is_no_request(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    (void)rest_expect(&t, 400, "POST", "/clinic/session/s1/totals", NULL, "{}");
    (void)rest_expect(&t, 400, "POST", "/clinic/session/s1/totals", NULL, "{\"given\":");
    (void)rest_expect(&t, 404, "POST", "/clinic/session/none/totals", NULL, "{\"given\":[]}");
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_sheet_follows_the_stored_plan), ON_BOTH(test_sheet_of_no_such_plan),
          ON_BOTH(test_sheet_stays_with_the_problem_of_its_plan),
          ON_SQLITE(test_sheet_counts_the_sessions_of_its_course),
          ON_SQLITE(test_sheet_without_medicines_to_ask_for),
          ON_SQLITE(test_totals_count_what_names_no_session),
          ON_BOTH(test_totals_before_the_needle), ON_BOTH(test_totals_refuse_what_is_no_request));
