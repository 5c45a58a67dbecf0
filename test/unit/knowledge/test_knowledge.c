/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/folder.h"
#include "base/text.h"
#include "knowledge/knowledge.h"

#include "small.h"

#include <stdlib.h>
#include <unistd.h>

enum { ARENA = 256 << 20, PATH = 128 };

/* A folder of its own for each test, with files written into it. */
struct folder {
    char path[32];
    struct en_arena arena;
};

static int folder_open(void **state)
{
    static struct folder f;

    f = (struct folder){.path = "/tmp/enthesis-test-XXXXXX", .arena = EN_ARENA(ARENA)};
    CHECK(mkdtemp(f.path) != NULL);
    *state = &f;
    return 0;
}

static int folder_close(void **state)
{
    struct folder *f = *state;
    const char **names = NULL;
    size_t count = 0;

    CHECK(en_folder_list(f->path, "", 256, &f->arena, &names, &count, NULL) == EN_OK);
    for (size_t i = 0; i < count; i++) {
        char path[PATH];

        (void)snprintf(path, sizeof path, "%s/%s", f->path, names[i]);
        if (strcmp(names[i], ".") != 0 && strcmp(names[i], "..") != 0) {
            CHECK(unlink(path) == 0);
        }
    }
    CHECK(rmdir(f->path) == 0);
    en_arena_free(&f->arena);
    return 0;
}

static void put(const struct folder *f, const char *name, const char *bytes, size_t size)
{
    char path[PATH];

    (void)snprintf(path, sizeof path, "%s/%s", f->path, name);
    CHECK(en_file_write(path, bytes, size, NULL) == EN_OK);
}

/* The tables of the binary, written out. */
static void put_all(const struct folder *f)
{
    for (const struct en_embedded *e = EN_KNOWLEDGE_FILES; e->name != NULL; e++) {
        put(f, e->name, e->bytes, e->size);
    }
}

static const struct en_embedded *embedded(const char *name)
{
    const struct en_embedded *e = EN_KNOWLEDGE_FILES;

    while (strcmp(e->name, name) != 0) {
        e++;
    }
    return e;
}

/* The real tables without the lines that begin with `start`. */
static void put_without(struct folder *f, const char *name, const char *start)
{
    const struct en_embedded *e = embedded(name);
    struct en_buf b = EN_BUF(EN_TABLE_FILE_MAX);
    size_t dropped = 0;

    for (const char *line = e->bytes; *line != '\0';) {
        const size_t size = strcspn(line, "\n") + 1;

        if (en_text_starts(line, start)) {
            dropped++;
        } else {
            en_buf_add_bytes(&b, line, size);
        }
        line += size;
    }
    CHECK(dropped > 0);
    put(f, name, en_buf_text(&b), b.size);
    en_buf_free(&b);
}

/* What the program ships has no problem; every one would be printed here. */
static void test_knowledge_of_the_binary_is_sound(void **state)
{
    struct folder *f = *state;
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};
    const enum en_status status = en_knowledge_check(NULL, &f->arena, &k, &problems, &err);

    for (size_t i = 0; i < problems.count; i++) {
        print_error("%s\n", problems.lines[i]);
    }
    CHECK(status == EN_OK && problems.count == 0 && k != NULL);
    CHECK(en_table_get(k, "atlas")->row_count == 85);
    CHECK(en_table_get(k, "requirements")->row_count == 132);
    CHECK(en_limit(k, "la.load_stop") == 1.0);
    CHECK(en_list_has(en_cell(en_row_find(k, "policies", "thermal"), "values"),
                      en_policy(k, "thermal")));
}

/* Every tier has its expression, and no row is approved without a clinician. */
static void test_knowledge_tiers_are_parsed(void **state)
{
    struct folder *f = *state;
    struct en_knowledge *k = NULL;
    struct en_err err = {""};

    CHECK(en_knowledge_load(NULL, &f->arena, &k, &err) == EN_OK);
    const struct en_table *tiers = en_table_get(k, "tiers");

    for (size_t i = 0; i < tiers->row_count; i++) {
        const struct en_expr *e = en_cell_expr(&tiers->rows[i], "when");

        CHECK(e != NULL);
        CHECK_TEXT(en_expr_text(e), en_cell(&tiers->rows[i], "when"));
    }
}

/* A tier with nothing known is never true and says what to ask for; only known() can decide. */
static void test_knowledge_tiers_without_facts_are_not_true(void **state)
{
    struct folder *f = *state;
    struct en_knowledge *k = NULL;
    struct en_err err = {""};

    CHECK(en_knowledge_load(NULL, &f->arena, &k, &err) == EN_OK);
    const struct en_table *tiers = en_table_get(k, "tiers");
    const size_t count = en_table_get(k, "facts")->row_count;
    const struct en_fact_view view = {
        .knowledge = k, .facts = EN_NEW(&f->arena, struct en_fact, count), .today = 20000};
    size_t *missing = EN_NEW(&f->arena, size_t, count);

    for (size_t i = 0; i < tiers->row_count; i++) {
        const char *text = en_cell(&tiers->rows[i], "when");
        const struct en_expr *e = en_cell_expr(&tiers->rows[i], "when");
        const enum en_truth truth = en_expr_truth(e, &view);

        if (strstr(text, "known(") == NULL && strcmp(text, "true") != 0) {
            CHECK(truth == EN_UNKNOWN && en_expr_missing(e, &view, missing, count) > 0);
        }
    }
}

/* A folder with the same bytes is the same knowledge, with the same version; other files in it do
 * not matter. */
static void test_knowledge_folder_equals_the_binary(void **state)
{
    struct folder *f = *state;
    struct en_knowledge *own = NULL, *other = NULL;
    struct en_err err = {""};

    put_all(f);
    put(f, "README", "not a table\n", 12);
    CHECK(en_knowledge_load(NULL, &f->arena, &own, &err) == EN_OK);
    CHECK(en_knowledge_load(f->path, &f->arena, &other, &err) == EN_OK);
    CHECK_TEXT(en_knowledge_version(own), en_knowledge_version(other));
    CHECK(en_knowledge_table_count(own) == en_knowledge_table_count(other));
    put(f, "mine.tsv", "id\n", 3);
    CHECK(en_knowledge_load(f->path, &f->arena, &other, &err) == EN_EINVAL && other == NULL);
    CHECK_TEXT(err.text, "mine.tsv:1: unknown table; describe it in schema.tsv or remove the "
                         "file\n");
}

/* What the program asks for by name must be there, or it would stop in the middle of a plan. */
static void test_knowledge_folder_must_not_lack_what_is_asked_for(void **state)
{
    struct folder *f = *state;
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};

    put_all(f);
    put_without(f, "limits.tsv", "la.load_stop\t");
    CHECK(en_knowledge_check(f->path, &f->arena, &k, &problems, &err) == EN_EINVAL && k == NULL);
    CHECK(problems.count == 1);
    CHECK_TEXT(problems.lines[0],
               "limits.tsv:1: the row \"la.load_stop\" is missing; the program asks for it");
    put_all(f);
    put_without(f, "schema.tsv", "costs\t");
    CHECK(en_knowledge_check(f->path, &f->arena, &k, &problems, &err) == EN_EINVAL);
    CHECK_CONTAINS(problems.lines[0], "costs.tsv:1: unknown table");
}

static void test_knowledge_folder_must_have_every_table_and_column(void **state)
{
    struct folder *f = *state;
    const struct small s = small_make();
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};

    for (size_t i = 0; i < s.count; i++) {
        put(f, s.files[i].name, s.files[i].bytes, s.files[i].size);
    }
    CHECK(en_knowledge_check(f->path, &f->arena, &k, &problems, &err) == EN_EINVAL && k == NULL);
    CHECK(problems.count > 100);
    CHECK_TEXT(problems.lines[0], "ae_codes.tsv:1: the table is missing; the program asks for it");
    CHECK(en_knowledge_load(f->path, &f->arena, &k, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "ae_codes.tsv:1: the table is missing");
    CHECK_CONTAINS(err.text, " more");
}

/* Every problem of a real file comes with its line. */
static void test_knowledge_folder_problems_have_file_and_line(void **state)
{
    struct folder *f = *state;
    const struct en_embedded *tiers = embedded("tiers.tsv");
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};
    struct en_buf b = EN_BUF(EN_TABLE_FILE_MAX);
    size_t lines = 0;

    for (size_t i = 0; i < tiers->size; i++) {
        lines += tiers->bytes[i] == '\n';
    }
    put_all(f);
    en_buf_add_bytes(&b, tiers->bytes, tiers->size);
    en_buf_add(&b, "CI-07.extra\tCI-07\n");
    put(f, "tiers.tsv", en_buf_text(&b), b.size);
    CHECK(en_knowledge_check(f->path, &f->arena, &k, &problems, &err) == EN_EINVAL);
    CHECK(problems.count == 1);
    char place[64];

    (void)snprintf(place, sizeof place, "tiers.tsv:%zu: 2 cells", lines + 1);
    CHECK(en_text_starts(problems.lines[0], place));
    en_buf_free(&b);
}

/* A real table with one place changed. */
static void put_changed(struct folder *f, const char *name, const char *from, const char *to)
{
    const struct en_embedded *e = embedded(name);
    const char *place = strstr(e->bytes, from);
    struct en_buf b = EN_BUF(EN_TABLE_FILE_MAX);

    CHECK(place != NULL);
    en_buf_add_bytes(&b, e->bytes, (size_t)(place - e->bytes));
    en_buf_add(&b, to);
    en_buf_add(&b, place + strlen(from));
    put(f, name, en_buf_text(&b), b.size);
    en_buf_free(&b);
}

/* What no schema can say: a switch has one of its positions, a tier of the whole case names no fact
 * of a site, a convertible fact has the unit that conversion leads to. */
static void test_knowledge_cells_must_agree(void **state)
{
    static const struct {
        const char *name, *from, *to, *what;
    } LIST[] = {
        {"policies.tsv", "\tpatient_choice\t", "\tlukewarm\t", "value: \"lukewarm\" is none of"},
        {"tiers.tsv", "CI-07.defer\tCI-07\tdefer\tsite\t", "CI-07.defer\tCI-07\tdefer\tcase\t",
         "scope: the condition names site_class"},
        {"facts.tsv", "\tCel\ttemperature\t", "\t[degF]\ttemperature\t",
         "unit: not the canonical unit of the quantity \"temperature\""},
    };
    struct folder *f = *state;

    for (size_t i = 0; i < EN_COUNT(LIST); i++) {
        struct en_knowledge *k = NULL;
        struct en_problems problems;

        put_all(f);
        put_changed(f, LIST[i].name, LIST[i].from, LIST[i].to);
        CHECK(en_knowledge_check(f->path, &f->arena, &k, &problems, NULL) == EN_EINVAL);
        CHECK(en_text_starts(problems.lines[0], LIST[i].name));
        CHECK_CONTAINS(problems.lines[0], LIST[i].what);
    }
}

static void test_knowledge_folder_that_is_not_there(void **state)
{
    struct folder *f = *state;
    struct en_knowledge *k = NULL;
    struct en_err err = {""};

    CHECK(en_knowledge_load("/no/such/folder", &f->arena, &k, &err) == EN_ENOTFOUND && k == NULL);
    CHECK_CONTAINS(err.text, "/no/such/folder");
    CHECK(en_knowledge_load(f->path, &f->arena, &k, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "schema.tsv:1: the file is missing");
}

/* A file beyond the limit is named like any other problem. */
static void test_knowledge_folder_with_a_huge_file(void **state)
{
    struct folder *f = *state;
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    struct en_err err = {""};
    const size_t size = EN_TABLE_FILE_MAX + 1;
    char *bytes = EN_NEW(&f->arena, char, size);

    CHECK(bytes != NULL);
    memset(bytes, 'x', size);
    put_all(f);
    put(f, "texts.tsv", bytes, size);
    CHECK(en_knowledge_check(f->path, &f->arena, &k, &problems, &err) == EN_EINVAL);
    CHECK(problems.count == 1);
    CHECK_CONTAINS(problems.lines[0], "texts.tsv:1: the file has more than");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_open, folder_close)

TEST_MAIN(TEST(test_knowledge_of_the_binary_is_sound), TEST(test_knowledge_tiers_are_parsed),
          TEST(test_knowledge_tiers_without_facts_are_not_true),
          TEST(test_knowledge_folder_equals_the_binary),
          TEST(test_knowledge_folder_must_not_lack_what_is_asked_for),
          TEST(test_knowledge_folder_must_have_every_table_and_column),
          TEST(test_knowledge_folder_problems_have_file_and_line),
          TEST(test_knowledge_cells_must_agree), TEST(test_knowledge_folder_that_is_not_there),
          TEST(test_knowledge_folder_with_a_huge_file));
