/* SPDX-License-Identifier: Apache-2.0
 * Protocols as PlanDefinitions, and $apply: one CarePlan for one patient. */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/validate.h"
#include "server/protocols.h"

#include "support/rest.h"
#include "support/stores.h"

enum { DAY = 20514 }; /* 2026-03-02 */

static void check_valid(struct rest_test *t, const char *text)
{
    struct json_object *tree = json_tokener_parse(text);
    struct en_issues issues = {0};

    CHECK(tree != NULL);
    en_r4_validate(&t->r4, tree, &t->arena, &issues);
    if (issues.error_count > 0) {
        fail_msg("%s: %s", issues.items[0].path, issues.items[0].text);
    }
    (void)json_object_put(tree);
}

/* Everything that the tables offer is valid R4, can be found, and is written once however often the
 * server starts. */
static void test_definitions_are_loaded_once(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    CHECK(en_protocols_load(&t.server, NULL) == EN_OK);
    CHECK(en_protocols_load(&t.server, NULL) == EN_OK);
    const struct rest_answer all =
        rest_expect(&t, 200, "GET", "/fhir/PlanDefinition?_count=200", NULL, NULL);
    struct json_object *bundle = json_tokener_parse(all.body);
    struct json_object *entries = en_json_get(bundle, "entry");

    CHECK(en_json_count(entries) > 15);
    CHECK(rest_count(&all, "\"versionId\":\"1\"") == en_json_count(entries));
    for (size_t i = 0; i < en_json_count(entries); i++) {
        check_valid(&t,
                    json_object_to_json_string(en_json_get(en_json_at(entries, i), "resource")));
    }
    (void)json_object_put(bundle);
    const struct rest_answer form =
        rest_expect(&t, 200, "GET", "/fhir/Questionnaire/session-checklist", NULL, NULL);

    check_valid(&t, form.body);
    CHECK(rest_count(&form, "\"linkId\"") ==
          en_table_get(t.server.knowledge, "checklist")->row_count);
    const struct rest_answer found = rest_expect(
        &t, 200, "GET",
        "/fhir/PlanDefinition?url=https://enthesis.org/fhir/PlanDefinition/knee-rabago2013", NULL,
        NULL);

    CHECK(rest_count(&found, "\"fullUrl\"") == 1);
    rest_close_clinic(&t);
}

/* A definition that somebody changed or deleted is there again after the next start. */
static void test_definitions_come_back(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    CHECK(en_protocols_load(&t.server, NULL) == EN_OK);
    (void)rest_expect(&t, 204, "DELETE", "/fhir/PlanDefinition/knee-rabago2013", NULL, NULL);
    CHECK(en_protocols_load(&t.server, NULL) == EN_OK);
    (void)rest_expect(&t, 200, "GET", "/fhir/PlanDefinition/knee-rabago2013", NULL, NULL);
    rest_close_clinic(&t);
}

/* One CarePlan, with its sessions and goals in it, valid, about this patient, nothing stored. */
static void test_apply_gives_one_care_plan(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    t.caller.practitioner = "practitioner";
    rest_import(&t, "cases/knee-oa.json");
    const struct rest_answer a = rest_expect(
        &t, 200, "GET",
        "/fhir/PlanDefinition/knee-sit2020/$apply?subject=Patient/patient&practitioner=practitioner"
        "&encounter=Encounter/e1",
        NULL, NULL);

    check_valid(&t, a.body);
    CHECK_CONTAINS(a.body, "{\"resourceType\":\"CarePlan\"");
    CHECK_CONTAINS(a.body, "\"instantiatesCanonical\":[\"https://enthesis.org/fhir/PlanDefinition/"
                           "knee-sit2020\"]");
    CHECK_CONTAINS(a.body, "\"author\":{\"reference\":\"Practitioner/practitioner\"}");
    CHECK_CONTAINS(a.body, "\"encounter\":{\"reference\":\"Encounter/e1\"}");
    CHECK(strstr(a.body, "urn:uuid") == NULL);
    /* Four sessions: weeks 0, 4, 8 and 16. */
    CHECK(rest_count(&a, "\"resourceType\":\"ServiceRequest\"") == 4);
    CHECK(rest_count(&a, "\"subject\":{\"reference\":\"Patient/patient\"}") >= 5);
    const struct rest_answer b =
        rest_expect(&t, 200, "POST", "/fhir/PlanDefinition/knee-sit2020/$apply", NULL,
                    "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"subject\","
                    "\"valueReference\":{\"reference\":\"Patient/patient\"}},{\"name\":"
                    "\"practitioner\",\"valueString\":\"Practitioner/practitioner\"},{\"name\":"
                    "\"encounter\",\"valueString\":\"Encounter/e1\"}]}");

    CHECK_TEXT(b.body, a.body);
    const struct rest_answer plans = rest_expect(&t, 200, "GET", "/fhir/CarePlan", NULL, NULL);

    CHECK(rest_count(&plans, "\"fullUrl\"") == 0);
    CHECK(rest_audited(&t, "$apply", "patient", 0) == 2);
    rest_close_clinic(&t);
}

/* A patient who may not be treated gets no plan but the reasons. */
static void test_apply_refuses_a_blocked_plan(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    t.caller.practitioner = "practitioner";
    rest_import(&t, "cases/hot-joint.json");
    const struct rest_answer a = rest_expect(
        &t, 422, "GET", "/fhir/PlanDefinition/knee-sit2020/$apply?subject=patient", NULL, NULL);

    CHECK_CONTAINS(a.body, "no plan is issued");
    CHECK_CONTAINS(a.body, "CI-02");
    rest_close_clinic(&t);
}

static void test_apply_names_what_is_wrong(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    (void)rest_expect(&t, 400, "GET", "/fhir/PlanDefinition/knee-sit2020/$apply", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/PlanDefinition/knee-sit2020/$apply?subject=Group/g",
                      NULL, NULL);
    (void)rest_expect(&t, 400, "GET",
                      "/fhir/PlanDefinition/knee-sit2020/$apply?subject=a&subject=b", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/fhir/PlanDefinition/knee-sit2020/$apply?subject=nobody",
                      NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/fhir/PlanDefinition/none/$apply?subject=patient", NULL,
                      NULL);
    /* Evidence alone: there is nothing to plan by. */
    (void)rest_expect(&t, 404, "GET",
                      "/fhir/PlanDefinition/lbp-cochrane2007/$apply?subject=patient", NULL, NULL);
    t.caller.patient = "other";
    (void)rest_expect(&t, 404, "GET", "/fhir/PlanDefinition/knee-sit2020/$apply?subject=patient",
                      NULL, NULL);
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_definitions_are_loaded_once), ON_BOTH(test_definitions_come_back),
          ON_BOTH(test_apply_gives_one_care_plan), ON_BOTH(test_apply_refuses_a_blocked_plan),
          ON_BOTH(test_apply_names_what_is_wrong));
