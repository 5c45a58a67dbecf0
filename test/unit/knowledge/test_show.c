/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/text.h"
#include "knowledge/knowledge.h"

#include "small.h"

enum { ARENA = 64 << 20 };

/* No line is wider than a terminal. */
static void check_width(const char *text, size_t columns)
{
    while (*text != '\0') {
        const size_t size = strcspn(text, "\n");

        if (en_utf8_width(text, size) > columns) {
            print_error("too wide: %.*s\n", (int)size, text);
            fail();
        }
        text += size + (text[size] == '\n');
    }
}

/* A rule shows its columns with their meaning, the facts it asks for by title where they have one,
 * its source with the address, grade and verification in words, that nobody approved it, and its
 * tiers. */
static void test_show_prints_a_rule_for_people(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    const struct en_knowledge *k = small_load(&a);
    struct en_buf b = EN_BUF(1 << 16);
    struct en_err err = {""};

    (void)state;
    CHECK(en_knowledge_show(k, "CI-07", &b, &err) == EN_OK);
    CHECK_TEXT(en_buf_text(&b), "rules CI-07 (rules.tsv, line 2)\n"
                                "\n"
                                "  title - what it is about\n"
                                "      Thin blood\n"
                                "  asks - facts to ask for\n"
                                "      inr\n"
                                "      a\n"
                                "  source - where the row comes from: keys of sources.tsv\n"
                                "      S-ONE: The first source\n"
                                "      https://example.org/one\n"
                                "  grade - strength of the evidence or authority behind the row\n"
                                "      E: engineering decision of this project\n"
                                "  verified - whether the statement was read in its source\n"
                                "      no: not read in a source; a clinician must check it\n"
                                "  approved by: nobody yet\n"
                                "\n"
                                "Tiers, the gravest that is true counts:\n"
                                "\n"
                                "  CI-07.stop: stop\n"
                                "      when: inr > 3.0\n"
                                "      source S-ONE, grade E, verified no\n"
                                "  CI-07.defer: defer\n"
                                "      when: not a\n"
                                "      source S-ONE, grade E, verified no\n");
    en_buf_free(&b);
    en_arena_free(&a);
}

/* Units stand behind the column's name, also those that another column holds. */
static void test_show_prints_units_and_empty_columns(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    const struct en_knowledge *k = small_load(&a);
    struct en_buf b = EN_BUF(1 << 16);
    struct en_err err = {""};

    (void)state;
    CHECK(en_knowledge_show(k, "CI-07.stop", &b, &err) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&b), "  value (mg) - an amount\n      1.5\n");
    CHECK_CONTAINS(en_buf_text(&b), "  count - how many\n      3\n");
    CHECK_CONTAINS(en_buf_text(&b), "  rule - its rule\n      CI-07: Thin blood\n");
    CHECK(strstr(en_buf_text(&b), "not given") == NULL);
    en_buf_clear(&b);
    CHECK(en_knowledge_show(k, "ci-07.DEFER", &b, &err) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&b), "  not given: value, unit, count, enabled, since\n");
    /* A source has no common columns, so nothing is said about its approval. */
    en_buf_clear(&b);
    CHECK(en_knowledge_show(k, "S-ONE", &b, &err) == EN_OK);
    CHECK(strstr(en_buf_text(&b), "approved") == NULL);
    en_buf_free(&b);
    en_arena_free(&a);
}

static void test_show_reports_an_unknown_id_and_a_full_buffer(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    const struct en_knowledge *k = small_load(&a);
    struct en_buf b = EN_BUF(1 << 16), narrow = EN_BUF(20);
    struct en_err err = {""};

    (void)state;
    CHECK(en_knowledge_show(k, "CI-99", &b, &err) == EN_ENOTFOUND);
    CHECK_CONTAINS(err.text, "CI-99");
    CHECK(en_knowledge_show(k, "", &b, &err) == EN_ENOTFOUND);
    CHECK_TEXT(en_buf_text(&b), "");
    CHECK(en_knowledge_show(k, "CI-07", &narrow, &err) == EN_ELIMIT);
    en_buf_free(&b);
    en_buf_free(&narrow);
    en_arena_free(&a);
}

/* Every row of the real tables fits a terminal of 80 columns, except words that have no space. */
static void test_show_fits_eighty_columns(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    struct en_knowledge *k = NULL;
    struct en_buf b = EN_BUF(1 << 20);
    struct en_err err = {""};

    (void)state;
    CHECK(en_knowledge_load(NULL, &a, &k, &err) == EN_OK);
    for (size_t i = 1; i < en_knowledge_table_count(k); i++) {
        const struct en_table *t = en_knowledge_table_at(k, i);

        for (size_t r = 0; r < t->row_count; r += 7) {
            en_buf_clear(&b);
            CHECK(en_knowledge_show(k, en_cell(&t->rows[r], "id"), &b, &err) == EN_OK);
            check_width(en_buf_text(&b), 80);
        }
    }
    en_buf_free(&b);
    en_arena_free(&a);
}

/* The page is made from the schema: every table and column, bars of enums escaped. */
static void test_docs_list_tables_and_columns(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    struct en_buf b = EN_BUF(1 << 20);

    (void)state;
    en_knowledge_docs(small_load(&a), &b);
    CHECK_CONTAINS(en_buf_text(&b), "| `value` | number | in `unit` |  |  | an amount |\n");
    CHECK_CONTAINS(en_buf_text(&b), "| `rule` | id |  | yes | `rules` | its rule |\n");
    CHECK_CONTAINS(en_buf_text(&b),
                   "| `outcome` | enum |  | yes |  | what follows; one of `stop` `defer` |\n");
    CHECK_CONTAINS(en_buf_text(&b), "| `max_age_days` | integer | `d` |");
    CHECK_CONTAINS(en_buf_text(&b), "| N | evidence against a benefit |\n");
    CHECK_CONTAINS(en_buf_text(&b), "### tiers\n");
    en_buf_free(&b);
    en_arena_free(&a);
}

/* docs/knowledge.md is what the tables say; `make docs` writes it anew. */
static void test_docs_are_up_to_date(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    struct en_knowledge *k = NULL;
    struct en_buf written = EN_BUF(1 << 20), made = EN_BUF(1 << 20);
    struct en_err err = {""};

    (void)state;
    CHECK(en_knowledge_load(NULL, &a, &k, &err) == EN_OK);
    CHECK(en_buf_read_file(&written, EN_SOURCE_ROOT "/docs/knowledge.md", &err) == EN_OK);
    en_knowledge_docs(k, &made);
    if (strcmp(en_buf_text(&written), en_buf_text(&made)) != 0) {
        print_error("docs/knowledge.md is old; run `make docs`\n");
        fail();
    }
    en_buf_free(&written);
    en_buf_free(&made);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_show_prints_a_rule_for_people),
          cmocka_unit_test(test_show_prints_units_and_empty_columns),
          cmocka_unit_test(test_show_reports_an_unknown_id_and_a_full_buffer),
          cmocka_unit_test(test_show_fits_eighty_columns),
          cmocka_unit_test(test_docs_list_tables_and_columns),
          cmocka_unit_test(test_docs_are_up_to_date));
