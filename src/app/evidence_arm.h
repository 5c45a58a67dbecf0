/* SPDX-License-Identifier: Apache-2.0
 * app/evidence_arm: what an arm of a published trial received, from the words of a table. Internal
 * to app: the tables of trials and the files of `enthesis validate` share it. */
#pragma once

#include "cohort/evidence.h"
#include "knowledge/knowledge.h"

/* Cells; "" where nothing is given. */
struct en_arm_text {
    const char *condition;       /* id, or "" */
    const char *kind;            /* dextrose, injection, exercise, none, other */
    const char *sessions_weeks;  /* list of weeks */
    const char *as_needed_weeks; /* the same */
    const char *injections;      /* list of "KIND PERCENT ML POINTS GUIDANCE" */
    double rehabilitation;       /* stimulus; NAN: 1 */
};

struct en_arm_problem {
    const char *column, *what;
    bool is_unknown; /* nothing is wrong, but what was done is not known or not simulated */
};

/* Sessions, context and stimulus of an arm; id and study are left alone. False when there is a
 * problem. */
bool en_arm_read(const struct en_knowledge *k, const struct en_arm_text *text,
                 struct en_evidence_arm *out, struct en_arm_problem *problem);
