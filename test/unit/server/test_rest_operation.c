/* SPDX-License-Identifier: Apache-2.0
 * $validate, $everything, and the CapabilityStatement: it says what works, all of it, no more. */
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/validate.h"
#include "server/capability.h"

#include "support/rest.h"
#include "support/stores.h"

#define PATIENT                                                                                    \
    "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"" FAMILY "\"}]}"

/* Nothing is stored, and what would be said is said: 200, whatever the verdict. */
static void test_validate(const char *url)
{
    static const struct {
        const char *target, *body, *text;
    } ROWS[] = {
        {"/fhir/Patient/$validate", PATIENT, "\"severity\""},
        {"/fhir/Patient/$validate", "{\"resourceType\":\"Patient\",\"gender\":\"x\"}",
         "Patient.gender"},
        {"/fhir/Patient/$validate",
         "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"resource\",\"resource\":"
         "{\"resourceType\":\"Patient\",\"nonsense\":1}},{\"name\":\"mode\",\"valueCode\":"
         "\"create\"}]}",
         "Patient.nonsense"},
        {"/fhir/Patient/p2/$validate?mode=update", PATIENT, "the id in the body"},
        {"/fhir/Patient/p1/$validate?mode=delete", NULL, "severity"},
        {"/fhir/Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/Patient",
         "{\"resourceType\":\"Patient\",\"gender\":\"x\"}", "Patient.gender"},
    };
    static const struct {
        int status;
        const char *target, *body;
    } WRONG[] = {
        {400, "/fhir/Patient/$validate", NULL},
        {400, "/fhir/Patient/$validate", "{"},
        {400, "/fhir/Observation/$validate", PATIENT},
        {400, "/fhir/Patient/$validate?mode=nonsense", PATIENT},
        {400, "/fhir/Patient/$validate?profile=http://example.org/p", PATIENT},
        {404, "/fhir/Nonsense/$validate", PATIENT},
        {404, "/fhir/Patient/none/$validate?mode=delete", NULL},
    };
    struct rest_test t;

    rest_open(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", NULL, PATIENT);
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct rest_answer a =
            rest_expect(&t, 200, "POST", ROWS[i].target, NULL, ROWS[i].body);

        CHECK_CONTAINS(a.body, "OperationOutcome");
        CHECK_CONTAINS(a.body, ROWS[i].text);
    }
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        (void)rest_expect(&t, WRONG[i].status, "POST", WRONG[i].target, NULL, WRONG[i].body);
    }
    (void)rest_expect(&t, 200, "GET", "/fhir/Patient/p1/$validate", NULL, NULL);
    const struct rest_answer all = rest_expect(&t, 200, "GET", "/fhir/Patient", NULL, NULL);

    CHECK(rest_count(&all, "\"fullUrl\"") == 1);
    rest_close(&t);
}

enum { WEIGHTS = 5 };

static void fill(struct rest_test *t)
{
    (void)rest_expect(t, 201, "PUT", "/fhir/Patient/p1", NULL, PATIENT);
    (void)rest_expect(t, 201, "PUT", "/fhir/Patient/p2", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"p2\"}");
    (void)rest_expect(t, 201, "PUT", "/fhir/Practitioner/d1", NULL,
                      "{\"resourceType\":\"Practitioner\",\"id\":\"d1\"}");
    for (int i = 0; i < WEIGHTS; i++) {
        const char *when =
            i == 0 ? "" : en_arena_print(&t->arena, ",\"effectiveDateTime\":\"2026-0%d-02\"", i);

        (void)rest_expect(
            t, 201, "PUT", en_arena_print(&t->arena, "/fhir/Observation/w%d", i), NULL,
            en_arena_print(
                &t->arena,
                "{\"resourceType\":\"Observation\",\"id\":\"w%d\",\"status\":\"final\","
                "\"code\":{\"text\":\"weight\"},\"subject\":{\"reference\":\"Patient/p1\"},"
                "\"performer\":[{\"reference\":\"Practitioner/d1\"}]%s}",
                i, when));
    }
    (void)rest_expect(t, 201, "PUT", "/fhir/Condition/c1", NULL,
                      "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":"
                      "\"Patient/p1\"},\"clinicalStatus\":{\"coding\":[{\"system\":"
                      "\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":"
                      "\"active\"}]}}");
    (void)rest_expect(t, 201, "PUT", "/fhir/Condition/c2", NULL,
                      "{\"resourceType\":\"Condition\",\"id\":\"c2\",\"subject\":{\"reference\":"
                      "\"Patient/p2\"}}");
}

/* The whole record, nothing of another's, staff that it names; each resource on one page only. */
static void test_everything(const char *url)
{
    struct rest_test t;
    size_t matches = 0, pages = 0;

    rest_open(&t, url);
    fill(&t);
    struct rest_answer a = rest_expect(&t, 200, "GET", "/fhir/Patient/p1/$everything", NULL, NULL);

    CHECK(rest_count(&a, "\"mode\":\"match\"") == WEIGHTS + 2);
    CHECK(rest_count(&a, "\"mode\":\"include\"") == 1);
    CHECK(strstr(a.body, "Patient/p2") == NULL && strstr(a.body, "Condition/c2") == NULL);
    CHECK(rest_link(&t, &a, "next") == NULL);
    CHECK(rest_audited(&t, "$everything", "p1", 0) == 1);
    for (const char *next = "/fhir/Patient/p1/$everything?_count=2"; next != NULL; pages++) {
        a = rest_expect(&t, 200, "GET", next, NULL, NULL);
        matches += rest_count(&a, "\"mode\":\"match\"");
        CHECK(rest_count(&a, "\"mode\":\"match\"") <= 2 && pages < 10);
        next = rest_link(&t, &a, "next");
    }
    CHECK(matches == WEIGHTS + 2);
    rest_close(&t);
}

/* start and end keep what has no date: an unknown day may lie between them. */
static void test_everything_is_limited_by_time_and_type(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    fill(&t);
    struct rest_answer a = rest_expect(
        &t, 200, "GET", "/fhir/Patient/p1/$everything?start=2026-02&end=2026-03", NULL, NULL);

    CHECK(rest_count(&a, "/Observation/w") == 3); /* of February, March, and of no day */
    CHECK(rest_count(&a, "/Observation/w0\"") == 1 && rest_count(&a, "/Condition/c1\"") == 1);
    a = rest_expect(&t, 200, "GET", "/fhir/Patient/p1/$everything?_type=Condition,Patient", NULL,
                    NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 2);
    a = rest_expect(&t, 200, "GET", "/fhir/Patient/p1/$everything?_since=2999-01-01", NULL, NULL);
    CHECK(rest_count(&a, "\"fullUrl\"") == 0);
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/p1/$everything", NULL,
                    "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_type\","
                    "\"valueCode\":\"Condition\"}]}");
    CHECK(rest_count(&a, "\"fullUrl\"") == 1);
    (void)rest_expect(&t, 404, "GET", "/fhir/Patient/none/$everything", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient/p1/$everything?start=monday", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient/p1/$everything?_type=Nonsense", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient/p1/$everything?_count=0", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient/p1/$everything?_cursor=1:x", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient/p1/$everything?_cursor=x", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient/p1/$everything?nonsense=1", NULL, NULL);
    (void)rest_expect(&t, 204, "DELETE", "/fhir/Patient/p1", NULL, NULL);
    (void)rest_expect(&t, 410, "GET", "/fhir/Patient/p1/$everything", NULL, NULL);
    rest_close(&t);
}

/* The statement as a tree, valid by our own validator. */
static struct json_object *statement(struct rest_test *t)
{
    struct en_issues issues = {0};
    struct json_object *tree = NULL;
    const struct rest_answer a = rest_expect(t, 200, "GET", "/fhir/metadata", NULL, NULL);

    CHECK(en_json_read(a.body, a.size, &t->arena, &tree, &issues, NULL) == EN_OK);
    en_r4_validate(&t->r4, tree, &t->arena, &issues);
    for (size_t i = 0; i < issues.count; i++) {
        if (issues.items[i].severity == EN_ISSUE_ERROR) {
            fail_msg("%s: %s", issues.items[i].path, issues.items[i].text);
        }
    }
    CHECK_TEXT(en_json_text(tree, "fhirVersion"), "4.0.1");
    CHECK_TEXT(en_json_text(tree, "kind"), "instance");
    return tree;
}

static bool has_code(struct json_object *list, const char *member, const char *code)
{
    for (size_t i = 0; i < en_json_count(list); i++) {
        if (en_text_equal(en_json_text(en_json_at(list, i), member), code)) {
            return true;
        }
    }
    return false;
}

/* Every declared interaction of every declared type has its route; every route is declared. */
static void test_capability_interactions_are_the_routes(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct json_object *tree = statement(&t);
    struct json_object *rest = en_json_at(en_json_get(tree, "rest"), 0);
    struct json_object *types = en_json_get(rest, "resource");

    CHECK(en_json_count(types) == t.params.type_count);
    for (size_t i = 0; i < en_json_count(types); i++) {
        struct json_object *r = en_json_at(types, i), *list = en_json_get(r, "interaction");
        const char *type = en_json_text(r, "type");
        const bool is_trail = en_text_equal(type, "AuditEvent");

        CHECK(en_json_count(list) == (is_trail ? 2 : 9));
        CHECK(has_code(list, "code", "read") && has_code(list, "code", "search-type"));
        CHECK(has_code(list, "code", "create") == !is_trail);
        if (!is_trail) {
            /* An empty body is refused by the handler of the interaction, not by the router. */
            const char *at = en_arena_print(&t.arena, "/fhir/%s", type);
            const struct rest_answer a = rest_ask(&t, "POST", at, NULL, NULL);

            CHECK(a.status == 400);
            (void)rest_expect(&t, 200, "GET", at, NULL, NULL);
        }
    }
    CHECK(has_code(en_json_get(rest, "interaction"), "code", "transaction"));
    CHECK(has_code(en_json_get(rest, "interaction"), "code", "history-system"));
    json_object_put(tree);
    rest_close(&t);
}

static const char *value_for(const char *kind)
{
    static const struct {
        const char *kind, *value;
    } VALUES[] = {
        {"token", "a"},  {"string", "a"},   {"reference", "1"},           {"date", "2026"},
        {"number", "1"}, {"quantity", "1"}, {"uri", "http://example.org"}};

    for (size_t i = 0; i < EN_COUNT(VALUES); i++) {
        if (en_text_equal(VALUES[i].kind, kind)) {
            return VALUES[i].value;
        }
    }
    fail_msg("no value of kind %s", kind);
    return NULL;
}

/* Ask with `count` items of the list at once. */
static void ask_with(struct rest_test *t, const char *type, const char *key,
                     struct json_object *list, size_t count)
{
    for (size_t i = 0; i < en_json_count(list);) {
        const char *target = en_arena_print(&t->arena, "/fhir/%s?", type);

        for (size_t k = 0; k < count && i < en_json_count(list); k++, i++) {
            struct json_object *item = en_json_at(list, i);

            target = key != NULL
                         ? en_arena_print(&t->arena, "%s&%s=%s", target, key,
                                          json_object_get_string(item))
                         : en_arena_print(&t->arena, "%s&%s=%s", target, en_json_text(item, "name"),
                                          value_for(en_json_text(item, "type")));
        }
        (void)rest_expect(t, 200, "GET", target, NULL, NULL);
    }
}

/* Every declared search parameter can be asked for, with a value of its kind; every _include and
 * _revinclude, too. */
static void test_capability_parameters_can_be_asked(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct json_object *tree = statement(&t);
    struct json_object *types = en_json_get(en_json_at(en_json_get(tree, "rest"), 0), "resource");

    for (size_t i = 0; i < en_json_count(types); i++) {
        struct json_object *r = en_json_at(types, i);
        const char *type = en_json_text(r, "type");

        if (!en_text_equal(type, "AuditEvent")) {
            ask_with(&t, type, NULL, en_json_get(r, "searchParam"), EN_SEARCH_CLAUSES_MAX);
            ask_with(&t, type, "_include", en_json_get(r, "searchInclude"), EN_SEARCH_INCLUDES_MAX);
            ask_with(&t, type, "_revinclude", en_json_get(r, "searchRevInclude"),
                     EN_SEARCH_INCLUDES_MAX);
        }
    }
    json_object_put(tree);
    rest_close(&t);
}

/* Operations stand where their routes are. */
static void test_capability_operations(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct json_object *tree = statement(&t);
    struct json_object *types = en_json_get(en_json_at(en_json_get(tree, "rest"), 0), "resource");

    for (size_t i = 0; i < en_json_count(types); i++) {
        struct json_object *r = en_json_at(types, i), *list = en_json_get(r, "operation");
        const char *type = en_json_text(r, "type");

        CHECK(has_code(list, "name", "validate") == !en_text_equal(type, "AuditEvent"));
        CHECK(has_code(list, "name", "everything") == en_text_equal(type, "Patient"));
    }
    json_object_put(tree);
    rest_close(&t);
}

TEST_MAIN(ON_SQLITE(test_validate), ON_BOTH(test_everything),
          ON_BOTH(test_everything_is_limited_by_time_and_type),
          ON_SQLITE(test_capability_interactions_are_the_routes),
          ON_BOTH(test_capability_parameters_can_be_asked), ON_SQLITE(test_capability_operations));
