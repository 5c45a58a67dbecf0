/* SPDX-License-Identifier: Apache-2.0
 * knowledge/facts: what facts.tsv says beyond its schema, and the expressions over facts. */
#include "base/text.h"
#include "knowledge/tables.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *type;
    enum en_fact_kind kind;
} KINDS[] = {
    {"bool", EN_FACT_BOOL},
    {"number", EN_FACT_NUMBER},
    {"code", EN_FACT_CODE},
    {"date", EN_FACT_DATE},
};

static enum en_fact_kind kind_of(const char *type)
{
    for (size_t i = 0; i < EN_COUNT(KINDS); i++) {
        if (strcmp(KINDS[i].type, type) == 0) {
            return KINDS[i].kind;
        }
    }
    return EN_FACT_UNKNOWN;
}

static void read_fact(struct en_loader *l, const struct en_table_data *t, const struct en_row *row,
                      struct en_fact_rule *out)
{
    const char *id = en_cell_or_empty(row, "id"), *type = en_cell_or_empty(row, "type");
    const char *unit = en_cell_or_empty(row, "unit");
    const size_t line = (size_t)row->line;

    out->kind = kind_of(type);
    out->unit = unit;
    out->values = en_cell_or_empty(row, "values");
    out->max_age_days = NAN;
    (void)en_text_number(en_cell_or_empty(row, "max_age_days"), &out->max_age_days);
    if (out->kind == EN_FACT_UNKNOWN) {
        en_problem_add(l, t->file, line,
                       "type: \"%.40s\" is no kind of fact; write bool, number, code or date",
                       type);
    }
    if (out->kind == EN_FACT_NUMBER && unit[0] == '\0') {
        en_problem_add(l, t->file, line,
                       "unit: a number without unit; give its UCUM unit, \"1\" when it has none");
    }
    if (out->kind != EN_FACT_NUMBER && unit[0] != '\0') {
        en_problem_add(l, t->file, line, "unit: only a number has one; empty the cell");
    }
    if (out->kind == EN_FACT_CODE && out->values[0] == '\0') {
        en_problem_add(l, t->file, line, "values: a code without its words; list them");
    }
    if (!en_expr_can_name(id)) {
        en_problem_add(l, t->file, line,
                       "id: \"%.64s\" cannot be named in an expression; use letters, digits and _,"
                       " a letter first, and none of its words",
                       id);
    }
}

void en_facts_read(struct en_loader *l)
{
    const struct en_table_data *t = en_table_find(l->k, "facts", strlen("facts"));

    if (t == NULL || l->status != EN_OK) {
        return;
    }
    l->k->facts = EN_NEW(l->a, struct en_fact_rule, t->table.row_count);
    if (l->k->facts == NULL) {
        l->status = EN_ENOMEM;
        return;
    }
    for (size_t i = 0; i < t->table.row_count; i++) {
        read_fact(l, t, &t->table.rows[i], &l->k->facts[i]);
    }
}

/* One cell; its parsed form goes to *out. */
static void read_expression(struct en_loader *l, const struct en_table_data *t,
                            const struct en_row *row, size_t column, struct en_expr **out)
{
    struct en_err err = {""};
    const enum en_status status = en_expr_parse(l->k, l->a, row->cells[column], out, &err);

    if (status == EN_ENOMEM) {
        l->status = status;
    } else if (status != EN_OK) {
        en_problem_add(l, t->file, (size_t)row->line, "%s: %s", t->table.columns[column], err.text);
    }
}

static void read_expressions(struct en_loader *l, struct en_table_data *t)
{
    const size_t columns = t->table.column_count;

    for (size_t c = 0; c < columns; c++) {
        if (t->column_rules[c] == NULL || t->column_rules[c]->type != EN_COLUMN_EXPR) {
            continue;
        }
        if (t->expressions == NULL) {
            t->expressions = EN_NEW(l->a, struct en_expr *, t->table.row_count * columns);
        }
        if (t->expressions == NULL) {
            l->status = EN_ENOMEM;
            return;
        }
        for (size_t r = 0; r < t->table.row_count && l->status == EN_OK; r++) {
            if (t->table.rows[r].cells[c][0] != '\0') {
                read_expression(l, t, &t->table.rows[r], c, &t->expressions[r * columns + c]);
            }
        }
    }
}

void en_expressions_read(struct en_loader *l)
{
    const struct en_table_data *facts = en_table_find(l->k, "facts", strlen("facts"));

    /* Without all facts every expression that names a lost one would be a problem of its own. */
    if (facts != NULL && facts->is_broken) {
        return;
    }
    for (size_t i = 0; i < l->k->table_count && l->status == EN_OK; i++) {
        read_expressions(l, &l->k->tables[i]);
    }
}
