/* SPDX-License-Identifier: Apache-2.0
 * What resources are found by: the table of parameters, and each kind of value at its borders. */
#include "base/instant.h"
#include "base/limits.h"
#include "support/search_table.h"
#include "unit/fhir/bundle.h"

#include <float.h>
#include <inttypes.h>

/* A key stands in the database for ever: two equal ones would mix two parameters up. */
static void test_params_have_keys_of_their_own(void **state)
{
    const struct en_search_params *p = search_table();

    (void)state;
    CHECK(p->count > 1000);
    for (size_t i = 0; i < p->count; i++) {
        CHECK(p->items[i].key >= 0);
        for (size_t k = i + 1; k < p->count; k++) {
            CHECK(p->items[i].key != p->items[k].key);
        }
    }
    CHECK(en_search_key("Observation", "date") ==
          en_search_param_find(p, "Observation", "date")->key);
}

/* The lists that the server promises: what a clinic's clients ask for, of every type it keeps. */
static void test_params_hold_what_is_promised(void **state)
{
    static const char *const PROMISED[][2] = {
        {"Patient", "_id identifier name family given birthdate gender phone email _lastUpdated"},
        {"Practitioner", "identifier name"},
        {"PractitionerRole", "practitioner role"},
        {"Organization", "identifier name"},
        {"Location", "identifier name"},
        {"Encounter", "patient date status class _compartment"},
        {"Condition", "patient code clinical-status category body-site onset-date _compartment"},
        {"AllergyIntolerance", "patient clinical-status code _compartment"},
        {"MedicationStatement", "patient status effective code _compartment"},
        {"Observation", "patient code category date value-quantity combo-code status derived-from "
                        "_compartment"},
        {"Questionnaire", "url status"},
        {"QuestionnaireResponse", "patient questionnaire authored status _compartment"},
        {"CarePlan", "patient status date category condition instantiates-canonical _compartment"},
        {"ServiceRequest",
         "patient status authored occurrence body-site code based-on _compartment"},
        {"Procedure", "patient date code status based-on reason-reference encounter _compartment"},
        {"MedicationAdministration", "patient effective-time medication status _compartment"},
        {"Medication", "lot-number code status"},
        {"AdverseEvent", "subject date seriousness severity event resultingcondition _compartment"},
        {"Consent", "patient status scope category date _compartment"},
        {"Provenance", "target agent recorded patient _compartment"},
        {"AuditEvent", "date patient agent entity action outcome _compartment"},
        {"PlanDefinition", "url status title"},
        {"ActivityDefinition", "url status title"},
        {"RiskAssessment", "patient date condition risk _compartment"},
        {"GuidanceResponse", "patient"},
        {"DetectedIssue", "patient _compartment"},
        {"Flag", "patient _compartment"},
        {"Goal", "patient _compartment"},
        {"DiagnosticReport", "patient date status _compartment"},
        {"ImagingStudy", "patient started status _compartment"},
        {"DocumentReference", "patient date status _compartment"},
        {"Media", "patient created status _compartment"},
        {"Binary", "_id _lastUpdated"},
        {"Coverage", "patient _compartment"},
        {"Appointment", "patient date status _compartment"},
        {"Task", "patient"},
        {"Communication", "patient _compartment"},
        {"Group", "member identifier _compartment"},
        {"Claim", "patient _compartment"},
        {"ExplanationOfBenefit", "patient _compartment"},
        {"Immunization", "patient date _compartment"},
        {"MedicationRequest", "patient status intent _compartment"},
        {"CareTeam", "patient _compartment"},
        {"Device", "patient identifier"},
        {"SupplyDelivery", "patient _compartment"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(PROMISED); i++) {
        char names[256], *rest = names;

        (void)snprintf(names, sizeof names, "%s", PROMISED[i][1]);
        for (const char *name; (name = strsep(&rest, " ")) != NULL;) {
            if (en_search_param_find(search_table(), PROMISED[i][0], name) == NULL) {
                print_error("%s has no %s\n", PROMISED[i][0], name);
                fail();
            }
        }
    }
    CHECK(en_search_param_find(search_table(), "Patient", "nonsense") == NULL);
    CHECK(en_search_param_find(search_table(), "Nonsense", "_id") == NULL);
    CHECK(en_search_param_find(search_table(), "Resource", "_id") == NULL);
}

static void add_value(const struct en_index_value *v, struct en_buf *out)
{
    char low[EN_INSTANT_TEXT_MAX], high[EN_INSTANT_TEXT_MAX];

    en_buf_add(out, out->size == 0 ? "" : "; ");
    switch (v->param->kind) {
    case EN_SEARCH_STRING:
        en_buf_print(out, "%s<%s>", v->code, v->text);
        break;
    case EN_SEARCH_DATE:
        en_buf_print(out, "%s..%s", v->low_us == INT64_MIN ? "" : en_instant_text(v->low_us, low),
                     v->high_us == INT64_MAX ? "" : en_instant_text(v->high_us, high));
        break;
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        en_buf_print(out, "%.*g..%.*g %s|%s", 17, v->low, 17, v->high, v->system, v->code);
        break;
    case EN_SEARCH_TOKEN:
    case EN_SEARCH_REFERENCE:
    case EN_SEARCH_URI:
        en_buf_print(out, "%s|%s", v->system, v->code);
        break;
    case EN_SEARCH_ID:
    case EN_SEARCH_UPDATED:
        fail();
    }
}

/* The values of one parameter as text, "; " between. */
static const char *values_of(struct en_arena *a, const char *resource, const char *name)
{
    struct json_object *root = NULL;
    struct en_issues issues = {0};
    struct en_index_value *values;
    struct en_buf out = EN_BUF(1 << 20);
    const char *json = quoted(a, resource);
    size_t count;

    CHECK(en_json_read(json, strlen(json), a, &root, &issues, NULL) == EN_OK);
    CHECK(en_search_extract(search_table(), root, a, &values, &count, NULL) == EN_OK);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(values[i].param->name, name) == 0) {
            add_value(&values[i], &out);
        }
    }
    (void)json_object_put(root);
    const char *text = en_arena_copy(a, en_buf_text(&out), SIZE_MAX);

    en_buf_free(&out);
    return text;
}

#define PERSON   "{'resourceType':'Patient',"
#define OBSERVED "{'resourceType':'Observation',"
#define GENDER   "http://hl7.org/fhir/administrative-gender"
#define UCUM     "http://unitsofmeasure.org"

/* Each kind of value becomes what R4's search says it is found by. */
static void test_extract_reads_each_kind_of_value(void **state)
{
    static const struct {
        const char *resource, *name, *expected;
    } CASES[] = {
        /* tokens */
        {PERSON "'gender':'female'}", "gender", GENDER "|female"},
        {PERSON "'active':false}", "active", "|false"},
        {PERSON "'identifier':[{'system':'s','value':'1'},{'value':'2'},{'system':'t'},{}]}",
         "identifier", "t|; s|1; |2"},
        {PERSON "'telecom':[{'system':'email','value':'Some.One@Example.org'},{'system':'phone',"
                "'value':'555'}]}",
         "email", "|some.one@example.org"},
        {PERSON "'telecom':[{'system':'email','value':'a@b'},{'system':'phone','value':'555'},"
                "{'value':'no system'}]}",
         "phone", "|555"},
        {PERSON "'telecom':[{'system':'email','value':'a@b'},{'value':'c'}]}", "telecom",
         "|a@b; |c"},
        {PERSON "'deceasedBoolean':true}", "deceased", "|true"},
        {PERSON "'deceasedBoolean':false}", "deceased", "|false"},
        {PERSON "'deceasedDateTime':'2020'}", "deceased", "|true"},
        {PERSON "'active':true}", "deceased", "|false"},
        {OBSERVED "'code':{'coding':[{'system':'s','code':'b'},{'system':'s','code':'a'},{'code':'a"
                  "','system':'s'}],'text':'t'}}",
         "code", "s|a; s|b"},
        {OBSERVED "'code':{'text':'only text'}}", "code", ""},
        {OBSERVED "'code':{'coding':[{'system':'s','code':'a'}]},'component':[{'code':{'coding':"
                  "[{'system':'s','code':'b'}]}}]}",
         "combo-code", "s|a; s|b"},
        {OBSERVED "'meta':{'tag':[{'system':'s','code':'a'}]}}", "_tag", "s|a"},
        {"{'resourceType':'Encounter','class':{'system':'s','code':'AMB'}}", "class", "s|AMB"},
        /* strings */
        {PERSON "'name':[{'family':'Dvo\xC5\x99\xC3\xA1k','given':['Ane\xC5\xBE"
                "ka'],'prefix':['Dr.']},{'text':'T'}]}",
         "name", "anezka<Ane\xC5\xBEka>; dr.<Dr.>; dvorak<Dvo\xC5\x99\xC3\xA1k>; t<T>"},
        {PERSON "'name':[{'family':'F','given':['A','B']}]}", "given", "a<A>; b<B>"},
        {PERSON "'address':[{'line':['1 High St'],'city':'C','postalCode':'9'}]}", "address",
         "1 high st<1 High St>; 9<9>; c<C>"},
        {PERSON "'name':[{'family':'   '}]}", "family", ""},
        {OBSERVED "'valueCodeableConcept':{'text':'Free Text'}}", "value-string",
         "free text<Free Text>"},
        /* references */
        {OBSERVED "'subject':{'reference':'Patient/1'}}", "patient", "Patient|1"},
        {OBSERVED "'subject':{'reference':'Patient/1/_history/3'}}", "subject", "Patient|1"},
        {OBSERVED "'subject':{'reference':'Group/1'}}", "patient", ""},
        {OBSERVED "'subject':{'reference':'Group/1'}}", "subject", "Group|1"},
        {OBSERVED "'subject':{'reference':'#inside'}}", "subject", ""},
        {OBSERVED "'subject':{'reference':'Patient?identifier=1'}}", "subject", ""},
        {OBSERVED "'subject':{'reference':''}}", "subject", ""},
        {OBSERVED "'subject':{'display':'no reference'}}", "subject", ""},
        {OBSERVED "'subject':{'reference':'https://a.org/fhir/Patient/1'}}", "patient",
         "|https://a.org/fhir/Patient/1"},
        {OBSERVED "'subject':{'reference':'https://a.org/fhir/Group/1'}}", "patient", ""},
        {OBSERVED "'subject':{'reference':'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'}}",
         "patient", "|urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
        {OBSERVED "'subject':{'reference':'Group/1'},'performer':[{'reference':'Patient/2'},"
                  "{'reference':'Practitioner/3'}]}",
         "_compartment", "Patient|2"},
        {"{'resourceType':'QuestionnaireResponse','questionnaire':'http://a.org/Q|2'}",
         "questionnaire", "|http://a.org/Q; |http://a.org/Q|2"},
        {"{'resourceType':'Group','member':[{'entity':{'reference':'Patient/1'}},{'entity':{"
         "'reference':'Device/1'}}]}",
         "_compartment", "Patient|1"},
        /* uris */
        {"{'resourceType':'Questionnaire','url':'http://a.org/Q'}", "url", "|http://a.org/Q"},
        {OBSERVED "'meta':{'profile':['http://a.org/P|1']}}", "_profile",
         "|http://a.org/P; |http://a.org/P|1"},
        /* dates */
        {PERSON "'birthDate':'1961-05'}", "birthdate",
         "1961-05-01T00:00:00.000Z..1961-05-31T23:59:59.999Z"},
        {OBSERVED "'effectiveDateTime':'2020-01-01T00:00:00+01:00'}", "date",
         "2019-12-31T23:00:00.000Z..2019-12-31T23:00:00.999Z"},
        {OBSERVED "'effectivePeriod':{'start':'2020-01-02','end':'2020-01-03'}}", "date",
         "2020-01-02T00:00:00.000Z..2020-01-03T23:59:59.999Z"},
        {OBSERVED "'effectivePeriod':{'start':'2020-01-02'}}", "date",
         "2020-01-02T00:00:00.000Z.."},
        {OBSERVED "'effectivePeriod':{'end':'2020-01-02'}}", "date", "..2020-01-02T23:59:59.999Z"},
        {OBSERVED "'effectivePeriod':{}}", "date", ""},
        {OBSERVED "'effectivePeriod':{'start':'2020-01-03','end':'2020-01-02'}}", "date", ""},
        {OBSERVED "'effectiveTiming':{'event':['2020-01-05','2020-01-02T10:00:00Z'],'repeat':{"
                  "'boundsPeriod':{'start':'2020-01-03','end':'2020-02'}}}}",
         "date", "2020-01-02T10:00:00.000Z..2020-02-29T23:59:59.999Z"},
        {OBSERVED "'effectiveTiming':{'repeat':{'frequency':1}}}", "date", ""},
        /* numbers and quantities */
        {"{'resourceType':'RiskAssessment','prediction':[{'probabilityDecimal':0.250}]}",
         "probability", "0.25..0.25 |"},
        {"{'resourceType':'RiskAssessment','prediction':[{'probabilityRange':{'low':{'value':0.2},"
         "'high':{'value':0.5}}}]}",
         "probability", "0.20000000000000001..0.5 |"},
        {OBSERVED "'valueQuantity':{'value':72,'unit':'kg','system':'" UCUM "','code':'kg'}}",
         "value-quantity", "72..72 " UCUM "|kg"},
        {OBSERVED "'valueQuantity':{'value':5,'unit':'mmHg','system':'" UCUM "','code':'mm[Hg]'}}",
         "value-quantity", "5..5 |mmHg; 5..5 " UCUM "|mm[Hg]"},
        {OBSERVED "'valueQuantity':{'value':5}}", "value-quantity", "5..5 |"},
        {OBSERVED "'valueQuantity':{'unit':'kg'}}", "value-quantity", ""},
        {"{'resourceType':'Condition','onsetRange':{'low':{'value':3,'unit':'a'}}}", "onset-age",
         "3..1.7976931348623157e+308 |; 3..1.7976931348623157e+308 |a"},
        {OBSERVED "'valueQuantity':{'value':5,'comparator':'<'}}", "value-quantity",
         "-1.7976931348623157e+308..5 |"},
        {OBSERVED "'valueQuantity':{'value':5,'comparator':'>='}}", "value-quantity",
         "5..1.7976931348623157e+308 |"},
        {"{'resourceType':'Claim','total':{'value':5.5}}", "patient", ""},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_arena a = EN_ARENA(1 << 20);
        const char *actual = values_of(&a, CASES[i].resource, CASES[i].name);

        if (strcmp(actual, CASES[i].expected) != 0) {
            print_error("%s: %s\n", CASES[i].name, CASES[i].resource);
        }
        CHECK_TEXT(actual, CASES[i].expected);
        en_arena_free(&a);
    }
}

/* Wrong types in the wrong places (a validator told it before) are left out, and never a crash. */
static void test_extract_survives_wrong_types(void **state)
{
    static const char *const WRONG[] = {
        PERSON "'name':'a','telecom':[1,null,{}],'gender':[[]],'identifier':{'value':3}}",
        PERSON "'name':[{'family':{},'given':'x'}],'birthDate':5,'address':[[{}]]}",
        OBSERVED "'code':[{'coding':{'code':'a'}}],'subject':[{'reference':1}],'valueQuantity':"
                 "{'value':'5'},'effectiveTiming':{'event':[1,null]},'component':{}}",
        "{'resourceType':'Nonsense','id':'1'}",
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        struct en_arena a = EN_ARENA(1 << 20);

        (void)values_of(&a, WRONG[i], "name");
        en_arena_free(&a);
    }
}

/* A long text is found by all of it, in a bounded room; two that differ at the end stay two. */
static void test_extract_bounds_texts(void **state)
{
    struct en_arena a = EN_ARENA(4 << 20);
    char value[401], other[401];

    (void)state;
    memset(value, 'x', 400);
    value[400] = '\0';
    memcpy(other, value, sizeof other);
    other[399] = 'y';
    const char *two = en_arena_print(
        &a, PERSON "'identifier':[{'value':'%s'},{'value':'%s'}],'name':[{'family':'%s'}]}", value,
        other, value);
    const char *found = values_of(&a, two, "identifier");
    const char *second = strstr(found, "; ");

    CHECK(second != NULL && strlen(second + 2) == EN_SEARCH_TEXT_MAX + 1);
    CHECK(strlen(values_of(&a, two, "family")) == 2 * EN_SEARCH_TEXT_MAX + 2);
    en_arena_free(&a);
}

/* As many values as are allowed, and one more: refused with what to do, and nothing given. */
static void test_extract_limits_the_count(void **state)
{
    (void)state;
    for (int extra = 0; extra < 2; extra++) {
        struct en_arena a = EN_ARENA(16 << 20);
        struct en_buf text = EN_BUF(1 << 20);
        struct json_object *root = NULL;
        struct en_issues issues = {0};
        struct en_index_value *values;
        struct en_err err = {""};
        size_t count;

        en_buf_add(&text, "{\"resourceType\":\"Substance\",\"identifier\":[");
        for (int i = 0; i < EN_INDEX_VALUES_MAX + extra; i++) {
            en_buf_print(&text, "%s{\"value\":\"%d\"}", i == 0 ? "" : ",", i);
        }
        en_buf_add(&text, "]}");
        CHECK(en_json_read(text.bytes, text.size, &a, &root, &issues, NULL) == EN_OK);
        const enum en_status st =
            en_search_extract(search_table(), root, &a, &values, &count, &err);

        CHECK(st == (extra == 0 ? EN_OK : EN_ELIMIT));
        CHECK(count == (extra == 0 ? EN_INDEX_VALUES_MAX : 0));
        CHECK(extra == 0 || strstr(err.text, "2000") != NULL);
        (void)json_object_put(root);
        en_buf_free(&text);
        en_arena_free(&a);
    }
}

/* A small arena ends in EN_ENOMEM wherever it ends, not in a value left out. */
static void test_extract_reports_a_full_arena(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct json_object *root = json_tokener_parse(
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"F\"}],\"identifier\":[{\"system\":"
        "\"http://example.org/very/long/system\",\"value\":\"1\"}],\"telecom\":[{\"system\":"
        "\"email\",\"value\":\"a@b\"}],\"managingOrganization\":{\"reference\":\"Organization/"
        "1\"}}");
    struct en_index_value *values;
    size_t count, all;

    (void)state;
    CHECK(en_search_extract(search_table(), root, &a, &values, &all, NULL) == EN_OK);
    for (size_t limit = 0;; limit += 16) {
        struct en_arena small = EN_ARENA(limit);
        const enum en_status st =
            en_search_extract(search_table(), root, &small, &values, &count, NULL);

        CHECK(st == EN_OK ? count == all : st == EN_ENOMEM && count == 0);
        en_arena_free(&small);
        if (st == EN_OK) {
            break;
        }
        CHECK(limit < (1 << 20));
    }
    (void)json_object_put(root);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_params_have_keys_of_their_own),
          cmocka_unit_test(test_params_hold_what_is_promised),
          cmocka_unit_test(test_extract_reads_each_kind_of_value),
          cmocka_unit_test(test_extract_survives_wrong_types),
          cmocka_unit_test(test_extract_bounds_texts),
          cmocka_unit_test(test_extract_limits_the_count),
          cmocka_unit_test(test_extract_reports_a_full_arena));
