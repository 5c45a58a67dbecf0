/* SPDX-License-Identifier: Apache-2.0
 * report/chart: what a fan chart shows, worked out once for paper, picture and terminal. */
#pragma once

#include "report/words.h"

enum { EN_CHART_POINTS_MAX = EN_FORECAST_WEEKS_MAX + 1 };

/* A score that was reported, held on the axis. */
struct en_chart_score {
    double week, value;
    bool is_above, is_below; /* the value itself lies beyond the end of the axis */
};

struct en_chart {
    const struct en_forecast *forecast;
    enum en_outcome outcome;
    size_t hypothesis; /* EN_MIXED or the index of one */
    const char *title; /* in words, with the medians */
    double x_max;      /* [wk] */
    double y_max;      /* 10 or 100; the score is high when worse */
    double baseline;   /* score at week 0; NAN unknown */
    /* First point of the curves: the baseline, or in the course of treatment the last score. An
     * unknown score (NAN): they start at the first week of the forecast. */
    double start_week, start_score;
    double today;     /* [wk] in the course of treatment; NAN otherwise */
    double mic_level; /* baseline less the minimal important change; NAN unknown */
    double mic;
    size_t tick_count; /* weeks written at the axis, 0 the first */
    double tick[EN_CHART_POINTS_MAX];
    size_t count; /* points, the start included */
    double week[EN_CHART_POINTS_MAX];
    double plan[EN_QUANTILE_COUNT][EN_CHART_POINTS_MAX]; /* quantiles of arm 0 */
    size_t arm_count;
    double median[EN_FORECAST_ARMS_MAX][EN_CHART_POINTS_MAX]; /* of every arm, 0 the plan */
    size_t session_count;
    double session_week[EN_FORECAST_SESSIONS_MAX];
    bool session_is_optional[EN_FORECAST_SESSIONS_MAX];
    /* What the record holds, in the course of treatment: sessions that were given (those above are
     * to come) and scores, the baseline first. */
    size_t given_count, score_count;
    double given_week[EN_FORECAST_SESSIONS_MAX];
    struct en_chart_score scores[EN_OBSERVATIONS_MAX + 1];
};

/* Fill from the forecast (must not be NULL) and the plan's sessions. EN_EINVAL when the forecast
 * has no arm, no week or a value that is not finite. */
EN_MUST_USE enum en_status en_chart_init(struct en_chart *chart, struct en_words *w,
                                         const struct en_report *r, enum en_outcome outcome,
                                         struct en_err *err);

/* The same of the population before the first session, for a report with an outlook: its curves
 * start at the baseline, beside what the record holds. */
EN_MUST_USE enum en_status en_chart_init_before(struct en_chart *chart, struct en_words *w,
                                                const struct en_report *r, enum en_outcome outcome,
                                                struct en_err *err);

/* The same chart for one hypothesis. */
EN_MUST_USE enum en_status en_chart_choose(struct en_chart *chart, size_t hypothesis,
                                           struct en_err *err);

/* Places for labels of these heights at the wanted positions, without overlap and within
 * low .. high as far as they fit; order of wanted positions is kept. Shape of all: [count]. */
void en_chart_spread(const double *wanted, const double *height, double *place, size_t count,
                     double low, double high);
