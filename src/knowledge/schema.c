/* SPDX-License-Identifier: Apache-2.0
 * knowledge/schema: schema.tsv becomes the rules by which all other tables are read. */
#include "base/text.h"
#include "knowledge/tables.h"

#include <string.h>

/* {name, type, words, unit, refers to, meaning, type, is required, is common} */
#define ID_COLUMN(name, meaning)                                                                   \
    {                                                                                              \
        name, "id", "", "", "", meaning, EN_COLUMN_ID, true, false                                 \
    }
#define TEXT_COLUMN(name, is_required, meaning)                                                    \
    {                                                                                              \
        name, "text", "", "", "", meaning, EN_COLUMN_TEXT, is_required, false                      \
    }

/* The schema of schema.tsv itself. */
static const struct en_column SCHEMA_COLUMNS[] = {
    ID_COLUMN("table", "table: NAME stands in NAME.tsv"),
    ID_COLUMN("column", "column of that table"),
    TEXT_COLUMN("type", true,
                "id, text, number, integer, bool, date, list, expr, or enum:a|b|c with the words"
                " allowed"),
    TEXT_COLUMN("unit", false,
                "UCUM unit of the numbers; column:NAME when another column of the row holds it"),
    {"required", "bool", "", "", "", "whether the cell must be filled", EN_COLUMN_BOOL, true,
     false},
    TEXT_COLUMN("refers_to", false, "table whose ids the cell, or each item of the list, names"),
    TEXT_COLUMN("meaning", true, "what the column says"),
};

/* The columns that every other table but sources.tsv ends with. */
static const struct en_column COMMON_COLUMNS[] = {
    {"source", "list", "", "", "sources", "where the row comes from: keys of sources.tsv",
     EN_COLUMN_LIST, true, true},
    {"grade", "enum:A|B|C|D|N|L|G|E", "A|B|C|D|N|L|G|E", "", "",
     "strength of the evidence or authority behind the row", EN_COLUMN_ENUM, true, true},
    {"verified", "enum:yes|partly|no", "yes|partly|no", "", "",
     "whether the statement was read in its source", EN_COLUMN_ENUM, true, true},
    {"approved_by", "text", "", "", "", "clinician who signed the row; empty: nobody yet",
     EN_COLUMN_TEXT, false, true},
};

static const char *const TYPES[EN_COLUMN_TYPE_COUNT] = {
    [EN_COLUMN_ID] = "id",           [EN_COLUMN_TEXT] = "text", [EN_COLUMN_NUMBER] = "number",
    [EN_COLUMN_INTEGER] = "integer", [EN_COLUMN_BOOL] = "bool", [EN_COLUMN_DATE] = "date",
    [EN_COLUMN_LIST] = "list",       [EN_COLUMN_EXPR] = "expr", [EN_COLUMN_ENUM] = "enum:",
};

/* False for an unknown type. */
static bool read_type(const char *text, struct en_column *c)
{
    c->type_text = text;
    c->values = "";
    if (en_text_starts(text, TYPES[EN_COLUMN_ENUM])) {
        c->type = EN_COLUMN_ENUM;
        c->values = text + strlen(TYPES[EN_COLUMN_ENUM]);
        return c->values[0] != '\0';
    }
    for (size_t i = 0; i < EN_COLUMN_ENUM; i++) {
        if (strcmp(text, TYPES[i]) == 0) {
            c->type = (enum en_column_type)i;
            return true;
        }
    }
    return false;
}

static bool has_rule(const struct en_table_data *t, const char *name)
{
    for (size_t i = 0; i < t->rule_count; i++) {
        if (strcmp(t->rules[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* References and units that name something, once all tables are declared. */
static void check_rule(struct en_loader *l, const struct en_table_data *t,
                       const struct en_column *c, size_t line)
{
    static const char COLUMN[] = "column:";
    const char *file = l->k->tables[0].file;

    if (c->refers_to[0] != '\0' &&
        en_table_find(l->k, c->refers_to, strlen(c->refers_to)) == NULL) {
        en_problem_add(l, file, line, "%s.%s refers to \"%.40s\", which is no table; name one",
                       t->table.name, c->name, c->refers_to);
    }
    if (c->type == EN_COLUMN_EXPR && c->refers_to[0] != '\0' &&
        strcmp(c->refers_to, "facts") != 0) {
        en_problem_add(l, file, line, "%s.%s: an expression can refer to facts only", t->table.name,
                       c->name);
    }
    if (c->type == EN_COLUMN_NUMBER && c->unit[0] == '\0') {
        en_problem_add(l, file, line,
                       "%s.%s is a number without unit; give its UCUM unit, \"1\" when it has none,"
                       " or column:NAME",
                       t->table.name, c->name);
    }
    if (en_text_starts(c->unit, COLUMN) && !has_rule(t, c->unit + strlen(COLUMN))) {
        en_problem_add(l, file, line, "the unit of %s.%s is in \"%.40s\", which is no column of %s",
                       t->table.name, c->name, c->unit + strlen(COLUMN), t->table.name);
    }
}

/* One row of schema.tsv into the next rule of its table. */
static void add_rule(struct en_loader *l, struct en_table_data *t, struct en_column *rules,
                     const struct en_row *row)
{
    struct en_column *c = &rules[t->rule_count];

    c->name = en_cell_or_empty(row, "column");
    c->unit = en_cell_or_empty(row, "unit");
    c->refers_to = en_cell_or_empty(row, "refers_to");
    c->meaning = en_cell_or_empty(row, "meaning");
    c->is_required = strcmp(en_cell_or_empty(row, "required"), "yes") == 0;
    if (!read_type(en_cell_or_empty(row, "type"), c)) {
        en_problem_add(l, l->k->tables[0].file, (size_t)row->line,
                       "unknown type \"%.40s\"; use id, text, number, integer, bool, date, list,"
                       " expr or enum:a|b|c",
                       c->type_text);
        c->type = EN_COLUMN_TEXT;
    }
    if (has_rule(t, c->name)) {
        en_problem_add(l, l->k->tables[0].file, (size_t)row->line,
                       "%s.%.40s is described twice; remove one", t->table.name, c->name);
        return;
    }
    t->rule_count++;
}

/* All rules of one table, the common ones last. */
static void make_rules(struct en_loader *l, struct en_table_data *t)
{
    const struct en_table *schema = &l->k->tables[0].table;
    size_t count = EN_COUNT(COMMON_COLUMNS);

    for (size_t i = 0; i < schema->row_count; i++) {
        count += strcmp(en_cell_or_empty(&schema->rows[i], "table"), t->table.name) == 0;
    }
    struct en_column *rules = EN_NEW(l->a, struct en_column, count);

    if (rules == NULL) {
        l->status = EN_ENOMEM;
        return;
    }
    t->rules = rules;
    for (size_t i = 0; i < schema->row_count; i++) {
        if (strcmp(en_cell_or_empty(&schema->rows[i], "table"), t->table.name) == 0) {
            add_rule(l, t, rules, &schema->rows[i]);
        }
    }
    if (!has_rule(t, "id")) {
        en_problem_add(l, l->k->tables[0].file, 1, "the table %s has no column id; describe it",
                       t->table.name);
    }
    for (size_t i = 0; i < EN_COUNT(COMMON_COLUMNS); i++) {
        if (strcmp(t->table.name, "sources") != 0 && !has_rule(t, COMMON_COLUMNS[i].name)) {
            rules[t->rule_count++] = COMMON_COLUMNS[i];
        }
    }
}

/* Every name in the first column of the schema, in order of appearance. */
static void declare_tables(struct en_loader *l)
{
    struct en_knowledge *k = l->k;
    const struct en_table *schema = &k->tables[0].table;

    for (size_t i = 0; i < schema->row_count && l->status == EN_OK; i++) {
        const char *name = en_cell_or_empty(&schema->rows[i], "table");
        struct en_table_data *t = &k->tables[k->table_count];

        /* The check of cells tells what is wrong with a name that can be no file's. */
        if (!en_id_valid(name) || en_table_find(k, name, strlen(name)) != NULL) {
            continue;
        }
        if (k->table_count == EN_TABLES_MAX) {
            en_problem_add(l, k->tables[0].file, (size_t)schema->rows[i].line,
                           "more than %d tables; join some", EN_TABLES_MAX);
            return;
        }
        t->table.name = name;
        t->file = en_arena_print(l->a, "%s.tsv", name);
        t->id_column = SIZE_MAX;
        t->is_broken = true;
        k->table_count++;
        if (t->file == NULL) {
            l->status = EN_ENOMEM;
        }
    }
}

static void check_rules(struct en_loader *l)
{
    const struct en_table *schema = &l->k->tables[0].table;

    for (size_t i = 0; i < schema->row_count; i++) {
        const struct en_row *row = &schema->rows[i];
        const char *name = en_cell_or_empty(row, "table");
        const char *column = en_cell_or_empty(row, "column");
        const struct en_table_data *t = en_table_find(l->k, name, strlen(name));

        for (size_t r = 0; t != NULL && r < t->rule_count; r++) {
            if (strcmp(t->rules[r].name, column) == 0) {
                check_rule(l, t, &t->rules[r], (size_t)row->line);
            }
        }
    }
}

void en_schema_read(struct en_loader *l, const struct en_embedded *files)
{
    struct en_knowledge *k = l->k;

    k->tables = EN_NEW(l->a, struct en_table_data, EN_TABLES_MAX);
    if (k->tables == NULL) {
        l->status = EN_ENOMEM;
        return;
    }
    k->tables[0] = (struct en_table_data){.table = {.name = "schema"},
                                          .file = "schema.tsv",
                                          .rules = SCHEMA_COLUMNS,
                                          .rule_count = EN_COUNT(SCHEMA_COLUMNS),
                                          .id_column = SIZE_MAX};
    k->table_count = 1;
    while (files->name != NULL && strcmp(files->name, k->tables[0].file) != 0) {
        files++;
    }
    if (files->name == NULL) {
        en_problem_add(l, k->tables[0].file, 1, "the file is missing; it describes all tables");
        return;
    }
    en_tsv_read(l, &k->tables[0], files);
    if (l->status == EN_OK) {
        declare_tables(l);
    }
    for (size_t i = 1; i < k->table_count && l->status == EN_OK; i++) {
        make_rules(l, &k->tables[i]);
    }
    check_rules(l);
    if (k->table_count > 1 && en_table_find(k, "sources", strlen("sources")) == NULL) {
        en_problem_add(l, k->tables[0].file, 1, "no table sources is described; add its columns");
    }
}
