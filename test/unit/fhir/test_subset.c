/* SPDX-License-Identifier: Apache-2.0
 * Parts of a resource must hold what was asked for, nothing else, and say that they are parts. */
#include "fhir/json.h"
#include "fhir/subset.h"

#include "support/check.h"

static const char OBSERVATION[] =
    "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":{\"versionId\":\"3\"},"
    "\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">x"
    "</div>\"},\"modifierExtension\":[{\"url\":\"http://example.org/m\",\"valueBoolean\":true}],"
    "\"status\":\"final\",\"_status\":{\"id\":\"s\"},\"code\":{\"text\":\"Blood pressure\"},"
    "\"note\":[{\"text\":\"a note\"}],\"component\":[{\"code\":{\"text\":\"Systolic\"},"
    "\"valueQuantity\":{\"value\":120.00,\"unit\":\"mmHg\"},"
    "\"interpretation\":[{\"text\":\"normal\"}]}]}";

/* The part as text, in the arena. */
static const char *part(enum en_subset_kind kind, const char *elements, const char *json,
                        struct en_arena *a)
{
    const struct en_subset subset = {kind, elements};
    struct en_issues issues = {0};
    struct json_object *tree = NULL;
    struct en_r4 r4;

    CHECK(en_r4_load(a, &r4, NULL) == EN_OK);
    CHECK(en_json_read(json, strlen(json), a, &tree, &issues, NULL) == EN_OK);
    CHECK(en_fhir_subset(&r4, &subset, tree, NULL) == EN_OK);
    const char *text =
        en_arena_copy(a,
                      json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PLAIN |
                                                               JSON_C_TO_STRING_NOSLASHESCAPE),
                      SIZE_MAX);

    json_object_put(tree);
    return text;
}

static void check_absent(const char *text, const char *what)
{
    if (strstr(text, what) != NULL) {
        print_error("%s must not be in %s\n", what, text);
        fail();
    }
}

/* HL7 marks code and value of a component, not its interpretation; a note is no summary. */
static void test_subset_summary_goes_into_backbone_elements(void **state)
{
    struct en_arena a = EN_ARENA(16 << 20);
    const char *text = part(EN_SUBSET_SUMMARY, NULL, OBSERVATION, &a);

    (void)state;
    CHECK_CONTAINS(text, "\"valueQuantity\":{\"value\":120.00,");
    CHECK_CONTAINS(text, "\"_status\":{\"id\":\"s\"}");
    CHECK_CONTAINS(text, "SUBSETTED");
    CHECK_CONTAINS(text, "\"modifierExtension\"");
    check_absent(text, "note");
    check_absent(text, "interpretation");
    check_absent(text, "div");
    en_arena_free(&a);
}

/* Items of a Questionnaire repeat themselves by reference: inner ones follow the same marks. */
static void test_subset_summary_follows_elements_that_repeat_others(void **state)
{
    struct en_arena a = EN_ARENA(16 << 20);
    const char *text =
        part(EN_SUBSET_SUMMARY, NULL,
             "{\"resourceType\":\"Questionnaire\",\"status\":\"active\",\"purpose\":\"p\","
             "\"item\":[{\"linkId\":\"1\",\"type\":\"group\"}]}",
             &a);

    (void)state;
    CHECK_CONTAINS(text, "\"status\":\"active\"");
    check_absent(text, "item");
    check_absent(text, "purpose");
    en_arena_free(&a);
}

/* Mandatory elements stay, or a client could not read the part at all. */
static void test_subset_text_and_elements_keep_what_is_mandatory(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    const char *text = part(EN_SUBSET_TEXT, NULL, OBSERVATION, &a);

    (void)state;
    CHECK_CONTAINS(text, "div");
    CHECK_CONTAINS(text, "\"code\"");
    check_absent(text, "component");
    text = part(EN_SUBSET_ELEMENTS, "note", OBSERVATION, &a);
    CHECK_CONTAINS(text, "\"note\":[{\"text\":\"a note\"}]");
    CHECK_CONTAINS(text, "\"id\":\"o1\"");
    CHECK_CONTAINS(text, "\"status\":\"final\",\"_status\"");
    CHECK_CONTAINS(text, "\"versionId\":\"3\",\"tag\":[{");
    check_absent(text, "component");
    check_absent(text, "div");
    en_arena_free(&a);
}

static void test_subset_data_drops_the_narrative_alone(void **state)
{
    struct en_arena a = EN_ARENA(16 << 20);
    const char *text = part(EN_SUBSET_DATA, NULL, OBSERVATION, &a);

    (void)state;
    check_absent(text, "div");
    CHECK_CONTAINS(text, "interpretation");
    CHECK_CONTAINS(text, "note");
    CHECK_CONTAINS(text, "SUBSETTED");
    en_arena_free(&a);
}

/* `_elements=value` and `_elements=valueQuantity` both mean the choice; none leaves the whole. */
static void test_subset_elements_know_choices(void **state)
{
    static const char JSON[] = "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{},"
                               "\"valueQuantity\":{\"value\":1.0}}";
    struct en_arena a = EN_ARENA(64 << 20);

    (void)state;
    CHECK_CONTAINS(part(EN_SUBSET_ELEMENTS, "value", JSON, &a), "\"value\":1.0");
    CHECK_CONTAINS(part(EN_SUBSET_ELEMENTS, "valueQuantity", JSON, &a), "\"value\":1.0");
    check_absent(part(EN_SUBSET_ELEMENTS, "subject", JSON, &a), "valueQuantity");
    CHECK_TEXT(part(EN_SUBSET_NONE, NULL, JSON, &a), JSON);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_subset_summary_goes_into_backbone_elements),
          cmocka_unit_test(test_subset_summary_follows_elements_that_repeat_others),
          cmocka_unit_test(test_subset_text_and_elements_keep_what_is_mandatory),
          cmocka_unit_test(test_subset_data_drops_the_narrative_alone),
          cmocka_unit_test(test_subset_elements_know_choices));
