/* SPDX-License-Identifier: Apache-2.0
 * Fault sweep: each operation of the program with request number 0, 1, 2 ... for memory refused,
 * until none is. It fails with a text about memory, its result is empty, and with enough memory the
 * same call succeeds: nothing was left half done. */
#include "app/app.h"

#include "base/folder.h"
#include "base/limits.h"
#include "fhir/builder.h"

#include "support/check.h"
#include "support/fault.h"

/* A test that failed in the middle must not take the memory of the next one. */
static int restore(void **state)
{
    (void)state;
    fault_after(SIZE_MAX);
    return 0;
}

enum { SWEEP_MAX = 5000 };

static struct en_arena knowledge_arena = {.limit = 256 << 20};
static struct en_app app;
static struct en_buf example = {.limit = EN_CASE_FILE_MAX};

static int setup(void **state)
{
    struct en_knowledge *k = NULL;

    (void)state;
    CHECK(en_knowledge_load(NULL, &knowledge_arena, &k, NULL) == EN_OK);
    CHECK(en_buf_read_file(&example, EN_SOURCE_ROOT "/examples/cases/knee-oa.json", NULL) == EN_OK);
    app.knowledge = k;
    return en_date_parse("2026-03-02", &app.today, NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    en_buf_free(&example);
    en_arena_free(&knowledge_arena);
    return 0;
}

/* One operation in an arena of its own; checks its own result. */
typedef enum en_status operation(struct en_arena *a, struct en_err *err);

/* Refuse ever later requests until none is refused. Returns how many there are. */
static size_t sweep(operation *work, size_t step)
{
    for (size_t n = 0; n < SWEEP_MAX; n += step) {
        struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
        struct en_err err = {""};

        fault_after(n);
        const enum en_status st = work(&a, &err);
        const int happened = fault_happened();

        fault_after(SIZE_MAX);
        en_arena_free(&a);
        if (!happened) {
            CHECK(st == EN_OK);
            return n;
        }
        /* An arena does not tell its ceiling from the system's end: care and forecast say limit. */
        if (st != EN_ENOMEM && st != EN_ELIMIT) {
            print_error("request %zu refused: %s, \"%s\"\n", n, en_status_meaning(st), err.text);
            fail();
        }
        CHECK(strstr(err.text, "memory") != NULL || strstr(err.text, "no room") != NULL);
        CHECK(strstr(err.text, "Synthetic") == NULL);
    }
    fail();
    return 0;
}

/* Operations */

static enum en_status load_tables(struct en_arena *a, struct en_err *err)
{
    struct en_knowledge *k = NULL;
    const enum en_status st = en_knowledge_load(NULL, a, &k, err);

    CHECK((st == EN_OK) == (k != NULL));
    return st;
}

static enum en_status load_folder(struct en_arena *a, struct en_err *err)
{
    struct en_knowledge *k = NULL;
    const enum en_status st = en_knowledge_load(EN_SOURCE_ROOT "/knowledge", a, &k, err);

    CHECK((st == EN_OK) == (k != NULL));
    return st;
}

static enum en_status read_case(struct en_arena *a, struct en_err *err)
{
    struct en_issues issues = {0};
    struct en_case c;
    const enum en_status st =
        en_app_case(&app, en_buf_text(&example), example.size, a, &c, &issues, err);

    CHECK((st == EN_OK) == (c.facts != NULL));
    return st;
}

static enum en_status build_case(struct en_arena *a, struct en_err *err)
{
    static const struct en_case_item ITEMS[] = {{"condition", "oa_knee", EN_DAY_UNKNOWN},
                                                {"weight", "80 kg", EN_DAY_UNKNOWN},
                                                {"drug", "ibuprofen", EN_DAY_UNKNOWN}};
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues = {0};
    const enum en_status st =
        en_fhir_build_case(app.knowledge, &(struct en_case_items){ITEMS, EN_COUNT(ITEMS)},
                           app.today, a, &json, &issues, err);

    CHECK((st == EN_OK) == (json.size > 0));
    en_buf_free(&json);
    return st;
}

static enum en_status make_plan(struct en_arena *a, struct en_plan_answer *out, struct en_err *err)
{
    const struct en_plan_request request = {
        .options = {.start = EN_DAY_UNKNOWN}, .patients = 64, .seed = 1, .threads = 1};
    struct en_issues issues = {0};
    struct en_case c;

    EN_TRY(en_app_case(&app, en_buf_text(&example), example.size, a, &c, &issues, err));
    return en_app_plan(&app, &c, &request, a, out, err);
}

static enum en_status plan_case(struct en_arena *a, struct en_err *err)
{
    struct en_plan_answer answer = {.is_issued = false};
    const enum en_status st = make_plan(a, &answer, err);

    CHECK((st == EN_OK) == answer.is_issued);
    CHECK((st == EN_OK) == (answer.forecast != NULL));
    return st;
}

static enum en_status write_plan(struct en_arena *a, struct en_err *err)
{
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_plan_answer answer;
    enum en_status st = make_plan(a, &answer, err);

    if (st == EN_OK) {
        st = en_app_plan_bundle(&app, &answer, a, &json, err);
    }
    en_buf_free(&json);
    return st;
}

static enum en_status list_folder(struct en_arena *a, struct en_err *err)
{
    const char **names = NULL;
    size_t count = 0;

    return en_folder_list(EN_SOURCE_ROOT "/knowledge", ".tsv", 100, a, &names, &count, err);
}

static enum en_status read_file(struct en_arena *a, struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_CASE_FILE_MAX);
    const enum en_status st =
        en_buf_read_file(&text, EN_SOURCE_ROOT "/examples/cases/knee-oa.json", err);

    (void)a;
    en_buf_free(&text);
    return st;
}

/* Sweeps */

static void test_loading_survives_every_refusal(void **state)
{
    (void)state;
    CHECK(sweep(load_tables, 1) > 5);
    CHECK(sweep(load_folder, 1) > 20);
}

static void test_reading_survives_every_refusal(void **state)
{
    (void)state;
    CHECK(sweep(read_file, 1) >= 1);
    CHECK(sweep(list_folder, 1) >= 1);
    CHECK(sweep(read_case, 1) > 3);
    CHECK(sweep(build_case, 1) > 2);
}

static void test_planning_survives_every_refusal(void **state)
{
    (void)state;
    CHECK(sweep(plan_case, 1) > 5);
    CHECK(sweep(write_plan, 1) > 10);
}

/* A refused request leaves the arena usable: what was taken before it stays. */
static void test_arena_after_a_refusal(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    char *first = en_arena_copy(&a, "kept", SIZE_MAX);

    (void)state;
    CHECK(first != NULL);
    const size_t used = a.used;

    fault_after(0);
    CHECK(EN_NEW(&a, char, 1 << 20) == NULL);
    CHECK(a.used == used && fault_happened());
    CHECK(EN_NEW(&a, char, 100) != NULL); /* there is room in the block at hand */
    fault_after(SIZE_MAX);
    CHECK(EN_NEW(&a, char, 1 << 20) != NULL);
    CHECK_TEXT(first, "kept");
    en_arena_free(&a);
}

/* A buffer keeps what it had, says why it stopped, and takes nothing any more. */
static void test_buffer_after_a_refusal(void **state)
{
    struct en_buf b = EN_BUF(1 << 20);
    struct en_err err = {""};

    (void)state;
    en_buf_add(&b, "kept");
    fault_after(0);
    for (int i = 0; i < 100; i++) {
        en_buf_add(&b, "0123456789");
    }
    fault_after(SIZE_MAX);
    CHECK(b.status == EN_ENOMEM && en_buf_check(&b, "the text", &err) == EN_ENOMEM);
    CHECK_CONTAINS(err.text, "the text");
    CHECK(strncmp(en_buf_text(&b), "kept0123456789", 14) == 0 && b.size < 300);
    const size_t size = b.size;

    en_buf_add(&b, "x");
    CHECK(b.size == size);
    en_buf_clear(&b);
    en_buf_add(&b, "again");
    CHECK_TEXT(en_buf_text(&b), "again");
    en_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_loading_survives_every_refusal, restore),
        cmocka_unit_test_teardown(test_reading_survives_every_refusal, restore),
        cmocka_unit_test_teardown(test_planning_survives_every_refusal, restore),
        cmocka_unit_test_teardown(test_arena_after_a_refusal, restore),
        cmocka_unit_test_teardown(test_buffer_after_a_refusal, restore),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
