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

static enum en_status check_dose(const struct en_forecast_arm *arm, size_t a, size_t s,
                                 struct en_err *err)
{
    const struct en_dose *d = &arm->sessions[s];

    if (!(is_within(d->day, 0.0, 1e4) && (s == 0 || d->day >= d[-1].day))) {
        return en_fail(err, EN_EINVAL, "arms[%zu].sessions[%zu].day: not ascending from 0", a, s);
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
        EN_TRY(check_dose(arm, a, s, err));
    }
    return EN_OK;
}

static enum en_status check_weeks(const struct en_forecast_request *q, struct en_err *err)
{
    if (q->week_count == 0 || q->week_count > EN_FORECAST_WEEKS_MAX) {
        return en_fail(err, EN_EINVAL, "week_count: outside 1 .. %d", (int)EN_FORECAST_WEEKS_MAX);
    }
    for (size_t k = 0; k < q->week_count; k++) {
        if (!(q->weeks[k] > (k == 0 ? 0.0 : q->weeks[k - 1]) && q->weeks[k] <= 1040.0)) {
            return en_fail(err, EN_EINVAL, "weeks[%zu]: not ascending within 0 .. 1040", k);
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
