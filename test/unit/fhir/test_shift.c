/* SPDX-License-Identifier: Apache-2.0
 * Examples are moved to today: ages, intervals and the form of each date must stay, and nothing
 * that is no date may change. */
#include "fhir/shift.h"

#include "base/instant.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "fhir/json.h"

#include "support/check.h"

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};
static struct en_r4 r4;

static int load(void **state)
{
    (void)state;
    return en_r4_load(&memory, &r4, NULL) == EN_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&memory);
    return 0;
}

struct row {
    int days, minutes;
    const char *from, *to; /* to NULL: no date that can be moved */
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct en_shift by = {rows[i].days, rows[i].minutes, INT64_MAX};
        char out[EN_SHIFT_TEXT] = "unchanged";

        if (en_shift_text(&by, rows[i].from, out) != (rows[i].to != NULL)) {
            fail_msg("\"%s\" is %s", rows[i].from, rows[i].to == NULL ? "moved" : "not moved");
        }
        CHECK_TEXT(out, rows[i].to == NULL ? "unchanged" : rows[i].to);
    }
}

/* Whole days, over leap days, ends of months and years, in both directions. */
static void test_shift_moves_days(void **state)
{
    static const struct row ROWS[] = {
        {1, 0, "2024-02-28", "2024-02-29"},  {1, 0, "2024-02-29", "2024-03-01"},
        {1, 0, "2023-02-28", "2023-03-01"},  {1, 0, "1900-02-28", "1900-03-01"},
        {1, 0, "2000-02-28", "2000-02-29"},  {366, 0, "2024-01-01", "2025-01-01"},
        {-1, 0, "2026-01-01", "2025-12-31"}, {273, 0, "2026-03-02", "2026-11-30"},
        {0, 0, "2026-03-02", "2026-03-02"},  {-1, 0, "0001-01-02", "0001-01-01"},
        {1, 0, "9999-12-30", "9999-12-31"},  {1, 0, "9999-12-31", NULL},
        {-1, 0, "0001-01-01", NULL},
    };

    (void)state;
    check_rows(ROWS, EN_COUNT(ROWS));
}

/* A month or a year moves with its first day and stays a month or a year. */
static void test_shift_keeps_precision(void **state)
{
    static const struct row ROWS[] = {
        {273, 0, "2026-03", "2026-11"},   {30, 0, "2026-03", "2026-03"},
        {31, 0, "2026-03", "2026-04"},    {273, 0, "2026", "2026"},
        {365, 0, "2026", "2027"},         {-1, 0, "2026", "2025"},
        {273, 100, "2026-03", "2026-11"},
    };

    (void)state;
    check_rows(ROWS, EN_COUNT(ROWS));
}

/* The time of day stays, whatever zone and fraction it is written with; minutes move it, over
 * midnight too. */
static void test_shift_keeps_time_of_day(void **state)
{
    static const struct row ROWS[] = {
        {1, 0, "2024-02-28T23:59:59Z", "2024-02-29T23:59:59Z"},
        {273, 0, "2026-03-02T10:00:00+01:00", "2026-11-30T10:00:00+01:00"},
        {1, 0, "2026-03-02T10:00:00.125-05:00", "2026-03-03T10:00:00.125-05:00"},
        {0, 90, "2026-03-02T23:00:00Z", "2026-03-03T00:30:00Z"},
        {0, -180, "2026-03-01T01:15:30Z", "2026-02-28T22:15:30Z"},
        {1, -1441, "2026-03-01T00:00:00Z", "2026-02-28T23:59:00Z"},
        {0, 2880, "2026-02-28T12:00:00Z", "2026-03-02T12:00:00Z"},
        {0, 60, "2026-03-02", "2026-03-02"},
    };

    (void)state;
    check_rows(ROWS, EN_COUNT(ROWS));
}

static void test_shift_refuses_what_is_no_date(void **state)
{
    static const struct row ROWS[] = {
        {1, 0, "", NULL},           {1, 0, "2026-13-01", NULL},
        {1, 0, "2026-02-30", NULL}, {1, 0, "2026-3-2", NULL},
        {1, 0, "tomorrow", NULL},   {1, 0, "2026-03-02T10", NULL},
        {1, 0, "12:00:00", NULL},   {1, 0, NULL, NULL},
        {1, 0, "20260302", NULL},   {1, 0, "2026-03-02 ", NULL},
    };

    (void)state;
    check_rows(ROWS, EN_COUNT(ROWS));
}

/* What was, is never later than now; a day alone has no time that could be. */
static void test_shift_never_passes_now(void **state)
{
    struct en_shift by = {.days = 1};
    char out[EN_SHIFT_TEXT];
    int64_t high_us = 0;

    (void)state;
    CHECK(en_instant_span("2026-03-03T09:00:00Z", &by.now_us, &high_us));
    CHECK(en_shift_text(&by, "2026-03-02T08:59:59Z", out));
    CHECK_TEXT(out, "2026-03-03T08:59:59Z");
    CHECK(en_shift_text(&by, "2026-03-02T10:30:00+00:00", out));
    CHECK_TEXT(out, "2026-03-03T09:00:00.000Z");
    CHECK(en_shift_text(&by, "2026-03-02", out));
    CHECK_TEXT(out, "2026-03-03");
}

static struct json_object *tree_of(const char *json)
{
    struct json_object *tree = NULL;
    struct en_issues issues = {0};

    CHECK(en_json_read(json, strlen(json), &memory, &tree, &issues, NULL) == EN_OK);
    return tree;
}

static void check_moved(const char *from, const char *to)
{
    const struct en_shift by = {1, 0, INT64_MAX};
    struct json_object *tree = tree_of(from);
    struct en_err err = {""};

    CHECK(en_fhir_shift(&r4, &by, tree, &err) == EN_OK);
    CHECK_TEXT(json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PLAIN |
                                                        JSON_C_TO_STRING_NOSLASHESCAPE),
               to);
    json_object_put(tree);
}

/* Dates are found by the definitions: in choices, lists, backbone elements, extensions, contained
 * resources and Bundles. A text, a code or an id that looks like a date stays. */
static void test_shift_follows_the_definitions(void **state)
{
    (void)state;
    check_moved("{\"resourceType\":\"Patient\",\"id\":\"2026-03-02\",\"birthDate\":\"1971-04-18\","
                "\"identifier\":[{\"value\":\"2026-03-02\",\"period\":{\"start\":\"2020\",\"end\":"
                "\"2026-03-02\"}}],\"contained\":[{\"resourceType\":\"Organization\",\"name\":"
                "\"2026-03-02\"}],\"extension\":[{\"url\":\"x\",\"valueDateTime\":\"2026-03-02\"},{"
                "\"url\":\"y\",\"valueString\":\"2026-03-02\"}]}",
                "{\"resourceType\":\"Patient\",\"id\":\"2026-03-02\",\"birthDate\":\"1971-04-19\","
                "\"identifier\":[{\"value\":\"2026-03-02\",\"period\":{\"start\":\"2020\",\"end\":"
                "\"2026-03-03\"}}],\"contained\":[{\"resourceType\":\"Organization\",\"name\":"
                "\"2026-03-02\"}],\"extension\":[{\"url\":\"x\",\"valueDateTime\":\"2026-03-03\"},{"
                "\"url\":\"y\",\"valueString\":\"2026-03-02\"}]}");
    check_moved("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
                "\"resourceType\":\"QuestionnaireResponse\",\"authored\":\"2026-02-28T10:00:00Z\","
                "\"item\":[{\"linkId\":\"a\",\"answer\":[{\"valueDate\":\"2024-02-28\"},{"
                "\"valueString\":\"2024-02-28\"}],\"item\":[{\"linkId\":\"b\",\"answer\":[{"
                "\"valueDateTime\":\"2024-12\"}]}]}]}}]}",
                "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
                "\"resourceType\":\"QuestionnaireResponse\",\"authored\":\"2026-03-01T10:00:00Z\","
                "\"item\":[{\"linkId\":\"a\",\"answer\":[{\"valueDate\":\"2024-02-29\"},{"
                "\"valueString\":\"2024-02-28\"}],\"item\":[{\"linkId\":\"b\",\"answer\":[{"
                "\"valueDateTime\":\"2024-12\"}]}]}]}}]}");
    check_moved("{\"resourceType\":\"Timing\",\"nothing\":\"2026-03-02\"}",
                "{\"resourceType\":\"Timing\",\"nothing\":\"2026-03-02\"}");
}

/* A date that cannot be moved is told by its element, never left behind silently. */
static void test_shift_names_the_element(void **state)
{
    const struct en_shift by = {1, 0, INT64_MAX};
    struct json_object *tree =
        tree_of("{\"resourceType\":\"Observation\",\"effectiveDateTime\":\"yesterday\"}");
    struct en_err err = {""};

    (void)state;
    CHECK(en_fhir_shift(&r4, &by, tree, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "Observation.effective");
    json_object_put(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shift_moves_days),
        cmocka_unit_test(test_shift_keeps_precision),
        cmocka_unit_test(test_shift_keeps_time_of_day),
        cmocka_unit_test(test_shift_refuses_what_is_no_date),
        cmocka_unit_test(test_shift_never_passes_now),
        cmocka_unit_test(test_shift_follows_the_definitions),
        cmocka_unit_test(test_shift_names_the_element),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
