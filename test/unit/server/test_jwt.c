/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jwt.h"

#include "base/text.h"
#include "server/token.h"

#include "support/check.h"
#include "support/jwt.h"

#include <gnutls/crypto.h>

enum { NOW = 1772445600 };

#define AUDIENCE "https://clinic.example/auth/token"

static struct en_arena memory = {.limit = 64 << 20};
static gnutls_privkey_t rsa, p384;

static const struct en_jwt_rules RULES = {
    .issuer = "ehr", .subject = "ehr", .audience = AUDIENCE, .now_s = NOW, .life_max_s = 300};

static int make_keys(void **state)
{
    (void)state;
    rsa = jwt_key("RS384", 0);
    p384 = jwt_key("ES384", 0);
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    gnutls_privkey_deinit(rsa);
    gnutls_privkey_deinit(p384);
    en_arena_free(&memory);
    return 0;
}

static const char *payload(int64_t expires)
{
    return en_arena_print(&memory,
                          "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE
                          "\",\"exp\":%lld,\"jti\":\"1\"}",
                          (long long)expires);
}

static const char *head(const char *algorithm)
{
    return en_arena_print(&memory, "{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"k\"}", algorithm);
}

static const char *keys(void)
{
    return en_arena_print(&memory, "{\"keys\":[%s,%s]}", jwt_jwk(rsa, "k", false, &memory),
                          jwt_jwk(p384, "k", false, &memory));
}

static enum en_status verify(const char *token)
{
    struct en_jwt out;

    return en_jwt_verify(token, keys(), &RULES, &memory, &out, NULL);
}

/* A payload with one thing different, signed rightly. */
static enum en_status verify_payload(const char *text)
{
    return verify(jwt_sign(p384, "ES384", head("ES384"), text, &memory));
}

/* Both kinds of signature are taken, with the right key among several, named or not. */
static void test_good_tokens_are_taken(void **state)
{
    struct en_jwt out;

    (void)state;
    const char *token = jwt_sign(rsa, "RS384", head("RS384"), payload(NOW + 300), &memory);

    CHECK(en_jwt_verify(token, keys(), &RULES, &memory, &out, NULL) == EN_OK);
    CHECK_TEXT(out.issuer, "ehr");
    CHECK_TEXT(out.id, "1");
    CHECK(out.expires_s == NOW + 300 && out.issued_s == INT64_MIN);
    CHECK(verify(jwt_sign(p384, "ES384", head("ES384"), payload(NOW + 10), &memory)) == EN_OK);
    CHECK(verify(jwt_sign(p384, "ES384", "{\"alg\":\"ES384\"}", payload(NOW + 10), &memory)) ==
          EN_OK);
    CHECK(en_jwt_verify(token, jwt_jwk(rsa, NULL, false, &memory), &RULES, &memory, &out, NULL) ==
          EN_OK);
}

/* Many signatures of P-384: numbers with zeros in front are rare and must work as well. */
static void test_signatures_of_any_length(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        const struct en_arena_mark mark = en_arena_mark(&memory);

        CHECK(verify_payload(payload(NOW + i)) == EN_OK);
        en_arena_rewind(&memory, mark);
    }
}

/* What proves nothing: no algorithm, HMAC with the public key as its secret, another key, another
 * algorithm than the key's, a changed letter anywhere. */
static void test_forged_tokens_are_refused(void **state)
{
    gnutls_privkey_t other = jwt_key("ES384", 0);
    const char *good = jwt_sign(p384, "ES384", head("ES384"), payload(NOW + 10), &memory);
    const size_t size = strlen(good);
    unsigned char mac[48];

    (void)state;
    CHECK(verify(good) == EN_OK);
    CHECK(verify(jwt_sign(other, "ES384", head("ES384"), payload(NOW + 10), &memory)) ==
          EN_EDENIED);
    CHECK(verify(jwt_sign(rsa, "RS384", head("ES384"), payload(NOW + 10), &memory)) == EN_EDENIED);
    CHECK(verify(jwt_sign(p384, "ES384", head("RS384"), payload(NOW + 10), &memory)) == EN_EDENIED);
    static const char *const ALGORITHMS[] = {"none",  "None",  "HS256", "HS384", "RS256",
                                             "ES256", "PS384", "es384", "",      "RS384 "};

    for (size_t i = 0; i < EN_COUNT(ALGORITHMS); i++) {
        CHECK(verify(jwt_sign(p384, "ES384", head(ALGORITHMS[i]), payload(NOW + 10), &memory)) ==
              EN_EINVAL);
    }
    const char *signed_part = en_arena_print(
        &memory, "%s.%s", en_base64url_write(head("HS384"), strlen(head("HS384")), &memory),
        en_base64url_write(payload(NOW + 10), strlen(payload(NOW + 10)), &memory));

    CHECK(gnutls_hmac_fast(GNUTLS_MAC_SHA384, keys(), strlen(keys()), signed_part,
                           strlen(signed_part), mac) == 0);
    CHECK(verify(en_arena_print(&memory, "%s.%s", signed_part,
                                en_base64url_write(mac, sizeof mac, &memory))) == EN_EINVAL);
    for (size_t i = 0; i < size; i++) {
        const struct en_arena_mark mark = en_arena_mark(&memory);
        char *changed = en_arena_copy(&memory, good, size);

        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK(verify(changed) != EN_OK);
        en_arena_rewind(&memory, mark);
    }
    gnutls_privkey_deinit(other);
}

/* Cut, doubled, padded, empty: no such text is a token. */
static void test_malformed_tokens_are_refused(void **state)
{
    const char *good = jwt_sign(p384, "ES384", head("ES384"), payload(NOW + 10), &memory);
    const size_t size = strlen(good);
    char *longest = en_arena_take(&memory, 1, EN_JWT_MAX + 8);

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        const struct en_arena_mark mark = en_arena_mark(&memory);

        CHECK(verify(en_arena_copy(&memory, good, cut)) != EN_OK);
        en_arena_rewind(&memory, mark);
    }
    CHECK(verify(NULL) == EN_EINVAL && verify("..") == EN_EINVAL);
    CHECK(verify(en_arena_print(&memory, "%s=", good)) != EN_OK);
    CHECK(verify(en_arena_print(&memory, "%s.x", good)) != EN_OK);
    CHECK(verify(en_arena_print(&memory, " %s", good)) != EN_OK);
    CHECK(verify_payload("[]") == EN_EINVAL && verify_payload("1") == EN_EINVAL);
    CHECK(verify_payload("") == EN_EINVAL && verify_payload("{\"exp\":NaN}") == EN_EINVAL);
    CHECK(verify_payload("{\"iss\":\"ehr\",\"iss\":\"ehr\"}") == EN_EINVAL);
    CHECK(verify(jwt_sign(p384, "ES384", "{\"alg\":\"ES384\",\"crit\":[\"b64\"]}", payload(NOW),
                          &memory)) == EN_EINVAL);
    CHECK(verify(jwt_sign(p384, "ES384", "{\"alg\":\"ES384\",\"typ\":\"at+jwt\"}", payload(NOW),
                          &memory)) == EN_EINVAL);
    memset(longest, 'A', EN_JWT_MAX + 1);
    longest[5] = longest[9] = '.';
    CHECK(verify(longest) == EN_EINVAL);
}

/* Times at their limits and one second beyond, with the minute that clocks may differ. */
static void test_times_at_their_limits(void **state)
{
    struct en_jwt_rules rules = RULES;
    struct en_jwt out;

    (void)state;
    CHECK(verify_payload(payload(NOW - EN_JWT_SKEW_S + 1)) == EN_OK);
    CHECK(verify_payload(payload(NOW - EN_JWT_SKEW_S)) == EN_EDENIED);
    CHECK(verify_payload(payload(NOW + 300 + EN_JWT_SKEW_S)) == EN_OK);
    CHECK(verify_payload(payload(NOW + 300 + EN_JWT_SKEW_S + 1)) == EN_EDENIED);
    static const struct {
        const char *name;
        int64_t time;
        bool is_fine;
    } CASES[] = {
        {"nbf", NOW + EN_JWT_SKEW_S, true},       {"nbf", NOW + EN_JWT_SKEW_S + 1, false},
        {"iat", NOW + EN_JWT_SKEW_S, true},       {"iat", NOW + EN_JWT_SKEW_S + 1, false},
        {"iat", NOW - 300 - EN_JWT_SKEW_S, true}, {"iat", NOW - 300 - EN_JWT_SKEW_S - 1, false},
    };

    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const char *text =
            en_arena_print(&memory,
                           "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE
                           "\",\"exp\":%lld,\"jti\":\"1\",\"%s\":%lld}",
                           (long long)NOW + 10, CASES[i].name, (long long)CASES[i].time);

        CHECK((verify_payload(text) == EN_OK) == CASES[i].is_fine);
    }
    rules.needs_issued_at = true;
    const char *token = jwt_sign(p384, "ES384", head("ES384"), payload(NOW + 10), &memory);

    CHECK(en_jwt_verify(token, keys(), &rules, &memory, &out, NULL) == EN_EDENIED);
    CHECK(out.issuer == NULL); /* nothing of a refused token */
}

/* Every claim that is missing, of another type or of somebody else. */
static void test_claims_must_be_right(void **state)
{
    static const char *const BAD[] = {
        "{\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":%d,\"jti\":\"1\"}",
        "{\"iss\":\"other\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":%d,\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"other\",\"aud\":\"" AUDIENCE "\",\"exp\":%d,\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":%d,\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "/\",\"exp\":%d,\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"https://clinic.example\",\"exp\":%d,"
        "\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":[],\"exp\":%d,\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":[1],\"exp\":%d,\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"exp\":%d,\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":%d}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":%d,\"jti\":\"\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":\"%d\",\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":-%d,\"jti\":\"1\"}",
        "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":%de999,\"jti\":\"1\"}",
        "{\"iss\":[\"ehr\"],\"sub\":\"ehr\",\"aud\":\"" AUDIENCE "\",\"exp\":%d,\"jti\":\"1\"}",
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        const char *at = strstr(BAD[i], "%d");

        (void)snprintf(text, sizeof text, "%.*s%d%s", (int)(at - BAD[i]), BAD[i], NOW + 10, at + 2);
        CHECK(verify_payload(text) != EN_OK);
    }
    (void)snprintf(text, sizeof text,
                   "{\"iss\":\"ehr\",\"sub\":\"ehr\",\"aud\":[\"x\",\"" AUDIENCE
                   "\"],\"exp\":%d.5,\"jti\":\"1\"}",
                   NOW + 10);
    CHECK(verify_payload(text) == EN_OK);
}

/* Keys that are weak, of another kind, private or no keys at all are not registered. */
static void test_keys_to_be_registered(void **state)
{
    gnutls_privkey_t weak = jwt_key("RS384", 1024), small = jwt_key("ES384", 256);
    const char *out = NULL;
    struct en_err err = {""};

    (void)state;
    CHECK(en_jwt_keys(keys(), &memory, &out, NULL) == EN_OK && out != NULL);
    CHECK(en_jwt_keys(jwt_jwk(weak, "w", false, &memory), &memory, &out, NULL) == EN_EINVAL);
    CHECK(en_jwt_keys(jwt_jwk(small, "s", false, &memory), &memory, &out, NULL) == EN_EINVAL);
    CHECK(en_jwt_keys(jwt_jwk(rsa, "k", true, &memory), &memory, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "private");
    CHECK(en_jwt_keys("{\"keys\":[]}", &memory, &out, NULL) == EN_EINVAL);
    CHECK(en_jwt_keys("{}", &memory, &out, NULL) == EN_EINVAL);
    CHECK(en_jwt_keys("", &memory, &out, NULL) == EN_EINVAL);
    CHECK(en_jwt_keys(NULL, &memory, &out, NULL) == EN_EINVAL);
    CHECK(en_jwt_keys("-----BEGIN PUBLIC KEY-----\nAAAA\n", &memory, &out, NULL) == EN_EINVAL);
    gnutls_privkey_deinit(weak);
    gnutls_privkey_deinit(small);
}

/* A PEM becomes a set that checks what its key signed. */
static void test_pem_is_a_key_as_well(void **state)
{
    static const char *const ALGORITHMS[] = {"RS384", "ES384"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ALGORITHMS); i++) {
        gnutls_privkey_t key = i == 0 ? rsa : p384;
        const char *set = NULL;
        struct en_jwt out;

        CHECK(en_jwt_keys(jwt_pem(key, &memory), &memory, &set, NULL) == EN_OK);
        const char *token =
            jwt_sign(key, ALGORITHMS[i], head(ALGORITHMS[i]), payload(NOW + 10), &memory);

        CHECK(en_jwt_verify(token, set, &RULES, &memory, &out, NULL) == EN_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_tokens_are_taken),
        cmocka_unit_test(test_signatures_of_any_length),
        cmocka_unit_test(test_forged_tokens_are_refused),
        cmocka_unit_test(test_malformed_tokens_are_refused),
        cmocka_unit_test(test_times_at_their_limits),
        cmocka_unit_test(test_claims_must_be_right),
        cmocka_unit_test(test_keys_to_be_registered),
        cmocka_unit_test(test_pem_is_a_key_as_well),
    };

    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
