/* SPDX-License-Identifier: Apache-2.0
 * store/inside: what the files of store/ share. Not for others. */
#pragma once

#include "store/db.h"
#include "store/store.h"

/* A transaction: the connection it runs on. */
struct en_tx {
    struct en_db *db;
    int64_t now_us;
    struct en_audit_chain *chain; /* of this process; NULL in a reader's */
};
