/* SPDX-License-Identifier: Apache-2.0
 * store/sealed: a compressed, encrypted file, written and read as a stream. Inside of store/.
 *
 * Layout: 8 bytes of magic, work and memory of argon2id and its salt, the header of libsodium's
 * secretstream (XChaCha20-Poly1305), then chunks, each with its length. All that stands before the
 * first chunk is authenticated with it; the last chunk is marked, so that a cut file is noticed.
 * The first failure sticks: write freely and look at the end. */
#pragma once

#include "base/arena.h"

struct en_sealed;

struct en_sealed_options {
    const char *path, *passphrase;
    unsigned long long operations; /* of argon2id, when writing */
    size_t memory;
};

/* Everything lives in the arena. Writing goes to "<path>.part" (0600) until en_sealed_finish. */
EN_MUST_USE enum en_status en_sealed_create(const struct en_sealed_options *options,
                                            struct en_arena *a, struct en_sealed **out,
                                            struct en_err *err);
void en_sealed_write(struct en_sealed *s, const void *bytes, size_t size);

/* Close the stream, flush it to the disk, rename. *bytes: size of the file. */
EN_MUST_USE enum en_status en_sealed_finish(struct en_sealed *s, uint64_t *bytes,
                                            struct en_err *err);

/* EN_ENOTFOUND; EN_EINVAL: no such file format; EN_ELIMIT: it asks for more memory than allowed. */
EN_MUST_USE enum en_status en_sealed_open(const struct en_sealed_options *options,
                                          struct en_arena *a, struct en_sealed **out,
                                          struct en_err *err);

/* Exactly size bytes. EN_EDENIED: wrong passphrase, or the file was changed or cut. */
EN_MUST_USE enum en_status en_sealed_read(struct en_sealed *s, void *bytes, size_t size,
                                          struct en_err *err);

/* Whether all has been read and the end is the right one. */
EN_MUST_USE enum en_status en_sealed_end(struct en_sealed *s, struct en_err *err);

/* Close and forget the key; what was not finished is removed. NULL is fine. */
void en_sealed_close(struct en_sealed *s);
