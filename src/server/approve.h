/* SPDX-License-Identifier: Apache-2.0
 * server/approve: what the files of approving a plan share. Inside of approve*.c. */
#pragma once

#include "app/asked.h"
#include "server/sign.h"

enum { EN_APPROVE_SESSIONS_MAX = EN_PLAN_SESSIONS_MAX };

struct en_approve {
    /* parts: the CarePlan, its ServiceRequests (shape [session_count], targets), then goals, the
     * verdict, consents. */
    struct en_sign s;
    size_t session_count;
    bool has_appointment[EN_SIGN_PARTS_MAX]; /* by session */
    bool is_draft;
    const char *parameters; /* that the plan was asked with; NULL unknown */
};

/* A work of the store: read all that the approval rests on. */
EN_MUST_USE enum en_status en_approve_gather(struct en_tx *tx, void *context, struct en_err *err);

/* Write everything in one transaction, when nothing changed since it was judged (EN_ECONFLICT), and
 * answer the Bundle of what is stored now, with an OperationOutcome that tells of the consent. */
EN_MUST_USE enum en_status en_approve_write(struct en_approve *x, struct en_http_response *rs,
                                            struct en_err *err);
