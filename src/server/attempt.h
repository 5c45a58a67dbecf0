/* SPDX-License-Identifier: Apache-2.0
 * server/attempt: how often a login may be tried.
 *
 * A try is counted before the password is looked at and taken off again when it was right: so many
 * at the same time are as many as one after the other. After so many failures a name (whether there
 * is such an account or not) or an address waits, twice as long after each further one. */
#pragma once

#include "server/server.h"
#include "store/account.h"

enum {
    EN_ATTEMPTS_LOGIN = 5,    /* failures of a name before the first wait */
    EN_ATTEMPTS_ADDRESS = 30, /* of an address: a clinic shares one */
    EN_ATTEMPT_WAIT_S = 30,   /* the first wait */
    EN_ATTEMPT_WAIT_MAX_S = 900,
    EN_ATTEMPT_FORGET_S = 3600 /* after so long without a failure nothing counts any more */
};

/* Seconds to wait before another try; 0: it may be tried. */
int64_t en_attempt_wait_s(const struct en_attempt *attempt, int64_t now_us);

/* One failure more. limit: failures before the first wait. */
void en_attempt_failed(struct en_attempt *attempt, int limit, int64_t now_us);

/* A try of the name from the address of the request. */
struct en_try {
    char name_key[65], address_key[65];
    bool has_address;   /* loopback has none: a proxy may stand for everybody */
    int64_t wait_s;     /* > 0: refused, nothing was counted */
    bool is_locked_now; /* if it fails, this try is the one that makes the name wait */
};

void en_try_of(const struct en_http_request *rq, const char *name, struct en_try *out);

/* Within a work: look and count, as a failure until en_tx_try_succeeded. */
EN_MUST_USE enum en_status en_tx_try_begin(struct en_tx *tx, struct en_try *t, int64_t now_us,
                                           struct en_err *err);

/* It was right: the name's failures are forgotten, the address's count goes back by one (or
 * somebody with an account of their own could try others' without end). */
EN_MUST_USE enum en_status en_tx_try_succeeded(struct en_tx *tx, const struct en_try *t,
                                               struct en_err *err);

/* It was neither right nor wrong (no memory to look): as if it had not been. */
EN_MUST_USE enum en_status en_tx_try_undo(struct en_tx *tx, const struct en_try *t,
                                          struct en_err *err);
