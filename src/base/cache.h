/* SPDX-License-Identifier: Apache-2.0
 * base/cache: small values by key, for a short while: what would else be asked of the database at
 * each request. Thread-safe.
 *
 * The table has a fixed size; where a new key finds no room in its row, the value that ends first
 * goes. The time is handed in, any steady clock in seconds. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct en_cache;

enum { EN_CACHE_KEY_MAX = 64, EN_CACHE_WAYS = 4 };

/* slots is rounded up to a power of two, at least EN_CACHE_WAYS; a value has value_size bytes. */
EN_MUST_USE enum en_status en_cache_open(size_t slots, size_t value_size, struct en_cache **out,
                                         struct en_err *err);
void en_cache_close(struct en_cache *c); /* NULL is fine; values are wiped */

/* Copy the value out; false when there is none, or its time is over. */
bool en_cache_get(struct en_cache *c, const char *key, double now_s, void *value);

/* Keep the value until until_s. What was asked of the database before something was taken back must
 * not come in behind it: generation is en_cache_generation of before asking, and the value is not
 * kept when anything was dropped since. Keys longer than EN_CACHE_KEY_MAX are not kept. */
void en_cache_put(struct en_cache *c, const char *key, const void *value, double until_s,
                  uint64_t generation);
uint64_t en_cache_generation(struct en_cache *c);

/* Forget one, or all. */
void en_cache_drop(struct en_cache *c, const char *key);
void en_cache_clear(struct en_cache *c);
