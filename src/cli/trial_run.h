/* SPDX-License-Identifier: Apache-2.0
 * cli/trial_run: a long run in pieces, over threads and processes, with a bar and a checkpoint
 * between them. The sums are of integers, so pieces, threads and processes change no byte. */
#pragma once

#include "cli/cli.h"
#include "cohort/trial.h"

struct en_trial_job {
    const struct en_trial *trial;
    const struct en_posterior *posterior;
    const char *knowledge;  /* version */
    uint64_t hash;          /* of what runs */
    const char *checkpoint; /* file; NULL: none */
    double checkpoint_s;    /* [s] between two of them */
    int threads;            /* 0: one per processor */
};

/* Run all units. The sums [en_trial_sums_count] are complete at process 0 and live in the arena.
 * A checkpoint that fits is gone on from, and removed at the end. */
EN_MUST_USE enum en_status en_trial_job_run(struct en_cli *cli, const struct en_trial_job *job,
                                            int64_t **sums, struct en_err *err);
