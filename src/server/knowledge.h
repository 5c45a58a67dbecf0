/* SPDX-License-Identifier: Apache-2.0
 * server/knowledge: what the handlers of /knowledge and /clinic/policies share. Inside of
 * knowledge*.c. */
#pragma once

#include "care/case.h"
#include "server/auth.h"
#include "server/tables.h"

/* Who would approve: the account's Practitioner as it is recorded now. */
struct en_clinician {
    const char *id; /* NULL: the account has none */
    struct en_practitioner person;
    const char *fault; /* why it may not approve, to be shown; NULL: it may */
};
EN_MUST_USE enum en_status en_tx_clinician(struct en_tx *tx, const struct en_http_request *rq,
                                           struct en_clinician *out, struct en_err *err);

/* The table that the path names and, when it names one, the row. *is_answered: 404. */
EN_MUST_USE enum en_status en_knowledge_place(struct en_server *s, const struct en_http_request *rq,
                                              struct en_http_response *rs,
                                              const struct en_table **table,
                                              const struct en_row **row, bool *is_answered);

/* "2026-11-30T10:00:00Z" as a member. */
void en_knowledge_time(struct en_writer *w, const char *key, int64_t us);

/* Handlers, by file. */
en_handler en_knowledge_tables, en_knowledge_rows;                    /* knowledge.c */
en_handler en_knowledge_row;                                          /* knowledge_row.c */
en_handler en_knowledge_approve, en_knowledge_withdraw;               /* knowledge_approve.c */
en_handler en_policies_list, en_policies_history, en_policies_change; /* policies.c */
