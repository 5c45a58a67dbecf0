/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum en_status en_spool_open(struct en_spool *s, const char *path, struct en_err *err)
{
    s->size = 0;
    s->used = 0;
    s->has_failed = false;
    s->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return s->fd >= 0 ? EN_OK
                      : en_fail(err, EN_EIO, "cannot write %s: %s", path, strerrordesc_np(errno));
}

static void flush(struct en_spool *s)
{
    size_t done = 0;

    while (done < s->used && !s->has_failed) {
        const ssize_t n = write(s->fd, s->buffer + done, s->used - done);

        s->has_failed = n < 0 && errno != EINTR;
        done += n > 0 ? (size_t)n : 0;
    }
    s->used = 0;
}

void en_spool_add(struct en_spool *s, const char *bytes, size_t size)
{
    s->size += size;
    while (size > 0) {
        const size_t room = sizeof s->buffer - s->used;
        const size_t part = size < room ? size : room;

        memcpy(s->buffer + s->used, bytes, part);
        s->used += part;
        bytes += part;
        size -= part;
        if (s->used == sizeof s->buffer) {
            flush(s);
        }
    }
}

enum en_status en_spool_close(struct en_spool *s, struct en_err *err)
{
    if (s->fd < 0) {
        return EN_OK;
    }
    flush(s);
    s->has_failed = fsync(s->fd) != 0 || s->has_failed;
    s->has_failed = close(s->fd) != 0 || s->has_failed;
    s->fd = -1;
    return s->has_failed ? en_fail(err, EN_EIO, "a file could not be written: is the disk full?")
                         : EN_OK;
}

enum en_status en_folder_remove(const char *path, struct en_err *err)
{
    char file[PATH_MAX];
    const struct dirent *entry;
    DIR *folder = opendir(path);

    if (folder == NULL) {
        return errno == ENOENT
                   ? EN_OK
                   : en_fail(err, EN_EIO, "cannot read %s: %s", path, strerrordesc_np(errno));
    }
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this call's own. */
    while ((entry = readdir(folder)) != NULL) {
        const int size = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);

        if (size > 0 && (size_t)size < sizeof file) {
            (void)unlink(file); /* "." and ".." are folders: they stay */
        }
    }
    (void)closedir(folder);
    return rmdir(path) == 0
               ? EN_OK
               : en_fail(err, EN_EIO, "cannot remove %s: %s", path, strerrordesc_np(errno));
}
