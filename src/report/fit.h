/* SPDX-License-Identifier: Apache-2.0
 * report/fit: how well the model meets what trials reported: the report of a calibration, and the
 * picture of a validation. Draws results, decides nothing. */
#pragma once

#include "base/buf.h"
#include "cohort/calibrate.h"
#include "cohort/validate.h"
#include "report/report.h"

/* A reported value beside its prediction, on the scale of the tables of trials. */
struct en_fit_result {
    const char *id, *arm; /* of the table; name of the arm for people */
    size_t arm_index;     /* counts within the panel: the colour */
    double week, value;
    double low, high; /* 95 % interval of the reported value; NAN unknown */
    struct en_predictive q;
    bool is_fit; /* took part in the calibration */
};

/* The results of one study and outcome, by week and arm. */
struct en_fit_panel {
    const char *title, *outcome; /* of the study; "pain, change [NRS]" */
    double factor;               /* 100 for shares, which are written in percent */
    const struct en_fit_result *results;
    size_t count;
};

struct en_fit_hypothesis {
    const char *id, *name;
    double prior_weight, weight, log_evidence;
    double wide_weight, wide_log_evidence; /* NAN: no calibration with wider priors is stored */
    const struct en_calibration_step *steps;
    size_t step_count, kept; /* kept: particles that are stored */
};

/* 5 %, 50 %, 95 %. */
struct en_fit_interval {
    double low, middle, high;
};

struct en_fit_quantity {
    const char *symbol, *meaning, *unit;
    double contraction[EN_HYPOTHESES];             /* 1 - variance after / before */
    struct en_fit_interval prior, posterior, wide; /* over the hypotheses; wide may be NAN */
};

/* Deviations of a condition: contextual response [share of baseline], factor on its half-time,
 * factor on the specific effect. */
struct en_fit_condition {
    const char *title;
    size_t result_count;
    struct en_fit_interval effect[EN_CONDITION_EFFECT_COUNT];
};

/* A prediction with the usual and the wider priors. */
struct en_fit_sensitivity {
    const char *id;
    double reported;
    struct en_fit_interval usual, wide;
};

struct en_fit_reason {
    const char *reason;
    size_t count;
};

struct en_fit_report {
    const char *version; /* of the knowledge */
    bool is_calibrated, has_wide;
    struct en_calibration_settings settings;
    double wide_width;
    struct en_fit_hypothesis hypotheses[EN_HYPOTHESES];
    struct en_fit_quantity quantities[EN_LEARNED_COUNT];
    const struct en_fit_condition *conditions;
    size_t condition_count;
    const struct en_fit_panel *panels;
    size_t panel_count;
    const struct en_fit_sensitivity *sensitivity;
    size_t sensitivity_count;
    const struct en_fit_reason *left_out; /* what is not simulated, by reason */
    size_t left_out_count;
    size_t unread; /* results that nobody read in their source, and that were not used */
    struct en_validation score; /* of the fitted results */
    en_day today;
};

/* Contraction below which the data say nothing about a quantity. */
#define EN_FIT_IDENTIFIED 0.1

/* Whether the reported value lies in the middle 90 %. */
bool en_fit_is_inside(const struct en_fit_result *r);

/* Pages of text, width columns (80 when 0). */
EN_MUST_USE enum en_status en_fit_terminal(const struct en_fit_report *r, int width,
                                           bool use_colour, struct en_buf *out, struct en_err *err);

/* The same with a chart of every study, as PDF. */
EN_MUST_USE enum en_status en_fit_pdf(const struct en_fit_report *r, struct en_buf *pdf,
                                      struct en_err *err);

/* Validation */

struct en_fit_validation {
    const char *file, *version;
    const struct en_fit_panel *panels;
    size_t panel_count;
    const double *pit; /* shape [pit_count], of results of arms */
    size_t pit_count;
    struct en_validation arms, contrasts;
    bool is_calibrated;
    size_t known_count; /* studies that calibration has seen */
    en_day today;
};

EN_MUST_USE enum en_status en_validation_terminal(const struct en_fit_validation *v, int width,
                                                  bool use_colour, struct en_buf *out,
                                                  struct en_err *err);
EN_MUST_USE enum en_status en_validation_svg(const struct en_fit_validation *v, struct en_buf *out,
                                             struct en_err *err);
EN_MUST_USE enum en_status en_validation_pdf(const struct en_fit_validation *v, struct en_buf *out,
                                             struct en_err *err);
