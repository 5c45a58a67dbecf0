/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_calibrate: from published trials to the stored posterior. */
#include "cli/cli.h"

#include "app/calibration.h"
#include "app/fit_report.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/calibrate.h"
#include "cli/progress.h"

#include <limits.h>
#include <math.h>
#include <unistd.h>

const struct en_option EN_OPTIONS_CALIBRATE[] = {
    {"hypothesis", "ID", "H0, H1, H2, H3 or all (default); the posterior needs all"},
    {"particles", "N", "particles of each hypothesis; default 1000"},
    {"patients", "N", "quasi-random patients of an arm, a multiple of 8; default 32"},
    {"moves", "N", "rounds of moves after each step; default 3"},
    {"prior-width", "FACTOR",
     "multiply the spread of every prior; other than 1, posterior_wide.tsv is written, a summary"},
    {"seed", "N", "seed; default 1"},
    {"threads", "N", "threads; default: one per processor"},
    {"checkpoint", "FILE", "keep the state in this file, and go on from it"},
    {"out", "PATH",
     "folder of the posterior, default knowledge; cross: table, default docs/validation.tsv"},
    {"pdf", "FILE", "report: write it as PDF"},
    {"markdown", NULL, "cross: print docs/validation.md from a finished table"},
    {"colour", NULL, "report: colours even where the output is no terminal"},
    {NULL, NULL, NULL},
};

/* [s] between two checkpoints. */
static const double PAUSE_S = 20.0;

static enum en_status read_settings(const struct en_arguments *args,
                                    struct en_calibration_settings *out, struct en_err *err)
{
    const struct en_calibration_settings usual = en_calibration_defaults();
    long long particles = (long long)usual.particles, patients = (long long)usual.patients;
    long long moves = (long long)usual.moves, seed = (long long)usual.seed, threads = 0;

    *out = usual;
    EN_TRY(en_given_integer(args, "particles", 8, 100000, &particles, err));
    EN_TRY(en_given_integer(args, "patients", 1, 4096, &patients, err));
    EN_TRY(en_given_integer(args, "moves", 1, 100, &moves, err));
    EN_TRY(en_given_integer(args, "seed", 0, LLONG_MAX, &seed, err));
    EN_TRY(en_given_integer(args, "threads", 1, EN_THREADS_MAX, &threads, err));
    EN_TRY(en_given_number(args, "prior-width", 0.1, 10.0, &out->prior_width, err));
    if (patients % EN_BATCH_PART != 0) {
        return en_fail(err, EN_EINVAL, "--patients needs a multiple of %d", (int)EN_BATCH_PART);
    }
    out->particles = (size_t)particles;
    out->patients = (size_t)patients;
    out->moves = (size_t)moves;
    out->seed = (uint64_t)seed;
    out->threads = (int)threads;
    return EN_OK;
}

static enum en_status read_hypotheses(const struct en_arguments *args, bool wanted[EN_HYPOTHESES],
                                      struct en_err *err)
{
    const char *id = en_given(args, "hypothesis");
    const bool is_all = id == NULL || en_text_equal(id, "all");
    bool is_known = is_all;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        wanted[h] = is_all || en_text_equal(id, en_heal_hypothesis(h).id);
        is_known |= wanted[h];
    }
    return is_known ? EN_OK : en_fail(err, EN_EINVAL, "--hypothesis needs H0, H1, H2, H3 or all");
}

/* Files of a long run */

enum en_status en_long_write(const struct en_long *l, const struct en_buf *bytes,
                             struct en_err *err)
{
    EN_TRY(en_buf_check(bytes, "the checkpoint", err));
    return en_file_write(l->checkpoint, en_buf_text(bytes), bytes->size, err);
}

static enum en_status save(struct en_long *l, const struct en_calibration_run *run,
                           struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_STATE_FILE_MAX);

    if (l->checkpoint == NULL) {
        return EN_OK;
    }
    en_calibration_run_pack(run, l->cli->arena, &bytes);
    const enum en_status st = en_long_write(l, &bytes, err);

    en_buf_free(&bytes);
    l->saved_s = en_clock_s();
    return st;
}

/* Go on from the checkpoint; without a file the run begins anew. */
static enum en_status resume(struct en_long *l, struct en_calibration_run *run, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_STATE_FILE_MAX);

    if (l->checkpoint == NULL) {
        return EN_OK;
    }
    enum en_status st = en_buf_read_file(&bytes, l->checkpoint, err);

    if (st == EN_OK) {
        st = en_calibration_run_unpack(run, l->checkpoint, &bytes, l->cli->arena, err);
    } else if (st == EN_ENOTFOUND) {
        st = EN_OK;
        err->text[0] = '\0';
    }
    en_buf_free(&bytes);
    return st;
}

enum en_status en_long_save(struct en_long *l, const struct en_calibration_run *run, bool is_due,
                            struct en_err *err)
{
    return is_due || en_clock_s() - l->saved_s >= PAUSE_S ? save(l, run, err) : EN_OK;
}

void en_long_show(const struct en_long *l, const char *what, const struct en_calibration *c)
{
    const struct en_calibration_step *steps = NULL;
    const size_t count = en_calibration_steps(c, &steps);

    if (!l->is_terminal) {
        return;
    }
    (void)fprintf(l->cli->err_out, "\r%s, step %zu: %3.0f %%", what, count,
                  100.0 * en_calibration_progress(c));
    if (count > 0) {
        (void)fprintf(l->cli->err_out, ", %.0f of the particles effective, %.0f %% of moves taken",
                      steps[count - 1].ess, 100.0 * steps[count - 1].accepted[0]);
    }
    (void)fprintf(l->cli->err_out, ", %.0f min\033[K", (en_clock_s() - l->started_s) / 60.0);
    (void)fflush(l->cli->err_out);
}

void en_long_wipe(const struct en_long *l)
{
    if (l->is_terminal) {
        (void)fprintf(l->cli->err_out, "\r\033[K");
    }
}

/* One line about a hypothesis that is done. */
static void say_done(const struct en_long *l, size_t h, const struct en_calibration *c)
{
    const struct en_calibration_step *steps = NULL;
    const size_t count = en_calibration_steps(c, &steps);
    double smallest = NAN;

    for (size_t i = 0; i < count; i++) {
        smallest = fmin(smallest, steps[i].ess);
    }
    en_long_wipe(l);
    (void)fprintf(l->cli->err_out, "%s: %zu steps, log evidence %.2f, smallest sample size %.0f\n",
                  en_heal_hypothesis(h).id, count, en_calibration_log_evidence(c), smallest);
}

static enum en_status run_hypothesis(struct en_long *l, struct en_calibration_run *run, size_t h,
                                     struct en_err *err)
{
    struct en_calibration *c = run->calibration[h];

    while (!en_calibration_done(c)) {
        en_long_show(l, en_heal_hypothesis(h).id, c);
        EN_TRY(en_calibration_advance(c, err));
        EN_TRY(en_long_save(l, run, en_calibration_done(c), err));
    }
    say_done(l, h, c);
    return EN_OK;
}

enum en_status en_long_run(struct en_long *l, const struct en_arguments *args,
                           struct en_calibration_run *run, struct en_err *err)
{
    struct en_calibration_settings settings;
    bool wanted[EN_HYPOTHESES];

    *l = (struct en_long){.cli = l->cli,
                          .checkpoint = en_given(args, "checkpoint"),
                          .is_terminal = isatty(fileno(l->cli->err_out)) != 0,
                          .started_s = en_clock_s(),
                          .saved_s = en_clock_s()};
    EN_TRY(read_settings(args, &settings, err));
    EN_TRY(read_hypotheses(args, wanted, err));
    EN_TRY(en_calibration_run_start(&l->cli->app, &settings, l->cli->arena, run, err));
    EN_TRY(resume(l, run, err));
    enum en_status st = EN_OK;

    for (size_t h = 0; h < EN_HYPOTHESES && st == EN_OK; h++) {
        st = wanted[h] ? run_hypothesis(l, run, h, err) : EN_OK;
    }
    return st;
}

/* What is left behind */

static enum en_status write_table(struct en_cli *cli, const char *folder, const char *name,
                                  struct en_buf *text, struct en_err *err)
{
    const char *path = en_arena_print(cli->arena, "%s/%s.tsv", folder, name);
    const enum en_status st =
        path == NULL ? en_fail(err, EN_ENOMEM, "no memory for a path") : EN_OK;

    return en_cli_write(cli, path, st, text, err);
}

static enum en_status write_posterior(struct en_cli *cli, const struct en_posterior_record *record,
                                      const char *folder, struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_TABLE_FILE_MAX);

    en_posterior_print(&record->posterior, &text);
    EN_TRY(write_table(cli, folder, "posterior", &text, err));
    en_posterior_print_info(record, &text);
    EN_TRY(write_table(cli, folder, "posterior_info", &text, err));
    en_posterior_print_steps(record, &text);
    return write_table(cli, folder, "posterior_steps", &text, err);
}

static enum en_status write_wide(struct en_cli *cli, const struct en_calibration_run *run,
                                 const struct en_posterior *p, const char *folder,
                                 struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_TABLE_FILE_MAX);
    struct en_wide_value *values = NULL;
    size_t count = 0;

    EN_TRY(en_calibration_run_wide(run, p, cli->arena, &values, &count, err));
    en_wide_print(values, count, &text);
    return write_table(cli, folder, "posterior_wide", &text, err);
}

static void say_weights(const struct en_cli *cli, const struct en_posterior *p)
{
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const struct en_hypothesis hypothesis = en_heal_hypothesis(h);

        (void)fprintf(cli->out, "%s %-28s weight %.3f, before %.3f; log evidence %.2f\n",
                      hypothesis.id, hypothesis.name, p->weight[h], p->prior_weight[h],
                      p->log_evidence[h]);
    }
}

/* Where the tables go; told before hours are spent. */
static enum en_status find_folder(struct en_cli *cli, const struct en_arguments *args,
                                  const char **out, struct en_err *err)
{
    const char **names = NULL;
    size_t count = 0;

    *out = en_given(args, "out");
    if (*out != NULL) {
        return en_folder_make(*out, err);
    }
    *out = "knowledge";
    if (en_folder_list(*out, "schema.tsv", 1, cli->arena, &names, &count, err) != EN_OK ||
        count == 0) {
        return en_fail(err, EN_ENOTFOUND,
                       "no folder knowledge with a schema.tsv here; name a folder with --out");
    }
    return EN_OK;
}

static enum en_status calibrate(struct en_cli *cli, const struct en_arguments *args,
                                struct en_err *err)
{
    struct en_calibration_run run;
    struct en_posterior_record record;
    struct en_long l = {.cli = cli};
    const char *folder = NULL;

    EN_TRY(find_folder(cli, args, &folder, err));
    EN_TRY(en_long_run(&l, args, &run, err));
    if (!en_calibration_run_done(&run)) {
        (void)fprintf(cli->err_out, "nothing written: a posterior needs all hypotheses; the "
                                    "checkpoint keeps what is done\n");
        return EN_OK;
    }
    EN_TRY(en_calibration_run_record(&run, EN_POSTERIOR_KEPT, cli->arena, &record, err));
    say_weights(cli, &record.posterior);
    return run.settings.prior_width == 1.0 ? write_posterior(cli, &record, folder, err)
                                           : write_wide(cli, &run, &record.posterior, folder, err);
}

/* The stored calibration, as text and as PDF. */
static enum en_status report(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    const char *path = en_given(args, "pdf");
    struct en_fit_report *r = EN_NEW(cli->arena, struct en_fit_report, 1);
    long long threads = 0;

    EN_TRY(en_given_integer(args, "threads", 1, EN_THREADS_MAX, &threads, err));
    if (r == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the report");
    }
    EN_TRY(en_app_fit_report(&cli->app, (int)threads, cli->arena, r, err));
    const enum en_status st = en_fit_terminal(
        r, cli->width, cli->use_colour || en_given(args, "colour") != NULL, &out, err);

    EN_TRY(en_cli_flush(cli, &out, st, err));
    return path == NULL ? EN_OK : en_cli_write(cli, path, en_fit_pdf(r, &out, err), &out, err);
}

enum en_status en_cmd_calibrate(struct en_cli *cli, const struct en_arguments *args,
                                struct en_err *err)
{
    const char *what = args->word_count > 0 ? args->words[0] : "";

    if (args->word_count == 0) {
        return calibrate(cli, args, err);
    }
    if (args->word_count == 1 && en_text_equal(what, "report")) {
        return report(cli, args, err);
    }
    if (args->word_count == 1 && en_text_equal(what, "cross")) {
        return en_calibrate_cross(cli, args, err);
    }
    return en_fail(err, EN_EINVAL, "usage: enthesis calibrate [report | cross], not \"%s\"", what);
}
