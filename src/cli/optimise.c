/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/optimise.h"

#include "app/optimise.h"
#include "base/limits.h"

static const char *const NEEDS_OPTIMISE[] = {"max-sessions", "max-dextrose", "no-exercise",
                                             "as-planned"};

enum en_status en_optimise_check(const struct en_arguments *args, struct en_err *err)
{
    const bool is_asked = en_given(args, "optimise") != NULL;

    for (size_t i = 0; i < EN_COUNT(NEEDS_OPTIMISE); i++) {
        if (!is_asked && en_given(args, NEEDS_OPTIMISE[i]) != NULL) {
            return en_fail(err, EN_EINVAL, "--%s goes with --optimise", NEEDS_OPTIMISE[i]);
        }
    }
    if (is_asked && en_given(args, "pdf") != NULL) {
        return en_fail(err, EN_EINVAL,
                       "--optimise compares plans and writes no papers: plan the chosen one with "
                       "--sessions, --interval, --dextrose, --guidance and --pdf");
    }
    return EN_OK;
}

static void say_refusals(struct en_cli *cli, const struct en_candidates *c)
{
    for (size_t i = 0; i < c->refusal_count; i++) {
        const struct en_refusal *r = &c->refusals[i];

        (void)fprintf(cli->err_out, "%zu plan%s refused: %s%s%s\n", r->count,
                      r->count == 1 ? "" : "s", r->rule == NULL ? "" : r->rule,
                      r->rule == NULL ? "" : ": ", r->reason);
    }
}

static enum en_status write_chart(struct en_cli *cli, const struct en_report *r,
                                  enum en_chart_format format, const char *path, struct en_err *err)
{
    struct en_buf image = EN_BUF(EN_OUTPUT_MAX);
    const enum en_status st = en_search_chart_write(r, format, &image, err);

    return en_cli_write(cli, path, st, &image, err);
}

static enum en_status write_charts(struct en_cli *cli, const struct en_arguments *args,
                                   const struct en_report *r, struct en_err *err)
{
    const char *svg = en_given(args, "svg"), *png = en_given(args, "png");

    if (r->search == NULL) {
        if (svg != NULL || png != NULL) {
            (void)fprintf(cli->err_out, "no chart written: no plan may be carried out\n");
        }
        return EN_OK;
    }
    if (svg != NULL) {
        EN_TRY(write_chart(cli, r, EN_CHART_SVG, svg, err));
    }
    return png != NULL ? write_chart(cli, r, EN_CHART_PNG, png, err) : EN_OK;
}

static enum en_status print(struct en_cli *cli, const struct en_arguments *args,
                            const struct en_optimise *answer, struct en_err *err)
{
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    const bool has_search = answer->search.results != NULL;
    struct en_report r = en_planning_report(cli, &answer->answer);
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_report_search view;
    enum en_status st;

    if (has_search) {
        view = en_app_optimise_view(answer);
        r.search = &view;
    }
    r.is_verdict_only = !has_search;
    if (en_given(args, "json") != NULL) {
        st = en_app_optimise_bundle(&cli->app, answer, cli->arena, &out, err);
    } else {
        st = en_report_terminal(&r, cli->width, use_colour, &out, err);
    }
    EN_TRY(en_cli_flush(cli, &out, st, err));
    if (!has_search) {
        say_refusals(cli, &answer->candidates);
    }
    return write_charts(cli, args, &r, err);
}

enum en_status en_optimise(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    struct en_optimise *answer = EN_NEW(cli->arena, struct en_optimise, 1);
    struct en_optimise_request request = {.as_planned = en_given(args, "as-planned") != NULL};
    const struct en_asked asked = en_given_asked(args);
    struct en_case c;

    if (answer == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the search");
    }
    EN_TRY(en_cli_case(cli, args, &c, err));
    EN_TRY(en_planning_read(cli, args, &c, &request.plan, err));
    EN_TRY(en_asked_limits(&asked, &request.limits, err));
    EN_TRY(en_app_optimise(&cli->app, &c, &request, cli->arena, answer, err));
    cli->exit_status = answer->search.results != NULL ? 0 : EN_EXIT_BLOCKED;
    return print(cli, args, answer, err);
}
