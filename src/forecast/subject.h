/* SPDX-License-Identifier: Apache-2.0
 * forecast/subject: simulated persons for checks of the posterior: who they are, what they report
 * and what is true of them. Inside forecast only. Thread-safe. */
#pragma once

#include "forecast/quantity.h"

/* Reports of one person. */
enum { SUBJECT_REPORTS_MIN = 2, SUBJECT_REPORTS_MAX = 16 };

/* What a person's seeds are for. */
enum { SUBJECT_TRUTH, SUBJECT_REPORTS, SUBJECT_POSTERIOR };

struct subject {
    struct en_cohort_person person; /* what is known */
    struct en_cohort_source source; /* of the truth; one patient */
    struct en_followup followup;    /* with the values that were reported */
    struct quantity_plan plan;
    double truth[EN_QUANTITY_COUNT];
    double score, normal_score; /* of plan.next_day, with the reports' error and a normal one */
};

/* Person `index`: known facts, design of the follow-up, truth and reports are all functions of
 * (seed, index). The arena is left as it was. */
EN_MUST_USE enum en_status subject_draw(const struct en_posterior *posterior, uint64_t seed,
                                        uint64_t index, struct en_arena *a, struct subject *out,
                                        struct en_err *err);

/* Another seed for each person and purpose. */
uint64_t subject_seed(uint64_t seed, uint64_t index, uint32_t purpose);
