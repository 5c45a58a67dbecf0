/* SPDX-License-Identifier: Apache-2.0 */
#include "base/watch.h"

#include "base/clock.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

struct en_watch {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t closing;
    double period_s;
    void (*cut)(void *context);
    void *context;
    struct en_watched list; /* head of a ring */
    bool is_closing;
};

static void shut_late(struct en_watch *w)
{
    const int64_t now_us = (int64_t)(en_clock_s() * 1e6);

    for (struct en_watched *e = w->list.after; e != &w->list; e = e->after) {
        if (atomic_load_explicit(&e->due_us, memory_order_relaxed) <= now_us) {
            (void)shutdown(e->socket, SHUT_RDWR);
            en_watch_limit(e, INFINITY);
            if (w->cut != NULL) {
                w->cut(w->context);
            }
        }
    }
}

static void *watch_main(void *argument)
{
    struct en_watch *w = argument;

    (void)pthread_mutex_lock(&w->lock);
    while (!w->is_closing) {
        const struct timespec until = en_clock_deadline(w->period_s);

        (void)pthread_cond_timedwait(&w->closing, &w->lock, &until);
        shut_late(w);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

static int prepare(struct en_watch *w)
{
    pthread_condattr_t steady;
    int bad = pthread_mutex_init(&w->lock, NULL);

    bad |= pthread_condattr_init(&steady);
    bad |= pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    bad |= pthread_cond_init(&w->closing, &steady);
    (void)pthread_condattr_destroy(&steady);
    return bad;
}

enum en_status en_watch_open(double period_s, void (*cut)(void *context), void *context,
                             struct en_watch **out, struct en_err *err)
{
    struct en_watch *w = calloc(1, sizeof *w);

    assert(period_s > 0.0);
    if (w == NULL || prepare(w) != 0) {
        free(w);
        return en_fail(err, EN_ENOMEM, "no memory for the watch over connections");
    }
    w->period_s = period_s;
    w->cut = cut;
    w->context = context;
    w->list.before = w->list.after = &w->list;
    if (pthread_create(&w->thread, NULL, watch_main, w) != 0) {
        free(w);
        return en_fail(err, EN_ENOMEM, "no thread for the watch over connections");
    }
    *out = w;
    return EN_OK;
}

void en_watch_close(struct en_watch *w)
{
    if (w == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&w->lock);
    assert(w->list.after == &w->list);
    w->is_closing = true;
    (void)pthread_cond_signal(&w->closing);
    (void)pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->thread, NULL);
    (void)pthread_cond_destroy(&w->closing);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

void en_watch_limit(struct en_watched *entry, double limit_s)
{
    const double due_us = (en_clock_s() + limit_s) * 1e6;

    atomic_store_explicit(&entry->due_us, due_us < 9e18 ? (int64_t)due_us : INT64_MAX,
                          memory_order_relaxed);
}

void en_watch_add(struct en_watch *w, struct en_watched *entry, int socket, double limit_s)
{
    entry->socket = socket;
    en_watch_limit(entry, limit_s);
    (void)pthread_mutex_lock(&w->lock);
    entry->before = &w->list;
    entry->after = w->list.after;
    entry->after->before = entry;
    w->list.after = entry;
    (void)pthread_mutex_unlock(&w->lock);
}

void en_watch_remove(struct en_watch *w, struct en_watched *entry)
{
    (void)pthread_mutex_lock(&w->lock);
    entry->before->after = entry->after;
    entry->after->before = entry->before;
    (void)pthread_mutex_unlock(&w->lock);
    entry->before = entry->after = NULL;
}
