/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_trial: what a trial with virtual patients would report. */
#include "cli/cli.h"
#include "cli/ranks.h"
#include "cli/trial_run.h"

#include "app/checkpoint.h"
#include "app/posterior_file.h"
#include "app/trial_answer.h"
#include "base/limits.h"
#include "base/text.h"

#include <assert.h>
#include <limits.h>
#include <unistd.h>

const struct en_option EN_OPTIONS_TRIAL[] = {
    {"patients", "N", "virtual patients of each arm; default: the specification's, else 20000"},
    {"seed", "N", "default: the specification's, else 1"},
    {"threads", "N", "default: one per processor"},
    {"json", NULL, "the answer as JSON"},
    {"csv", "FILE", "write all numbers as a table, one row each"},
    {"svg", "FILE", "write a chart of each outcome"},
    {"pdf", "FILE", "write charts and tables as a document"},
    {"hypotheses", NULL, "print the tables of each hypothesis too"},
    {"checkpoint", "FILE",
     "save how far the run has come, and go on from there when the file exists; it is removed at "
     "the end"},
    {"checkpoint-seconds", "S", "between two saves; default 10"},
    {"colour", NULL, "colours even where the output is no terminal"},
    {NULL, NULL, NULL},
};

static const double CHECKPOINT_S = 10.0;

/* All problems of a specification, one a line. */
static enum en_status refuse(struct en_cli *cli, const char *path, const struct en_issues *issues,
                             struct en_err *err)
{
    en_cli_wait_turn();
    (void)fprintf(cli->err_out, "enthesis: %s is refused, %zu problem%s%s:\n", path,
                  issues->error_count, issues->error_count == 1 ? "" : "s",
                  issues->was_cut ? " and more" : "");
    for (size_t i = 0; i < issues->count; i++) {
        const char *place = issues->items[i].path;
        /* The gate of the grammar names line and column instead of a pointer. */
        const bool is_pointer = place[0] == '/';

        (void)fprintf(cli->err_out, "  %s%s%s\n", is_pointer ? place : "", is_pointer ? ": " : "",
                      issues->items[i].text);
    }
    err->text[0] = '\0';
    return EN_EINVAL;
}

/* The specification with the options that stand above it, and the hash of both. */
static enum en_status read_spec(struct en_cli *cli, const struct en_arguments *args,
                                struct en_trial_spec *out, uint64_t *hash, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_TRIAL_SPEC_MAX);
    struct en_issues issues = {0};
    long long patients = 0, seed = -1;

    if (args->word_count != 1) {
        return en_fail(err, EN_EINVAL, "name one specification, or - for standard input");
    }
    EN_TRY(en_given_integer(args, "patients", EN_TRIAL_PATIENTS_MIN, EN_TRIAL_PATIENTS_MAX,
                            &patients, err));
    EN_TRY(en_given_integer(args, "seed", 0, LLONG_MAX, &seed, err));
    enum en_status st = en_buf_read_file(&bytes, args->words[0], err);

    if (st == EN_OK) {
        st = en_trial_spec_read(cli->app.knowledge, en_buf_text(&bytes), bytes.size, cli->arena,
                                out, &issues, err);
        *hash = en_hash(EN_HASH_START, en_buf_text(&bytes), bytes.size);
    }
    en_buf_free(&bytes);
    if (issues.error_count > 0) {
        return refuse(cli, args->words[0], &issues, err);
    }
    EN_TRY(st);
    out->trial.patients = patients > 0 ? (uint64_t)patients : out->trial.patients;
    out->trial.seed = seed >= 0 ? (uint64_t)seed : out->trial.seed;
    const uint64_t numbers[] = {*hash, out->trial.patients, out->trial.seed};

    *hash = en_hash(EN_HASH_START, numbers, sizeof numbers);
    return EN_OK;
}

static enum en_status run_trial(struct en_cli *cli, const struct en_arguments *args,
                                const struct en_trial_spec *spec, uint64_t hash,
                                struct en_trial_answer *answer, struct en_err *err)
{
    struct en_posterior *posterior = EN_NEW(cli->arena, struct en_posterior, 1);
    struct en_trial_result *result = EN_NEW(cli->arena, struct en_trial_result, 1);
    struct en_trial_size *size = EN_NEW(cli->arena, struct en_trial_size, 1);
    long long threads = 0;
    int64_t *sums = NULL;

    if (posterior == NULL || result == NULL || size == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the trial");
    }
    EN_TRY(en_given_integer(args, "threads", 1, EN_THREADS_MAX, &threads, err));
    EN_TRY(en_app_posterior(&cli->app, cli->arena, posterior, err));
    struct en_trial_job job = {
        .trial = &spec->trial,
        .posterior = posterior,
        .knowledge = en_knowledge_version(cli->app.knowledge),
        .hash = en_checkpoint_hash(hash, posterior),
        .checkpoint = en_given(args, "checkpoint"),
        .checkpoint_s = CHECKPOINT_S,
        .threads = (int)threads,
    };

    EN_TRY(en_given_number(args, "checkpoint-seconds", 0.0, 86400.0, &job.checkpoint_s, err));
    EN_TRY(en_trial_job_run(cli, &job, &sums, err));
    if (en_rank() != 0) {
        return EN_OK;
    }
    EN_TRY(en_trial_summarise(&spec->trial, posterior, sums, cli->arena, result, err));
    *answer = (struct en_trial_answer){cli->app.knowledge, spec, posterior, result, NULL};
    if (spec->has_question) {
        if (isatty(fileno(cli->err_out)) != 0) {
            (void)fprintf(cli->err_out, "trying trials of up to %zu patients per arm ...\n",
                          spec->question.n_max);
        }
        EN_TRY(en_trial_size_of(answer, (int)threads, cli->arena, size, err));
        answer->size = size;
    }
    return EN_OK;
}

/* Write the bytes, whatever status came before, and free them. */
static enum en_status write_file(struct en_cli *cli, const char *path, enum en_status before,
                                 struct en_buf *bytes, struct en_err *err)
{
    enum en_status st = before;

    if (st == EN_OK) {
        st = en_file_write(path, en_buf_text(bytes), bytes->size, err);
    }
    en_buf_free(bytes);
    if (st == EN_OK) {
        (void)fprintf(cli->err_out, "wrote %s\n", path);
    }
    return st;
}

typedef enum en_status write_report(const struct en_trial_report *r, struct en_buf *out,
                                    struct en_err *err);

/* Write a report to the file of the option, when it is given. */
static enum en_status write_drawing(struct en_cli *cli, const char *path, write_report *write,
                                    const struct en_trial_report *r, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_OUTPUT_MAX);

    if (path == NULL) {
        return EN_OK;
    }
    const enum en_status st = write(r, &bytes, err);

    return write_file(cli, path, st, &bytes, err);
}

static enum en_status write_table(struct en_cli *cli, const char *path,
                                  const struct en_trial_answer *answer, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_OUTPUT_MAX);

    if (path == NULL) {
        return EN_OK;
    }
    const enum en_status st = en_trial_csv(answer, &bytes, err);

    return write_file(cli, path, st, &bytes, err);
}

static enum en_status print_answer(struct en_cli *cli, const struct en_arguments *args,
                                   const struct en_trial_answer *answer, struct en_err *err)
{
    const struct en_trial_spec *spec = answer->spec;

    assert(spec != NULL);
    const struct en_trial_report r = {
        .knowledge = cli->app.knowledge,
        .result = answer->result,
        .name = spec->name,
        .title = spec->title,
        .outcomes = spec->outcomes,
        .size = answer->size,
        .is_calibrated = answer->posterior->is_calibrated,
        .has_condition_data = en_posterior_condition(answer->posterior, spec->trial.condition) >= 0,
        .with_hypotheses = en_given(args, "hypotheses") != NULL,
        .today = cli->app.today,
    };
    const bool use_colour = cli->use_colour || en_given(args, "colour") != NULL;
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    const enum en_status st = en_given(args, "json") != NULL
                                  ? en_trial_json(answer, &out, err)
                                  : en_trial_terminal(&r, cli->width, use_colour, &out, err);

    EN_TRY(en_cli_flush(cli, &out, st, err));
    EN_TRY(write_table(cli, en_given(args, "csv"), answer, err));
    EN_TRY(write_drawing(cli, en_given(args, "svg"), en_trial_svg, &r, err));
    return write_drawing(cli, en_given(args, "pdf"), en_trial_pdf, &r, err);
}

enum en_status en_cmd_trial(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    struct en_trial_spec *spec = EN_NEW(cli->arena, struct en_trial_spec, 1);
    struct en_trial_answer answer = {0};
    uint64_t hash = 0;

    if (spec == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the trial");
    }
    EN_TRY(read_spec(cli, args, spec, &hash, err));
    EN_TRY(run_trial(cli, args, spec, hash, &answer, err));
    return en_rank() == 0 ? print_answer(cli, args, &answer, err) : EN_OK;
}
