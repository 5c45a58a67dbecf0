/* SPDX-License-Identifier: Apache-2.0
 * server/tls: the server's certificate and key: given as files, or made by itself.
 *
 * A certificate of our own keeps listeners out; whether the server is the right one, a client can
 * tell only when it knows the fingerprint, or was given the certificate. */
#pragma once

#include "base/arena.h"

enum { EN_TLS_NAMES_MAX = 16, EN_TLS_FINGERPRINT_MAX = 96 };

struct en_tls {
    const char *certificate, *key;       /* PEM; the certificate may be a chain */
    const char *names[EN_TLS_NAMES_MAX]; /* hosts it is good for, lower case, no wildcards */
    size_t name_count;
    int64_t expires_s;                        /* since 1970 */
    char fingerprint[EN_TLS_FINGERPRINT_MAX]; /* SHA-256, "AB:CD:..." */
};

/* Certificate and key from files. EN_EINVAL: they cannot be read as such, do not belong together,
 * or others than owner and group may read the key. An expired certificate is no failure: see
 * expires_s. */
EN_MUST_USE enum en_status en_tls_load(const char *certificate, const char *key, struct en_arena *a,
                                       struct en_tls *out, struct en_err *err);

/* Our own, kept as folder/server.pem (mode 0600: key and certificate), and folder/certificate.pem
 * for clients. Made (ECDSA P-256, EN_TLS_DAYS) when there is none that can be read, when it has
 * less than a month left, or when it lacks one of the names: hosts and addresses, shape [count]. */
EN_MUST_USE enum en_status en_tls_own(const char *folder, const char *const *names, size_t count,
                                      int64_t now_s, struct en_arena *a, struct en_tls *out,
                                      struct en_err *err);

/* Browsers refuse longer ones. */
enum { EN_TLS_DAYS = 397, EN_TLS_RENEW_DAYS = 30 };
