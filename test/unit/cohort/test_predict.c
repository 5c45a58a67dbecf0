/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/validate.h"

#include "num/scalar.h"
#include "num/stats.h"

#include "evidence_fixture.h"
#include "support/check.h"

/* The score of a normal sample tends to the closed form of its distribution (Gneiting and Raftery
 * 2007), and at the point mass it is the distance. */
static void test_crps(void **state)
{
    enum { COUNT = 4000 };
    static double sample[COUNT];
    const double point[] = {2.0};

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        sample[i] = 1.0 + 2.0 * en_normal_quantile(((double)i + 0.5) / COUNT);
    }
    CHECK_NEAR(en_crps_sample(sample, COUNT, 3.0), en_crps_normal(1.0, 2.0, 3.0), 2e-3);
    CHECK_NEAR(en_crps_normal(0.0, 1.0, 0.0), 0.233694977254510, 1e-7);
    CHECK_NEAR(en_crps_sample(point, 1, 5.0), 3.0, 1e-15);
}

/* Before calibration the predictive is wide: it covers ordinary results; its quantiles ascend and
 * its score improves on no result it was not told. */
static void test_prior_predictive(void **state)
{
    struct en_arena arena = EN_ARENA(256 << 20);
    struct en_posterior p;
    struct en_prediction out[7], again[7];
    struct en_predict_settings s = {400, 3, 2};
    struct en_validation v;
    struct en_err err = {0};

    (void)state;
    CHECK(en_posterior_prior(64, 1, &arena, &p, &err) == EN_OK);
    const size_t used = arena.used;

    CHECK(en_predict(&FIXTURE, &p, &FIXTURE, &s, &arena, out, &err) == EN_OK);
    s.threads = 1;
    CHECK(en_predict(&FIXTURE, &p, &FIXTURE, &s, &arena, again, &err) == EN_OK);
    CHECK(arena.used == used); /* scratch is given back */
    CHECK(memcmp(out, again, sizeof out) == 0);
    for (size_t r = 0; r < 7; r++) {
        CHECK(out[r].q.q05 < out[r].q.q25 && out[r].q.q25 < out[r].q.q75);
        CHECK(out[r].q.q75 < out[r].q.q95);
        CHECK(out[r].sd > 0.0 && out[r].crps > 0.0 && out[r].plain_crps > 0.0);
    }
    en_validation_of(&FIXTURE, out, &v);
    CHECK(v.count == 7);
    CHECK_NEAR(v.covered_90, 1.0, 0.15);
    s.draws = 3;
    CHECK(en_predict(&FIXTURE, &p, &FIXTURE, &s, &arena, out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "draws");
    en_arena_free(&arena);
}

/* Expected effects have the signs of the model: dextrose better than saline where the hypothesis
 * gives it a road; where it gives none, by what trials report in favour of the tested arm alone:
 * 0.05 of usual pain, 0.85 of it by week 12. */
static void test_hypotheses_differ(void **state)
{
    struct en_arena arena = EN_ARENA(256 << 20);
    struct en_posterior p;
    struct en_prediction out[7];
    const struct en_predict_settings s = {2000, 3, 2};
    struct en_err err = {0};
    double difference[EN_HYPOTHESES];

    (void)state;
    CHECK(en_posterior_prior(100, 1, &arena, &p, &err) == EN_OK);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        for (size_t k = 0; k < EN_HYPOTHESES; k++) {
            p.weight[k] = k == h ? 1.0 : 0.0;
        }
        CHECK(en_predict(&FIXTURE, &p, &FIXTURE, &s, &arena, out, &err) == EN_OK);
        difference[h] = out[0].mean - out[2].mean;
    }
    CHECK_NEAR(difference[0], -0.05 * 5.5 * 0.85, 0.08); /* Monte Carlo: arms, sampling differ */
    CHECK(difference[2] < difference[0] - 0.3 && difference[3] < difference[0] - 0.3);
    en_arena_free(&arena);
}

/* Contrasts are differences of the arms of a study at the same time, errors added. */
static void test_contrasts(void **state)
{
    struct en_arena arena = EN_ARENA(1 << 20);
    struct en_evidence out;
    struct en_err err = {0};

    (void)state;
    CHECK(en_evidence_contrasts(&FIXTURE, &arena, &out, &err) == EN_OK);
    CHECK(out.row_count == 3);
    CHECK(out.rows[0].arm == 0 && out.rows[0].versus == 1);
    CHECK_NEAR(out.rows[0].value, -1.0, 1e-12);
    CHECK_NEAR(out.rows[0].se, 0.45 * sqrt(2.0), 1e-12);
    CHECK_NEAR(out.rows[1].value, -1.3, 1e-12);
    CHECK_NEAR(out.rows[2].value, -7.0, 1e-12);
    en_arena_free(&arena);
}

/* Two ways to the same report: virtual trials with patients, noise and visits, and the expectation
 * in closed form over 32 patients that calibration uses. They must expect the same, or calibration
 * would fit another model than the one that is shown. Tolerances: Monte Carlo error of 400 virtual
 * trials and of 32 patients. */
static void check_agreement(const struct en_posterior *p, struct en_arena *arena, size_t arm)
{
    struct en_trial t = {
        .population = en_population_defaults(),
        .condition = "oa_knee",
        .arm_count = 2, /* one alone would be a series */
        .weeks = {12, 26},
        .week_count = 2,
        .outcomes = {{EN_TRIAL_NRS_CHANGE, 0.0}},
        .outcome_count = 1,
        .patients = 48000,
        .seed = 5,
    };
    const struct en_evidence_arm *from = &FIXTURE_ARMS[arm];
    const struct en_predict_settings s = {4000, 9, 2};
    struct en_trial_result result;
    struct en_prediction out[7];
    struct en_err err = {0};

    t.population.baseline_nrs = (struct en_spread){6.0, 1.5};
    t.population.adherence_sessions = 1.0;
    t.population.dropout_per_day = 0.0;
    t.arms[0] = (struct en_trial_arm){
        .name = from->id, .n = 30, .session_count = from->session_count, .context = from->context};
    memcpy(t.arms[0].sessions, from->sessions, sizeof t.arms[0].sessions);
    t.arms[1] = (struct en_trial_arm){.name = "none", .n = 1};
    int64_t *sums = EN_NEW(arena, int64_t, en_trial_sums_count(&t));

    CHECK(en_trial_run(&t, p, 0, en_trial_units(&t), 2, sums, arena, &err) == EN_OK);
    CHECK(en_trial_summarise(&t, p, sums, arena, &result, &err) == EN_OK);
    CHECK(en_predict(&FIXTURE, p, &FIXTURE, &s, arena, out, &err) == EN_OK);
    for (size_t w = 0; w < 2; w++) {
        const struct en_trial_cell *cell = &result.arms[en_trial_at(&t, EN_HYPOTHESES, 0, 0, w)];
        const struct en_prediction *expected = &out[2 * arm + w];

        CHECK_NEAR(expected->mean, cell->mean, 0.2);
        CHECK_NEAR((expected->q.q95 - expected->q.q05) /
                       (cell->predictive.q95 - cell->predictive.q05),
                   1.0, 0.15);
    }
}

static void test_trials_and_predictions_agree(void **state)
{
    struct en_arena arena = EN_ARENA(512 << 20);
    struct en_posterior p;
    struct en_err err = {0};

    (void)state;
    CHECK(en_posterior_prior(128, 1, &arena, &p, &err) == EN_OK);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        p.weight[h] = h == 3 ? 1.0 : 0.0;
    }
    check_agreement(&p, &arena, 0);
    check_agreement(&p, &arena, 1);
    en_arena_free(&arena);
}

TEST_MAIN(cmocka_unit_test(test_crps), cmocka_unit_test(test_prior_predictive),
          cmocka_unit_test(test_hypotheses_differ), cmocka_unit_test(test_contrasts),
          cmocka_unit_test(test_trials_and_predictions_agree));
