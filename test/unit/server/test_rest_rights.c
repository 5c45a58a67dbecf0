/* SPDX-License-Identifier: Apache-2.0
 * Who may do what over REST: the table of rights is asked for every interaction and every entry,
 * and nobody gets around it by another way to the same resource. */
#include "base/text.h"

#include "support/rest.h"
#include "support/stores.h"

#define PATIENT(id)                                                                                \
    "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"name\":[{\"family\":\"" FAMILY "\"}],"      \
    "\"birthDate\":\"1970-01-02\",\"gender\":\"female\"}"
#define DIARY(id, patient)                                                                         \
    "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"" id "\",\"status\":\"completed\","      \
    "\"subject\":{\"reference\":\"Patient/" patient "\"}}"

static void fill(struct rest_test *t)
{
    (void)rest_expect(t, 201, "PUT", "/fhir/Patient/p1", NULL, PATIENT("p1"));
    (void)rest_expect(t, 201, "PUT", "/fhir/Patient/p2", NULL, PATIENT("p2"));
    (void)rest_expect(t, 201, "PUT", "/fhir/QuestionnaireResponse/q1", NULL, DIARY("q1", "p1"));
    (void)rest_expect(t, 201, "PUT", "/fhir/QuestionnaireResponse/q2", NULL, DIARY("q2", "p2"));
}

/* A one-time link leads to one record. Every way to another's is closed, and tells not even whether
 * there is something. */
static void test_rights_of_a_link_end_at_its_record(const char *url)
{
    static const struct {
        int status;
        const char *method, *target, *body;
    } ROWS[] = {
        {200, "GET", "/fhir/QuestionnaireResponse/q1", NULL},
        {404, "GET", "/fhir/QuestionnaireResponse/q2", NULL},
        {404, "GET", "/fhir/QuestionnaireResponse/none", NULL},
        {404, "GET", "/fhir/QuestionnaireResponse/q2/_history/1", NULL},
        {404, "GET", "/fhir/Patient/p2", NULL},
        {201, "POST", "/fhir/QuestionnaireResponse", DIARY("x", "p1")},
        {403, "POST", "/fhir/QuestionnaireResponse", DIARY("x", "p2")},
        {403, "POST", "/fhir/QuestionnaireResponse",
         "{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\"}"},
        {403, "POST", "/fhir/QuestionnaireResponse",
         "{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\",\"subject\":{"
         "\"reference\":\"Patient/p1\"},\"author\":{\"reference\":\"Patient/p2\"}}"},
        {403, "DELETE", "/fhir/QuestionnaireResponse/q1", NULL},
        {403, "PUT", "/fhir/Patient/p1", PATIENT("p1")},
        {403, "GET", "/fhir/Practitioner", NULL},
    };
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    t.caller = (struct en_caller){.role = EN_ROLE_PATIENT, .login = "link:1", .patient = "p1"};
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        (void)rest_expect(&t, ROWS[i].status, ROWS[i].method, ROWS[i].target, NULL, ROWS[i].body);
    }
    struct rest_answer a =
        rest_ask(&t, "GET", "/fhir/QuestionnaireResponse?subject=Patient/p2", NULL, NULL);

    CHECK(strstr(a.body, "/q2") == NULL);
    a = rest_expect(&t, 200, "POST", "/fhir", NULL,
                    "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"request\":{"
                    "\"method\":\"GET\",\"url\":\"QuestionnaireResponse/q2\"}},{\"request\":{"
                    "\"method\":\"GET\",\"url\":\"QuestionnaireResponse/q1\"}}]}");
    CHECK(rest_count(&a, "\"status\":\"404 Not Found\"") == 1);
    CHECK(rest_count(&a, "\"status\":\"200 OK\"") == 1);
    CHECK(rest_audited(&t, NULL, NULL, 8) >= 5);
    rest_close(&t);
}

/* A resource that was put right from one record into another shows the new patient nothing of the
 * versions that told of the other one: neither read alone nor within a history. */
static void test_rights_of_a_link_over_versions(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    (void)rest_expect(&t, 200, "PUT", "/fhir/QuestionnaireResponse/q2", NULL, DIARY("q2", "p1"));
    t.caller = (struct en_caller){.role = EN_ROLE_PATIENT, .login = "link:1", .patient = "p1"};
    (void)rest_expect(&t, 404, "GET", "/fhir/QuestionnaireResponse/q2/_history/1", NULL, NULL);
    (void)rest_expect(&t, 200, "GET", "/fhir/QuestionnaireResponse/q2/_history/2", NULL, NULL);
    const struct rest_answer a = rest_expect(
        &t, 404, "POST", "/fhir", NULL,
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{"
        "\"method\":\"GET\",\"url\":\"QuestionnaireResponse/q2/_history/1\"}}]}");

    CHECK(strstr(a.body, "p2") == NULL);
    t.caller = (struct en_caller){
        .role = EN_ROLE_SERVICE, .login = "client:1", .scopes = "system/*.cruds", .patient = "p1"};
    const struct rest_answer b =
        rest_expect(&t, 200, "GET", "/fhir/QuestionnaireResponse/q2/_history", NULL, NULL);

    CHECK(strstr(b.body, "Patient/p2") == NULL && strstr(b.body, "Patient/p1") != NULL);
    rest_close(&t);
}

/* An update must not take a resource out of another's record, or put one into it. */
static void test_rights_of_a_limited_writer(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    t.caller = (struct en_caller){
        .role = EN_ROLE_SERVICE, .login = "client:1", .scopes = "system/*.cruds", .patient = "p1"};
    (void)rest_expect(&t, 200, "PUT", "/fhir/QuestionnaireResponse/q1", NULL, DIARY("q1", "p1"));
    (void)rest_expect(&t, 403, "PUT", "/fhir/QuestionnaireResponse/q2", NULL, DIARY("q2", "p1"));
    (void)rest_expect(&t, 403, "PUT", "/fhir/QuestionnaireResponse/q1", NULL, DIARY("q1", "p2"));
    (void)rest_expect(&t, 404, "PATCH", "/fhir/QuestionnaireResponse/q2", NULL, "[]");
    (void)rest_expect(&t, 403, "PATCH", "/fhir/QuestionnaireResponse/q1", NULL,
                      "[{\"op\":\"replace\",\"path\":\"/subject/reference\",\"value\":"
                      "\"Patient/p2\"}]");
    (void)rest_expect(&t, 404, "DELETE", "/fhir/QuestionnaireResponse/q2", NULL, NULL);
    const struct rest_answer a =
        rest_expect(&t, 200, "GET", "/fhir/QuestionnaireResponse/_history", NULL, NULL);

    CHECK(strstr(a.body, "q2") == NULL && strstr(a.body, "q1") != NULL);
    rest_close(&t);
}

/* A service may what its scopes say; a transaction with one entry too many is refused whole. */
static void test_rights_of_a_service_are_its_scopes(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    t.caller = (struct en_caller){
        .role = EN_ROLE_SERVICE, .login = "client:1", .scopes = "system/Patient.rs"};
    (void)rest_expect(&t, 200, "GET", "/fhir/Patient/p1", NULL, NULL);
    (void)rest_expect(&t, 200, "GET", "/fhir/Patient?_revinclude=QuestionnaireResponse:subject",
                      NULL, NULL);
    const struct rest_answer a =
        rest_ask(&t, "GET", "/fhir/Patient?_revinclude=QuestionnaireResponse:subject", NULL, NULL);

    CHECK(rest_count(&a, "\"mode\":\"include\"") == 0);
    (void)rest_expect(&t, 403, "GET", "/fhir/QuestionnaireResponse/q1", NULL, NULL);
    (void)rest_expect(&t, 403, "PUT", "/fhir/Patient/p1", NULL, PATIENT("p1"));
    t.caller.scopes = "system/Patient.u";
    (void)rest_expect(&t, 200, "PUT", "/fhir/Patient/p1", NULL, PATIENT("p1"));
    (void)rest_expect(&t, 403, "PUT", "/fhir/Patient/p9", NULL, PATIENT("p9")); /* would create */
    /* Changing must not be a way to read, nor a condition one to search. */
    const struct rest_answer p = rest_expect(&t, 200, "PATCH", "/fhir/Patient/p2", NULL, "[]");

    CHECK(strstr(p.body, "1970") == NULL);
    (void)rest_expect(&t, 403, "PATCH", "/fhir/Patient?birthdate=1970-01-02", NULL, "[]");
    (void)rest_expect(&t, 403, "PUT", "/fhir/Patient?identifier=x", NULL, PATIENT("p1"));
    t.caller.scopes = "system/Patient.d";
    (void)rest_expect(&t, 403, "DELETE", "/fhir/Patient?birthdate=1970-01-03", NULL, NULL);
    t.caller.scopes = "system/Patient.c";
    (void)rest_expect(&t, 403, "POST", "/fhir/Patient", "If-None-Exist: birthdate=1970-01-02",
                      "{\"resourceType\":\"Patient\"}");
    t.caller.scopes = "system/Patient.u";
    (void)rest_expect(
        &t, 403, "POST", "/fhir", NULL,
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{"
        "\"resource\":" PATIENT(
            "p1") ",\"request\":{\"method\":\"PUT\",\"url\":"
                  "\"Patient/p1\"}},{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/p2\"}}"
                  "]}");
    t.caller = (struct en_caller){.role = EN_ROLE_OWNER, .login = "owner"};
    const struct rest_answer b = rest_expect(&t, 200, "GET", "/fhir/Patient/p1", NULL, NULL);

    CHECK_TEXT(rest_header(&b, "ETag"), "W/\"2\"");
    rest_close(&t);
}

/* A researcher finds what no longer tells who it was: no way leads from a person to a pseudonym. */
static void test_rights_of_a_researcher(const char *url)
{
    static const char *const REFUSED[] = {"/fhir/Patient/p1",
                                          "/fhir/Patient/p1/_history",
                                          "/fhir/Patient/_history",
                                          "/fhir/_history",
                                          "/fhir/Patient/p1/_history/1",
                                          "/fhir/Patient?family=x",
                                          "/fhir/Patient?_id=p1",
                                          "/fhir/Patient?birthdate=1970",
                                          "/fhir/Patient?identifier=x",
                                          "/fhir/Patient/p1/Observation",
                                          "/fhir/Patient?_sort=family",
                                          "/fhir/Patient/p1/$everything"};
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    t.caller = (struct en_caller){.role = EN_ROLE_RESEARCHER, .login = "researcher"};
    for (size_t i = 0; i < EN_COUNT(REFUSED); i++) {
        (void)rest_expect(&t, 403, "GET", REFUSED[i], NULL, NULL);
    }
    const struct rest_answer a =
        rest_expect(&t, 200, "GET", "/fhir/Patient?gender=female", NULL, NULL);

    CHECK(rest_count(&a, "\"mode\":\"match\"") == 2);
    CHECK(strstr(a.body, FAMILY) == NULL && strstr(a.body, "1970-01-02") == NULL);
    CHECK(strstr(a.body, "\"p1\"") == NULL && strstr(a.body, "Patient/p1") == NULL);
    CHECK(rest_audited(&t, "search-type", "p1", 0) == 1);
    rest_close(&t);
}

TEST_MAIN(ON_BOTH(test_rights_of_a_link_end_at_its_record),
          ON_BOTH(test_rights_of_a_link_over_versions), ON_BOTH(test_rights_of_a_limited_writer),
          ON_BOTH(test_rights_of_a_service_are_its_scopes), ON_SQLITE(test_rights_of_a_researcher));
