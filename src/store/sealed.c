/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sealed.h"

#include "base/limits.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define ZLIB_CONST /* it reads only */
#include <zlib.h>

static const char MAGIC[] = "ENTHBAK1";

enum {
    MAGIC_SIZE = 8,
    NUMBER_SIZE = 8,
    HEAD_SIZE = MAGIC_SIZE + 2 * NUMBER_SIZE + crypto_pwhash_SALTBYTES +
                crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    CHUNK = 1 << 16,
    SEALED_CHUNK = CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES,
    LENGTH_SIZE = 4,
    LEVEL = 6
};

struct en_sealed {
    const char *path, *part; /* part NULL: nothing to remove */
    FILE *file;
    crypto_secretstream_xchacha20poly1305_state stream;
    z_stream z;
    unsigned char head[HEAD_SIZE];
    unsigned char plain[CHUNK], sealed[SEALED_CHUNK];
    uint64_t bytes;
    enum en_status status;
    bool is_writer, is_first, has_last, has_z, has_ended;
};

static void put_number(unsigned char *at, uint64_t value)
{
    for (int i = 0; i < NUMBER_SIZE; i++) {
        at[i] = (unsigned char)(value >> (8 * i));
    }
}

static uint64_t get_number(const unsigned char *at, int size)
{
    uint64_t value = 0;

    for (int i = size - 1; i >= 0; i--) {
        value = value << 8 | at[i];
    }
    return value;
}

/* The key from passphrase, salt and costs as they stand in the head. */
static enum en_status make_key(struct en_sealed *s, const char *passphrase,
                               unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES],
                               struct en_err *err)
{
    const unsigned char *at = s->head + MAGIC_SIZE;
    const uint64_t operations = get_number(at, NUMBER_SIZE);
    const uint64_t memory = get_number(at + NUMBER_SIZE, NUMBER_SIZE);

    if (operations > EN_BACKUP_OPERATIONS_MAX || memory > EN_BACKUP_MEMORY_MAX) {
        return en_fail(err, EN_ELIMIT, "the head of the backup asks for too much work or memory");
    }
    if (crypto_pwhash(key, crypto_secretstream_xchacha20poly1305_KEYBYTES, passphrase,
                      strlen(passphrase), at + (size_t)2 * NUMBER_SIZE, operations, (size_t)memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return en_fail(err, EN_ENOMEM, "no memory to make the key: %llu MiB are needed",
                       (unsigned long long)(memory >> 20));
    }
    return EN_OK;
}

static void fail(struct en_sealed *s, enum en_status status)
{
    s->status = s->status == EN_OK ? status : s->status;
}

/* Writing */

static void write_bytes(struct en_sealed *s, const void *bytes, size_t size)
{
    if (s->status == EN_OK && fwrite(bytes, 1, size, s->file) != size) {
        fail(s, EN_EIO);
    }
    s->bytes += size;
}

/* Seal what the compressor left in `plain`. */
static void write_chunk(struct en_sealed *s, size_t size, bool is_last)
{
    unsigned char length[LENGTH_SIZE];
    unsigned long long sealed_size = 0;

    (void)crypto_secretstream_xchacha20poly1305_push(
        &s->stream, s->sealed, &sealed_size, s->plain, size, s->is_first ? s->head : NULL,
        s->is_first ? HEAD_SIZE : 0, is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
    s->is_first = false;
    for (int i = 0; i < LENGTH_SIZE; i++) {
        length[i] = (unsigned char)(sealed_size >> (8 * i));
    }
    write_bytes(s, length, sizeof length);
    write_bytes(s, s->sealed, (size_t)sealed_size);
}

static enum en_status new_head(struct en_sealed *s, const struct en_sealed_options *o,
                               struct en_err *err)
{
    unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    unsigned char *at = s->head;

    memcpy(at, MAGIC, MAGIC_SIZE);
    put_number(at += MAGIC_SIZE, o->operations);
    put_number(at += NUMBER_SIZE, o->memory);
    randombytes_buf(at += NUMBER_SIZE, crypto_pwhash_SALTBYTES);
    EN_TRY(make_key(s, o->passphrase, key, err));
    (void)crypto_secretstream_xchacha20poly1305_init_push(&s->stream, at + crypto_pwhash_SALTBYTES,
                                                          key);
    sodium_memzero(key, sizeof key);
    return EN_OK;
}

static enum en_status open_part(struct en_sealed *s, struct en_err *err)
{
    const int fd = open(s->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0 || (s->file = fdopen(fd, "wb")) == NULL) {
        const int reason = errno;

        if (fd >= 0) {
            (void)close(fd);
        }
        return en_fail(err, EN_EIO, "%s cannot be written (errno %d); choose another place",
                       s->part, reason);
    }
    return EN_OK;
}

static enum en_status new_sealed(const struct en_sealed_options *o, struct en_arena *a,
                                 struct en_sealed **out, struct en_err *err)
{
    struct en_sealed *s = EN_NEW(a, struct en_sealed, 1);

    if (s == NULL || (s->path = en_arena_copy(a, o->path, SIZE_MAX)) == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the backup");
    }
    if (sodium_init() < 0) {
        return en_fail(err, EN_EIO, "the system gives no random numbers");
    }
    s->is_first = true;
    *out = s;
    return EN_OK;
}

enum en_status en_sealed_create(const struct en_sealed_options *options, struct en_arena *a,
                                struct en_sealed **out, struct en_err *err)
{
    struct en_sealed *s = NULL;

    EN_TRY(new_sealed(options, a, &s, err));
    assert(s != NULL);
    s->part = en_arena_print(a, "%s.part", options->path);
    if (s->part == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the backup");
    }
    EN_TRY(new_head(s, options, err));
    if (deflateInit(&s->z, LEVEL) != Z_OK) {
        return en_fail(err, EN_ENOMEM, "no memory to compress the backup");
    }
    s->is_writer = s->has_z = true;
    s->z.next_out = s->plain;
    s->z.avail_out = CHUNK;
    const enum en_status st = open_part(s, err);

    if (st != EN_OK) {
        s->part = NULL; /* nothing to remove */
        en_sealed_close(s);
        return st;
    }
    write_bytes(s, s->head, HEAD_SIZE);
    *out = s;
    return EN_OK;
}

void en_sealed_write(struct en_sealed *s, const void *bytes, size_t size)
{
    s->z.next_in = bytes;
    s->z.avail_in = (uInt)size;
    while (s->status == EN_OK && s->z.avail_in > 0) {
        if (deflate(&s->z, Z_NO_FLUSH) != Z_OK) {
            fail(s, EN_EBUG);
        }
        if (s->z.avail_out == 0) {
            write_chunk(s, CHUNK, false);
            s->z.next_out = s->plain;
            s->z.avail_out = CHUNK;
        }
    }
}

static void write_end(struct en_sealed *s)
{
    bool is_done = false;

    while (s->status == EN_OK && !is_done) {
        const int code = deflate(&s->z, Z_FINISH);

        is_done = code == Z_STREAM_END;
        if (!is_done && code != Z_OK && code != Z_BUF_ERROR) {
            fail(s, EN_EBUG);
        }
        write_chunk(s, CHUNK - s->z.avail_out, is_done);
        s->z.next_out = s->plain;
        s->z.avail_out = CHUNK;
    }
}

enum en_status en_sealed_finish(struct en_sealed *s, uint64_t *bytes, struct en_err *err)
{
    write_end(s);
    if (s->status == EN_OK && (fflush(s->file) != 0 || fsync(fileno(s->file)) != 0)) {
        fail(s, EN_EIO);
    }
    if (s->status == EN_OK && rename(s->part, s->path) != 0) {
        fail(s, EN_EIO);
    }
    if (s->status != EN_OK) {
        return en_fail(err, s->status, "%s could not be written to its end; is the disk full?",
                       s->path);
    }
    s->part = NULL;
    *bytes = s->bytes;
    return EN_OK;
}

/* Reading */

static enum en_status broken(const struct en_sealed *s, struct en_err *err)
{
    return en_fail(err, EN_EDENIED,
                   "%s cannot be opened: the passphrase is wrong, or the file was changed or cut",
                   s->path);
}

static enum en_status read_head(struct en_sealed *s, const struct en_sealed_options *o,
                                struct en_err *err)
{
    unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    const unsigned char *stream_head =
        s->head + HEAD_SIZE - crypto_secretstream_xchacha20poly1305_HEADERBYTES;

    if (fread(s->head, 1, HEAD_SIZE, s->file) != HEAD_SIZE ||
        memcmp(s->head, MAGIC, MAGIC_SIZE) != 0) {
        return en_fail(err, EN_EINVAL, "%s is no backup of this program", s->path);
    }
    EN_TRY(make_key(s, o->passphrase, key, err));
    const int code = crypto_secretstream_xchacha20poly1305_init_pull(&s->stream, stream_head, key);

    sodium_memzero(key, sizeof key);
    return code == 0 ? EN_OK : broken(s, err);
}

enum en_status en_sealed_open(const struct en_sealed_options *options, struct en_arena *a,
                              struct en_sealed **out, struct en_err *err)
{
    struct en_sealed *s = NULL;

    EN_TRY(new_sealed(options, a, &s, err));
    assert(s != NULL);
    s->file = fopen(options->path, "rbe");
    if (s->file == NULL) {
        return en_fail(err, EN_ENOTFOUND, "%s cannot be read", options->path);
    }
    enum en_status st = read_head(s, options, err);

    if (st == EN_OK && inflateInit(&s->z) != Z_OK) {
        st = en_fail(err, EN_ENOMEM, "no memory to read the backup");
    }
    if (st != EN_OK) {
        en_sealed_close(s);
        return st;
    }
    s->has_z = true;
    *out = s;
    return EN_OK;
}

static enum en_status read_chunk(struct en_sealed *s, struct en_err *err)
{
    unsigned char length[LENGTH_SIZE], tag = 0;
    unsigned long long plain_size = 0;

    if (s->has_last || fread(length, 1, sizeof length, s->file) != sizeof length) {
        return broken(s, err);
    }
    const uint64_t size = get_number(length, LENGTH_SIZE);

    if (size > SEALED_CHUNK || size < crypto_secretstream_xchacha20poly1305_ABYTES ||
        fread(s->sealed, 1, size, s->file) != size ||
        crypto_secretstream_xchacha20poly1305_pull(&s->stream, s->plain, &plain_size, &tag,
                                                   s->sealed, size, s->is_first ? s->head : NULL,
                                                   s->is_first ? HEAD_SIZE : 0) != 0) {
        return broken(s, err);
    }
    s->is_first = false;
    s->has_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    s->z.next_in = s->plain;
    s->z.avail_in = (uInt)plain_size;
    return EN_OK;
}

/* Inflate once; a further chunk is taken when all input is used up and nothing came of it: bits of
 * the end may still stand in zlib. */
static enum en_status inflate_some(struct en_sealed *s, struct en_err *err)
{
    const int code = inflate(&s->z, Z_NO_FLUSH);

    s->has_ended = code == Z_STREAM_END;
    if (code == Z_BUF_ERROR && s->z.avail_in == 0) {
        return read_chunk(s, err);
    }
    return code == Z_OK || code == Z_STREAM_END ? EN_OK : broken(s, err);
}

enum en_status en_sealed_read(struct en_sealed *s, void *bytes, size_t size, struct en_err *err)
{
    s->z.next_out = bytes;
    s->z.avail_out = (uInt)size;
    while (s->z.avail_out > 0) {
        if (s->has_ended) {
            return broken(s, err);
        }
        EN_TRY(inflate_some(s, err));
    }
    return EN_OK;
}

enum en_status en_sealed_end(struct en_sealed *s, struct en_err *err)
{
    unsigned char one;

    s->z.next_out = &one;
    s->z.avail_out = 1;
    while (!s->has_ended) {
        EN_TRY(inflate_some(s, err));
        if (s->z.avail_out == 0) {
            return broken(s, err);
        }
    }
    return s->has_last && s->z.avail_in == 0 && fgetc(s->file) == EOF ? EN_OK : broken(s, err);
}

void en_sealed_close(struct en_sealed *s)
{
    if (s == NULL) {
        return;
    }
    if (s->has_z && s->is_writer) {
        (void)deflateEnd(&s->z);
    } else if (s->has_z) {
        (void)inflateEnd(&s->z);
    }
    if (s->file != NULL) {
        (void)fclose(s->file);
    }
    if (s->part != NULL) {
        (void)unlink(s->part);
    }
    sodium_memzero(s, sizeof *s);
}
