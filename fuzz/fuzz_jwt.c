/* SPDX-License-Identifier: Apache-2.0
 * Any bytes, taken as what a stranger sends to prove who he is: a signed token, a set of keys, a
 * cookie. The first byte says which; for tokens the rest is "token\nkeys". Then
 * - a token is refused, or signed by the key that is registered here: one text in the whole world
 *   that this target knows, and not even that with another letter,
 * - a token that is read names one of the two algorithms, and no text of it is empty,
 * - keys that are taken are taken again in the form in which they are kept, and hold nothing
 *   private,
 * - a cookie's value stands in the header that was sent and holds no ';'. */
#include "base/text.h"
#include "fuzz.h"
#include "server/http.h"
#include "server/jwt.h"
#include "server/rights.h"
#include "server/token.h"

#include <string.h>

enum { NOW = 1772445600 };

static void check_read(const char *token, struct en_arena *a)
{
    struct en_jwt jwt;

    if (en_jwt_read(token, a, &jwt, NULL) != EN_OK) {
        PROPERTY(jwt.algorithm == NULL && jwt.audience_count == 0);
        return;
    }
    PROPERTY(strcmp(jwt.algorithm, "RS384") == 0 || strcmp(jwt.algorithm, "ES384") == 0);
    PROPERTY(jwt.issuer == NULL || jwt.issuer[0] != '\0');
    PROPERTY(jwt.id == NULL || jwt.id[0] != '\0');
    PROPERTY(jwt.audience_count <= EN_JWT_AUDIENCES_MAX);
    for (size_t i = 0; i < jwt.audience_count; i++) {
        PROPERTY(jwt.audiences[i] != NULL);
    }
}

/* Keys of the input may verify what they signed themselves; those registered here never do. */
static void check_token(char *text, struct en_arena *a)
{
    /* A public key whose private half nobody has kept. */
    static const char KEYS[] =
        "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":"
        "\"-KWNyhcNLfoj7llVAVUobutUbIdWeifHIkjNwl6_I91RWz_ue_7ywegGavlKmEnz\",\"y\":"
        "\"gJJxERkq1QhC1ixeVzUE2c8PzH5SwzZ-I6wItZfFRKZj2xMPQcY2nG1QLqiJLsxg\"}";
    const struct en_jwt_rules rules = {.audience = "a", .now_s = NOW, .life_max_s = 300};
    char *keys = strchr(text, '\n');
    struct en_jwt jwt;

    if (keys != NULL) {
        *keys++ = '\0';
        if (en_jwt_verify(text, keys, &rules, a, &jwt, NULL) == EN_OK) {
            PROPERTY(jwt.id != NULL && jwt.issuer != NULL && jwt.expires_s > NOW - 61);
        }
    }
    check_read(text, a);
    PROPERTY(en_jwt_verify(text, KEYS, &rules, a, &jwt, NULL) != EN_OK);
}

static void check_keys(const char *text, struct en_arena *a)
{
    const char *kept = NULL, *again = NULL;

    if (en_jwt_keys(text, a, &kept, NULL) == EN_OK) {
        PROPERTY(en_jwt_keys(kept, a, &again, NULL) == EN_OK);
        PROPERTY(strcmp(kept, again) == 0);
        PROPERTY(strstr(kept, "\"d\":") == NULL);
    }
}

static void check_cookie(const char *text, struct en_arena *a)
{
    const struct en_header header = {"Cookie", text};
    const struct en_http_request rq = {.headers = &header, .header_count = 1, .arena = a};
    const char *value = en_http_cookie(&rq, "enthesis");
    char hash[EN_TOKEN_HASH];

    if (value != NULL) {
        PROPERTY(strstr(text, value) != NULL && strchr(value, ';') == NULL);
        en_token_hash("session", value, hash);
        PROPERTY(strlen(hash) == EN_TOKEN_HASH - 1);
    }
}

/* What is valid can be held; what is held by something smaller is valid. */
static void check_scopes(const char *text)
{
    const char *bad = NULL;
    const bool is_valid = en_scopes_valid(text, &bad);

    PROPERTY(is_valid || bad != NULL || text[strspn(text, " ")] == '\0');
    PROPERTY(!is_valid || en_scopes_within(text, text));
    PROPERTY(!is_valid || en_scopes_within(text, "system/*.cruds metrics"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(64 << 20);

    if (size == 0) {
        return 0;
    }
    char *text = en_arena_copy(&a, (const char *)bytes + 1, size - 1);

    PROPERTY(text != NULL);
    switch (bytes[0]) {
    case 't':
        check_token(text, &a);
        break;
    case 'k':
        check_keys(text, &a);
        break;
    case 's':
        check_scopes(text);
        break;
    default:
        check_cookie(text, &a);
        break;
    }
    en_arena_free(&a);
    return 0;
}
