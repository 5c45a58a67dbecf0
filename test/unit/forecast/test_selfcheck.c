/* SPDX-License-Identifier: Apache-2.0
 * Simulation-based calibration of the posterior of one person. */
#include "forecast/selfcheck.h"

#include "fixture.h"
#include "forecast/subject.h"
#include "num/stats.h"

/* As many draws as a thousand persons can have in a test; the population is made of no more
 * particles than draws can stand for. */
enum { PERSONS = 1000, DRAWS = 96, PARTICLES = 64 };

static const double RARE = 0.001;

static struct en_posterior population(struct en_arena *a)
{
    struct en_posterior p;

    CHECK(en_posterior_prior(PARTICLES, 1, a, &p, NULL) == EN_OK);
    return p;
}

static void run(const struct en_selfcheck_settings *s, uint64_t first, size_t count,
                struct en_selfcheck_person *out)
{
    struct en_err err = {""};

    if (en_selfcheck_run(s, first, count, out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
}

static bool is_uniform(const char *name, const struct en_selfcheck_ranks *r)
{
    const bool is_so = r->chance > RARE;

    if (!is_so) {
        print_error("%s: chi-square %.1f, %.2g by chance\n", name, r->chi_square, r->chance);
    }
    return is_so;
}

/* Whether a share of persons differs from p by more than 99.9 % of binomial numbers do. */
static bool is_share(double share, double p)
{
    return fabs(share - p) <= 3.2905 * sqrt(p * (1.0 - p) / PERSONS) + 0.5 / PERSONS;
}

/* The posterior claims to know neither more nor less than it does: the truth of a thousand
 * simulated persons is spread evenly over its posterior, bands of the next score cover what they
 * say, and a hypothesis is the true one as often as its weight says. */
static void test_posterior_is_calibrated(void **state)
{
    static struct en_selfcheck_person persons[PERSONS];
    struct en_arena a = EN_ARENA(4 << 20);
    const struct en_posterior p = population(&a);
    const struct en_selfcheck_settings s = {
        .posterior = &p, .draws = DRAWS, .seed = 1, .error_told = 1.0};
    struct en_selfcheck sum;

    (void)state;
    run(&s, 0, PERSONS, persons);
    en_selfcheck_sum(persons, PERSONS, &sum);
    CHECK(sum.persons == PERSONS && sum.refined > PERSONS / 4 && sum.refined < PERSONS);
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        CHECK(is_uniform(EN_QUANTITY_NAMES[k], &sum.rank[k]));
    }
    CHECK(is_uniform("next score", &sum.score) && is_uniform("normal error", &sum.normal));
    CHECK(is_share(sum.score.in_50, 0.5) && is_share(sum.score.in_90, 0.9));
    /* Both ends of a band belong to it, and scores are held on their scale: never too few. */
    CHECK(sum.band_50 >= sum.score.in_50 - 0.02 && sum.band_90 >= sum.score.in_90 - 0.02);
    CHECK(fabs(sum.confidence) < 3.2905);
    for (size_t g = 0; g < EN_SELFCHECK_GROUPS; g++) {
        const struct en_selfcheck_group *x = &sum.group[g];

        if (x->sd > 2.0) { /* enough of them to be normal */
            CHECK_NEAR((double)x->is_true, x->expected, 3.2905 * x->sd + 0.5);
        }
    }
    en_arena_free(&a);
}

/* The check can fail: a posterior that takes the reports to be far better than they are knows too
 * much, and 200 persons show it in each quantity. (Errors that are wrong by a factor of
 * two are not found even with a thousand: fluctuation and what differs between people outweigh
 * them.) */
static void test_wrong_likelihood_is_found_out(void **state)
{
    enum { FEW = 200 };
    static struct en_selfcheck_person persons[FEW];
    struct en_arena a = EN_ARENA(4 << 20);
    const struct en_posterior p = population(&a);
    const struct en_selfcheck_settings s = {
        .posterior = &p, .draws = 64, .seed = 1, .error_told = 0.05};
    struct en_selfcheck sum;

    (void)state;
    run(&s, 0, FEW, persons);
    en_selfcheck_sum(persons, FEW, &sum);
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        CHECK(sum.rank[k].chance < RARE && sum.rank[k].in_50 < 0.45 && sum.rank[k].in_90 < 0.85);
    }
    en_arena_free(&a);
}

/* A person is a function of seed and index: in pieces and on other numbers of threads the same, and
 * with another seed another one. */
static void test_persons_do_not_depend_on_the_way(void **state)
{
    enum { FEW = 6 };
    struct en_selfcheck_person all[FEW], parts[FEW], other[1];
    struct en_arena a = EN_ARENA(4 << 20);
    const struct en_posterior p = population(&a);
    struct en_selfcheck_settings s = {
        .posterior = &p, .draws = 64, .seed = 7, .threads = 1, .error_told = 1.0};

    (void)state;
    run(&s, 10, FEW, all);
    s.threads = 3;
    run(&s, 12, FEW - 2, parts + 2);
    run(&s, 10, 2, parts);
    s.seed = 8;
    run(&s, 10, 1, other);
    for (size_t i = 0; i < FEW; i++) {
        CHECK(memcmp(all[i].rank, parts[i].rank, sizeof all[i].rank) == 0);
        CHECK(memcmp(all[i].weight, parts[i].weight, sizeof all[i].weight) == 0);
        CHECK(memcmp(all[i].band, parts[i].band, sizeof all[i].band) == 0);
        CHECK(all[i].score == parts[i].score && all[i].hypothesis == parts[i].hypothesis);
        CHECK(all[i].score != other[0].score);
    }
    en_arena_free(&a);
}

static struct en_forecast_request request_of(const struct subject *s, const struct en_posterior *p,
                                             uint64_t seed)
{
    const bool was_treated = s->followup.given_count > 0;
    struct en_forecast_request q = {
        .posterior = p,
        .condition = "none",
        .population_nrs = s->source.population_nrs,
        .person = {s->person.age_years, s->person.baseline_nrs, s->person.baseline_function, NAN,
                   s->person.is_smoker, s->person.has_diabetes, s->person.takes_nsaid},
        .arm_count = 2,
        .weeks = {s->plan.next_day / 7.0, s->plan.last_day / 7.0},
        .week_count = 2,
        .mic_nrs = 1.0,
        .mic_function = 10.0,
        .followup = s->followup,
        .patients = DRAWS,
        .seed = seed,
        .threads = 1,
    };

    q.arms[0] = (struct en_forecast_arm){.id = "on",
                                         .session_count = s->plan.session_count,
                                         .rehabilitation = s->followup.rehabilitation,
                                         .context = EN_CONTEXT_INJECTION};
    memcpy(q.arms[0].sessions, s->plan.sessions, sizeof q.arms[0].sessions);
    q.arms[1] =
        (struct en_forecast_arm){.id = "stop",
                                 .rehabilitation = s->followup.rehabilitation,
                                 .context = was_treated ? EN_CONTEXT_INJECTION : EN_CONTEXT_NONE};
    return q;
}

/* What is checked is what a forecast says: the same bands of the next score, the same weights, and
 * the truth stands among the gains of the forecast where its rank says. */
static void test_forecast_is_what_is_checked(void **state)
{
    static const double P[EN_QUANTILE_COUNT] = {0.05, 0.25, 0.5, 0.75, 0.95};
    static const size_t OF_BAND[EN_SELFCHECK_BAND] = {0, 1, 3, 4};
    static struct en_forecast f;
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_posterior p = population(&a);
    const struct en_selfcheck_settings s = {
        .posterior = &p, .draws = DRAWS, .seed = 3, .error_told = 1.0};

    (void)state;
    for (uint64_t i = 0; i < 12; i++) {
        struct en_selfcheck_person person;
        struct subject subject;

        run(&s, i, 1, &person);
        CHECK(subject_draw(&p, s.seed, i, &a, &subject, NULL) == EN_OK);
        const struct en_forecast_request q =
            request_of(&subject, &p, subject_seed(s.seed, i, SUBJECT_POSTERIOR));

        CHECK(en_forecast_run(&q, &a, &f, NULL) == EN_OK);
        for (size_t h = 0; h < EN_HYPOTHESES; h++) {
            CHECK_NEAR(f.weight[h], person.weight[h], 1e-12);
        }
        for (size_t k = 0; k < EN_SELFCHECK_BAND; k++) {
            CHECK_NEAR(f.band[1][EN_OUTCOME_PAIN][EN_MIXED][0].q[OF_BAND[k]], person.band[k], 1e-6);
        }
        for (size_t k = 0; k < EN_QUANTILE_COUNT; k++) {
            const double gain = f.gain[1][1].q[k], truth = subject.truth[EN_QUANTITY_GAIN];
            const double rank = person.rank[EN_QUANTITY_GAIN], step = 2.0 / DRAWS;

            CHECK(!(truth < gain - 2e-3) || rank < P[k] + step);
            CHECK(!(truth > gain + 2e-3) || rank > P[k] - step);
        }
    }
    en_arena_free(&a);
}

/* The designs are as varied as they are said to be, and true values lie where they can. */
static void test_persons_are_varied(void **state)
{
    struct en_arena a = EN_ARENA(16 << 20);
    const struct en_posterior p = population(&a);
    size_t sessions = 0, precise = 0, known = 0, measures[EN_MEASURE_COUNT] = {0};
    size_t hypotheses[EN_HYPOTHESES] = {0}, fewest = 64, most = 0;

    (void)state;
    for (uint64_t i = 0; i < 300; i++) {
        struct subject s;

        CHECK(subject_draw(&p, 5, i, &a, &s, NULL) == EN_OK);
        const size_t count = s.followup.observation_count;

        CHECK(en_followup_check(&s.followup, NULL) == EN_OK);
        CHECK(s.truth[EN_QUANTITY_USUAL] > 0.0 && s.truth[EN_QUANTITY_USUAL] <= 10.0);
        CHECK(fabs(s.truth[EN_QUANTITY_STOP] - s.truth[EN_QUANTITY_GO_ON] -
                   s.truth[EN_QUANTITY_GAIN]) < 1e-3);
        fewest = count < fewest ? count : fewest;
        most = count > most ? count : most;
        sessions += s.followup.given_count > 0 ? 1 : 0;
        precise += s.followup.observations[0].error < 1.0 ? 1 : 0;
        known += isnan(s.person.baseline_nrs) ? 0 : 1;
        hypotheses[s.source.hypothesis]++;
        for (size_t k = 0; k < count; k++) {
            measures[s.followup.observations[k].measure]++;
        }
    }
    CHECK(fewest == SUBJECT_REPORTS_MIN && most == SUBJECT_REPORTS_MAX);
    CHECK(sessions > 180 && sessions < 280 && precise > 45 && precise < 120);
    CHECK(known > 150 && known < 250);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) { /* by weight, within four standard deviations */
        const double share = p.weight[h];

        CHECK_NEAR((double)hypotheses[h], 300.0 * share, 4.0 * sqrt(300.0 * share * (1.0 - share)));
    }
    CHECK(measures[EN_MEASURE_PAIN] > measures[EN_MEASURE_FUNCTION] &&
          measures[EN_MEASURE_FUNCTION] > measures[EN_MEASURE_LAXITY] &&
          measures[EN_MEASURE_LAXITY] > 100);
    en_arena_free(&a);
}

/* Sums by hand: three persons, the ranks of one quantity at the ends and in the middle, weights
 * that promise one half of the truth each. */
static void test_sums_of_three_persons(void **state)
{
    struct en_selfcheck_person persons[3] = {{0}};
    struct en_selfcheck sum;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        persons[i].hypothesis = i;
        persons[i].weight[0] = persons[i].weight[1] = 0.5;
        persons[i].rank[EN_QUANTITY_GAIN] = 0.5 * (double)i; /* 0, .5, 1 */
        persons[i].score = (double)i;
        persons[i].band[0] = persons[i].band[1] = persons[i].band[2] = 1.0;
        persons[i].band[3] = 2.0;
    }
    en_selfcheck_sum(persons, 3, &sum);
    const struct en_selfcheck_ranks *r = &sum.rank[EN_QUANTITY_GAIN];

    CHECK(r->bin[0] == 1 && r->bin[10] == 1 && r->bin[EN_SELFCHECK_BINS - 1] == 1);
    CHECK_NEAR(r->chi_square, (3.0 * 0.85 * 0.85 + 17.0 * 0.15 * 0.15) / 0.15, 1e-9);
    CHECK_NEAR(r->in_50, 1.0 / 3.0, 1e-12);
    CHECK_NEAR(sum.band_50, 1.0 / 3.0, 1e-12);
    CHECK_NEAR(sum.band_90, 2.0 / 3.0, 1e-12);
    /* Six halves: three expected, two came; four zeros of which one was the true one. */
    CHECK(sum.group[5].count == 6 && sum.group[5].is_true == 2);
    CHECK_NEAR(sum.group[5].expected, 3.0, 1e-12);
    CHECK(sum.group[0].count == 6 && sum.group[0].is_true == 1);
    /* Weights of one half each have nothing to be confident of: no variance. */
    CHECK(sum.confidence == 0.0);
    persons[0].weight[0] = 0.75;
    persons[0].weight[1] = 0.25;
    en_selfcheck_sum(persons, 1, &sum);
    CHECK_NEAR(sum.confidence, (0.625 - 0.75) / sqrt(0.4375 - 0.625 * 0.625), 1e-12);
}

static void test_settings_are_checked(void **state)
{
    struct en_arena a = EN_ARENA(4 << 20);
    const struct en_posterior p = population(&a);
    struct en_selfcheck_settings s = {.posterior = &p, .draws = 8, .error_told = 1.0};
    struct en_selfcheck_person person;
    struct en_err err = {""};

    (void)state;
    CHECK(en_selfcheck_run(&s, 0, 1, &person, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "draws");
    s.draws = 64;
    s.error_told = NAN;
    CHECK(en_selfcheck_run(&s, 0, 1, &person, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "error_told");
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_posterior_is_calibrated),
          cmocka_unit_test(test_wrong_likelihood_is_found_out),
          cmocka_unit_test(test_persons_do_not_depend_on_the_way),
          cmocka_unit_test(test_forecast_is_what_is_checked),
          cmocka_unit_test(test_persons_are_varied), cmocka_unit_test(test_sums_of_three_persons),
          cmocka_unit_test(test_settings_are_checked));
