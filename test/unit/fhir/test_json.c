/* SPDX-License-Identifier: Apache-2.0
 * The strict gate in front of json-c. Cases follow the categories of the public JSON parsing test
 * suites; all texts are our own. */
#include "base/limits.h"
#include "fhir/json.h"

#include "support/check.h"

#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }

struct text {
    const char *bytes;
    size_t size;
};

static enum en_status check_text(struct en_arena *a, struct text t, struct en_issues *issues)
{
    struct json_object *root = NULL;

    *issues = (struct en_issues){0};
    const enum en_status st = en_json_read(t.bytes, t.size, a, &root, issues, NULL);

    CHECK((st == EN_OK) == (issues->error_count == 0));
    CHECK(st == EN_OK || root == NULL);
    json_object_put(root);
    return st;
}

/* Everything that RFC 8259 allows must pass: a refused case file is a case not treated. */
static void test_json_accepts_what_the_grammar_allows(void **state)
{
    static const struct text VALID[] = {
        TEXT("[]"),
        TEXT("{}"),
        TEXT(" [ ] "),
        TEXT("\t\r\n{\n}\n"),
        TEXT("null"),
        TEXT("true"),
        TEXT("false"),
        TEXT("0"),
        TEXT("-0"),
        TEXT("-1"),
        TEXT("42 "),
        TEXT("\"\""),
        TEXT("\"lonely\""),
        TEXT("[null]"),
        TEXT("[null,1,\"1\",{}]"),
        TEXT("[[]   ]"),
        TEXT("[[[[[[]]]]]]"),
        TEXT("[0]"),
        TEXT("[-0]"),
        TEXT("[123]"),
        TEXT("[-123]"),
        TEXT("[1.5]"),
        TEXT("[-0.5]"),
        TEXT("[0e1]"),
        TEXT("[0e+1]"),
        TEXT("[1E22]"),
        TEXT("[1E-2]"),
        TEXT("[1E+2]"),
        TEXT("[1e2]"),
        TEXT("[123.456e78]"),
        TEXT("[1.10]"),
        TEXT("[0.30000000000000004]"),
        TEXT("[-0.0000000000000000000000000000000000000000000000000000000000000000000001]"),
        TEXT("[9223372036854775807]"),
        TEXT("[-9223372036854775808]"),
        TEXT("[20e1]"),
        TEXT("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
        TEXT("[\"\\u0060\\u012a\\u12AB\"]"),
        TEXT("[\"\\ud83d\\ude39\"]"),
        TEXT("[\"\\uD801\\udc37\"]"),
        TEXT("[\"\\uDBFF\\uDFFF\"]"),
        TEXT("[\"new\\u00A0line\"]"),
        TEXT("[\"\\uFFFF\"]"),
        TEXT("[\"\\u0000\"]"),
        TEXT("[\"\\u0022\"]"),
        TEXT("[\"a/*b*/c//d\"]"),
        TEXT("[\"\\\\a\"]"),
        TEXT("[\"asd \"]"),
        TEXT("[\"\x7f\"]"),
        TEXT("[\"\xc3\xa9\"]"),
        TEXT("[\"\xe2\x82\xac\xef\xbf\xbf\"]"),
        TEXT("[\"\xf0\x9d\x84\x9e\"]"),
        TEXT("[\"\xf4\x8f\xbf\xbf\"]"),
        TEXT("[\"\xe2\x80\xa8\"]"),
        TEXT("{\"a\":1,\"b\":2}"),
        TEXT("{\"\":0}"),
        TEXT("{\"a\":[]}"),
        TEXT("{\"a\":{\"a\":{\"a\":null}}}"),
        TEXT("[{\"a\":1},{\"a\":1}]"),
        TEXT("{\"min\": -1.0e+28, \"max\": 1.0e+28}"),
        TEXT("{\n\"a\": \"b\"\n}"),
        TEXT("{\"\\u0061\":1,\"\\u0062\":2}"),
        TEXT("{\"\xc3\xa9\":1,\"e\":2}"),
    };
    struct en_arena a = EN_ARENA(1 << 26);
    struct en_issues issues;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(VALID); i++) {
        if (check_text(&a, VALID[i], &issues) != EN_OK) {
            print_error("refused: %s (%s)\n", VALID[i].bytes, issues.items[0].text);
            fail();
        }
    }
    en_arena_free(&a);
}

/* Nothing else may pass: what one reader takes for a value and another drops is a risk. */
static void test_json_refuses_everything_else(void **state)
{
    static const struct text INVALID[] = {
        TEXT(""),
        TEXT(" "),
        TEXT("\n"),
        TEXT("["),
        TEXT("]"),
        TEXT("{"),
        TEXT("}"),
        TEXT("[1"),
        TEXT("[1,"),
        TEXT("[1,]"),
        TEXT("[,1]"),
        TEXT("[1,,2]"),
        TEXT("[,]"),
        TEXT("[1 true]"),
        TEXT("[1]]"),
        TEXT("[1]x"),
        TEXT("[1],"),
        TEXT("[\"x\""),
        TEXT("[\"x\", truth]"),
        TEXT("[1:2]"),
        TEXT("[*]"),
        TEXT("[()]"),
        TEXT("[\"a\",\n4\n,1,"),
        TEXT("[3[4]]"),
        TEXT("[{}"),
        TEXT("[nul]"),
        TEXT("[tru]"),
        TEXT("[fals]"),
        TEXT("[NULL]"),
        TEXT("[True]"),
        TEXT("nul"),
        TEXT("TRUE"),
        TEXT("[NaN]"),
        TEXT("[nan]"),
        TEXT("[-NaN]"),
        TEXT("[Infinity]"),
        TEXT("[-Infinity]"),
        TEXT("[Inf]"),
        TEXT("[+1]"),
        TEXT("[++1]"),
        TEXT("[-]"),
        TEXT("[--1]"),
        TEXT("[- 1]"),
        TEXT("[-a]"),
        TEXT("[01]"),
        TEXT("[-01]"),
        TEXT("[-012]"),
        TEXT("[00]"),
        TEXT("[.5]"),
        TEXT("[-.5]"),
        TEXT("[1.]"),
        TEXT("[-2.]"),
        TEXT("[1.e1]"),
        TEXT("[.2e-3]"),
        TEXT("[1e]"),
        TEXT("[1e+]"),
        TEXT("[1E-]"),
        TEXT("[0e]"),
        TEXT("[1eE2]"),
        TEXT("[1.2.3]"),
        TEXT("[1+2]"),
        TEXT("[1 000.0]"),
        TEXT("[1_000]"),
        TEXT("[0x1]"),
        TEXT("[0x42]"),
        TEXT("[1a]"),
        TEXT("[1.5e3.2]"),
        TEXT("[\xef\xbc\x91]"),
        TEXT("[\"]"),
        TEXT("\""),
        TEXT("['a']"),
        TEXT("[a]"),
        TEXT("[\"\\x00\"]"),
        TEXT("[\"\\a\"]"),
        TEXT("[\"\\\"]"),
        TEXT("[\"\\\\\\\"]"),
        TEXT("[\"\\"),
        TEXT("[\"\\u\"]"),
        TEXT("[\"\\u0\"]"),
        TEXT("[\"\\u00A\"]"),
        TEXT("[\"\\u00G0\"]"),
        TEXT("[\"\\U0041\"]"),
        TEXT("[\"\\uD834\"]"),
        TEXT("[\"\\uD834\\\"]"),
        TEXT("[\"\\uD834\\u\"]"),
        TEXT("[\"\\uD834\\uD834\"]"),
        TEXT("[\"\\uDD1E\"]"),
        TEXT("[\"\\uD834x\"]"),
        TEXT("[\"a\nb\"]"),
        TEXT("[\"\t\"]"),
        TEXT("[\"a\0b\"]"),
        TEXT("[\"\x1f\"]"),
        TEXT("[\"\xff\"]"),
        TEXT("[\"\xe9\"]"),
        TEXT("[\"\x80\"]"),
        TEXT("[\"\xc0\xaf\"]"),
        TEXT("[\"\xc3\x28\"]"),
        TEXT("[\"\xe0\x80\xaf\"]"),
        TEXT("[\"\xe2\x82\"]"),
        TEXT("[\"\xed\xa0\x80\"]"),
        TEXT("[\"\xf0\x80\x80\xaf\"]"),
        TEXT("[\"\xf4\x90\x80\x80\"]"),
        TEXT("[\"\xf8\x88\x80\x80\x80\"]"),
        TEXT("[\"\xfc\x83\xbf\xbf\xbf\xbf\"]"),
        TEXT("\xef\xbb\xbf{}"),
        TEXT("\xff\xfe[\0]\0"),
        TEXT("\xe2\x81\xa0[]"),
        TEXT("[\x0c]"),
        TEXT("[\v1]"),
        TEXT("[\xc2\xa0]"),
        TEXT("{\"a\"}"),
        TEXT("{\"a\":}"),
        TEXT("{\"a\" 1}"),
        TEXT("{\"a\":1,}"),
        TEXT("{\"a\":1,,\"b\":2}"),
        TEXT("{,}"),
        TEXT("{:1}"),
        TEXT("{\"a\"::1}"),
        TEXT("{\"a\",1}"),
        TEXT("{a:1}"),
        TEXT("{'a':1}"),
        TEXT("{1:1}"),
        TEXT("{null:1}"),
        TEXT("{\"a\":1 \"b\":2}"),
        TEXT("{\"a\":1;}"),
        TEXT("{\"a\":\"b\"]"),
        TEXT("[\"a\"}"),
        TEXT("{[1]:2}"),
        TEXT("{\"a\":1}x"),
        TEXT("{\"a\":1}{}"),
        TEXT("[1]//"),
        TEXT("/*c*/[1]"),
        TEXT("[1/*c*/]"),
        TEXT("{\"a\":1}#"),
        TEXT("[1]\0"),
        TEXT("{}{}"),
        TEXT("1 2"),
        TEXT("abc"),
        TEXT("*"),
        TEXT("<.>"),
        TEXT("\xc3\xa5"),
        TEXT("{\"a\":1,\"a\":2}"),
        TEXT("{\"a\":1,\"a\":1}"),
        TEXT("{\"a\":1,\"\\u0061\":1}"),
        TEXT("{\"\xc3\xa9\":1,\"\\u00e9\":2}"),
        TEXT("{\"\\ud83d\\ude39\":1,\"\xf0\x9f\x98\xb9\":2}"),
        TEXT("{\"a\\u0000b\":1}"),
        /* left open by the RFC; json-c would change these silently */
        TEXT("[9223372036854775808]"),
        TEXT("[-9223372036854775809]"),
        TEXT("[123456789012345678901234567890]"),
        TEXT("[1e400]"),
        TEXT("[-1e400]"),
    };
    struct en_arena a = EN_ARENA(1 << 26);
    struct en_issues issues;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(INVALID); i++) {
        if (check_text(&a, INVALID[i], &issues) != EN_EINVAL) {
            print_error("accepted: %s\n", INVALID[i].bytes);
            fail();
        }
        CHECK(issues.count > 0);
    }
    en_arena_free(&a);
}

/* A person must find the place: line and column count from 1, the path names the element. */
static void test_json_error_says_where(void **state)
{
    static const struct {
        struct text text;
        const char *path, *part, *code;
    } CASES[] = {
        {TEXT("{\n  \"a\": tru\n}"), "a", "line 2, column 8", "structure"},
        {TEXT("{\"entry\": [1, {\"resource\": {\"x\": 01}}]}"), "entry[1].resource",
         "line 1, column 35", "structure"},
        {TEXT("[1]]"), "$this", "line 1, column 4", "structure"},
        {TEXT("{\"a\":{\"b\":1,\n\"b\":2}}"), "a.b", "line 2, column 1", "structure"},
        {TEXT("[\"\xff\"]"), "$this[0]", "UTF-8", "invalid"},
        {TEXT("\xef\xbb\xbf{}"), "$this", "byte-order mark", "structure"},
        {TEXT("[1e999]"), "$this[0]", "too large", "value"},
        {TEXT("{\"Synthetic Patient\": x}"), "(unnamed)", "column 23", "structure"},
    };
    struct en_arena a = EN_ARENA(1 << 26);
    struct en_issues issues;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        CHECK(check_text(&a, CASES[i].text, &issues) == EN_EINVAL);
        CHECK(issues.count == 1);
        CHECK_TEXT(issues.items[0].path, CASES[i].path);
        CHECK_TEXT(issues.items[0].code, CASES[i].code);
        CHECK_CONTAINS(issues.items[0].text, CASES[i].part);
    }
    en_arena_free(&a);
}

/* Equal keys do not end the walk: all of them are named at once. */
static void test_json_reports_all_equal_keys(void **state)
{
    struct en_arena a = EN_ARENA(1 << 26);
    struct en_issues issues;

    (void)state;
    CHECK(check_text(&a, (struct text)TEXT("{\"a\":1,\"a\":2,\"b\":{\"c\":1,\"c\":2},\"a\":3}"),
                     &issues) == EN_EINVAL);
    CHECK(issues.count == 3);
    CHECK_TEXT(issues.items[0].path, "a");
    CHECK_TEXT(issues.items[1].path, "b.c");
    CHECK_TEXT(issues.items[2].path, "a");
    en_arena_free(&a);
}

static struct text nested(char *buffer, int depth)
{
    memset(buffer, '[', (size_t)depth);
    memset(buffer + depth, ']', (size_t)depth);
    return (struct text){buffer, 2 * (size_t)depth};
}

/* At each limit, and one beyond it: deep nesting ends the stack, many members the clock. */
static void test_json_limits_hold(void **state)
{
    char buffer[20000], *p;
    struct en_arena a = EN_ARENA(1 << 26);
    struct en_issues issues;

    (void)state;
    CHECK(check_text(&a, nested(buffer, EN_JSON_DEPTH_MAX), &issues) == EN_OK);
    CHECK(check_text(&a, nested(buffer, EN_JSON_DEPTH_MAX + 1), &issues) == EN_EINVAL);
    CHECK_TEXT(issues.items[0].code, "too-costly");
    CHECK(check_text(&a, nested(buffer, 9000), &issues) == EN_EINVAL);
    for (int members = EN_JSON_MEMBERS_MAX; members <= EN_JSON_MEMBERS_MAX + 1; members++) {
        p = buffer;
        for (int i = 0; i < members; i++) {
            p += snprintf(p, 32, "%c\"k%d\":0", i == 0 ? '{' : ',', i);
        }
        *p++ = '}';
        CHECK((check_text(&a, (struct text){buffer, (size_t)(p - buffer)}, &issues) == EN_OK) ==
              (members == EN_JSON_MEMBERS_MAX));
    }
    for (int digits = EN_JSON_NUMBER_MAX; digits <= EN_JSON_NUMBER_MAX + 1; digits++) {
        memset(buffer, '0', sizeof buffer);
        buffer[1] = '.';
        CHECK((check_text(&a, (struct text){buffer, (size_t)digits}, &issues) == EN_OK) ==
              (digits == EN_JSON_NUMBER_MAX));
    }
    en_arena_free(&a);
}

static void test_json_refuses_a_large_text_and_a_full_arena(void **state)
{
    static char large[EN_BODY_LARGE_MAX + 1];
    struct en_arena a = EN_ARENA(1 << 26), small = EN_ARENA(1000);
    struct en_issues issues = {0};
    struct en_err err = {""};

    (void)state;
    memset(large, ' ', sizeof large);
    large[0] = '1';
    CHECK(en_json_check(large, sizeof large - 1, &a, &issues, &err) == EN_OK);
    CHECK(check_text(&a, (struct text){large, sizeof large}, &issues) == EN_EINVAL);
    CHECK_TEXT(issues.items[0].code, "too-long");
    issues = (struct en_issues){0};
    CHECK(en_json_check("{}", 2, &small, &issues, &err) == EN_ENOMEM);
    en_arena_free(&a);
    en_arena_free(&small);
}

/* Many small values take far more memory than their text: their number has a ceiling, too. */
static void test_json_refuses_too_many_values(void **state)
{
    static char many[2 * EN_JSON_VALUES_MAX + 2];
    struct en_arena a = EN_ARENA(1 << 26);
    struct en_issues issues = {0};

    (void)state;
    for (size_t i = 1; i + 1 < sizeof many; i += 2) {
        memcpy(many + i, "1,", 2);
    }
    many[0] = '[';
    /* The array itself is a value. */
    many[2 * (EN_JSON_VALUES_MAX - 1)] = ']';
    CHECK(en_json_check(many, 2 * (EN_JSON_VALUES_MAX - 1) + 1, &a, &issues, NULL) == EN_OK);
    many[2 * (EN_JSON_VALUES_MAX - 1)] = ',';
    many[sizeof many - 2] = ']';
    CHECK(en_json_check(many, sizeof many - 1, &a, &issues, NULL) == EN_EINVAL);
    CHECK_TEXT(issues.items[0].code, "too-costly");
    en_arena_free(&a);
}

/* A decimal's text is part of its meaning: 1.00 is not 1. */
static void test_json_keeps_the_text_of_decimals(void **state)
{
    static const char *const NUMBERS[] = {"1.00", "0.30000000000000004", "1.10E+2", "100", "-0.0"};
    struct en_arena a = EN_ARENA(1 << 26);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(NUMBERS); i++) {
        struct json_object *root = NULL;
        struct en_issues issues = {0};
        char text[64];

        (void)snprintf(text, sizeof text, "{\"value\":%s}", NUMBERS[i]);
        CHECK(en_json_read(text, strlen(text), &a, &root, &issues, NULL) == EN_OK);
        CHECK_TEXT(json_object_get_string(en_json_get(root, "value")), NUMBERS[i]);
        json_object_put(root);
    }
    en_arena_free(&a);
}

/* The helpers answer NULL or 0 for what is not there or has another type; they never convert. */
static void test_json_helpers_do_not_convert(void **state)
{
    static const char TREE[] = "{\"t\":\"x\",\"n\":1,\"l\":[1,2]}";
    struct en_arena a = EN_ARENA(1 << 26);
    struct json_object *root = NULL;
    struct en_issues issues = {0};

    (void)state;
    CHECK(en_json_read(TREE, sizeof TREE - 1, &a, &root, &issues, NULL) == EN_OK);
    CHECK_TEXT(en_json_text(root, "t"), "x");
    CHECK(en_json_text(root, "n") == NULL && en_json_text(root, "none") == NULL);
    CHECK(en_json_get(en_json_get(root, "l"), "x") == NULL && en_json_get(NULL, "x") == NULL);
    CHECK(en_json_count(en_json_get(root, "l")) == 2 && en_json_count(root) == 0);
    CHECK(en_json_at(en_json_get(root, "l"), 2) == NULL && en_json_at(NULL, 0) == NULL);
    json_object_put(root);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_json_accepts_what_the_grammar_allows),
          cmocka_unit_test(test_json_refuses_everything_else),
          cmocka_unit_test(test_json_error_says_where),
          cmocka_unit_test(test_json_reports_all_equal_keys),
          cmocka_unit_test(test_json_limits_hold),
          cmocka_unit_test(test_json_refuses_too_many_values),
          cmocka_unit_test(test_json_refuses_a_large_text_and_a_full_arena),
          cmocka_unit_test(test_json_keeps_the_text_of_decimals),
          cmocka_unit_test(test_json_helpers_do_not_convert));
