/* SPDX-License-Identifier: Apache-2.0
 * The outlook as a Bundle: before and now are two RiskAssessments, and what now rests on is named
 * by the addresses that the case gave. */
#include "app/outlook.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"

#include "support/check.h"

#include <json-c/json.h>

static struct en_arena knowledge_arena = {.limit = 256 << 20};
static struct en_arena arena = {.limit = EN_REQUEST_ARENA};
static struct en_app app;

/* The Bundle of an example on a day, as a tree. */
static struct json_object *bundle(const char *name, const char *today)
{
    const struct en_outlook_request request = {
        .plan = {.options = {.start = EN_DAY_UNKNOWN}, .patients = 64, .seed = 1, .threads = 1},
        .as_planned = true,
        .goals = {{EN_OUTCOME_PAIN, 3.0}},
        .goal_count = 1,
    };
    struct en_buf bytes = EN_BUF(EN_CASE_FILE_MAX), json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};
    struct json_object *root = NULL;
    struct en_outlook outlook;
    struct en_case c;
    char path[512];

    (void)snprintf(path, sizeof path, "%s/examples/cases/%s.json", EN_SOURCE_ROOT, name);
    CHECK(en_date_parse(today, &app.today, NULL));
    CHECK(en_buf_read_file(&bytes, path, NULL) == EN_OK);
    CHECK(en_app_case(&app, en_buf_text(&bytes), bytes.size, &arena, &c, &issues, NULL) == EN_OK);
    CHECK(en_app_outlook(&app, &c, &request, &arena, &outlook, NULL) == EN_OK);
    CHECK(en_app_outlook_bundle(&app, &outlook, &arena, &json, NULL) == EN_OK);
    CHECK(en_json_read(en_buf_text(&json), json.size, &arena, &root, &issues, NULL) == EN_OK);
    CHECK(en_fhir_validate(root, &arena, &issues, NULL) == EN_OK);
    en_buf_free(&bytes);
    en_buf_free(&json);
    return root;
}

/* RiskAssessment number `index` of the Bundle, NULL. */
static struct json_object *risk(struct json_object *root, size_t index)
{
    struct json_object *entries = en_json_get(root, "entry");

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *r = en_json_get(en_json_at(entries, i), "resource");

        if (en_text_equal(en_json_text(r, "resourceType"), "RiskAssessment") && index-- == 0) {
            return r;
        }
    }
    return NULL;
}

static bool rests_on(struct json_object *r, const char *reference, const char *display)
{
    struct json_object *basis = en_json_get(r, "basis");
    bool found = false;

    for (size_t i = 0; i < en_json_count(basis); i++) {
        struct json_object *b = en_json_at(basis, i);

        found |= en_text_equal(en_json_text(b, "reference"), reference) &&
                 en_text_equal(en_json_text(b, "display"), display);
    }
    return found;
}

/* Predictions whose outcome begins so. */
static size_t predictions(struct json_object *r, const char *outcome)
{
    struct json_object *list = en_json_get(r, "prediction");
    size_t count = 0;

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *o = en_json_get(en_json_at(list, i), "outcome");

        count += en_text_starts(en_json_text(o, "text"), outcome) ? 1 : 0;
    }
    return count;
}

/* Before rests on no report, now on each that was used; those that were left out are not among
 * them. Both hold every arm, outcome and hypothesis, and the goals. */
static void test_now_names_what_it_rests_on(void **state)
{
    (void)state;
    struct json_object *root = bundle("review-responder", "2026-06-01");
    struct json_object *before = risk(root, 0), *now = risk(root, 1);

    CHECK(before != NULL && now != NULL && risk(root, 2) == NULL);
    CHECK(en_json_get(before, "basis") == NULL);
    CHECK(rests_on(now, "Procedure/r46", "session, 2026-03-02"));
    CHECK(rests_on(now, "Observation/r52", "nrs, 2026-06-01"));
    CHECK(en_json_count(en_json_get(now, "basis")) == 9); /* 3 sessions, 4 pains, 2 functions */
    CHECK(!rests_on(now, "Observation/r55", "pgic, 2026-06-01"));
    const size_t weeks = predictions(now, "pain 0-10") / (4 * (EN_HYPOTHESIS_COUNT + 1));

    CHECK(weeks >= 3);
    CHECK(predictions(now, "function 0-100") == weeks * 4 * (EN_HYPOTHESIS_COUNT + 1));
    CHECK(predictions(now, "goal: pain of 3 or less") == weeks * 4);
    CHECK(predictions(now, "gain: ") == weeks * 3);
    CHECK(predictions(before, "pain 0-10") > predictions(now, "pain 0-10")); /* weeks gone by */
    CHECK_CONTAINS(json_object_get_string(en_json_get(now, "method")), "updated by 3 sessions and");
    CHECK_CONTAINS(json_object_get_string(en_json_get(now, "method")),
                   "64 virtual patients, seed 1");
    CHECK(strstr(json_object_get_string(en_json_get(before, "method")), "updated") == NULL);
    CHECK_TEXT(en_json_text(before, "occurrenceDateTime"), "2026-03-02");
    CHECK_TEXT(en_json_text(now, "occurrenceDateTime"), "2026-06-01");
    json_object_put(root);
}

/* Nothing has happened yet: the population's forecast alone. A case that may not be treated: the
 * assessment alone. */
static void test_no_more_than_there_is(void **state)
{
    (void)state;
    struct json_object *root = bundle("knee-oa", "2026-03-02");

    CHECK(risk(root, 0) != NULL && risk(root, 1) == NULL);
    CHECK(en_json_get(risk(root, 0), "basis") == NULL);
    json_object_put(root);
    root = bundle("hot-joint", "2026-03-02");
    CHECK(risk(root, 0) == NULL);
    CHECK(en_json_count(en_json_get(root, "entry")) > 1);
    json_object_put(root);
}

static int setup(void **state)
{
    struct en_knowledge *k = NULL;

    (void)state;
    CHECK(en_knowledge_load(NULL, &knowledge_arena, &k, NULL) == EN_OK);
    app.knowledge = k;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    en_arena_free(&knowledge_arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_now_names_what_it_rests_on),
        cmocka_unit_test(test_no_more_than_there_is),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
