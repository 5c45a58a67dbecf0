/* SPDX-License-Identifier: Apache-2.0
 * Allergies and medicines: "not in the list" is a no only when the list is known to be complete. */
#include "unit/fhir/bundle.h"

static const char *drug(struct en_arena *a, const char *text, const char *more)
{
    return en_arena_print(a,
                          ",{'resource':{'resourceType':'MedicationStatement'," SUBJECT
                          ",'medicationCodeableConcept':{'text':'%s'},%s}}",
                          text, more);
}

static const char *allergy(struct en_arena *a, const char *text, const char *more)
{
    more = strstr(more, "entered-in-error") != NULL
               ? more
               : en_arena_print(a, "," ACTIVE_ALLERGY "%s", more);
    return en_arena_print(a,
                          ",{'resource':{'resourceType':'AllergyIntolerance','patient':"
                          "{'reference':'Patient/p1'},'code':{'text':'%s'}%s}}",
                          text, more);
}

static const char *reviewed(struct en_arena *a, const char *list, const char *date)
{
    return en_arena_print(a,
                          ",{'resource':{'resourceType':'Observation','status':'final','code':"
                          "{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/fact','code':"
                          "'%s_list_reviewed'}]}," SUBJECT
                          ",'effectiveDateTime':'%s','valueBoolean':true}}",
                          list, date);
}

static struct en_case list_case(struct en_arena *a, const char *first, const char *second)
{
    return good_case(a, en_arena_print(a, PATIENT "%s%s", first, second));
}

/* Names are found as whole words, brands as well, and the longest one counts. */
static void test_drug_names(void **state)
{
    static const struct {
        const char *text, *drug, *class_fact;
    } CASES[] = {
        {"Warfarin 5 mg tablets", "warfarin", "med_vka"},
        {"COUMADIN", "warfarin", "med_vka"},
        {"tab. ibuprofen 400mg", "ibuprofen", "med_nsaid"},
        {"warfarinised", NULL, NULL},
        {"blue pills", NULL, NULL},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = list_case(&a, drug(&a, CASES[i].text, "'status':'active'"), "");

        CHECK(c.medication_count == 1);
        CHECK_TEXT(c.medications[0].text, CASES[i].text);
        CHECK(c.medications[0].is_active);
        CHECK(en_text_equal(c.medications[0].drug, CASES[i].drug));
        if (CASES[i].class_fact != NULL) {
            CHECK(fact_of(&c, CASES[i].class_fact).truth);
        }
    }
    en_arena_free(&a);
}

/* Two medicines in one entry are two. */
static void test_drug_combinations(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c =
        list_case(&a, drug(&a, "ibuprofen and warfarin", "'status':'active'"), "");

    (void)state;
    CHECK(c.medication_count == 2);
    CHECK(fact_of(&c, "med_vka").truth && fact_of(&c, "med_nsaid").truth);
    en_arena_free(&a);
}

static void test_drug_statuses(void **state)
{
    static const struct {
        const char *status;
        size_t count;
        bool is_active;
    } CASES[] = {
        {"active", 1, true},     {"intended", 1, true},          {"unknown", 1, true},
        {"completed", 1, false}, {"stopped", 1, false},          {"on-hold", 1, true},
        {"not-taken", 0, false}, {"entered-in-error", 0, false},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = list_case(
            &a,
            drug(&a, "warfarin",
                 en_arena_print(&a, "'status':'%s','effectivePeriod':{'end':'2026-02-01'}",
                                CASES[i].status)),
            "");

        CHECK(c.medication_count == CASES[i].count);
        CHECK((fact_of(&c, "med_vka").kind == EN_FACT_BOOL) == CASES[i].is_active);
        if (CASES[i].count == 1) {
            CHECK(c.medications[0].is_active == CASES[i].is_active);
            CHECK(c.medications[0].last_taken ==
                  (CASES[i].is_active ? EN_DAY_UNKNOWN : day_of("2026-02-01")));
        }
    }
    en_arena_free(&a);
}

/* A stopped NSAID still matters: its last dose decides. */
static void test_drug_last_dose(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case stopped = list_case(
        &a, drug(&a, "ibuprofen", "'status':'stopped','effectivePeriod':{'end':'2026-03-07'}"), "");
    const struct en_case undated = list_case(&a, drug(&a, "ibuprofen", "'status':'stopped'"), "");

    (void)state;
    CHECK(fact_of(&stopped, "med_nsaid").truth);
    CHECK(fact_of(&stopped, "nsaid_last_dose").date == day_of("2026-03-07"));
    CHECK(fact_of(&undated, "med_nsaid").truth);
    CHECK(fact_of(&undated, "nsaid_last_dose").kind == EN_FACT_UNKNOWN);
    en_arena_free(&a);
}

/* Stopped is not gone: for 30 days (medicines.stopped_recently), or without a date, the class is
 * unknown, unless a newer answer says it. Today is 2026-03-10. */
static void test_drug_stopped_lately_may_still_act(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const char *list = reviewed(&a, "medication", TODAY_TEXT);
    static const struct {
        const char *end;
        enum en_fact_kind kind;
    } CASES[] = {
        {"", EN_FACT_UNKNOWN},
        {",'effectivePeriod':{'end':'2026-03-09'}", EN_FACT_UNKNOWN},
        {",'effectivePeriod':{'end':'2026-02-08'}", EN_FACT_UNKNOWN},
        {",'effectivePeriod':{'end':'2026-02-07'}", EN_FACT_BOOL},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const char *warfarin =
            drug(&a, "warfarin", en_arena_print(&a, "'status':'stopped'%s", CASES[i].end));
        const struct en_case c = list_case(&a, warfarin, list);

        CHECK(fact_of(&c, "med_vka").kind == CASES[i].kind);
        CHECK(!fact_of(&c, "med_vka").truth);
    }
    en_arena_free(&a);
}

/* By reference to a Medication of the Bundle, or a contained one; and as a request. */
static void test_drug_reference_and_request(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT ",{'resource':{'resourceType':'Medication','id':'m','code':{'text':'warfarin'}}"
                    "},{'resource':{'resourceType':'MedicationStatement','status':'active'," SUBJECT
                    ",'medicationReference':{'reference':'Medication/m'}}},"
                    "{'resource':{'resourceType':'MedicationRequest','status':'active','intent':"
                    "'order'," SUBJECT ",'medicationReference':{'reference':'#i'},'contained':[{"
                    "'resourceType':'Medication','id':'i','code':{'text':'ibuprofen'}}]}}");

    (void)state;
    CHECK(c.medication_count == 2);
    CHECK(fact_of(&c, "med_vka").truth && fact_of(&c, "med_nsaid").truth);
    en_arena_free(&a);
}

/* No class is false before somebody said today that the list is complete. */
static void test_drug_class_is_false_only_after_review(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const char *ibuprofen = drug(&a, "ibuprofen", "'status':'active'");
    const struct {
        const char *first, *second;
        enum en_fact_kind kind;
    } cases[] = {
        {ibuprofen, "", EN_FACT_UNKNOWN},
        {ibuprofen, reviewed(&a, "medication", "2026-03-09"), EN_FACT_UNKNOWN},
        {ibuprofen, reviewed(&a, "medication", TODAY_TEXT), EN_FACT_BOOL},
        {"", reviewed(&a, "medication", TODAY_TEXT), EN_FACT_BOOL},
        {drug(&a, "blue pills", "'status':'active'"), reviewed(&a, "medication", TODAY_TEXT),
         EN_FACT_UNKNOWN},
        {drug(&a, "blue pills", "'status':'stopped'"), reviewed(&a, "medication", TODAY_TEXT),
         EN_FACT_UNKNOWN},
        {drug(&a, "blue pills", "'status':'stopped','effectivePeriod':{'end':'2026-01-01'}"),
         reviewed(&a, "medication", TODAY_TEXT), EN_FACT_BOOL},
        {"", reviewed(&a, "allergy", TODAY_TEXT), EN_FACT_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(cases); i++) {
        const struct en_case c = list_case(&a, cases[i].first, cases[i].second);

        CHECK(fact_of(&c, "med_vka").kind == cases[i].kind);
        CHECK(!fact_of(&c, "med_vka").truth);
    }
    en_arena_free(&a);
}

static void test_drug_none(void **state)
{
    static const char NONE[] =
        ",{'resource':{'resourceType':'MedicationStatement','status':'active'," SUBJECT
        ",'dateAsserted':'" TODAY_TEXT "','medicationCodeableConcept':{'coding':[{'system':"
        "'https://enthesis.org/fhir/CodeSystem/list','code':'no-current-medication'}]}}}";
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c = list_case(&a, NONE, "");

    (void)state;
    CHECK(c.medication_count == 0 && fact_of(&c, "medication_list_reviewed").truth);
    CHECK(fact_of(&c, "med_vka").kind == EN_FACT_BOOL && !fact_of(&c, "med_vka").truth);
    CHECK_CONTAINS(fact_of(&c, "med_vka").origin, "derived");
    c = list_case(
        &a, drug(&a, "No current medication", "'status':'active','dateAsserted':'" TODAY_TEXT "'"),
        "");
    CHECK(fact_of(&c, "med_vka").kind == EN_FACT_BOOL);
    CHECK(read_case(&a,
                    bundle(&a, en_arena_print(&a, PATIENT "%s%s", NONE,
                                              drug(&a, "ibuprofen", "'status':'active'"))),
                    &c, &issues) == EN_EINVAL);
    CHECK_TEXT(issues.items[0].code, "conflict");
    en_arena_free(&a);
}

static void test_allergy_names_and_facts(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_case c = list_case(&a, allergy(&a, "Corn starch", ""), "");

    (void)state;
    CHECK(c.allergy_count == 1);
    CHECK_TEXT(c.allergies[0].allergen, "corn");
    CHECK(fact_of(&c, "allergy_corn").truth);
    CHECK(fact_of(&c, "allergy_latex").kind == EN_FACT_UNKNOWN);
    c = list_case(&a, allergy(&a, "Corn", ""), reviewed(&a, "allergy", TODAY_TEXT));
    CHECK(fact_of(&c, "allergy_corn").truth);
    CHECK(fact_of(&c, "allergy_latex").kind == EN_FACT_BOOL && !fact_of(&c, "allergy_latex").truth);
    c = list_case(&a, allergy(&a, "green things", ""), reviewed(&a, "allergy", TODAY_TEXT));
    CHECK(c.allergies[0].allergen == NULL);
    CHECK(fact_of(&c, "allergy_latex").kind == EN_FACT_UNKNOWN);
    c = list_case(&a, allergy(&a, "green things", ""), "");
    CHECK(c.allergy_count == 1);
    en_arena_free(&a);
}

#define ALLERGY_STATUS(code)                                                                       \
    ",'verificationStatus':{'coding':[{'system':"                                                  \
    "'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification','code':'" code "'}]}"

static void test_allergy_refuted_and_in_error(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_case c = list_case(&a, allergy(&a, "latex", ALLERGY_STATUS("refuted")), "");

    (void)state;
    CHECK(c.allergy_count == 0);
    CHECK(fact_of(&c, "allergy_latex").kind == EN_FACT_BOOL && !fact_of(&c, "allergy_latex").truth);
    c = list_case(&a, allergy(&a, "latex", ALLERGY_STATUS("entered-in-error")), "");
    CHECK(c.allergy_count == 0 && fact_of(&c, "allergy_latex").kind == EN_FACT_UNKNOWN);
    en_arena_free(&a);
}

static void test_allergy_none(void **state)
{
    static const char *const NONE[] = {
        "{'text':'No known allergies'}",
        "{'coding':[{'system':'http://snomed.info/sct','code':'716186003'}]}",
        ("{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/list','code':"
         "'no-known-allergy'}]}"),
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(NONE); i++) {
        const char *entry =
            en_arena_print(&a,
                           ",{'resource':{'resourceType':'AllergyIntolerance'," ACTIVE_ALLERGY
                           ",'recordedDate':'" TODAY_TEXT "',"
                           "'patient':{'reference':'Patient/p1'},'code':%s}}",
                           NONE[i]);

        c = list_case(&a, entry, "");
        CHECK(c.allergy_count == 0 && fact_of(&c, "allergy_list_reviewed").truth);
        CHECK(fact_of(&c, "allergy_corn").kind == EN_FACT_BOOL);
        CHECK(read_case(
                  &a,
                  bundle(&a, en_arena_print(&a, PATIENT "%s%s", entry, allergy(&a, "latex", ""))),
                  &c, &issues) == EN_EINVAL);
        CHECK_TEXT(issues.items[0].code, "conflict");
    }
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_drug_names), cmocka_unit_test(test_drug_combinations),
          cmocka_unit_test(test_drug_statuses), cmocka_unit_test(test_drug_last_dose),
          cmocka_unit_test(test_drug_stopped_lately_may_still_act),
          cmocka_unit_test(test_drug_reference_and_request),
          cmocka_unit_test(test_drug_class_is_false_only_after_review),
          cmocka_unit_test(test_drug_none), cmocka_unit_test(test_allergy_names_and_facts),
          cmocka_unit_test(test_allergy_refuted_and_in_error), cmocka_unit_test(test_allergy_none));
