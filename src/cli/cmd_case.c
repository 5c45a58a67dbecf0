/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_case: build a case without writing FHIR, and show what was understood of one. */
#include "cli/ask.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/docs.h"
#include "report/report.h"

#include <string.h>

const struct en_option EN_OPTIONS_CASE[] = {
    {"today", "DAY", "day of the case, 2026-03-02; default: today"},
    {"set", "FIELD=VALUE",
     "new: any field, may be repeated: weight=\"81 kg\", diabetes=no, nrs@2026-01-05=6"},
    {"condition", "ID", "new: the problem, as in `knowledge show oa_knee`, or in words"},
    {"side", "SIDE", "new: left, right, both or midline"},
    {"onset", "DATE", "new: since when"},
    {"born", "DATE", "new: date of birth"},
    {"sex", "SEX", "new: female, male or other"},
    {"name", "TEXT", "new: the name on the papers"},
    {"weight", "WITH-UNIT", "new: \"81 kg\" or \"180 [lb_av]\""},
    {"height", "WITH-UNIT", "new: \"172 cm\""},
    {"ask", NULL, "new: ask on the terminal for what is missing"},
    {"fields", NULL, "new: list every field with what to write"},
    {"out", "FILE", "new: write to a file instead of standard output"},
    {"colour", NULL, "show: colours even where the output is no terminal"},
    {NULL, NULL, NULL},
};

/* Options that stand for a field. */
static const struct {
    const char *option, *field;
} SHORT[] = {
    {"condition", "condition"}, {"side", "side"},     {"onset", "onset"},
    {"born", "birth_date"},     {"sex", "sex"},       {"name", "name"},
    {"weight", "weight"},       {"height", "height"},
};

static void print_fields(struct en_cli *cli)
{
    const struct en_table *facts = en_table_get(cli->app.knowledge, "facts");

    for (const struct en_case_field *f = EN_CASE_FIELDS; f->name != NULL; f++) {
        (void)fprintf(cli->out, "%-28s %s\n", f->name, f->help);
    }
    for (size_t i = 0; i < facts->row_count; i++) {
        const struct en_row *row = &facts->rows[i];

        if (!en_text_equal(en_cell(row, "origin"), "derived")) {
            (void)fprintf(cli->out, "%-28s %s%s%s\n", en_cell(row, "id"), en_cell(row, "title"),
                          en_text_is_empty(en_cell(row, "unit")) ? "" : ", ", en_cell(row, "unit"));
        }
    }
}

/* "field=value" or "field@day=value". */
static enum en_status add_set(struct en_cli *cli, struct en_fields *f, const char *text,
                              struct en_err *err)
{
    const char *equals = strchr(text, '=');

    if (equals == NULL || equals == text) {
        return en_fail(err, EN_EINVAL, "--set needs FIELD=VALUE; --fields lists the fields");
    }
    const char *at = memchr(text, '@', (size_t)(equals - text));
    const char *end = at == NULL ? equals : at;
    const char *field = en_arena_copy(cli->arena, text, (size_t)(end - text));
    const char *day =
        at == NULL ? "" : en_arena_copy(cli->arena, at + 1, (size_t)(equals - at) - 1);
    enum en_date_precision precision = EN_DATE_DAY;

    if (field == NULL || day == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a field");
    }
    EN_TRY(en_field_add(f, field, equals + 1, err));
    if (at != NULL && (!en_date_parse(day, &f->items[f->count - 1].day, &precision) ||
                       precision != EN_DATE_DAY)) {
        return en_fail(err, EN_EINVAL, "--set %s@... needs a day such as 2026-01-05", field);
    }
    return EN_OK;
}

static enum en_status fields_of(struct en_cli *cli, const struct en_arguments *args,
                                struct en_fields *f, struct en_err *err)
{
    enum en_status st = EN_OK;

    for (size_t i = 0; st == EN_OK && i < EN_COUNT(SHORT); i++) {
        const char *value = en_given(args, SHORT[i].option);

        st = value == NULL ? EN_OK : en_field_add(f, SHORT[i].field, value, err);
    }
    for (size_t i = 0; st == EN_OK && i < args->all_count; i++) {
        if (en_text_equal(args->options[args->all[i].option].name, "set")) {
            st = add_set(cli, f, args->all[i].value, err);
        }
    }
    return st;
}

static enum en_status write_case(struct en_cli *cli, const struct en_arguments *args,
                                 struct en_buf *json, struct en_err *err)
{
    const char *path = en_given(args, "out");

    if (path == NULL) {
        return en_cli_flush(cli, json, EN_OK, err);
    }
    const enum en_status st = en_file_write(path, en_buf_text(json), json->size, err);

    en_buf_free(json);
    if (st == EN_OK) {
        (void)fprintf(cli->err_out, "wrote %s\n", path);
    }
    return st;
}

static enum en_status new_case(struct en_cli *cli, const struct en_arguments *args,
                               struct en_err *err)
{
    struct en_fields *f = EN_NEW(cli->arena, struct en_fields, 1);
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};

    if (en_given(args, "fields") != NULL) {
        print_fields(cli);
        return EN_OK;
    }
    if (f == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the fields");
    }
    EN_TRY(en_given_day(args, "today", &cli->app.today, err));
    EN_TRY(fields_of(cli, args, f, err));
    if (en_given(args, "ask") != NULL) {
        EN_TRY(en_ask(cli, f, err));
    }
    const struct en_case_items items = {f->items, f->count};
    const enum en_status st = en_fhir_build_case(cli->app.knowledge, &items, cli->app.today,
                                                 cli->arena, &json, &issues, err);

    if (st == EN_OK) {
        return write_case(cli, args, &json, err);
    }
    en_buf_free(&json);
    if (st == EN_EINVAL && issues.error_count > 0) {
        return en_cli_refuse(cli, "the case", &issues, err);
    }
    return st;
}

static enum en_status show_case(struct en_cli *cli, struct en_arguments *args, struct en_err *err)
{
    const struct en_plan_request request = {.options = {.start = EN_DAY_UNKNOWN},
                                            .without_forecast = true};
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_plan_answer answer = {0};

    args->words[0] = args->words[1]; /* "show" is taken; the file remains */
    args->word_count--;
    EN_TRY(en_cli_case(cli, args, &answer.c, err)); /* sets the day */
    EN_TRY(en_app_plan(&cli->app, &answer.c, &request, cli->arena, &answer, err));
    const struct en_care care = {cli->app.knowledge, cli->app.today};
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    const enum en_status st =
        en_report_case(&care, &answer.c, &answer.assessment, cli->width, use_colour, &out, err);

    return en_cli_flush(cli, &out, st, err);
}

enum en_status en_cmd_case(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    const char *what = args->word_count > 0 ? args->words[0] : "";
    struct en_arguments rest = *args;

    if (en_text_equal(what, "new") && args->word_count == 1) {
        return new_case(cli, args, err);
    }
    if (en_text_equal(what, "show") && args->word_count == 2) {
        return show_case(cli, &rest, err);
    }
    if (en_text_equal(what, "docs")) {
        struct en_buf out = EN_BUF(EN_OUTPUT_MAX);

        return en_cli_flush(cli, &out, en_fhir_case_docs(cli->app.knowledge, cli->arena, &out, err),
                            err);
    }
    return en_fail(err, EN_EINVAL, "usage: enthesis case new [options] | show CASE.json | docs");
}
