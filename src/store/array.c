/* SPDX-License-Identifier: Apache-2.0 */
#include "store/array.h"

#include <string.h>

static void separate(struct en_buf *array)
{
    en_buf_add(array, array->size == 0 ? "{" : ",");
}

void en_array_integer(struct en_buf *array, int64_t value)
{
    separate(array);
    en_buf_print(array, "%lld", (long long)value);
}

void en_array_number(struct en_buf *array, double value)
{
    separate(array);
    en_buf_print(array, "%.17g", value);
}

void en_array_text(struct en_buf *array, const char *text)
{
    separate(array);
    en_buf_add(array, "\"");
    for (const char *at = text; *at != '\0';) {
        const size_t plain = strcspn(at, "\"\\");

        en_buf_add_bytes(array, at, plain);
        at += plain;
        if (*at != '\0') {
            en_buf_add(array, "\\");
            en_buf_add_bytes(array, at++, 1);
        }
    }
    en_buf_add(array, "\"");
}

void en_array_bytes(struct en_buf *array, const unsigned char *bytes, size_t size)
{
    separate(array);
    en_buf_add(array, "\"\\\\x");
    for (size_t i = 0; i < size; i++) {
        en_buf_print(array, "%02x", bytes[i]);
    }
    en_buf_add(array, "\"");
}

const char *en_array_end(struct en_buf *array)
{
    en_buf_add(array, array->size == 0 ? "{}" : "}");
    return en_buf_text(array);
}
