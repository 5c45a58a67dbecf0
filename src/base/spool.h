/* SPDX-License-Identifier: Apache-2.0
 * base/spool: a file that is written bit by bit, for what does not fit in memory. One spool belongs
 * to one thread. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct en_spool {
    int fd;        /* -1 closed */
    uint64_t size; /* bytes written */
    char buffer[1 << 16];
    size_t used;
    bool has_failed;
};

/* Make a file that nobody else may read; one that is there is emptied. EN_EIO. */
EN_MUST_USE enum en_status en_spool_open(struct en_spool *s, const char *path, struct en_err *err);

/* Sticky failure: told by en_spool_close. */
void en_spool_add(struct en_spool *s, const char *bytes, size_t size);

/* Write the rest and flush it to the disk. EN_EIO: something was not written. A closed spool is
 * EN_OK. */
EN_MUST_USE enum en_status en_spool_close(struct en_spool *s, struct en_err *err);

/* Remove a folder with the files in it; folders in it stay, and then it stays too. A missing one is
 * fine. */
EN_MUST_USE enum en_status en_folder_remove(const char *path, struct en_err *err);
