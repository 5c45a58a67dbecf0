/* SPDX-License-Identifier: Apache-2.0
 * bench/mapbayr: the most probable numbers of one person, ours (forecast/map) and mapbayr's, for
 * the same people. mapbayr is a program of its own (bench/mapbayr.R), run where tools/peers_r.sh
 * could build it. docs/benchmarks.md, One person. */
#pragma once

void mapbayr_print(void);
