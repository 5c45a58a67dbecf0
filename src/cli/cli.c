/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/ranks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

const struct en_command EN_COMMANDS[] = {
    {"plan", "CASE.json",
     "judge a case and, when it may be treated, plan it: verdict, sites, solutions, dates, "
     "forecast, papers",
     EN_OPTIONS_PLAN, en_cmd_plan},
    {"forecast", "CASE.json",
     "in the course of treatment: what was expected before, what the scores since then say of this "
     "patient, and what going on, stopping or training would bring",
     EN_OPTIONS_FORECAST, en_cmd_forecast},
    {"assess", "CASE.json",
     "the verdict alone: rules that fired or are unknown, what to ask next, evidence",
     EN_OPTIONS_PLAN, en_cmd_assess},
    {"mix", NULL, "from stocks to a syringe: volumes, osmolarity, anaesthetic against its maximum",
     EN_OPTIONS_MIX, en_cmd_mix},
    {"triage", "CASE.json", "symptoms after a session: how urgent, what to do, whom to call",
     EN_OPTIONS_AFTER, en_cmd_triage},
    {"review", "CASE.json", "is it working: continue, adjust, re-diagnose, stop, maintain",
     EN_OPTIONS_REVIEW, en_cmd_review},
    {"document", "CASE.json",
     "one document of a case, as a PDF or as blocks of JSON: consent, leaflet, aftercare, plan, "
     "forecast, note of a session, letter of referral",
     EN_OPTIONS_DOCUMENT, en_cmd_document},
    {"case", "new | show CASE.json | docs",
     "build a case from plain options or by asking; list what was understood", EN_OPTIONS_CASE,
     en_cmd_case},
    {"trial", "SPEC.json",
     "what a trial with virtual patients would report: arms, contrasts, power; see docs/trial.md. "
     "Changes are later minus baseline: an improvement of pain or function is negative",
     EN_OPTIONS_TRIAL, en_cmd_trial},
    {"validate", "RESULTS.tsv | self | clinic",
     "published results beside what the model predicts of them: coverage, score against the plain "
     "mean, calibration plot; the posterior of one person put to the test; stopping rules in a "
     "simulated clinic; see docs/validation.md",
     EN_OPTIONS_VALIDATE, en_cmd_validate},
    {"calibrate", "[report | cross]",
     "fit the model to the tables of trials: the posterior that forecasts use; its report; what it "
     "predicts of trials that are left out",
     EN_OPTIONS_CALIBRATE, en_cmd_calibrate},
    {"knowledge", "check | show ID | docs | approvals",
     "check the clinical tables; print a row with its source and grade", EN_OPTIONS_KNOWLEDGE,
     en_cmd_knowledge},
    {"model", "sbml | equations | parameters",
     "the healing model: as SBML for other programs, its equations, its numbers", EN_OPTIONS_MODEL,
     en_cmd_model},
    {"serve", "[docs]", "the clinic's server: FHIR R4, operations, CDS Hooks; until it is ended",
     EN_OPTIONS_SERVE, en_cmd_serve},
    {"user", "add LOGIN | list | reset LOGIN | disable LOGIN | enable LOGIN",
     "accounts of people: on SQLite while the server is stopped, on PostgreSQL also beside it. "
     "Passwords are asked for, or read from the input or a file, never from the command line",
     EN_OPTIONS_USER, en_cmd_user},
    {"client", "add ID | list | disable ID | enable ID",
     "accounts of programs: SMART backend services and Prometheus, with their scopes",
     EN_OPTIONS_CLIENT, en_cmd_client},
    {"backup", "FILE",
     "everything of a clinic in one encrypted file, while its server works; for either database",
     EN_OPTIONS_BACKUP, en_cmd_backup},
    {"restore", "FILE", "a backup into a clinic that is still empty, on either database",
     EN_OPTIONS_BACKUP, en_cmd_restore},
    {"import", "DIR | FILE",
     "Bundles, resources and NDJSON into a clinic: each file whole or not at all",
     EN_OPTIONS_IMPORT, en_cmd_import},
    {"export", "DIR", "every current resource as NDJSON, one file per type", EN_OPTIONS_EXPORT,
     en_cmd_export},
    {"verify", NULL,
     "whether a clinic is whole: storage, every version, what it is found by, the audit trail",
     EN_OPTIONS_VERIFY, en_cmd_verify},
    {"help", "[COMMAND]", "this list, or one command with its options", EN_OPTIONS_HELP,
     en_cmd_help},
    {NULL, NULL, NULL, NULL, NULL},
};

/* Options that stand before the command. */
static const struct en_option GLOBAL[] = {
    {"knowledge", "DIR", "read the clinical tables from a folder instead of the built-in ones"},
    {"version", NULL, "print the versions of program and knowledge"},
    {"help", NULL, "list the commands"},
    {NULL, NULL, NULL},
};

static const struct en_command *find_command(const char *name)
{
    for (const struct en_command *c = EN_COMMANDS; c->name != NULL; c++) {
        if (en_text_equal(c->name, name)) {
            return c;
        }
    }
    return NULL;
}

static int terminal_width(FILE *out)
{
    struct winsize size;
    const int fd = fileno(out);

    if (fd >= 0 && isatty(fd) != 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60) {
        return size.ws_col > 100 ? 100 : size.ws_col;
    }
    return 80;
}

void en_cli_wait_turn(void)
{
    const struct timespec patience = {.tv_sec = 2};

    if (en_rank() != 0) {
        (void)nanosleep(&patience, NULL);
    }
}

static int fail(FILE *err_out, enum en_status status, const struct en_err *err)
{
    en_cli_wait_turn();
    if (err->text[0] != '\0') {
        (void)fprintf(err_out, "enthesis: %s\n", err->text);
    }
    return status == EN_EINVAL ? EN_EXIT_WRONG : EN_EXIT_FAILED;
}

/* Words before the command: global options. Returns the index of the command in argv. */
static int command_index(int argc, char **argv)
{
    int i = 1;

    while (i < argc && en_text_starts(argv[i], "--")) {
        i += en_text_equal(argv[i], "--knowledge") ? 2 : 1;
    }
    return i < argc ? i : argc;
}

/* `enthesis plan --help` is `enthesis help plan`. */
static bool asks_for_help(int argc, char **argv, int at)
{
    bool is_asked = false;

    for (int i = at + 1; i < argc; i++) {
        is_asked |= en_text_equal(argv[i], "--help");
    }
    return is_asked;
}

static enum en_status run(struct en_cli *cli, int argc, char **argv, struct en_err *err)
{
    const int at = command_index(argc, argv);
    struct en_arguments global, args;
    struct en_knowledge *knowledge = NULL;

    EN_TRY(en_arguments_read(GLOBAL, at - 1, argv + 1, &global, err));
    const bool wants_version = en_given(&global, "version") != NULL;
    const char *name = at < argc && en_given(&global, "help") == NULL ? argv[at] : "help";
    const struct en_command *command = find_command(name);

    if (command == NULL) {
        return en_fail(err, EN_EINVAL, "no command \"%s\"; `enthesis help` lists them", name);
    }
    if (en_rank() != 0 && command->run != en_cmd_trial) {
        return EN_OK; /* only trials are shared between processes */
    }
    if (at < argc && asks_for_help(argc, argv, at)) {
        return en_cmd_help(cli,
                           &(struct en_arguments){
                               .options = EN_OPTIONS_HELP, .words = {argv[at]}, .word_count = 1},
                           err);
    }
    /* `knowledge check` reports the problems of a folder itself, so it loads it itself. */
    if (command->run != en_cmd_knowledge || wants_version) {
        EN_TRY(en_knowledge_load(en_given(&global, "knowledge"), cli->arena, &knowledge, err));
    }
    if (wants_version) {
        (void)fprintf(cli->out, "enthesis %s, knowledge %s\n", EN_VERSION,
                      en_knowledge_version(knowledge));
        return EN_OK;
    }
    cli->knowledge_folder = en_given(&global, "knowledge");
    cli->app.knowledge = knowledge;
    EN_TRY(en_arguments_read(command->options, argc > at ? argc - at - 1 : 0, argv + at + 1, &args,
                             err));
    return command->run(cli, &args, err);
}

int en_cli_main(int argc, char **argv, FILE *in, FILE *out, FILE *err_out)
{
    struct en_arena arena = EN_ARENA(EN_REQUEST_ARENA);
    struct en_err err = {""};
    struct en_cli cli = {
        .in = in,
        .out = out,
        .err_out = err_out,
        .arena = &arena,
        .app = {.today = en_clock_today()},
        .width = terminal_width(out),
        /* Read before any thread starts. NOLINTNEXTLINE(concurrency-mt-unsafe) */
        .use_colour = isatty(fileno(out)) != 0 && getenv("NO_COLOR") == NULL,
    };
    const enum en_status status = run(&cli, argc, argv, &err);
    int exit_status = status == EN_OK ? cli.exit_status : fail(err_out, status, &err);

    if (fflush(out) != 0 && exit_status == 0) {
        (void)fprintf(err_out, "enthesis: the output could not be written\n");
        exit_status = EN_EXIT_FAILED;
    }
    en_arena_free(&arena);
    return exit_status;
}

enum en_status en_cli_flush(struct en_cli *cli, struct en_buf *text, enum en_status before,
                            struct en_err *err)
{
    enum en_status st = before == EN_OK ? en_buf_check(text, "the output", err) : before;

    if (st == EN_OK && fwrite(en_buf_text(text), 1, text->size, cli->out) != text->size) {
        st = en_fail(err, EN_EIO, "the output could not be written");
    }
    en_buf_free(text);
    return st;
}

enum en_status en_cli_write(struct en_cli *cli, const char *path, enum en_status before,
                            struct en_buf *text, struct en_err *err)
{
    enum en_status st = before == EN_OK ? en_buf_check(text, path, err) : before;

    if (st == EN_OK) {
        st = en_file_write(path, en_buf_text(text), text->size, err);
    }
    en_buf_free(text);
    if (st == EN_OK) {
        (void)fflush(cli->out); /* in the order in which it came about; main looks at the status */
        (void)fprintf(cli->err_out, "wrote %s\n", path);
    }
    return st;
}

enum en_status en_cli_refuse(struct en_cli *cli, const char *what, const struct en_issues *issues,
                             struct en_err *err)
{
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);

    (void)fprintf(cli->err_out, "enthesis: %s is refused, %zu problem%s%s:\n", what,
                  issues->error_count, issues->error_count == 1 ? "" : "s",
                  issues->was_cut ? " and more" : "");
    for (size_t i = 0; i < issues->count; i++) {
        if (issues->items[i].severity == EN_ISSUE_ERROR) {
            (void)fprintf(cli->err_out, "  %s: %s\n", issues->items[i].path, issues->items[i].text);
        }
    }
    const enum en_status st = en_fhir_outcome(issues, &json, err);

    EN_TRY(en_cli_flush(cli, &json, st, err));
    err->text[0] = '\0';
    return EN_EINVAL;
}

enum en_status en_cli_case(struct en_cli *cli, const struct en_arguments *args, struct en_case *out,
                           struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues = {0};

    if (args->word_count != 1) {
        return en_fail(err, EN_EINVAL, "name one case file, or - for standard input");
    }
    EN_TRY(en_given_day(args, "today", &cli->app.today, err));
    enum en_status st = en_buf_read_file(&bytes, args->words[0], err);

    if (st == EN_OK) {
        st = en_app_case(&cli->app, en_buf_text(&bytes), bytes.size, cli->arena, out, &issues, err);
    }
    en_buf_free(&bytes);
    if (st == EN_EINVAL && issues.error_count > 0) {
        return en_cli_refuse(cli, args->words[0], &issues, err);
    }
    return st;
}
