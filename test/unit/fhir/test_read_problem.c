/* SPDX-License-Identifier: Apache-2.0
 * Conditions: which problem is to be treated, on which side, and other diseases as facts. */
#include "unit/fhir/bundle.h"

#define CLINICAL(code)                                                                             \
    "'clinicalStatus':{'coding':[{'system':"                                                       \
    "'http://terminology.hl7.org/CodeSystem/condition-clinical','code':'" code "'}]},"
#define VERIFIED(code)                                                                             \
    "'verificationStatus':{'coding':[{'system':"                                                   \
    "'http://terminology.hl7.org/CodeSystem/condition-ver-status','code':'" code "'}]},"
#define ICD(code) "'coding':[{'system':'http://hl7.org/fhir/sid/icd-10-cm','code':'" code "'}]"
#define OWN(code)                                                                                  \
    "'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/condition','code':'" code "'}]"
#define FACT(code)                                                                                 \
    "'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/fact','code':'" code "'}]"

static struct en_case condition_case(struct en_arena *a, const char *more)
{
    return good_case(
        a, en_arena_print(a, PATIENT ",{'resource':{'resourceType':'Condition'," SUBJECT ",%s}}",
                          more));
}

/* The same knee by our id, by ICD-10-CM, SNOMED CT, title, synonym; the side where it is told. */
static void test_condition_is_recognised(void **state)
{
    static const struct {
        const char *more, *condition;
        enum en_side side;
    } CASES[] = {
        {"'code':{" OWN("oa_knee") "}", "oa_knee", EN_SIDE_UNKNOWN},
        {"'code':{" ICD("M17.11") "}", "oa_knee", EN_SIDE_RIGHT},
        {"'code':{" ICD("M17.12") "}", "oa_knee", EN_SIDE_LEFT},
        {"'code':{" ICD("M17.0") "}", "oa_knee", EN_SIDE_BOTH},
        {"'code':{'coding':[{'system':'http://snomed.info/sct','code':'239873007'}]}", "oa_knee",
         EN_SIDE_UNKNOWN},
        {"'code':{'text':'Knee osteoarthritis'}", "oa_knee", EN_SIDE_UNKNOWN},
        {"'code':{'text':'GONARTHROSIS'}", "oa_knee", EN_SIDE_UNKNOWN},
        {"'code':{'coding':[{'system':'http://x','code':'y','display':'knee arthritis'}]}",
         "oa_knee", EN_SIDE_UNKNOWN},
        {"'code':{" OWN("oa_knee") "},'bodySite':[{'coding':[{'system':'http://snomed.info/sct',"
                                   "'code':'24028007'}]}]",
         "oa_knee", EN_SIDE_RIGHT},
        {"'code':{" OWN("oa_knee") "},'bodySite':[{'coding':[{'system':'http://snomed.info/sct',"
                                   "'code':'7771000'}]}]",
         "oa_knee", EN_SIDE_LEFT},
        {"'code':{" OWN("oa_knee") "},'bodySite':[{'coding':[{'system':"
                                   "'https://enthesis.org/fhir/CodeSystem/side','code':'both'}]}]",
         "oa_knee", EN_SIDE_BOTH},
        {"'code':{" OWN("oa_knee") "},'bodySite':[{'text':'Left knee joint'}]", "oa_knee",
         EN_SIDE_LEFT},
        {"'code':{" OWN("oa_knee") "},'bodySite':[{'text':'left and right'}]", "oa_knee",
         EN_SIDE_UNKNOWN},
        {"'code':{" OWN("oa_knee") "},'bodySite':[{'text':'cleft knee'}]", "oa_knee",
         EN_SIDE_UNKNOWN},
        {"'code':{" ICD("M17.11") "},'bodySite':[{'text':'right knee'}]", "oa_knee", EN_SIDE_RIGHT},
        {"'code':{" ICD("Z99.9") "},'bodySite':[{'text':'right knee'}]", NULL, EN_SIDE_RIGHT},
        {"'code':{'text':'hurts all over'},'category':[{'coding':[{'system':"
         "'http://terminology.hl7.org/CodeSystem/condition-category','code':"
         "'encounter-diagnosis'}]}]",
         NULL, EN_SIDE_UNKNOWN},
        {"'code':{'text':'hurts all over'}", NULL, EN_SIDE_UNKNOWN},
        {VERIFIED("confirmed") CLINICAL("recurrence") "'code':{" OWN("oa_knee") "}", "oa_knee",
         EN_SIDE_UNKNOWN},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = condition_case(&a, CASES[i].more);

        if (c.target_count != 1 || !en_text_equal(c.targets[0].condition, CASES[i].condition) ||
            c.targets[0].side != CASES[i].side) {
            print_error("%s\n", CASES[i].more);
            fail();
        }
    }
    en_arena_free(&a);
}

static void test_condition_keeps_its_text_and_onset(void **state)
{
    static const struct {
        const char *onset, *day;
    } CASES[] = {
        {"'onsetDateTime':'2025-06'", "2025-06-01"},
        {"'onsetPeriod':{'start':'2025-02-03','end':'2025-05-01'}", "2025-02-03"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = condition_case(
            &a,
            en_arena_print(&a, "'code':{" OWN("oa_knee") ",'text':'bad knee'},%s", CASES[i].onset));

        CHECK_TEXT(c.targets[0].text, "bad knee");
        CHECK(c.targets[0].onset == day_of(CASES[i].day));
        CHECK(fact_of(&c, "pain_onset_date").date == day_of(CASES[i].day));
    }
    const struct en_case c = condition_case(&a, "'code':{" OWN("oa_knee") "},'onsetString':'x'");

    CHECK(c.targets[0].onset == EN_DAY_UNKNOWN);
    CHECK(fact_of(&c, "pain_onset_date").kind == EN_FACT_UNKNOWN);
    en_arena_free(&a);
}

/* A problem that was refuted, is over or was entered in error is none to treat. */
static void test_condition_that_is_no_target(void **state)
{
    static const char *const CASES[] = {
        VERIFIED("refuted") "'code':{" OWN("oa_knee") "}",
        VERIFIED("entered-in-error") "'code':{" OWN("oa_knee") "}",
        CLINICAL("resolved") "'code':{" OWN("oa_knee") "}",
        CLINICAL("inactive") "'code':{'text':'something else'}",
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = condition_case(&a, CASES[i]);

        CHECK(c.target_count == 0);
        CHECK(c.notes[c.note_count - 1].kind == EN_NOTE_IGNORED);
    }
    en_arena_free(&a);
}

/* A comorbidity beside a recognised problem is not a second problem. */
static void test_condition_beside_the_target(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c =
        good_case(&a, PATIENT ",{'resource':{'resourceType':'Condition'," SUBJECT
                              ",'code':{'text':'hypertension'}}}," KNEE);

    (void)state;
    CHECK(c.target_count == 1);
    CHECK_TEXT(c.targets[0].condition, "oa_knee");
    en_arena_free(&a);
}

static void test_condition_errors_and_warnings(void **state)
{
    static const struct {
        const char *more, *path, *code;
        bool is_error;
    } CASES[] = {
        {"'code':{" OWN("oa_nose") "}", "code", "code-invalid", true},
        {"'code':{" ICD("M17.11") "},'bodySite':[{'text':'left knee'}]", "bodySite", "conflict",
         true},
        {"'code':{" OWN("oa_knee") "},'onsetDateTime':'2026-03-11'", "onsetDateTime", "value",
         true},
        {VERIFIED("provisional") "'code':{" OWN("oa_knee") "}", "verificationStatus",
         "business-rule", false},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_issues issues;
        struct en_case c;
        const char *text = bundle(
            &a,
            en_arena_print(&a, PATIENT ",{'resource':{'resourceType':'Condition'," SUBJECT ",%s}}",
                           CASES[i].more));
        const enum en_status st = read_case(&a, text, &c, &issues);
        const struct en_issue *issue =
            issue_at(&issues, en_arena_print(&a, "Bundle.entry[1].resource.%s", CASES[i].path));

        CHECK((st == EN_OK) == !CASES[i].is_error);
        CHECK(issue != NULL);
        CHECK_TEXT(issue->code, CASES[i].code);
        CHECK(issues.count == 1);
    }
    en_arena_free(&a);
}

/* A code of two conditions decides for none: the person must say which. */
static void test_condition_ambiguous_code(void **state)
{
    const struct en_table *table = en_table_get(knowledge(), "conditions");
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const char *shared = NULL;

    (void)state;
    for (size_t i = 0; i < table->row_count && shared == NULL; i++) {
        const char *item = NULL, *list = en_cell(&table->rows[i], "icd10");
        size_t size = 0;

        while (shared == NULL && (list = en_list_next(list, &item, &size)) != NULL) {
            const char *code = en_arena_copy(&a, item, size);

            for (size_t j = 0; j < i; j++) {
                shared = en_list_has(en_cell(&table->rows[j], "icd10"), code) ? code : shared;
            }
        }
    }
    if (shared != NULL) {
        struct en_issues issues;
        struct en_case c;

        CHECK(read_case(&a,
                        bundle(&a, en_arena_print(
                                       &a,
                                       PATIENT ",{'resource':{'resourceType':'Condition'," SUBJECT
                                               ",'code':{'coding':[{'system':"
                                               "'http://hl7.org/fhir/sid/icd-10-cm','code':'%s'}]}"
                                               "}}",
                                       shared)),
                        &c, &issues) == EN_OK);
        CHECK(c.target_count == 1 && c.targets[0].condition == NULL);
        CHECK_TEXT(issues.items[0].code, "multiple-matches");
    }
    en_arena_free(&a);
}

/* Other diseases: there, refuted, not sure, over. */
static void test_condition_as_fact(void **state)
{
    static const struct {
        const char *more;
        enum en_fact_kind kind;
        bool truth;
    } CASES[] = {
        {"", EN_FACT_BOOL, true},
        {VERIFIED("confirmed"), EN_FACT_BOOL, true},
        {VERIFIED("refuted"), EN_FACT_BOOL, false},
        {VERIFIED("unconfirmed"), EN_FACT_UNKNOWN, false},
        {VERIFIED("differential"), EN_FACT_UNKNOWN, false},
        {CLINICAL("resolved"), EN_FACT_UNKNOWN, false},
        {VERIFIED("entered-in-error"), EN_FACT_UNKNOWN, false},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = condition_case(
            &a, en_arena_print(&a, "%s'recordedDate':'2026-03-01','code':{" FACT("diabetes") "}",
                               CASES[i].more));
        const struct en_fact f = fact_of(&c, "diabetes");

        CHECK(f.kind == CASES[i].kind && f.truth == CASES[i].truth);
        CHECK(f.kind == EN_FACT_UNKNOWN || f.as_of == day_of("2026-03-01"));
        CHECK(c.target_count == 0);
    }
    en_arena_free(&a);
}

/* A Condition can say that something is there, not how severe it is. */
static void test_condition_cannot_give_a_code_fact(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = condition_case(&a, "'code':{" FACT("renal_disease") "}");

    (void)state;
    CHECK(fact_of(&c, "renal_disease").kind == EN_FACT_UNKNOWN);
    CHECK_CONTAINS(c.notes[c.note_count - 1].what, "needs a value");
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_condition_is_recognised),
          cmocka_unit_test(test_condition_keeps_its_text_and_onset),
          cmocka_unit_test(test_condition_that_is_no_target),
          cmocka_unit_test(test_condition_beside_the_target),
          cmocka_unit_test(test_condition_errors_and_warnings),
          cmocka_unit_test(test_condition_ambiguous_code), cmocka_unit_test(test_condition_as_fact),
          cmocka_unit_test(test_condition_cannot_give_a_code_fact));
