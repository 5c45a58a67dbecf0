/* SPDX-License-Identifier: Apache-2.0
 * base/workers: threads that do long tasks one after the other, from a bounded queue. A task has a
 * key, tells how far it is and asks whether it shall stop. Thread-safe. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

struct en_workers;
struct en_task;

enum { EN_TASK_KEY_MAX = 64 };

/* Do the task with this key, on some worker's thread. context is that of en_workers_add. */
typedef void en_task_run(void *context, const char *key, struct en_task *task);

/* `threads` workers, and room for queue_max tasks that wait or are being done. */
EN_MUST_USE enum en_status en_workers_open(int threads, int queue_max, struct en_workers **out,
                                           struct en_err *err);

/* Forget the tasks that wait, tell the others to stop and wait until they do. Accepts NULL. */
void en_workers_close(struct en_workers *w);

/* Put a task in the queue. EN_ELIMIT: it is full; EN_ECONFLICT: there is one with this key.
 * key has 1 .. EN_TASK_KEY_MAX - 1 bytes. */
EN_MUST_USE enum en_status en_workers_add(struct en_workers *w, const char *key, en_task_run *run,
                                          void *context, struct en_err *err);

enum en_task_state { EN_TASK_NONE, EN_TASK_WAITING, EN_TASK_RUNNING };

/* How far the task is, 0 .. 1 (0 for one that waits). */
enum en_task_state en_workers_look(struct en_workers *w, const char *key, double *progress);

/* Take out a task that waits; tell one that runs to stop. Returns what it was. */
enum en_task_state en_workers_cancel(struct en_workers *w, const char *key);

/* Within a task. share: done so far, 0 .. 1. */
void en_task_tell(struct en_task *task, double share);
bool en_task_is_cancelled(struct en_task *task);

/* Whether the workers close: the task did not end, it was ended. */
bool en_task_is_closing(struct en_task *task);
