/* SPDX-License-Identifier: Apache-2.0
 * The example cases of the project, for tests that must hold for all of them. */
#pragma once

#include "base/folder.h"
#include "unit/fhir/bundle.h"

#define EXAMPLES_FOLDER EN_SOURCE_ROOT "/examples/cases"

typedef void with_example(const char *name, const char *text);

/* Call work with the name and the text of each example. */
static inline void each_example(with_example *work)
{
    struct en_arena a = EN_ARENA(1 << 20);
    const char **names = NULL;
    size_t count = 0;

    CHECK(en_folder_list(EXAMPLES_FOLDER, ".json", 100, &a, &names, &count, NULL) == EN_OK);
    CHECK(count >= 20);
    for (size_t i = 0; i < count; i++) {
        struct en_buf text = EN_BUF(EN_CASE_FILE_MAX);

        CHECK(en_buf_read_file(&text, en_arena_print(&a, EXAMPLES_FOLDER "/%s", names[i]), NULL) ==
              EN_OK);
        work(names[i], en_buf_text(&text));
        en_buf_free(&text);
    }
    en_arena_free(&a);
}
