/* SPDX-License-Identifier: Apache-2.0
 * cli/ranks: the processes that share a run. Two implementations of one header: ranks_mpi.c for
 * `mpirun -n N enthesis-mpi trial ...`, ranks_one.c for the plain program, which is one process.
 * Called from the main thread only. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Call first and last in main. The end with a status other than 0 ends all processes. */
void en_ranks_start(int *argc, char ***argv);
void en_ranks_stop(int exit_status);

/* This process, 0 .. count - 1; 0 reads and writes for all. */
int en_rank(void);
int en_rank_count(void);

/* Process 0 gives its values to all others. */
void en_ranks_share(uint64_t *values, size_t count);

/* Sums of all processes' values, at process 0 only: `sums` of the others is left as it is. */
void en_ranks_add(const int64_t *values, int64_t *sums, size_t count);
