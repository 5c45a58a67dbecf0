/* SPDX-License-Identifier: Apache-2.0
 * Interactions on one resource: what clients of FHIR's REST API rely on, on both databases. */
#include "base/text.h"

#include "support/rest.h"
#include "support/stores.h"

#define PATIENT                                                                                    \
    "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"" FAMILY                  \
    "\",\"given\":[\"One\"]}],\"gender\":\"female\",\"birthDate\":\"1970-01-02\"}"
#define WEIGHT(value)                                                                              \
    "{\"resourceType\":\"Observation\",\"id\":\"w1\",\"status\":\"final\",\"code\":{\"text\":"     \
    "\"weight\"},\"subject\":{\"reference\":\"Patient/p1\"},\"valueQuantity\":{\"value\":" value   \
    ",\"unit\":\"kg\"}}"

/* 201 with place, version and time; and what is read is what was sent, digits of decimals and
 * unknown-to-us order of members included. */
static void test_create_and_read(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct rest_answer a = rest_expect(&t, 201, "POST", "/fhir/Observation", NULL, WEIGHT("72.50"));
    const char *id = rest_member(&t, &a, "id");

    CHECK(strcmp(id, "w1") != 0 && strlen(id) == 32); /* the server gives ids */
    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"1\"");
    CHECK_CONTAINS(rest_header(&a, "Location"), "http://127.0.0.1:8080/fhir/Observation/");
    CHECK_CONTAINS(rest_header(&a, "Location"), id);
    CHECK_CONTAINS(rest_header(&a, "Location"), "/_history/1");
    CHECK(rest_header(&a, "Last-Modified") != NULL);
    const struct rest_answer b = rest_expect(
        &t, 200, "GET", en_arena_print(&t.arena, "/fhir/Observation/%s", id), NULL, NULL);

    CHECK_TEXT(b.body, a.body);
    CHECK_CONTAINS(b.body, "\"valueQuantity\":{\"value\":72.50,\"unit\":\"kg\"}");
    CHECK_TEXT(rest_header(&b, "ETag"), "W/\"1\"");
    CHECK_TEXT(rest_header(&b, "Last-Modified"), rest_header(&a, "Last-Modified"));
    CHECK(rest_header(&b, "Location") == NULL);
    CHECK(rest_audited(&t, "create", "p1", 0) == 1);
    CHECK(rest_audited(&t, "read", "p1", 0) == 1);
    rest_close(&t);
}

/* Each update is a version; all of them stay readable. */
static void test_update_and_versions(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct rest_answer a = rest_expect(&t, 201, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("72"));

    CHECK_CONTAINS(a.body, "\"versionId\":\"1\"");
    a = rest_expect(&t, 200, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("73.0"));
    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"2\"");
    CHECK_CONTAINS(rest_header(&a, "Location"), "/fhir/Observation/w1/_history/2");
    a = rest_expect(&t, 200, "GET", "/fhir/Observation/w1/_history/1", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"value\":72,");
    CHECK_CONTAINS(a.body, "\"versionId\":\"1\"");
    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"1\"");
    a = rest_expect(&t, 200, "GET", "/fhir/Observation/w1", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"value\":73.0,");
    a = rest_expect(&t, 404, "GET", "/fhir/Observation/w1/_history/3", NULL, NULL);
    a = rest_expect(&t, 404, "GET", "/fhir/Observation/w1/_history/x", NULL, NULL);
    a = rest_expect(&t, 400, "GET", "/fhir/Observation/w1/_history/a_b", NULL, NULL);
    rest_close(&t);
}

/* Two who changed the same version: the second is told, and nothing is lost. */
static void test_if_match_guards_a_version(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 412, "PUT", "/fhir/Observation/w1", "If-Match: W/\"1\"", WEIGHT("71"));
    (void)rest_expect(&t, 201, "PUT", "/fhir/Observation/w1", "If-None-Match: *", WEIGHT("71"));
    (void)rest_expect(&t, 412, "PUT", "/fhir/Observation/w1", "If-None-Match: *", WEIGHT("71"));
    (void)rest_expect(&t, 200, "PUT", "/fhir/Observation/w1", "If-Match: W/\"1\"", WEIGHT("72"));
    const struct rest_answer a =
        rest_expect(&t, 412, "PUT", "/fhir/Observation/w1", "If-Match: W/\"1\"", WEIGHT("73"));

    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"2\""); /* what is current */
    CHECK(rest_header(&a, "Location") == NULL);
    (void)rest_expect(&t, 200, "PUT", "/fhir/Observation/w1", "If-Match: *", WEIGHT("73"));
    /* A tag that is none must not turn the guard off. */
    (void)rest_expect(&t, 400, "PUT", "/fhir/Observation/w1", "If-Match: 1", WEIGHT("74"));
    (void)rest_expect(&t, 412, "DELETE", "/fhir/Observation/w1", "If-Match: W/\"1\"", NULL);
    (void)rest_expect(&t, 204, "DELETE", "/fhir/Observation/w1", "If-Match: W/\"3\"", NULL);
    CHECK(rest_audited(&t, "update", NULL, 4) == 3);
    rest_close(&t);
}

/* Deleted is not unknown: 410, with the version; its history stays, and it can come back. */
static void test_delete_is_a_version(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("72"));
    struct rest_answer a = rest_expect(&t, 204, "DELETE", "/fhir/Observation/w1", NULL, NULL);

    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"2\"");
    CHECK(a.size == 0);
    a = rest_expect(&t, 410, "GET", "/fhir/Observation/w1", NULL, NULL);
    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"2\"");
    CHECK_CONTAINS(rest_header(&a, "Location"), "/fhir/Observation/w1/_history/2");
    a = rest_expect(&t, 410, "GET", "/fhir/Observation/w1/_history/2", NULL, NULL);
    a = rest_expect(&t, 200, "GET", "/fhir/Observation/w1/_history/1", NULL, NULL);
    a = rest_expect(&t, 204, "DELETE", "/fhir/Observation/w1", NULL, NULL);
    a = rest_expect(&t, 204, "DELETE", "/fhir/Observation/never", NULL, NULL);
    CHECK(rest_header(&a, "ETag") == NULL);
    a = rest_expect(&t, 410, "PATCH", "/fhir/Observation/w1", NULL, "[]");
    a = rest_expect(&t, 201, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("74"));
    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"3\"");
    a = rest_expect(&t, 200, "GET", "/fhir/Observation/w1/_history", NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 3 && rest_count(&a, "\"method\":\"DELETE\"") == 1);
    CHECK_CONTAINS(a.body, "\"total\":3");
    CHECK(rest_audited(&t, "delete", "p1", 0) == 1);
    rest_close(&t);
}

/* What the client has already need not be sent again. */
static void test_conditional_read(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct rest_answer a = rest_expect(&t, 201, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("72"));
    const char *time =
        en_arena_print(&t.arena, "If-Modified-Since: %s", rest_header(&a, "Last-Modified"));

    a = rest_expect(&t, 304, "GET", "/fhir/Observation/w1", "If-None-Match: W/\"1\"", NULL);
    CHECK(a.size == 0);
    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"1\"");
    (void)rest_expect(&t, 304, "GET", "/fhir/Observation/w1", "If-None-Match: W/\"7\", W/\"1\"",
                      NULL);
    (void)rest_expect(&t, 304, "GET", "/fhir/Observation/w1", "If-None-Match: *", NULL);
    (void)rest_expect(&t, 200, "GET", "/fhir/Observation/w1", "If-None-Match: W/\"2\"", NULL);
    (void)rest_expect(&t, 304, "GET", "/fhir/Observation/w1", time, NULL);
    (void)rest_expect(&t, 200, "GET", "/fhir/Observation/w1",
                      "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT", NULL);
    (void)rest_expect(&t, 200, "GET", "/fhir/Observation/w1", "If-Modified-Since: yesterday", NULL);
    rest_close(&t);
}

/* Each mistake has its own status, and says what to do. */
static void test_refusals_of_one_resource(const char *url)
{
    static const struct {
        int status;
        const char *method, *target, *body, *text;
    } ROWS[] = {
        {404, "GET", "/fhir/Patient/none", NULL, "there is no Patient with this id"},
        {404, "GET", "/fhir/Nonsense/1", NULL, "/metadata lists"},
        {404, "GET", "/fhir/Nonsense", NULL, "/metadata lists"},
        {404, "GET", "/fhir/patient/1", NULL, "/metadata lists"},
        {400, "GET", "/fhir/Patient/a%20b", NULL, "an id has 1 to 64"},
        {400, "GET",
         "/fhir/Patient/"
         "0123456789012345678901234567890123456789012345678901234567890"
         "12345",
         NULL, "an id has 1 to 64"},
        {400, "PUT", "/fhir/Patient/p2", PATIENT, "the id in the body"},
        {400, "PUT", "/fhir/Patient/p1", "{\"resourceType\":\"Patient\"}", "the id in the body"},
        {400, "PUT", "/fhir/Observation/p1", PATIENT, "another type"},
        {400, "POST", "/fhir/Patient", NULL, "send the resource"},
        {400, "POST", "/fhir/Patient", "{}", "no resourceType"},
        {400, "POST", "/fhir/Patient", "[]", "no resourceType"},
        {400, "POST", "/fhir/Patient", "{\"resourceType\":", "line 1"},
        {400, "POST", "/fhir/Patient",
         "{\"resourceType\":\"Patient\",\"resourceType\":\"Patient\"}", "twice"},
        {400, "POST", "/fhir/Patient", "{\"resourceType\":\"Patient\",\"id\":\"\xff\"}", "UTF-8"},
        {400, "POST", "/fhir/Patient",
         "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"" FAMILY "\",\"nonsense\":1}]}",
         "Patient.name[0].nonsense"},
        {400, "POST", "/fhir/Patient", "{\"resourceType\":\"Patient\",\"gender\":\"" FAMILY "\"}",
         "Patient.gender"},
        {405, "POST", "/fhir/Patient/p1", PATIENT, "no route"},
        {400, "DELETE", "/fhir/Patient", NULL, "say which Patient"},
        {400, "PUT", "/fhir/Patient", PATIENT, "say which Patient"},
        {400, "PATCH", "/fhir/Patient", "[]", "say which Patient"},
        {404, "PATCH", "/fhir/Patient/p1", "[]", "no Patient with this id"},
        {400, "GET", "/fhir/Patient/p1?nonsense=1", NULL, "a parameter of this read"},
        {400, "GET", "/fhir/Patient/p1?_summary=x", NULL, "_summary"},
        {404, "GET", "/fhir/Patient/p1/_history", NULL, "no Patient with this id"},
        {400, "GET", "/fhir/Patient/_history?_count=0", NULL, "_count"},
        {400, "GET", "/fhir/Patient/_history?_since=monday", NULL, "_since"},
        {400, "GET", "/fhir/Patient/_history?_cursor=x", NULL, "_cursor"},
        {405, "PUT", "/fhir/AuditEvent/1", "{\"resourceType\":\"AuditEvent\",\"id\":\"1\"}",
         "audit trail"},
        {405, "POST", "/fhir/AuditEvent", "{\"resourceType\":\"AuditEvent\"}", "audit trail"},
        {405, "DELETE", "/fhir/AuditEvent/1", NULL, "audit trail"},
    };
    struct rest_test t;

    rest_open(&t, url);
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct rest_answer a =
            rest_expect(&t, ROWS[i].status, ROWS[i].method, ROWS[i].target, NULL, ROWS[i].body);

        CHECK_CONTAINS(a.body, ROWS[i].text);
    }
    const struct rest_answer trail = rest_ask(&t, "POST", "/fhir/AuditEvent", NULL, "{}");

    CHECK_TEXT(rest_header(&trail, "Allow"), "GET");
    rest_close(&t);
}

/* Formats: JSON by every name that clients use; XML and others are told what is spoken here. */
static void test_formats(const char *url)
{
    static const char *const FINE[] = {
        "Accept: application/fhir+json",
        "Accept: application/json",
        "Accept: */*",
        "Accept: text/html, application/xhtml+xml, */*;q=0.8",
        "Accept: application/fhir+json; charset=utf-8; fhirVersion=4.0",
        "Accept: "};
    static const char *const WRONG[] = {
        "Accept: application/fhir+xml", "Accept: application/xml, text/xml", "Accept: text/html",
        "Accept: application/fhir+json;q=0", "Accept: application/fhir+json; fhirVersion=5.0"};
    static const char *const BODIES[] = {"Content-Type: application/fhir+json; charset=UTF-8",
                                         "Content-Type: application/json",
                                         "Content-Type: application/fhir+json;charset=\"utf-8\""};
    static const char *const NO_BODIES[] = {"Content-Type: application/fhir+xml",
                                            "Content-Type: text/plain",
                                            "Content-Type: application/fhir+json; charset=latin1",
                                            "Content-Type: application/json-patch+json"};
    struct rest_test t;

    rest_open(&t, url);
    for (size_t i = 0; i < EN_COUNT(BODIES); i++) {
        (void)rest_expect(&t, i == 0 ? 201 : 200, "PUT", "/fhir/Patient/p1", BODIES[i], PATIENT);
    }
    for (size_t i = 0; i < EN_COUNT(NO_BODIES); i++) {
        (void)rest_expect(&t, 415, "PUT", "/fhir/Patient/p1", NO_BODIES[i], PATIENT);
    }
    (void)rest_expect(&t, 415, "PATCH", "/fhir/Patient/p1", "Content-Type: application/fhir+json",
                      "[]");
    for (size_t i = 0; i < EN_COUNT(FINE); i++) {
        (void)rest_expect(&t, 200, "GET", "/fhir/Patient/p1", FINE[i], NULL);
    }
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        (void)rest_expect(&t, 406, "GET", "/fhir/Patient/p1", WRONG[i], NULL);
    }
    (void)rest_expect(&t, 200, "GET", "/fhir/Patient/p1?_format=json",
                      "Accept: application/fhir+xml", NULL);
    (void)rest_expect(&t, 200, "GET", "/fhir/Patient/p1?_format=application/fhir+json", NULL, NULL);
    (void)rest_expect(&t, 406, "GET", "/fhir/Patient/p1?_format=xml", NULL, NULL);
    const struct rest_answer a =
        rest_expect(&t, 200, "GET", "/fhir/Patient/p1?_pretty=true", NULL, NULL);

    CHECK_CONTAINS(a.body, "\n  \"resourceType\": \"Patient\"");
    rest_close(&t);
}

static void test_prefer_return(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct rest_answer a =
        rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", "Prefer: return=minimal", PATIENT);

    CHECK(a.size == 0 && rest_header(&a, "Location") != NULL);
    a = rest_expect(&t, 200, "PUT", "/fhir/Patient/p1", "Prefer: return=OperationOutcome", PATIENT);
    CHECK_CONTAINS(a.body, "OperationOutcome");
    CHECK_CONTAINS(a.body, "version 2");
    a = rest_expect(&t, 200, "PUT", "/fhir/Patient/p1",
                    "Prefer: handling=strict; return=representation", PATIENT);
    CHECK_CONTAINS(a.body, "\"versionId\":\"3\"");
    rest_close(&t);
}

/* RFC 6902: all or nothing, numbers keep their digits, and the result must be valid. */
static void test_patch(const char *url)
{
    static const struct {
        int status;
        const char *patch, *text;
    } ROWS[] = {
        {400, "{}", "array"},
        {400, "[{\"op\":\"replace\",\"path\":\"/nothing/here\",\"value\":1}]", ""},
        {400, "[{\"op\":\"nonsense\",\"path\":\"/gender\"}]", ""},
        {422, "[{\"op\":\"test\",\"path\":\"/status\",\"value\":\"preliminary\"}]", ""},
        {422, "[{\"op\":\"replace\",\"path\":\"/id\",\"value\":\"other\"}]", "must not change"},
        {422, "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"" FAMILY "\"}]", "status"},
        {422, "[{\"op\":\"remove\",\"path\":\"/status\"}]", "status"},
        {412, NULL, ""},
    };
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("72.50"));
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct rest_answer refused =
            rest_expect(&t, ROWS[i].status, "PATCH", "/fhir/Observation/w1",
                        ROWS[i].patch == NULL ? "If-Match: W/\"9\"" : NULL,
                        ROWS[i].patch == NULL ? "[]" : ROWS[i].patch);

        CHECK_CONTAINS(refused.body, ROWS[i].text);
    }
    const struct rest_answer a =
        rest_expect(&t, 200, "PATCH", "/fhir/Observation/w1", "If-Match: W/\"1\"",
                    "[{\"op\":\"test\",\"path\":\"/status\",\"value\":\"final\"},"
                    "{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"amended\"},"
                    "{\"op\":\"add\",\"path\":\"/valueQuantity/system\",\"value\":\"http://"
                    "unitsofmeasure.org\"}]");

    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"2\"");
    CHECK_CONTAINS(a.body, "\"status\":\"amended\"");
    CHECK_CONTAINS(a.body, "\"value\":72.50");
    CHECK(rest_audited(&t, "patch", "p1", 0) == 1);
    rest_close(&t);
}

/* Where a change comes from is stored with it: both or none; the targets are the versions made. */
static void test_x_provenance(const char *url)
{
    static const char HEADER[] =
        "X-Provenance: {\"resourceType\":\"Provenance\",\"recorded\":\"2026-03-02T10:00:00Z\","
        "\"agent\":[{\"who\":{\"reference\":\"Practitioner/one\"}}]}";
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Observation/w1", HEADER, WEIGHT("72"));
    (void)rest_expect(&t, 200, "PATCH", "/fhir/Observation/w1", HEADER,
                      "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"amended\"}]");
    struct rest_answer a =
        rest_expect(&t, 200, "GET", "/fhir/Provenance?target=Observation/w1", NULL, NULL);

    CHECK(rest_count(&a, "\"fullUrl\"") == 2);
    CHECK_CONTAINS(a.body, "\"target\":[{\"reference\":\"Observation/w1/_history/2\"}]");
    (void)rest_expect(&t, 412, "PUT", "/fhir/Observation/w1",
                      en_arena_print(&t.arena, "%s\nIf-Match: W/\"9\"", HEADER), WEIGHT("73"));
    (void)rest_expect(&t, 400, "PUT", "/fhir/Observation/w1", "X-Provenance: {", WEIGHT("73"));
    (void)rest_expect(&t, 400, "PUT", "/fhir/Observation/w1",
                      "X-Provenance: {\"resourceType\":\"Provenance\"}", WEIGHT("73"));
    a = rest_expect(&t, 200, "GET", "/fhir/Provenance", NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 2);
    rest_close(&t);
}

/* Histories of one resource, a type and all: newest first, in pages that never repeat. */
static void test_history_pages(const char *url)
{
    struct rest_test t;
    size_t seen = 0, pages = 0;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", NULL, PATIENT);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("70"));
    (void)rest_expect(&t, 200, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("71"));
    (void)rest_expect(&t, 200, "PUT", "/fhir/Observation/w1", NULL, WEIGHT("72"));
    const char *next = "/fhir/_history?_count=1";

    while (next != NULL) {
        const struct rest_answer a = rest_expect(&t, 200, "GET", next, NULL, NULL);

        seen += rest_count(&a, "\"fullUrl\"");
        pages++;
        if (pages == 1) {
            CHECK_CONTAINS(a.body, "\"value\":72,");
            CHECK_CONTAINS(a.body, "\"response\":{\"status\":\"200\",\"etag\":\"W/\\\"3\\\"\"");
        }
        next = rest_link(&t, &a, "next");
        CHECK(pages < 10);
    }
    CHECK(seen == 4);
    struct rest_answer a = rest_expect(&t, 200, "GET", "/fhir/Observation/_history", NULL, NULL);

    CHECK(rest_count(&a, "\"fullUrl\"") == 3);
    CHECK(rest_count(&a, "\"method\":\"POST\"") == 1);
    a = rest_expect(&t, 200, "GET", "/fhir/Observation/w1/_history?_since=2999-01-01", NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 0 && strstr(a.body, "\"entry\"") == NULL);
    CHECK(rest_audited(&t, "history-system", "p1", 0) == 4);
    rest_close(&t);
}

/* Parts of a resource say that they are parts. */
static void test_summary_and_elements(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", NULL, PATIENT);
    struct rest_answer a =
        rest_expect(&t, 200, "GET", "/fhir/Patient/p1?_elements=gender", NULL, NULL);

    CHECK(strstr(a.body, FAMILY) == NULL);
    CHECK_CONTAINS(a.body, "\"gender\":\"female\"");
    CHECK_CONTAINS(a.body, "SUBSETTED");
    a = rest_expect(&t, 200, "GET", "/fhir/Patient/p1?_summary=true", NULL, NULL);
    CHECK_CONTAINS(a.body, FAMILY);
    CHECK_CONTAINS(a.body, "SUBSETTED");
    a = rest_expect(&t, 200, "GET", "/fhir/Patient/p1?_summary=false", NULL, NULL);
    CHECK(strstr(a.body, "SUBSETTED") == NULL);
    rest_close(&t);
}

TEST_MAIN(ON_BOTH(test_create_and_read), ON_BOTH(test_update_and_versions),
          ON_BOTH(test_if_match_guards_a_version), ON_BOTH(test_delete_is_a_version),
          ON_BOTH(test_conditional_read), ON_BOTH(test_refusals_of_one_resource),
          ON_SQLITE(test_formats), ON_SQLITE(test_prefer_return), ON_BOTH(test_patch),
          ON_BOTH(test_x_provenance), ON_BOTH(test_history_pages),
          ON_SQLITE(test_summary_and_elements));
