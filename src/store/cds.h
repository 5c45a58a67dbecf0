/* SPDX-License-Identifier: Apache-2.0
 * store/cds: cards of decision support that were shown, and what became of them. */
#pragma once

#include "store/store.h"

struct en_cds_card_row {
    const char *uuid, *service, *client, *rule, *indicator;
};

/* A card that is about to be shown; one that was shown before stays as it is. */
EN_MUST_USE enum en_status en_tx_cds_card(struct en_tx *tx, const struct en_cds_card_row *card,
                                          struct en_err *err);

struct en_cds_feedback_row {
    const char *uuid, *client, *outcome, *reason; /* reason "" none */
    int64_t decided_us;
};

/* EN_ENOTFOUND: no such card was shown to this client. The same twice is once. */
EN_MUST_USE enum en_status en_tx_cds_feedback(struct en_tx *tx,
                                              const struct en_cds_feedback_row *feedback,
                                              struct en_err *err);

/* Cards of a service (NULL: all) and how many of them were overridden. */
EN_MUST_USE enum en_status en_tx_cds_figures(struct en_tx *tx, const char *service, int64_t *shown,
                                             int64_t *overridden, struct en_err *err);
