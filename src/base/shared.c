/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shared.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct en_shared_token {
    struct en_shared_value held;
    size_t uses; /* readers, and one for being the present value */
};

struct en_shared {
    pthread_mutex_t lock; /* guards what follows and all uses */
    struct en_shared_token *present;
};

static struct en_shared_token *make(struct en_shared_value value)
{
    struct en_shared_token *t = calloc(1, sizeof *t);

    if (t == NULL) {
        en_arena_free(&value.arena);
        return NULL;
    }
    t->held = value;
    t->uses = 1;
    return t;
}

static void release(struct en_shared_token *t)
{
    if (t != NULL) {
        en_arena_free(&t->held.arena);
        free(t);
    }
}

enum en_status en_shared_open(struct en_shared_value first, struct en_shared **out,
                              struct en_err *err)
{
    struct en_shared *s = calloc(1, sizeof *s);
    struct en_shared_token *present = make(first);

    *out = NULL;
    if (s == NULL || present == NULL) {
        release(present);
        free(s);
        return en_fail(err, EN_ENOMEM, "no memory for a shared value");
    }
    s->present = present;
    if (pthread_mutex_init(&s->lock, NULL) != 0) {
        release(present);
        free(s);
        return en_fail(err, EN_EIO, "a lock could not be set up");
    }
    *out = s;
    return EN_OK;
}

void en_shared_close(struct en_shared *s)
{
    if (s != NULL) {
        assert(s->present->uses == 1);
        release(s->present);
        (void)pthread_mutex_destroy(&s->lock);
        free(s);
    }
}

const void *en_shared_take(struct en_shared *s, struct en_shared_token **token, int64_t *generation)
{
    (void)pthread_mutex_lock(&s->lock);
    struct en_shared_token *t = s->present;

    t->uses++;
    (void)pthread_mutex_unlock(&s->lock);
    *token = t;
    if (generation != NULL) {
        *generation = t->held.generation;
    }
    return t->held.value;
}

/* One use less; the token when that was the last one. */
static struct en_shared_token *drop(struct en_shared_token *t)
{
    assert(t->uses > 0);
    t->uses--;
    return t->uses == 0 ? t : NULL;
}

void en_shared_give(struct en_shared *s, struct en_shared_token *token)
{
    if (token == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&s->lock);
    struct en_shared_token *gone = drop(token);

    (void)pthread_mutex_unlock(&s->lock);
    release(gone);
}

enum en_status en_shared_put(struct en_shared *s, struct en_shared_value next, struct en_err *err)
{
    struct en_shared_token *t = make(next), *gone = t;

    if (t == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a shared value");
    }
    (void)pthread_mutex_lock(&s->lock);
    if (next.generation >= s->present->held.generation) {
        gone = drop(s->present);
        s->present = t;
    }
    (void)pthread_mutex_unlock(&s->lock);
    release(gone);
    return EN_OK;
}
