/* SPDX-License-Identifier: Apache-2.0
 * store/feedback: cards that were given by CDS Hooks, and what their readers did with them. No row
 * names a patient. */
#pragma once

#include "store/store.h"

struct en_issued_card {
    const char *uuid, *client, *service;
    const char *rule; /* row of tiers.tsv, or which summary it was */
};

/* Keep a card that is given now. Those of before keep_from_us are forgotten. */
EN_MUST_USE enum en_status en_tx_card_add(struct en_tx *tx, const struct en_issued_card *card,
                                          int64_t keep_from_us, struct en_err *err);

/* The card that this client was given by this service. EN_ENOTFOUND. */
EN_MUST_USE enum en_status en_tx_card_get(struct en_tx *tx, const char *uuid, const char *client,
                                          const char *service, struct en_arena *a,
                                          struct en_issued_card *out, struct en_err *err);

/* What became of a card; NULL where it was not told. */
struct en_feedback {
    const char *outcome; /* "accepted", "overridden" */
    int64_t outcome_us;
    const char *accepted, *reason_system, *reason_code, *comment;
};

/* Keep it. Told twice is kept once. */
EN_MUST_USE enum en_status en_tx_feedback_add(struct en_tx *tx, const struct en_issued_card *card,
                                              const struct en_feedback *feedback,
                                              struct en_err *err);
