/* SPDX-License-Identifier: Apache-2.0
 * store/inside: what the files of store/ share. Not for others. */
#pragma once

#include "base/buf.h"
#include "store/db.h"
#include "store/store.h"

/* A transaction: the connection it runs on. */
struct en_tx {
    struct en_db *db;
    int64_t now_us;
    struct en_audit_chain *chain; /* of this process; NULL in a reader's */
    size_t resources_written;
};

/* The time of a transaction that begins. */
int64_t en_store_now(const struct en_store_options *options);

/* A text as the index tables hold it: one that is longer than EN_INDEX_TEXT_MAX bytes (PostgreSQL
 * takes no keys beyond 2700) is cut and ends in a hash of all of it, so that equality still holds.
 * Returns the text itself or room; "" for NULL. Whoever looks for a text must look for this. */
enum { EN_INDEX_TEXT_MAX = 512 };
const char *en_index_text(const char *text, char room[EN_INDEX_TEXT_MAX + 1]);

/* Whether the rows of the index are just those of the values, in any order. */
EN_MUST_USE enum en_status en_index_compare(struct en_tx *tx, int64_t key,
                                            const struct en_index_value *values, size_t count,
                                            bool *is_equal, struct en_err *err);

/* Run a statement whose parameters are the integers. */
EN_MUST_USE enum en_status en_tx_run(struct en_tx *tx, const char *sql, const int64_t *integers,
                                     size_t count, struct en_err *err);

/* The version in the columns of EN_VERSION_COLUMNS, from column 0 on. EN_ENOMEM. */
#define EN_VERSION_COLUMNS "r.type, r.id, v.version, v.updated_us, v.method, v.body, r.key"
EN_MUST_USE enum en_status en_version_read(struct en_query *q, struct en_arena *a,
                                           struct en_version *out, struct en_err *err);

/* Append " AND (...)": that r (resource) is part of the record of the Patient whose id is that
 * parameter ("$5"), or is that Patient. type NULL: r is of any type. */
EN_MUST_USE enum en_status en_compartment_condition(struct en_tx *tx, const char *type,
                                                    const char *parameter, struct en_buf *sql,
                                                    struct en_err *err);
