/* SPDX-License-Identifier: Apache-2.0
 * bench/peer: what a peer's program is made of. The common part (peer.c) draws the patients, has
 * the model as plain scalar C, applies the sessions and writes the results; a solver integrates
 * one patient from one event to the next. One program per peer: two builds of one library, or
 * code under another licence, never meet in one process. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* The model's states; with EN_FULL the two mediators as well, as the specification writes them. */
#ifdef EN_FULL
enum { PEER_STATES = 16 };
#else
enum { PEER_STATES = 14 };
#endif

struct peer_patient; /* its parameters and what acts on it from outside */

/* Slopes [1/d] of the states. */
void peer_slope(const struct peer_patient *p, const double *y, double *dy);

/* From one event to the next. */
struct peer_span {
    double from, until; /* [d] */
    const double *days; /* from < day <= until, ascending; the last may equal until */
    int day_count;
};

/* Given by each solver. Errors allowed: relative, absolute. */
void solver_open(double relative, double absolute);
/* Integrates y over the span; states on its days to saved [day][PEER_STATES]. 0: done. */
int solver_run(const struct peer_patient *p, const struct peer_span *span, double *y,
               double (*saved)[PEER_STATES]);

#ifdef __cplusplus
}
#endif
