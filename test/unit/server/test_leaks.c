/* SPDX-License-Identifier: Apache-2.0
 * What a role must not see does not come in by a side door: history of everything, includes,
 * chains, Bundles, operations; and a researcher finds no name, number, id or date anywhere. */
#include "support/clinic.h"

#include "base/text.h"
#include "support/stores.h"

#include <string.h>

#define SECRET_CODE "clinical-secret"

static void put(struct clinic *c, struct browser *owner, const char *address, const char *body)
{
    const struct clinic_answer answer =
        clinic_ask(c, owner, "PUT", address, "Content-Type: application/fhir+json\n", body);

    if (answer.status != 200 && answer.status != 201) {
        fail_msg("PUT %s: %d %s", address, answer.status, answer.body);
    }
}

/* One patient with a diagnosis, an appointment because of it, a score. */
static void fill(struct clinic *c, struct browser *owner)
{
    put(c, owner, "/fhir/Patient/p1",
        "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"identifier\":[{\"system\":\"urn:x\","
        "\"value\":\"4711-0815\"}],\"name\":[{\"family\":\"" CLINIC_NAME
        "\"}],\"gender\":\"female\",\"birthDate\":\"1961-05-31\"}");
    put(c, owner, "/fhir/Condition/c1",
        "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"code\":{\"coding\":[{\"system\":\"urn:x\","
        "\"code\":\"" SECRET_CODE "\",\"display\":\"" CLINIC_NAME
        "\"}]},\"subject\":{\"reference\":"
        "\"Patient/p1\",\"display\":\"" CLINIC_NAME "\"},\"onsetDateTime\":\"2025-11-17\"}");
    put(c, owner, "/fhir/Observation/o1",
        "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\",\"code\":{\"coding\":"
        "[{\"system\":\"urn:x\",\"code\":\"" SECRET_CODE "\"}]},\"subject\":{\"reference\":"
        "\"Patient/p1\"},\"effectiveDateTime\":\"2025-11-17T10:11:12Z\",\"valueInteger\":6,"
        "\"note\":[{\"text\":\"" CLINIC_NAME "\"}]}");
    put(c, owner, "/fhir/Appointment/a1",
        "{\"resourceType\":\"Appointment\",\"id\":\"a1\",\"status\":\"booked\",\"participant\":[{"
        "\"actor\":{\"reference\":\"Patient/p1\"},\"status\":\"accepted\"}],\"reasonReference\":[{"
        "\"reference\":\"Condition/c1\"}],\"start\":\"2026-03-02T10:00:00Z\","
        "\"end\":\"2026-03-02T10:30:00Z\"}");
}

static void check_lacks(const struct clinic_answer *answer, const char *target, const char *part)
{
    if (strstr(answer->body, part) != NULL) {
        fail_msg("%s tells \"%s\": %s", target, part, answer->body);
    }
}

/* Reception knows who comes when, and nothing of why: not by the history of all, not by includes
 * in either direction, not by chains, not in a batch. */
static void reception_learns_nothing_clinical(const char *url)
{
    static const char *const DOORS[] = {
        "/fhir/_history",
        "/fhir/Patient?_revinclude=Condition:patient&_revinclude=Observation:patient",
        "/fhir/Appointment?_include=Appointment:reason-reference",
        "/fhir/Patient/p1/$everything",
        "/fhir/Patient/p1/Condition",
        "/fhir/Condition/c1/_history/1",
        "/fhir/Appointment?reason-reference:Condition.code=" SECRET_CODE,
        "/fhir/Appointment?reason-reference:Condition.code=other",
    };
    struct clinic c;
    struct browser owner, reception;
    const char *answers[2] = {NULL, NULL};

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    fill(&c, &owner);
    clinic_staff(&c, &owner, "reception", &reception);
    for (size_t i = 0; i < EN_COUNT(DOORS); i++) {
        const struct clinic_answer answer = clinic_ask(&c, &reception, "GET", DOORS[i], NULL, NULL);

        check_lacks(&answer, DOORS[i], SECRET_CODE);
        check_lacks(&answer, DOORS[i], "\"Condition\"");
        if (i >= EN_COUNT(DOORS) - 2) {
            CHECK(answer.status == 403); /* what is found would answer the question */
            answers[i - (EN_COUNT(DOORS) - 2)] = answer.body;
        }
    }
    CHECK_TEXT(answers[0], answers[1]);
    const struct clinic_answer batch =
        clinic_ask(&c, &reception, "POST", "/fhir", "Content-Type: application/fhir+json\n",
                   "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"request\":{"
                   "\"method\":\"GET\",\"url\":\"Condition/c1\"}},{\"request\":{\"method\":\"GET\","
                   "\"url\":\"Observation?code=" SECRET_CODE "\"}}]}");

    check_lacks(&batch, "batch", CLINIC_NAME);
    check_lacks(&batch, "batch", "2025-11-17");
    const struct clinic_answer patients =
        clinic_expect(&c, &reception, 200, "GET", "/fhir/Patient?family=" CLINIC_NAME, NULL);

    CHECK_CONTAINS(patients.body, CLINIC_NAME);
    clinic_close(&c);
}

/* A researcher finds resources by codes and learns nothing of whose they are. */
static void researchers_see_no_person(const char *url)
{
    static const char *const DOORS[] = {
        "/fhir/Patient",
        "/fhir/Patient?gender=female",
        "/fhir/Patient?_revinclude=Observation:patient",
        "/fhir/Condition?code=" SECRET_CODE,
        "/fhir/Observation?code=" SECRET_CODE "&_include=Observation:patient",
        "/fhir/Observation?_elements=note,subject,effective",
        "/fhir/Patient?_summary=true",
    };
    static const char *const FORBIDDEN[] = {
        "/fhir/Patient/p1",
        "/fhir/Patient/p1/_history",
        "/fhir/_history",
        "/fhir/Patient?family=" CLINIC_NAME,
        "/fhir/Patient?identifier=4711-0815",
        "/fhir/Patient?birthdate=1961-05-31",
        "/fhir/Patient?_id=p1",
        "/fhir/Patient?_sort=family",
        "/fhir/Patient?_lastUpdated=gt2020",
        "/fhir/Observation?patient=p1",
        "/fhir/Observation?date=2025-11-17",
        "/fhir/Observation?patient.family=" CLINIC_NAME,
        "/fhir/Observation?patient:Patient.gender=female",
        "/fhir/Appointment",
        "/fhir/Patient/p1/Observation",
        "/fhir/Patient/p1/$everything",
        "/fhir/Patient/p1/$assess",
    };
    static const char *const SECRETS[] = {CLINIC_NAME, "4711-0815",  "1961-05", "\"p1\"",
                                          "/p1",       "\"o1\"",     "/o1",     "2025-11-17",
                                          "10:11:12",  "\"display\""};
    struct clinic c;
    struct browser owner, researcher;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    fill(&c, &owner);
    clinic_staff(&c, &owner, "researcher", &researcher);
    for (size_t i = 0; i < EN_COUNT(DOORS); i++) {
        const struct clinic_answer answer =
            clinic_expect(&c, &researcher, 200, "GET", DOORS[i], NULL);

        CHECK_CONTAINS(answer.body, "PSEUDED");
        for (size_t k = 0; k < EN_COUNT(SECRETS); k++) {
            check_lacks(&answer, DOORS[i], SECRETS[k]);
        }
    }
    for (size_t i = 0; i < EN_COUNT(FORBIDDEN); i++) {
        (void)clinic_expect(&c, &researcher, 403, "GET", FORBIDDEN[i], NULL);
    }
    clinic_close(&c);
}

TEST_MAIN(ON_SQLITE(reception_learns_nothing_clinical), ON_SQLITE(researchers_see_no_person));
