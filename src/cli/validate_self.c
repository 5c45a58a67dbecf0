/* SPDX-License-Identifier: Apache-2.0
 * cli/validate_self: `enthesis validate self`, the posterior of one person put to the test. */
#include "app/selfcheck.h"
#include "base/limits.h"
#include "cli/progress.h"
#include "cli/validate.h"

#include <limits.h>

static enum en_status read_options(const struct en_arguments *args,
                                   struct en_selfcheck_options *out, struct en_err *err)
{
    long long persons = EN_SELFCHECK_PERSONS, draws = EN_SELFCHECK_DRAWS;
    long long cases = EN_REFERENCE_CASES, seed = 1, threads = 0;

    EN_TRY(en_given_integer(args, "patients", 1, EN_SELFCHECK_PERSONS_MAX, &persons, err));
    EN_TRY(en_given_integer(args, "draws", 16, EN_SELFCHECK_DRAWS_MAX, &draws, err));
    EN_TRY(en_given_integer(args, "cases", 0, EN_REFERENCE_CASES, &cases, err));
    EN_TRY(en_given_integer(args, "seed", 0, LLONG_MAX, &seed, err));
    EN_TRY(en_given_integer(args, "threads", 1, EN_THREADS_MAX, &threads, err));
    *out = (struct en_selfcheck_options){.persons = (size_t)persons,
                                         .draws = (size_t)draws,
                                         .cases = (size_t)cases,
                                         .seed = (uint64_t)seed,
                                         .threads = (int)threads};
    return EN_OK;
}

/* All of it, with a bar. */
static enum en_status run(struct en_cli *cli, const struct en_selfcheck_options *options,
                          struct en_selfcheck_answer *answer, struct en_err *err)
{
    struct en_progress bar = en_progress_start(cli->err_out, 0);
    enum en_status st = en_app_selfcheck_open(&cli->app, options, cli->arena, answer, err);

    while (st == EN_OK && answer->done < answer->all) {
        st = en_app_selfcheck_advance(answer, cli->arena, err);
        en_progress_show(&bar, answer->done, answer->all, 1.0, "persons");
    }
    en_progress_end(&bar);
    return st;
}

static enum en_status print_answer(struct en_cli *cli, const struct en_arguments *args,
                                   const struct en_selfcheck_answer *answer,
                                   const struct en_selfcheck_rows *rows, struct en_err *err)
{
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    enum en_status st = EN_OK;

    if (en_given(args, "json") != NULL) {
        st = en_selfcheck_json(rows, &out, err);
    } else if (en_given(args, "markdown") != NULL) {
        en_selfcheck_docs(rows, &out);
    } else {
        const struct en_selfcheck_report report = en_app_selfcheck_report(&cli->app, answer);

        st = en_selfcheck_terminal(&report, cli->width, use_colour, &out, err);
    }
    return en_cli_flush(cli, &out, st, err);
}

enum en_status en_validate_self(struct en_cli *cli, const struct en_arguments *args,
                                struct en_err *err)
{
    const char *path = en_given(args, "out");
    struct en_buf table = EN_BUF(EN_TABLE_FILE_MAX);
    struct en_selfcheck_options options;
    struct en_selfcheck_answer answer;
    struct en_selfcheck_rows rows;

    EN_TRY(read_options(args, &options, err));
    EN_TRY(run(cli, &options, &answer, err));
    EN_TRY(en_selfcheck_rows_of(&answer, cli->arena, &rows, err));
    EN_TRY(print_answer(cli, args, &answer, &rows, err));
    if (path == NULL) {
        return EN_OK;
    }
    en_selfcheck_rows_print(&rows, &table);
    return en_cli_write(cli, path, EN_OK, &table, err);
}
