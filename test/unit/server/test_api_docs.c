/* SPDX-License-Identifier: Apache-2.0
 * docs/api.md is generated; the committed file must be what the program says today, and it must
 * name every address. */
#include "base/limits.h"
#include "server/api_docs.h"
#include "server/route.h"

#include "support/check.h"

static void test_api_docs_are_up_to_date(void **state)
{
    struct en_buf made = EN_BUF(EN_OUTPUT_MAX), committed = EN_BUF(EN_OUTPUT_MAX);

    (void)state;
    CHECK(en_api_docs(&made, NULL) == EN_OK);
    CHECK(en_buf_read_file(&committed, EN_SOURCE_ROOT "/docs/api.md", NULL) == EN_OK);
    if (strcmp(en_buf_text(&made), en_buf_text(&committed)) != 0) {
        print_error("docs/api.md is old: write it with `enthesis serve docs > docs/api.md`\n");
        fail();
    }
    for (size_t i = 0; i < en_route_count(EN_ROUTE_TABLES); i++) {
        const struct en_route *r = en_route_at(EN_ROUTE_TABLES, i);

        CHECK_CONTAINS(en_buf_text(&made), r->pattern);
        CHECK(r->help != NULL && r->help[0] != '\0');
    }
    en_buf_free(&made);
    en_buf_free(&committed);
}

TEST_MAIN(cmocka_unit_test(test_api_docs_are_up_to_date));
