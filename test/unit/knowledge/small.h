/* SPDX-License-Identifier: Apache-2.0
 * The small tables, loaded or the test fails. */
#pragma once

#include "support/check.h"
#include "support/small_tables.h"

/* The unchanged set, loaded; fails the test when it does not load. */
static inline struct en_knowledge *small_load(struct en_arena *a)
{
    struct small s = small_make();
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};
    const enum en_status status = en_tables_load(s.files, a, &k, &problems, &err);

    for (size_t i = 0; i < problems.count; i++) {
        print_error("%s\n", problems.lines[i]);
    }
    CHECK(status == EN_OK && k != NULL);
    return k;
}
