/* SPDX-License-Identifier: Apache-2.0
 * A case from plain fields reads back to the same facts. */
#include "fhir/builder.h"
#include "unit/fhir/bundle.h"

static enum en_status build(struct en_arena *a, const struct en_case_item *items, size_t count,
                            struct en_buf *json, struct en_issues *issues)
{
    *issues = (struct en_issues){0};
    return en_fhir_build_case(knowledge(), &(struct en_case_items){items, count}, today(), a, json,
                              issues, NULL);
}

static struct en_case built(struct en_arena *a, const struct en_case_item *items, size_t count)
{
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues;
    struct en_case c = {0};

    if (build(a, items, count, &json, &issues) != EN_OK ||
        read_case(a, en_buf_text(&json), &c, &issues) != EN_OK) {
        print_issues(&issues);
        fail();
    }
    en_buf_free(&json);
    return c;
}

#define NOW EN_DAY_UNKNOWN

static void test_builder_round_trip(void **state)
{
    static const struct en_case_item ITEMS[] = {
        {"name", "Synthetic Patient \"07\"", NOW},
        {"id", "P-7", NOW},
        {"birth_date", "1961-05-04", NOW},
        {"sex", "female", NOW},
        {"condition", "oa_knee", NOW},
        {"side", "right", NOW},
        {"onset", "2025-01-15", NOW},
        {"weight", "180 lb", NOW},
        {"height", "175 cm", NOW},
        {"temperature", "98.6 F", NOW},
        {"inr", "1.10", NOW},
        {"glucose", "100 mg/dL", NOW},
        {"diabetes", "no", NOW},
        {"smoker", "yes", NOW},
        {"frailty", "unknown", NOW},
        {"renal_disease", "moderate", NOW},
        {"nsaid_last_dose", "2026-03-01", NOW},
        {"nrs", "7", NOW},
        {"score", "lefs 52", NOW},
        {"drug", "ibuprofen until 2026-03-02", NOW},
        {"drug", "amlodipine", NOW},
        {"medication_list_reviewed", "yes", NOW},
        {"allergy", "none", NOW},
        {"tenderness", "KNE-01 2 right", NOW},
        {"laxity", "KNE-03 1", NOW},
        {"session", "knee right", NOW},
        {"steroid_injection", "knee right", NOW},
        {"practitioner", "L-1 until 2027-01-31", NOW},
        {"privilege", "knee", NOW},
        {"privilege", "guidance-us", NOW},
        {"training_hours", "120", NOW},
        {"payer", "self", NOW},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = built(&a, ITEMS, EN_COUNT(ITEMS));

    (void)state;
    CHECK_TEXT(c.person.name, "Synthetic Patient \"07\"");
    CHECK_TEXT(c.person.id, "P-7");
    CHECK(c.person.birth == day_of("1961-05-04"));
    CHECK_TEXT(fact_of(&c, "sex").code, "female");
    CHECK(c.target_count == 1 && c.targets[0].side == EN_SIDE_RIGHT);
    CHECK_TEXT(c.targets[0].condition, "oa_knee");
    CHECK(c.targets[0].onset == day_of("2025-01-15"));
    CHECK_NEAR(fact_of(&c, "weight").number, 81.6466266, 1e-6);
    CHECK_NEAR(fact_of(&c, "height").number, 175.0, 0.0);
    CHECK_NEAR(fact_of(&c, "temperature").number, 37.0, 1e-6);
    CHECK_NEAR(fact_of(&c, "inr").number, 1.1, 0.0);
    CHECK_NEAR(fact_of(&c, "glucose").number, 5.55, 0.01);
    CHECK(fact_of(&c, "diabetes").kind == EN_FACT_BOOL && !fact_of(&c, "diabetes").truth);
    CHECK(fact_of(&c, "smoker").truth);
    CHECK(fact_of(&c, "frailty").kind == EN_FACT_UNKNOWN);
    CHECK_TEXT(fact_of(&c, "renal_disease").code, "moderate");
    CHECK_NEAR(fact_of(&c, "nrs").number, 7.0, 0.0);
    CHECK(c.score_count == 2);
    CHECK(c.medication_count == 2 && !c.medications[0].is_active && c.medications[1].is_active);
    CHECK(c.medications[0].last_taken == day_of("2026-03-02"));
    CHECK(fact_of(&c, "med_vka").kind == EN_FACT_BOOL && !fact_of(&c, "med_vka").truth);
    CHECK(fact_of(&c, "allergy_list_reviewed").truth);
    CHECK(c.exam_count == 2 && c.exams[0].side == EN_SIDE_RIGHT && c.exams[0].value > 1.9);
    CHECK(c.session_count == 1 && c.sessions[0].side == EN_SIDE_RIGHT);
    CHECK(fact_of(&c, "steroid_injection_date").date == today());
    CHECK_TEXT(c.practitioners[0].licence, "L-1");
    CHECK_TEXT(c.practitioners[0].regions, "knee");
    CHECK_TEXT(c.practitioners[0].guidance, "US");
    CHECK_NEAR(c.practitioners[0].training_hours, 120.0, 0.0);
    CHECK_TEXT(c.covers[0].payer, "self");
    CHECK(fact_of(&c, "weight").as_of == today());
    en_arena_free(&a);
}

/* Every fact that can be given survives the way there and back, whatever its type. */
static void test_builder_every_fact(void **state)
{
    const struct en_table *facts = en_table_get(knowledge(), "facts");
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    size_t seen = 0;

    (void)state;
    for (size_t i = 0; i < facts->row_count; i++) {
        const struct en_row *row = &facts->rows[i];
        const char *type = en_cell(row, "type"), *unit = en_cell(row, "unit"), *item = NULL;
        const char *value = strcmp(type, "bool") == 0 ? "yes" : "2026-01-02";
        size_t size = 0;

        if (strcmp(en_cell(row, "origin"), "derived") == 0) {
            continue;
        }
        if (strcmp(type, "number") == 0) {
            value =
                en_arena_print(&a, "%s%s%s", en_cell(row, "low"), strcmp(unit, "1") == 0 ? "" : " ",
                               strcmp(unit, "1") == 0 ? "" : unit);
        } else if (strcmp(type, "code") == 0) {
            CHECK(en_list_next(en_cell(row, "values"), &item, &size) != NULL);
            value = en_arena_copy(&a, item, size);
        }
        const struct en_case_item one = {en_cell(row, "id"), value, NOW};
        const struct en_case c = built(&a, &one, 1);
        const struct en_fact f = c.facts[i];

        if (f.kind == EN_FACT_UNKNOWN) {
            print_error("%s = %s is lost\n", one.field, value);
            fail();
        }
        seen++;
    }
    CHECK(seen > 100);
    en_arena_free(&a);
}

/* The day of an item is the day of its value. */
static void test_builder_dates(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case_item items[] = {{"inr", "2.0", day_of("2026-03-01")},
                                         {"inr", "3.0", day_of("2026-03-05")},
                                         {"session", "knee left", day_of("2026-02-01")}};
    const struct en_case c = built(&a, items, EN_COUNT(items));

    (void)state;
    CHECK_NEAR(fact_of(&c, "inr").number, 3.0, 0.0);
    CHECK(fact_of(&c, "inr").as_of == day_of("2026-03-05"));
    CHECK(c.sessions[0].day == day_of("2026-02-01"));
    en_arena_free(&a);
}

/* Words that name a condition are kept as words. */
static void test_builder_condition_by_words(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case_item known = {"condition", "gonarthrosis", NOW};
    const struct en_case_item strange = {"condition", "all pains", NOW};
    struct en_case c = built(&a, &known, 1);

    (void)state;
    CHECK_TEXT(c.targets[0].condition, "oa_knee");
    c = built(&a, &strange, 1);
    CHECK(c.target_count == 1 && c.targets[0].condition == NULL);
    CHECK_TEXT(c.targets[0].text, "all pains");
    en_arena_free(&a);
}

/* All mistakes at once, with the field's name and never with its value; nothing is written. */
static void test_builder_refuses(void **state)
{
    static const struct {
        const char *field, *value, *part;
    } CASES[] = {
        {"weight", "81.5", "kg, g, [lb_av]"},
        {"weight", "81.5 stones", "kg"},
        {"weight", "heavy", "number"},
        {"weight", ".5 kg", "number"},
        {"weight", "+80 kg", "number"},
        {"weight", "080 kg", "number"},
        {"weight", "1e2 kg", "number"},
        {"weight", "", "number"},
        {"weight", "900 kg", "plausible range"},
        {"inr", "2 kg", "1, {INR}"},
        {"diabetes", "maybe", "yes, no or unknown"},
        {"renal_disease", "bad", "none; moderate; severe"},
        {"nsaid_last_dose", "yesterday", "date"},
        {"nsaid_last_dose", "2026-03-11", "not after today"},
        {"site_privilege", "yes", "computed"},
        {"no_such_thing", "1", "no field"},
        {"name", "", "empty"},
        {"sex", "f", "female"},
        {"birth_date", "04.05.1961", "YYYY-MM-DD"},
        {"side", "up", "left, right"},
        {"drug", "ibuprofen until soon", "until"},
        {"tenderness", "NOSE-01 2", "atlas"},
        {"tenderness", "KNE-01 5", "grade 0 to 3"},
        {"tenderness", "KNE-01", "grade 0 to 3"},
        {"tenderness", "KNE-01 2 up", "side"},
        {"score", "nosuch 3", "instrument"},
        {"score", "nrs", "instrument"},
        {"session", "nose", "region"},
        {"session", "knee up", "side"},
        {"session", "knee 10", "10 mL 1.5 g"},
        {"session", "knee -1 mL", "10 mL 1.5 g"},
        {"session", "knee NOSE-01", "KNE-01"},
        {"score", "nrs 7 up", "side"},
        {"privilege", "knee", "practitioner"},
        {"training_hours", "120", "practitioner"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_case_item items[EN_COUNT(CASES)];
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        items[i] = (struct en_case_item){CASES[i].field, CASES[i].value, NOW};
        CHECK(build(&a, &items[i], 1, &json, &issues) == EN_EINVAL);
        CHECK(issues.error_count == 1);
        CHECK_TEXT(issues.items[0].path, CASES[i].field);
        CHECK_CONTAINS(issues.items[0].text, CASES[i].part);
        CHECK(json.size == 0);
    }
    CHECK(build(&a, items, EN_COUNT(items), &json, &issues) == EN_EINVAL);
    CHECK(issues.error_count == EN_COUNT(CASES));
    en_buf_free(&json);
    en_arena_free(&a);
}

static void test_builder_future_day(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case_item item = {"inr", "2", today() + 1};
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX), tiny = EN_BUF(10);
    struct en_issues issues;

    (void)state;
    CHECK(build(&a, &item, 1, &json, &issues) == EN_EINVAL);
    CHECK_CONTAINS(issues.items[0].text, "future");
    CHECK(build(&a, NULL, 0, &tiny, &issues) == EN_ELIMIT);
    en_buf_free(&json);
    en_buf_free(&tiny);
    en_arena_free(&a);
}

/* A session as really given comes back whole, and a score with its side. */
static void test_session_as_given(void **state)
{
    static const struct en_case_item ITEMS[] = {
        {"session", "knee right 10.5 mL 1.575 g US KNE-01 KNE-02", NOW},
        {"session", "elbow LM", NOW},
        {"score", "nrs 6 left", NOW},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = built(&a, ITEMS, EN_COUNT(ITEMS));
    const struct en_past_session *s = &c.sessions[0];

    (void)state;
    CHECK(c.session_count == 2 && s->side == EN_SIDE_RIGHT && s->site_count == 2);
    CHECK_NEAR(s->volume_ml, 10.5, 0.0);
    CHECK_NEAR(s->dextrose_g, 1.575, 0.0);
    CHECK_TEXT(s->guidance, "US");
    CHECK_TEXT(s->sites[1], "KNE-02");
    CHECK_TEXT(c.sessions[1].guidance, "LM");
    CHECK(isnan(c.sessions[1].volume_ml) && c.sessions[1].site_count == 0);
    CHECK(c.score_count == 1 && c.scores[0].side == EN_SIDE_LEFT && c.scores[0].region == NULL);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_builder_round_trip), cmocka_unit_test(test_builder_every_fact),
          cmocka_unit_test(test_builder_dates), cmocka_unit_test(test_builder_condition_by_words),
          cmocka_unit_test(test_builder_refuses), cmocka_unit_test(test_builder_future_day),
          cmocka_unit_test(test_session_as_given));
