/* SPDX-License-Identifier: Apache-2.0
 * base/folder: the names of the files in a folder, in a fixed order; a folder for one process.
 * Thread-safe. */
#pragma once

#include "base/arena.h"

/* Make the folder if it is missing, for its owner only (0700), and take it for this process:
 * closing *lock (a file descriptor) gives it back. EN_ECONFLICT: another process has it. */
EN_MUST_USE enum en_status en_folder_take(const char *path, int *lock, struct en_err *err);

/* Names (without the folder) of the entries that end in suffix, sorted by their bytes, in the
 * arena. EN_ENOTFOUND when there is no such folder, EN_EIO, EN_ELIMIT for more than count_max
 * names. */
EN_MUST_USE enum en_status en_folder_list(const char *path, const char *suffix, size_t count_max,
                                          struct en_arena *a, const char ***names, size_t *count,
                                          struct en_err *err);
