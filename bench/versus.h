/* SPDX-License-Identifier: Apache-2.0
 * bench/versus: our engine against its peers, one core, patients per second of CPU at equal
 * achieved error. */
#pragma once

#include "base/arena.h"

/* Runs the ladders and prints them, then the table. programs: folder of the programs bench_NAME. */
void versus_print(const char *programs, struct en_arena *a);
