/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pool.h"

#include "base/limits.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct pool {
    atomic_size_t next;
    size_t count;
    en_work *work;
    void *context;
};

struct worker {
    struct pool *pool;
    int index;
};

static void *worker_main(void *argument)
{
    const struct worker *w = argument;
    size_t i;

    while ((i = atomic_fetch_add(&w->pool->next, 1)) < w->pool->count) {
        w->pool->work(w->pool->context, i, w->index);
    }
    return NULL;
}

int en_pool_processors(void)
{
    cpu_set_t set;
    const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

    if (count < 1) {
        return 1;
    }
    return count > EN_THREADS_MAX ? EN_THREADS_MAX : count;
}

void en_pool_run(int threads, size_t count, en_work *work, void *context)
{
    struct pool pool = {.count = count, .work = work, .context = context};
    struct worker workers[EN_THREADS_MAX];
    pthread_t ids[EN_THREADS_MAX];
    int started = 0;
    int wanted = threads > 0 ? threads : en_pool_processors();

    wanted = wanted > EN_THREADS_MAX ? EN_THREADS_MAX : wanted;
    /* The caller is worker 0; the others help as far as the system grants threads. */
    for (int i = 1; i < wanted && (size_t)i < count; i++) {
        workers[i] = (struct worker){&pool, i};
        if (pthread_create(&ids[i], NULL, worker_main, &workers[i]) != 0) {
            break;
        }
        started = i;
    }
    workers[0] = (struct worker){&pool, 0};
    (void)worker_main(&workers[0]);
    for (int i = 1; i <= started; i++) {
        (void)pthread_join(ids[i], NULL);
    }
}
