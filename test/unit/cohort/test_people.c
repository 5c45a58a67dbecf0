/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/people.h"

#include "num/scalar.h"

#include "known.h"
#include "support/check.h"

enum { N = 20000 };

static struct person PEOPLE[N];

/* Draw N people; their counts. The batch holds the last one in place 0. */
static struct people_counts draw(const struct en_population *p, struct en_batch *b)
{
    struct people q;
    struct known k;
    struct en_effects e;
    struct people_counts counts = {0};

    known_posterior(&k, 0.16);
    en_posterior_effects(&k.posterior, 3, 0, -1, true, (struct en_random){0}, &e);
    CHECK(people_make(p, NULL, true, 1, &q, NULL) == EN_OK);
    for (size_t i = 0; i < N; i++) {
        CHECK(people_draw(&q, i, &e, b, 0, &PEOPLE[i], &counts));
        CHECK(b->parameter[EN_P(zmax)][0] == e.zmax && b->parameter[EN_P(gS)][0] == e.gS);
        CHECK(en_heal_broken(b, 0) == NULL);
    }
    return counts;
}

static struct en_batch batch(struct en_arena *a)
{
    struct en_batch b;

    CHECK(en_batch_init(&b, a, 8, NULL) == EN_OK);
    en_batch_revise(&b);
    return b;
}

/* Moments of two members of struct person. */
struct moments {
    double mean_x, mean_y, sd_x, sd_y, correlation;
};

static double number(const struct person *p, size_t at)
{
    double x;

    memcpy(&x, (const char *)p + at, sizeof x);
    return x;
}

static struct moments moments(size_t x, size_t y)
{
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;

    for (size_t i = 0; i < N; i++) {
        const double a = number(&PEOPLE[i], x), b = number(&PEOPLE[i], y);

        sx += a / N;
        sy += b / N;
        sxx += a * a / N;
        syy += b * b / N;
        sxy += a * b / N;
    }
    const double vx = sxx - sx * sx, vy = syy - sy * sy;

    return (struct moments){sx, sy, sqrt(vx), sqrt(vy), (sxy - sx * sy) / sqrt(vx * vy)};
}

#define AT(member) offsetof(struct person, member)

/* Covariates have the mean, spread and correlation that the population says. Usual pain carries
 * sqrt(severity_correlation) of severity, so it correlates with age by that share. Tolerances are
 * four standard errors, and for age what its limits of 18 and 100 years take away. */
static void test_covariates_are_those_of_the_population(void **state)
{
    struct en_population p = en_population_defaults();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b = batch(&a);
    const double se = 4.0 / sqrt(N);
    double diabetes = 0.0, female = 0.0, smoker = 0.0, older = 0.0;

    (void)state;
    p.severity_age = 0.3;
    p.age_bmi = -0.2;
    p.age_diabetes = 0.4;
    (void)draw(&p, &b);
    const struct moments age = moments(AT(age_years), AT(bmi));
    const struct moments pain = moments(AT(usual), AT(age_years));
    const struct moments scores = moments(AT(baseline_nrs), AT(baseline_function));

    CHECK_NEAR(age.mean_x, 55.0, 10.0 * se);
    CHECK_NEAR(age.sd_x, 10.0, 10.0 * se);
    CHECK_NEAR(age.mean_y, 29.0, 5.0 * se);
    CHECK_NEAR(age.correlation, -0.2, se);
    CHECK_NEAR(pain.correlation, 0.3 * sqrt(EN_MODEL.severity_correlation), se);
    CHECK_NEAR(scores.mean_x, 5.5, 1.375 * se);
    CHECK_NEAR(scores.sd_x, 1.375, 1.375 * se);
    CHECK_NEAR(scores.mean_y, 37.0, 15.0 * se + 0.05); /* held at 0: SD 15 reaches it in 0.7 % */
    CHECK_NEAR(scores.correlation, 0.6, se);
    for (size_t i = 0; i < N; i++) {
        diabetes += PEOPLE[i].has_diabetes ? 1.0 / N : 0.0;
        female += PEOPLE[i].is_female ? 1.0 / N : 0.0;
        smoker += PEOPLE[i].is_smoker ? 1.0 / N : 0.0;
        older += PEOPLE[i].has_diabetes ? PEOPLE[i].age_years / N : 0.0;
    }
    CHECK_NEAR(diabetes, 0.12, 0.33 * se);
    CHECK_NEAR(female, 0.6, 0.49 * se);
    CHECK_NEAR(smoker, 0.15, 0.36 * se);
    /* Mean z of age in those above the cut: r phi(cut) / share = 0.4 * 0.2000 / 0.12. */
    CHECK_NEAR(older / diabetes, 55.0 + 10.0 * 0.4 * 0.2000 / 0.12, 10.0 * se / sqrt(0.12));
    en_arena_free(&a);
}

/* Draws below the entry threshold are refused and counted: as many as the normal distribution has
 * below it. Usual pain is drawn from the observed score towards that of people with the
 * condition. */
static void test_entry_is_by_rejection(void **state)
{
    struct en_population p = en_population_defaults();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b = batch(&a);

    (void)state;
    p.baseline_nrs = (struct en_spread){5.0, 1.5};
    p.entry_nrs = 5.0;
    const struct people_counts c = draw(&p, &b);

    CHECK(c.drawn == N + c.refused_entry + c.refused_constraint);
    CHECK_NEAR((double)c.refused_entry / (double)c.drawn, 0.5, 4.0 * 0.5 / sqrt(2.0 * N));
    for (size_t i = 0; i < N; i++) {
        CHECK(PEOPLE[i].baseline_nrs >= 5.0);
    }
    const struct moments m = moments(AT(baseline_nrs), AT(usual));
    const double trait = 2.25, score = 1.64, usual_mean = 5.0 * 4.6 / 5.5;

    CHECK_NEAR(m.mean_x, 5.0 + 1.5 * sqrt(2.0 / 3.14159265358979), 4.0 * 1.5 / sqrt(N));
    CHECK_NEAR(m.mean_y, usual_mean + (m.mean_x - usual_mean) * trait / (trait + score),
               4.0 * 0.98 / sqrt(N));
    en_arena_free(&a);
}

/* A member is the same person whatever was drawn before, and its draws do not depend on the
 * effects: the hypotheses share their patients. */
static void test_a_person_depends_on_the_place_alone(void **state)
{
    const struct en_population p = en_population_defaults();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b = batch(&a);
    struct known k;
    struct en_effects h0, h3;
    struct people q;
    struct people_counts c = {0};
    struct person x, y, z;

    (void)state;
    known_posterior(&k, 0.16);
    en_posterior_effects(&k.posterior, 0, 0, -1, true, (struct en_random){0}, &h0);
    en_posterior_effects(&k.posterior, 3, 0, -1, true, (struct en_random){0}, &h3);
    h3.kHd *= 2.0;
    CHECK(people_make(&p, NULL, true, 9, &q, NULL) == EN_OK);
    memset(&x, 0, sizeof x);
    memset(&y, 0, sizeof y);
    CHECK(people_draw(&q, 77, &h0, &b, 3, &x, &c));
    const double kHd = b.parameter[EN_P(kHd)][3];

    CHECK(people_draw(&q, 78, &h0, &b, 3, &z, &c));
    CHECK(people_draw(&q, 77, &h3, &b, 5, &y, &c));
    CHECK(x.baseline_nrs == y.baseline_nrs && x.usual == y.usual && x.age_years == y.age_years);
    CHECK_NEAR(b.parameter[EN_P(kHd)][5], 2.0 * kHd, 1e-12);
    CHECK(x.usual != z.usual);
    en_arena_free(&a);
}

/* Golden hash: the draws must not change unnoticed, they are part of every result. */
static void test_draws_are_the_golden_ones(void **state)
{
    struct en_population p = en_population_defaults();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b = batch(&a);
    const uint64_t GOLDEN = 0x60a1ece6c1418455;
    uint64_t hash = 0xCBF29CE484222325;

    (void)state;
    p.entry_nrs = 4.0;
    p.nsaid = 0.2;
    (void)draw(&p, &b);
    for (size_t i = 0; i < N; i++) {
        const double numbers[] = {PEOPLE[i].age_years,    PEOPLE[i].bmi,
                                  PEOPLE[i].baseline_nrs, PEOPLE[i].baseline_function,
                                  PEOPLE[i].usual,        PEOPLE[i].fluctuation,
                                  PEOPLE[i].response_z,   PEOPLE[i].time_ratio,
                                  PEOPLE[i].coverage_z,   PEOPLE[i].chronicity_years};
        const unsigned char *bytes = (const unsigned char *)numbers;

        for (size_t k = 0; k < sizeof numbers; k++) {
            hash = (hash ^ bytes[k]) * 0x100000001B3;
        }
    }
    if (hash != GOLDEN) {
        print_error("hash 0x%llx\n", (unsigned long long)hash);
    }
    CHECK(hash == GOLDEN);
    en_arena_free(&a);
}

/* Wrong populations are refused with the name of the field; correlations that cannot hold together
 * with what they are. */
static void test_wrong_populations_are_refused(void **state)
{
#define FIELD(member) offsetof(struct en_population, member)
    static const struct {
        size_t field;
        double value;
        const char *text;
    } WRONG[] = {
        {FIELD(age_years.mean), 12, "age_years.mean"},
        {FIELD(bmi.sd), -1, "bmi.sd"},
        {FIELD(baseline_nrs.mean), NAN, "baseline_nrs.mean"},
        {FIELD(female), 1.2, "female"},
        {FIELD(severity_age), -2, "severity_age"},
        {FIELD(entry_nrs), 9.5, "entry_nrs"},
        {FIELD(entry_function), 80, "entry_function"},
        {FIELD(dropout_per_day), NAN, "dropout_per_day"},
        {FIELD(as_needed_improvement), 1.5, "as_needed_improvement"},
        {FIELD(bmi_diabetes), 1.0, "not positive definite"},
    };
    struct en_population p = en_population_defaults();

    (void)state;
    CHECK(en_population_check(&p, NULL) == EN_OK);
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        struct en_err err = {0};

        p = en_population_defaults();
        memcpy((char *)&p + WRONG[i].field, &WRONG[i].value, sizeof(double));
        CHECK(en_population_check(&p, &err) == EN_EINVAL);
        CHECK_CONTAINS(err.text, WRONG[i].text);
    }
    /* Each pair is possible, the three are not. */
    p = en_population_defaults();
    p.age_bmi = 0.9;
    p.age_diabetes = 0.9;
    p.bmi_diabetes = -0.9;
    CHECK(en_population_check(&p, NULL) == EN_EINVAL);
}

TEST_MAIN(cmocka_unit_test(test_covariates_are_those_of_the_population),
          cmocka_unit_test(test_entry_is_by_rejection),
          cmocka_unit_test(test_a_person_depends_on_the_place_alone),
          cmocka_unit_test(test_draws_are_the_golden_ones),
          cmocka_unit_test(test_wrong_populations_are_refused));
