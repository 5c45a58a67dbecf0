/* SPDX-License-Identifier: Apache-2.0 */
#include "base/folder.h"

#include "base/buf.h"

#include "support/check.h"

#include <stdlib.h>
#include <sys/stat.h>
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

/* A folder is made for its owner only, and one process has it at a time: two servers on one
 * database file would let its log grow without bound. Another open of the lock in this process
 * stands for another process: such locks belong to the open file. */
static void test_folder_is_taken_once(void **state)
{
    char folder[] = "/tmp/enthesis-folder-XXXXXX", clinic[64], name[80];
    struct en_err err = {""};
    struct stat info;
    int first = -1, second = -1;

    (void)state;
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(clinic, sizeof clinic, "%s/a/clinic", folder);
    (void)snprintf(name, sizeof name, "%s/lock", clinic);
    CHECK(en_folder_take(clinic, &first, &err) == EN_OK);
    CHECK(stat(clinic, &info) == 0 && (info.st_mode & 0777) == 0700);
    CHECK(stat(name, &info) == 0 && (info.st_mode & 0777) == 0600);
    CHECK(en_folder_take(clinic, &second, &err) == EN_ECONFLICT && second == -1);
    CHECK_CONTAINS(err.text, "another server");
    CHECK(close(first) == 0);
    CHECK(en_folder_take(clinic, &second, &err) == EN_OK);
    CHECK(close(second) == 0);
    CHECK(en_folder_take("/dev/null/clinic", &first, &err) == EN_EIO);
    CHECK(en_folder_take("/dev/null", &first, &err) == EN_EIO);
    CHECK(unlink(name) == 0 && rmdir(clinic) == 0);
    (void)snprintf(clinic, sizeof clinic, "%s/a", folder);
    CHECK(rmdir(clinic) == 0 && rmdir(folder) == 0);
}

TEST_MAIN(cmocka_unit_test(test_folder_is_taken_once),
          cmocka_unit_test(test_folder_lists_in_order));
