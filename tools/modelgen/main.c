/* SPDX-License-Identifier: Apache-2.0 */
#include "modelgen.h"

#include <string.h>

static const struct {
    const char *name;
    void (*write)(struct model *m, FILE *out);
} BACK_ENDS[] = {
    {"c", write_c},
    {"markdown", write_markdown},
    {"sbml", write_sbml},
};

int main(int argc, char **argv)
{
    static struct model m;

    if (argc != 3) {
        fail("usage: modelgen BACK-END DESCRIPTION > OUT", "");
    }
    FILE *in = fopen(argv[2], "r");

    if (in == NULL) {
        fail("cannot read", argv[2]);
    }
    model_read(&m, in);
    (void)fclose(in);
    for (size_t i = 0; i < sizeof BACK_ENDS / sizeof *BACK_ENDS; i++) {
        if (strcmp(argv[1], BACK_ENDS[i].name) == 0) {
            BACK_ENDS[i].write(&m, stdout);
            return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : 1;
        }
    }
    fail("no such back end:", argv[1]);
}
