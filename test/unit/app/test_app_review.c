/* SPDX-License-Identifier: Apache-2.0
 * A review with a forecast: the rules of care first, then the forecast; what is said of both. */
#include "app/review.h"

#include "base/limits.h"
#include "base/text.h"
#include "report/report.h"

#include "unit/care/fixture.h"

static struct en_outlook_request request(void)
{
    return (struct en_outlook_request){
        .plan = {.options = fx_options(), .patients = 64, .seed = 3, .threads = 1}};
}

/* A right knee with sessions so many days ago (0 ends), recorded in full, pain 7 before and so much
 * today. */
static struct en_case *knee(struct en_arena *a, const int *days_ago, double now)
{
    struct en_case *c = fx_case(a, "oa_knee");

    fx_apply(c, "?nrs ?psfs ?peg !new_neuro_sign !goals_met pgic=4");
    for (size_t i = 0; days_ago[i] != 0; i++) {
        fx_session(c, "knee", -days_ago[i]);
        c->sessions[i].volume_ml = 12.0;
        c->sessions[i].dextrose_g = 1.8;
        c->sessions[i].guidance = "US";
        if (i == 0) {
            fx_score(c, "nrs", 7.0, -days_ago[i]);
        }
    }
    fx_score(c, "nrs", now, 0);
    fx_number(c, "nrs", now);
    return c;
}

static struct en_review_answer review(struct en_arena *a, const struct en_case *c,
                                      const struct en_outlook_request *q)
{
    const struct en_app app = {.knowledge = fx_knowledge(), .today = fx_today()};
    struct en_err err = {{0}};
    struct en_review_answer out;

    if (en_app_review(&app, c, q, a, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

/* The forecast may turn "go on" into "stop", and nothing else: a stop, a doubt about the diagnosis,
 * an open question and a maintenance session stand whatever it says. */
static void test_the_forecast_is_never_less_careful(void **state)
{
    (void)state;
    for (int care = EN_ADVICE_CONTINUE; care <= EN_ADVICE_ASK; care++) {
        for (int answer = EN_RULE_GO_ON; answer <= EN_RULE_STOP_FUTILE; answer++) {
            const enum en_advice both =
                en_app_advice((enum en_advice)care, (enum en_rule_answer)answer);
            const bool may_go_on = care == EN_ADVICE_CONTINUE || care == EN_ADVICE_ADJUST;

            CHECK(both ==
                  (enum en_advice)(may_go_on && answer != EN_RULE_GO_ON ? EN_ADVICE_STOP : care));
        }
    }
}

/* The numbers of the rule are rows of the table. */
static void test_the_rule_is_that_of_the_table(void **state)
{
    const struct en_rule rule = en_app_rule(fx_knowledge());

    (void)state;
    CHECK(rule.early_sessions == (int)en_limit(fx_knowledge(), "review.rule_early_sessions"));
    CHECK_NEAR(rule.early_percent, en_limit(fx_knowledge(), "review.rule_early_percent"), 0.0);
    CHECK_NEAR(rule.success_percent, en_limit(fx_knowledge(), "review.rule_success_percent"), 0.0);
    CHECK_NEAR(rule.gain_per_session, en_limit(fx_knowledge(), "review.rule_gain_per_session"),
               0.0);
    CHECK(rule.early_sessions > 0 && rule.early_percent > 0.0 && rule.success_percent <= 100.0 &&
          rule.gain_per_session > 0.0);
}

/* What the rule was asked: the scores that the review itself shows, the sessions left of the plan,
 * the gain over stopping as the mean of all weeks. */
static void test_what_the_rule_is_asked(void **state)
{
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_outlook_request q = request();
    const struct en_review_answer r = review(&a, knee(&a, (const int[]){63, 35, 0}, 4.0), &q);
    const struct en_forecast *f = r.outlook.now;
    double mean = 0.0;

    (void)state;
    CHECK(f != NULL && r.why_none == NULL);
    for (size_t w = 0; w < f->request.week_count; w++) { /* the goal weeks of the policies */
        if (f->request.weeks[w] == 26.0 || f->request.weeks[w] == 52.0) {
            mean += f->gain[3][w].mean / 2.0;
        }
    }
    CHECK_TEXT(f->request.arms[3].id, "none");
    CHECK(r.state.sessions_given == 2 && r.state.sessions_left == 1);
    CHECK_NEAR(r.state.baseline_nrs, 7.0, 0.0);
    CHECK_NEAR(r.state.now_nrs, 4.0, 0.0);
    CHECK_NEAR(r.state.gain_nrs, mean, 1e-12);
    CHECK(r.answer == en_rule_decide(&r.rule, &r.state));
    en_arena_free(&a);
}

/* Sessions without a fall of pain: after three the care rules question the diagnosis, and that
 * stands; after four (RV-6 halts the plan there) the forecast's part says stop, too. With a little
 * less pain they would go on, and are not stopped by that reason. */
static void test_no_response(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    struct en_outlook_request q = request();

    (void)state;
    q.plan.options.sessions = 6;
    const struct en_review_answer three =
        review(&a, knee(&a, (const int[]){84, 56, 28, 0}, 7.0), &q);
    const struct en_review_answer none =
        review(&a, knee(&a, (const int[]){112, 84, 56, 28, 0}, 7.0), &q);

    CHECK(three.answer != EN_RULE_STOP_EARLY && three.advice == EN_ADVICE_REDIAGNOSE);
    CHECK(none.outlook.sessions_left == 2 && none.answer == EN_RULE_STOP_EARLY);
    CHECK(none.care.advice == EN_ADVICE_STOP && none.advice == EN_ADVICE_STOP);
    CHECK_CONTAINS(none.reason, "after 4 sessions");
    const struct en_review_answer some =
        review(&a, knee(&a, (const int[]){112, 84, 56, 28, 0}, 5.0), &q);

    CHECK(some.answer != EN_RULE_STOP_EARLY);
    en_arena_free(&a);
}

/* A case without a session, one with an unusable session, and one that may not be treated are
 * reviewed by the rules alone, and it is said why. As planned, the session counts. */
static void test_without_a_forecast_the_rules_stand(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    struct en_outlook_request q = request();
    struct en_case *c = knee(&a, (const int[]){63, 35, 0}, 4.0);
    struct en_review_answer r;

    (void)state;
    c->sessions[1].dextrose_g = NAN;
    r = review(&a, c, &q);
    CHECK(r.outlook.now == NULL && r.reason == NULL && r.answer == EN_RULE_GO_ON);
    CHECK(r.advice == r.care.advice && r.care.sessions_given == 2);
    CHECK_CONTAINS(r.why_none, "has no dextrose");
    q.as_planned = true;
    r = review(&a, c, &q);
    CHECK(r.outlook.now != NULL && r.why_none == NULL);
    fx_bool(c, "systemic_infection", true);
    r = review(&a, c, &q);
    CHECK(r.outlook.now == NULL && r.advice == r.care.advice);
    CHECK_CONTAINS(r.why_none, "may not be carried out now");
    c->session_count = 0;
    r = review(&a, c, &q);
    CHECK(r.outlook.now == NULL);
    CHECK_CONTAINS(r.why_none, "no session is recorded yet");
    en_arena_free(&a);
}

/* Other ways are compared where the course may go on, and only there: beside a stop nothing may
 * speak for a further session. */
static void test_ways_where_it_goes_on(void **state)
{
    static const double NOW[] = {4.0, 7.0, 0.5};
    struct en_outlook_request q = request();
    size_t compared = 0;

    (void)state;
    q.plan.options.sessions = 5;
    for (size_t i = 0; i < EN_COUNT(NOW); i++) {
        struct en_arena a = EN_ARENA(256 << 20);
        const struct en_review_answer r =
            review(&a, knee(&a, (const int[]){84, 56, 28, 0}, NOW[i]), &q);
        const bool goes_on = r.advice == EN_ADVICE_CONTINUE || r.advice == EN_ADVICE_ADJUST;

        CHECK((r.ways != NULL) == goes_on);
        compared += r.ways != NULL;
        if (r.ways != NULL) {
            const struct en_search *s = &r.ways->search;

            CHECK(s->results[s->best].net >= s->results[s->preferred].net);
            CHECK(s->results[s->preferred].is_as_good);
            CHECK(r.ways->candidates.items[0].kind == EN_CANDIDATE_NOTHING);
        }
        en_arena_free(&a);
    }
    CHECK(compared > 0 && compared < EN_COUNT(NOW));
}

/* A problem that is not there is an error as before. */
static void test_no_such_target(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_app app = {.knowledge = fx_knowledge(), .today = fx_today()};
    struct en_outlook_request q = request();
    struct en_review_answer out;

    (void)state;
    q.plan.options.target = 1;
    CHECK(en_app_review(&app, knee(&a, (const int[]){63, 0}, 4.0), &q, &a, &out, NULL) ==
          EN_EINVAL);
    en_arena_free(&a);
}

/* No page of a review promises what it may not: every outcome of the rule, with and without a
 * forecast, against the list of banned phrases. */
static void test_no_banned_phrase(void **state)
{
    static const int DAYS[][5] = {{63, 35, 0}, {84, 56, 28, 0}, {0}};
    static const double NOW[] = {7.0, 4.0, 0.5};
    struct en_outlook_request q = request();

    (void)state;
    q.plan.options.sessions = 5;
    for (size_t i = 0; i < EN_COUNT(DAYS) * EN_COUNT(NOW); i++) {
        struct en_arena a = EN_ARENA(256 << 20);
        struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
        const struct en_case *c = knee(&a, DAYS[i / EN_COUNT(NOW)], NOW[i % EN_COUNT(NOW)]);
        const struct en_review_answer r = review(&a, c, &q);
        const struct en_report_advice advice = {r.advice, r.reason, r.why_none};
        const struct en_report_outlook outlook = {.before = r.outlook.before,
                                                  .start = r.outlook.follow.start,
                                                  .notes = r.outlook.follow.notes,
                                                  .note_count = r.outlook.follow.note_count,
                                                  .sessions_left = r.outlook.sessions_left,
                                                  .next_score_week = r.outlook.next_score_week};
        const struct en_report page = {.knowledge = fx_knowledge(),
                                       .c = c,
                                       .forecast = r.outlook.now,
                                       .outlook = &outlook,
                                       .today = fx_today()};

        CHECK(en_report_review(&page, &r.care, &advice, 80, false, &out, NULL) == EN_OK);
        CHECK(en_banned_phrase(fx_knowledge(), en_buf_text(&out)) == NULL);
        CHECK_CONTAINS(en_buf_text(&out), "GOING ON OR STOPPING");
        CHECK(strstr(en_buf_text(&out), " nan") == NULL);
        en_buf_free(&out);
        en_arena_free(&a);
    }
}

TEST_MAIN(cmocka_unit_test(test_the_forecast_is_never_less_careful),
          cmocka_unit_test(test_ways_where_it_goes_on),
          cmocka_unit_test(test_the_rule_is_that_of_the_table),
          cmocka_unit_test(test_what_the_rule_is_asked), cmocka_unit_test(test_no_response),
          cmocka_unit_test(test_without_a_forecast_the_rules_stand),
          cmocka_unit_test(test_no_such_target), cmocka_unit_test(test_no_banned_phrase));
