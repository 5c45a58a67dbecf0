/* SPDX-License-Identifier: Apache-2.0
 * base/gate: at most so many at a time, and no endless queue before it: for work that takes much
 * memory or time (a password's hash, a forecast). Thread-safe. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

struct en_gate;

/* places: who may be inside at once; waiting_max: who may wait. */
EN_MUST_USE enum en_status en_gate_open(int places, int waiting_max, struct en_gate **out,
                                        struct en_err *err);
void en_gate_close(struct en_gate *g); /* nobody may be inside or waiting; NULL is fine */

/* Wait at most wait_s seconds for a place. False: none came free, or too many wait already. */
EN_MUST_USE bool en_gate_enter(struct en_gate *g, double wait_s);
void en_gate_leave(struct en_gate *g);
