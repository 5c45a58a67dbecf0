/* SPDX-License-Identifier: Apache-2.0 */
#include "store/readers.h"

#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <time.h>

void en_readers_open(struct en_readers *r, const struct en_store_options *options)
{
    pthread_condattr_t steady;

    *r = (struct en_readers){.options = options};
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&r->mutex, NULL);
    (void)pthread_cond_init(&r->returned, &steady);
    (void)pthread_condattr_destroy(&steady);
}

void en_readers_close(struct en_readers *r)
{
    if (r->options == NULL) {
        return;
    }
    assert(r->idle_count == r->open_count);
    for (size_t i = 0; i < r->idle_count; i++) {
        en_db_close(r->idle[i]);
    }
    (void)pthread_cond_destroy(&r->returned);
    (void)pthread_mutex_destroy(&r->mutex);
    r->options = NULL;
}

static enum en_status open_one(struct en_readers *r, struct en_db **out, struct en_err *err)
{
    const struct en_store_options *o = r->options;
    const enum en_status st = en_db_open(&(struct en_db_options){.url = o->url,
                                                                 .timeout_ms = o->read_timeout_ms,
                                                                 .slow = o->slow,
                                                                 .slow_context = o->slow_context,
                                                                 .slow_ms = o->slow_ms},
                                         out, err);

    if (st != EN_OK) {
        (void)pthread_mutex_lock(&r->mutex);
        r->open_count--;
        (void)pthread_cond_signal(&r->returned);
        (void)pthread_mutex_unlock(&r->mutex);
    }
    return st;
}

enum en_status en_readers_get(struct en_readers *r, struct en_db **out, struct en_err *err)
{
    const double end_s = en_clock_s() + r->options->read_timeout_ms * 1e-3;
    const struct timespec end = {.tv_sec = (time_t)end_s,
                                 .tv_nsec = (long)((end_s - floor(end_s)) * 1e9)};
    bool is_late = false, is_new = false;

    *out = NULL;
    (void)pthread_mutex_lock(&r->mutex);
    while (r->idle_count == 0 && r->open_count >= (size_t)r->options->readers && !is_late) {
        is_late = pthread_cond_timedwait(&r->returned, &r->mutex, &end) == ETIMEDOUT;
    }
    if (r->idle_count > 0) {
        *out = r->idle[--r->idle_count];
    } else if (r->open_count < (size_t)r->options->readers) {
        r->open_count++;
        is_new = true;
    }
    (void)pthread_mutex_unlock(&r->mutex);
    if (is_new) {
        return open_one(r, out, err);
    }
    return *out != NULL ? EN_OK
                        : en_fail(err, EN_ELIMIT, "too many reads wait: try again in a moment");
}

void en_readers_put(struct en_readers *r, struct en_db *db)
{
    (void)pthread_mutex_lock(&r->mutex);
    r->idle[r->idle_count++] = db;
    (void)pthread_cond_signal(&r->returned);
    (void)pthread_mutex_unlock(&r->mutex);
}
