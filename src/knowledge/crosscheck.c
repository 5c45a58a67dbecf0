/* SPDX-License-Identifier: Apache-2.0
 * knowledge/crosscheck: what must agree between cells and tables and no schema can say. */
#include "base/text.h"
#include "knowledge/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A column may be missing here, which is a problem told before. */
static double number_of(const struct en_row *row, const char *column)
{
    double value = NAN;

    return en_text_number(en_cell_or_empty(row, column), &value) ? value : NAN;
}

/* Rising numbers of the policy's range. */
static void check_numbers(struct en_loader *l, const struct en_table_data *t,
                          const struct en_row *row)
{
    const double low = number_of(row, "low"), high = number_of(row, "high");
    const double most = number_of(row, "most");
    const char *list = en_cell_or_empty(row, "value"), *item = NULL;
    double last = -INFINITY, number = NAN;
    size_t size = 0;
    double count = 0.0;
    char text[16];

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        (void)snprintf(text, sizeof text, "%.*s", size < sizeof text ? (int)size : 0, item);
        if (!en_text_number(text, &number) || !(number > last) || !(number >= low) ||
            !(number <= high) || !(++count <= most)) {
            en_problem_add(l, t->file, (size_t)row->line,
                           "value: must be one to %g rising numbers of %g to %g, parted by \"; \"",
                           most, low, high);
            return;
        }
        last = number;
    }
    if (count == 0.0) {
        en_problem_add(l, t->file, (size_t)row->line, "value: holds no number");
    }
}

/* Ids of rows of the policy's table, each once. */
static void check_ids(struct en_loader *l, const struct en_table_data *t, const struct en_row *row)
{
    const char *of = en_cell_or_empty(row, "of"), *start = en_cell_or_empty(row, "value");
    const struct en_table_data *target = en_table_find(l->k, of, strlen(of));
    const double most = number_of(row, "most");
    const char *list = start, *item = NULL;
    size_t size = 0;
    double count = 0.0;

    if (target == NULL) {
        en_problem_add(l, t->file, (size_t)row->line, "of: \"%.40s\" is no table", of);
        return;
    }
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        if (!target->is_broken && en_index_find(target, item, size) == NULL) {
            en_problem_add(l, t->file, (size_t)row->line, "value: \"%.*s\" is no id of %s",
                           size < 64 ? (int)size : 64, item, target->file);
        } else if (!(++count <= most)) {
            en_problem_add(l, t->file, (size_t)row->line, "value: more than %g ids", most);
            return;
        }
    }
}

/* A switch stands at one of its positions. */
static void check_policy(struct en_loader *l, const struct en_table_data *t,
                         const struct en_row *row)
{
    const char *value = en_cell_or_empty(row, "value"), *values = en_cell_or_empty(row, "values");
    const char *form = en_cell_or_empty(row, "form");

    if ((values[0] != '\0') != (strcmp(form, "choice") == 0)) {
        en_problem_add(l, t->file, (size_t)row->line,
                       "form: a policy with values is a choice, and only that");
    }
    if (strcmp(form, "choice") == 0 && !en_list_has(values, value)) {
        en_problem_add(l, t->file, (size_t)row->line, "value: \"%.60s\" is none of \"%.200s\"",
                       value, values);
    }
    if (strcmp(form, "numbers") == 0) {
        check_numbers(l, t, row);
    }
    if (strcmp(form, "ids") == 0) {
        check_ids(l, t, row);
    }
}

/* Facts named site_... are known for one site at a time, so a tier of the whole case that names
 * one would be unknown for ever. */
static void check_tier(struct en_loader *l, const struct en_table_data *t, const struct en_row *row)
{
    static const char SITE[] = "site_";
    const struct en_table_data *facts = en_table_find(l->k, "facts", strlen("facts"));
    const bool has_when = en_cell_or_empty(row, "when")[0] != '\0';
    const struct en_expr *when = has_when ? en_cell_expr(row, "when") : NULL;
    const size_t *inputs = NULL;
    const size_t count = when == NULL ? 0 : en_expr_inputs(when, &inputs);

    for (size_t i = 0; i < count; i++) {
        const char *fact = en_cell_or_empty(&facts->table.rows[inputs[i]], "id");

        if (strcmp(en_cell_or_empty(row, "scope"), "case") == 0 && en_text_starts(fact, SITE)) {
            en_problem_add(l, t->file, (size_t)row->line,
                           "scope: the condition names %s, which each site has; write site", fact);
        }
    }
}

/* Whether a unit is the canonical one of a quantity of units.tsv. */
static bool is_canonical(const struct en_table_data *units, const char *quantity, const char *unit)
{
    for (size_t i = 0; i < units->table.row_count; i++) {
        const struct en_row *row = &units->table.rows[i];

        if (strcmp(en_cell_or_empty(row, "quantity"), quantity) == 0 &&
            strcmp(en_cell_or_empty(row, "canonical"), unit) == 0) {
            return true;
        }
    }
    return false;
}

/* A value that can be converted is converted to the unit that expressions see. */
static void check_fact(struct en_loader *l, const struct en_table_data *t, const struct en_row *row)
{
    const struct en_table_data *units = en_table_find(l->k, "units", strlen("units"));
    const char *quantity = en_cell_or_empty(row, "quantity");

    if (quantity[0] != '\0' && units != NULL && !units->is_broken &&
        !is_canonical(units, quantity, en_cell_or_empty(row, "unit"))) {
        en_problem_add(l, t->file, (size_t)row->line,
                       "unit: not the canonical unit of the quantity \"%.40s\" in units.tsv",
                       quantity);
    }
}

static const struct {
    const char *table;
    void (*check)(struct en_loader *, const struct en_table_data *, const struct en_row *);
} CHECKS[] = {
    {"policies", check_policy},
    {"tiers", check_tier},
    {"facts", check_fact},
    {"trial_arms", en_trial_arm_check},
    {"trial_results", en_trial_result_check},
};

void en_crosscheck_table(struct en_loader *l, const struct en_table_data *t)
{
    for (size_t i = 0; i < EN_COUNT(CHECKS); i++) {
        for (size_t r = 0; strcmp(CHECKS[i].table, t->table.name) == 0 && r < t->table.row_count;
             r++) {
            CHECKS[i].check(l, t, &t->table.rows[r]);
        }
    }
}

void en_crosscheck(struct en_loader *l)
{
    for (size_t i = 0; i < EN_COUNT(CHECKS) && l->status == EN_OK; i++) {
        const struct en_table_data *t =
            en_table_find(l->k, CHECKS[i].table, strlen(CHECKS[i].table));

        if (t != NULL) {
            en_crosscheck_table(l, t);
        }
    }
}
