/* SPDX-License-Identifier: Apache-2.0
 * base/shared: a value that many threads read while another one takes its place now and then.
 *
 * Who reads takes the present value and gives it back; it stays as it is until then, whatever takes
 * its place. The last one to give back a value that was replaced releases it. Thread-safe. */
#pragma once

#include "base/arena.h"

struct en_shared;

/* A value and what it lives in. Its maker fills it and hands it over. */
struct en_shared_value {
    const void *value;
    int64_t generation;    /* a value never takes the place of one with a higher generation */
    struct en_arena arena; /* freed with it; zeroed: the value belongs to somebody else */
};

/* first is handed over, also on failure. */
EN_MUST_USE enum en_status en_shared_open(struct en_shared_value first, struct en_shared **out,
                                          struct en_err *err);
void en_shared_close(struct en_shared *s); /* nobody may hold a value; NULL is fine */

/* The present value; give it back by its token. generation may be NULL. */
struct en_shared_token;
const void *en_shared_take(struct en_shared *s, struct en_shared_token **token,
                           int64_t *generation);
void en_shared_give(struct en_shared *s, struct en_shared_token *token); /* NULL is fine */

/* Put the value in the place of the present one, unless its generation is lower; it is handed over
 * in any case, also on EN_ENOMEM, where the present one stays. */
EN_MUST_USE enum en_status en_shared_put(struct en_shared *s, struct en_shared_value next,
                                         struct en_err *err);
