/* SPDX-License-Identifier: Apache-2.0
 * Look-up of ids, and the forms that a correct file may have. */
#include "base/buf.h"
#include "knowledge/knowledge.h"

#include "small.h"

enum { ARENA = 64 << 20, ROWS = 5000 };

/* The small set with another table of sources. */
static struct en_knowledge *load_sources(struct en_arena *a, const char *text)
{
    struct small s = small_make();
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};

    small_put(&s, "sources.tsv", text, strlen(text));
    if (en_tables_load(s.files, a, &k, &problems, &err) != EN_OK) {
        print_error("%s\n", problems.count > 0 ? problems.lines[0] : err.text);
        fail();
    }
    return k;
}

/* Every id of a large table leads to its own row; ids that are only like one lead nowhere. */
static void test_index_finds_every_row_and_no_other(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    struct en_buf b = EN_BUF(1 << 20);

    (void)state;
    en_buf_add(&b, "id\ttitle\turl\nS-ONE\tx\t\n");
    for (int i = 0; i < ROWS; i++) {
        en_buf_print(&b, "K%d\ttitle %d\t\n", i, i);
    }
    const struct en_knowledge *k = load_sources(&a, en_buf_text(&b));

    for (int i = 0; i < ROWS; i++) {
        char id[16], title[32];

        (void)snprintf(id, sizeof id, "K%d", i);
        (void)snprintf(title, sizeof title, "title %d", i);
        const struct en_row *row = en_row_find(k, "sources", id);

        CHECK(row != NULL && row->line == i + 3);
        CHECK_TEXT(en_cell(row, "title"), title);
    }
    CHECK(en_row_find(k, "sources", "K") == NULL && en_row_find(k, "sources", "K5000") == NULL);
    CHECK(en_row_find(k, "sources", "k1") == NULL && en_row_find(k, "sources", "K01") == NULL);
    CHECK(en_row_find(k, "sources", "title 1") == NULL);
    en_buf_free(&b);
    en_arena_free(&a);
}

/* Every second id stands twice: each doubled one is told once, with the line of the first. */
static void test_index_tells_every_double(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    struct en_buf b = EN_BUF(1 << 20);
    struct small s = small_make();
    struct en_knowledge *k = NULL;
    struct en_problems problems;

    (void)state;
    en_buf_add(&b, "id\ttitle\turl\nS-ONE\tx\t\n");
    for (int i = 0; i < 100; i++) {
        en_buf_print(&b, "K%d\tx\t\n", i % 80);
    }
    small_put(&s, "sources.tsv", en_buf_text(&b), b.size);
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL && problems.count == 20);
    CHECK_TEXT(problems.lines[0],
               "sources.tsv:83: the id \"K0\" stands already in line 3; give this row its own");
    CHECK_TEXT(problems.lines[19],
               "sources.tsv:102: the id \"K19\" stands already in line 22; give this row its own");
    en_buf_free(&b);
    en_arena_free(&a);
}

/* What the format allows: columns in any order, comments anywhere, no line feed at the end, and
 * letters beyond ASCII in texts. Lines are counted with the comments. */
static void test_tables_accept_every_allowed_form(void **state)
{
    static const char *const FORMS[] = {
        "id\ttitle\turl\nS-ONE\tFirst\thttps://example.org",
        "url\tid\ttitle\nhttps://example.org\tS-ONE\tFirst\n",
        "# first\nid\ttitle\turl\n# second\nS-ONE\tFirst\thttps://example.org\n# third",
        "#\n#\tid\nid\ttitle\turl\nS-ONE\tFirst\thttps://example.org\n#",
    };
    static const int LINES[] = {2, 2, 4, 4};
    struct en_arena a = EN_ARENA(ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(FORMS); i++) {
        const struct en_knowledge *k = load_sources(&a, FORMS[i]);
        const struct en_row *row = en_row_find(k, "sources", "S-ONE");

        CHECK(en_table_get(k, "sources")->row_count == 1);
        CHECK(row != NULL && row->line == LINES[i]);
        CHECK_TEXT(en_cell(row, "title"), "First");
        CHECK_TEXT(en_cell(row, "url"), "https://example.org");
    }
    const struct en_knowledge *k =
        load_sources(&a, "id\ttitle\turl\nS-ONE\t\xe2\x89\xa5 5 \xc2\xb0 \xe2\x80\x93 \"so\"\t\n");

    CHECK_TEXT(en_cell(en_row_find(k, "sources", "S-ONE"), "title"),
               "\xe2\x89\xa5 5 \xc2\xb0 \xe2\x80\x93 \"so\"");
    en_arena_free(&a);
}

/* A table may have no row. References to it then have nothing to name. */
static void test_tables_may_be_empty(void **state)
{
    static const char NO_TIERS[] =
        "id\trule\toutcome\twhen\tvalue\tunit\tcount\tenabled\tsince\t" SMALL_COMMON "\n";
    struct en_arena a = EN_ARENA(ARENA);
    struct small s = small_make();
    struct en_knowledge *k = NULL;
    struct en_problems problems;

    (void)state;
    small_put(&s, "tiers.tsv", NO_TIERS, sizeof NO_TIERS - 1);
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_OK);
    CHECK(en_table_get(k, "tiers")->row_count == 0);
    CHECK(en_row_find(k, "tiers", "CI-07.stop") == NULL);
    small_put(&s, "rules.tsv", "id\ttitle\tasks\t" SMALL_COMMON "\n",
              strlen("id\ttitle\tasks\t" SMALL_COMMON "\n"));
    small_put(&s, "tiers.tsv", SMALL_TIERS, sizeof SMALL_TIERS - 1);
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL && problems.count == 2);
    CHECK_CONTAINS(problems.lines[0], "rule: \"CI-07\" is no id of rules.tsv");
    en_arena_free(&a);
}

/* One malformed row of a table is told once; the rows that name it are not blamed for it. */
static void test_tables_do_not_blame_references_to_a_broken_table(void **state)
{
    static const char *const BROKEN[] = {
        "id\ttitle\turl\nS-ONE\tFirst\n",
        "id\ttitle\turl\nS-ONE\tFirst\t\t\n",
        "id\ttitle\turl\nS-ONE\tFirst\t\xff\n",
        "",
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BROKEN); i++) {
        struct en_arena a = EN_ARENA(ARENA);
        struct small s = small_make();
        struct en_knowledge *k = NULL;
        struct en_problems problems;

        small_put(&s, "sources.tsv", BROKEN[i], strlen(BROKEN[i]));
        CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL);
        CHECK(problems.count == 1);
        CHECK_CONTAINS(problems.lines[0], "sources.tsv:");
        en_arena_free(&a);
    }
}

TEST_MAIN(cmocka_unit_test(test_index_finds_every_row_and_no_other),
          cmocka_unit_test(test_index_tells_every_double),
          cmocka_unit_test(test_tables_accept_every_allowed_form),
          cmocka_unit_test(test_tables_may_be_empty),
          cmocka_unit_test(test_tables_do_not_blame_references_to_a_broken_table));
