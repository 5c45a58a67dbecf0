/* SPDX-License-Identifier: Apache-2.0
 * care/scoring: from the answers of a questionnaire to its score. Arithmetic only: no item text is
 * shipped (clinical text, section 7). Pure, thread-safe. */
#pragma once

#include "knowledge/knowledge.h"

/* Score of the answers items[count] (NAN: not answered), in the order of the questionnaire.
 * instrument: id of instruments.tsv. scale: subscale or variant ("adl", "sport", "symptom",
 * "function", "total"), NULL the usual one. For KOOS and its kin pass the items of one subscale.
 * *out is NAN when too few were answered. EN_EINVAL: no such instrument or scale, wrong number of
 * items, or an answer outside its range. */
EN_MUST_USE enum en_status en_score_items(const struct en_knowledge *k, const char *instrument,
                                          const char *scale, const double *items, size_t count,
                                          double *out, struct en_err *err);
