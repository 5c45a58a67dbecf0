/* SPDX-License-Identifier: Apache-2.0
 * app/trial_answer: what a virtual trial answers: as JSON, as a long table, and how many patients a
 * planned trial needs (docs/trial.md). Pure functions. */
#pragma once

#include "app/trial_spec.h"
#include "report/trial.h"

struct en_trial_answer {
    const struct en_knowledge *knowledge;
    const struct en_trial_spec *spec;
    const struct en_posterior *posterior;
    const struct en_trial_result *result;
    const struct en_trial_size *size; /* NULL: the specification asks for none */
};

/* How many patients the planned trial needs, by simulation of trials of several sizes. */
EN_MUST_USE enum en_status en_trial_size_of(const struct en_trial_answer *answer, int threads,
                                            struct en_arena *scratch, struct en_trial_size *out,
                                            struct en_err *err);

EN_MUST_USE enum en_status en_trial_json(const struct en_trial_answer *answer, struct en_buf *out,
                                         struct en_err *err);

/* One row per hypothesis, arm or contrast, outcome and week. */
EN_MUST_USE enum en_status en_trial_csv(const struct en_trial_answer *answer, struct en_buf *out,
                                        struct en_err *err);
