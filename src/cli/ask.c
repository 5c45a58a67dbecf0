/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

enum { LINE_MAX_BYTES = 1024 };

/* Asked first, before any rule can say what it wants. */
static const struct {
    const char *field, *prompt;
    bool may_repeat;
} OPENING[] = {
    {"name", "Name, as printed on the papers?", false},
    {"birth_date", "Date of birth (1960-05-31)?", false},
    {"sex", "Sex (female, male, other)?", false},
    {"condition", "Condition (oa_knee, lateral_epicondylalgia, ... or in words)?", false},
    {"side", "Side (left, right, both, midline)?", false},
    {"onset", "Since when (2025-03)?", false},
    {"drug", "Medicines, one a line, \"none\" when there are none?", true},
    {"allergy", "Allergies, one a line, \"none\" when there are none?", true},
    {"practitioner", "Licence number of the clinician who injects?", false},
    {"privilege", "Privileges, one a line (a region, guidance-us, guidance-fl)?", true},
};

enum answer { ANSWERED, SKIPPED, BACK, DONE };

struct session {
    struct en_cli *cli;
    struct en_fields *fields;
    bool is_skipped[EN_TABLE_ROWS_MAX]; /* by index of the fact */
};

enum en_status en_field_add(struct en_fields *f, const char *field, const char *value,
                            struct en_err *err)
{
    if (f->count == EN_FIELDS_MAX) {
        return en_fail(err, EN_ELIMIT, "a case has at most %d fields", (int)EN_FIELDS_MAX);
    }
    f->items[f->count++] =
        (struct en_case_item){.field = field, .value = value, .day = EN_DAY_UNKNOWN};
    return EN_OK;
}

/* Build the case from the fields and read it back; problems are printed. */
static enum en_status rebuild(struct en_cli *cli, const struct en_fields *f, struct en_case *out,
                              bool *is_good, struct en_err *err)
{
    const struct en_case_items items = {f->items, f->count};
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};
    enum en_status st = en_fhir_build_case(cli->app.knowledge, &items, cli->app.today, cli->arena,
                                           &json, &issues, err);

    if (st == EN_OK) {
        st = en_app_case(&cli->app, en_buf_text(&json), json.size, cli->arena, out, &issues, err);
    }
    en_buf_free(&json);
    *is_good = st == EN_OK;
    for (size_t i = 0; st == EN_EINVAL && i < issues.count; i++) {
        (void)fprintf(cli->err_out, "  not taken: %s\n", issues.items[i].text);
    }
    return st == EN_EINVAL && issues.error_count > 0 ? EN_OK : st;
}

/* One line from the person, without its end; NULL at the end of the input. */
static const char *read_line(struct session *s, const char *prompt)
{
    char line[LINE_MAX_BYTES];

    (void)fprintf(s->cli->err_out, "%s ", prompt);
    (void)fflush(s->cli->err_out);
    if (fgets(line, sizeof line, s->cli->in) == NULL) {
        (void)fprintf(s->cli->err_out, "\n");
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return en_arena_copy(s->cli->arena, line + strspn(line, " \t"), SIZE_MAX);
}

static enum en_status take_answer(struct session *s, const char *field, const char *value,
                                  bool *is_good, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(s->cli->arena);
    struct en_case c;

    EN_TRY(en_field_add(s->fields, field, value, err));
    const enum en_status st = rebuild(s->cli, s->fields, &c, is_good, err);

    en_arena_rewind(s->cli->arena, mark);
    if (!*is_good) {
        s->fields->count--;
    }
    return st;
}

/* A bare number is meant in the unit that the prompt shows. */
static const char *with_unit(struct session *s, const char *field, const char *line)
{
    const struct en_row *fact = en_row_find(s->cli->app.knowledge, "facts", field);
    const char *unit = fact == NULL ? "" : en_cell(fact, "unit");
    double number = 0.0;

    if (en_text_is_empty(unit) || en_text_equal(unit, "1") || !en_text_number(line, &number)) {
        return line;
    }
    return en_arena_print(s->cli->arena, "%s %s", line, unit);
}

/* Ask one question until the answer is good. */
static enum en_status ask_one(struct session *s, const char *field, const char *prompt,
                              enum answer *out, struct en_err *err)
{
    for (bool is_good = false; !is_good;) {
        const char *line = read_line(s, prompt);

        if (line == NULL || en_text_equal(line, "done")) {
            *out = DONE;
            return EN_OK;
        }
        if (en_text_equal(line, "back") || line[0] == '\0') {
            *out = line[0] == '\0' ? SKIPPED : BACK;
            return EN_OK;
        }
        EN_TRY(take_answer(s, field, with_unit(s, field, line), &is_good, err));
    }
    *out = ANSWERED;
    return EN_OK;
}

static void undo(struct session *s)
{
    if (s->fields->count > 0) {
        const struct en_case_item *last = &s->fields->items[--s->fields->count];

        (void)fprintf(s->cli->err_out, "  taken back: %s\n", last->field);
    }
}

static bool is_given(const struct en_fields *f, const char *field)
{
    for (size_t i = 0; i < f->count; i++) {
        if (en_text_equal(f->items[i].field, field)) {
            return true;
        }
    }
    return false;
}

/* One question of the opening, again and again where it may be repeated. */
static enum en_status ask_field(struct session *s, size_t index, enum answer *answer,
                                struct en_err *err)
{
    bool is_asked_again = false;

    do {
        EN_TRY(ask_one(s, OPENING[index].field, OPENING[index].prompt, answer, err));
        is_asked_again = *answer == ANSWERED && OPENING[index].may_repeat &&
                         !en_text_equal(s->fields->items[s->fields->count - 1].value, "none");
    } while (is_asked_again);
    return EN_OK;
}

static enum en_status ask_opening(struct session *s, enum answer *answer, struct en_err *err)
{
    enum en_status st = EN_OK;
    size_t i = 0;

    while (st == EN_OK && i < EN_COUNT(OPENING) && *answer != DONE) {
        *answer = SKIPPED;
        if (!is_given(s->fields, OPENING[i].field)) {
            st = ask_field(s, i, answer, err);
        }
        if (*answer == BACK) {
            undo(s);
            i = i == 0 ? 0 : i - 1;
        } else {
            i++;
        }
    }
    return st;
}

/* "yes or no", "a; b; c", "number, with its unit: kg". */
static const char *prompt_of(struct session *s, const struct en_row *fact)
{
    const char *type = en_cell(fact, "type"), *unit = en_cell(fact, "unit");
    const char *how = en_text_equal(type, "bool")   ? "yes, no"
                      : en_text_equal(type, "code") ? en_cell(fact, "values")
                      : en_text_equal(type, "date") ? "2026-03-02"
                      : en_text_equal(unit, "1")    ? "number"
                                                    : unit;

    return en_arena_print(s->cli->arena, "%s [%s]", en_cell(fact, "question"), how);
}

/* The next question that a rule waits for; NULL when none is left. */
static enum en_status next_question(struct session *s, const struct en_row **out,
                                    struct en_err *err)
{
    const struct en_plan_request request = {.options = {.start = EN_DAY_UNKNOWN},
                                            .without_forecast = true};
    const struct en_table *facts = en_table_get(s->cli->app.knowledge, "facts");
    struct en_plan_answer answer;
    struct en_case c;
    bool is_good = false;

    *out = NULL;
    EN_TRY(rebuild(s->cli, s->fields, &c, &is_good, err));
    if (!is_good) {
        return EN_OK;
    }
    EN_TRY(en_app_plan(&s->cli->app, &c, &request, s->cli->arena, &answer, err));
    for (size_t i = 0; i < answer.assessment.question_count && *out == NULL; i++) {
        const struct en_row *fact = answer.assessment.questions[i].fact;

        if (!s->is_skipped[fact - facts->rows] &&
            !en_text_equal(en_cell(fact, "origin"), "derived")) {
            *out = fact;
        }
    }
    return EN_OK;
}

enum en_status en_ask(struct en_cli *cli, struct en_fields *f, struct en_err *err)
{
    const struct en_table *facts = en_table_get(cli->app.knowledge, "facts");
    struct session *s = EN_NEW(cli->arena, struct session, 1);
    enum answer answer = SKIPPED;

    if (s == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the questions");
    }
    s->cli = cli;
    s->fields = f;
    (void)fprintf(cli->err_out,
                  "Empty line: not known. \"back\": undo. \"done\": stop and write the case.\n\n");
    EN_TRY(ask_opening(s, &answer, err));
    while (answer != DONE) {
        const struct en_arena_mark mark = en_arena_mark(cli->arena);
        const struct en_row *fact = NULL;

        EN_TRY(next_question(s, &fact, err));
        en_arena_rewind(cli->arena, mark); /* `fact` is a row of the knowledge and stays */
        if (fact == NULL) {
            (void)fprintf(cli->err_out, "No rule wants to know more.\n");
            return EN_OK;
        }
        EN_TRY(ask_one(s, en_cell(fact, "id"), prompt_of(s, fact), &answer, err));
        s->is_skipped[fact - facts->rows] = answer == SKIPPED;
        if (answer == BACK) {
            undo(s);
        }
    }
    return EN_OK;
}
