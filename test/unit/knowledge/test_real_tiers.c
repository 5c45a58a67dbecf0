/* SPDX-License-Identifier: Apache-2.0
 * Every condition that stands in the real tables, under random facts: with all facts known it
 * decides; what it calls missing is enough to decide and is really missing; more knowledge never
 * turns a decision around. */
#include "base/text.h"
#include "knowledge/tables.h"

#include "support/check.h"
#include "unit/base/dice.h"

enum { FACTS_MAX = 400, ROUNDS = 200 };

static struct en_arena arena = {.limit = 64 << 20};
static struct en_knowledge *k;
static const struct en_table *facts;
static const en_day TODAY = 20500;

static int load(void **state)
{
    (void)state;
    if (en_knowledge_load(NULL, &arena, &k, NULL) != EN_OK) {
        return -1;
    }
    facts = en_table_get(k, "facts");
    return facts->row_count <= FACTS_MAX ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

/* A finite value of the fact's own type, of today: numbers on, beside and between the limits. */
static struct en_fact any_fact(size_t index, struct dice *d)
{
    const struct en_row *row = &facts->rows[index];
    const char *item = NULL, *list = en_cell(row, "values"), *chosen = NULL;
    struct en_fact f = {.as_of = TODAY};
    size_t size = 0, count = 0;

    if (strcmp(en_cell(row, "type"), "number") == 0) {
        static const double VALUES[] = {0.0,   0.5,   0.6,   1.0,   1.4,  2.0,  3.0,
                                        3.5,   7.0,   8.2,   20.0,  38.0, 50.0, 100.0,
                                        140.0, 180.0, 200.0, 365.0, 1e4};
        f.kind = EN_FACT_NUMBER;
        f.number = VALUES[dice_below(d, EN_COUNT(VALUES))];
    } else if (strcmp(en_cell(row, "type"), "bool") == 0) {
        f.kind = EN_FACT_BOOL;
        f.truth = dice_below(d, 2) == 1;
    } else if (strcmp(en_cell(row, "type"), "date") == 0) {
        f.kind = EN_FACT_DATE;
        f.date = TODAY - (en_day)dice_below(d, 400);
    } else {
        while ((list = en_list_next(list, &item, &size)) != NULL) {
            count++;
            if (dice_below(d, count) == 0) { /* each with the same chance */
                chosen = en_arena_copy(&arena, item, size);
            }
        }
        f.kind = EN_FACT_CODE;
        f.code = count == 0 ? "x" : chosen;
    }
    return f;
}

typedef void with_condition(const struct en_row *row, const struct en_expr *e, struct dice *d);

/* Every cell of type expr of every table. */
static void each_condition(with_condition *work)
{
    struct dice d = {2026};
    size_t count = 0;

    for (size_t t = 0; t < en_knowledge_table_count(k); t++) {
        const struct en_table *table = en_knowledge_table_at(k, t);

        for (size_t i = 0; i < table->row_count * table->column_count; i++) {
            const struct en_row *row = &table->rows[i / table->column_count];
            const size_t column = i % table->column_count;
            const struct en_table_data *data = en_table_data(table);

            if (row->cells[column][0] != '\0' && data->column_rules[column] != NULL &&
                data->column_rules[column]->type == EN_COLUMN_EXPR) {
                const struct en_arena_mark mark = en_arena_mark(&arena);

                work(row, en_cell_expr(row, table->columns[column]), &d);
                en_arena_rewind(&arena, mark);
                count++;
            }
        }
    }
    CHECK(count > 220);
}

static void blame(const struct en_row *row, const struct en_expr *e, const char *what)
{
    print_error("%s.tsv:%d %s: %s\n", row->table->name, row->line, en_expr_text(e), what);
    fail();
}

static struct en_fact_view view_of(const struct en_fact *values)
{
    return (struct en_fact_view){k, values, TODAY};
}

/* All known */

static void decides(const struct en_row *row, const struct en_expr *e, struct dice *d)
{
    struct en_fact values[FACTS_MAX] = {{.kind = EN_FACT_UNKNOWN}};
    const struct en_fact_view view = view_of(values);
    const size_t *inputs = NULL;
    const size_t count = en_expr_inputs(e, &inputs);
    size_t missing[FACTS_MAX];

    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < count; i++) {
            values[inputs[i]] = any_fact(inputs[i], d);
        }
        if (en_expr_truth(e, &view) == EN_UNKNOWN) {
            blame(row, e, "is unknown though all of its facts are known");
        }
        CHECK(en_expr_missing(e, &view, missing, FACTS_MAX) == 0);
    }
}

/* Nobody is asked again for what was answered: a tier with all its facts is true or false. */
static void test_conditions_decide_with_all_facts(void **state)
{
    (void)state;
    each_condition(decides);
}

/* Both answers */

static size_t always_same;

static void takes_both_values(const struct en_row *row, const struct en_expr *e, struct dice *d)
{
    struct en_fact values[FACTS_MAX] = {{.kind = EN_FACT_UNKNOWN}};
    const struct en_fact_view view = view_of(values);
    const size_t *inputs = NULL;
    const size_t count = en_expr_inputs(e, &inputs);
    size_t seen[2] = {0, 0};

    for (int round = 0; round < 4000 && (seen[0] == 0 || seen[1] == 0); round++) {
        for (size_t i = 0; i < count; i++) {
            values[inputs[i]] = any_fact(inputs[i], d);
            if (dice_below(d, 8) == 0) {
                values[inputs[i]].kind = EN_FACT_UNKNOWN; /* for known() */
            }
        }
        const enum en_truth truth = en_expr_truth(e, &view);

        if (truth != EN_UNKNOWN) {
            seen[truth == EN_TRUE ? 1 : 0]++;
        }
    }
    if (count > 0 && (seen[0] == 0 || seen[1] == 0)) {
        print_message("%s.tsv:%d %s is always %s\n", row->table->name, row->line, en_expr_text(e),
                      seen[0] == 0 ? "true" : "false");
        always_same++;
    }
}

/* A condition that nothing makes true guards nothing; one that nothing makes false blocks all. */
static void test_conditions_can_be_true_and_false(void **state)
{
    (void)state;
    always_same = 0;
    each_condition(takes_both_values);
    CHECK(always_same == 0);
}

/* Missing */

/* Some of the inputs, the others unknown. */
static void some_facts(struct en_fact *values, const size_t *inputs, size_t count, struct dice *d)
{
    for (size_t i = 0; i < count; i++) {
        values[inputs[i]] = any_fact(inputs[i], d);
        if (dice_below(d, 2) == 0) {
            values[inputs[i]] = (struct en_fact){.kind = EN_FACT_UNKNOWN};
        }
    }
}

static bool holds(const size_t *list, size_t count, size_t value)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == value) {
            return true;
        }
    }
    return false;
}

/* Answer what is missing, again and again: it ends, decided, and never asks for the same twice. */
static void answer_all(const struct en_row *row, const struct en_expr *e, struct en_fact *values,
                       struct dice *d)
{
    const struct en_fact_view view = view_of(values);
    const size_t *inputs = NULL;
    const size_t input_count = en_expr_inputs(e, &inputs);
    size_t missing[FACTS_MAX];

    for (size_t asked = 0; en_expr_truth(e, &view) == EN_UNKNOWN; asked++) {
        const size_t count = en_expr_missing(e, &view, missing, FACTS_MAX);

        if (count == 0 || asked > input_count) {
            blame(row, e, "is unknown and asks for nothing new");
        }
        for (size_t i = 0; i < count; i++) {
            CHECK(holds(inputs, input_count, missing[i]));
            CHECK(!holds(missing, i, missing[i]));
            CHECK(values[missing[i]].kind == EN_FACT_UNKNOWN);
        }
        /* One answer at a time: the next question may have become needless. */
        const size_t next = missing[dice_below(d, count)];

        values[next] = any_fact(next, d);
    }
    CHECK(en_expr_missing(e, &view, missing, FACTS_MAX) == 0);
}

static void missing_is_enough(const struct en_row *row, const struct en_expr *e, struct dice *d)
{
    struct en_fact values[FACTS_MAX];
    const size_t *inputs = NULL;
    const size_t count = en_expr_inputs(e, &inputs);

    for (int round = 0; round < ROUNDS; round++) {
        memset(values, 0, sizeof values);
        some_facts(values, inputs, count, d);
        answer_all(row, e, values, d);
    }
}

/* Whoever answers what is asked for gets a decision. */
static void test_missing_facts_are_enough(void **state)
{
    (void)state;
    each_condition(missing_is_enough);
}

/* More knowledge */

static void stays_decided(const struct en_row *row, const struct en_expr *e, struct dice *d)
{
    struct en_fact values[FACTS_MAX];
    const struct en_fact_view view = view_of(values);
    const size_t *inputs = NULL;
    const size_t count = en_expr_inputs(e, &inputs);

    if (strstr(en_expr_text(e), "known(") != NULL) {
        return; /* asks about the knowledge itself */
    }
    for (int round = 0; round < ROUNDS; round++) {
        memset(values, 0, sizeof values);
        some_facts(values, inputs, count, d);
        const enum en_truth before = en_expr_truth(e, &view);

        for (size_t i = 0; i < count; i++) {
            if (values[inputs[i]].kind == EN_FACT_UNKNOWN) {
                values[inputs[i]] = any_fact(inputs[i], d);
            }
        }
        const enum en_truth after = en_expr_truth(e, &view);

        if (before != EN_UNKNOWN && before != after) {
            blame(row, e, "was decided and changed with more facts");
        }
    }
}

/* Kleene's logic is monotone: what is decided stays so, whatever the unknown facts prove to be. */
static void test_decisions_do_not_change_with_more_facts(void **state)
{
    (void)state;
    each_condition(stays_decided);
}

/* Stale facts */

static void stale_is_unknown(const struct en_row *row, const struct en_expr *e, struct dice *d)
{
    struct en_fact fresh[FACTS_MAX], stale[FACTS_MAX];
    const struct en_fact_view before = view_of(stale), after = view_of(fresh);
    const size_t *inputs = NULL;
    const size_t count = en_expr_inputs(e, &inputs);

    for (int round = 0; round < ROUNDS / 4; round++) {
        memset(fresh, 0, sizeof fresh);
        some_facts(fresh, inputs, count, d);
        memcpy(stale, fresh, sizeof stale);
        for (size_t i = 0; i < count; i++) {
            const double age = k->facts[inputs[i]].max_age_days;

            if (!isnan(age) && fresh[inputs[i]].kind != EN_FACT_UNKNOWN) {
                stale[inputs[i]].as_of = TODAY - (en_day)age - 1;
                fresh[inputs[i]] = (struct en_fact){.kind = EN_FACT_UNKNOWN};
            }
        }
        if (strstr(en_expr_text(e), "age_days(") == NULL &&
            en_expr_truth(e, &before) != en_expr_truth(e, &after)) {
            blame(row, e, "takes a stale fact for something else than an unknown one");
        }
    }
}

/* A fact beyond its age and a fact that nobody gave are the same to every condition. */
static void test_stale_facts_are_unknown_facts(void **state)
{
    (void)state;
    each_condition(stale_is_unknown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions_decide_with_all_facts),
        cmocka_unit_test(test_conditions_can_be_true_and_false),
        cmocka_unit_test(test_missing_facts_are_enough),
        cmocka_unit_test(test_decisions_do_not_change_with_more_facts),
        cmocka_unit_test(test_stale_facts_are_unknown_facts),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
