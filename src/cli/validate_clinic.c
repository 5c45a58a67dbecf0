/* SPDX-License-Identifier: Apache-2.0
 * cli/validate_clinic: `enthesis validate clinic`, stopping rules in a simulated clinic. */
#include "app/clinic.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/progress.h"
#include "cli/validate.h"

#include <limits.h>

static enum en_status read_truth(const struct en_arguments *args, int *truth, struct en_err *err)
{
    const char *id = en_given(args, "truth");

    *truth = -1;
    for (int h = 0; id != NULL && h < EN_HYPOTHESES; h++) {
        *truth = en_text_equal(id, en_heal_hypothesis((size_t)h).id) ? h : *truth;
    }
    return id == NULL || *truth >= 0 ? EN_OK
                                     : en_fail(err, EN_EINVAL, "--truth needs H0, H1, H2 or H3");
}

static enum en_status read_options(const struct en_arguments *args, struct en_clinic_options *out,
                                   struct en_err *err)
{
    long long patients = EN_CLINIC_PATIENTS, forecasts = EN_CLINIC_FORECASTS;
    long long draws = EN_CLINIC_DRAWS, sessions = 0, seed = 1, threads = 0;

    *out = (struct en_clinic_options){.condition = en_given(args, "condition")};
    EN_TRY(read_truth(args, &out->truth, err));
    EN_TRY(en_given_integer(args, "patients", 1, EN_CLINIC_PATIENTS_MAX, &patients, err));
    forecasts = forecasts > patients ? patients : forecasts;
    EN_TRY(en_given_integer(args, "forecasts", 0, patients, &forecasts, err));
    EN_TRY(en_given_integer(args, "draws", 16, EN_CLINIC_DRAWS_MAX, &draws, err));
    EN_TRY(en_given_integer(args, "sessions", 2, EN_CLINIC_SESSIONS_MAX, &sessions, err));
    EN_TRY(en_given_number(args, "interval", 1.0, 365.0, &out->interval_days, err));
    EN_TRY(en_given_integer(args, "seed", 0, LLONG_MAX, &seed, err));
    EN_TRY(en_given_integer(args, "threads", 1, EN_THREADS_MAX, &threads, err));
    out->patients = (size_t)patients;
    out->forecast_patients = (size_t)forecasts;
    out->draws = (size_t)draws;
    out->sessions = (int)sessions;
    out->seed = (uint64_t)seed;
    out->threads = (int)threads;
    return EN_OK;
}

/* All forecasts, with a bar. */
static enum en_status run(struct en_cli *cli, const struct en_clinic_options *options,
                          struct en_clinic_answer *answer, struct en_err *err)
{
    struct en_progress bar = en_progress_start(cli->err_out, 0);
    enum en_status st = en_app_clinic_open(&cli->app, options, cli->arena, answer, err);

    while (st == EN_OK && en_clinic_done(answer->clinic) < options->forecast_patients) {
        st = en_clinic_advance(answer->clinic, err);
        en_progress_show(&bar, en_clinic_done(answer->clinic), options->forecast_patients, 1.0,
                         "patients");
    }
    en_progress_end(&bar);
    return st == EN_OK ? en_app_clinic_close(answer, cli->arena, err) : st;
}

/* Into the table, where other conditions stay as they are. */
static enum en_status write_table(struct en_cli *cli, const char *path,
                                  const struct en_clinic_rows *rows, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_TABLE_FILE_MAX), text = EN_BUF(EN_TABLE_FILE_MAX);
    struct en_clinic_rows old = {0}, all = {0};
    enum en_status st = en_buf_read_file(&bytes, path, err);

    if (st == EN_OK) {
        st = en_clinic_rows_read(path, en_buf_text(&bytes), bytes.size, cli->arena, &old, err);
    } else if (st == EN_ENOTFOUND) {
        st = EN_OK;
        err->text[0] = '\0';
    }
    en_buf_free(&bytes);
    EN_TRY(st);
    EN_TRY(en_clinic_rows_replace(&old, rows, cli->arena, &all, err));
    en_clinic_rows_print(&all, &text);
    return en_cli_write(cli, path, EN_OK, &text, err);
}

static enum en_status print_answer(struct en_cli *cli, const struct en_arguments *args,
                                   const struct en_clinic_answer *answer,
                                   const struct en_clinic_rows *rows, struct en_err *err)
{
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    enum en_status st = EN_OK;

    if (en_given(args, "json") != NULL) {
        st = en_clinic_json(rows, &out, err);
    } else if (en_given(args, "markdown") != NULL) {
        en_clinic_docs(cli->app.knowledge, rows, &out);
    } else {
        const struct en_clinic_report report = en_app_clinic_report(&cli->app, answer);

        st = en_clinic_terminal(&report, cli->width, use_colour, &out, err);
    }
    return en_cli_flush(cli, &out, st, err);
}

enum en_status en_validate_clinic(struct en_cli *cli, const struct en_arguments *args,
                                  struct en_err *err)
{
    const char *path = en_given(args, "out");
    struct en_clinic_options options;
    struct en_clinic_answer answer;
    struct en_clinic_rows rows;

    EN_TRY(read_options(args, &options, err));
    EN_TRY(run(cli, &options, &answer, err));
    EN_TRY(en_clinic_rows_of(&answer, cli->arena, &rows, err));
    EN_TRY(print_answer(cli, args, &answer, &rows, err));
    return path == NULL ? EN_OK : write_table(cli, path, &rows, err);
}
