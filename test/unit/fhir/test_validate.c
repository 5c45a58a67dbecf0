/* SPDX-License-Identifier: Apache-2.0
 * Validation against HL7's R4 definitions. */
#include "fhir/primitive.h"
#include "fhir/r4.h"
#include "unit/fhir/bundle.h"

#include <limits.h>

static enum en_status validate(struct en_arena *a, const char *text, struct en_issues *issues)
{
    struct json_object *root = NULL;
    const char *json = quoted(a, text);

    *issues = (struct en_issues){0};
    enum en_status st = en_json_read(json, strlen(json), a, &root, issues, NULL);

    if (st == EN_OK) {
        st = en_fhir_validate(root, a, issues, NULL);
        json_object_put(root);
    }
    return st;
}

#define OBSERVATION "'resourceType':'Observation','status':'final','code':{'text':'x'}"

/* What R4 allows must pass: choices, siblings of primitives, extensions, contained resources. */
static void test_validate_accepts_good_resources(void **state)
{
    static const char *const GOOD[] = {
        "{'resourceType':'Patient'}",
        "{'resourceType':'Patient','id':'a-1.B','active':true,'gender':'female',"
        "'birthDate':'1961-05','deceasedBoolean':false,'name':[{'family':'F','given':['A','B']}]}",
        "{'resourceType':'Patient','_birthDate':{'extension':[{'url':'http://x/y',"
        "'valueCode':'unknown'}]}}",
        "{'resourceType':'Patient','birthDate':'1961-05-04','_birthDate':{'id':'b'}}",
        "{'resourceType':'Patient','name':[{'given':['A',null],'_given':[null,{'id':'g'}]}]}",
        "{'resourceType':'Patient','text':{'status':'generated','div':'<div>text</div>'}}",
        "{'resourceType':'Patient','extension':[{'url':'http://x/y','extension':[{'url':'z',"
        "'valueDecimal':1.00}]}]}",
        "{'resourceType':'Patient','contained':[{'resourceType':'Organization','id':'o',"
        "'name':'O'}],'managingOrganization':{'reference':'#o'}}",
        "{" OBSERVATION ",'valueQuantity':{'value':1.5,'unit':'kg','code':'kg',"
        "'system':'http://unitsofmeasure.org'}}",
        "{" OBSERVATION ",'valueString':'a','subject':{'reference':'Patient/1'}}",
        "{" OBSERVATION ",'subject':{'reference':'Patient/1/_history/2'}}",
        "{" OBSERVATION ",'subject':{'reference':'urn:uuid:"
        "c757873d-ec9a-4326-a141-556f43239520'}}",
        "{" OBSERVATION ",'subject':{'reference':'https://example.org/fhir/Patient/1'}}",
        "{" OBSERVATION ",'component':[{'code':{'text':'x'},'valueInteger':3}]}",
        "{" OBSERVATION ",'effectivePeriod':{'start':'2026','end':'2026-03'}}",
        "{" OBSERVATION ",'referenceRange':[{'text':'r'}],'component':[{'code':{'text':'c'},"
        "'referenceRange':[{'low':{'value':1}}]}]}",
        "{'resourceType':'Condition','subject':{'reference':'Patient/1'},'clinicalStatus':{"
        "'coding':[{'system':'http://terminology.hl7.org/CodeSystem/condition-clinical',"
        "'code':'active'}]}}",
        "{'resourceType':'Bundle','type':'collection','entry':[{'resource':{"
        "'resourceType':'Patient'}}]}",
        "{'resourceType':'Questionnaire','status':'draft','item':[{'linkId':'1','type':'group',"
        "'item':[{'linkId':'2','type':'boolean','item':[{'linkId':'3','type':'display'}]}]}]}",
        "{'resourceType':'Parameters','parameter':[{'name':'a','part':[{'name':'b',"
        "'valueBoolean':true}]}]}",
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(GOOD); i++) {
        if (validate(&a, GOOD[i], &issues) != EN_OK) {
            print_error("refused: %s\n", GOOD[i]);
            print_issues(&issues);
            fail();
        }
    }
    en_arena_free(&a);
}

/* Each kind of mistake is named with its FHIRPath and FHIR's issue code. */
static void test_validate_names_each_mistake(void **state)
{
    static const struct {
        const char *text, *path, *code;
    } BAD[] = {
        {"[]", "", "structure"},
        {"{'a':1}", "resourceType", "required"},
        {"{'resourceType':'Patent'}", "resourceType", "value"},
        {"{'resourceType':'DomainResource'}", "resourceType", "value"},
        {"{'resourceType':'HumanName'}", "resourceType", "value"},
        {"{'resourceType':'Patient','birthdate':'1961'}", "Patient.birthdate", "structure"},
        {"{'resourceType':'Patient','birthDate':['1961']}", "Patient.birthDate", "structure"},
        {"{'resourceType':'Patient','name':{'text':'x'}}", "Patient.name", "structure"},
        {"{'resourceType':'Patient','name':[]}", "Patient.name", "structure"},
        {"{'resourceType':'Patient','name':[{}]}", "Patient.name[0]", "structure"},
        {"{'resourceType':'Patient','name':['x']}", "Patient.name[0]", "structure"},
        {"{'resourceType':'Patient','name':[null]}", "Patient.name[0]", "structure"},
        {"{'resourceType':'Patient','active':'true'}", "Patient.active", "value"},
        {"{'resourceType':'Patient','active':null}", "Patient.active", "structure"},
        {"{'resourceType':'Patient','gender':'f'}", "Patient.gender", "code-invalid"},
        {"{'resourceType':'Patient','gender':''}", "Patient.gender", "value"},
        {"{'resourceType':'Patient','birthDate':'04.05.1961'}", "Patient.birthDate", "value"},
        {"{'resourceType':'Patient','birthDate':'1961-02-29'}", "Patient.birthDate", "value"},
        {"{'resourceType':'Patient','id':'a b'}", "Patient.id", "value"},
        {"{'resourceType':'Patient','deceasedBoolean':true,'deceasedDateTime':'2020'}",
         "Patient.deceasedDateTime", "structure"},
        {"{'resourceType':'Patient','deceasedString':'x'}", "Patient.deceasedString", "structure"},
        {"{'resourceType':'Patient','_name':[{'id':'x'}]}", "Patient._name", "structure"},
        {"{'resourceType':'Patient','_birthDate':'x'}", "Patient._birthDate", "structure"},
        {"{'resourceType':'Patient','_birthDate':{'value':'x'}}", "Patient._birthDate.value",
         "structure"},
        {"{'resourceType':'Patient','name':[{'given':['A'],'_given':[null,{'id':'x'}]}]}",
         "Patient.name[0].given", "structure"},
        {"{'resourceType':'Patient','extension':[{'url':'http://x'}]}", "Patient.extension[0]",
         "invariant"},
        {"{'resourceType':'Patient','extension':[{'valueCode':'x'}]}", "Patient.extension[0].url",
         "required"},
        {"{'resourceType':'Patient','contained':[{'resourceType':'Organization','id':'o',"
         "'contained':[{'resourceType':'Patient'}]}]}",
         "Patient.contained[0]", "invariant"},
        {"{'resourceType':'Patient','contained':[{'id':'o'}]}", "Patient.contained[0].resourceType",
         "required"},
        {"{'resourceType':'Patient','text':{'status':'generated','div':'<div><script>x</script>"
         "</div>'}}",
         "Patient.text.div", "value"},
        {"{'resourceType':'Patient','resourceTypo':'x'}", "Patient.resourceTypo", "structure"},
        {"{'resourceType':'Patient','link':[{'other':{'reference':'Patient/1'}}]}",
         "Patient.link[0].type", "required"},
        {"{'resourceType':'Observation','code':{'text':'x'}}", "Observation.status", "required"},
        {"{" OBSERVATION ",'valueQuantity':{'value':'1.5'}}", "Observation.valueQuantity.value",
         "value"},
        {"{" OBSERVATION ",'valueQuantity':{'value':1,'code':'kg'}}", "Observation.valueQuantity",
         "invariant"},
        {"{" OBSERVATION ",'valueInteger':1.5}", "Observation.valueInteger", "value"},
        {"{" OBSERVATION ",'valueInteger':2147483648}", "Observation.valueInteger", "value"},
        {"{" OBSERVATION ",'valueString':'x','valueInteger':1}", "Observation.valueInteger",
         "structure"},
        {"{" OBSERVATION ",'valueAddress':{'text':'x'}}", "Observation.valueAddress", "structure"},
        {"{" OBSERVATION ",'valueInteger':1,'dataAbsentReason':{'text':'x'}}", "Observation",
         "invariant"},
        {"{" OBSERVATION ",'component':[{'valueInteger':1}]}", "Observation.component[0].code",
         "required"},
        {"{" OBSERVATION ",'effectivePeriod':{'start':'2026-02','end':'2026-01'}}",
         "Observation.effectivePeriod", "invariant"},
        {"{" OBSERVATION ",'effectiveDateTime':'2026-02-01T10:00'}",
         "Observation.effectiveDateTime", "value"},
        {"{" OBSERVATION ",'effectiveInstant':'2026-02-01'}", "Observation.effectiveInstant",
         "value"},
        {"{" OBSERVATION ",'subject':{'reference':'Patient'}}", "Observation.subject.reference",
         "value"},
        {"{" OBSERVATION ",'subject':{'reference':'Patient/a b'}}", "Observation.subject.reference",
         "value"},
        {"{" OBSERVATION ",'subject':{'reference':'Observation/1'}}",
         "Observation.subject.reference", "value"},
        {"{" OBSERVATION ",'subject':{'reference':'#p'}}", "Observation.subject.reference",
         "not-found"},
        {"{" OBSERVATION ",'contained':[{'resourceType':'Condition','id':'p','subject':{"
         "'display':'x'}}],'subject':{'reference':'#p'}}",
         "Observation.subject.reference", "value"},
        {"{'resourceType':'Condition','subject':{'display':'x'},'clinicalStatus':{'text':'x'}}",
         "Condition.clinicalStatus", "code-invalid"},
        {"{'resourceType':'Condition','subject':{'display':'x'},'verificationStatus':{'coding':[{"
         "'system':'http://x','code':'confirmed'}]}}",
         "Condition.verificationStatus", "code-invalid"},
        {"{'resourceType':'Bundle','type':'collection','entry':[{'resource':{'resourceType':"
         "'Patient'}},{'resource':{" OBSERVATION ",'valueQuantity':{'value':true}}}]}",
         "Bundle.entry[1].resource.valueQuantity.value", "value"},
        {"{'resourceType':'Questionnaire','status':'draft','item':[{'linkId':'1','type':'group',"
         "'item':[{'linkId':'2','type':'bool'}]}]}",
         "Questionnaire.item[0].item[0].type", "code-invalid"},
        {"{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'a b'}]}}",
         "Observation.code.coding[0].system", "value"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        const enum en_status st = validate(&a, BAD[i].text, &issues);
        const struct en_issue *issue = issue_at(&issues, BAD[i].path);

        if (st != EN_EINVAL || issue == NULL || strcmp(issue->code, BAD[i].code) != 0 ||
            issues.error_count != 1) {
            print_error("%s\nexpected %s: %s\n", BAD[i].text, BAD[i].path, BAD[i].code);
            print_issues(&issues);
            fail();
        }
    }
    en_arena_free(&a);
}

/* One answer for all: a sender must not have to repair a file ten times. */
static void test_validate_reports_all_at_once(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;

    (void)state;
    CHECK(validate(&a,
                   "{'resourceType':'Patient','gender':'Synthetic Patient 01','birthDate':1961,"
                   "'nam':'Synthetic Patient 01','Synthetic Patient 01':1,'name':{'text':'x'},"
                   "'contact':[{'gender':'x','relationship':{}}]}",
                   &issues) == EN_EINVAL);
    CHECK(issues.error_count == 7);
    CHECK(issue_at(&issues, "Patient.gender") != NULL);
    CHECK(issue_at(&issues, "Patient.birthDate") != NULL);
    CHECK(issue_at(&issues, "Patient.nam") != NULL);
    CHECK(issue_at(&issues, "Patient.(unnamed)") != NULL);
    CHECK(issue_at(&issues, "Patient.name") != NULL);
    CHECK(issue_at(&issues, "Patient.contact[0].gender") != NULL);
    CHECK(issue_at(&issues, "Patient.contact[0].relationship") != NULL);
    check_discreet(&issues);
    en_arena_free(&a);
}

/* Every format at its edges. */
static void test_primitive_formats(void **state)
{
    static const struct {
        const char *type, *good, *bad; /* JSON values, separated by a space */
    } CASES[] = {
        {"boolean", "true false", "'true' 1 null"},
        {"integer", "0 -1 2147483647 -2147483648", "2147483648 -2147483649 1.0 '1' true"},
        {"unsignedInt", "0 1", "-1 1.5"},
        {"positiveInt", "1", "0 -1"},
        {"decimal", "0 -1 1.00 1e3 0.30000000000000004", "'1' true"},
        {"string", "'a' 'a\\n'", "'' '\\t' 'a\\u0000b' 'a\\u0001' 1"},
        {"code", "'a' 'a\\u0020b'", "'\\u0020a' 'a\\u0020' 'a\\u0020\\u0020b' 'a\\tb\\u0020' ''"},
        {"id", "'a' 'A-1.b'", "'' 'a_b' 'a/b'"},
        {"uri", "'http://x' 'urn:a' 'x'", "'' 'a\\u0020b' 'a\\nb'"},
        {"oid", "'urn:oid:1.2.3' 'urn:oid:2.0'",
         "'urn:oid:3.1' 'urn:oid:1' 'urn:oid:1.' 'urn:oid:1.02' '1.2' 'urn:oid:1.a'"},
        {"uuid", "'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'",
         "'urn:uuid:C757873D-ec9a-4326-a141-556f43239520' 'c757873d-ec9a-4326-a141-556f43239520' "
         "'urn:uuid:c757873dec9a4326a141556f43239520'"},
        {"base64Binary", "'QQ==' 'QUI=' 'QUJD'", "'' 'Q' 'QQ=' 'QQ===' 'Q=Q=' 'Q!=='"},
        {"date", "'2026' '2026-03' '2024-02-29'",
         "'' '26' '2026-13' '2026-02-30' '2026-3-1' '2026-03-01T10:00:00Z' '2025-02-29'"},
        {"dateTime", "'2026' '2026-03-01' '2026-03-01T10:00:00Z' '2026-03-01T10:00:00.123+02:00'",
         "'2026-03-01T10:00' '2026-03-01T10:00:00' '2026-03T10:00:00Z' '2026-03-01T25:00:00Z' ''"},
        {"instant", "'2026-03-01T10:00:00Z'", "'2026-03-01' '2026' ''"},
        {"time", "'10:00:00' '23:59:59.5'", "'24:00:00' '10:00' '10:00:00Z' '' '10:00:00+01:00'"},
        {"xhtml", "'<div>a</div>'", "'a' '<p>a</p>' '<div><script/></div>' '<div>' ''"},
        {"nonsense", "", "1"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        for (int want_good = 0; want_good <= 1; want_good++) {
            const char *v = quoted(&a, want_good ? CASES[i].good : CASES[i].bad);

            for (size_t size; (size = strcspn(v, " ")) > 0; v += size + strspn(v + size, " ")) {
                struct json_object *root = NULL;
                struct en_issues issues = {0};

                CHECK(en_json_read(v, size, &a, &root, &issues, NULL) == EN_OK);
                if ((en_primitive_problem(CASES[i].type, root) == NULL) != (want_good == 1)) {
                    print_error("%s: %.*s\n", CASES[i].type, (int)size, v);
                    fail();
                }
                json_object_put(root);
            }
        }
    }
    en_arena_free(&a);
}

static void test_primitive_long_id_is_refused(void **state)
{
    char id[66] = "";

    (void)state;
    memset(id, 'a', 65);
    for (int length = 64; length <= 65; length++) {
        struct json_object *text = json_object_new_string_len(id, length);

        CHECK((en_primitive_problem("id", text) == NULL) == (length == 64));
        json_object_put(text);
    }
}

/* The embedded tables are whole: every type that a row names exists, every set has codes. */
static void test_r4_tables_are_whole(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_r4 r4;
    size_t resources = 0, targets_seen = 0;

    (void)state;
    CHECK(en_r4_load(&a, &r4, NULL) == EN_OK);
    for (size_t i = 0; i < r4.element_count; i++) {
        const struct en_r4_element *e = &r4.elements[i];
        const char *types = e->types, *name, *targets;
        size_t size;

        if (strchr(e->path, '.') == NULL) {
            resources += strcmp(e->binding, "resource") == 0 ? 1 : 0;
            CHECK(types[0] == '\0' || en_r4_base(&r4, e) != NULL);
            continue;
        }
        CHECK(types[0] != '\0' && e->min >= 0 && e->max >= e->min);
        CHECK(e->binding[0] == '\0' || en_r4_has_code(&r4, e->binding, NULL, "x") ||
              r4.code_count > 0);
        if (types[0] == '#') {
            CHECK(en_r4_find(&r4, types + 1, SIZE_MAX) != NULL);
            continue;
        }
        while ((types = en_r4_next_type(types, &name, &size, &targets)) != NULL) {
            CHECK(en_r4_find(&r4, name, size) != NULL);
            targets_seen += targets != NULL ? 1 : 0;
        }
    }
    CHECK(resources == 146);
    CHECK(targets_seen > 500);
    en_arena_free(&a);
}

static void test_r4_lookups(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_r4 r4;
    const char *type = NULL;

    (void)state;
    CHECK(en_r4_load(&a, &r4, NULL) == EN_OK);
    const struct en_r4_element *patient = en_r4_find(&r4, "Patient", SIZE_MAX);
    const struct en_r4_element *observation = en_r4_find(&r4, "Observation", SIZE_MAX);

    CHECK_TEXT(en_r4_child(&r4, patient, "id", &type)->path, "Resource.id");
    CHECK(type == NULL);
    CHECK_TEXT(en_r4_child(&r4, patient, "contained", &type)->path, "DomainResource.contained");
    CHECK(en_r4_child(&r4, patient, "value", &type) == NULL);
    CHECK_TEXT(en_r4_child(&r4, observation, "valueQuantity", &type)->path, "Observation.value[x]");
    CHECK_TEXT(type, "Quantity");
    CHECK(en_r4_child(&r4, observation, "valuequantity", &type) == NULL);
    CHECK(en_r4_child(&r4, observation, "value", &type) == NULL);
    CHECK(en_r4_child(&r4, observation, "valueQuantityX", &type) == NULL);
    CHECK(en_r4_find(&r4, "Observation.code", SIZE_MAX)->max == 1);
    CHECK(en_r4_find(&r4, "Observation.category", SIZE_MAX)->max == INT_MAX);
    CHECK(en_r4_has_code(&r4, "administrative-gender", NULL, "male"));
    CHECK(!en_r4_has_code(&r4, "administrative-gender", NULL, "mal"));
    CHECK(!en_r4_has_code(&r4, "administrative-gender", NULL, ""));
    CHECK(!en_r4_has_code(&r4, "administrative-gender", "http://x", "male"));
    CHECK(!en_r4_has_code(&r4, "no-such-set", NULL, "male"));
    en_arena_free(&a);
}

static void test_validate_without_memory(void **state)
{
    struct en_arena small = EN_ARENA(1000);
    struct json_object *root = json_object_new_object();
    struct en_issues issues = {0};
    struct en_err err = {""};

    (void)state;
    CHECK(en_fhir_validate(root, &small, &issues, &err) == EN_ENOMEM);
    CHECK_CONTAINS(err.text, "memory");
    json_object_put(root);
    en_arena_free(&small);
}

TEST_MAIN(cmocka_unit_test(test_validate_accepts_good_resources),
          cmocka_unit_test(test_validate_names_each_mistake),
          cmocka_unit_test(test_validate_reports_all_at_once),
          cmocka_unit_test(test_primitive_formats),
          cmocka_unit_test(test_primitive_long_id_is_refused),
          cmocka_unit_test(test_r4_tables_are_whole), cmocka_unit_test(test_r4_lookups),
          cmocka_unit_test(test_validate_without_memory));
