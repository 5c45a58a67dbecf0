/* SPDX-License-Identifier: Apache-2.0
 * A Bundle's references are set to the ids that its resources get: none may be missed, and nothing
 * that only looks like one may change. */
#include "fhir/json.h"
#include "fhir/links.h"

#include "support/check.h"

#define URN "urn:uuid:7e1d0000-0000-4000-8000-000000000001"

static bool is_urn(void *context, const char *address)
{
    (void)context;
    return strcmp(address, URN) == 0;
}

static const char *new_place(void *context, const char *address)
{
    (void)context;
    return strcmp(address, URN) == 0 ? "Patient/new" : NULL;
}

static const char *nothing(void *context, const char *address)
{
    (void)context;
    (void)address;
    return NULL;
}

struct linked {
    struct en_arena arena;
    struct json_object *tree;
    struct en_link *links;
    size_t count;
};

static void open_linked(struct linked *l, const char *json)
{
    struct en_issues issues = {0};
    struct en_r4 r4;

    *l = (struct linked){.arena = EN_ARENA(64 << 20)};
    CHECK(en_r4_load(&l->arena, &r4, NULL) == EN_OK);
    CHECK(en_json_read(json, strlen(json), &l->arena, &l->tree, &issues, NULL) == EN_OK);
    CHECK(en_fhir_links(&r4, l->tree, is_urn, NULL, &l->arena, &l->links, &l->count, NULL) ==
          EN_OK);
}

static const char *set_all(struct linked *l, en_link_find *find)
{
    for (size_t i = 0; i < l->count; i++) {
        CHECK(en_link_set(&l->links[i], find, NULL, NULL) == EN_OK);
    }
    return json_object_to_json_string_ext(l->tree,
                                          JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

static void close_linked(struct linked *l)
{
    json_object_put(l->tree);
    en_arena_free(&l->arena);
}

/* References of all depths, contained resources and extensions; uri and url but never canonical,
 * string, or the system and value of an identifier that merely look the same. */
static void test_links_are_set_by_the_type_of_the_element(void **state)
{
    static const char BEFORE[] =
        "{\"resourceType\":\"QuestionnaireResponse\",\"contained\":[{\"resourceType\":"
        "\"Observation\","
        "\"subject\":{\"reference\":\"" URN "\"},\"note\":[{\"text\":\"" URN "\"}]}],"
        "\"extension\":[{\"url\":\"http://example.org/a\",\"valueUri\":\"" URN "\"},"
        "{\"url\":\"http://example.org/b\",\"valueCanonical\":\"" URN "\"},"
        "{\"url\":\"http://example.org/c\",\"valueString\":\"" URN "\"}],"
        "\"questionnaire\":\"" URN "\",\"subject\":{\"reference\":\"" URN "\",\"display\":\"" URN
        "\"},\"item\":[{\"linkId\":\"1\",\"item\":[{\"linkId\":\"2\",\"answer\":[{"
        "\"valueAttachment\":{\"url\":\"" URN "\",\"title\":\"" URN "\"},"
        "\"item\":[{\"linkId\":\"3\",\"answer\":[{\"valueReference\":{\"reference\":\"" URN
        "\"}},{\"valueUri\":\"" URN "\"}]}]}]}]}],"
        "\"author\":{\"reference\":\"#inside\"},\"source\":{\"reference\":\"Patient/other\"}}";
    struct linked l;

    (void)state;
    open_linked(&l, BEFORE);
    CHECK(l.count == 7); /* one of them "Patient/other", which is asked about, too */
    const char *text = set_all(&l, new_place);

    CHECK_CONTAINS(text, "\"subject\":{\"reference\":\"Patient/new\"},\"note\":[{\"text\":\"" URN);
    CHECK_CONTAINS(text, "\"valueUri\":\"Patient/new\"},{");
    CHECK_CONTAINS(text, "\"valueCanonical\":\"" URN);
    CHECK_CONTAINS(text, "\"valueString\":\"" URN);
    CHECK_CONTAINS(text, "\"questionnaire\":\"" URN);
    CHECK_CONTAINS(text, "\"subject\":{\"reference\":\"Patient/new\",\"display\":\"" URN);
    CHECK_CONTAINS(text, "{\"url\":\"Patient/new\",\"title\":\"" URN);
    CHECK_CONTAINS(text, "{\"valueReference\":{\"reference\":\"Patient/new\"}}");
    CHECK_CONTAINS(text, "{\"valueUri\":\"Patient/new\"}]");
    CHECK_CONTAINS(text, "#inside");
    CHECK_CONTAINS(text, "Patient/other");
    /* Ids can change when a transaction is tried again: back to where it began. */
    CHECK_TEXT(set_all(&l, nothing), BEFORE);
    close_linked(&l);
}

/* Links and pictures of a narrative follow; its words do not. */
static void test_links_of_a_narrative_are_its_attributes(void **state)
{
    static const char BEFORE[] =
        "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":"
        "\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><a href=\\\"" URN "\\\">" URN
        "</a><img src='" URN "'/><a href=\\\"#x\\\">y</a></div>\"}}";
    struct linked l;

    (void)state;
    open_linked(&l, BEFORE);
    CHECK(l.count == 1 && l.links[0].kind == EN_LINK_NARRATIVE);
    CHECK_CONTAINS(set_all(&l, new_place),
                   "<a href=\\\"Patient/new\\\">" URN "</a><img src='Patient/new'/><a href=\\\"#x");
    CHECK_TEXT(set_all(&l, nothing), BEFORE);
    close_linked(&l);
}

/* Whatever stands where an address should: no crash, nothing found. */
static void test_links_bear_what_is_no_resource(void **state)
{
    static const char *const ODD[] = {
        "[]",
        "null",
        "\"" URN "\"",
        "{\"resourceType\":7,\"url\":\"" URN "\"}",
        "{\"resourceType\":\"Nothing\",\"url\":\"" URN "\"}",
        "{\"div\":\"href='\"}",
        "{\"resourceType\":\"Patient\",\"name\":{\"reference\":7},\"x\":{\"valueUri\":\"" URN
        "\"}}"};
    struct linked l;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ODD); i++) {
        open_linked(&l, ODD[i]);
        CHECK(l.count == 0);
        close_linked(&l);
    }
}

TEST_MAIN(cmocka_unit_test(test_links_are_set_by_the_type_of_the_element),
          cmocka_unit_test(test_links_of_a_narrative_are_its_attributes),
          cmocka_unit_test(test_links_bear_what_is_no_resource));
