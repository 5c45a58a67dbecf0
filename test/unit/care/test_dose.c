/* SPDX-License-Identifier: Apache-2.0
 * Anaesthetic maxima: per kg, cap, jurisdiction, dosing weight in obesity, reduction factors, and
 * the sum of blebs, blocks and mix. */
#include "fixture.h"

#include "base/text.h"

struct person {
    double weight_kg, height_cm;
    const char *sex, *changes, *jurisdiction;
};

/* The dose line of 10 mL of 15 % dextrose with 0.2 % of the drug (20 mg) and blebs. */
static struct en_mix dose_of(struct en_arena *a, const struct person *who, const char *drug,
                             double bleb_mg)
{
    const struct en_care care = fx_care();
    struct en_case *c = fx_case(a, "oa_knee");
    struct en_fact *facts = NULL;
    struct en_mix out;

    if (who->weight_kg < 50.0) {
        fx_number(c, "weight", 80.0); /* the extra margin below 50 kg is tested on its own */
    }
    fx_apply(c, who->changes);
    CHECK(en_derive_facts(&care, c, NULL, NULL, a, &facts, NULL) == EN_OK);
    const struct en_dose_patient patient = {.facts = facts,
                                            .weight_kg = who->weight_kg,
                                            .height_cm = who->height_cm,
                                            .age_years = 50,
                                            .sex = who->sex,
                                            .jurisdiction = who->jurisdiction};
    const struct en_mix_request request = {.dextrose_percent = 15.0,
                                           .anaesthetic = drug,
                                           .anaesthetic_percent = 0.2,
                                           .volume_ml = 10.0,
                                           .bleb_mg = bleb_mg,
                                           .stocks = "dextrose_50; lidocaine_1; bupivacaine_0.5; "
                                                     "ropivacaine_1; mepivacaine_2; procaine_2; "
                                                     "saline_09"};

    CHECK(en_mix_compute(&care, &request, &patient, a, &out, NULL) == EN_OK);
    return out;
}

/* US label 4.5 mg/kg up to 300 mg, UK 200 mg; unknown jurisdiction takes 200. Bupivacaine 2 mg/kg,
 * 150 mg at the strictest; mepivacaine has no adrenaline allowance. */
static const struct {
    const char *drug, *jurisdiction;
    double weight_kg, max_mg;
} MAXIMA[] = {
    {"lidocaine", "us", 40, 180},       {"lidocaine", "us", 50, 225},
    {"lidocaine", "us", 60, 270},       {"lidocaine", "us", 66.7, 300},
    {"lidocaine", "us", 90, 300},       {"lidocaine", "uk", 40, 180},
    {"lidocaine", "uk", 60, 200},       {"lidocaine", NULL, 40, 180},
    {"lidocaine", NULL, 60, 200},       {"lidocaine", "default", 90, 200},
    {"lidocaine", "atlantis", 90, 200}, {"bupivacaine", NULL, 60, 120},
    {"bupivacaine", "us", 95, 175},     {"bupivacaine", NULL, 95, 150},
    {"ropivacaine", NULL, 50, 150},     {"ropivacaine", NULL, 80, 200},
    {"mepivacaine", "us", 95, 400},     {"mepivacaine", NULL, 50, 220},
    {"procaine", NULL, 40, 280},        {"procaine", NULL, 80, 350},
};

static void test_maxima_by_weight_and_jurisdiction(void **state)
{
    (void)state;
    for (size_t i = 0; i < EN_COUNT(MAXIMA); i++) {
        struct en_arena a = fx_arena();
        const struct person who = {.weight_kg = MAXIMA[i].weight_kg,
                                   .height_cm = 180.0,
                                   .sex = "male",
                                   .changes = "",
                                   .jurisdiction = MAXIMA[i].jurisdiction};
        const struct en_mix m = dose_of(&a, &who, MAXIMA[i].drug, 0.0);

        CHECK(m.is_possible);
        CHECK_NEAR(m.dose.max_mg, MAXIMA[i].max_mg, 0.2);
        CHECK_NEAR(m.dose.fraction, m.dose.mg / m.dose.max_mg, 1e-12);
        CHECK(m.dose.limit != NULL && m.dose.factor == 1.0);
        en_arena_free(&a);
    }
}

/* From a BMI of 30 the lesser of actual and ideal weight counts (Devine). A man of 180 cm: ideal
 * 50 + 0.9055 x 27.6 = 75.0 kg; a woman, and whoever's sex is not known, 70.5 kg. */
static void test_obesity_uses_ideal_weight(void **state)
{
    static const struct {
        double weight_kg;
        const char *sex;
        double dose_weight_kg;
    } ROWS[] = {
        {97.1, "male", 97.1},     {97.3, "male", 74.99}, {140.0, "male", 74.99},
        {140.0, "female", 70.49}, {140.0, NULL, 70.49},  {140.0, "other", 70.49},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        const struct person who = {ROWS[i].weight_kg, 180.0, ROWS[i].sex, "", "us"};
        const struct en_mix m = dose_of(&a, &who, "ropivacaine", 0.0);

        /* 3 mg/kg up to 200 mg: above 66.7 kg the cap hides the weight, so take mepivacaine too. */
        CHECK_NEAR(m.dose.max_mg, 200.0, 1e-9);
        const struct en_mix by_weight = dose_of(&a, &who, "mepivacaine", 0.0);

        CHECK_NEAR(by_weight.dose.max_mg, fmin(4.4 * ROWS[i].dose_weight_kg, 400.0), 0.2);
        en_arena_free(&a);
    }
}

/* A short person: below 152.4 cm the base weight stands. */
static void test_ideal_weight_of_a_short_person(void **state)
{
    struct en_arena a = fx_arena();
    const struct person who = {80.0, 145.0, "female", "", "us"};
    const struct en_mix m = dose_of(&a, &who, "mepivacaine", 0.0);

    (void)state;
    CHECK_NEAR(m.dose.max_mg, 4.4 * 45.5, 0.1);
    en_arena_free(&a);
}

/* The lowest factor wins; what is not known counts as if it were so, and says so. */
static void test_factors(void **state)
{
    static const struct {
        const char *changes;
        double factor;
        const char *reason;
    } ROWS[] = {
        {"", 1.0, ""},
        {"birth_date=-25566", 1.0, ""},
        {"birth_date=-25567", 0.8, "Age 70"},
        {"heart_failure", 0.7, "Heart failure"},
        {"liver_disease=mild", 1.0, ""},
        {"liver_disease=moderate", 0.7, "Moderate liver"},
        {"liver_disease=severe", 0.5, "Severe liver"},
        {"liver_disease=severe heart_failure birth_date=-25567", 0.5, "Severe liver"},
        {"renal_disease=moderate", 0.8, "kidney"},
        {"renal_disease=severe", 0.7, "kidney"},
        {"la_sensitive_condition", 0.7, "Heart block"},
        {"med_antiarrhythmic", 0.7, "antiarrhythmic"},
        {"?heart_failure", 0.7, "not known: Heart failure"},
        {"?liver_disease", 0.5, "not known: Severe liver"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        const struct person who = {80.0, 180.0, "male", ROWS[i].changes, "us"};
        const struct en_mix m = dose_of(&a, &who, "lidocaine", 0.0);

        CHECK_NEAR(m.dose.factor, ROWS[i].factor, 1e-12);
        CHECK_NEAR(m.dose.max_mg, 300.0 * ROWS[i].factor, 1e-9);
        if (ROWS[i].factor < 1.0) {
            CHECK_CONTAINS(m.dose.factor_reason, ROWS[i].reason);
        }
        en_arena_free(&a);
    }
}

/* Nothing known about the patient: the lowest factor, and no maximum without weight and height. */
static void test_unknown_patient_has_no_maximum(void **state)
{
    const struct en_care care = fx_care();
    const struct en_mix_request request = {.dextrose_percent = 15.0,
                                           .anaesthetic = "lidocaine",
                                           .anaesthetic_percent = 0.2,
                                           .volume_ml = 10.0};
    static const struct en_dose_patient WHO[] = {
        {.weight_kg = NAN, .height_cm = NAN, .age_years = -1},
        {.weight_kg = 80.0, .height_cm = NAN, .age_years = 50},
        {.weight_kg = NAN, .height_cm = 180.0, .age_years = 50},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WHO); i++) {
        struct en_arena a = fx_arena();
        struct en_mix m;

        CHECK(en_mix_compute(&care, &request, &WHO[i], &a, &m, NULL) == EN_OK);
        CHECK(m.is_possible);
        CHECK(isnan(m.dose.max_mg) && isnan(m.dose.fraction) && isnan(m.load));
        CHECK(m.warning_count > 0);
        CHECK_CONTAINS(m.warnings[0], "weight and height");
        en_arena_free(&a);
    }
    struct en_arena a = fx_arena();
    const struct en_dose_patient weighed = {
        .weight_kg = 80.0, .height_cm = 180.0, .age_years = 50, .sex = "male"};
    struct en_mix m;

    CHECK(en_mix_compute(&care, &request, &weighed, &a, &m, NULL) == EN_OK);
    CHECK_NEAR(m.dose.factor, 0.5, 1e-12);
    CHECK_CONTAINS(m.dose.factor_reason, "not known");
    en_arena_free(&a);
}

/* Blebs and mix add up: 20 mg of mix and 180 mg of blebs are the 200 mg maximum; 1 mg more is
 * refused, whatever the mix alone may be. */
static void test_blebs_count(void **state)
{
    struct en_arena a = fx_arena();
    const struct person who = {80.0, 180.0, "male", "", NULL};
    const struct en_mix at = dose_of(&a, &who, "lidocaine", 180.0);
    const struct en_mix above = dose_of(&a, &who, "lidocaine", 181.0);

    (void)state;
    CHECK(at.is_possible);
    CHECK_NEAR(at.load, 1.0, 1e-12);
    CHECK(!above.is_possible);
    CHECK_CONTAINS(above.refusal, "201 mg lidocaine");
    CHECK_CONTAINS(above.nearest, "200 mg");
    CHECK_NEAR(above.anaesthetic_mg, 20.0, 1e-9);
    en_arena_free(&a);
}

/* Blebs without anaesthetic in the mix still count, as the usual drug. */
static void test_blebs_without_anaesthetic_in_the_mix(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_care care = fx_care();
    const struct en_dose_patient who = {
        .weight_kg = 80.0, .height_cm = 180.0, .age_years = 50, .sex = "male"};
    const struct en_mix_request request = {
        .dextrose_percent = 15.0, .volume_ml = 10.0, .bleb_mg = 50.0, .block_mg = 25.0};
    struct en_mix m;

    (void)state;
    CHECK(en_mix_compute(&care, &request, &who, &a, &m, NULL) == EN_OK);
    CHECK_TEXT(m.dose.drug, "lidocaine");
    CHECK_NEAR(m.dose.mg, 75.0, 1e-9);
    CHECK_NEAR(m.load, 75.0 / 100.0, 1e-9); /* 200 mg halved: nothing is known of the patient */
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_maxima_by_weight_and_jurisdiction),
          cmocka_unit_test(test_obesity_uses_ideal_weight),
          cmocka_unit_test(test_ideal_weight_of_a_short_person), cmocka_unit_test(test_factors),
          cmocka_unit_test(test_unknown_patient_has_no_maximum), cmocka_unit_test(test_blebs_count),
          cmocka_unit_test(test_blebs_without_anaesthetic_in_the_mix));
