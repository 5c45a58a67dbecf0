/* SPDX-License-Identifier: Apache-2.0
 * store/clinic: what a clinic says of the tables of knowledge (approvals of rows, switches of its
 * own), and when it was backed up. Append-only.
 *
 * SQL alone: what is right stands in server/knowledge. All functions belong into a work (store.h).
 */
#pragma once

#include "store/store.h"

enum {
    /* There are about 4,000 rows to approve; each may be approved anew when its text changes. */
    EN_APPROVALS_MAX = 100000,
    EN_POLICY_CHANGES_MAX = 20000,
    EN_HISTORY_SHOWN_MAX = 200
};

/* An approval, or its withdrawal. */
struct en_approval {
    int64_t id; /* 0 until it is stored */
    const char *table, *row;
    const char *hash; /* of the text that was approved */
    bool is_withdrawn;
    const char *login;
    const char *practitioner, *name, *licence;
    int64_t recorded_us; /* set by the transaction */
};

EN_MUST_USE enum en_status en_tx_approval_add(struct en_tx *tx, const struct en_approval *approval,
                                              struct en_err *err);

/* The last of each row, without those that were withdrawn. */
EN_MUST_USE enum en_status en_tx_approvals(struct en_tx *tx, struct en_arena *a,
                                           struct en_approval **out, size_t *count,
                                           struct en_err *err);

/* All of one row, newest first, EN_HISTORY_SHOWN_MAX at most. */
EN_MUST_USE enum en_status en_tx_approvals_of(struct en_tx *tx, const char *table, const char *row,
                                              struct en_arena *a, struct en_approval **out,
                                              size_t *count, struct en_err *err);

/* A switch that was set. */
struct en_policy_change {
    int64_t id;
    const char *policy;
    const char *value; /* NULL: as shipped again */
    const char *reason, *login;
    int64_t recorded_us;
};

EN_MUST_USE enum en_status en_tx_policy_add(struct en_tx *tx, const struct en_policy_change *change,
                                            struct en_err *err);

/* The last of each, without those that are as shipped again. */
EN_MUST_USE enum en_status en_tx_policies(struct en_tx *tx, struct en_arena *a,
                                          struct en_policy_change **out, size_t *count,
                                          struct en_err *err);

/* All of one (NULL: of all), newest first, EN_HISTORY_SHOWN_MAX at most. */
EN_MUST_USE enum en_status en_tx_policies_of(struct en_tx *tx, const char *policy,
                                             struct en_arena *a, struct en_policy_change **out,
                                             size_t *count, struct en_err *err);

/* How many entries both hold together: grows with each one. */
EN_MUST_USE enum en_status en_tx_clinic_generation(struct en_tx *tx, int64_t *out,
                                                   struct en_err *err);

/* A backup that was taken. */
struct en_backup_taken {
    const char *login;
    int64_t rows, bytes, taken_us; /* taken_us: set by the transaction */
};

EN_MUST_USE enum en_status en_tx_backup_add(struct en_tx *tx, const struct en_backup_taken *taken,
                                            struct en_err *err);

/* The last one. EN_ENOTFOUND. */
EN_MUST_USE enum en_status en_tx_backup_last(struct en_tx *tx, struct en_arena *a,
                                             struct en_backup_taken *out, struct en_err *err);
