/* SPDX-License-Identifier: Apache-2.0
 * server/digest: BLAKE2b hashes of texts and of resources, in hexadecimal digits. No state of its
 * own: thread-safe. */
#pragma once

#include "base/buf.h"

#include <sodium.h>

struct json_object;

enum { EN_DIGEST_BYTES = 32, EN_DIGEST_TEXT = 65, EN_DIGEST_ID_TEXT = 33 };

struct en_digest {
    crypto_generichash_state state;
};

/* Parts are hashed with their sizes: "ab", "c" is not "a", "bc". */
void en_digest_start(struct en_digest *d);
void en_digest_add(struct en_digest *d, const void *bytes, size_t size);
void en_digest_add_text(struct en_digest *d, const char *text); /* NULL is "" */

/* All of it, or the first half: an id that FHIR accepts. Ends the digest. */
void en_digest_end(struct en_digest *d, char out[EN_DIGEST_TEXT]);
void en_digest_end_id(struct en_digest *d, char out[EN_DIGEST_ID_TEXT]);

/* A resource in its one form: members sorted by the bytes of their names, no needless space,
 * numbers as they were written, without `meta` (the store writes it). Its hash is what a signature
 * holds. The tree must be one that en_json_read let through. */
void en_canonical_add(struct json_object *resource, struct en_buf *out);
EN_MUST_USE enum en_status en_canonical_hash(struct json_object *resource, char out[EN_DIGEST_TEXT],
                                             struct en_err *err);
