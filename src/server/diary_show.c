/* SPDX-License-Identifier: Apache-2.0
 * server/diary_show: what the page is told, as plain JSON. */
#include "server/diary.h"

#include "base/text.h"
#include "fhir/writer.h"

#include <math.h>

enum { DAYS_PER_WEEK = 7 };

static bool is_approved(const struct en_row *row)
{
    return en_cell(row, "approved_by")[0] != '\0';
}

/* A member that is null when it is not known: the page must tell the two apart. */
static void write_known(struct en_writer *w, const char *key, const char *text)
{
    if (text == NULL) {
        en_write_null(w, key);
    } else {
        en_write_text(w, key, text);
    }
}

static void write_day(struct en_writer *w, const char *key, en_day day)
{
    if (day == EN_DAY_UNKNOWN) {
        en_write_null(w, key);
    } else {
        en_write_date(w, key, day);
    }
}

static void write_value(struct en_writer *w, const char *key, double value)
{
    if (isnan(value)) {
        en_write_null(w, key);
    } else {
        en_write_number(w, key, value, 2);
    }
}

static const char *first_name(const struct en_diary_call *c, const struct en_row *drug)
{
    const char *item = NULL;
    size_t size = 0;

    return en_list_next(en_cell(drug, "names"), &item, &size) == NULL
               ? en_cell(drug, "id")
               : en_arena_copy(c->a, item, size);
}

/* Urgency */

static void write_hours(const struct en_diary_call *c, struct en_writer *w,
                        enum en_triage_level level)
{
    const struct en_knowledge *k = c->app.knowledge;

    switch (level) {
    case EN_TRIAGE_SAME_DAY:
        en_write_number(w, "hours", en_limit(k, "triage.same_day"), 1);
        break;
    case EN_TRIAGE_SOON:
        en_write_number(w, "hours_from", en_limit(k, "triage.soon_from"), 1);
        en_write_number(w, "hours", en_limit(k, "triage.soon_to"), 1);
        break;
    case EN_TRIAGE_EMERGENCY:
    case EN_TRIAGE_ROUTINE:
        break;
    }
}

static void write_facts(struct en_writer *w, const char *key, const struct en_finding *f)
{
    en_write_open(w, key, '[');
    for (size_t i = 0; i < f->input_count; i++) {
        const struct en_input *in = &f->inputs[i];

        if (in->value.kind == EN_FACT_NUMBER ||
            (in->value.kind == EN_FACT_BOOL && in->value.truth)) {
            en_write_text(w, NULL, in->fact);
        }
    }
    en_write_close(w);
}

static void write_finding(struct en_writer *w, const struct en_finding *f)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "rule", en_cell(f->rule, "id"));
    en_write_text(w, "tier", en_cell(f->tier, "id"));
    en_write_text(w, "title", en_cell(f->rule, "title"));
    en_write_text(w, "level", en_cell(f->tier, "outcome"));
    en_write_text(w, "text", en_cell(f->rule, "patient_text"));
    en_write_bool(w, "approved", is_approved(f->rule) && is_approved(f->tier));
    write_facts(w, "facts", f);
    en_write_close(w);
}

/* A clinic may want its patients to be told by people only; its alert is raised all the same. */
static bool is_told(const struct en_diary_call *c)
{
    return !en_text_equal(en_policy(c->app.knowledge, "triage_mode"), "leaflet_only");
}

static void write_triage(const struct en_diary_call *c, struct en_writer *w,
                         const struct en_diary_result *r)
{
    en_write_open(w, "triage", '{');
    en_write_text(w, "level", en_diary_level_code(r->triage.level));
    write_hours(c, w, r->triage.level);
    en_write_bool(w, "was_raised", r->triage.was_raised);
    en_write_open(w, "findings", '[');
    for (size_t i = 0; i < r->triage.finding_count; i++) {
        if (!r->triage.findings[i].is_unknown) {
            write_finding(w, &r->triage.findings[i]);
        }
    }
    en_write_close(w);
    en_write_open(w, "acts", '[');
    for (size_t i = 0; i < r->act_count; i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(r->acts[i], "id"));
        en_write_text(w, "text", en_cell(r->acts[i], "text"));
        en_write_bool(w, "approved", is_approved(r->acts[i]));
        en_write_close(w);
    }
    en_write_close(w);
    en_write_close(w);
}

/* Entries */

static void write_answers(const struct en_diary_call *c, struct en_writer *w,
                          const struct en_diary_entry *e)
{
    en_write_open(w, "symptoms", '{');
    for (size_t i = 0; i < e->answer_count; i++) {
        const struct en_diary_answer *answer = &e->answers[i];
        const struct en_row *fact = en_row_find(c->app.knowledge, "facts", answer->fact);

        if (fact != NULL && en_text_equal(en_cell(fact, "type"), "number")) {
            write_value(w, answer->fact, answer->number);
        } else if (answer->truth == EN_UNKNOWN) {
            en_write_null(w, answer->fact);
        } else {
            en_write_bool(w, answer->fact, answer->truth == EN_TRUE);
        }
    }
    en_write_close(w);
}

void en_diary_write_entry(const struct en_diary_call *c, struct en_writer *w, const char *key,
                          const struct en_diary_entry *e, const struct en_diary_result *result)
{
    en_write_open(w, key, '{');
    en_write_date(w, "day", e->day);
    en_write_integer(w, "version", e->version);
    en_write_text(w, "key", e->key);
    en_write_text(w, "level", is_told(c) ? en_diary_level_code(e->level) : NULL);
    en_write_open(w, "scores", '{');
    for (size_t i = 0; i < c->form.score_count; i++) {
        write_value(w, en_cell(c->form.scores[i], "id"), e->scores[i]);
    }
    en_write_close(w);
    if (e->knows_drugs) {
        en_write_open(w, "drugs", '[');
        for (size_t i = 0; i < c->form.drug_count; i++) {
            en_write_text(w, NULL, e->takes[i] ? en_cell(c->form.drugs[i], "id") : NULL);
        }
        en_write_close(w);
    } else {
        en_write_null(w, "drugs");
    }
    write_known(w, "other_drugs", e->other_drugs);
    write_answers(c, w, e);
    write_known(w, "note", e->note);
    if (result != NULL && is_told(c)) {
        write_triage(c, w, result);
    }
    en_write_close(w);
}

/* Today's answers are judged again: by the same rules, and by a record that may have grown. */
static enum en_status write_entries(const struct en_diary_call *c, struct en_writer *w,
                                    struct en_err *err)
{
    const struct en_care care = {c->app.knowledge, c->app.today};
    const struct en_diary_entry *today = en_diary_entry_of(c, c->app.today);
    struct en_diary_result result;

    if (today == NULL) {
        en_write_null(w, "entry");
    } else {
        EN_TRY(
            en_diary_judge(&care, &c->c, today->answers, today->answer_count, c->a, &result, err));
        en_diary_write_entry(c, w, "entry", today, &result);
    }
    en_write_open(w, "entries", '[');
    for (size_t i = 0; i < c->entry_count; i++) {
        en_diary_write_entry(c, w, NULL, &c->entries[i], NULL);
    }
    en_write_close(w);
    return EN_OK;
}

/* Questions */

static void write_scores(const struct en_diary_call *c, struct en_writer *w)
{
    en_write_open(w, "scores", '[');
    for (size_t i = 0; i < c->form.score_count; i++) {
        const struct en_row *row = c->form.scores[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(row, "id"));
        en_write_text(w, "title", en_cell(row, "title"));
        en_write_number(w, "low", en_cell_number(row, "low"), 2);
        en_write_number(w, "high", en_cell_number(row, "high"), 2);
        en_write_text(w, "direction", en_cell(row, "direction"));
        en_write_text(w, "measure", en_cell(row, "measure"));
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_drugs(const struct en_diary_call *c, struct en_writer *w)
{
    en_write_open(w, "drugs", '[');
    for (size_t i = 0; i < c->form.drug_count; i++) {
        const struct en_row *row = c->form.drugs[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(row, "id"));
        en_write_text(w, "name", first_name(c, row));
        en_write_bool(w, "is_nsaid", en_list_has(en_cell(row, "classes"), "med_nsaid"));
        en_write_close(w);
    }
    en_write_close(w);
}

static enum en_status write_questions(const struct en_diary_call *c, struct en_writer *w,
                                      struct en_err *err)
{
    const struct en_care care = {c->app.knowledge, c->app.today};
    const struct en_row **list = NULL;
    size_t count = 0;

    EN_TRY(en_diary_questions(&care, &c->c, c->a, &list, &count, err));
    en_write_open(w, "questions", '{');
    write_scores(c, w);
    write_drugs(c, w);
    en_write_open(w, "symptoms", '[');
    for (size_t i = 0; i < count; i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(list[i], "id"));
        en_write_text(w, "type", en_cell(list[i], "type"));
        en_write_text(w, "title", en_cell(list[i], "title"));
        en_write_text(w, "question", en_cell(list[i], "question"));
        en_write_number(w, "low", en_cell_number(list[i], "low"), 2);
        en_write_number(w, "high", en_cell_number(list[i], "high"), 2);
        en_write_close(w);
    }
    en_write_close(w);
    en_write_close(w);
    return EN_OK;
}

/* Aftercare */

static enum en_status write_aftercare(const struct en_diary_call *c, struct en_writer *w,
                                      struct en_err *err)
{
    const struct en_care care = {c->app.knowledge, c->app.today};
    struct en_dated_row *rows = NULL;
    size_t count = 0;

    EN_TRY(en_diary_aftercare(&care, &c->c, c->next, c->a, &rows, &count, err));
    en_write_open(w, "aftercare", '[');
    for (size_t i = 0; i < count; i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(rows[i].row, "id"));
        en_write_text(w, "title", en_cell(rows[i].row, "title"));
        en_write_text(w, "text", rows[i].text);
        write_day(w, "from", rows[i].from);
        write_day(w, "to", rows[i].to);
        en_write_bool(w, "is_today", en_diary_is_current(&rows[i], c->app.today));
        en_write_bool(w, "approved", is_approved(rows[i].row));
        en_write_close(w);
    }
    en_write_close(w);
    return EN_OK;
}

/* The list of calls; without the page's footer, which is about paper. */
static enum en_status write_calls(const struct en_diary_call *c, struct en_writer *w,
                                  struct en_err *err)
{
    const struct en_care care = {c->app.knowledge, c->app.today};
    const struct en_plan plan = {.target = c->c.target_count > 0
                                               ? c->c.targets[0]
                                               : (struct en_target){.onset = EN_DAY_UNKNOWN},
                                 .totals = {.load = NAN}};
    struct en_paragraph *list = NULL;
    size_t count = 0;

    EN_TRY(en_document_text(&care, &c->c, &plan, EN_DOCUMENT_CALL, c->a, &list, &count, err));
    en_write_open(w, "calls", '[');
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(list[i].section, "call")) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "id", en_cell(list[i].row, "id"));
            en_write_text(w, "text", list[i].text);
            en_write_bool(w, "approved", is_approved(list[i].row));
            en_write_close(w);
        }
    }
    en_write_close(w);
    return EN_OK;
}

/* The own chart */

static bool is_shown(const struct en_diary_call *c, const struct en_score *s)
{
    if (s->day == EN_DAY_UNKNOWN || s->day > c->app.today ||
        !en_side_fits(s->side, c->course.side)) {
        return false;
    }
    for (size_t i = 0; i < c->form.score_count; i++) {
        if (en_text_equal(en_cell(c->form.scores[i], "id"), s->instrument)) {
            return s->region == NULL || c->course.region == NULL ||
                   en_text_equal(s->region, c->course.region);
        }
    }
    return false;
}

static void write_band(const struct en_diary_call *c, struct en_writer *w)
{
    const struct en_care care = {c->app.knowledge, c->app.today};
    const struct en_course course =
        en_course_of(&care, &c->c, c->c.target_count > 0 ? &c->c.targets[0] : NULL, NULL);
    const en_day start = course.start == EN_DAY_UNKNOWN ? c->band.made : course.start;

    en_write_open(w, "expected", '[');
    for (size_t i = 0; start != EN_DAY_UNKNOWN && i < c->band.count; i++) {
        const struct en_diary_expected *e = &c->band.points[i];

        en_write_open(w, NULL, '{');
        en_write_date(w, "day", start + (en_day)lround(e->week * DAYS_PER_WEEK));
        en_write_number(w, "low", e->q05, 2);
        en_write_number(w, "middle", e->median, 2);
        en_write_number(w, "high", e->q95, 2);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_chart(const struct en_diary_call *c, struct en_writer *w)
{
    en_write_open(w, "chart", '{');
    en_write_open(w, "points", '[');
    for (size_t i = 0; i < c->c.score_count; i++) {
        const struct en_score *s = &c->c.scores[i];

        if (is_shown(c, s)) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "score", s->instrument);
            en_write_date(w, "day", s->day);
            en_write_number(w, "value", s->value, 2);
            en_write_close(w);
        }
    }
    en_write_close(w);
    en_write_open(w, "sessions", '[');
    for (size_t i = 0; i < c->c.session_count; i++) {
        en_write_open(w, NULL, '{');
        en_write_date(w, "day", c->c.sessions[i].day);
        en_write_close(w);
    }
    en_write_close(w);
    write_band(c, w);
    en_write_close(w);
}

/* All */

static void write_head(const struct en_diary_call *c, struct en_writer *w)
{
    en_write_date(w, "today", c->app.today);
    write_known(w, "given_name", c->given);
    write_known(w, "region", c->course.region);
    write_known(w, "side", c->course.side == EN_SIDE_UNKNOWN ? NULL : en_side_text(c->course.side));
    write_day(w, "last_session", c->course.last);
    write_day(w, "next_session", c->next);
    write_known(w, "next_start", c->next_start);
    en_write_bool(w, "is_record_complete", !c->is_case_broken);
    en_write_text(w, "triage_mode", en_policy(c->app.knowledge, "triage_mode"));
    en_write_open(w, "clinic", '{');
    write_known(w, "name", c->clinic.name);
    write_known(w, "phone", c->clinic.phone);
    write_known(w, "out_of_hours", c->clinic.out_of_hours);
    write_known(w, "emergency", c->clinic.emergency);
    en_write_close(w);
}

enum en_status en_diary_show(const struct en_diary_call *c, struct en_buf *out, struct en_err *err)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    write_head(c, &w);
    EN_TRY(write_questions(c, &w, err));
    EN_TRY(write_entries(c, &w, err));
    EN_TRY(write_aftercare(c, &w, err));
    EN_TRY(write_calls(c, &w, err));
    write_chart(c, &w);
    en_write_close(&w);
    return en_write_end(&w, "a diary", err);
}
