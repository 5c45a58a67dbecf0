/* SPDX-License-Identifier: Apache-2.0 */
#include "care/session.h"

#include "base/text.h"
#include "fixture.h"

#include <math.h>

#define HOUR_US INT64_C(3600000000)

/* Times of the tests: 2026-03-02T10:00Z and around it [us]. */
static const int64_t NOON = INT64_C(1772445600000000);

static bool broke(const struct en_breaches *b, const char *rule)
{
    for (size_t i = 0; i < b->count && i < EN_BREACHES_MAX; i++) {
        if (en_text_equal(b->items[i].rule, rule)) {
            return true;
        }
    }
    return false;
}

/* Vials */

static struct en_vial good_vial(void)
{
    return (struct en_vial){.field = "MedicationAdministration.medicationReference",
                            .stock = "dextrose_50",
                            .is_usable = true,
                            .has_lot = true,
                            .has_serial = true,
                            .expiry_us = NOON};
}

static struct en_breaches check_vial(const struct en_vial *v, struct en_arena *a)
{
    struct en_breaches b = {.count = 0};

    en_session_check_vial(fx_knowledge(), v, NOON, a, &b);
    return b;
}

/* Given until the last microsecond of its expiry: fine; one later, or not known: not. */
static void test_vial_expiry_at_the_limit_beyond_and_unknown(void **state)
{
    struct en_arena a = fx_arena();
    struct en_vial v = good_vial();

    (void)state;
    CHECK(check_vial(&v, &a).count == 0);
    v.expiry_us = NOON - 1;
    struct en_breaches b = check_vial(&v, &a);

    CHECK(b.count == 1 && broke(&b, "stock-expired"));
    CHECK_TEXT(b.items[0].field, "MedicationAdministration.medicationReference");
    v.expiry_us = INT64_MIN;
    b = check_vial(&v, &a);
    CHECK(b.count == 1 && broke(&b, "stock-expired"));
    CHECK_CONTAINS(b.items[0].text, "batch.expirationDate");
    en_arena_free(&a);
}

/* vial.patients_max is 1: nobody else before is fine, one is not. A multi-dose vial may be shared;
 * a stock that nobody knows is taken for a single dose. */
static void test_single_dose_vial_is_for_one_patient(void **state)
{
    struct en_arena a = fx_arena();
    struct en_vial v = good_vial();

    (void)state;
    v.other_patients = 1;
    struct en_breaches b = check_vial(&v, &a);

    CHECK(b.count == 1 && broke(&b, "one-vial-one-patient"));
    v.stock = "lidocaine_1_mdv";
    CHECK(check_vial(&v, &a).count == 0);
    v.has_serial = false;
    CHECK(check_vial(&v, &a).count == 0);
    v.stock = "no_such_stock";
    v.has_serial = true;
    b = check_vial(&v, &a);
    CHECK(broke(&b, "one-vial-one-patient") && broke(&b, "stock-unknown"));
    v = good_vial();
    v.has_serial = false; /* which vial it was cannot be told */
    b = check_vial(&v, &a);
    CHECK(b.count == 1 && broke(&b, "one-vial-one-patient"));
    en_arena_free(&a);
}

/* What is not stock of the clinic, disabled, withdrawn or without its lot is refused. A prepared
 * syringe is asked for its expiry; its vials are asked themselves. */
static void test_unknown_stock_is_refused(void **state)
{
    struct en_arena a = fx_arena();
    struct en_vial v = good_vial();
    struct en_breaches b;

    (void)state;
    v.stock = NULL;
    b = check_vial(&v, &a);
    CHECK(broke(&b, "stock-unknown"));
    v.stock = "glucose_anhydrous_50"; /* disabled in stocks.tsv */
    b = check_vial(&v, &a);
    CHECK(b.count == 1 && broke(&b, "stock-unknown"));
    v = good_vial();
    v.has_lot = false;
    b = check_vial(&v, &a);
    CHECK(b.count == 1 && broke(&b, "stock-unknown"));
    v = good_vial();
    v.is_usable = false;
    b = check_vial(&v, &a);
    CHECK(b.count == 1 && broke(&b, "stock-unknown"));
    v = (struct en_vial){.field = "x", .is_prepared = true, .is_usable = true, .expiry_us = NOON};
    CHECK(check_vial(&v, &a).count == 0);
    v.expiry_us = NOON - 1;
    b = check_vial(&v, &a);
    CHECK(b.count == 1 && broke(&b, "stock-expired"));
    en_arena_free(&a);
}

/* Doses */

/* This patient's maximum of a drug, as the mix knows it. */
static double most_mg(const struct en_case *c, const char *drug, struct en_arena *a)
{
    const struct en_care care = fx_care();
    const struct en_mix_request rq = {.dextrose_percent = 5.0,
                                      .anaesthetic = drug,
                                      .anaesthetic_percent = 0.1,
                                      .volume_ml = 10.0};
    struct en_fact *facts = NULL;

    CHECK(en_derive_facts(&care, c, NULL, NULL, a, &facts, NULL) == EN_OK);
    const struct en_dose_patient patient = {
        .facts = facts, .weight_kg = 80.0, .height_cm = 180.0, .age_years = 50, .sex = "male"};
    struct en_mix mix;

    CHECK(en_mix_compute(&care, &rq, &patient, a, &mix, NULL) == EN_OK);
    CHECK(mix.dose.max_mg > 0.0);
    return mix.dose.max_mg;
}

static struct en_breaches check_doses(const struct en_case *c, const struct en_session_dose *doses,
                                      size_t count, struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_breaches b = {.count = 0};

    CHECK(en_session_check_doses(&care, c, doses, count, a, &b, NULL) == EN_OK);
    return b;
}

/* Two sites that make up the maximum are fine; a hundredth of a milligram more is not. */
static void test_doses_add_up_over_sites(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_case *c = fx_case(&a, "oa_knee");
    const double most = most_mg(c, "lidocaine", &a);
    struct en_session_dose doses[] = {{"lidocaine", most - 20.0, NOON, NOON},
                                      {"lidocaine", 20.0, NOON + HOUR_US, NOON + HOUR_US}};

    (void)state;
    CHECK(check_doses(c, doses, 2, &a).count == 0);
    doses[1].mg = 20.01;
    const struct en_breaches b = check_doses(c, doses, 2, &a);

    CHECK(b.count == 1 && broke(&b, "anaesthetic-total"));
    CHECK_CONTAINS(b.items[0].text, "lidocaine");
    en_arena_free(&a);
}

/* la.sum_window is 24 h: what was given 24 h before counts no more, a microsecond less does. A day
 * without a time may have been its last hour. */
static void test_doses_add_up_within_the_window(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_case *c = fx_case(&a, "oa_knee");
    const double most = most_mg(c, "lidocaine", &a);
    struct en_session_dose doses[] = {{"lidocaine", most, NOON, NOON},
                                      {"lidocaine", most, NOON + 24 * HOUR_US, 0}};

    (void)state;
    doses[1].high_us = doses[1].low_us;
    CHECK(check_doses(c, doses, 2, &a).count == 0);
    doses[1].low_us = doses[1].high_us = NOON + 24 * HOUR_US - 1;
    CHECK(check_doses(c, doses, 2, &a).count == 1);
    doses[1].low_us = NOON + 20 * HOUR_US; /* somewhere between 20 h and 44 h later */
    doses[1].high_us = NOON + 44 * HOUR_US;
    CHECK(check_doses(c, doses, 2, &a).count == 1);
    en_arena_free(&a);
}

/* The order in which doses were entered does not matter: one that is entered late, before another,
 * counts with it. */
static void test_doses_entered_late_count(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_case *c = fx_case(&a, "oa_knee");
    const double most = most_mg(c, "lidocaine", &a);
    const struct en_session_dose doses[] = {
        {"lidocaine", most, NOON + 2 * HOUR_US, NOON + 2 * HOUR_US},
        {"lidocaine", 1.0, NOON, NOON},
    };

    (void)state;
    CHECK(check_doses(c, doses, 1, &a).count == 0);
    CHECK(check_doses(c, doses, 2, &a).count == 1);
    en_arena_free(&a);
}

/* Toxic effects of different drugs add up: half the maximum of each of two is the limit of the
 * load, more is not. */
static void test_doses_of_two_drugs_add_up(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_case *c = fx_case(&a, "oa_knee");
    const double lidocaine = most_mg(c, "lidocaine", &a);
    const double ropivacaine = most_mg(c, "ropivacaine", &a);
    struct en_session_dose doses[] = {{"lidocaine", lidocaine / 2.0, NOON, NOON},
                                      {"ropivacaine", ropivacaine / 2.0, NOON, NOON}};

    (void)state;
    CHECK(check_doses(c, doses, 2, &a).count == 0);
    doses[1].mg = ropivacaine / 2.0 + 0.1;
    CHECK(check_doses(c, doses, 2, &a).count == 1);
    doses[0].mg = 0.0; /* nothing of it: the other is below its own maximum */
    CHECK(check_doses(c, doses, 2, &a).count == 0);
    en_arena_free(&a);
}

/* Unknown weight, unknown amount, a drug without limit: blocked, not waved through. */
static void test_doses_unknown_block(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");
    struct en_session_dose dose = {"lidocaine", 1.0, NOON, NOON};
    struct en_breaches b;

    (void)state;
    CHECK(check_doses(c, &dose, 1, &a).count == 0);
    dose.mg = NAN;
    b = check_doses(c, &dose, 1, &a);
    CHECK(b.count == 1 && broke(&b, "anaesthetic-total"));
    dose = (struct en_session_dose){"procainamide", 1.0, NOON, NOON};
    CHECK(check_doses(c, &dose, 1, &a).count == 1);
    dose.drug = "lidocaine";
    fx_forget(c, "weight");
    b = check_doses(c, &dose, 1, &a);
    CHECK(b.count == 1);
    CHECK_CONTAINS(b.items[0].text, "weight");
    CHECK(check_doses(c, NULL, 0, &a).count == 0); /* nothing given: nothing to know */
    en_arena_free(&a);
}

/* Signing */

static enum en_truth *full_checklist(struct en_arena *a)
{
    const size_t count = en_table_get(fx_knowledge(), "checklist")->row_count;
    enum en_truth *answers = EN_NEW(a, enum en_truth, count);

    CHECK(answers != NULL);
    for (size_t i = 0; i < count; i++) {
        answers[i] = EN_TRUE;
    }
    return answers;
}

static size_t checklist_row(const char *id)
{
    const struct en_table *t = en_table_get(fx_knowledge(), "checklist");
    const struct en_row *row = en_row_find(fx_knowledge(), "checklist", id);

    CHECK(row != NULL);
    return (size_t)(row - t->rows);
}

static struct en_practitioner signer(void)
{
    return (struct en_practitioner){.name = "Synthetic Physician One",
                                    .licence = "L-1",
                                    .licence_expiry = fx_today(),
                                    .regions = "knee; elbow",
                                    .guidance = "US"};
}

static struct en_signing good_signing(const struct en_practitioner *who,
                                      const enum en_truth *checklist)
{
    return (struct en_signing){.signer = who,
                               .regions = "knee",
                               .guidance = "US; LM",
                               .administrations = 1,
                               .has_consent = true,
                               .checklist = checklist,
                               .assessment_age_h = 24.0,
                               .assessment_allows = true,
                               .assessment_fits = true};
}

static struct en_breaches check_signing(const struct en_signing *s, struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_breaches b = {.count = 0};

    en_session_check_signing(&care, s, a, &b);
    return b;
}

/* Everything at its limit: the licence ends today, the assessment is as old as it may be. */
static void test_signing_at_the_limit(void **state)
{
    struct en_arena a = fx_arena();
    struct en_practitioner who = signer();
    struct en_signing s = good_signing(&who, full_checklist(&a));
    struct en_breaches b;

    (void)state;
    CHECK(check_signing(&s, &a).count == 0);
    s.assessment_age_h = 24.01;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-assessment"));
    s.assessment_age_h = NAN;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-assessment"));
    s.assessment_age_h = -0.1; /* of the future: a clock is wrong */
    CHECK(check_signing(&s, &a).count == 1);
    s.assessment_age_h = 0.0;
    who.licence_expiry = fx_today() - 1;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-privilege"));
    who.licence_expiry = EN_DAY_UNKNOWN;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-privilege"));
    en_arena_free(&a);
}

/* The rules that an approval with this one change breaks; "" none. */
static const char *approving(const struct en_approving *s, struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_breaches b = {.count = 0};
    const char *rules = "";

    en_session_check_approving(&care, s, a, &b);
    for (size_t i = 0; i < b.count; i++) {
        rules = en_arena_print(a, "%s%s%s", rules, i == 0 ? "" : " ", b.items[i].rule);
    }
    return rules;
}

/* Approving a plan: each condition alone breaks its rule, the limits themselves do not, and an age
 * or a guidance that is not known counts as a bad one. */
static void test_approving_needs_everything(void **state)
{
    struct en_arena a = fx_arena();
    struct en_practitioner who = signer();
    const struct en_approving good = {.signer = &who,
                                      .regions = "knee",
                                      .guidance = "US; LM",
                                      .verdict_age_h = 24.0,
                                      .verdict_allows = true};
    struct en_approving s[] = {good, good, good, good, good, good, good, good, good, good, good};
    static const char *const RULES[] = {"",
                                        "approve-verdict",
                                        "approve-verdict",
                                        "approve-verdict",
                                        "approve-verdict",
                                        "approve-verdict",
                                        "approve-plan",
                                        "approve-plan",
                                        "sign-privilege",
                                        "sign-privilege",
                                        "approve-plan"};

    (void)state;
    s[1].verdict_age_h = 24.01;
    s[2].verdict_age_h = NAN;
    s[3].verdict_age_h = -0.1; /* of the future: a clock is wrong */
    s[4].verdict_allows = false;
    s[5].has_changed_since = true;
    s[6].was_altered = true;
    s[7].is_overdue = true;
    s[8].signer = NULL;
    s[9].guidance = "FL";
    s[10].regions = "";
    for (size_t i = 0; i < EN_COUNT(s); i++) {
        CHECK_TEXT(approving(&s[i], &a), RULES[i]);
    }
    who.licence_expiry = fx_today() - 1;
    CHECK_TEXT(approving(&good, &a), "sign-privilege");
    en_arena_free(&a);
}

/* Each thing that a signature needs, when it is missing or says no. */
static void test_signing_needs_everything(void **state)
{
    struct en_arena a = fx_arena();
    struct en_practitioner who = signer();
    const struct en_signing good = good_signing(&who, full_checklist(&a));
    struct en_signing s = good;
    struct en_breaches b;

    (void)state;
    s.signer = NULL;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-privilege"));
    s = good;
    s.regions = "knee; hip";
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-privilege"));
    CHECK_CONTAINS(b.items[0].text, "hip");
    s.regions = "";
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-session"));
    s = good;
    s.guidance = "FL";
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-privilege"));
    s.guidance = NULL;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-session"));
    s = good;
    who.regions = NULL; /* not known is not held */
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-privilege"));
    who = signer();
    s.has_consent = false;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-consent"));
    s = good;
    s.administrations = 0;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-session"));
    s = good;
    s.assessment_allows = false;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-assessment"));
    s = good;
    s.assessment_fits = false;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-assessment"));
    s = good;
    s.has_changed_since = true;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-assessment"));
    en_arena_free(&a);
}

/* A required item must be done; one that applies sometimes must be answered; what comes after the
 * signature (record, billing) is not asked for. */
static void test_signing_needs_the_checklist(void **state)
{
    struct en_arena a = fx_arena();
    struct en_practitioner who = signer();
    enum en_truth *answers = full_checklist(&a);
    struct en_signing s = good_signing(&who, answers);
    struct en_breaches b;

    (void)state;
    answers[checklist_row("CL-19")] = EN_UNKNOWN;
    answers[checklist_row("CL-20")] = EN_UNKNOWN;
    answers[checklist_row("CL-12")] = EN_UNKNOWN;
    answers[checklist_row("CL-06")] = EN_FALSE;
    CHECK(check_signing(&s, &a).count == 0);
    answers[checklist_row("CL-06")] = EN_UNKNOWN;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-checklist"));
    CHECK_CONTAINS(b.items[0].text, "CL-06 is not answered");
    answers[checklist_row("CL-06")] = EN_TRUE;
    answers[checklist_row("CL-09")] = EN_FALSE;
    b = check_signing(&s, &a);
    CHECK(b.count == 1);
    CHECK_CONTAINS(b.items[0].text, "CL-09 was not done");
    s.checklist = NULL;
    b = check_signing(&s, &a);
    CHECK(b.count == 1 && broke(&b, "sign-checklist"));
    en_arena_free(&a);
}

/* Running totals */

static struct en_session_totals sum_up(const struct en_case *c,
                                       const struct en_session_given *given, struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_session_totals t;

    CHECK(en_session_sum(&care, c, given, a, &t, NULL) == EN_OK);
    return t;
}

/* Told before the limit is reached: fine below nine tenths of it, near from there on and at the
 * limit itself, over a hair beyond it. */
static void test_totals_warn_before_the_limit(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_case *c = fx_case(&a, "oa_knee");
    const double most = most_mg(c, "lidocaine", &a);
    struct en_session_dose dose = {"lidocaine", 0.4 * most, NOON, NOON};
    struct en_session_given given = {&dose, 1, 53.9, 8.9};
    struct en_session_totals t = sum_up(c, &given, &a);

    (void)state;
    CHECK(t.anaesthetic == EN_STANDING_FINE && t.volume == EN_STANDING_FINE);
    CHECK(t.dextrose == EN_STANDING_FINE && !t.needs_double_check);
    CHECK(t.line_count == 1 && t.lines[0].max_mg == most);
    dose.mg = 0.9001 * most;
    given.volume_ml = 54.0;
    given.dextrose_g = 9.0;
    t = sum_up(c, &given, &a);
    CHECK(t.anaesthetic == EN_STANDING_NEAR && t.volume == EN_STANDING_NEAR);
    CHECK(t.dextrose == EN_STANDING_NEAR && t.needs_double_check);
    dose.mg = most;
    given.volume_ml = t.volume_limit_ml;
    t = sum_up(c, &given, &a);
    CHECK(t.anaesthetic == EN_STANDING_NEAR && t.volume == EN_STANDING_NEAR);
    dose.mg = most + 0.01;
    given.volume_ml = t.volume_limit_ml + 0.01;
    given.dextrose_g = t.dextrose_warn_g + 0.01;
    t = sum_up(c, &given, &a);
    CHECK(t.anaesthetic == EN_STANDING_OVER && t.volume == EN_STANDING_OVER);
    CHECK(t.dextrose == EN_STANDING_OVER);
    CHECK_TEXT(en_standing_text(t.dextrose), "over");
    en_arena_free(&a);
}

/* What is not known is never fine, and asks for the second pair of eyes. */
static void test_totals_unknown_are_not_fine(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_case *c = fx_case(&a, "oa_knee");
    const struct en_session_dose dose = {"lidocaine", NAN, NOON, NOON};
    const struct en_session_given given = {&dose, 1, NAN, NAN};
    const struct en_session_totals t = sum_up(c, &given, &a);

    (void)state;
    CHECK(t.anaesthetic == EN_STANDING_UNKNOWN && t.needs_double_check);
    CHECK(t.volume == EN_STANDING_UNKNOWN && t.dextrose == EN_STANDING_UNKNOWN);
    en_arena_free(&a);
}

/* At volume.session_max it is fine, beyond it or unknown it is refused. */
static void test_volume_of_a_session_has_a_limit(void **state)
{
    struct en_arena a = fx_arena();
    struct en_breaches b = {.count = 0};
    const double most_ml = en_limit(fx_knowledge(), "volume.session_max");

    (void)state;
    en_session_check_volume(fx_knowledge(), most_ml, &a, &b);
    CHECK(b.count == 0);
    en_session_check_volume(fx_knowledge(), most_ml + 0.01, &a, &b);
    CHECK(b.count == 1 && broke(&b, "volume-total"));
    en_session_check_volume(fx_knowledge(), NAN, &a, &b);
    CHECK(b.count == 2);
    CHECK_CONTAINS(b.items[1].text, "enter each dose in mL");
    en_arena_free(&a);
}

/* Every rule that a breach names is in the table, and none is said twice. */
static void test_rules_have_a_meaning(void **state)
{
    (void)state;
    for (const struct en_session_rule *r = EN_SESSION_RULES; r->name != NULL; r++) {
        CHECK(r->meaning[0] != '\0');
        for (const struct en_session_rule *o = r + 1; o->name != NULL; o++) {
            CHECK(!en_text_equal(r->name, o->name));
        }
    }
}

TEST_MAIN(cmocka_unit_test(test_vial_expiry_at_the_limit_beyond_and_unknown),
          cmocka_unit_test(test_single_dose_vial_is_for_one_patient),
          cmocka_unit_test(test_unknown_stock_is_refused),
          cmocka_unit_test(test_doses_add_up_over_sites),
          cmocka_unit_test(test_doses_add_up_within_the_window),
          cmocka_unit_test(test_doses_entered_late_count),
          cmocka_unit_test(test_doses_of_two_drugs_add_up),
          cmocka_unit_test(test_doses_unknown_block), cmocka_unit_test(test_signing_at_the_limit),
          cmocka_unit_test(test_approving_needs_everything),
          cmocka_unit_test(test_signing_needs_everything),
          cmocka_unit_test(test_signing_needs_the_checklist),
          cmocka_unit_test(test_totals_warn_before_the_limit),
          cmocka_unit_test(test_totals_unknown_are_not_fine),
          cmocka_unit_test(test_volume_of_a_session_has_a_limit),
          cmocka_unit_test(test_rules_have_a_meaning));
