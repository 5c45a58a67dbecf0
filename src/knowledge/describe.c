/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/describe.h"

#include "base/text.h"
#include "knowledge/tables.h"

#include <assert.h>
#include <string.h>

size_t en_table_view_count(const struct en_table *t)
{
    return en_table_data(t)->rule_count;
}

struct en_column_view en_table_view_at(const struct en_table *t, size_t index)
{
    const struct en_table_data *data = en_table_data(t);

    assert(index < data->rule_count);
    const struct en_column *c = &data->rules[index];

    return (struct en_column_view){.name = c->name,
                                   .type = c->type_text,
                                   .unit = c->unit,
                                   .refers_to = c->refers_to,
                                   .meaning = c->meaning,
                                   .is_list = c->type == EN_COLUMN_LIST,
                                   .is_expression = c->type == EN_COLUMN_EXPR,
                                   .is_common = c->is_common};
}

bool en_table_is_signed(const struct en_table *t)
{
    return !en_text_equal(t->name, "schema") && !en_text_equal(t->name, "sources") &&
           !en_text_starts(t->name, "posterior");
}

const char *en_cell_unit(const struct en_row *row, const struct en_column_view *column)
{
    static const char COLUMN[] = "column:";
    const char *unit = en_text_starts(column->unit, COLUMN)
                           ? en_cell_or_empty(row, column->unit + strlen(COLUMN))
                           : column->unit;

    return en_text_equal(unit, "1") ? "" : unit;
}

const char *en_cell_or(const struct en_row *row, const char *column)
{
    return en_cell_or_empty(row, column);
}

const char *en_row_title(const struct en_row *row)
{
    static const char *const COLUMNS[] = {
        "title", "name",    "item",  "message",  "text",    "names",   "structure",
        "event", "display", "alias", "quantity", "pattern", "problem", "quote",
        "drug",  "measure", "payer", "study",    "meaning", "site",    "set",
    };

    for (size_t i = 0; i < EN_COUNT(COLUMNS); i++) {
        const char *cell = en_cell_or_empty(row, COLUMNS[i]);

        if (cell[0] != '\0') {
            return cell;
        }
    }
    return en_cell_or_empty(row, "id");
}

/* Whether the cell names the row: as its text, as an item, as a fact of its condition. */
static bool names(const struct en_knowledge *k, const struct en_row *user,
                  const struct en_column *c, const struct en_row *row, const char *id)
{
    const char *cell = en_cell_or_empty(user, c->name);

    if (cell[0] == '\0') {
        return false;
    }
    if (c->type == EN_COLUMN_EXPR) {
        const struct en_expr *e = en_cell_expr(user, c->name);
        const size_t *inputs = NULL;
        const size_t count = e == NULL ? 0 : en_expr_inputs(e, &inputs);
        const size_t own = en_fact_index(k, id);

        for (size_t i = 0; i < count; i++) {
            if (inputs[i] == own) {
                return en_text_equal(row->table->name, "facts");
            }
        }
        return false;
    }
    if (!en_text_equal(c->refers_to, row->table->name)) {
        return false;
    }
    return c->type == EN_COLUMN_LIST ? en_list_has(cell, id) : en_text_equal(cell, id);
}

static void add(struct en_uses *out, size_t max, const struct en_row *row, const char *column)
{
    if (out->count < max) {
        out->items[out->count++] = (struct en_use){row, column};
    }
    out->all++;
}

/* The rows of a table that name the row in this column. */
static void add_column(const struct en_knowledge *k, const struct en_table_data *t,
                       const struct en_column *c, const struct en_row *row, size_t max,
                       struct en_uses *out)
{
    const char *id = en_cell_or_empty(row, "id");

    if (id[0] == '\0' || (c->refers_to[0] == '\0' && c->type != EN_COLUMN_EXPR)) {
        return;
    }
    for (size_t i = 0; i < t->table.row_count; i++) {
        if (names(k, &t->table.rows[i], c, row, id)) {
            add(out, max, &t->table.rows[i], c->name);
        }
    }
}

enum en_status en_row_uses(const struct en_knowledge *k, const struct en_row *row, size_t max,
                           struct en_arena *a, struct en_uses *out, struct en_err *err)
{
    *out = (struct en_uses){.items = EN_NEW(a, struct en_use, max)};
    if (out->items == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for what uses a row");
    }
    for (size_t t = 1; t < k->table_count; t++) {
        for (size_t c = 0; c < k->tables[t].rule_count; c++) {
            add_column(k, &k->tables[t], &k->tables[t].rules[c], row, max, out);
        }
    }
    return EN_OK;
}
