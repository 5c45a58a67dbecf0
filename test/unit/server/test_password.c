/* SPDX-License-Identifier: Apache-2.0 */
#include "server/password.h"

#include "server/token.h"

#include "support/check.h"

/* The least that argon2id takes: these tests are not about its cost. */
static const struct en_password_options CHEAP = {.passes = 1, .memory_bytes = 8192};

/* The right one opens, others do not; a check of nobody's password costs a hash like any other. */
static void test_only_the_right_password_opens(void **state)
{
    struct en_arena a = EN_ARENA(1 << 16);
    struct en_passwords *p = NULL;
    char hash[EN_PASSWORD_HASH], other[EN_PASSWORD_HASH];
    bool is_right = false;

    (void)state;
    CHECK(en_passwords_open(&CHEAP, &a, &p, NULL) == EN_OK);
    CHECK(en_password_hash(p, "correct staple", hash, NULL) == EN_OK);
    CHECK(en_password_hash(p, "correct staple", other, NULL) == EN_OK);
    CHECK(strcmp(hash, other) != 0 && strncmp(hash, "$argon2id$", 10) == 0);
    CHECK(en_password_verify(p, hash, "correct staple", &is_right, NULL) == EN_OK && is_right);
    CHECK(en_password_verify(p, hash, "correct staplf", &is_right, NULL) == EN_OK && !is_right);
    CHECK(en_password_verify(p, hash, "", &is_right, NULL) == EN_OK && !is_right);
    const uint64_t before = en_password_count(p);

    CHECK(en_password_verify(p, hash, "correct staplf", &is_right, NULL) == EN_OK);
    CHECK(en_password_count(p) == before + 1);
    is_right = true;
    CHECK(en_password_verify(p, NULL, "correct staplf", &is_right, NULL) == EN_OK && !is_right);
    CHECK(en_password_count(p) == before + 2);
    CHECK(en_password_verify(p, "no hash at all", "x", &is_right, NULL) == EN_OK && !is_right);
    en_passwords_close(p);
    en_arena_free(&a);
}

/* Hashes are made as they should be when nobody says otherwise: 64 MiB, two passes. */
static void test_default_cost_is_interactive(void **state)
{
    struct en_arena a = EN_ARENA(1 << 16);
    struct en_passwords *p = NULL;
    char hash[EN_PASSWORD_HASH];

    (void)state;
    CHECK(en_passwords_open(&(struct en_password_options){0}, &a, &p, NULL) == EN_OK);
    CHECK(en_password_hash(p, "x", hash, NULL) == EN_OK);
    CHECK_CONTAINS(hash, "$argon2id$v=19$m=65536,t=2,p=1$");
    en_passwords_close(p);
    en_arena_free(&a);
}

/* At the limit and just beyond; what is guessed first; what the login gives away. */
static void test_rules(void **state)
{
    static const struct {
        const char *password, *complaint; /* NULL: taken */
    } CASES[] = {
        {"abcdefghij1", "at least 12"},
        {"abcdefghij12", NULL},
        {"", "at least 12"},
        {"äöüßäöüßaé1", "at least 12"}, /* eleven characters, more bytes */
        {"äöüßáéíóúàèì", NULL},
        {"aaaaaaaabbbb", "too few"},
        {"ababababcdcd", "too few"},
        {"abababab cde", NULL},
        {"my Physician.1 rocks", "login"},
        {"Password12345!", "guessed"},
        {"PASSWORD2024!!!!", "guessed"},
        {"123456789012", "guessed"},
        {"correcthorsebatterystaple", "guessed"},
        {"four plain short words", NULL},
        {"bad \xff utf eight", "UTF-8"},
    };
    char longest[EN_PASSWORD_MAX + 2];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_err err = {""};
        const enum en_status st = en_password_check("physician.1", CASES[i].password, &err);

        CHECK(st == (CASES[i].complaint == NULL ? EN_OK : EN_EINVAL));
        CHECK_CONTAINS(err.text, CASES[i].complaint == NULL ? "" : CASES[i].complaint);
    }
    CHECK(en_password_check("x", NULL, NULL) == EN_EINVAL);
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "bcdef", 5);
    longest[EN_PASSWORD_MAX] = '\0';
    CHECK(en_password_check("x", longest, NULL) == EN_OK);
    longest[EN_PASSWORD_MAX] = 'a';
    longest[EN_PASSWORD_MAX + 1] = '\0';
    CHECK(en_password_check("x", longest, NULL) == EN_EINVAL);
}

/* A password made for somebody passes the rules and is another one each time. */
static void test_random_passwords(void **state)
{
    char one[EN_PASSWORD_RANDOM], two[EN_PASSWORD_RANDOM];

    (void)state;
    for (int i = 0; i < 100; i++) {
        en_password_random(one);
        en_password_random(two);
        CHECK(strlen(one) == EN_PASSWORD_RANDOM - 1 && strcmp(one, two) != 0);
        CHECK(en_password_check("owner", one, NULL) == EN_OK);
    }
}

/* Tokens: 256 bits, never twice, hashes that keep purposes apart. */
static void test_tokens(void **state)
{
    char one[EN_TOKEN_TEXT], two[EN_TOKEN_TEXT], hash[EN_TOKEN_HASH], other[EN_TOKEN_HASH];

    (void)state;
    en_token_make(one);
    en_token_make(two);
    CHECK(strlen(one) == EN_TOKEN_TEXT - 1 && strcmp(one, two) != 0);
    en_token_hash("session", one, hash);
    en_token_hash("session", one, other);
    CHECK(strlen(hash) == EN_TOKEN_HASH - 1 && strcmp(hash, other) == 0);
    en_token_hash("link", one, other);
    CHECK(strcmp(hash, other) != 0);
    CHECK(en_token_equal(one, one) && !en_token_equal(one, two) && !en_token_equal(one, "x"));
}

/* Base64url in its one form: no padding, no other letters, no bits left over. */
static void test_base64url_is_strict(void **state)
{
    static const char *const BAD[] = {"Zg==", "Zh", "Z", "Zg ", " Zg", "Z+8", "Z/8", "Zm9\n"};
    struct en_arena a = EN_ARENA(1 << 16);
    size_t size = 0;

    (void)state;
    CHECK_TEXT(en_base64url_read("Zm9vYg", 6, 100, &a, &size), "foob");
    CHECK(size == 4);
    CHECK_TEXT(en_base64url_write("\xfb\xff", 2, &a), "-_8");
    CHECK(en_base64url_read("-_8", 3, 100, &a, &size) != NULL && size == 2);
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        CHECK(en_base64url_read(BAD[i], strlen(BAD[i]), 100, &a, &size) == NULL);
    }
    CHECK(en_base64url_read("Zm9vYg", 6, 4, &a, &size) != NULL);
    CHECK(en_base64url_read("Zm9vYg", 6, 3, &a, &size) == NULL);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_only_the_right_password_opens),
          cmocka_unit_test(test_default_cost_is_interactive), cmocka_unit_test(test_rules),
          cmocka_unit_test(test_random_passwords), cmocka_unit_test(test_tokens),
          cmocka_unit_test(test_base64url_is_strict));
