/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rights.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/deidentify.h"
#include "fhir/r4.h"

#include "support/check.h"

static const enum en_role STAFF[] = {EN_ROLE_OWNER, EN_ROLE_PHYSICIAN, EN_ROLE_ASSISTANT,
                                     EN_ROLE_RECEPTION};

static bool may(enum en_role role, enum en_interaction interaction, const char *type)
{
    const struct en_caller caller = {.role = role, .patient = role == EN_ROLE_PATIENT ? "p" : NULL};

    return en_may(&caller, interaction, type);
}

static bool service_may(const char *scopes, enum en_interaction interaction, const char *type)
{
    const struct en_caller caller = {.role = EN_ROLE_SERVICE, .scopes = scopes};

    return en_may(&caller, interaction, type);
}

/* Names come back as they went, and an unknown one is no role. */
static void test_names_of_roles(void **state)
{
    enum en_role role = EN_ROLE_NONE;

    (void)state;
    for (int i = EN_ROLE_OWNER; i < EN_ROLES; i++) {
        CHECK(en_role_of(en_role_name((enum en_role)i), &role) && role == (enum en_role)i);
    }
    CHECK(!en_role_of("none", &role) && !en_role_of("Owner", &role) && !en_role_of(NULL, &role));
}

/* Every type of R4 stands in a row: a forgotten one would be closed to all, the owner too. Types
 * that are only envelopes are closed, and so is what is no type. */
static void test_every_type_has_its_row(void **state)
{
    static const char ENVELOPES[] = "Bundle; MessageHeader; OperationOutcome; Parameters";
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_r4 r4;
    size_t count = 0;

    (void)state;
    CHECK(en_r4_load(&a, &r4, NULL) == EN_OK);
    for (size_t i = 0; i < r4.element_count; i++) {
        const char *type = r4.elements[i].path;

        if (strcmp(r4.elements[i].binding, "resource") == 0) {
            count++;
            CHECK(may(EN_ROLE_OWNER, EN_DO_READ, type) != en_list_has(ENVELOPES, type));
        }
    }
    CHECK(count == 146);
    CHECK(!may(EN_ROLE_OWNER, EN_DO_READ, "Nonsense") && !may(EN_ROLE_OWNER, EN_DO_READ, ""));
    CHECK(!may(EN_ROLE_OWNER, EN_DO_READ, NULL) && !may(EN_ROLE_OWNER, EN_DO_READ, "Pat"));
    en_arena_free(&a);
}

/* The audit trail and the origins are evidence: nobody rewrites them. */
static void test_nobody_writes_the_trail(void **state)
{
    (void)state;
    for (int role = EN_ROLE_NONE; role < EN_ROLES; role++) {
        const struct en_caller caller = {
            .role = (enum en_role)role, .scopes = "system/*.cruds", .patient = "p"};

        CHECK(!en_may(&caller, EN_DO_CREATE, "AuditEvent"));
        CHECK(!en_may(&caller, EN_DO_UPDATE, "AuditEvent"));
        CHECK(!en_may(&caller, EN_DO_DELETE, "AuditEvent"));
        CHECK(!en_may(&caller, EN_DO_UPDATE, "Provenance"));
        CHECK(!en_may(&caller, EN_DO_DELETE, "Provenance"));
    }
    CHECK(may(EN_ROLE_AUDITOR, EN_DO_SEARCH, "AuditEvent"));
    CHECK(may(EN_ROLE_OWNER, EN_DO_READ, "AuditEvent"));
    CHECK(!may(EN_ROLE_PHYSICIAN, EN_DO_READ, "AuditEvent"));
}

/* Each role at the edge of its duty: what it may just do, and the next step that it may not. */
static void test_duties_end_where_they_should(void **state)
{
    static const struct {
        enum en_role role;
        enum en_interaction interaction;
        const char *type;
        bool may;
    } EDGES[] = {
        {EN_ROLE_OWNER, EN_DO_DELETE, "Patient", true},
        {EN_ROLE_PHYSICIAN, EN_DO_UPDATE, "Patient", true},
        {EN_ROLE_PHYSICIAN, EN_DO_DELETE, "Patient", false},
        {EN_ROLE_PHYSICIAN, EN_DO_UPDATE, "CarePlan", true},
        {EN_ROLE_PHYSICIAN, EN_DO_DELETE, "Condition", true},
        /* A privilege that physicians could give themselves would be none. */
        {EN_ROLE_PHYSICIAN, EN_DO_UPDATE, "PractitionerRole", false},
        {EN_ROLE_OWNER, EN_DO_UPDATE, "PractitionerRole", true},
        {EN_ROLE_ASSISTANT, EN_DO_CREATE, "Observation", true},
        {EN_ROLE_ASSISTANT, EN_DO_CREATE, "Procedure", true},
        {EN_ROLE_ASSISTANT, EN_DO_CREATE, "MedicationAdministration", true},
        {EN_ROLE_ASSISTANT, EN_DO_UPDATE, "Medication", true},
        {EN_ROLE_ASSISTANT, EN_DO_READ, "CarePlan", true},
        {EN_ROLE_ASSISTANT, EN_DO_UPDATE, "CarePlan", false},
        {EN_ROLE_ASSISTANT, EN_DO_DELETE, "Observation", false},
        {EN_ROLE_RECEPTION, EN_DO_UPDATE, "Patient", true},
        {EN_ROLE_RECEPTION, EN_DO_DELETE, "Patient", false},
        {EN_ROLE_RECEPTION, EN_DO_CREATE, "Appointment", true},
        {EN_ROLE_RECEPTION, EN_DO_CREATE, "Coverage", true},
        {EN_ROLE_RECEPTION, EN_DO_READ, "Questionnaire", true},
        {EN_ROLE_RECEPTION, EN_DO_READ, "QuestionnaireResponse", false},
        {EN_ROLE_RECEPTION, EN_DO_READ, "Observation", false},
        {EN_ROLE_RECEPTION, EN_DO_SEARCH, "Condition", false},
        {EN_ROLE_RECEPTION, EN_DO_READ, "AllergyIntolerance", false},
        {EN_ROLE_RECEPTION, EN_DO_READ, "Binary", false},
        {EN_ROLE_RESEARCHER, EN_DO_SEARCH, "Observation", true},
        {EN_ROLE_RESEARCHER, EN_DO_HISTORY, "Observation", false},
        {EN_ROLE_RESEARCHER, EN_DO_CREATE, "Observation", false},
        {EN_ROLE_RESEARCHER, EN_DO_READ, "DocumentReference", false},
        {EN_ROLE_RESEARCHER, EN_DO_READ, "RelatedPerson", false},
        {EN_ROLE_AUDITOR, EN_DO_READ, "Provenance", true},
        {EN_ROLE_AUDITOR, EN_DO_READ, "Patient", false},
        {EN_ROLE_PATIENT, EN_DO_CREATE, "QuestionnaireResponse", true},
        {EN_ROLE_PATIENT, EN_DO_CREATE, "Observation", true},
        {EN_ROLE_PATIENT, EN_DO_READ, "Questionnaire", true},
        {EN_ROLE_PATIENT, EN_DO_UPDATE, "Observation", false},
        {EN_ROLE_PATIENT, EN_DO_READ, "CarePlan", false},
        {EN_ROLE_PATIENT, EN_DO_SEARCH, "Patient", false},
        {EN_ROLE_NONE, EN_DO_READ, "Questionnaire", false},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(EDGES); i++) {
        if (may(EDGES[i].role, EDGES[i].interaction, EDGES[i].type) != EDGES[i].may) {
            print_error("%s %s %s\n", en_role_name(EDGES[i].role),
                        en_interaction_name(EDGES[i].interaction), EDGES[i].type);
            fail();
        }
    }
}

/* What a researcher may read must have a list of what is kept: else nothing could be shown. And
 * deleting belongs to owners and physicians. */
static void test_rules_over_all_types(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_r4 r4;

    (void)state;
    CHECK(en_r4_load(&a, &r4, NULL) == EN_OK);
    for (size_t i = 0; i < r4.element_count; i++) {
        const char *type = r4.elements[i].path;

        if (strcmp(r4.elements[i].binding, "resource") != 0) {
            continue;
        }
        CHECK(!may(EN_ROLE_RESEARCHER, EN_DO_READ, type) || en_deidentify_shows(type));
        CHECK(!en_deidentify_shows(type) || may(EN_ROLE_RESEARCHER, EN_DO_SEARCH, type));
        for (int role = EN_ROLE_ASSISTANT; role < EN_ROLES; role++) {
            CHECK(!may((enum en_role)role, EN_DO_DELETE, type));
        }
        for (int k = 0; k < EN_INTERACTIONS; k++) {
            const enum en_interaction interaction = (enum en_interaction)k;

            CHECK(!may(EN_ROLE_NONE, interaction, type));
            /* Reception may nothing that an assistant may not, and so on upwards. */
            for (size_t r = 1; r < EN_COUNT(STAFF); r++) {
                CHECK(!may(STAFF[r], interaction, type) || may(STAFF[0], interaction, type));
            }
            CHECK(!may(EN_ROLE_RECEPTION, interaction, type) ||
                  may(EN_ROLE_ASSISTANT, interaction, type));
        }
    }
    en_arena_free(&a);
}

/* Before the first change of the password there is nothing but changing it. */
static void test_password_change_comes_first(void **state)
{
    const struct en_caller caller = {.role = EN_ROLE_OWNER, .must_change_password = true};

    (void)state;
    CHECK(en_may_route(&caller, EN_RIGHT_LOGIN) && en_may_route(&caller, EN_RIGHT_PUBLIC));
    for (int right = EN_RIGHT_FHIR; right < EN_RIGHTS; right++) {
        CHECK(right == EN_RIGHT_CDS || !en_may_route(&caller, (enum en_right)right));
    }
    CHECK(!en_may(&caller, EN_DO_READ, "Patient"));
}

/* SMART v2 and v1 forms; each letter grants itself and nothing else. */
static void test_scopes_grant_what_they_say(void **state)
{
    (void)state;
    CHECK(service_may("system/Observation.rs", EN_DO_READ, "Observation"));
    CHECK(service_may("system/Observation.rs", EN_DO_SEARCH, "Observation"));
    CHECK(service_may("system/Observation.rs", EN_DO_HISTORY, "Observation"));
    CHECK(!service_may("system/Observation.r", EN_DO_HISTORY, "Observation"));
    CHECK(!service_may("system/Observation.rs", EN_DO_CREATE, "Observation"));
    CHECK(!service_may("system/Observation.rs", EN_DO_READ, "ObservationDefinition"));
    CHECK(!service_may("system/ObservationDefinition.rs", EN_DO_READ, "Observation"));
    CHECK(service_may("system/Patient.c system/*.d", EN_DO_DELETE, "Goal"));
    CHECK(service_may("system/Patient.read", EN_DO_SEARCH, "Patient"));
    CHECK(!service_may("system/Patient.read", EN_DO_UPDATE, "Patient"));
    CHECK(service_may("system/*.write", EN_DO_UPDATE, "Patient"));
    CHECK(!service_may("system/*.write", EN_DO_READ, "Patient"));
    CHECK(service_may("system/*.*", EN_DO_DELETE, "Patient"));
    CHECK(!service_may(NULL, EN_DO_READ, "Patient") && !service_may("", EN_DO_READ, "Patient"));
}

/* A scope that is not understood grants nothing, and is refused when it is to be given. */
static void test_odd_scopes_grant_nothing(void **state)
{
    static const char *const ODD[] = {
        "user/Patient.rs",
        "patient/Patient.rs",
        "system/Patient.sr",
        "system/Patient.rr",
        "system/Patient.",
        "system/.rs",
        "system/Patient",
        "system/Patient.rsx",
        "system/Nonsense.rs",
        "system/Patient.rs?a=b",
        "System/Patient.rs",
        "system/Patient.READ",
        "system/Parameters.r",
        "system/*.rs.rs",
        "launch",
        "openid",
        "system/Patient.r,s",
        "xsystem/Patient.rs",
    };
    const char *bad = NULL;
    char longer[EN_SCOPES_MAX + 64];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ODD); i++) {
        for (int k = 0; k < EN_INTERACTIONS; k++) {
            CHECK(!service_may(ODD[i], (enum en_interaction)k, "Patient"));
        }
        CHECK(!en_scopes_valid(ODD[i], &bad) && bad == ODD[i]);
        CHECK(!en_scopes_within(ODD[i], "system/*.cruds metrics"));
    }
    CHECK(en_scopes_valid("system/*.rs  system/Patient.cruds metrics", &bad) && bad == NULL);
    CHECK(!en_scopes_valid("", &bad) && !en_scopes_valid(NULL, NULL));
    memset(longer, ' ', sizeof longer);
    memcpy(longer, "system/*.rs", strlen("system/*.rs"));
    longer[EN_SCOPES_MAX - 1] = '\0';
    CHECK(en_scopes_valid(longer, NULL));
    longer[EN_SCOPES_MAX - 1] = ' ';
    longer[EN_SCOPES_MAX] = '\0';
    CHECK(!en_scopes_valid(longer, NULL));
}

/* A token may be asked for with less than the client has, never with more. */
static void test_scopes_within_what_is_held(void **state)
{
    static const char HELD[] = "system/Patient.rs system/Observation.cruds";

    (void)state;
    CHECK(en_scopes_within("system/Patient.r", HELD));
    CHECK(en_scopes_within("system/Patient.rs system/Observation.read", HELD));
    CHECK(!en_scopes_within("system/Patient.rsx", HELD));
    CHECK(!en_scopes_within("system/Patient.crs", HELD));
    CHECK(!en_scopes_within("system/*.rs", HELD));
    CHECK(en_scopes_within("system/Goal.rs", "system/*.rs"));
    CHECK(!en_scopes_within("metrics", HELD) && en_scopes_within("metrics", "metrics"));
}

/* A route that works on every type needs scopes on every type. */
static void test_routes_of_services(void **state)
{
    struct en_caller caller = {.role = EN_ROLE_SERVICE, .scopes = "system/*.rs"};

    (void)state;
    CHECK(en_may_route(&caller, EN_RIGHT_EXPORT) && en_may_route(&caller, EN_RIGHT_AUDIT));
    CHECK(!en_may_route(&caller, EN_RIGHT_DECIDE) && !en_may_route(&caller, EN_RIGHT_METRICS));
    caller.scopes = "system/*.crs metrics";
    CHECK(en_may_route(&caller, EN_RIGHT_DECIDE) && en_may_route(&caller, EN_RIGHT_METRICS));
    CHECK(!en_may_route(&caller, EN_RIGHT_RECORD) && !en_may_route(&caller, EN_RIGHT_USERS));
    caller.scopes = "system/Patient.rs";
    CHECK(!en_may_route(&caller, EN_RIGHT_EXPORT) && !en_may_route(&caller, EN_RIGHT_AUDIT));
    CHECK(en_may_route(&caller, EN_RIGHT_FHIR));
}

/* By a link there is one record, and the forms, which are nobody's. */
static void test_links_stay_in_their_record(void **state)
{
    struct en_caller caller = {.role = EN_ROLE_PATIENT, .patient = "p1"};
    const struct en_caller owner = {.role = EN_ROLE_OWNER};

    (void)state;
    CHECK_TEXT(en_compartment_of(&caller, "Observation"), "p1");
    CHECK_TEXT(en_compartment_of(&caller, "Patient"), "p1");
    CHECK(en_compartment_of(&caller, "Questionnaire") == NULL);
    CHECK(en_compartment_of(&owner, "Observation") == NULL);
    caller.patient = NULL;
    CHECK(!en_may(&caller, EN_DO_READ, "Patient") && !en_may(&caller, EN_DO_READ, "Questionnaire"));
}

/* Every right and every type is in the document. */
static void test_docs_are_whole(void **state)
{
    struct en_buf out = EN_BUF(1 << 20);

    (void)state;
    en_rights_docs(&out);
    for (int i = 0; i < EN_RIGHTS; i++) {
        CHECK_CONTAINS(en_buf_text(&out), en_right_name((enum en_right)i));
    }
    CHECK_CONTAINS(en_buf_text(&out), "| appointments | crudsh | crush | crush | crus |");
    CHECK_CONTAINS(en_buf_text(&out), " VisionPrescription");
    CHECK(out.status == EN_OK);
    en_buf_free(&out);
}

/* A right without a row in the table would be nobody's, and break the document of the API. */
static void test_every_right_is_told(void **state)
{
    struct en_buf docs = EN_BUF(1 << 20);

    (void)state;
    en_rights_docs(&docs);
    for (int right = 0; right < EN_RIGHTS; right++) {
        CHECK(en_right_name((enum en_right)right) != NULL);
        CHECK_CONTAINS(en_buf_text(&docs), en_right_name((enum en_right)right));
    }
    en_buf_free(&docs);
}

TEST_MAIN(cmocka_unit_test(test_every_right_is_told), cmocka_unit_test(test_names_of_roles),
          cmocka_unit_test(test_every_type_has_its_row),
          cmocka_unit_test(test_nobody_writes_the_trail),
          cmocka_unit_test(test_duties_end_where_they_should),
          cmocka_unit_test(test_rules_over_all_types),
          cmocka_unit_test(test_password_change_comes_first),
          cmocka_unit_test(test_scopes_grant_what_they_say),
          cmocka_unit_test(test_odd_scopes_grant_nothing),
          cmocka_unit_test(test_scopes_within_what_is_held),
          cmocka_unit_test(test_routes_of_services),
          cmocka_unit_test(test_links_stay_in_their_record), cmocka_unit_test(test_docs_are_whole));
