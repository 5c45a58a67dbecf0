/* SPDX-License-Identifier: Apache-2.0
 * What the screen of a review shows: the very numbers of the forecasts without and with the latest
 * score, and none where there is none. */
#include "app/console_review.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"

#include "support/check.h"

#include <json-c/json.h>
#include <math.h>

static struct en_arena knowledge_arena = {.limit = 256 << 20};
static struct en_app app;

struct scene {
    struct en_arena a;
    struct en_case c;
    struct en_outlook_request request;
    struct json_object *json;
};

static void open_scene(struct scene *s, const char *name)
{
    struct en_buf bytes = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues = {0};
    char path[512];

    *s = (struct scene){
        .a = EN_ARENA(EN_REQUEST_ARENA),
        .request = {
            .plan = {.options = {.start = EN_DAY_UNKNOWN}, .patients = 64, .seed = 1, .threads = 1},
            .as_planned = true,
            .also_undecided = true,
            .without_ways = true,
            .with_before = true}};
    (void)snprintf(path, sizeof path, "%s/examples/cases/%s.json", EN_SOURCE_ROOT, name);
    CHECK(en_buf_read_file(&bytes, path, NULL) == EN_OK);
    CHECK(en_app_case(&app, en_buf_text(&bytes), bytes.size, &s->a, &s->c, &issues, NULL) == EN_OK);
    en_buf_free(&bytes);
}

static void close_scene(struct scene *s)
{
    (void)json_object_put(s->json);
    en_arena_free(&s->a);
}

static void ask(struct scene *s)
{
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};

    CHECK(en_app_console_review(&app, &s->c, &s->request, &s->a, &json, NULL) == EN_OK);
    CHECK(en_json_read(en_buf_text(&json), json.size, &s->a, &s->json, &issues, NULL) == EN_OK);
    en_buf_free(&json);
}

/* The chart of pain: "with", "without", "population". */
static struct json_object *pain(struct scene *s, const char *which)
{
    struct json_object *charts = en_json_get(en_json_get(s->json, "forecast"), "charts");

    return en_json_get(en_json_at(charts, 0), which);
}

/* The median in the last week. */
static double last_median(struct json_object *chart)
{
    struct json_object *q50 = en_json_get(en_json_get(chart, "bands"), "q50");

    CHECK(en_json_count(q50) > 0);
    return json_object_get_double(en_json_at(q50, en_json_count(q50) - 1));
}

static double median_of(struct scene *s, const struct en_case *c)
{
    struct en_outlook *outlook = EN_NEW(&s->a, struct en_outlook, 1);

    CHECK(outlook != NULL);
    CHECK(en_app_outlook(&app, c, &s->request, &s->a, outlook, NULL) == EN_OK);
    const struct en_forecast *f = outlook->now;

    return f->band[0][EN_OUTCOME_PAIN][EN_MIXED][f->request.week_count - 1].q[2];
}

/* "with" is the forecast of the case, "without" that of the same case less the scores of the latest
 * day: three decimals are written. */
static void test_review_shows_what_the_score_changed(void **state)
{
    struct scene s;
    en_day latest = EN_DAY_UNKNOWN;
    size_t kept = 0;

    (void)state;
    open_scene(&s, "follow-responder");
    ask(&s);
    for (size_t i = 0; i < s.c.score_count; i++) {
        latest = s.c.scores[i].day > latest ? s.c.scores[i].day : latest;
    }
    char date[EN_DATE_TEXT_MAX];

    CHECK_TEXT(en_json_text(en_json_get(s.json, "score"), "day"), en_date_text(latest, date));
    CHECK_NEAR(last_median(pain(&s, "with")), median_of(&s, &s.c), 5.1e-4);
    struct en_case less = s.c;

    less.scores = EN_NEW(&s.a, struct en_score, s.c.score_count);
    CHECK(less.scores != NULL);
    for (size_t i = 0; i < s.c.score_count; i++) {
        if (s.c.scores[i].day != latest) {
            less.scores[kept++] = s.c.scores[i];
        }
    }
    less.score_count = kept;
    CHECK(kept < s.c.score_count);
    CHECK_NEAR(last_median(pain(&s, "without")), median_of(&s, &less), 5.1e-4);
    close_scene(&s);
}

/* What is not known of today keeps no forecast of a course away, and no plan is issued by it; what
 * speaks against an injection does. */
static void test_review_of_an_undecided_verdict_has_a_forecast(void **state)
{
    struct scene s;
    struct en_outlook *outlook = NULL;
    const size_t fact = en_fact_index(app.knowledge, "skin_infection_at_site");

    (void)state;
    open_scene(&s, "follow-responder");
    s.c.facts[fact] = (struct en_fact){.kind = EN_FACT_UNKNOWN};
    outlook = EN_NEW(&s.a, struct en_outlook, 1);
    CHECK(en_app_outlook(&app, &s.c, &s.request, &s.a, outlook, NULL) == EN_OK);
    CHECK(outlook->answer.assessment.verdict == EN_VERDICT_UNDECIDED);
    CHECK(outlook->now != NULL && !outlook->answer.is_issued);
    s.request.also_undecided = false;
    CHECK(en_app_outlook(&app, &s.c, &s.request, &s.a, outlook, NULL) == EN_OK);
    CHECK(outlook->now == NULL);
    s.request.also_undecided = true;
    s.c.facts[fact] = (struct en_fact){.kind = EN_FACT_BOOL, .truth = true, .as_of = app.today};
    CHECK(en_app_outlook(&app, &s.c, &s.request, &s.a, outlook, NULL) == EN_OK);
    CHECK(outlook->now == NULL);
    close_scene(&s);
}

/* Every finding names its source, grade and whether somebody approved it; the advice is one of the
 * words of the screen. */
static void test_review_names_rules_and_sources(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "follow-non-responder");
    ask(&s);
    CHECK_TEXT(en_json_text(s.json, "response"), "none");
    CHECK(en_list_has("stop; rediagnose", en_json_text(s.json, "advice")));
    struct json_object *findings = en_json_get(s.json, "findings");

    CHECK(en_json_count(findings) > 0);
    for (size_t i = 0; i < en_json_count(findings); i++) {
        struct json_object *from = en_json_get(en_json_at(findings, i), "from");

        CHECK(en_json_text(from, "grade") != NULL);
        CHECK(json_object_is_type(en_json_get(from, "is_approved"), json_type_boolean));
    }
    close_scene(&s);
}

/* Before the first session there is nothing to forecast a course from, and it says so; pain can be
 * scored all the same. */
static void test_review_before_the_first_session(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "knee-oa");
    ask(&s);
    CHECK(en_json_get(s.json, "forecast") == NULL);
    CHECK_TEXT(en_json_text(s.json, "no_forecast"), "no session is recorded yet");
    CHECK_TEXT(en_json_text(en_json_at(en_json_get(s.json, "instruments"), 0), "id"), "nrs");
    close_scene(&s);
}

static int setup(void **state)
{
    struct en_err err = {0};
    struct en_knowledge *knowledge = NULL;
    en_day today = EN_DAY_UNKNOWN;

    (void)state;
    if (en_knowledge_load(NULL, &knowledge_arena, &knowledge, &err) != EN_OK ||
        !en_date_parse("2026-06-01", &today, NULL)) {
        return -1;
    }
    app = (struct en_app){.knowledge = knowledge, .today = today};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&knowledge_arena);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_review_shows_what_the_score_changed),
        cmocka_unit_test(test_review_of_an_undecided_verdict_has_a_forecast),
        cmocka_unit_test(test_review_names_rules_and_sources),
        cmocka_unit_test(test_review_before_the_first_session),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
