/* SPDX-License-Identifier: Apache-2.0
 * report/trial: a virtual trial on the terminal, as charts and as a document.
 *
 * Changes are later minus baseline and scores are high when worse, so an improvement of pain or
 * function is negative; more responders and more stiffness are better. A contrast is an arm less
 * the last arm. Draws results, decides nothing. */
#pragma once

#include "base/buf.h"
#include "base/date.h"
#include "cohort/trial.h"
#include "knowledge/knowledge.h"

struct en_words;

/* How many patients a planned trial needs. */
struct en_trial_size {
    size_t arm, outcome, week; /* asked for, against the last arm */
    double wanted;             /* chance of a two-sided p < 0.05 in favour of the arm */
    double power;              /* of the trial at its own size */
    struct en_sample_size search;
};

struct en_trial_report {
    const struct en_knowledge *knowledge;
    const struct en_trial_result *result;
    const char *name, *title;         /* of the trial; of its condition */
    const char *const *outcomes;      /* shape [outcome], as they were asked for */
    const struct en_trial_size *size; /* NULL: not asked */
    bool is_calibrated, has_condition_data;
    bool with_hypotheses; /* print each hypothesis too */
    en_day today;
};

/* What a measure is called and how it is written. */
struct en_trial_words {
    const char *title;  /* "Function, change (0-100)" */
    const char *better; /* "negative is better" */
    double factor;      /* 100 for shares, which are written in percent */
    int decimals;
    bool is_low_better;
};
struct en_trial_words en_trial_words(struct en_words *w, const struct en_trial_outcome *o);

/* Sentences for people: what a trial of this size would conclude about an arm; for the first
 * outcome at the last week. Then how many patients a planned trial needs ("" when not asked). */
const char *en_trial_conclusion(struct en_words *w, const struct en_trial_report *r, size_t arm);
const char *en_trial_size_words(struct en_words *w, const struct en_trial_report *r);
/* "20000 virtual patients of each arm in 333 trials ..., seed 1": how it was worked out. */
const char *en_trial_method(struct en_words *w, const struct en_trial_report *r);

/* A page of text, width columns (80 when 0). */
EN_MUST_USE enum en_status en_trial_terminal(const struct en_trial_report *r, int width,
                                             bool use_colour, struct en_buf *out,
                                             struct en_err *err);

/* A chart for each outcome, as one picture. */
EN_MUST_USE enum en_status en_trial_svg(const struct en_trial_report *r, struct en_buf *out,
                                        struct en_err *err);

/* Charts and tables. */
EN_MUST_USE enum en_status en_trial_pdf(const struct en_trial_report *r, struct en_buf *out,
                                        struct en_err *err);
