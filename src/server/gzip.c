/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gzip.h"

#include "base/text.h"

#include <limits.h>
#include <string.h>
#define ZLIB_CONST /* it only reads its input */
#include <zlib.h>

/* Level 1: JSON shrinks to an eighth at 100 MB/s and more; level 6 saves a fifth more and takes
 * three times as long. 15 bits of window, 16 more ask for gzip's head. */
enum { LEVEL = 1, WINDOW = 15 + 16, MEMORY = 8 };

/* "q=0.5" of an item behind its ';': false when it is 0 (or no number: then better not). */
static bool has_quality(const char *parameters, size_t size)
{
    const char *q = memchr(parameters, '=', size);
    const char *end = parameters + size;

    if (q == NULL) {
        return true;
    }
    for (q++; q < end; q++) {
        if (*q >= '1' && *q <= '9') {
            return true;
        }
    }
    return false;
}

bool en_gzip_is_accepted(const char *accept)
{
    bool any = false;

    for (const char *at = accept; at != NULL && *at != '\0';) {
        const size_t size = strcspn(at, ",");
        const char *start = at + strspn(at, " \t");
        const size_t name = strcspn(start, " \t;,");
        const char *parameters = start + name;
        const bool is_wanted = has_quality(parameters, (size_t)(at + size - parameters));

        if (name == 4 && strncasecmp(start, "gzip", 4) == 0) {
            return is_wanted;
        }
        any = name == 1 && *start == '*' ? is_wanted : any;
        at += size + (at[size] == ',');
    }
    return any;
}

static voidpf take(voidpf arena, uInt count, uInt size)
{
    return en_arena_take(arena, size, count);
}

static void give_back(voidpf arena, voidpf memory)
{
    (void)arena;
    (void)memory; /* with the whole request */
}

enum en_status en_gzip(const char *bytes, size_t size, struct en_arena *a, const char **out,
                       size_t *out_size, struct en_err *err)
{
    z_stream z = {.zalloc = take, .zfree = give_back, .opaque = a};
    char *packed = size > UINT_MAX / 2 ? NULL : EN_NEW(a, char, size);

    if (packed == NULL ||
        deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        return en_fail(err, EN_ENOMEM, "no memory to compress an answer");
    }
    z.next_in = (const Bytef *)bytes;
    z.avail_in = (uInt)size;
    z.next_out = (Bytef *)packed;
    z.avail_out = (uInt)size;
    const int end = deflate(&z, Z_FINISH);
    const size_t done = z.total_out;

    (void)deflateEnd(&z);
    if (end != Z_STREAM_END) {
        return en_fail(err, EN_ELIMIT, "the answer does not get smaller");
    }
    *out = packed;
    *out_size = done;
    return EN_OK;
}
