/* SPDX-License-Identifier: Apache-2.0 */
#include "base/workers.h"

#include "base/limits.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A place of the queue: free when its key is empty. */
struct en_task {
    struct en_workers *workers;
    char key[EN_TASK_KEY_MAX];
    en_task_run *run;
    void *context;
    unsigned long long number; /* in the order of adding: the smallest is done first */
    double share;
    enum en_task_state state;
    bool is_cancelled;
};

struct en_workers {
    pthread_mutex_t lock;
    pthread_cond_t added;
    pthread_t threads[EN_THREADS_MAX];
    struct en_task *tasks; /* shape [task_count] */
    size_t task_count;
    unsigned long long next_number;
    int thread_count;
    bool is_closing;
};

/* The lock is held in these three. */

static struct en_task *find(struct en_workers *w, const char *key)
{
    for (size_t i = 0; i < w->task_count; i++) {
        if (w->tasks[i].state != EN_TASK_NONE && strcmp(w->tasks[i].key, key) == 0) {
            return &w->tasks[i];
        }
    }
    return NULL;
}

static struct en_task *free_place(struct en_workers *w)
{
    for (size_t i = 0; i < w->task_count; i++) {
        if (w->tasks[i].state == EN_TASK_NONE) {
            return &w->tasks[i];
        }
    }
    return NULL;
}

static struct en_task *oldest_waiting(struct en_workers *w)
{
    struct en_task *oldest = NULL;

    for (size_t i = 0; i < w->task_count; i++) {
        struct en_task *t = &w->tasks[i];

        if (t->state == EN_TASK_WAITING && (oldest == NULL || t->number < oldest->number)) {
            oldest = t;
        }
    }
    return oldest;
}

static void *worker_main(void *argument)
{
    struct en_workers *w = argument;

    (void)pthread_mutex_lock(&w->lock);
    while (!w->is_closing) {
        struct en_task *t = oldest_waiting(w);

        if (t == NULL) {
            (void)pthread_cond_wait(&w->added, &w->lock);
            continue;
        }
        t->state = EN_TASK_RUNNING;
        (void)pthread_mutex_unlock(&w->lock);
        t->run(t->context, t->key, t);
        (void)pthread_mutex_lock(&w->lock);
        t->state = EN_TASK_NONE;
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum en_status en_workers_open(int threads, int queue_max, struct en_workers **out,
                               struct en_err *err)
{
    struct en_workers *w = calloc(1, sizeof *w);

    assert(threads >= 1 && threads <= EN_THREADS_MAX && queue_max >= 1);
    *out = NULL;
    if (w != NULL) {
        w->tasks = calloc((size_t)queue_max, sizeof *w->tasks);
    }
    if (w == NULL || w->tasks == NULL) {
        free(w);
        return en_fail(err, EN_ENOMEM, "no memory for a queue of tasks");
    }
    w->task_count = (size_t)queue_max;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->added, NULL);
    while (w->thread_count < threads) {
        if (pthread_create(&w->threads[w->thread_count], NULL, worker_main, w) != 0) {
            en_workers_close(w);
            return en_fail(err, EN_ENOMEM, "the system gives no thread for long tasks");
        }
        w->thread_count++;
    }
    *out = w;
    return EN_OK;
}

void en_workers_close(struct en_workers *w)
{
    if (w == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&w->lock);
    w->is_closing = true;
    (void)pthread_cond_broadcast(&w->added);
    (void)pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->thread_count; i++) {
        (void)pthread_join(w->threads[i], NULL);
    }
    (void)pthread_cond_destroy(&w->added);
    (void)pthread_mutex_destroy(&w->lock);
    free(w->tasks);
    free(w);
}

enum en_status en_workers_add(struct en_workers *w, const char *key, en_task_run *run,
                              void *context, struct en_err *err)
{
    enum en_status st = EN_OK;

    assert(key[0] != '\0' && strlen(key) < EN_TASK_KEY_MAX);
    (void)pthread_mutex_lock(&w->lock);
    struct en_task *t = free_place(w);

    if (find(w, key) != NULL) {
        st = en_fail(err, EN_ECONFLICT, "this task waits or is being done already");
    } else if (t == NULL || w->is_closing) {
        st = en_fail(err, EN_ELIMIT, "%zu long tasks wait or are being done: try again later",
                     w->task_count);
    } else {
        *t = (struct en_task){.workers = w,
                              .run = run,
                              .context = context,
                              .number = w->next_number++,
                              .state = EN_TASK_WAITING};
        memcpy(t->key, key, strlen(key) + 1);
        (void)pthread_cond_signal(&w->added);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return st;
}

enum en_task_state en_workers_look(struct en_workers *w, const char *key, double *progress)
{
    (void)pthread_mutex_lock(&w->lock);
    const struct en_task *t = find(w, key);
    const enum en_task_state state = t == NULL ? EN_TASK_NONE : t->state;

    *progress = t == NULL ? 0.0 : t->share;
    (void)pthread_mutex_unlock(&w->lock);
    return state;
}

enum en_task_state en_workers_cancel(struct en_workers *w, const char *key)
{
    (void)pthread_mutex_lock(&w->lock);
    struct en_task *t = find(w, key);
    const enum en_task_state state = t == NULL ? EN_TASK_NONE : t->state;

    if (state == EN_TASK_WAITING) {
        t->state = EN_TASK_NONE;
    } else if (state == EN_TASK_RUNNING) {
        t->is_cancelled = true;
    }
    (void)pthread_mutex_unlock(&w->lock);
    return state;
}

void en_task_tell(struct en_task *task, double share)
{
    struct en_workers *w = task->workers;

    (void)pthread_mutex_lock(&w->lock);
    task->share = share >= 0.0 && share <= 1.0 ? share : task->share;
    (void)pthread_mutex_unlock(&w->lock);
}

bool en_task_is_cancelled(struct en_task *task)
{
    struct en_workers *w = task->workers;

    (void)pthread_mutex_lock(&w->lock);
    const bool is_cancelled = task->is_cancelled || w->is_closing;

    (void)pthread_mutex_unlock(&w->lock);
    return is_cancelled;
}

bool en_task_is_closing(struct en_task *task)
{
    struct en_workers *w = task->workers;

    (void)pthread_mutex_lock(&w->lock);
    const bool is_closing = w->is_closing;

    (void)pthread_mutex_unlock(&w->lock);
    return is_closing;
}
