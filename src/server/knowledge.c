/* SPDX-License-Identifier: Apache-2.0
 * server/knowledge: the clinical tables, and the rows of one as a list. */
#include "server/knowledge.h"

#include "base/instant.h"
#include "base/text.h"
#include "fhir/writer.h"
#include "knowledge/describe.h"

#include <string.h>

enum {
    ROWS_DEFAULT = 200,
    ROWS_MAX = 5000, /* all rows that people sign are about 3,900 */
    TEXT_MAX = 200,
    FACETS_MAX = 2000
};

void en_knowledge_time(struct en_writer *w, const char *key, int64_t us)
{
    char text[EN_INSTANT_TEXT_MAX];

    en_write_text(w, key, en_instant_text(us, text));
}

enum en_status en_knowledge_place(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, const struct en_table **table,
                                  const struct en_row **row, bool *is_answered)
{
    const struct en_knowledge *k = en_server_knowledge(s, rq);

    *table = NULL;
    *is_answered = true;
    for (size_t i = 1; i < en_knowledge_table_count(k); i++) {
        if (en_text_equal(en_knowledge_table_at(k, i)->name, rq->args[0])) {
            *table = en_knowledge_table_at(k, i);
        }
    }
    if (*table == NULL) {
        return en_refuse(rs, 404, "not-found", "there is no table of this name");
    }
    if (row != NULL) {
        *row = en_row_find(k, (*table)->name, rq->args[1]);
        if (*row == NULL) {
            return en_refuse(rs, 404, "not-found", "the table %s has no row with this id",
                             (*table)->name);
        }
    }
    *is_answered = false;
    return EN_OK;
}

/* Tables */

struct clinician_call {
    const struct en_http_request *rq;
    struct en_clinician who;
};

static enum en_status clinician_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct clinician_call *c = context;

    return en_tx_clinician(tx, c->rq, &c->who, err);
}

/* Whether who asks could approve, and under which name: told before anybody presses a button. */
static void write_approver(struct en_writer *w, const struct en_http_request *rq,
                           const struct en_clinician *who)
{
    en_write_open(w, "approver", '{');
    if (!en_may_route(&rq->caller, EN_RIGHT_APPROVE)) {
        en_write_print(w, "fault", "the role %s may not approve", en_role_name(rq->caller.role));
    } else if (who->fault != NULL) {
        en_write_text(w, "fault", who->fault);
    } else {
        en_write_text(w, "practitioner", who->id);
        en_write_text(w, "name", who->person.name);
        en_write_text(w, "licence", who->person.licence);
        en_write_date(w, "licence_until", who->person.licence_expiry);
    }
    en_write_close(w);
}

static void write_table(struct en_writer *w, const struct en_table *t)
{
    const bool is_signed = en_table_is_signed(t);
    long long approved = 0;

    for (size_t i = 0; is_signed && i < t->row_count; i++) {
        approved += en_cell_or(&t->rows[i], "approved_by")[0] != '\0' ? 1 : 0;
    }
    en_write_open(w, NULL, '{');
    en_write_text(w, "name", t->name);
    en_write_text(w, "meaning", en_table_purpose(t->name));
    en_write_integer(w, "rows", (long long)t->row_count);
    en_write_bool(w, "signed", is_signed);
    if (is_signed) {
        en_write_integer(w, "approved", approved);
    }
    en_write_close(w);
}

enum en_status en_knowledge_tables(struct en_server *s, const struct en_http_request *rq,
                                   struct en_http_response *rs, struct en_err *err)
{
    const struct en_knowledge *k = en_server_knowledge(s, rq);
    struct clinician_call c = {.rq = rq};

    EN_TRY(en_store_read(s->store, clinician_work, &c, err));
    struct en_writer w = en_auth_writer(rs);

    en_write_text(&w, "version", en_knowledge_version(k));
    write_approver(&w, rq, &c.who);
    en_write_open(&w, "tables", '[');
    for (size_t i = 1; i < en_knowledge_table_count(k); i++) {
        write_table(&w, en_knowledge_table_at(k, i));
    }
    en_write_close(&w);
    return en_auth_end(&w, err);
}

/* Rows */

/* What rows to list; NULL: any. */
struct filter {
    const char *text, *approved, *source, *grade;
    long long offset, count;
};

static enum en_status read_number(const struct en_http_request *rq, const char *name,
                                  long long high, long long *out, struct en_err *err)
{
    const char *text = NULL;

    EN_TRY(en_http_form_value(rq->query, name, rq->arena, &text, err));
    return text == NULL || en_text_integer(text, 0, high, out)
               ? EN_OK
               : en_fail(err, EN_EINVAL, "%s: a whole number from 0 to %lld", name, high);
}

static enum en_status read_text(const struct en_http_request *rq, const char *name,
                                const char **out, struct en_err *err)
{
    EN_TRY(en_http_form_value(rq->query, name, rq->arena, out, err));
    if (*out != NULL && strlen(*out) > TEXT_MAX) {
        return en_fail(err, EN_EINVAL, "%s: at most %d bytes", name, (int)TEXT_MAX);
    }
    *out = en_text_is_empty(*out) ? NULL : *out;
    return EN_OK;
}

static enum en_status read_filter(const struct en_http_request *rq, struct filter *f,
                                  struct en_err *err)
{
    *f = (struct filter){.count = ROWS_DEFAULT};
    EN_TRY(read_text(rq, "text", &f->text, err));
    EN_TRY(read_text(rq, "approved", &f->approved, err));
    EN_TRY(read_text(rq, "source", &f->source, err));
    EN_TRY(read_text(rq, "grade", &f->grade, err));
    EN_TRY(read_number(rq, "_offset", EN_TABLE_ROWS_MAX, &f->offset, err));
    EN_TRY(read_number(rq, "_count", ROWS_MAX, &f->count, err));
    if (f->approved != NULL && !en_list_has("yes; no", f->approved)) {
        return en_fail(err, EN_EINVAL, "approved: yes or no");
    }
    return EN_OK;
}

static bool has_text(const struct en_row *row, const char *text)
{
    for (size_t i = 0; i < row->table->column_count; i++) {
        if (strcasestr(row->cells[i], text) != NULL) {
            return true;
        }
    }
    return false;
}

static bool fits(const struct filter *f, const struct en_row *row)
{
    const bool is_approved = en_cell_or(row, "approved_by")[0] != '\0';

    return (f->text == NULL || has_text(row, f->text)) &&
           (f->approved == NULL || en_text_equal(f->approved, "yes") == is_approved) &&
           (f->source == NULL || en_list_has(en_cell_or(row, "source"), f->source)) &&
           (f->grade == NULL || en_text_equal(en_cell_or(row, "grade"), f->grade));
}

static void write_row(struct en_writer *w, const struct en_row *row)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "table", row->table->name);
    en_write_text(w, "id", en_cell_or(row, "id"));
    en_write_text(w, "title", en_row_title(row));
    en_write_text(w, "grade", en_cell_or(row, "grade"));
    en_write_text(w, "verified", en_cell_or(row, "verified"));
    en_write_text(w, "source", en_cell_or(row, "source"));
    en_write_text(w, "approved_by", en_cell_or(row, "approved_by"));
    en_write_close(w);
}

/* Facets: which grades and sources the table has, and how often. */
struct facet {
    const char *word;
    size_t size, rows;
};

static void count_word(struct facet *facets, size_t *count, const char *word, size_t size)
{
    size_t i = 0;

    while (i < *count && (facets[i].size != size || memcmp(facets[i].word, word, size) != 0)) {
        i++;
    }
    if (i == *count && i < FACETS_MAX) {
        facets[(*count)++] = (struct facet){word, size, 0};
    }
    facets[i].rows += i < *count ? 1 : 0;
}

static void write_facet(struct en_writer *w, const struct en_table *t, const char *column,
                        struct facet *facets)
{
    size_t count = 0, size = 0;

    for (size_t i = 0; i < t->row_count; i++) {
        const char *list = en_cell_or(&t->rows[i], column), *item = NULL;

        while ((list = en_list_next(list, &item, &size)) != NULL) {
            count_word(facets, &count, item, size);
        }
    }
    en_write_open(w, en_text_equal(column, "grade") ? "grades" : "sources", '[');
    for (size_t i = 0; i < count; i++) {
        en_write_open(w, NULL, '{');
        en_write_print(w, "id", "%.*s", (int)facets[i].size, facets[i].word);
        en_write_integer(w, "rows", (long long)facets[i].rows);
        en_write_close(w);
    }
    en_write_close(w);
}

/* How many fit so far; those of the page are written. */
static void write_rows(struct en_writer *w, const struct en_table *t, const struct filter *f,
                       long long *found)
{
    for (size_t i = 0; i < t->row_count; i++) {
        if (fits(f, &t->rows[i])) {
            if (*found >= f->offset && *found < f->offset + f->count) {
                write_row(w, &t->rows[i]);
            }
            ++*found;
        }
    }
}

static void write_end_of_rows(struct en_writer *w, const struct filter *f, long long found)
{
    en_write_close(w);
    en_write_integer(w, "total", found);
    if (f->offset + f->count < found) {
        en_write_integer(w, "next_offset", f->offset + f->count);
    }
}

/* Rows of all tables that clinicians sign. */
static enum en_status all_rows(const struct en_knowledge *k, const struct filter *f,
                               struct en_http_response *rs, struct en_err *err)
{
    struct en_writer w = en_auth_writer(rs);
    long long found = 0;

    en_write_text(&w, "table", "all");
    en_write_bool(&w, "signed", true);
    en_write_open(&w, "rows", '[');
    for (size_t i = 1; i < en_knowledge_table_count(k); i++) {
        if (en_table_is_signed(en_knowledge_table_at(k, i))) {
            write_rows(&w, en_knowledge_table_at(k, i), f, &found);
        }
    }
    write_end_of_rows(&w, f, found);
    return en_auth_end(&w, err);
}

static enum en_status table_rows(const struct en_table *t, const struct filter *f,
                                 struct en_arena *a, struct en_http_response *rs,
                                 struct en_err *err)
{
    struct facet *facets = EN_NEW(a, struct facet, FACETS_MAX + 1);
    struct en_writer w = en_auth_writer(rs);
    long long found = 0;

    if (facets == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the rows of a table");
    }
    en_write_text(&w, "table", t->name);
    en_write_text(&w, "meaning", en_table_purpose(t->name));
    en_write_bool(&w, "signed", en_table_is_signed(t));
    en_write_open(&w, "rows", '[');
    write_rows(&w, t, f, &found);
    write_end_of_rows(&w, f, found);
    write_facet(&w, t, "grade", facets);
    write_facet(&w, t, "source", facets);
    return en_auth_end(&w, err);
}

enum en_status en_knowledge_rows(struct en_server *s, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    const struct en_table *t = NULL;
    struct filter f;
    bool is_answered = false;

    EN_TRY(read_filter(rq, &f, err));
    if (en_text_equal(rq->args[0], "all")) {
        return all_rows(en_server_knowledge(s, rq), &f, rs, err);
    }
    EN_TRY(en_knowledge_place(s, rq, rs, &t, NULL, &is_answered));
    return is_answered ? EN_OK : table_rows(t, &f, rq->arena, rs, err);
}

const struct en_route EN_ROUTES_KNOWLEDGE[] = {
    {EN_GET, "/knowledge", EN_RIGHT_KNOWLEDGE, en_knowledge_tables, EN_ROUTE_UNAUDITED,
     "the clinical tables: what they are, rows, how many are approved; whether you may approve"},
    {EN_GET, "/knowledge/{}", EN_RIGHT_KNOWLEDGE, en_knowledge_rows, EN_ROUTE_UNAUDITED,
     "rows of a table, or of all: text, approved (yes, no), source, grade, _offset, _count"},
    {EN_GET, "/knowledge/{}/{}", EN_RIGHT_KNOWLEDGE, en_knowledge_row, EN_ROUTE_UNAUDITED,
     "one row: each column with meaning and unit, sources, grade, where it is used, approvals"},
    {EN_POST, "/knowledge/{}/{}/approval", EN_RIGHT_APPROVE, en_knowledge_approve, 0,
     "a licensed clinician approves the row: hash as read; of a rule also tiers {id: hash}"},
    {EN_DELETE, "/knowledge/{}/{}/approval", EN_RIGHT_APPROVE, en_knowledge_withdraw, 0,
     "withdraw the approval; it stays in the row's history"},
    {EN_GET, "/clinic/policies", EN_RIGHT_KNOWLEDGE, en_policies_list, EN_ROUTE_UNAUDITED,
     "switches of the clinic: value, shipped value, what may be set, who set it and why"},
    {EN_GET, "/clinic/policies/{}", EN_RIGHT_KNOWLEDGE, en_policies_history, EN_ROUTE_UNAUDITED,
     "what a switch was set to, newest first"},
    {EN_PUT, "/clinic/policies/{}", EN_RIGHT_KEEP, en_policies_change, 0,
     "set a switch: value and reason, hash as read; reset true: as shipped"},
    {0},
};
