/* SPDX-License-Identifier: Apache-2.0
 * The outlook: what is compared, from when on, and when both forecasts are one. */
#include "app/outlook.h"
#include "app/request.h"

#include "base/text.h"

#include "unit/care/fixture.h"

static struct en_app app(void)
{
    return (struct en_app){.knowledge = fx_knowledge(), .today = fx_today()};
}

static struct en_outlook_request request(void)
{
    return (struct en_outlook_request){
        .plan = {.options = fx_options(), .patients = 64, .seed = 3, .threads = 1}};
}

/* A knee that has had sessions so many days ago (0 ends), all that they gave recorded, and a pain
 * score on the day of the first. */
static struct en_case *knee(struct en_arena *a, const int *days_ago)
{
    struct en_case *c = fx_case(a, "oa_knee");

    for (size_t i = 0; days_ago[i] != 0; i++) {
        fx_session(c, "knee", -days_ago[i]);
        c->sessions[i].volume_ml = 12.0;
        c->sessions[i].dextrose_g = 1.8;
        c->sessions[i].guidance = "US";
        if (i == 0) {
            fx_score(c, "nrs", 7.0, -days_ago[i]);
        }
    }
    return c;
}

static struct en_outlook outlook(struct en_arena *a, const struct en_case *c,
                                 const struct en_outlook_request *q)
{
    const struct en_app x = app();
    struct en_err err = {{0}};
    struct en_outlook out;

    if (en_app_outlook(&x, c, q, a, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

/* Nothing has happened yet: the patient's forecast is the population's, to the last bit, and it is
 * the one that the plan itself carries. */
static void test_without_follow_up_it_is_the_populations(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_outlook_request q = request();
    const struct en_app x = app();
    const struct en_case *c = knee(&a, (const int[]){0});
    const struct en_outlook out = outlook(&a, c, &q);
    struct en_plan_answer plan;

    (void)state;
    CHECK(out.answer.is_issued && out.now != NULL && out.now == out.before);
    CHECK(out.answer.forecast == out.now);
    CHECK(out.follow.start == fx_today() && out.follow.followup.given_count == 0);
    CHECK(en_app_plan(&x, c, &q.plan, &a, &plan, NULL) == EN_OK);
    CHECK(memcmp(plan.forecast->band, out.now->band, sizeof plan.forecast->band) == 0);
    CHECK(plan.forecast->request.week_count == out.now->request.week_count);
    CHECK((size_t)out.sessions_left == out.now->request.arms[0].session_count);
    en_arena_free(&a);
}

/* Scores before the first session are no follow-up either. */
static void test_scores_alone_are_no_follow_up(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_outlook_request q = request();
    struct en_case *c = knee(&a, (const int[]){0});
    const struct en_outlook before = outlook(&a, c, &q);

    (void)state;
    fx_score(c, "nrs", 8.0, -40);
    fx_score(c, "nrs", 3.0, -20);
    const struct en_outlook after = outlook(&a, c, &q);

    CHECK(after.now == after.before);
    CHECK(memcmp(after.now->band, before.now->band, sizeof after.now->band) == 0);
    CHECK(after.follow.note_count == 0);
    en_arena_free(&a);
}

static const struct en_forecast_arm *arm(const struct en_forecast *f, const char *id)
{
    for (size_t i = 0; i < f->request.arm_count; i++) {
        if (en_text_equal(f->request.arms[i].id, id)) {
            return &f->request.arms[i];
        }
    }
    fail();
    return NULL;
}

/* Two of three monthly sessions were given 70 and 40 days ago: one is left, today at the earliest,
 * in the patient's forecast; the population's begins with the two. What the injections brought
 * besides dextrose goes on when one stops, and training comes on top of it. */
static void test_what_is_left_of_a_plan(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_outlook_request q = request();
    const struct en_case *c = knee(&a, (const int[]){70, 40, 0});
    const struct en_outlook out = outlook(&a, c, &q);
    const struct en_forecast_arm *plan = arm(out.now, "plan");

    (void)state;
    CHECK(out.now != out.before && out.answer.forecast == out.now);
    CHECK(out.follow.start == fx_today() - 70);
    CHECK(out.now->request.followup.given_count == 2);
    CHECK_NEAR(out.now->request.followup.today, 70.0, 0.0);
    CHECK_NEAR(out.now->request.person.baseline_nrs, 7.0, 0.0);
    CHECK(out.sessions_left == 1 && plan->session_count == 1);
    CHECK_NEAR(plan->sessions[0].day, 70.0, 0.0);
    CHECK(arm(out.now, "saline")->session_count == 1);
    CHECK_NEAR(arm(out.now, "saline")->sessions[0].dextrose_percent, 0.0, 0.0);
    CHECK(arm(out.now, "exercise")->context == EN_CONTEXT_BOTH);
    CHECK(arm(out.now, "exercise")->session_count == 0);
    CHECK(arm(out.now, "none")->context == EN_CONTEXT_INJECTION);

    const struct en_forecast_arm *before = arm(out.before, "plan");

    CHECK(before->session_count == 3 && out.before->request.followup.given_count == 0);
    CHECK_NEAR(before->sessions[0].day, 0.0, 0.0);
    CHECK_NEAR(before->sessions[1].day, 30.0, 0.0);
    CHECK_NEAR(before->sessions[1].dextrose_percent, 15.0, 1e-12);
    CHECK_NEAR(before->sessions[2].day, 70.0, 0.0);
    CHECK(arm(out.before, "none")->context == EN_CONTEXT_NONE);
    CHECK(arm(out.before, "saline")->session_count == 3);
    en_arena_free(&a);
}

/* The first session was today: nothing is known beyond the population, and one fewer is left. */
static void test_first_session_today(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_outlook_request q = request();
    struct en_case *c = knee(&a, (const int[]){1, 0});

    (void)state;
    c->sessions[0].day = fx_today();
    const struct en_outlook out = outlook(&a, c, &q);

    CHECK(out.now == out.before && out.sessions_left == 2);
    CHECK(arm(out.now, "plan")->session_count == 3);
    en_arena_free(&a);
}

/* The next session waits for its interval; with all of them given, going on is the same as
 * stopping. */
static void test_interval_and_end_of_a_plan(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    const struct en_outlook_request q = request();
    const struct en_outlook early = outlook(&a, knee(&a, (const int[]){38, 10, 0}), &q);
    const struct en_outlook end = outlook(&a, knee(&a, (const int[]){70, 40, 12, 0}), &q);
    const struct en_outlook over = outlook(&a, knee(&a, (const int[]){98, 70, 40, 12, 0}), &q);

    (void)state;
    CHECK(early.sessions_left == 1);
    CHECK_NEAR(arm(early.now, "plan")->sessions[0].day, 28.0 + 28.0, 0.0);
    CHECK(end.sessions_left == 0 && arm(end.now, "plan")->session_count == 0);
    CHECK(arm(end.before, "plan")->session_count == 3);
    CHECK(over.sessions_left == 0 && arm(over.before, "plan")->session_count == 4);
    en_arena_free(&a);
}

/* Weeks count from day 0. Those of the table that are past are dropped; where fewer than three are
 * left, a month, a quarter and half a year from now come in; the population has all of them. */
static void test_weeks_after_today(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    const struct en_outlook_request q = request();
    const struct en_outlook soon = outlook(&a, knee(&a, (const int[]){62, 31, 0}), &q);
    const struct en_outlook late = outlook(&a, knee(&a, (const int[]){200, 170, 0}), &q);
    /* Day 62 is just before week 9, day 200 in week 29: 52 alone is left of 5, 9, 12, 26, 52. */
    static const double SOON[] = {9, 12, 26, 52}, LATE[] = {33, 41, 52, 55};
    static const double BEFORE[] = {5, 9, 12, 26, 33, 41, 52, 55};

    (void)state;
    CHECK(soon.now->request.week_count == EN_COUNT(SOON));
    CHECK(memcmp(soon.now->request.weeks, SOON, sizeof SOON) == 0);
    CHECK(late.now->request.week_count == EN_COUNT(LATE));
    CHECK(memcmp(late.now->request.weeks, LATE, sizeof LATE) == 0);
    CHECK(late.before->request.week_count == EN_COUNT(BEFORE));
    CHECK(memcmp(late.before->request.weeks, BEFORE, sizeof BEFORE) == 0);
    en_arena_free(&a);
}

/* Goals: the patient's own stand alone; else half the pain and the important changes, of what is
 * known. */
static void test_goals(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    struct en_outlook_request q = request();
    struct en_case *c = knee(&a, (const int[]){70, 40, 0});
    const struct en_outlook pain = outlook(&a, c, &q);

    (void)state;
    CHECK(pain.now->request.goal_count == 2);
    CHECK_NEAR(pain.now->request.goals[0].at_most, 3.5, 1e-12);
    CHECK_NEAR(pain.now->request.goals[1].at_most, 5.0, 1e-12);
    fx_score(c, "lefs", 40.0, -70); /* 40 of 80 */
    const struct en_outlook both = outlook(&a, c, &q);

    CHECK(both.now->request.goal_count == 3);
    CHECK(both.now->request.goals[2].outcome == EN_OUTCOME_FUNCTION);
    CHECK_NEAR(both.now->request.goals[2].at_most, 50.0 - 12.0, 1e-12);
    q.goals[0] = (struct en_goal){EN_OUTCOME_PAIN, 2.0};
    q.goal_count = 1;
    const struct en_outlook own = outlook(&a, c, &q);

    CHECK(own.now->request.goal_count == 1 && own.before->request.goal_count == 1);
    CHECK_NEAR(own.now->request.goals[0].at_most, 2.0, 0.0);
    en_arena_free(&a);
}

/* Who may not be treated gets no forecast; a session that says too little is refused, and nothing
 * is issued then. */
static void test_no_outlook(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_outlook_request q = request();
    const struct en_app x = app();
    struct en_case *c = knee(&a, (const int[]){70, 40, 0});
    struct en_outlook out;
    struct en_err err = {{0}};

    (void)state;
    c->sessions[1].volume_ml = NAN;
    CHECK(en_app_outlook(&x, c, &q, &a, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "2026-01-21");
    CHECK(out.now == NULL && out.before == NULL && !out.answer.is_issued);
    CHECK(out.answer.forecast == NULL);
    fx_bool(c, "systemic_infection", true);
    out = outlook(&a, c, &q);
    CHECK(!out.answer.is_issued && out.now == NULL && out.before == NULL);
    CHECK(isnan(out.next_score_week));
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_without_follow_up_it_is_the_populations),
          cmocka_unit_test(test_scores_alone_are_no_follow_up),
          cmocka_unit_test(test_what_is_left_of_a_plan), cmocka_unit_test(test_first_session_today),
          cmocka_unit_test(test_interval_and_end_of_a_plan),
          cmocka_unit_test(test_weeks_after_today), cmocka_unit_test(test_goals),
          cmocka_unit_test(test_no_outlook));
