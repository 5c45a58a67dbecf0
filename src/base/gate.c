/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gate.h"

#include "base/clock.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct en_gate {
    pthread_mutex_t lock;
    pthread_cond_t came_free;
    int places, inside, waiting, waiting_max;
};

enum en_status en_gate_open(int places, int waiting_max, struct en_gate **out, struct en_err *err)
{
    struct en_gate *g = calloc(1, sizeof *g);
    pthread_condattr_t steady;

    assert(places > 0 && waiting_max >= 0);
    if (g == NULL || pthread_condattr_init(&steady) != 0) {
        free(g);
        return en_fail(err, EN_ENOMEM, "no memory for a gate");
    }
    /* A clock that is set back must not make anybody wait longer. */
    int bad = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);

    bad |= pthread_cond_init(&g->came_free, &steady);
    bad |= pthread_mutex_init(&g->lock, NULL);
    (void)pthread_condattr_destroy(&steady);
    if (bad != 0) {
        free(g);
        return en_fail(err, EN_ENOMEM, "no memory for a gate");
    }
    g->places = places;
    g->waiting_max = waiting_max;
    *out = g;
    return EN_OK;
}

void en_gate_close(struct en_gate *g)
{
    if (g != NULL) {
        assert(g->inside == 0 && g->waiting == 0);
        (void)pthread_cond_destroy(&g->came_free);
        (void)pthread_mutex_destroy(&g->lock);
        free(g);
    }
}

bool en_gate_enter(struct en_gate *g, double wait_s)
{
    const struct timespec until = en_clock_deadline(wait_s);
    bool is_over = false;

    (void)pthread_mutex_lock(&g->lock);
    if (g->inside == g->places && g->waiting >= g->waiting_max) {
        is_over = true;
    }
    g->waiting++;
    while (g->inside == g->places && !is_over) {
        is_over = pthread_cond_timedwait(&g->came_free, &g->lock, &until) != 0;
    }
    g->waiting--;
    const bool has_place = g->inside < g->places;

    g->inside += has_place ? 1 : 0;
    (void)pthread_mutex_unlock(&g->lock);
    return has_place;
}

void en_gate_leave(struct en_gate *g)
{
    (void)pthread_mutex_lock(&g->lock);
    assert(g->inside > 0);
    g->inside--;
    (void)pthread_cond_signal(&g->came_free);
    (void)pthread_mutex_unlock(&g->lock);
}
