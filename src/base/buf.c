/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 256 };

static void fail_once(struct en_buf *b, enum en_status status)
{
    if (b->status == EN_OK) {
        b->status = status;
    }
}

/* Room for size more bytes and the ending NUL. */
static bool make_room(struct en_buf *b, size_t size)
{
    if (b->status != EN_OK) {
        return false;
    }
    if (size >= b->limit || b->size >= b->limit - size) {
        fail_once(b, EN_ELIMIT);
        return false;
    }
    if (b->capacity - b->size > size) {
        return true;
    }
    size_t capacity = b->capacity == 0 ? FIRST_CAPACITY : b->capacity;

    while (capacity - b->size <= size) {
        capacity *= 2;
    }
    char *bytes = realloc(b->bytes, capacity);

    if (bytes == NULL) {
        fail_once(b, EN_ENOMEM);
        return false;
    }
    b->bytes = bytes;
    b->capacity = capacity;
    return true;
}

void en_buf_add_bytes(struct en_buf *b, const char *bytes, size_t size)
{
    if (make_room(b, size)) {
        if (size > 0) {
            memcpy(b->bytes + b->size, bytes, size);
        }
        b->size += size;
        b->bytes[b->size] = '\0';
    }
}

void en_buf_add(struct en_buf *b, const char *text)
{
    en_buf_add_bytes(b, text, strlen(text));
}

void en_buf_print(struct en_buf *b, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);

    if (length >= 0 && make_room(b, (size_t)length)) {
        (void)vsnprintf(b->bytes + b->size, (size_t)length + 1, format, again);
        b->size += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void en_buf_wrap(struct en_buf *b, const char *text, size_t at, size_t indent, size_t columns)
{
    const char *rest = text;
    size_t used = at;

    do {
        const char *line = rest;
        const size_t size = en_text_line(line, columns > used ? columns - used : 1, &rest);

        en_buf_add_bytes(b, line, size);
        en_buf_add(b, "\n");
        if (*rest != '\0') {
            en_buf_print(b, "%*s", (int)indent, "");
        }
        used = indent;
    } while (*rest != '\0');
}

const char *en_buf_text(const struct en_buf *b)
{
    return b->bytes == NULL ? "" : b->bytes;
}

enum en_status en_buf_check(const struct en_buf *b, const char *what, struct en_err *err)
{
    if (b->status == EN_OK) {
        return EN_OK;
    }
    if (b->status == EN_ELIMIT) {
        return en_fail(err, EN_ELIMIT, "%s is longer than %zu bytes", what, b->limit);
    }
    return en_fail(err, b->status, "%s: %s", what, en_status_meaning(b->status));
}

void en_buf_clear(struct en_buf *b)
{
    b->size = 0;
    b->status = EN_OK;
    if (b->bytes != NULL) {
        b->bytes[0] = '\0';
    }
}

void en_buf_free(struct en_buf *b)
{
    free(b->bytes);
    *b = (struct en_buf){.limit = b->limit};
}

enum en_status en_buf_read_file(struct en_buf *b, const char *path, struct en_err *err)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rbe");
    char chunk[1 << 14];
    size_t size;

    if (file == NULL) {
        return en_fail(err, errno == ENOENT ? EN_ENOTFOUND : EN_EIO, "cannot open %s: %s", path,
                       strerrordesc_np(errno));
    }
    while ((size = fread(chunk, 1, sizeof chunk, file)) > 0 && b->status == EN_OK) {
        en_buf_add_bytes(b, chunk, size);
    }
    const int reason = ferror(file) != 0 ? errno : 0;

    if (!is_stdin) {
        (void)fclose(file);
    }
    if (reason != 0) {
        fail_once(b, EN_EIO);
        return en_fail(err, EN_EIO, "cannot read %s: %s", path, strerrordesc_np(reason));
    }
    return en_buf_check(b, path, err);
}

/* All of bytes to the file descriptor. */
static bool write_all(int fd, const char *bytes, size_t size)
{
    size_t done = 0;

    while (done < size) {
        const ssize_t n = write(fd, bytes + done, size - done);

        if (n < 0 && errno != EINTR) {
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* A device, a pipe or a terminal: written as it is, never replaced by a file of the same name. */
static enum en_status write_special(const char *path, const char *bytes, size_t size,
                                    struct en_err *err)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    const bool ok = fd >= 0 && write_all(fd, bytes, size);
    const int reason = errno;

    if (fd >= 0) {
        (void)close(fd);
    }
    return ok ? EN_OK : en_fail(err, EN_EIO, "cannot write %s: %s", path, strerrordesc_np(reason));
}

/* Rights as for any new file: what the umask of the process leaves of 0666. */
static mode_t usual_mode(void)
{
    const mode_t mask = umask(0077);

    (void)umask(mask);
    return (mode_t)(0666 & ~mask);
}

static enum en_status write_renamed(const char *path, const char *bytes, size_t size, mode_t mode,
                                    struct en_err *err)
{
    char temporary[PATH_MAX];

    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary) {
        return en_fail(err, EN_EINVAL, "the path %.100s... is too long", path);
    }
    const int fd = mkostemp(temporary, O_CLOEXEC);

    if (fd < 0) {
        return en_fail(err, EN_EIO, "cannot write %s: %s", path, strerrordesc_np(errno));
    }
    bool ok = write_all(fd, bytes, size) && fsync(fd) == 0 && fchmod(fd, mode) == 0;

    ok = close(fd) == 0 && ok;
    if (!ok || rename(temporary, path) != 0) {
        const int reason = errno;

        (void)unlink(temporary);
        return en_fail(err, EN_EIO, "cannot write %s: %s", path, strerrordesc_np(reason));
    }
    return EN_OK;
}

enum en_status en_file_write(const char *path, const char *bytes, size_t size, struct en_err *err)
{
    struct stat info;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        return write_special(path, bytes, size, err);
    }
    return write_renamed(path, bytes, size, usual_mode(), err);
}

enum en_status en_file_write_private(const char *path, const char *bytes, size_t size,
                                     struct en_err *err)
{
    return write_renamed(path, bytes, size, 0600, err);
}

enum en_status en_folder_make(const char *path, struct en_err *err)
{
    char part[PATH_MAX];
    struct stat info;

    if (strlen(path) >= sizeof part || path[0] == '\0') {
        return en_fail(err, EN_EINVAL, "a folder needs a path of 1 to %d bytes", PATH_MAX - 1);
    }
    for (size_t i = 1; i <= strlen(path); i++) {
        if (path[i] == '/' || path[i] == '\0') {
            memcpy(part, path, i);
            part[i] = '\0';
            if (mkdir(part, 0755) != 0 && errno != EEXIST) {
                return en_fail(err, EN_EIO, "cannot make the folder %s: %s", part,
                               strerrordesc_np(errno));
            }
        }
    }
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
        return en_fail(err, EN_EIO, "%s is not a folder", path);
    }
    return EN_OK;
}
