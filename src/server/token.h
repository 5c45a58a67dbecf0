/* SPDX-License-Identifier: Apache-2.0
 * server/token: secrets made at random, which are kept as hashes only. Thread-safe: no state. */
#pragma once

#include "base/arena.h"

enum {
    EN_TOKEN_BYTES = 32,
    EN_TOKEN_TEXT = 44, /* 43 letters of base64url and NUL */
    EN_TOKEN_HASH = 65, /* 64 hexadecimal digits and NUL */
    /* Digits of the names by which links stand in the audit trail. */
    EN_TOKEN_SHORT = 16
};

/* 256 random bits. */
void en_token_make(char out[EN_TOKEN_TEXT]);

/* BLAKE2b-256 of a token, or of what is tried as one. kind keeps hashes of different purposes
 * apart: "session", "link", "secret", "recovery". */
void en_token_hash(const char *kind, const char *token, char out[EN_TOKEN_HASH]);

/* Equal, in a time that does not depend on where they differ. */
bool en_token_equal(const char *a, const char *b);

/* Strict base64url without padding: only one way to write each text. NULL for anything else, or
 * more than size_max bytes. A NUL stands behind the bytes. */
const char *en_base64url_read(const char *text, size_t text_size, size_t size_max,
                              struct en_arena *a, size_t *size);

/* Base64url without padding; NULL when the arena is full. */
const char *en_base64url_write(const void *bytes, size_t size, struct en_arena *a);
