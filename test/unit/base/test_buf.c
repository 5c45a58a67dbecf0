/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "support/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The failure sticks: what comes after it is dropped, the status is reported once, with a name. */
static void test_buf_remembers_its_first_failure(void **state)
{
    struct en_buf b = EN_BUF(8);
    struct en_err err = {""};

    (void)state;
    en_buf_add(&b, "1234567");
    CHECK(en_buf_check(&b, "it", &err) == EN_OK);
    en_buf_add(&b, "8");
    en_buf_clear(&(struct en_buf){0});
    CHECK_TEXT(en_buf_text(&b), "1234567");
    CHECK(en_buf_check(&b, "the plan", &err) == EN_ELIMIT);
    CHECK_CONTAINS(err.text, "the plan is longer than 8 bytes");
    en_buf_free(&b);
    CHECK_TEXT(en_buf_text(&b), "");
}

static void test_buf_prints_and_grows(void **state)
{
    struct en_buf b = EN_BUF(1 << 20);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        en_buf_print(&b, "%d,", i % 10);
    }
    CHECK(b.status == EN_OK && b.size == 20000 && strlen(en_buf_text(&b)) == 20000);
    en_buf_free(&b);
}

/* Papers hold names: they get the rights that the umask leaves. A pipe (or a device) is written,
 * not replaced by a file. */
static void test_file_write_keeps_rights_and_devices(void **state)
{
    char folder[] = "/tmp/enthesis-test-XXXXXX", path[64], text[8] = "";
    const mode_t before = umask(0077);
    struct en_err err = {""};
    struct stat info;

    (void)state;
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/f", folder);
    CHECK(en_file_write(path, "x", 1, &err) == EN_OK);
    CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600);
    (void)unlink(path);
    CHECK(mkfifo(path, 0600) == 0);
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    CHECK(en_file_write(path, "x", 1, &err) == EN_OK);
    CHECK(stat(path, &info) == 0 && S_ISFIFO(info.st_mode));
    CHECK(read(fd, text, sizeof text) == 1 && text[0] == 'x');
    (void)close(fd);
    (void)unlink(path);
    CHECK(rmdir(folder) == 0);
    CHECK(umask(before) == 0077);
}

/* A written file reads back; a second write replaces it whole; a failed one leaves it alone. */
static void test_file_write_is_all_or_nothing(void **state)
{
    char folder[] = "/tmp/enthesis-test-XXXXXX", path[64];
    struct en_buf b = EN_BUF(1 << 10);
    struct en_err err = {""};

    (void)state;
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/a/b", folder);
    CHECK(en_folder_make(path, &err) == EN_OK && en_folder_make(path, &err) == EN_OK);
    (void)snprintf(path, sizeof path, "%s/a/b/file", folder);
    CHECK(en_file_write(path, "old", 3, &err) == EN_OK);
    CHECK(en_file_write(path, "new text", 8, &err) == EN_OK);
    CHECK(en_buf_read_file(&b, path, &err) == EN_OK);
    CHECK_TEXT(en_buf_text(&b), "new text");
    CHECK(en_folder_make(path, &err) == EN_EIO);
    CHECK(en_buf_read_file(&b, "/no/such/file", &err) == EN_ENOTFOUND);
    CHECK_CONTAINS(err.text, "/no/such/file");
    CHECK(en_file_write("/no/such/folder/file", "x", 1, &err) == EN_EIO);
    CHECK(en_buf_read_file(&b, folder, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, "directory");
    en_buf_free(&b);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/a/b", folder);
    (void)rmdir(path);
    (void)snprintf(path, sizeof path, "%s/a", folder);
    (void)rmdir(path);
    CHECK(rmdir(folder) == 0);
}

/* Code and meaning come from one list. */
static void test_status_has_a_meaning_for_each_code(void **state)
{
    (void)state;
    for (int i = 0; i < EN_STATUS_COUNT; i++) {
        CHECK(strlen(en_status_meaning((enum en_status)i)) > 1);
    }
    CHECK_TEXT(en_status_meaning(EN_STATUS_COUNT), "unknown status");
    CHECK(en_fail(NULL, EN_EIO, "no text wanted") == EN_EIO);
}

/* The first line goes on at the column given, the others are indented; none is wider. */
static void test_buf_wraps_text(void **state)
{
    struct en_buf b = EN_BUF(256);

    (void)state;
    en_buf_add(&b, "title: ");
    en_buf_wrap(&b, "one two three four", 7, 2, 12);
    CHECK_TEXT(en_buf_text(&b), "title: one\n  two three\n  four\n");
    en_buf_clear(&b);
    en_buf_wrap(&b, "", 0, 2, 12);
    CHECK_TEXT(en_buf_text(&b), "\n");
    en_buf_clear(&b);
    en_buf_wrap(&b, "ab", 20, 0, 12);
    CHECK_TEXT(en_buf_text(&b), "a\nb\n");
    en_buf_free(&b);
}

TEST_MAIN(cmocka_unit_test(test_buf_wraps_text),
          cmocka_unit_test(test_buf_remembers_its_first_failure),
          cmocka_unit_test(test_buf_prints_and_grows),
          cmocka_unit_test(test_file_write_is_all_or_nothing),
          cmocka_unit_test(test_file_write_keeps_rights_and_devices),
          cmocka_unit_test(test_status_has_a_meaning_for_each_code));
