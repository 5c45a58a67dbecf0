/* SPDX-License-Identifier: Apache-2.0 */
#include "server/password.h"

#include "base/gate.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>

enum { PLACES = 2, WAITING_MAX = 64, DISTINCT_MIN = 5 };

/* Longer than this somebody would have given up. */
static const double PATIENCE_S = 10.0;

_Static_assert(EN_PASSWORD_HASH == crypto_pwhash_STRBYTES, "libsodium's text of a hash fits");

struct en_passwords {
    struct en_password_options options;
    struct en_gate *gate;
    atomic_uint_fast64_t count;
};

/* The commonest of those that are long enough, in lower case; digits and signs behind do not make
 * them better. */
static const char *const COMMON[] = {
    "password",
    "passwordpassword",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwertyuiop",
    "qwertyqwerty",
    "qwertyuiopasdf",
    "qwerty",
    "asdfghjkl",
    "asdfghjklqwer",
    "zxcvbnm",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "qazwsxedcrfv",
    "administrator",
    "administrators",
    "admin",
    "adminadmin",
    "letmein",
    "letmeinletmein",
    "welcome",
    "welcomewelcome",
    "iloveyou",
    "iloveyouiloveyou",
    "changeme",
    "changemechangeme",
    "trustno",
    "superman",
    "sunshine",
    "football",
    "baseball",
    "princess",
    "monkey",
    "dragon",
    "abcdefghijkl",
    "abcdefghijklm",
    "abcdefghijklmno",
    "abcdefgh",
    "abc",
    "correcthorsebatterystaple",
    "prolotherapy",
    "enthesis",
    "enthesisenthesis",
    "secret",
    "secretsecret",
    "summer",
    "winter",
    "spring",
    "autumn",
    "clinic",
    "doctor",
    "physician",
    "internet",
    "computer",
    "starwars",
    "whatever",
    "michael",
    "jennifer",
};

enum en_status en_passwords_open(const struct en_password_options *options, struct en_arena *a,
                                 struct en_passwords **out, struct en_err *err)
{
    struct en_passwords *p = EN_NEW(a, struct en_passwords, 1);

    *out = NULL;
    if (p == NULL || sodium_init() < 0) {
        return en_fail(err, EN_ENOMEM, "no memory for passwords");
    }
    p->options = *options;
    if (p->options.passes == 0) {
        p->options.passes = crypto_pwhash_OPSLIMIT_INTERACTIVE;
    }
    if (p->options.memory_bytes == 0) {
        p->options.memory_bytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;
    }
    EN_TRY(en_gate_open(options->places > 0 ? options->places : PLACES,
                        options->waiting_max > 0 ? options->waiting_max : WAITING_MAX, &p->gate,
                        err));
    *out = p;
    return EN_OK;
}

void en_passwords_close(struct en_passwords *p)
{
    if (p != NULL) {
        en_gate_close(p->gate);
    }
}

/* Characters of UTF-8, and how many different bytes. */
static size_t characters(const char *text, size_t *distinct)
{
    bool seen[256] = {false};
    size_t count = 0;

    *distinct = 0;
    for (const char *p = text; *p != '\0'; p++) {
        const unsigned char c = (unsigned char)*p;

        count += (c & 0xC0U) != 0x80U;
        *distinct += !seen[c];
        seen[c] = true;
    }
    return count;
}

static bool is_common(const char *password)
{
    size_t size = strlen(password);

    while (size > 0 && strchr("0123456789!?.,-_*#$%&+=@ ", password[size - 1]) != NULL) {
        size--;
    }
    for (size_t i = 0; i < EN_COUNT(COMMON); i++) {
        if (strlen(COMMON[i]) == size && strncasecmp(password, COMMON[i], size) == 0) {
            return true;
        }
        if (strcasecmp(password, COMMON[i]) == 0) {
            return true;
        }
    }
    return size == 0; /* digits and signs alone */
}

enum en_status en_password_check(const char *login, const char *password, struct en_err *err)
{
    size_t distinct = 0;

    if (password == NULL || characters(password, &distinct) < EN_PASSWORD_MIN) {
        return en_fail(err, EN_EINVAL, "the password needs at least %d characters",
                       EN_PASSWORD_MIN);
    }
    if (strlen(password) > EN_PASSWORD_MAX) {
        return en_fail(err, EN_EINVAL, "the password has more than %d bytes", EN_PASSWORD_MAX);
    }
    if (!en_utf8_valid(password, strlen(password), NULL)) {
        return en_fail(err, EN_EINVAL, "the password is no UTF-8");
    }
    if (distinct < DISTINCT_MIN) {
        return en_fail(err, EN_EINVAL, "the password repeats too few characters; use at least %d",
                       DISTINCT_MIN);
    }
    if (login != NULL && strlen(login) >= 3 && strcasestr(password, login) != NULL) {
        return en_fail(err, EN_EINVAL, "the password holds the login name; take another one");
    }
    if (is_common(password)) {
        return en_fail(err, EN_EINVAL,
                       "the password is among the first that are guessed; take several words");
    }
    return EN_OK;
}

static enum en_status enter(struct en_passwords *p, struct en_err *err)
{
    if (!en_gate_enter(p->gate, PATIENCE_S)) {
        return en_fail(err, EN_ELIMIT, "too many logins at the same time; try again in a moment");
    }
    atomic_fetch_add(&p->count, 1);
    return EN_OK;
}

enum en_status en_password_hash(struct en_passwords *p, const char *password,
                                char out[EN_PASSWORD_HASH], struct en_err *err)
{
    EN_TRY(enter(p, err));
    const int failed = crypto_pwhash_str_alg(out, password, strlen(password), p->options.passes,
                                             p->options.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);

    en_gate_leave(p->gate);
    return failed != 0 ? en_fail(err, EN_ENOMEM, "no memory to hash a password") : EN_OK;
}

enum en_status en_password_verify(struct en_passwords *p, const char *hash, const char *password,
                                  bool *is_right, struct en_err *err)
{
    static const unsigned char SALT[crypto_pwhash_SALTBYTES] = {0};
    unsigned char lost[32];

    int failed;

    *is_right = false;
    EN_TRY(enter(p, err));
    errno = 0;
    if (hash == NULL) {
        /* The work of a real check, whose result nobody looks at. */
        failed =
            crypto_pwhash(lost, sizeof lost, password, strlen(password), SALT, p->options.passes,
                          p->options.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
        sodium_memzero(lost, sizeof lost);
    } else {
        failed = crypto_pwhash_str_verify(hash, password, strlen(password));
        *is_right = failed == 0;
    }
    const bool was_starved = failed != 0 && errno == ENOMEM;

    en_gate_leave(p->gate);
    return was_starved ? en_fail(err, EN_ENOMEM, "no memory to check a password") : EN_OK;
}

uint64_t en_password_count(const struct en_passwords *p)
{
    return atomic_load(&p->count);
}

void en_password_random(char out[EN_PASSWORD_RANDOM])
{
    static const char LETTERS[] = "abcdefghjkmnpqrstuvwxyz23456789";
    enum { GROUP = 5, GROUPS = 4 };
    size_t at = 0;

    _Static_assert(GROUPS * (GROUP + 1) == EN_PASSWORD_RANDOM, "groups, dashes and NUL");
    for (int i = 0; i < GROUPS * GROUP; i++) {
        if (i > 0 && i % GROUP == 0) {
            out[at++] = '-';
        }
        out[at++] = LETTERS[randombytes_uniform(sizeof LETTERS - 1)];
    }
    out[at] = '\0';
}
