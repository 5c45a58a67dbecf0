/* SPDX-License-Identifier: Apache-2.0
 * JSON Patch (RFC 6902) and the numbers it compares. */
#include "base/limits.h"
#include "fhir/json.h"
#include "fhir/number.h"
#include "fhir/patch.h"
#include "unit/fhir/bundle.h"

static struct json_object *parse(struct en_arena *a, const char *text)
{
    const char *json = quoted(a, text);
    struct en_issues issues = {0};
    struct json_object *root = NULL;

    CHECK(en_json_read(json, strlen(json), a, &root, &issues, NULL) == EN_OK);
    return root;
}

struct outcome {
    enum en_status status;
    const char *text; /* of the resource after it */
    const char *code, *path, *problem;
};

static struct outcome patch(struct en_arena *a, const char *text, const char *operations)
{
    struct json_object *root = parse(a, text), *list = parse(a, operations);
    struct json_object *before = root;
    struct en_issues issues = {0};
    struct en_err err = {""};
    struct outcome o = {.status = en_json_patch(&root, list, a, &issues, &err)};

    CHECK((o.status == EN_OK) == (issues.error_count == 0));
    CHECK((o.status == EN_OK) == (err.text[0] == '\0'));
    CHECK(o.status == EN_OK || root == before);
    o.text =
        en_arena_copy(a, json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN), SIZE_MAX);
    if (o.status != EN_OK) {
        o.code = issues.items[0].code;
        o.path = issues.items[0].path;
        o.problem = issues.items[0].text;
    }
    json_object_put(root);
    json_object_put(list);
    return o;
}

/* Each operation does what the RFC says; the order of members stays, a number keeps its digits. */
static void test_patch_applies_each_operation(void **state)
{
    static const struct {
        const char *text, *operations, *expected;
    } CASES[] = {
        {"{'a':1}", "[]", "{'a':1}"},
        {"{'a':1}", "[{'op':'add','path':'/b','value':2}]", "{'a':1,'b':2}"},
        {"{'a':1,'b':2}", "[{'op':'add','path':'/a','value':3}]", "{'a':3,'b':2}"},
        {"{'a':1.00}", "[{'op':'add','path':'/b','value':2.50}]", "{'a':1.00,'b':2.50}"},
        {"{'a':[1,2]}", "[{'op':'add','path':'/a/0','value':0}]", "{'a':[0,1,2]}"},
        {"{'a':[1,2]}", "[{'op':'add','path':'/a/1','value':[9]}]", "{'a':[1,[9],2]}"},
        {"{'a':[1,2]}", "[{'op':'add','path':'/a/2','value':3}]", "{'a':[1,2,3]}"},
        {"{'a':[1,2]}", "[{'op':'add','path':'/a/-','value':3}]", "{'a':[1,2,3]}"},
        {"{'a':1}", "[{'op':'add','path':'/b','value':null}]", "{'a':1,'b':null}"},
        {"{'a':1}", "[{'op':'add','path':'','value':{'z':0}}]", "{'z':0}"},
        {"{'a':1,'b':2}", "[{'op':'remove','path':'/a'}]", "{'b':2}"},
        {"{'a':null}", "[{'op':'remove','path':'/a'}]", "{}"},
        {"{'a':[1,2,3]}", "[{'op':'remove','path':'/a/1'}]", "{'a':[1,3]}"},
        {"{'a':1,'b':2}", "[{'op':'replace','path':'/a','value':'x'}]", "{'a':'x','b':2}"},
        {"{'a':[1,2]}", "[{'op':'replace','path':'/a/1','value':null}]", "{'a':[1,null]}"},
        {"{'a':1}", "[{'op':'replace','path':'','value':[1]}]", "[1]"},
        {"{'a':1,'b':{}}", "[{'op':'move','from':'/a','path':'/b/c'}]", "{'b':{'c':1}}"},
        {"[1,2,3]", "[{'op':'move','from':'/0','path':'/2'}]", "[2,3,1]"},
        {"[1,2,3]", "[{'op':'move','from':'/2','path':'/0'}]", "[3,1,2]"},
        {"{'a':1}", "[{'op':'move','from':'/a','path':'/a'}]", "{'a':1}"},
        {"{'a':{'b':1}}", "[{'op':'move','from':'/a/b','path':''}]", "1"},
        {"{'a':{'b':1}}",
         "[{'op':'copy','from':'/a','path':'/c'},"
         "{'op':'replace','path':'/c/b','value':2}]",
         "{'a':{'b':1},'c':{'b':2}}"},
        {"{'a':null}", "[{'op':'copy','from':'/a','path':'/b'}]", "{'a':null,'b':null}"},
        {"{'a/b':1,'m~n':2,'':3}",
         "[{'op':'test','path':'/a~1b','value':1},{'op':'test','path':'/m~0n','value':2},"
         "{'op':'test','path':'/','value':3},{'op':'remove','path':'/a~1b'}]",
         "{'m~n':2,'':3}"},
        {"{'~1':1}", "[{'op':'test','path':'/~01','value':1}]", "{'~1':1}"},
        {"{'0':1}", "[{'op':'replace','path':'/0','value':2}]", "{'0':2}"},
        {"{'a':1}", "[{'op':'add','path':'/b','value':1,'from':'x','note':'kept out'}]",
         "{'a':1,'b':1}"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct outcome o = patch(&a, CASES[i].text, CASES[i].operations);

        if (o.status != EN_OK || strcmp(o.text, quoted(&a, CASES[i].expected)) != 0) {
            print_error("%s %s: %s %s\n", CASES[i].text, CASES[i].operations, o.text,
                        o.problem == NULL ? "" : o.problem);
            fail();
        }
    }
    en_arena_free(&a);
}

/* What cannot be done changes nothing, not even what came before it, and names the operation. */
static void test_patch_refuses_and_leaves_all_as_it_was(void **state)
{
    static const char TEXT[] = "{'a':1,'b':[1,2],'c':{'d':'x'},'e':null}";
    static const struct {
        const char *operation, *path;
    } CASES[] = {
        {"1", "$this[1]"},
        {"{}", "$this[1].op"},
        {"{'op':'ADD','path':'/z','value':1}", "$this[1].op"},
        {"{'op':1,'path':'/z','value':1}", "$this[1].op"},
        {"{'op':'add','value':1}", "$this[1].path"},
        {"{'op':'add','path':null,'value':1}", "$this[1].path"},
        {"{'op':'add','path':'z','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/z~','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/z~2','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/z\\u0000','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/z'}", "$this[1].value"},
        {"{'op':'add','path':'/z/y','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/a/y','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/e/y','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/b/3','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/b/-1','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/b/01','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/b/1e0','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/b/x','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/b/','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/b/4294967296','value':1}", "$this[1].path"},
        {"{'op':'add','path':'/b/18446744073709551616','value':1}", "$this[1].path"},
        {"{'op':'remove','path':'/z'}", "$this[1].path"},
        {"{'op':'remove','path':'/b/2'}", "$this[1].path"},
        {"{'op':'remove','path':'/b/-'}", "$this[1].path"},
        {"{'op':'remove','path':''}", "$this[1].path"},
        {"{'op':'replace','path':'/z','value':1}", "$this[1].path"},
        {"{'op':'replace','path':'/b/-','value':1}", "$this[1].path"},
        {"{'op':'replace','path':'/a'}", "$this[1].value"},
        {"{'op':'move','path':'/z'}", "$this[1].from"},
        {"{'op':'move','from':'/z','path':'/y'}", "$this[1].from"},
        {"{'op':'move','from':'/a'}", "$this[1].path"},
        {"{'op':'move','from':'/c','path':'/c/f'}", "$this[1].path"},
        {"{'op':'move','from':'','path':'/c'}", "$this[1].path"},
        {"{'op':'move','from':'/b/0','path':'/b/2'}", "$this[1].path"},
        {"{'op':'copy','from':'/z','path':'/y'}", "$this[1].from"},
        {"{'op':'copy','from':'/a','path':'/y/x'}", "$this[1].path"},
        {"{'op':'test','path':'/z','value':1}", "$this[1].path"},
        {"{'op':'test','path':'/a'}", "$this[1].value"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const char *list =
            en_arena_print(&a, "[{'op':'add','path':'/new','value':1},%s]", CASES[i].operation);
        const struct outcome o = patch(&a, TEXT, list);

        if (o.status != EN_EINVAL || strcmp(o.text, quoted(&a, TEXT)) != 0 ||
            strcmp(o.path, CASES[i].path) != 0) {
            print_error("%s: %s at %s\n", CASES[i].operation, o.text, o.path == NULL ? "" : o.path);
            fail();
        }
    }
    en_arena_free(&a);
}

/* A failed test is a conflict; numbers are equal by value, members in any order, items in theirs.
 * */
static void test_patch_test_compares_by_value(void **state)
{
    static const struct {
        const char *text, *value;
        bool holds;
    } CASES[] = {
        {"1", "1.0", true},
        {"1.00", "1", true},
        {"100", "1e2", true},
        {"0", "-0.0", true},
        {"0.1", "0.10000000000000000001", false},
        {"9007199254740993", "9007199254740992", false},
        {"1", "'1'", false},
        {"1", "true", false},
        {"0", "null", false},
        {"null", "null", true},
        {"false", "null", false},
        {"'a'", "'a'", true},
        {"'a'", "'A'", false},
        {"{'x':1,'y':[2.0]}", "{'y':[2],'x':1}", true},
        {"{'x':1}", "{'x':1,'y':2}", false},
        {"{'x':1,'y':2}", "{'x':1}", false},
        {"{'x':null}", "{'y':null}", false},
        {"[1,2]", "[2,1]", false},
        {"[1]", "[1,1]", false},
        {"{}", "[]", false},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const char *text = en_arena_print(&a, "{'a':%s}", CASES[i].text);
        const char *list =
            en_arena_print(&a, "[{'op':'test','path':'/a','value':%s}]", CASES[i].value);
        const struct outcome o = patch(&a, text, list);

        if (o.status != (CASES[i].holds ? EN_OK : EN_ECONFLICT)) {
            print_error("%s = %s: status %d\n", CASES[i].text, CASES[i].value, (int)o.status);
            fail();
        }
        if (!CASES[i].holds) {
            CHECK_TEXT(o.code, "conflict");
            CHECK_TEXT(o.path, "$this[0].value");
        }
    }
    en_arena_free(&a);
}

/* Copies of the whole into itself double the text each time: twenty of a thousand bytes would be a
 * billion. Nesting is bounded as in the gate. */
static void test_patch_is_bounded(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_buf b = EN_BUF(1 << 20);

    (void)state;
    en_buf_print(&b, "[{'op':'add','path':'/0','value':'%01000d'}", 0);
    for (int i = 0; i < 20; i++) {
        en_buf_add(&b, ",{'op':'copy','from':'','path':'/-'}");
    }
    en_buf_add(&b, "]");
    struct outcome o = patch(&a, "[]", en_buf_text(&b));

    CHECK(o.status == EN_EINVAL);
    CHECK_CONTAINS(o.problem, "8 MiB");
    en_buf_clear(&b);
    for (int i = 0; i < EN_JSON_DEPTH_MAX; i++) {
        en_buf_print(&b, "%s{'op':'add','path':'", i == 0 ? "[" : ",");
        for (int j = 0; j <= i; j++) {
            en_buf_add(&b, "/0");
        }
        en_buf_add(&b, "','value':[]}");
    }
    o = patch(&a, "[]", en_arena_print(&a, "%s]", en_buf_text(&b)));
    CHECK(o.status == EN_EINVAL);
    CHECK_CONTAINS(o.problem, "too deeply");
    CHECK_TEXT(o.path, "$this[31].path"); /* the array itself and 31 within it are allowed */
    en_buf_clear(&b);
    en_buf_add(&b, "[");
    for (int i = 0; i < EN_PATCH_OPERATIONS_MAX; i++) {
        en_buf_print(&b, "%s{'op':'test','path':'','value':[]}", i == 0 ? "" : ",");
    }
    o = patch(&a, "[]", en_arena_print(&a, "%s]", en_buf_text(&b)));
    CHECK(o.status == EN_OK);
    o = patch(&a, "[]",
              en_arena_print(&a, "%s,{'op':'add','path':'','value':1}]", en_buf_text(&b)));
    CHECK(o.status == EN_EINVAL);
    CHECK_TEXT(o.path, "$this");
    o = patch(&a, "{'a':1}", "{'op':'remove','path':'/a'}");
    CHECK(o.status == EN_EINVAL);
    en_buf_free(&b);
    en_arena_free(&a);
}

/* Numbers are compared exactly, however they are written. */
static void test_numbers_compare_by_value(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } CASES[] = {
        {"0", "-0", 0},
        {"0.000", "0e9", 0},
        {"1", "1.000", 0},
        {"10", "1e1", 0},
        {"0.05", "5e-2", 0},
        {"120e-1", "12.0", 0},
        {"2", "10", -1},
        {"-2", "-10", 1},
        {"-1", "1", -1},
        {"0", "1e-300", -1},
        {"0", "-1e-300", 1},
        {"0.3", "0.29", 1},
        {"0.123", "0.1229999999999999999999", 1},
        {"1e400", "1e399", 1},
        {"123456789012345678", "123456789012345679", -1},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const int order = en_number_compare(CASES[i].a, CASES[i].b);
        const int back = en_number_compare(CASES[i].b, CASES[i].a);

        if ((order > 0) - (order < 0) != CASES[i].order ||
            (back > 0) - (back < 0) != -CASES[i].order) {
            print_error("%s %s: %d %d\n", CASES[i].a, CASES[i].b, order, back);
            fail();
        }
        CHECK(en_number_equal(CASES[i].a, CASES[i].b) == (CASES[i].order == 0));
    }
}

TEST_MAIN(cmocka_unit_test(test_patch_applies_each_operation),
          cmocka_unit_test(test_patch_refuses_and_leaves_all_as_it_was),
          cmocka_unit_test(test_patch_test_compares_by_value),
          cmocka_unit_test(test_patch_is_bounded), cmocka_unit_test(test_numbers_compare_by_value));
