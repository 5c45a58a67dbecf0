/* SPDX-License-Identifier: Apache-2.0
 * The console's answer holds the very numbers of the plan, and nothing to carry out of a plan that
 * the verdict blocks. */
#include "app/console.h"

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
    struct en_plan_request request;
    struct en_plan_answer answer;
    struct json_object *json;
};

static void open_scene(struct scene *s, const char *name)
{
    struct en_buf bytes = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues = {0};
    char path[512];

    *s = (struct scene){
        .a = EN_ARENA(EN_REQUEST_ARENA),
        .request = {.options = {.start = EN_DAY_UNKNOWN}, .patients = 64, .seed = 1, .threads = 1}};
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

/* Plan, write, read back as strict JSON. */
static void ask(struct scene *s)
{
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};

    CHECK(en_app_plan(&app, &s->c, &s->request, &s->a, &s->answer, NULL) == EN_OK);
    CHECK(en_app_console(&app, &s->answer, &s->request, &s->a, &json, NULL) == EN_OK);
    CHECK(en_json_read(en_buf_text(&json), json.size, &s->a, &s->json, &issues, NULL) == EN_OK);
    en_buf_free(&json);
}

static struct json_object *at(struct json_object *tree, const char *key)
{
    struct json_object *found = en_json_get(tree, key);

    CHECK(found != NULL);
    return found;
}

static double number(struct json_object *tree, const char *key)
{
    return json_object_get_double(at(tree, key));
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

/* One band: five quantiles and the chance, rounded as they are written. */
static void check_band(struct json_object *band, const struct en_band *b)
{
    CHECK(en_json_count(band) == EN_QUANTILE_COUNT + 1);
    for (size_t i = 0; i < EN_QUANTILE_COUNT; i++) {
        CHECK(fabs(json_object_get_double(en_json_at(band, i)) - b->q[i]) < 0.000501);
    }
    CHECK(fabs(json_object_get_double(en_json_at(band, EN_QUANTILE_COUNT)) - b->mic_probability) <
          0.000501);
}

/* Every arm, outcome, hypothesis and week of the forecast is there with the forecast's numbers: the
 * page computes none of them. */
static void test_console_holds_every_band(void **state)
{
    static const char *const OUTCOMES[] = {"pain", "function"};
    static const char *const HYPOTHESES[] = {"H0", "H1", "H2", "H3", "mixed"};
    struct scene s;

    (void)state;
    open_scene(&s, "knee-oa");
    ask(&s);
    const struct en_forecast *f = s.answer.forecast;
    struct json_object *forecast = at(s.json, "forecast");

    CHECK(en_json_count(at(forecast, "weeks")) == f->request.week_count);
    CHECK(en_json_count(at(forecast, "arms")) == f->request.arm_count);
    for (size_t arm = 0; arm < f->request.arm_count; arm++) {
        struct json_object *x = en_json_at(at(forecast, "arms"), arm);

        CHECK_TEXT(en_json_text(x, "id"), f->request.arms[arm].id);
        for (size_t i = 0; i < EN_COUNT(OUTCOMES) * EN_COUNT(HYPOTHESES); i++) {
            const size_t o = i / EN_COUNT(HYPOTHESES), h = i % EN_COUNT(HYPOTHESES);
            struct json_object *bands = at(at(x, OUTCOMES[o]), HYPOTHESES[h]);

            CHECK(en_json_count(bands) == f->request.week_count);
            for (size_t w = 0; w < f->request.week_count; w++) {
                check_band(en_json_at(bands, w), &f->band[arm][o][h][w]);
            }
        }
    }
    close_scene(&s);
}

/* What comes with saline and with time is told beside the plan: the shares are of the plan's own
 * improvement, and the weights of the hypotheses sum to 1. */
static void test_console_tells_what_comes_without_dextrose(void **state)
{
    struct scene s;
    double sum = 0.0;

    (void)state;
    open_scene(&s, "knee-oa");
    ask(&s);
    struct json_object *forecast = at(s.json, "forecast");
    struct json_object *list = at(forecast, "improvement");
    const double whole = number(en_json_at(list, 0), "mean");

    CHECK(en_json_count(list) == 4 && whole > 0.0);
    for (size_t i = 0; i < 4; i++) {
        struct json_object *x = en_json_at(list, i);

        CHECK(fabs(number(x, "share_of_plan") - number(x, "mean") / whole) < 0.01);
    }
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        sum += number(en_json_at(at(forecast, "hypotheses"), h), "weight");
    }
    CHECK(fabs(sum - 1.0) < 0.001);
    close_scene(&s);
}

/* Sites with what lies beside them, mixes whose parts add up, doses against the maximum, dated
 * sessions with their gaps, evidence on both sides. */
static void test_console_holds_the_plan(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "knee-oa");
    s.request.without_forecast = true;
    s.request.options.dates = "2026-03-02; 2026-03-09; 2026-06-01";
    ask(&s);
    struct json_object *plan = at(s.json, "plan"), *condition = at(s.json, "condition");
    struct json_object *sessions = at(plan, "sessions"), *dose = at(s.json, "dose");

    CHECK(en_json_get(s.json, "forecast") == NULL);
    CHECK(en_json_count(at(plan, "sites")) == s.answer.plan.site_count);
    CHECK(en_json_text(condition, "evidence_for") != NULL);
    CHECK(en_json_text(condition, "evidence_against") != NULL);
    for (size_t i = 0; i < s.answer.plan.mix_count; i++) {
        struct json_object *mix = en_json_at(at(plan, "mixes"), i);
        double sum = 0.0;

        for (size_t p = 0; p < en_json_count(at(mix, "parts")); p++) {
            sum += number(en_json_at(at(mix, "parts"), p), "ml");
        }
        CHECK(fabs(sum - number(mix, "volume_ml")) < 0.02);
        CHECK(number(mix, "osmolarity_mosm_per_l") > 0.0);
    }
    CHECK(fabs(number(dose, "load") - s.answer.plan.totals.load) < 0.0001);
    CHECK_TEXT(en_json_text(dose, "state"), "within");
    CHECK(en_json_count(sessions) == 3);
    CHECK_TEXT(en_json_text(en_json_at(sessions, 1), "gap_state"), "shorter");
    CHECK_TEXT(en_json_text(en_json_at(sessions, 2), "gap_state"), "longer");
    close_scene(&s);
}

/* Each site that is offered names its row with source and approval; the structures at risk are
 * those of the atlas. */
static void test_console_names_structures_at_risk(void **state)
{
    struct scene s;
    size_t with_risk = 0;

    (void)state;
    open_scene(&s, "tennis-elbow");
    s.request.without_forecast = true;
    ask(&s);
    struct json_object *atlas = at(s.json, "atlas");

    CHECK(en_json_count(atlas) > 0);
    for (size_t i = 0; i < en_json_count(atlas); i++) {
        struct json_object *site = en_json_at(atlas, i);
        const struct en_row *row = en_row_find(app.knowledge, "atlas", en_json_text(site, "id"));

        CHECK(row != NULL);
        CHECK_TEXT(en_json_text(at(site, "from"), "row"), en_cell(row, "id"));
        CHECK(json_object_get_boolean(at(at(site, "from"), "is_approved")) ==
              (en_cell(row, "approved_by")[0] != '\0'));
        if (en_cell(row, "risks")[0] != '\0') {
            CHECK_TEXT(en_json_text(site, "risks"), en_cell(row, "risks"));
            with_risk++;
        }
    }
    CHECK(with_risk > 0);
    close_scene(&s);
}

/* SAFETY: what is blocked shows no mix, no date and no forecast, whatever blocks it; the reasons
 * are there, and other treatments unless a stop without override stands above them. */
static void test_console_of_a_blocked_plan_has_nothing_to_carry_out(void **state)
{
    static const char *const NAMES[] = {"hot-joint", "corn-allergy", "unknown-weight",
                                        "herpes-at-site", "complete-tear"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        struct scene s;

        open_scene(&s, NAMES[i]);
        ask(&s);
        CHECK(!json_object_get_boolean(at(s.json, "is_issued")));
        CHECK(en_json_get(s.json, "plan") == NULL && en_json_get(s.json, "forecast") == NULL);
        CHECK(en_json_count(at(s.json, "findings")) + en_json_count(at(s.json, "questions")) > 0);
        const char *severity = en_json_text(en_json_at(at(s.json, "findings"), 0), "severity");

        CHECK(severity != NULL && en_list_has("stop; defer; caution", severity));
        const bool has = en_json_count(en_json_get(s.json, "alternatives")) > 0;

        if (has == s.answer.assessment.has_stop_without_override) {
            fail_msg("%s: alternatives %d", NAMES[i], (int)has);
        }
        close_scene(&s);
    }
}

/* The options of a comparison: each that is a plan can be asked for, and the plan that comes of it
 * has its number of sessions. */
static void test_console_options_can_be_asked_for(void **state)
{
    struct en_optimise_request request = {
        .plan = {.options = {.start = EN_DAY_UNKNOWN}, .patients = 32, .seed = 1, .threads = 1}};
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};
    struct en_optimise *found;
    struct scene s;
    size_t plans = 0, preferred = 0;

    (void)state;
    open_scene(&s, "tennis-elbow");
    found = EN_NEW(&s.a, struct en_optimise, 1);
    CHECK(en_app_optimise(&app, &s.c, &request, &s.a, found, NULL) == EN_OK);
    CHECK(en_app_console_options(&app, found, &s.a, &json, NULL) == EN_OK);
    CHECK(en_json_read(en_buf_text(&json), json.size, &s.a, &s.json, &issues, NULL) == EN_OK);
    struct json_object *options = at(s.json, "options");

    CHECK(en_json_count(options) == found->candidates.count);
    for (size_t i = 0; i < en_json_count(options); i++) {
        struct json_object *x = en_json_at(options, i), *asked = en_json_get(x, "asked");
        const struct en_search_result *r = &found->search.results[i];

        CHECK(fabs(number(x, "benefit") - r->benefit) < 0.000501);
        CHECK(fabs(number(x, "burden") - r->burden) < 0.000501);
        preferred += json_object_get_boolean(at(x, "is_preferred")) ? 1 : 0;
        CHECK((asked != NULL) == (found->candidates.items[i].kind == EN_CANDIDATE_PLAN));
        if (asked != NULL) {
            CHECK((int)number(asked, "sessions") == found->candidates.items[i].sessions);
            plans++;
        }
    }
    CHECK(plans > 0 && preferred == 1);
    CHECK(en_json_count(at(s.json, "said")) > 0);
    en_buf_free(&json);
    close_scene(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_console_holds_every_band),
        cmocka_unit_test(test_console_tells_what_comes_without_dextrose),
        cmocka_unit_test(test_console_holds_the_plan),
        cmocka_unit_test(test_console_names_structures_at_risk),
        cmocka_unit_test(test_console_of_a_blocked_plan_has_nothing_to_carry_out),
        cmocka_unit_test(test_console_options_can_be_asked_for),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
