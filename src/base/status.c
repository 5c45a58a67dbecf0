/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

enum en_status en_fail(struct en_err *err, enum en_status status, const char *format, ...)
{
    if (err != NULL) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return status;
}

const char *en_status_meaning(enum en_status status)
{
    static const char *const MEANING[] = {
#define X(code, meaning) meaning,
        EN_STATUS_LIST(X)
#undef X
    };

    return (size_t)status < EN_COUNT(MEANING) ? MEANING[status] : "unknown status";
}
