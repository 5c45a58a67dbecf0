/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a file of published results are either refused with a text, or they are evidence in
 * which every number is finite or unknown where it may be, and every arm belongs to its study. */
#include "app/published.h"
#include "base/limits.h"
#include "fuzz.h"

#include <math.h>

static struct en_arena knowledge_arena = {.limit = EN_REQUEST_ARENA};
static struct en_app app;

static void check_row(const struct en_evidence *e, const struct en_evidence_row *row)
{
    PROPERTY(row->arm < e->arm_count && (row->versus == SIZE_MAX || row->versus < e->arm_count));
    PROPERTY(row->versus == SIZE_MAX || e->arms[row->versus].study == e->arms[row->arm].study);
    PROPERTY(isfinite(row->value) && isfinite(row->baseline) && row->baseline > 0.0);
    PROPERTY(row->n >= 1.0 && row->week > row->from_week && row->from_week >= 0.0);
    PROPERTY(isnan(row->se) || row->se > 0.0);
    PROPERTY(isnan(row->sd) || row->sd > 0.0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_published out;
    struct en_err err = {""};
    char *text = en_arena_copy(&a, (const char *)bytes, size);

    if (app.knowledge == NULL) {
        struct en_knowledge *k = NULL;

        PROPERTY(en_knowledge_load(NULL, &knowledge_arena, &k, NULL) == EN_OK);
        app.knowledge = k;
    }
    PROPERTY(text != NULL);
    if (en_published_read(&app, "FILE", text, size, &a, &out, &err) == EN_OK) {
        PROPERTY(out.evidence.row_count > 0);
        for (size_t i = 0; i < out.evidence.row_count; i++) {
            check_row(&out.evidence, &out.evidence.rows[i]);
        }
    } else {
        PROPERTY(err.text[0] != '\0');
    }
    en_arena_free(&a);
    return 0;
}
