/* SPDX-License-Identifier: Apache-2.0 */
#include "server/totp.h"

#include "server/token.h"

#include <assert.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sodium.h>
#include <string.h>

static const char BASE32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void en_totp_secret(char out[EN_TOTP_SECRET_TEXT])
{
    /* 32 letters are 20 bytes, none left over: each letter is five random bits. */
    for (size_t i = 0; i < EN_TOTP_SECRET_TEXT - 1; i++) {
        out[i] = BASE32[randombytes_uniform(32)];
    }
    out[EN_TOTP_SECRET_TEXT - 1] = '\0';
}

bool en_base32_read(const char *text, unsigned char *out, size_t room, size_t *size)
{
    uint32_t bits = 0;
    int count = 0;

    *size = 0;
    for (; *text != '\0'; text++) {
        const char *at = strchr(BASE32, *text);

        if (at == NULL) {
            return false;
        }
        bits = bits << 5 | (uint32_t)(at - BASE32);
        count += 5;
        if (count >= 8) {
            if (*size == room) {
                return false;
            }
            count -= 8;
            out[(*size)++] = (unsigned char)(bits >> count);
            bits &= (1U << count) - 1U;
        }
    }
    return count < 5 && bits == 0;
}

void en_totp_code(const unsigned char *secret, size_t size, int64_t step, int digits, char out[9])
{
    unsigned char counter[8], hash[20] = {0};

    assert(digits >= 6 && digits <= 8);
    for (int i = 0; i < 8; i++) {
        counter[i] = (unsigned char)((uint64_t)step >> (8 * (7 - i)));
    }
    (void)gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret, size, counter, sizeof counter, hash);
    const unsigned char *at = hash + (hash[19] & 15U); /* RFC 4226, 5.3 */
    uint32_t number = (at[0] & 127U) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];

    out[digits] = '\0';
    for (int i = digits - 1; i >= 0; i--) {
        out[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

int64_t en_totp_check(const char *secret_base32, const char *code, int64_t now_s, int64_t last_step)
{
    unsigned char secret[64];
    const int64_t now = now_s / EN_TOTP_STEP_S;
    int64_t found = -1;
    size_t size = 0;
    char right[9];

    if (code == NULL || !en_base32_read(secret_base32, secret, sizeof secret, &size) || size == 0) {
        return -1;
    }
    /* All steps are tried, so that the time does not tell which one fits. */
    for (int64_t step = now - EN_TOTP_WINDOW; step <= now + EN_TOTP_WINDOW; step++) {
        en_totp_code(secret, size, step, EN_TOTP_DIGITS, right);
        if (en_token_equal(right, code) && step > last_step && found < 0) {
            found = step;
        }
    }
    sodium_memzero(secret, sizeof secret);
    return found;
}

const char *en_totp_uri(const char *login, const char *secret_base32, struct en_arena *a)
{
    return en_arena_print(a, "otpauth://totp/Enthesis:%s?secret=%s&issuer=Enthesis", login,
                          secret_base32);
}
