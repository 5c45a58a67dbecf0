/* SPDX-License-Identifier: Apache-2.0
 * replay FILE...: stored inputs through a fuzz target, without the fuzzer. */
#include "base/buf.h"
#include "fuzz.h"

#include <string.h>

enum { INPUT_MAX = 16 << 20 };

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct en_buf b = EN_BUF(INPUT_MAX);
        struct en_err err = {""};

        if (en_buf_read_file(&b, argv[i], &err) != EN_OK) {
            (void)fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        /* A copy of just its size, so that a sanitizer sees a read behind it. */
        uint8_t *bytes = malloc(b.size + (b.size == 0));

        if (bytes == NULL) {
            return 1;
        }
        memcpy(bytes, en_buf_text(&b), b.size);
        (void)LLVMFuzzerTestOneInput(bytes, b.size);
        free(bytes);
        en_buf_free(&b);
    }
    return 0;
}
