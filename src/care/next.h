/* SPDX-License-Identifier: Apache-2.0
 * care/next: the one thing to do next for a patient, and why. Pure, thread-safe. */
#pragma once

#include "care/due.h"
#include "care/ready.h"

enum en_step {
    EN_STEP_ALERT,   /* answer an urgent message */
    EN_STEP_SESSION, /* go on with the session that is under way */
    EN_STEP_ASSESS,
    EN_STEP_REVIEW,
    EN_STEP_SCORE, /* ask for the scores that are due */
    EN_STEP_LABS,
    EN_STEP_PLAN,
    EN_STEP_APPROVE,
    EN_STEP_CONSENT,
    EN_STEP_BOOK,
    EN_STEP_START, /* start the session that is booked today */
    EN_STEP_WAIT,
    EN_STEPS
};
const char *en_step_code(enum en_step step); /* "alert", "session" ... */

struct en_next_request {
    bool has_alert;       /* of an emergency or the same day, that nobody answered */
    bool is_session_open; /* in progress */
    bool is_session_done; /* one of today is completed */
    bool is_readable;     /* the record has no errors */
    bool has_problem;     /* one that is recognised */
    enum en_ready_plan plan;
    const struct en_readiness *readiness; /* of today */
    const struct en_due *due;             /* of the problem's course; NULL unknown */
    en_day next_visit;                    /* of a session that is booked; EN_DAY_UNKNOWN none */
};

struct en_next {
    enum en_step step;
    const char *reason;               /* a code, docs/api.md */
    const struct en_ready_part *part; /* whose details are the reason; NULL */
    en_day day;                       /* of what waits, or is due since; EN_DAY_UNKNOWN */
};

struct en_next en_next_step(const struct en_care *care, const struct en_next_request *rq);
