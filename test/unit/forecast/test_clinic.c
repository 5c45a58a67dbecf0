/* SPDX-License-Identifier: Apache-2.0
 * The simulated clinic: identities that must hold whatever the model says. */
#include "forecast/clinic.h"

#include "fixture.h"

#include <math.h>

enum { PATIENTS = 300, SESSIONS = 4, RULES_MAX = 8 };

static const struct en_clinic_signal EARLY[] = {
    {"fall", EN_CLINIC_PAIN_PERCENT, 1, 15.0},
    {"function", EN_CLINIC_FUNCTION_POINTS, 1, 15.0},
    {"forecast", EN_CLINIC_FORECAST, 1, 0.3},
};

static struct en_clinic_request request_of(const struct en_posterior *p,
                                           const struct en_clinic_rule *rules, size_t count)
{
    return (struct en_clinic_request){
        .posterior = p,
        .condition = en_posterior_condition(p, "oa_knee"),
        .population_nrs = 5.5,
        .dose = {0.0, 20.0, 0.55, 1.0},
        .sessions = SESSIONS,
        .interval_days = 28.0,
        .weeks = {26.0, 52.0},
        .week_count = 2,
        .mic_nrs = 2.0,
        .mic_function = 15.0,
        .worthwhile_nrs = 0.5,
        .loss_nrs = 1.0,
        .rules = rules,
        .rule_count = count,
        .signals = EARLY,
        .signal_count = EN_COUNT(EARLY),
        .patients = PATIENTS,
        .draws = 64,
        .seed = 1,
        .threads = 2,
    };
}

static struct en_clinic_result run(const struct en_clinic_request *request, struct en_arena *a)
{
    struct en_clinic *clinic = NULL;
    struct en_clinic_result result = {0};
    struct en_err err = {0};
    enum en_status st = en_clinic_start(request, a, &clinic, &err);

    while (st == EN_OK && en_clinic_done(clinic) < request->forecast_patients) {
        st = en_clinic_advance(clinic, &err);
    }
    if (st != EN_OK || en_clinic_result(clinic, a, &result, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return result;
}

/* Whoever has every session loses nothing and saves nothing, and nobody stops: exactly. A rule that
 * stops everyone after k sessions is a course of k sessions, by whichever reason it stops. */
static void test_all_loses_nothing_and_fixed_is_that_course(void **state)
{
    static const struct en_clinic_rule RULES[] = {
        {{.id = "all"}, 0, false},
        {{.id = "fixed 1"}, 1, false},
        {{.id = "never enough", .early_sessions = 1, .early_percent = 1e6}, 0, false},
        {{.id = "fixed 3"}, 3, false},
    };
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = prior();
    const struct en_clinic_request q = request_of(&p, RULES, EN_COUNT(RULES));
    const struct en_clinic_result r = run(&q, &a);
    const struct en_clinic_outcome *all = &r.outcomes[0], *one = &r.outcomes[1];

    (void)state;
    CHECK(all->patients == PATIENTS && all->sessions.mean == SESSIONS && all->saved == 0.0);
    CHECK(all->lost.mean == 0.0 && all->lost.low == 0.0 && all->lost.high == 0.0);
    CHECK(all->lost_important == 0.0 && isnan(all->lost_per_session));
    CHECK(one->sessions.mean == 1.0 && one->saved == SESSIONS - 1);
    CHECK_NEAR(one->stopped[1][EN_RULE_GO_ON], 1.0, 1e-9);
    CHECK(one->beyond_one.mean == 0.0 && one->beyond_one.high == 0.0);
    CHECK_NEAR(one->lost.mean, all->beyond_one.mean, 1e-12);
    CHECK(r.outcomes[2].lost.mean == one->lost.mean &&
          r.outcomes[2].pain[0].mean == one->pain[0].mean);
    CHECK_NEAR(r.outcomes[2].stopped[1][EN_RULE_STOP_EARLY], 1.0, 1e-9);
    CHECK(r.outcomes[3].sessions.mean == 3.0);
    CHECK(r.outcomes[3].lost.mean > 0.0 && r.outcomes[3].lost.mean < one->lost.mean);
    /* Paired over the goal dates: nothing, then one session, then the rest. */
    CHECK_NEAR(all->beyond_nothing.mean, one->beyond_nothing.mean + all->beyond_one.mean, 1e-12);
    CHECK_NEAR(0.5 * (r.nothing[0].mean + r.nothing[1].mean) -
                   0.5 * (all->pain[0].mean + all->pain[1].mean),
               all->beyond_nothing.mean, 1e-12);
    en_arena_free(&a);
}

/* Where a rule has one reason, a stricter threshold stops every patient at the same visit or an
 * earlier one: fewer sessions, more lost by the shares that count. */
static void test_stricter_is_never_more_sessions(void **state)
{
    static const struct en_clinic_rule RULES[RULES_MAX] = {
        {{.id = "15 %", .early_sessions = 1, .early_percent = 15.0}, 0, false},
        {{.id = "30 %", .early_sessions = 1, .early_percent = 30.0}, 0, false},
        {{.id = "60 %", .early_sessions = 1, .early_percent = 60.0}, 0, false},
        {{.id = "later", .early_sessions = 2, .early_percent = 30.0}, 0, false},
        {{.id = "success 75 %", .success_percent = 75.0}, 0, false},
        {{.id = "success 50 %", .success_percent = 50.0}, 0, false},
        {{.id = "0.02", .gain_per_session = 0.02}, 0, false},
        {{.id = "0.3", .gain_per_session = 0.3}, 0, false},
    };
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = prior();
    struct en_clinic_request q = request_of(&p, RULES, RULES_MAX);

    (void)state;
    q.forecast_patients = 24;
    const struct en_clinic_result r = run(&q, &a);
    const struct en_clinic_outcome *o = r.outcomes;

    CHECK(o[0].sessions.mean > o[1].sessions.mean && o[1].sessions.mean > o[2].sessions.mean);
    CHECK(o[3].sessions.mean > o[1].sessions.mean && o[3].stopped[1][EN_RULE_STOP_EARLY] == 0.0);
    CHECK(o[4].sessions.mean > o[5].sessions.mean);
    CHECK(o[6].patients == 24 && o[7].patients == 24 && o[5].patients == PATIENTS);
    CHECK(o[6].sessions.mean > o[7].sessions.mean && r.failed == 0);
    for (size_t k = 0; k < RULES_MAX; k++) {
        CHECK(o[k].sessions.mean >= 1.0 && o[k].sessions.mean <= SESSIONS);
        CHECK(o[k].lost_important >= 0.0 && o[k].lost.low <= o[k].lost.mean);
    }
    en_arena_free(&a);
}

/* Who knows what the sessions left bring loses less than by the same stops at random; a number of
 * sessions fixed for all knows nothing: exactly nothing. And no rule of the same stops can lose
 * less than the one that is told. */
static void test_chance_is_the_yardstick(void **state)
{
    static const struct en_clinic_rule RULES[] = {
        {{.id = "fixed 2"}, 2, false},
        {{.id = "told", .gain_per_session = 0.1}, 0, true},
        {{.id = "early", .early_sessions = 1, .early_percent = 15.0}, 0, false},
    };
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = certain(prior(), 2);
    const struct en_clinic_request q = request_of(&p, RULES, EN_COUNT(RULES));
    const struct en_clinic_outcome *o = run(&q, &a).outcomes;

    (void)state;
    CHECK_NEAR(o[0].chosen.mean, 0.0, 1e-12);
    CHECK(o[1].patients == PATIENTS && o[1].saved > 0.1);
    CHECK(o[1].chosen.mean > 10.0 * o[1].chosen.error);
    CHECK(o[1].lost_per_session < 0.1 && o[1].lost.high < 0.1 * (SESSIONS - 1));
    CHECK(o[1].chosen.mean / o[1].lost.mean > o[2].chosen.mean / o[2].lost.mean);
    en_arena_free(&a);
}

/* Where the treatment has no specific effect, more sessions bring no less pain: no rule loses any
 * (a flare of the last session may still be felt in week 26), early falls are as frequent, and the
 * forecast of those who know it stops after one. The response to the first injection stays. */
static void test_nothing_is_lost_where_nothing_works(void **state)
{
    static const struct en_clinic_rule RULES[] = {
        {{.id = "fixed 1"}, 1, false},
        {{.id = "early", .early_sessions = 1, .early_percent = 30.0}, 0, false},
        {{.id = "forecast", .gain_per_session = 0.05}, 0, false},
    };
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = certain(prior(), 0);
    struct en_clinic_request q = request_of(&p, RULES, EN_COUNT(RULES));

    (void)state;
    q.forecast_patients = 8;
    const struct en_clinic_result r = run(&q, &a);

    for (size_t k = 0; k < EN_COUNT(RULES); k++) {
        CHECK_NEAR(r.outcomes[k].lost.mean, 0.0, 1e-3);
        CHECK(r.outcomes[k].lost_important == 0.0);
    }
    CHECK(r.outcomes[1].stopped[1][EN_RULE_STOP_EARLY] > 0.3);
    CHECK(r.outcomes[2].sessions.mean == 1.0);
    CHECK(r.outcomes[0].beyond_nothing.mean > 0.2);
    /* Who gets better is told by an early fall, who gains cannot be: nobody does. */
    CHECK(r.predictions[0].better.area > 0.6);
    CHECK(r.predictions[0].worthwhile.base == 0.0 && isnan(r.predictions[0].worthwhile.area));
    en_arena_free(&a);
}

/* The patients' hypothesis may be another than the forecast's: with H0 true, those who believe in
 * the prior go on longer than those who know, and lose nothing by it. */
static void test_truth_may_differ_from_belief(void **state)
{
    static const struct en_clinic_rule RULE[] = {
        {{.id = "forecast", .gain_per_session = 0.02}, 0, false}};
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = certain(prior(), 2);
    struct en_clinic_request q = request_of(&p, RULE, 1);

    (void)state;
    q.forecast_patients = 8;
    q.truth[0] = 1.0;
    const struct en_clinic_result r = run(&q, &a);

    CHECK(r.outcomes[0].sessions.mean > 1.0);
    CHECK_NEAR(r.outcomes[0].lost.mean, 0.0, 1e-3);
    q.truth[0] = 0.5;
    CHECK(en_clinic_start(&q, &a, &(struct en_clinic *){NULL}, NULL) == EN_EINVAL);
    en_arena_free(&a);
}

/* Accuracies are counts of the same patients: the share of yes follows from base, sensitivity and
 * specificity; and a signal of a rule that asks no forecast needs none. */
static void test_signals_are_counts(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = prior();
    const struct en_clinic_request q = request_of(&p, NULL, 0);
    const struct en_clinic_result r = run(&q, &a);

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        const struct en_clinic_accuracy *const all[] = {
            &r.predictions[k].better, &r.predictions[k].gains, &r.predictions[k].worthwhile};

        for (size_t j = 0; j < EN_COUNT(all); j++) {
            const struct en_clinic_accuracy *x = all[j];

            CHECK_NEAR(x->base * x->sensitivity + (1.0 - x->base) * (1.0 - x->specificity),
                       r.predictions[k].share, 1e-12);
            CHECK(x->area > 0.0 && x->area < 1.0);
        }
        CHECK_NEAR(r.predictions[k].gains.base, 0.5, 1.0 / PATIENTS);
    }
    CHECK(r.predictions[2].patients == 0 && isnan(r.predictions[2].better.area));
    en_arena_free(&a);
}

/* The bytes do not depend on the number of threads, forecasts included; another seed is another
 * clinic. */
static void test_threads_do_not_matter(void **state)
{
    static const struct en_clinic_rule RULES[] = {
        {{.id = "both", .success_percent = 75.0, .gain_per_session = 0.1}, 0, false}};
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = prior();
    struct en_clinic_request q = request_of(&p, RULES, 1);
    struct en_clinic_result r[3];

    (void)state;
    q.patients = q.forecast_patients = 17;
    for (int k = 0; k < 3; k++) {
        q.threads = k == 1 ? 3 : 1;
        q.seed = k == 2 ? 2 : 1;
        r[k] = run(&q, &a);
    }
    CHECK(memcmp(r[0].outcomes, r[1].outcomes, sizeof *r[0].outcomes) == 0);
    CHECK(memcmp(r[0].predictions, r[1].predictions, sizeof(struct en_clinic_prediction[3])) == 0);
    CHECK(memcmp(r[0].outcomes, r[2].outcomes, sizeof *r[0].outcomes) != 0);
    en_arena_free(&a);
}

/* What cannot be a clinic is refused by the name of the field; NAN fails every range. */
static void test_fields_are_named(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = prior();
    const struct en_clinic_request good = request_of(&p, NULL, 0);
    struct en_clinic_request q = good;
    struct en_clinic *clinic = NULL;
    struct en_err err = {0};

    (void)state;
    q.sessions = 1;
    CHECK(en_clinic_start(&q, &a, &clinic, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "sessions");
    q = good;
    q.interval_days = NAN;
    CHECK(en_clinic_start(&q, &a, &clinic, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "interval_days");
    q = good;
    q.weeks[0] = 12.0; /* the day of the last session */
    CHECK(en_clinic_start(&q, &a, &clinic, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "weeks[0]");
    q = good;
    q.forecast_patients = q.patients + 1;
    CHECK(en_clinic_start(&q, &a, &clinic, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "patients");
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_all_loses_nothing_and_fixed_is_that_course),
          cmocka_unit_test(test_stricter_is_never_more_sessions),
          cmocka_unit_test(test_chance_is_the_yardstick),
          cmocka_unit_test(test_nothing_is_lost_where_nothing_works),
          cmocka_unit_test(test_truth_may_differ_from_belief),
          cmocka_unit_test(test_signals_are_counts), cmocka_unit_test(test_threads_do_not_matter),
          cmocka_unit_test(test_fields_are_named));
