/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

enum { WIDTH_DEFAULT = 80, WIDTH_MIN = 72, WIDTH_MAX = 160 };

int en_page_width(int wanted)
{
    if (wanted == 0) {
        return WIDTH_DEFAULT;
    }
    return wanted < WIDTH_MIN ? WIDTH_MIN : wanted > WIDTH_MAX ? WIDTH_MAX : wanted;
}

static int char_columns(gunichar c)
{
    if (g_unichar_iszerowidth(c)) {
        return 0;
    }
    return g_unichar_iswide(c) ? 2 : 1;
}

int en_page_columns(const char *text)
{
    int columns = 0;

    for (const char *p = text; *p != '\0'; p = en_words_next(p)) {
        columns += char_columns(g_utf8_get_char(p));
    }
    return columns;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

size_t en_page_cut(const char *text, int width, const char **rest)
{
    const char *p = text, *blank = NULL;
    int columns = 0;

    while (*p != '\0') {
        const int next = char_columns(g_utf8_get_char(p));

        if (columns + next > width && p != text) {
            break;
        }
        if (*p == ' ' && p != text) {
            blank = p;
        }
        columns += next;
        p = en_words_next(p);
    }
    if (*p != '\0' && *p != ' ' && blank != NULL) {
        p = blank;
    }
    *rest = skip_blanks(p);
    while (p > text && p[-1] == ' ') {
        p--;
    }
    return (size_t)(p - text);
}

static void spaces(struct en_page *p, int count)
{
    en_buf_print(p->out, "%*s", count > 0 ? count : 0, "");
}

static void ink(struct en_page *p, enum en_ink colour, const char *text, size_t size)
{
    static const char *const CODES[] = {"", "1", "2", "1;31", "1;33", "1;32"};

    assert((size_t)colour < EN_COUNT(CODES));
    if (p->use_colour && colour != EN_INK_PLAIN) {
        en_buf_print(p->out, "\x1b[%sm", CODES[colour]);
        en_buf_add_bytes(p->out, text, size);
        en_buf_add(p->out, "\x1b[0m");
    } else {
        en_buf_add_bytes(p->out, text, size);
    }
}

enum en_status en_page_end(struct en_page *p, enum en_status so_far, struct en_err *err)
{
    const bool failed = p->w->failed;

    en_arena_free(p->w->arena);
    if (so_far != EN_OK) {
        return so_far;
    }
    return failed ? en_fail(err, EN_ENOMEM, "no memory for the words of the page")
                  : en_buf_check(p->out, "the page", err);
}

void en_page_blank(struct en_page *p)
{
    en_buf_add(p->out, "\n");
}

void en_page_rule(struct en_page *p, const char *character)
{
    for (int i = 0; i < p->width; i++) {
        en_buf_add(p->out, character);
    }
    en_buf_add(p->out, "\n");
}

void en_page_heading(struct en_page *p, const char *title)
{
    en_page_blank(p);
    ink(p, EN_INK_BOLD, title, strlen(title));
    en_buf_add(p->out, " ");
    for (int i = en_page_columns(title) + 1; i < p->width; i++) {
        en_buf_add(p->out, "─");
    }
    en_buf_add(p->out, "\n");
}

void en_page_pair(struct en_page *p, const char *left, const char *right)
{
    const int free_columns = p->width - en_page_columns(left) - en_page_columns(right);

    if (free_columns < 2) {
        en_page_text(p, 0, "", EN_INK_PLAIN, left);
        en_page_text(p, 0, "", EN_INK_PLAIN, right);
        return;
    }
    en_buf_add(p->out, left);
    if (*right != '\0') {
        spaces(p, free_columns);
        en_buf_add(p->out, right);
    }
    en_buf_add(p->out, "\n");
}

void en_page_text(struct en_page *p, int indent, const char *mark, enum en_ink colour,
                  const char *text)
{
    const int hang = indent + en_page_columns(mark) + (*mark == '\0' ? 0 : 1);
    const int width = p->width - hang;
    const char *rest = skip_blanks(text);
    bool is_first = true;

    assert(width > 0);
    while (*rest != '\0' || (is_first && *mark != '\0')) {
        const char *line = rest;
        const size_t size = en_page_cut(line, width, &rest);

        spaces(p, is_first ? indent : hang);
        if (is_first && *mark != '\0') {
            ink(p, colour == EN_INK_PLAIN ? EN_INK_BOLD : colour, mark, strlen(mark));
            en_buf_add(p->out, size > 0 ? " " : "");
        }
        ink(p, *mark == '\0' ? colour : EN_INK_PLAIN, line, size);
        en_buf_add(p->out, "\n");
        is_first = false;
    }
}

static void box_line(struct en_page *p, enum en_ink colour, const char *text)
{
    const char *rest = text;

    while (*rest != '\0') {
        const char *line = rest;
        const size_t size = en_page_cut(line, p->width - 4, &rest);
        const char *part = en_words_print(p->w, "%.*s", (int)size, line);

        en_buf_add(p->out, "│ ");
        ink(p, colour, part, strlen(part));
        spaces(p, p->width - 4 - en_page_columns(part));
        en_buf_add(p->out, " │\n");
    }
}

static void box_edge(struct en_page *p, const char *left, const char *right)
{
    en_buf_add(p->out, left);
    for (int i = 2; i < p->width; i++) {
        en_buf_add(p->out, "─");
    }
    en_buf_print(p->out, "%s\n", right);
}

void en_page_box(struct en_page *p, enum en_ink colour, const char *title, const char *text)
{
    box_edge(p, "┌", "┐");
    box_line(p, colour, title);
    box_line(p, EN_INK_PLAIN, text);
    box_edge(p, "└", "┘");
}

/* Width of a column once the flexible one has taken what is left over. */
static int column_width(const struct en_page_table *t, size_t index)
{
    int left = t->page->width - t->indent - (int)(t->count - 1);

    if (t->columns[index].width > 0) {
        return t->columns[index].width;
    }
    for (size_t i = 0; i < t->count; i++) {
        left -= t->columns[i].width;
    }
    return left > 4 ? left : 4;
}

/* One line of the row; false when no cell had anything left. */
static bool table_line(struct en_page_table *t, const char **rest, enum en_ink colour)
{
    struct en_page *p = t->page;
    bool is_empty = true;
    int owed = t->indent; /* blanks not written yet, so that no line ends in blanks */

    for (size_t i = 0; i < t->count; i++) {
        is_empty = is_empty && *rest[i] == '\0';
    }
    if (is_empty) {
        return false;
    }
    for (size_t i = 0; i < t->count; i++) {
        const int width = column_width(t, i);
        const char *line = rest[i];
        const size_t size = en_page_cut(line, width, &rest[i]);
        const char *text = en_words_print(p->w, "%.*s", (int)size, line);
        const int free_columns = width - en_page_columns(text);

        if (size > 0) {
            spaces(p, owed + (t->columns[i].is_right ? free_columns : 0));
            ink(p, colour, text, strlen(text));
            owed = t->columns[i].is_right ? 1 : free_columns + 1;
        } else {
            owed += width + 1;
        }
    }
    en_buf_add(p->out, "\n");
    return true;
}

static void table_cells(struct en_page_table *t, const char *const *cells, enum en_ink colour)
{
    const char *rest[EN_PAGE_COLUMNS_MAX];

    assert(t->count <= EN_PAGE_COLUMNS_MAX);
    for (size_t i = 0; i < t->count; i++) {
        rest[i] = skip_blanks(cells[i]);
    }
    while (table_line(t, rest, colour)) {
    }
}

void en_page_table_row(struct en_page_table *t, const char *const *cells)
{
    table_cells(t, cells, EN_INK_PLAIN);
}

void en_page_table_head(struct en_page_table *t)
{
    const char *titles[EN_PAGE_COLUMNS_MAX];

    assert(t->count <= EN_PAGE_COLUMNS_MAX);
    for (size_t i = 0; i < t->count; i++) {
        titles[i] = t->columns[i].title;
    }
    table_cells(t, titles, EN_INK_FAINT);
}
