/* SPDX-License-Identifier: Apache-2.0
 * server/clinic_case: one patient as a screen of the clinic asks for: the record, what belongs to
 * the session of a day, and how ready it is. For today*.c and overview*.c. */
#pragma once

#include "app/today.h"
#include "server/parameters.h"
#include "server/record.h"
#include "server/server.h"

struct en_clinic_case {
    /* Asked with. */
    struct en_server *server;
    struct en_arena *a;                          /* of everything below */
    const char *patient, *performer, *condition; /* ids; performer, condition: NULL none named */
    en_day day;
    int64_t moment_us; /* when the consent must hold */
    /* Found by en_clinic_case_session. */
    const char *procedure; /* id of the day's session, NULL none yet */
    bool is_done;          /* it is completed */
    /* Found by en_clinic_case_read. */
    struct en_record record;
    struct en_op_parameters parameters; /* of the clinic's plan */
    bool has_plan, has_checklist;
    const char *plan_id;
    enum en_truth *checklist; /* shape [rows of checklist.tsv] */
    struct en_ready_case rq;
};

/* The session of the day, within a transaction. */
EN_MUST_USE enum en_status en_clinic_case_session(struct en_clinic_case *j, struct en_tx *tx,
                                                  struct en_err *err);

/* The record and what the readiness rests on, within the same one. EN_ENOTFOUND: no such patient.
 */
EN_MUST_USE enum en_status en_clinic_case_read(struct en_clinic_case *j, struct en_tx *tx,
                                               struct en_err *err);

/* Judge it, outside of the transaction. */
EN_MUST_USE enum en_status en_clinic_case_judge(struct en_clinic_case *j, const struct en_app *app,
                                                struct en_ready_answer *out, struct en_err *err);
