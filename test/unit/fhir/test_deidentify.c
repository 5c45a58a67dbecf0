/* SPDX-License-Identifier: Apache-2.0
 * What a researcher sees: resources made from R4's definitions, every element filled with marks,
 * must come out without any mark; what is of use must still be there. */
#include "fhir/deidentify.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"

#include "support/check.h"

enum { DEPTH_MAX = 5, TODAY = 20514 /* 2026-03-02 */ };

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};
static struct en_r4 r4;
static struct en_deidentify d = {
    .r4 = &r4, .key = "the secret of a synthetic clinic", .today = TODAY};

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

/* De-identified text of a resource, in a buffer of its own that lives until the next call. */
static const char *seen(struct json_object *resource)
{
    static char text[1 << 20];
    struct en_err err = {""};
    struct json_object *out = NULL;

    CHECK(en_deidentify(&d, resource, &memory, &out, &err) == EN_OK);
    (void)snprintf(text, sizeof text, "%s",
                   json_object_to_json_string_ext(out, JSON_C_TO_STRING_PLAIN |
                                                           JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(out);
    return text;
}

static const char *seen_text(const char *json)
{
    struct json_object *resource = NULL;
    struct en_issues issues = {0};

    CHECK(en_json_read(json, strlen(json), &memory, &resource, &issues, NULL) == EN_OK);
    const char *text = seen(resource);

    json_object_put(resource);
    return text;
}

static void check_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL) {
        print_error("\"%s\" contains \"%s\"\n", text, part);
        fail();
    }
}

/* Values with marks, by primitive type. */
static struct json_object *primitive(const char *type, const char *path)
{
    /* Texts that are kept: where codes come from, and the clinic's own questions. */
    static const char FINE[] =
        "Coding.system; Quantity.system; Questionnaire.item.linkId; Questionnaire.item.text; "
        "QuestionnaireResponse.item.linkId; Questionnaire.url; Questionnaire.version; "
        "QuestionnaireResponse.questionnaire; Questionnaire.item.enableWhen.question";

    if (en_list_has(FINE, path) || strcmp(type, "code") == 0) {
        return json_object_new_string("fine");
    }
    if (strcmp(type, "boolean") == 0) {
        return json_object_new_boolean(1);
    }
    if (en_list_has("integer; positiveInt; unsignedInt; decimal", type)) {
        return json_object_new_int(42);
    }
    if (strcmp(type, "date") == 0) {
        return json_object_new_string("1987-06-15");
    }
    if (strcmp(type, "time") == 0) {
        return json_object_new_string("10:11:12");
    }
    if (en_list_has("dateTime; instant", type)) {
        return json_object_new_string("1987-06-15T10:11:12Z");
    }
    return json_object_new_string("MARK");
}

static void fill(struct json_object *object, const struct en_r4_element *type, int depth);

static struct json_object *value_of(const struct en_r4_element *element,
                                    const struct en_r4_element *type, int depth)
{
    struct json_object *value;

    if (strcmp(type->binding, "primitive-type") == 0) {
        return primitive(type->path, element->path);
    }
    value = json_object_new_object();
    if (strcmp(type->path, "Reference") == 0) {
        json_object_object_add(value, "reference", json_object_new_string("Patient/MARK"));
        json_object_object_add(value, "display", json_object_new_string("MARK"));
    } else if (depth < DEPTH_MAX) {
        fill(value, type, depth + 1);
    }
    return value;
}

static void add(struct json_object *object, const struct en_r4_element *e, const char *key,
                struct json_object *value)
{
    if (e->max > 1) {
        struct json_object *array = json_object_new_array();

        json_object_array_add(array, value);
        value = array;
    }
    json_object_object_add(object, key, value);
    /* The sibling of a primitive with an extension. */
    if (json_object_is_type(value, json_type_string)) {
        char sibling[128];

        (void)snprintf(sibling, sizeof sibling, "_%s", key);
        struct json_object *mark = json_object_new_object();

        json_object_object_add(mark, "id", json_object_new_string("MARK"));
        json_object_object_add(object, sibling, mark);
    }
}

/* Every type of a choice, though only one is allowed: no type may be forgotten. */
static void fill_element(struct json_object *object, const struct en_r4_element *e, int depth)
{
    const char *at = e->types, *name = NULL, *targets = NULL;
    size_t size = 0;

    if (e->first_child != NULL) {
        add(object, e, e->name, value_of(e, e, depth));
        return;
    }
    while ((at = en_r4_next_type(at, &name, &size, &targets)) != NULL) {
        const struct en_r4_element *type =
            name[0] == '#' ? en_r4_find(&r4, name + 1, size - 1) : en_r4_find(&r4, name, size);
        char key[128];

        if (type == NULL || en_list_has("Resource; Extension; xhtml", type->path)) {
            continue;
        }
        (void)snprintf(key, sizeof key, "%s%.*s", e->name, e->is_choice ? (int)size : 0, name);
        if (e->is_choice && key[strlen(e->name)] >= 'a') {
            key[strlen(e->name)] = (char)(key[strlen(e->name)] - 'a' + 'A');
        }
        add(object, e, key, value_of(e, type, depth));
    }
}

static void fill(struct json_object *object, const struct en_r4_element *type, int depth)
{
    for (const struct en_r4_element *t = type; t != NULL; t = en_r4_base(&r4, t)) {
        for (const struct en_r4_element *e = t->first_child; e != NULL; e = e->next) {
            fill_element(object, e, depth);
        }
        if (t->path[0] == '\0' || strchr(t->path, '.') != NULL) {
            break;
        }
    }
}

/* No text, id, date or time of any element of any type that is shown gets through, however deep it
 * stands; and a resource of another type is not shown at all. */
static void test_no_mark_gets_through(void **state)
{
    size_t shown_count = 0;

    (void)state;
    for (size_t i = 0; i < r4.element_count; i++) {
        const struct en_r4_element *type = &r4.elements[i];
        struct json_object *resource, *out = NULL;

        if (strcmp(type->binding, "resource") != 0 || strchr(type->path, '.') != NULL) {
            continue;
        }
        resource = json_object_new_object();
        fill(resource, type, 0);
        json_object_object_add(resource, "resourceType", json_object_new_string(type->path));
        json_object_object_add(resource, "id", json_object_new_string("MARK"));
        if (en_deidentify_shows(type->path)) {
            const char *text = seen(resource);

            shown_count++;
            check_lacks(text, "MARK");
            check_lacks(text, "1987-06-15");
            check_lacks(text, ":11:");
        } else {
            CHECK(en_deidentify(&d, resource, &memory, &out, NULL) == EN_EDENIED && out == NULL);
        }
        json_object_put(resource);
    }
    CHECK(shown_count == 22); /* the rows of the list */
}

/* What research needs stays: codes, numbers as they were written, units, links between resources,
 * and the distance between two dates of a patient. */
static void test_what_is_of_use_stays(void **state)
{
    char pseudonym[EN_PSEUDONYM_TEXT], expected[64];

    (void)state;
    const char *text = seen_text(
        "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\","
        "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"72514-3\","
        "\"display\":\"Pain, says Synthetic Patient One\"}],\"text\":\"Synthetic Patient One\"},"
        "\"subject\":{\"reference\":\"Patient/p1\",\"display\":\"Synthetic Patient One\"},"
        "\"effectiveDateTime\":\"2026-03\",\"valueQuantity\":{\"value\":6.50,\"unit\":\"of ten\","
        "\"system\":\"http://unitsofmeasure.org\",\"code\":\"{score}\"},"
        "\"note\":[{\"text\":\"asks for Synthetic Patient Two\"}]}");

    CHECK_CONTAINS(text, "\"code\":\"72514-3\"");
    CHECK_CONTAINS(text, "\"value\":6.50");
    CHECK_CONTAINS(text, "\"code\":\"{score}\"");
    CHECK_CONTAINS(text, "PSEUDED");
    check_lacks(text, "Synthetic");
    check_lacks(text, "2026-03");
    check_lacks(text, "\"o1\"");
    en_deidentify_id(&d, "Patient", "p1", pseudonym);
    (void)snprintf(expected, sizeof expected, "\"Patient/%s\"", pseudonym);
    CHECK_CONTAINS(text, expected);
    text = seen_text("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
    CHECK_CONTAINS(text, pseudonym);
}

static en_day moved(const char *patient, const char *date)
{
    char json[256];
    enum en_date_precision precision;
    en_day day = 0;

    (void)snprintf(json, sizeof json,
                   "{\"resourceType\":\"Goal\",\"subject\":{\"reference\":\"Patient/%s\"},"
                   "\"startDate\":\"%s\"}",
                   patient, date);
    const char *at = strstr(seen_text(json), "\"startDate\":\"");

    CHECK(at != NULL);
    char text[16] = "";

    (void)snprintf(text, 11, "%s", at + strlen("\"startDate\":\""));
    CHECK(en_date_parse(text, &day, &precision) && precision == EN_DATE_DAY);
    return day;
}

/* One shift per patient, within its limits; two patients differ; without a patient there is no
 * date. */
static void test_dates_of_a_patient_move_together(void **state)
{
    int least = 0, most = -EN_DEIDENTIFY_DAYS;

    (void)state;
    CHECK(moved("p1", "2026-03-01") - moved("p1", "2026-01-01") == 59);
    CHECK(moved("p1", "2026-03-01") != moved("p2", "2026-03-01"));
    for (int i = 0; i < 20000; i++) {
        char id[16];

        (void)snprintf(id, sizeof id, "p%d", i);
        const int shift = en_deidentify_shift(&d, id);

        least = shift < least ? shift : least;
        most = shift > most ? shift : most;
    }
    CHECK(least == -EN_DEIDENTIFY_DAYS && most == -1);
    check_lacks(seen_text("{\"resourceType\":\"Goal\",\"subject\":{\"display\":\"x\"},"
                          "\"startDate\":\"2026-03-01\"}"),
                "startDate");
}

/* At 89 the year of birth stands, at 90 the group's; the same for an age that is told. */
static void test_old_ages_are_one_group(void **state)
{
    (void)state;
    CHECK_CONTAINS(seen_text("{\"resourceType\":\"Patient\",\"birthDate\":\"1937-03-03\"}"),
                   "\"birthDate\":\"1937\"");
    CHECK_CONTAINS(seen_text("{\"resourceType\":\"Patient\",\"birthDate\":\"1936-12-31\"}"),
                   "\"birthDate\":\"1936\"");
    CHECK_CONTAINS(seen_text("{\"resourceType\":\"Patient\",\"birthDate\":\"1920-01-01\"}"),
                   "\"birthDate\":\"1936\"");
    CHECK_CONTAINS(seen_text("{\"resourceType\":\"Condition\",\"onsetAge\":{\"value\":89,"
                             "\"system\":\"http://unitsofmeasure.org\",\"code\":\"a\"}}"),
                   "\"value\":89");
    CHECK_CONTAINS(seen_text("{\"resourceType\":\"Condition\",\"onsetAge\":{\"value\":1100,"
                             "\"system\":\"http://unitsofmeasure.org\",\"code\":\"mo\"}}"),
                   "\"value\":90,\"comparator\":\">=\"");
    check_lacks(seen_text("{\"resourceType\":\"Condition\",\"onsetAge\":{\"value\":93,"
                          "\"unit\":\"years\"}}"),
                "93");
}

/* References that could name somebody go: absolute ones, such without a type, made-up types. */
static void test_only_plain_references_are_rewritten(void **state)
{
    static const char *const BAD[] = {"https://example.org/fhir/Patient/p1",
                                      "urn:uuid:1",
                                      "p1",
                                      "Patient/",
                                      "Patient/p1/name",
                                      "Somebody/p1",
                                      "/p1",
                                      ""};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        char json[256];

        (void)snprintf(json, sizeof json,
                       "{\"resourceType\":\"Goal\",\"subject\":{\"reference\":\"%s\"}}", BAD[i]);
        check_lacks(seen_text(json), "subject");
    }
    CHECK_CONTAINS(seen_text("{\"resourceType\":\"Goal\",\"subject\":{\"reference\":"
                             "\"Patient/p1/_history/3\"}}"),
                   "subject");
}

/* Another clinic's key gives other pseudonyms and shifts. */
static void test_pseudonyms_depend_on_the_key(void **state)
{
    struct en_deidentify other = d;
    char mine[EN_PSEUDONYM_TEXT], theirs[EN_PSEUDONYM_TEXT];

    (void)state;
    other.key[0] ^= 1;
    en_deidentify_id(&d, "Patient", "p1", mine);
    en_deidentify_id(&other, "Patient", "p1", theirs);
    CHECK(strcmp(mine, theirs) != 0 && strlen(mine) == 32);
    en_deidentify_id(&d, "Group", "p1", theirs);
    CHECK(strcmp(mine, theirs) != 0);
    CHECK(en_deidentify_shift(&d, "p1") != en_deidentify_shift(&other, "p1") ||
          en_deidentify_shift(&d, "p2") != en_deidentify_shift(&other, "p2"));
}

/* Searching by what the answers do not show would tell it after all. */
static void test_identifying_parameters_are_refused(void **state)
{
    static const struct {
        struct en_search_param param;
        bool may;
    } CASES[] = {
        {{.type = "Patient", .name = "name", .kind = EN_SEARCH_STRING}, false},
        {{.type = "Patient", .name = "identifier", .kind = EN_SEARCH_TOKEN}, false},
        {{.type = "Patient", .name = "phone", .kind = EN_SEARCH_TOKEN}, false},
        {{.type = "Patient", .name = "birthdate", .kind = EN_SEARCH_DATE}, false},
        {{.type = "Patient", .name = "gender", .kind = EN_SEARCH_TOKEN}, true},
        {{.type = "Observation", .name = "patient", .kind = EN_SEARCH_REFERENCE}, false},
        {{.type = "Observation", .name = "_id", .kind = EN_SEARCH_ID}, false},
        {{.type = "Observation", .name = "_lastUpdated", .kind = EN_SEARCH_UPDATED}, false},
        {{.type = "Observation", .name = "value-quantity", .kind = EN_SEARCH_QUANTITY}, true},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_search_clause clause = {.param = &CASES[i].param};
        const struct en_search_query by = {.clauses = &clause, .clause_count = 1};
        struct en_search_query sorted = {.sort_count = 1};

        sorted.sorts[0].param = &CASES[i].param;
        CHECK(en_deidentify_may_search(&CASES[i].param) == CASES[i].may);
        CHECK((en_deidentify_refused(&by) == NULL) == CASES[i].may);
        CHECK((en_deidentify_refused(&sorted) == NULL) == CASES[i].may);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_mark_gets_through),
        cmocka_unit_test(test_what_is_of_use_stays),
        cmocka_unit_test(test_dates_of_a_patient_move_together),
        cmocka_unit_test(test_old_ages_are_one_group),
        cmocka_unit_test(test_only_plain_references_are_rewritten),
        cmocka_unit_test(test_pseudonyms_depend_on_the_key),
        cmocka_unit_test(test_identifying_parameters_are_refused),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
