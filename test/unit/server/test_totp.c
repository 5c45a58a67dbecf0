/* SPDX-License-Identifier: Apache-2.0 */
#include "server/totp.h"

#include "support/check.h"

/* The appendix of RFC 6238 for SHA-1: time, code of eight digits. */
static void test_codes_are_those_of_the_rfc(void **state)
{
    static const struct {
        int64_t time_s;
        const char *code;
    } VECTORS[] = {
        {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
        {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"},
    };
    char code[9];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(VECTORS); i++) {
        en_totp_code((const unsigned char *)"12345678901234567890", 20,
                     VECTORS[i].time_s / EN_TOTP_STEP_S, 8, code);
        CHECK_TEXT(code, VECTORS[i].code);
    }
}

/* The examples of RFC 4648 without their padding; anything beside them is refused. */
static void test_base32_is_strict(void **state)
{
    static const struct {
        const char *text, *bytes;
    } GOOD[] = {{"", ""},
                {"MY", "f"},
                {"MZXQ", "fo"},
                {"MZXW6", "foo"},
                {"MZXW6YQ", "foob"},
                {"MZXW6YTB", "fooba"},
                {"MZXW6YTBOI", "foobar"}};
    static const char *const BAD[] = {"M",   "mz", "MZXW6===", "MZ",
                                      "MZX", "M1", "MZ XQ",    "MZXW6YTBO"};
    unsigned char out[8];
    size_t size;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(GOOD); i++) {
        CHECK(en_base32_read(GOOD[i].text, out, sizeof out, &size));
        CHECK(size == strlen(GOOD[i].bytes) && memcmp(out, GOOD[i].bytes, size) == 0);
    }
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        CHECK(!en_base32_read(BAD[i], out, sizeof out, &size));
    }
    CHECK(!en_base32_read("MZXW6YTBOI", out, 5, &size)); /* no room for the sixth byte */
}

static void code_at(const char *secret, int64_t step, char code[9])
{
    unsigned char bytes[64];
    size_t size;

    CHECK(en_base32_read(secret, bytes, sizeof bytes, &size));
    en_totp_code(bytes, size, step, EN_TOTP_DIGITS, code);
}

/* One step before and one after are taken, two are not; a step that was used is not taken again,
 * nor one before it: somebody may have looked over a shoulder. */
static void test_window_and_replay(void **state)
{
    enum { NOW_S = 1700000015, NOW = NOW_S / EN_TOTP_STEP_S };
    char secret[EN_TOTP_SECRET_TEXT], code[9];

    (void)state;
    en_totp_secret(secret);
    CHECK(strlen(secret) == EN_TOTP_SECRET_TEXT - 1);
    for (int64_t step = NOW - 3; step <= NOW + 3; step++) {
        code_at(secret, step, code);
        const bool is_near = step >= NOW - 1 && step <= NOW + 1;

        CHECK(en_totp_check(secret, code, NOW_S, 0) == (is_near ? step : -1));
        CHECK(en_totp_check(secret, code, NOW_S, step) == -1);
        CHECK(en_totp_check(secret, code, NOW_S, step - 1) == (is_near ? step : -1));
    }
}

static void test_what_is_no_code_is_refused(void **state)
{
    char code[9];

    (void)state;
    code_at("GEZDGNBVGY3TQOJQ", 1, code);
    CHECK(en_totp_check("GEZDGNBVGY3TQOJQ", code, 30, 0) == 1);
    CHECK(en_totp_check("GEZDGNBVGY3TQOJQ", "", 30, 0) == -1);
    CHECK(en_totp_check("GEZDGNBVGY3TQOJQ", NULL, 30, 0) == -1);
    CHECK(en_totp_check("", code, 30, 0) == -1); /* no second factor is no way in */
    CHECK(en_totp_check("not base32", code, 30, 0) == -1);
    code[5] = code[5] == '9' ? '0' : (char)(code[5] + 1);
    CHECK(en_totp_check("GEZDGNBVGY3TQOJQ", code, 30, 0) == -1);
}

static void test_uri_for_the_app(void **state)
{
    struct en_arena a = EN_ARENA(1 << 12);

    (void)state;
    CHECK_TEXT(en_totp_uri("dr", "GEZDGNBVGY3TQOJQ", &a),
               "otpauth://totp/Enthesis:dr?secret=GEZDGNBVGY3TQOJQ&issuer=Enthesis");
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_codes_are_those_of_the_rfc),
          cmocka_unit_test(test_base32_is_strict), cmocka_unit_test(test_window_and_replay),
          cmocka_unit_test(test_what_is_no_code_is_refused),
          cmocka_unit_test(test_uri_for_the_app));
