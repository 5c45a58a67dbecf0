/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_forecast: what the population teaches, updated by what this patient reports. */
#include "cli/planning.h"

#include "app/document.h"
#include "base/limits.h"

const struct en_option EN_OPTIONS_FORECAST[] = {
    {"today", "DAY", "day of the forecast, 2026-03-02; default: today"},
    {"json", NULL, "the answer as a FHIR Bundle"},
    {"pdf", "FILE", "write charts, words and tables as a document"},
    {"svg", "FILE", "write the charts of pain, before and now"},
    {"png", "FILE", "write the charts of pain, before and now"},
    {"as-planned", NULL,
     "a session without volume, dextrose, sites or guidance counts as the plan has it"},
    {"goal", "GOAL",
     "a score to reach, \"pain<=3\" or \"function<=20\"; repeat it or give a list with ; between. "
     "Default: half the pain, and the important changes"},
    EN_PLANNING_OPTIONS,
    {NULL, NULL, NULL},
};

static enum en_status read_request(struct en_cli *cli, const struct en_arguments *args,
                                   const struct en_case *c, struct en_outlook_request *rq,
                                   struct en_err *err)
{
    const struct en_asked asked = en_given_asked(args);

    *rq = (struct en_outlook_request){.as_planned = en_given(args, "as-planned") != NULL};
    EN_TRY(en_planning_read(cli, args, c, &rq->plan, err));
    return en_asked_goals(&asked, rq, err);
}

static enum en_status write_files(struct en_cli *cli, const struct en_arguments *args,
                                  const struct en_report *r, struct en_err *err)
{
    const char *pdf = en_given(args, "pdf");

    if (pdf != NULL && en_report_is_blocked(r)) {
        (void)fprintf(cli->err_out, "no document written: no plan is issued (%s)\n",
                      en_verdict_text(r->assessment->verdict));
    } else if (pdf != NULL) {
        EN_TRY(en_planning_paper(cli, r, EN_PAPER_FORECAST, pdf, err));
    }
    return en_planning_charts(cli, args, r, err);
}

enum en_status en_cmd_forecast(struct en_cli *cli, const struct en_arguments *args,
                               struct en_err *err)
{
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_outlook_request request;
    struct en_outlook outlook;
    struct en_case c;

    EN_TRY(en_cli_case(cli, args, &c, err));
    EN_TRY(read_request(cli, args, &c, &request, err));
    EN_TRY(en_app_outlook(&cli->app, &c, &request, cli->arena, &outlook, err));
    const struct en_report_outlook beside = en_app_beside(&outlook);
    struct en_report r = en_planning_report(cli, &outlook.answer);

    r.outlook = &beside;
    cli->exit_status = outlook.answer.is_issued ? 0 : EN_EXIT_BLOCKED;
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    const enum en_status st =
        en_given(args, "json") != NULL
            ? en_app_outlook_bundle(&cli->app, &outlook, cli->arena, &out, err)
            : en_report_terminal(&r, cli->width, use_colour, &out, err);

    EN_TRY(en_cli_flush(cli, &out, st, err));
    en_planning_say_refusals(cli, &outlook.answer.plan);
    return write_files(cli, args, &r, err);
}
