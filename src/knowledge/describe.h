/* SPDX-License-Identifier: Apache-2.0
 * knowledge/describe: what the tables say of themselves, for who shows their rows: columns with
 * their meaning, words for grades, and where a row is used. Pure functions. */
#pragma once

#include "base/arena.h"
#include "knowledge/knowledge.h"

/* A column as the schema describes it. */
struct en_column_view {
    const char *name;
    const char *type;      /* "text", "number" ... "enum:a|b" */
    const char *unit;      /* UCUM, or "column:NAME", or "" */
    const char *refers_to; /* table whose ids the cell holds; "" none; an expression: "facts" */
    const char *meaning;
    bool is_list, is_expression;
    bool is_common; /* source, grade, verified or approved_by, which almost every table has */
};

/* Columns in the order of the schema, the common ones last. */
size_t en_table_view_count(const struct en_table *t);
struct en_column_view en_table_view_at(const struct en_table *t, size_t index);

/* One sentence: what the rows are; "" unknown. */
const char *en_table_purpose(const char *table);

/* Whether clinicians sign its rows: not the schema, the list of sources, nor what was computed. */
bool en_table_is_signed(const struct en_table *t);

/* The unit of a cell, "" when there is none: that of the column, or of another cell. */
const char *en_cell_unit(const struct en_row *row, const struct en_column_view *column);

/* A cell by column name, "" also when the table has no such column. */
const char *en_cell_or(const struct en_row *row, const char *column);

/* What the row is about, for a list: its title, or the cell that stands for one; never NULL. */
const char *en_row_title(const struct en_row *row);

/* A grade letter, and a value of `verified`, in words; "" for an unknown one. */
const char *en_grade_meaning(const char *grade);
const char *en_verified_meaning(const char *verified);

/* Rows that name this one, in a reference or a condition, in the order of tables and rows. */
struct en_use {
    const struct en_row *row;
    const char *column;
};
struct en_uses {
    struct en_use *items; /* shape [count], in the arena */
    size_t count, all;    /* all: also those beyond max */
};
EN_MUST_USE enum en_status en_row_uses(const struct en_knowledge *k, const struct en_row *row,
                                       size_t max, struct en_arena *a, struct en_uses *out,
                                       struct en_err *err);
