/* SPDX-License-Identifier: Apache-2.0
 * app/checkpoint: how far a long run has come, as bytes. A text head (format, versions, hash of
 * what runs, units done, a seal over content) and the sums as they are in memory. Bytes of another
 * format, program, knowledge, specification, posterior or machine are refused. Pure functions. */
#pragma once

#include "base/buf.h"
#include "cohort/trial.h"

struct en_checkpoint {
    const char *knowledge; /* version */
    uint64_t hash;         /* of the specification, patients, seed and posterior */
    uint64_t units;        /* of the whole run */
    uint64_t done;         /* units 0 .. done - 1 are in the sums */
    size_t sum_count;
};

/* Hash of a posterior: its weights and particles. */
uint64_t en_checkpoint_hash(uint64_t start, const struct en_posterior *p);

EN_MUST_USE enum en_status en_checkpoint_write(const struct en_checkpoint *c, const int64_t *sums,
                                               struct en_buf *out, struct en_err *err);

/* Read the sums [c->sum_count] and c->done; everything else of c must be the same. EN_EINVAL says
 * what is not. On failure sums and done are unchanged. */
EN_MUST_USE enum en_status en_checkpoint_read(struct en_checkpoint *c, const char *bytes,
                                              size_t size, int64_t *sums, struct en_err *err);
