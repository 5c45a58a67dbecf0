/* SPDX-License-Identifier: Apache-2.0
 * app/state_file: the bytes of a file that a killed run goes on from. A line for people, then
 * numbers in the byte order of this machine. Bytes in, bytes out; who runs writes the file, with
 * en_file_write, so that it holds either the last or the present state whole. Thread-safe. */
#pragma once

#include "base/buf.h"

#include <stdint.h>

enum { EN_STATE_KIND_MAX = 24 };

/* Which run a checkpoint belongs to. */
struct en_state_file {
    const char *kind; /* "calibrate": a word of up to EN_STATE_KIND_MAX letters */
    uint64_t key;     /* hash of everything that decides the result: input, settings, seed */
};

/* Append the file of a payload to out (sticky failure). */
void en_state_pack(const struct en_state_file *which, const void *payload, size_t size,
                   struct en_buf *out);

/* The payload in the bytes of a file, not aligned; it lives as long as they do. EN_EINVAL when the
 * bytes are no checkpoint, are damaged, or belong to another run; `file` names it in the text. */
EN_MUST_USE enum en_status en_state_open(const struct en_state_file *which, const char *file,
                                         const char *bytes, size_t size, const char **payload,
                                         size_t *payload_size, struct en_err *err);
