/* SPDX-License-Identifier: Apache-2.0
 * The small look-ups: concepts, whole words, units, addresses of results. */
#include "fhir/concept.h"
#include "fhir/systems.h"
#include "fhir/units.h"
#include "unit/fhir/bundle.h"

/* A name inside another word is another medicine: "iron" is not in "spironolactone". */
static void test_phrase_needs_whole_words(void **state)
{
    static const struct {
        const char *text, *phrase;
        bool is_found;
    } CASES[] = {
        {"warfarin", "warfarin", true},
        {"Warfarin 5 mg", "warfarin", true},
        {"tab. WARFARIN", "warfarin", true},
        {"warfarin/aspirin", "aspirin", true},
        {"(warfarin)", "warfarin", true},
        {"warfarin-sodium", "warfarin", true},
        {"spironolactone", "iron", false},
        {"warfarins", "warfarin", false},
        {"5warfarin", "warfarin", false},
        {"\xc3\xa9warfarin", "warfarin", false},
        {"warfarin\xc3\xa9", "warfarin", false},
        {"war farin", "warfarin", false},
        {"insulin aspart 10 IE", "insulin aspart", true},
        {"xwarfarin warfarin", "warfarin", true},
        {"", "warfarin", false},
        {"w", "warfarin", false},
        {"warfarin", "", false},
        {NULL, "warfarin", false},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        if (en_text_has_word(CASES[i].text, CASES[i].phrase) != CASES[i].is_found) {
            print_error("\"%s\" in \"%s\"\n", CASES[i].phrase,
                        CASES[i].text == NULL ? "(null)" : CASES[i].text);
            fail();
        }
    }
}

static void test_concept_lookups(void **state)
{
    static const char TEXT[] = "{'coding':[{'system':'http://x','code':'1'},{'code':'2','display':"
                               "'two'},{'system':'http://x','code':'3','display':'three'}]}";
    struct en_arena a = EN_ARENA(1 << 22);
    const char *json = quoted(&a, TEXT);
    struct json_object *c = NULL;
    struct en_issues issues = {0};

    (void)state;
    CHECK(en_json_read(json, strlen(json), &a, &c, &issues, NULL) == EN_OK);
    CHECK_TEXT(en_concept_code(c, "http://x"), "1");
    CHECK(en_concept_code(c, "http://y") == NULL);
    CHECK(en_concept_has(c, "http://x", "3"));
    CHECK(!en_concept_has(c, "http://x", "2"));
    CHECK(!en_concept_has(NULL, "http://x", "2"));
    CHECK_TEXT(en_concept_text(c), "two");
    CHECK(en_concept_text(NULL) == NULL && en_concept_code(NULL, "x") == NULL);
    json_object_put(c);
    en_arena_free(&a);
}

static const struct en_row *fact(const char *id)
{
    return en_row_find(knowledge(), "facts", id);
}

/* Conversions there and back through every row of units.tsv that a fact accepts: a factor of 0 or a
 * wrong canonical unit would show. */
static void test_units_of_every_fact_convert(void **state)
{
    const struct en_table *facts = en_table_get(knowledge(), "facts");
    const struct en_table *units = en_table_get(knowledge(), "units");
    size_t seen = 0;

    (void)state;
    for (size_t i = 0; i < facts->row_count; i++) {
        const struct en_row *row = &facts->rows[i];

        if (strcmp(en_cell(row, "type"), "number") != 0) {
            continue;
        }
        double same = NAN;

        CHECK(en_unit_convert(knowledge(), row, en_cell(row, "unit"), 12.5, &same));
        CHECK_NEAR(same, 12.5, 0.0);
        for (size_t j = 0; j < units->row_count; j++) {
            const char *unit = en_cell(&units->rows[j], "unit");
            double low = NAN, high = NAN;

            if (!en_unit_convert(knowledge(), row, unit, 1.0, &low)) {
                continue;
            }
            CHECK(en_unit_convert(knowledge(), row, unit, 2.0, &high));
            CHECK(high > low);
            seen++;
        }
    }
    CHECK(seen > 60);
}

static void test_units_are_listed_and_refused(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20), none = EN_ARENA(0);
    double value = -1.0;

    (void)state;
    CHECK_CONTAINS(en_unit_list(knowledge(), fact("weight"), &a), "kg, g, [lb_av]");
    CHECK(en_unit_list(knowledge(), fact("weight"), &none) == NULL);
    CHECK(!en_unit_convert(knowledge(), fact("weight"), "lb", 1.0, &value));
    CHECK(!en_unit_convert(knowledge(), fact("weight"), NULL, 1.0, &value));
    CHECK(!en_unit_convert(knowledge(), fact("weight"), "KG", 1.0, &value));
    CHECK_NEAR(value, -1.0, 0.0);
    CHECK(en_unit_convert(knowledge(), fact("inr"), NULL, 2.0, &value));
    CHECK(en_unit_convert(knowledge(), fact("inr"), "", 2.0, &value));
    CHECK_NEAR(value, 2.0, 0.0);
    en_arena_free(&a);
}

static void test_quantity_unit(void **state)
{
    static const struct {
        const char *quantity, *unit;
        bool is_ucum;
    } CASES[] = {
        {"{'value':1,'code':'kg','system':'http://unitsofmeasure.org'}", "kg", true},
        {"{'value':1,'unit':'kilogram','code':'kg','system':'http://unitsofmeasure.org'}", "kg",
         true},
        {"{'value':1,'unit':'kg'}", "kg", true},
        {"{'value':1}", NULL, true},
        {"{'value':1,'code':'258683005','system':'http://snomed.info/sct'}", "258683005", false},
    };
    struct en_arena a = EN_ARENA(1 << 22);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const char *json = quoted(&a, CASES[i].quantity);
        struct json_object *quantity = NULL;
        struct en_issues issues = {0};
        bool is_ucum = false;

        CHECK(en_json_read(json, strlen(json), &a, &quantity, &issues, NULL) == EN_OK);
        CHECK(en_text_equal(en_quantity_unit(quantity, &is_ucum), CASES[i].unit));
        CHECK(is_ucum == CASES[i].is_ucum);
        json_object_put(quantity);
    }
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_phrase_needs_whole_words), cmocka_unit_test(test_concept_lookups),
          cmocka_unit_test(test_units_of_every_fact_convert),
          cmocka_unit_test(test_units_are_listed_and_refused),
          cmocka_unit_test(test_quantity_unit));
