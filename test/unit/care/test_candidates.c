/* SPDX-License-Identifier: Apache-2.0
 * Plans to choose from: what is varied, what is refused and counted. */
#include "care/candidates.h"
#include "fixture.h"

#include "base/text.h"

struct scene {
    struct en_arena a;
    struct en_case *c;
    struct en_plan_options options;
    struct en_candidate_limits limits;
    struct en_candidates found;
};

static struct scene scene(const char *condition)
{
    struct scene s = {.a = EN_ARENA(256 << 20), .options = fx_options()};

    s.c = fx_case(&s.a, condition);
    fx_number(s.c, "nrs", 6.0);
    return s;
}

static void make(struct scene *s)
{
    const struct en_care care = fx_care();
    struct en_err err = {0};

    if (en_candidates_make(&care, s->c, &s->options, &s->limits, &s->a, &s->found, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
}

static size_t departures(const struct en_candidate *c)
{
    size_t count = 0;

    for (size_t r = 0; r < EN_RESPECT_COUNT; r++) {
        count += c->choice[r] > 0 ? 1 : 0;
    }
    return count;
}

/* Nothing and exercise are always there, the usual plan in every number of sessions from one to the
 * most of the schedule comes first, and a plan differs from it in two respects at most. */
static void test_usual_plan_comes_first(void **state)
{
    struct scene s = scene("oa_knee");
    size_t level = 0;

    (void)state;
    make(&s);
    CHECK(s.found.count > 50 && s.found.count <= EN_CANDIDATES_MAX);
    CHECK(s.found.items[0].kind == EN_CANDIDATE_NOTHING && s.found.items[0].plan == NULL);
    CHECK(s.found.items[1].kind == EN_CANDIDATE_EXERCISE && s.found.items[1].has_exercise);
    for (int k = 1; k <= 5; k++) {
        const struct en_candidate *c = &s.found.items[1 + k];

        CHECK(c->kind == EN_CANDIDATE_PLAN && c->sessions == k && departures(c) == 0);
        CHECK(c->plan->session_count == (size_t)k);
        CHECK(k < 2 || c->plan->sessions[1].day - c->plan->sessions[0].day == 28);
    }
    for (size_t i = 2; i < s.found.count; i++) {
        CHECK(departures(&s.found.items[i]) >= level);
        level = departures(&s.found.items[i]);
        CHECK(level <= EN_CANDIDATE_DEPARTURES_MAX);
    }
    en_arena_free(&s.a);
}

/* No candidate is what the verdict does not allow, none is there twice, and intervals and strengths
 * are within schedule and atlas. */
static void test_candidates_are_real_plans(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    make(&s);
    for (size_t i = 2; i < s.found.count; i++) {
        const struct en_candidate *c = &s.found.items[i];
        const struct en_assessment again = fx_assess(&s.a, s.c, c->plan);

        CHECK(again.verdict == c->verdict);
        CHECK(c->verdict == EN_VERDICT_SUITABLE || c->verdict == EN_VERDICT_CAUTION);
        CHECK(c->sessions < 2 || (c->plan->interval_days >= 21 && c->plan->interval_days <= 42));
        for (size_t k = 0; k < c->plan->site_count; k++) {
            const struct en_plan_site *site = &c->plan->sites[k];

            CHECK(site->dextrose_percent >= en_cell_number(site->site, "dextrose_min_percent"));
            CHECK(site->dextrose_percent <= en_cell_number(site->site, "dextrose_max_percent"));
            CHECK(site->volume_per_point_ml >= en_cell_number(site->site, "volume_min_ml"));
            CHECK(site->volume_per_point_ml <= en_cell_number(site->site, "volume_max_ml"));
        }
        for (size_t k = 2; k < i; k++) {
            CHECK(s.found.items[k].plan != c->plan ||
                  s.found.items[k].has_exercise != c->has_exercise);
        }
    }
    en_arena_free(&s.a);
}

/* What the clinician rules out is not there; stronger dextrose is counted with its reason. */
static void test_limits_of_the_clinician(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    s.limits = (struct en_candidate_limits){
        .max_sessions = 2, .max_dextrose_percent = 15.0, .without_exercise = true};
    make(&s);
    CHECK(s.found.count > 2);
    for (size_t i = 1; i < s.found.count; i++) {
        const struct en_candidate *c = &s.found.items[i];

        CHECK(c->kind == EN_CANDIDATE_PLAN && !c->has_exercise && c->sessions <= 2);
        for (size_t k = 0; k < c->plan->site_count; k++) {
            CHECK(c->plan->sites[k].dextrose_percent <= 15.0);
        }
    }
    CHECK(s.found.refused_count > 0 && s.found.refusal_count == 1);
    CHECK(s.found.refusals[0].count == s.found.refused_count);
    CHECK_CONTAINS(s.found.refusals[0].reason, "Stronger dextrose");
    en_arena_free(&s.a);
}

/* What is given is not varied. */
static void test_given_options_stand(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    s.options.sessions = 4;
    s.options.guidance = "LM";
    s.options.sites = "KNE-01; KNE-02";
    make(&s);
    CHECK(s.found.count > 2);
    for (size_t i = 2; i < s.found.count; i++) {
        const struct en_candidate *c = &s.found.items[i];

        CHECK(c->sessions == 4 && c->plan->site_count == 2);
        CHECK_TEXT(c->plan->sites[0].guidance, "LM");
        CHECK(c->choice[EN_RESPECT_SITES] == 0 && c->choice[EN_RESPECT_GUIDANCE] == 0);
    }
    en_arena_free(&s.a);
}

/* A case in which nothing may be injected has the two candidates without a needle, and says why. */
static void test_blocked_case_has_no_plans(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    fx_apply(s.c, "systemic_infection");
    make(&s);
    CHECK(s.found.count == 2);
    CHECK(s.found.refused_count > 0 && s.found.refusal_count > 0);
    CHECK(s.found.refusals[0].rule != NULL && *s.found.refusals[0].reason != '\0');
    en_arena_free(&s.a);
}

/* Sessions that were given count against the number of the schedule. */
static void test_given_sessions_count(void **state)
{
    struct scene s = scene("oa_knee");
    int most = 0;

    (void)state;
    s.limits.sessions_given = 3;
    make(&s);
    for (size_t i = 2; i < s.found.count; i++) {
        most = s.found.items[i].sessions > most ? s.found.items[i].sessions : most;
    }
    CHECK(most == 2);
    en_arena_free(&s.a);
}

/* Serious harm of a session is the sum of the known rates that apply: a joint infection, 1 in 2700,
 * and an anaesthetic's toxicity, 2.8 in 10 000. Around a tendon, without an anaesthetic, no rate is
 * known: that is no 0. */
static void test_serious_harm(void **state)
{
    struct scene s = scene("oa_knee"), t = scene("lateral_epicondylalgia");

    (void)state;
    make(&s);
    CHECK_NEAR(s.found.items[2].serious_harm, 0.00037 + 0.00028, 1e-9);
    CHECK(s.found.items[2].has_unknown_harm);
    t.options.anaesthetic = "none";
    make(&t);
    CHECK(t.found.count > 2);
    CHECK(isnan(t.found.items[2].serious_harm));
    CHECK(t.found.items[2].has_unknown_harm);
    en_arena_free(&s.a);
    en_arena_free(&t.a);
}

TEST_MAIN(cmocka_unit_test(test_usual_plan_comes_first),
          cmocka_unit_test(test_candidates_are_real_plans),
          cmocka_unit_test(test_limits_of_the_clinician),
          cmocka_unit_test(test_given_options_stand),
          cmocka_unit_test(test_blocked_case_has_no_plans),
          cmocka_unit_test(test_given_sessions_count), cmocka_unit_test(test_serious_harm));
