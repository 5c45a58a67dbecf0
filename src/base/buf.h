/* SPDX-License-Identifier: Apache-2.0
 * base/buf: growing text with a hard ceiling and a sticky failure.
 *
 * Append freely and look at the status once at the end: after the first failure every append does
 * nothing. The buffer owns its memory. One buffer belongs to one thread. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdio.h>

struct en_buf {
    char *bytes; /* ended by NUL when not NULL */
    size_t size, capacity, limit;
    enum en_status status; /* EN_OK, EN_ELIMIT, EN_ENOMEM or EN_EIO, first failure wins */
};

#define EN_BUF(limit_bytes) ((struct en_buf){.limit = (limit_bytes)})

void en_buf_add(struct en_buf *b, const char *text);
void en_buf_add_bytes(struct en_buf *b, const char *bytes, size_t size);
void en_buf_print(struct en_buf *b, const char *format, ...) EN_PRINTF(2, 3);

/* Append text as lines of at most `columns` columns, each begun with `indent` spaces and ended by a
 * line feed; the first line continues the present one, which already holds `at` columns. */
void en_buf_wrap(struct en_buf *b, const char *text, size_t at, size_t indent, size_t columns);

/* The text so far, never NULL. */
const char *en_buf_text(const struct en_buf *b);

/* The sticky status, with a text that names `what` (for example "the plan"). */
EN_MUST_USE enum en_status en_buf_check(const struct en_buf *b, const char *what,
                                        struct en_err *err);

void en_buf_clear(struct en_buf *b);

/* Accepts a zeroed buffer. */
void en_buf_free(struct en_buf *b);

/* Append a file, whole ("-" is standard input). EN_ENOTFOUND, EN_EIO, EN_ELIMIT. */
EN_MUST_USE enum en_status en_buf_read_file(struct en_buf *b, const char *path, struct en_err *err);

/* Write to a temporary file beside path, flush it to disk and rename it: path holds either its old
 * content or all of the new one. Readable by whom the umask allows. What is no regular file (a
 * device, a pipe) is written directly. */
EN_MUST_USE enum en_status en_file_write(const char *path, const char *bytes, size_t size,
                                         struct en_err *err);

/* The same for a secret: a regular file that only its owner may read, from its first byte on. */
EN_MUST_USE enum en_status en_file_write_private(const char *path, const char *bytes, size_t size,
                                                 struct en_err *err);

/* Make a folder and the missing ones above it. An existing folder is fine. */
EN_MUST_USE enum en_status en_folder_make(const char *path, struct en_err *err);
