/* SPDX-License-Identifier: Apache-2.0 */
#include "report/chart.h"

#include <assert.h>
#include <math.h>

/* Length of a week in days. */
static const double WEEK_DAYS = 7.0;

/* The sessions of arm 0 from a day on: in the course of treatment those to come. */
static void take_sessions(struct en_chart *chart, double from)
{
    const struct en_forecast_arm *arm = &chart->forecast->request.arms[0];

    for (size_t i = 0; i < arm->session_count && i < EN_FORECAST_SESSIONS_MAX; i++) {
        if (arm->sessions[i].day < from) {
            continue;
        }
        chart->session_week[chart->session_count++] = arm->sessions[i].day / WEEK_DAYS;
    }
}

static void fill_sessions(struct en_chart *chart, const struct en_report *r)
{
    const struct en_plan *p = r->plan;

    if (p == NULL || p->session_count == 0) {
        take_sessions(chart, 0.0);
        return;
    }
    for (size_t i = 0; i < p->session_count && i < EN_FORECAST_SESSIONS_MAX; i++) {
        chart->session_is_optional[i] = p->sessions[i].is_optional;
        chart->session_week[i] = (p->sessions[i].day - p->sessions[0].day) / WEEK_DAYS;
        chart->session_count++;
    }
}

static void add_score(struct en_chart *chart, double week, double value)
{
    assert(chart->score_count < EN_COUNT(chart->scores));
    chart->scores[chart->score_count++] = (struct en_chart_score){
        .week = fmin(fmax(week, 0.0), chart->x_max),
        .value = fmin(fmax(value, 0.0), chart->y_max),
        .is_above = value > chart->y_max,
        .is_below = value < 0.0,
    };
}

/* What the record holds of the outcome; the last score is where the curves start. */
static void fill_record(struct en_chart *chart, const struct en_followup *f)
{
    const bool is_pain = chart->outcome == EN_OUTCOME_PAIN;
    const enum en_measure measure = is_pain ? EN_MEASURE_PAIN : EN_MEASURE_FUNCTION;

    chart->today = f->today / WEEK_DAYS;
    for (size_t i = 0; i < f->given_count && i < EN_FORECAST_SESSIONS_MAX; i++) {
        chart->given_week[chart->given_count++] = f->given[i].day / WEEK_DAYS;
    }
    if (isfinite(chart->baseline)) {
        add_score(chart, 0.0, chart->baseline);
    }
    for (size_t i = 0; i < f->observation_count && i < EN_OBSERVATIONS_MAX; i++) {
        const struct en_observation *o = &f->observations[i];

        /* A score of another instrument of function, on the scale of the person's own. */
        if (o->measure == measure && isfinite(o->value) && o->scale > 0.0) {
            add_score(chart, o->day / WEEK_DAYS, o->value / o->scale);
        }
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
    const size_t start = isfinite(chart->start_score) ? 1 : 0;

    assert(hypothesis <= EN_MIXED);
    chart->hypothesis = hypothesis;
    for (size_t q = 0; q < EN_QUANTILE_COUNT; q++) {
        chart->plan[q][0] = chart->start_score;
    }
    for (size_t arm = 0; arm < chart->arm_count; arm++) {
        const struct en_band *bands = f->band[arm][chart->outcome][hypothesis];

        chart->median[arm][0] = chart->start_score;
        for (size_t i = start; i < chart->count; i++) {
            if (!take_band(chart, arm, i, &bands[i - start])) {
                return en_fail(err, EN_EINVAL, "the forecast of arm %zu has unknown values", arm);
            }
        }
    }
    return EN_OK;
}

/* Axes, baseline and important change; the points are still to come. In the course of treatment the
 * axis is that of the forecast before it, so that both stand on the same one. */
static void fill_axes(struct en_chart *chart, const struct en_report *r,
                      const struct en_forecast *f, enum en_outcome outcome)
{
    const struct en_forecast_request *q = &f->request;
    const struct en_forecast_request *axis = r->outlook == NULL ? q : &r->outlook->before->request;
    const bool is_pain = outcome == EN_OUTCOME_PAIN;
    /* An unknown baseline was drawn anew for each virtual patient: there is no one start. */
    const bool is_known = isfinite(is_pain ? q->person.baseline_nrs : q->person.baseline_function);

    *chart = (struct en_chart){
        .forecast = f,
        .outcome = outcome,
        .x_max = axis->weeks[axis->week_count - 1],
        .y_max = is_pain ? 10.0 : 100.0,
        .baseline = is_known ? f->baseline[outcome] : NAN,
        .mic = is_pain ? q->mic_nrs : q->mic_function,
        .today = NAN,
        .arm_count = q->arm_count,
        .tick_count = 1, /* 0, the first session */
    };
    for (size_t i = 0; i < axis->week_count; i++) {
        chart->tick[chart->tick_count++] = axis->weeks[i];
    }
    chart->mic_level = chart->baseline - chart->mic;
    chart->start_score = chart->baseline;
}

/* The curves of a forecast; record, NULL: none, is what it was updated with. */
static enum en_status fill_curves(struct en_chart *chart, struct en_words *w,
                                  const struct en_followup *record, struct en_err *err)
{
    const struct en_forecast_request *q = &chart->forecast->request;

    if (!(chart->x_max > 0.0 && isfinite(chart->x_max))) {
        return en_fail(err, EN_EINVAL, "the weeks of the forecast must be above 0");
    }
    if (record != NULL) {
        fill_record(chart, record);
    }
    if (record == &q->followup) { /* this forecast begins where the record ends */
        const struct en_chart_score *last =
            chart->score_count == 0 ? NULL : &chart->scores[chart->score_count - 1];

        chart->start_week = last == NULL ? 0.0 : last->week;
        chart->start_score = last == NULL ? NAN : last->value;
    }
    chart->title = en_words_forecast(w, chart->forecast, chart->outcome);
    if (isfinite(chart->start_score)) {
        chart->week[chart->count++] = chart->start_week;
    }
    for (size_t i = 0; i < q->week_count; i++) {
        chart->week[chart->count++] = q->weeks[i];
    }
    return en_chart_choose(chart, EN_MIXED, err);
}

static bool is_drawable(const struct en_forecast *f)
{
    return f != NULL && f->request.arm_count > 0 && f->request.week_count > 0;
}

enum en_status en_chart_init(struct en_chart *chart, struct en_words *w, const struct en_report *r,
                             enum en_outcome outcome, struct en_err *err)
{
    const struct en_forecast *f = r->forecast;

    if (!is_drawable(f) || (r->outlook != NULL && !is_drawable(r->outlook->before))) {
        return en_fail(err, EN_EINVAL, "there is no forecast to draw");
    }
    fill_axes(chart, r, f, outcome);
    if (!en_words_is_course(f)) {
        fill_sessions(chart, r);
        return fill_curves(chart, w, NULL, err);
    }
    take_sessions(chart, f->request.followup.today);
    return fill_curves(chart, w, &f->request.followup, err);
}

enum en_status en_chart_init_before(struct en_chart *chart, struct en_words *w,
                                    const struct en_report *r, enum en_outcome outcome,
                                    struct en_err *err)
{
    const struct en_forecast *f = r->outlook == NULL ? NULL : r->outlook->before;

    if (!is_drawable(f) || !is_drawable(r->forecast)) {
        return en_fail(err, EN_EINVAL, "there is no forecast to draw");
    }
    fill_axes(chart, r, f, outcome);
    take_sessions(chart, r->forecast->request.followup.today);
    return fill_curves(chart, w, &r->forecast->request.followup, err);
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
