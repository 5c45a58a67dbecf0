/* SPDX-License-Identifier: Apache-2.0
 * The operations on the example cases: what the command line shows is tested as transcripts; here
 * stand the promises that hold for every case. */
#include "app/app.h"

#include "base/limits.h"
#include "base/text.h"

#include "support/check.h"

#include <json-c/json_object.h>
#include <stdlib.h>

static struct en_arena knowledge_arena = {.limit = 256 << 20};
static struct en_app app;

static void read_example(const char *name, struct en_buf *out)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/examples/%s.json", EN_SOURCE_ROOT, name);
    CHECK(en_buf_read_file(out, path, NULL) == EN_OK);
}

/* Plan an example with the options given; its memory lives in the arena. */
static enum en_status plan(const char *name, const struct en_plan_request *request,
                           struct en_arena *a, struct en_plan_answer *out, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues = {0};
    struct en_case c;

    read_example(name, &bytes);
    enum en_status st = en_app_case(&app, en_buf_text(&bytes), bytes.size, a, &c, &issues, err);

    en_buf_free(&bytes);
    if (st == EN_OK) {
        st = en_app_plan(&app, &c, request, a, out, err);
    }
    return st;
}

static struct en_plan_request request_of(void)
{
    return (struct en_plan_request){
        .options = {.start = EN_DAY_UNKNOWN}, .patients = 64, .seed = 1, .threads = 1};
}

static int setup(void **state)
{
    struct en_knowledge *k = NULL;

    (void)state;
    CHECK(en_knowledge_load(NULL, &knowledge_arena, &k, NULL) == EN_OK);
    app.knowledge = k;
    return en_date_parse("2026-03-02", &app.today, NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&knowledge_arena);
    return 0;
}

static const char *const ISSUED[] = {
    "cases/knee-oa",    "cases/tennis-elbow", "cases/achilles",          "cases/plantar-fascia",
    "cases/sacroiliac", "cases/rotator-cuff", "cases/ankle-instability", "cases/finger-oa",
};

static const char *const BLOCKED[] = {
    "cases/hot-joint",      "cases/cervical-without-privilege",
    "cases/inr-deep-site",  "cases/corn-allergy",
    "cases/unknown-weight", "cases/pregnancy-fluoroscopy",
    "cases/cauda-equina",   "cases/prosthetic-joint",
    "cases/complete-tear",  "cases/all-pains",
    "cases/herpes-at-site",
};

/* An issued plan is complete: sites, mixes that can be made, dates in order, a known load within
 * the maximum, a forecast that starts with the plan's own sessions. */
static void test_issued_plans_can_be_carried_out(void **state)
{
    const struct en_plan_request request = request_of();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ISSUED); i++) {
        struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
        struct en_plan_answer p;

        CHECK(plan(ISSUED[i], &request, &a, &p, NULL) == EN_OK);
        CHECK(p.is_issued && p.plan.site_count > 0 && p.plan.session_count > 0);
        CHECK(p.plan.totals.load >= 0.0 && p.plan.totals.load <= 1.0);
        for (size_t m = 0; m < p.plan.mix_count; m++) {
            CHECK(p.plan.mixes[m].mix.is_possible);
            CHECK(p.plan.mixes[m].mix.volume_ml >= p.plan.mixes[m].needed_ml - 1e-9);
            CHECK(fabs(p.plan.mixes[m].mix.dextrose_deviation) <= 0.05);
        }
        for (size_t s = 1; s < p.plan.session_count; s++) {
            CHECK(p.plan.sessions[s].day - p.plan.sessions[s - 1].day >= 7);
        }
        CHECK(p.forecast != NULL);
        CHECK(p.forecast->request.arms[0].session_count > 0);
        CHECK(p.forecast->request.arms[1].sessions[0].dextrose_percent == 0.0);
        en_arena_free(&a);
    }
}

/* Who may not be treated gets no plan and no forecast, whatever the reason. */
static void test_blocked_cases_get_no_plan(void **state)
{
    const struct en_plan_request request = request_of();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BLOCKED); i++) {
        struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
        struct en_plan_answer p;

        CHECK(plan(BLOCKED[i], &request, &a, &p, NULL) == EN_OK);
        CHECK(!p.is_issued && p.forecast == NULL);
        CHECK(!en_app_allows(p.assessment.verdict));
        en_arena_free(&a);
    }
}

/* The coverage comes from the table of placement: ultrasound reaches more than landmarks, and no
 * share is outside 0 .. 1. */
static void test_guidance_changes_the_coverage(void **state)
{
    struct en_plan_request request = request_of();
    double coverage[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
        struct en_plan_answer p;

        request.options.guidance = i == 0 ? "LM" : "US";
        CHECK(plan("cases/plantar-fascia", &request, &a, &p, NULL) == EN_OK);
        coverage[i] = p.forecast->request.arms[0].sessions[0].coverage;
        CHECK(coverage[i] > 0.0 && coverage[i] < 1.0);
        en_arena_free(&a);
    }
    CHECK(coverage[1] > coverage[0]);
}

/* The forecast is asked for the condition where a controlled trial speaks of it; otherwise for
 * none, and the average over conditions stands for it. Scores regress towards those of people with
 * the condition. */
static void test_conditions_without_trials_are_not_named(void **state)
{
    static const struct {
        const char *name, *condition;
        double population_nrs;
    } CASES[] = {
        {"cases/knee-oa", "oa_knee", 5.5},
        {"cases/tennis-elbow", "lateral_epicondylalgia", 6.8},
        {"cases/plantar-fascia", "heel_spur_plantar_fasciopathy", 7.5},
        {"cases/finger-oa", "", 5.5},
    };
    const struct en_plan_request request = request_of();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
        struct en_plan_answer p;

        CHECK(plan(CASES[i].name, &request, &a, &p, NULL) == EN_OK);
        CHECK_TEXT(p.forecast->request.condition, CASES[i].condition);
        CHECK_NEAR(p.forecast->request.population_nrs, CASES[i].population_nrs, 1e-12);
        /* Of gluteal tendons there are series without a control alone. */
        struct en_forecast_request series;

        p.plan.condition = en_row_find(app.knowledge, "conditions", "tendinopathy_gluteal");
        CHECK(en_app_forecast_request(&app, &p.c, &p.plan, &request, &a, &series, NULL) == EN_OK);
        CHECK_TEXT(series.condition, "");
        CHECK_NEAR(series.population_nrs, 8.0, 1e-12);
        en_arena_free(&a);
    }
}

/* A blocked case too is answered as a Bundle, and the name of the patient stays out of it. */
static void test_bundles_are_written_for_every_case(void **state)
{
    const struct en_plan_request request = request_of();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ISSUED) + EN_COUNT(BLOCKED); i++) {
        const char *name = i < EN_COUNT(ISSUED) ? ISSUED[i] : BLOCKED[i - EN_COUNT(ISSUED)];
        struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
        struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
        struct en_issues issues = {0};
        struct json_object *tree = NULL;
        struct en_plan_answer p;

        CHECK(plan(name, &request, &a, &p, NULL) == EN_OK);
        CHECK(en_app_plan_bundle(&app, &p, &a, &json, NULL) == EN_OK);
        CHECK(en_json_read(en_buf_text(&json), json.size, &a, &tree, &issues, NULL) == EN_OK);
        CHECK(en_fhir_validate(tree, &a, &issues, NULL) == EN_OK && issues.error_count == 0);
        CHECK(json_object_put(tree) == 1);
        CHECK_CONTAINS(en_buf_text(&json), p.is_issued ? "CarePlan" : "GuidanceResponse");
        en_buf_free(&json);
        en_arena_free(&a);
    }
}

/* STYLE: messages never hold patient data. Every option that can fail, with the patient's name,
 * identifier and birth date looked for in what is said. */
static void test_messages_hold_no_patient_data(void **state)
{
    static const struct en_plan_options WRONG[] = {
        {.start = EN_DAY_UNKNOWN, .sites = "XXX-1"},
        {.start = EN_DAY_UNKNOWN, .schedule = "no_such"},
        {.start = EN_DAY_UNKNOWN, .guidance = "XR"},
        {.start = EN_DAY_UNKNOWN, .anaesthetic = "cocaine"},
        {.start = EN_DAY_UNKNOWN, .target = 7},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
        struct en_plan_request request = request_of();
        struct en_plan_answer p;
        struct en_err err = {""};

        request.options = WRONG[i];
        CHECK(plan("cases/knee-oa", &request, &a, &p, &err) == EN_EINVAL);
        CHECK(err.text[0] != '\0');
        CHECK(strstr(err.text, "Synthetic") == NULL && strstr(err.text, "SYN-01") == NULL);
        CHECK(strstr(err.text, "1968") == NULL);
        en_arena_free(&a);
    }
}

/* Memory ends at any point: a status and a text, never a crash and never half an answer. */
static void test_plan_survives_every_memory_ceiling(void **state)
{
    const struct en_plan_request request = request_of();
    bool was_enough = false;

    (void)state;
    for (size_t limit = 1 << 12; !was_enough; limit += limit / 3) {
        struct en_arena a = EN_ARENA(limit);
        struct en_plan_answer p;
        struct en_err err = {""};
        const enum en_status st = plan("cases/knee-oa", &request, &a, &p, &err);

        CHECK(st == EN_OK || st == EN_ENOMEM || st == EN_ELIMIT);
        CHECK(st == EN_OK || err.text[0] != '\0');
        was_enough = st == EN_OK && p.is_issued && p.forecast != NULL;
        CHECK(limit < EN_REQUEST_ARENA);
        en_arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_issued_plans_can_be_carried_out),
        cmocka_unit_test(test_blocked_cases_get_no_plan),
        cmocka_unit_test(test_guidance_changes_the_coverage),
        cmocka_unit_test(test_conditions_without_trials_are_not_named),
        cmocka_unit_test(test_bundles_are_written_for_every_case),
        cmocka_unit_test(test_messages_hold_no_patient_data),
        cmocka_unit_test(test_plan_survives_every_memory_ceiling),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
