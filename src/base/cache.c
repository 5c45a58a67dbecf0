/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cache.h"

#include "base/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    char key[EN_CACHE_KEY_MAX + 1]; /* "" free */
    double until_s;
};

struct en_cache {
    pthread_mutex_t lock;
    size_t slot_count, value_size;
    uint64_t generation;
    struct slot *slots;    /* shape [slot_count]; EN_CACHE_WAYS side by side are a row */
    unsigned char *values; /* shape [slot_count][value_size] */
};

enum en_status en_cache_open(size_t slots, size_t value_size, struct en_cache **out,
                             struct en_err *err)
{
    struct en_cache *c = calloc(1, sizeof *c);
    size_t count = EN_CACHE_WAYS;

    *out = NULL;
    while (count < slots) {
        count *= 2;
    }
    if (c != NULL) {
        c->slots = calloc(count, sizeof *c->slots);
        c->values = calloc(count, value_size);
    }
    if (c == NULL || c->slots == NULL || c->values == NULL ||
        pthread_mutex_init(&c->lock, NULL) != 0) {
        if (c != NULL) {
            free(c->slots);
            free(c->values);
        }
        free(c);
        return en_fail(err, EN_ENOMEM, "no memory for a cache");
    }
    c->slot_count = count;
    c->value_size = value_size;
    *out = c;
    return EN_OK;
}

void en_cache_close(struct en_cache *c)
{
    if (c == NULL) {
        return;
    }
    explicit_bzero(c->values, c->slot_count * c->value_size);
    (void)pthread_mutex_destroy(&c->lock);
    free(c->slots);
    free(c->values);
    free(c);
}

/* The first slot of the key's row. */
static size_t row_of(const struct en_cache *c, const char *key)
{
    const uint64_t hash = en_hash(EN_HASH_START, key, strlen(key));

    return (size_t)(hash ^ hash >> 32) & (c->slot_count - 1) & ~(size_t)(EN_CACHE_WAYS - 1);
}

/* SIZE_MAX when it is not there. */
static size_t find(const struct en_cache *c, const char *key)
{
    const size_t row = row_of(c, key);

    for (size_t i = row; i < row + EN_CACHE_WAYS; i++) {
        if (strcmp(c->slots[i].key, key) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void wipe(struct en_cache *c, size_t i)
{
    c->slots[i].key[0] = '\0';
    explicit_bzero(c->values + i * c->value_size, c->value_size);
}

bool en_cache_get(struct en_cache *c, const char *key, double now_s, void *value)
{
    bool is_found = false;

    if (key[0] == '\0') {
        return false;
    }
    (void)pthread_mutex_lock(&c->lock);
    const size_t i = find(c, key);

    if (i != SIZE_MAX && now_s < c->slots[i].until_s) {
        memcpy(value, c->values + i * c->value_size, c->value_size);
        is_found = true;
    } else if (i != SIZE_MAX) {
        wipe(c, i);
    }
    (void)pthread_mutex_unlock(&c->lock);
    return is_found;
}

/* Where a new value goes: its own slot, a free one, or that of the one that ends first. */
static size_t place_of(const struct en_cache *c, const char *key)
{
    const size_t row = row_of(c, key), own = find(c, key);
    size_t best = row;

    for (size_t i = row; own == SIZE_MAX && i < row + EN_CACHE_WAYS; i++) {
        if (c->slots[i].key[0] == '\0') {
            return i;
        }
        best = c->slots[i].until_s < c->slots[best].until_s ? i : best;
    }
    return own == SIZE_MAX ? best : own;
}

void en_cache_put(struct en_cache *c, const char *key, const void *value, double until_s,
                  uint64_t generation)
{
    const size_t size = strlen(key);

    if (size == 0 || size > EN_CACHE_KEY_MAX) {
        return;
    }
    (void)pthread_mutex_lock(&c->lock);
    if (generation == c->generation) {
        const size_t i = place_of(c, key);

        memcpy(c->slots[i].key, key, size + 1);
        c->slots[i].until_s = until_s;
        memcpy(c->values + i * c->value_size, value, c->value_size);
    }
    (void)pthread_mutex_unlock(&c->lock);
}

uint64_t en_cache_generation(struct en_cache *c)
{
    (void)pthread_mutex_lock(&c->lock);
    const uint64_t generation = c->generation;

    (void)pthread_mutex_unlock(&c->lock);
    return generation;
}

void en_cache_drop(struct en_cache *c, const char *key)
{
    (void)pthread_mutex_lock(&c->lock);
    const size_t i = key[0] == '\0' ? SIZE_MAX : find(c, key);

    c->generation++;
    if (i != SIZE_MAX) {
        wipe(c, i);
    }
    (void)pthread_mutex_unlock(&c->lock);
}

void en_cache_clear(struct en_cache *c)
{
    (void)pthread_mutex_lock(&c->lock);
    c->generation++;
    for (size_t i = 0; i < c->slot_count; i++) {
        if (c->slots[i].key[0] != '\0') {
            wipe(c, i);
        }
    }
    (void)pthread_mutex_unlock(&c->lock);
}
