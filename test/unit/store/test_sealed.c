/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sealed.h"

#include "base/buf.h"
#include "support/check.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARENA = 64 << 20, SIZE = 300000 };

static char folder[] = "/tmp/enthesis-sealed-XXXXXX";
static char path[64];

static struct en_sealed_options options(const char *passphrase)
{
    return (struct en_sealed_options){
        .path = path,
        .passphrase = passphrase,
        .operations = crypto_pwhash_OPSLIMIT_MIN,
        .memory = crypto_pwhash_MEMLIMIT_MIN,
    };
}

/* Bytes that do not compress, so that the file has several chunks. */
static void fill(unsigned char *bytes, size_t size)
{
    static const unsigned char SEED[randombytes_SEEDBYTES] = {7};

    randombytes_buf_deterministic(bytes, size, SEED);
}

static void write_file(struct en_arena *a, const unsigned char *bytes, size_t size)
{
    const struct en_sealed_options o = options("correct horse");
    struct en_sealed *s = NULL;
    uint64_t written = 0;

    CHECK(en_sealed_create(&o, a, &s, NULL) == EN_OK);
    for (size_t at = 0; at < size; at += 1000) {
        en_sealed_write(s, bytes + at, size - at < 1000 ? size - at : 1000);
    }
    CHECK(en_sealed_finish(s, &written, NULL) == EN_OK);
    CHECK(written > 0);
    en_sealed_close(s);
}

/* Read all and the end; the status of the first failure. */
static enum en_status read_file(struct en_arena *a, const char *passphrase, unsigned char *bytes,
                                size_t size)
{
    const struct en_sealed_options o = options(passphrase);
    struct en_sealed *s = NULL;
    enum en_status st = en_sealed_open(&o, a, &s, NULL);

    if (st != EN_OK) {
        return st;
    }
    st = en_sealed_read(s, bytes, size, NULL);
    if (st == EN_OK) {
        st = en_sealed_end(s, NULL);
    }
    en_sealed_close(s);
    return st;
}

/* What was written comes back, and the file does not hold it in the open. */
static void test_sealed_reads_back_and_hides(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    unsigned char *in = EN_NEW(&a, unsigned char, SIZE), *out = EN_NEW(&a, unsigned char, SIZE);
    struct en_buf file = EN_BUF(ARENA);

    (void)state;
    fill(in, SIZE);
    memset(in, 'A', 1000);
    write_file(&a, in, SIZE);
    CHECK(read_file(&a, "correct horse", out, SIZE) == EN_OK);
    CHECK(memcmp(in, out, SIZE) == 0);
    CHECK(en_buf_read_file(&file, path, NULL) == EN_OK);
    CHECK(memmem(file.bytes, file.size, in + 1000, 16) == NULL);
    en_buf_free(&file);
    en_arena_free(&a);
}

static void test_sealed_refuses_another_passphrase(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    unsigned char in[100] = {1}, out[100];

    (void)state;
    write_file(&a, in, sizeof in);
    CHECK(read_file(&a, "correct horsf", out, sizeof out) == EN_EDENIED);
    CHECK(read_file(&a, "", out, sizeof out) == EN_EDENIED);
    en_arena_free(&a);
}

/* Every byte of the head and of the chunks counts, and so does the length: a file with one bit
 * changed or with its end cut is refused, whatever place it is. */
static void test_sealed_notices_every_change_and_cut(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    unsigned char in[2000], out[2000];
    struct en_buf file = EN_BUF(ARENA);

    (void)state;
    fill(in, sizeof in);
    write_file(&a, in, sizeof in);
    CHECK(en_buf_read_file(&file, path, NULL) == EN_OK);
    for (size_t i = 0; i < file.size; i += i < 80 ? 1 : 97) {
        const struct en_arena_mark mark = en_arena_mark(&a);

        file.bytes[i] ^= 1;
        CHECK(en_file_write(path, file.bytes, file.size, NULL) == EN_OK);
        CHECK(read_file(&a, "correct horse", out, sizeof out) != EN_OK);
        file.bytes[i] ^= 1;
        CHECK(en_file_write(path, file.bytes, i, NULL) == EN_OK);
        CHECK(read_file(&a, "correct horse", out, sizeof out) != EN_OK);
        en_arena_rewind(&a, mark);
    }
    en_buf_add(&file, "x");
    CHECK(en_file_write(path, file.bytes, file.size, NULL) == EN_OK);
    CHECK(read_file(&a, "correct horse", out, sizeof out) == EN_EDENIED);
    en_buf_free(&file);
    en_arena_free(&a);
}

/* A head may not make us take all memory: its costs have a ceiling. */
static void test_sealed_limits_what_a_head_may_ask(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    unsigned char in[10] = {1}, out[10];
    struct en_buf file = EN_BUF(ARENA);

    (void)state;
    write_file(&a, in, sizeof in);
    CHECK(en_buf_read_file(&file, path, NULL) == EN_OK);
    file.bytes[22] = 1; /* memory: bits 48 .. */
    CHECK(en_file_write(path, file.bytes, file.size, NULL) == EN_OK);
    CHECK(read_file(&a, "correct horse", out, sizeof out) == EN_ELIMIT);
    en_buf_free(&file);
    en_arena_free(&a);
}

/* What is not finished leaves nothing behind. */
static void test_sealed_leaves_no_half_file(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    const struct en_sealed_options o = options("p");
    struct en_sealed *s = NULL;
    char part[80];

    (void)state;
    (void)unlink(path);
    CHECK(en_sealed_create(&o, &a, &s, NULL) == EN_OK);
    en_sealed_write(s, "abc", 3);
    (void)snprintf(part, sizeof part, "%s.part", path);
    CHECK(access(part, F_OK) == 0);
    en_sealed_close(s);
    CHECK(access(part, F_OK) != 0 && access(path, F_OK) != 0);
    en_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sealed_reads_back_and_hides),
        cmocka_unit_test(test_sealed_refuses_another_passphrase),
        cmocka_unit_test(test_sealed_notices_every_change_and_cut),
        cmocka_unit_test(test_sealed_limits_what_a_head_may_ask),
        cmocka_unit_test(test_sealed_leaves_no_half_file),
    };

    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/file", folder);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    (void)unlink(path);
    (void)rmdir(folder);
    return failed;
}
