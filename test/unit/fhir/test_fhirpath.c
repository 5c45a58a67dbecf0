/* SPDX-License-Identifier: Apache-2.0
 * The part of FHIRPath that constraints use: what a program says of one Observation. */
#include "fhir/fhirpath.h"
#include "unit/fhir/bundle.h"

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};
static struct en_r4 r4;
static struct json_object *root;

static const char TEXT[] =
    "{'resourceType':'Observation','id':'o','status':'final','code':{'coding':[{'system':'urn:a',"
    "'code':'1'},{'system':'urn:a','code':'2'}]},'valueQuantity':{'value':1.50,'unit':'kg'},"
    "'_issued':{'extension':[{'url':'urn:x','valueCode':'unknown'}]},'note':[{'text':'a.b'},{'text'"
    ":'c'}],'effectivePeriod':{'start':'2026-03','end':'2026-03-02T10:00:00Z'},'referenceRange':[{"
    "'low':{'value':1,'unit':'kg'},'high':{'value':1.0,'unit':'kg'}},{'low':{'value':1,'unit':'g'},"
    "'text':'x'}],'contained':[{'resourceType':'Patient','id':'p','active':true}],'component':[{"
    "'code':{'coding':[{'code':'1','system':'urn:a'}]},'valueBoolean':false}]}";

static int load(void **state)
{
    const char *json = quoted(&memory, TEXT);
    struct en_issues issues = {0};

    (void)state;
    return en_r4_load(&memory, &r4, NULL) == EN_OK &&
                   en_json_read(json, strlen(json), &memory, &root, &issues, NULL) == EN_OK
               ? 0
               : -1;
}

static int unload(void **state)
{
    (void)state;
    json_object_put(root);
    en_arena_free(&memory);
    return 0;
}

static enum en_fp_answer answer(const char *text)
{
    const struct en_fhirpath *program = NULL;
    struct en_err err = {""};
    const struct en_fp_context context = {
        .r4 = &r4,
        .arena = &memory,
        .resource = {.value = root,
                     .shape = en_r4_find(&r4, "Observation", SIZE_MAX),
                     .type = "Observation"},
    };

    if (en_fhirpath_parse(text, &memory, &program, &err) != EN_OK) {
        print_error("%s: %s\n", text, err.text);
        fail();
    }
    return en_fhirpath_holds(program, &context, &context.resource);
}

/* Each says true, and its negation false. */
static void test_fhirpath_says_true(void **state)
{
    static const char *const TRUE[] = {
        "true",
        "status = 'final'",
        "Observation.status = 'final'",
        "%resource.id = 'o' and %context.id = 'o' and $this.id = 'o'",
        "status != 'draft' and (status = 'draft' or status = 'final')",
        "status in ('draft' | 'final')",
        "('draft' | 'final') contains status",
        "value.exists() and value.unit = 'kg' and valueQuantity.empty()",
        "value is Quantity and (value as Quantity).value = 1.5 and value.as(Quantity).exists()",
        "(value is string).not() and value.ofType(string).empty()",
        "value.value > 1 and value.value >= 1.50 and 1.5 <= value.value and 1 < value.value",
        "value.value.toString().contains('.') and value.value.hasValue()",
        "issued.exists() and issued.hasValue().not() and issued.extension.url = 'urn:x'",
        "code.coding.count() = 2 and code.coding.count() + note.count() > 3",
        "code.coding.first().code = '1' and code.coding.tail().code = '2'",
        "code.coding.where(code = '2').exists() and code.coding.exists(code = '2')",
        "code.coding.where(code = '3').empty()",
        "code.coding.all(system = 'urn:a') and code.coding.all(code = '1').not()",
        "code.coding.select(system & code).isDistinct()",
        "code.coding.system.isDistinct().not()",
        "code.coding.intersect(component.code.coding).count() = 1",
        "component.code.coding.combine(code.coding).count() = 3",
        "component.value is Boolean and component.value = false",
        "component.value.exists() and component.value.not()",
        "contained.is(Patient) and contained.active and contained.where(active = false).empty()",
        "contained.descendants().exists() and children().exists()",
        "descendants().where($this = 'a.b').count() = 1",
        "note.first().text.startsWith('a') and note.first().text.substring(2) = 'b'",
        "note.text.trace('x').count() = 2",
        "iif(status = 'final', true, false) and iif(status = 'x', false, true)",
        "'12'.toInteger() = 12 and 'x'.toInteger().empty()",
        "nonsense.empty() and status.nonsense.empty() and nonsense.count() = 0",
        "(status = 'draft') xor (status = 'final')",
        "status = 'draft' implies nonsense = 1",
        "referenceRange.first().low <= referenceRange.first().high",
        "%ucum = 'http://unitsofmeasure.org'",
        "`status` = 'final'",
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(TRUE); i++) {
        if (answer(TRUE[i]) != EN_FP_TRUE ||
            answer(en_arena_print(&memory, "(%s).not()", TRUE[i])) != EN_FP_FALSE) {
            print_error("%s: %d\n", TRUE[i], (int)answer(TRUE[i]));
            fail();
        }
    }
}

/* Nothing is not true; only what cannot be compared stays open. */
static void test_fhirpath_unknown_is_not_true(void **state)
{
    static const struct {
        const char *text;
        enum en_fp_answer answer;
    } CASES[] = {
        {"nonsense", EN_FP_FALSE},
        {"nonsense = 1", EN_FP_FALSE},
        {"(nonsense = 1).not()", EN_FP_FALSE},
        {"nonsense = 1 or false", EN_FP_FALSE},
        {"nonsense = 1 or true", EN_FP_TRUE},
        {"nonsense = 1 and false", EN_FP_FALSE},
        {"(nonsense = 1) xor true", EN_FP_FALSE},
        {"nonsense implies true", EN_FP_TRUE},
        {"effective.start <= effective.end", EN_FP_UNKNOWN}, /* March, and a day in it */
        {"referenceRange.low.first() <= referenceRange.low.tail()", EN_FP_UNKNOWN}, /* kg, g */
        {"referenceRange.low <= referenceRange.high", EN_FP_FALSE},                 /* many */
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        if (answer(CASES[i].text) != CASES[i].answer) {
            print_error("%s: %d\n", CASES[i].text, (int)answer(CASES[i].text));
            fail();
        }
    }
}

/* A program that is no FHIRPath of ours is a fault of the tables and is told with its place. */
static void test_fhirpath_parser_refuses(void **state)
{
    static const char *const BAD[] = {
        "",          "a b",      "a.",          "a = ",
        "(a",        "a)",       "a.unheard()", "'open",
        "a.where()", "a..b",     "a.count(1)",  "1 + + 1",
        "a, b",      "a.iif(1)", "=",           "a.matches('x')",
    };
    char deep[256] = "";
    const struct en_fhirpath *program = NULL;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        struct en_err err = {""};

        CHECK(en_fhirpath_parse(BAD[i], &memory, &program, &err) == EN_EBUG);
        CHECK_CONTAINS(err.text, "column");
    }
    memset(deep, '(', sizeof deep - 1);
    CHECK(en_fhirpath_parse(deep, &memory, &program, NULL) == EN_EBUG);
}

/* The budget of steps and the memory end a run; neither end is an answer. */
static void test_fhirpath_is_bounded(void **state)
{
    const struct en_fhirpath *program = NULL;
    struct json_object *many = json_object_new_object(), *list = json_object_new_array();
    struct en_arena small = EN_ARENA(4096);
    struct en_fp_context context = {.r4 = &r4, .arena = &memory};

    (void)state;
    for (int i = 0; i < EN_FHIRPATH_STEPS_MAX / 2 + 1; i++) {
        (void)json_object_array_add(list, json_object_new_string("x"));
    }
    (void)json_object_object_add(many, "resourceType", json_object_new_string("Questionnaire"));
    (void)json_object_object_add(many, "subjectType", list);
    context.resource = (struct en_fp_item){.value = many,
                                           .shape = en_r4_find(&r4, "Questionnaire", SIZE_MAX),
                                           .type = "Questionnaire"};
    CHECK(en_fhirpath_parse("(subjectType | subjectType).exists()", &memory, &program, NULL) ==
          EN_OK);
    CHECK(en_fhirpath_holds(program, &context, &context.resource) == EN_FP_TOO_COSTLY);
    context.arena = &small;
    CHECK(en_fhirpath_holds(program, &context, &context.resource) == EN_FP_NO_MEMORY);
    json_object_put(many);
    en_arena_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fhirpath_says_true),
        cmocka_unit_test(test_fhirpath_unknown_is_not_true),
        cmocka_unit_test(test_fhirpath_parser_refuses),
        cmocka_unit_test(test_fhirpath_is_bounded),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
