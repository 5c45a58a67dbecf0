/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/trial.h"

#include "cohort/trial_inside.h"

#include "known.h"
#include "support/check.h"

static const double PI = 3.14159265358979323846;

/* A trial of one arm without anything: 40 patients, two weeks, all stay. */
static struct en_trial nothing(void)
{
    struct en_trial t = {
        .population = en_population_defaults(),
        .condition = "any",
        .arms = {{.name = "none", .n = 40}},
        .arm_count = 1,
        .weeks = {4, 52},
        .week_count = 2,
        .outcomes = {{EN_TRIAL_NRS_CHANGE, 0}},
        .outcome_count = 1,
        .patients = 1,
        .seed = 3,
    };

    t.population.baseline_nrs = (struct en_spread){5.5, 1.2};
    t.population.entry_nrs = 5.0;
    t.population.dropout_per_day = 0.0;
    t.population.adherence_sessions = t.population.adherence_rehabilitation = 1.0;
    return t;
}

static struct en_trial_session session(double day, double percent, bool is_as_needed)
{
    return (struct en_trial_session){
        .day = day,
        .dextrose_percent = percent,
        .coverage = 0.5,
        .needle = percent > 0.0 ? 1.0 : 0.0,
        .is_as_needed = is_as_needed,
    };
}

/* The trial of the specification, smaller: dextrose, saline with as-needed sessions, exercise. */
static struct en_trial three_arms(void)
{
    struct en_trial t = nothing();

    t.arm_count = 3;
    for (size_t a = 0; a < 2; a++) {
        struct en_trial_arm *arm = &t.arms[a];

        *arm = (struct en_trial_arm){.name = a == 0 ? "dextrose" : "saline",
                                     .n = a == 0 ? 30 : 29,
                                     .session_count = 3,
                                     .context = EN_CONTEXT_INJECTION};
        arm->sessions[0] = session(0, a == 0 ? 20 : 0, false);
        arm->sessions[1] = session(28, a == 0 ? 20 : 0, false);
        arm->sessions[2] = session(60, a == 0 ? 20 : 0, true);
    }
    t.arms[2] = (struct en_trial_arm){.name = "exercise",
                                      .n = 31,
                                      .changes = {{0, 1.3, 1.0}},
                                      .change_count = 1,
                                      .context = EN_CONTEXT_EXERCISE};
    t.outcome_count = EN_TRIAL_MEASURE_COUNT;
    for (size_t o = 0; o < EN_TRIAL_MEASURE_COUNT; o++) {
        t.outcomes[o] = (struct en_trial_outcome){(enum en_trial_measure)o, 20.0};
    }
    t.population.dropout_per_day = 1e-3;
    t.population.adherence_sessions = 0.9;
    return t;
}

static int64_t *new_sums(const struct en_trial *t, struct en_arena *a)
{
    int64_t *sums = EN_NEW(a, int64_t, en_trial_sums_count(t));

    CHECK(sums != NULL);
    return sums;
}

/* Run and summarise on two threads. */
static struct en_trial_result result(const struct en_trial *t, const struct en_posterior *p,
                                     struct en_arena *a)
{
    struct en_trial_result r;
    struct en_err err = {0};
    int64_t *sums = new_sums(t, a);

    if (en_trial_run(t, p, 0, en_trial_units(t), 2, sums, a, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    CHECK(en_trial_summarise(t, p, sums, a, &r, &err) == EN_OK);
    return r;
}

static const struct en_trial_cell *arm(const struct en_trial_result *r, size_t h, size_t a,
                                       size_t outcome, size_t week)
{
    return &r->arms[en_trial_at(r->trial, h, a, outcome, week)];
}

/* The normal model of nothing(): mean of the observed scores above the threshold, and how far usual
 * pain and fluctuation lie from them. */
static double mean_observed(void)
{
    const double cut = (5.0 - 5.5) / 1.2;

    return 5.5 + 1.2 * exp(-0.5 * cut * cut) / sqrt(2.0 * PI) / (0.5 * erfc(cut / sqrt(2.0)));
}

static double mean_usual(void)
{
    const double people = 5.5 * 4.6 / 5.5;

    return people + (mean_observed() - people) * 2.25 / (2.25 + 1.64);
}

/* Without treatment patients regress towards their usual pain: of the difference, the share of the
 * fluctuation dies away with 30 days, that of the error at once. */
static double regression(double day)
{
    return -(mean_observed() - mean_usual()) * (1.0 - 0.64 / 1.64 * exp(-day / 30.0));
}

/* Without treatment and context the mean change is the regression to the mean that the normal
 * distribution with the entry threshold gives; every hypothesis says the same, to the last bit,
 * because they share their patients; responders are those of the normal distribution. */
static void test_no_treatment_is_regression_to_the_mean(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = nothing();
    struct known k;

    (void)state;
    t.patients = 4 * 20000;
    known_posterior(&k, 0.16);
    const struct en_trial_result r = result(&t, &k.posterior, &a);

    CHECK(r.trials == 500 && r.drawn == 4 * 20000 + r.refused_entry + r.refused_constraint);
    for (size_t w = 0; w < 2; w++) {
        const struct en_trial_cell *c = arm(&r, 0, 0, 0, w);

        CHECK(c->count == 20000);
        CHECK_NEAR(c->mean, regression(7.0 * t.weeks[w]), 4.0 * c->sd / sqrt(20000));
        for (size_t h = 1; h <= EN_HYPOTHESES; h++) {
            CHECK_NEAR(arm(&r, h, 0, 0, w)->mean, c->mean, 1e-12);
            CHECK_NEAR(arm(&r, h, 0, 0, w)->sd, c->sd, 1e-9);
        }
        /* A report is the mean of 40: its SD is that of patients over sqrt(40), 1.645 of which lie
         * between the median and the 95 % quantile. */
        CHECK_NEAR(c->predictive.q50, c->mean, 0.06);
        CHECK_NEAR(c->predictive.q95 - c->predictive.q05, 2.0 * 1.645 * c->sd / sqrt(40), 0.1);
    }
    en_arena_free(&a);
}

/* Mean of 1 - 2^(-t / half) over patients whose half-time is lognormal with this mean and the
 * coefficient of variation of its row. */
static double waned(double day, double half_d)
{
    const double cv = EN_PARAMETERS[EN_P(tctx)].cv, s = sqrt(log(1.0 + cv * cv));
    double sum = 0.0;

    for (int i = -600; i <= 600; i++) {
        const double z = i / 100.0;

        sum += 0.01 * exp(-0.5 * z * z) / sqrt(2.0 * PI) *
               (1.0 - exp2(-day / (half_d * exp(s * z - 0.5 * s * s))));
    }
    return sum;
}

/* Saline under "no specific effect", without the needle: regression to the mean and the contextual
 * share of usual pain, as the formula has it. */
static void test_saline_is_context(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = nothing();
    struct known k;

    (void)state;
    t.patients = 4 * 20000;
    t.arms[0].session_count = 1;
    t.arms[0].sessions[0] = session(0, 0, false);
    t.arms[0].context = EN_CONTEXT_INJECTION;
    known_posterior(&k, 0.20);
    const struct en_trial_result r = result(&t, &k.posterior, &a);

    for (size_t w = 0; w < 2; w++) {
        const double day = 7.0 * t.weeks[w];
        const struct en_trial_cell *c = arm(&r, 0, 0, 0, w);

        CHECK_NEAR(c->mean, regression(day) - 0.20 * mean_usual() * waned(day, 27.7),
                   4.0 * c->sd / sqrt(20000));
    }
    en_arena_free(&a);
}

/* Same bytes on 1, 2 and 8 threads, and when the units are run in pieces and in another order, as
 * after a stop and a resume or on several ranks. */
static void test_sums_do_not_depend_on_the_order_of_work(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    struct en_trial t = three_arms();
    struct en_posterior p;

    (void)state;
    t.arms[0].n = 3;
    t.arms[1].n = 11;
    t.arms[2].n = 7;
    CHECK(en_posterior_prior(50, 1, &a, &p, NULL) == EN_OK);
    const size_t size = en_trial_sums_count(&t) * sizeof(int64_t);
    const uint64_t units = en_trial_units(&t), part = units / 3;
    int64_t *one = new_sums(&t, &a), *two = new_sums(&t, &a), *eight = new_sums(&t, &a),
            *parts = new_sums(&t, &a);

    CHECK(en_trial_run(&t, &p, 0, units, 1, one, &a, NULL) == EN_OK);
    CHECK(en_trial_run(&t, &p, 0, units, 2, two, &a, NULL) == EN_OK);
    CHECK(en_trial_run(&t, &p, 0, units, 8, eight, &a, NULL) == EN_OK);
    CHECK(en_trial_run(&t, &p, part, units - part, 2, parts, &a, NULL) == EN_OK);
    CHECK(en_trial_run(&t, &p, 0, part, 1, parts, &a, NULL) == EN_OK);
    CHECK(en_trial_run(&t, &p, 5, 0, 1, parts, &a, NULL) == EN_OK);
    assert_memory_equal(one, two, size);
    assert_memory_equal(one, eight, size);
    assert_memory_equal(one, parts, size);
    CHECK(en_trial_run(&t, &p, units, 1, 1, parts, &a, NULL) == EN_EINVAL);
    t.seed++;
    memset(two, 0, size);
    CHECK(en_trial_run(&t, &p, 0, units, 2, two, &a, NULL) == EN_OK);
    CHECK(memcmp(one, two, size) != 0);
    en_arena_free(&a);
}

/* Scratch is given back and does not grow with the number of patients: a hundred thousand
 * stream through the same room as ten thousand. */
static void test_memory_does_not_grow(void **state)
{
    size_t peaks[2];
    struct known k;

    (void)state;
    known_posterior(&k, 0.16);
    for (size_t i = 0; i < 2; i++) {
        struct en_arena a = EN_ARENA(64 << 20), sums_arena = EN_ARENA(64 << 20);
        struct en_trial t = nothing();

        t.week_count = 1;
        t.patients = i == 0 ? 10000 : 100000;
        int64_t *sums = new_sums(&t, &sums_arena);

        CHECK(en_trial_run(&t, &k.posterior, 0, en_trial_units(&t), 2, sums, &a, NULL) == EN_OK);
        CHECK(a.used == 0);
        peaks[i] = a.peak;
        en_arena_free(&a);
        en_arena_free(&sums_arena);
    }
    CHECK(peaks[0] == peaks[1] && peaks[0] < 8U << 20);
}

/* An arm that is larger than what is run together is cut, and is still one trial. */
static void test_an_arm_larger_than_a_chunk(void **state)
{
    enum { UNITS = 5, LARGE = 2 * TRIAL_CHUNK + 76 };
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = nothing();
    struct en_trial_result r;
    struct known k;

    (void)state;
    t.arms[0].n = LARGE;
    known_posterior(&k, 0.16);
    int64_t *sums = new_sums(&t, &a);

    CHECK(en_trial_run(&t, &k.posterior, 0, UNITS, 2, sums, &a, NULL) == EN_OK);
    CHECK(en_trial_summarise(&t, &k.posterior, sums, &a, &r, NULL) == EN_OK);
    const struct en_trial_cell *c = arm(&r, 0, 0, 0, 1);

    CHECK(c->count == UNITS * LARGE);
    CHECK_NEAR(c->mean, regression(364), 4.0 * c->sd / sqrt(UNITS * LARGE));
    CHECK_NEAR(c->predictive.q95 - c->predictive.q05, 2.0 * 1.645 * c->sd / sqrt(LARGE), 0.12);
    en_arena_free(&a);
}

/* A trial of one patient reports that patient; it has no spread within and no significance. */
static void test_one_patient(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = nothing();
    struct known k;

    (void)state;
    t.arm_count = 2;
    t.arms[1] = t.arms[0];
    t.arms[0].n = t.arms[1].n = 1;
    known_posterior(&k, 0.16);
    const struct en_trial_result r = result(&t, &k.posterior, &a);
    const struct en_trial_cell *c = arm(&r, 2, 0, 0, 1);

    CHECK(r.trials == 200 && c->count == 200);
    CHECK_NEAR(c->predictive.q95 - c->predictive.q05, 2.0 * 1.645 * c->sd, 1.0);
    CHECK(r.power[en_trial_at(&t, 2, 0, 0, 1)] == 0.0);
    en_arena_free(&a);
}

/* When everyone drops out there is nothing to report: no number is made up. */
static void test_all_patients_drop_out(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = three_arms();
    struct known k;

    (void)state;
    t.arms[0].n = t.arms[1].n = t.arms[2].n = 5;
    t.population.dropout_per_day = 1.0;
    t.population.dropout_per_nrs = 0.0;
    known_posterior(&k, 0.16);
    const struct en_trial_result r = result(&t, &k.posterior, &a);
    const size_t at = en_trial_at(&t, EN_HYPOTHESES, 0, 0, 1);

    CHECK(r.arms[at].count == 0 && isnan(r.arms[at].mean) && isnan(r.arms[at].sd));
    CHECK(isnan(r.arms[at].predictive.q50) && isnan(r.contrasts[at].predictive.q95));
    CHECK(r.power[at] == 0.0);
    en_arena_free(&a);
}

/* The hazard of dropping out: exp(-h t) of the patients are left where it does not depend on pain;
 * where it does, those whose pain fell stay longer. */
static void test_dropout_follows_its_hazard(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = nothing();
    struct known k;

    (void)state;
    t.patients = 4 * 8000;
    t.population.dropout_per_day = 2e-3;
    t.population.dropout_per_nrs = 0.0;
    known_posterior(&k, 0.16);
    const struct en_trial_result flat = result(&t, &k.posterior, &a);
    const double left = exp(-2e-3 * 364.0), se = sqrt(left * (1.0 - left) / 8000.0);

    CHECK_NEAR((double)arm(&flat, 0, 0, 0, 1)->count / 8000.0, left, 4.0 * se);
    t.population.dropout_per_nrs = 1.0;
    const struct en_trial_result steep = result(&t, &k.posterior, &a);

    CHECK(arm(&steep, 0, 0, 0, 1)->mean < arm(&flat, 0, 0, 0, 1)->mean);
    en_arena_free(&a);
}

/* Stiffness after one sure and two as-needed sessions, for a rule; always the same patients. */
static double stiffness(double improvement, bool is_as_needed, size_t sessions)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = nothing();
    struct known k;

    t.outcomes[0].measure = EN_TRIAL_STIFFNESS_CHANGE;
    t.weeks[1] = 26;
    t.population.as_needed_improvement = improvement;
    t.arms[0].context = EN_CONTEXT_INJECTION;
    t.arms[0].session_count = sessions;
    t.arms[0].sessions[0] = session(0, 20, false);
    t.arms[0].sessions[1] = session(40, 20, is_as_needed);
    t.arms[0].sessions[2] = session(70, 20, is_as_needed);
    known_posterior(&k, 0.16);
    const struct en_trial_result r = result(&t, &k.posterior, &a);
    const double change = arm(&r, 3, 0, 0, 1)->mean;

    en_arena_free(&a);
    return change;
}

/* As-needed sessions: everybody who has any pain left gets them when full relief is asked for, so
 * it is as if they were planned; when half of the pain must be gone, some do. Stiffness shows who
 * did, since it has no error of measurement. */
static void test_as_needed_sessions_are_masked(void **state)
{
    (void)state;
    const double planned = stiffness(0.5, false, 3), without = stiffness(0.5, false, 1);
    const double everybody = stiffness(1.0, true, 3), some = stiffness(0.3, true, 3);
    const double few = stiffness(0.05, true, 3);

    CHECK(planned > without + 1.0);
    CHECK_NEAR(everybody, planned, 0.05 * (planned - without));
    CHECK(some < everybody - 0.05 * (planned - without) && some > few && few > without);
}

/* Missed sessions and half-hearted exercise do less. */
static void test_adherence_counts(void **state)
{
    struct en_arena a = EN_ARENA(128 << 20);
    struct en_trial t = three_arms();
    struct known k;

    (void)state;
    known_posterior(&k, 0.16);
    t.arms[0].n = t.arms[1].n = t.arms[2].n = 8;
    t.population.dropout_per_day = 0.0;
    t.population.adherence_sessions = t.population.adherence_rehabilitation = 1.0;
    const struct en_trial_result all = result(&t, &k.posterior, &a);

    t.population.adherence_sessions = t.population.adherence_rehabilitation = 0.5;
    const struct en_trial_result half = result(&t, &k.posterior, &a);

    for (size_t arm_index = 0; arm_index < 3; arm_index += 2) {
        const double full = arm(&all, 3, arm_index, EN_TRIAL_STIFFNESS_CHANGE, 1)->mean;
        const double part = arm(&half, 3, arm_index, EN_TRIAL_STIFFNESS_CHANGE, 1)->mean;

        CHECK(part > 0.3 * full && part < 0.8 * full);
    }
    t.population.adherence_sessions = 0.0;
    const struct en_trial_result none = result(&t, &k.posterior, &a);

    CHECK_NEAR(arm(&none, 3, 0, EN_TRIAL_STIFFNESS_CHANGE, 1)->mean, 0.0, 1e-3);
    en_arena_free(&a);
}

/* The same treatment in both arms is found better in one of 40 trials, whatever the test is: the
 * error of the first kind of a two-sided 5 % test, one side of it. Tolerance: four standard errors
 * of 8,000 trials, and what a small share's test misses. */
static void test_power_of_no_difference(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = nothing();
    struct known k;

    (void)state;
    t.arm_count = 2;
    t.arms[0].n = 15;
    t.arms[1] = t.arms[0];
    t.arms[1].n = 20;
    t.week_count = 1;
    t.outcome_count = 2;
    t.outcomes[1] = (struct en_trial_outcome){EN_TRIAL_RESPONDER_NRS, 10.0};
    t.patients = 4 * 8000 * 20;
    known_posterior(&k, 0.16);
    const struct en_trial_result r = result(&t, &k.posterior, &a);
    const double se = sqrt(0.025 * 0.975 / 8000.0);

    CHECK(r.trials == 8000);
    CHECK_NEAR(r.power[en_trial_at(&t, 0, 0, 0, 0)], 0.025, 4.0 * se);
    CHECK_NEAR(r.power[en_trial_at(&t, 0, 0, 1, 0)], 0.025, 4.0 * se + 0.005);
    CHECK_NEAR(r.contrasts[en_trial_at(&t, 0, 0, 0, 0)].predictive.q50, 0.0, 0.03);
    en_arena_free(&a);
}

/* The mixture over the hypotheses is theirs by weight: its mean, its spread, its quantiles. */
static void test_mixture_follows_the_weights(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = three_arms();
    struct known k;

    (void)state;
    t.weeks[0] = 12;
    known_posterior(&k, 0.16);
    k.posterior.weight[0] = k.posterior.weight[1] = 0.0;
    k.posterior.weight[2] = 0.7;
    k.posterior.weight[3] = 0.3;
    const struct en_trial_result r = result(&t, &k.posterior, &a);
    const struct en_trial_cell *h2 = arm(&r, 2, 0, 0, 0), *h3 = arm(&r, 3, 0, 0, 0);
    const struct en_trial_cell *mixed = arm(&r, EN_HYPOTHESES, 0, 0, 0);
    const double off = h2->mean - h3->mean;

    CHECK(arm(&r, 0, 0, 0, 0)->mean > h2->mean); /* no specific effect: less improvement */
    CHECK_NEAR(mixed->mean, 0.7 * h2->mean + 0.3 * h3->mean, 1e-12);
    CHECK_NEAR(mixed->sd * mixed->sd,
               0.7 * h2->sd * h2->sd + 0.3 * h3->sd * h3->sd + 0.21 * off * off, 1e-9);
    CHECK(mixed->predictive.q50 >= fmin(h2->predictive.q50, h3->predictive.q50) - 0.02 &&
          mixed->predictive.q50 <= fmax(h2->predictive.q50, h3->predictive.q50) + 0.02);
    CHECK(mixed->count ==
          h2->count + h3->count + arm(&r, 0, 0, 0, 0)->count + arm(&r, 1, 0, 0, 0)->count);
    const size_t at = en_trial_at(&t, EN_HYPOTHESES, 0, 0, 0);

    CHECK_NEAR(r.power[at],
               0.7 * r.power[en_trial_at(&t, 2, 0, 0, 0)] +
                   0.3 * r.power[en_trial_at(&t, 3, 0, 0, 0)],
               1e-12);
    CHECK_NEAR(r.contrasts[at].mean, mixed->mean - arm(&r, EN_HYPOTHESES, 2, 0, 0)->mean, 1e-12);
    en_arena_free(&a);
}

/* Particles that stand in an order, as a sampler may leave them, are used evenly: 200 trials of
 * 5,000 particles whose context rises from 0 to 0.4 respond as their mean of 0.2 does, and
 * spread. */
static void test_particles_are_used_evenly(void **state)
{
    enum { PARTICLES = 5000 };
    static double particles[PARTICLES][EN_LEARNED_COUNT];
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_trial t = nothing();
    struct known k;

    (void)state;
    for (size_t i = 0; i < PARTICLES; i++) {
        known_posterior(&k, 0.4 * (double)i / (PARTICLES - 1));
        memcpy(particles[i], k.particle, sizeof k.particle);
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        k.posterior.count[h] = PARTICLES;
        k.posterior.particles[h] = particles[0];
    }
    t.arms[0].context = EN_CONTEXT_INJECTION;
    const struct en_trial_result r = result(&t, &k.posterior, &a);
    const struct en_trial_cell *c = arm(&r, 0, 0, 0, 1);
    /* A uniform share from 0 to 0.4 of usual pain reaches from 5 to 95 % over 0.36 of it. */
    const double spread = 0.36 * mean_usual();

    CHECK(r.trials == 200);
    CHECK_NEAR(c->mean, regression(364) - 0.2 * mean_usual() * waned(364, 27.7),
               4.0 * c->sd / sqrt(200 * 40));
    CHECK(c->predictive.q95 - c->predictive.q05 > 0.9 * spread);
    en_arena_free(&a);
}

/* Wrong trials are refused with the name of the field. */
static void test_wrong_trials_are_refused(void **state)
{
    struct en_err err = {0};

    (void)state;
#define REFUSED(change, name)                                                                      \
    do {                                                                                           \
        struct en_trial t = three_arms();                                                          \
        change;                                                                                    \
        CHECK(en_trial_check(&t, &err) == EN_EINVAL);                                              \
        CHECK_CONTAINS(err.text, name);                                                            \
    } while (0)
    REFUSED(t.arm_count = 0, "arms");
    REFUSED(t.arms[1].n = 0, "arms[1].n");
    REFUSED(t.arms[1].n = EN_TRIAL_N_MAX + 1, "arms[1].n");
    REFUSED(t.arms[2].name = NULL, "arms[2].name");
    REFUSED(t.arms[0].sessions[1].day = -1, "arms[0].sessions[1].day");
    REFUSED(t.arms[0].sessions[0].is_as_needed = true, "arms[0].sessions[0].day");
    REFUSED(t.arms[0].sessions[2].day = NAN, "arms[0].sessions[2].day");
    REFUSED(t.arms[0].sessions[1].dextrose_percent = 51, "dextrose_percent");
    REFUSED(t.arms[0].sessions[1].coverage = 1.01, "coverage");
    REFUSED(t.arms[0].sessions[1].needle = 11, "needle");
    REFUSED(t.arms[0].session_count = EN_TRIAL_SESSIONS_MAX + 1, "arms[0].sessions");
    REFUSED(t.arms[2].changes[0].stimulus = NAN, "arms[2].changes[0].stimulus");
    REFUSED(t.arms[2].changes[0].load = 0, "arms[2].changes[0].load");
    REFUSED(t.arms[2].context = EN_CONTEXT_COUNT, "arms[2].context");
    REFUSED(t.week_count = 0, "weeks");
    REFUSED(t.weeks[1] = 4, "weeks[1]");
    REFUSED(t.weeks[0] = 0, "weeks[0]");
    REFUSED(t.outcome_count = 0, "outcomes");
    REFUSED(t.outcomes[EN_TRIAL_RESPONDER_NRS].threshold = 0, "outcomes[2].threshold");
    REFUSED(t.patients = 0, "patients");
    REFUSED(t.condition = NULL, "condition");
    REFUSED(t.population.female = 2, "population.female");
    const struct en_trial right = three_arms();

    CHECK(en_trial_check(&right, &err) == EN_OK);
}

/* A full arena is an error with its text, and everything is given back. */
static void test_no_room(void **state)
{
    struct en_arena small = EN_ARENA(1 << 16), a = EN_ARENA(64 << 20);
    const struct en_trial t = three_arms();
    struct en_trial_result r;
    struct en_err err = {0};
    struct known k;

    (void)state;
    known_posterior(&k, 0.16);
    int64_t *sums = new_sums(&t, &a);

    CHECK(en_trial_run(&t, &k.posterior, 0, 1, 1, sums, &small, &err) == EN_ELIMIT);
    CHECK_CONTAINS(err.text, "no room");
    CHECK(small.used == 0);
    small.limit = 8;
    CHECK(en_trial_summarise(&t, &k.posterior, sums, &small, &r, &err) == EN_ELIMIT);
    en_arena_free(&small);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_no_treatment_is_regression_to_the_mean),
          cmocka_unit_test(test_saline_is_context),
          cmocka_unit_test(test_sums_do_not_depend_on_the_order_of_work),
          cmocka_unit_test(test_memory_does_not_grow),
          cmocka_unit_test(test_an_arm_larger_than_a_chunk), cmocka_unit_test(test_one_patient),
          cmocka_unit_test(test_all_patients_drop_out),
          cmocka_unit_test(test_dropout_follows_its_hazard),
          cmocka_unit_test(test_as_needed_sessions_are_masked),
          cmocka_unit_test(test_adherence_counts), cmocka_unit_test(test_power_of_no_difference),
          cmocka_unit_test(test_mixture_follows_the_weights),
          cmocka_unit_test(test_particles_are_used_evenly),
          cmocka_unit_test(test_wrong_trials_are_refused), cmocka_unit_test(test_no_room));
