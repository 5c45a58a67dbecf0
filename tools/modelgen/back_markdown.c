/* SPDX-License-Identifier: Apache-2.0
 * The equations as a Markdown code block, in the order of the description: what is derived from the
 * baseline, named expressions, slopes. */
#include "modelgen.h"

void write_markdown(struct model *m, FILE *out)
{
    static const enum kind KINDS[] = {KIND_BALANCE, KIND_NAMED, KIND_STATE};

    for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++) {
        for (int i = 0; i < m->name_count; i++) {
            const struct name *n = &m->names[i];

            if (n->kind == KINDS[k] && n->source[0] != 0) {
                (void)fprintf(out, "    %s%s = %s\n", n->text, n->kind == KIND_STATE ? "'" : "",
                              n->source);
            }
        }
    }
}
