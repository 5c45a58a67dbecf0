/* SPDX-License-Identifier: Apache-2.0
 * Hashes of texts, and the one form of a resource that a signature holds. */
#include "server/digest.h"

#include "fhir/json.h"
#include "support/check.h"

static void hash_of(const char *json, char out[EN_DIGEST_TEXT])
{
    struct json_object *root = json_tokener_parse(json);

    CHECK(root != NULL);
    CHECK(en_canonical_hash(root, out, NULL) == EN_OK);
    (void)json_object_put(root);
}

static bool is_same(const char *a, const char *b)
{
    char first[EN_DIGEST_TEXT], second[EN_DIGEST_TEXT];

    hash_of(a, first);
    hash_of(b, second);
    CHECK(strlen(first) == EN_DIGEST_TEXT - 1);
    return strcmp(first, second) == 0;
}

/* Order of members, spaces, escapes and what the store writes do not change what is signed. */
static void test_same_content_is_one_hash(void **state)
{
    (void)state;
    CHECK(is_same("{\"a\":1,\"b\":{\"c\":[1,2],\"d\":\"x\"}}",
                  " { \"b\" : { \"d\":\"x\", \"c\" : [1, 2] }, \"a\" : 1 }"));
    CHECK(is_same("{\"a\":\"\\u00e9/\"}", "{\"a\":\"\xc3\xa9\\/\"}"));
    CHECK(is_same("{\"a\":1,\"meta\":{\"versionId\":\"1\"}}", "{\"a\":1}"));
}

/* Every difference in content does: also 1.0 and 1.00, the order of a list, an inner `meta`. */
static void test_other_content_is_another_hash(void **state)
{
    (void)state;
    CHECK(!is_same("{\"a\":1.0}", "{\"a\":1.00}"));
    CHECK(!is_same("{\"a\":[1,2]}", "{\"a\":[2,1]}"));
    CHECK(!is_same("{\"a\":\"1\"}", "{\"a\":1}"));
    CHECK(!is_same("{\"a\":{\"meta\":1}}", "{\"a\":{}}"));
    CHECK(!is_same("{\"a\":true}", "{\"a\":false}"));
    CHECK(!is_same("{\"a\":\"x\",\"b\":\"\"}", "{\"a\":\"x\"}"));
}

/* The canonical text itself, so that others can check a signature. */
static void test_canonical_text(void **state)
{
    struct json_object *root =
        json_tokener_parse("{\"resourceType\":\"X\",\"meta\":{\"a\":1},\"b\":[1.10,{\"z\":null}],"
                           "\"a\":\"q\\\"\\n/\"}");
    struct en_buf text = EN_BUF(1000);

    (void)state;
    en_canonical_add(root, &text);
    CHECK_TEXT(en_buf_text(&text),
               "{\"a\":\"q\\\"\\n/\",\"b\":[1.10,{\"z\":null}],\"resourceType\":\"X\"}");
    en_buf_free(&text);
    (void)json_object_put(root);
}

/* Where one part ends and the next begins is hashed, too. The first half is an id. */
static void test_parts_are_told_apart(void **state)
{
    static const char *const PARTS[][2] = {{"ab", "c"}, {"a", "bc"}, {"abc", NULL}, {"", "abc"}};
    char ids[EN_COUNT(PARTS)][EN_DIGEST_ID_TEXT];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        struct en_digest d;

        en_digest_start(&d);
        en_digest_add_text(&d, PARTS[i][0]);
        en_digest_add_text(&d, PARTS[i][1]);
        en_digest_end_id(&d, ids[i]);
        CHECK(strlen(ids[i]) == 32);
        for (size_t j = 0; j < i; j++) {
            CHECK(strcmp(ids[i], ids[j]) != 0);
        }
    }
}

TEST_MAIN(cmocka_unit_test(test_same_content_is_one_hash),
          cmocka_unit_test(test_other_content_is_another_hash),
          cmocka_unit_test(test_canonical_text), cmocka_unit_test(test_parts_are_told_apart));
