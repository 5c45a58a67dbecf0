/* SPDX-License-Identifier: Apache-2.0
 * app/questions: the tables of the knowledge as the parts of a form. */
#include "app/intake.h"

#include "base/text.h"
#include "fhir/writer.h"

/* Groups of facts.tsv that an assessment asks; the others are asked after a session, or computed.
 */
static const char ASKED[] = "intake";

/* A list cell as an array of texts. */
static void write_list(struct en_writer *w, const char *key, const char *list)
{
    const char *item = NULL;
    size_t size = 0;

    if (en_text_is_empty(list)) {
        return;
    }
    en_write_open(w, key, '[');
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        en_write_print(w, NULL, "%.*s", (int)size, item);
    }
    en_write_close(w);
}

static void write_cells(struct en_writer *w, const struct en_row *row, const char *columns)
{
    const char *item = NULL;
    size_t size = 0;
    char name[64];

    while ((columns = en_list_next(columns, &item, &size)) != NULL) {
        (void)snprintf(name, sizeof name, "%.*s", (int)size, item);
        en_write_text(w, name, en_cell(row, name));
    }
}

static void write_lists(struct en_writer *w, const struct en_row *row, const char *columns)
{
    const char *item = NULL;
    size_t size = 0;
    char name[64];

    while ((columns = en_list_next(columns, &item, &size)) != NULL) {
        (void)snprintf(name, sizeof name, "%.*s", (int)size, item);
        write_list(w, name, en_cell(row, name));
    }
}

static void write_numbers(struct en_writer *w, const struct en_row *row, const char *columns)
{
    const char *item = NULL;
    size_t size = 0;
    char name[64];

    while ((columns = en_list_next(columns, &item, &size)) != NULL) {
        (void)snprintf(name, sizeof name, "%.*s", (int)size, item);
        if (en_cell(row, name)[0] != '\0') {
            en_write_decimal(w, name, en_cell(row, name));
        }
    }
}

/* The units that a number may be given in: canonical = value * factor + offset. */
static void write_units(struct en_writer *w, const struct en_knowledge *k,
                        const struct en_row *fact)
{
    const struct en_table *units = en_table_get(k, "units");

    if (en_cell(fact, "quantity")[0] == '\0') {
        return;
    }
    en_write_open(w, "units", '[');
    for (size_t i = 0; i < units->row_count; i++) {
        const struct en_row *unit = &units->rows[i];

        if (en_text_equal(en_cell(unit, "quantity"), en_cell(fact, "quantity"))) {
            en_write_open(w, NULL, '{');
            write_cells(w, unit, "unit");
            write_numbers(w, unit, "factor; offset");
            en_write_close(w);
        }
    }
    en_write_close(w);
}

/* Ids of the rules that ask for the fact. */
static void write_rules(struct en_writer *w, const struct en_knowledge *k, const char *fact)
{
    const struct en_table *rules = en_table_get(k, "rules");

    en_write_open(w, "rules", '[');
    for (size_t i = 0; i < rules->row_count; i++) {
        if (en_list_has(en_cell(&rules->rows[i], "asks"), fact)) {
            en_write_text(w, NULL, en_cell(&rules->rows[i], "id"));
        }
    }
    en_write_close(w);
}

static void write_fact(struct en_writer *w, const struct en_knowledge *k, const struct en_row *fact)
{
    en_write_open(w, NULL, '{');
    write_cells(w, fact, "id; title; question; type; unit; group; resource; note");
    write_lists(w, fact, "values");
    write_numbers(w, fact, "low; high; max_age_days");
    write_units(w, k, fact);
    en_write_bool(w, "at_target", en_cell_bool(fact, "at_target"));
    write_rules(w, k, en_cell(fact, "id"));
    en_write_close(w);
}

static void write_facts(struct en_writer *w, const struct en_knowledge *k)
{
    const struct en_table *facts = en_table_get(k, "facts");

    en_write_open(w, "facts", '[');
    for (size_t i = 0; i < facts->row_count; i++) {
        if (en_list_has(ASKED, en_cell(&facts->rows[i], "origin"))) {
            write_fact(w, k, &facts->rows[i]);
        }
    }
    en_write_close(w);
}

/* The sites of a condition, the primary ones first as the table has them. */
static void write_condition_sites(struct en_writer *w, const struct en_knowledge *k,
                                  const char *condition)
{
    const struct en_table *sites = en_table_get(k, "condition_sites");

    en_write_open(w, "sites", '[');
    for (size_t i = 0; i < sites->row_count; i++) {
        const struct en_row *row = &sites->rows[i];

        if (en_text_equal(en_cell(row, "condition"), condition)) {
            en_write_open(w, NULL, '{');
            write_cells(w, row, "site; role");
            en_write_close(w);
        }
    }
    en_write_close(w);
}

static void write_conditions(struct en_writer *w, const struct en_knowledge *k)
{
    const struct en_table *table = en_table_get(k, "conditions");

    en_write_open(w, "conditions", '[');
    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];

        en_write_open(w, NULL, '{');
        write_cells(w, row,
                    "id; title; region; status; reason; evidence_grade; function_instrument");
        write_lists(w, row, "synonyms");
        write_condition_sites(w, k, en_cell(row, "id"));
        en_write_close(w);
    }
    en_write_close(w);
}

/* The columns of one table that a form wants. */
static const struct part {
    const char *table, *cells, *numbers, *lists;
} PARTS[] = {
    {"atlas", "id; region; structure; kind; landmark; enabled", "", ""},
    {"movements", "id; region; title; sides; grade; source; verified", "low; high; usual", ""},
    {"drugs", "id", "", "names; classes"},
    {"allergens", "id", "", "names; facts"},
    {"instruments", "id; title; scoring; direction; measure; regions", "low; high", ""},
    {"instrument_sets", "id; region", "", "set"},
};

static void write_part(struct en_writer *w, const struct en_knowledge *k, const struct part *p)
{
    const struct en_table *table = en_table_get(k, p->table);

    en_write_open(w, p->table, '[');
    for (size_t i = 0; i < table->row_count; i++) {
        en_write_open(w, NULL, '{');
        write_cells(w, &table->rows[i], p->cells);
        write_numbers(w, &table->rows[i], p->numbers);
        write_lists(w, &table->rows[i], p->lists);
        en_write_close(w);
    }
    en_write_close(w);
}

enum en_status en_app_questions(const struct en_knowledge *k, struct en_buf *json,
                                struct en_err *err)
{
    const struct en_row *region = en_row_find(k, "facts", "region");
    struct en_writer w = EN_WRITER(json);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "knowledge", en_knowledge_version(k));
    write_list(&w, "regions", region == NULL ? "" : en_cell(region, "values"));
    write_facts(&w, k);
    write_conditions(&w, k);
    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        write_part(&w, k, &PARTS[i]);
    }
    en_write_close(&w);
    return en_write_end(&w, "the questions", err);
}
