/* SPDX-License-Identifier: Apache-2.0
 * docs/case.md is generated; the committed file must be what the program says today. */
#include "base/buf.h"
#include "fhir/docs.h"
#include "unit/fhir/bundle.h"

static void test_docs_are_up_to_date(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_buf made = EN_BUF(EN_OUTPUT_MAX), committed = EN_BUF(EN_OUTPUT_MAX);

    (void)state;
    CHECK(en_fhir_case_docs(knowledge(), &a, &made, NULL) == EN_OK);
    CHECK(en_buf_read_file(&committed, EN_SOURCE_ROOT "/docs/case.md", NULL) == EN_OK);
    if (strcmp(en_buf_text(&made), en_buf_text(&committed)) != 0) {
        print_error("docs/case.md is old: write it with `enthesis case docs > docs/case.md`\n");
        fail();
    }
    en_buf_free(&made);
    en_buf_free(&committed);
    en_arena_free(&a);
}

/* Every fact has its row, with units and rules where it has some. */
static void test_docs_name_every_fact(void **state)
{
    const struct en_table *facts = en_table_get(knowledge(), "facts");
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX), tiny = EN_BUF(100);

    (void)state;
    CHECK(en_fhir_case_docs(knowledge(), &a, &out, NULL) == EN_OK);
    for (size_t i = 0; i < facts->row_count; i++) {
        CHECK_CONTAINS(en_buf_text(&out),
                       en_arena_print(&a, "| `%s` | ", en_cell(&facts->rows[i], "id")));
    }
    CHECK_CONTAINS(en_buf_text(&out), "number; kg, g, [lb_av]");
    CHECK_CONTAINS(en_buf_text(&out), "| CI-01 |");
    CHECK_CONTAINS(en_buf_text(&out), "loinc:34714-6");
    CHECK(en_fhir_case_docs(knowledge(), &a, &tiny, NULL) == EN_ELIMIT);
    en_buf_free(&out);
    en_buf_free(&tiny);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_docs_are_up_to_date), cmocka_unit_test(test_docs_name_every_fact));
