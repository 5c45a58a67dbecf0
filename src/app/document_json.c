/* SPDX-License-Identifier: Apache-2.0
 * app/document_json: the blocks of a document as plain JSON. */
#include "app/document_inside.h"

#include <math.h>

static const char *const KINDS[] = {
    [EN_BLOCK_TITLE] = "title",   [EN_BLOCK_HEADING] = "heading", [EN_BLOCK_TEXT] = "text",
    [EN_BLOCK_ITEM] = "item",     [EN_BLOCK_BOXES] = "boxes",     [EN_BLOCK_CHECKS] = "checks",
    [EN_BLOCK_LINES] = "lines",   [EN_BLOCK_TABLE] = "table",     [EN_BLOCK_CHARTS] = "charts",
    [EN_BLOCK_COURSE] = "course",
};

static void write_meaning(struct en_writer *w, enum en_meaning meaning)
{
    if (meaning != EN_MEANING_PLAIN) {
        en_write_text(w, "meaning", en_meaning_text(meaning));
    }
}

static void write_bold(struct en_writer *w, bool is_bold)
{
    if (is_bold) {
        en_write_bool(w, "bold", true);
    }
}

static void write_boxes(struct en_writer *w, const struct en_block *b)
{
    en_write_open(w, "boxes", '[');
    for (size_t i = 0; i < b->count; i++) {
        en_write_open(w, NULL, '{');
        write_meaning(w, b->boxes[i].meaning);
        en_write_text(w, "title", b->boxes[i].title);
        en_write_text(w, "text", b->boxes[i].text);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_items(struct en_writer *w, const struct en_block *b)
{
    en_write_open(w, "items", '[');
    for (size_t i = 0; i < b->count; i++) {
        en_write_text(w, NULL, b->items[i]);
    }
    en_write_close(w);
}

static void write_cell(struct en_writer *w, const struct en_block_cell *c)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "text", c->text);
    en_write_text(w, "sub", c->sub);
    write_bold(w, c->is_bold);
    write_meaning(w, c->meaning);
    en_write_close(w);
}

static void write_table(struct en_writer *w, const struct en_block *b)
{
    en_write_open(w, "columns", '[');
    for (size_t i = 0; i < b->count; i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "title", b->columns[i].title);
        if (b->columns[i].is_right) {
            en_write_bool(w, "right", true);
        }
        en_write_close(w);
    }
    en_write_close(w);
    en_write_open(w, "rows", '[');
    for (const struct en_block_row *row = b->rows; row != NULL; row = row->next) {
        en_write_open(w, NULL, '[');
        for (size_t i = 0; i < b->count; i++) {
            write_cell(w, &row->cells[i]);
        }
        en_write_close(w);
    }
    en_write_close(w);
}

/* Charts */

/* Scores have three decimals: more than a picture can show. */
enum { DIGITS = 3 };

static void write_numbers(struct en_writer *w, const char *key, const double *values, size_t count)
{
    en_write_open(w, key, '[');
    for (size_t i = 0; i < count; i++) {
        en_write_number(w, NULL, values[i], DIGITS);
    }
    en_write_close(w);
}

static void write_bands(struct en_writer *w, const struct en_chart *c)
{
    static const char *const NAMES[EN_QUANTILE_COUNT] = {"q05", "q25", "q50", "q75", "q95"};

    en_write_open(w, "bands", '{');
    for (int q = 0; q < EN_QUANTILE_COUNT; q++) {
        write_numbers(w, NAMES[q], c->plan[q], c->count);
    }
    en_write_close(w);
}

static void write_arms(struct en_writer *w, const struct en_chart *c)
{
    en_write_open(w, "arms", '[');
    for (size_t i = 0; i < c->arm_count; i++) {
        if (!en_words_is_shown(c->forecast, i)) {
            continue;
        }
        en_write_open(w, NULL, '{');
        en_write_text(w, "id", c->forecast->request.arms[i].id);
        en_write_text(w, "label", en_words_arm_of(c->forecast, i));
        write_numbers(w, "median", c->median[i], c->count);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_events(struct en_writer *w, const struct en_chart *c)
{
    en_write_open(w, "sessions", '[');
    for (size_t i = 0; i < c->session_count; i++) {
        en_write_open(w, NULL, '{');
        en_write_number(w, "week", c->session_week[i], DIGITS);
        en_write_bool(w, "optional", c->session_is_optional[i]);
        en_write_close(w);
    }
    en_write_close(w);
    write_numbers(w, "given", c->given_week, c->given_count);
    en_write_open(w, "scores", '[');
    for (size_t i = 0; i < c->score_count; i++) {
        en_write_open(w, NULL, '{');
        en_write_number(w, "week", c->scores[i].week, DIGITS);
        en_write_number(w, "value", c->scores[i].value, DIGITS);
        en_write_close(w);
    }
    en_write_close(w);
}

void en_app_chart_json(struct en_writer *w, const char *key, const struct en_chart *c,
                       const char *when)
{
    en_write_open(w, key, '{');
    en_write_text(w, "title", c->title);
    en_write_text(w, "when", when);
    en_write_text(w, "outcome", en_words_outcome(c->outcome));
    en_write_bool(w, "calibrated", c->forecast->is_calibrated);
    en_write_number(w, "x_max", c->x_max, DIGITS);
    en_write_number(w, "y_max", c->y_max, DIGITS);
    en_write_number(w, "baseline", c->baseline, DIGITS);
    en_write_number(w, "today", c->today, DIGITS);
    en_write_number(w, "important", c->mic_level, DIGITS);
    write_numbers(w, "weeks", c->week, c->count);
    write_bands(w, c);
    write_arms(w, c);
    write_events(w, c);
    en_write_close(w);
}

static void write_charts(struct en_writer *w, const struct en_block *b)
{
    static const char *const WHEN[] = {"before", "now"};

    en_write_open(w, "charts", '[');
    for (size_t i = 0; i < b->count; i++) {
        en_app_chart_json(w, NULL, &b->charts[i],
                          b->kind == EN_BLOCK_COURSE && i < EN_COUNT(WHEN) ? WHEN[i] : NULL);
    }
    en_write_close(w);
}

static void write_block(struct en_writer *w, const struct en_block *b)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "kind", KINDS[b->kind]);
    en_write_text(w, "text", b->text);
    en_write_text(w, b->kind == EN_BLOCK_ITEM ? "mark" : "sub", b->sub);
    write_bold(w, b->is_bold);
    write_meaning(w, b->meaning);
    if (b->boxes != NULL) {
        write_boxes(w, b);
    } else if (b->items != NULL) {
        write_items(w, b);
    } else if (b->columns != NULL) {
        write_table(w, b);
    } else if (b->charts != NULL) {
        write_charts(w, b);
    }
    en_write_close(w);
}

enum en_status en_app_blocks_json(enum en_paper paper, const struct en_blocks *blocks,
                                  struct en_buf *json, struct en_err *err)
{
    struct en_writer w = EN_WRITER(json);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "type", en_paper_name(paper));
    en_write_text(&w, "reader", en_paper_is_patients(paper) ? "patient" : "clinician");
    en_write_text(&w, "language", "en");
    en_write_text(&w, "title", blocks->title);
    en_write_text(&w, "head_left", blocks->head_left);
    en_write_text(&w, "head_right", blocks->head_right);
    en_write_text(&w, "foot", blocks->foot);
    en_write_open(&w, "blocks", '[');
    for (const struct en_block *b = blocks->first; b != NULL; b = b->next) {
        write_block(&w, b);
    }
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "a document", err);
}
