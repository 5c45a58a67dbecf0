/* SPDX-License-Identifier: Apache-2.0
 * store/readers: connections that read, lent one at a time. Inside of store/. Thread-safe. */
#pragma once

#include "store/inside.h"

#include <pthread.h>

enum { EN_READERS_MAX = 64 };

struct en_readers {
    const struct en_store_options *options;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t returned;
    struct en_db *idle[EN_READERS_MAX]; /* shape [idle_count]; the last was used last */
    size_t idle_count, open_count;
};

void en_readers_open(struct en_readers *r, const struct en_store_options *options);

/* Close them; none may be lent. */
void en_readers_close(struct en_readers *r);

/* One that is idle, a new one, or wait for one: EN_ELIMIT after options->read_timeout_ms. */
EN_MUST_USE enum en_status en_readers_get(struct en_readers *r, struct en_db **out,
                                          struct en_err *err);
void en_readers_put(struct en_readers *r, struct en_db *db);
