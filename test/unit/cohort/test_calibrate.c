/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/calibrate.h"

#include "base/text.h"
#include "cohort/calibration.h"
#include "num/stats.h"

#include "evidence_fixture.h"
#include "support/check.h"

static struct en_calibration_settings small(void)
{
    struct en_calibration_settings s = en_calibration_defaults();

    s.particles = 256;
    s.patients = 8;
    s.moves = 1;
    s.threads = 2;
    return s;
}

static struct en_calibration *start(struct en_arena *a, const struct en_evidence *e, size_t h,
                                    const struct en_calibration_settings *s)
{
    struct en_calibration *c = NULL;
    struct en_err err = {0};

    CHECK(en_calibration_start(e, h, s, a, &c, &err) == EN_OK);
    return c;
}

static void finish(struct en_calibration *c)
{
    struct en_err err = {0};

    while (!en_calibration_done(c)) {
        CHECK(en_calibration_advance(c, &err) == EN_OK);
    }
}

static double mean_of(const struct en_calibration *c, size_t k)
{
    double sum = 0.0;

    for (size_t i = 0; i < c->settings.particles; i++) {
        sum += c->z[i * c->size + k];
    }
    return sum / (double)c->settings.particles;
}

/* The oracle is plain importance sampling: with weak evidence, thousands of prior draws weighted by
 * their likelihood give evidence and posterior means without steps, resampling or moves. The Monte
 * Carlo errors are about 0.1 of the log evidence and of a prior SD. */
static void test_agrees_with_importance_sampling(void **state)
{
    enum { DRAWS = 6000 };
    struct en_arena arena = EN_ARENA(512 << 20);
    struct en_calibration_settings many = small(), few = small();
    double sum = 0.0, likelihood[DRAWS], injection = 0.0, exercise = 0.0;

    (void)state;
    many.particles = DRAWS;
    many.seed = 11;
    few.particles = 1500;
    few.moves = 2;
    const struct en_calibration *prior = start(&arena, &FIXTURE, 2, &many);

    for (size_t i = 0; i < DRAWS; i++) {
        likelihood[i] = exp(prior->likelihood[2 * i] + prior->likelihood[2 * i + 1]);
        sum += likelihood[i];
        injection += likelihood[i] * prior->z[i * prior->size + EN_LEARNED_context_injection];
        exercise += likelihood[i] * prior->z[i * prior->size + EN_LEARNED_context_exercise];
    }
    struct en_calibration *c = start(&arena, &FIXTURE, 2, &few);

    finish(c);
    CHECK_NEAR(en_calibration_log_evidence(c), log(sum / DRAWS), 0.25);
    CHECK_NEAR(mean_of(c, EN_LEARNED_context_injection), injection / sum, 0.2);
    CHECK_NEAR(mean_of(c, EN_LEARNED_context_exercise), exercise / sum, 0.2);
    en_arena_free(&arena);
}

/* What goes forward comes back: leaving out a data set leads to the posterior and the evidence of
 * the other one alone. */
static void test_leaving_out_is_the_way_back(void **state)
{
    struct en_arena arena = EN_ARENA(512 << 20);
    struct en_calibration_settings s = small();
    struct en_evidence_row rows[7];
    struct en_evidence first_alone = FIXTURE;

    (void)state;
    s.particles = 1500;
    s.moves = 2;
    memcpy(rows, FIXTURE_ROWS, sizeof rows);
    for (size_t r = 4; r < 7; r++) {
        rows[r].is_fit = false;
    }
    first_alone.rows = rows;
    struct en_calibration *both = start(&arena, &FIXTURE, 3, &s);
    struct en_calibration *alone = start(&arena, &first_alone, 3, &s);

    finish(both);
    finish(alone);
    en_calibration_leave_out(both, 1);
    CHECK(!en_calibration_done(both));
    finish(both);
    CHECK_NEAR(en_calibration_log_evidence(both), en_calibration_log_evidence(alone), 0.3);
    CHECK_NEAR(mean_of(both, EN_LEARNED_context_injection),
               mean_of(alone, EN_LEARNED_context_injection), 0.2);
    en_arena_free(&arena);
}

static uint64_t hash_of(const struct en_calibration *c)
{
    return en_hash(EN_HASH_START, c->z, c->settings.particles * c->size * sizeof(double));
}

/* Same bytes on one and on three threads, and when a run is stopped and resumed. */
static void test_same_bytes(void **state)
{
    struct en_arena arena = EN_ARENA(256 << 20);
    struct en_calibration_settings s = small();
    struct en_err err = {0};

    (void)state;
    struct en_calibration *two = start(&arena, &FIXTURE, 3, &s);

    finish(two);
    s.threads = 1;
    struct en_calibration *one = start(&arena, &FIXTURE, 3, &s);

    CHECK(en_calibration_advance(one, &err) == EN_OK);
    double *saved = EN_NEW(&arena, double, en_calibration_state_size(one));

    en_calibration_save(one, saved);
    s.threads = 3;
    struct en_calibration *resumed = start(&arena, &FIXTURE, 3, &s);

    en_calibration_load(resumed, saved);
    finish(one);
    finish(resumed);
    CHECK(hash_of(one) == hash_of(two));
    CHECK(hash_of(resumed) == hash_of(two));
    CHECK(en_calibration_log_evidence(resumed) == en_calibration_log_evidence(two));
    en_arena_free(&arena);
}

/* The posterior keeps what it came from: conditions, weights that follow the evidence. */
static void test_posterior(void **state)
{
    struct en_arena arena = EN_ARENA(256 << 20);
    struct en_calibration_settings s = small();
    struct en_calibration *c[EN_HYPOTHESES];
    struct en_posterior p;
    struct en_err err = {0};
    double sum = 0.0;

    (void)state;
    s.particles = 64;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        c[h] = start(&arena, &FIXTURE, h, &s);
        finish(c[h]);
    }
    CHECK(en_calibration_posterior(c, 32, &arena, &p, &err) == EN_OK);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        CHECK(p.count[h] == 32);
        sum += p.weight[h];
        CHECK_NEAR(log(p.weight[h] / p.weight[0]),
                   log(p.prior_weight[h] / p.prior_weight[0]) + p.log_evidence[h] -
                       p.log_evidence[0],
                   1e-9);
    }
    CHECK_NEAR(sum, 1.0, 1e-12);
    CHECK(p.is_calibrated);
    CHECK(en_posterior_condition(&p, "lateral_epicondylalgia") == 1);
    en_arena_free(&arena);
}

/* A result that contradicts everything else pulls less than one that is merely large: the tails are
 * heavy. */
static void test_outlier_is_tamed(void **state)
{
    struct en_arena arena = EN_ARENA(64 << 20);
    struct en_evidence_row row = FIXTURE_ROWS[0];
    struct en_evidence e = FIXTURE;
    struct en_calibration_settings s = small();
    double fall[2];

    (void)state;
    e.rows = &row;
    e.row_count = 1;
    for (int k = 0; k < 2; k++) {
        double density[2];

        for (int side = 0; side < 2; side++) {
            row.value = (k == 0 ? -4.0 : -9.0) - 0.5 * side;
            density[side] = start(&arena, &e, 0, &s)->likelihood[0];
        }
        fall[k] = density[0] - density[1];
    }
    /* The density of a normal error would fall faster the farther out. */
    CHECK(fall[0] > 0.0 && fall[1] > 0.0);
    CHECK(fall[1] < 0.8 * fall[0]);
    en_arena_free(&arena);
}

/* Settings and evidence out of range are refused by name. */
static void test_refusals(void **state)
{
    struct en_arena arena = EN_ARENA(64 << 20);
    struct en_calibration_settings s = small();
    struct en_evidence_row rows[7];
    struct en_evidence e = FIXTURE;
    struct en_calibration *c = NULL;
    struct en_err err = {0};

    (void)state;
    s.patients = 12;
    CHECK(en_calibration_start(&e, 0, &s, &arena, &c, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "patients");
    s = small();
    memcpy(rows, FIXTURE_ROWS, sizeof rows);
    e.rows = rows;
    rows[2].week = NAN;
    CHECK(en_calibration_start(&e, 0, &s, &arena, &c, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "FIRST.saline.12: week");
    rows[2].week = 12;
    rows[3].baseline = 0.0;
    CHECK(en_calibration_start(&e, 0, &s, &arena, &c, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "FIRST.saline.26: baseline");
    rows[3].baseline = 6.0;
    rows[4].versus = 0;
    CHECK(en_calibration_start(&e, 0, &s, &arena, &c, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "not an arm of the same study");
    en_arena_free(&arena);
}

TEST_MAIN(cmocka_unit_test(test_agrees_with_importance_sampling),
          cmocka_unit_test(test_leaving_out_is_the_way_back), cmocka_unit_test(test_same_bytes),
          cmocka_unit_test(test_posterior), cmocka_unit_test(test_outlier_is_tamed),
          cmocka_unit_test(test_refusals));
