/* SPDX-License-Identifier: Apache-2.0
 * server/knowledge_row: one row of the clinical tables, with all that there is to know of it. */
#include "server/knowledge.h"

#include "base/text.h"
#include "fhir/writer.h"
#include "knowledge/describe.h"
#include "knowledge/expr.h"

#include <string.h>

enum { USES_MAX = 200 };

/* What is asked of the store for a row. */
struct asked {
    const struct en_row *row;
    struct en_arena *arena;
    struct en_approval *history;
    size_t count;
};

static enum en_status history_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct asked *a = context;

    return en_tx_approvals_of(tx, a->row->table->name, en_cell(a->row, "id"), a->arena, &a->history,
                              &a->count, err);
}

/* References */

static void write_reference(struct en_writer *w, const struct en_knowledge *k, const char *table,
                            const char *id)
{
    const struct en_row *row = en_row_find(k, table, id);

    en_write_open(w, NULL, '{');
    en_write_text(w, "table", table);
    en_write_text(w, "id", id);
    en_write_text(w, "title", row == NULL ? "" : en_row_title(row));
    en_write_close(w);
}

/* Rows that the cell names: one, the items of a list, the facts of a condition. */
static void write_references(struct en_writer *w, const struct en_knowledge *k,
                             const struct en_row *row, const struct en_column_view *c,
                             struct en_arena *a)
{
    const char *cell = en_cell_or(row, c->name), *item = NULL;
    const struct en_expr *e = c->is_expression ? en_cell_expr(row, c->name) : NULL;
    const struct en_table *facts = en_table_get(k, "facts");
    const size_t *inputs = NULL;
    const size_t count = e == NULL ? 0 : en_expr_inputs(e, &inputs);
    size_t size = 0;

    if (c->refers_to[0] == '\0' && count == 0) {
        return;
    }
    en_write_open(w, "refers_to", '[');
    for (size_t i = 0; i < count; i++) {
        write_reference(w, k, "facts", en_cell(&facts->rows[inputs[i]], "id"));
    }
    if (!c->is_expression && !c->is_list) {
        write_reference(w, k, c->refers_to, cell);
    }
    while (!c->is_expression && c->is_list && (cell = en_list_next(cell, &item, &size)) != NULL) {
        const char *id = en_arena_copy(a, item, size);

        write_reference(w, k, c->refers_to, id == NULL ? "" : id);
    }
    en_write_close(w);
}

static void write_columns(struct en_writer *w, const struct en_knowledge *k,
                          const struct en_row *row, struct en_arena *a)
{
    en_write_open(w, "columns", '[');
    for (size_t i = 0; i < en_table_view_count(row->table); i++) {
        const struct en_column_view c = en_table_view_at(row->table, i);
        const char *cell = en_cell_or(row, c.name);

        if (c.is_common || en_text_equal(c.name, "id")) {
            continue;
        }
        en_write_open(w, NULL, '{');
        en_write_text(w, "name", c.name);
        en_write_text(w, "meaning", c.meaning);
        en_write_text(w, "type", en_text_starts(c.type, "enum") ? "enum" : c.type);
        en_write_text(w, "value", cell);
        if (cell[0] != '\0') {
            en_write_text(w, "unit", en_cell_unit(row, &c));
            write_references(w, k, row, &c, a);
        }
        en_write_close(w);
    }
    en_write_close(w);
}

/* Sources with their addresses; without such a column the row is a source itself. */
static void write_sources(struct en_writer *w, const struct en_knowledge *k,
                          const struct en_row *row, struct en_arena *a)
{
    const char *list = en_cell_or(row, "source"), *item = NULL;
    size_t size = 0;

    en_write_open(w, "sources", '[');
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *id = en_arena_copy(a, item, size);
        const struct en_row *source = en_row_find(k, "sources", id);

        en_write_open(w, NULL, '{');
        en_write_text(w, "id", id);
        if (source != NULL) {
            en_write_text(w, "title", en_cell_or(source, "title"));
            en_write_text(w, "url", en_cell_or(source, "url"));
            en_write_text(w, "seen", en_cell_or(source, "seen"));
            en_write_text(w, "note", en_cell_or(source, "note"));
        }
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_evidence(struct en_writer *w, const struct en_row *row)
{
    const char *grade = en_cell_or(row, "grade"), *verified = en_cell_or(row, "verified");

    en_write_text(w, "grade", grade);
    en_write_text(w, "grade_meaning", en_grade_meaning(grade));
    en_write_text(w, "verified", verified);
    en_write_text(w, "verified_meaning", en_verified_meaning(verified));
    en_write_text(w, "approved_by", en_cell_or(row, "approved_by"));
}

/* Approval */

/* "clinic": by this clinic, of this very text. "lost": of a text that the row no longer has.
 * "shipped": the tables name somebody. "none". */
static const char *approval_state(const struct asked *a, const char *hash)
{
    const struct en_approval *last = a->count == 0 ? NULL : &a->history[0];

    if (last != NULL && !last->is_withdrawn && !en_text_equal(last->hash, hash)) {
        return en_cell_or(a->row, "approved_by")[0] != '\0' ? "shipped" : "lost";
    }
    if (en_cell_or(a->row, "approved_by")[0] == '\0') {
        return "none";
    }
    return last == NULL || last->is_withdrawn ? "shipped" : "clinic";
}

static void write_history(struct en_writer *w, const struct asked *a, const char *hash)
{
    en_write_text(w, "approval", approval_state(a, hash));
    en_write_open(w, "history", '[');
    for (size_t i = 0; i < a->count; i++) {
        const struct en_approval *p = &a->history[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "what", p->is_withdrawn ? "withdrawn" : "approved");
        en_write_bool(w, "this_text", en_text_equal(p->hash, hash));
        en_write_text(w, "name", p->name);
        en_write_text(w, "licence", p->licence);
        en_write_text(w, "login", p->login);
        en_knowledge_time(w, "date", p->recorded_us);
        en_write_close(w);
    }
    en_write_close(w);
}

/* Tiers and uses */

static void write_tiers(struct en_writer *w, const struct en_knowledge *k, const char *rule)
{
    static const char *const PARTS[] = {"outcome", "scope",    "when",  "threshold",
                                        "message", "override", "source"};
    const struct en_table *tiers = en_table_get(k, "tiers");
    char hash[EN_ROW_HASH];

    en_write_open(w, "tiers", '[');
    for (size_t i = 0; i < tiers->row_count; i++) {
        const struct en_row *row = &tiers->rows[i];

        if (!en_text_equal(en_cell_or(row, "rule"), rule)) {
            continue;
        }
        en_row_hash(row, hash);
        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(row, "id"));
        en_write_text(w, "hash", hash);
        for (size_t p = 0; p < EN_COUNT(PARTS); p++) {
            en_write_text(w, PARTS[p], en_cell_or(row, PARTS[p]));
        }
        write_evidence(w, row);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_uses(struct en_writer *w, const struct en_uses *uses)
{
    en_write_open(w, "used_by", '{');
    en_write_integer(w, "total", (long long)uses->all);
    en_write_open(w, "rows", '[');
    for (size_t i = 0; i < uses->count; i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "table", uses->items[i].row->table->name);
        en_write_text(w, "id", en_cell_or(uses->items[i].row, "id"));
        en_write_text(w, "title", en_row_title(uses->items[i].row));
        en_write_text(w, "column", uses->items[i].column);
        en_write_close(w);
    }
    en_write_close(w);
    en_write_close(w);
}

enum en_status en_knowledge_row(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    const struct en_knowledge *k = en_server_knowledge(s, rq);
    const struct en_table *t = NULL;
    struct asked asked = {.arena = rq->arena};
    struct en_uses uses;
    char hash[EN_ROW_HASH];
    bool is_answered = false;

    EN_TRY(en_knowledge_place(s, rq, rs, &t, &asked.row, &is_answered));
    if (is_answered) {
        return EN_OK;
    }
    EN_TRY(en_store_read(s->store, history_work, &asked, err));
    EN_TRY(en_row_uses(k, asked.row, USES_MAX, rq->arena, &uses, err));
    en_row_hash(asked.row, hash);
    struct en_writer w = en_auth_writer(rs);

    en_write_text(&w, "table", t->name);
    en_write_text(&w, "id", en_cell(asked.row, "id"));
    en_write_text(&w, "title", en_row_title(asked.row));
    en_write_print(&w, "place", "%s.tsv, line %d", t->name, asked.row->line);
    en_write_bool(&w, "signed", en_table_is_signed(t));
    en_write_text(&w, "hash", hash);
    write_columns(&w, k, asked.row, rq->arena);
    write_sources(&w, k, asked.row, rq->arena);
    write_evidence(&w, asked.row);
    write_history(&w, &asked, hash);
    if (en_text_equal(t->name, "rules")) {
        write_tiers(&w, k, en_cell(asked.row, "id"));
    }
    write_uses(&w, &uses);
    return en_auth_end(&w, err);
}
