/* SPDX-License-Identifier: Apache-2.0
 * care/due: what a course of treatment waits for: a review, and the scores of its time points.
 * Pure; results live in the arena. Thread-safe. */
#pragma once

#include "care/after.h"

/* A time point of follow-up whose scores are missing. */
struct en_due_scores {
    const struct en_row *row; /* of limits.tsv: timepoint.* */
    en_day from, to;          /* when a score counts for it */
    const char *missing;      /* list of instruments.tsv */
    bool is_overdue;          /* its time is over, and pain was not scored */
};

struct en_due {
    /* A review: reason is a code, "rules" (findings ask for one), "before_next" (the next session
     * may be given and nobody looked since the last one); NULL: none is due. */
    const char *review;
    en_day review_since;                 /* when it became due */
    const struct en_finding *const *why; /* findings behind "rules", shape [why_count] */
    size_t why_count;
    struct en_due_scores *scores; /* earliest first */
    size_t score_count;
    int sessions_given;
    en_day last_session; /* EN_DAY_UNKNOWN: there is none, and nothing is due */
};

/* last_review: day of the last review that was kept; EN_DAY_UNKNOWN none. */
EN_MUST_USE enum en_status en_due_find(const struct en_care *care, const struct en_case *c,
                                       size_t target, en_day last_review, struct en_arena *a,
                                       struct en_due *out, struct en_err *err);

/* Days back from today in which a course may have begun that still waits for something. */
en_day en_due_window(const struct en_knowledge *k);
