/* SPDX-License-Identifier: Apache-2.0
 * Bundles: a transaction is done whole or not at all, with all references right; the entries of a
 * batch do not know each other. */
#include "base/text.h"

#include "support/rest.h"
#include "support/stores.h"

#define URN(n)    "urn:uuid:00000000-0000-4000-8000-00000000000" n
#define SYSTEM    "http://example.org/number"
#define BUNDLE(t) "{\"resourceType\":\"Bundle\",\"type\":\"" t "\",\"entry\":["
#define POST(url) "\"request\":{\"method\":\"POST\",\"url\":\"" url "\"}"
#define PUT(url)  "\"request\":{\"method\":\"PUT\",\"url\":\"" url "\"}"
#define GET(url)  "{\"request\":{\"method\":\"GET\",\"url\":\"" url "\"}}"
#define PATIENT                                                                                    \
    "\"resource\":{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"" SYSTEM "\","       \
    "\"value\":\"1\"}],\"name\":[{\"family\":\"" FAMILY "\"}]}"
#define WEIGHT(subject)                                                                            \
    "\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":"      \
    "\"weight\"},\"subject\":{\"reference\":\"" subject "\"},\"valueQuantity\":{\"value\":72.50}}"

static size_t count_of(struct rest_test *t, const char *type)
{
    const struct rest_answer a =
        rest_expect(t, 200, "GET", en_arena_print(&t->arena, "/fhir/%s", type), NULL, NULL);

    return rest_count(&a, "\"fullUrl\"");
}

/* Entries refer to each other by urn, in any order; the answer has their order. */
static void test_transaction_sets_references(const char *url)
{
    static const char BODY[] =
        BUNDLE("transaction") "{\"fullUrl\":\"" URN("2") "\"," WEIGHT(URN("1")) "," POST(
            "Observation") "},{\"fullUrl\":\"" URN("1") "\"," PATIENT "," POST("Patient") "}]}";
    struct rest_test t;

    rest_open(&t, url);
    struct rest_answer a = rest_expect(&t, 200, "POST", "/fhir", NULL, BODY);

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
    a = rest_expect(&t, 200, "POST", "/fhir/", "Prefer: return=representation", BODY);
    CHECK(rest_count(&a, "\"resource\"") == 2);
    CHECK_CONTAINS(a.body, "\"value\":72.50");
    rest_close(&t);
}

/* References relative to an entry's own server, and to its address there. */
static void test_transaction_takes_over_other_servers_ids(const char *url)
{
    static const char BODY[] =
        BUNDLE(
            "transaction") "{\"fullUrl\":\"http://other.example/r4/Patient/"
                           "7\"," PATIENT "," POST(
                               "Patient") "},{\"fullUrl\":\"http://other.example/r4/"
                                          "Observation/8\"," WEIGHT("Patient/7") "," POST(
                                              "Obs"
                                              "erv"
                                              "ati"
                                              "on") "},{" WEIGHT("http://other.example/r4/Patient/"
                                                                 "7") "," POST("Observation") "},"
                                                                                              "{" WEIGHT("Patient/7") "," POST("Observation") "}]}";
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 200, "POST", "/fhir", NULL, BODY);
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
        const char *entry, *text;
    } ROWS[] = {
        {400, "{" WEIGHT(URN("9")) "," POST("Observation") "}", "fullUrl of no entry"},
        {400,
         "{\"resource\":{\"resourceType\":\"Observation\",\"code\":{}}," POST("Observation") "}",
         "Bundle.entry[1].resource.status"},
        {404, GET("Patient/none"), "Bundle.entry[1]"},
        {404, "{" PATIENT "," POST("Nonsense") "}", "Bundle.entry[1]"},
        {400, "{" PATIENT "}", "bdl-3"},
        {400, "{\"request\":{\"method\":\"NONSENSE\",\"url\":\"Patient\"}}", "Bundle.entry[1]"},
        {412,
         "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/p1\",\"ifMatch\":\"W/\\\"9\\\"\"}}",
         "Bundle.entry[1]"},
        {412, "{" WEIGHT("Patient?identifier=none") "," POST("Observation") "}", "fits none"},
        {400, "{" WEIGHT("Patient?nonsense=none") "," POST("Observation") "}", "nonsense"},
        {405, "{\"resource\":{\"resourceType\":\"AuditEvent\"}," POST("AuditEvent") "}", "audit"},
        {400, "{\"fullUrl\":\"" URN("1") "\"," PATIENT "," POST("Patient") "}", "same fullUrl"},
        {400,
         "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p1\"}," PUT(
             "Patient/p1") "},{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/p1\"}}",
         "same resource"},
    };
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const char *body = en_arena_print(&t.arena,
                                          BUNDLE("transaction") "{\"fullUrl\":\"" URN(
                                              "1") "\"," PATIENT "," POST("Patient") "},%s]}",
                                          ROWS[i].entry);
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
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/old", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"old\"}");
    const struct rest_answer a = rest_expect(
        &t, 200, "POST", "/fhir", NULL,
        BUNDLE("transaction") GET("Patient/new") "," GET(
            "Patient?gender=female") ","
                                     "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"new\","
                                     "\"gender\":\"female\"}," PUT(
                                         "Patient/new") "},{\"request\":{\"method\":\"DELETE\","
                                                        "\"url\":\"Patient/old\"}}]}");

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
    static const char BODY[] = BUNDLE("transaction") "{\"fullUrl\":\"" URN(
        "1") "\"," PATIENT ",\"request\":{\"method\":"
             "\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"identifier=" SYSTEM
             "|1\"}},{" WEIGHT(URN("1")) "," POST("Observation") "},{" WEIGHT(
                 "Patient?identifier=" SYSTEM "|1") "," POST("Observation") "}]}";
    struct rest_test t;

    rest_open(&t, url);
    struct rest_answer a = rest_expect(&t, 200, "POST", "/fhir", NULL, BODY);

    CHECK(rest_count(&a, "\"status\":\"201 Created\"") == 3);
    a = rest_expect(&t, 200, "POST", "/fhir", NULL, BODY);
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
    (void)rest_expect(
        &t, 400, "POST", "/fhir", NULL,
        BUNDLE("transaction") "{" PATIENT ",\"request\":{\"method\":\"POST\",\"url\":"
                              "\"Patient\",\"ifNoneExist\":\"identifier=5\"}},{" PATIENT
                              ",\"request\":{"
                              "\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":"
                              "\"identifier=5\"}}]}");
    rest_close(&t);
}

/* Each entry of a batch has its own answer. A patch travels as a Binary. */
static void test_batch(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
    const struct rest_answer a = rest_expect(
        &t, 200, "POST", "/fhir", NULL,
        BUNDLE("batch") GET("Patient/p1") "," GET("Patient/none") "," GET("Patient?nonsense=1") "," GET(
            "/Patie"
            "nt/p1/"
            "_histo"
            "ry") "," GET("http://127.0.0.1:8080/fhir/Patient/p1") ",{" PATIENT
                                                                   "," POST(
                                                                       "Patient") "},{\"resource\":"
                                                                                  "{"
                                                                                  "\"resourceType\""
                                                                                  ":"
                                                                                  "\"Patient\","
                                                                                  "\"gender\":"
                                                                                  "\"x\"}"
                                                                                  "," POST("Patien"
                                                                                           "t") "},"
                                                                                                "{"
                                                                                                "\""
                                                                                                "re"
                                                                                                "so"
                                                                                                "ur"
                                                                                                "ce"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "re"
                                                                                                "so"
                                                                                                "ur"
                                                                                                "ce"
                                                                                                "Ty"
                                                                                                "pe"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "Bi"
                                                                                                "na"
                                                                                                "ry"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "co"
                                                                                                "nt"
                                                                                                "en"
                                                                                                "tT"
                                                                                                "yp"
                                                                                                "e"
                                                                                                "\""
                                                                                                ":"
                                                                                                /* [{"op":"add","path":"/gender","value":"male"}] */
                                                                                                "\""
                                                                                                "ap"
                                                                                                "pl"
                                                                                                "ic"
                                                                                                "at"
                                                                                                "io"
                                                                                                "n/"
                                                                                                "js"
                                                                                                "on"
                                                                                                "-"
                                                                                                "pa"
                                                                                                "tc"
                                                                                                "h+"
                                                                                                "js"
                                                                                                "on"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "da"
                                                                                                "t"
                                                                                                "a"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "W3"
                                                                                                "si"
                                                                                                "b3"
                                                                                                "Ai"
                                                                                                "Oi"
                                                                                                "Jh"
                                                                                                "ZG"
                                                                                                "Qi"
                                                                                                "LC"
                                                                                                "Jw"
                                                                                                "YX"
                                                                                                "Ro"
                                                                                                "Ij"
                                                                                                "oi"
                                                                                                "L2"
                                                                                                "dl"
                                                                                                "bm"
                                                                                                "Rl"
                                                                                                "ci"
                                                                                                "Is"
                                                                                                "In"
                                                                                                "Zh"
                                                                                                "bH"
                                                                                                "Vl"
                                                                                                "I"
                                                                                                "jo"
                                                                                                "ib"
                                                                                                "WF"
                                                                                                "sZ"
                                                                                                "SJ"
                                                                                                "9X"
                                                                                                "Q="
                                                                                                "="
                                                                                                "\""
                                                                                                "}"
                                                                                                ","
                                                                                                "\""
                                                                                                "re"
                                                                                                "q"
                                                                                                "ue"
                                                                                                "st"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "me"
                                                                                                "th"
                                                                                                "od"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "PA"
                                                                                                "TC"
                                                                                                "H"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ur"
                                                                                                "l"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "Pa"
                                                                                                "ti"
                                                                                                "en"
                                                                                                "t/"
                                                                                                "p1"
                                                                                                "\""
                                                                                                "}}"
                                                                                                ","
                                                                                                "{"
                                                                                                "\""
                                                                                                "re"
                                                                                                "q"
                                                                                                "ue"
                                                                                                "st"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "me"
                                                                                                "th"
                                                                                                "od"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "GE"
                                                                                                "T"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ur"
                                                                                                "l"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "Pa"
                                                                                                "ti"
                                                                                                "en"
                                                                                                "t/"
                                                                                                "p1"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "if"
                                                                                                "No"
                                                                                                "ne"
                                                                                                "Ma"
                                                                                                "tc"
                                                                                                "h"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "W/"
                                                                                                "\\"
                                                                                                "\""
                                                                                                "2"
                                                                                                "\\"
                                                                                                "\""
                                                                                                "\""
                                                                                                "}}"
                                                                                                "]"
                                                                                                "}");

    CHECK_CONTAINS(a.body, "\"type\":\"batch-response\"");
    CHECK(rest_count(&a, "\"status\":\"200 OK\"") == 4);
    CHECK(rest_count(&a, "\"status\":\"404 Not Found\"") == 1);
    CHECK(rest_count(&a, "\"status\":\"400 Bad Request\"") == 2);
    CHECK(rest_count(&a, "\"status\":\"201 Created\"") == 1);
    CHECK(rest_count(&a, "\"status\":\"304 Not Modified\"") == 1);
    CHECK(rest_count(&a, "OperationOutcome") == 3);
    CHECK_CONTAINS(a.body, "Bundle.entry[6].resource.gender");
    const struct rest_answer b = rest_expect(&t, 200, "GET", "/fhir/Patient/p1", NULL, NULL);

    CHECK_CONTAINS(b.body, "\"gender\":\"male\"");
    rest_close(&t);
}

static void test_bundles_that_are_none(const char *url)
{
    static const struct {
        const char *body, *text;
    } ROWS[] = {
        {"{\"resourceType\":\"Patient\"}", "send a Bundle"},
        {"[]", "send a Bundle"},
        {"{\"resourceType\":\"Bundle\"}", "batch and transaction"},
        {BUNDLE("collection") "]}", "batch and transaction"},
        {BUNDLE("history") "]}", "batch and transaction"},
        {"{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":{}}", "Bundle.entry"},
        {BUNDLE("batch") "7]}", "Bundle.entry[0]"},
        {BUNDLE("batch") "{\"request\":7}]}", "Bundle.entry[0].request"},
        {BUNDLE("transaction") "{" PATIENT ",\"nonsense\":1," POST("Patient") "}]}",
         "Bundle.entry[0].nonsense"},
        {BUNDLE("batch"), "line 1"},
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
