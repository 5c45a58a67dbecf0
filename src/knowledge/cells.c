/* SPDX-License-Identifier: Apache-2.0
 * knowledge/cells: each cell against the rule of its column. */
#include "base/text.h"
#include "knowledge/tables.h"

#include <limits.h>
#include <string.h>

/* A cell under check. */
struct cell {
    struct en_loader *loader;
    const struct en_table_data *table;
    const struct en_row *row;
    const struct en_column *rule;
    const char *text;
};

static void refuse(const struct cell *c, const char *what)
{
    en_problem_add(c->loader, c->table->file, (size_t)c->row->line, "%s: \"%.60s\" %s",
                   c->rule->name, c->text, what);
}

bool en_id_valid(const char *id)
{
    const size_t size = strlen(id);

    return size > 0 && size <= EN_TABLE_ID_MAX &&
           strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == size;
}

static const char *wrong_id(const struct cell *c)
{
    return en_id_valid(c->text) ? NULL
                                : "is no id; use up to 64 of A-Z a-z 0-9 _ . - without spaces";
}

static const char *wrong_number(const struct cell *c)
{
    double value;

    return en_text_number(c->text, &value) ? NULL : "is no number; write it like 12.5";
}

static const char *wrong_integer(const struct cell *c)
{
    long long value;

    return en_text_integer(c->text, INT_MIN, INT_MAX, &value) ? NULL
                                                              : "is no integer; write it like 12";
}

static const char *wrong_bool(const struct cell *c)
{
    return strcmp(c->text, "yes") == 0 || strcmp(c->text, "no") == 0
               ? NULL
               : "is neither yes nor no; write one of them";
}

static const char *wrong_date(const struct cell *c)
{
    enum en_date_precision precision;
    en_day day;

    return strlen(c->text) == strlen("YYYY-MM-DD") && en_date_parse(c->text, &day, &precision) &&
                   precision == EN_DATE_DAY
               ? NULL
               : "is no date; write it like 2025-01-31";
}

static const char *wrong_enum(const struct cell *c)
{
    const size_t size = strlen(c->text);
    const char *word = c->rule->values;

    for (;;) {
        const size_t length = strcspn(word, "|");

        if (length == size && memcmp(word, c->text, size) == 0) {
            return NULL;
        }
        if (word[length] == '\0') {
            return en_arena_print(c->loader->a, "is not allowed; write one of %s", c->rule->values);
        }
        word += length + 1;
    }
}

/* A list holds at least one item; its items are checked as references. */
static const char *wrong_list(const struct cell *c)
{
    const char *item;
    size_t size;

    return en_list_next(c->text, &item, &size) != NULL ? NULL
                                                       : "is an empty list; leave the cell empty";
}

/* Any text; an expression is parsed later (facts.c), when the facts are known. */
static const char *wrong_text(const struct cell *c)
{
    (void)c;
    return NULL;
}

static const char *(*const CHECKS[EN_COLUMN_TYPE_COUNT])(const struct cell *) = {
    [EN_COLUMN_ID] = wrong_id,         [EN_COLUMN_TEXT] = wrong_text,
    [EN_COLUMN_NUMBER] = wrong_number, [EN_COLUMN_INTEGER] = wrong_integer,
    [EN_COLUMN_BOOL] = wrong_bool,     [EN_COLUMN_DATE] = wrong_date,
    [EN_COLUMN_LIST] = wrong_list,     [EN_COLUMN_EXPR] = wrong_text,
    [EN_COLUMN_ENUM] = wrong_enum,
};

static void check_reference(const struct cell *c, const struct en_table_data *target,
                            const char *id, size_t size)
{
    /* Rows are missing from a broken table, so nothing can be said about references to it. */
    if (!target->is_broken && en_index_find(target, id, size) == NULL) {
        en_problem_add(c->loader, c->table->file, (size_t)c->row->line,
                       "%s: \"%.*s\" is no id of %s; correct it or add the row there",
                       c->rule->name, size < 64 ? (int)size : 64, id, target->file);
    }
}

static void check_references(const struct cell *c)
{
    const char *name = c->rule->refers_to, *rest = c->text, *item;
    const struct en_table_data *target = en_table_find(c->loader->k, name, strlen(name));
    size_t size;

    if (target == NULL) {
        return; /* said already, in schema.tsv */
    }
    if (c->rule->type != EN_COLUMN_LIST) {
        check_reference(c, target, c->text, strlen(c->text));
        return;
    }
    while ((rest = en_list_next(rest, &item, &size)) != NULL) {
        check_reference(c, target, item, size);
    }
}

static void check_unit(const struct cell *c)
{
    static const char COLUMN[] = "column:";

    if (en_text_starts(c->rule->unit, COLUMN) &&
        en_cell_or_empty(c->row, c->rule->unit + strlen(COLUMN))[0] == '\0') {
        en_problem_add(c->loader, c->table->file, (size_t)c->row->line,
                       "%s: a number without unit; fill the column %s", c->rule->name,
                       c->rule->unit + strlen(COLUMN));
    }
}

static void check_cell(const struct cell *c)
{
    if (c->text[0] == '\0') {
        if (c->rule->is_required) {
            en_problem_add(c->loader, c->table->file, (size_t)c->row->line,
                           "%s: the cell is empty; fill it", c->rule->name);
        }
        return;
    }
    const char *what = strlen(c->text) > EN_TABLE_CELL_MAX ? "... is too long; shorten it"
                                                           : CHECKS[c->rule->type](c);

    if (what != NULL) {
        refuse(c, what);
        return;
    }
    check_unit(c);
    /* An expression that refers to facts names them inside; its parser checks them. */
    if (c->rule->refers_to[0] != '\0' && c->rule->type != EN_COLUMN_EXPR) {
        check_references(c);
    }
}

void en_cells_check(struct en_loader *l, const struct en_table_data *t)
{
    for (size_t r = 0; r < t->table.row_count; r++) {
        const struct en_row *row = &t->table.rows[r];

        for (size_t i = 0; i < t->table.column_count && l->status == EN_OK; i++) {
            if (t->column_rules[i] != NULL) {
                check_cell(&(struct cell){l, t, row, t->column_rules[i], row->cells[i]});
            }
        }
    }
}
