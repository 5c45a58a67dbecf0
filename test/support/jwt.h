/* SPDX-License-Identifier: Apache-2.0
 * test/support/jwt: keys and signed tokens, made in the test. */
#pragma once

#include "base/arena.h"

#include <gnutls/abstract.h>

/* A new pair: "RS384" (2048 bits unless bits says otherwise) or "ES384". */
gnutls_privkey_t jwt_key(const char *algorithm, unsigned bits);

/* Its public half as one JWK with the kid (NULL: none); with_private: also the private half. */
const char *jwt_jwk(gnutls_privkey_t key, const char *kid, bool with_private, struct en_arena *a);

/* Its public half as PEM. */
const char *jwt_pem(gnutls_privkey_t key, struct en_arena *a);

/* head.payload.signature, signed as `algorithm` says, whatever stands in the head. */
const char *jwt_sign(gnutls_privkey_t key, const char *algorithm, const char *head,
                     const char *payload, struct en_arena *a);
