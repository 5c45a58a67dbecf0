/* SPDX-License-Identifier: Apache-2.0
 * Bundles: a transaction is done whole or not at all, with all references right; the entries of a
 * batch do not know each other. */
#include "base/text.h"

#include "support/rest.h"
#include "support/stores.h"

#include <stdarg.h>

#define URN(n) "urn:uuid:00000000-0000-4000-8000-00000000000" n
#define SYSTEM "http://example.org/number"

#define PATIENT                                                                                    \
    "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"" SYSTEM "\",\"value\":\"1\"}],"  \
    "\"name\":[{\"family\":\"" FAMILY "\"}]}"
#define PLAIN(id) "{\"resourceType\":\"Patient\",\"id\":\"" id "\"}"
#define WEIGHT(subject)                                                                            \
    "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"weight\"},"       \
    "\"subject\":{\"reference\":\"" subject "\"},\"valueQuantity\":{\"value\":72.50}}"

/* Entries */
#define ASK(method, url) "{\"request\":{\"method\":\"" method "\",\"url\":\"" url "\"}}"
#define GET(url)         ASK("GET", url)
#define NAMED(name, resource, request)                                                             \
    "{\"fullUrl\":\"" name "\",\"resource\":" resource ",\"request\":{" request "}}"
#define PLACED(resource, request) "{\"resource\":" resource ",\"request\":{" request "}}"
#define POST(type)                "\"method\":\"POST\",\"url\":\"" type "\""
#define PUT(url)                  "\"method\":\"PUT\",\"url\":\"" url "\""
#define IF_NONE(query)            POST("Patient") ",\"ifNoneExist\":\"" query "\""

/* A Bundle of the entries, up to a NULL. */
static const char *bundle(struct rest_test *t, const char *type, ...)
{
    const char *text =
        en_arena_print(&t->arena, "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":[", type);
    const char *comma = "";
    va_list entries;

    va_start(entries, type);
    for (const char *e = va_arg(entries, const char *); e != NULL;
         e = va_arg(entries, const char *)) {
        text = en_arena_print(&t->arena, "%s%s%s", text, comma, e);
        comma = ",";
    }
    va_end(entries);
    return en_arena_print(&t->arena, "%s]}", text);
}

static size_t count_of(struct rest_test *t, const char *type)
{
    const struct rest_answer a =
        rest_expect(t, 200, "GET", en_arena_print(&t->arena, "/fhir/%s", type), NULL, NULL);

    return rest_count(&a, "\"fullUrl\"");
}

/* Entries refer to each other by urn, in any order; the answer has their order. */
static void test_transaction_sets_references(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    const char *body =
        bundle(&t, "transaction", NAMED(URN("2"), WEIGHT(URN("1")), POST("Observation")),
               NAMED(URN("1"), PATIENT, POST("Patient")), NULL);
    struct rest_answer a = rest_expect(&t, 200, "POST", "/fhir", NULL, body);

    CHECK_CONTAINS(a.body, "\"type\":\"transaction-response\"");
    CHECK(rest_count(&a, "\"status\":\"201 Created\"") == 2);
    CHECK(rest_count(&a, "\"etag\":\"W/\\\"1\\\"\"") == 2);
    CHECK(rest_count(&a, "\"lastModified\"") == 2);
    CHECK(strstr(a.body, "/Observation/") < strstr(a.body, "/Patient/"));
    CHECK(strstr(a.body, "\"resource\"") == NULL);
    const struct rest_answer patient = rest_expect(&t, 200, "GET", "/fhir/Patient", NULL, NULL);
    const char *id = rest_member(&t, &patient, "id");

    a = rest_expect(&t, 200, "GET", "/fhir/Observation", NULL, NULL);
    CHECK_CONTAINS(a.body,
                   en_arena_print(&t.arena, "\"subject\":{\"reference\":\"Patient/%s\"}", id));
    a = rest_expect(&t, 200, "GET", en_arena_print(&t.arena, "/fhir/Observation?patient=%s", id),
                    NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 1);
    CHECK(rest_audited(&t, "create", id, 0) == 2);
    /* fhir-kit-client posts to the base with a slash; and the whole resources can be had. */
    a = rest_expect(&t, 200, "POST", "/fhir/", "Prefer: return=representation", body);
    CHECK(rest_count(&a, "\"resource\"") == 2);
    CHECK_CONTAINS(a.body, "\"value\":72.50");
    rest_close(&t);
}

/* References relative to an entry's own server, and to its address there. */
static void test_transaction_takes_over_other_servers_ids(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(
        &t, 200, "POST", "/fhir", NULL,
        bundle(&t, "transaction",
               NAMED("http://other.example/r4/Patient/7", PATIENT, POST("Patient")),
               NAMED("http://other.example/r4/Observation/8", WEIGHT("Patient/7"),
                     POST("Observation")),
               PLACED(WEIGHT("http://other.example/r4/Patient/7"), POST("Observation")),
               PLACED(WEIGHT("Patient/7"), POST("Observation")), NULL));
    const struct rest_answer a = rest_expect(&t, 200, "GET", "/fhir/Observation", NULL, NULL);

    CHECK(rest_count(&a, "\"fullUrl\"") == 3);
    /* The last entry has no fullUrl: its "Patient/7" is one of ours. */
    CHECK(rest_count(&a, "\"Patient/7\"") == 1);
    CHECK(rest_count(&a, "http://other.example") == 0);
    rest_close(&t);
}

/* Anything wrong with one entry, and nothing of the others stays. */
static void test_transaction_is_all_or_nothing(const char *url)
{
    static const struct {
        int status;
        const char *text, *entry, *another;
    } ROWS[] = {
        {400, "fullUrl of no entry", PLACED(WEIGHT(URN("9")), POST("Observation")), NULL},
        {400, "Bundle.entry[1].resource.status",
         PLACED("{\"resourceType\":\"Observation\",\"code\":{}}", POST("Observation")), NULL},
        {404, "Bundle.entry[1]", GET("Patient/none"), NULL},
        {404, "Bundle.entry[1]", PLACED(PATIENT, POST("Nonsense")), NULL},
        {400, "bdl-3", "{\"resource\":" PATIENT "}", NULL},
        {400, "Bundle.entry[1]", ASK("NONSENSE", "Patient"), NULL},
        {412, "Bundle.entry[1]",
         "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/p1\",\"ifMatch\":\"W/\\\"9\\\"\"}}",
         NULL},
        {412, "fits none", PLACED(WEIGHT("Patient?identifier=none"), POST("Observation")), NULL},
        {400, "nonsense", PLACED(WEIGHT("Patient?nonsense=none"), POST("Observation")), NULL},
        {405, "audit", PLACED("{\"resourceType\":\"AuditEvent\"}", POST("AuditEvent")), NULL},
        {400, "same fullUrl", NAMED(URN("1"), PATIENT, POST("Patient")), NULL},
        {400, "same resource", PLACED(PLAIN("p1"), PUT("Patient/p1")), ASK("DELETE", "Patient/p1")},
    };
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", NULL, PLAIN("p1"));
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const char *body = bundle(&t, "transaction", NAMED(URN("1"), PATIENT, POST("Patient")),
                                  ROWS[i].entry, ROWS[i].another, NULL);
        const struct rest_answer a = rest_expect(&t, ROWS[i].status, "POST", "/fhir", NULL, body);

        CHECK_CONTAINS(a.body, ROWS[i].text);
        CHECK(count_of(&t, "Patient") == 1 && count_of(&t, "Observation") == 0);
    }
    CHECK(rest_audited(&t, "create", NULL, 0) == 0);
    rest_close(&t);
}

/* DELETE, POST, PUT, GET, whatever the order of the entries: what is read is what was written. */
static void test_transaction_has_an_order(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/old", NULL, PLAIN("old"));
    const struct rest_answer a = rest_expect(
        &t, 200, "POST", "/fhir", NULL,
        bundle(&t, "transaction", GET("Patient/new"), GET("Patient?gender=female"),
               PLACED("{\"resourceType\":\"Patient\",\"id\":\"new\",\"gender\":\"female\"}",
                      PUT("Patient/new")),
               ASK("DELETE", "Patient/old"), NULL));

    CHECK_CONTAINS(a.body, "\"resource\":{\"resourceType\":\"Patient\",\"id\":\"new\"");
    CHECK(rest_count(&a, "\"type\":\"searchset\"") == 1);
    CHECK(rest_count(&a, "\"mode\":\"match\"") == 1);
    CHECK(rest_count(&a, "\"status\":\"200 OK\"") == 2);
    CHECK(rest_count(&a, "\"status\":\"201 Created\"") == 1);
    CHECK(rest_count(&a, "\"status\":\"204 No Content\"") == 1);
    (void)rest_expect(&t, 410, "GET", "/fhir/Patient/old", NULL, NULL);
    rest_close(&t);
}

/* ifNoneExist and conditional references lead to what is there already, or to what the Bundle
 * makes. */
static void test_transaction_conditions(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    const char *body =
        bundle(&t, "transaction", NAMED(URN("1"), PATIENT, IF_NONE("identifier=" SYSTEM "|1")),
               PLACED(WEIGHT(URN("1")), POST("Observation")),
               PLACED(WEIGHT("Patient?identifier=" SYSTEM "|1"), POST("Observation")), NULL);
    struct rest_answer a = rest_expect(&t, 200, "POST", "/fhir", NULL, body);

    CHECK(rest_count(&a, "\"status\":\"201 Created\"") == 3);
    a = rest_expect(&t, 200, "POST", "/fhir", NULL, body);
    CHECK(rest_count(&a, "\"status\":\"201 Created\"") == 2);
    CHECK(rest_count(&a, "\"status\":\"200 OK\"") == 1);
    a = rest_expect(&t, 200, "GET", "/fhir/Patient", NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 1);
    a = rest_expect(
        &t, 200, "GET",
        en_arena_print(&t.arena, "/fhir/Observation?subject=Patient/%s", rest_member(&t, &a, "id")),
        NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 4);
    /* Two with one condition could make two. */
    (void)rest_expect(&t, 400, "POST", "/fhir", NULL,
                      bundle(&t, "transaction", PLACED(PATIENT, IF_NONE("identifier=5")),
                             PLACED(PATIENT, IF_NONE("identifier=5")), NULL));
    rest_close(&t);
}

/* Each entry of a batch has its own answer. A patch travels as a Binary. */
static void test_batch(const char *url)
{
    /* [{"op":"add","path":"/gender","value":"male"}] */
    static const char PATCH[] =
        "{\"resource\":{\"resourceType\":\"Binary\",\"contentType\":\"application/"
        "json-patch+json\","
        "\"data\":\"W3sib3AiOiJhZGQiLCJwYXRoIjoiL2dlbmRlciIsInZhbHVlIjoibWFsZSJ9XQ==\"},"
        "\"request\":{\"method\":\"PATCH\",\"url\":\"Patient/p1\"}}";
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", NULL, PLAIN("p1"));
    const struct rest_answer a = rest_expect(
        &t, 200, "POST", "/fhir", NULL,
        bundle(&t, "batch", GET("Patient/p1"), GET("Patient/none"), GET("Patient?nonsense=1"),
               GET("/Patient/p1/_history"), GET("http://127.0.0.1:8080/fhir/Patient/p1"),
               PLACED(PATIENT, POST("Patient")),
               PLACED("{\"resourceType\":\"Patient\",\"gender\":\"x\"}", POST("Patient")), PATCH,
               "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/p1\",\"ifNoneMatch\":"
               "\"W/\\\"2\\\"\"}}",
               "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/p1\",\"ifModifiedSince\":"
               "\"2999-01-01T00:00:00Z\"}}",
               NULL));

    CHECK_CONTAINS(a.body, "\"type\":\"batch-response\"");
    CHECK(rest_count(&a, "\"status\":\"200 OK\"") == 4);
    CHECK(rest_count(&a, "\"status\":\"404 Not Found\"") == 1);
    CHECK(rest_count(&a, "\"status\":\"400 Bad Request\"") == 2);
    CHECK(rest_count(&a, "\"status\":\"201 Created\"") == 1);
    CHECK(rest_count(&a, "\"status\":\"304 Not Modified\"") == 2);
    CHECK(rest_count(&a, "OperationOutcome") == 3);
    CHECK_CONTAINS(a.body, "Bundle.entry[6].resource.gender");
    const struct rest_answer b = rest_expect(&t, 200, "GET", "/fhir/Patient/p1", NULL, NULL);

    CHECK_CONTAINS(b.body, "\"gender\":\"male\"");
    rest_close(&t);
}

static void test_bundles_that_are_none(const char *url)
{
#define OPENED(type) "{\"resourceType\":\"Bundle\",\"type\":\"" type "\",\"entry\":"
    static const struct {
        const char *body, *text;
    } ROWS[] = {
        {"{\"resourceType\":\"Patient\"}", "send a Bundle"},
        {"[]", "send a Bundle"},
        {"{\"resourceType\":\"Bundle\"}", "batch and transaction"},
        {OPENED("collection") "[]}", "batch and transaction"},
        {OPENED("history") "[]}", "batch and transaction"},
        {OPENED("batch") "{}}", "Bundle.entry"},
        {OPENED("batch") "[7]}", "Bundle.entry[0]"},
        {OPENED("batch") "[{\"request\":7}]}", "Bundle.entry[0].request"},
        {OPENED("transaction") "[{\"nonsense\":1,\"resource\":" PATIENT
                               ",\"request\":{" POST("Patient") "}}]}",
         "Bundle.entry[0].nonsense"},
        {OPENED("batch") "[", "line 1"},
        {NULL, "send a Bundle"},
    };
    struct rest_test t;

    rest_open(&t, url);
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct rest_answer a = rest_expect(&t, 400, "POST", "/fhir", NULL, ROWS[i].body);

        CHECK_CONTAINS(a.body, ROWS[i].text);
    }
    (void)rest_expect(&t, 415, "POST", "/fhir", "Content-Type: application/fhir+xml", "<Bundle/>");
    const struct rest_answer none = rest_expect(&t, 200, "POST", "/fhir", NULL,
                                                "{\"resourceType\":\"Bundle\",\"type\":\"batch\"}");

    CHECK_TEXT(none.body, "{\"resourceType\":\"Bundle\",\"type\":\"batch-response\"}");
    rest_close(&t);
}

TEST_MAIN(ON_BOTH(test_transaction_sets_references),
          ON_SQLITE(test_transaction_takes_over_other_servers_ids),
          ON_BOTH(test_transaction_is_all_or_nothing), ON_BOTH(test_transaction_has_an_order),
          ON_BOTH(test_transaction_conditions), ON_BOTH(test_batch),
          ON_SQLITE(test_bundles_that_are_none));
