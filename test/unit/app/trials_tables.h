/* SPDX-License-Identifier: Apache-2.0
 * The real tables with some of their text replaced, for tests of what is made from them. */
#pragma once

#include "base/embedded.h"
#include "base/text.h"
#include "knowledge/tables.h"

#include "support/check.h"

enum { TABLES_MAX = 64 };

/* One file: the first `from` becomes `to`; from NULL: the whole file. */
struct change {
    const char *file, *from, *to;
};

static inline const char *changed_text(const struct en_embedded *file, const struct change *c,
                                       struct en_arena *a)
{
    if (c->from == NULL) {
        return c->to;
    }
    const char *at = strstr(file->bytes, c->from);

    CHECK(at != NULL);
    return en_arena_print(a, "%.*s%s%s", (int)(at - file->bytes), file->bytes, c->to,
                          at + strlen(c->from));
}

/* Load the tables with the changes, ended by a NULL file; they must still be well formed. */
static inline struct en_knowledge *load_changed(const struct change *changes, struct en_arena *a)
{
    struct en_embedded *files = EN_NEW(a, struct en_embedded, TABLES_MAX);
    struct en_problems problems = {0};
    struct en_knowledge *k = NULL;
    struct en_err err = {""};

    for (size_t i = 0; EN_KNOWLEDGE_FILES[i].name != NULL; i++) {
        CHECK(i + 1 < TABLES_MAX);
        files[i] = EN_KNOWLEDGE_FILES[i];
        for (const struct change *c = changes; c != NULL && c->file != NULL; c++) {
            if (en_text_equal(c->file, files[i].name)) {
                files[i].bytes = changed_text(&files[i], c, a);
                files[i].size = strlen(files[i].bytes);
            }
        }
    }
    if (en_tables_load(files, a, &k, &problems, &err) != EN_OK) {
        print_error("%s\n", problems.count > 0 ? problems.lines[0] : err.text);
        fail();
    }
    return k;
}
