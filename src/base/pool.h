/* SPDX-License-Identifier: Apache-2.0
 * base/pool: run independent pieces of work on several threads.
 *
 * Results must not depend on which thread does which piece, nor in which order: each piece writes
 * to its own place. */
#pragma once

#include "base/status.h"

/* One piece of work: index counts from 0, worker from 0 to threads - 1. */
typedef void en_work(void *context, size_t index, int worker);

/* Run work(context, 0 .. count - 1, worker) on up to `threads` threads (0: one per processor) and
 * return when all is done. With one thread, or when none can be started, the caller does it. */
void en_pool_run(int threads, size_t count, en_work *work, void *context);

/* Number of processors this process may use, 1 .. EN_THREADS_MAX. */
int en_pool_processors(void);
