/* SPDX-License-Identifier: Apache-2.0
 * cohort/response: what the model expects a report to say, for one particle: the tissue of a few
 * quasi-random patients through the arms of the evidence, then expected changes and shares of
 * responders, with noise and the ends of the scales in closed form. Internal to cohort. */
#pragma once

#include "cohort/evidence.h"

/* What does not depend on the particle. Shared by threads. */
struct response_plan;

EN_MUST_USE enum en_status response_plan(const struct en_evidence *e, size_t patients,
                                         struct en_arena *a, const struct response_plan **out,
                                         struct en_err *err);

/* Tissue of all patients through all arms: shape [response_tissue_size]. */
size_t response_tissue_size(const struct response_plan *p);

/* Needs the centres of the patients' parameters alone (zmax .. kG2 of the effects). batch is the
 * worker's own, made by response_batch. */
EN_MUST_USE enum en_status response_batch(const struct response_plan *p, struct en_arena *a,
                                          struct en_batch *batch, struct en_err *err);
EN_MUST_USE enum en_status response_tissue(const struct response_plan *p,
                                           const struct en_effects *effects, struct en_batch *batch,
                                           double *tissue, struct en_err *err);

/* Expected report of one row, in shares of the baseline (changes) or of patients (responders). */
struct response {
    double value;
    double per_study, per_arm; /* its slopes on the deviations of the study and of the arm */
    double sd;                 /* of the change over patients; of a share sqrt(p (1 - p)) */
};

/* effects: of the row's condition; arm and versus of one study. With versus, value is the
 * difference, the slopes are those of `arm`, and those of the other stand in *versus (zero
 * without). */
struct response response_row(const struct response_plan *p, const struct en_effects *effects,
                             const double *tissue, size_t row, struct response *versus);
