/* SPDX-License-Identifier: Apache-2.0
 * base/clock: what time it is. The only file that asks; decisions are handed their day.
 * Thread-safe. */
#pragma once

#include "base/date.h"

#include <time.h>

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t en_clock_us(void);

/* Seconds of a clock that never goes back, from some fixed start. */
double en_clock_s(void);

/* The time `wait_s` seconds from now on that clock (CLOCK_MONOTONIC), for waiting with a limit. */
struct timespec en_clock_deadline(double wait_s);

/* The day here and now, in the machine's time zone. */
en_day en_clock_today(void);
