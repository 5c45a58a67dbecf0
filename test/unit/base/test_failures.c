/* SPDX-License-Identifier: Apache-2.0
 * Files and folders that cannot be read or written: a full disk, a folder in the way, too many open
 * files. The old content stays, nothing is left behind, and the message names the path. */
#include "base/buf.h"
#include "base/folder.h"

#include "support/check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 128 };

static char folder[PATH];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/enthesis-test-XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static const char *path_of(const char *name, char out[2 * PATH])
{
    (void)snprintf(out, 2 * PATH, "%s/%s", folder, name);
    return out;
}

/* Names in the folder, without "." and "..". */
static size_t count_names(void)
{
    struct en_arena a = EN_ARENA(1 << 20);
    const char **names = NULL;
    size_t count = 0;

    CHECK(en_folder_list(folder, "", 100, &a, &names, &count, NULL) == EN_OK);
    en_arena_free(&a);
    return count - 2;
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void expect_content(const char *path, const char *text)
{
    struct en_buf b = EN_BUF(1 << 20);

    CHECK(en_buf_read_file(&b, path, NULL) == EN_OK);
    CHECK_TEXT(en_buf_text(&b), text);
    en_buf_free(&b);
}

/* A file may not grow beyond `bytes`: what a full disk does, without filling one. */
static struct rlimit limit_files(rlim_t bytes)
{
    struct rlimit old, now;

    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    now = old;
    now.rlim_cur = bytes;
    CHECK(setrlimit(RLIMIT_FSIZE, &now) == 0);
    return old;
}

/* Whatever part of the new text still fits, the old one stays whole. */
static void test_full_disk_keeps_the_old_file(void **state)
{
    static char text[5000];
    char path[2 * PATH];
    struct en_err err;

    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    memset(text, 'n', sizeof text);
    (void)path_of("file", path);
    CHECK(en_file_write(path, "old", 3, NULL) == EN_OK);
    for (rlim_t room = 0; room < sizeof text; room += 777) {
        const struct rlimit old = limit_files(room);
        const enum en_status st = en_file_write(path, text, sizeof text, &err);

        CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
        CHECK(st == EN_EIO);
        CHECK_CONTAINS(err.text, path);
        expect_content(path, "old");
        CHECK(count_names() == 1); /* no temporary file is left */
    }
    const struct rlimit old = limit_files(sizeof text);

    CHECK(en_file_write(path, text, sizeof text, &err) == EN_OK);
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    CHECK(unlink(path) == 0);
}

/* An empty text is a text: the file is there and empty afterwards. */
static void test_empty_file_is_written(void **state)
{
    char path[2 * PATH];
    struct stat info;

    (void)state;
    (void)path_of("file", path);
    CHECK(en_file_write(path, "old", 3, NULL) == EN_OK);
    CHECK(en_file_write(path, "", 0, NULL) == EN_OK);
    expect_content(path, "");
    CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0644);
    CHECK(unlink(path) == 0);
}

/* A folder of that name is not replaced; a file is no folder. */
static void test_folders_and_files_are_not_mixed_up(void **state)
{
    char sub[2 * PATH], file[2 * PATH], below[2 * PATH];
    struct en_buf b = EN_BUF(1 << 10);
    struct en_err err;

    (void)state;
    (void)path_of("sub", sub);
    (void)path_of("file", file);
    (void)path_of("file/below", below);
    CHECK(en_folder_make(sub, &err) == EN_OK);
    CHECK(en_file_write(sub, "x", 1, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, sub);
    CHECK(count_names() == 1);
    CHECK(en_buf_read_file(&b, sub, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, sub);
    CHECK(b.size == 0);
    CHECK(en_file_write(file, "x", 1, &err) == EN_OK);
    CHECK(en_file_write(below, "x", 1, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, below);
    CHECK(en_folder_make(below, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, file);
    expect_content(file, "x");
    CHECK(unlink(file) == 0 && rmdir(sub) == 0);
    en_buf_free(&b);
}

/* Too many open files is no missing file: the message says which. */
static void test_no_descriptor_left(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_buf b = EN_BUF(1 << 10);
    const char **names = NULL;
    char path[2 * PATH];
    struct rlimit old, none;
    struct en_err err;
    size_t count = 0;

    (void)state;
    (void)path_of("file", path);
    CHECK(en_file_write(path, "old", 3, NULL) == EN_OK);
    CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
    none = old;
    none.rlim_cur = 0;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    const enum en_status read = en_buf_read_file(&b, path, &err);
    const enum en_status written = en_file_write(path, "new", 3, &err);
    const enum en_status listed = en_folder_list(folder, "", 9, &a, &names, &count, &err);

    CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
    CHECK(read == EN_EIO && written == EN_EIO && listed == EN_EIO);
    CHECK_CONTAINS(err.text, folder);
    expect_content(path, "old");
    CHECK(unlink(path) == 0 && count_names() == 0);
    en_arena_free(&a);
}

/* Paths at the limits of the system are refused before anything is touched. */
static void test_paths_that_are_too_long(void **state)
{
    static char path[9000];
    struct en_err err;

    (void)state;
    memset(path, 'a', sizeof path - 1);
    CHECK(en_file_write(path, "x", 1, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "too long");
    CHECK(en_folder_make(path, &err) == EN_EINVAL);
    CHECK(en_folder_make("", &err) == EN_EINVAL);
    path[300] = '\0'; /* one part longer than a name may be */
    CHECK(en_file_write(path, "x", 1, &err) == EN_EIO);
    CHECK(en_folder_make(path, &err) == EN_EIO);
}

/* The ceiling of a buffer is kept by reading: a file of that size or more is refused whole. */
static void test_reading_keeps_the_ceiling(void **state)
{
    static char text[40000];
    char path[2 * PATH];

    (void)state;
    (void)path_of("file", path);
    memset(text, 'x', sizeof text);
    for (size_t size = 16380; size <= 32772; size += 4098) {
        CHECK(en_file_write(path, text, size, NULL) == EN_OK);
        for (size_t limit = size - 1; limit <= size + 2; limit++) {
            struct en_buf b = EN_BUF(limit);
            struct en_err err = {""};
            const enum en_status st = en_buf_read_file(&b, path, &err);

            CHECK(st == (limit > size ? EN_OK : EN_ELIMIT));
            CHECK(st != EN_OK || b.size == size);
            if (st != EN_OK) {
                CHECK_CONTAINS(err.text, path);
            }
            en_buf_free(&b);
        }
    }
    CHECK(unlink(path) == 0);
}

/* Every way to append fails in the same way, at the same byte, and for good. */
static void test_every_append_keeps_the_ceiling(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 40; limit++) {
        for (int way = 0; way < 3; way++) {
            struct en_buf b = EN_BUF(limit);

            for (int i = 0; i < 12; i++) {
                if (way == 0) {
                    en_buf_add(&b, "abc");
                } else if (way == 1) {
                    en_buf_add_bytes(&b, "abcdef", 3);
                } else {
                    en_buf_print(&b, "%c%s", 'a', "bc");
                }
            }
            const size_t whole = limit == 0 ? 0 : (limit - 1) / 3;

            CHECK(b.size == 3 * (whole < 12 ? whole : 12));
            CHECK(strlen(en_buf_text(&b)) == b.size);
            CHECK(b.status == (whole < 12 ? EN_ELIMIT : EN_OK));
            en_buf_add(&b, "");
            CHECK(b.status == (whole < 12 ? EN_ELIMIT : EN_OK));
            en_buf_clear(&b);
            CHECK(b.status == EN_OK && b.size == 0);
            en_buf_free(&b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_disk_keeps_the_old_file),
        cmocka_unit_test(test_empty_file_is_written),
        cmocka_unit_test(test_folders_and_files_are_not_mixed_up),
        cmocka_unit_test(test_no_descriptor_left),
        cmocka_unit_test(test_paths_that_are_too_long),
        cmocka_unit_test(test_reading_keeps_the_ceiling),
        cmocka_unit_test(test_every_append_keeps_the_ceiling),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
