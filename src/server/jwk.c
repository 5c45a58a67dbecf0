/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jwk.h"

#include "base/text.h"
#include "fhir/json.h"
#include "server/token.h"

#include <gnutls/x509.h>
#include <string.h>

enum { NUMBER_MAX = EN_RSA_BITS_MAX / 8 };

enum en_jwk_kind en_jwk_kind_of_algorithm(const char *algorithm)
{
    return en_text_equal(algorithm, "RS384")   ? EN_JWK_RSA
           : en_text_equal(algorithm, "ES384") ? EN_JWK_P384
                                               : EN_JWK_UNKNOWN;
}

bool en_jwk_is_private(struct json_object *jwk)
{
    static const char *const PRIVATE[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    bool found = false;

    for (size_t i = 0; i < EN_COUNT(PRIVATE); i++) {
        found |= en_json_get(jwk, PRIVATE[i]) != NULL;
    }
    return found;
}

/* A big number of a member; size 0 when it is none. */
static gnutls_datum_t number(struct json_object *jwk, const char *key, struct en_arena *a)
{
    const char *text = en_json_text(jwk, key);
    size_t size = 0;
    const char *bytes =
        text == NULL ? NULL : en_base64url_read(text, strlen(text), NUMBER_MAX, a, &size);
    gnutls_datum_t out = {NULL, 0};

    if (bytes != NULL && size > 0) {
        out.data = EN_NEW(a, unsigned char, size);
        if (out.data != NULL) {
            memcpy(out.data, bytes, size);
            out.size = (unsigned)size;
        }
    }
    return out;
}

static int import_rsa(gnutls_pubkey_t key, struct json_object *jwk, struct en_arena *a)
{
    const gnutls_datum_t n = number(jwk, "n", a), e = number(jwk, "e", a);
    unsigned bits = 0;

    if (n.size == 0 || e.size == 0 || e.size > 8 || (e.data[e.size - 1] & 1U) == 0 ||
        (e.size == 1 && e.data[0] < 3) || gnutls_pubkey_import_rsa_raw(key, &n, &e) != 0 ||
        gnutls_pubkey_get_pk_algorithm(key, &bits) != GNUTLS_PK_RSA) {
        return -1;
    }
    return bits >= EN_RSA_BITS_MIN && bits <= EN_RSA_BITS_MAX ? 0 : -1;
}

static int import_p384(gnutls_pubkey_t key, struct json_object *jwk, struct en_arena *a)
{
    const gnutls_datum_t x = number(jwk, "x", a), y = number(jwk, "y", a);

    if (!en_text_equal(en_json_text(jwk, "crv"), "P-384") || x.size != EN_P384_BYTES ||
        y.size != EN_P384_BYTES) {
        return -1;
    }
    return gnutls_pubkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_SECP384R1, &x, &y);
}

gnutls_pubkey_t en_jwk_import(struct json_object *jwk, enum en_jwk_kind kind, struct en_arena *a)
{
    static const char *const TYPES[] = {[EN_JWK_RSA] = "RSA", [EN_JWK_P384] = "EC"};
    const char *use = en_json_text(jwk, "use"), *algorithm = en_json_text(jwk, "alg");
    gnutls_pubkey_t key = NULL;

    if (kind == EN_JWK_UNKNOWN || !en_text_equal(en_json_text(jwk, "kty"), TYPES[kind]) ||
        (use != NULL && strcmp(use, "sig") != 0) ||
        (algorithm != NULL && en_jwk_kind_of_algorithm(algorithm) != kind) ||
        en_jwk_is_private(jwk) || gnutls_pubkey_init(&key) != 0) {
        return NULL;
    }
    if ((kind == EN_JWK_RSA ? import_rsa(key, jwk, a) : import_p384(key, jwk, a)) != 0) {
        gnutls_pubkey_deinit(key);
        return NULL;
    }
    return key;
}

/* Without the zeros in front; for coordinates with as many as they need. */
static const char *written(const gnutls_datum_t *d, size_t size, struct en_arena *a)
{
    unsigned char padded[NUMBER_MAX] = {0};
    size_t skip = 0;

    while (skip < d->size && d->data[skip] == 0) {
        skip++;
    }
    const size_t left = d->size - skip;

    if (left > sizeof padded || (size > 0 && left > size)) {
        return NULL;
    }
    const size_t room = size > 0 ? size : left;

    memcpy(padded + room - left, d->data + skip, left);
    return en_base64url_write(padded, room, a);
}

static const char *jwk_text(gnutls_pubkey_t key, struct en_arena *a)
{
    gnutls_datum_t one = {NULL, 0}, two = {NULL, 0};
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    const char *out = NULL, *first = NULL, *second = NULL;

    if (gnutls_pubkey_get_pk_algorithm(key, NULL) == GNUTLS_PK_RSA &&
        gnutls_pubkey_export_rsa_raw(key, &one, &two) == 0) {
        first = written(&one, 0, a);
        second = written(&two, 0, a);
        if (first != NULL && second != NULL) {
            out = en_arena_print(a, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}", first, second);
        }
    } else if (gnutls_pubkey_get_pk_algorithm(key, NULL) == GNUTLS_PK_ECDSA &&
               gnutls_pubkey_export_ecc_raw(key, &curve, &one, &two) == 0 &&
               curve == GNUTLS_ECC_CURVE_SECP384R1) {
        first = written(&one, EN_P384_BYTES, a);
        second = written(&two, EN_P384_BYTES, a);
        if (first != NULL && second != NULL) {
            out = en_arena_print(a, "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"%s\",\"y\":\"%s\"}",
                                 first, second);
        }
    }
    gnutls_free(one.data);
    gnutls_free(two.data);
    return out;
}

enum en_status en_jwk_of_pem(const char *pem, struct en_arena *a, const char **out,
                             struct en_err *err)
{
    char *copy = en_arena_copy(a, pem, SIZE_MAX);
    gnutls_pubkey_t key = NULL;
    gnutls_x509_crt_t certificate = NULL;

    *out = NULL;
    if (copy == NULL || gnutls_pubkey_init(&key) != 0) {
        return en_fail(err, EN_ENOMEM, "no memory for a key");
    }
    const gnutls_datum_t data = {(unsigned char *)copy, (unsigned)strlen(copy)};

    if (gnutls_pubkey_import(key, &data, GNUTLS_X509_FMT_PEM) != 0 &&
        gnutls_x509_crt_init(&certificate) == 0) {
        if (gnutls_x509_crt_import(certificate, &data, GNUTLS_X509_FMT_PEM) == 0) {
            (void)gnutls_pubkey_import_x509(key, certificate, 0);
        }
        gnutls_x509_crt_deinit(certificate);
    }
    *out = jwk_text(key, a);
    gnutls_pubkey_deinit(key);
    return *out != NULL
               ? EN_OK
               : en_fail(err, EN_EINVAL, "the PEM holds no public key of RSA or P-384 (secp384r1)");
}
