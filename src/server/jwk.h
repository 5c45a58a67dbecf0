/* SPDX-License-Identifier: Apache-2.0
 * server/jwk: public keys as JSON (RFC 7517) to GnuTLS's. Inside of jwt. */
#pragma once

#include "base/arena.h"

#include <gnutls/abstract.h>

struct json_object;

enum { EN_RSA_BITS_MIN = 2048, EN_RSA_BITS_MAX = 8192, EN_P384_BYTES = 48 };

/* The two kinds of tokens that are taken. */
enum en_jwk_kind { EN_JWK_RSA, EN_JWK_P384, EN_JWK_UNKNOWN };

/* By "alg" of a token: RS384, ES384. */
enum en_jwk_kind en_jwk_kind_of_algorithm(const char *algorithm);

/* A key of the wanted kind; NULL when it is none, too small, malformed, or holds private parts.
 * Give it back with gnutls_pubkey_deinit. */
gnutls_pubkey_t en_jwk_import(struct json_object *jwk, enum en_jwk_kind kind, struct en_arena *a);

/* Whether a member of a private key is in it. */
bool en_jwk_is_private(struct json_object *jwk);

/* The key of a PEM ("-----BEGIN PUBLIC KEY-----" or a certificate's) as JWK text; EN_EINVAL. */
EN_MUST_USE enum en_status en_jwk_of_pem(const char *pem, struct en_arena *a, const char **out,
                                         struct en_err *err);
