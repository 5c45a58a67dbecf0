/* SPDX-License-Identifier: Apache-2.0 */
#include "base/folder.h"

#include "base/buf.h"

#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

/* Only names with the suffix, in the order of their bytes whatever the file system's is. */
static void test_folder_lists_in_order(void **state)
{
    static const char *const NAMES[] = {"b.tsv", "a.tsv", "c.txt", "B.tsv", ".tsv"};
    char folder[] = "/tmp/enthesis-test-XXXXXX", path[64];
    struct en_arena a = EN_ARENA(1 << 20), closed = EN_ARENA(0);
    const char **names = NULL;
    size_t count = 0;
    struct en_err err = {""};

    (void)state;
    CHECK(mkdtemp(folder) != NULL);
    CHECK(en_folder_list(folder, ".tsv", 4, &a, &names, &count, &err) == EN_OK && count == 0);
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        CHECK(en_file_write(path, "x", 1, &err) == EN_OK);
    }
    CHECK(en_folder_list(folder, ".tsv", 4, &a, &names, &count, &err) == EN_OK && count == 4);
    CHECK_TEXT(names[0], ".tsv");
    CHECK_TEXT(names[1], "B.tsv");
    CHECK_TEXT(names[2], "a.tsv");
    CHECK_TEXT(names[3], "b.tsv");
    CHECK(en_folder_list(folder, ".tsv", 3, &a, &names, &count, &err) == EN_ELIMIT);
    CHECK(en_folder_list(folder, ".tsv", 4, &closed, &names, &count, &err) == EN_ENOMEM);
    CHECK(en_folder_list("/no/such/folder", "", 4, &a, &names, &count, &err) == EN_ENOTFOUND);
    CHECK_CONTAINS(err.text, "/no/such/folder");
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        CHECK(unlink(path) == 0);
    }
    CHECK(rmdir(folder) == 0);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_folder_lists_in_order));
