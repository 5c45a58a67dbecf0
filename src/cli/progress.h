/* SPDX-License-Identifier: Apache-2.0
 * cli/progress: a bar on a terminal with rate and time left; nothing anywhere else. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct en_progress {
    FILE *out;
    bool is_on; /* out is a terminal */
    double started_s, drawn_s;
    uint64_t first; /* units that were done before this run began */
};

struct en_progress en_progress_start(FILE *out, uint64_t first);

/* `done` of `all` units are done; a unit is worth `per_unit` of `what` ("patients"). Draws at most
 * ten times a second. */
void en_progress_show(struct en_progress *p, uint64_t done, uint64_t all, double per_unit,
                      const char *what);

/* Wipe the bar. */
void en_progress_end(struct en_progress *p);

/* The line of the bar, at most `width` columns; for tests and for en_progress_show.
 *   share done 0 .. 1, rate in `what` per second, seconds left (NAN: not known yet) */
void en_progress_line(char *text, size_t size, int width, double share, double rate, double left_s,
                      const char *what);
