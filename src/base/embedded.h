/* SPDX-License-Identifier: Apache-2.0
 * base/embedded: files that are compiled into the binary (tools/embed.c writes the tables). */
#pragma once

#include <stddef.h>

struct en_embedded {
    const char *name;  /* file name without folder; NULL ends the table */
    const char *bytes; /* ended by a NUL that size does not count */
    size_t size;
};

extern const struct en_embedded EN_KNOWLEDGE_FILES[];
extern const struct en_embedded EN_FHIR_FILES[];
extern const struct en_embedded EN_DEMO_FILES[];   /* of the demo clinic: Bundles, calls.tsv */
extern const struct en_embedded EN_SCHEMA_FILES[]; /* 0001_resources.sql ... in order */
extern const struct en_embedded EN_MODEL_FILES[];  /* healing.sbml, equations.md */
extern const struct en_embedded EN_PAGE_FILES[];   /* index.html, app.js ... each also as NAME.gz */
