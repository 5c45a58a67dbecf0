/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as tables are either refused, each problem with file and line, or every row can be
 * relied on: its id leads to it, its numbers are finite, what is required is there, references lead
 * to a row, conditions are parsed.
 *
 * The input is the table `tiers`, or, when it begins with "== NAME\n", a sequence of such sections,
 * each of which takes the place of the table file NAME in a small set. */
#include "base/text.h"
#include "fuzz.h"
#include "support/small_tables.h"

#include <math.h>

static const char MARK[] = "== ";

/* Cut the next section off the text and put it into the set; returns what is left. */
static char *put_section(struct small *s, char *text)
{
    char *name = text + strlen(MARK);
    char *body = strchr(name, '\n');

    if (body == NULL) {
        return text + strlen(text);
    }
    *body++ = '\0';
    char *end = strstr(body, "\n== ");
    const size_t size = end == NULL ? strlen(body) : (size_t)(end - body) + 1;

    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->files[i].name, name) == 0) {
            small_put(s, name, body, size);
        }
    }
    return body + size;
}

static void check_problems(const struct en_problems *problems)
{
    PROPERTY(problems->count > 0 && problems->count <= EN_TABLE_PROBLEMS_MAX);
    for (size_t i = 0; i < problems->count; i++) {
        const char *colon = strstr(problems->lines[i], ".tsv:");

        PROPERTY(colon != NULL && strchr(problems->lines[i], '\n') == NULL);
        PROPERTY(strspn(colon + 5, "0123456789") > 0);
    }
}

static void check_cell(const struct en_knowledge *k, const struct en_row *row,
                       const struct en_column *c)
{
    const char *cell = en_cell(row, c->name);

    PROPERTY(!c->is_required || cell[0] != '\0');
    if (c->type == EN_COLUMN_NUMBER || c->type == EN_COLUMN_INTEGER) {
        PROPERTY(isfinite(en_cell_number(row, c->name)) || cell[0] == '\0');
    }
    if (c->type == EN_COLUMN_EXPR) {
        PROPERTY((en_cell_expr(row, c->name) != NULL) == (cell[0] != '\0'));
    } else if (c->refers_to[0] != '\0' && c->type != EN_COLUMN_LIST && cell[0] != '\0') {
        PROPERTY(en_row_find(k, c->refers_to, cell) != NULL);
    }
}

static void check_row(const struct en_knowledge *k, const struct en_row *row)
{
    const struct en_table_data *t = en_table_data(row->table);

    PROPERTY(en_row_find(k, t->table.name, en_cell(row, "id")) == row);
    for (size_t c = 0; c < t->rule_count; c++) {
        check_cell(k, row, &t->rules[c]);
    }
}

static void check_tables(const struct en_knowledge *k)
{
    PROPERTY(strlen(en_knowledge_version(k)) == 16);
    for (size_t i = 1; i < en_knowledge_table_count(k); i++) {
        const struct en_table *t = en_knowledge_table_at(k, i);

        for (size_t r = 0; r < t->row_count; r++) {
            check_row(k, &t->rows[r]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct small s = small_make();
    struct en_knowledge *k = NULL;
    struct en_problems problems;
    char *text = en_arena_copy(&a, (const char *)bytes, size);

    PROPERTY(text != NULL);
    if (en_text_starts(text, MARK)) {
        while (en_text_starts(text, MARK)) {
            text = put_section(&s, text);
        }
    } else {
        small_put(&s, "tiers.tsv", text, size);
    }
    const enum en_status status = en_tables_load(s.files, &a, &k, &problems, NULL);

    if (status == EN_OK) {
        check_tables(k);
    } else {
        PROPERTY(status == EN_EINVAL && k == NULL);
        check_problems(&problems);
    }
    en_arena_free(&a);
    return 0;
}
