/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/text.h"
#include "knowledge/knowledge.h"

#include "small.h"

#include <stdlib.h>
#include <unistd.h>

enum { ARENA = 64 << 20 };

/* What one replaced (or added) file leads to: the only problem, which must be exactly this line's
 * place and hold this text. */
struct refusal {
    const char *name, *text; /* NULL text: the file is left out */
    const char *place, *what;
};

static void leave_out(struct small *s, const char *name)
{
    size_t i = 0;

    while (i < s->count && strcmp(s->files[i].name, name) != 0) {
        i++;
    }
    CHECK(i < s->count);
    s->files[i] = s->files[--s->count];
    s->files[s->count] = (struct en_embedded){0};
}

static void check_refusal(const struct refusal *r)
{
    struct small s = small_make();
    struct en_arena a = EN_ARENA(ARENA);
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};

    if (r->text == NULL) {
        leave_out(&s, r->name);
    } else {
        small_put(&s, r->name, r->text, strlen(r->text));
    }
    const enum en_status status = en_tables_load(s.files, &a, &k, &problems, &err);

    if (status != EN_EINVAL || k != NULL || problems.count != 1 ||
        !en_text_starts(problems.lines[0], r->place) ||
        strstr(problems.lines[0], r->what) == NULL) {
        print_error("expected only: %s %s\n", r->place, r->what);
        for (size_t i = 0; i < problems.count; i++) {
            print_error("got: %s\n", problems.lines[i]);
        }
        fail();
    }
    en_arena_free(&a);
}

static void check_refusals(const struct refusal *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_refusal(&list[i]);
    }
}

#define RULES(columns, rows) "id\ttitle\tasks\t" columns "\n" rows
#define RULE_1               "CI-07\tThin blood\t\t" SMALL_TAIL "\n"
#define TIERS(row)                                                                                 \
    "# a comment counts as a line\n"                                                               \
    "id\trule\toutcome\twhen\tvalue\tunit\tcount\tenabled\tsince\t" SMALL_COMMON "\n" row "\n"
#define FACTS(row) "id\ttype\tunit\tvalues\tmax_age_days\t" SMALL_COMMON "\n" row "\n"

/* The form of a file: each fault is told once, with its line, and nothing follows from it. */
static void test_tables_refuse_a_malformed_file(void **state)
{
    static const struct refusal LIST[] = {
        {"rules.tsv", RULES(SMALL_COMMON "\tmood", "CI-07\tThin\t\t" SMALL_TAIL "\tlow\n"),
         "rules.tsv:1:", "unknown column \"mood\""},
        {"rules.tsv", "id\tasks\t" SMALL_COMMON "\nCI-07\t\t" SMALL_TAIL "\n",
         "rules.tsv:1:", "the column \"title\" is missing"},
        {"rules.tsv", RULES(SMALL_COMMON, RULE_1 "CI-08\tToo short\t\n"),
         "rules.tsv:3:", "3 cells, the header has 7"},
        {"rules.tsv", RULES(SMALL_COMMON, RULE_1 "CI-08\tx\t\t" SMALL_TAIL "\t\n"),
         "rules.tsv:3:", "8 cells, the header has 7"},
        {"rules.tsv", RULES(SMALL_COMMON, RULE_1 "\n"), "rules.tsv:3:", "an empty line"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\tThin\r\n"), "rules.tsv:2:", "carriage return"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\t\xc3(\n"), "rules.tsv:2:", "not UTF-8"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\t\x07\n"), "rules.tsv:2:", "control character 7"},
        {"rules.tsv", "", "rules.tsv:1:", "no column names"},
        {"rules.tsv", "# only a comment\n", "rules.tsv:1:", "no column names"},
        {"rules.tsv", NULL, "rules.tsv:1:", "the file is missing"},
        {"mystery.tsv", "id\n", "mystery.tsv:1:", "unknown table"},
        {"notes.txt", "id\n", "notes.txt:1:", "unknown table"},
    };

    (void)state;
    check_refusals(LIST, EN_COUNT(LIST));
}

/* A doubled column is also seen when its name is declared. */
static void test_tables_refuse_a_doubled_column(void **state)
{
    static const struct refusal DOUBLED = {"sources.tsv", "id\ttitle\turl\turl\nS-ONE\tx\ty\tz\n",
                                           "sources.tsv:1:", "the column \"url\" stands twice"};

    (void)state;
    check_refusal(&DOUBLED);
}

/* The content of a cell against its column. Tier rows stand in line 3, behind a comment. */
static void test_tables_refuse_a_wrong_cell(void **state)
{
    static const struct refusal LIST[] = {
        {"rules.tsv", RULES(SMALL_COMMON, RULE_1 RULE_1),
         "rules.tsv:3:", "stands already in line 2"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\t\t\t" SMALL_TAIL "\n"),
         "rules.tsv:2:", "title: the cell is empty"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\tx\t\t\tE\tno\t\n"),
         "rules.tsv:2:", "source: the cell is empty"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\tx\t\tS-ONE\t\tno\t\n"),
         "rules.tsv:2:", "grade: the cell is empty"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\tx\t\tS-ONE\tE\t\t\n"),
         "rules.tsv:2:", "verified: the cell is empty"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\tx\t\tS-ONE\tF\tno\t\n"),
         "rules.tsv:2:", "write one of A|B|C|D|N|L|G|E"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\tx\t\tS-ONE; S-TWO\tE\tno\t\n"),
         "rules.tsv:2:", "source: \"S-TWO\" is no id of sources.tsv"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\tx\tinr; mood\t" SMALL_TAIL "\n"),
         "rules.tsv:2:", "asks: \"mood\" is no id of facts.tsv"},
        {"rules.tsv", RULES(SMALL_COMMON, "CI-07\tx\t;\t" SMALL_TAIL "\n"),
         "rules.tsv:2:", "asks: \";\" is an empty list"},
        {"rules.tsv", RULES(SMALL_COMMON, RULE_1 "CI 08\tx\t\t" SMALL_TAIL "\n"),
         "rules.tsv:3:", "id: \"CI 08\" is no id"},
        {"tiers.tsv", TIERS("t\tCI-99\tstop\ta\t\t\t\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "rule: \"CI-99\" is no id of rules.tsv"},
        {"tiers.tsv", TIERS("t\tCI-07\tsto\ta\t\t\t\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "outcome: \"sto\" is not allowed; write one of stop|defer"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\ta\t1,5\tmg\t\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "value: \"1,5\" is no number"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\ta\tnan\tmg\t\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "value: \"nan\" is no number"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\ta\t1.5\t\t\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "value: a number without unit; fill the column unit"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\ta\t\t\t1.5\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "count: \"1.5\" is no integer"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\ta\t\t\t\ttrue\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "enabled: \"true\" is neither yes nor no"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\ta\t\t\t\t\t2025-02-30\t" SMALL_TAIL),
         "tiers.tsv:3:", "since: \"2025-02-30\" is no date"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\ta\t\t\t\t\t2025-02\t" SMALL_TAIL),
         "tiers.tsv:3:", "since: \"2025-02\" is no date"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\tmood and a\t\t\t\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "when: at character 1, \"mood\": unknown fact"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\tglucose > 5\t\t\t\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "when: at character 1, \"glucose > 5\": the units differ"},
        {"tiers.tsv", TIERS("t\tCI-07\tstop\t\t\t\t\t\t\t" SMALL_TAIL),
         "tiers.tsv:3:", "when: the cell is empty"},
    };

    (void)state;
    check_refusals(LIST, EN_COUNT(LIST));
}

/* Facts: what expressions rely on. The row stands in line 2 and the rules of the small set, which
 * name other facts, are left without references. */
static void test_tables_refuse_a_wrong_fact(void **state)
{
    static const struct {
        const char *row, *what;
    } LIST[] = {
        {"x\tnumber\t\t\t\t" SMALL_TAIL, "unit: a number without unit"},
        {"x\tbool\tmm\t\t\t" SMALL_TAIL, "unit: only a number has one"},
        {"x\tcode\t\t\t\t" SMALL_TAIL, "values: a code without its words"},
        {"and\tbool\t\t\t\t" SMALL_TAIL, "id: \"and\" cannot be named in an expression"},
        {"x.y\tbool\t\t\t\t" SMALL_TAIL, "id: \"x.y\" cannot be named"},
        {"2x\tbool\t\t\t\t" SMALL_TAIL, "id: \"2x\" cannot be named"},
        {"x\tnumber\tmm\t\t-\t" SMALL_TAIL, "max_age_days: \"-\" is no integer"},
    };
    static const char NO_ROWS[] =
        "id\trule\toutcome\twhen\tvalue\tunit\tcount\tenabled\tsince\t" SMALL_COMMON "\n";

    (void)state;
    for (size_t i = 0; i < EN_COUNT(LIST); i++) {
        struct small s = small_make();
        struct en_arena a = EN_ARENA(ARENA);
        struct en_knowledge *k = NULL;
        struct en_problems problems;
        const char *facts = en_arena_print(&a, FACTS("%s"), LIST[i].row);

        small_put(&s, "facts.tsv", facts, strlen(facts));
        small_put(&s, "rules.tsv", RULES(SMALL_COMMON, RULE_1),
                  strlen(RULES(SMALL_COMMON, RULE_1)));
        small_put(&s, "tiers.tsv", NO_ROWS, sizeof NO_ROWS - 1);
        CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL);
        CHECK(problems.count == 1);
        CHECK(en_text_starts(problems.lines[0], "facts.tsv:2:"));
        CHECK_CONTAINS(problems.lines[0], LIST[i].what);
        en_arena_free(&a);
    }
}

/* Faults of the schema itself: a row behind the small schema's last one, in line 22. */
static void test_tables_refuse_a_wrong_schema(void **state)
{
    static const struct {
        const char *row, *place, *what;
    } LIST[] = {
        {"rules\tmood\tfeeling\t\tno\t\tx", "schema.tsv:22:", "unknown type \"feeling\""},
        {"rules\tmood\tenum:\t\tno\t\tx", "schema.tsv:22:", "unknown type \"enum:\""},
        {"rules\tmood\tnumber\t\tno\t\tx", "schema.tsv:22:", "rules.mood is a number without unit"},
        {"rules\tmood\tnumber\tcolumn:cup\tno\t\tx", "schema.tsv:22:", "no column of rules"},
        {"rules\tmood\tid\t\tno\tmoods\tx",
         "schema.tsv:22:", "refers to \"moods\", which is no table"},
        {"rules\ttitle\ttext\t\tno\t\tx", "schema.tsv:22:", "rules.title is described twice"},
        {"rules\tmood\ttext\t\tmaybe\t\tx", "schema.tsv:22:", "neither yes nor no"},
        {"rules\tmood\ttext\t\tno\t\t", "schema.tsv:22:", "meaning: the cell is empty"},
        {".tsv:x\tid\tid\t\tyes\t\tx", "schema.tsv:22:", "table: \".tsv:x\" is no id"},
        {"moods\tname\ttext\t\tno\t\tx", "schema.tsv:1:", "the table moods has no column id"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(LIST); i++) {
        struct small s = small_make();
        struct en_arena a = EN_ARENA(ARENA);
        struct en_knowledge *k = NULL;
        struct en_problems problems;
        const char *schema = en_arena_print(&a, "%s%s\n", SMALL_SCHEMA, LIST[i].row);
        bool is_there = false;

        small_put(&s, "schema.tsv", schema, strlen(schema));
        CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL && k == NULL);
        for (size_t p = 0; p < problems.count; p++) {
            is_there = is_there || (en_text_starts(problems.lines[p], LIST[i].place) &&
                                    strstr(problems.lines[p], LIST[i].what) != NULL);
        }
        if (!is_there) {
            print_error("not refused: %s\n", LIST[i].row);
            fail();
        }
        en_arena_free(&a);
    }
}

static void test_tables_need_a_schema_and_sources(void **state)
{
    static const struct refusal NO_SCHEMA = {"schema.tsv",
                                             "table\tcolumn\ttype\tunit\trequired\t"
                                             "refers_to\tmeaning\n"
                                             "sources\tid\tid\t\tyes\t\tx\n"
                                             "sources\ttitle\ttext\t\tyes\t\tx\n"
                                             "sources\turl\ttext\t\tno\t\tx\n",
                                             "", "unknown table"};
    struct small s = small_make();
    struct en_arena a = EN_ARENA(ARENA);
    struct en_knowledge *k = NULL;
    struct en_problems problems;

    (void)state;
    leave_out(&s, "schema.tsv");
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL);
    CHECK_CONTAINS(problems.lines[problems.count - 1], "unknown table");
    s = small_make();
    small_put(&s, "schema.tsv", NO_SCHEMA.text, strlen(NO_SCHEMA.text));
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL && problems.count == 3);
    CHECK(en_text_starts(problems.lines[0], "facts.tsv:1: unknown table"));
    en_arena_free(&a);
}

/* All problems are told at once, by file and line. */
static void test_tables_tell_all_problems_in_order(void **state)
{
    struct small s = small_make();
    struct en_arena a = EN_ARENA(ARENA);
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};
    static const char RULES_WITH_TWO[] =
        RULES(SMALL_COMMON, RULE_1 "CI-08\t\t\tS-NO\tE\tno\t\nCI-08\tx\t\t" SMALL_TAIL "\n");
    static const char FACTS_WITH_ONE[] = FACTS("inr\tnumber\t1\t\tweek\t" SMALL_TAIL);

    (void)state;
    small_put(&s, "rules.tsv", RULES_WITH_TWO, sizeof RULES_WITH_TWO - 1);
    small_put(&s, "facts.tsv", FACTS_WITH_ONE, sizeof FACTS_WITH_ONE - 1);
    CHECK(en_tables_load(s.files, &a, &k, &problems, &err) == EN_EINVAL);
    CHECK(problems.count == 5);
    CHECK(en_text_starts(problems.lines[0], "facts.tsv:2: max_age_days:"));
    CHECK(en_text_starts(problems.lines[1], "rules.tsv:3: title:"));
    CHECK(en_text_starts(problems.lines[2], "rules.tsv:3: source:"));
    CHECK(en_text_starts(problems.lines[3], "rules.tsv:4: the id"));
    CHECK(en_text_starts(problems.lines[4], "tiers.tsv:3: when:"));
    CHECK_CONTAINS(err.text, "5 problems");
    en_arena_free(&a);
}

/* Sizes: columns, rows, bytes, length of an id; at the limit it loads. */
static void test_tables_have_limits(void **state)
{
    struct en_buf b = EN_BUF(EN_TABLE_FILE_MAX + 64);
    struct small s = small_make();
    struct en_arena a = EN_ARENA(ARENA);
    struct en_knowledge *k = NULL;
    struct en_problems problems;

    (void)state;
    en_buf_add(&b, "id\ttitle\turl\n");
    for (int i = 0; i < EN_TABLE_ROWS_MAX - 1; i++) {
        en_buf_print(&b, "%s%d\tx\t\n", i == 0 ? "S-ONE" : "S", i);
    }
    en_buf_add(&b, "S-ONE\tx\t");
    small_put(&s, "sources.tsv", en_buf_text(&b), b.size);
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_OK);
    CHECK(en_table_get(k, "sources")->row_count == EN_TABLE_ROWS_MAX);
    en_buf_add(&b, "\nS-TWO\tx\t");
    small_put(&s, "sources.tsv", en_buf_text(&b), b.size);
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL && problems.count == 1);
    CHECK_CONTAINS(problems.lines[0], "sources.tsv:1: more than 20000 lines");

    en_buf_clear(&b);
    while (b.size <= EN_TABLE_FILE_MAX) {
        en_buf_add(&b, "# filling\n");
    }
    small_put(&s, "sources.tsv", en_buf_text(&b), b.size);
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL && problems.count == 1);
    CHECK_CONTAINS(problems.lines[0], "sources.tsv:1: the file has more than");

    en_buf_clear(&b);
    for (int i = 0; i <= EN_TABLE_COLUMNS_MAX; i++) {
        en_buf_print(&b, "%sc%d", i == 0 ? "" : "\t", i);
    }
    small_put(&s, "sources.tsv", en_buf_text(&b), b.size);
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL && problems.count == 1);
    CHECK_CONTAINS(problems.lines[0], "sources.tsv:1: 65 columns, the limit is 64");
    en_buf_free(&b);
    en_arena_free(&a);
}

/* A cell of the longest allowed size loads, one byte more does not. */
static void test_tables_have_a_longest_cell(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    struct en_knowledge *k = NULL;
    struct en_problems problems;

    (void)state;
    for (int extra = 0; extra <= 1; extra++) {
        struct en_buf b = EN_BUF(1 << 20);
        struct small s = small_make();

        en_buf_add(&b, "id\ttitle\turl\nS-ONE\t");
        for (int i = 0; i < EN_TABLE_CELL_MAX + extra; i++) {
            en_buf_add(&b, "x");
        }
        en_buf_add(&b, "\t\n");
        small_put(&s, "sources.tsv", en_buf_text(&b), b.size);
        CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == (extra ? EN_EINVAL : EN_OK));
        en_buf_free(&b);
    }
    CHECK(problems.count == 1);
    CHECK_CONTAINS(problems.lines[0], "sources.tsv:2: title: \"xxx");
    CHECK_CONTAINS(problems.lines[0], "is too long; shorten it");
    en_arena_free(&a);
}

/* More problems than the list holds: it ends there and says so by its length. */
static void test_tables_list_a_bounded_number_of_problems(void **state)
{
    struct en_buf b = EN_BUF(1 << 20);
    struct small s = small_make();
    struct en_arena a = EN_ARENA(ARENA);
    struct en_knowledge *k = NULL;
    struct en_problems problems;

    (void)state;
    en_buf_add(&b, RULES(SMALL_COMMON, RULE_1));
    for (int i = 0; i < 2 * EN_TABLE_PROBLEMS_MAX; i++) {
        en_buf_print(&b, "R%d\t\t\t" SMALL_TAIL "\n", i);
    }
    small_put(&s, "rules.tsv", en_buf_text(&b), b.size);
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_EINVAL);
    CHECK(problems.count == EN_TABLE_PROBLEMS_MAX);
    en_buf_free(&b);
    en_arena_free(&a);
}

/* Memory may end at any point: a clean failure each time, and success at last. */
static void test_tables_memory_may_end_anywhere(void **state)
{
    const struct small s = small_make();
    size_t failures = 0;

    (void)state;
    for (size_t room = 0;; room += 512) {
        struct en_arena a = EN_ARENA(room);
        struct en_knowledge *k = NULL;
        struct en_problems problems;
        const enum en_status status = en_tables_load(s.files, &a, &k, &problems, NULL);

        en_arena_free(&a);
        if (status == EN_OK) {
            break;
        }
        CHECK(status == EN_ENOMEM && k == NULL && problems.count == 0);
        failures++;
    }
    CHECK(failures > 10);
}

static void test_tables_look_up(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    const struct en_knowledge *k = small_load(&a);
    const struct en_row *row = en_row_find(k, "tiers", "CI-07.stop");
    const struct en_row *bare = en_row_find(k, "tiers", "CI-07.defer");

    (void)state;
    CHECK(row != NULL && bare != NULL && row->line == 2);
    CHECK_TEXT(en_cell(row, "outcome"), "stop");
    CHECK(en_cell_number(row, "value") == 1.5 && isnan(en_cell_number(bare, "value")));
    CHECK(en_cell_bool(row, "enabled") && !en_cell_bool(bare, "enabled"));
    CHECK_TEXT(en_cell(bare, "since"), "");
    CHECK_TEXT(en_expr_text(en_cell_expr(row, "when")), "inr > 3.0");
    CHECK(en_cell_expr(row, "outcome") == NULL);
    CHECK(en_cell_expr(en_row_find(k, "rules", "CI-07"), "title") == NULL);
    CHECK(en_row_find(k, "tiers", "CI-07") == NULL && en_row_find(k, "tiers", "") == NULL);
    CHECK(en_row_find(k, "tiers", NULL) == NULL);
    CHECK(en_fact_index(k, "a") == 0 && en_fact_index(k, "inr") == 3);
    CHECK(en_fact_index(k, "mood") == SIZE_MAX);
    CHECK(en_knowledge_table_count(k) == 5);
    CHECK_TEXT(en_knowledge_table_at(k, 0)->name, "schema");
    CHECK(en_knowledge_table_at(k, 3) == en_table_get(k, "rules"));
    en_arena_free(&a);
}

/* The version tells tables apart by any byte, and not by the order in which files are handed in. */
static void test_tables_version(void **state)
{
    struct en_arena a = EN_ARENA(ARENA);
    struct small s = small_make();
    const struct en_embedded first = s.files[0];
    const char *one = en_knowledge_version(small_load(&a));
    struct en_knowledge *k = NULL;
    struct en_problems problems;

    (void)state;
    CHECK(strlen(one) == 16 && strspn(one, "0123456789abcdef") == 16);
    s.files[0] = s.files[1];
    s.files[1] = first;
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_OK);
    CHECK_TEXT(en_knowledge_version(k), one);
    small_put(&s, "rules.tsv", "# new\n" RULES(SMALL_COMMON, RULE_1),
              strlen("# new\n" RULES(SMALL_COMMON, RULE_1)));
    CHECK(en_tables_load(s.files, &a, &k, &problems, NULL) == EN_OK);
    CHECK(strcmp(en_knowledge_version(k), one) != 0);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_tables_refuse_a_malformed_file),
          cmocka_unit_test(test_tables_refuse_a_doubled_column),
          cmocka_unit_test(test_tables_refuse_a_wrong_cell),
          cmocka_unit_test(test_tables_refuse_a_wrong_fact),
          cmocka_unit_test(test_tables_refuse_a_wrong_schema),
          cmocka_unit_test(test_tables_need_a_schema_and_sources),
          cmocka_unit_test(test_tables_tell_all_problems_in_order),
          cmocka_unit_test(test_tables_have_limits),
          cmocka_unit_test(test_tables_have_a_longest_cell),
          cmocka_unit_test(test_tables_list_a_bounded_number_of_problems),
          cmocka_unit_test(test_tables_memory_may_end_anywhere),
          cmocka_unit_test(test_tables_look_up), cmocka_unit_test(test_tables_version));
