/* SPDX-License-Identifier: Apache-2.0
 * From the tables to a simulated clinic. */
#include "app/clinic.h"
#include "app/posterior_file.h"
#include "app/request.h"
#include "app/review.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

/* A whole number of a table; 0 where it is not given. */
static int integer_of(const struct en_row *row, const char *column)
{
    const double value = en_cell_number(row, column);

    return value > 0.0 ? (int)value : 0;
}

static enum en_status fill_rules(const struct en_knowledge *k, struct en_arena *a,
                                 struct en_clinic_answer *out, struct en_err *err)
{
    const struct en_table *t = en_table_get(k, "stopping_rules");
    const size_t count = t->row_count + 1;
    struct en_clinic_rule *rules = EN_NEW(a, struct en_clinic_rule, count);
    const char **ids = EN_NEW(a, const char *, count), **titles = EN_NEW(a, const char *, count);

    if (rules == NULL || ids == NULL || titles == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the rules");
    }
    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];

        ids[i] = en_cell(row, "id");
        titles[i] = en_cell(row, "title");
        rules[i] = (struct en_clinic_rule){
            .rule = {ids[i], integer_of(row, "early_sessions"),
                     en_cell_number(row, "early_percent"), en_cell_number(row, "success_percent"),
                     en_cell_number(row, "gain_per_session")},
            .sessions = integer_of(row, "sessions"),
            .knows_truth = en_cell_bool(row, "knows_truth"),
        };
    }
    rules[count - 1].rule = en_app_rule(k);
    ids[count - 1] = "default";
    titles[count - 1] = "default of a review";
    out->rule_ids = ids;
    out->rule_titles = titles;
    out->request.rules = rules;
    out->request.rule_count = count;
    return EN_OK;
}

static enum en_clinic_measure measure_of(const char *name)
{
    return en_text_equal(name, "forecast")          ? EN_CLINIC_FORECAST
           : en_text_equal(name, "function_points") ? EN_CLINIC_FUNCTION_POINTS
                                                    : EN_CLINIC_PAIN_PERCENT;
}

/* Those that can be seen before the last session. */
static enum en_status fill_signals(const struct en_knowledge *k, struct en_arena *a,
                                   struct en_clinic_answer *out, struct en_err *err)
{
    const struct en_table *t = en_table_get(k, "early_signals");
    struct en_clinic_signal *signals = EN_NEW(a, struct en_clinic_signal, t->row_count);
    const char **ids = EN_NEW(a, const char *, t->row_count);
    const char **titles = EN_NEW(a, const char *, t->row_count);
    size_t count = 0;

    if (signals == NULL || ids == NULL || titles == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the signals");
    }
    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];
        const struct en_clinic_signal s = {en_cell(row, "id"), measure_of(en_cell(row, "measure")),
                                           integer_of(row, "sessions"),
                                           en_cell_number(row, "at_least")};

        if (s.sessions < out->request.sessions) {
            ids[count] = s.id;
            titles[count] = en_cell(row, "title");
            signals[count++] = s;
        }
    }
    out->signal_ids = ids;
    out->signal_titles = titles;
    out->request.signals = signals;
    out->request.signal_count = count;
    return EN_OK;
}

/* The primary sites of a condition that are planned by default, each with the volume, strength and
 * guidance of the atlas. */
static enum en_status fill_dose(const struct en_knowledge *k, const char *condition,
                                struct en_dose *out, struct en_err *err)
{
    const struct en_table *t = en_table_get(k, "condition_sites");
    struct en_exposure e = {0};

    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *link = &t->rows[i];
        const struct en_row *site = en_row_find(k, "atlas", en_cell(link, "site"));

        if (site == NULL || !en_text_equal(en_cell(link, "condition"), condition) ||
            !en_text_equal(en_cell(link, "role"), "primary") || !en_cell_bool(site, "enabled") ||
            !en_cell_bool(site, "default_on")) {
            continue;
        }
        const struct en_injection injection =
            en_app_injection(site, en_cell(site, "guidance_default"), en_app_usual_ml(site),
                             en_cell_number(site, "dextrose_percent"));

        en_exposure_add(&e, k, &injection);
    }
    *out = (struct en_dose){0.0, en_exposure_dextrose(&e), en_exposure_coverage(&e), 1.0};
    if (!(out->coverage >= 0.0 && out->dextrose_percent >= 0.0)) {
        return en_fail(err, EN_EINVAL, "%s has no sites that are planned by default", condition);
    }
    return EN_OK;
}

static void fill_numbers(const struct en_knowledge *k, const struct en_clinic_options *options,
                         struct en_clinic_request *q)
{
    q->sessions = options->sessions > 0 ? options->sessions : (int)en_limit(k, "clinic.sessions");
    q->interval_days =
        options->interval_days > 0.0 ? options->interval_days : en_limit(k, "clinic.interval_days");
    q->mic_nrs = en_limit(k, "review.responder_points");
    q->mic_function = en_limit(k, "forecast.function_mic");
    q->worthwhile_nrs = en_limit(k, "forecast.worthwhile_nrs");
    q->loss_nrs = q->worthwhile_nrs;
    q->patients = options->patients;
    q->forecast_patients = options->forecast_patients;
    q->draws = options->draws;
    q->seed = options->seed;
    q->threads = options->threads;
    if (options->truth >= 0) {
        q->truth[options->truth] = 1.0;
    }
}

enum en_status en_app_clinic_open(const struct en_app *app, const struct en_clinic_options *options,
                                  struct en_arena *a, struct en_clinic_answer *out,
                                  struct en_err *err)
{
    const struct en_knowledge *k = app->knowledge;
    const char *condition = options->condition == NULL ? "oa_knee" : options->condition;
    struct en_clinic_request *q = &out->request;

    *out = (struct en_clinic_answer){.truth = options->truth};
    out->condition = en_row_find(k, "conditions", condition);
    if (out->condition == NULL) {
        return en_fail(err, EN_EINVAL, "no condition has the id \"%s\"", condition);
    }
    EN_TRY(en_app_posterior(app, a, &out->posterior, err));
    fill_numbers(k, options, q);
    q->posterior = &out->posterior;
    q->condition = en_posterior_condition(&out->posterior, en_app_known_condition(k, condition));
    q->population_nrs = en_app_population_nrs(k, condition);
    out->has_condition_data = q->condition >= 0;
    EN_TRY(fill_dose(k, condition, &q->dose, err));
    EN_TRY(fill_rules(k, a, out, err));
    EN_TRY(fill_signals(k, a, out, err));
    EN_TRY(en_app_weeks(k, "clinic_weeks", q->weeks, EN_CLINIC_WEEKS_MAX, &q->week_count, err));
    return en_clinic_start(q, a, &out->clinic, err);
}

enum en_status en_app_clinic_close(struct en_clinic_answer *answer, struct en_arena *a,
                                   struct en_err *err)
{
    return en_clinic_result(answer->clinic, a, &answer->result, err);
}

struct en_clinic_report en_app_clinic_report(const struct en_app *app,
                                             const struct en_clinic_answer *answer)
{
    return (struct en_clinic_report){
        .knowledge = app->knowledge,
        .condition = en_cell(answer->condition, "title"),
        .request = &answer->request,
        .result = &answer->result,
        .rule_titles = answer->rule_titles,
        .signal_titles = answer->signal_titles,
        .is_calibrated = answer->posterior.is_calibrated,
        .has_condition_data = answer->has_condition_data,
        .truth = answer->truth < 0 ? NULL : en_heal_hypothesis((size_t)answer->truth).id,
        .today = app->today,
    };
}
