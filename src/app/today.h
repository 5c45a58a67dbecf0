/* SPDX-License-Identifier: Apache-2.0
 * app/today: one patient of a clinic's day, from the record: is the session that is booked ready,
 * what does the course wait for, how urgent is what the patient wrote. No store, no clock: the
 * record is handed in. Results live in the arena. Thread-safe. */
#pragma once

#include "app/asked.h"
#include "care/due.h"
#include "care/ready.h"

struct en_ready_case {
    const char *bundle; /* the record with who gives the session, as en_app_case reads it */
    size_t size;
    const char *patient;          /* id of the Patient */
    const struct en_asked *asked; /* what the clinic's plan was asked for; NULL: no plan */
    /* Of the problem, as in en_target; NULL: the plan's, or the only one. */
    const char *target_path;
    /* Judged for the first day that the schedule allows: nothing is booked for today. */
    bool is_any_day;
    enum en_truth consent;
    enum en_ready_plan plan;
    const enum en_truth *checklist;
};

struct en_ready_answer {
    bool is_readable; /* false: the record has errors, and nothing of it is known */
    struct en_case c;
    const struct en_target *target;         /* NULL: not known which */
    const struct en_plan *plan;             /* NULL none */
    const struct en_assessment *assessment; /* NULL as is_readable */
    /* Had the lists been reviewed that day; NULL: as `assessment`. */
    const struct en_assessment *expected;
    struct en_readiness readiness; /* without its stock (en_ready_stock) */
};

/* app->today is the day of the session. A record that cannot be judged is an answer. */
EN_MUST_USE enum en_status en_app_ready(const struct en_app *app, const struct en_ready_case *rq,
                                        struct en_arena *a, struct en_ready_answer *out,
                                        struct en_err *err);

/* What is due of every course in the record. */
struct en_due_answer {
    struct en_case c;
    struct en_due *due; /* shape [targets of the case]; NULL: the record has errors */
};

EN_MUST_USE enum en_status en_app_due(const struct en_app *app, const char *bundle, size_t size,
                                      en_day last_review, struct en_arena *a,
                                      struct en_due_answer *out, struct en_err *err);
