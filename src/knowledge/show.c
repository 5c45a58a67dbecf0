/* SPDX-License-Identifier: Apache-2.0
 * knowledge/show: rows for people. */
#include "base/buf.h"
#include "base/text.h"
#include "knowledge/describe.h"
#include "knowledge/tables.h"

#include <string.h>

enum {
    COLUMNS = 80,
    INDENT = 6,
    /* Two cells and a few words between them; a cell has at most EN_TABLE_CELL_MAX bytes. */
    PARAGRAPH_MAX = 40 << 10
};
_Static_assert((int)PARAGRAPH_MAX > 2 * (int)EN_TABLE_CELL_MAX, "a paragraph holds two cells");

struct word {
    const char *word, *meaning;
};

/* The legend of the knowledge base; docs.c prints the same. */
static const struct word GRADES[] = {
    {"A", "consistent randomised trials or meta-analyses"},
    {"B", "single, small or conflicting randomised trials"},
    {"C", "case series, technique papers, consensus or convention"},
    {"D", "clinic opinion or marketing only"},
    {"N", "evidence against a benefit"},
    {"L", "drug label"},
    {"G", "guideline, standard, regulator or payer text"},
    {"E", "engineering decision of this project"},
};

static const struct word VERIFIED[] = {
    {"yes", "the statement was read in its source"},
    {"partly", "read in part, or in a secondary source"},
    {"no", "not read in a source; a clinician must check it"},
};

static const char *meaning_of(const struct word *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i].word, word) == 0) {
            return words[i].meaning;
        }
    }
    return "";
}

const char *en_grade_meaning(const char *grade)
{
    return meaning_of(GRADES, EN_COUNT(GRADES), grade);
}

const char *en_verified_meaning(const char *verified)
{
    return meaning_of(VERIFIED, EN_COUNT(VERIFIED), verified);
}

/* One indented paragraph. */
static void paragraph(struct en_buf *out, const char *text)
{
    en_buf_print(out, "%*s", INDENT, "");
    en_buf_wrap(out, text, INDENT, INDENT, COLUMNS);
}

/* "word: meaning" as an indented paragraph. */
static void explained(struct en_buf *out, const char *word, size_t size, const char *meaning)
{
    struct en_buf b = EN_BUF(PARAGRAPH_MAX);

    en_buf_add_bytes(&b, word, size);
    if (meaning[0] != '\0') {
        en_buf_print(&b, ": %s", meaning);
    }
    paragraph(out, en_buf_text(&b));
    en_buf_free(&b);
}

/* The row that an item names: its id and title, and its address when it has one. */
static void show_reference(struct en_buf *out, const struct en_table_data *target, const char *item,
                           size_t size)
{
    const struct en_row *row = en_index_find(target, item, size);

    explained(out, item, size, row == NULL ? "" : en_cell_or_empty(row, "title"));
    if (row != NULL && en_cell_or_empty(row, "url")[0] != '\0') {
        paragraph(out, en_cell_or_empty(row, "url"));
    }
}

static void show_references(const struct en_knowledge *k, const struct en_column *c,
                            const char *cell, struct en_buf *out)
{
    const struct en_table_data *target = en_table_find(k, c->refers_to, strlen(c->refers_to));
    const char *item;
    size_t size;

    if (c->type != EN_COLUMN_LIST) {
        show_reference(out, target, cell, strlen(cell));
        return;
    }
    while ((cell = en_list_next(cell, &item, &size)) != NULL) {
        show_reference(out, target, item, size);
    }
}

/* "name (unit) - meaning" and below it the value. */
static void show_cell(const struct en_knowledge *k, const struct en_row *row,
                      const struct en_column *c, struct en_buf *out)
{
    static const char COLUMN[] = "column:";
    const char *cell = en_cell_or_empty(row, c->name);
    struct en_buf head = EN_BUF(PARAGRAPH_MAX);
    const char *unit =
        en_text_starts(c->unit, COLUMN) ? en_cell_or_empty(row, c->unit + strlen(COLUMN)) : c->unit;

    en_buf_add(&head, c->name);
    if (unit[0] != '\0' && strcmp(unit, "1") != 0) {
        en_buf_print(&head, " (%s)", unit);
    }
    en_buf_print(&head, " - %s", c->meaning);
    en_buf_add(out, "  ");
    en_buf_wrap(out, en_buf_text(&head), 2, 4, COLUMNS);
    en_buf_free(&head);
    if (c->is_common && strcmp(c->name, "grade") == 0) {
        explained(out, cell, strlen(cell), en_grade_meaning(cell));
    } else if (c->is_common && strcmp(c->name, "verified") == 0) {
        explained(out, cell, strlen(cell), en_verified_meaning(cell));
    } else if (c->refers_to[0] != '\0' && c->type != EN_COLUMN_EXPR) {
        show_references(k, c, cell, out);
    } else {
        paragraph(out, cell);
    }
}

/* The names of the columns that this row leaves empty. */
static void show_empty(const struct en_table_data *t, const struct en_row *row, struct en_buf *out)
{
    struct en_buf b = EN_BUF(PARAGRAPH_MAX);

    for (size_t i = 0; i < t->rule_count; i++) {
        if (!t->rules[i].is_common && en_cell_or_empty(row, t->rules[i].name)[0] == '\0') {
            en_buf_print(&b, "%s%s", b.size == 0 ? "  not given: " : ", ", t->rules[i].name);
        }
    }
    if (b.size > 0) {
        en_buf_wrap(out, en_buf_text(&b), 0, INDENT, COLUMNS);
    }
    en_buf_free(&b);
}

static void show_row(const struct en_knowledge *k, const struct en_row *row, struct en_buf *out)
{
    const struct en_table_data *t = en_table_data(row->table);
    struct en_buf head = EN_BUF(PARAGRAPH_MAX);
    bool has_approval = false;

    en_buf_print(&head, "%s %s (%s, line %d)", t->table.name, en_cell_or_empty(row, "id"), t->file,
                 row->line);
    en_buf_wrap(out, en_buf_text(&head), 0, INDENT, COLUMNS);
    en_buf_free(&head);
    en_buf_add(out, "\n");
    for (size_t i = 0; i < t->rule_count; i++) {
        const struct en_column *c = &t->rules[i];

        if (strcmp(c->name, "approved_by") == 0) {
            has_approval = true;
        } else if (strcmp(c->name, "id") != 0 && en_cell_or_empty(row, c->name)[0] != '\0') {
            show_cell(k, row, c, out);
        }
    }
    if (has_approval) {
        const char *by = en_cell_or_empty(row, "approved_by");

        en_buf_print(out, "  approved by: %s\n", by[0] == '\0' ? "nobody yet" : by);
    }
    show_empty(t, row, out);
}

/* A tier of a rule: what follows, when, and what it says. */
static void show_tier(const struct en_row *tier, struct en_buf *out)
{
    static const char *const PARTS[] = {"when", "threshold", "message", "override"};
    struct en_buf b = EN_BUF(PARAGRAPH_MAX);

    en_buf_print(out, "  %s: %s", en_cell_or_empty(tier, "id"), en_cell_or_empty(tier, "outcome"));
    if (en_cell_or_empty(tier, "scope")[0] != '\0') {
        en_buf_print(out, ", per %s", en_cell_or_empty(tier, "scope"));
    }
    en_buf_add(out, "\n");
    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        const char *cell = en_cell_or_empty(tier, PARTS[i]);

        if (cell[0] != '\0') {
            explained(out, PARTS[i], strlen(PARTS[i]), cell);
        }
    }
    en_buf_print(&b, "source %s, grade %s, verified %s", en_cell_or_empty(tier, "source"),
                 en_cell_or_empty(tier, "grade"), en_cell_or_empty(tier, "verified"));
    paragraph(out, en_buf_text(&b));
    en_buf_free(&b);
}

static void show_tiers(const struct en_knowledge *k, const char *rule, struct en_buf *out)
{
    const struct en_table_data *tiers = en_table_find(k, "tiers", strlen("tiers"));
    bool is_first = true;

    for (size_t i = 0; tiers != NULL && i < tiers->table.row_count; i++) {
        if (strcmp(en_cell_or_empty(&tiers->table.rows[i], "rule"), rule) == 0) {
            en_buf_add(out, is_first ? "\nTiers, the gravest that is true counts:\n\n" : "");
            is_first = false;
            show_tier(&tiers->table.rows[i], out);
        }
    }
}

/* Every row whose id equals; returns how many. Ids of rules are often typed in small letters. */
static size_t show_equal(const struct en_knowledge *k, const char *id,
                         bool (*equal)(const char *, const char *), struct en_buf *out)
{
    size_t count = 0;

    for (size_t i = 1; i < k->table_count; i++) {
        const struct en_table *t = &k->tables[i].table;

        for (size_t r = 0; r < t->row_count; r++) {
            const struct en_row *row = &t->rows[r];

            if (!equal(en_cell_or_empty(row, "id"), id)) {
                continue;
            }
            en_buf_add(out, count > 0 ? "\n" : "");
            show_row(k, row, out);
            if (strcmp(t->name, "rules") == 0) {
                show_tiers(k, en_cell_or_empty(row, "id"), out);
            }
            count++;
        }
    }
    return count;
}

enum en_status en_knowledge_show(const struct en_knowledge *k, const char *id, struct en_buf *out,
                                 struct en_err *err)
{
    if (show_equal(k, id, en_text_equal, out) == 0 &&
        show_equal(k, id, en_text_equal_nocase, out) == 0) {
        return en_fail(err, EN_ENOTFOUND, "no row of the knowledge tables has the id %.64s", id);
    }
    return en_buf_check(out, "the row", err);
}
