/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/writer.h"

#include "support/check.h"

/* What is written must read back as the same values, with nothing empty in it: FHIR allows neither
 * null nor "". */
static void test_writer_writes_json_without_empty_values(void **state)
{
    struct en_buf out = EN_BUF(1 << 16);
    struct en_writer w = EN_WRITER(&out);

    (void)state;
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "text", "a \"b\" \\ \n\t\x01 \xc3\xa9");
    en_write_text(&w, "none", NULL);
    en_write_text(&w, "empty", "");
    en_write_print(&w, "print", "%d/%s", 3, "x");
    en_write_bool(&w, "yes", true);
    en_write_integer(&w, "integer", -7);
    en_write_open(&w, "list", '[');
    en_write_text(&w, NULL, "one");
    en_write_number(&w, NULL, 2.5, 3);
    en_write_open(&w, NULL, '{');
    en_write_close(&w);
    en_write_close(&w);
    en_write_date(&w, "day", 0);
    en_write_date(&w, "unknown", EN_DAY_UNKNOWN);
    en_write_decimal(&w, "decimal", "1.00");
    en_write_close(&w);
    CHECK(en_write_end(&w, "it", NULL) == EN_OK);
    CHECK_TEXT(en_buf_text(&out), "{\n"
                                  "  \"text\": \"a \\\"b\\\" \\\\ \\n\\u0009\\u0001 \xc3\xa9\",\n"
                                  "  \"print\": \"3/x\",\n"
                                  "  \"yes\": true,\n"
                                  "  \"integer\": -7,\n"
                                  "  \"list\": [\n"
                                  "    \"one\",\n"
                                  "    2.5,\n"
                                  "    {}\n"
                                  "  ],\n"
                                  "  \"day\": \"1970-01-01\",\n"
                                  "  \"decimal\": 1.00\n"
                                  "}\n");
    en_buf_free(&out);
}

/* Sensible digits: no zeros at the end, no "-0", and an unknown number is not written at all. */
static void test_writer_numbers(void **state)
{
    static const struct {
        double value;
        int digits;
        const char *text;
    } CASES[] = {
        {1.0, 3, "1"},        {0.1 + 0.2, 3, "0.3"}, {-0.0001, 2, "0"},   {100.0, 0, "100"},
        {12.345, 2, "12.35"}, {-2.50, 2, "-2.5"},    {1e6, 2, "1000000"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_buf out = EN_BUF(1000);
        struct en_writer w = EN_WRITER(&out);

        en_write_number(&w, NULL, CASES[i].value, CASES[i].digits);
        CHECK_TEXT(en_buf_text(&out), CASES[i].text);
        en_buf_clear(&out);
        en_write_number(&w, NULL, NAN, 2);
        en_write_number(&w, NULL, INFINITY, 2);
        CHECK_TEXT(en_buf_text(&out), "");
        en_buf_free(&out);
    }
}

static void test_writer_reports_a_full_buffer(void **state)
{
    struct en_buf out = EN_BUF(10);
    struct en_writer w = EN_WRITER(&out);
    struct en_err err = {""};

    (void)state;
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "key", "a long value");
    en_write_close(&w);
    CHECK(en_write_end(&w, "the plan", &err) == EN_ELIMIT);
    CHECK_CONTAINS(err.text, "the plan");
    en_buf_free(&out);
}

/* Paths hold FHIR's names only; a value in a name's place is not repeated. */
static void test_path_hides_what_is_no_name(void **state)
{
    struct en_path p = {.size = 0};

    (void)state;
    CHECK(en_path_push(&p, "Bundle") == 0);
    const size_t bundle = en_path_push(&p, "entry");

    (void)en_path_push_index(&p, 12);
    CHECK_TEXT(p.text, "Bundle.entry[12]");
    const size_t entry = en_path_push(&p, "Synthetic Patient 01");

    CHECK_TEXT(p.text, "Bundle.entry[12].(unnamed)");
    en_path_pop(&p, entry);
    (void)en_path_push(&p, "_birthDate");
    CHECK_TEXT(p.text, "Bundle.entry[12]._birthDate");
    en_path_pop(&p, bundle);
    CHECK_TEXT(p.text, "Bundle");
    for (int i = 0; i < 1000; i++) {
        (void)en_path_push(&p, "extension");
    }
    CHECK(p.size < sizeof p.text && strlen(p.text) == p.size);
}

/* The outcome names severity, code, text and place; too many problems are said to be too many. */
static void test_outcome_lists_all_issues(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_issues issues = {0};
    struct en_buf out = EN_BUF(1 << 20);

    (void)state;
    CHECK(en_fhir_outcome(&issues, &out, NULL) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&out), "\"informational\"");
    en_buf_clear(&out);
    en_issue_add(&issues, &a, EN_ISSUE_ERROR, "required", "Patient.name", "needs %d", 1);
    en_issue_add(&issues, &a, EN_ISSUE_WARNING, "value", "", "odd");
    CHECK(issues.error_count == 1 && issues.count == 2);
    CHECK(en_fhir_outcome(&issues, &out, NULL) == EN_OK);
    CHECK_TEXT(en_buf_text(&out), "{\n"
                                  "  \"resourceType\": \"OperationOutcome\",\n"
                                  "  \"issue\": [\n"
                                  "    {\n"
                                  "      \"severity\": \"error\",\n"
                                  "      \"code\": \"required\",\n"
                                  "      \"details\": {\n"
                                  "        \"text\": \"needs 1\"\n"
                                  "      },\n"
                                  "      \"expression\": [\n"
                                  "        \"Patient.name\"\n"
                                  "      ]\n"
                                  "    },\n"
                                  "    {\n"
                                  "      \"severity\": \"warning\",\n"
                                  "      \"code\": \"value\",\n"
                                  "      \"details\": {\n"
                                  "        \"text\": \"odd\"\n"
                                  "      }\n"
                                  "    }\n"
                                  "  ]\n"
                                  "}\n");
    for (int i = 0; i < EN_ISSUES_MAX + 5; i++) {
        en_issue_add(&issues, &a, EN_ISSUE_ERROR, "value", "x", "y");
    }
    CHECK(issues.was_cut && issues.count == EN_ISSUES_MAX);
    CHECK(issues.error_count == EN_ISSUES_MAX + 6);
    en_buf_clear(&out);
    CHECK(en_fhir_outcome(&issues, &out, NULL) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&out), "more problems");
    en_buf_free(&out);
    en_arena_free(&a);
}

/* A full arena loses the text of a problem, never the fact that there is one. */
static void test_issue_counts_even_without_memory(void **state)
{
    struct en_arena a = EN_ARENA(0);
    struct en_issues issues = {0};

    (void)state;
    en_issue_add(&issues, &a, EN_ISSUE_ERROR, "value", "x", "y");
    CHECK(issues.error_count == 1 && issues.count == 0 && issues.was_cut);
}

TEST_MAIN(cmocka_unit_test(test_writer_writes_json_without_empty_values),
          cmocka_unit_test(test_writer_numbers),
          cmocka_unit_test(test_writer_reports_a_full_buffer),
          cmocka_unit_test(test_path_hides_what_is_no_name),
          cmocka_unit_test(test_outcome_lists_all_issues),
          cmocka_unit_test(test_issue_counts_even_without_memory));
