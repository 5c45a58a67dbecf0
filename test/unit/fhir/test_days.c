/* SPDX-License-Identifier: Apache-2.0
 * When a value was measured: for every fact that can be given, what its age, a newer value and a
 * second value of the same day make of it. */
#include "fhir/builder.h"
#include "unit/fhir/bundle.h"

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};
static struct en_issues issues;

static struct en_case read_items(const struct en_case_item *items, size_t count)
{
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX);
    struct en_case c = {0};

    issues = (struct en_issues){0};
    if (en_fhir_build_case(knowledge(), &(struct en_case_items){items, count}, today(), &memory,
                           &json, &issues, NULL) != EN_OK ||
        read_case(&memory, en_buf_text(&json), &c, &issues) != EN_OK) {
        print_error("%s\n", items[0].field);
        print_issues(&issues);
        fail();
    }
    en_buf_free(&json);
    return c;
}

/* Two different values of a fact, as text. */
struct pair {
    const char *first, *second;
};

static struct pair values_of(const struct en_row *fact)
{
    const char *type = en_cell(fact, "type"), *item = NULL, *list = en_cell(fact, "values");
    struct pair p = {"yes", "no"};
    size_t size = 0;

    if (strcmp(type, "number") == 0) {
        p.first = en_arena_print(&memory, "%s %s", en_cell(fact, "low"), en_cell(fact, "unit"));
        p.second = en_arena_print(&memory, "%s %s", en_cell(fact, "high"), en_cell(fact, "unit"));
    } else if (strcmp(type, "date") == 0) {
        p = (struct pair){"2020-01-01", "2020-01-02"};
    } else if (strcmp(type, "code") == 0) {
        list = en_list_next(list, &item, &size);
        p.first = en_arena_copy(&memory, item, size);
        CHECK(en_list_next(list, &item, &size) != NULL);
        p.second = en_arena_copy(&memory, item, size);
    }
    return p;
}

typedef void with_fact(size_t index, const struct en_row *fact, const char *id, struct pair values);

/* Facts that are Observations; sex and birth date belong to the Patient and have no day. */
static void each_fact(with_fact *work)
{
    const struct en_table *facts = en_table_get(knowledge(), "facts");
    size_t count = 0;

    for (size_t i = 0; i < facts->row_count; i++) {
        const struct en_arena_mark mark = en_arena_mark(&memory);
        const struct en_row *row = &facts->rows[i];

        if (strcmp(en_cell(row, "origin"), "derived") != 0 &&
            strcmp(en_cell(row, "resource"), "Patient") != 0) {
            work(i, row, en_cell(row, "id"), values_of(row));
            count++;
        }
        en_arena_rewind(&memory, mark);
    }
    CHECK(count > 130);
}

static struct en_fact seen(const struct en_case *c, size_t index, bool *is_stale)
{
    const struct en_fact_view view = {knowledge(), c->facts, today()};

    return en_fact_seen(&view, index, is_stale);
}

/* Age */

static void check_age(size_t index, const struct en_row *fact, const char *id, struct pair values)
{
    const double age = en_cell_number(fact, "max_age_days");

    for (int beyond = 0; beyond <= 1; beyond++) {
        const en_day day = today() - (isnan(age) ? 20000 : (en_day)age) - beyond;
        const struct en_case_item item = {id, values.first, day};
        const struct en_case c = read_items(&item, 1);
        const bool want_known = isnan(age) || beyond == 0;
        bool is_stale = false;

        CHECK(c.facts[index].kind != EN_FACT_UNKNOWN && c.facts[index].as_of == day);
        if ((seen(&c, index, &is_stale).kind != EN_FACT_UNKNOWN) != want_known ||
            is_stale == want_known) {
            print_error("%s, %d day(s) beyond its age\n", id, beyond);
            fail();
        }
    }
}

/* A value counts on the last day of its age, and no longer on the day after; without an age it
 * counts for ever. An INR of eight days must not release a needle. */
static void test_every_fact_ends_with_its_age(void **state)
{
    (void)state;
    each_fact(check_age);
}

/* Newer values */

static bool is_equal(const struct en_fact *a, const struct en_fact *b)
{
    return a->kind == b->kind && a->truth == b->truth && a->date == b->date &&
           !(a->number < b->number) && !(a->number > b->number) && en_text_equal(a->code, b->code);
}

static void check_newer(size_t index, const struct en_row *fact, const char *id, struct pair values)
{
    const struct en_case_item ascending[] = {{id, values.first, today() - 1},
                                             {id, values.second, today()}};
    const struct en_case_item descending[] = {ascending[1], ascending[0]};
    const struct en_case one = read_items(&ascending[1], 1);
    const struct en_case up = read_items(ascending, 2);
    const size_t warnings = issues.count;
    const struct en_case down = read_items(descending, 2);

    (void)fact;
    CHECK(warnings == 0 && issues.count == 0);
    CHECK(is_equal(&up.facts[index], &one.facts[index]));
    CHECK(is_equal(&down.facts[index], &one.facts[index]));
    CHECK(up.facts[index].as_of == today());
}

/* The newest value counts, whatever the order in the file. */
static void test_every_fact_takes_the_newest(void **state)
{
    (void)state;
    each_fact(check_newer);
}

static void check_newer_unknown(size_t index, const struct en_row *fact, const char *id,
                                struct pair values)
{
    const struct en_case_item items[] = {{id, "unknown", today()}, {id, values.first, today() - 1}};
    const struct en_case c = read_items(items, 2);

    (void)fact;
    CHECK(c.facts[index].kind == EN_FACT_UNKNOWN);
}

/* "I do not know any more" hides what was known before. */
static void test_every_fact_can_become_unknown(void **state)
{
    (void)state;
    each_fact(check_newer_unknown);
}

/* The same day */

static void check_conflict(size_t index, const struct en_row *fact, const char *id,
                           struct pair values)
{
    const struct en_case_item items[] = {
        {id, values.first, today()}, {id, values.second, today()}, {id, values.first, today()}};
    const struct en_case two = read_items(items, 2);
    bool is_named = false;

    (void)fact;
    CHECK(two.facts[index].kind == EN_FACT_UNKNOWN);
    CHECK(issues.error_count == 0 && issues.count > 0);
    for (size_t i = 0; i < issues.count; i++) {
        is_named = is_named || (strcmp(issues.items[i].code, "conflict") == 0 &&
                                en_text_starts(issues.items[i].text, id));
    }
    CHECK(is_named);
    /* A majority decides nothing. */
    const struct en_case three = read_items(items, 3);

    CHECK(three.facts[index].kind == EN_FACT_UNKNOWN);
}

/* Two values of one day contradict each other: neither is used, and the person is told. */
static void test_every_fact_in_conflict_is_unknown(void **state)
{
    (void)state;
    each_fact(check_conflict);
}

static void check_repeated(size_t index, const struct en_row *fact, const char *id,
                           struct pair values)
{
    const struct en_case_item items[] = {{id, values.first, today()}, {id, values.first, today()}};
    const struct en_case c = read_items(items, 2), one = read_items(items, 1);

    (void)fact;
    CHECK(issues.count == 0);
    CHECK(is_equal(&c.facts[index], &one.facts[index]));
}

/* The same value twice is no contradiction: exports repeat themselves. */
static void test_every_fact_may_be_repeated(void **state)
{
    (void)state;
    each_fact(check_repeated);
}

static void check_older_conflict(size_t index, const struct en_row *fact, const char *id,
                                 struct pair values)
{
    const struct en_case_item items[] = {{id, values.first, today() - 1},
                                         {id, values.second, today() - 1},
                                         {id, values.second, today()}};
    const struct en_case c = read_items(items, EN_COUNT(items)), one = read_items(&items[2], 1);

    (void)fact;
    CHECK(is_equal(&c.facts[index], &one.facts[index]));
}

/* An old contradiction is settled by a newer word. */
static void test_every_fact_outlives_an_old_conflict(void **state)
{
    (void)state;
    each_fact(check_older_conflict);
}

TEST_MAIN(cmocka_unit_test(test_every_fact_ends_with_its_age),
          cmocka_unit_test(test_every_fact_takes_the_newest),
          cmocka_unit_test(test_every_fact_can_become_unknown),
          cmocka_unit_test(test_every_fact_in_conflict_is_unknown),
          cmocka_unit_test(test_every_fact_may_be_repeated),
          cmocka_unit_test(test_every_fact_outlives_an_old_conflict));
