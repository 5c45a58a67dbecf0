/* SPDX-License-Identifier: Apache-2.0
 * base/watch: ends connections that take too long.
 *
 * A timer of silence does not see a client that sends one byte every few seconds. Here each
 * connection stands with the moment by which it must have done its present part; a thread shuts
 * the socket of one that has not, and whoever waits on that socket wakes up. Thread-safe; a socket
 * may be closed by its owner once en_watch_remove has returned. */
#pragma once

#include "base/status.h"

#include <stdatomic.h>
#include <stdint.h>

struct en_watch;

/* One socket being watched; its owner gives the memory. Zeroed at the start. */
struct en_watched {
    struct en_watched *before, *after;
    atomic_int_fast64_t due_us; /* on the steady clock */
    int socket;
};

/* cut (may be NULL) is told of each socket that was shut. period_s: how often the thread looks. */
EN_MUST_USE enum en_status en_watch_open(double period_s, void (*cut)(void *context), void *context,
                                         struct en_watch **out, struct en_err *err);

/* Nothing may be watched any more; NULL is fine. */
void en_watch_close(struct en_watch *w);

void en_watch_add(struct en_watch *w, struct en_watched *entry, int socket, double limit_s);
void en_watch_remove(struct en_watch *w, struct en_watched *entry);

/* From now on it has limit_s seconds; INFINITY: no limit. */
void en_watch_limit(struct en_watched *entry, double limit_s);
