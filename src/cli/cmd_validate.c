/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_validate: published results beside what the model predicts of them; other checks. */
#include "cli/validate.h"

#include "app/fit_report.h"
#include "base/limits.h"
#include "base/text.h"

#include <limits.h>

const struct en_option EN_OPTIONS_VALIDATE[] = {
    {"seed", "N", "seed of the predictions; default 1"},
    {"draws", "N",
     "draws of the posterior for each result, default 4000; clinic: for each forecast, default "
     "256; self: of each hypothesis for each person, default 1000"},
    {"condition", "ID", "clinic: id of conditions.tsv; default oa_knee"},
    {"patients", "N",
     "clinic: patients of the rules that look at scores, default 2000; self: simulated persons, "
     "default 1000"},
    {"forecasts", "N", "clinic: of these, with forecasts; default 500, 0: no rule asks them"},
    {"sessions", "N", "clinic: of a full course; default 6"},
    {"interval", "DAYS", "clinic: between two sessions; default 28"},
    {"truth", "ID", "clinic: one hypothesis is true of all patients, whatever forecasts believe"},
    {"cases", "N", "self: hard cases beside long chains, the first of 20; default 20"},
    {"out", "FILE",
     "clinic: write the numbers into this table, beside other conditions; self: write this table"},
    {"markdown", NULL, "clinic, self: the section of docs/validation.md"},
    {"threads", "N", "threads; default: one per processor"},
    {"json", NULL, "the answer as JSON"},
    {"svg", "FILE", "write the calibration plot"},
    {"pdf", "FILE", "write the calibration plot and a chart of each study"},
    {"colour", NULL, "colours even where the output is no terminal"},
    {NULL, NULL, NULL},
};

static enum en_status read_request(const struct en_arguments *args, struct en_validate_request *out,
                                   struct en_err *err)
{
    long long seed = 1, draws = EN_CALIBRATION_DRAWS, threads = 0;

    EN_TRY(en_given_integer(args, "seed", 0, LLONG_MAX, &seed, err));
    EN_TRY(en_given_integer(args, "draws", 100, 1000000, &draws, err));
    EN_TRY(en_given_integer(args, "threads", 1, EN_THREADS_MAX, &threads, err));
    out->seed = (uint64_t)seed;
    out->draws = (size_t)draws;
    out->threads = (int)threads;
    return EN_OK;
}

static enum en_status predict(struct en_cli *cli, const struct en_arguments *args,
                              struct en_validate_answer *out, struct en_err *err)
{
    struct en_validate_request request = {.file = args->words[0]};
    struct en_buf bytes = EN_BUF(EN_TABLE_FILE_MAX);

    EN_TRY(read_request(args, &request, err));
    enum en_status st = en_buf_read_file(&bytes, request.file, err);

    if (st == EN_OK) {
        request.bytes = en_buf_text(&bytes);
        request.size = bytes.size;
        st = en_app_validate(&cli->app, &request, cli->arena, out, err);
    }
    en_buf_free(&bytes);
    return st;
}

/* Files that were asked for. */
static enum en_status write_files(struct en_cli *cli, const struct en_arguments *args,
                                  const struct en_fit_validation *v, struct en_err *err)
{
    const char *svg = en_given(args, "svg"), *pdf = en_given(args, "pdf");
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);

    if (svg != NULL) {
        EN_TRY(en_cli_write(cli, svg, en_validation_svg(v, &out, err), &out, err));
    }
    return pdf == NULL ? EN_OK : en_cli_write(cli, pdf, en_validation_pdf(v, &out, err), &out, err);
}

enum en_status en_cmd_validate(struct en_cli *cli, const struct en_arguments *args,
                               struct en_err *err)
{
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_validate_answer answer;
    struct en_fit_validation picture;

    if (args->word_count == 1 && en_text_equal(args->words[0], "clinic")) {
        return en_validate_clinic(cli, args, err);
    }
    if (args->word_count == 1 && en_text_equal(args->words[0], "self")) {
        return en_validate_self(cli, args, err);
    }
    if (args->word_count != 1) {
        return en_fail(err, EN_EINVAL,
                       "name one file of published results, or - for standard input; "
                       "docs/validation.md describes it");
    }
    EN_TRY(predict(cli, args, &answer, err));
    EN_TRY(en_app_fit_validation(&cli->app, &answer, args->words[0], cli->arena, &picture, err));
    const enum en_status st =
        en_given(args, "json") != NULL
            ? en_validation_json(&answer, &out, err)
            : en_validation_terminal(&picture, cli->width, use_colour, &out, err);

    EN_TRY(en_cli_flush(cli, &out, st, err));
    return write_files(cli, args, &picture, err);
}
