/* SPDX-License-Identifier: Apache-2.0
 * server/totp: codes of an authenticator app (RFC 6238: HMAC-SHA-1, 30 s, 6 digits), and base32 as
 * such apps read it (RFC 4648). Pure functions. */
#pragma once

#include "base/arena.h"

enum {
    EN_TOTP_STEP_S = 30,
    EN_TOTP_DIGITS = 6,
    EN_TOTP_WINDOW = 1, /* steps before and after that are taken, for clocks that differ */
    EN_TOTP_SECRET_BYTES = 20,
    EN_TOTP_SECRET_TEXT = 33 /* 32 letters and NUL */
};

/* A new secret in base32. */
void en_totp_secret(char out[EN_TOTP_SECRET_TEXT]);

/* Bytes of base32 text (capital letters, 2 to 7, no padding); false when it is none, or the room is
 * too small. */
bool en_base32_read(const char *text, unsigned char *out, size_t room, size_t *size);

/* The code of a step as `digits` (6 .. 8) digits. */
void en_totp_code(const unsigned char *secret, size_t size, int64_t step, int digits, char out[9]);

/* The step that the code belongs to, when it lies in the window around now and behind last_step;
 * -1: the code is wrong, or was used before. */
int64_t en_totp_check(const char *secret_base32, const char *code, int64_t now_s,
                      int64_t last_step);

/* "otpauth://totp/Enthesis:login?secret=...&issuer=Enthesis", for a QR code; NULL when the arena is
 * full. */
const char *en_totp_uri(const char *login, const char *secret_base32, struct en_arena *a);
