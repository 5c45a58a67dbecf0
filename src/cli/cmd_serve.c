/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_serve: `enthesis serve`: the clinic's server until it is told to end. */
#include "base/limits.h"
#include "base/text.h"
#include "cli/place.h"
#include "cli/supervisor.h"
#include "server/api_docs.h"
#include "server/demo.h"
#include "server/server.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Seconds that requests in work may still take at the end; systemd waits longer. */
#define STOP_S 15.0

/* Folder of the demo clinic when --data is not given. */
#define DEMO_DATA "clinic-demo"

const struct en_option EN_OPTIONS_SERVE[] = {
    EN_CLI_PLACE_OPTIONS,
    {"listen", "ADDRESS:PORT",
     "where; default 127.0.0.1:8080. Beyond this machine (0.0.0.0:8443) it speaks TLS only, and "
     "the owner's first password must have been changed"},
    {"tls", NULL, "speak TLS on this machine, too"},
    {"tls-cert", "FILE",
     "certificate (PEM, with its chain); default: one made by the server, kept in the folder"},
    {"tls-key", "FILE", "its key"},
    {"base-url", "URL",
     "how clients reach it (https://NAME), behind a proxy or under a name of your own"},
    {"cds-clients", "FILE", "EHRs that may call CDS Hooks, with their keys"},
    {"connections", "N", "connections at the same time; default 1024"},
    {"demo", NULL,
     "a clinic of synthetic patients to look at, filled at its first start; prints its logins. In "
     "a folder of its own (default ./" DEMO_DATA "), on this machine only. Delete the folder for a "
     "new one"},
    {"today", "DAY", "take this as today in every decision; for examples"},
    {"quiet", NULL, "log only what went wrong"},
    {NULL, NULL, NULL},
};

static enum en_status read_options(const struct en_cli *cli, const struct en_arguments *args,
                                   struct en_server_options *out, struct en_err *err)
{
    const bool is_demo = en_given(args, "demo") != NULL;
    long long connections = 0;

    *out = (struct en_server_options){
        .is_demo = is_demo,
        .data = is_demo && en_given(args, "data") == NULL ? DEMO_DATA : en_cli_data(args),
        .db = en_given(args, "db"),
        .listen = en_given(args, "listen") == NULL ? "127.0.0.1:8080" : en_given(args, "listen"),
        .certificate = en_given(args, "tls-cert"),
        .key = en_given(args, "tls-key"),
        .base_url = en_given(args, "base-url"),
        .cds_clients = en_given(args, "cds-clients"),
        .with_tls = en_given(args, "tls") != NULL,
        .today = EN_DAY_UNKNOWN,
        .log = cli->err_out,
        .is_quiet = en_given(args, "quiet") != NULL,
    };
    if (args->word_count > 0) {
        return en_fail(err, EN_EINVAL, "\"%s\" is no option: write --NAME VALUE", args->words[0]);
    }
    EN_TRY(en_given_integer(args, "connections", 1, 16384, &connections, err));
    out->connections_max = (int)connections;
    return en_given_day(args, "today", &out->today, err);
}

/* A connection is a file, and so is each database connection: as many as the system grants. */
static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Signals that end the server wait until it asks for them; every thread inherits that. */
static void hold_signals(sigset_t *ending)
{
    struct sigaction ignore = {.sa_flags = 0};

    ignore.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigemptyset(ending);
    (void)sigaddset(ending, SIGTERM);
    (void)sigaddset(ending, SIGINT);
    (void)sigaddset(ending, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, ending, NULL);
}

static void tell_start(const struct en_cli *cli, const struct en_server *s)
{
    (void)fprintf(cli->out, "enthesis: listening on %s, data in %s; end with Ctrl-C\n", s->url,
                  s->options.data);
    if (s->fingerprint != NULL && s->options.certificate == NULL) {
        (void)fprintf(cli->out, "enthesis: own certificate %s/tls/certificate.pem, SHA-256 %s\n",
                      s->options.data, s->fingerprint);
    }
    (void)fflush(cli->out);
}

enum en_status en_cmd_serve(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    struct en_server_options options;
    struct en_server *s = NULL;
    sigset_t ending;
    int signal = 0;

    if (args->word_count == 1 && en_text_equal(args->words[0], "docs")) {
        struct en_buf out = EN_BUF(EN_OUTPUT_MAX);

        return en_cli_flush(cli, &out, en_api_docs(&out, err), err);
    }
    EN_TRY(read_options(cli, args, &options, err));
    (void)umask(077); /* whatever the server writes is the clinic's only */
    raise_file_limit();
    hold_signals(&ending);
    EN_TRY(en_server_start(&options, cli->app.knowledge, cli->out, &s, err));
    const enum en_status told = options.is_demo ? en_demo_tell(s, cli->out, err) : EN_OK;

    if (told != EN_OK) {
        en_server_stop(s, STOP_S);
        return told;
    }
    tell_start(cli, s);
    en_supervisor_tell("READY=1");
    while (sigwait(&ending, &signal) != 0) {
    }
    en_supervisor_tell("STOPPING=1");
    en_server_stop(s, STOP_S);
    (void)fprintf(cli->out, "enthesis: stopped\n");
    return EN_OK;
}
