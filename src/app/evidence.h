/* SPDX-License-Identifier: Apache-2.0
 * app/evidence: published trials, from the tables trials, trial_arms and trial_results to what the
 * science wing calibrates on, and from a file of results to what it is validated on. */
#pragma once

#include "app/app.h"
#include "cohort/evidence.h"

/* What of the tables cannot be simulated and is left out. */
struct en_evidence_left_out {
    const char *id, *reason; /* of an arm or a result */
};

struct en_app_evidence {
    struct en_evidence evidence;
    const struct en_evidence_left_out *left_out;
    size_t left_out_count;
    const char *const *titles; /* of the studies, shape [study_count] */
};

/* The tables as evidence, in the arena. Rows that are no part of calibration are there with is_fit
 * false, as far as they have numbers that the model can predict. EN_EINVAL names table, row and
 * column. */
EN_MUST_USE enum en_status en_app_evidence(const struct en_app *app, struct en_arena *a,
                                           struct en_app_evidence *out, struct en_err *err);

/* The rows that are wanted and their arms; studies and conditions stay as they are. */
typedef bool en_evidence_choice(const struct en_evidence *e, const struct en_evidence_row *row,
                                const void *context);
EN_MUST_USE enum en_status en_evidence_select(const struct en_evidence *e,
                                              en_evidence_choice *is_wanted, const void *context,
                                              struct en_arena *a, struct en_evidence *out,
                                              struct en_err *err);
en_evidence_choice en_evidence_is_fit;     /* context: NULL */
en_evidence_choice en_evidence_is_dataset; /* context: const size_t *, number of the data set */

/* Words of the column outcome: pain, function, responder_pain, responder_function, the responders
 * with the usual threshold in the name. threshold: of the outcome, NAN: of the row. False for
 * another word. */
bool en_evidence_outcome(const char *word, enum en_evidence_outcome *outcome, double *threshold);

/* The threshold as struct en_evidence_row has it, from one in percent or points. */
double en_evidence_threshold(enum en_evidence_outcome outcome, double threshold, bool is_percent,
                             double baseline);

/* Hash of what calibration sees of the tables: a posterior that was made from others is stale. */
uint64_t en_evidence_hash(const struct en_knowledge *k);
