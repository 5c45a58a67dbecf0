/* SPDX-License-Identifier: Apache-2.0
 * The specification of a trial: what is right is understood, what is wrong is refused at the place
 * where it stands, and all of it at once. */
#include "app/trial_spec.h"

#include "base/limits.h"
#include "base/text.h"

#include "support/check.h"

static struct en_arena arena = {.limit = 256 << 20};
static struct en_knowledge *knowledge;

#define INJECTION "{\"site_kind\": \"joint_space\", \"dextrose_percent\": 25, \"volume_ml\": 6}"
#define ARM                                                                                        \
    "{\"name\": \"a\", \"n\": 10, \"sessions_weeks\": [0, 4], \"injections\": [" INJECTION "]}"
#define NONE             "{\"name\": \"b\", \"n\": 10}"
/* A specification with arms and whatever else. */
#define SPEC(arms, more) "{\"condition\": \"oa_knee\", \"arms\": [" arms "]" more "}"
#define WITH(more)       SPEC(ARM ", " NONE, ", " more)

static enum en_status read_text(const char *text, struct en_trial_spec *out,
                                struct en_issues *issues)
{
    *issues = (struct en_issues){0};
    return en_trial_spec_read(knowledge, text, strlen(text), &arena, out, issues, NULL);
}

static void read_example(const char *name, struct en_trial_spec *out)
{
    struct en_buf bytes = EN_BUF(1 << 20);
    struct en_issues issues = {0};
    char path[512];

    (void)snprintf(path, sizeof path, "%s/examples/trials/%s.json", EN_SOURCE_ROOT, name);
    CHECK(en_buf_read_file(&bytes, path, NULL) == EN_OK);
    const enum en_status st =
        en_trial_spec_read(knowledge, en_buf_text(&bytes), bytes.size, &arena, out, &issues, NULL);

    for (size_t i = 0; i < issues.count; i++) {
        print_error("%s: %s\n", issues.items[i].path, issues.items[i].text);
    }
    CHECK(st == EN_OK);
    en_buf_free(&bytes);
}

/* The first problem of a text has this place and says this; nothing else is wrong. */
static void refused(const char *text, const char *pointer, const char *says)
{
    struct en_trial_spec spec;
    struct en_issues issues;

    if (read_text(text, &spec, &issues) != EN_EINVAL || issues.error_count != 1 ||
        !en_text_equal(issues.items[0].path, pointer) ||
        strstr(issues.items[0].text, says) == NULL) {
        print_error("%s\n  wanted %s: %s\n", text, pointer, says);
        for (size_t i = 0; i < issues.count; i++) {
            print_error("  got    %s: %s\n", issues.items[i].path, issues.items[i].text);
        }
        fail();
    }
}

/* The example of the documentation: three arms, five weeks, six outcomes, entry at a pain of 4. */
static void test_example_is_understood(void **state)
{
    static struct en_trial_spec spec;
    const struct en_trial *t = &spec.trial;

    (void)state;
    read_example("knee-oa", &spec);
    CHECK_TEXT(t->condition, "oa_knee");
    CHECK(t->arm_count == 3 && t->week_count == 5 && t->outcome_count == 6);
    CHECK(t->population.age_years.mean == 57.0 && t->population.bmi.sd == 6.0);
    CHECK(t->population.female == 0.64 && t->population.entry_nrs == 4.0);
    CHECK(t->population.entry_function == 0.0);
    CHECK(t->arms[0].n == 30 && t->arms[0].session_count == 5);
    CHECK(t->arms[0].sessions[0].day == 7.0 && !t->arms[0].sessions[2].is_as_needed);
    CHECK(t->arms[0].sessions[4].day == 119.0 && t->arms[0].sessions[4].is_as_needed);
    CHECK(t->arms[0].context == EN_CONTEXT_INJECTION && t->arms[0].change_count == 0);
    CHECK(t->arms[2].context == EN_CONTEXT_EXERCISE && t->arms[2].changes[0].stimulus == 1.3);
    CHECK(t->outcomes[2].measure == EN_TRIAL_RESPONDER_NRS && t->outcomes[2].threshold == 50.0);
    CHECK(t->outcomes[3].measure == EN_TRIAL_RESPONDER_WOMAC && t->outcomes[3].threshold == 12.0);
    CHECK(t->seed == 1 && t->patients == EN_TRIAL_PATIENTS);
}

/* Concentration is weighted by volume: 6 mL of 25 % and 7.5 mL of 15 % make 19.44 %. Saline holds
 * none. The joint of one point takes its usual 6 mL, so its coverage is hit times fill. */
static void test_injections_become_exposure(void **state)
{
    static struct en_trial_spec spec;

    (void)state;
    read_example("knee-oa", &spec);
    const struct en_trial_session *dextrose = &spec.trial.arms[0].sessions[0];
    const struct en_trial_session *saline = &spec.trial.arms[1].sessions[0];

    CHECK_NEAR(dextrose->dextrose_percent, (6.0 * 25.0 + 7.5 * 15.0) / 13.5, 1e-12);
    CHECK(saline->dextrose_percent == 0.0);
    CHECK(saline->coverage > 0.0 && saline->coverage < 0.7);
    CHECK(dextrose->coverage > 0.0 && dextrose->coverage < 1.0);
    CHECK(dextrose->needle == 1.0);
}

/* Ultrasound finds more targets than landmarks, and half the volume fills less. */
static void test_guidance_and_volume_change_the_coverage(void **state)
{
    static const char *const TEXTS[] = {"\"volume_ml\": 6, \"guidance\": \"ultrasound\"",
                                        "\"volume_ml\": 6, \"guidance\": \"landmark\"",
                                        "\"volume_ml\": 3, \"guidance\": \"landmark\""};
    static struct en_trial_spec spec;
    double coverage[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct en_issues issues;
        char text[512];

        (void)snprintf(text, sizeof text,
                       SPEC("{\"name\": \"a\", \"n\": 10, \"sessions_weeks\": [0], \"injections\": "
                            "[{\"site_kind\": \"joint_space\", \"dextrose_percent\": 25, %s}]}",
                            ""),
                       TEXTS[i]);
        CHECK(read_text(text, &spec, &issues) == EN_OK);
        coverage[i] = spec.trial.arms[0].sessions[0].coverage;
    }
    CHECK(coverage[0] > coverage[1] && coverage[1] > coverage[2]);
}

/* A crossover's arms are its sequences: the second treatment's weeks count from the crossing. */
static void test_crossover_makes_sequences(void **state)
{
    static struct en_trial_spec spec;
    const struct en_trial_arm *arms = spec.trial.arms;

    (void)state;
    read_example("crossover", &spec);
    CHECK(spec.trial.arm_count == 2 && spec.crossover_week == 16.0);
    CHECK_TEXT(arms[0].name, "dextrose and exercise, then exercise");
    CHECK(arms[0].session_count == 4 && arms[1].session_count == 4);
    CHECK(arms[0].sessions[3].day == 84.0 && arms[1].sessions[0].day == 112.0);
    CHECK(arms[0].context == EN_CONTEXT_BOTH && arms[1].context == EN_CONTEXT_BOTH);
    CHECK(arms[0].change_count == 2 && arms[0].changes[1].day == 112.0);
}

/* A planned trial names its arm, its outcome and its week; both entry thresholds count. */
static void test_planned_trial_has_a_question(void **state)
{
    static struct en_trial_spec spec;

    (void)state;
    read_example("planned", &spec);
    CHECK(spec.has_question && spec.question.arm == 0 && spec.question.week == 1);
    CHECK(spec.question.power == 0.8 && spec.question.n_max == 200);
    CHECK(spec.trial.population.entry_nrs == 5.0 && spec.trial.population.entry_function == 30.0);
}

static void test_other_examples_are_understood(void **state)
{
    static struct en_trial_spec spec;

    (void)state;
    read_example("tennis-elbow", &spec);
    read_example("low-back-pain", &spec);
}

/* What is absent has a default: weeks of the policy, pain and function, seed 1. */
static void test_what_is_absent_has_a_default(void **state)
{
    static struct en_trial_spec spec;
    struct en_issues issues;

    (void)state;
    CHECK(read_text(SPEC(ARM ", " NONE, ""), &spec, &issues) == EN_OK);
    CHECK(spec.trial.week_count > 2 && spec.trial.outcome_count == 2);
    CHECK(spec.trial.arms[1].context == EN_CONTEXT_NONE);
    CHECK(!spec.has_question && isnan(spec.crossover_week));
}

/* The table's row of the condition, else that of any condition: knee osteoarthritis has its own age
 * and takes the share of smokers of all. What the specification says stands above both. */
static void test_population_comes_from_the_table(void **state)
{
    static struct en_trial_spec spec;
    struct en_issues issues;
    const struct en_row *own = en_row_find(knowledge, "population", "oa_knee.age_mean");
    const struct en_row *any = en_row_find(knowledge, "population", "any.smoker");

    (void)state;
    CHECK(own != NULL && any != NULL);
    CHECK(read_text(WITH("\"population\": {\"bmi\": [33, 2]}"), &spec, &issues) == EN_OK);
    CHECK(spec.trial.population.age_years.mean == en_cell_number(own, "value"));
    CHECK(spec.trial.population.smoker == en_cell_number(any, "value"));
    CHECK(spec.trial.population.bmi.mean == 33.0 && spec.trial.population.bmi.sd == 2.0);
}

/* Every quantity of the table is one that the reader knows: "any" holds each of them once. */
static void test_population_table_is_read_whole(void **state)
{
    const struct en_table *t = en_table_get(knowledge, "population");
    const size_t numbers = sizeof(struct en_population) / sizeof(double);
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < t->row_count; i++) {
        count += en_text_starts(en_cell(&t->rows[i], "id"), "any.") ? 1 : 0;
    }
    CHECK(count == numbers);
}

/* The model knows adults: the defaults of a disease of children are refused, and where they are. */
static void test_refuses_children(void **state)
{
    (void)state;
    refused("{\"condition\": \"osgood_schlatter\", \"arms\": [" NONE "]}", "/population",
            "age_years.mean");
}

/* The whole: its keys, its condition, its arms. */
static void test_refuses_a_wrong_whole(void **state)
{
    (void)state;
    refused("[]", "", "an object");
    refused("{\"condition\": \"oa_knee\"}", "", "\"arms\" is missing");
    refused("{\"arms\": [" ARM "]}", "", "\"condition\" is missing");
    refused(SPEC("", ""), "/arms", "1 to 8 values are expected, not 0");
    refused("{\"condition\": \"oa_kne\", \"arms\": [" ARM "]}", "/condition",
            "did you mean \"oa_knee\"?");
    refused(WITH("\"obsrve_weeks\": [4]"), "/obsrve_weeks", "did you mean \"observe_weeks\"?");
    refused(WITH("\"a/b~c\": 1"), "/a~1b~0c", "there is no such key");
    refused(WITH("\"patients\": 99"), "/patients", "100 to");
    refused(WITH("\"patients\": 1000.5"), "/patients", "whole number");
    refused(WITH("\"seed\": -1"), "/seed", "whole number from 0");
    refused(WITH("\"name\": \"\""), "/name", "1 to 80 bytes");
    refused(WITH("\"name\": \"a\\u0007\""), "/name", "control characters");
}

/* Grammar is checked before anything else, with line and column. */
static void test_refuses_what_is_no_json(void **state)
{
    struct en_trial_spec spec;
    struct en_issues issues;

    (void)state;
    CHECK(read_text("{\"condition\": \"oa_knee\",}", &spec, &issues) == EN_EINVAL);
    CHECK_CONTAINS(issues.items[0].text, "line 1, column 25");
    CHECK(read_text("{\"n\": NaN}", &spec, &issues) == EN_EINVAL);
    CHECK(read_text("{\"seed\": 1, \"seed\": 2}", &spec, &issues) == EN_EINVAL);
    CHECK_CONTAINS(issues.items[0].text, "twice");
}

static void test_refuses_wrong_arms(void **state)
{
    (void)state;
    refused(SPEC("{\"name\": \"a\", \"n\": 0}", ""), "/arms/0/n", "whole number from 1");
    refused(SPEC("{\"name\": \"a\"}", ""), "/arms/0", "\"n\" is missing");
    refused(SPEC("{\"n\": 5}", ""), "/arms/0", "\"name\" is missing");
    refused(SPEC(NONE ", " NONE, ""), "/arms/1/name", "arm 0 has this name");
    refused(SPEC("7", ""), "/arms/0", "an object");
    refused(SPEC("{\"name\": \"a\", \"n\": 5, \"context\": \"magic\"}", ""), "/arms/0/context",
            "none, injection, exercise, both");
    refused(SPEC("{\"name\": \"a\", \"n\": 5, \"rehabilitation\": 11}", ""),
            "/arms/0/rehabilitation", "0 to 10");
    refused(SPEC("{\"name\": \"a\", \"n\": 5, \"sessions_weeks\": [1]}", ""), "/arms/0",
            "sessions need \"injections\"");
    refused(SPEC("{\"name\": \"a\", \"n\": 5, \"injections\": [" INJECTION "]}", ""), "/arms/0",
            "injections need \"sessions_weeks\"");
    refused(SPEC("{\"name\": \"a\", \"n\": 5, \"sessions_weeks\": [1, 5, 5], \"injections\": "
                 "[" INJECTION "]}",
                 ""),
            "/arms/0/sessions_weeks/2", "weeks must ascend");
    refused(SPEC("{\"name\": \"a\", \"n\": 5, \"sessions_weeks\": [1, 5], \"as_needed_weeks\": "
                 "[5], \"injections\": [" INJECTION "]}",
                 ""),
            "/arms/0/as_needed_weeks", "week 5 is one of sessions_weeks");
}

#define INJECTED(injection)                                                                        \
    SPEC("{\"name\": \"a\", \"n\": 5, \"sessions_weeks\": [0], \"injections\": [" injection "]}",  \
         "")

static void test_refuses_impossible_doses(void **state)
{
    (void)state;
    refused(
        INJECTED("{\"site_kind\": \"joint_space\", \"dextrose_percent\": 51, \"volume_ml\": 6}"),
        "/arms/0/injections/0/dextrose_percent", "0 to 50");
    refused(INJECTED("{\"site_kind\": \"ligament\", \"dextrose_percent\": 15, \"volume_ml\": 11}"),
            "/arms/0/injections/0/volume_ml", "0.01 to 10");
    refused(INJECTED("{\"site_kind\": \"ligament\", \"dextrose_percent\": 15, \"volume_ml\": 5, "
                     "\"points\": 13}"),
            "/arms/0/injections", "hold 65 mL, and at most 60 mL");
    refused(INJECTED("{\"site_kind\": \"ligamnt\", \"dextrose_percent\": 15, \"volume_ml\": 1}"),
            "/arms/0/injections/0/site_kind", "ligament");
    refused(INJECTED("{\"site_kind\": \"ligament\", \"volume_ml\": 1}"), "/arms/0/injections/0",
            "\"dextrose_percent\" is missing");
    refused(INJECTED("{\"site_kind\": \"ligament\", \"dextrose_percent\": 15, \"volume_ml\": 1, "
                     "\"guidance\": \"radar\"}"),
            "/arms/0/injections/0/guidance", "landmark, ultrasound, fluoroscopy, ct");
    refused(INJECTED("{\"site_kind\": \"joint_space\", \"dextrose_percent\": 15, \"volume_ml\": 1, "
                     "\"guidance\": \"ct\"}"),
            "/arms/0/injections/0/guidance", "placement.tsv has no row");
    refused(INJECTED("{\"site_kind\": \"ligament\", \"dextrose_percent\": 15, \"volume_ml\": 1, "
                     "\"points\": 0}"),
            "/arms/0/injections/0/points", "whole number from 1");
    refused(INJECTED(INJECTION ", 5"), "/arms/0/injections/1", "an object");
}

static void test_refuses_a_wrong_population(void **state)
{
    (void)state;
    refused(WITH("\"population\": {\"age\": 57}"), "/population/age", "[mean, standard deviation]");
    refused(WITH("\"population\": {\"age\": [17, 8]}"), "/population/age/0", "18 to 100");
    refused(WITH("\"population\": {\"age\": [57, -1]}"), "/population/age/1", "0 to");
    refused(WITH("\"population\": {\"female\": 64}"), "/population/female", "0 to 1");
    refused(WITH("\"population\": {\"baseline_nrs\": [11, 1]}"), "/population/baseline_nrs/0",
            "0.5 to 10");
    refused(WITH("\"population\": {\"entry\": \"pain > 4\"}"), "/population/entry", "a threshold");
    refused(WITH("\"population\": {\"entry\": \"nrs >= 4 or womac >= 3\"}"), "/population/entry",
            "a threshold");
    refused(WITH("\"population\": {\"entry\": \"nrs >= 14\"}"), "/population/entry", "0 to 10");
    refused(WITH("\"population\": {\"femal\": 0.6}"), "/population/femal",
            "did you mean \"female\"?");
}

static void test_refuses_wrong_questions(void **state)
{
    (void)state;
    refused(WITH("\"observe_weeks\": [4, 2]"), "/observe_weeks/1", "weeks must ascend");
    refused(WITH("\"observe_weeks\": []"), "/observe_weeks", "1 to 16 values");
    refused(WITH("\"observe_weeks\": [\"4\"]"), "/observe_weeks/0", "a number is expected");
    refused(WITH("\"outcomes\": [\"nrs_chnge\"]"), "/outcomes/0", "did you mean \"nrs_change\"?");
    refused(WITH("\"outcomes\": [\"responder_nrs_0\"]"), "/outcomes/0", "no such outcome");
    refused(WITH("\"outcomes\": [\"happiness\"]"), "/outcomes/0", "responder_nrs_PERCENT");
    refused(WITH("\"power\": {\"arm\": \"c\"}"), "/power/arm", "no such arm");
    refused(WITH("\"power\": {\"control\": \"a\"}"), "/power/control", "last arm");
    refused(WITH("\"power\": {\"week\": 3}, \"observe_weeks\": [4]"), "/power/week",
            "observe_weeks");
    refused(WITH("\"power\": {\"outcome\": \"womac\"}"), "/power/outcome", "nrs_change");
    refused(WITH("\"power\": {\"power\": 1}"), "/power/power", "0.5 to 0.99");
    refused(WITH("\"power\": {\"alpha\": 0.1}"), "/power/alpha", "0.05");
    refused(WITH("\"power\": {\"n_max\": 15}"), "/power/n_max", "16 to 2000");
    refused(SPEC(ARM, ", \"power\": {}"), "/power", "before the last");
    refused(WITH("\"crossover\": {\"week\": 8, \"sequences\": [[\"a\", \"c\"]]}"),
            "/crossover/sequences/0/1", "no such arm");
    refused(WITH("\"crossover\": {\"week\": 8, \"sequences\": [[\"a\"]]}"),
            "/crossover/sequences/0", "two names");
    refused(WITH("\"crossover\": {\"sequences\": [[\"a\", \"b\"]]}"), "/crossover",
            "\"week\" is missing");
}

/* All problems of a text in one answer, in the order of its parts. */
static void test_tells_all_problems_at_once(void **state)
{
    struct en_trial_spec spec;
    struct en_issues issues;

    (void)state;
    CHECK(read_text("{\"condition\": \"knee\", \"population\": {\"female\": 2}, \"arms\": "
                    "[{\"name\": \"a\", \"n\": 0}], \"observe_weeks\": [2, 1]}",
                    &spec, &issues) == EN_EINVAL);
    CHECK(issues.error_count == 4);
    CHECK_TEXT(issues.items[0].path, "/condition");
    CHECK_TEXT(issues.items[1].path, "/population/female");
    CHECK_TEXT(issues.items[2].path, "/arms/0/n");
    CHECK_TEXT(issues.items[3].path, "/observe_weeks/1");
}

static int setup(void **state)
{
    (void)state;
    return en_knowledge_load(NULL, &arena, &knowledge, NULL) == EN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example_is_understood),
        cmocka_unit_test(test_injections_become_exposure),
        cmocka_unit_test(test_guidance_and_volume_change_the_coverage),
        cmocka_unit_test(test_crossover_makes_sequences),
        cmocka_unit_test(test_planned_trial_has_a_question),
        cmocka_unit_test(test_other_examples_are_understood),
        cmocka_unit_test(test_what_is_absent_has_a_default),
        cmocka_unit_test(test_population_comes_from_the_table),
        cmocka_unit_test(test_population_table_is_read_whole),
        cmocka_unit_test(test_refuses_children),
        cmocka_unit_test(test_refuses_a_wrong_whole),
        cmocka_unit_test(test_refuses_what_is_no_json),
        cmocka_unit_test(test_refuses_wrong_arms),
        cmocka_unit_test(test_refuses_impossible_doses),
        cmocka_unit_test(test_refuses_a_wrong_population),
        cmocka_unit_test(test_refuses_wrong_questions),
        cmocka_unit_test(test_tells_all_problems_at_once),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
