/* SPDX-License-Identifier: Apache-2.0
 * Reading a case: the Bundle itself, the patient, references, dates and body sites. */
#include "unit/fhir/bundle.h"

static void test_read_smallest_case(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(&a, PATIENT "," KNEE);

    (void)state;
    CHECK_TEXT(c.person.name, "Synthetic Patient 01");
    CHECK(c.person.id == NULL);
    CHECK(c.person.birth_known && c.person.birth == day_of("1961-05-04"));
    CHECK(c.target_count == 1);
    CHECK_TEXT(c.targets[0].condition, "oa_knee");
    CHECK(c.targets[0].side == EN_SIDE_RIGHT);
    CHECK(c.targets[0].onset == day_of("2025-01-15"));
    CHECK_TEXT(c.targets[0].path, "Bundle.entry[1].resource");
    CHECK_TEXT(fact_of(&c, "sex").code, "female");
    CHECK(fact_of(&c, "birth_date").date == day_of("1961-05-04"));
    CHECK(fact_of(&c, "pain_onset_date").date == day_of("2025-01-15"));
    CHECK(fact_of(&c, "weight").kind == EN_FACT_UNKNOWN);
    CHECK(fact_of(&c, "weight").as_of == EN_DAY_UNKNOWN);
    en_arena_free(&a);
}

#define WITH(type, more) "{'resource':{'resourceType':'" type "','id':'x1'," SUBJECT "," more "}}"
#define WEIGHT(more)                                                                               \
    WITH("Observation", "'status':'final','code':{'coding':[{'system':'http://loinc.org','code':"  \
                        "'29463-7'}]},'valueQuantity':{'value':80,'code':'kg','system':"           \
                        "'http://unitsofmeasure.org'}," more)

/* What is wrong with a case as a whole is named, and then nothing of it is used. */
static void test_read_refuses_with_path(void **state)
{
    static const struct {
        const char *entries, *path, *code, *part;
    } CASES[] = {
        {KNEE, "Bundle.entry", "required", "exactly one Patient"},
        {PATIENT ",{'resource':{'resourceType':'Patient','id':'p2'}}", "Bundle.entry[1].resource",
         "duplicate", "second Patient"},
        {"{'resource':{'resourceType':'Patient','deceasedBoolean':true}}",
         "Bundle.entry[0].resource.deceased", "business-rule", "nothing to plan"},
        {"{'resource':{'resourceType':'Patient','deceasedDateTime':'2026-01-01'}}",
         "Bundle.entry[0].resource.deceased", "business-rule", "nothing to plan"},
        {"{'resource':{'resourceType':'Patient','birthDate':'2026-03-11'}}",
         "Bundle.entry[0].resource.birthDate", "value", "future"},
        {PATIENT ",{'resource':{'resourceType':'Observation','status':'final','code':{'text':'x'},"
                 "'subject':{'reference':'Patient/p2'}}}",
         "Bundle.entry[1].resource.subject", "value", "someone else"},
        {PATIENT
         ",{'resource':{'resourceType':'Observation','status':'final','code':{'text':'x'}}}",
         "Bundle.entry[1].resource.subject", "required", "Patient of this case"},
        {PATIENT ",{'resource':{'resourceType':'Observation','status':'final','code':{'text':'x'},"
                 "'subject':{'display':'Synthetic Patient 01'}}}",
         "Bundle.entry[1].resource.subject", "value", "someone else"},
        {PATIENT ",{'resource':{'resourceType':'AllergyIntolerance'," ACTIVE_ALLERGY
                 ",'code':{'text':'x'},"
                 "'patient':{'reference':'Patient/other'}}}",
         "Bundle.entry[1].resource.patient", "value", "someone else"},
        {PATIENT ",{'resource':{'resourceType':'Coverage','status':'active','payor':[{'display':"
                 "'x'}],'beneficiary':{'reference':'Patient/other'}}}",
         "Bundle.entry[1].resource.beneficiary", "value", "someone else"},
        {PATIENT "," WEIGHT("'effectiveDateTime':'2026-03-11'"),
         "Bundle.entry[1].resource.effectiveDateTime", "value", "future"},
        {PATIENT "," WEIGHT("'effectivePeriod':{'start':'2026-03-01','end':'2026-04'}"),
         "Bundle.entry[1].resource.effectivePeriod.end", "value", "future"},
        {PATIENT "," WEIGHT("'modifierExtension':[{'url':'http://x','valueCode':'not'}]"),
         "Bundle.entry[1].resource.modifierExtension", "not-supported", "meaning"},
        {PATIENT "," WEIGHT("'implicitRules':'http://x'"), "Bundle.entry[1].resource.implicitRules",
         "not-supported", "meaning"},
        {PATIENT "," WEIGHT("'issued':'2026-03-01T10:00:00Z'") "," WEIGHT("'note':[{'text':'x'}]"),
         "Bundle.entry[2].resource", "duplicate", "fullUrl or id"},
        {PATIENT
         "," WITH("Observation", "'status':'final','code':{'text':'x'},'bodySite':{'coding':"
                                 "[{'system':'https://enthesis.org/fhir/CodeSystem/site',"
                                 "'code':'KNE-99'}]}"),
         "Bundle.entry[1].resource.bodySite", "code-invalid", "atlas"},
        {PATIENT
         "," WITH("Observation", "'status':'final','code':{'text':'x'},'bodySite':{'coding':"
                                 "[{'system':'https://enthesis.org/fhir/CodeSystem/region',"
                                 "'code':'nose'}]}"),
         "Bundle.entry[1].resource.bodySite", "code-invalid", "ankle_foot"},
        {PATIENT
         "," WITH("Observation", "'status':'final','code':{'text':'x'},'bodySite':{'coding':"
                                 "[{'system':'https://enthesis.org/fhir/CodeSystem/side',"
                                 "'code':'up'}]}"),
         "Bundle.entry[1].resource.bodySite", "code-invalid", "left, right, both or midline"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const enum en_status st = read_case(&a, bundle(&a, CASES[i].entries), &c, &issues);
        const struct en_issue *issue = issue_at(&issues, CASES[i].path);

        if (st != EN_EINVAL || issue == NULL || strcmp(issue->code, CASES[i].code) != 0) {
            print_error("expected %s: %s\n", CASES[i].path, CASES[i].code);
            print_issues(&issues);
            fail();
        }
        CHECK_CONTAINS(issue->text, CASES[i].part);
        CHECK(c.facts == NULL && c.target_count == 0 && c.person.name == NULL);
        check_discreet(&issues);
    }
    en_arena_free(&a);
}

static void test_read_bundle_types(void **state)
{
    static const struct {
        const char *text, *path;
    } CASES[] = {
        {"{'resourceType':'Bundle','type':'collection','entry':[" PATIENT "]}", NULL},
        {"{'resourceType':'Bundle','type':'document','identifier':{'system':'urn:x','value':'1'},"
         "'timestamp':'2026-03-01T10:00:00Z','entry':[{'fullUrl':'urn:x:1','resource':{"
         "'resourceType':'Composition','status':'final','type':{'text':'x'},'date':'2026-03-01',"
         "'author':[{'display':'x'}],'title':'x'}}," PATIENT "]}",
         NULL},
        {"{'resourceType':'Bundle','type':'searchset','entry':[" PATIENT "]}", NULL},
        {"{'resourceType':'Bundle','type':'transaction','entry':[{'request':{'method':'POST','url':"
         "'Patient'},'resource':{'resourceType':'Patient'}}]}",
         "Bundle.type"},
        {"{'resourceType':'Bundle','type':'message','entry':[{'fullUrl':'urn:x:1','resource':{"
         "'resourceType':'MessageHeader','eventUri':'urn:x','source':{'endpoint':'urn:x'}}}]}",
         "Bundle.type"},
        {"{'resourceType':'Bundle','type':'nonsense'}", "Bundle.type"},
        {"{'resourceType':'Bundle'}", "Bundle.type"},
        {"{'resourceType':'Bundle','type':'collection'}", "Bundle.entry"},
        {"{'resourceType':'Patient'}", "$this"},
        {"{}", "$this"},
        {"[]", "$this"},
        {"null", "$this"},
        {"{'resourceType':", "resourceType"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const enum en_status st = read_case(&a, quoted(&a, CASES[i].text), &c, &issues);

        CHECK((st == EN_OK) == (CASES[i].path == NULL));
        if (CASES[i].path != NULL && issue_at(&issues, CASES[i].path) == NULL) {
            print_error("%s\n", CASES[i].text);
            print_issues(&issues);
            fail();
        }
    }
    en_arena_free(&a);
}

/* A reference may name the patient by its id, its address, or an identifier. */
static void test_read_subject_forms(void **state)
{
    static const char *const FORMS[] = {
        "{'reference':'Patient/p1'}",
        "{'reference':'Patient/p1/_history/3'}",
        "{'reference':'urn:uuid:00000000-0000-4000-8000-000000000001'}",
        "{'identifier':{'system':'urn:clinic','value':'42'}}",
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(FORMS); i++) {
        const struct en_case c = good_case(
            &a, en_arena_print(
                    &a,
                    "{'fullUrl':'urn:uuid:00000000-0000-4000-8000-000000000001','resource':{"
                    "'resourceType':'Patient','id':'p1','identifier':[{'system':'urn:clinic',"
                    "'value':'42'}]}},{'resource':{'resourceType':'Condition','subject':%s,"
                    "'code':{'text':'tennis elbow'}}}",
                    FORMS[i]));

        CHECK(c.target_count == 1);
        CHECK_TEXT(c.person.id, "42");
    }
    en_arena_free(&a);
}

/* Any script; the official name first; text before parts. */
static void test_read_patient_names(void **state)
{
    static const struct {
        const char *names, *name;
    } CASES[] = {
        {"'name':[{'given':['Synthetic','Patient'],'family':'02'}]", "Synthetic Patient 02"},
        {"'name':[{'text':'x'},{'use':'official','text':'Synthetic 患者 03'}]",
         "Synthetic 患者 03"},
        {"'name':[{'family':'Synthetic مريض 04'}]", "Synthetic مريض 04"},
        {"'name':[{'given':[null,'Synthetic 05'],'_given':[{'id':'x'},null]}]", "Synthetic 05"},
        {"'name':[{'use':'usual'}]", NULL},
        {"'active':true", NULL},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = good_case(
            &a, en_arena_print(&a, "{'resource':{'resourceType':'Patient',%s}}", CASES[i].names));

        if (CASES[i].name == NULL) {
            CHECK(c.person.name == NULL);
        } else {
            CHECK_TEXT(c.person.name, CASES[i].name);
        }
    }
    en_arena_free(&a);
}

/* "unknown" is no sex; a birth date without its day gives no age, and that is said: somebody born
 * in 2008 may be 17 or 18. */
static void test_read_patient_unknowns(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    CHECK(read_case(&a,
                    bundle(&a, "{'resource':{'resourceType':'Patient','active':false,"
                               "'gender':'unknown','birthDate':'1961'}}"),
                    &c, &issues) == EN_OK);
    CHECK(fact_of(&c, "sex").kind == EN_FACT_UNKNOWN);
    CHECK(!c.person.birth_known && fact_of(&c, "birth_date").kind == EN_FACT_UNKNOWN);
    CHECK(issues.count == 2 && issues.error_count == 0);
    CHECK(issue_at(&issues, "Bundle.entry[0].resource.birthDate")->severity == EN_ISSUE_WARNING);
    CHECK(issue_at(&issues, "Bundle.entry[0].resource.active") != NULL);
    c = good_case(&a, "{'resource':{'resourceType':'Patient'}}");
    CHECK(!c.person.birth_known && c.person.birth == EN_DAY_UNKNOWN);
    en_arena_free(&a);
}

/* 120 years is the highest age of facts.tsv; the day that makes it 121 is a slip of the pen. */
static void test_read_refuses_impossible_births(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    c = good_case(&a, "{'resource':{'resourceType':'Patient','birthDate':'1905-03-11'}}");
    CHECK(c.person.birth_known);
    CHECK(read_case(&a,
                    bundle(&a, "{'resource':{'resourceType':'Patient','birthDate':'1905-03-10'}}"),
                    &c, &issues) == EN_EINVAL);
    CHECK_TEXT(issues.items[0].path, "Bundle.entry[0].resource.birthDate");
    en_arena_free(&a);
}

/* Every entry leaves a note: understood, or ignored with a reason. */
static void test_read_notes_everything(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c =
        good_case(&a, PATIENT ",{'resource':{'resourceType':'Location','name':'here'}}," KNEE ","
                              "{'resource':{'resourceType':'Observation','id':'o','status':'final',"
                              "'code':{'text':'shoe size'}," SUBJECT ",'valueInteger':42}}");
    static const char *const IGNORED[] = {"Bundle.entry[1].resource", "Bundle.entry[3].resource"};
    size_t ignored = 0;

    (void)state;
    for (size_t i = 0; i < c.note_count; i++) {
        CHECK(c.notes[i].path != NULL && c.notes[i].what != NULL);
        CHECK(strstr(c.notes[i].what, "Synthetic") == NULL);
        for (size_t j = 0; j < EN_COUNT(IGNORED); j++) {
            ignored +=
                c.notes[i].kind == EN_NOTE_IGNORED && strcmp(c.notes[i].path, IGNORED[j]) == 0 ? 1
                                                                                               : 0;
        }
    }
    CHECK(ignored == 2);
    en_arena_free(&a);
}

/* Several problems of several layers cannot hide one another within a layer. */
static void test_read_reports_several_problems(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    CHECK(read_case(&a,
                    bundle(&a, "{'resource':{'resourceType':'Patient','birthDate':'2030-01-01',"
                               "'deceasedBoolean':true,'name':[{'text':'Synthetic Patient 01'}]}},"
                               "{'resource':{'resourceType':'Observation','status':'final','code':"
                               "{'coding':[{'system':'http://loinc.org','code':'29463-7'}]},"
                               "'subject':{'reference':'Patient/x'}}}"),
                    &c, &issues) == EN_EINVAL);
    CHECK(issues.error_count == 3);
    check_discreet(&issues);
    en_arena_free(&a);
}

/* What breaks the definitions and what breaks the meaning is told in one go: a malformed resource
 * does not hide the problems of its neighbours, and makes no new ones by being left out. */
static void test_read_tells_structure_and_meaning_at_once(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;
    const char *text = bundle(
        &a, PATIENT "," KNEE ",{'resource':{'resourceType':'Observation','id':'o1','status':5,"
                    "'code':{'text':'x'}," SUBJECT "}},"
                    "{'resource':{'resourceType':9}},"
                    "{'resource':{'resourceType':'Observation','id':'o2','status':'final'," SUBJECT
                    ",'code':{'coding':[{'system':'http://loinc.org','code':'29463-7'}]},"
                    "'effectiveDateTime':'2030-01-01','valueQuantity':{'value':80,'code':'kg',"
                    "'system':'http://unitsofmeasure.org'}}}");

    (void)state;
    CHECK(read_case(&a, text, &c, &issues) == EN_EINVAL && c.facts == NULL);
    CHECK(issues.error_count == 3);
    CHECK_TEXT(issues.items[0].path, "Bundle.entry[2].resource.status");
    CHECK_TEXT(issues.items[1].path, "Bundle.entry[3].resource.resourceType");
    CHECK_TEXT(issues.items[2].path, "Bundle.entry[4].resource.effectiveDateTime");
    en_arena_free(&a);
}

/* A full arena is an error of memory, never half a case. */
static void test_read_with_little_memory(void **state)
{
    struct en_arena large = EN_ARENA(EN_REQUEST_ARENA);
    const char *text = bundle(&large, PATIENT "," KNEE);
    size_t failures = 0;

    (void)state;
    for (size_t limit = 1000; limit < 3000000; limit += 20000) {
        struct en_arena a = EN_ARENA(limit);
        struct en_issues issues;
        struct en_case c;
        const enum en_status st = read_case(&a, text, &c, &issues);

        CHECK(st == EN_OK || (st == EN_ENOMEM && c.facts == NULL));
        failures += st == EN_OK ? 0 : 1;
        en_arena_free(&a);
    }
    CHECK(failures > 0);
    en_arena_free(&large);
}

TEST_MAIN(cmocka_unit_test(test_read_smallest_case), cmocka_unit_test(test_read_refuses_with_path),
          cmocka_unit_test(test_read_bundle_types), cmocka_unit_test(test_read_subject_forms),
          cmocka_unit_test(test_read_patient_names), cmocka_unit_test(test_read_patient_unknowns),
          cmocka_unit_test(test_read_refuses_impossible_births),
          cmocka_unit_test(test_read_notes_everything),
          cmocka_unit_test(test_read_reports_several_problems),
          cmocka_unit_test(test_read_tells_structure_and_meaning_at_once),
          cmocka_unit_test(test_read_with_little_memory));
