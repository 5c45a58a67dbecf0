/* SPDX-License-Identifier: Apache-2.0
 * knowledge/index: look-up of tables, rows and cells. */
#include "base/text.h"
#include "knowledge/tables.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* The slot that holds the id, or the empty one where it belongs. */
static size_t slot_of(const struct en_table_data *t, const char *id, size_t size)
{
    const size_t mask = t->slot_count - 1;
    size_t slot = (size_t)en_hash(EN_HASH_START, id, size) & mask;

    while (t->slots[slot] != 0) {
        const char *other = t->table.rows[t->slots[slot] - 1].cells[t->id_column];

        if (strlen(other) == size && memcmp(other, id, size) == 0) {
            break;
        }
        slot = (slot + 1) & mask;
    }
    return slot;
}

void en_index_build(struct en_loader *l, struct en_table_data *t)
{
    size_t slot_count = 8;

    if (t->id_column == SIZE_MAX || t->table.row_count == 0) {
        return;
    }
    /* At most half full, so that a search ends soon. */
    while (slot_count < 2 * t->table.row_count) {
        slot_count *= 2;
    }
    t->slots = EN_NEW(l->a, uint32_t, slot_count);
    if (t->slots == NULL) {
        l->status = EN_ENOMEM;
        return;
    }
    t->slot_count = slot_count;
    for (size_t i = 0; i < t->table.row_count; i++) {
        const struct en_row *row = &t->table.rows[i];
        const char *id = row->cells[t->id_column];
        const size_t slot = slot_of(t, id, strlen(id));

        if (t->slots[slot] == 0) {
            t->slots[slot] = (uint32_t)i + 1;
        } else if (id[0] != '\0') {
            en_problem_add(l, t->file, (size_t)row->line,
                           "the id \"%.64s\" stands already in line %d; give this row its own", id,
                           t->table.rows[t->slots[slot] - 1].line);
        }
    }
}

const struct en_row *en_index_find(const struct en_table_data *t, const char *id, size_t size)
{
    if (t->slot_count == 0 || size == 0) {
        return NULL;
    }
    const size_t row = t->slots[slot_of(t, id, size)];

    return row == 0 ? NULL : &t->table.rows[row - 1];
}

struct en_table_data *en_table_find(const struct en_knowledge *k, const char *name, size_t size)
{
    for (size_t i = 0; i < k->table_count; i++) {
        const char *other = k->tables[i].table.name;

        if (strlen(other) == size && memcmp(other, name, size) == 0) {
            return &k->tables[i];
        }
    }
    return NULL;
}

size_t en_knowledge_table_count(const struct en_knowledge *k)
{
    return k->table_count;
}

const struct en_table *en_knowledge_table_at(const struct en_knowledge *k, size_t index)
{
    assert(index < k->table_count);
    return &k->tables[index].table;
}

const char *en_knowledge_version(const struct en_knowledge *k)
{
    return k->version;
}

const struct en_table *en_table_get(const struct en_knowledge *k, const char *name)
{
    const struct en_table_data *t = en_table_find(k, name, strlen(name));

    assert(t != NULL);
    return &t->table;
}

const struct en_row *en_row_find(const struct en_knowledge *k, const char *table, const char *id)
{
    return id == NULL ? NULL : en_index_find(en_table_data(en_table_get(k, table)), id, strlen(id));
}

/* Position of a column in the file, SIZE_MAX when there is none. */
static size_t column_index(const struct en_table *t, const char *column)
{
    for (size_t i = 0; i < t->column_count; i++) {
        if (strcmp(t->columns[i], column) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

const char *en_cell(const struct en_row *row, const char *column)
{
    const size_t index = column_index(row->table, column);

    assert(index != SIZE_MAX);
    return row->cells[index];
}

const char *en_cell_or_empty(const struct en_row *row, const char *column)
{
    const size_t index = column_index(row->table, column);

    return index == SIZE_MAX ? "" : row->cells[index];
}

double en_cell_number(const struct en_row *row, const char *column)
{
    const char *cell = en_cell(row, column);
    double value = NAN;

    if (cell[0] == '\0') {
        return NAN;
    }
    const bool is_number = en_text_number(cell, &value);

    assert(is_number);
    return is_number ? value : NAN;
}

bool en_cell_bool(const struct en_row *row, const char *column)
{
    return strcmp(en_cell(row, column), "yes") == 0;
}

const struct en_expr *en_cell_expr(const struct en_row *row, const char *column)
{
    const struct en_table_data *t = en_table_data(row->table);
    const size_t index = column_index(row->table, column);

    assert(index != SIZE_MAX);
    if (t->expressions == NULL) {
        return NULL;
    }
    return t->expressions[(size_t)(row - row->table->rows) * row->table->column_count + index];
}

double en_limit(const struct en_knowledge *k, const char *id)
{
    const struct en_row *row = en_row_find(k, "limits", id);

    assert(row != NULL);
    return en_cell_number(row, "value");
}

const char *en_policy(const struct en_knowledge *k, const char *id)
{
    const struct en_row *row = en_row_find(k, "policies", id);

    assert(row != NULL);
    return en_cell(row, "value");
}

size_t en_fact_index(const struct en_knowledge *k, const char *id)
{
    const struct en_row *row = en_row_find(k, "facts", id);

    return row == NULL ? SIZE_MAX : (size_t)(row - row->table->rows);
}
