/* SPDX-License-Identifier: Apache-2.0
 * base/status: the one status enum and the one message struct of the whole program.
 *
 * Every function that can fail returns enum en_status; results go through out-parameters. The text
 * is written once, where the failure is noticed, with en_fail(), and never holds patient data.
 * Plain data, thread-safe. */
#pragma once

#include <stddef.h>

#define EN_STATUS_LIST(X)                                                                          \
    X(EN_OK, "ok")                                                                                 \
    X(EN_EINVAL, "an input is outside its documented range")                                       \
    X(EN_ENOTFOUND, "no such record")                                                              \
    X(EN_EDENIED, "the caller may not do this")                                                    \
    X(EN_ECONFLICT, "the record changed meanwhile")                                                \
    X(EN_ELIMIT, "a fixed limit was reached")                                                      \
    X(EN_ENOMEM, "memory is exhausted")                                                            \
    X(EN_ENUMERIC, "the calculation did not converge")                                             \
    X(EN_EIO, "storage or network failed")                                                         \
    X(EN_EBUG, "internal error")

enum en_status {
#define X(code, meaning) code,
    EN_STATUS_LIST(X)
#undef X
        EN_STATUS_COUNT
};

enum { EN_ERR_TEXT_MAX = 512 };

/* Text of the last failure, empty when there was none. A caller that passes NULL gets no text. */
struct en_err {
    char text[EN_ERR_TEXT_MAX];
};

#define EN_MUST_USE            __attribute__((warn_unused_result))
#define EN_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define EN_COUNT(array)        (sizeof(array) / sizeof((array)[0]))

/* Pass a failure up. Only in a function that has nothing to release. */
#define EN_TRY(call)                                                                               \
    do {                                                                                           \
        const enum en_status en_try_status = (call);                                               \
        if (en_try_status != EN_OK) {                                                              \
            return en_try_status;                                                                  \
        }                                                                                          \
    } while (0)

/* Write the text into err (may be NULL; cut at EN_ERR_TEXT_MAX) and return status. */
enum en_status en_fail(struct en_err *err, enum en_status status, const char *format, ...)
    EN_PRINTF(3, 4);

/* General meaning of a status, for people. Never NULL. */
const char *en_status_meaning(enum en_status status);
