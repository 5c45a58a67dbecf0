/* SPDX-License-Identifier: Apache-2.0
 * The small parts that the decisions share: placeholders, lists, dates, facts as rules see them,
 * dosing weight, sides. */
#include "fixture.h"

#include "base/text.h"
#include "care/inside.h"

static struct care_pad pad(struct en_arena *a)
{
    const struct en_care care = fx_care();

    return care_pad(&care, a);
}

/* Texts */

/* Placeholders are replaced wherever they stand; no value is a line to fill in by hand; a brace
 * that opens no placeholder stays. */
static void test_placeholders(void **state)
{
    static const struct care_fill FILLS[] = {
        {"name", "A"}, {"long_name", "B"}, {"empty", ""}, {"null", NULL}};
    static const struct {
        const char *text, *expected;
    } ROWS[] = {
        {"", ""},
        {"plain", "plain"},
        {"{name}", "A"},
        {"x {name} y {long_name}", "x A y B"},
        {"{name}{name}", "AA"},
        {"sign: {empty}", "sign: ____________"},
        {"{null}", "____________"},
        {"a { b", "a { b"},
        {"{1}", "{1}"},
        {"{}", "{}"},
        {"{name", "{name"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        struct care_pad p = pad(&a);
        const char *unknown = NULL;
        const char *found = care_fill(&p, ROWS[i].text, FILLS, EN_COUNT(FILLS), &unknown);

        CHECK_TEXT(found, ROWS[i].expected);
        CHECK(unknown == NULL);
        en_arena_free(&a);
    }
}

/* A placeholder that nobody fills must not reach paper. */
static void test_unknown_placeholder_is_named(void **state)
{
    static const struct care_fill FILLS[] = {{"name", "A"}};
    struct en_arena a = fx_arena();
    struct care_pad p = pad(&a);
    const char *unknown = NULL;

    (void)state;
    CHECK(care_fill(&p, "{name} {nam} x", FILLS, 1, &unknown) == NULL);
    CHECK_TEXT(unknown, "nam");
    en_arena_free(&a);
}

static void test_lists(void **state)
{
    struct en_arena a = fx_arena();
    struct care_pad p = pad(&a);
    const char *list = "", *walk = " KNE-01;; KNE-02 ";

    (void)state;
    list = care_list_add(&p, list, "KNE-01");
    list = care_list_add(&p, list, "KNE-02");
    list = care_list_add(&p, list, "KNE-01");
    CHECK_TEXT(list, "KNE-01; KNE-02");
    CHECK_TEXT(care_next(&p, &walk), "KNE-01");
    CHECK_TEXT(care_next(&p, &walk), "KNE-02");
    CHECK(care_next(&p, &walk) == NULL && walk == NULL);
    CHECK(!p.is_full);
    en_arena_free(&a);
}

static void test_days(void **state)
{
    struct en_arena a = fx_arena();
    struct care_pad p = pad(&a);

    (void)state;
    CHECK_TEXT(care_day_text(&p, fx_today()), "Monday 2026-03-02");
    CHECK_TEXT(care_day_text(&p, fx_today() - 2), "Saturday 2026-02-28");
    CHECK_TEXT(care_day_text(&p, EN_DAY_UNKNOWN), "unknown");
    en_arena_free(&a);
}

/* A full arena is remembered and reported once; texts are empty, never NULL. */
static void test_full_pad(void **state)
{
    struct en_arena a = EN_ARENA(32);
    struct care_pad p = pad(&a);
    struct en_err err = {{0}};

    (void)state;
    CHECK(care_check(&p, "the test", &err) == EN_OK);
    CHECK_TEXT(care_print(&p, "%s", "a text that is longer than thirty-two bytes"), "");
    CHECK(p.is_full);
    CHECK(CARE_NEW(&p, double, 100) == NULL);
    CHECK(care_check(&p, "the test", &err) == EN_ELIMIT);
    CHECK_CONTAINS(err.text, "the test");
    en_arena_free(&a);
}

/* Facts as a rule sees them */

static void test_facts_by_id(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");
    const struct en_fact_view view = {
        .knowledge = fx_knowledge(), .facts = c->facts, .today = fx_today()};

    (void)state;
    CHECK_NEAR(care_number(&view, "weight"), 80.0, 1e-12);
    CHECK(isnan(care_number(&view, "sex")) && isnan(care_number(&view, "no_such_fact")));
    CHECK_TEXT(care_code(&view, "sex"), "male");
    CHECK(care_code(&view, "weight") == NULL);
    CHECK(care_truth(&view, "consent_possible") == EN_TRUE);
    CHECK(care_truth(&view, "smoker") == EN_FALSE);
    CHECK(care_truth(&view, "weight") == EN_UNKNOWN);
    CHECK(care_date(&view, "pain_onset_date") == fx_today() - 365);
    CHECK(care_date(&view, "weight") == EN_DAY_UNKNOWN);
    fx_age(c, "weight", 184);
    CHECK(isnan(care_number(&view, "weight")));
    en_arena_free(&a);
}

static void test_policies(void **state)
{
    (void)state;
    CHECK_TEXT(care_policy(fx_knowledge(), "thermal"), "patient_choice");
    CHECK(care_policy(fx_knowledge(), "clinic_phone") == NULL); /* the clinic has not filled it */
    CHECK(care_policy(fx_knowledge(), "no_such_policy") == NULL);
    CHECK(care_condition(fx_knowledge(), NULL) == NULL);
    CHECK(care_condition(fx_knowledge(), "no_such") == NULL);
    CHECK(care_condition(fx_knowledge(), "oa_knee") != NULL);
}

/* Weights */

/* BMI needs both; nonsense gives no number rather than a wrong one. */
static void test_bmi(void **state)
{
    (void)state;
    CHECK_NEAR(care_bmi(81.0, 180.0), 25.0, 1e-9);
    CHECK(isnan(care_bmi(NAN, 180.0)) && isnan(care_bmi(80.0, NAN)));
    CHECK(isnan(care_bmi(80.0, 0.0)) && isnan(care_bmi(0.0, 180.0)) &&
          isnan(care_bmi(-1.0, 180.0)));
}

/* At a BMI of 30 the ideal weight caps, just below it does not (170 cm: 86.7 kg). */
static void test_dose_weight_at_the_limit(void **state)
{
    const double ideal = 50.0 + 0.9055 * (170.0 - 152.4);

    (void)state;
    CHECK_NEAR(care_dose_weight(fx_knowledge(), 86.69, 170.0, "male"), 86.69, 1e-9);
    CHECK_NEAR(care_dose_weight(fx_knowledge(), 86.71, 170.0, "male"), ideal, 1e-9);
    CHECK_NEAR(care_dose_weight(fx_knowledge(), 86.71, 170.0, "female"), ideal - 4.5, 1e-9);
    CHECK_NEAR(care_dose_weight(fx_knowledge(), 86.71, 170.0, NULL), ideal - 4.5, 1e-9);
    CHECK_NEAR(care_dose_weight(fx_knowledge(), 40.0, 110.0, "female"), 40.0, 1e-9);
    CHECK(isnan(care_dose_weight(fx_knowledge(), 80.0, NAN, "male")));
    CHECK(isnan(care_dose_weight(fx_knowledge(), NAN, 170.0, "male")));
}

/* Sides */

/* A session counts when the region is the same and the sides can be the same. */
static void test_sessions_by_region_and_side(void **state)
{
    static const struct {
        const char *region;
        enum en_side session, target;
        bool counts;
    } ROWS[] = {
        {"knee", EN_SIDE_RIGHT, EN_SIDE_RIGHT, true},
        {"knee", EN_SIDE_LEFT, EN_SIDE_RIGHT, false},
        {"knee", EN_SIDE_BOTH, EN_SIDE_RIGHT, true},
        {"knee", EN_SIDE_UNKNOWN, EN_SIDE_RIGHT, true}, /* may be the same: counts */
        {"knee", EN_SIDE_LEFT, EN_SIDE_UNKNOWN, true},
        {"knee", EN_SIDE_LEFT, EN_SIDE_BOTH, true},
        {"hip", EN_SIDE_RIGHT, EN_SIDE_RIGHT, false},
        {NULL, EN_SIDE_RIGHT, EN_SIDE_RIGHT, false},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct en_past_session s = {.region = ROWS[i].region, .side = ROWS[i].session};

        CHECK(care_session_counts(&s, "knee", ROWS[i].target) == ROWS[i].counts);
    }
}

/* Follow-up dates */

static void test_followup_dates(void **state)
{
    struct en_arena a = fx_arena();
    struct care_pad p = pad(&a);
    struct en_dated_row *rows = NULL;
    size_t count = 0;

    (void)state;
    care_followups(&p, fx_today(), &rows, &count);
    CHECK(count == 4);
    for (size_t i = 1; i < count; i++) {
        CHECK(rows[i - 1].from < rows[i].from && rows[i].from < rows[i].to);
    }
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_placeholders), cmocka_unit_test(test_unknown_placeholder_is_named),
          cmocka_unit_test(test_lists), cmocka_unit_test(test_days),
          cmocka_unit_test(test_full_pad), cmocka_unit_test(test_facts_by_id),
          cmocka_unit_test(test_policies), cmocka_unit_test(test_bmi),
          cmocka_unit_test(test_dose_weight_at_the_limit),
          cmocka_unit_test(test_sessions_by_region_and_side),
          cmocka_unit_test(test_followup_dates));
