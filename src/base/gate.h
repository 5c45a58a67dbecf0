/* SPDX-License-Identifier: Apache-2.0
 * base/gate: at most so many at a time do something costly; who comes late waits a little, then is
 * sent away. Thread-safe. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

struct en_gate;

/* A gate with `places` places, 1 .. EN_THREADS_MAX, and room for `waiting_max` who wait. */
EN_MUST_USE enum en_status en_gate_open(int places, int waiting_max, struct en_gate **out,
                                        struct en_err *err);

/* Nobody may be within. Accepts NULL. */
void en_gate_close(struct en_gate *g);

/* Go in, waiting wait_ms at most. False: all places are taken (or too many wait already). */
bool en_gate_enter(struct en_gate *g, int wait_ms);
void en_gate_leave(struct en_gate *g);
