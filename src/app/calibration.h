/* SPDX-License-Identifier: Apache-2.0
 * app/calibration: the calibrations of the four hypotheses as one run that can be stopped and gone
 * on with, and the cross-validation that leaves out one data set after the other. Bytes in, bytes
 * out: who runs it writes the files. */
#pragma once

#include "app/evidence.h"
#include "app/posterior_file.h"
#include "cohort/validate.h"

/* Particles of each hypothesis that a stored posterior keeps. */
enum { EN_POSTERIOR_KEPT = 256, EN_CALIBRATION_DRAWS = 4000 };

struct en_calibration_run {
    struct en_evidence evidence; /* what is fitted alone */
    struct en_calibration_settings settings;
    struct en_calibration *calibration[EN_HYPOTHESES];
    uint64_t evidence_hash, key; /* key: of the checkpoint */
};

/* Start from the priors. */
EN_MUST_USE enum en_status
en_calibration_run_start(const struct en_app *app, const struct en_calibration_settings *settings,
                         struct en_arena *a, struct en_calibration_run *out, struct en_err *err);

bool en_calibration_run_done(const struct en_calibration_run *r);

/* The whole state as a checkpoint, and back. `file` names it in messages. */
void en_calibration_run_pack(const struct en_calibration_run *r, struct en_arena *scratch,
                             struct en_buf *out);
EN_MUST_USE enum en_status en_calibration_run_unpack(struct en_calibration_run *r, const char *file,
                                                     const struct en_buf *bytes,
                                                     struct en_arena *scratch, struct en_err *err);

/* What is stored of a run that is done. */
EN_MUST_USE enum en_status en_calibration_run_record(const struct en_calibration_run *r,
                                                     size_t kept, struct en_arena *a,
                                                     struct en_posterior_record *out,
                                                     struct en_err *err);

/* What is stored of a run with wider priors: weights, learned quantities, key predictions. */
EN_MUST_USE enum en_status en_calibration_run_wide(const struct en_calibration_run *r,
                                                   const struct en_posterior *p, struct en_arena *a,
                                                   struct en_wide_value **out, size_t *count,
                                                   struct en_err *err);

/* 5 %, 50 % and 95 % quantiles of a learned quantity over the hypotheses. */
EN_MUST_USE enum en_status en_learned_quantiles(const struct en_posterior *p, enum en_learned row,
                                                struct en_arena *scratch, double out[3],
                                                struct en_err *err);

/* Rows that stand for the rest where few fit on a page: of each condition the last change of the
 * largest arm with dextrose. Index of the row, SIZE_MAX without one. */
size_t en_evidence_key_row(const struct en_evidence *e, size_t condition);

/* Cross-validation */

struct en_cross {
    const struct en_calibration_run *run;       /* done */
    double *state[EN_HYPOTHESES];               /* of the full calibrations */
    struct en_evidence contrasts;               /* what the arms of randomised studies imply */
    struct en_prediction *predictions;          /* shape [run->evidence.row_count] */
    struct en_prediction *contrast_predictions; /* shape [contrasts.row_count] */
    bool *is_done;                              /* shape [study_count], by data set */
};

/* From a run that is done; its calibrations are used and changed. */
EN_MUST_USE enum en_status en_cross_start(const struct en_calibration_run *run, struct en_arena *a,
                                          struct en_cross *out, struct en_err *err);

/* The next data set that is not done, SIZE_MAX when all are; and how many there are in all. */
size_t en_cross_next(const struct en_cross *c);
size_t en_cross_count(const struct en_cross *c, size_t *done);

/* Before a data set: back to the full calibration, with the data set as the one to leave out. Then
 * advance each calibration until it is done, and predict the rows that were left out. */
void en_cross_leave(struct en_cross *c, size_t dataset);
EN_MUST_USE enum en_status en_cross_predict(struct en_cross *c, size_t dataset,
                                            struct en_arena *scratch, struct en_err *err);

void en_cross_pack(const struct en_cross *c, struct en_buf *out, struct en_arena *scratch);
EN_MUST_USE enum en_status en_cross_unpack(struct en_cross *c, const char *file,
                                           const struct en_buf *bytes, struct en_err *err);
