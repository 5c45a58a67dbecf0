/* SPDX-License-Identifier: Apache-2.0
 * store/job: long work as rows, so that it is not forgotten when the server stops. */
#pragma once

#include "store/store.h"

/* One piece of long work. Texts of a row that was read live in the arena of the call. */
struct en_job_row {
    const char *id, *kind; /* "trial", "export" */
    const char *state;     /* "waiting" -> "running" -> "done", "failed"; "cancelled" from each */
    const char *owner;
    const char *request; /* JSON */
    const char *result;  /* JSON; NULL none */
    const char *problem; /* "" none */
    int64_t created_us, seen_us, expires_us;
};

/* A new one, waiting; times are set. EN_ELIMIT when the owner has owner_max unfinished ones. */
EN_MUST_USE enum en_status en_tx_job_add(struct en_tx *tx, const struct en_job_row *job,
                                         int owner_max, struct en_err *err);

EN_MUST_USE enum en_status en_tx_job_get(struct en_tx *tx, const char *id, struct en_arena *a,
                                         struct en_job_row *out, struct en_err *err);

/* At most `max` of an owner's jobs of a kind, newest first, without their results. */
struct en_job_query {
    const char *owner, *kind;
    size_t max;
};
EN_MUST_USE enum en_status en_tx_job_list(struct en_tx *tx, const struct en_job_query *query,
                                          struct en_arena *a, struct en_job_row **out,
                                          size_t *count, struct en_err *err);

/* Another state, from one of the states of the list `from` ("waiting; running"); result and problem
 * may be NULL. EN_ECONFLICT: it is in none of them. */
EN_MUST_USE enum en_status en_tx_job_set(struct en_tx *tx, const char *id, const char *from,
                                         const struct en_job_row *to, struct en_err *err);

/* Say that it is still being done. */
EN_MUST_USE enum en_status en_tx_job_seen(struct en_tx *tx, const char *id, struct en_err *err);

/* Whoever did these has stopped: running ones that nobody spoke of since running_us, and waiting
 * ones since waiting_us, fail with this problem. */
EN_MUST_USE enum en_status en_tx_job_fail_silent(struct en_tx *tx, int64_t running_us,
                                                 int64_t waiting_us, const char *problem,
                                                 struct en_err *err);

/* Ids of at most `max` jobs that expired. */
EN_MUST_USE enum en_status en_tx_job_expired(struct en_tx *tx, int64_t now_us, size_t max,
                                             struct en_arena *a, const char ***ids, size_t *count,
                                             struct en_err *err);
EN_MUST_USE enum en_status en_tx_job_delete(struct en_tx *tx, const char *id, struct en_err *err);

/* Whether this process alone may use the database (SQLite): what is unfinished at the start was
 * ours. */
bool en_store_is_alone(const struct en_store *s);
