/* SPDX-License-Identifier: Apache-2.0
 * test/support/search_table: the search parameters, loaded once per test program. */
#pragma once

#include "fhir/search.h"
#include "support/check.h"

static inline const struct en_search_params *search_table(void)
{
    static struct en_arena a = {.limit = 4 << 20};
    static struct en_search_params params;

    if (params.count == 0) {
        CHECK(en_search_params_load(&a, &params, NULL) == EN_OK);
    }
    return &params;
}
