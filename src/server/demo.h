/* SPDX-License-Identifier: Apache-2.0
 * server/demo: a clinic of synthetic patients to look at, in a database of its own.
 *
 * Filled once, at the first start, from the Bundles of examples/clinic and what app/demo makes: all
 * of them are dated as of EN_DEMO_ANCHOR and moved by whole days to the day of that start. Its past
 * is replayed in order of time, each step as a request of the one who would have made it, at the
 * time at which it would have been made: so validation, the rules of a session, signatures and the
 * audit trail are those of a real clinic. Texts of the clinic say "synthetic" wherever a person
 * would be named. Not thread-safe, but for en_demo_now. */
#pragma once

#include "server/server.h"

#define EN_DEMO_ANCHOR "2026-03-02"

/* Set s->demo. Before the store is opened: it asks en_demo_now for the time. */
EN_MUST_USE enum en_status en_demo_open(struct en_server *s, struct en_err *err);

/* The time of the replay, then the clock's: of the fixed day when options.today is one. For
 * struct en_store_options; context is s->demo. */
int64_t en_demo_now(void *context);

/* Whether its past is being replayed. */
bool en_demo_is_filling(const struct en_demo *d);

/* What is added to the clock of this machine [us]: whole days, 0 without a fixed day. */
int64_t en_demo_shift_us(const struct en_demo *d);

/* Once the store is open, of every clinic: EN_ECONFLICT when the demo is asked for and the database
 * is a real clinic's, when it is a demo and was not asked for, and when an earlier filling was not
 * finished. A demo that was filled for a fixed day keeps it: options.today is set. */
EN_MUST_USE enum en_status en_demo_check(struct en_server *s, struct en_err *err);

/* Fill it at the first start; then fresh passwords for its accounts. Needs everything but the
 * listener. */
EN_MUST_USE enum en_status en_demo_start(struct en_server *s, struct en_err *err);

/* Address, logins, and a patient's one-time link, for people; each line within 80 columns. Once
 * per start: the password is forgotten then. */
EN_MUST_USE enum en_status en_demo_tell(struct en_server *s, FILE *out, struct en_err *err);
