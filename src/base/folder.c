/* SPDX-License-Identifier: Apache-2.0 */
#include "base/folder.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ends_with(const char *name, const char *suffix)
{
    const size_t size = strlen(name), end = strlen(suffix);

    return size >= end && strcmp(name + size - end, suffix) == 0;
}

/* Copies of the matching names. */
static enum en_status read_names(DIR *folder, const char *suffix, size_t count_max,
                                 struct en_arena *a, const char **names, size_t *count)
{
    const struct dirent *entry;

    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this call's own. */
    while ((entry = readdir(folder)) != NULL) {
        if (!ends_with(entry->d_name, suffix)) {
            continue;
        }
        if (*count == count_max) {
            return EN_ELIMIT;
        }
        names[*count] = en_arena_copy(a, entry->d_name, SIZE_MAX);
        if (names[*count] == NULL) {
            return EN_ENOMEM;
        }
        (*count)++;
    }
    return EN_OK;
}

enum en_status en_folder_list(const char *path, const char *suffix, size_t count_max,
                              struct en_arena *a, const char ***names, size_t *count,
                              struct en_err *err)
{
    *count = 0;
    *names = EN_NEW(a, const char *, count_max);
    if (*names == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory to list %s", path);
    }
    DIR *folder = opendir(path);

    if (folder == NULL) {
        return en_fail(err, errno == ENOENT ? EN_ENOTFOUND : EN_EIO,
                       "cannot open the folder %s: %s", path, strerrordesc_np(errno));
    }
    const enum en_status status = read_names(folder, suffix, count_max, a, *names, count);

    (void)closedir(folder);
    if (status != EN_OK) {
        return en_fail(err, status, "%s: %s", path, en_status_meaning(status));
    }
    qsort(*names, *count, sizeof **names, by_bytes);
    return EN_OK;
}

enum en_status en_folder_take(const char *path, int *lock, struct en_err *err)
{
    char name[PATH_MAX];
    struct stat info;

    if (snprintf(name, sizeof name, "%s/lock", path) >= (int)sizeof name) {
        return en_fail(err, EN_EINVAL, "the path %.100s... is too long", path);
    }
    if (stat(path, &info) != 0) {
        EN_TRY(en_folder_make(path, err));
        if (chmod(path, 0700) != 0) {
            return en_fail(err, EN_EIO, "cannot close %s to others: %s", path,
                           strerrordesc_np(errno));
        }
    }
    const int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        return en_fail(err, EN_EIO, "cannot use the folder %s: %s", path, strerrordesc_np(errno));
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        return en_fail(err, EN_ECONFLICT, "another server uses the folder %s", path);
    }
    *lock = fd;
    return EN_OK;
}
