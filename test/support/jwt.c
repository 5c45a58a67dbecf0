/* SPDX-License-Identifier: Apache-2.0 */
#include "support/jwt.h"

#include "server/token.h"

#include "support/check.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>

enum { PART = 48 };

gnutls_privkey_t jwt_key(const char *algorithm, unsigned bits)
{
    const bool is_rsa = strcmp(algorithm, "RS384") == 0;
    gnutls_privkey_t key = NULL;
    const unsigned size = is_rsa ? (bits == 0 ? 2048 : bits)
                                 : GNUTLS_CURVE_TO_BITS(bits == 256 ? GNUTLS_ECC_CURVE_SECP256R1
                                                                    : GNUTLS_ECC_CURVE_SECP384R1);

    CHECK(gnutls_privkey_init(&key) == 0);
    CHECK(gnutls_privkey_generate(key, is_rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA, size, 0) == 0);
    return key;
}

/* Of exactly `size` bytes when size > 0, else without zeros in front. */
static const char *number(const gnutls_datum_t *d, size_t size, struct en_arena *a)
{
    unsigned char bytes[1024] = {0};
    size_t skip = 0;

    while (skip < d->size && d->data[skip] == 0) {
        skip++;
    }
    const size_t left = d->size - skip, room = size > 0 ? size : left;

    CHECK(left <= room && room <= sizeof bytes);
    memcpy(bytes + room - left, d->data + skip, left);
    return en_base64url_write(bytes, room, a);
}

static gnutls_pubkey_t public_half(gnutls_privkey_t key)
{
    gnutls_pubkey_t out = NULL;

    CHECK(gnutls_pubkey_init(&out) == 0);
    CHECK(gnutls_pubkey_import_privkey(out, key, 0, 0) == 0);
    return out;
}

const char *jwt_jwk(gnutls_privkey_t key, const char *kid, bool with_private, struct en_arena *a)
{
    gnutls_pubkey_t half = public_half(key);
    gnutls_datum_t one = {NULL, 0}, two = {NULL, 0};
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    const char *id = kid == NULL ? "" : en_arena_print(a, ",\"kid\":\"%s\"", kid);
    const char *more = with_private ? ",\"d\":\"AQAB\"" : "";
    const char *out;

    if (gnutls_pubkey_get_pk_algorithm(half, NULL) == GNUTLS_PK_RSA) {
        CHECK(gnutls_pubkey_export_rsa_raw(half, &one, &two) == 0);
        out = en_arena_print(a, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"%s%s}",
                             number(&one, 0, a), number(&two, 0, a), id, more);
    } else {
        CHECK(gnutls_pubkey_export_ecc_raw(half, &curve, &one, &two) == 0);
        const bool is_small = curve == GNUTLS_ECC_CURVE_SECP256R1;

        out = en_arena_print(a, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"%s%s}",
                             is_small ? "P-256" : "P-384", number(&one, is_small ? 32 : PART, a),
                             number(&two, is_small ? 32 : PART, a), id, more);
    }
    gnutls_free(one.data);
    gnutls_free(two.data);
    gnutls_pubkey_deinit(half);
    return out;
}

const char *jwt_pem(gnutls_privkey_t key, struct en_arena *a)
{
    gnutls_pubkey_t half = public_half(key);
    gnutls_datum_t pem = {NULL, 0};

    CHECK(gnutls_pubkey_export2(half, GNUTLS_X509_FMT_PEM, &pem) == 0);
    const char *out = en_arena_copy(a, (const char *)pem.data, pem.size);

    gnutls_free(pem.data);
    gnutls_pubkey_deinit(half);
    return out;
}

const char *jwt_sign(gnutls_privkey_t key, const char *algorithm, const char *head,
                     const char *payload, struct en_arena *a)
{
    const bool is_rsa = strcmp(algorithm, "RS384") == 0;
    char *text = en_arena_print(a, "%s.%s", en_base64url_write(head, strlen(head), a),
                                en_base64url_write(payload, strlen(payload), a));
    const gnutls_datum_t data = {(unsigned char *)text, (unsigned)strlen(text)};
    gnutls_datum_t signature = {NULL, 0}, r = {NULL, 0}, s = {NULL, 0};
    const char *written;

    CHECK(gnutls_privkey_sign_data2(key, is_rsa ? GNUTLS_SIGN_RSA_SHA384 : GNUTLS_SIGN_ECDSA_SHA384,
                                    0, &data, &signature) == 0);
    if (is_rsa) {
        written = en_base64url_write(signature.data, signature.size, a);
    } else {
        unsigned char both[2 * PART] = {0};

        CHECK(gnutls_decode_rs_value(&signature, &r, &s) == 0);
        for (int i = 0; i < 2; i++) {
            const gnutls_datum_t *d = i == 0 ? &r : &s;
            const size_t skip = d->size > PART ? d->size - PART : 0;

            memcpy(both + (size_t)(i + 1) * PART - (d->size - skip), d->data + skip,
                   d->size - skip);
        }
        written = en_base64url_write(both, sizeof both, a);
    }
    gnutls_free(signature.data);
    gnutls_free(r.data);
    gnutls_free(s.data);
    return en_arena_print(a, "%s.%s", text, written);
}
