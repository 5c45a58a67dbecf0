/* SPDX-License-Identifier: Apache-2.0 */
#include "app/state_file.h"

#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* Version of the form, and a number that reads differently in another byte order. */
static const char MAGIC[] = "enthesis checkpoint 1";
static const uint64_t ORDER = UINT64_C(0x0102030405060708);

enum { HEADER_MAX = 160 };

/* "enthesis checkpoint 1 calibrate KEY SIZE HASH\n"; the hash holds the byte order. */
static int header_of(const struct en_state_file *which, const void *payload, size_t size,
                     char out[HEADER_MAX])
{
    const uint64_t start = en_hash(EN_HASH_START, &ORDER, sizeof ORDER);

    return snprintf(out, HEADER_MAX, "%s %s %016" PRIx64 " %zu %016" PRIx64 "\n", MAGIC,
                    which->kind, which->key, size, en_hash(start, payload, size));
}

void en_state_pack(const struct en_state_file *which, const void *payload, size_t size,
                   struct en_buf *out)
{
    char header[HEADER_MAX];

    assert(strlen(which->kind) <= EN_STATE_KIND_MAX && strchr(which->kind, ' ') == NULL);
    (void)header_of(which, payload, size, header);
    en_buf_add(out, header);
    en_buf_add_bytes(out, payload, size);
}

enum en_status en_state_open(const struct en_state_file *which, const char *file, const char *bytes,
                             size_t size, const char **payload, size_t *payload_size,
                             struct en_err *err)
{
    const char *end = memchr(bytes, '\n', size < HEADER_MAX ? size : HEADER_MAX);
    char header[HEADER_MAX];

    if (end == NULL || !en_text_starts(bytes, MAGIC)) {
        return en_fail(err, EN_EINVAL, "%s is no checkpoint", file);
    }
    const size_t start = (size_t)(end - bytes) + 1;
    const int length = header_of(which, bytes + start, size - start, header);

    if ((size_t)length == start && memcmp(bytes, header, start) == 0) {
        *payload = bytes + start;
        *payload_size = size - start;
        return EN_OK;
    }
    /* Which part differs: the run, or the bytes behind it. */
    const size_t run = strlen(MAGIC) + strlen(which->kind) + 18;

    if (start > run && memcmp(bytes, header, run) == 0) {
        return en_fail(err, EN_EINVAL, "the checkpoint %s is damaged; remove it to start anew",
                       file);
    }
    return en_fail(err, EN_EINVAL,
                   "the checkpoint %s belongs to another run (other input, settings or seed); "
                   "remove it to start anew, or name another file",
                   file);
}
