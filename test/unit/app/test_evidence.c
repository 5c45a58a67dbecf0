/* SPDX-License-Identifier: Apache-2.0
 * From the tables of trials to what is calibrated on. */
#include "app/evidence.h"

#include "trials_tables.h"

static struct en_arena arena = {.limit = 512 << 20};
static struct en_app app;
static struct en_app_evidence all;

static int setup(void **state)
{
    (void)state;
    app.knowledge = load_changed(NULL, &arena);
    return en_app_evidence(&app, &arena, &all, NULL) == EN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

static const struct en_evidence_row *row_of(const char *id)
{
    for (size_t i = 0; i < all.evidence.row_count; i++) {
        if (en_text_equal(all.evidence.rows[i].id, id)) {
            return &all.evidence.rows[i];
        }
    }
    print_error("no row %s\n", id);
    fail();
    return NULL;
}

/* A table cell must mean the same to the calibration as to the reader of the table: Rabago 2013,
 * sessions in weeks 1, 5, 9 and as needed 13, 17, dextrose 25 % 6 mL in the joint and 15 % in 15
 * points of 0.5 mL around it: (25 * 6 + 15 * 7.5) / 13.5 = 19.4 %. */
static void test_evidence_of_a_known_arm(void **state)
{
    const struct en_evidence *e = &all.evidence;
    const struct en_evidence_row *row = row_of("RABAGO2013.dextrose.function.w12");
    const struct en_evidence_arm *arm = &e->arms[row->arm];
    static const double DAYS[] = {7.0, 35.0, 63.0, 91.0, 119.0};

    (void)state;
    CHECK(row->is_fit && row->versus == SIZE_MAX && row->outcome == EN_EVIDENCE_FUNCTION);
    CHECK_NEAR(row->value, -13.31, 1e-12);
    CHECK_NEAR(row->se, 3.32, 1e-12);
    CHECK_NEAR(row->baseline, 36.9, 1e-12);
    CHECK_NEAR(row->n, 27.0, 0.0);
    CHECK(arm->session_count == 5 && arm->has_dextrose && arm->context == EN_CONTEXT_INJECTION);
    for (size_t i = 0; i < 5; i++) {
        CHECK_NEAR(arm->sessions[i].day, DAYS[i], 0.0);
        CHECK_NEAR(arm->sessions[i].dextrose_percent, 262.5 / 13.5, 1e-9);
        CHECK(arm->sessions[i].is_as_needed == (i >= 3));
        CHECK(arm->sessions[i].coverage > 0.0 && arm->sessions[i].coverage < 1.0);
    }
    CHECK_TEXT(e->studies[arm->study].id, "RABAGO2013");
    CHECK_TEXT(e->conditions[e->studies[arm->study].condition], "oa_knee");
    CHECK(e->studies[arm->study].is_controlled);
}

/* Each kind of arm has its own response that is not specific, an arm with injections and exercise
 * both; exercise has no sessions. */
static void test_evidence_knows_kinds_of_arms(void **state)
{
    const struct en_evidence *e = &all.evidence;
    const struct en_evidence_arm *saline = &e->arms[row_of("RABAGO2013.saline.pain.w52")->arm];
    const struct en_evidence_arm *exercise = &e->arms[row_of("RABAGO2013.exercise.pain.w52")->arm];
    const struct en_evidence_arm *none = &e->arms[row_of("OSD_Topol2011.usual_care.pain.w13")->arm];
    const struct en_evidence_arm *both = &e->arms[row_of("ACH_Yelland2011.both.function.w52")->arm];

    (void)state;
    CHECK(saline->context == EN_CONTEXT_INJECTION && !saline->has_dextrose);
    CHECK(saline->session_count == 5 && saline->sessions[0].dextrose_percent == 0.0);
    CHECK(exercise->context == EN_CONTEXT_EXERCISE && exercise->session_count == 0);
    CHECK_NEAR(exercise->rehabilitation, 1.3, 0.0);
    CHECK(none->context == EN_CONTEXT_NONE && none->session_count == 0);
    CHECK(both->context == EN_CONTEXT_BOTH && both->session_count > 0);
}

/* Studies that share people must not be counted as independent: the Wisconsin cohorts are one data
 * set; the conditions are those of the fitted rows, each once, in order. */
static void test_evidence_shares_data_sets_and_sorts_conditions(void **state)
{
    const struct en_evidence *e = &all.evidence;
    size_t wisconsin = SIZE_MAX, count = 0;

    (void)state;
    for (size_t i = 0; i < e->study_count; i++) {
        if (en_text_starts(e->studies[i].id, "RABAGO201")) {
            wisconsin = wisconsin == SIZE_MAX ? e->studies[i].dataset : wisconsin;
            CHECK(e->studies[i].dataset == wisconsin);
            count++;
        }
    }
    CHECK(count >= 3);
    CHECK(e->condition_count >= 8);
    for (size_t i = 1; i < e->condition_count; i++) {
        CHECK(strcmp(e->conditions[i - 1], e->conditions[i]) < 0);
    }
}

/* What is left out is said with its reason: nothing vanishes. */
static void test_evidence_accounts_for_every_row(void **state)
{
    const size_t arms = en_table_get(app.knowledge, "trial_arms")->row_count;
    const size_t rows = en_table_get(app.knowledge, "trial_results")->row_count;

    (void)state;
    CHECK(all.evidence.arm_count + all.evidence.row_count + all.left_out_count == arms + rows);
    for (size_t i = 0; i < all.left_out_count; i++) {
        CHECK(all.left_out[i].id != NULL && all.left_out[i].reason[0] != '\0');
    }
}

/* Only rows that somebody read in their source may be fitted. */
static void test_evidence_fits_nothing_from_memory(void **state)
{
    const struct en_table *t = en_table_get(app.knowledge, "trial_results");

    (void)state;
    for (size_t i = 0; i < t->row_count; i++) {
        if (en_text_equal(en_cell(&t->rows[i], "provenance"), "memory")) {
            CHECK(!en_text_equal(en_cell(&t->rows[i], "use"), "fit"));
        }
    }
}

static const char *refusal(const struct change *changes)
{
    static struct en_err err;
    struct en_arena a = EN_ARENA(256 << 20);
    const struct en_app changed = {.knowledge = load_changed(changes, &a)};
    struct en_app_evidence out;

    err.text[0] = '\0';
    CHECK(en_app_evidence(&changed, &a, &out, &err) == EN_EINVAL);
    en_arena_free(&a);
    return err.text;
}

/* A wrong cell that the loader lets pass is named by table, row and column. */
static void test_evidence_names_what_is_wrong(void **state)
{
    /* No kind of the atlas: the arm cannot be simulated, and its results are to be fitted. */
    const struct change other[] = {
        {"trial_arms.tsv", "joint_space 25 6 1 landmark", "bursa 25 6 1 landmark"}, {0}};

    (void)state;
    CHECK_CONTAINS(refusal(other), "trial_results.tsv, row RABAGO2013.dextrose.function.w5, use: "
                                   "fit, but the arm is not simulated");
}

/* The hash of a posterior's evidence changes with a number that was fitted, and not with a remark:
 * else a corrected typing error would ask for hours of calibration. */
static void test_evidence_hash_follows_what_is_fitted(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    const uint64_t hash = en_evidence_hash(app.knowledge);
    const struct change number[] = {{"trial_results.tsv", "\t-7.94\t", "\t-7.95\t"}, {0}};
    const struct change dose[] = {{"trial_arms.tsv", "joint_space 25 6 1", "joint_space 24 6 1"},
                                  {0}};
    const struct change remark[] = {{"trials.tsv", "Rabago 2013, knee", "Rabago (2013), knee"},
                                    {0}};

    (void)state;
    CHECK(en_evidence_hash(load_changed(number, &a)) != hash);
    CHECK(en_evidence_hash(load_changed(dose, &a)) != hash);
    CHECK(en_evidence_hash(load_changed(remark, &a)) == hash);
    en_arena_free(&a);
}

/* A part keeps the numbers of its rows and finds its arms again. */
static void test_evidence_part_keeps_rows_and_arms(void **state)
{
    const struct en_evidence *e = &all.evidence;
    const size_t dataset =
        e->studies[e->arms[row_of("RABAGO2013.saline.pain.w52")->arm].study].dataset;
    struct en_evidence part;
    size_t expected = 0;

    (void)state;
    for (size_t i = 0; i < e->row_count; i++) {
        expected += en_evidence_is_dataset(e, &e->rows[i], &dataset);
    }
    CHECK(en_evidence_select(e, en_evidence_is_dataset, &dataset, &arena, &part, NULL) == EN_OK);
    CHECK(part.row_count == expected && part.arm_count < e->arm_count);
    CHECK(en_evidence_check(&part, NULL) == EN_OK);
    for (size_t i = 0; i < part.row_count; i++) {
        const struct en_evidence_row *original = row_of(part.rows[i].id);

        CHECK_TEXT(part.arms[part.rows[i].arm].id, e->arms[original->arm].id);
        CHECK_NEAR(part.rows[i].value, original->value, 0.0);
    }
}

/* Thresholds: pain in percent of the baseline, function in points. */
static void test_evidence_thresholds_have_one_form(void **state)
{
    (void)state;
    CHECK_NEAR(en_evidence_threshold(EN_EVIDENCE_RESPONDER_PAIN, 50.0, true, 6.0), 50.0, 0.0);
    CHECK_NEAR(en_evidence_threshold(EN_EVIDENCE_RESPONDER_PAIN, 3.0, false, 6.0), 50.0, 1e-12);
    CHECK_NEAR(en_evidence_threshold(EN_EVIDENCE_RESPONDER_FUNCTION, 12.0, false, 40.0), 12.0, 0.0);
    CHECK_NEAR(en_evidence_threshold(EN_EVIDENCE_RESPONDER_FUNCTION, 50.0, true, 40.0), 20.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence_of_a_known_arm),
        cmocka_unit_test(test_evidence_knows_kinds_of_arms),
        cmocka_unit_test(test_evidence_shares_data_sets_and_sorts_conditions),
        cmocka_unit_test(test_evidence_accounts_for_every_row),
        cmocka_unit_test(test_evidence_fits_nothing_from_memory),
        cmocka_unit_test(test_evidence_names_what_is_wrong),
        cmocka_unit_test(test_evidence_hash_follows_what_is_fitted),
        cmocka_unit_test(test_evidence_part_keeps_rows_and_arms),
        cmocka_unit_test(test_evidence_thresholds_have_one_form),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
