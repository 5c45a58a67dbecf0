/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limiter.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { ROW = 8, KEYS_MAX = 1 << 20 };

struct bucket {
    uint64_t key; /* 0: free */
    double tokens, at_s;
};

struct en_limiter {
    struct en_limiter_options options;
    pthread_mutex_t lock;
    uint64_t secret;
    size_t rows;
    struct bucket buckets[]; /* shape [rows][ROW] */
};

enum en_status en_limiter_open(const struct en_limiter_options *options, struct en_limiter **out,
                               struct en_err *err)
{
    size_t rows = 1;

    assert(options->burst > 0.0 && options->per_s >= 0.0 && options->keys_max <= KEYS_MAX);
    while (rows * ROW < options->keys_max) {
        rows *= 2;
    }
    struct en_limiter *l = calloc(1, sizeof *l + rows * ROW * sizeof l->buckets[0]);

    if (l == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the limits on requests");
    }
    l->options = *options;
    l->rows = rows;
    /* Nobody outside may know which keys share a row. */
    if (getrandom(&l->secret, sizeof l->secret, 0) != (ssize_t)sizeof l->secret ||
        pthread_mutex_init(&l->lock, NULL) != 0) {
        free(l);
        return en_fail(err, EN_EIO, "the limits on requests could not be set up");
    }
    *out = l;
    return EN_OK;
}

void en_limiter_close(struct en_limiter *l)
{
    if (l != NULL) {
        (void)pthread_mutex_destroy(&l->lock);
        free(l);
    }
}

static uint64_t key_hash(const struct en_limiter *l, const char *key)
{
    uint64_t h = en_hash(EN_HASH_START ^ l->secret, key, strlen(key)) ^ l->secret;

    /* Spread the last bytes of the key over all bits (two rounds of multiply and shift). */
    h = (h ^ (h >> 32)) * UINT64_C(0xd6e8feb86659fd93);
    h = (h ^ (h >> 32)) * UINT64_C(0xd6e8feb86659fd93);
    h ^= h >> 32;
    return h == 0 ? 1 : h;
}

static double tokens_at(const struct en_limiter *l, const struct bucket *b, double now_s)
{
    const double gone_s = now_s > b->at_s ? now_s - b->at_s : 0.0;

    return fmin(b->tokens + gone_s * l->options.per_s, l->options.burst);
}

/* The key's bucket, or the one that it takes over. */
static struct bucket *find(struct en_limiter *l, uint64_t key, double now_s)
{
    struct bucket *row = &l->buckets[(key & (l->rows - 1)) * ROW];
    struct bucket *victim = NULL;
    double fullest = -1.0;

    for (size_t i = 0; i < ROW; i++) {
        const double tokens = row[i].key == 0 ? INFINITY : tokens_at(l, &row[i], now_s);

        if (row[i].key == key) {
            row[i].tokens = tokens;
            row[i].at_s = now_s;
            return &row[i];
        }
        if (tokens > fullest) {
            fullest = tokens;
            victim = &row[i];
        }
    }
    *victim = (struct bucket){key, l->options.burst, now_s};
    return victim;
}

bool en_limiter_take(struct en_limiter *l, const char *key, double cost, double now_s,
                     double *wait_s)
{
    const uint64_t hash = key_hash(l, key);
    const double wanted = cost > 0.0 ? cost : 1.0;

    assert(cost >= 0.0);
    (void)pthread_mutex_lock(&l->lock);
    struct bucket *b = find(l, hash, now_s);
    const double missing = wanted - b->tokens;

    if (missing <= 0.0) {
        b->tokens -= cost;
    }
    (void)pthread_mutex_unlock(&l->lock);
    if (wait_s != NULL) {
        const bool is_possible = wanted <= l->options.burst && l->options.per_s > 0.0;

        *wait_s = missing <= 0.0 ? 0.0 : is_possible ? missing / l->options.per_s : INFINITY;
    }
    return missing <= 0.0;
}

void en_limiter_forget(struct en_limiter *l, const char *key)
{
    const uint64_t hash = key_hash(l, key);
    struct bucket *row = &l->buckets[(hash & (l->rows - 1)) * ROW];

    (void)pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < ROW; i++) {
        if (row[i].key == hash) {
            row[i] = (struct bucket){0};
        }
    }
    (void)pthread_mutex_unlock(&l->lock);
}
