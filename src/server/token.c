/* SPDX-License-Identifier: Apache-2.0 */
#include "server/token.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

_Static_assert(EN_TOKEN_TEXT == sodium_base64_ENCODED_LEN(EN_TOKEN_BYTES,
                                                          sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "a token has its length");

void en_token_make(char out[EN_TOKEN_TEXT])
{
    unsigned char bytes[EN_TOKEN_BYTES];

    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(out, EN_TOKEN_TEXT, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

void en_token_hash(const char *kind, const char *token, char out[EN_TOKEN_HASH])
{
    crypto_generichash_state state;
    unsigned char hash[(EN_TOKEN_HASH - 1) / 2];

    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    /* With its NUL: no kind is the beginning of another. */
    (void)crypto_generichash_update(&state, (const unsigned char *)kind, strlen(kind) + 1);
    (void)crypto_generichash_update(&state, (const unsigned char *)token, strlen(token));
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    (void)sodium_bin2hex(out, EN_TOKEN_HASH, hash, sizeof hash);
}

bool en_token_equal(const char *a, const char *b)
{
    const size_t size = strlen(a);

    return size == strlen(b) && sodium_memcmp(a, b, size) == 0;
}

const char *en_base64url_read(const char *text, size_t text_size, size_t size_max,
                              struct en_arena *a, size_t *size)
{
    const size_t most = text_size / 4 * 3 + 3;
    const char *end = NULL;
    char *out = most > size_max + 3 ? NULL : EN_NEW(a, char, most + 1);

    if (out == NULL ||
        sodium_base642bin((unsigned char *)out, most, text, text_size, NULL, size, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text + text_size || *size > size_max) {
        return NULL;
    }
    out[*size] = '\0';
    return out;
}

const char *en_base64url_write(const void *bytes, size_t size, struct en_arena *a)
{
    const size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = EN_NEW(a, char, room);

    return out == NULL ? NULL
                       : sodium_bin2base64(out, room, bytes, size,
                                           sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
