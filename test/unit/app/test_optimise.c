/* SPDX-License-Identifier: Apache-2.0
 * Which plan serves: what is asked of the science wing, and what of its answer is issued. */
#include "app/optimise.h"
#include "app/request.h"

#include "base/limits.h"
#include "base/text.h"

#include "unit/care/fixture.h"

static struct en_optimise_request request(void)
{
    return (struct en_optimise_request){
        .plan = {.options = fx_options(), .patients = 64, .seed = 3, .threads = 1}};
}

static struct en_case *knee(struct en_arena *a)
{
    struct en_case *c = fx_case(a, "oa_knee");

    fx_number(c, "nrs", 6.0);
    return c;
}

/* A knee that was injected three times, nine weeks ago the first time, and got better. */
static struct en_case *treated_knee(struct en_arena *a)
{
    static const int DAYS_AGO[] = {63, 35, 7};
    struct en_case *c = knee(a);

    for (size_t i = 0; i < EN_COUNT(DAYS_AGO); i++) {
        fx_session(c, "knee", -DAYS_AGO[i]);
        c->sessions[i].volume_ml = 12.0;
        c->sessions[i].dextrose_g = 1.8;
        c->sessions[i].guidance = "US";
        fx_score(c, "nrs", 7.0 - (double)i, -DAYS_AGO[i]);
    }
    return c;
}

static struct en_optimise optimise(struct en_arena *a, const struct en_case *c,
                                   const struct en_optimise_request *q)
{
    const struct en_app x = {.knowledge = fx_knowledge(), .today = fx_today()};
    struct en_err err = {{0}};
    struct en_optimise out;

    if (en_app_optimise(&x, c, q, a, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

/* The usual plan's sessions are those of the plan's own forecast: what is compared is what the
 * forecast shows. */
static void test_usual_plan_is_that_of_the_forecast(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_app x = {.knowledge = fx_knowledge(), .today = fx_today()};
    const struct en_optimise_request q = request();
    const struct en_case *c = knee(&a);
    const struct en_optimise out = optimise(&a, c, &q);
    struct en_forecast_request forecast;

    (void)state;
    CHECK(en_app_forecast_request(&x, c, out.candidates.usual, &q.plan, &a, &forecast, NULL) ==
          EN_OK);
    const struct en_forecast_arm *own = &out.options[4].arm, *plan = &forecast.arms[0];

    CHECK(out.candidates.items[4].sessions == 3);
    CHECK(own->session_count == 3 && plan->session_count == 3);
    for (size_t i = 0; i < 3; i++) {
        CHECK(own->sessions[i].day == plan->sessions[i].day);
        CHECK_NEAR(own->sessions[i].coverage, plan->sessions[i].coverage, 1e-12);
        CHECK_NEAR(own->sessions[i].dextrose_percent, plan->sessions[i].dextrose_percent, 1e-12);
    }
    CHECK(own->context == EN_CONTEXT_INJECTION && own->rehabilitation == 1.0);
    en_arena_free(&a);
}

/* Burden comes from the tables, and a site that is left out is target that is not reached: else the
 * search would drop whatever is hard to hit. */
static void test_options_carry_burden_and_coverage(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_optimise_request q = request();
    struct en_case *c = knee(&a);
    size_t primary = 0, guided = 0;

    (void)state;
    c->exams[c->exam_count++] = (struct en_exam){.kind = EN_EXAM_TENDERNESS,
                                                 .site = "KNE-04",
                                                 .side = EN_SIDE_RIGHT,
                                                 .value = 2.0,
                                                 .day = fx_today()};
    const struct en_optimise out = optimise(&a, c, &q);
    const double exercise = en_limit(fx_knowledge(), "forecast.burden_exercise");
    const double guidance = en_limit(fx_knowledge(), "forecast.burden_guidance");

    CHECK(out.options[0].other_burden == 0.0 && out.options[0].arm.context == EN_CONTEXT_NONE);
    CHECK(out.options[1].other_burden == exercise);
    CHECK(out.options[1].arm.rehabilitation == 1.3);
    CHECK_NEAR(out.options[4].other_burden, 3.0 * guidance, 1e-12); /* the joint: ultrasound */
    CHECK(isnan(out.options[4].cost) && !out.has_cost);
    for (size_t i = 2; i < out.candidates.count; i++) {
        const struct en_candidate *k = &out.candidates.items[i];
        const bool is_primary = k->choice[EN_RESPECT_SITES] > 0;

        if (is_primary && k->sessions == 3 && !k->has_exercise &&
            k->choice[EN_RESPECT_VOLUME] == 0 && k->choice[EN_RESPECT_GUIDANCE] == 0) {
            CHECK(out.options[i].arm.sessions[0].coverage <
                  out.options[4].arm.sessions[0].coverage);
            primary++;
        }
        if (k->sessions == 3 && !k->has_exercise && en_text_equal(k->options.guidance, "LM")) {
            CHECK(out.options[i].other_burden == 0.0);
            guided++;
        }
    }
    CHECK(primary > 0 && guided > 0);
    en_arena_free(&a);
}

/* What is issued is the preferred plan, as if it had been asked for; where none is preferred,
 * nothing is issued. */
static void test_preferred_plan_is_issued(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    struct en_optimise_request q = request();
    const struct en_optimise out = optimise(&a, knee(&a), &q);
    const struct en_candidate *preferred = &out.candidates.items[out.search.preferred];

    (void)state;
    CHECK(out.search.results[out.search.preferred].is_as_good);
    CHECK(out.answer.is_issued == (preferred->kind == EN_CANDIDATE_PLAN));
    CHECK(preferred->kind == EN_CANDIDATE_PLAN); /* an untreated knee with pain of 6 */
    CHECK(out.answer.plan.session_count == (size_t)preferred->sessions);
    CHECK(out.saline_of == out.search.preferred);
    CHECK(out.saline.benefit < out.search.results[out.saline_of].benefit);
    CHECK(out.saline.benefit > 0.0);
    en_arena_free(&a);
}

/* In which nothing may be injected, there is nothing to compare, and nothing is issued. */
static void test_blocked_case_compares_nothing(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_optimise_request q = request();
    struct en_case *c = knee(&a);

    (void)state;
    fx_apply(c, "systemic_infection");
    const struct en_optimise out = optimise(&a, c, &q);

    CHECK(out.search.results == NULL && !out.answer.is_issued);
    CHECK(out.candidates.refused_count > 0);
    en_arena_free(&a);
}

/* A case without a recognised problem has no plan to compare either. */
static void test_unknown_problem_compares_nothing(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_optimise_request q = request();
    struct en_case *c = knee(&a);

    (void)state;
    c->targets[0].condition = NULL;
    const struct en_optimise out = optimise(&a, c, &q);

    CHECK(out.search.results == NULL && !out.answer.is_issued && out.candidates.count == 0);
    en_arena_free(&a);
}

/* In the course of treatment everything is from today on, the sessions that were given count
 * against the schedule, and what they brought goes on whatever is chosen. */
static void test_course_goes_on_from_today(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_optimise_request q = request();
    const struct en_optimise out = optimise(&a, treated_knee(&a), &q);
    const struct en_followup *f = &out.question.base.followup;

    (void)state;
    CHECK(f->given_count == 3 && f->today == 63.0 && f->observation_count > 0);
    CHECK(out.question.base.weeks[0] * 7.0 > 63.0);
    CHECK(out.options[0].arm.context == EN_CONTEXT_INJECTION);
    CHECK(out.options[1].arm.context == EN_CONTEXT_BOTH);
    CHECK(out.candidates.count > 2);
    for (size_t i = 2; i < out.candidates.count; i++) {
        const struct en_forecast_arm *arm = &out.options[i].arm;

        CHECK(arm->session_count <= 2); /* five of the schedule less three */
        CHECK(arm->sessions[0].day >= 63.0);
    }
    CHECK_NEAR(out.search.results[0].benefit, 0.0, 0.0);
    en_arena_free(&a);
}

/* Same bytes on any number of threads; a Bundle holds a CarePlan only when one is preferred. */
static void test_bundle_and_threads(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    const struct en_app x = {.knowledge = fx_knowledge(), .today = fx_today()};
    struct en_optimise_request q = request();
    const struct en_case *c = knee(&a);
    struct en_optimise one = optimise(&a, c, &q);
    struct en_buf first = EN_BUF(EN_OUTPUT_MAX), second = EN_BUF(EN_OUTPUT_MAX);
    struct en_buf none = EN_BUF(EN_OUTPUT_MAX);

    (void)state;
    q.plan.threads = 3;
    const struct en_optimise three = optimise(&a, c, &q);

    CHECK(en_app_optimise_bundle(&x, &one, &a, &first, NULL) == EN_OK);
    CHECK(en_app_optimise_bundle(&x, &three, &a, &second, NULL) == EN_OK);
    CHECK_TEXT(en_buf_text(&first), en_buf_text(&second));
    CHECK_CONTAINS(en_buf_text(&first), "\"CarePlan\"");
    CHECK_CONTAINS(en_buf_text(&first), "Forecast with: exercise alone");
    one.answer.is_issued = false;
    CHECK(en_app_optimise_bundle(&x, &one, &a, &none, NULL) == EN_OK);
    CHECK(strstr(en_buf_text(&none), "\"CarePlan\"") == NULL);
    CHECK_CONTAINS(en_buf_text(&none), "\"RiskAssessment\"");
    en_buf_free(&first);
    en_buf_free(&second);
    en_buf_free(&none);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_usual_plan_is_that_of_the_forecast),
          cmocka_unit_test(test_options_carry_burden_and_coverage),
          cmocka_unit_test(test_preferred_plan_is_issued),
          cmocka_unit_test(test_blocked_case_compares_nothing),
          cmocka_unit_test(test_unknown_problem_compares_nothing),
          cmocka_unit_test(test_course_goes_on_from_today),
          cmocka_unit_test(test_bundle_and_threads));
