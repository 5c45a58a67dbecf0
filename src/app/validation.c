/* SPDX-License-Identifier: Apache-2.0 */
#include "app/validation.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static const char *const OUTCOMES[EN_EVIDENCE_OUTCOME_COUNT] = {
    "pain", "function", "responder_pain", "responder_function"};

static const struct en_sheet_column COLUMNS[] = {
    {"id", "result", true},
    {"study", "study", true},
    {"dataset", "studies with the same people share it", true},
    {"condition", "condition", true},
    {"arm", "arm", true},
    {"versus", "other arm of a difference", true},
    {"dextrose", "yes: the arm has dextrose, and versus has none", true},
    {"outcome", "outcome", true},
    {"week", "weeks from the baseline", true},
    {"n", "patients of the arm", true},
    {"reported", "value, on the scale of the tables of trials", true},
    {"se", "its standard error", true},
    {"q05", "5 % quantile of the prediction", true},
    {"q25", "25 %", true},
    {"q50", "50 %", true},
    {"q75", "75 %", true},
    {"q95", "95 %", true},
    {"crps", "of the prediction, in shares of the baseline", true},
    {"plain_mean", "plain meta-analytic mean", true},
    {"plain_sd", "spread of what it predicts", true},
    {"plain_crps", "of the plain mean", true},
    {"pit", "share of predictive draws below the reported value", true},
    {NULL, NULL, false},
};

/* Making rows */

static const char *condition_of(const struct en_evidence *e, const struct en_evidence_study *s)
{
    return s->condition < 0 ? "" : e->conditions[s->condition];
}

static struct en_validation_row row_of(const struct en_evidence *e,
                                       const struct en_evidence_row *row,
                                       const struct en_prediction *prediction)
{
    const struct en_evidence_arm *arm = &e->arms[row->arm];
    const struct en_evidence_arm *versus = row->versus == SIZE_MAX ? NULL : &e->arms[row->versus];
    const struct en_evidence_study *study = &e->studies[arm->study];

    return (struct en_validation_row){
        .id = row->id,
        .study = study->id,
        .dataset = e->studies[study->dataset].id,
        .condition = condition_of(e, study),
        .arm = arm->id,
        .versus = versus == NULL ? "" : versus->id,
        .outcome = OUTCOMES[row->outcome],
        .is_dextrose = arm->has_dextrose && (versus == NULL || !versus->has_dextrose),
        .week = row->week,
        .n = row->n,
        .value = row->value,
        .se = row->se,
        .p = *prediction,
    };
}

enum en_status en_validation_rows_of(const struct en_evidence *e,
                                     const struct en_prediction *predictions, struct en_arena *a,
                                     struct en_validation_rows *out, struct en_err *err)
{
    *out = (struct en_validation_rows){EN_NEW(a, struct en_validation_row, e->row_count),
                                       e->row_count};
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the results");
    }
    for (size_t i = 0; i < e->row_count; i++) {
        out->rows[i] = row_of(e, &e->rows[i], &predictions[i]);
    }
    return EN_OK;
}

enum en_status en_validation_rows_of_cross(const struct en_cross *c, struct en_arena *a,
                                           struct en_validation_rows *out, struct en_err *err)
{
    const struct en_evidence *e = &c->run->evidence;
    struct en_validation_rows rows, contrasts;

    EN_TRY(en_validation_rows_of(e, c->predictions, a, &rows, err));
    EN_TRY(en_validation_rows_of(&c->contrasts, c->contrast_predictions, a, &contrasts, err));
    *out = (struct en_validation_rows){
        EN_NEW(a, struct en_validation_row, rows.count + contrasts.count),
        rows.count + contrasts.count};
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the results");
    }
    memcpy(out->rows, rows.rows, rows.count * sizeof *rows.rows);
    memcpy(out->rows + rows.count, contrasts.rows, contrasts.count * sizeof *rows.rows);
    return EN_OK;
}

/* Predicting a file */

static enum en_status predict(const struct en_evidence *e, const struct en_evidence *plain,
                              const struct en_validate_request *request,
                              const struct en_posterior *p, struct en_arena *a,
                              struct en_validation_rows *out, struct en_err *err)
{
    const struct en_predict_settings settings = {request->draws, request->seed, request->threads};
    struct en_prediction *predictions = EN_NEW(a, struct en_prediction, e->row_count);

    if (predictions == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the predictions");
    }
    if (e->row_count > 0) {
        EN_TRY(en_predict(e, p, plain, &settings, a, predictions, err));
    }
    return en_validation_rows_of(e, predictions, a, out, err);
}

/* Results of studies that the file does not hold: the plain mean must not know what it predicts. */
static bool is_of_others(const struct en_evidence *e, const struct en_evidence_row *row,
                         const void *context)
{
    const struct en_evidence *file = context;
    const size_t dataset = e->studies[e->arms[row->arm].study].dataset;

    for (size_t i = 0; i < file->study_count; i++) {
        for (size_t k = 0; k < e->study_count; k++) {
            if (e->studies[k].dataset == dataset &&
                en_text_equal(e->studies[k].id, file->studies[i].id)) {
                return false;
            }
        }
    }
    return true;
}

enum en_status en_app_validate(const struct en_app *app, const struct en_validate_request *request,
                               struct en_arena *a, struct en_validate_answer *out,
                               struct en_err *err)
{
    struct en_app_evidence fitted;
    struct en_evidence others, contrasts, other_contrasts;

    *out = (struct en_validate_answer){0};
    EN_TRY(en_published_read(app, request->file, request->bytes, request->size, a, &out->published,
                             err));
    EN_TRY(en_app_posterior(app, a, &out->posterior, err));
    EN_TRY(en_app_evidence(app, a, &fitted, err));
    const struct en_evidence *e = &out->published.evidence;

    EN_TRY(en_evidence_select(&fitted.evidence, is_of_others, e, a, &others, err));
    EN_TRY(predict(e, &others, request, &out->posterior, a, &out->rows, err));
    EN_TRY(en_evidence_contrasts(e, a, &contrasts, err));
    EN_TRY(en_evidence_contrasts(&others, a, &other_contrasts, err));
    return predict(&contrasts, &other_contrasts, request, &out->posterior, a, &out->contrasts, err);
}

/* Scores */

bool en_validation_covers(const struct en_validation_row *row, double level)
{
    return fabs(2.0 * row->p.pit - 1.0) <= level;
}

/* A comparison of dextrose with something else whose reported interval holds 0. */
static bool found_nothing(const struct en_validation_row *row)
{
    return *row->versus != '\0' && row->is_dextrose && row->se > 0.0 &&
           fabs(row->value) < 1.96 * row->se;
}

void en_validation_score(const struct en_validation_rows *rows, en_validation_choice *is_wanted,
                         const void *context, struct en_validation *out)
{
    static const double HALF_OF_90 = 1.6448536269514722;

    *out = (struct en_validation){0};
    for (size_t i = 0; i < rows->count; i++) {
        const struct en_validation_row *row = &rows->rows[i];
        const struct en_predictive *q = &row->p.q;

        if (is_wanted != NULL && !is_wanted(row, context)) {
            continue;
        }
        out->count++;
        out->covered_50 += row->value >= q->q25 && row->value <= q->q75;
        out->covered_90 += row->value >= q->q05 && row->value <= q->q95;
        out->plain_covered_90 +=
            fabs(row->value - row->p.plain_mean) <= HALF_OF_90 * row->p.plain_sd;
        out->crps += row->p.crps;
        out->plain_crps += row->p.plain_crps;
        if (found_nothing(row)) {
            out->null_count++;
            out->null_covered += q->q05 <= 0.0 && q->q95 >= 0.0;
        }
    }
    const double n = out->count > 0 ? (double)out->count : NAN;

    out->covered_50 /= n;
    out->covered_90 /= n;
    out->plain_covered_90 /= n;
    out->crps /= n;
    out->plain_crps /= n;
}

/* The table */

static void put_number(struct en_buf *out, double value)
{
    if (isnan(value)) {
        en_buf_add(out, "\t");
    } else {
        en_buf_print(out, "\t%.5g", value);
    }
}

void en_validation_print(const struct en_validation_rows *rows, struct en_buf *out)
{
    en_sheet_head("Written by enthesis calibrate cross: each row was predicted by a calibration "
                  "that had not seen its data set.",
                  COLUMNS, out);
    for (size_t i = 0; i < rows->count; i++) {
        const struct en_validation_row *r = &rows->rows[i];
        const struct en_prediction *p = &r->p;
        const double numbers[] = {r->week,       r->n,        r->value,      r->se,    p->q.q05,
                                  p->q.q25,      p->q.q50,    p->q.q75,      p->q.q95, p->crps,
                                  p->plain_mean, p->plain_sd, p->plain_crps, p->pit};

        en_buf_print(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", r->id, r->study, r->dataset,
                     r->condition, r->arm, r->versus, r->is_dextrose ? "yes" : "no", r->outcome);
        for (size_t k = 0; k < EN_COUNT(numbers); k++) {
            put_number(out, numbers[k]);
        }
        en_buf_add(out, "\n");
    }
}

/* The numbers of a row. */
static enum en_status read_numbers(const struct en_sheet *s, size_t row,
                                   struct en_validation_row *out, struct en_err *err)
{
    struct en_prediction *p = &out->p;
    const struct {
        const char *column;
        double *at;
    } numbers[] = {
        {"week", &out->week},
        {"n", &out->n},
        {"reported", &out->value},
        {"se", &out->se},
        {"q05", &p->q.q05},
        {"q25", &p->q.q25},
        {"q50", &p->q.q50},
        {"q75", &p->q.q75},
        {"q95", &p->q.q95},
        {"crps", &p->crps},
        {"plain_mean", &p->plain_mean},
        {"plain_sd", &p->plain_sd},
        {"plain_crps", &p->plain_crps},
        {"pit", &p->pit},
    };

    p->mean = p->sd = NAN; /* not in the table */
    for (size_t i = 0; i < EN_COUNT(numbers); i++) {
        EN_TRY(en_sheet_number(s, row, numbers[i].column, -1e6, 1e6, numbers[i].at, err));
        if (isnan(*numbers[i].at) && !en_text_equal(numbers[i].column, "se")) {
            return en_sheet_wrong(s, row, numbers[i].column, err, "is empty");
        }
    }
    return EN_OK;
}

enum en_status en_validation_read(const char *file, const char *bytes, size_t size,
                                  struct en_arena *a, struct en_validation_rows *out,
                                  struct en_err *err)
{
    struct en_sheet s;

    EN_TRY(en_sheet_read(file, bytes, size, COLUMNS, a, &s, err));
    *out =
        (struct en_validation_rows){EN_NEW(a, struct en_validation_row, s.row_count), s.row_count};
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the results");
    }
    for (size_t i = 0; i < s.row_count; i++) {
        out->rows[i] = (struct en_validation_row){
            .id = en_sheet_cell(&s, i, "id"),
            .study = en_sheet_cell(&s, i, "study"),
            .dataset = en_sheet_cell(&s, i, "dataset"),
            .condition = en_sheet_cell(&s, i, "condition"),
            .arm = en_sheet_cell(&s, i, "arm"),
            .versus = en_sheet_cell(&s, i, "versus"),
            .outcome = en_sheet_cell(&s, i, "outcome"),
            .is_dextrose = en_text_equal(en_sheet_cell(&s, i, "dextrose"), "yes"),
        };
        EN_TRY(read_numbers(&s, i, &out->rows[i], err));
    }
    return EN_OK;
}
