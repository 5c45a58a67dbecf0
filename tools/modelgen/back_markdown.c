/* SPDX-License-Identifier: Apache-2.0 */
#include "modelgen.h"

void write_markdown(struct model *m, FILE *out)
{
    (void)m;
    (void)out;
}
