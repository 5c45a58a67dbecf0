/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_backup: `enthesis backup`, `restore` and `verify`: a clinic kept safe. */
#include "base/instant.h"
#include "base/text.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "cli/secret.h"
#include "store/backup.h"
#include "store/verify.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

const struct en_option EN_OPTIONS_BACKUP[] = {
    EN_CLI_PLACE_OPTIONS,
    {"passphrase-file", "FILE", "its first line is the passphrase; default: asked for"},
    {NULL, NULL, NULL},
};

const struct en_option EN_OPTIONS_VERIFY[] = {
    EN_CLI_PLACE_OPTIONS,
    {"backup", "FILE", "look at a backup instead: whether it is whole and could be restored"},
    {"passphrase-file", "FILE", "with --backup: its first line is the passphrase"},
    {"heads", "HEADS",
     "heads of the audit trail as an earlier run printed them: they must still be in it"},
    {NULL, NULL, NULL},
};

/* Rows, entries or versions done: the bar. */
struct bar {
    struct en_progress progress;
    const char *what;
};

static void draw(void *context, uint64_t done, uint64_t all)
{
    struct bar *b = context;

    en_progress_show(&b->progress, done, all, 1.0, b->what);
}

/* The word that names the file. */
static enum en_status file_of(const struct en_arguments *args, const char **out, struct en_err *err)
{
    if (args->word_count != 1) {
        return en_fail(err, EN_EINVAL, "name one file, for example clinic.backup");
    }
    *out = args->words[0];
    return EN_OK;
}

typedef enum en_status backup_run(const struct en_backup_options *options,
                                  struct en_backup_result *out, struct en_err *err);

/* Ask for the passphrase, run with a bar. */
static enum en_status with_passphrase(struct en_cli *cli, const struct en_arguments *args,
                                      struct en_backup_options *options, backup_run *run,
                                      struct en_backup_result *out, struct en_err *err)
{
    struct bar bar = {en_progress_start(cli->err_out, 0), "rows"};
    char passphrase[EN_SECRET_MAX];

    EN_TRY(en_cli_secret(cli, "Passphrase of the backup", en_given(args, "passphrase-file"),
                         run == en_store_backup, passphrase, err));
    options->passphrase = passphrase;
    options->progress = draw;
    options->context = &bar; /* cppcheck-suppress autoVariables ; taken back below */
    const enum en_status st = run(options, out, err);

    en_progress_end(&bar.progress);
    en_secret_wipe(passphrase);
    options->passphrase = NULL;
    options->context = NULL;
    return st;
}

static void tell(struct en_cli *cli, const char *done, const char *file,
                 const struct en_backup_result *r)
{
    char taken[EN_INSTANT_TEXT_MAX];

    (void)fprintf(cli->out, "%s %s: %" PRIu64 " rows, schema %d, taken %s\n", file, done, r->rows,
                  r->schema, en_instant_text(r->taken_us, taken));
}

enum en_status en_cmd_backup(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    struct en_backup_options options = {0};
    struct en_backup_result result;

    EN_TRY(file_of(args, &options.file, err));
    EN_TRY(en_cli_db(args, cli->arena, &options.db, err));
    EN_TRY(with_passphrase(cli, args, &options, en_store_backup, &result, err));
    tell(cli, "written", options.file, &result);
    (void)fprintf(cli->out, "Without the passphrase nobody can read it, you neither: keep it apart "
                            "from the file.\n");
    return EN_OK;
}

enum en_status en_cmd_restore(struct en_cli *cli, const struct en_arguments *args,
                              struct en_err *err)
{
    struct en_backup_options options = {0};
    struct en_backup_result result;

    EN_TRY(file_of(args, &options.file, err));
    EN_TRY(en_cli_db(args, cli->arena, &options.db, err));
    if (en_given(args, "db") == NULL) {
        EN_TRY(en_folder_make(en_cli_data(args), err));
    }
    EN_TRY(with_passphrase(cli, args, &options, en_store_restore, &result, err));
    tell(cli, "restored", options.file, &result);
    return EN_OK;
}

static enum en_status verify_backup(struct en_cli *cli, const struct en_arguments *args,
                                    struct en_err *err)
{
    struct en_backup_options options = {.file = en_given(args, "backup")};
    struct en_backup_result result;

    EN_TRY(with_passphrase(cli, args, &options, en_store_backup_check, &result, err));
    tell(cli, "is whole", options.file, &result);
    return EN_OK;
}

static void print_verify(struct en_cli *cli, const struct en_verify *v)
{
    const size_t shown =
        v->fault_count < EN_VERIFY_FAULTS_MAX ? v->fault_count : (size_t)EN_VERIFY_FAULTS_MAX;

    (void)fprintf(cli->out,
                  "%" PRIu64 " resources in %" PRIu64 " versions, %" PRIu64
                  " audit entries in %zu chain%s\n",
                  v->resources, v->versions, v->audit.entries, v->audit.chains,
                  v->audit.chains == 1 ? "" : "s");
    for (size_t i = 0; i < shown; i++) {
        (void)fprintf(cli->out, "FAULT %s\n", v->faults[i]);
    }
    if (v->fault_count > shown) {
        (void)fprintf(cli->out, "and %zu faults more\n", v->fault_count - shown);
    }
    if (v->audit.heads[0] != '\0') {
        (void)fprintf(cli->out, "Heads of the audit trail, to note down elsewhere:\n  %s\n",
                      v->audit.heads);
    }
}

enum en_status en_cmd_verify(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    struct en_store_options options = {.only_reads = true, .read_timeout_ms = INT_MAX};
    struct bar bar = {en_progress_start(cli->err_out, 0), "versions"};
    struct en_search_params params;
    struct en_store *store = NULL;
    static struct en_verify result;
    char lost[256] = "";

    if (args->word_count != 0) {
        return en_fail(err, EN_EINVAL, "verify takes options only; a file is named by --backup");
    }
    if (en_given(args, "backup") != NULL) {
        return verify_backup(cli, args, err);
    }
    EN_TRY(en_cli_db(args, cli->arena, &options.url, err));
    EN_TRY(en_search_params_load(cli->arena, &params, err));
    EN_TRY(en_store_open(&options, &store, err));
    enum en_status st = en_store_verify(store, &params, draw, &bar, &result, err);

    en_progress_end(&bar.progress);
    if (st == EN_OK && en_given(args, "heads") != NULL) {
        st = en_audit_find_heads(store, en_given(args, "heads"), lost, err);
    }
    en_store_close(store);
    EN_TRY(st);
    print_verify(cli, &result);
    if (lost[0] != '\0') {
        (void)fprintf(cli->out, "FAULT %s\n", lost);
    }
    if (result.fault_count > 0 || lost[0] != '\0') {
        return en_fail(err, EN_EIO,
                       "the database is not whole: restore the last backup beside it "
                       "and compare, before anybody goes on");
    }
    (void)fprintf(cli->out, "All is whole.\n");
    return EN_OK;
}
