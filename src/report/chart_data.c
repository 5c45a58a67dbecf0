/* SPDX-License-Identifier: Apache-2.0 */
#include "report/chart.h"

#include <assert.h>
#include <math.h>

/* Length of a week in days. */
static const double WEEK_DAYS = 7.0;

static void fill_sessions(struct en_chart *chart, const struct en_report *r)
{
    const struct en_forecast_arm *arm = &r->forecast->request.arms[0];
    const struct en_plan *p = r->plan;

    chart->session_count = 0;
    if (p == NULL || p->session_count == 0) {
        for (size_t i = 0; i < arm->session_count && i < EN_FORECAST_SESSIONS_MAX; i++) {
            chart->session_week[chart->session_count++] = arm->sessions[i].day / WEEK_DAYS;
        }
        return;
    }
    for (size_t i = 0; i < p->session_count && i < EN_FORECAST_SESSIONS_MAX; i++) {
        chart->session_is_optional[i] = p->sessions[i].is_optional;
        chart->session_week[i] = (p->sessions[i].day - p->sessions[0].day) / WEEK_DAYS;
        chart->session_count++;
    }
}

/* Quantiles of one arm at one point; false when one is not finite. */
static bool take_band(struct en_chart *chart, size_t arm, size_t point, const struct en_band *band)
{
    for (size_t q = 0; q < EN_QUANTILE_COUNT; q++) {
        if (!isfinite(band->q[q])) {
            return false;
        }
        if (arm == 0) {
            chart->plan[q][point] = band->q[q];
        }
    }
    chart->median[arm][point] = band->q[EN_QUANTILE_COUNT / 2];
    return true;
}

enum en_status en_chart_choose(struct en_chart *chart, size_t hypothesis, struct en_err *err)
{
    const struct en_forecast *f = chart->forecast;
    const size_t start = isfinite(chart->baseline) ? 1 : 0;

    assert(hypothesis <= EN_MIXED);
    chart->hypothesis = hypothesis;
    for (size_t q = 0; q < EN_QUANTILE_COUNT; q++) {
        chart->plan[q][0] = chart->baseline;
    }
    for (size_t arm = 0; arm < chart->arm_count; arm++) {
        const struct en_band *bands = f->band[arm][chart->outcome][hypothesis];

        chart->median[arm][0] = chart->baseline;
        for (size_t i = start; i < chart->count; i++) {
            if (!take_band(chart, arm, i, &bands[i - start])) {
                return en_fail(err, EN_EINVAL, "the forecast of arm %zu has unknown values", arm);
            }
        }
    }
    return EN_OK;
}

enum en_status en_chart_init(struct en_chart *chart, struct en_words *w, const struct en_report *r,
                             enum en_outcome outcome, struct en_err *err)
{
    const struct en_forecast *f = r->forecast;

    *chart = (struct en_chart){.forecast = f, .outcome = outcome};
    if (f == NULL || f->request.arm_count == 0 || f->request.week_count == 0) {
        return en_fail(err, EN_EINVAL, "there is no forecast to draw");
    }
    const struct en_forecast_request *q = &f->request;
    const bool is_pain = outcome == EN_OUTCOME_PAIN;

    chart->arm_count = q->arm_count;
    chart->y_max = is_pain ? 10.0 : 100.0;
    /* An unknown baseline was drawn anew for each virtual patient: there is no one start. */
    const bool is_known = isfinite(is_pain ? q->person.baseline_nrs : q->person.baseline_function);

    chart->baseline = is_known ? f->baseline[outcome] : NAN;
    chart->mic = is_pain ? q->mic_nrs : q->mic_function;
    chart->mic_level = chart->baseline - chart->mic;
    chart->title = en_words_forecast(w, f, outcome);
    if (isfinite(chart->baseline)) {
        chart->week[chart->count++] = 0.0;
    }
    for (size_t i = 0; i < q->week_count; i++) {
        chart->week[chart->count++] = q->weeks[i];
    }
    chart->x_max = q->weeks[q->week_count - 1];
    if (!(chart->x_max > 0.0 && isfinite(chart->x_max))) {
        return en_fail(err, EN_EINVAL, "the weeks of the forecast must be above 0");
    }
    fill_sessions(chart, r);
    return en_chart_choose(chart, EN_MIXED, err);
}

/* Part neighbours that overlap, half the overlap each; true when nothing moved. */
static bool part(const size_t *order, const double *height, double *place, size_t count)
{
    bool is_quiet = true;

    for (size_t i = 1; i < count; i++) {
        const size_t a = order[i - 1], b = order[i];
        const double overlap = 0.5 * (height[a] + height[b]) - (place[b] - place[a]);

        if (overlap > 1e-6) {
            place[a] -= 0.5 * overlap;
            place[b] += 0.5 * overlap;
            is_quiet = false;
        }
    }
    return is_quiet;
}

void en_chart_spread(const double *wanted, const double *height, double *place, size_t count,
                     double low, double high)
{
    enum { PASSES_MAX = 200 };
    size_t order[EN_FORECAST_ARMS_MAX + 4];
    bool is_quiet = false;

    assert(count <= EN_COUNT(order));
    for (size_t i = 0; i < count; i++) {
        size_t j = i;

        for (; j > 0 && wanted[order[j - 1]] > wanted[i]; j--) {
            order[j] = order[j - 1];
        }
        order[j] = i;
        place[i] = wanted[i];
    }
    for (size_t pass = 0; pass < PASSES_MAX && !is_quiet; pass++) {
        is_quiet = part(order, height, place, count);
        for (size_t i = 0; i < count; i++) {
            place[i] = fmin(fmax(place[i], low + 0.5 * height[i]), high - 0.5 * height[i]);
        }
    }
}
