/* SPDX-License-Identifier: Apache-2.0
 * app/posterior_file: what a calibration found, as tables of knowledge/: posterior (particles),
 * posterior_info (settings, weights, what it was made from), posterior_steps (the way there) and
 * posterior_wide (the same with wider priors, a summary). Text in, text out; thread-safe. */
#pragma once

#include "app/app.h"
#include "cohort/calibrate.h"

/* A stored calibration. */
struct en_posterior_record {
    struct en_posterior posterior;
    struct en_calibration_settings settings;                /* threads is not stored */
    uint64_t evidence, learned;                             /* hashes of what it was made from */
    const struct en_calibration_step *steps[EN_HYPOTHESES]; /* shape [step_count] */
    size_t step_count[EN_HYPOTHESES];
};

/* Particles without calibration: as many draws from the priors. */
enum { EN_POSTERIOR_PRIOR_PARTICLES = 512 };

/* Hash of the rows of cohort/learned.def and the centres of the model's parameters: particles are
 * numbers relative to them. */
uint64_t en_learned_hash(void);

/* The files posterior.tsv, posterior_info.tsv, posterior_steps.tsv (sticky failure). */
void en_posterior_print(const struct en_posterior *p, struct en_buf *out);
void en_posterior_print_info(const struct en_posterior_record *r, struct en_buf *out);
void en_posterior_print_steps(const struct en_posterior_record *r, struct en_buf *out);

/* The stored calibration. Without one (posterior.tsv has no rows) the posterior is the prior and
 * not calibrated. EN_EINVAL when the tables contradict each other or do not fit the tables of
 * trials and this program; the text says to run `make calibrate`. */
EN_MUST_USE enum en_status en_posterior_read(const struct en_knowledge *k, struct en_arena *a,
                                             struct en_posterior_record *out, struct en_err *err);

/* The posterior that forecasts, trials and validations use. */
EN_MUST_USE enum en_status en_app_posterior(const struct en_app *app, struct en_arena *a,
                                            struct en_posterior *out, struct en_err *err);

/* The same calibration with wider priors, in short. */
struct en_wide_value {
    const char *kind, *name; /* "setting", "weight", "log_evidence", "learned", "prediction" */
    double value, low, high; /* low and high may be NAN */
};

/* The file posterior_wide.tsv. */
void en_wide_print(const struct en_wide_value *values, size_t count, struct en_buf *out);

/* A stored value; false when there is none. */
bool en_wide_find(const struct en_knowledge *k, const char *kind, const char *name,
                  struct en_wide_value *out);
