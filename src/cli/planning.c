/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/planning.h"

#include "base/limits.h"
#include "base/text.h"

#include <limits.h>

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

enum en_status en_planning_read(struct en_cli *cli, const struct en_arguments *args,
                                const struct en_case *c, struct en_plan_request *rq,
                                struct en_err *err)
{
    long long target = 1, sessions = 0, interval = 0, patients = 0, seed = 1, threads = 0;
    struct en_plan_options *o = &rq->options;

    *rq = (struct en_plan_request){.options = {.start = EN_DAY_UNKNOWN}};
    EN_TRY(en_given_integer(args, "target", 1, 1000, &target, err));
    EN_TRY(en_given_integer(args, "sessions", 1, 24, &sessions, err));
    EN_TRY(en_given_integer(args, "interval", 7, EN_PLAN_INTERVAL_MAX, &interval, err));
    EN_TRY(en_given_number(args, "dextrose", 1.0, 50.0, &o->dextrose_percent, err));
    EN_TRY(en_given_number(args, "volume-scale", 0.1, 10.0, &o->volume_scale, err));
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
    o->interval_days = (int)interval;
    o->sites = en_given(args, "sites");
    o->schedule = en_given(args, "schedule");
    o->guidance = en_given(args, "guidance");
    o->anaesthetic = en_given(args, "anaesthetic");
    o->stocks = en_given(args, "stocks");
    rq->patients = (size_t)patients;
    rq->seed = (uint64_t)seed;
    rq->threads = (int)threads;
    return check_stocks(cli, o->stocks, err);
}

struct en_report en_planning_report(const struct en_cli *cli, const struct en_plan_answer *answer)
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

enum en_status en_planning_paper(struct en_cli *cli, const struct en_report *r, enum en_paper paper,
                                 const char *path, struct en_err *err)
{
    struct en_buf pdf = EN_BUF(EN_OUTPUT_MAX);
    const enum en_status st = en_paper_write(r, paper, &pdf, err);

    return en_cli_write(cli, path, st, &pdf, err);
}

static enum en_status write_chart(struct en_cli *cli, const struct en_report *r,
                                  enum en_chart_format format, const char *path, struct en_err *err)
{
    struct en_buf image = EN_BUF(EN_OUTPUT_MAX);
    const enum en_status st = en_chart_write(r, EN_OUTCOME_PAIN, format, &image, err);

    return en_cli_write(cli, path, st, &image, err);
}

enum en_status en_planning_charts(struct en_cli *cli, const struct en_arguments *args,
                                  const struct en_report *r, struct en_err *err)
{
    const char *svg = en_given(args, "svg"), *png = en_given(args, "png");

    if (en_report_is_blocked(r)) {
        if (svg != NULL || png != NULL) {
            (void)fprintf(cli->err_out, "no chart written: no plan is issued (%s)\n",
                          en_verdict_text(r->assessment->verdict));
        }
        return EN_OK;
    }
    if (svg != NULL) {
        EN_TRY(write_chart(cli, r, EN_CHART_SVG, svg, err));
    }
    return png != NULL ? write_chart(cli, r, EN_CHART_PNG, png, err) : EN_OK;
}

void en_planning_say_refusals(struct en_cli *cli, const struct en_plan *plan)
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
