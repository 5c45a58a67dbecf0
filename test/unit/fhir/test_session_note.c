/* SPDX-License-Identifier: Apache-2.0
 * A session's resources to what its note says: sums, lots, answers, signature, addenda. */
#include "fhir/session_note.h"

#include "base/text.h"
#include "knowledge/knowledge.h"

#include "support/check.h"

#define SYSTEM "https://enthesis.org/fhir/"

static struct en_arena arena;
static struct en_knowledge *knowledge;

static int setup(void **state)
{
    struct en_err err = {0};

    (void)state;
    arena = EN_ARENA(64 << 20);
    return en_knowledge_load(NULL, &arena, &knowledge, &err) == EN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

static enum en_status try_read(const char *entries, const char *session,
                               struct en_session_note *out)
{
    const char *bundle = en_arena_print(
        &arena, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[%s]}", entries);
    struct en_err err = {0};

    CHECK(bundle != NULL);
    return en_fhir_read_session_note(knowledge, bundle, strlen(bundle), session, &arena, out, &err);
}

static const char *entry(const char *resource)
{
    return en_arena_print(&arena, "{\"resource\":%s}", resource);
}

#define PROCEDURE(id, day, more)                                                                   \
    "{\"resource\":{\"resourceType\":\"Procedure\",\"id\":\"" id                                   \
    "\",\"status\":\"completed\",\"code\":{\"coding\":[{\"system\":\"" SYSTEM                      \
    "CodeSystem/procedure\",\"code\":\"prolotherapy-session\"}]},\"performedDateTime\":\"" day     \
    "\"" more "}}"

static const char *given(const char *id, const char *site, const char *dose, const char *more)
{
    return entry(en_arena_print(
        &arena,
        "{\"resourceType\":\"MedicationAdministration\",\"id\":\"%s\",\"partOf\":[{\"reference\":"
        "\"Procedure/s1\"}],\"medicationReference\":{\"reference\":\"Medication/mix\"},\"dosage\":{"
        "\"method\":{\"text\":\"25G 40 mm\"},\"site\":{\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/site\",\"code\":\"%s\"}]},\"dose\":%s}%s}",
        id, site, dose, more));
}

/* A syringe of 30 % dextrose stock (500 mg/mL) and 20 % lidocaine stock (10 mg/mL). */
static const char STOCK[] =
    "{\"resource\":{\"resourceType\":\"Medication\",\"id\":\"mix\",\"ingredient\":["
    "{\"itemReference\":{\"reference\":\"Medication/d1\"},\"strength\":{\"numerator\":{\"value\":"
    "0.3,\"unit\":\"mL\"},\"denominator\":{\"value\":1,\"unit\":\"mL\"}}},"
    "{\"itemReference\":{\"reference\":\"Medication/l1\"},\"strength\":{\"numerator\":{\"value\":"
    "0.2,\"unit\":\"mL\"},\"denominator\":{\"value\":1,\"unit\":\"mL\"}}}]}},"
    "{\"resource\":{\"resourceType\":\"Medication\",\"id\":\"d1\",\"code\":{\"coding\":[{"
    "\"system\":\"" SYSTEM "CodeSystem/stock\",\"code\":\"dextrose_50\"}]},\"batch\":{"
    "\"lotNumber\":\"D-1\",\"expirationDate\":\"2027-03\"}}},"
    "{\"resource\":{\"resourceType\":\"Medication\",\"id\":\"l1\",\"code\":{\"coding\":[{"
    "\"system\":\"" SYSTEM "CodeSystem/stock\",\"code\":\"lidocaine_1\"}]}}}";

#define ML(value) "{\"value\":" value ",\"unit\":\"mL\"}"

static const char *sites(const char *second)
{
    return en_arena_print(&arena, "%s,%s,%s,%s", PROCEDURE("s1", "2026-03-02", ""), STOCK,
                          given("a1", "KNE-01", ML("5"), ",\"note\":[{\"text\":\"brief sting\"}]"),
                          second);
}

static double amount_of(const struct en_session_note *n, const char *component)
{
    for (size_t i = 0; i < n->amount_count; i++) {
        if (en_text_equal(n->amounts[i].component, component)) {
            return n->amounts[i].mg;
        }
    }
    return NAN;
}

/* 7 mL of the syringe: 7 x 0.3 x 500 = 1050 mg dextrose, 7 x 0.2 x 10 = 14 mg lidocaine. */
static void test_note_sums_what_was_given(void **state)
{
    struct en_session_note n;

    (void)state;
    CHECK(try_read(sites(given("a2", "KNE-02", ML("2"), "")), NULL, &n) == EN_OK);
    CHECK(n.dose_count == 2 && n.vial_count == 3);
    CHECK_NEAR(n.volume_ml, 7.0, 1e-12);
    CHECK_NEAR(amount_of(&n, "dextrose"), 1050.0, 1e-9);
    CHECK_NEAR(amount_of(&n, "lidocaine"), 14.0, 1e-9);
    CHECK_TEXT(n.doses[0].reaction, "brief sting");
    CHECK_TEXT(n.doses[0].needle, "25G 40 mm");
    CHECK_TEXT(n.doses[0].product, "syringe, drawn up");
    CHECK(!n.is_signed && n.signer == NULL);
}

/* What was refused or entered in error is no dose; an unknown amount makes the sums unknown, never
 * smaller. */
static void test_note_keeps_unknown_apart(void **state)
{
    struct en_session_note n;

    (void)state;
    CHECK(try_read(sites(given("a2", "KNE-02", ML("2"), ",\"status\":\"not-done\"")), NULL, &n) ==
          EN_OK);
    CHECK(n.dose_count == 2 && !n.doses[1].was_given);
    CHECK_NEAR(n.volume_ml, 5.0, 1e-12);
    CHECK(try_read(sites(given("a2", "KNE-02", "{\"value\":2,\"unit\":\"drops\"}", "")), NULL,
                   &n) == EN_OK);
    CHECK(isnan(n.volume_ml));
    CHECK(isnan(amount_of(&n, "dextrose")));
}

/* Without parts the session itself says what was given. */
static void test_note_of_a_session_recorded_as_a_whole(void **state)
{
    struct en_session_note n;

    (void)state;
    CHECK(
        try_read(PROCEDURE("s1", "2026-03-02",
                           ",\"extension\":[{\"url\":\"" SYSTEM
                           "StructureDefinition/session-volume\",\"valueQuantity\":{\"value\":6,"
                           "\"code\":\"mL\"}},{\"url\":\"" SYSTEM
                           "StructureDefinition/session-dextrose\",\"valueQuantity\":{\"value\":"
                           "0.9,\"code\":\"g\"}}],\"bodySite\":[{\"coding\":[{\"system\":\"" SYSTEM
                           "CodeSystem/site\",\"code\":\"KNE-01\"}],\"text\":\"right knee\"}]"),
                 NULL, &n) == EN_OK);
    CHECK(n.dose_count == 1 && n.doses[0].side == EN_SIDE_RIGHT && isnan(n.doses[0].volume_ml));
    CHECK_NEAR(n.volume_ml, 6.0, 1e-12);
    CHECK_NEAR(amount_of(&n, "dextrose"), 900.0, 1e-9);
    CHECK(isnan(amount_of(&n, "lidocaine")));
}

/* The newest session, unless one is named; one that is not there is told. */
static void test_note_finds_its_session(void **state)
{
    const char *both =
        PROCEDURE("s1", "2026-03-02", "") "," PROCEDURE("s2", "2026-03-30T09:00:00Z", "");
    struct en_session_note n;

    (void)state;
    CHECK(try_read(both, NULL, &n) == EN_OK);
    CHECK_TEXT(n.id, "s2");
    CHECK(try_read(both, "s1", &n) == EN_OK);
    CHECK_TEXT(n.id, "s1");
    CHECK(try_read(both, "s3", &n) == EN_ENOTFOUND);
    CHECK(try_read("", NULL, &n) == EN_ENOTFOUND);
    CHECK(try_read("{", NULL, &n) == EN_EINVAL);
}

#define SIGNATURE(target, activity)                                                                \
    "{\"resource\":{\"resourceType\":\"Provenance\",\"id\":\"p-" activity                          \
    "\",\"target\":[{\"reference\":\"" target                                                      \
    "\"}],\"activity\":{\"coding\":[{\"system\":\"" SYSTEM                                         \
    "CodeSystem/operation\",\"code\":\"" activity                                                  \
    "\"}]},\"entity\":[{},{}],\"signature\":[{\"when\":\"2026-03-02T11:00:00Z\",\"who\":{"         \
    "\"reference\":\"Practitioner/p1\",\"identifier\":{\"value\":\"login\"}}}]}}"

/* The signature names who and when; an addendum is decoded; a signature of another session is not
 * ours. */
static void test_note_reads_signature_and_addenda(void **state)
{
    static const char PERSON[] =
        "{\"resource\":{\"resourceType\":\"Practitioner\",\"id\":\"p1\",\"name\":[{\"family\":"
        "\"Signer\",\"given\":[\"Synthetic\"]}]}}";
    static const char ADDENDUM[] =
        "{\"resource\":{\"resourceType\":\"DocumentReference\",\"id\":\"d1\",\"date\":\"2026-03-"
        "03\""
        ",\"type\":{\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/operation\",\"code\":\"addendum\"}]},\"context\":{\"related\":[{\"reference\":"
        "\"Procedure/s1\"}]},\"content\":[{\"attachment\":{\"data\":\"TG90IHdhcyBELTIu\"}}]}}";
    struct en_session_note n;

    (void)state;
    CHECK(try_read(en_arena_print(&arena, "%s,%s,%s,%s,%s", PROCEDURE("s1", "2026-03-02", ""),
                                  PERSON, ADDENDUM, SIGNATURE("Procedure/s1", "sign"),
                                  SIGNATURE("DocumentReference/d1", "addendum")),
                   NULL, &n) == EN_OK);
    CHECK(n.is_signed && n.signed_count == 2);
    CHECK_TEXT(n.signer, "Synthetic Signer");
    CHECK_TEXT(n.signed_at, "2026-03-02T11:00:00Z");
    CHECK(n.addendum_count == 1);
    CHECK_TEXT(n.addenda[0].text, "Lot was D-2.");
    CHECK_TEXT(n.addenda[0].who, "Synthetic Signer");
    CHECK(try_read(en_arena_print(&arena, "%s,%s", PROCEDURE("s1", "2026-03-02", ""),
                                  SIGNATURE("Procedure/s10", "sign")),
                   NULL, &n) == EN_OK);
    CHECK(!n.is_signed);
}

/* Answers by item, observations with their values, harms put down to what was given. */
static void test_note_reads_what_happened(void **state)
{
    static const char REST[] =
        "{\"resource\":{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"q\",\"partOf\":[{"
        "\"reference\":\"Procedure/s1\"}],\"item\":[{\"item\":[{\"linkId\":\"CL-02\",\"answer\":[{"
        "\"valueBoolean\":true}]}]},{\"linkId\":\"CL-03\",\"answer\":[{\"valueBoolean\":false}]}]}}"
        ","
        "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\",\"partOf\":[{\"reference\":"
        "\"Procedure/s1\"}],\"code\":{\"text\":\"Pulse\"},\"valueQuantity\":{\"value\":72,\"unit\":"
        "\"/min\"}}},"
        "{\"resource\":{\"resourceType\":\"AdverseEvent\",\"id\":\"e\",\"event\":{\"text\":"
        "\"Fainting\"},\"suspectEntity\":[{\"instance\":{\"reference\":\"Procedure/s1\"}}]}},"
        "{\"resource\":{\"resourceType\":\"AdverseEvent\",\"id\":\"f\",\"event\":{\"text\":"
        "\"Other\"},\"suspectEntity\":[{\"instance\":{\"reference\":\"Procedure/s0\"}}]}}";
    struct en_session_note n;

    (void)state;
    CHECK(try_read(en_arena_print(&arena, "%s,%s", PROCEDURE("s1", "2026-03-02", ""), REST), NULL,
                   &n) == EN_OK);
    CHECK(n.value_count == 2);
    CHECK_TEXT(n.values[0].value, "72 /min");
    CHECK(n.values[1].is_harm);
    CHECK_TEXT(n.values[1].title, "Fainting");
    CHECK(n.checks[0].answer == EN_UNKNOWN && n.checks[1].answer == EN_TRUE &&
          n.checks[2].answer == EN_FALSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_note_sums_what_was_given),
        cmocka_unit_test(test_note_keeps_unknown_apart),
        cmocka_unit_test(test_note_of_a_session_recorded_as_a_whole),
        cmocka_unit_test(test_note_finds_its_session),
        cmocka_unit_test(test_note_reads_signature_and_addenda),
        cmocka_unit_test(test_note_reads_what_happened),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
