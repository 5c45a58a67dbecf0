/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jwt.h"

#include "base/text.h"
#include "fhir/json.h"
#include "server/jwk.h"
#include "server/token.h"

#include <gnutls/crypto.h>
#include <math.h>
#include <string.h>

/* Seconds since 1970 up to the year 9999. */
static const double TIME_MAX_S = 253402300799.0;

/* The three parts of "head.payload.signature" as they stand in the text. */
struct parts {
    const char *head, *payload, *signature;
    size_t head_size, payload_size, signature_size, signed_size;
};

static bool split(const char *token, struct parts *out)
{
    const size_t size = token == NULL ? 0 : strnlen(token, EN_JWT_MAX + 1);
    const char *first = size > EN_JWT_MAX || size == 0 ? NULL : memchr(token, '.', size);
    const char *second = first == NULL ? NULL : strchr(first + 1, '.');

    if (second == NULL || strchr(second + 1, '.') != NULL) {
        return false;
    }
    *out = (struct parts){
        .head = token,
        .head_size = (size_t)(first - token),
        .payload = first + 1,
        .payload_size = (size_t)(second - first) - 1,
        .signature = second + 1,
        .signature_size = size - (size_t)(second - token) - 1,
        .signed_size = (size_t)(second - token),
    };
    return true;
}

/* A part as a JSON object; NULL when it is none. Give it back with json_object_put. */
static struct json_object *part_object(const char *text, size_t text_size, struct en_arena *a)
{
    struct en_issues issues = {0};
    struct json_object *object = NULL;
    size_t size = 0;
    const char *json = en_base64url_read(text, text_size, EN_JWT_MAX, a, &size);

    if (json == NULL || en_json_read(json, size, a, &object, &issues, NULL) != EN_OK) {
        return NULL;
    }
    if (!json_object_is_type(object, json_type_object)) {
        json_object_put(object);
        return NULL;
    }
    return object;
}

/* A text member in the arena; NULL when it is not there. is_good becomes false when it is there and
 * no text, or empty. */
static const char *text_of(struct json_object *object, const char *key, struct en_arena *a,
                           bool *is_good)
{
    struct json_object *value = en_json_get(object, key);
    const char *text = en_json_text(object, key);

    if (value == NULL) {
        return NULL;
    }
    /* A text with U+0000 in it would be another one to C. */
    const bool is_whole = text != NULL && (int)strlen(text) == json_object_get_string_len(value);
    const char *copy = is_whole ? en_arena_copy(a, text, SIZE_MAX) : NULL;

    *is_good &= !en_text_is_empty(copy);
    return copy;
}

static int64_t time_of(struct json_object *object, const char *key, bool *is_good)
{
    struct json_object *value = en_json_get(object, key);

    if (value == NULL) {
        return INT64_MIN;
    }
    const double number = json_object_get_double(value);

    if ((!json_object_is_type(value, json_type_int) &&
         !json_object_is_type(value, json_type_double)) ||
        !(number >= 0.0 && number <= TIME_MAX_S)) {
        *is_good = false;
        return INT64_MIN;
    }
    return (int64_t)floor(number);
}

/* One text, or a list of them. */
static bool audiences_of(struct json_object *payload, struct en_arena *a, struct en_jwt *out)
{
    struct json_object *value = en_json_get(payload, "aud");
    bool is_good = true;

    if (value == NULL || json_object_is_type(value, json_type_string)) {
        out->audiences[0] = text_of(payload, "aud", a, &is_good);
        out->audience_count = out->audiences[0] != NULL ? 1 : 0;
        return is_good;
    }
    const size_t count = en_json_count(value);

    if (count == 0 || count > EN_JWT_AUDIENCES_MAX) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct json_object *item = en_json_at(value, i);

        if (!json_object_is_type(item, json_type_string)) {
            return false;
        }
        out->audiences[i] = en_arena_copy(a, json_object_get_string(item), SIZE_MAX);
        is_good &= out->audiences[i] != NULL;
    }
    out->audience_count = count;
    return is_good;
}

static bool read_parts(const struct parts *p, struct en_arena *a, struct en_jwt *out)
{
    struct json_object *head = part_object(p->head, p->head_size, a);
    struct json_object *payload = part_object(p->payload, p->payload_size, a);
    /* "crit" names what must be understood; nothing of that kind is. */
    bool is_good = head != NULL && payload != NULL && en_json_get(head, "crit") == NULL;

    if (is_good) {
        const char *type = text_of(head, "typ", a, &is_good);

        is_good &= type == NULL || en_text_equal_nocase(type, "JWT");
        out->algorithm = text_of(head, "alg", a, &is_good);
        out->key_id = text_of(head, "kid", a, &is_good);
        out->jku = text_of(head, "jku", a, &is_good);
        out->issuer = text_of(payload, "iss", a, &is_good);
        out->subject = text_of(payload, "sub", a, &is_good);
        out->id = text_of(payload, "jti", a, &is_good);
        out->expires_s = time_of(payload, "exp", &is_good);
        out->issued_s = time_of(payload, "iat", &is_good);
        out->not_before_s = time_of(payload, "nbf", &is_good);
        is_good &= audiences_of(payload, a, out);
    }
    json_object_put(head);
    json_object_put(payload);
    return is_good;
}

enum en_status en_jwt_read(const char *token, struct en_arena *a, struct en_jwt *out,
                           struct en_err *err)
{
    struct parts p;

    *out = (struct en_jwt){0};
    if (!split(token, &p) || !read_parts(&p, a, out)) {
        *out = (struct en_jwt){0};
        return en_fail(err, EN_EINVAL, "the token is no signed JWT");
    }
    if (en_jwk_kind_of_algorithm(out->algorithm) == EN_JWK_UNKNOWN) {
        *out = (struct en_jwt){0};
        return en_fail(err, EN_EINVAL, "alg: a token must be signed with RS384 or ES384");
    }
    return EN_OK;
}

/* ES384 signs with two numbers of 48 bytes, which GnuTLS wants as DER. */
static bool is_signed_by(gnutls_pubkey_t key, enum en_jwk_kind kind, const gnutls_datum_t *data,
                         const gnutls_datum_t *signature)
{
    gnutls_datum_t der = {NULL, 0};

    if (kind == EN_JWK_RSA) {
        return gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_RSA_SHA384, 0, data, signature) >= 0;
    }
    const gnutls_datum_t r = {signature->data, EN_P384_BYTES};
    const gnutls_datum_t s = {signature->data + EN_P384_BYTES, EN_P384_BYTES};

    if (signature->size != 2 * EN_P384_BYTES || gnutls_encode_rs_value(&der, &r, &s) != 0) {
        return false;
    }
    const bool is_right =
        gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_ECDSA_SHA384, 0, data, &der) >= 0;

    gnutls_free(der.data);
    return is_right;
}

/* Bytes as GnuTLS takes them: not const, though it does not write. */
static gnutls_datum_t datum_of(const char *bytes, size_t size, struct en_arena *a)
{
    unsigned char *copy = EN_NEW(a, unsigned char, size + 1);

    if (copy == NULL) {
        return (gnutls_datum_t){NULL, 0};
    }
    memcpy(copy, bytes, size);
    return (gnutls_datum_t){copy, (unsigned)size};
}

/* The keys of a set, or the one key. */
static size_t key_count(struct json_object *root)
{
    struct json_object *keys = en_json_get(root, "keys");

    return keys != NULL ? en_json_count(keys) : 1;
}

static struct json_object *key_at(struct json_object *root, size_t i)
{
    struct json_object *keys = en_json_get(root, "keys");

    return keys != NULL ? en_json_at(keys, i) : root;
}

static bool verify_with(struct json_object *root, const struct en_jwt *jwt, const struct parts *p,
                        const char *token, struct en_arena *a)
{
    const enum en_jwk_kind kind = en_jwk_kind_of_algorithm(jwt->algorithm);
    size_t size = 0;
    const char *bytes =
        en_base64url_read(p->signature, p->signature_size, EN_RSA_BITS_MAX / 8, a, &size);
    bool is_right = false;

    if (bytes == NULL || size == 0) {
        return false;
    }
    const gnutls_datum_t signature = datum_of(bytes, size, a);
    const gnutls_datum_t data = datum_of(token, p->signed_size, a);

    if (signature.data == NULL || data.data == NULL) {
        return false;
    }
    for (size_t i = 0; !is_right && i < key_count(root) && i < EN_JWT_KEY_COUNT_MAX; i++) {
        struct json_object *jwk = key_at(root, i);
        const char *id = en_json_text(jwk, "kid");

        /* A key or a token without a name fits any. */
        if (id != NULL && jwt->key_id != NULL && strcmp(id, jwt->key_id) != 0) {
            continue;
        }
        gnutls_pubkey_t key = en_jwk_import(jwk, kind, a);

        if (key != NULL) {
            is_right = is_signed_by(key, kind, &data, &signature);
            gnutls_pubkey_deinit(key);
        }
    }
    return is_right;
}

static struct json_object *keys_object(const char *keys, struct en_arena *a)
{
    const size_t size = keys == NULL ? 0 : strnlen(keys, EN_JWT_KEYS_MAX + 1);
    struct en_issues issues = {0};
    struct json_object *root = NULL;

    if (size == 0 || size > EN_JWT_KEYS_MAX ||
        en_json_read(keys, size, a, &root, &issues, NULL) != EN_OK) {
        return NULL;
    }
    return root;
}

static enum en_status check_times(const struct en_jwt *jwt, const struct en_jwt_rules *rules,
                                  struct en_err *err)
{
    const int64_t now = rules->now_s;

    if (jwt->expires_s == INT64_MIN || jwt->expires_s <= now - EN_JWT_SKEW_S) {
        return en_fail(err, EN_EDENIED, "exp: the token has ended, or does not say when it ends");
    }
    if (jwt->expires_s > now + rules->life_max_s + EN_JWT_SKEW_S) {
        return en_fail(err, EN_EDENIED, "exp: the token lives longer than %lld seconds",
                       (long long)rules->life_max_s);
    }
    if (jwt->not_before_s != INT64_MIN && jwt->not_before_s > now + EN_JWT_SKEW_S) {
        return en_fail(err, EN_EDENIED, "nbf: the token is not valid yet");
    }
    if (jwt->issued_s == INT64_MIN ? rules->needs_issued_at
                                   : jwt->issued_s > now + EN_JWT_SKEW_S ||
                                         jwt->issued_s < now - rules->life_max_s - EN_JWT_SKEW_S) {
        return en_fail(err, EN_EDENIED,
                       "iat: the token is too old, from the future, or does not say when it was "
                       "made");
    }
    return EN_OK;
}

static enum en_status check_claims(const struct en_jwt *jwt, const struct en_jwt_rules *rules,
                                   struct en_err *err)
{
    bool is_for_us = false;

    if (jwt->issuer == NULL || (rules->issuer != NULL && strcmp(jwt->issuer, rules->issuer) != 0)) {
        return en_fail(err, EN_EDENIED, "iss: the token is not of the one it should be of");
    }
    if (rules->subject != NULL && !en_text_equal(jwt->subject, rules->subject)) {
        return en_fail(err, EN_EDENIED, "sub: the token is not about the one it should be about");
    }
    for (size_t i = 0; i < jwt->audience_count; i++) {
        is_for_us |= en_text_equal(jwt->audiences[i], rules->audience);
    }
    if (!is_for_us) {
        return en_fail(err, EN_EDENIED, "aud: the token is not for this address");
    }
    if (jwt->id == NULL || strlen(jwt->id) > 256) {
        return en_fail(err, EN_EDENIED, "jti: the token needs an id of its own");
    }
    return check_times(jwt, rules, err);
}

enum en_status en_jwt_verify(const char *token, const char *keys, const struct en_jwt_rules *rules,
                             struct en_arena *a, struct en_jwt *out, struct en_err *err)
{
    struct parts p;

    EN_TRY(en_jwt_read(token, a, out, err));
    struct json_object *root = keys_object(keys, a);
    const bool is_right = split(token, &p) && root != NULL && verify_with(root, out, &p, token, a);

    json_object_put(root);
    const enum en_status st =
        is_right ? check_claims(out, rules, err)
                 : en_fail(err, EN_EDENIED, "the signature is of none of the registered keys");

    if (st != EN_OK) {
        *out = (struct en_jwt){0};
    }
    return st;
}

/* Whether the registered keys can be used, all of them. */
static enum en_status check_keys(struct json_object *root, struct en_arena *a, struct en_err *err)
{
    const size_t count = key_count(root);

    if (count == 0 || count > EN_JWT_KEY_COUNT_MAX) {
        return en_fail(err, EN_EINVAL, "keys: there must be 1 to %d public keys",
                       EN_JWT_KEY_COUNT_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        struct json_object *jwk = key_at(root, i);
        bool is_usable = false;

        if (en_jwk_is_private(jwk)) {
            return en_fail(err, EN_EINVAL,
                           "keys[%zu] is a private key: it is known to others now, make a new pair "
                           "and give the public one only",
                           i);
        }
        for (int kind = 0; kind < EN_JWK_UNKNOWN && !is_usable; kind++) {
            gnutls_pubkey_t key = en_jwk_import(jwk, (enum en_jwk_kind)kind, a);

            is_usable = key != NULL;
            gnutls_pubkey_deinit(key);
        }
        if (!is_usable) {
            return en_fail(err, EN_EINVAL,
                           "keys[%zu] must be a public key of RSA with %d bits or more (RS384), or "
                           "of P-384 (ES384)",
                           i, EN_RSA_BITS_MIN);
        }
    }
    return EN_OK;
}

enum en_status en_jwt_keys(const char *text, struct en_arena *a, const char **out,
                           struct en_err *err)
{
    const char *json = text;

    *out = NULL;
    if (text != NULL && strstr(text, "PRIVATE KEY-----") != NULL) {
        return en_fail(err, EN_EINVAL,
                       "this is a private key: it is known to others now, make a new pair and give "
                       "the public one only");
    }
    if (en_text_starts(text, "-----BEGIN ")) {
        EN_TRY(en_jwk_of_pem(text, a, &json, err));
    }
    struct json_object *root = keys_object(json, a);

    if (!json_object_is_type(root, json_type_object)) {
        json_object_put(root);
        return en_fail(err, EN_EINVAL, "keys: give a JWK set, one JWK or a PEM of at most %d bytes",
                       EN_JWT_KEYS_MAX);
    }
    const enum en_status st = check_keys(root, a, err);

    if (st == EN_OK) {
        const char *plain = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN);

        *out = en_json_get(root, "keys") != NULL ? en_arena_copy(a, plain, SIZE_MAX)
                                                 : en_arena_print(a, "{\"keys\":[%s]}", plain);
    }
    json_object_put(root);
    return st == EN_OK && *out == NULL ? en_fail(err, EN_ENOMEM, "no memory for keys") : st;
}
