/* SPDX-License-Identifier: Apache-2.0
 * The posterior of one person, and the forecast that goes on from it. */
#include "forecast/forecast.h"

#include "fixture.h"
#include "num/stats.h"

#include <string.h>

enum { PATIENTS = 600 };

static const struct en_cohort_person PERSON = {
    .age_years = 55, .baseline_nrs = 6, .baseline_function = 40};

static struct en_cohort_source source_of(const struct en_posterior *p)
{
    return (struct en_cohort_source){.posterior = p,
                                     .hypothesis = 3,
                                     .condition = -1,
                                     .population_nrs = 5.5,
                                     .count = PATIENTS,
                                     .seed = 1,
                                     .threads = 2};
}

/* Three sessions, four weeks apart; pain and function of weeks 6 and 12 fell by these points of
 * pain (six points of function to each). */
static struct en_followup followup_of(double fall)
{
    struct en_followup f = {.today = 90, .rehabilitation = 1, .given_count = 3};

    for (size_t i = 0; i < 3; i++) {
        f.given[i] = (struct en_dose){28.0 * (double)i, 15, 0.5, 1};
    }
    for (size_t k = 0; k < 2; k++) {
        const double day = 42.0 * (double)(k + 1);

        f.observations[2 * k] = (struct en_observation){day, EN_MEASURE_PAIN, 6.0 - fall, 1.0, 1.0};
        f.observations[2 * k + 1] =
            (struct en_observation){day, EN_MEASURE_FUNCTION, 40.0 - 6.0 * fall, 1.0, 1.0};
    }
    f.observation_count = 4;
    return f;
}

static struct en_individual learn(const struct en_cohort_source *s, const struct en_followup *f,
                                  struct en_arena *a)
{
    struct en_individual x;
    struct en_err err = {0};

    if (en_individual_from(&PERSON, s, f, a, &x, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return x;
}

/* Mean and SD of the patients' own responses. */
static double own(const struct en_individual *x, double *sd)
{
    double sum = 0.0, squares = 0.0;

    for (size_t i = 0; i < PATIENTS; i++) {
        const double own = x->cohort.responses[i].own;

        sum += own / PATIENTS;
        squares += own * own / PATIENTS;
    }
    *sd = sqrt(squares - sum * sum);
    return sum;
}

/* Without anything that happened, and without any report, the patients are those of the population
 * to the last bit: nothing was learned. */
static void test_nothing_reported_nothing_learned(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_posterior p = prior();
    const struct en_cohort_source s = source_of(&p);
    const struct en_followup nothing = {0};
    struct en_followup given = followup_of(0);
    struct en_cohort c;

    (void)state;
    given.observation_count = 0;
    CHECK(en_cohort_from(&PERSON, &s, &a, &c, NULL) == EN_OK);
    for (int k = 0; k < 2; k++) {
        const struct en_individual x = learn(&s, k == 0 ? &nothing : &given, &a);

        CHECK(x.log_evidence == 0.0 && x.stages == 0 && x.effective == PATIENTS);
        CHECK(x.cohort.fluctuation_day == 0.0 && (x.state == NULL) == (k == 0));
        for (size_t i = 0; i < PATIENTS; i++) {
            CHECK(x.cohort.responses[i].own == c.responses[i].own);
            CHECK(x.cohort.fluctuation[i] == c.fluctuation[i]);
            CHECK(x.cohort.patients.parameter[EN_P(kHd)][i] == c.patients.parameter[EN_P(kHd)][i]);
        }
    }
    en_arena_free(&a);
}

/* The better the reports, the better the responses of the patients who are left; and all know more
 * than the population did. */
static void test_reports_move_the_response(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_posterior p = prior();
    const struct en_cohort_source s = source_of(&p);
    const struct en_followup nothing = {0};
    double sd, before = -INFINITY, prior_sd;

    (void)state;
    const struct en_individual all = learn(&s, &nothing, &a);

    (void)own(&all, &prior_sd);
    for (double fall = -1.0; fall <= 4.0; fall += 1.0) {
        const struct en_followup f = followup_of(fall);
        const struct en_individual x = learn(&s, &f, &a);
        const double mean = own(&x, &sd);

        CHECK(mean > before && x.log_evidence < 0.0);
        CHECK(x.cohort.fluctuation_day == 84.0);
        before = mean;
    }
    const struct en_followup usual = followup_of(2.0);
    const struct en_individual x = learn(&s, &usual, &a);

    (void)own(&x, &sd);
    CHECK(x.effective > 100.0 && x.stages == 0 && sd < prior_sd);
    en_arena_free(&a);
}

/* Reports that hardly anyone of the population gives are reached by degrees; the moves are taken
 * often enough to matter, and the patients differ from one another again. */
static void test_rare_reports_are_refined(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_posterior p = prior();
    const struct en_cohort_source s = source_of(&p);
    struct en_followup f = followup_of(-3.0);
    double sd;

    (void)state;
    for (size_t k = 0; k < f.observation_count; k++) {
        f.observations[k].error = 0.3;
    }
    const struct en_individual x = learn(&s, &f, &a);
    size_t same = 0;

    CHECK(x.effective < 30.0 && x.stages >= 2 && x.accepted > 0.1 && x.accepted < 0.9);
    CHECK(own(&x, &sd) < -0.1);
    for (size_t i = 1; i < PATIENTS; i++) {
        same += x.cohort.responses[i].own == x.cohort.responses[i - 1].own;
    }
    CHECK(same < PATIENTS / 4);
    en_arena_free(&a);
}

/* The same bytes on any number of threads, with and without refinement. */
static void test_threads_do_not_matter(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_posterior p = prior();
    struct en_cohort_source s = source_of(&p);

    (void)state;
    for (int k = 0; k < 2; k++) {
        const struct en_followup f = followup_of(k == 0 ? 2.0 : -4.0);
        const size_t size = EN_STATE_COUNT * ((PATIENTS + 7) / 8 * 8) * sizeof(double);

        s.threads = 1;
        const struct en_individual one = learn(&s, &f, &a);

        s.threads = 3;
        const struct en_individual three = learn(&s, &f, &a);

        CHECK((one.stages > 0) == (k == 1) && one.log_evidence == three.log_evidence);
        CHECK(memcmp(one.state, three.state, size) == 0);
        CHECK(memcmp(one.cohort.fluctuation, three.cohort.fluctuation, PATIENTS * sizeof(double)) ==
              0);
    }
    en_arena_free(&a);
}

/* Weights are prior times evidence; what was impossible stays so, and evidences far apart do no
 * harm. */
static void test_weights_of_hypotheses(void **state)
{
    const double prior_weight[EN_HYPOTHESES] = {0.5, 0.25, 0.25, 0.0};
    const double evidence[EN_HYPOTHESES] = {-1000.0, -1000.0, -1000.0 + 0.693147180559945, 5000.0};
    const double apart[EN_HYPOTHESES] = {-5000.0, 0.0, -5000.0, 0.0};
    double weight[EN_HYPOTHESES];

    (void)state;
    en_individual_weights(prior_weight, evidence, weight);
    CHECK_NEAR(weight[0], 0.4, 1e-12);
    CHECK_NEAR(weight[1], 0.2, 1e-12);
    CHECK_NEAR(weight[2], 0.4, 1e-12);
    CHECK(weight[3] == 0.0);
    en_individual_weights(prior_weight, apart, weight);
    CHECK_NEAR(weight[1], 1.0, 1e-12);
}

/* Each field at its limit and just beyond it, or unknown: named, and nothing computed. */
static void test_bad_reports_are_named(void **state)
{
    static const struct {
        size_t offset;
        double good, bad;
        const char *name;
    } CASES[] = {
        {offsetof(struct en_followup, today), 90, 83.9, "followup.observations[2].day"},
        {offsetof(struct en_followup, rehabilitation), 10, 10.1, "followup.rehabilitation"},
        {offsetof(struct en_followup, given[1].day), 56, 56.1, "followup.given[2].day"},
        {offsetof(struct en_followup, given[0].day), 0, -0.1, "followup.given[0].day"},
        {offsetof(struct en_followup, given[2].dextrose_percent), 50, 51, "dextrose_percent"},
        {offsetof(struct en_followup, given[2].coverage), 1, 1.1, "coverage"},
        {offsetof(struct en_followup, given[2].needle), 10, 11, "needle"},
        {offsetof(struct en_followup, observations[0].day), 1, 0, "observations[0].day"},
        {offsetof(struct en_followup, observations[0].value), 10, 10.1, "observations[0].value"},
        {offsetof(struct en_followup, observations[1].value), 100, 100.1, "observations[1].value"},
        {offsetof(struct en_followup, observations[1].scale), 1, 0, "observations[1].scale"},
        {offsetof(struct en_followup, observations[3].error), 1, 0, "observations[3].error"},
    };

    (void)state;
    for (size_t k = 0; k < EN_COUNT(CASES); k++) {
        const double values[] = {CASES[k].good, CASES[k].bad, NAN};

        for (size_t v = 0; v < 3; v++) {
            struct en_followup f = followup_of(2.0);
            struct en_err err = {0};

            memcpy((char *)&f + CASES[k].offset, &values[v], sizeof values[v]);
            const enum en_status st = en_followup_check(&f, &err);

            CHECK(st == (v == 0 ? EN_OK : EN_EINVAL));
            CHECK(v != 1 || strstr(err.text, CASES[k].name) != NULL);
        }
    }
    struct en_followup f = followup_of(2.0);

    f.today = 0.0; /* nothing has happened yet, and yet it has */
    CHECK(en_followup_check(&f, NULL) == EN_EINVAL);
    f.observation_count = EN_OBSERVATIONS_MAX + 1;
    CHECK(en_followup_check(&f, NULL) == EN_EINVAL);
}

/* --- the forecast from today on --------------------------------------------------------------- */

enum { GO_ON, STOP, ARMS };

/* One more session on day 91, or none. */
static struct en_forecast_request request_of(const struct en_posterior *p,
                                             const struct en_followup *f)
{
    struct en_forecast_request q = {
        .posterior = p,
        .condition = "",
        .population_nrs = 5.5,
        .person = {.age_years = 55, .baseline_nrs = 6, .baseline_function = 40, .bmi = 27},
        .arms = {{.id = "plan",
                  .sessions = {{91, 15, 0.5, 1}},
                  .session_count = 1,
                  .rehabilitation = 1,
                  .context = EN_CONTEXT_INJECTION},
                 {.id = "none", .rehabilitation = 1, .context = EN_CONTEXT_INJECTION}},
        .arm_count = ARMS,
        .weeks = {16, 26, 52},
        .week_count = 3,
        .mic_nrs = 2,
        .mic_function = 12,
        .worthwhile_nrs = 0.5,
        .goals = {{EN_OUTCOME_PAIN, 3}, {EN_OUTCOME_PAIN, 4}, {EN_OUTCOME_FUNCTION, 30}},
        .goal_count = 3,
        .patients = PATIENTS,
        .seed = 1,
        .threads = 2,
    };

    q.followup = *f;
    return q;
}

static struct en_forecast *forecast(const struct en_forecast_request *q)
{
    struct en_arena a = EN_ARENA(256 << 20);
    struct en_forecast *f = test_malloc(sizeof *f);
    struct en_err err = {0};

    if (en_forecast_run(q, &a, f, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    CHECK(a.used == 0);
    en_arena_free(&a);
    return f;
}

/* Sessions given as planned, and nothing reported: the forecast of today is that of day 0 for the
 * whole course, as far as the engine's steps are (they begin anew today). */
static void test_time_alone_teaches_nothing(void **state)
{
    const struct en_posterior p = prior();
    const struct en_followup nothing = {0};
    struct en_followup f = followup_of(0);

    (void)state;
    f.observation_count = 0;
    struct en_forecast_request now = request_of(&p, &f), before = request_of(&p, &nothing);

    for (size_t arm = 0; arm < ARMS; arm++) {
        struct en_forecast_arm *whole = &before.arms[arm];

        memcpy(whole->sessions, f.given, sizeof f.given);
        whole->sessions[3] = now.arms[GO_ON].sessions[0];
        whole->session_count = arm == GO_ON ? 4 : 3;
    }
    struct en_forecast *a = forecast(&now), *b = forecast(&before);

    for (size_t arm = 0; arm < ARMS; arm++) {
        for (size_t week = 0; week < 3; week++) {
            for (size_t q = 0; q < EN_QUANTILE_COUNT; q++) {
                CHECK_NEAR(a->band[arm][EN_OUTCOME_PAIN][EN_MIXED][week].q[q],
                           b->band[arm][EN_OUTCOME_PAIN][EN_MIXED][week].q[q], 2e-3);
            }
        }
    }
    assert_memory_equal(a->weight, b->weight, sizeof a->weight);
    test_free(a);
    test_free(b);
}

/* A good course so far promises a better one than a bad course does; bands are narrower than the
 * population's; the arms differ by what is still to come only. */
static void test_forecast_follows_the_person(void **state)
{
    const struct en_posterior p = prior();
    const struct en_followup good = followup_of(4.0), bad = followup_of(-0.5);
    struct en_followup silent = good;

    (void)state;
    silent.observation_count = 0;
    const struct en_forecast_request q[] = {request_of(&p, &good), request_of(&p, &bad),
                                            request_of(&p, &silent)};
    struct en_forecast *f[3];

    for (size_t k = 0; k < 3; k++) {
        f[k] = forecast(&q[k]);
    }
    for (size_t week = 0; week < 3; week++) {
        const double *a = f[0]->band[STOP][EN_OUTCOME_PAIN][EN_MIXED][week].q;
        const double *b = f[1]->band[STOP][EN_OUTCOME_PAIN][EN_MIXED][week].q;
        const double *c = f[2]->band[STOP][EN_OUTCOME_PAIN][EN_MIXED][week].q;

        CHECK(a[2] + 1.0 < c[2] && c[2] < b[2] + 0.5 && a[2] + 2.0 < b[2]);
        CHECK(b[4] - b[0] < c[4] - c[0]);
        CHECK(f[0]->goal[STOP][0][week] > f[1]->goal[STOP][0][week] + 0.2);
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        CHECK(f[2]->learning.prior_weight[h] == f[2]->weight[h]);
        CHECK(f[0]->learning.log_evidence[h] < 0.0 && f[2]->learning.log_evidence[h] == 0.0);
    }
    for (size_t k = 0; k < 3; k++) {
        test_free(f[k]);
    }
}

/* Gains, goals and information agree with the bands and with one another. */
static void test_results_agree(void **state)
{
    const struct en_posterior p = prior();
    const struct en_followup f = followup_of(2.0);
    struct en_forecast_request q = request_of(&p, &f);
    struct en_forecast *x = forecast(&q);

    (void)state;
    for (size_t week = 0; week < 3; week++) {
        const struct en_gain *over_self = &x->gain[GO_ON][week], *over = &x->gain[STOP][week];

        CHECK(over_self->mean == 0.0 && over_self->worthwhile == 0.0);
        CHECK(over->q[0] <= over->q[2] && over->q[2] <= over->q[4]);
        CHECK(over->mean > over->q[0] && over->mean < over->q[4]);
        CHECK_NEAR(over->mean,
                   x->band[GO_ON][EN_OUTCOME_PAIN][EN_MIXED][week].mean_change -
                       x->band[STOP][EN_OUTCOME_PAIN][EN_MIXED][week].mean_change,
                   0.05); /* held on the scale before and after the noise */
        CHECK(x->goal[GO_ON][0][week] < x->goal[GO_ON][1][week]);
        CHECK(x->information[week] > 0.0);
    }
    CHECK(x->information[2] > x->information[0]); /* a score nearer to the end says more of it */
    /* The median as a goal is reached by half of the patients. */
    q.goals[0].at_most = x->band[STOP][EN_OUTCOME_PAIN][EN_MIXED][1].q[2];
    struct en_forecast *y = forecast(&q);

    CHECK_NEAR(y->goal[STOP][0][1], 0.5, 2.0 / PATIENTS);
    test_free(x);
    test_free(y);
}

/* What cannot be asked of a day in the middle of a course. */
static void test_what_is_past_is_no_forecast(void **state)
{
    const struct en_posterior p = prior();
    const struct en_followup f = followup_of(2.0);
    struct en_forecast_request q = request_of(&p, &f);
    struct en_err err = {0};

    (void)state;
    q.weeks[0] = 90.0 / 7.0;
    CHECK(en_forecast_check(&q, &err) == EN_EINVAL && strstr(err.text, "weeks[0]") != NULL);
    q = request_of(&p, &f);
    q.arms[GO_ON].sessions[0].day = 90.0;
    CHECK(en_forecast_check(&q, &err) == EN_OK);
    q.arms[GO_ON].sessions[0].day = 89.9;
    CHECK(en_forecast_check(&q, &err) == EN_EINVAL && strstr(err.text, "sessions[0].day") != NULL);
    q = request_of(&p, &f);
    q.goals[1].at_most = 10.1;
    CHECK(en_forecast_check(&q, &err) == EN_EINVAL && strstr(err.text, "goals[1]") != NULL);
    q = request_of(&p, &f);
    q.goal_count = EN_GOALS_MAX + 1;
    CHECK(en_forecast_check(&q, &err) == EN_EINVAL && strstr(err.text, "goal_count") != NULL);
    q = request_of(&p, &f);
    q.worthwhile_nrs = NAN;
    CHECK(en_forecast_check(&q, &err) == EN_EINVAL && strstr(err.text, "worthwhile") != NULL);
}

TEST_MAIN(cmocka_unit_test(test_nothing_reported_nothing_learned),
          cmocka_unit_test(test_reports_move_the_response),
          cmocka_unit_test(test_rare_reports_are_refined),
          cmocka_unit_test(test_threads_do_not_matter),
          cmocka_unit_test(test_weights_of_hypotheses),
          cmocka_unit_test(test_bad_reports_are_named),
          cmocka_unit_test(test_time_alone_teaches_nothing),
          cmocka_unit_test(test_forecast_follows_the_person), cmocka_unit_test(test_results_agree),
          cmocka_unit_test(test_what_is_past_is_no_forecast));
