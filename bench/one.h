/* SPDX-License-Identifier: Apache-2.0
 * bench/one: the most probable numbers of one person, ours (forecast/map) and mapbayr's, for the
 * same people. mapbayr is a program of its own (bench/mapbayr.R), run where tools/peers_r.sh could
 * build it; else its time of another machine is printed, and said to be that. */
#pragma once

#include "ladder.h"

void one_print(void);
