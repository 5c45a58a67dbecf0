/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_after: what follows a session: triage of symptoms, review of the response. */
#include "cli/cli.h"

#include "base/limits.h"
#include "fhir/result.h"
#include "report/report.h"

const struct en_option EN_OPTIONS_AFTER[] = {
    {"today", "DAY", "day of the decision, 2026-03-02; default: today"},
    {"target", "N", "which problem of the case, 1 is the first"},
    {"json", NULL, "the answer as a FHIR Bundle"},
    {"colour", NULL, "colours even where the output is no terminal"},
    {NULL, NULL, NULL},
};

static bool is_coloured(const struct en_cli *cli, const struct en_arguments *args)
{
    return cli->use_colour || en_given(args, "colour") != NULL;
}

enum en_status en_cmd_triage(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_triage triage;
    struct en_case c;

    EN_TRY(en_cli_case(cli, args, &c, err)); /* sets the day */
    const struct en_care care = {cli->app.knowledge, cli->app.today};
    const struct en_report r = {.knowledge = care.knowledge, .c = &c, .today = care.today};

    EN_TRY(en_triage_run(&care, &c, cli->arena, &triage, err));
    const enum en_status st =
        en_given(args, "json") != NULL
            ? en_fhir_write_triage(&care, &c, &triage, &out, err)
            : en_report_triage(&r, &triage, cli->width, is_coloured(cli, args), &out, err);

    return en_cli_flush(cli, &out, st, err);
}

enum en_status en_cmd_review(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_review review;
    struct en_case c;
    long long target = 1;

    EN_TRY(en_given_integer(args, "target", 1, 1000, &target, err));
    EN_TRY(en_cli_case(cli, args, &c, err)); /* sets the day */
    const struct en_care care = {cli->app.knowledge, cli->app.today};
    const struct en_report r = {.knowledge = care.knowledge, .c = &c, .today = care.today};

    EN_TRY(en_review_run(&care, &c, (size_t)target - 1, cli->arena, &review, err));
    const enum en_status st =
        en_given(args, "json") != NULL
            ? en_fhir_write_review(&care, &c, &review, &out, err)
            : en_report_review(&r, &review, cli->width, is_coloured(cli, args), &out, err);

    return en_cli_flush(cli, &out, st, err);
}
