/* SPDX-License-Identifier: Apache-2.0
 * bench/map: the most probable numbers of one person (forecast/map) against optimisers that see the
 * objective alone, one core. */
#pragma once

#include "base/arena.h"

void map_print(struct en_arena *a);
