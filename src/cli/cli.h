/* SPDX-License-Identifier: Apache-2.0
 * cli/cli: the command table. A command is a function and a row; the rows are the help text.
 *
 * Only this module and main write to the outside. Exit status: 0 done; 1 could not be done; 2 the
 * input is wrong; 3 done, and the answer is that no injection may be planned now. */
#pragma once

#include "app/app.h"
#include "cli/options.h"

#include <stdio.h>

enum { EN_EXIT_FAILED = 1, EN_EXIT_WRONG = 2, EN_EXIT_BLOCKED = 3 };

/* What every command gets. knowledge is loaded before the command runs. */
struct en_cli {
    FILE *in, *out, *err_out;
    struct en_arena *arena;
    struct en_app app;
    const char *knowledge_folder; /* NULL: the built-in tables */
    int width;                    /* columns of the terminal, 80 when it is none */
    bool use_colour;
    int exit_status; /* a command that succeeds may ask for EN_EXIT_BLOCKED */
};

/* Run a command with its parsed arguments. A returned failure is printed by the caller. */
typedef enum en_status en_command_run(struct en_cli *cli, const struct en_arguments *args,
                                      struct en_err *err);

struct en_command {
    const char *name, *words, *help; /* "plan", "CASE.json", "..." */
    const struct en_option *options;
    en_command_run *run;
};

int en_cli_main(int argc, char **argv, FILE *in, FILE *out, FILE *err_out);

/* The table, ended by a NULL name (cli.c). */
extern const struct en_command EN_COMMANDS[];

/* Commands and their options, one function each (cmd_*.c). */
extern const struct en_option EN_OPTIONS_PLAN[], EN_OPTIONS_FORECAST[], EN_OPTIONS_CASE[],
    EN_OPTIONS_MIX[], EN_OPTIONS_AFTER[], EN_OPTIONS_TRIAL[], EN_OPTIONS_CALIBRATE[],
    EN_OPTIONS_VALIDATE[], EN_OPTIONS_KNOWLEDGE[], EN_OPTIONS_HELP[], EN_OPTIONS_MODEL[];
en_command_run en_cmd_plan, en_cmd_forecast, en_cmd_assess, en_cmd_mix, en_cmd_triage,
    en_cmd_review, en_cmd_case, en_cmd_trial, en_cmd_calibrate, en_cmd_validate, en_cmd_knowledge,
    en_cmd_help, en_cmd_model;

extern const struct en_option EN_OPTIONS_REVIEW[], EN_OPTIONS_BACKUP[], EN_OPTIONS_VERIFY[],
    EN_OPTIONS_EXPORT[], EN_OPTIONS_IMPORT[], EN_OPTIONS_SERVE[];
en_command_run en_cmd_backup, en_cmd_restore, en_cmd_verify, en_cmd_export, en_cmd_import,
    en_cmd_serve;

/* Documents of a case (cmd_document.c). */
extern const struct en_option EN_OPTIONS_DOCUMENT[];
en_command_run en_cmd_document;

/* Accounts (cmd_user.c). */
extern const struct en_option EN_OPTIONS_USER[], EN_OPTIONS_CLIENT[];
en_command_run en_cmd_user, en_cmd_client;

/* Read the case named by the first word. Its problems are printed: people's lines on err_out, the
 * OperationOutcome on out; the status is then EN_EINVAL with an empty err text. */
EN_MUST_USE enum en_status en_cli_case(struct en_cli *cli, const struct en_arguments *args,
                                       struct en_case *out, struct en_err *err);

/* Print everything wrong with an input: lines for people on err_out, the OperationOutcome on out.
 * Returns EN_EINVAL with an empty err text, or why the output failed. */
EN_MUST_USE enum en_status en_cli_refuse(struct en_cli *cli, const char *what,
                                         const struct en_issues *issues, struct en_err *err);

/* Write the text to a file, say so on err_out and free the text. Nothing is written when before is
 * a failure, which is passed on. */
EN_MUST_USE enum en_status en_cli_write(struct en_cli *cli, const char *path, enum en_status before,
                                        struct en_buf *text, struct en_err *err);

/* Before a failure is told: of several processes all may fail for the same reason, and the first,
 * which does not wait, says it and ends them. */
void en_cli_wait_turn(void);

/* Write a buffer to the output and free it, whatever status came before. */
EN_MUST_USE enum en_status en_cli_flush(struct en_cli *cli, struct en_buf *text,
                                        enum en_status before, struct en_err *err);
