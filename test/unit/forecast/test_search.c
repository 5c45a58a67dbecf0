/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/search.h"

#include "fixture.h"

#include "base/limits.h"

/* Options of most tests, in this order. */
enum { NONE, EXERCISE, ONE, TWO, THREE, FOUR, SALINE, OPTIONS };

static const char *const IDS[OPTIONS] = {"none",  "exercise", "one",   "two",
                                         "three", "four",     "saline"};

static struct en_search_option option_of(const char *id, size_t sessions, double dextrose)
{
    struct en_search_option o = {
        .arm = {.id = id, .rehabilitation = 1.0}, .serious_harm = NAN, .cost = NAN};

    o.arm.context = sessions > 0 ? EN_CONTEXT_INJECTION : EN_CONTEXT_NONE;
    o.arm.session_count = sessions;
    for (size_t s = 0; s < sessions; s++) {
        o.arm.sessions[s] = (struct en_dose){28.0 * (double)s, dextrose, 0.55, 1.0};
    }
    return o;
}

static void fill_options(struct en_search_option *o)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const size_t sessions = i == SALINE ? 3 : i < ONE ? 0 : i - ONE + 1;

        o[i] = option_of(IDS[i], sessions, i == SALINE ? 0.0 : 15.0);
    }
    o[EXERCISE].arm.rehabilitation = 1.3;
    o[EXERCISE].arm.context = EN_CONTEXT_EXERCISE;
}

static struct en_search_request typical(const struct en_posterior *p,
                                        const struct en_search_option *options, size_t count)
{
    return (struct en_search_request){
        .base =
            {
                .posterior = p,
                .condition = "oa_knee",
                .population_nrs = NAN,
                .person =
                    {.age_years = 55, .baseline_nrs = 5.5, .baseline_function = 37, .bmi = 27},
                .weeks = {12, 26, 52},
                .week_count = 3,
                .mic_nrs = 2.0,
                .mic_function = 12.0,
                .patients = 256,
                .seed = 1,
                .threads = 2,
            },
        .options = options,
        .option_count = count,
        .reference = NONE,
        .burden = {.per_session = 0.05, .per_flare_day = 0.01, .per_serious_harm = 10.0},
        .same = 0.02,
        .doubt = 0.3,
    };
}

/* The answer lives in an arena of the test's own. */
struct answer {
    struct en_arena arena;
    struct en_search search;
};

static void run(const struct en_search_request *q, struct answer *out)
{
    struct en_err err = {0};

    *out = (struct answer){.arena = EN_ARENA(256 << 20)};
    if (en_search_run(q, &out->arena, &out->search, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
}

/* Injections of saline bring what injections bring besides dextrose. Without a specific effect and
 * at the centre of the priors that is at most 0.16 of a usual 5.12, most of it by week 12; 37 / 5.5
 * points of function go with a point of pain. The reference is 0 by definition. */
static void test_saline_is_what_injections_bring(void **state)
{
    const struct en_posterior p = certain(centre(), 0);
    struct en_search_option options[OPTIONS];
    struct answer a;

    (void)state;
    fill_options(options);
    const struct en_search_request q = typical(&p, options, OPTIONS);

    run(&q, &a);
    const struct en_search_result *r = a.search.results;

    CHECK_NEAR(r[SALINE].function, r[SALINE].pain * 37.0 / 5.5, 1e-9);
    CHECK_NEAR(r[SALINE].benefit, 0.5 * (r[SALINE].pain / 2.0 + r[SALINE].function / 12.0), 1e-12);
    CHECK(r[SALINE].pain > 0.6 && r[SALINE].pain < 0.16 * 5.12);
    CHECK_NEAR(r[NONE].benefit, 0.0, 0.0);
    CHECK_NEAR(r[NONE].burden, 0.0, 0.0);
    CHECK_NEAR(r[NONE].pain_q[1], 0.0, 0.0);
    en_arena_free(&a.arena);
}

/* What has a burden and brings nothing loses to nothing, and is not on the front. */
static void test_burden_without_effect_loses(void **state)
{
    const struct en_posterior p = certain(centre(), 0);
    struct en_search_option options[OPTIONS];
    struct answer a;

    (void)state;
    fill_options(options);
    options[FOUR].arm.context = EN_CONTEXT_NONE; /* injections that nobody notices, under H0 */
    const struct en_search_request q = typical(&p, options, OPTIONS);

    run(&q, &a);
    const struct en_search_result *r = a.search.results;

    CHECK(r[FOUR].benefit <= 0.0);
    CHECK(r[FOUR].burden >= 4 * 0.05);
    CHECK(r[FOUR].net < r[NONE].net);
    CHECK(!r[FOUR].is_on_front);
    CHECK_NEAR(r[FOUR].share, 0.0, 0.0);
    en_arena_free(&a.arena);
}

/* The best is the largest benefit when nothing is a burden, and nothing at all when every session
 * is a heavy one. */
static void test_burden_decides(void **state)
{
    const struct en_posterior p = prior();
    struct en_search_option options[OPTIONS];
    struct answer a;

    (void)state;
    fill_options(options);
    struct en_search_request q = typical(&p, options, OPTIONS);

    q.burden = (struct en_burden){0};
    run(&q, &a);
    for (size_t i = 0; i < OPTIONS; i++) {
        CHECK(a.search.results[i].benefit <= a.search.results[a.search.best].benefit);
        CHECK_NEAR(a.search.results[i].net, a.search.results[i].benefit, 0.0);
    }
    CHECK_NEAR(a.search.results[a.search.best].share, 1.0, 0.0);
    CHECK(a.search.best != NONE);
    en_arena_free(&a.arena);

    q.burden.per_session = 100.0;
    options[EXERCISE].other_burden = 100.0;
    run(&q, &a);
    CHECK(a.search.best == NONE);
    CHECK(a.search.preferred == NONE);
    en_arena_free(&a.arena);
}

/* Two options that are the same in all but a burden too small to matter are equally good, and the
 * one with less burden is preferred; with the same burden the one that is named first. */
static void test_equal_options_and_the_simpler(void **state)
{
    const struct en_posterior p = prior();
    struct en_search_option options[4];
    struct answer a;

    (void)state;
    options[0] = option_of("none", 0, 0.0);
    for (size_t i = 1; i < 4; i++) {
        options[i] = option_of("plan", 3, 15.0);
    }
    options[1].other_burden = 0.01;
    struct en_search_request q = typical(&p, options, EN_COUNT(options));

    q.burden.per_session = 0.0;
    q.burden.per_flare_day = 0.0;
    run(&q, &a);
    CHECK(a.search.best == 2);
    CHECK(a.search.results[1].is_as_good && a.search.results[3].is_as_good);
    CHECK(a.search.preferred == 2);
    CHECK(a.search.results[2].is_on_front && !a.search.results[3].is_on_front);
    CHECK(!a.search.results[1].is_on_front);
    CHECK_NEAR(a.search.results[3].net_error, 0.0, 0.0);

    /* A difference that matters is told. */
    en_arena_free(&a.arena);
    options[1].other_burden = 0.5;
    run(&q, &a);
    CHECK(!a.search.results[1].is_as_good);
    en_arena_free(&a.arena);

    /* Nothing is better than what harms: here every plan. */
    options[1].other_burden = options[2].other_burden = options[3].other_burden = 10.0;
    run(&q, &a);
    CHECK(a.search.best == 0 && a.search.preferred == 0);
    en_arena_free(&a.arena);
}

/* When an explanation of the treatment that weighs more than the doubt finds another option better,
 * the best is not told from it, however large the mean difference: without a specific effect saline
 * with a little less burden is better than dextrose. */
static void test_doubt_between_hypotheses(void **state)
{
    struct en_posterior p = centre();
    struct en_search_option options[3];
    struct answer a;

    (void)state;
    options[0] = option_of("none", 0, 0.0);
    options[1] = option_of("dextrose", 4, 25.0);
    options[2] = option_of("saline", 4, 0.0);
    options[1].other_burden = 0.01;
    p.weight[0] = 0.35;
    p.weight[1] = p.weight[3] = 0.0;
    p.weight[2] = 0.65;
    struct en_search_request q = typical(&p, options, EN_COUNT(options));

    q.burden = (struct en_burden){0};
    q.same = 0.001;
    run(&q, &a);
    CHECK(a.search.best == 1);
    CHECK(a.search.results[1].net - a.search.results[2].net > 0.02);
    CHECK(a.search.results[2].is_as_good);
    CHECK(a.search.preferred == 2);
    en_arena_free(&a.arena);

    q.doubt = 0.36;
    run(&q, &a);
    CHECK(!a.search.results[2].is_as_good);
    CHECK(a.search.preferred == 1);
    en_arena_free(&a.arena);
}

/* The front is a front: nothing on it is dominated, and what is not on it is. */
static void test_front_is_a_front(void **state)
{
    const struct en_posterior p = prior();
    struct en_search_option options[40];
    struct answer a;
    size_t members = 0;

    (void)state;
    options[NONE] = option_of("none", 0, 0.0);
    for (size_t i = 1; i < EN_COUNT(options); i++) {
        options[i] = option_of("plan", 1 + i % 5, 5.0 * (double)(i % 6));
        options[i].other_burden = 0.013 * (double)(i * 7 % 11);
    }
    const struct en_search_request q = typical(&p, options, EN_COUNT(options));

    run(&q, &a);
    const struct en_search_result *r = a.search.results;

    for (size_t i = 0; i < EN_COUNT(options); i++) {
        bool is_dominated = false;

        for (size_t k = 0; k < EN_COUNT(options); k++) {
            is_dominated |= r[k].benefit >= r[i].benefit && r[k].burden <= r[i].burden &&
                            (r[k].benefit > r[i].benefit || r[k].burden < r[i].burden);
        }
        CHECK(r[i].is_on_front == !is_dominated); /* no two of these options are equal */
        members += r[i].is_on_front ? 1 : 0;
        CHECK(r[i].net <= r[a.search.best].net);
        CHECK(!r[i].is_as_good || r[i].burden >= r[a.search.preferred].burden);
    }
    CHECK(members >= 2 && members < EN_COUNT(options));
    CHECK(r[a.search.best].is_on_front);
    en_arena_free(&a.arena);
}

/* Burden is the sum of its parts; what is unknown weighs nothing. */
static void test_burden_adds_up(void **state)
{
    const struct en_posterior p = centre();
    struct en_search_option options[OPTIONS];
    struct answer a;

    (void)state;
    fill_options(options);
    options[TWO].serious_harm = 0.001;
    options[TWO].cost = 300.0;
    options[TWO].other_burden = 0.25;
    struct en_search_request q = typical(&p, options, OPTIONS);

    q.burden.per_cost = 0.0001;
    run(&q, &a);
    const struct en_search_result *r = a.search.results;

    CHECK_NEAR(r[TWO].burden, 2 * 0.05 + 0.01 * r[TWO].flare_days + 10 * 0.001 + 0.03 + 0.25,
               1e-12);
    CHECK_NEAR(r[ONE].burden, 0.05 + 0.01 * r[ONE].flare_days, 1e-12);
    CHECK_NEAR(r[TWO].net, r[TWO].benefit - r[TWO].burden, 0.0);
    en_arena_free(&a.arena);
}

/* Days of flare: as many for each session; more with more damage; none without a needle and without
 * dextrose; fewer for those who take an NSAID, which suppresses mediators. */
static void test_flare_days(void **state)
{
    const struct en_posterior p = prior();
    struct en_search_option options[OPTIONS];
    struct answer a, b;

    (void)state;
    fill_options(options);
    options[SALINE].arm.sessions[0].needle = 0.0;
    options[SALINE].arm.session_count = 1;
    struct en_search_request q = typical(&p, options, OPTIONS);

    run(&q, &a);
    const struct en_search_result *r = a.search.results;

    CHECK(r[ONE].flare_days > 0.0 && r[ONE].flare_days < EN_FLARE_DAYS);
    CHECK_NEAR(r[THREE].flare_days, 3 * r[ONE].flare_days, 1e-12);
    CHECK_NEAR(r[SALINE].flare_days, 0.0, 0.0);
    CHECK_NEAR(r[EXERCISE].flare_days, 0.0, 0.0);
    q.base.person.takes_nsaid = true;
    run(&q, &b);
    CHECK(b.search.results[ONE].flare_days < r[ONE].flare_days);
    en_arena_free(&a.arena);
    en_arena_free(&b.arena);
}

/* A goal that everyone has reached; a harder one, which more people reach with more benefit; a goal
 * besides can only make them fewer. Without goals the share is not known. */
static void test_goals(void **state)
{
    const struct en_posterior p = certain(centre(), 2);
    struct en_search_option options[OPTIONS];
    struct answer a;

    (void)state;
    fill_options(options);
    struct en_search_request q = typical(&p, options, OPTIONS);

    run(&q, &a);
    CHECK(isnan(a.search.results[THREE].goal));
    en_arena_free(&a.arena);
    q.base.goals[0] = (struct en_goal){EN_OUTCOME_PAIN, 10.0};
    q.base.goal_count = 1;
    run(&q, &a);
    CHECK_NEAR(a.search.results[NONE].goal, 1.0, 1e-12);
    en_arena_free(&a.arena);
    q.base.goals[0].at_most = 4.0;
    run(&q, &a);
    const double reached = a.search.results[FOUR].goal;

    CHECK(reached > a.search.results[NONE].goal);
    en_arena_free(&a.arena);
    q.base.goals[1] = (struct en_goal){EN_OUTCOME_FUNCTION, 0.0};
    q.base.goal_count = 2;
    run(&q, &a);
    CHECK(a.search.results[FOUR].goal < 0.1 * reached);
    en_arena_free(&a.arena);
}

/* A hypothesis of little weight costs few patients, and none has more than was asked for. */
static void test_patients_follow_the_weights(void **state)
{
    struct en_posterior p = centre();
    struct en_search_option options[OPTIONS];
    struct answer a;

    (void)state;
    fill_options(options);
    p.weight[0] = 1e-6;
    p.weight[1] = 0.0;
    p.weight[2] = 0.4;
    p.weight[3] = 0.599999;
    const struct en_search_request q = typical(&p, options, OPTIONS);

    run(&q, &a);
    CHECK(a.search.patients[0] == EN_SEARCH_PATIENTS_MIN);
    CHECK(a.search.patients[1] == EN_SEARCH_PATIENTS_MIN);
    CHECK(a.search.patients[2] == 176); /* 256 * 0.4 / 0.6 = 170.7, in whole parts of 8 */
    CHECK(a.search.patients[3] == 256);
    CHECK_NEAR(a.search.weight[3], 0.599999, 0.0);
    en_arena_free(&a.arena);
}

/* To the last bit. */
static void check_same(const struct en_search_result *a, const struct en_search_result *b)
{
    CHECK(a->benefit == b->benefit && a->benefit_sd == b->benefit_sd);
    CHECK(a->pain == b->pain && a->function == b->function && a->goal == b->goal);
    CHECK(a->pain_q[0] == b->pain_q[0] && a->pain_q[1] == b->pain_q[1]);
    CHECK(a->pain_q[2] == b->pain_q[2]);
    CHECK(a->flare_days == b->flare_days && a->burden == b->burden && a->net == b->net);
    CHECK(a->net_error == b->net_error && a->share == b->share);
    CHECK(a->is_on_front == b->is_on_front && a->is_as_good == b->is_as_good);
}

/* Same bytes on any number of threads, and nothing but the results stays in the arena. */
static void test_threads_do_not_matter(void **state)
{
    const struct en_posterior p = prior();
    struct en_search_option options[OPTIONS];
    struct answer a, b;

    (void)state;
    fill_options(options);
    struct en_search_request q = typical(&p, options, OPTIONS);

    q.base.goals[0] = (struct en_goal){EN_OUTCOME_PAIN, 3.0};
    q.base.goal_count = 1;
    q.base.threads = 1;
    run(&q, &a);
    CHECK(a.arena.used < OPTIONS * sizeof(struct en_search_result) + 256);
    for (int threads = 2; threads <= 8; threads += 3) {
        q.base.threads = threads;
        run(&q, &b);
        for (size_t i = 0; i < OPTIONS; i++) {
            check_same(&a.search.results[i], &b.search.results[i]);
        }
        CHECK(a.search.best == b.search.best && a.search.preferred == b.search.preferred);
        en_arena_free(&b.arena);
    }
    en_arena_free(&a.arena);
}

/* The forecast's own gain of a plan over doing nothing, mean over the weeks. */
static double forecast_gain(const struct en_search_request *q, size_t plan, size_t none)
{
    struct en_forecast_request forecast = q->base;
    struct en_arena arena = EN_ARENA(256 << 20);
    struct en_forecast *f = test_malloc(sizeof *f);
    double gain = 0.0;

    forecast.arm_count = 2;
    forecast.arms[0] = q->options[plan].arm;
    forecast.arms[1] = q->options[none].arm;
    CHECK(en_forecast_run(&forecast, &arena, f, NULL) == EN_OK);
    for (size_t w = 0; w < forecast.week_count; w++) {
        gain += f->gain[1][w].mean / (double)forecast.week_count;
    }
    en_arena_free(&arena);
    test_free(f);
    return gain;
}

/* Single precision and a short tolerance are good enough: the forecast, in double precision and
 * through code of its own, finds the same gain in the same patients, before treatment and in the
 * course of it. */
static void test_agrees_with_the_forecast(void **state)
{
    const struct en_posterior p = certain(prior(), 2);
    struct en_search_option options[2] = {option_of("none", 0, 0.0), option_of("plan", 3, 15.0)};
    struct en_search_request q = typical(&p, options, EN_COUNT(options));
    struct en_followup *f = &q.base.followup;
    struct answer a;

    (void)state;
    run(&q, &a);
    CHECK_NEAR(a.search.results[1].pain, forecast_gain(&q, 1, 0), 1e-4);
    en_arena_free(&a.arena);

    f->given[0] = (struct en_dose){0.0, 15.0, 0.55, 1.0};
    f->given_count = 1;
    f->observations[0] = (struct en_observation){21.0, EN_MEASURE_PAIN, 4.0, 1.0, 1.0};
    f->observation_count = 1;
    f->today = 28.0;
    f->rehabilitation = 1.0;
    options[0].arm.context = EN_CONTEXT_INJECTION; /* what was given goes on */
    for (size_t s = 0; s < 3; s++) {
        options[1].arm.sessions[s].day += 28.0;
    }
    run(&q, &a);
    CHECK_NEAR(a.search.results[1].pain, forecast_gain(&q, 1, 0), 1e-4);
    CHECK(a.search.results[1].pain > 0.0);
    en_arena_free(&a.arena);
}

/* Reports decide between the hypotheses as they do in the forecast: without a specific effect a
 * large fall after one session is less probable than with one. */
static void test_reports_move_the_weights(void **state)
{
    const struct en_posterior p = prior();
    struct en_search_option options[OPTIONS];
    struct answer a;

    (void)state;
    fill_options(options);
    struct en_search_request q = typical(&p, options, 2); /* nothing more, or exercise */
    struct en_followup *f = &q.base.followup;

    f->given[0] = (struct en_dose){0.0, 15.0, 0.55, 1.0};
    f->given_count = 1;
    f->today = 42.0;
    f->rehabilitation = 1.0;
    run(&q, &a);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        CHECK_NEAR(a.search.weight[h], p.weight[h], 0.0);
    }
    en_arena_free(&a.arena);
    for (size_t k = 0; k < 3; k++) {
        f->observations[k] =
            (struct en_observation){14.0 * (double)(k + 1), EN_MEASURE_PAIN, 0.5, 1.0, 1.0};
    }
    f->observation_count = 3;
    run(&q, &a);
    CHECK(a.search.weight[0] < p.weight[0]);
    CHECK_NEAR(a.search.weight[0] + a.search.weight[1] + a.search.weight[2] + a.search.weight[3],
               1.0, 1e-12);
    en_arena_free(&a.arena);
}

/* Every wrong field is named. */
static void test_bad_input_is_named(void **state)
{
    const struct en_posterior p = centre();
    struct en_search_option options[OPTIONS];
    struct en_arena arena = EN_ARENA(64 << 20);
    struct en_search out;
    struct en_err err;
    struct en_search_request q;

    (void)state;
    fill_options(options);
#define REFUSED(change, name)                                                                      \
    do {                                                                                           \
        q = typical(&p, options, OPTIONS);                                                         \
        change;                                                                                    \
        CHECK(en_search_run(&q, &arena, &out, &err) == EN_EINVAL);                                 \
        CHECK_CONTAINS(err.text, name);                                                            \
        CHECK(out.results == NULL);                                                                \
    } while (0)
    REFUSED(q.option_count = 0, "option_count:");
    REFUSED(q.option_count = EN_SEARCH_OPTIONS_MAX + 1, "option_count:");
    REFUSED(q.reference = OPTIONS, "reference:");
    REFUSED(q.burden.per_session = NAN, "burden.per_session:");
    REFUSED(q.burden.per_flare_day = -1.0, "burden.per_flare_day:");
    REFUSED(q.burden.per_cost = INFINITY, "burden.per_cost:");
    REFUSED(q.same = NAN, "same:");
    REFUSED(q.doubt = 0.0, "doubt:");
    REFUSED(q.doubt = NAN, "doubt:");
    REFUSED(q.base.patients = 8, "patients:");
    REFUSED(q.base.week_count = 0, "week_count:");
    REFUSED(q.base.mic_nrs = 0.0, "mic_nrs:");
    options[THREE].arm.sessions[1].dextrose_percent = 90.0;
    REFUSED((void)0, "options[4].arm.sessions[1].dextrose_percent:");
    fill_options(options);
    REFUSED((q.base.followup.today = 7.0, q.base.followup.rehabilitation = 1.0),
            "options[2].arm.sessions[0].day:");
    options[ONE].serious_harm = 2.0;
    REFUSED((void)0, "options[2].serious_harm:");
    fill_options(options);
    options[ONE].other_burden = NAN;
    REFUSED((void)0, "options[2].other_burden:");
    fill_options(options);
    options[ONE].cost = -1.0;
    REFUSED((void)0, "options[2].cost:");
#undef REFUSED
    CHECK(arena.used == 0);
    en_arena_free(&arena);
}

TEST_MAIN(cmocka_unit_test(test_saline_is_what_injections_bring),
          cmocka_unit_test(test_burden_without_effect_loses), cmocka_unit_test(test_burden_decides),
          cmocka_unit_test(test_equal_options_and_the_simpler),
          cmocka_unit_test(test_doubt_between_hypotheses), cmocka_unit_test(test_front_is_a_front),
          cmocka_unit_test(test_burden_adds_up), cmocka_unit_test(test_flare_days),
          cmocka_unit_test(test_goals), cmocka_unit_test(test_patients_follow_the_weights),
          cmocka_unit_test(test_threads_do_not_matter),
          cmocka_unit_test(test_agrees_with_the_forecast),
          cmocka_unit_test(test_reports_move_the_weights),
          cmocka_unit_test(test_bad_input_is_named));
