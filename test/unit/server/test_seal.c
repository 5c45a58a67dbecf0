/* SPDX-License-Identifier: Apache-2.0
 * Addresses of next pages hold the query of a search, family names included: nobody who sees one
 * may read it, and nobody may make one of their own. */
#include "server/seal.h"

#include "support/check.h"

#include <sodium.h>

static const unsigned char KEY[EN_SEAL_KEY] = "a key of a test", OTHER[EN_SEAL_KEY] = "another";

static void test_seal_opens_with_its_key_alone(void **state)
{
    static const char *const TEXTS[] = {"", "x", "family=Synthetic&_count=2\nséç"};
    struct en_arena a = EN_ARENA(1 << 20);
    const char *sealed, *again, *text;

    (void)state;
    CHECK(sodium_init() >= 0);
    for (size_t i = 0; i < EN_COUNT(TEXTS); i++) {
        CHECK(en_seal(KEY, TEXTS[i], &a, &sealed, NULL) == EN_OK);
        CHECK(en_seal(KEY, TEXTS[i], &a, &again, NULL) == EN_OK);
        CHECK(strcmp(sealed, again) != 0);
        CHECK(strstr(sealed, "Synthetic") == NULL);
        CHECK(strspn(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
              strlen(sealed));
        CHECK(en_unseal(KEY, sealed, &a, &text, NULL) == EN_OK);
        CHECK_TEXT(text, TEXTS[i]);
        CHECK(en_unseal(OTHER, sealed, &a, &text, NULL) == EN_EINVAL);
    }
    en_arena_free(&a);
}

/* Every change of every letter, every cut, and what never was a seal. */
static void test_seal_refuses_what_was_changed(void **state)
{
    static const char *const WRONG[] = {"", "A", "AAAA", "not base64!", "====", "%00"};
    struct en_arena a = EN_ARENA(1 << 20);
    const char *sealed, *text;

    (void)state;
    CHECK(sodium_init() >= 0);
    CHECK(en_seal(KEY, "family=Synthetic", &a, &sealed, NULL) == EN_OK);
    for (size_t i = 0; i < strlen(sealed); i++) {
        char *changed = en_arena_copy(&a, sealed, SIZE_MAX);

        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK(en_unseal(KEY, changed, &a, &text, NULL) == EN_EINVAL);
        changed[i] = '\0';
        CHECK(en_unseal(KEY, changed, &a, &text, NULL) == EN_EINVAL);
    }
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        CHECK(en_unseal(KEY, WRONG[i], &a, &text, NULL) == EN_EINVAL);
    }
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_seal_opens_with_its_key_alone),
          cmocka_unit_test(test_seal_refuses_what_was_changed));
