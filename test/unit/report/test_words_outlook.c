/* SPDX-License-Identifier: Apache-2.0
 * Sentences to say aloud: counts of ten and half points that claim no more than the numbers do. */
#include "fixture.h"
#include "reader.h"
#include "report/words_outlook.h"

#include "support/check.h"

static struct fixture f;
static struct en_arena arena = {.limit = 16 << 20};

/* All sentences, one a line. */
static const char *say(void)
{
    struct en_words w = {.arena = &arena, .knowledge = fixture_knowledge()};
    struct en_sayings s;
    struct en_err err = {0};
    const char *out = "";

    if (en_words_sayings(&w, &f.report, &s, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    for (size_t i = 0; i < s.count; i++) {
        CHECK(en_banned_phrase(fixture_knowledge(), s.text[i]) == NULL);
        out = en_words_print(&w, "%s%s\n", out, s.text[i]);
    }
    CHECK(!w.failed && !reader_has_nan(out));
    return out;
}

static void course(void)
{
    fixture_init(&f);
    fixture_course(&f);
    f.forecast.is_calibrated = true;
}

/* The gain over stopping, in the week that is spoken of. */
static struct en_gain *gain(void)
{
    return &f.forecast.gain[3][1];
}

static void set_gain(double low, double mean, double high)
{
    *gain() = (struct en_gain){.q = {low, low, mean, high, high}, .mean = mean, .worthwhile = 0.3};
}

/* Tenths of people, the ends said as bounds: a small chance is not none, a large one not all. */
static void test_counts_of_ten(void **state)
{
    struct en_words w = {.arena = &arena};

    (void)state;
    CHECK_TEXT(en_words_of_ten(&w, 0.0), "fewer than 1");
    CHECK_TEXT(en_words_of_ten(&w, 0.049), "fewer than 1");
    CHECK_TEXT(en_words_of_ten(&w, 0.051), "about 1");
    CHECK_TEXT(en_words_of_ten(&w, 0.44), "about 4");
    CHECK_TEXT(en_words_of_ten(&w, 0.949), "about 9");
    CHECK_TEXT(en_words_of_ten(&w, 0.951), "more than 9");
    CHECK_TEXT(en_words_of_ten(&w, 1.0), "more than 9");
    CHECK_TEXT(en_words_of_ten(&w, NAN), "an unknown number");
    CHECK_TEXT(en_words_of_ten(&w, 1.2), "an unknown number");
}

static void test_dates_and_goals(void **state)
{
    struct en_words w = {.arena = &arena};

    (void)state;
    CHECK_TEXT(en_words_after(&w, 26.0), "half a year");
    CHECK_TEXT(en_words_after(&w, 52.0), "a year");
    CHECK_TEXT(en_words_after(&w, 12.0), "12 weeks");
    CHECK_TEXT(en_words_goal(&w, &(struct en_goal){EN_OUTCOME_PAIN, 3.5}), "pain of 3.5 or less");
    CHECK_TEXT(en_words_goal(&w, &(struct en_goal){EN_OUTCOME_FUNCTION, 20.0}),
               "function of 20 or less");
    assert_int_equal((int)en_words_week(&f.forecast, -1.0), -1);
}

/* Notes that say the same are told once, with all their days. */
static void test_notes_of_a_kind_are_told_together(void **state)
{
    static const struct en_usage_note NOTES[] = {
        {EN_USAGE_ASSUMED, 20458, "session", "taken as planned: volume"},
        {EN_USAGE_USED, 20458, "nrs", NULL},
        {EN_USAGE_ASSUMED, 20486, "session", "taken as planned: volume"},
        {EN_USAGE_ASSUMED, 20514, "session", "taken as planned: sites"},
        {EN_USAGE_EXCLUDED, EN_DAY_UNKNOWN, "nrs", "without a date"},
        {EN_USAGE_USED, 20486, "nrs", NULL},
    };
    static const char *const TEXTS[] = {
        "2026-01-05, 2026-02-02 session: taken as planned: volume",
        "2026-01-05, 2026-02-02 nrs",
        "",
        "2026-03-02 session: taken as planned: sites",
        "no date nrs: without a date",
        "",
    };
    struct en_words w = {.arena = &arena};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(NOTES); i++) {
        CHECK_TEXT(en_words_usage(&w, NOTES, EN_COUNT(NOTES), i), TEXTS[i]);
    }
}

/* In the course each count stands beside that of stopping, of salt water and of training, and has
 * its band. */
static void test_every_count_has_its_comparison(void **state)
{
    (void)state;
    course();
    for (size_t arm = 0; arm < 4; arm++) {
        f.forecast.band[arm][EN_OUTCOME_PAIN][EN_MIXED][1].mic_probability =
            0.42 - 0.1 * (double)arm;
    }
    struct en_band *plan = &f.forecast.band[0][EN_OUTCOME_PAIN][EN_MIXED][1];

    memcpy(plan->q, (double[]){0.8, 2.3, 3.1, 4.2, 6.1}, sizeof plan->q);
    const char *text = say();

    CHECK_CONTAINS(text, "Half a year after the first session, of 10 people like you with these "
                         "scores, we expect about 4 to have at least 2 points less pain than at "
                         "the start if they go on, and about 1 if they stop now.\n");
    CHECK_CONTAINS(text, "With salt water in place of dextrose it would be about 3; for those who "
                         "stop and train, about 2.\n");
    CHECK_CONTAINS(text,
                   "Half of the people who go on will then have pain between 2.5 and 4; for 1 "
                   "in 10 it will lie outside 1 to 6.\n");
    CHECK_CONTAINS(text,
                   "Then about 4 of 10 will have pain of 3 or less if they go on, and about 2 "
                   "if they stop now.\n");
    CHECK_CONTAINS(text, "function of 30 or less");
    CHECK_CONTAINS(text, "The next score of pain teaches most in week 26 after the first session, "
                         "about Monday 6 July 2026.\n");
}

/* A gain is worth its burden only when the whole band says so, not worth it only when the whole
 * band says so; whatever lies between cannot be told. */
static void test_gains_are_judged_by_their_band(void **state)
{
    (void)state;
    course();
    set_gain(1.0, 1.6, 2.2); /* at the limit: worthwhile_nrs is 1 */
    CHECK_CONTAINS(say(),
                   "On average going on means 1.5 points less pain than stopping; for 9 of 10 "
                   "people it lies between 1 point less pain and 2 points less pain.\n"
                   "For nearly all of them that is at least the 1 point");
    set_gain(0.99, 1.6, 2.2);
    CHECK_CONTAINS(say(),
                   "We cannot tell whether you would gain the 1 point that we count as worth "
                   "the burden: about 3 of 10 such people do.\n");
    set_gain(-1.1, -0.2, 1.0);
    CHECK_CONTAINS(say(),
                   "On average going on means no difference from stopping; for 9 of 10 people "
                   "it lies between 1 point more pain and 1 point less pain.\n"
                   "We cannot tell");
    set_gain(-0.6, 0.4, 0.99);
    CHECK_CONTAINS(say(),
                   "less pain than stopping; for 9 of 10 people it lies between half a point "
                   "more pain and 1 point less pain.\n"
                   "For nearly all of them that is less than the 1 point");
    set_gain(-0.1, 0.0, 0.2);
    CHECK_CONTAINS(say(), "means no difference from stopping; so for 9 of 10 people.\n");
    set_gain(NAN, 0.0, 0.2);
    CHECK_CONTAINS(say(), "We cannot tell what going on brings beyond stopping.\n");
    f.forecast.request.worthwhile_nrs = 0.0; /* the important change stands in */
    set_gain(1.0, 1.6, 2.2);
    CHECK_CONTAINS(say(), "the 2 points that we count");
}

/* The explanation that dextrose does nothing special is told with what the scores did to it; less
 * than a tenth is hardly a change. */
static void test_the_weight_of_no_effect_is_told(void **state)
{
    (void)state;
    course();
    CHECK_CONTAINS(say(),
                   "has a chance of about 1 in 10, by the trials so far and this model. Before "
                   "your scores it was about 3 in 10: they speak against it.\n");
    f.forecast.weight[0] = 0.6;
    CHECK_CONTAINS(say(),
                   "about 6 in 10, by the trials so far and this model. Before your scores it "
                   "was about 3 in 10: they speak for it.\n");
    f.forecast.weight[0] = 0.27;
    CHECK_CONTAINS(say(), "Your scores have hardly changed that.\n");
}

/* Without a score since the first session it is the population that is spoken of, and this is said
 * first; nothing is claimed of scores. */
static void test_nothing_known_yet_is_said(void **state)
{
    (void)state;
    fixture_init(&f);
    f.forecast.is_calibrated = true;
    f.outlook = (struct en_report_outlook){.before = &f.forecast};
    f.report.outlook = &f.outlook;
    const char *text = say();

    CHECK(strncmp(text, "There are no scores since the first session yet", 47) == 0);
    CHECK_CONTAINS(text, "of 10 people like you, we expect about");
    CHECK_CONTAINS(text, "with the injections, and about 2 without any treatment.\n");
    CHECK_CONTAINS(text, "with exercise instead, about");
    CHECK(strstr(text, "these scores") == NULL && strstr(text, "our scores") == NULL);
    CHECK(strstr(text, "go on") == NULL && strstr(text, "next score") == NULL);
    course();
    f.forecast.request.followup.observation_count = 0; /* sessions, but no scores */
    text = say();
    CHECK(strncmp(text, "There are no scores", 19) == 0);
    CHECK_CONTAINS(text, "if they go on");
}

/* When nothing is left of the plan, going on is not offered. */
static void test_a_complete_course_is_said(void **state)
{
    (void)state;
    course();
    f.forecast.request.arms[0].session_count = 0;
    const char *text = say();

    CHECK_CONTAINS(text, "The planned course is complete");
    CHECK_CONTAINS(text, "if nothing more is done, and about 2 if they train.\n");
    CHECK(strstr(text, "if they go on") == NULL && strstr(text, "burden") == NULL);
}

/* A model that was not fitted is not to counsel with (texts.tsv, forecast.before_calibration). */
static void test_nothing_is_said_before_calibration(void **state)
{
    (void)state;
    course();
    f.forecast.is_calibrated = false;
    CHECK_TEXT(
        say(),
        "The model has not been fitted to trials: nothing of it is to be told to a patient.\n");
}

/* The last week stands in where half a year is over; a forecast without goals, weeks, arms. */
static void test_what_is_missing_is_left_out_or_refused(void **state)
{
    struct en_words w = {.arena = &arena, .knowledge = fixture_knowledge()};
    struct en_sayings s;
    struct en_err err;

    (void)state;
    course();
    f.forecast.request.weeks[0] = 20.0;
    f.forecast.request.weeks[1] = 40.0;
    f.forecast.request.goal_count = 0;
    f.outlook.next_score_week = NAN;
    const char *text = say();

    CHECK_CONTAINS(text, "A year after the first session");
    CHECK(strstr(text, "or less") == NULL && strstr(text, "next score") == NULL);
    f.forecast.request.arms[3].id = "other";
    CHECK(en_words_sayings(&w, &f.report, &s, &err) == EN_EINVAL);
    f.report.forecast = NULL;
    CHECK(en_words_sayings(&w, &f.report, &s, &err) == EN_EINVAL);
}

static int free_arena(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_of_ten),
        cmocka_unit_test(test_dates_and_goals),
        cmocka_unit_test(test_notes_of_a_kind_are_told_together),
        cmocka_unit_test(test_every_count_has_its_comparison),
        cmocka_unit_test(test_gains_are_judged_by_their_band),
        cmocka_unit_test(test_the_weight_of_no_effect_is_told),
        cmocka_unit_test(test_nothing_known_yet_is_said),
        cmocka_unit_test(test_a_complete_course_is_said),
        cmocka_unit_test(test_nothing_is_said_before_calibration),
        cmocka_unit_test(test_what_is_missing_is_left_out_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, free_arena);
}
