/* SPDX-License-Identifier: Apache-2.0
 * server/password: argon2id, so many at a time, and which passwords are taken. Thread-safe. */
#pragma once

#include "base/arena.h"

struct en_passwords;

struct en_password_options {
    /* Of argon2id; 0: libsodium's INTERACTIVE (2 passes over 64 MiB, about 70 ms). */
    unsigned long long passes;
    size_t memory_bytes;
    int places;      /* hashes at the same time; 0: 2 */
    int waiting_max; /* who may wait for a place; 0: 64 */
};

enum {
    EN_PASSWORD_MIN = 12,  /* characters */
    EN_PASSWORD_MAX = 256, /* bytes; hashing costs the same for any, reading does not */
    EN_PASSWORD_HASH = 128 /* text of a hash, with NUL */
};

EN_MUST_USE enum en_status en_passwords_open(const struct en_password_options *options,
                                             struct en_arena *a, struct en_passwords **out,
                                             struct en_err *err);
void en_passwords_close(struct en_passwords *p); /* NULL is fine */

/* Whether the password may be used; the text of EN_EINVAL tells what to do. */
EN_MUST_USE enum en_status en_password_check(const char *login, const char *password,
                                             struct en_err *err);

/* EN_ELIMIT: too many wait. */
EN_MUST_USE enum en_status en_password_hash(struct en_passwords *p, const char *password,
                                            char out[EN_PASSWORD_HASH], struct en_err *err);

/* Whether it is the password. hash NULL (there is no such account) costs the same and gives false.
 */
EN_MUST_USE enum en_status en_password_verify(struct en_passwords *p, const char *hash,
                                              const char *password, bool *is_right,
                                              struct en_err *err);

/* Hashes computed so far, for tests: two ways that must not differ in time must not differ here. */
uint64_t en_password_count(const struct en_passwords *p);

/* A password of 20 letters and digits that are hard to confuse (over 96 bits), in groups of five.
 */
enum { EN_PASSWORD_RANDOM = 24 };
void en_password_random(char out[EN_PASSWORD_RANDOM]);
