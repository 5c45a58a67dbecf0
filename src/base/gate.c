/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gate.h"

#include "base/clock.h"
#include "base/limits.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct en_gate {
    pthread_mutex_t lock;
    pthread_cond_t left; /* somebody left */
    int free_count, places, waiting, waiting_max;
};

enum en_status en_gate_open(int places, int waiting_max, struct en_gate **out, struct en_err *err)
{
    struct en_gate *g = calloc(1, sizeof *g);
    pthread_condattr_t attributes;

    assert(places >= 1 && places <= EN_THREADS_MAX && waiting_max >= 0);
    *out = NULL;
    if (g == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a gate");
    }
    g->free_count = g->places = places;
    g->waiting_max = waiting_max;
    (void)pthread_mutex_init(&g->lock, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&g->left, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    *out = g;
    return EN_OK;
}

void en_gate_close(struct en_gate *g)
{
    if (g == NULL) {
        return;
    }
    assert(g->free_count == g->places);
    (void)pthread_cond_destroy(&g->left);
    (void)pthread_mutex_destroy(&g->lock);
    free(g);
}

/* The lock is held. */
static void wait_until(struct en_gate *g, const struct timespec *end)
{
    g->waiting++;
    while (g->free_count == 0 && pthread_cond_timedwait(&g->left, &g->lock, end) != ETIMEDOUT) {
    }
    g->waiting--;
}

bool en_gate_enter(struct en_gate *g, int wait_ms)
{
    (void)pthread_mutex_lock(&g->lock);
    if (g->free_count == 0 && wait_ms > 0 && g->waiting < g->waiting_max) {
        const double end_s = en_clock_s() + (double)wait_ms * 1e-3;
        const time_t whole_s = (time_t)end_s;

        wait_until(g, &(struct timespec){whole_s, (long)((end_s - (double)whole_s) * 1e9)});
    }
    const bool is_in = g->free_count > 0;

    g->free_count -= is_in ? 1 : 0;
    (void)pthread_mutex_unlock(&g->lock);
    return is_in;
}

void en_gate_leave(struct en_gate *g)
{
    (void)pthread_mutex_lock(&g->lock);
    g->free_count++;
    assert(g->free_count <= g->places);
    (void)pthread_cond_signal(&g->left);
    (void)pthread_mutex_unlock(&g->lock);
}
