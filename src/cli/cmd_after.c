/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_after: what follows a session: triage of symptoms, review of the response. */
#include "cli/planning.h"

#include "app/review.h"
#include "base/limits.h"
#include "fhir/result.h"

const struct en_option EN_OPTIONS_AFTER[] = {
    {"today", "DAY", "day of the decision, 2026-03-02; default: today"},
    {"target", "N", "which problem of the case, 1 is the first"},
    {"json", NULL, "the answer as a FHIR Bundle"},
    {"colour", NULL, "colours even where the output is no terminal"},
    {NULL, NULL, NULL},
};

const struct en_option EN_OPTIONS_REVIEW[] = {
    {"today", "DAY", "day of the decision, 2026-03-02; default: today"},
    {"json", NULL, "the answer as a FHIR Bundle"},
    {"as-planned", NULL, "sessions without volume or dextrose count as planned"},
    EN_PLANNING_OPTIONS,
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

/* The page: rules, then what the forecast says. */
static enum en_status print_review(struct en_cli *cli, const struct en_arguments *args,
                                   const struct en_case *c, const struct en_review_answer *answer,
                                   struct en_buf *out, struct en_err *err)
{
    const struct en_outlook *o = &answer->outlook;
    const struct en_report_advice advice = {answer->advice, answer->reason, answer->why_none};
    const struct en_report_outlook outlook = {
        .before = o->before,
        .start = o->follow.start,
        .notes = o->follow.notes,
        .note_count = o->follow.note_count,
        .sessions_left = o->sessions_left,
        .next_score_week = o->next_score_week,
    };
    struct en_report_search ways = {0};

    if (answer->ways != NULL) {
        ways = en_app_optimise_view(answer->ways);
    }
    const struct en_report r = {
        .knowledge = cli->app.knowledge,
        .c = c,
        .forecast = o->now,
        .outlook = &outlook,
        .search = answer->ways == NULL ? NULL : &ways,
        .today = cli->app.today,
    };

    return en_report_review(&r, &answer->care, &advice, cli->width, is_coloured(cli, args), out,
                            err);
}

enum en_status en_cmd_review(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    struct en_review_answer *answer = EN_NEW(cli->arena, struct en_review_answer, 1);
    struct en_outlook_request request = {.as_planned = en_given(args, "as-planned") != NULL,
                                         .also_undecided = true};
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_case c;

    if (answer == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the review");
    }
    EN_TRY(en_cli_case(cli, args, &c, err)); /* sets the day */
    EN_TRY(en_planning_read(cli, args, &c, &request.plan, err));
    EN_TRY(en_app_review(&cli->app, &c, &request, cli->arena, answer, err));
    const struct en_care care = {cli->app.knowledge, cli->app.today};
    const enum en_status st = en_given(args, "json") != NULL
                                  ? en_fhir_write_review(&care, &c, &answer->care, answer->advice,
                                                         answer->reason, &out, err)
                                  : print_review(cli, args, &c, answer, &out, err);

    return en_cli_flush(cli, &out, st, err);
}
