/* SPDX-License-Identifier: Apache-2.0
 * Searching over REST: pages that hold each resource once, links that show no names, and limits of
 * who may find what. What each parameter finds is tested in store/ and fhir/. */
#include "base/text.h"

#include "support/rest.h"
#include "support/stores.h"

enum { PATIENTS = 7 };

static void fill(struct rest_test *t)
{
    for (int i = 0; i < PATIENTS; i++) {
        const char *patient = en_arena_print(
            &t->arena,
            "{\"resourceType\":\"Patient\",\"id\":\"p%d\",\"name\":[{\"family\":\"" FAMILY
            "\"}],\"gender\":\"%s\",\"generalPractitioner\":[{\"reference\":\"Practitioner/d1\"}]}",
            i, i % 2 == 0 ? "female" : "male");
        const char *weight =
            en_arena_print(&t->arena,
                           "{\"resourceType\":\"Observation\",\"id\":\"w%d\",\"status\":\"final\","
                           "\"code\":{\"text\":"
                           "\"weight\"},\"subject\":{\"reference\":\"Patient/p%d\"}}",
                           i, i);

        (void)rest_expect(t, 201, "PUT", en_arena_print(&t->arena, "/fhir/Patient/p%d", i), NULL,
                          patient);
        (void)rest_expect(t, 201, "PUT", en_arena_print(&t->arena, "/fhir/Observation/w%d", i),
                          NULL, weight);
    }
    (void)rest_expect(t, 201, "PUT", "/fhir/Practitioner/d1", NULL,
                      "{\"resourceType\":\"Practitioner\",\"id\":\"d1\"}");
}

/* Follow the links from a first answer; how many were found, each once. */
static size_t walk(struct rest_test *t, struct rest_answer a, size_t *pages)
{
    bool seen[PATIENTS] = {false};
    size_t found = 0;

    for (*pages = 1;; (*pages)++) {
        for (int i = 0; i < PATIENTS; i++) {
            const char *mark = en_arena_print(&t->arena, "/Patient/p%d\"", i);

            if (strstr(a.body, mark) != NULL) {
                CHECK(!seen[i]);
                seen[i] = true;
                found++;
            }
        }
        const char *next = rest_link(t, &a, "next");

        if (next == NULL) {
            return found;
        }
        CHECK(strstr(next, FAMILY) == NULL && strstr(next, "_page=") != NULL);
        CHECK(*pages < 20);
        a = rest_expect(t, 200, "GET", next, NULL, NULL);
    }
}

/* GET and POST find the same, page by page; a name given by POST shows in no address. */
static void test_search_get_and_post_are_the_same(const char *url)
{
    struct rest_test t;
    size_t pages;

    rest_open(&t, url);
    fill(&t);
    struct rest_answer a =
        rest_expect(&t, 200, "GET", "/fhir/Patient?family=" FAMILY "&_count=2", NULL, NULL);

    CHECK_TEXT(rest_link(&t, &a, "self"), "/fhir/Patient?family=" FAMILY "&_count=2");
    CHECK(walk(&t, a, &pages) == PATIENTS && pages == 4);
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/_search", NULL, "family=" FAMILY "&_count=2");
    CHECK(strstr(rest_link(&t, &a, "self"), FAMILY) == NULL);
    CHECK(walk(&t, a, &pages) == PATIENTS && pages == 4);
    /* The sealed self link finds the same page again; both parts of a POST count. */
    const struct rest_answer b = rest_expect(&t, 200, "GET", rest_link(&t, &a, "self"), NULL, NULL);

    CHECK(rest_count(&b, "\"fullUrl\"") == 2);
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/_search?gender=male", NULL, "family=" FAMILY);
    CHECK(walk(&t, a, &pages) == 3);
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/_search", NULL, NULL);
    CHECK(walk(&t, a, &pages) == PATIENTS);
    rest_close(&t);
}

/* Nobody can make up a page, or go on with that of another. */
static void test_search_pages_are_sealed(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    const struct rest_answer a = rest_expect(&t, 200, "GET", "/fhir/Patient?_count=2", NULL, NULL);
    const char *next = rest_link(&t, &a, "next");

    (void)rest_expect(&t, 400, "GET", "/fhir/Patient?_page=AAAA", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient?_cursor=x", NULL, NULL);
    (void)rest_expect(&t, 400, "GET",
                      en_arena_print(&t.arena, "/fhir/Observation%s", strchr(next, '?')), NULL,
                      NULL);
    t.caller.login = "another";
    (void)rest_expect(&t, 400, "GET", next, NULL, NULL);
    rest_close(&t);
}

/* A filter that is not understood must never be left out in silence: it would show the wrong
 * patients. */
static void test_search_refuses_unknown_parameters(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    struct rest_answer a =
        rest_expect(&t, 400, "GET", "/fhir/Patient?nonsense=" FAMILY, NULL, NULL);

    CHECK_CONTAINS(a.body, "nonsense");
    a = rest_expect(&t, 200, "GET", "/fhir/Patient?nonsense=1&gender=male",
                    "Prefer: handling=lenient", NULL);
    CHECK(rest_count(&a, "\"mode\":\"match\"") == 3);
    CHECK(rest_count(&a, "\"mode\":\"outcome\"") == 1);
    CHECK_TEXT(rest_link(&t, &a, "self"), "/fhir/Patient?gender=male");
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient?nonsense=1", "Prefer: handling=strict", NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient?name=%ff", NULL, NULL);
    rest_close(&t);
}

static void test_search_includes_totals_and_parts(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    struct rest_answer a =
        rest_expect(&t, 200, "GET",
                    "/fhir/Patient?gender=female&_include=Patient:general-practitioner"
                    "&_revinclude=Observation:subject&_total=accurate",
                    NULL, NULL);

    CHECK(rest_count(&a, "\"mode\":\"match\"") == 4);
    CHECK(rest_count(&a, "\"mode\":\"include\"") == 5);
    CHECK_CONTAINS(a.body, "\"total\":4");
    a = rest_expect(&t, 200, "GET", "/fhir/Patient?_summary=count", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"total\":7");
    CHECK(strstr(a.body, "\"entry\"") == NULL);
    a = rest_expect(&t, 200, "GET", "/fhir/Patient?_elements=gender", NULL, NULL);
    CHECK(strstr(a.body, FAMILY) == NULL && rest_count(&a, "SUBSETTED") == PATIENTS);
    a = rest_expect(&t, 200, "GET", "/fhir/Patient?_summary=data", NULL, NULL);
    CHECK(rest_count(&a, "SUBSETTED") == PATIENTS);
    a = rest_expect(&t, 200, "GET", "/fhir/Patient?_sort=-_id&_count=3", NULL, NULL);
    CHECK(strstr(a.body, "/Patient/p6\"") != NULL && strstr(a.body, "/Patient/p0\"") == NULL);
    a = rest_expect(&t, 200, "GET", "/fhir/Patient?gender=other", NULL, NULL);
    CHECK(strstr(a.body, "\"entry\"") == NULL);
    rest_close(&t);
}

/* Patient/{id}/Type, and a caller who is limited to one record, whatever the query says. */
static void test_search_in_a_record(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    struct rest_answer a = rest_expect(&t, 200, "GET", "/fhir/Patient/p1/Observation", NULL, NULL);

    CHECK(rest_count(&a, "\"fullUrl\"") == 1);
    CHECK_CONTAINS(a.body, "Observation/w1");
    (void)rest_expect(&t, 404, "GET", "/fhir/Patient/p1/Practitioner", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/fhir/Patient/p1/Nonsense", NULL, NULL);
    t.caller = (struct en_caller){.role = EN_ROLE_SERVICE,
                                  .login = "client:one",
                                  .scopes = "system/*.cruds",
                                  .patient = "p2"};
    a = rest_expect(&t, 200, "GET", "/fhir/Observation", NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 1);
    CHECK_CONTAINS(a.body, "Observation/w2");
    a = rest_expect(&t, 200, "GET", "/fhir/Patient", NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 1);
    (void)rest_expect(&t, 404, "GET", "/fhir/Patient/p1/Observation", NULL, NULL);
    /* What the own record points to is not the own record. */
    t.caller = (struct en_caller){.role = EN_ROLE_OWNER, .login = "owner"};
    (void)rest_expect(&t, 200, "PUT", "/fhir/Observation/w2", NULL,
                      "{\"resourceType\":\"Observation\",\"id\":\"w2\",\"status\":\"final\","
                      "\"code\":{\"text\":\"weight\"},\"subject\":{\"reference\":\"Patient/p2\"},"
                      "\"focus\":[{\"reference\":\"Patient/p3\"}],"
                      "\"hasMember\":[{\"reference\":\"Observation/w3\"}]}");
    t.caller = (struct en_caller){.role = EN_ROLE_SERVICE,
                                  .login = "client:one",
                                  .scopes = "system/*.cruds",
                                  .patient = "p2"};
    a = rest_expect(&t, 200, "GET",
                    "/fhir/Observation?_include=Observation:focus&_include=Observation:has-member"
                    "&_include=Observation:subject&_revinclude=Observation:has-member",
                    NULL, NULL);
    CHECK(rest_count(&a, "/Patient/p2\"") == 1);
    CHECK(rest_count(&a, "/fhir/Patient/p3\"") == 0);
    CHECK(rest_count(&a, "/fhir/Observation/w3\"") == 0);
    rest_close(&t);
}

/* One entry of the audit trail for each patient who was shown, none for one who was not. */
static void test_search_is_audited_for_each_patient(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    (void)rest_expect(&t, 200, "GET", "/fhir/Patient?gender=male", NULL, NULL);
    CHECK(rest_audited(&t, "search-type", NULL, 0) == 3);
    CHECK(rest_audited(&t, "search-type", "p1", 0) == 1);
    CHECK(rest_audited(&t, "search-type", "p2", 0) == 0);
    (void)rest_expect(&t, 200, "GET", "/fhir/Patient?gender=other", NULL, NULL);
    CHECK(rest_audited(&t, "search-type", NULL, 0) == 4);
    rest_close(&t);
}

TEST_MAIN(ON_BOTH(test_search_get_and_post_are_the_same), ON_SQLITE(test_search_pages_are_sealed),
          ON_SQLITE(test_search_refuses_unknown_parameters),
          ON_BOTH(test_search_includes_totals_and_parts), ON_BOTH(test_search_in_a_record),
          ON_SQLITE(test_search_is_audited_for_each_patient));
