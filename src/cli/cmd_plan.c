/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_plan: judge a case, and plan it when it may be treated. */
#include "cli/optimise.h"

#include "base/limits.h"

const struct en_option EN_OPTIONS_PLAN[] = {
    {"today", "DAY", "day of the decision, 2026-03-02; default: today"},
    {"json", NULL, "the answer as a FHIR Bundle"},
    {"pdf", "DIR", "write plan.pdf, leaflet.pdf, consent.pdf and aftercare.pdf"},
    {"svg", "FILE", "write the fan chart of pain; with --optimise benefit against burden"},
    {"png", "FILE", "write the same chart as a picture"},
    EN_PLANNING_OPTIONS,
    EN_OPTIMISE_OPTIONS,
    {NULL, NULL, NULL},
};

static enum en_status write_paper(struct en_cli *cli, const struct en_report *r,
                                  enum en_paper paper, const char *folder, struct en_err *err)
{
    const char *path = en_arena_print(cli->arena, "%s/%s.pdf", folder, en_paper_name(paper));

    if (path == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a path");
    }
    return en_planning_paper(cli, r, paper, path, err);
}

/* A blocked plan has no papers for the patient: nobody shall carry it out. */
static enum en_status write_papers(struct en_cli *cli, const struct en_report *r,
                                   const char *folder, struct en_err *err)
{
    EN_TRY(en_folder_make(folder, err));
    EN_TRY(write_paper(cli, r, EN_PAPER_PLAN, folder, err));
    if (en_report_is_blocked(r)) {
        (void)fprintf(cli->err_out, "no leaflet, consent and aftercare: no plan is issued (%s)\n",
                      en_verdict_text(r->assessment->verdict));
        return EN_OK;
    }
    for (int i = EN_PAPER_PLAN + 1; i <= EN_PAPER_AFTERCARE; i++) {
        EN_TRY(write_paper(cli, r, (enum en_paper)i, folder, err));
    }
    return EN_OK;
}

/* Files that were asked for. */
static enum en_status write_files(struct en_cli *cli, const struct en_arguments *args,
                                  const struct en_plan_answer *answer, struct en_err *err)
{
    const struct en_report r = en_planning_report(cli, answer);
    const char *pdf = en_given(args, "pdf");

    if (pdf != NULL) {
        EN_TRY(write_papers(cli, &r, pdf, err));
    }
    return en_planning_charts(cli, args, &r, err);
}

static enum en_status answer_case(struct en_cli *cli, const struct en_arguments *args, bool is_plan,
                                  struct en_err *err)
{
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_plan_answer answer = {0};
    struct en_plan_request request;

    if (!is_plan && (en_given(args, "pdf") != NULL || en_given(args, "svg") != NULL ||
                     en_given(args, "png") != NULL)) {
        return en_fail(err, EN_EINVAL, "assess writes no files; use plan");
    }
    EN_TRY(en_optimise_check(args, err));
    if (en_given(args, "optimise") != NULL) {
        return is_plan ? en_optimise(cli, args, err)
                       : en_fail(err, EN_EINVAL, "assess compares no plans; use plan");
    }
    EN_TRY(en_cli_case(cli, args, &answer.c, err));
    EN_TRY(en_planning_read(cli, args, &answer.c, &request, err));
    request.without_forecast = !is_plan;
    /* A plan moves its first session to a day that the schedule allows; an assessment asks whether
     * an injection on this day is right. */
    if (!is_plan && request.options.start == EN_DAY_UNKNOWN) {
        request.options.start = cli->app.today;
    }
    EN_TRY(en_app_plan(&cli->app, &answer.c, &request, cli->arena, &answer, err));
    cli->exit_status = answer.is_issued ? 0 : EN_EXIT_BLOCKED;
    struct en_report r = en_planning_report(cli, &answer);

    r.is_verdict_only = !is_plan;
    answer.is_issued = answer.is_issued && is_plan; /* the verdict alone, also as a Bundle */
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    const enum en_status st = en_given(args, "json") != NULL
                                  ? en_app_plan_bundle(&cli->app, &answer, cli->arena, &out, err)
                                  : en_report_terminal(&r, cli->width, use_colour, &out, err);

    EN_TRY(en_cli_flush(cli, &out, st, err));
    en_planning_say_refusals(cli, &answer.plan);
    return is_plan ? write_files(cli, args, &answer, err) : EN_OK;
}

enum en_status en_cmd_plan(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    return answer_case(cli, args, true, err);
}

enum en_status en_cmd_assess(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    return answer_case(cli, args, false, err);
}
