/* SPDX-License-Identifier: Apache-2.0
 * app/forecast_request: from a plan to the question for the science wing. */
#include "app/request.h"

#include "base/text.h"

#include <math.h>

/* A fact of the case or a derived one, as the rules see it: what is out of date is unknown. */
static struct en_fact fact_of(const struct en_fact_view *f, const char *id)
{
    const size_t i = en_fact_index(f->knowledge, id);
    const struct en_fact unknown = {.kind = EN_FACT_UNKNOWN};

    return i == SIZE_MAX ? unknown : en_fact_seen(f, i, NULL);
}

static double number_of(const struct en_fact_view *f, const char *id)
{
    const struct en_fact fact = fact_of(f, id);

    return fact.kind == EN_FACT_NUMBER ? fact.number : NAN;
}

/* 1 yes, 0 no, -1 unknown. */
static int answer_of(const struct en_fact_view *f, const char *id)
{
    const struct en_fact fact = fact_of(f, id);

    if (fact.kind != EN_FACT_BOOL) {
        return -1;
    }
    return fact.truth ? 1 : 0;
}

double en_app_normalised(const struct en_row *instrument, double value)
{
    const double low = en_cell_number(instrument, "low"), high = en_cell_number(instrument, "high");
    const double share = (value - low) / (high - low);

    return 100.0 *
           (en_text_equal(en_cell(instrument, "direction"), "higher_worse") ? share : 1.0 - share);
}

double en_app_score_age_max(const struct en_knowledge *k, const char *instrument)
{
    const struct en_row *own = en_row_find(k, "facts", instrument);
    const struct en_row *row = own != NULL ? own : en_row_find(k, "facts", "nrs");

    return row == NULL ? NAN : en_cell_number(row, "max_age_days");
}

/* A score of the treated place, from the time in which a score counts as the present. */
static bool is_current(const struct en_app *app, const struct en_score *score,
                       const struct en_plan *plan)
{
    const char *region = en_cell(plan->condition, "region");
    const double age_max = en_app_score_age_max(app->knowledge, score->instrument);
    const bool is_side = score->side == EN_SIDE_UNKNOWN || score->side == plan->target.side;
    const bool is_region =
        score->region == NULL || en_text_is_empty(region) || en_text_equal(score->region, region);

    return is_side && is_region && score->day != EN_DAY_UNKNOWN && score->day <= app->today &&
           (double)(app->today - score->day) <= age_max;
}

/* Latest current score of the condition's function instrument; NAN when there is none. */
static double baseline_function(const struct en_app *app, const struct en_case *c,
                                const struct en_plan *plan)
{
    const char *id = en_cell(plan->condition, "function_instrument");
    const struct en_row *instrument = en_row_find(app->knowledge, "instruments", id);
    double value = NAN;
    en_day newest = EN_DAY_UNKNOWN;

    for (size_t i = 0; instrument != NULL && i < c->score_count; i++) {
        const struct en_score *score = &c->scores[i];

        if (en_text_equal(score->instrument, id) && score->day >= newest &&
            is_current(app, score, plan)) {
            newest = score->day;
            value = en_app_normalised(instrument, score->value);
        }
    }
    return value;
}

double en_app_usual_ml(const struct en_row *site)
{
    const bool is_total = en_text_equal(en_cell(site, "volume_basis"), "total");

    return en_cell_number(site, "volume_ml") *
           (is_total ? 1.0 : en_cell_number(site, "points_default"));
}

struct en_injection en_app_injection(const struct en_row *site, const char *guidance,
                                     double volume_ml, double dextrose_percent)
{
    return (struct en_injection){
        .site = en_cell(site, "id"),
        .kind = en_cell(site, "kind"),
        .guidance = guidance,
        .is_surface = en_text_equal(en_cell(site, "site_class"), "P"),
        .volume_ml = volume_ml,
        .usual_ml = en_app_usual_ml(site),
        .dextrose_percent = dextrose_percent,
    };
}

/* The sites of the plan, each with the atlas' own volume as what its target takes. */
static struct en_exposure exposure_of(const struct en_knowledge *k, const struct en_plan *plan)
{
    struct en_exposure e = {0};

    for (size_t i = 0; i < plan->site_count; i++) {
        const struct en_plan_site *s = &plan->sites[i];
        const struct en_injection injection =
            en_app_injection(s->site, s->guidance, s->volume_ml, s->dextrose_percent);

        en_exposure_add(&e, k, &injection);
    }
    return e;
}

struct en_dose en_app_dose(const struct en_knowledge *k, const struct en_plan *plan,
                           const struct en_plan *whole)
{
    const struct en_exposure exposure = exposure_of(k, plan);
    double reached_ml = 0.0, target_ml = 0.0;

    for (size_t i = 0; i < plan->site_count; i++) {
        const struct en_plan_site *s = &plan->sites[i];
        const struct en_injection injection =
            en_app_injection(s->site, s->guidance, s->volume_ml, s->dextrose_percent);

        reached_ml += injection.usual_ml * en_exposure_hit(k, &injection) *
                      en_heal_fill(injection.volume_ml, injection.usual_ml);
    }
    for (size_t i = 0; i < whole->site_count; i++) {
        target_ml += en_app_usual_ml(whole->sites[i].site);
    }
    return (struct en_dose){
        .dextrose_percent = en_exposure_dextrose(&exposure),
        .coverage = reached_ml / target_ml,
        .needle = 1.0,
    };
}

/* The arm of the plan: its sessions that are not optional. */
static void fill_plan_arm(const struct en_knowledge *k, const struct en_plan *plan,
                          struct en_forecast_arm *arm)
{
    const struct en_exposure exposure = exposure_of(k, plan);
    const double coverage = en_exposure_coverage(&exposure);
    const double dextrose = en_exposure_dextrose(&exposure);

    *arm = (struct en_forecast_arm){
        .id = "plan", .rehabilitation = 1.0, .context = EN_CONTEXT_INJECTION};
    for (size_t i = 0; i < plan->session_count; i++) {
        if (plan->sessions[i].is_optional || arm->session_count == EN_FORECAST_SESSIONS_MAX) {
            continue;
        }
        arm->sessions[arm->session_count++] = (struct en_dose){
            .day = (double)(plan->sessions[i].day - plan->sessions[0].day),
            .dextrose_percent = dextrose,
            .coverage = coverage,
            .needle = 1.0,
        };
    }
}

/* The plan beside the same injections with saline, exercise, and nothing. */
static void fill_arms(const struct en_knowledge *k, const struct en_plan *plan,
                      struct en_forecast_request *out)
{
    struct en_forecast_arm *saline = &out->arms[1];

    fill_plan_arm(k, plan, &out->arms[0]);
    *saline = out->arms[0];
    saline->id = "saline";
    for (size_t i = 0; i < saline->session_count; i++) {
        saline->sessions[i].dextrose_percent = 0.0;
    }
    out->arms[2] = (struct en_forecast_arm){
        .id = "exercise",
        .rehabilitation = en_limit(k, "forecast.exercise_load"),
        .context = EN_CONTEXT_EXERCISE,
    };
    out->arms[3] =
        (struct en_forecast_arm){.id = "none", .rehabilitation = 1.0, .context = EN_CONTEXT_NONE};
    out->arm_count = 4;
}

enum en_status en_app_weeks(const struct en_knowledge *k, const char *policy, double *weeks,
                            size_t max, size_t *count, struct en_err *err)
{
    const char *list = en_policy(k, policy), *item = NULL;
    size_t size = 0;
    char text[16];

    *count = 0;
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        if (*count == max || size >= sizeof text ||
            snprintf(text, sizeof text, "%.*s", (int)size, item) < 0 ||
            !en_text_number(text, &weeks[*count])) {
            return en_fail(err, EN_EINVAL, "policies.tsv: %s is no list of up to %zu weeks", policy,
                           max);
        }
        ++*count;
    }
    return EN_OK;
}

/* Whether a result is one of those that calibration is fitted to, from a controlled trial of the
 * condition. */
static bool is_controlled_result(const struct en_knowledge *k, const struct en_row *result,
                                 const char *condition)
{
    const struct en_row *arm = en_row_find(k, "trial_arms", en_cell(result, "arm"));
    const struct en_row *study =
        arm == NULL ? NULL : en_row_find(k, "trials", en_cell(arm, "study"));

    return study != NULL && en_text_equal(en_cell(result, "use"), "fit") &&
           en_text_equal(en_cell(study, "condition"), condition) &&
           !en_text_equal(en_cell(study, "design"), "uncontrolled");
}

const char *en_app_known_condition(const struct en_knowledge *k, const char *id)
{
    const struct en_table *t = en_table_get(k, "trial_results");

    for (size_t i = 0; i < t->row_count; i++) {
        if (is_controlled_result(k, &t->rows[i], id)) {
            return id;
        }
    }
    return "";
}

double en_app_population_nrs(const struct en_knowledge *k, const char *condition)
{
    const struct en_table *t = en_table_get(k, "population");
    double found = NAN;

    for (size_t i = 0; i < t->row_count; i++) {
        const char *of = en_cell(&t->rows[i], "condition");

        if (!en_text_equal(en_cell(&t->rows[i], "quantity"), "baseline_nrs_mean")) {
            continue;
        }
        if (en_text_equal(of, condition)) {
            return en_cell_number(&t->rows[i], "value");
        }
        if (en_text_is_empty(of)) {
            found = en_cell_number(&t->rows[i], "value");
        }
    }
    return found;
}

enum en_status en_app_forecast_request(const struct en_app *app, const struct en_case *c,
                                       const struct en_plan *plan,
                                       const struct en_plan_request *request, struct en_arena *a,
                                       struct en_forecast_request *out, struct en_err *err)
{
    const struct en_knowledge *k = app->knowledge;
    const struct en_care care = {k, app->today};
    struct en_fact *all = NULL;

    EN_TRY(en_derive_facts(&care, c, plan, NULL, a, &all, err));
    const struct en_fact_view f = {.knowledge = k, .facts = all, .today = app->today};

    *out = (struct en_forecast_request){
        .condition = en_app_known_condition(k, en_cell(plan->condition, "id")),
        .population_nrs = en_app_population_nrs(k, en_cell(plan->condition, "id")),
        .person =
            {
                .age_years = number_of(&f, "age_years"),
                .baseline_nrs = number_of(&f, "nrs"),
                .baseline_function = baseline_function(app, c, plan),
                .bmi = number_of(&f, "bmi"),
                .is_smoker = answer_of(&f, "smoker"),
                .has_diabetes = answer_of(&f, "diabetes"),
                .takes_nsaid = answer_of(&f, "med_nsaid") == 1,
            },
        .mic_nrs = en_limit(k, "review.responder_points"),
        .mic_function = en_limit(k, "forecast.function_mic"),
        .patients = request->patients > 0 ? request->patients : EN_APP_PATIENTS,
        .seed = request->seed,
        .threads = request->threads,
    };
    fill_arms(k, plan, out);
    return en_app_weeks(k, "forecast_weeks", out->weeks, EN_FORECAST_WEEKS_MAX, &out->week_count,
                        err);
}
