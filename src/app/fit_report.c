/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fit_report.h"

#include "base/text.h"
#include "num/scalar.h"
#include "num/stats.h"

#include <math.h>
#include <string.h>

static const double PROBABILITIES[] = {0.05, 0.5, 0.95};

/* What the parts of a report are made from. */
struct maker {
    const struct en_knowledge *k;
    struct en_posterior_record record;
    struct en_app_evidence evidence;
    struct en_prediction *predictions;
    struct en_arena *a;
    struct en_err *err;
};

static struct en_fit_interval interval_of(const double q[3])
{
    return (struct en_fit_interval){q[0], q[1], q[2]};
}

static struct en_fit_interval wide_of(const struct maker *m, const char *kind, const char *name)
{
    struct en_wide_value value;

    return en_wide_find(m->k, kind, name, &value)
               ? (struct en_fit_interval){value.low, value.value, value.high}
               : (struct en_fit_interval){NAN, NAN, NAN};
}

static void fill_hypotheses(const struct maker *m, struct en_fit_report *out)
{
    const struct en_posterior *p = &m->record.posterior;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const struct en_hypothesis hypothesis = en_heal_hypothesis(h);

        out->hypotheses[h] = (struct en_fit_hypothesis){
            .id = hypothesis.id,
            .name = hypothesis.name,
            .prior_weight = p->prior_weight[h],
            .weight = p->weight[h],
            .log_evidence = p->log_evidence[h],
            .wide_weight = wide_of(m, "weight", hypothesis.id).middle,
            .wide_log_evidence = wide_of(m, "log_evidence", hypothesis.id).middle,
            .steps = m->record.steps[h],
            .step_count = m->record.step_count[h],
            .kept = p->count[h],
        };
    }
}

/* 1 - variance of the numbers, which were standard normal before. */
static double contraction_of(const struct en_posterior *p, size_t h, size_t number)
{
    const size_t size = en_posterior_size(p->condition_count);
    const double n = (double)p->count[h];
    double mean = 0.0, squares = 0.0;

    for (size_t i = 0; i < p->count[h]; i++) {
        mean += p->particles[h][i * size + number] / n;
    }
    for (size_t i = 0; i < p->count[h]; i++) {
        const double d = p->particles[h][i * size + number] - mean;

        squares += d * d;
    }
    return n > 1.0 ? 1.0 - squares / (n - 1.0) : NAN;
}

static enum en_status fill_quantities(const struct maker *m, struct en_fit_report *out)
{
    const struct en_posterior *p = &m->record.posterior;

    for (enum en_learned i = 0; i < EN_LEARNED_COUNT; i++) {
        struct en_fit_quantity *q = &out->quantities[i];
        double posterior[3];

        EN_TRY(en_learned_quantiles(p, i, m->a, posterior, m->err));
        *q = (struct en_fit_quantity){
            .symbol = EN_LEARNED_ROWS[i].symbol,
            .meaning = EN_LEARNED_ROWS[i].meaning,
            .unit = EN_LEARNED_ROWS[i].unit,
            .prior = {en_learned_value(i, en_normal_quantile(0.05)), en_learned_value(i, 0.0),
                      en_learned_value(i, en_normal_quantile(0.95))},
            .posterior = interval_of(posterior),
            .wide = wide_of(m, "learned", EN_LEARNED_ROWS[i].symbol),
        };
        for (size_t h = 0; h < EN_HYPOTHESES; h++) {
            q->contraction[h] = contraction_of(p, h, i);
        }
    }
    return EN_OK;
}

/* A condition's deviation in the units of its effect, for one particle. */
static double effect_of(const double *particle, size_t condition, enum en_condition_effect effect)
{
    static const enum en_learned SPREADS[EN_CONDITION_EFFECT_COUNT] = {
        [EN_CONDITION_CONTEXT] = EN_LEARNED_condition_context_sd,
        [EN_CONDITION_TIME] = EN_LEARNED_condition_time_sd,
        [EN_CONDITION_SPECIFIC] = EN_LEARNED_condition_specific_sd,
    };
    const enum en_learned row = SPREADS[effect];
    const double deviation =
        en_learned_value(row, particle[row]) *
        particle[EN_LEARNED_COUNT + EN_CONDITION_EFFECT_COUNT * condition + (size_t)effect];

    return effect == EN_CONDITION_TIME       ? en_exp(deviation)
           : effect == EN_CONDITION_SPECIFIC ? 1.0 + deviation
                                             : deviation;
}

static enum en_status effect_quantiles(const struct maker *m, size_t condition,
                                       enum en_condition_effect effect, struct en_fit_interval *out)
{
    const struct en_posterior *p = &m->record.posterior;
    const size_t size = en_posterior_size(p->condition_count);
    const struct en_arena_mark mark = en_arena_mark(m->a);
    struct en_sample samples[EN_HYPOTHESES];
    double q[3];

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        double *values = EN_NEW(m->a, double, p->count[h]);

        if (values == NULL) {
            return en_fail(m->err, EN_ENOMEM, "no memory for the report");
        }
        for (size_t i = 0; i < p->count[h]; i++) {
            values[i] = effect_of(p->particles[h] + i * size, condition, effect);
        }
        en_sort(values, p->count[h]);
        samples[h] = (struct en_sample){values, p->count[h], p->weight[h]};
    }
    en_quantiles(samples, EN_HYPOTHESES, PROBABILITIES, 3, q);
    en_arena_rewind(m->a, mark);
    *out = interval_of(q);
    return EN_OK;
}

static size_t results_of(const struct maker *m, const char *condition)
{
    const struct en_evidence *e = &m->evidence.evidence;
    size_t count = 0;

    for (size_t i = 0; i < e->row_count; i++) {
        const int c = e->studies[e->arms[e->rows[i].arm].study].condition;

        count += e->rows[i].is_fit && c >= 0 && en_text_equal(e->conditions[c], condition);
    }
    return count;
}

static const char *condition_title(const struct en_knowledge *k, const char *id)
{
    const struct en_row *row = en_row_find(k, "conditions", id);

    return row == NULL ? id : en_cell(row, "title");
}

static enum en_status fill_condition(const struct maker *m, size_t index,
                                     struct en_fit_condition *out)
{
    const char *id = m->record.posterior.conditions[index];

    out->title = condition_title(m->k, id);
    out->result_count = results_of(m, id);
    for (enum en_condition_effect i = 0; i < EN_CONDITION_EFFECT_COUNT; i++) {
        EN_TRY(effect_quantiles(m, index, i, &out->effect[i]));
    }
    return EN_OK;
}

static enum en_status fill_conditions(const struct maker *m, struct en_fit_report *out)
{
    const size_t count = m->record.posterior.condition_count;
    struct en_fit_condition *conditions = EN_NEW(m->a, struct en_fit_condition, count);

    if (conditions == NULL) {
        return en_fail(m->err, EN_ENOMEM, "no memory for the report");
    }
    for (size_t c = 0; c < count; c++) {
        EN_TRY(fill_condition(m, c, &conditions[c]));
    }
    out->conditions = conditions;
    out->condition_count = count;
    return EN_OK;
}

static enum en_status fill_sensitivity(const struct maker *m, struct en_fit_report *out)
{
    const struct en_evidence *e = &m->evidence.evidence;
    struct en_fit_sensitivity *list = EN_NEW(m->a, struct en_fit_sensitivity, e->condition_count);
    struct en_wide_value width;

    if (list == NULL) {
        return en_fail(m->err, EN_ENOMEM, "no memory for the report");
    }
    out->has_wide = en_wide_find(m->k, "setting", "prior_width", &width);
    out->wide_width = out->has_wide ? width.value : NAN;
    for (size_t c = 0; out->has_wide && c < e->condition_count; c++) {
        const size_t row = en_evidence_key_row(e, c);

        if (row == SIZE_MAX) {
            continue;
        }
        const struct en_predictive *q = &m->predictions[row].q;

        list[out->sensitivity_count++] = (struct en_fit_sensitivity){
            .id = e->rows[row].id,
            .reported = e->rows[row].value,
            .usual = {q->q05, q->q50, q->q95},
            .wide = wide_of(m, "prediction", e->rows[row].id),
        };
    }
    out->sensitivity = list;
    return EN_OK;
}

/* Reasons, each with its count, in the order in which they first appear. */
static enum en_status fill_left_out(const struct maker *m, struct en_fit_report *out)
{
    const struct en_app_evidence *e = &m->evidence;
    struct en_fit_reason *reasons = EN_NEW(m->a, struct en_fit_reason, e->left_out_count);

    if (reasons == NULL) {
        return en_fail(m->err, EN_ENOMEM, "no memory for the report");
    }
    for (size_t i = 0; i < e->left_out_count; i++) {
        size_t k = 0;

        while (k < out->left_out_count &&
               !en_text_equal(reasons[k].reason, e->left_out[i].reason)) {
            k++;
        }
        if (k == out->left_out_count) {
            reasons[out->left_out_count++].reason = e->left_out[i].reason;
        }
        reasons[k].count++;
    }
    out->left_out = reasons;
    return EN_OK;
}

static size_t count_unread(const struct en_knowledge *k)
{
    const struct en_table *t = en_table_get(k, "trial_results");
    size_t count = 0;

    for (size_t i = 0; i < t->row_count; i++) {
        count += en_text_equal(en_cell(&t->rows[i], "provenance"), "memory");
    }
    return count;
}

/* Score of the rows that took part. */
static enum en_status fill_score(const struct maker *m, struct en_fit_report *out)
{
    struct en_evidence_row *rows =
        EN_NEW(m->a, struct en_evidence_row, m->evidence.evidence.row_count);
    struct en_prediction *predictions =
        EN_NEW(m->a, struct en_prediction, m->evidence.evidence.row_count);
    struct en_evidence fitted = m->evidence.evidence;
    size_t count = 0;

    if (rows == NULL || predictions == NULL) {
        return en_fail(m->err, EN_ENOMEM, "no memory for the report");
    }
    for (size_t i = 0; i < fitted.row_count; i++) {
        if (fitted.rows[i].is_fit) {
            rows[count] = fitted.rows[i];
            predictions[count++] = m->predictions[i];
        }
    }
    fitted.rows = rows;
    fitted.row_count = count;
    en_validation_of(&fitted, predictions, &out->score);
    return EN_OK;
}

enum en_status en_app_fit_report(const struct en_app *app, int threads, struct en_arena *a,
                                 struct en_fit_report *out, struct en_err *err)
{
    struct maker m = {.k = app->knowledge, .a = a, .err = err};

    *out = (struct en_fit_report){0};
    EN_TRY(en_posterior_read(m.k, a, &m.record, err));
    EN_TRY(en_app_evidence(app, a, &m.evidence, err));
    const struct en_evidence *e = &m.evidence.evidence;
    const struct en_predict_settings settings = {EN_CALIBRATION_DRAWS, m.record.settings.seed,
                                                 threads};

    m.predictions = EN_NEW(a, struct en_prediction, e->row_count);
    if (m.predictions == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the report");
    }
    EN_TRY(en_predict(e, &m.record.posterior, e, &settings, a, m.predictions, err));
    out->version = en_knowledge_version(m.k);
    out->is_calibrated = m.record.posterior.is_calibrated;
    out->settings = m.record.settings;
    out->unread = count_unread(m.k);
    out->today = app->today;
    fill_hypotheses(&m, out);
    EN_TRY(fill_quantities(&m, out));
    EN_TRY(fill_conditions(&m, out));
    EN_TRY(fill_sensitivity(&m, out));
    EN_TRY(fill_left_out(&m, out));
    EN_TRY(fill_score(&m, out));
    return en_fit_panels(e, m.predictions, m.evidence.titles, a, &out->panels, &out->panel_count,
                         err);
}

/* Validation */

static enum en_status predictions_of(const struct en_validation_rows *rows, struct en_arena *a,
                                     struct en_prediction **out, struct en_err *err)
{
    *out = EN_NEW(a, struct en_prediction, rows->count);
    if (*out == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the picture");
    }
    for (size_t i = 0; i < rows->count; i++) {
        (*out)[i] = rows->rows[i].p;
    }
    return EN_OK;
}

enum en_status en_app_fit_validation(const struct en_app *app,
                                     const struct en_validate_answer *answer, const char *file,
                                     struct en_arena *a, struct en_fit_validation *out,
                                     struct en_err *err)
{
    const struct en_validation_rows *rows = &answer->rows;
    struct en_prediction *predictions = NULL;
    double *pit = EN_NEW(a, double, rows->count);

    *out = (struct en_fit_validation){
        .file = file,
        .version = en_knowledge_version(app->knowledge),
        .pit = pit,
        .pit_count = rows->count,
        .is_calibrated = answer->posterior.is_calibrated,
        .known_count = answer->published.known_count,
        .today = app->today,
    };
    EN_TRY(predictions_of(rows, a, &predictions, err));
    if (pit == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the picture");
    }
    for (size_t i = 0; i < rows->count; i++) {
        pit[i] = rows->rows[i].p.pit;
    }
    en_validation_score(rows, NULL, NULL, &out->arms);
    en_validation_score(&answer->contrasts, NULL, NULL, &out->contrasts);
    return en_fit_panels(&answer->published.evidence, predictions, NULL, a, &out->panels,
                         &out->panel_count, err);
}
