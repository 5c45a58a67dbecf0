/* SPDX-License-Identifier: Apache-2.0
 * Documents of a stored patient: the list, blocks and PDF, issued ones, the note of a session. */
#include "base/text.h"
#include "fhir/json.h"

#include "support/rest.h"
#include "support/stores.h"

#include <string.h>

enum { DAY = 20514 }; /* 2026-03-02 */

#define SYSTEM "https://enthesis.org/fhir/"

static void open_patient(struct rest_test *t, const char *url, const char *file)
{
    rest_open_clinic(t, url, DAY);
    t->caller.practitioner = "practitioner";
    rest_import(t, file);
}

static struct rest_answer get(struct rest_test *t, int status, const char *query)
{
    const char *target = en_arena_print(&t->arena, "/fhir/Patient/patient/$document%s", query);

    return rest_expect(t, status, "GET", target, NULL, NULL);
}

/* The list tells of each document whether it can be made; nothing but the note waits for more when
 * the verdict lets the plan be carried out. */
static void test_list_of_documents(const char *url)
{
    struct rest_test t;

    open_patient(&t, url, "cases/knee-oa.json");
    const struct rest_answer a = get(&t, 200, "");

    CHECK_CONTAINS(a.body, "\"type\": \"consent\"");
    CHECK_CONTAINS(a.body, "\"type\": \"letter\"");
    CHECK(rest_count(&a, "\"possible\": true") == 6);
    CHECK(rest_count(&a, "\"why\": ") == 1);
    CHECK_CONTAINS(a.body, "no session is recorded yet");
    CHECK(rest_audited(&t, "$document", "patient", 0) == 1);
    rest_close_clinic(&t);
}

/* A plan that may not be carried out has no papers for the patient, and each says why; the verdict
 * and the letter of referral are there. */
static void test_blocked_plan_says_why(const char *url)
{
    struct rest_test t;

    open_patient(&t, url, "cases/hot-joint.json");
    struct rest_answer a = get(&t, 200, "");

    CHECK(rest_count(&a, "\"possible\": true") == 2);
    CHECK_CONTAINS(a.body, "\"no injection may be planned now (not suitable)\"");
    CHECK_CONTAINS(a.body, "\"title\": \"Septic joint suspected\"");
    a = get(&t, 422, "?type=consent");
    CHECK_CONTAINS(a.body, "there is no consent now");
    CHECK_CONTAINS(a.body, "Septic joint suspected");
    a = get(&t, 200, "?type=letter");
    CHECK_CONTAINS(a.body, "Septic joint suspected");
    CHECK_CONTAINS(a.body, "Why I refer");
    (void)get(&t, 200, "?type=plan&_format=application/pdf");
    (void)rest_expect(&t, 422, "POST", "/fhir/Patient/patient/$document?type=consent", NULL, NULL);
    a = rest_expect(&t, 200, "GET", "/fhir/DocumentReference?patient=patient", NULL, NULL);
    CHECK(rest_count(&a, "\"docStatus\"") == 0);
    rest_close_clinic(&t);
}

/* The parameters are those of a plan, and what is none is refused by name. */
static void test_parameters_of_a_document(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_patient(&t, url, "cases/knee-oa.json");
    a = get(&t, 400, "?type=poem");
    CHECK_CONTAINS(a.body, "parameter \\\"type\\\"");
    a = get(&t, 400, "?type=plan&_format=application/xml");
    CHECK_CONTAINS(a.body, "_format");
    (void)rest_expect(&t, 400, "POST", "/fhir/Patient/patient/$document", NULL, NULL);
    (void)get(&t, 404, "?type=note&session=nobody");
    (void)get(&t, 404, "?issued=nothing");
    a = get(&t, 200, "?type=consent&sessions=2");
    const struct rest_answer usual = get(&t, 200, "?type=consent");

    CHECK_CONTAINS(a.body, "Sessions planned: 2");
    CHECK(strstr(usual.body, "Sessions planned: 2.") == NULL);
    rest_close_clinic(&t);
}

/* A document of a stored plan has its choices and its days, also days later. */
static void test_document_of_a_stored_plan(const char *url)
{
    struct rest_test t;

    open_patient(&t, url, "cases/knee-oa.json");
    struct rest_answer a = rest_expect(
        &t, 200, "POST", "/fhir/Patient/patient/$plan?sessions=2&start=2026-03-09", NULL, NULL);

    CHECK_CONTAINS(a.body, "CarePlan");
    a = rest_expect(&t, 200, "GET", "/fhir/CarePlan?patient=patient&_elements=id", NULL, NULL);
    struct json_object *bundle = json_tokener_parse(a.body);
    struct json_object *plan = en_json_get(en_json_at(en_json_get(bundle, "entry"), 0), "resource");
    const char *id = en_arena_copy(&t.arena, en_json_text(plan, "id"), SIZE_MAX);

    (void)json_object_put(bundle);
    a = get(&t, 200, en_arena_print(&t.arena, "?type=consent&plan=%s", id));
    CHECK_CONTAINS(a.body, "Monday 9 March 2026");
    CHECK(rest_count(&a, "Sessions planned: 2") > 0);
    (void)get(&t, 404, "?type=consent&plan=nothing");
    (void)rest_expect(&t, 404, "GET",
                      en_arena_print(&t.arena, "/fhir/Patient/other/$document?plan=%s", id), NULL,
                      NULL);
    t.today = DAY + 60; /* its days are over: that is no mistake of the question */
    (void)get(&t, 200, en_arena_print(&t.arena, "?plan=%s", id));
    rest_close_clinic(&t);
}

/* What is issued is kept as it was handed out: its PDF comes back byte for byte after the record
 * has changed, and issuing the same again makes nothing new. */
static void test_issued_document_stays(const char *url)
{
    struct rest_test t;

    open_patient(&t, url, "cases/knee-oa.json");
    const char *post = "/fhir/Patient/patient/$document?type=consent";
    struct rest_answer a = rest_expect(&t, 200, "POST", post, NULL, NULL);

    CHECK(rest_count(&a, "\"resourceType\":\"Binary\"") == 2);
    CHECK(rest_count(&a, "\"resourceType\":\"Provenance\"") == 1);
    (void)rest_expect(&t, 200, "POST", post, NULL, NULL);
    a = rest_expect(&t, 200, "GET",
                    "/fhir/DocumentReference?patient=patient&type=" SYSTEM
                    "CodeSystem/document%7Cconsent",
                    NULL, NULL);
    CHECK(rest_count(&a, "\"docStatus\"") == 1);
    const struct rest_answer before = get(&t, 200, "?type=consent&_format=application/pdf");
    const char *id = rest_member(&t, &a, "id");

    CHECK(before.size > 1000 && strncmp(before.body, "%PDF", 4) == 0);
    (void)rest_expect(&t, 200, "PATCH", "/fhir/Patient/patient",
                      "Content-Type: application/json-patch+json\n",
                      "[{\"op\":\"add\",\"path\":\"/gender\",\"value\":\"other\"}]");
    a = rest_expect(&t, 200, "GET",
                    "/fhir/DocumentReference?patient=patient&type=" SYSTEM
                    "CodeSystem/document%7Cconsent",
                    NULL, NULL);
    struct json_object *bundle = json_tokener_parse(a.body);
    struct json_object *document =
        en_json_get(en_json_at(en_json_get(bundle, "entry"), 0), "resource");

    id = en_arena_copy(&t.arena, en_json_text(document, "id"), SIZE_MAX);
    (void)json_object_put(bundle);
    const struct rest_answer kept =
        get(&t, 200, en_arena_print(&t.arena, "?issued=%s&_format=application/pdf", id));

    CHECK(kept.size == before.size && memcmp(kept.body, before.body, kept.size) == 0);
    a = get(&t, 200, en_arena_print(&t.arena, "?issued=%s", id));
    CHECK_CONTAINS(a.body, "\"blocks\"");
    (void)rest_expect(&t, 404, "GET",
                      en_arena_print(&t.arena, "/fhir/Patient/other/$document?issued=%s", id), NULL,
                      NULL);
    rest_close_clinic(&t);
}

/* A note names what was given where, of which lot, and that it is a draft. */
static void test_note_of_a_session(const char *url)
{
    static const char VIAL[] =
        "{\"resourceType\":\"Medication\",\"id\":\"d1\",\"identifier\":[{\"system\":\"urn:serial\","
        "\"value\":\"SN-1\"}],\"code\":{\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/stock\",\"code\":\"dextrose_50\"}]},\"batch\":{\"lotNumber\":\"LOT-7\","
        "\"expirationDate\":\"2027-03\"}}";
    static const char SESSION[] =
        "{\"resourceType\":\"Procedure\",\"id\":\"s1\",\"extension\":[{\"url\":\"" SYSTEM
        "StructureDefinition/session-guidance\",\"valueCode\":\"US\"}],\"status\":\"in-progress\","
        "\"code\":{\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/procedure\",\"code\":\"prolotherapy-session\"}]},\"subject\":{\"reference\":"
        "\"Patient/patient\"},\"performedDateTime\":\"2026-03-02\",\"bodySite\":[{\"coding\":[{"
        "\"system\":\"" SYSTEM "CodeSystem/site\",\"code\":\"KNE-01\"}]}]}";
    static const char GIVEN[] =
        "{\"resourceType\":\"MedicationAdministration\",\"id\":\"a1\",\"partOf\":[{\"reference\":"
        "\"Procedure/s1\"}],\"status\":\"completed\",\"medicationReference\":{\"reference\":"
        "\"Medication/d1\"},\"subject\":{\"reference\":\"Patient/patient\"},\"effectiveDateTime\":"
        "\"2026-03-02T10:05:00Z\",\"note\":[{\"text\":\"brief sting\"}],\"dosage\":{\"site\":{"
        "\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/site\",\"code\":\"KNE-01\"}]},\"dose\":{\"value\":4,\"unit\":\"mL\"}}}";
    struct rest_test t;

    open_patient(&t, url, "cases/knee-oa.json");
    (void)get(&t, 422, "?type=note");
    (void)rest_expect(&t, 201, "PUT", "/fhir/Medication/d1", NULL, VIAL);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Procedure/s1", NULL, SESSION);
    (void)rest_expect(&t, 201, "PUT", "/fhir/MedicationAdministration/a1", NULL, GIVEN);
    const struct rest_answer a = get(&t, 200, "?type=note");

    CHECK_CONTAINS(a.body, "Not signed");
    CHECK_CONTAINS(a.body, "LOT-7");
    CHECK_CONTAINS(a.body, "Brief sting");
    CHECK_CONTAINS(a.body, "Dextrose: 2 g"); /* 4 mL of 500 mg/mL */
    CHECK_CONTAINS(a.body, "none of its items was answered");
    (void)rest_expect(&t, 404, "GET", "/fhir/Patient/other/$document?type=note&session=s1", NULL,
                      NULL);
    rest_close_clinic(&t);
}

/* An assistant reads documents and issues none: nothing is kept. */
static void test_who_issues_documents(const char *url)
{
    struct rest_test t;

    open_patient(&t, url, "cases/knee-oa.json");
    t.caller.role = EN_ROLE_ASSISTANT;
    struct rest_answer a = get(&t, 200, "?type=aftercare");

    CHECK_CONTAINS(a.body, "\"reader\": \"patient\"");
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$document?type=aftercare", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"blocks\"");
    a = rest_expect(&t, 200, "GET", "/fhir/DocumentReference?patient=patient", NULL, NULL);
    CHECK(rest_count(&a, "\"docStatus\"") == 0);
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_list_of_documents), ON_BOTH(test_blocked_plan_says_why),
          ON_BOTH(test_parameters_of_a_document), ON_BOTH(test_document_of_a_stored_plan),
          ON_BOTH(test_issued_document_stays), ON_BOTH(test_note_of_a_session),
          ON_BOTH(test_who_issues_documents));
