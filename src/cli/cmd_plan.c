/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_plan: judge a case, and plan it when it may be treated. */
#include "cli/cli.h"

#include "base/limits.h"
#include "base/text.h"
#include "report/report.h"

#include <limits.h>
#include <string.h>

const struct en_option EN_OPTIONS_PLAN[] = {
    {"today", "DAY", "day of the decision, 2026-03-02; default: today"},
    {"json", NULL, "the answer as a FHIR Bundle"},
    {"pdf", "DIR", "write plan.pdf, leaflet.pdf, consent.pdf and aftercare.pdf"},
    {"svg", "FILE", "write the fan chart of pain"},
    {"png", "FILE", "write the fan chart of pain"},
    {"target", "N", "which problem of the case, 1 is the first"},
    {"sites", "LIST", "sites of the atlas chosen by the clinician, \"KNE-01; KNE-02\""},
    {"schedule", "ID", "schedule profile; default: the condition's"},
    {"sessions", "N", "number of sessions; default: the profile's"},
    {"start", "DAY", "day of the first session; default: the day of the decision"},
    {"guidance", "MODALITY", "LM, US, FL or CT where the site allows it"},
    {"anaesthetic", "NAME", "anaesthetic of the mix, or none; default: the policy's"},
    {"bleb-mg", "MG", "anaesthetic in skin blebs, per session"},
    {"block-mg", "MG", "anaesthetic in nerve blocks, per session"},
    {"stocks", "LIST", "stocks at hand; default: all of the usual ones"},
    {"patients", "N", "virtual patients of the forecast; default 2000"},
    {"seed", "N", "seed of the forecast; default 1"},
    {"threads", "N", "threads of the forecast; default: one per processor"},
    {"colour", NULL, "colours even where the output is no terminal"},
    {NULL, NULL, NULL},
};

/* A misspelt stock is a slip of the keyboard, no finding about the patient. */
static enum en_status check_stocks(const struct en_cli *cli, const char *list, struct en_err *err)
{
    const char *item = NULL;
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *id = en_arena_copy(cli->arena, item, size);

        if (id == NULL || en_row_find(cli->app.knowledge, "stocks", id) == NULL) {
            return en_fail(err, EN_EINVAL, "--stocks: \"%.*s\" is not a stock of stocks.tsv",
                           (int)size, item);
        }
    }
    return EN_OK;
}

static enum en_status read_request(const struct en_arguments *args, const struct en_case *c,
                                   struct en_plan_request *rq, struct en_err *err)
{
    long long target = 1, sessions = 0, patients = 0, seed = 1, threads = 0;
    struct en_plan_options *o = &rq->options;

    *rq = (struct en_plan_request){.options = {.start = EN_DAY_UNKNOWN}};
    EN_TRY(en_given_integer(args, "target", 1, 1000, &target, err));
    EN_TRY(en_given_integer(args, "sessions", 1, 24, &sessions, err));
    EN_TRY(en_given_integer(args, "patients", 16, EN_APP_PATIENTS_MAX, &patients, err));
    EN_TRY(en_given_integer(args, "seed", 0, LLONG_MAX, &seed, err));
    EN_TRY(en_given_integer(args, "threads", 1, EN_THREADS_MAX, &threads, err));
    EN_TRY(en_given_number(args, "bleb-mg", 0.0, 10000.0, &o->bleb_mg, err));
    EN_TRY(en_given_number(args, "block-mg", 0.0, 10000.0, &o->block_mg, err));
    EN_TRY(en_given_day(args, "start", &o->start, err));
    if (c->target_count > 1 && en_given(args, "target") == NULL) {
        return en_fail(err, EN_EINVAL,
                       "the case has %zu problems: choose one with --target 1 .. %zu "
                       "(`enthesis case show` lists them)",
                       c->target_count, c->target_count);
    }
    o->target = (size_t)target - 1;
    o->sessions = (int)sessions;
    o->sites = en_given(args, "sites");
    o->schedule = en_given(args, "schedule");
    o->guidance = en_given(args, "guidance");
    o->anaesthetic = en_given(args, "anaesthetic");
    o->stocks = en_given(args, "stocks");
    rq->patients = (size_t)patients;
    rq->seed = (uint64_t)seed;
    rq->threads = (int)threads;
    return EN_OK;
}

/* The report decides what of the plan the verdict lets it print. */
static struct en_report report_of(const struct en_cli *cli, const struct en_plan_answer *answer)
{
    return (struct en_report){
        .knowledge = cli->app.knowledge,
        .c = &answer->c,
        .plan = answer->plan.condition == NULL ? NULL : &answer->plan,
        .assessment = &answer->assessment,
        .forecast = answer->forecast,
        .today = cli->app.today,
    };
}

static enum en_status write_paper(struct en_cli *cli, const struct en_report *r,
                                  enum en_paper paper, const char *folder, struct en_err *err)
{
    struct en_buf pdf = EN_BUF(EN_OUTPUT_MAX);
    const char *path = en_arena_print(cli->arena, "%s/%s.pdf", folder, en_paper_name(paper));
    enum en_status st = path == NULL ? en_fail(err, EN_ENOMEM, "no memory for a path")
                                     : en_paper_write(r, paper, &pdf, err);

    if (st == EN_OK) {
        st = en_file_write(path, en_buf_text(&pdf), pdf.size, err);
    }
    en_buf_free(&pdf);
    if (st == EN_OK) {
        (void)fprintf(cli->err_out, "wrote %s\n", path);
    }
    return st;
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
    for (int i = EN_PAPER_PLAN + 1; i < EN_PAPER_COUNT; i++) {
        EN_TRY(write_paper(cli, r, (enum en_paper)i, folder, err));
    }
    return EN_OK;
}

static enum en_status write_chart(struct en_cli *cli, const struct en_report *r,
                                  enum en_chart_format format, const char *path, struct en_err *err)
{
    struct en_buf image = EN_BUF(EN_OUTPUT_MAX);
    enum en_status st = en_chart_write(r, EN_OUTCOME_PAIN, format, &image, err);

    if (st == EN_OK) {
        st = en_file_write(path, en_buf_text(&image), image.size, err);
    }
    en_buf_free(&image);
    if (st == EN_OK) {
        (void)fprintf(cli->err_out, "wrote %s\n", path);
    }
    return st;
}

/* Files that were asked for. */
static enum en_status write_files(struct en_cli *cli, const struct en_arguments *args,
                                  const struct en_plan_answer *answer, struct en_err *err)
{
    const struct en_report r = report_of(cli, answer);
    const char *pdf = en_given(args, "pdf"), *svg = en_given(args, "svg");
    const char *png = en_given(args, "png");

    if (pdf != NULL) {
        EN_TRY(write_papers(cli, &r, pdf, err));
    }
    if (en_report_is_blocked(&r)) {
        if (svg != NULL || png != NULL) {
            (void)fprintf(cli->err_out, "no chart written: no plan is issued (%s)\n",
                          en_verdict_text(answer->assessment.verdict));
        }
        return EN_OK;
    }
    if (svg != NULL) {
        EN_TRY(write_chart(cli, &r, EN_CHART_SVG, svg, err));
    }
    return png != NULL ? write_chart(cli, &r, EN_CHART_PNG, png, err) : EN_OK;
}

/* Why a mix cannot be made: the reader of a verdict would otherwise look for it in the patient. */
static void say_refusals(struct en_cli *cli, const struct en_plan *plan)
{
    for (size_t i = 0; i < plan->mix_count; i++) {
        const struct en_plan_mix *m = &plan->mixes[i];

        if (!m->mix.is_possible && m->mix.refusal != NULL) {
            (void)fprintf(cli->err_out, "mix %s cannot be made: %s%s%s\n", m->label, m->mix.refusal,
                          m->mix.nearest == NULL ? "" : " Nearest possible: ",
                          m->mix.nearest == NULL ? "" : m->mix.nearest);
        }
    }
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
    EN_TRY(en_cli_case(cli, args, &answer.c, err));
    EN_TRY(read_request(args, &answer.c, &request, err));
    EN_TRY(check_stocks(cli, request.options.stocks, err));
    request.without_forecast = !is_plan;
    /* A plan moves its first session to a day that the schedule allows; an assessment asks whether
     * an injection on this day is right. */
    if (!is_plan && request.options.start == EN_DAY_UNKNOWN) {
        request.options.start = cli->app.today;
    }
    EN_TRY(en_app_plan(&cli->app, &answer.c, &request, cli->arena, &answer, err));
    cli->exit_status = answer.is_issued ? 0 : EN_EXIT_BLOCKED;
    struct en_report r = report_of(cli, &answer);

    r.is_verdict_only = !is_plan;
    answer.is_issued = answer.is_issued && is_plan; /* the verdict alone, also as a Bundle */
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    const enum en_status st = en_given(args, "json") != NULL
                                  ? en_app_plan_bundle(&cli->app, &answer, cli->arena, &out, err)
                                  : en_report_terminal(&r, cli->width, use_colour, &out, err);

    EN_TRY(en_cli_flush(cli, &out, st, err));
    say_refusals(cli, &answer.plan);
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
