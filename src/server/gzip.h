/* SPDX-License-Identifier: Apache-2.0
 * server/gzip: answers made smaller on the way. Thread-safe: no state. */
#pragma once

#include "base/arena.h"

/* Whether a client's Accept-Encoding (NULL: none) takes gzip: "gzip", "*", with a quality above 0.
 * A named gzip decides over "*". */
bool en_gzip_is_accepted(const char *accept);

/* The bytes in gzip's format, in the arena. EN_ELIMIT when that would not be smaller; EN_ENOMEM. */
EN_MUST_USE enum en_status en_gzip(const char *bytes, size_t size, struct en_arena *a,
                                   const char **out, size_t *out_size, struct en_err *err);
