/* SPDX-License-Identifier: Apache-2.0
 * base/limiter: how often a key (an address, a login) may do something.
 *
 * Each key has a bucket of tokens that fills steadily up to a burst. The table has a fixed size:
 * where a new key finds no room, the fullest bucket of its row goes: it was quiet for longest and
 * loses least by being forgotten. Keys are kept as keyed 64-bit hashes only. Thread-safe. The time
 * is handed in, any steady clock in seconds. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

struct en_limiter;

struct en_limiter_options {
    double burst;    /* tokens of a full bucket, > 0 */
    double per_s;    /* tokens that come back [1/s], >= 0 */
    size_t keys_max; /* buckets; rounded up to a power of two */
};

EN_MUST_USE enum en_status en_limiter_open(const struct en_limiter_options *options,
                                           struct en_limiter **out, struct en_err *err);
void en_limiter_close(struct en_limiter *l); /* NULL is fine */

/* Take `cost` tokens of the key's bucket. False: there are not so many, and none was taken; *wait_s
 * (may be NULL) tells in how many seconds there will be (INFINITY: never). cost 0 looks whether one
 * token is there and takes nothing. */
bool en_limiter_take(struct en_limiter *l, const char *key, double cost, double now_s,
                     double *wait_s);

/* Fill the bucket again: after a login that succeeded. */
void en_limiter_forget(struct en_limiter *l, const char *key);
