/* SPDX-License-Identifier: Apache-2.0
 * store/committer: the one thread that writes, and the queue before it. Inside of store/.
 *
 * It takes all works that wait (at most EN_STORE_BATCH_MAX), runs each within a savepoint of one
 * transaction, commits, and then tells those who wait. A work that fails is taken back alone. What
 * breaks the whole transaction (another server's work, a lost connection, a full disk) makes it run
 * the batch again, at last one work at a time, so that each gets what is its own. */
#pragma once

#include "store/chain.h"

#include <pthread.h>
#include <semaphore.h>

/* One that waits: a work, or an audit entry alone. Lives on the stack of the waiting thread. */
struct en_ticket {
    en_store_work *work;
    void *context;
    const struct en_audit *audit; /* instead of a work */
    struct en_err *err;
    enum en_status status;
    struct en_ticket *next;
    sem_t done;
};

struct en_committer {
    struct en_db *db;
    const struct en_store_options *options;
    struct en_audit_chain chain;
    int64_t last_us; /* time of the last transaction */
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t arrived;
    struct en_ticket *first, *last;
    bool is_closing, is_running;
    struct en_store_figures figures;
};

/* db is handed over. */
EN_MUST_USE enum en_status en_committer_start(struct en_committer *c, struct en_db *db,
                                              const struct en_store_options *options,
                                              struct en_arena *a, struct en_err *err);

/* Finish what waits, end the thread, close the connection. */
void en_committer_stop(struct en_committer *c);

/* Wait in the queue and return once it is done. */
EN_MUST_USE enum en_status en_committer_run(struct en_committer *c, struct en_ticket *t,
                                            struct en_err *err);
