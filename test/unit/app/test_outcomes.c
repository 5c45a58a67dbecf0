/* SPDX-License-Identifier: Apache-2.0
 * The clinic's own results: numbers against closed forms and published examples, the limits below
 * which nothing is given away, and how a course is read from a record. */
#include "app/outcomes.h"

#include "base/limits.h"

#include "support/check.h"

enum { MEMORY = 256 << 20, TODAY = 20514 /* 2026-03-02 */, START = TODAY - 400 };

static struct en_arena memory = {.limit = MEMORY};
static struct en_knowledge *knowledge;
static struct en_app app = {.today = TODAY};

static int load(void **state)
{
    (void)state;
    const enum en_status st = en_knowledge_load(NULL, &memory, &knowledge, NULL);

    app.knowledge = knowledge;
    return st == EN_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&memory);
    return 0;
}

/* 1, 2, 3, 4: mean 2.5, s = sqrt(5/3), t(3) = 3.182446: half width t s / 2 = 2.054260. */
static void test_tally_has_students_interval(void **state)
{
    struct en_tally t = {0};

    (void)state;
    CHECK(isnan(en_tally_span(&t).low));
    en_tally_add(&t, 1.0);
    CHECK(isnan(en_tally_span(&t).low)); /* one value has no spread */
    for (int i = 2; i <= 4; i++) {
        en_tally_add(&t, i);
    }
    CHECK_NEAR(t.mean, 2.5, 1e-12);
    CHECK_NEAR(en_tally_span(&t).low, 2.5 - 2.054260, 5e-4);
    CHECK_NEAR(en_tally_span(&t).high, 2.5 + 2.054260, 5e-4);
}

/* Adding one by one must not lose digits where values are large and close together. */
static void test_tally_keeps_digits(void **state)
{
    struct en_tally t = {0};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        en_tally_add(&t, 1e9 + (i % 2));
    }
    CHECK_NEAR(t.squares / 999.0, 0.25 * 1000.0 / 999.0, 1e-6);
}

/* Newcombe 1998, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29. */
static void test_wilson_is_the_published_one(void **state)
{
    static const struct {
        size_t count, n;
        double low, high;
    } ROWS[] = {{81, 263, 0.2553, 0.3662},
                {15, 148, 0.0624, 0.1605},
                {0, 20, 0.0, 0.1611},
                {1, 29, 0.0061, 0.1718},
                {20, 20, 0.8389, 1.0}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct en_span span = en_wilson_span(ROWS[i].count, ROWS[i].n);

        CHECK_NEAR(span.low, ROWS[i].low, 5e-5);
        CHECK_NEAR(span.high, ROWS[i].high, 5e-5);
    }
    CHECK(isnan(en_wilson_span(0, 0).low));
}

/* Nobody of 100: at most 3 %; the exact bound 1 - 0.05^(1/n) is near. Of 2 nothing is excluded. */
static void test_rule_of_three(void **state)
{
    (void)state;
    CHECK_NEAR(en_rule_of_three(100), 0.03, 1e-12);
    CHECK_NEAR(en_rule_of_three(100), 1.0 - pow(0.05, 0.01), 1e-3);
    CHECK_NEAR(en_rule_of_three(2), 1.0, 1e-12);
    CHECK(isnan(en_rule_of_three(0)));
}

/* Twenty and sixty percent are enough, one less of either is not. */
static void test_outcomes_hide_below_the_limits(void **state)
{
    static const struct {
        size_t due, followed;
        enum en_hidden hidden;
    } ROWS[] = {{20, 20, EN_SHOWN},
                {33, 20, EN_SHOWN},
                {34, 20, EN_HIDDEN_INCOMPLETE},
                {100, 60, EN_SHOWN},
                {100, 59, EN_HIDDEN_INCOMPLETE},
                {19, 19, EN_HIDDEN_FEW},
                {100, 19, EN_HIDDEN_FEW},
                {0, 0, EN_HIDDEN_NOT_YET}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct en_outcome_point p = {.due = ROWS[i].due, .followed = ROWS[i].followed};

        CHECK(en_outcome_hidden(knowledge, &p) == ROWS[i].hidden);
    }
}

/* A record: knee, right, two sessions, scores before and at some days. */
static const char *record(const char *scores)
{
    return en_arena_print(
        &memory,
        "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
        "\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\",\"birthDate\":"
        "\"1960-01-01\"}},{\"resource\":{\"resourceType\":\"Condition\",\"id\":\"c\",\"code\":{"
        "\"coding\":[{\"system\":\"https://enthesis.org/fhir/CodeSystem/condition\",\"code\":"
        "\"oa_knee\"}]},\"bodySite\":[{\"coding\":[{\"system\":"
        "\"https://enthesis.org/fhir/CodeSystem/side\",\"code\":\"right\"}]}],\"subject\":{"
        "\"reference\":\"Patient/p\"}}}%s]}",
        scores);
}

static const char *date_of(int days)
{
    char text[EN_DATE_TEXT_MAX];

    return en_arena_copy(&memory, en_date_text(START + days, text), SIZE_MAX);
}

static const char *session(const char *id, int days)
{
    return en_arena_print(
        &memory,
        ",{\"resource\":{\"resourceType\":\"Procedure\",\"id\":\"%s\",\"extension\":[{\"url\":"
        "\"https://enthesis.org/fhir/StructureDefinition/session-ae-grade\",\"valueInteger\":1}],"
        "\"status\":\"completed\",\"code\":{\"coding\":[{\"system\":"
        "\"https://enthesis.org/fhir/CodeSystem/procedure\",\"code\":\"prolotherapy-session\"}]},"
        "\"subject\":{\"reference\":\"Patient/p\"},\"performedDateTime\":\"%s\",\"bodySite\":[{"
        "\"coding\":[{\"system\":\"https://enthesis.org/fhir/CodeSystem/"
        "region\",\"code\":\"knee\"},"
        "{\"system\":\"https://enthesis.org/fhir/CodeSystem/side\",\"code\":\"right\"}]}]}}",
        id, date_of(days));
}

static const char *score(const char *instrument, int days, const char *value)
{
    return en_arena_print(
        &memory,
        ",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"%s-%d\",\"status\":\"final\","
        "\"code\":{\"coding\":[{\"system\":\"https://enthesis.org/fhir/CodeSystem/instrument\","
        "\"code\":\"%s\"}]},\"subject\":{\"reference\":\"Patient/p\"},\"effectiveDateTime\":\"%s\","
        "\"valueQuantity\":{\"value\":%s,\"unit\":\"1\",\"system\":"
        "\"http://unitsofmeasure.org\",\"code\":\"1\"}}}",
        instrument, days + 1000, instrument, date_of(days), value);
}

static const char *joined(const char *const *parts, size_t count)
{
    const char *text = "";

    for (size_t i = 0; i < count; i++) {
        text = en_arena_print(&memory, "%s%s", text, parts[i]);
    }
    return text;
}

static void read(const char *entries, const char *const *events, size_t event_count,
                 struct en_treated *out)
{
    const char *bundle = record(entries);
    const struct en_treated_record all = {bundle, strlen(bundle), events, event_count};
    struct en_err err = {""};

    if (en_app_treated(&app, &all, &memory, out, &err) != EN_OK) {
        fail_msg("%s", err.text);
    }
}

/* At each time-point the nearest score within two weeks; before, the last one up to the first
 * session. Better is counted up, whatever the direction of the instrument; who had no score at a
 * time-point that is over is due and not followed. */
static void test_outcomes_take_the_right_scores(void **state)
{
    const char *const parts[] = {
        session("s1", 0),        session("s2", 28),        score("nrs", -20, "8"),
        score("nrs", 0, "7"),    score("lefs", -3, "40"),  score("nrs", 30, "5"),
        score("nrs", 40, "4.5"), score("nrs", 57, "4"),    score("lefs", 44, "52"),
        score("nrs", 106, "3"),  score("nrs", 195, "3.5"), score("lefs", 180, "55"),
    };
    struct en_treated t;

    (void)state;
    read(joined(parts, EN_COUNT(parts)), NULL, 0, &t);
    CHECK(!t.is_unreadable && t.course_count == 1);
    const struct en_course_outcome *c = &t.courses[0];

    CHECK_TEXT(en_cell(c->condition, "id"), "oa_knee");
    CHECK(c->sessions == 2 && c->start == START && c->grade_max == 1 && c->unrecorded == 0);
    CHECK_NEAR(c->pain, 7.0, 0.0);
    CHECK_NEAR(c->function, 40.0, 0.0);
    CHECK(c->at[0].is_due && c->at[1].is_due && c->at[2].is_due && c->at[3].is_due);
    CHECK_NEAR(c->at[0].pain, 4.5, 0.0);      /* day 40 is nearer to 42 than 30 and 57 */
    CHECK_NEAR(c->at[0].function, 52.0, 0.0); /* one MCID of 9 gained */
    CHECK(c->at[0].is_responder == EN_TRUE);
    CHECK(c->at[1].day == EN_DAY_UNKNOWN); /* day 106 is 15 days from 91 */
    CHECK(c->at[1].is_responder == EN_UNKNOWN);
    CHECK_NEAR(c->at[2].pain, 3.5, 0.0);
    CHECK(isnan(c->at[3].pain));
}

/* Pain that did not fall is no response whatever function did; pain that fell says nothing where
 * function was not asked: unknown is no "no". */
static void test_outcomes_know_what_they_do_not_know(void **state)
{
    const char *const unchanged[] = {session("s1", 0), session("s2", 28), score("nrs", 0, "7"),
                                     score("nrs", 42, "6.5")};
    const char *const unasked[] = {session("s1", 0), session("s2", 28), score("nrs", 0, "7"),
                                   score("nrs", 42, "3")};
    struct en_treated t;

    (void)state;
    read(joined(unchanged, EN_COUNT(unchanged)), NULL, 0, &t);
    CHECK(t.courses[0].at[0].is_responder == EN_FALSE);
    read(joined(unasked, EN_COUNT(unasked)), NULL, 0, &t);
    CHECK(t.courses[0].at[0].is_responder == EN_UNKNOWN);
}

static const char *event(const char *code, const char *session, const char *actuality)
{
    return en_arena_print(
        &memory,
        "{\"resourceType\":\"AdverseEvent\",\"actuality\":\"%s\",\"event\":{\"coding\":[{"
        "\"system\":\"https://enthesis.org/fhir/CodeSystem/adverse-event\",\"code\":\"%s\"}]}%s}",
        actuality, code,
        session == NULL ? ""
                        : en_arena_print(&memory,
                                         ",\"suspectEntity\":[{\"instance\":{\"reference\":"
                                         "\"Procedure/%s\"}}]",
                                         session));
}

static const struct en_harm_count *harm_of(const struct en_outcome_group *g, const char *code)
{
    for (size_t i = 0; i < g->harm_count; i++) {
        if (g->harms[i].code != NULL && strcmp(en_cell(g->harms[i].code, "id"), code) == 0) {
            return &g->harms[i];
        }
    }
    return NULL;
}

/* Harms by kind: events, the sessions that had one, and the patients; two of one session are one
 * session. What only might have happened does not count. Serious ones also together. */
static void test_outcomes_count_harms(void **state)
{
    const char *const parts[] = {session("s1", 0), session("s2", 28), session("s3", 56)};
    const char *const events[] = {
        event("AE-PAIN", "s1", "actual"),  event("AE-PAIN", "s1", "actual"),
        event("AE-PAIN", "s2", "actual"),  event("AE-BRUISE", NULL, "actual"),
        event("AE-INF-J", "s3", "actual"), event("AE-PTX", "s3", "potential"),
        event("AE-NO", "s3", "actual")};
    const struct en_outcome_filter all = {.from = EN_DAY_UNKNOWN, .to = EN_DAY_UNKNOWN};
    struct en_outcomes *o = EN_NEW(&memory, struct en_outcomes, 1);
    struct en_treated t;

    (void)state;
    read(joined(parts, EN_COUNT(parts)), events, EN_COUNT(events), &t);
    en_outcomes_start(&app, &all, o);
    en_outcomes_add(o, &t);
    en_outcomes_add(o, &t); /* another patient like the first */
    CHECK(o->group_count == 1);
    const struct en_outcome_group *g = &o->groups[0];
    const struct en_harm_count *pain = harm_of(g, "AE-PAIN");

    CHECK(g->patients == 2 && g->courses == 2 && g->sessions == 6);
    CHECK(pain->events == 6 && pain->sessions == 4 && pain->patients == 2);
    CHECK(harm_of(g, "AE-BRUISE")->sessions == 2);
    CHECK(harm_of(g, "AE-PTX") == NULL);
    CHECK(g->harm_count == 4 && g->serious_sessions == 2);
}

/* A filter leaves courses out of every number. A record that cannot be read is counted as such. */
static void test_outcomes_filter(void **state)
{
    const char *const parts[] = {session("s1", 0), score("nrs", 0, "7"), score("nrs", 42, "5")};
    static const struct {
        struct en_outcome_filter filter;
        size_t groups;
    } ROWS[] = {
        {{"oa_knee", EN_SIDE_RIGHT, START, START}, 1},
        {{"oa_hip", EN_SIDE_UNKNOWN, EN_DAY_UNKNOWN, EN_DAY_UNKNOWN}, 0},
        {{NULL, EN_SIDE_LEFT, EN_DAY_UNKNOWN, EN_DAY_UNKNOWN}, 0},
        {{NULL, EN_SIDE_UNKNOWN, START + 1, EN_DAY_UNKNOWN}, 0},
        {{NULL, EN_SIDE_UNKNOWN, EN_DAY_UNKNOWN, START - 1}, 0},
    };
    struct en_outcomes *o = EN_NEW(&memory, struct en_outcomes, 1);
    struct en_treated t, broken;

    (void)state;
    read(joined(parts, EN_COUNT(parts)), NULL, 0, &t);
    read(",{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"q\"}}", NULL, 0, &broken);
    CHECK(broken.is_unreadable);
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        en_outcomes_start(&app, &ROWS[i].filter, o);
        en_outcomes_add(o, &t);
        en_outcomes_add(o, &broken);
        CHECK(o->group_count == ROWS[i].groups && o->unreadable == 1);
    }
}

/* Numbers of benefit of a hidden point stand nowhere in the answer. */
static void test_outcomes_json_hides(void **state)
{
    const struct en_outcome_filter all = {.from = EN_DAY_UNKNOWN, .to = EN_DAY_UNKNOWN};
    const char *const parts[] = {session("s1", 0),      session("s2", 28),
                                 score("nrs", 0, "7"),  score("lefs", 0, "40"),
                                 score("nrs", 42, "5"), score("lefs", 42, "50")};
    struct en_outcomes *o = EN_NEW(&memory, struct en_outcomes, 1);
    struct en_treated t;

    (void)state;
    read(joined(parts, EN_COUNT(parts)), NULL, 0, &t);
    en_outcomes_start(&app, &all, o);
    for (int i = 1; i <= 20; i++) {
        struct en_buf json = EN_BUF(MEMORY);

        en_outcomes_add(o, &t);
        CHECK(en_outcomes_json(o, &json, NULL) == EN_OK);
        CHECK((strstr(en_buf_text(&json), "\"mean\": 2,") != NULL) == (i == 20));
        CHECK((strstr(en_buf_text(&json), "\"responders\"") != NULL) == (i == 20));
        en_buf_free(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tally_has_students_interval),
        cmocka_unit_test(test_tally_keeps_digits),
        cmocka_unit_test(test_wilson_is_the_published_one),
        cmocka_unit_test(test_rule_of_three),
        cmocka_unit_test(test_outcomes_hide_below_the_limits),
        cmocka_unit_test(test_outcomes_take_the_right_scores),
        cmocka_unit_test(test_outcomes_know_what_they_do_not_know),
        cmocka_unit_test(test_outcomes_count_harms),
        cmocka_unit_test(test_outcomes_filter),
        cmocka_unit_test(test_outcomes_json_hides),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
