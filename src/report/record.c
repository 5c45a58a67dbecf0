/* SPDX-License-Identifier: Apache-2.0 */
#include "report/record.h"

#include <assert.h>

/* A document has some hundred parts, a table of it some dozen rows; more is a mistake. */
enum { PARTS_MAX = 20000 };

static const struct {
    const char *name;
    struct en_colour colour;
} MEANINGS[EN_MEANING_COUNT] = {
    [EN_MEANING_PLAIN] = {"plain", {0.11, 0.13, 0.16}},
    [EN_MEANING_NOTE] = {"note", {0.38, 0.41, 0.45}},
    [EN_MEANING_INFO] = {"info", {0.0, 0.33, 0.58}},
    [EN_MEANING_GOOD] = {"good", {0.0, 0.44, 0.33}},
    [EN_MEANING_CAUTION] = {"caution", {0.60, 0.39, 0.0}},
    [EN_MEANING_DANGER] = {"danger", {0.72, 0.16, 0.06}},
};

const char *en_meaning_text(enum en_meaning meaning)
{
    assert(meaning < EN_MEANING_COUNT);
    return MEANINGS[meaning].name;
}

enum en_meaning en_meaning_of(struct en_colour colour)
{
    for (int i = 0; i < EN_MEANING_COUNT; i++) {
        const struct en_colour c = MEANINGS[i].colour;

        if (c.red == colour.red && c.green == colour.green && c.blue == colour.blue) {
            return (enum en_meaning)i;
        }
    }
    return EN_MEANING_PLAIN;
}

static void fail(struct en_layout *l, enum en_status status, const char *what)
{
    if (l->status == EN_OK) {
        l->status = en_fail(l->err, status, "%s", what);
    }
}

/* Room in the arena; NULL, and the layout has failed. */
static void *room(struct en_layout *l, size_t count, size_t size)
{
    void *out = en_arena_take(l->w->arena, size, count > 0 ? count : 1);

    if (out == NULL) {
        fail(l, EN_ENOMEM, "no memory for the parts of a document");
    }
    return out;
}

static struct en_block *add(struct en_layout *l, enum en_block_kind kind)
{
    struct en_record_parts *p = l->record;
    struct en_block *b = room(l, 1, sizeof *b);

    if (b == NULL) {
        return NULL;
    }
    if (p->count++ >= PARTS_MAX) {
        fail(l, EN_ELIMIT, "a document has too many parts");
        return NULL;
    }
    *b = (struct en_block){.kind = kind, .text = "", .sub = ""};
    if (p->last == NULL) {
        p->out->first = b;
    } else {
        p->last->next = b;
    }
    p->last = b;
    p->last_row = NULL;
    return b;
}

void en_record_text(struct en_layout *l, enum en_block_kind kind, const char *text, const char *sub,
                    const struct en_style *style)
{
    struct en_block *b = *text == '\0' ? NULL : add(l, kind);

    if (b == NULL) {
        return;
    }
    b->text = text;
    b->sub = sub;
    if (style != NULL) {
        b->meaning = en_meaning_of(style->colour);
        b->is_bold = style->is_bold;
    }
}

void en_record_boxes(struct en_layout *l, const struct en_layout_note *notes, size_t count)
{
    struct en_block_box *boxes = room(l, count, sizeof *boxes);
    struct en_block *b = boxes == NULL ? NULL : add(l, EN_BLOCK_BOXES);

    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        boxes[i] =
            (struct en_block_box){en_meaning_of(notes[i].colour), notes[i].title, notes[i].text};
    }
    b->boxes = boxes;
    b->count = count;
}

void en_record_items(struct en_layout *l, enum en_block_kind kind, const char *const *items,
                     size_t count)
{
    const char **copy = room(l, count, sizeof *copy);
    struct en_block *b = copy == NULL ? NULL : add(l, kind);

    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = items[i];
    }
    b->items = copy;
    b->count = count;
}

void en_record_charts(struct en_layout *l, enum en_block_kind kind,
                      const struct en_chart *const *charts, size_t count)
{
    struct en_chart *copy = room(l, count, sizeof *copy);
    struct en_block *b = copy == NULL ? NULL : add(l, kind);

    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = *charts[i];
    }
    b->charts = copy;
    b->count = count;
}

void en_record_table(struct en_layout *l, const struct en_layout_table *t)
{
    struct en_block_column *columns = room(l, t->count, sizeof *columns);
    struct en_block *b = columns == NULL ? NULL : add(l, EN_BLOCK_TABLE);

    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < t->count; i++) {
        columns[i] = (struct en_block_column){t->columns[i].title, t->columns[i].is_right};
    }
    b->columns = columns;
    b->count = t->count;
}

static struct en_block_cell cell_of(const struct en_layout_cell *c)
{
    return (struct en_block_cell){
        .text = c->text == NULL ? "" : c->text,
        .sub = c->sub == NULL ? "" : c->sub,
        .is_bold = c->is_bold,
        .meaning = c->colour == NULL ? EN_MEANING_PLAIN : en_meaning_of(*c->colour),
    };
}

void en_record_row(struct en_layout *l, const struct en_layout_table *t,
                   const struct en_layout_cell *cells)
{
    struct en_record_parts *p = l->record;
    struct en_block_row *row = room(l, 1, sizeof *row);
    struct en_block_cell *copy = room(l, t->count, sizeof *copy);

    if (row == NULL || copy == NULL || l->status != EN_OK) {
        return;
    }
    assert(p->last != NULL && p->last->kind == EN_BLOCK_TABLE);
    if (p->count++ >= PARTS_MAX) {
        fail(l, EN_ELIMIT, "a document has too many parts");
        return;
    }
    for (size_t i = 0; i < t->count; i++) {
        copy[i] = cell_of(&cells[i]);
    }
    *row = (struct en_block_row){.cells = copy};
    if (p->last_row == NULL) {
        p->last->rows = row;
    } else {
        p->last_row->next = row;
    }
    p->last_row = row;
}
