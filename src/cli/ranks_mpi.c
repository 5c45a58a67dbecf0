/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ranks.h"

#include <mpi.h>

/* Counts of MPI are ints; sums of a large trial are sent in parts. */
enum { PART = 1 << 20 };

void en_ranks_start(int *argc, char ***argv)
{
    int level = 0;

    (void)MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &level);
}

void en_ranks_stop(int exit_status)
{
    if (exit_status != 0) {
        /* The others may wait for this one. */
        (void)MPI_Abort(MPI_COMM_WORLD, exit_status);
    }
    (void)MPI_Finalize();
}

int en_rank(void)
{
    int rank = 0;

    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int en_rank_count(void)
{
    int count = 1;

    (void)MPI_Comm_size(MPI_COMM_WORLD, &count);
    return count;
}

void en_ranks_share(uint64_t *values, size_t count)
{
    (void)MPI_Bcast(values, (int)count, MPI_UINT64_T, 0, MPI_COMM_WORLD);
}

void en_ranks_add(const int64_t *values, int64_t *sums, size_t count)
{
    for (size_t at = 0; at < count; at += PART) {
        const size_t size = count - at < PART ? count - at : PART;

        (void)MPI_Reduce(values + at, sums == NULL ? NULL : sums + at, (int)size, MPI_INT64_T,
                         MPI_SUM, 0, MPI_COMM_WORLD);
    }
}
