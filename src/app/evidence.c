/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evidence.h"

#include "app/evidence_arm.h"
#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* State of one load. Rows of the tables keep their index; those that are left out get SIZE_MAX. */
struct load {
    const struct en_knowledge *k;
    struct en_arena *a;
    const struct en_table *studies, *arms, *rows;
    const char **conditions;
    struct en_evidence_study *study;
    struct en_evidence_arm *arm;
    struct en_evidence_row *row;
    struct en_evidence_left_out *left_out;
    size_t *arm_index; /* shape [arms->row_count] */
    const char **titles;
    size_t condition_count, study_count, arm_count, row_count, left_out_count;
    struct en_err *err;
};

/* What calibration reads of each table: the columns that a stored posterior depends on. */
static const char *const STUDY_COLUMNS[] = {"id", "dataset", "design", "pooled", "condition", NULL};
static const char *const ARM_COLUMNS[] = {"id",         "study",          "kind",
                                          "n",          "sessions_weeks", "as_needed_weeks",
                                          "injections", "rehabilitation", NULL};
static const char *const ROW_COLUMNS[] = {
    "id",       "arm",         "versus", "outcome",   "week",      "from_week", "n",
    "baseline", "baseline_sd", "change", "change_sd", "change_se", "threshold", "threshold_unit",
    "share",    NULL};

/* What a cell means to the calibration is part of what a posterior depends on: raise this when the
 * reading of the tables changes. */
static const uint64_t READING = 2;

static enum en_status wrong(const struct load *l, const struct en_row *row, const char *column,
                            const char *what)
{
    return en_fail(l->err, EN_EINVAL, "%s.tsv, row %s, %s: %s", row->table->name,
                   en_cell(row, "id"), column, what);
}

static void leave_out(struct load *l, const struct en_row *row, const char *reason)
{
    l->left_out[l->left_out_count++] = (struct en_evidence_left_out){en_cell(row, "id"), reason};
}

static bool is_fit(const struct en_row *row)
{
    return en_text_equal(en_cell(row, "use"), "fit");
}

/* The row that a cell names; the loader has checked the reference. */
static const struct en_row *named(const struct load *l, const struct en_row *row,
                                  const char *column, const struct en_table *table)
{
    return en_row_find(l->k, table->name, en_cell(row, column));
}

static const struct en_row *study_of_result(const struct load *l, const struct en_row *row)
{
    return named(l, named(l, row, "arm", l->arms), "study", l->studies);
}

/* Conditions */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int condition_index(const struct load *l, const char *id)
{
    for (size_t i = 0; i < l->condition_count; i++) {
        if (en_text_equal(l->conditions[i], id)) {
            return (int)i;
        }
    }
    return -1;
}

static enum en_status read_conditions(struct load *l)
{
    assert(l->conditions != NULL);
    for (size_t i = 0; i < l->rows->row_count; i++) {
        const struct en_row *row = &l->rows->rows[i];
        const char *id = is_fit(row) ? en_cell(study_of_result(l, row), "condition") : "";

        if (en_text_is_empty(id) || condition_index(l, id) >= 0) {
            continue;
        }
        if (l->condition_count == EN_POSTERIOR_CONDITIONS_MAX) {
            return en_fail(l->err, EN_ELIMIT, "trials.tsv: more than %d conditions with data",
                           (int)EN_POSTERIOR_CONDITIONS_MAX);
        }
        l->conditions[l->condition_count++] = id;
    }
    qsort(l->conditions, l->condition_count, sizeof *l->conditions, compare_texts);
    return EN_OK;
}

/* Studies */

/* Number of a data set: of the first study that has it. */
static size_t dataset_of(const struct load *l, const struct en_row *row)
{
    const char *id = en_cell(row, "dataset");

    for (size_t i = 0; i < l->studies->row_count; i++) {
        if (en_text_equal(en_cell(&l->studies->rows[i], "dataset"), id)) {
            return i;
        }
    }
    return (size_t)(row - l->studies->rows);
}

static void read_studies(struct load *l)
{
    for (size_t i = 0; i < l->studies->row_count; i++) {
        const struct en_row *row = &l->studies->rows[i];
        const char *design = en_cell(row, "design");

        l->titles[i] = en_cell(row, "title");
        l->study[i] = (struct en_evidence_study){
            .id = en_cell(row, "id"),
            .dataset = dataset_of(l, row),
            .condition = condition_index(l, en_cell(row, "condition")),
            /* Pooled arms are those of trials. */
            .is_controlled = en_text_equal(design, "rct") || en_text_equal(design, "crossover") ||
                             en_text_equal(design, "meta"),
            .pooled = en_cell_number(row, "pooled"),
        };
    }
    l->study_count = l->studies->row_count;
}

/* Arms */

static enum en_status read_arm(struct load *l, const struct en_row *row)
{
    const struct en_row *study = named(l, row, "study", l->studies);
    const struct en_arm_text text = {
        .condition = en_cell(study, "condition"),
        .kind = en_cell(row, "kind"),
        .sessions_weeks = en_cell(row, "sessions_weeks"),
        .as_needed_weeks = en_cell(row, "as_needed_weeks"),
        .injections = en_cell(row, "injections"),
        .rehabilitation = en_cell_number(row, "rehabilitation"),
    };
    struct en_evidence_arm *arm = &l->arm[l->arm_count];
    struct en_arm_problem problem = {0};

    if (!en_arm_read(l->k, &text, arm, &problem)) {
        if (!problem.is_unknown) {
            return wrong(l, row, problem.column, problem.what);
        }
        leave_out(l, row, problem.what);
        return EN_OK;
    }
    arm->id = en_cell(row, "id");
    arm->study = (size_t)(study - l->studies->rows);
    l->arm_index[row - l->arms->rows] = l->arm_count++;
    return EN_OK;
}

/* Results */

static const struct {
    const char *word;
    enum en_evidence_outcome outcome;
    double threshold; /* NAN: of the row */
} OUTCOMES[] = {
    {"pain", EN_EVIDENCE_PAIN, 0.0},
    {"function", EN_EVIDENCE_FUNCTION, 0.0},
    {"responder_pain_50", EN_EVIDENCE_RESPONDER_PAIN, 50.0},
    {"responder_pain", EN_EVIDENCE_RESPONDER_PAIN, NAN},
    {"responder_function_12", EN_EVIDENCE_RESPONDER_FUNCTION, 12.0},
    {"responder_function", EN_EVIDENCE_RESPONDER_FUNCTION, NAN},
};

/* Thresholds of pain are percent of the baseline, those of function are points; the other form is
 * turned into it with the mean baseline. */
double en_evidence_threshold(enum en_evidence_outcome outcome, double threshold, bool is_percent,
                             double baseline)
{
    const bool is_pain = outcome == EN_EVIDENCE_RESPONDER_PAIN;

    return is_pain == is_percent ? threshold
           : is_pain             ? 100.0 * threshold / baseline
                                 : threshold / 100.0 * baseline;
}

bool en_evidence_outcome(const char *word, enum en_evidence_outcome *outcome, double *threshold)
{
    for (size_t i = 0; i < EN_COUNT(OUTCOMES); i++) {
        if (en_text_equal(word, OUTCOMES[i].word)) {
            *outcome = OUTCOMES[i].outcome;
            *threshold = OUTCOMES[i].threshold;
            return true;
        }
    }
    return false;
}

/* Standard error from deviation and patients, or deviation from the others; not of a pool, whose
 * error is that of the mean over trials. */
static void fill_spread(struct en_evidence_row *out, bool is_single)
{
    if (out->outcome >= EN_EVIDENCE_RESPONDER_PAIN) {
        out->se = out->sd = NAN;
    } else if (is_single && isnan(out->se)) {
        out->se = out->sd / sqrt(out->n);
    } else if (is_single && isnan(out->sd) && out->versus == SIZE_MAX) {
        out->sd = out->se * sqrt(out->n);
    }
}

/* Patients of an arm: of the row, else of the arm. */
static double patients_of(const struct load *l, const struct en_row *row)
{
    const double n = en_cell_number(row, "n");

    return isnan(n) ? en_cell_number(named(l, row, "arm", l->arms), "n") : n;
}

/* What a result needs beside its arm and outcome; NULL when all is there. */
static const char *missing(const struct en_evidence_row *row)
{
    return !(row->week > row->from_week) ? "no time is reported"
           : !(row->n > 0.0)             ? "the number of patients is not known"
           : isnan(row->value)           ? "no number is reported"
           : !(row->baseline > 0.0)      ? "the baseline is not known"
           : row->outcome < EN_EVIDENCE_RESPONDER_PAIN && isnan(row->se)
               ? "the standard error is not known"
           : isnan(row->threshold) ? "the threshold is not known"
                                   : NULL;
}

/* Why a result cannot be predicted; NULL when it can. Fills the row. */
static const char *read_row(const struct load *l, const struct en_row *row,
                            struct en_evidence_row *out)
{
    const struct en_row *versus = named(l, row, "versus", l->arms);

    *out = (struct en_evidence_row){
        .id = en_cell(row, "id"),
        .arm = l->arm_index[named(l, row, "arm", l->arms) - l->arms->rows],
        .versus = versus == NULL ? SIZE_MAX : l->arm_index[versus - l->arms->rows],
        .week = en_cell_number(row, "week"),
        .from_week = en_cell_number(row, "from_week"),
        .n = patients_of(l, row),
        .baseline = en_cell_number(row, "baseline"),
        .baseline_sd = en_cell_number(row, "baseline_sd"),
        .se = en_cell_number(row, "change_se"),
        .sd = en_cell_number(row, "change_sd"),
        .is_fit = is_fit(row),
    };
    if (!en_evidence_outcome(en_cell(row, "outcome"), &out->outcome, &out->threshold)) {
        return "no outcome of the model";
    }
    if (out->arm == SIZE_MAX || (versus != NULL && out->versus == SIZE_MAX)) {
        return "the arm is not simulated";
    }
    const bool is_share = out->outcome >= EN_EVIDENCE_RESPONDER_PAIN;

    out->value = en_cell_number(row, is_share ? "share" : "change");
    if (isnan(out->threshold)) {
        out->threshold = en_evidence_threshold(out->outcome, en_cell_number(row, "threshold"),
                                               en_text_starts(en_cell(row, "threshold_unit"), "%"),
                                               out->baseline);
    }
    fill_spread(out, en_cell_number(study_of_result(l, row), "pooled") == 1.0);
    return missing(out);
}

static enum en_status read_rows(struct load *l)
{
    for (size_t i = 0; i < l->rows->row_count; i++) {
        const struct en_row *row = &l->rows->rows[i];
        const char *reason = read_row(l, row, &l->row[l->row_count]);

        if (reason != NULL && is_fit(row)) {
            return wrong(l, row, "use", en_arena_print(l->a, "fit, but %s", reason));
        }
        if (reason != NULL) {
            leave_out(l, row, reason);
        } else {
            l->row_count++;
        }
    }
    return EN_OK;
}

/* All of it */

static enum en_status make_room(struct load *l)
{
    const size_t arms = l->arms->row_count, rows = l->rows->row_count;

    if (l->studies->row_count > EN_EVIDENCE_STUDIES_MAX || arms > EN_EVIDENCE_ARMS_MAX ||
        rows > EN_EVIDENCE_ROWS_MAX) {
        return en_fail(
            l->err, EN_ELIMIT, "more than %d trials, %d arms or %d results in the tables of trials",
            (int)EN_EVIDENCE_STUDIES_MAX, (int)EN_EVIDENCE_ARMS_MAX, (int)EN_EVIDENCE_ROWS_MAX);
    }
    l->conditions = EN_NEW(l->a, const char *, EN_POSTERIOR_CONDITIONS_MAX);
    l->study = EN_NEW(l->a, struct en_evidence_study, l->studies->row_count);
    l->titles = EN_NEW(l->a, const char *, l->studies->row_count);
    l->arm = EN_NEW(l->a, struct en_evidence_arm, arms);
    l->arm_index = EN_NEW(l->a, size_t, arms);
    l->row = EN_NEW(l->a, struct en_evidence_row, rows);
    l->left_out = EN_NEW(l->a, struct en_evidence_left_out, arms + rows);
    if (l->conditions == NULL || l->study == NULL || l->titles == NULL || l->arm == NULL ||
        l->arm_index == NULL || l->row == NULL || l->left_out == NULL) {
        return en_fail(l->err, EN_ENOMEM, "no memory for the trials");
    }
    for (size_t i = 0; i < arms; i++) {
        l->arm_index[i] = SIZE_MAX;
    }
    return EN_OK;
}

enum en_status en_app_evidence(const struct en_app *app, struct en_arena *a,
                               struct en_app_evidence *out, struct en_err *err)
{
    struct load l = {.k = app->knowledge, .a = a, .err = err};

    *out = (struct en_app_evidence){0};
    l.studies = en_table_get(l.k, "trials");
    l.arms = en_table_get(l.k, "trial_arms");
    l.rows = en_table_get(l.k, "trial_results");
    EN_TRY(make_room(&l));
    EN_TRY(read_conditions(&l));
    read_studies(&l);
    for (size_t i = 0; i < l.arms->row_count; i++) {
        EN_TRY(read_arm(&l, &l.arms->rows[i]));
    }
    EN_TRY(read_rows(&l));
    *out = (struct en_app_evidence){
        .evidence =
            {
                .conditions = l.conditions,
                .condition_count = l.condition_count,
                .studies = l.study,
                .study_count = l.study_count,
                .arms = l.arm,
                .arm_count = l.arm_count,
                .rows = l.row,
                .row_count = l.row_count,
            },
        .titles = l.titles,
        .left_out = l.left_out,
        .left_out_count = l.left_out_count,
    };
    return en_evidence_check(&out->evidence, err);
}

/* Parts */

enum en_status en_evidence_select(const struct en_evidence *e, en_evidence_choice *is_wanted,
                                  const void *context, struct en_arena *a, struct en_evidence *out,
                                  struct en_err *err)
{
    struct en_evidence_arm *arms = EN_NEW(a, struct en_evidence_arm, e->arm_count);
    struct en_evidence_row *rows = EN_NEW(a, struct en_evidence_row, e->row_count);
    size_t *place = EN_NEW(a, size_t, e->arm_count);
    size_t arm_count = 0, row_count = 0;

    if (arms == NULL || rows == NULL || place == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a part of the trials");
    }
    for (size_t i = 0; i < e->row_count; i++) {
        const struct en_evidence_row *row = &e->rows[i];

        if (!is_wanted(e, row, context)) {
            continue;
        }
        rows[row_count++] = *row;
        place[row->arm] = 1;
        if (row->versus != SIZE_MAX) {
            place[row->versus] = 1;
        }
    }
    for (size_t i = 0; i < e->arm_count; i++) {
        if (place[i] == 1) {
            place[i] = arm_count;
            arms[arm_count++] = e->arms[i];
        }
    }
    for (size_t i = 0; i < row_count; i++) {
        rows[i].arm = place[rows[i].arm];
        rows[i].versus = rows[i].versus == SIZE_MAX ? SIZE_MAX : place[rows[i].versus];
    }
    *out = *e;
    out->arms = arms;
    out->arm_count = arm_count;
    out->rows = rows;
    out->row_count = row_count;
    return EN_OK;
}

bool en_evidence_is_fit(const struct en_evidence *e, const struct en_evidence_row *row,
                        const void *context)
{
    (void)e;
    (void)context;
    return row->is_fit;
}

bool en_evidence_is_dataset(const struct en_evidence *e, const struct en_evidence_row *row,
                            const void *context)
{
    return e->studies[e->arms[row->arm].study].dataset == *(const size_t *)context;
}

/* What a stored posterior depends on */

static uint64_t hash_cells(uint64_t hash, const struct en_row *row, const char *const *columns)
{
    for (size_t i = 0; row != NULL && columns[i] != NULL; i++) {
        const char *cell = en_cell(row, columns[i]);

        hash = en_hash(hash, cell, strlen(cell) + 1);
    }
    return hash;
}

uint64_t en_evidence_hash(const struct en_knowledge *k)
{
    const struct load l = {.k = k,
                           .studies = en_table_get(k, "trials"),
                           .arms = en_table_get(k, "trial_arms"),
                           .rows = en_table_get(k, "trial_results")};
    uint64_t hash = en_hash(EN_HASH_START, &READING, sizeof READING);

    for (size_t i = 0; i < l.rows->row_count; i++) {
        const struct en_row *row = &l.rows->rows[i];

        if (is_fit(row)) {
            hash = hash_cells(hash, row, ROW_COLUMNS);
            hash = hash_cells(hash, named(&l, row, "arm", l.arms), ARM_COLUMNS);
            hash = hash_cells(hash, named(&l, row, "versus", l.arms), ARM_COLUMNS);
            hash = hash_cells(hash, study_of_result(&l, row), STUDY_COLUMNS);
        }
    }
    return hash;
}
