/* SPDX-License-Identifier: Apache-2.0
 * app/outcomes_rows: courses as rows for others to count with: CSV (RFC 4180) and NDJSON. A row
 * holds nothing that names somebody, and no text that anybody typed. */
#include "app/outcomes.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/deidentify.h"
#include "fhir/writer.h"

#include <math.h>
#include <string.h>

enum { DIGITS = 4 };

static const char *truth_text(enum en_truth truth)
{
    return truth == EN_TRUE ? "yes" : truth == EN_FALSE ? "no" : "unknown";
}

static const char *cell_of(const struct en_row *row, const char *column)
{
    return row == NULL ? "" : en_cell(row, column);
}

/* Older people are one group. */
static const char *age_text(int age, char out[16])
{
    const bool is_old = age > EN_DEIDENTIFY_AGE_MAX;

    (void)snprintf(out, 16, is_old ? ">=%d" : "%d", is_old ? EN_DEIDENTIFY_AGE_MAX + 1 : age);
    return age < 0 ? "" : out;
}

/* "AE-PAIN AE-PAIN AE-BRUISE": of this course. */
static void add_harms(const struct en_outcome_row *row, struct en_buf *out)
{
    const char *between = "";

    for (size_t i = 0; i < row->patient->harm_count; i++) {
        const struct en_harm *h = &row->patient->harms[i];

        if (h->course + 1 == row->number) {
            en_buf_print(out, "%s%s", between, h->code == NULL ? "other" : en_cell(h->code, "id"));
            between = " ";
        }
    }
}

void en_outcomes_csv_head(const struct en_timepoints *t, struct en_buf *out)
{
    en_buf_add(out, "patient,course,condition,region,side,sex,age,start,sessions,pain_before,"
                    "function_measure,function_before");
    for (size_t i = 0; i < t->count; i++) {
        const int days = t->items[i].days;

        en_buf_print(out, ",due_%d,pain_%d,function_%d,responder_%d", days, days, days, days);
    }
    en_buf_add(out, ",harm_grade_max,harms\r\n");
}

static void add_number(struct en_buf *out, double value)
{
    en_buf_add(out, ",");
    if (isfinite(value)) {
        en_buf_print(out, "%.4g", value);
    }
}

void en_outcomes_csv(const struct en_timepoints *t, const struct en_outcome_row *row,
                     struct en_buf *out)
{
    const struct en_course_outcome *c = row->course;
    char age[16], start[EN_DATE_TEXT_MAX];

    en_buf_print(out, "%s,%zu,%s,%s,%s,%s,%s,%s,%d", row->pseudonym, row->number,
                 cell_of(c->condition, "id"), c->region, en_side_text(c->side),
                 row->patient->sex == NULL ? "" : row->patient->sex, age_text(row->age, age),
                 en_date_text(row->start, start), c->sessions);
    add_number(out, c->pain);
    en_buf_print(out, ",%s", cell_of(c->measure, "id"));
    add_number(out, c->function);
    for (size_t i = 0; i < t->count; i++) {
        en_buf_print(out, ",%s", c->at[i].is_due ? "yes" : "no");
        add_number(out, c->at[i].pain);
        add_number(out, c->at[i].function);
        en_buf_print(out, ",%s", truth_text(c->at[i].is_responder));
    }
    en_buf_print(out, ",%d,", c->grade_max);
    add_harms(row, out);
    en_buf_add(out, "\r\n");
}

static void write_number(struct en_writer *w, const char *key, double value)
{
    if (isfinite(value)) {
        en_write_number(w, key, value, DIGITS);
    }
}

static void write_points(struct en_writer *w, const struct en_timepoints *t,
                         const struct en_course_outcome *c)
{
    en_write_open(w, "points", '[');
    for (size_t i = 0; i < t->count; i++) {
        en_write_open(w, NULL, '{');
        en_write_integer(w, "days", t->items[i].days);
        en_write_bool(w, "due", c->at[i].is_due);
        write_number(w, "pain", c->at[i].pain);
        write_number(w, "function", c->at[i].function);
        en_write_text(w, "responder", truth_text(c->at[i].is_responder));
        en_write_close(w);
    }
    en_write_close(w);
}

/* One line: the writer's spaces are taken out. */
static void add_line(struct en_buf *out, const struct en_buf *json)
{
    const char *at = en_buf_text(json);

    while (*at != '\0') {
        const size_t size = strcspn(at, "\n");

        en_buf_add_bytes(out, at, size);
        at += size;
        at += strspn(at, "\n ");
    }
    en_buf_add(out, "\n");
}

void en_outcomes_ndjson(const struct en_timepoints *t, const struct en_outcome_row *row,
                        struct en_buf *out)
{
    const struct en_course_outcome *c = row->course;
    struct en_buf json = EN_BUF(EN_TABLE_CELL_MAX), harms = EN_BUF(EN_TABLE_CELL_MAX);
    struct en_writer w = EN_WRITER(&json);
    char age[16];

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "patient", row->pseudonym);
    en_write_integer(&w, "course", (long long)row->number);
    en_write_text(&w, "condition", cell_of(c->condition, "id"));
    en_write_text(&w, "region", c->region);
    en_write_text(&w, "side", en_side_text(c->side));
    en_write_text(&w, "sex", row->patient->sex == NULL ? "unknown" : row->patient->sex);
    en_write_text(&w, "age", age_text(row->age, age));
    en_write_date(&w, "start", row->start);
    en_write_integer(&w, "sessions", c->sessions);
    write_number(&w, "pain_before", c->pain);
    en_write_text(&w, "function_measure", cell_of(c->measure, "id"));
    write_number(&w, "function_before", c->function);
    write_points(&w, t, c);
    en_write_integer(&w, "harm_grade_max", c->grade_max);
    add_harms(row, &harms);
    en_write_text(&w, "harms", en_buf_text(&harms));
    en_write_close(&w);
    add_line(out, &json);
    if (json.status != EN_OK || harms.status != EN_OK) {
        out->status = out->status == EN_OK ? EN_ENOMEM : out->status;
    }
    en_buf_free(&json);
    en_buf_free(&harms);
}
