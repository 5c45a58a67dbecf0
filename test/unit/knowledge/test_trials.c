/* SPDX-License-Identifier: Apache-2.0
 * The tables of published trials: they can be simulated, they keep what is uncertain apart, and the
 * known traps of the printed numbers are avoided. */
#include "base/text.h"
#include "knowledge/knowledge.h"

#include "small.h"

static struct en_arena arena = {.limit = 64 << 20};
static struct en_knowledge *k;

static int load(void **state)
{
    (void)state;
    return en_knowledge_load(NULL, &arena, &k, NULL) == EN_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

static void check_row(const struct en_row *row, bool is_right, const char *what)
{
    if (row == NULL || !is_right) {
        print_error("%s: %s\n", row == NULL ? "no row" : en_cell(row, "id"), what);
        fail();
    }
}

static bool is_used(const struct en_row *row, const char *use)
{
    return strcmp(en_cell(row, "use"), use) == 0;
}

static const struct en_row *arm_of(const struct en_row *result)
{
    return en_row_find(k, "trial_arms", en_cell(result, "arm"));
}

static const struct en_row *study_of(const struct en_row *result)
{
    return en_row_find(k, "trials", en_cell(arm_of(result), "study"));
}

/* Ids nest, so that a reader of an id knows its arm and study, and a contrast stays within a study;
 * the loader has already found every row that is named. */
static void test_trials_ids_nest(void **state)
{
    const struct en_table *arms = en_table_get(k, "trial_arms");
    const struct en_table *results = en_table_get(k, "trial_results");

    (void)state;
    for (size_t i = 0; i < arms->row_count; i++) {
        const struct en_row *row = &arms->rows[i];
        const char *study = en_cell(row, "study");

        check_row(row, en_text_starts(en_cell(row, "id"), study), "not under its study");
        check_row(row, en_cell(row, "id")[strlen(study)] == '.', "not under its study");
    }
    for (size_t i = 0; i < results->row_count; i++) {
        const struct en_row *row = &results->rows[i];
        const char *versus = en_cell(row, "versus");

        check_row(row, en_text_starts(en_cell(row, "id"), en_cell(row, "arm")),
                  "not under its arm");
        check_row(row,
                  versus[0] == '\0' ||
                      strcmp(en_cell(en_row_find(k, "trial_arms", versus), "study"),
                             en_cell(study_of(row), "id")) == 0,
                  "a contrast of two studies");
    }
}

/* A study takes part exactly when one of its results does, or the table would say two things. */
static void test_trials_use_agrees(void **state)
{
    const struct en_table *studies = en_table_get(k, "trials");
    const struct en_table *results = en_table_get(k, "trial_results");

    (void)state;
    for (size_t i = 0; i < studies->row_count; i++) {
        const struct en_row *study = &studies->rows[i];
        bool is_live = false;

        for (size_t r = 0; r < results->row_count; r++) {
            is_live |= study_of(&results->rows[r]) == study && !is_used(&results->rows[r], "show");
        }
        check_row(study, is_live == is_used(study, "fit"), "use is not that of its results");
        check_row(study, is_live || en_cell(study, "reason")[0] != '\0', "no reason");
    }
}

/* Only arms that the program can simulate are fitted, and a pool or a series is known as one. */
static void test_trials_fit_can_be_simulated(void **state)
{
    const struct en_table *results = en_table_get(k, "trial_results");
    size_t fitted = 0, controlled = 0;

    (void)state;
    for (size_t i = 0; i < results->row_count; i++) {
        const struct en_row *row = &results->rows[i], *arm = arm_of(row), *study = study_of(row);
        const char *kind = en_cell(arm, "kind"), *design = en_cell(study, "design");
        const bool has_needle = strcmp(kind, "dextrose") == 0 || strcmp(kind, "injection") == 0;

        if (!is_used(row, "fit")) {
            continue;
        }
        fitted++;
        controlled += strcmp(design, "rct") == 0 || strcmp(design, "crossover") == 0;
        check_row(row, strcmp(kind, "other") != 0, "not simulated");
        check_row(row, en_cell(study, "condition")[0] != '\0', "no condition");
        check_row(arm, has_needle == (en_cell(arm, "injections")[0] != '\0'), "injections");
        check_row(arm, has_needle == (en_cell(arm, "sessions_weeks")[0] != '\0'), "sessions");
        check_row(
            row, strcmp(en_cell(row, "verified"), "yes") != 0 || en_cell(row, "assumed")[0] == '\0',
            "verified, yet assumed");
    }
    CHECK(fitted >= 100 && 2 * controlled > fitted);
}

static double number(const char *id, const char *column)
{
    const struct en_row *row = en_row_find(k, "trial_results", id);

    CHECK(row != NULL);
    return en_cell_number(row, column);
}

/* Trap: this trial's scale has higher = better and its printed spreads are standard errors. */
static void test_trials_turn_the_wisconsin_scale(void **state)
{
    (void)state;
    CHECK_NEAR(number("RABAGO2013.dextrose.function.w52", "change"), -15.32, 1e-9);
    CHECK_NEAR(number("RABAGO2013.dextrose.function.w52", "change_se"), 3.32, 1e-9);
    CHECK_NEAR(number("RABAGO2013.dextrose.function.w52", "change_sd"), 3.32 * sqrt(26), 0.01);
    CHECK_NEAR(number("RABAGO2013.saline.function.w52", "change"), -7.59, 1e-9);
    CHECK_NEAR(number("RABAGO2013.exercise.function.w52", "change"), -8.24, 1e-9);
    CHECK_NEAR(number("RABAGO2013.dextrose.function.w5", "baseline"), 100 - 63.1, 1e-9);
    CHECK_NEAR(number("RABAGO2013.dextrose.pain.w52", "change"), -1.418, 1e-9);
}

/* Trap: a score of 0 to 96, lower = better, is stretched, and the second period of the crossover
 * counts from its own start. */
static void test_trials_stretch_and_keep_periods(void **state)
{
    (void)state;
    CHECK_NEAR(number("DUMAIS2012.injections_first.function.w16", "change"), -21.8 / 0.96, 0.01);
    CHECK_NEAR(number("DUMAIS2012.exercise_first.function-second.w36", "change"), -9.3 / 0.96,
               0.01);
    CHECK_NEAR(number("DUMAIS2012.exercise_first.function-second.w36", "from_week"), 20, 0);
    CHECK_TEXT(en_cell(en_row_find(k, "trial_arms", "DUMAIS2012.exercise_first"), "sessions_weeks"),
               "20; 24; 28; 32");
}

/* Traps: spreads that are impossible or of another kind than printed are replaced and named. */
static void test_trials_name_replaced_spreads(void **state)
{
    static const char *const IDS[] = {
        "LBP_Dechow1999.p2g.pain.w26", "LBP_Dechow1999.control.function.w4",
        "LE_Rabago2013.dextrose.function.w16", "VOMER2023.dextrose.pain.w13"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(IDS); i++) {
        const struct en_row *row = en_row_find(k, "trial_results", IDS[i]);

        CHECK(row != NULL);
        check_row(row, en_list_has(en_cell(row, "assumed"), "change_sd"), "the spread is assumed");
    }
    CHECK(isnan(number("LBP_Dechow1999.p2g.pain.w26", "baseline_sd")));
    CHECK_NEAR(number("LBP_Dechow1999.p2g.pain.w26", "change_sd"), 2.5, 1e-9);
    CHECK_NEAR(number("LE_Rabago2013.dextrose.function.w16", "change_sd"), 9.6, 1e-9);
}

/* Trap: series of proponents, contradictory papers and mixed pain are never weighed. */
static void test_trials_never_weigh_upper_bounds(void **state)
{
    static const char *const STARTS[] = {
        "MIX_",    "HIP_Hauser", "NECK_Hauser",        "ACH_Lyftogt",
        "LE_JCCP", "HSIEH2022",  "LE_CONTROL_Coombes", "RABAGO2013_MRI"};
    const struct en_table *results = en_table_get(k, "trial_results");

    (void)state;
    for (size_t s = 0; s < EN_COUNT(STARTS); s++) {
        size_t seen = 0;

        for (size_t i = 0; i < results->row_count; i++) {
            const struct en_row *row = &results->rows[i];

            if (en_text_starts(en_cell(row, "id"), STARTS[s])) {
                check_row(row, !is_used(row, "fit"), "fitted");
                seen++;
            }
        }
        CHECK(seen > 0);
    }
}

/* A virtual population can be made of any condition: what a condition does not say, any says, and
 * no default lies outside its own range. */
static void test_trials_population_is_complete(void **state)
{
    static const char *const QUANTITIES[] = {"age_mean",
                                             "age_sd",
                                             "bmi_mean",
                                             "bmi_sd",
                                             "female",
                                             "smoker",
                                             "diabetes",
                                             "baseline_nrs_mean",
                                             "baseline_nrs_sd",
                                             "baseline_function_mean",
                                             "baseline_function_sd",
                                             "chronicity_median_years",
                                             "chronicity_log_sd",
                                             "severity_age_correlation",
                                             "severity_bmi_correlation",
                                             "severity_chronicity_correlation",
                                             "age_bmi_correlation",
                                             "age_diabetes_correlation",
                                             "bmi_diabetes_correlation",
                                             "pain_function_correlation",
                                             "entry_nrs",
                                             "entry_function",
                                             "dropout_per_day",
                                             "dropout_per_nrs",
                                             "adherence_sessions",
                                             "adherence_rehabilitation",
                                             "as_needed_improvement",
                                             "nsaid"};
    const struct en_table *rows = en_table_get(k, "population");
    char id[80];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(QUANTITIES); i++) {
        (void)snprintf(id, sizeof id, "any.%s", QUANTITIES[i]);
        CHECK(en_row_find(k, "population", id) != NULL);
    }
    for (size_t i = 0; i < rows->row_count; i++) {
        const struct en_row *row = &rows->rows[i];
        const char *condition = en_cell(row, "condition");
        const double value = en_cell_number(row, "value");

        (void)snprintf(id, sizeof id, "%s.%s", condition[0] == '\0' ? "any" : condition,
                       en_cell(row, "quantity"));
        check_row(row, strcmp(en_cell(row, "id"), id) == 0, "the id is not condition.quantity");
        check_row(row, value >= en_cell_number(row, "low") && value <= en_cell_number(row, "high"),
                  "outside its range");
        (void)snprintf(id, sizeof id, "any.%s", en_cell(row, "quantity"));
        check_row(row, en_row_find(k, "population", id) != NULL, "no default for any condition");
    }
}

/* What the loader refuses, on tables that hold only what it looks at. */

#define ARMS_SCHEMA                                                                                \
    "trial_arms\tid\tid\t\tyes\t\tarm\n"                                                           \
    "trial_arms\tkind\ttext\t\tyes\t\tkind\n"                                                      \
    "trial_arms\tsessions_weeks\tlist\twk\tno\t\tweeks\n"                                          \
    "trial_arms\tinjections\tlist\t\tno\t\tinjections\n"
#define RESULTS_SCHEMA                                                                             \
    "trial_results\tid\tid\t\tyes\t\tresult\n"                                                     \
    "trial_results\toutcome\ttext\t\tyes\t\toutcome\n"                                             \
    "trial_results\tweek\tnumber\twk\tno\t\tweek\n"                                                \
    "trial_results\tfrom_week\tnumber\twk\tno\t\tfrom\n"                                           \
    "trial_results\tn\tinteger\t1\tno\t\tpeople\n"                                                 \
    "trial_results\tbaseline\tnumber\t1\tno\t\tbaseline\n"                                         \
    "trial_results\tchange\tnumber\t1\tno\t\tchange\n"                                             \
    "trial_results\tchange_se\tnumber\t1\tno\t\terror\n"                                           \
    "trial_results\tthreshold\tnumber\t1\tno\t\tthreshold\n"                                       \
    "trial_results\tshare\tnumber\t1\tno\t\tshare\n"                                               \
    "trial_results\tuse\ttext\t\tyes\t\tuse\n"                                                     \
    "trial_results\treason\ttext\t\tno\t\treason\n"                                                \
    "trial_results\tprovenance\ttext\t\tyes\t\tprovenance\n"

/* NULL in `what`: the row is taken. */
struct refusal {
    const char *row, *what;
};

/* Load the small tables with one more, of that name, schema and text. */
static enum en_status load_with(const char *table, const char *schema, const char *text,
                                struct en_arena *a, struct en_problems *problems)
{
    struct small s = small_make();
    struct en_knowledge *out = NULL;
    char rules[4096];

    (void)snprintf(rules, sizeof rules, "%s%s", SMALL_SCHEMA, schema);
    small_put(&s, "schema.tsv", rules, strlen(rules));
    small_put(&s, table, text, strlen(text));
    return en_tables_load(s.files, a, &out, problems, NULL);
}

static void check_refusals(const char *table, const char *schema, const char *columns,
                           const struct refusal *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct en_arena a = EN_ARENA(8 << 20);
        struct en_problems problems;
        char text[1024];

        (void)snprintf(text, sizeof text, "%s\t" SMALL_COMMON "\n%s\t" SMALL_TAIL "\n", columns,
                       list[i].row);
        const enum en_status st = load_with(table, schema, text, &a, &problems);

        if (problems.count != (list[i].what != NULL)) {
            print_error("%s: %zu problems, first: %s\n", list[i].row, problems.count,
                        problems.count > 0 ? problems.lines[0] : "none");
            fail();
        }
        CHECK(st == (list[i].what == NULL ? EN_OK : EN_EINVAL));
        CHECK(list[i].what == NULL || strstr(problems.lines[0], list[i].what) != NULL);
        en_arena_free(&a);
    }
}

/* An arm that cannot be simulated as written is refused at load, not when a run fails. */
static void test_trials_loader_refuses_arms(void **state)
{
    static const struct refusal LIST[] = {
        {"a.x\tdextrose\t0; 4.5\tligament 15 0.5 15 landmark", NULL},
        {"a.x\tinjection\t\tjoint_space 0 6 1 ct; bursa 0 60 60 ultrasound", NULL},
        {"a.x\tnone\t\t", NULL},
        {"a.x\tdextrose\t4; 4\t", "sessions_weeks: \"4\" is no week"},
        {"a.x\tdextrose\t-1\t", "sessions_weeks: \"-1\" is no week"},
        {"a.x\tdextrose\tone\t", "sessions_weeks: \"one\" is no week"},
        {"a.x\tdextrose\t0\tligament 15 0.5 15", "write site_kind"},
        {"a.x\tdextrose\t0\tligament 15 0.5 15 landmark now", "write site_kind"},
        {"a.x\tdextrose\t0\tbone 15 0.5 15 landmark", "unknown kind of site"},
        {"a.x\tdextrose\t0\tligament 50.1 0.5 15 landmark", "impossible concentration"},
        {"a.x\tdextrose\t0\tligament 0 0.5 15 landmark", "whether there is dextrose"},
        {"a.x\tinjection\t0\tligament 15 0.5 15 landmark", "whether there is dextrose"},
        {"a.x\tdextrose\t0\tligament 15 0 15 landmark", "impossible volume"},
        {"a.x\tdextrose\t0\tligament 15 0.5 0 landmark", "impossible number of points"},
        {"a.x\tdextrose\t0\tligament 15 0.5 1.5 landmark", "impossible number of points"},
        {"a.x\tdextrose\t0\tligament 15 0.5 61 landmark", "impossible number of points"},
        {"a.x\tdextrose\t0\tligament 15 0.5 15 sonar", "unknown guidance"},
        {"a.x\texercise\t\tligament 15 0.5 15 landmark", "an arm of kind exercise has none"},
    };

    (void)state;
    check_refusals("trial_arms.tsv", ARMS_SCHEMA, "id\tkind\tsessions_weeks\tinjections", LIST,
                   EN_COUNT(LIST));
}

/* A result without what the likelihood needs, or only remembered, is never fitted. */
static void test_trials_loader_refuses_results(void **state)
{
    static const struct refusal LIST[] = {
        {"r\tpain\t5\t0\t30\t5\t-10\t1\t\t\tfit\t\texcerpt", NULL},
        {"r\tresponder_pain\t5\t0\t30\t5\t\t\t40\t0\tfit\t\texcerpt", NULL},
        {"r\tother\t\t0\t\t\t\t\t\t\tshow\twhy\tmemory", NULL},
        {"r\tpain\t5\t0\t30\t5\t-1\t1\t\t\tfit\t\tmemory", "only remembered"},
        {"r\tpain\t5\t0\t\t5\t-1\t1\t\t\tfit\t\texcerpt", "a number of people"},
        {"r\tpain\t5\t0\t30\t10.1\t-1\t1\t\t\tfit\t\texcerpt", "baseline on its scale"},
        {"r\tfunction\t5\t0\t30\t10.1\t-1\t1\t\t\tfit\t\texcerpt", NULL},
        {"r\tpain\t\t0\t30\t5\t-1\t1\t\t\tfit\t\texcerpt", "has a week"},
        {"r\tpain\t5\t0\t30\t5\t-10.1\t1\t\t\tfit\t\texcerpt", "with a standard error"},
        {"r\tpain\t5\t0\t30\t5\t-1\t0\t\t\tfit\t\texcerpt", "with a standard error"},
        {"r\tpain\t5\t0\t30\t5\t-1\t\t\t\tfit\t\texcerpt", "with a standard error"},
        {"r\tresponder_pain\t5\t0\t30\t5\t\t\t\t0.5\tfit\t\texcerpt", "a threshold"},
        {"r\tresponder_pain\t5\t0\t30\t5\t\t\t40\t1.1\tfit\t\texcerpt", "a threshold"},
        {"r\tpain\t5\t0\t30\t5\t-1\t1\t\t\tbound\t\texcerpt", "say in reason"},
        {"r\tpain\t5\t5\t30\t5\t-1\t1\t\t\tfit\t\texcerpt", "from_week"},
    };

    (void)state;
    check_refusals("trial_results.tsv", RESULTS_SCHEMA,
                   "id\toutcome\tweek\tfrom_week\tn\tbaseline\tchange\tchange_se\tthreshold\tshare"
                   "\tuse\treason\tprovenance",
                   LIST, EN_COUNT(LIST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trials_ids_nest),
        cmocka_unit_test(test_trials_use_agrees),
        cmocka_unit_test(test_trials_fit_can_be_simulated),
        cmocka_unit_test(test_trials_turn_the_wisconsin_scale),
        cmocka_unit_test(test_trials_stretch_and_keep_periods),
        cmocka_unit_test(test_trials_name_replaced_spreads),
        cmocka_unit_test(test_trials_never_weigh_upper_bounds),
        cmocka_unit_test(test_trials_population_is_complete),
        cmocka_unit_test(test_trials_loader_refuses_arms),
        cmocka_unit_test(test_trials_loader_refuses_results),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
