/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/overlay.h"

#include "base/buf.h"
#include "knowledge/tables.h"

#include <stdio.h>
#include <string.h>

/* An overlay in the making. */
struct making {
    const struct en_knowledge *base;
    struct en_knowledge *k;
    struct en_row **rows; /* shape [table_count]: own rows of a table, NULL: still the base's */
    struct en_arena *a;
};

/* Rows that lead to the table of the overlay; cells are still shared. */
static bool make_own(struct making *m, size_t table)
{
    struct en_table *t = &m->k->tables[table].table;
    struct en_row *rows = EN_NEW(m->a, struct en_row, t->row_count);

    if (rows == NULL) {
        return false;
    }
    for (size_t i = 0; i < t->row_count; i++) {
        rows[i] = t->rows[i];
        rows[i].table = t;
    }
    m->rows[table] = rows;
    t->rows = rows;
    return true;
}

static enum en_status set_cell(struct making *m, size_t table, size_t row, size_t column,
                               const char *text, struct en_err *err)
{
    const size_t count = m->k->tables[table].table.column_count;
    const char **cells = EN_NEW(m->a, const char *, count);

    if (cells == NULL || (m->rows[table] == NULL && !make_own(m, table))) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's tables");
    }
    memcpy(cells, m->rows[table][row].cells, count * sizeof *cells);
    cells[column] = text;
    m->rows[table][row].cells = cells;
    return EN_OK;
}

static enum en_status change_cell(struct making *m, const struct en_cell_change *c,
                                  struct en_err *err)
{
    const struct en_table_data *t = en_table_find(m->k, c->table, strlen(c->table));
    const struct en_row *row = t == NULL ? NULL : en_index_find(t, c->id, strlen(c->id));
    size_t column = 0;

    while (row != NULL && column < t->table.column_count &&
           strcmp(t->table.columns[column], c->column) != 0) {
        column++;
    }
    if (row == NULL || column == t->table.column_count) {
        return en_fail(err, EN_EINVAL, "%.64s.tsv has no row \"%.64s\" with a column %.64s",
                       c->table, c->id, c->column);
    }
    if (t->column_rules[column]->type == EN_COLUMN_ID ||
        t->column_rules[column]->type == EN_COLUMN_EXPR) {
        return en_fail(err, EN_EINVAL, "%.64s.%.64s cannot be changed", c->table, c->column);
    }
    return set_cell(m, (size_t)(t - m->k->tables), (size_t)(row - t->table.rows), column, c->text,
                    err);
}

/* The tables that were changed, once more through the checks of loading. */
static enum en_status check(struct en_knowledge *k, const struct en_knowledge *base,
                            struct en_arena *a, struct en_err *err)
{
    struct en_loader l = {.a = a, .k = k};
    struct en_problems problems = {0};

    for (size_t i = 0; i < k->table_count; i++) {
        if (k->tables[i].table.rows != base->tables[i].table.rows) {
            en_cells_check(&l, &k->tables[i]);
            en_crosscheck_table(&l, &k->tables[i]);
        }
    }
    en_problems_sort(&l, &problems);
    if (l.status != EN_OK) {
        return en_fail(err, l.status, "no memory for the clinic's tables");
    }
    return problems.count == 0 ? EN_OK : en_fail(err, EN_EINVAL, "%.250s", problems.lines[0]);
}

enum en_status en_knowledge_with(const struct en_knowledge *base,
                                 const struct en_cell_change *changes, size_t count,
                                 const char *mark, struct en_arena *a, struct en_knowledge **out,
                                 struct en_err *err)
{
    struct en_knowledge *k = EN_NEW(a, struct en_knowledge, 1);
    struct en_table_data *tables = EN_NEW(a, struct en_table_data, base->table_count);
    struct making m = {base, k, EN_NEW(a, struct en_row *, base->table_count), a};

    *out = NULL;
    if (k == NULL || tables == NULL || m.rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's tables");
    }
    *k = *base;
    memcpy(tables, base->tables, base->table_count * sizeof *tables);
    k->tables = tables;
    if (mark != NULL) {
        (void)snprintf(k->version, sizeof k->version, "%.16s+%.16s", base->version, mark);
    }
    for (size_t i = 0; i < count; i++) {
        EN_TRY(change_cell(&m, &changes[i], err));
    }
    EN_TRY(check(k, base, a, err));
    *out = k;
    return EN_OK;
}
