/* SPDX-License-Identifier: Apache-2.0
 * Reading at its edges: rare forms, limits, cut and changed texts, little memory. */
#include "fhir/builder.h"
#include "unit/fhir/bundle.h"

#define OWN(code)                                                                                  \
    "'code':{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/fact','code':'" code "'}]}"
#define OBSERVATION(more)                                                                          \
    "{'resource':{'resourceType':'Observation','status':'final'," SUBJECT                          \
    ",'effectiveDateTime':'2026-03-01'," more "}}"

/* Conflicts of every type of fact end in unknown; equal values of every type do not. */
static void test_edge_conflicts_of_each_type(void **state)
{
    static const struct {
        const char *fact, *one, *two;
        bool is_equal;
    } CASES[] = {
        {"diabetes", "'valueBoolean':true", "'valueBoolean':false", false},
        {"diabetes", "'valueBoolean':true", "'valueString':'yes'", true},
        {"renal_disease", "'valueString':'none'", "'valueString':'severe'", false},
        {"renal_disease", "'valueString':'none'", "'valueString':'None'", true},
        {"nsaid_last_dose", "'valueDateTime':'2026-01-01'", "'valueDateTime':'2026-01-02'", false},
        {"nsaid_last_dose", "'valueDateTime':'2026-01-01'", "'valueDateTime':'2026-01'", true},
        {"inr", "'valueQuantity':{'value':2}", "'valueQuantity':{'value':2.0}", true},
        {"inr", "'valueQuantity':{'value':2}", "'dataAbsentReason':{'text':'x'}", false},
        {"inr", "'dataAbsentReason':{'text':'x'}", "'dataAbsentReason':{'text':'y'}", true},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const char *code = en_arena_print(&a,
                                          "'code':{'coding':[{'system':'https://enthesis.org/fhir/"
                                          "CodeSystem/fact','code':'%s'}]}",
                                          CASES[i].fact);
        const char *entries =
            en_arena_print(&a, PATIENT "," OBSERVATION("%s,%s") "," OBSERVATION("%s,%s"), code,
                           CASES[i].one, code, CASES[i].two);
        struct en_issues issues;
        struct en_case c;

        CHECK(read_case(&a, bundle(&a, entries), &c, &issues) == EN_OK);
        CHECK((issues.count == 0) == CASES[i].is_equal);
        if (!CASES[i].is_equal) {
            CHECK(fact_of(&c, CASES[i].fact).kind == EN_FACT_UNKNOWN);
            CHECK_TEXT(issues.items[0].code, "conflict");
        }
    }
    en_arena_free(&a);
}

/* Forms that are rare, and what becomes of them. */
static void test_edge_ignored_forms(void **state)
{
    static const struct {
        const char *entry, *why;
    } CASES[] = {
        {"{'resource':{'resourceType':'QuestionnaireResponse','status':'entered-in-error'," SUBJECT
         ",'item':[{'linkId':'diabetes','answer':[{'valueBoolean':true}]}]}}",
         "entered in error"},
        {OBSERVATION("'code':{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/instrument'"
                     ",'code':'lefs'}]},'valueQuantity':{'value':50,'comparator':'<'}"),
         "without a number"},
        {"{'resource':{'resourceType':'DiagnosticReport','status':'final'," SUBJECT
         ",'code':{'text':'MRI'}}}",
         "no fact"},
        {"{'resource':{'resourceType':'DiagnosticReport','status':'registered'," SUBJECT
         ",'code':{'text':'MRI'}}}",
         "status"},
        {"{'resource':{'resourceType':'MedicationRequest','status':'completed','intent':'order'"
         "," SUBJECT ",'medicationCodeableConcept':{'text':'warfarin'}}}",
         "medicine"},
        {"{'resource':{'resourceType':'MedicationRequest','status':'cancelled','intent':'order'"
         "," SUBJECT ",'medicationCodeableConcept':{'text':'warfarin'}}}",
         "not taken"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = good_case(&a, en_arena_print(&a, PATIENT ",%s", CASES[i].entry));

        CHECK_CONTAINS(c.notes[c.note_count - 1].what, CASES[i].why);
        CHECK(fact_of(&c, "diabetes").kind == EN_FACT_UNKNOWN);
        CHECK(fact_of(&c, "med_vka").kind == EN_FACT_UNKNOWN);
    }
    en_arena_free(&a);
}

static void test_edge_allergy_by_fact_code(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c =
        good_case(&a, PATIENT ",{'resource':{'resourceType':'AllergyIntolerance'," ACTIVE_ALLERGY
                              ",'patient':"
                              "{'reference':'Patient/p1'}," OWN("allergy_latex") "}}");

    (void)state;
    CHECK(fact_of(&c, "allergy_latex").truth);
    en_arena_free(&a);
}

static void test_edge_procedure_gives_a_date_fact(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT ",{'resource':{'resourceType':'Procedure','status':'completed'," SUBJECT
                    ",'performedDateTime':'2026-02-10'," OWN("steroid_injection_date") "}}");

    (void)state;
    CHECK(fact_of(&c, "steroid_injection_date").date == day_of("2026-02-10"));
    en_arena_free(&a);
}

static void test_edge_training_hours_of_another_type(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    CHECK(read_case(&a,
                    bundle(&a, PATIENT ",{'resource':{'resourceType':'Practitioner','extension':[{"
                                       "'url':'https://enthesis.org/fhir/StructureDefinition/"
                                       "training-hours','valueString':'many'}]}}"),
                    &c, &issues) == EN_EINVAL);
    CHECK(issue_at(&issues, "Bundle.entry[1].resource.extension") != NULL);
    en_arena_free(&a);
}

/* Two clinicians keep their own privileges. */
static void test_edge_two_practitioners(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT ",{'resource':{'resourceType':'Practitioner','id':'d1'}},{'resource':{"
                    "'resourceType':'Practitioner','id':'d2'}},{'resource':{'resourceType':"
                    "'PractitionerRole','practitioner':{'reference':'Practitioner/d2'},"
                    "'specialty':[{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/"
                    "privilege','code':'knee'}]}]}}");

    (void)state;
    CHECK(c.practitioner_count == 2);
    CHECK(c.practitioners[0].regions == NULL);
    CHECK_TEXT(c.practitioners[1].regions, "knee");
    en_arena_free(&a);
}

/* A Bundle at the limit of entries is read; one more is refused. */
static void test_edge_number_of_entries(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (int count = EN_BUNDLE_ENTRIES_MAX; count <= EN_BUNDLE_ENTRIES_MAX + 1; count++) {
        struct en_buf text = EN_BUF(EN_CASE_FILE_MAX);
        struct en_issues issues;
        struct en_case c;

        en_buf_add(&text, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
                          "{\"resource\":{\"resourceType\":\"Patient\"}}");
        for (int i = 1; i < count; i++) {
            en_buf_add(&text, ",{\"resource\":{\"resourceType\":\"Location\"}}");
        }
        en_buf_add(&text, "]}");
        const enum en_status st = read_case(&a, en_buf_text(&text), &c, &issues);

        CHECK((st == EN_OK) == (count == EN_BUNDLE_ENTRIES_MAX));
        CHECK(st == EN_OK || issue_at(&issues, "Bundle.entry") != NULL);
        en_buf_free(&text);
    }
    en_arena_free(&a);
}

/* More problems than are listed: the count goes on, and the answer says that it was cut. */
static void test_edge_many_problems(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_buf text = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    en_buf_add(&text, PATIENT);
    for (int i = 0; i < EN_ISSUES_MAX + 50; i++) {
        en_buf_add(&text, "," OBSERVATION(OWN("weight") ",'valueQuantity':{'value':80}"));
    }
    CHECK(read_case(&a, bundle(&a, en_buf_text(&text)), &c, &issues) == EN_EINVAL);
    CHECK(issues.count == EN_ISSUES_MAX && issues.was_cut);
    CHECK(issues.error_count == EN_ISSUES_MAX + 50);
    en_buf_free(&text);
    en_arena_free(&a);
}

/* Every beginning of a case is refused, with an error, and leaves nothing behind. */
static void test_edge_cut_texts(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const char *whole = bundle(&a, PATIENT "," KNEE);
    const size_t size = strlen(whole);

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        const struct en_arena_mark mark = en_arena_mark(&a);
        struct en_issues issues = {0};
        struct en_case c;

        CHECK(en_fhir_read_case(knowledge(), whole, cut, today(), &a, &c, &issues, NULL) ==
              EN_EINVAL);
        CHECK(issues.error_count == 1 && c.facts == NULL);
        CHECK_CONTAINS(issues.items[0].text, "line 1");
        en_arena_rewind(&a, mark);
    }
    en_arena_free(&a);
}

/* One changed byte anywhere: refused, or read into a case that is whole. */
static void test_edge_changed_bytes(void **state)
{
    static const char CHANGES[] = "\"{}[]:,0 x\\";
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    char *text = quoted(&a, bundle(&a, PATIENT "," KNEE));
    const size_t size = strlen(text);
    size_t refused = 0;

    (void)state;
    for (size_t i = 0; i < size; i += 2) {
        const struct en_arena_mark mark = en_arena_mark(&a);
        const char before = text[i];
        struct en_issues issues = {0};
        struct en_case c;

        text[i] = CHANGES[i % (sizeof CHANGES - 1)];
        const enum en_status st =
            en_fhir_read_case(knowledge(), text, size, today(), &a, &c, &issues, NULL);

        CHECK(st == EN_OK || st == EN_EINVAL);
        CHECK((st == EN_OK) == (issues.error_count == 0));
        CHECK((st == EN_OK) == (c.facts != NULL));
        refused += st == EN_OK ? 0 : 1;
        text[i] = before;
        en_arena_rewind(&a, mark);
    }
    CHECK(refused > size / 8);
    en_arena_free(&a);
}

/* Little memory ends in EN_ENOMEM, in reading and in building, at every step of the way. */
static void test_edge_little_memory(void **state)
{
    static const struct en_case_item ITEMS[] = {
        {"condition", "oa_knee", EN_DAY_UNKNOWN},  {"drug", "ibuprofen until 2026-03-01", 0},
        {"allergy", "corn", EN_DAY_UNKNOWN},       {"score", "nrs 5", EN_DAY_UNKNOWN},
        {"session", "knee right", EN_DAY_UNKNOWN}, {"tenderness", "KNE-01 2", EN_DAY_UNKNOWN},
        {"payer", "self", EN_DAY_UNKNOWN},         {"practitioner", "L", EN_DAY_UNKNOWN},
    };
    struct en_arena large = EN_ARENA(EN_REQUEST_ARENA);
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues = {0};
    struct en_case c;
    size_t failures = 0, successes = 0;

    (void)state;
    CHECK(en_fhir_build_case(knowledge(), &(struct en_case_items){ITEMS, EN_COUNT(ITEMS)}, today(),
                             &large, &json, &issues, NULL) == EN_OK);
    CHECK(read_case(&large, en_buf_text(&json), &c, &issues) == EN_OK);
    const size_t needed = large.peak;

    for (size_t limit = needed > 60000 ? needed - 60000 : 0; limit < needed; limit += 400) {
        struct en_arena a = EN_ARENA(limit);
        const enum en_status st = read_case(&a, en_buf_text(&json), &c, &issues);

        CHECK(st == EN_OK || st == EN_ENOMEM || (st == EN_EINVAL && issues.error_count > 0));
        CHECK(st == EN_OK || c.facts == NULL);
        failures += st == EN_OK ? 0 : 1;
        successes += st == EN_OK ? 1 : 0;
        en_arena_free(&a);
    }
    CHECK(failures > 0 && successes + failures > 100);
    en_buf_free(&json);
    en_arena_free(&large);
}

TEST_MAIN(cmocka_unit_test(test_edge_conflicts_of_each_type),
          cmocka_unit_test(test_edge_ignored_forms),
          cmocka_unit_test(test_edge_allergy_by_fact_code),
          cmocka_unit_test(test_edge_procedure_gives_a_date_fact),
          cmocka_unit_test(test_edge_training_hours_of_another_type),
          cmocka_unit_test(test_edge_two_practitioners),
          cmocka_unit_test(test_edge_number_of_entries), cmocka_unit_test(test_edge_many_problems),
          cmocka_unit_test(test_edge_cut_texts), cmocka_unit_test(test_edge_changed_bytes),
          cmocka_unit_test(test_edge_little_memory));
