/* SPDX-License-Identifier: Apache-2.0
 * What a forecast may be asked. Every comparison fails for NAN, where NAN is not "unknown". */
#include "forecast/forecast.h"

#include "base/limits.h"

#include <math.h>

static bool is_within(double x, double low, double high)
{
    return x >= low && x <= high;
}

static bool is_unknown_or_within(double x, double low, double high)
{
    return isnan(x) || is_within(x, low, high);
}

static enum en_status check_person(const struct en_forecast_person *p, struct en_err *err)
{
    if (!is_unknown_or_within(p->age_years, 1.0, 120.0)) {
        return en_fail(err, EN_EINVAL, "person.age_years: outside 1 .. 120");
    }
    if (!is_unknown_or_within(p->baseline_nrs, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "person.baseline_nrs: outside 0 .. 10");
    }
    if (!is_unknown_or_within(p->baseline_function, 0.0, 100.0)) {
        return en_fail(err, EN_EINVAL, "person.baseline_function: outside 0 .. 100");
    }
    if (!is_unknown_or_within(p->bmi, 8.0, 150.0)) {
        return en_fail(err, EN_EINVAL, "person.bmi: outside 8 .. 150");
    }
    if (p->is_smoker < -1 || p->is_smoker > 1) {
        return en_fail(err, EN_EINVAL, "person.is_smoker: not 1, 0 or -1");
    }
    if (p->has_diabetes < -1 || p->has_diabetes > 1) {
        return en_fail(err, EN_EINVAL, "person.has_diabetes: not 1, 0 or -1");
    }
    return EN_OK;
}

static enum en_status check_dose(const struct en_forecast_request *q, size_t a, size_t s,
                                 struct en_err *err)
{
    const struct en_dose *d = &q->arms[a].sessions[s];

    if (!(is_within(d->day, q->followup.today, 1e4) && (s == 0 || d->day >= d[-1].day))) {
        return en_fail(err, EN_EINVAL, "arms[%zu].sessions[%zu].day: not ascending from today", a,
                       s);
    }
    if (!is_within(d->dextrose_percent, 0.0, 50.0)) {
        return en_fail(err, EN_EINVAL, "arms[%zu].sessions[%zu].dextrose_percent: outside 0 .. 50",
                       a, s);
    }
    if (!is_within(d->coverage, 0.0, 1.0)) {
        return en_fail(err, EN_EINVAL, "arms[%zu].sessions[%zu].coverage: outside 0 .. 1", a, s);
    }
    if (!is_within(d->needle, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "arms[%zu].sessions[%zu].needle: outside 0 .. 10", a, s);
    }
    return EN_OK;
}

static enum en_status check_arm(const struct en_forecast_request *q, size_t a, struct en_err *err)
{
    const struct en_forecast_arm *arm = &q->arms[a];

    if (arm->id == NULL) {
        return en_fail(err, EN_EINVAL, "arms[%zu].id: missing", a);
    }
    if (!((int)arm->context >= 0 && arm->context < EN_CONTEXT_COUNT)) {
        return en_fail(err, EN_EINVAL, "arms[%zu].context: not one of them", a);
    }
    if (arm->session_count > EN_FORECAST_SESSIONS_MAX) {
        return en_fail(err, EN_EINVAL, "arms[%zu].session_count: above %d", a,
                       (int)EN_FORECAST_SESSIONS_MAX);
    }
    if (!is_within(arm->rehabilitation, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "arms[%zu].rehabilitation: outside 0 .. 10", a);
    }
    for (size_t s = 0; s < arm->session_count; s++) {
        EN_TRY(check_dose(q, a, s, err));
    }
    return EN_OK;
}

static enum en_status check_weeks(const struct en_forecast_request *q, struct en_err *err)
{
    if (q->week_count == 0 || q->week_count > EN_FORECAST_WEEKS_MAX) {
        return en_fail(err, EN_EINVAL, "week_count: outside 1 .. %d", (int)EN_FORECAST_WEEKS_MAX);
    }
    for (size_t k = 0; k < q->week_count; k++) {
        const double before = k == 0 ? q->followup.today / 7.0 : q->weeks[k - 1];

        if (!(q->weeks[k] > before && q->weeks[k] <= 1040.0)) {
            return en_fail(err, EN_EINVAL, "weeks[%zu]: not ascending from today up to 1040", k);
        }
    }
    return EN_OK;
}

static enum en_status check_goals(const struct en_forecast_request *q, struct en_err *err)
{
    if (!(q->worthwhile_nrs >= 0.0 && q->worthwhile_nrs <= 10.0)) {
        return en_fail(err, EN_EINVAL, "worthwhile_nrs: outside 0 .. 10");
    }
    if (q->goal_count > EN_GOALS_MAX) {
        return en_fail(err, EN_EINVAL, "goal_count: above %d", (int)EN_GOALS_MAX);
    }
    for (size_t g = 0; g < q->goal_count; g++) {
        const struct en_goal *goal = &q->goals[g];

        if (!((int)goal->outcome >= 0 && goal->outcome < EN_OUTCOME_COUNT)) {
            return en_fail(err, EN_EINVAL, "goals[%zu].outcome: not one of them", g);
        }
        if (!is_within(goal->at_most, 0.0, goal->outcome == EN_OUTCOME_PAIN ? 10.0 : 100.0)) {
            return en_fail(err, EN_EINVAL, "goals[%zu].at_most: outside its scale", g);
        }
    }
    return EN_OK;
}

enum en_status en_forecast_check(const struct en_forecast_request *q, struct en_err *err)
{
    if (q->posterior == NULL) {
        return en_fail(err, EN_EINVAL, "posterior: missing");
    }
    if (q->condition == NULL) {
        return en_fail(err, EN_EINVAL, "condition: missing");
    }
    if (!is_unknown_or_within(q->population_nrs, 0.5, 10.0)) {
        return en_fail(err, EN_EINVAL, "population_nrs: outside 0.5 .. 10");
    }
    EN_TRY(check_person(&q->person, err));
    EN_TRY(en_followup_check(&q->followup, err));
    EN_TRY(check_goals(q, err));
    if (q->arm_count == 0 || q->arm_count > EN_FORECAST_ARMS_MAX) {
        return en_fail(err, EN_EINVAL, "arm_count: outside 1 .. %d", (int)EN_FORECAST_ARMS_MAX);
    }
    for (size_t a = 0; a < q->arm_count; a++) {
        EN_TRY(check_arm(q, a, err));
    }
    EN_TRY(check_weeks(q, err));
    if (!(q->mic_nrs > 0.0 && q->mic_nrs <= 10.0)) {
        return en_fail(err, EN_EINVAL, "mic_nrs: outside 0 .. 10");
    }
    if (!(q->mic_function > 0.0 && q->mic_function <= 100.0)) {
        return en_fail(err, EN_EINVAL, "mic_function: outside 0 .. 100");
    }
    if (q->patients == 0 || q->patients > EN_FORECAST_PATIENTS_MAX) {
        return en_fail(err, EN_EINVAL, "patients: outside 1 .. %d", (int)EN_FORECAST_PATIENTS_MAX);
    }
    if (q->threads < 0 || q->threads > EN_THREADS_MAX) {
        return en_fail(err, EN_EINVAL, "threads: outside 0 .. %d", (int)EN_THREADS_MAX);
    }
    return EN_OK;
}
