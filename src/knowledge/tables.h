/* SPDX-License-Identifier: Apache-2.0
 * knowledge/tables: what the files of this module share, and no other module includes.
 *
 * A table of the public header is the first member of the struct that holds its schema, index and
 * parsed expressions, so that a row leads to all of them. */
#pragma once

#include "base/embedded.h"
#include "base/limits.h"
#include "knowledge/expr.h"
#include "knowledge/knowledge.h"

enum en_column_type {
    EN_COLUMN_ID,
    EN_COLUMN_TEXT,
    EN_COLUMN_NUMBER,
    EN_COLUMN_INTEGER,
    EN_COLUMN_BOOL,
    EN_COLUMN_DATE,
    EN_COLUMN_LIST,
    EN_COLUMN_EXPR,
    EN_COLUMN_ENUM,
    EN_COLUMN_TYPE_COUNT
};

/* One column as schema.tsv declares it. */
struct en_column {
    const char *name, *type_text;
    const char *values;    /* of an enum: "a|b|c"; "" otherwise */
    const char *unit;      /* UCUM, "column:NAME", or "" */
    const char *refers_to; /* table name, or "" */
    const char *meaning;
    enum en_column_type type;
    bool is_required;
    bool is_common; /* one of source, grade, verified, approved_by */
};

struct en_table_data {
    struct en_table table;         /* first member: see table_data() */
    const char *file;              /* "atlas.tsv" */
    const struct en_column *rules; /* shape [rule_count], in the order of the schema */
    size_t rule_count;
    const struct en_column **column_rules; /* shape [column_count], in the order of the file */
    size_t id_column;                      /* SIZE_MAX when the file has none */
    uint32_t *slots;                       /* hash index: row + 1, 0 empty; shape [slot_count] */
    size_t slot_count;                     /* a power of two, 0 without an index */
    struct en_expr **expressions;          /* shape [row_count * column_count], NULL without expr */
    bool is_broken;                        /* rows are missing: do not report references to it */
};

/* What expressions need of a fact, by its index in facts.tsv. */
struct en_fact_rule {
    enum en_fact_kind kind;
    const char *unit;    /* "1" when there is none */
    const char *values;  /* list of a code fact */
    double max_age_days; /* NAN: does not go stale */
};

struct en_knowledge {
    struct en_table_data *tables; /* schema first, then in the order of schema.tsv */
    size_t table_count;
    struct en_fact_rule *facts; /* shape [row count of facts.tsv] */
    char version[40];           /* 16 digits, and behind a plus what a clinic set of its own */
};

static inline const struct en_table_data *en_table_data(const struct en_table *t)
{
    return (const struct en_table_data *)t;
}

/* A problem in collection. The line is 1 for the file as a whole. */
struct en_problem {
    const char *file, *text;
    size_t line, serial;
};

/* State of one load. The first memory failure sticks in status; after it nothing is added. */
struct en_loader {
    struct en_arena *a;
    struct en_knowledge *k;
    struct en_problem *problems; /* shape [problem_capacity] */
    size_t problem_count, problem_capacity;
    enum en_status status;
};

/* Note that something is wrong at file:line. `file` is kept, not copied. */
void en_problem_add(struct en_loader *l, const char *file, size_t line, const char *format, ...)
    EN_PRINTF(4, 5);

/* Hand out the problems in the order of files and lines. */
void en_problems_sort(struct en_loader *l, struct en_problems *out);

/* tsv.c: split the bytes of a file into the rows of t, whose rules are set. */
void en_tsv_read(struct en_loader *l, struct en_table_data *t, const struct en_embedded *file);

/* schema.c: read schema.tsv out of files and make every declared table, still without rows. */
void en_schema_read(struct en_loader *l, const struct en_embedded *files);

/* index.c: hash the ids of t; duplicates become problems. */
void en_index_build(struct en_loader *l, struct en_table_data *t);

/* index.c: NULL when the schema declares no such table. */
struct en_table_data *en_table_find(const struct en_knowledge *k, const char *name, size_t size);

/* index.c: a row by an id of size bytes. */
const struct en_row *en_index_find(const struct en_table_data *t, const char *id, size_t size);

/* index.c: a cell, "" also when the file lacks the column. */
const char *en_cell_or_empty(const struct en_row *row, const char *column);

/* cells.c: check every cell of t against its column's rule. */
void en_cells_check(struct en_loader *l, const struct en_table_data *t);

/* cells.c: whether text is one or more of A-Z a-z 0-9 _ . - */
bool en_id_valid(const char *id);

/* facts.c: fill k->facts; then parse every expression of every table. */
void en_facts_read(struct en_loader *l);
void en_expressions_read(struct en_loader *l);

/* crosscheck.c: what must agree between tables; after everything else is read. The same for the
 * rows of one table alone. */
void en_crosscheck(struct en_loader *l);
void en_crosscheck_table(struct en_loader *l, const struct en_table_data *t);

/* trials.c: one row of trial_arms and of trial_results. */
void en_trial_arm_check(struct en_loader *l, const struct en_table_data *t,
                        const struct en_row *row);
void en_trial_result_check(struct en_loader *l, const struct en_table_data *t,
                           const struct en_row *row);

/* expr_token.c: whether an expression can name a fact of this id. */
bool en_expr_can_name(const char *id);

/* load.c: load and check tables that are in memory; files is ended by an entry without a name. The
 * folder and the embedded tables both end here. */
enum en_status en_tables_load(const struct en_embedded *files, struct en_arena *a,
                              struct en_knowledge **out, struct en_problems *problems,
                              struct en_err *err);
