/* SPDX-License-Identifier: Apache-2.0
 * store/chain: the end of this process' chain of audit entries, while it writes. Inside of store/.
 *
 * Entries are chained in memory at once and written to the database together, before the commit.
 *
 *     not loaded --load--> loaded --add--> loaded, entries pending --write--> loaded, written
 *         ^                                   |                                    |
 *         +------------- drop (the transaction failed) --------------- done (committed)
 *
 * Of one thread: the writer. */
#pragma once

#include "store/audit.h"
#include "store/inside.h"

enum {
    EN_AUDIT_HASH_BYTES = 32,
    EN_AUDIT_CHAINS_MAX = 32, /* servers that write one database at the same time */
    EN_AUDIT_PENDING_MAX = 1024,
    EN_AUDIT_DETAIL_MAX = 4096, /* bytes; a longer one is cut and ends in "..." */
    EN_AUDIT_TEXT_MAX = 256     /* of every other text */
};

/* An entry with its place in the chain. */
struct en_audit_link {
    int64_t chain, sequence, recorded_us;
    struct en_audit audit;
    unsigned char hash[EN_AUDIT_HASH_BYTES];
};

struct en_audit_chain {
    int64_t chain;        /* number of it; 0: not loaded */
    uint64_t connection;  /* that holds the lock of it (en_db_connections) */
    int64_t sequence;     /* of the last entry, pending or not */
    int64_t row_sequence; /* that its row in audit_chain has, within this transaction */
    unsigned char hash[EN_AUDIT_HASH_BYTES];
    struct en_audit_link *pending; /* shape [EN_AUDIT_PENDING_MAX] */
    size_t count, own;             /* own: where those of the present work begin */
    struct en_arena texts;         /* of the pending entries */
    struct en_arena_mark own_texts;
};

/* What to go back to when a work is taken back. */
struct en_audit_mark {
    int64_t sequence, row_sequence;
    unsigned char hash[EN_AUDIT_HASH_BYTES];
};

EN_MUST_USE enum en_status en_chain_open(struct en_audit_chain *c, struct en_arena *a,
                                         struct en_err *err);
void en_chain_close(struct en_audit_chain *c);

/* At the start of a transaction: know the chain's end; on PostgreSQL, where each writing process
 * has a chain of its own, take the lowest that is free. */
EN_MUST_USE enum en_status en_chain_load(struct en_audit_chain *c, struct en_db *db,
                                         struct en_err *err);

/* Before a work; makes room by writing when there is little left. */
EN_MUST_USE enum en_status en_chain_mark(struct en_audit_chain *c, struct en_tx *tx,
                                         struct en_audit_mark *out, struct en_err *err);

/* The work was taken back. */
void en_chain_back(struct en_audit_chain *c, const struct en_audit_mark *mark);

/* Before the commit. */
EN_MUST_USE enum en_status en_chain_write(struct en_audit_chain *c, struct en_tx *tx,
                                          struct en_err *err);

/* The pending entries from `first` on into the table, and the chain's row moved from the end that
 * was known to the new one; EN_EIO when somebody else moved it. */
EN_MUST_USE enum en_status en_chain_rows(struct en_audit_chain *c, struct en_tx *tx, size_t first,
                                         struct en_err *err);

/* After a commit. */
void en_chain_done(struct en_audit_chain *c);

/* The transaction failed: know nothing until the next load. */
void en_chain_drop(struct en_audit_chain *c);

/* The hash of an entry: over the hash before it and every field with its length. */
void en_audit_hash(const unsigned char before[EN_AUDIT_HASH_BYTES], const struct en_audit_link *l,
                   unsigned char out[EN_AUDIT_HASH_BYTES]);
