/* SPDX-License-Identifier: Apache-2.0
 * The record of a course as a follow-up: what is used, what is left out and why, what is refused.
 * Each kind of bad entry at its limit, where it is still good, and just beyond. */
#include "app/outlook.h"
#include "app/request.h"

#include "base/text.h"

#include "unit/care/fixture.h"

enum { FIRST = -84, SECOND = -56, MANY = 200 };

struct scene {
    struct en_arena a;
    struct en_case *c;
    struct en_plan plan;
    struct en_follow out;
    struct en_err err;
};

static void give(struct scene *s, int day)
{
    struct en_past_session *x = &s->c->sessions[s->c->session_count];

    fx_session(s->c, "knee", day);
    x->volume_ml = 12.0;
    x->dextrose_g = 1.8;
    x->guidance = "US";
}

/* A right knee with two sessions, recorded in full, and pain 7 on the day of the first. */
static struct scene scene(void)
{
    struct scene s = {.a = EN_ARENA(64 << 20)};

    s.c = fx_case(&s.a, "oa_knee");
    s.c->scores = EN_NEW(&s.a, struct en_score, MANY);
    give(&s, FIRST);
    give(&s, SECOND);
    fx_score(s.c, "nrs", 7.0, FIRST);
    s.plan = fx_plan(&s.a, s.c, NULL);
    return s;
}

static enum en_status follow(struct scene *s, bool as_planned)
{
    const struct en_app app = {.knowledge = fx_knowledge(), .today = fx_today()};

    return en_app_follow(&app, s->c, &s->plan, as_planned, &s->a, &s->out, &s->err);
}

static void run(struct scene *s)
{
    if (follow(s, false) != EN_OK) {
        print_error("%s\n", s->err.text);
        fail();
    }
}

/* Add a score on any day, fx_today() + day. */
static struct en_score *score(struct scene *s, const char *instrument, double value, int day)
{
    s->c->scores[s->c->score_count] = (struct en_score){
        .instrument = instrument, .value = value, .side = EN_SIDE_RIGHT, .day = fx_today() + day};
    return &s->c->scores[s->c->score_count++];
}

/* The note on an entry of that day (fx_today() + day); NULL none. */
static const struct en_usage_note *note(const struct scene *s, const char *what, int day)
{
    for (size_t i = 0; i < s->out.note_count; i++) {
        if (en_text_equal(s->out.notes[i].what, what) && s->out.notes[i].day == fx_today() + day) {
            return &s->out.notes[i];
        }
    }
    return NULL;
}

static void check_note(const struct scene *s, const char *what, int day, enum en_usage usage,
                       const char *why)
{
    const struct en_usage_note *n = note(s, what, day);

    if (n == NULL || n->usage != usage) {
        print_error("%s on day %d: %s\n", what, day, n == NULL ? "no note" : n->why);
        fail();
    }
    if (why == NULL) {
        CHECK(n->why == NULL);
    } else {
        CHECK_CONTAINS(n->why, why);
    }
}

/* Sessions */

/* A course that begins today has nothing to learn from yet, and no day behind it. */
static void test_first_session_today(void **state)
{
    struct scene s = scene();
    const struct en_followup none = {.given_count = 0};

    (void)state;
    s.c->session_count = 0;
    give(&s, 0);
    run(&s);
    CHECK(s.out.start == fx_today());
    CHECK(memcmp(&s.out.followup, &none, sizeof none) == 0);
    check_note(&s, "session", 0, EN_USAGE_ASSUMED, "sites");
    en_arena_free(&s.a);
}

/* What was given is what is recorded: 1.8 g in 12 mL are 15 %; days count from the first session;
 * ultrasound reaches more than landmarks. */
static void test_sessions_as_recorded(void **state)
{
    struct scene s = scene();

    (void)state;
    s.c->sessions[1].guidance = "LM";
    s.c->sessions[1].dextrose_g = 3.0;
    run(&s);
    const struct en_followup *f = &s.out.followup;

    CHECK(f->given_count == 2 && s.out.start == fx_today() + FIRST);
    CHECK_NEAR(f->today, 84.0, 0.0);
    CHECK_NEAR(f->rehabilitation, 1.0, 0.0);
    CHECK_NEAR(f->given[0].day, 0.0, 0.0);
    CHECK_NEAR(f->given[1].day, 28.0, 0.0);
    CHECK_NEAR(f->given[0].dextrose_percent, 15.0, 1e-12);
    CHECK_NEAR(f->given[1].dextrose_percent, 25.0, 1e-12);
    CHECK_NEAR(f->given[0].needle, 1.0, 0.0);
    CHECK(f->given[1].coverage > 0.0 && f->given[1].coverage < f->given[0].coverage);
    CHECK_NEAR(s.out.baseline_nrs, 7.0, 0.0);
    check_note(&s, "session", FIRST, EN_USAGE_ASSUMED, "taken as planned: sites");
    en_arena_free(&s.a);
}

/* Coverage by hand: a chance to be hit times the fill of its target; of two sites each weighs
 * by its volume, recorded or by the atlas. */
static void test_coverage_of_recorded_sites(void **state)
{
    static const char *const SITES[] = {"KNE-01", "KNE-02"};
    static const double VOLUMES[] = {2.0, 10.0}, UNKNOWN[] = {2.0, NAN};
    struct scene s = scene();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        s.c->sessions[i].sites = SITES;
        s.c->sessions[i].site_count = 2;
        s.c->sessions[i].site_volume_ml = i == 0 ? VOLUMES : UNKNOWN;
    }
    run(&s);
    for (size_t i = 0; i < 2; i++) {
        struct en_exposure e = {0};
        double usual_ml[2];

        for (size_t j = 0; j < 2; j++) {
            usual_ml[j] = en_app_usual_ml(en_row_find(fx_knowledge(), "atlas", SITES[j]));
        }
        for (size_t j = 0; j < 2; j++) {
            const double volume_ml =
                i == 0 ? VOLUMES[j] : 12.0 * usual_ml[j] / (usual_ml[0] + usual_ml[1]);
            const struct en_injection x = en_app_injection(
                en_row_find(fx_knowledge(), "atlas", SITES[j]), "US", volume_ml, 15.0);

            en_exposure_add(&e, fx_knowledge(), &x);
        }
        CHECK_NEAR(s.out.followup.given[i].coverage, en_exposure_coverage(&e), 1e-12);
    }
    CHECK(fabs(s.out.followup.given[0].coverage - s.out.followup.given[1].coverage) > 1e-3);
    check_note(&s, "session", FIRST, EN_USAGE_USED, NULL);
    en_arena_free(&s.a);
}

/* The session's totals may stand at its sites alone. */
static void test_totals_from_the_sites(void **state)
{
    static const char *const SITES[] = {"KNE-01", "KNE-02"};
    static const double VOLUMES[] = {6.0, 2.0}, DEXTROSE[] = {1.5, 0.3};
    struct scene s = scene();
    struct en_past_session *x = &s.c->sessions[1];

    (void)state;
    x->sites = SITES;
    x->site_count = 2;
    x->site_volume_ml = VOLUMES;
    x->site_dextrose_g = DEXTROSE;
    x->volume_ml = x->dextrose_g = NAN;
    run(&s);
    CHECK_NEAR(s.out.followup.given[1].dextrose_percent, 100.0 * 1.8 / 8.0, 1e-12);
    en_arena_free(&s.a);
}

/* A session that does not say how much is refused with its date and what to enter; when the
 * clinician says so it counts as planned, and a note says that. */
static void test_session_without_amounts(void **state)
{
    static const struct {
        double volume_ml, dextrose_g;
        const char *missing, *planned;
    } CASES[] = {
        {NAN, 1.8, "has no volume", "volume, dextrose"},
        {12.0, NAN, "has no dextrose", "dextrose"},
        {NAN, NAN, "has no volume and no dextrose", "volume, dextrose"},
        {0.0, 1.8, "has no volume", "volume, dextrose"},
    };
    const struct en_app app = {.knowledge = fx_knowledge(), .today = fx_today()};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct scene s = scene();
        struct en_forecast_request planned;
        const struct en_plan_request request = {.options = fx_options()};

        s.c->sessions[1].volume_ml = CASES[i].volume_ml;
        s.c->sessions[1].dextrose_g = CASES[i].dextrose_g;
        s.c->sessions[1].guidance = NULL;
        CHECK(follow(&s, false) == EN_EINVAL);
        CHECK_CONTAINS(s.err.text, "2026-01-05");
        CHECK_CONTAINS(s.err.text, CASES[i].missing);
        CHECK_CONTAINS(s.err.text, "session-volume (mL) and session-dextrose (g)");
        CHECK(s.out.followup.given_count == 0 && s.out.note_count == 0);
        CHECK(follow(&s, true) == EN_OK);
        check_note(&s, "session", SECOND, EN_USAGE_ASSUMED, CASES[i].planned);
        CHECK(en_app_forecast_request(&app, s.c, &s.plan, &request, &s.a, &planned, NULL) == EN_OK);
        CHECK_NEAR(s.out.followup.given[1].dextrose_percent,
                   planned.arms[0].sessions[0].dextrose_percent, 1e-12);
        if (!(CASES[i].volume_ml > 0.0)) {
            CHECK_NEAR(s.out.followup.given[1].coverage, planned.arms[0].sessions[0].coverage,
                       1e-12);
        }
        en_arena_free(&s.a);
    }
}

/* 50 % is the strongest dextrose there is; saline without any is a session, too. */
static void test_dextrose_at_its_limits(void **state)
{
    struct scene s = scene();

    (void)state;
    s.c->sessions[0].dextrose_g = 6.0;
    s.c->sessions[1].dextrose_g = 0.0;
    run(&s);
    CHECK_NEAR(s.out.followup.given[0].dextrose_percent, 50.0, 0.0);
    CHECK_NEAR(s.out.followup.given[1].dextrose_percent, 0.0, 0.0);
    s.c->sessions[0].dextrose_g = 6.01;
    CHECK(follow(&s, false) == EN_EINVAL);
    CHECK_CONTAINS(s.err.text, "2025-12-08");
    CHECK_CONTAINS(s.err.text, "correct its volume");
    en_arena_free(&s.a);
}

/* A session today counts; one tomorrow, one without a date, one of an older course are left out and
 * named; one of the other knee or of an elbow is another problem's and is not mentioned. */
static void test_sessions_that_do_not_count(void **state)
{
    struct scene s = scene();

    (void)state;
    give(&s, 0);
    give(&s, 1);
    give(&s, -5);
    s.c->sessions[4].day = EN_DAY_UNKNOWN;
    give(&s, FIRST - 366);
    give(&s, -20);
    s.c->sessions[6].side = EN_SIDE_LEFT;
    give(&s, -19);
    s.c->sessions[7].region = "elbow";
    run(&s);
    CHECK(s.out.followup.given_count == 3);
    CHECK_NEAR(s.out.followup.given[2].day, 84.0, 0.0);
    check_note(&s, "session", 1, EN_USAGE_EXCLUDED, "in the future");
    check_note(&s, "session", FIRST - 366, EN_USAGE_EXCLUDED, "earlier course");
    CHECK(note(&s, "session", -20) == NULL && note(&s, "session", -19) == NULL);
    size_t undated = 0;

    for (size_t i = 0; i < s.out.note_count; i++) {
        undated += s.out.notes[i].day == EN_DAY_UNKNOWN &&
                   en_text_equal(s.out.notes[i].why, "without a date");
    }
    CHECK(undated == 1);
    en_arena_free(&s.a);
}

/* A pause of a year is still one course, one of a day more is not. The problem began long ago. */
static void test_a_pause_ends_a_course(void **state)
{
    struct scene s = scene();

    (void)state;
    s.plan.target.onset = s.c->targets[0].onset = fx_today() - 2000;
    give(&s, FIRST - 365);
    run(&s);
    CHECK(s.out.followup.given_count == 3 && s.out.start == fx_today() + FIRST - 365);
    s.c->sessions[2].day--;
    run(&s);
    CHECK(s.out.followup.given_count == 2 && s.out.start == fx_today() + FIRST);
    en_arena_free(&s.a);
}

/* A course that begins on the day of onset is good; one that begins the day before is refused: no
 * day can be day 0 then. */
static void test_session_before_onset(void **state)
{
    struct scene s = scene();

    (void)state;
    s.plan.target.onset = fx_today() + FIRST;
    run(&s);
    s.plan.target.onset++;
    CHECK(follow(&s, false) == EN_EINVAL && follow(&s, true) == EN_EINVAL);
    CHECK_CONTAINS(s.err.text, "2025-12-08");
    CHECK_CONTAINS(s.err.text, "onset");
    en_arena_free(&s.a);
}

/* Recorded twice: one session. Two that differ: which is right, nobody but the clinician knows. */
static void test_two_sessions_of_one_day(void **state)
{
    struct scene s = scene();

    (void)state;
    give(&s, SECOND);
    run(&s);
    CHECK(s.out.followup.given_count == 2);
    s.c->sessions[2].dextrose_g = 1.9;
    CHECK(follow(&s, false) == EN_EINVAL);
    CHECK_CONTAINS(s.err.text, "two different sessions on 2026-01-05");
    en_arena_free(&s.a);
}

/* 24 sessions fit, 25 do not. */
static void test_number_of_sessions(void **state)
{
    struct scene s = scene();

    (void)state;
    for (int i = 1; i <= EN_FORECAST_SESSIONS_MAX - 2; i++) {
        give(&s, FIRST + i);
    }
    run(&s);
    CHECK(s.out.followup.given_count == EN_FORECAST_SESSIONS_MAX);
    give(&s, 0);
    CHECK(follow(&s, false) == EN_EINVAL);
    CHECK_CONTAINS(s.err.text, "more than 24 sessions");
    en_arena_free(&s.a);
}

/* A needle that the tables know nothing of is refused, not guessed. */
static void test_unknown_placement(void **state)
{
    struct scene s = scene();

    (void)state;
    s.c->sessions[0].guidance = "MR";
    CHECK(follow(&s, false) == EN_EINVAL);
    CHECK_CONTAINS(s.err.text, "placement.tsv");
    en_arena_free(&s.a);
}

/* Baselines */

/* The last score on or before the first session, not older than a score of pain may be (14 d). */
static void test_baseline(void **state)
{
    static const struct {
        int day;
        bool counts;
    } CASES[] = {{0, true}, {-14, true}, {-15, false}, {1, false}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct scene s = scene();

        s.c->scores[0].day = fx_today() + FIRST + CASES[i].day;
        run(&s);
        CHECK(isnan(s.out.baseline_nrs) == !CASES[i].counts);
        CHECK(s.out.followup.observation_count == (CASES[i].day > 0 ? 1 : 0));
        en_arena_free(&s.a);
    }
    struct scene s = scene();

    score(&s, "nrs", 5.0, FIRST - 1);
    score(&s, "nrs", 4.0, FIRST - 20);
    run(&s);
    CHECK_NEAR(s.out.baseline_nrs, 7.0, 0.0);
    check_note(&s, "nrs", FIRST, EN_USAGE_USED, NULL);
    check_note(&s, "nrs", FIRST - 1, EN_USAGE_EXCLUDED, "the one that counts as the baseline");
    /* Without it the one of the day before stands in. */
    s.c->scores[0].side = EN_SIDE_LEFT;
    run(&s);
    CHECK_NEAR(s.out.baseline_nrs, 5.0, 0.0);
    s.c->score_count = 3;
    s.c->scores[1].side = EN_SIDE_LEFT;
    run(&s);
    CHECK(isnan(s.out.baseline_nrs));
    check_note(&s, "nrs", FIRST - 20, EN_USAGE_EXCLUDED, "too old");
    en_arena_free(&s.a);
}

/* Function on 0 .. 100, high = worse: 40 of 80 points of LEFS (high is better) are 50. Another
 * instrument counts by its own baseline: PSFS 4 of 10 is 60, so its scale is 1.2; one without a
 * baseline of its own cannot be told. */
static void test_function_instruments(void **state)
{
    struct scene s = scene();

    (void)state;
    score(&s, "lefs", 40.0, FIRST);
    score(&s, "psfs", 4.0, FIRST);
    score(&s, "lefs", 60.0, -10);
    score(&s, "psfs", 7.0, -9);
    score(&s, "womac", 24.0, -8);
    run(&s);
    const struct en_observation *o = s.out.followup.observations;

    CHECK_NEAR(s.out.baseline_function, 50.0, 1e-12);
    CHECK(s.out.followup.observation_count == 2);
    CHECK(o[0].measure == EN_MEASURE_FUNCTION && o[1].measure == EN_MEASURE_FUNCTION);
    CHECK_NEAR(o[0].value, 25.0, 1e-12);
    CHECK_NEAR(o[0].scale, 1.0, 0.0);
    CHECK_NEAR(o[0].day, 74.0, 0.0);
    CHECK_NEAR(o[1].value, 30.0, 1e-12);
    CHECK_NEAR(o[1].scale, 1.2, 1e-12);
    check_note(&s, "womac", -8, EN_USAGE_EXCLUDED, "no baseline of its own");
    en_arena_free(&s.a);
}

/* Where the condition's own instrument has no baseline, another one stands for it, and a note says
 * so. Where none has, later scores of the own one count: only how bad it was is unknown. */
static void test_function_without_own_baseline(void **state)
{
    struct scene s = scene();

    (void)state;
    score(&s, "psfs", 4.0, FIRST);
    score(&s, "psfs", 7.0, -9);
    score(&s, "lefs", 60.0, -8);
    run(&s);
    CHECK_NEAR(s.out.baseline_function, 60.0, 1e-12);
    CHECK(s.out.followup.observation_count == 1);
    CHECK_NEAR(s.out.followup.observations[0].scale, 1.0, 0.0);
    check_note(&s, "psfs", FIRST, EN_USAGE_ASSUMED, "stands for the function");
    check_note(&s, "lefs", -8, EN_USAGE_EXCLUDED, "no baseline of its own");
    s.c->scores[1].day = fx_today() + FIRST + 1;
    run(&s);
    CHECK(isnan(s.out.baseline_function) && s.out.followup.observation_count == 1);
    CHECK_NEAR(s.out.followup.observations[0].value, 25.0, 1e-12);
    check_note(&s, "psfs", -9, EN_USAGE_EXCLUDED, "no baseline of its own");
    en_arena_free(&s.a);
}

/* A baseline at the good end of a scale leaves no ratio. */
static void test_function_baseline_of_zero(void **state)
{
    struct scene s = scene();

    (void)state;
    score(&s, "lefs", 40.0, FIRST);
    score(&s, "psfs", 10.0, FIRST);
    score(&s, "psfs", 9.0, -9);
    run(&s);
    CHECK(s.out.followup.observation_count == 0);
    check_note(&s, "psfs", -9, EN_USAGE_EXCLUDED, "end of its scale");
    en_arena_free(&s.a);
}

/* Observations */

/* Every fault of a score: where it is still good, and just beyond. */
static void test_bad_scores(void **state)
{
    static const struct {
        const char *instrument;
        double value;
        int day;
        enum en_side side;
        const char *why; /* NULL: it is used */
    } CASES[] = {
        {"nrs", 10.0, -3, EN_SIDE_RIGHT, NULL},
        {"nrs", 10.1, -3, EN_SIDE_RIGHT, "outside its scale"},
        {"nrs", 0.0, -3, EN_SIDE_RIGHT, NULL},
        {"nrs", -0.1, -3, EN_SIDE_RIGHT, "outside its scale"},
        {"nrs", NAN, -3, EN_SIDE_RIGHT, "outside its scale"},
        {"lefs", 80.0, -3, EN_SIDE_RIGHT, NULL},
        {"lefs", 80.5, -3, EN_SIDE_RIGHT, "outside its scale"},
        {"nrs", 5.0, 0, EN_SIDE_RIGHT, NULL},
        {"nrs", 5.0, 1, EN_SIDE_RIGHT, "in the future"},
        {"nrs", 5.0, -366, EN_SIDE_RIGHT, "before the onset"},
        {"nrs", 5.0, -365, EN_SIDE_RIGHT, "too old"},
        {"nrs", 5.0, -3, EN_SIDE_UNKNOWN, NULL},
        {"nrs", 5.0, -3, EN_SIDE_BOTH, NULL},
        {"nrs", 5.0, -3, EN_SIDE_LEFT, "of the other side"},
        {"pgic", 6.0, -3, EN_SIDE_RIGHT, "no model of it"},
        {"med_count", 2.0, -3, EN_SIDE_RIGHT, "no model of it"},
        {"rom", 110.0, -3, EN_SIDE_RIGHT, "no model of it"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct scene s = scene();

        s.c->score_count = CASES[i].day == -365 ? 0 : 1; /* alone it could be the baseline */
        score(&s, CASES[i].instrument, CASES[i].value, CASES[i].day)->side = CASES[i].side;
        run(&s);
        CHECK(s.out.followup.observation_count == (CASES[i].why == NULL ? 1 : 0));
        check_note(&s, CASES[i].instrument, CASES[i].day,
                   CASES[i].why == NULL ? EN_USAGE_USED : EN_USAGE_EXCLUDED, CASES[i].why);
        en_arena_free(&s.a);
    }
    struct scene s = scene();

    score(&s, "nrs", 5.0, -3)->day = EN_DAY_UNKNOWN;
    score(&s, "nrs", 5.0, -2)->region = "elbow";
    score(&s, "nrs", 4.0, -1)->region = "knee";
    run(&s);
    CHECK(s.out.followup.observation_count == 1);
    CHECK_NEAR(s.out.followup.observations[0].value, 4.0, 0.0);
    CHECK(note(&s, "nrs", -2) == NULL); /* another problem's */
    en_arena_free(&s.a);
}

/* Two values of one day contradict each other: neither counts, and it is said once. Two equal ones
 * are one. Two instruments do not contradict each other. */
static void test_two_values_of_one_day(void **state)
{
    struct scene s = scene();
    size_t told = 0;

    (void)state;
    score(&s, "nrs", 5.0, -3);
    score(&s, "nrs", 4.0, -3)->side = EN_SIDE_UNKNOWN;
    score(&s, "nrs", 3.0, -2);
    score(&s, "nrs", 3.0, -2);
    score(&s, "peg", 4.0, -2);
    run(&s);
    CHECK(s.out.followup.observation_count == 2);
    check_note(&s, "nrs", -3, EN_USAGE_EXCLUDED, "two different values for one day");
    check_note(&s, "nrs", -2, EN_USAGE_USED, NULL);
    for (size_t i = 0; i < s.out.note_count; i++) {
        told += s.out.notes[i].day == fx_today() - 3 || s.out.notes[i].day == fx_today() - 2;
    }
    CHECK(told == 3);
    /* On the day of the first session: the score before stands in. */
    score(&s, "nrs", 6.5, FIRST);
    score(&s, "nrs", 6.0, FIRST - 2);
    run(&s);
    CHECK_NEAR(s.out.baseline_nrs, 6.0, 0.0);
    check_note(&s, "nrs", FIRST, EN_USAGE_EXCLUDED, "two different values");
    en_arena_free(&s.a);
}

/* PEG counts as pain with the larger error of the table; both errors grow while pain is in flux, up
 * to the third day after a session. */
static void test_errors(void **state)
{
    struct scene s = scene();
    const double peg = en_limit(fx_knowledge(), "forecast.peg_error");
    const double flare = en_limit(fx_knowledge(), "forecast.flare_error");
    const int last = (int)en_limit(fx_knowledge(), "forecast.flare_days");

    (void)state;
    CHECK(peg > 1.0 && flare > 1.0 && last == 3);
    score(&s, "nrs", 9.0, SECOND); /* on the day itself it is asked before the needle */
    score(&s, "nrs", 9.0, SECOND + 1);
    score(&s, "nrs", 8.0, SECOND + last);
    score(&s, "nrs", 6.0, SECOND + last + 1);
    score(&s, "peg", 6.0, SECOND + 1);
    score(&s, "peg", 6.0, -20);
    run(&s);
    const double wanted[] = {1.0, flare, flare * peg, flare, 1.0, peg};
    const struct en_observation *o = s.out.followup.observations;

    CHECK(s.out.followup.observation_count == EN_COUNT(wanted));
    for (size_t i = 0; i < EN_COUNT(wanted); i++) {
        CHECK(o[i].measure == EN_MEASURE_PAIN);
        CHECK_NEAR(o[i].error, wanted[i], 1e-12);
        CHECK_NEAR(o[i].scale, 1.0, 0.0);
    }
    check_note(&s, "peg", -20, EN_USAGE_ASSUMED, "taken as a pain score");
    en_arena_free(&s.a);
}

static void laxity(struct scene *s, const char *site, double grade, int day)
{
    s->c->exams[s->c->exam_count++] = (struct en_exam){.kind = EN_EXAM_LAXITY,
                                                       .site = site,
                                                       .side = EN_SIDE_RIGHT,
                                                       .value = grade,
                                                       .day = fx_today() + day};
}

/* A grade counts as a share of the grade of the same site before the first session, however old;
 * without one of at least 1 there is no share. Grade 0 is not nothing. */
static void test_laxity(void **state)
{
    struct scene s = scene();
    const double zero = en_limit(fx_knowledge(), "forecast.laxity_zero");

    (void)state;
    laxity(&s, "KNE-02", 2.0, FIRST - 100);
    laxity(&s, "KNE-02", 1.0, -20);
    laxity(&s, "KNE-02", 0.0, -10);
    laxity(&s, "KNE-03", 0.0, FIRST);
    laxity(&s, "KNE-03", 1.0, -9);
    laxity(&s, "KNE-06", 1.0, -8);
    laxity(&s, "KNE-02", 4.0, -7);
    laxity(&s, "ANK-01", 1.0, -6);
    run(&s);
    const struct en_observation *o = s.out.followup.observations;

    CHECK(s.out.followup.observation_count == 2);
    CHECK(o[0].measure == EN_MEASURE_LAXITY && o[1].measure == EN_MEASURE_LAXITY);
    CHECK_NEAR(o[0].value, 0.5, 1e-12);
    CHECK_NEAR(o[1].value, zero / 2.0, 1e-12);
    CHECK_NEAR(o[0].error, en_limit(fx_knowledge(), "forecast.laxity_error"), 1e-12);
    check_note(&s, "laxity", -9, EN_USAGE_EXCLUDED, "no grade of 1 or more");
    check_note(&s, "laxity", -8, EN_USAGE_EXCLUDED, "no grade of 1 or more");
    check_note(&s, "laxity", -7, EN_USAGE_EXCLUDED, "outside its scale");
    CHECK(note(&s, "laxity", -6) == NULL); /* of an ankle */
    en_arena_free(&s.a);
}

/* 64 reports fit. Of more the oldest of the largest group go, and each is named. */
static void test_number_of_scores(void **state)
{
    struct scene s = scene();

    (void)state;
    score(&s, "lefs", 40.0, FIRST);
    for (int i = 0; i < EN_OBSERVATIONS_MAX - 2; i++) {
        score(&s, "nrs", 5.0, FIRST + 1 + i);
    }
    score(&s, "lefs", 41.0, FIRST + 1);
    score(&s, "lefs", 42.0, FIRST + 2);
    run(&s);
    CHECK(s.out.followup.observation_count == EN_OBSERVATIONS_MAX);
    score(&s, "nrs", 5.0, -1);
    score(&s, "nrs", 5.0, 0);
    run(&s);
    CHECK(s.out.followup.observation_count == EN_OBSERVATIONS_MAX);
    check_note(&s, "nrs", FIRST + 1, EN_USAGE_EXCLUDED, "more scores than");
    check_note(&s, "nrs", FIRST + 2, EN_USAGE_EXCLUDED, "more scores than");
    check_note(&s, "nrs", FIRST + 3, EN_USAGE_USED, NULL);
    check_note(&s, "lefs", FIRST + 1, EN_USAGE_USED, NULL);
    CHECK_NEAR(s.out.followup.observations[0].day, 1.0, 0.0);
    CHECK(s.out.followup.observations[0].measure == EN_MEASURE_FUNCTION);
    en_arena_free(&s.a);
}

/* Notes have a ceiling: what was used stays, and the last one says that some are left out. */
static void test_number_of_notes(void **state)
{
    enum { BAD = 300 };
    struct scene s = scene();

    (void)state;
    s.c->scores = EN_NEW(&s.a, struct en_score, BAD + 2);
    s.c->score_count = 0;
    score(&s, "nrs", 7.0, FIRST);
    for (int i = 0; i < BAD; i++) {
        score(&s, "nrs", 11.0, FIRST + 1);
    }
    score(&s, "nrs", 5.0, 0);
    run(&s);
    CHECK(s.out.note_count == EN_USAGE_NOTES_MAX);
    CHECK_TEXT(s.out.notes[EN_USAGE_NOTES_MAX - 1].what, "further entries");
    check_note(&s, "nrs", FIRST, EN_USAGE_USED, NULL);
    check_note(&s, "nrs", 0, EN_USAGE_USED, NULL);
    /* With as many as fit there is no such note. */
    s.c->scores[s.c->score_count - 1 - 50] = s.c->scores[s.c->score_count - 1];
    s.c->score_count -= 50;
    run(&s);
    CHECK(s.out.note_count == 250 + 2 + 2);
    en_arena_free(&s.a);
}

/* The order in which the case lists things means nothing. */
static void test_order_means_nothing(void **state)
{
    struct scene s = scene();

    (void)state;
    score(&s, "lefs", 40.0, FIRST);
    score(&s, "nrs", 5.0, -3);
    score(&s, "lefs", 50.0, -3);
    score(&s, "nrs", 4.0, -2);
    score(&s, "peg", 4.0, -3);
    run(&s);
    const struct en_followup before = s.out.followup;

    for (size_t i = 0, j = s.c->score_count - 1; i < j; i++, j--) {
        const struct en_score kept = s.c->scores[i];

        s.c->scores[i] = s.c->scores[j];
        s.c->scores[j] = kept;
    }
    const struct en_past_session first = s.c->sessions[0];

    s.c->sessions[0] = s.c->sessions[1];
    s.c->sessions[1] = first;
    run(&s);
    CHECK(memcmp(&before, &s.out.followup, sizeof before) == 0);
    CHECK(before.observation_count == 4);
    en_arena_free(&s.a);
}

TEST_MAIN(cmocka_unit_test(test_first_session_today), cmocka_unit_test(test_sessions_as_recorded),
          cmocka_unit_test(test_coverage_of_recorded_sites),
          cmocka_unit_test(test_totals_from_the_sites),
          cmocka_unit_test(test_session_without_amounts),
          cmocka_unit_test(test_dextrose_at_its_limits),
          cmocka_unit_test(test_sessions_that_do_not_count),
          cmocka_unit_test(test_a_pause_ends_a_course), cmocka_unit_test(test_session_before_onset),
          cmocka_unit_test(test_two_sessions_of_one_day), cmocka_unit_test(test_number_of_sessions),
          cmocka_unit_test(test_unknown_placement), cmocka_unit_test(test_baseline),
          cmocka_unit_test(test_function_instruments),
          cmocka_unit_test(test_function_without_own_baseline),
          cmocka_unit_test(test_function_baseline_of_zero), cmocka_unit_test(test_bad_scores),
          cmocka_unit_test(test_two_values_of_one_day), cmocka_unit_test(test_errors),
          cmocka_unit_test(test_laxity), cmocka_unit_test(test_number_of_scores),
          cmocka_unit_test(test_number_of_notes), cmocka_unit_test(test_order_means_nothing));
