/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/planning.h"

#include "app/document.h"
#include "base/limits.h"

enum en_status en_planning_read(struct en_cli *cli, const struct en_arguments *args,
                                const struct en_case *c, struct en_plan_request *rq,
                                struct en_err *err)
{
    const struct en_asked asked = en_given_asked(args);

    return en_asked_plan(&cli->app, &asked, c, cli->arena, rq, err);
}

struct en_report en_planning_report(const struct en_cli *cli, const struct en_plan_answer *answer)
{
    return en_app_report(&cli->app, answer);
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
