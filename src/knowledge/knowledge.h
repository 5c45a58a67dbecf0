/* SPDX-License-Identifier: Apache-2.0
 * knowledge/knowledge: the clinical data files, loaded and checked.
 *
 * Tables are tab-separated files (docs/knowledge.md). `schema.tsv` says which columns a table has,
 * their types, units and references; the loader refuses what does not fit, with file and line.
 * All text lives in the arena given to en_knowledge_load. Constant after loading, so any number of
 * threads may read it. */
#pragma once

#include "base/arena.h"

#include <stdbool.h>

struct en_buf;
struct en_expr;
struct en_table;

/* One row. Rows are compared by address and live as long as the knowledge. */
struct en_row {
    const struct en_table *table;
    const char *const *cells; /* shape [table->column_count], never NULL; "" is "not given" */
    int line;                 /* in the file, for messages */
};

struct en_table {
    const char *name;           /* "atlas": file atlas.tsv */
    const char *const *columns; /* shape [column_count] */
    const struct en_row *rows;  /* shape [row_count], in the order of the file */
    size_t column_count, row_count;
};

struct en_knowledge;

/* Load every table of the folder, or the embedded ones when folder is NULL, and check them. A
 * folder must also have every table and column of the embedded ones and every row of facts,
 * limits and policies, so that the look-ups below cannot fail. Takes about 2 MiB of the arena.
 * EN_EINVAL when there are problems: the first three stand in err, one per line, and how many more
 * there are. EN_ENOTFOUND, EN_EIO, EN_ELIMIT, EN_ENOMEM. On failure *out is NULL. */
EN_MUST_USE enum en_status en_knowledge_load(const char *folder, struct en_arena *a,
                                             struct en_knowledge **out, struct en_err *err);

/* Like en_knowledge_load, but every problem becomes a line "file:line: what, and what to do", in
 * the order of files and lines, up to EN_TABLE_PROBLEMS_MAX of them. */
struct en_problems {
    const char **lines; /* shape [count], in the arena */
    size_t count;
};
EN_MUST_USE enum en_status en_knowledge_check(const char *folder, struct en_arena *a,
                                              struct en_knowledge **out,
                                              struct en_problems *problems, struct en_err *err);

/* 16 hexadecimal digits over the names and bytes of all tables: the version that is printed on each
 * document. A folder with the same files has the version of the embedded tables. */
const char *en_knowledge_version(const struct en_knowledge *k);

/* Table 0 is the schema itself. */
size_t en_knowledge_table_count(const struct en_knowledge *k);
const struct en_table *en_knowledge_table_at(const struct en_knowledge *k, size_t index);

/* A table by name; asserts that it exists (the set of tables is fixed by schema.tsv). */
const struct en_table *en_table_get(const struct en_knowledge *k, const char *name);

/* A row by id, NULL when there is none (or id is NULL). */
const struct en_row *en_row_find(const struct en_knowledge *k, const char *table, const char *id);

/* A cell by column name; asserts that the column exists. "" when not given. */
const char *en_cell(const struct en_row *row, const char *column);

/* A number cell; NAN when not given. */
double en_cell_number(const struct en_row *row, const char *column);

/* A bool cell ("yes"); an empty cell is false. */
bool en_cell_bool(const struct en_row *row, const char *column);

/* The parsed expression of an expr cell, NULL when not given. */
const struct en_expr *en_cell_expr(const struct en_row *row, const char *column);

/* The value of limits.tsv; asserts that the id exists: a missing limit is refused at load. */
double en_limit(const struct en_knowledge *k, const char *id);

/* The value of policies.tsv. */
const char *en_policy(const struct en_knowledge *k, const char *id);

/* Index of a fact in facts.tsv, or SIZE_MAX. Facts are held in arrays by this index. */
size_t en_fact_index(const struct en_knowledge *k, const char *id);

/* Print every row with this id, of whatever table, for people: each column with its meaning, what
 * it refers to, the source with its address, the grade in words, who approved it; behind a rule its
 * tiers. Lines of at most 80 columns. EN_ENOTFOUND when no row has the id. */
EN_MUST_USE enum en_status en_knowledge_show(const struct en_knowledge *k, const char *id,
                                             struct en_buf *out, struct en_err *err);

/* The text of docs/knowledge.md: the format, the expression language, every table and column. */
void en_knowledge_docs(const struct en_knowledge *k, struct en_buf *out);
