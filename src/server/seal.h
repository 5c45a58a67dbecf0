/* SPDX-License-Identifier: Apache-2.0
 * server/seal: short texts that pass through strange hands, which can neither read nor change them.
 *
 * Secret-key authenticated encryption (libsodium), written in letters that are safe in a URL.
 * Thread-safe: no state. */
#pragma once

#include "base/arena.h"

enum { EN_SEAL_KEY = 32 }; /* bytes of a secret key */

/* The sealed text, in the arena. Two seals of one text differ. EN_ENOMEM. */
EN_MUST_USE enum en_status en_seal(const unsigned char key[EN_SEAL_KEY], const char *text,
                                   struct en_arena *a, const char **out, struct en_err *err);

/* The text that was sealed with this key. EN_EINVAL: it was not, or was changed. */
EN_MUST_USE enum en_status en_unseal(const unsigned char key[EN_SEAL_KEY], const char *sealed,
                                     struct en_arena *a, const char **out, struct en_err *err);
