/* SPDX-License-Identifier: Apache-2.0 */
#include "support/pg.h"

#include "support/check.h"

#include <ftw.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAMS "/usr/lib/postgresql/15/bin"

static char folder[64], data[96];
static pid_t server;
static unsigned databases;

/* In the child: become who may run the server, and end when the test does. */
static void become_postgres(void)
{
    const struct passwd *user = getpwnam("postgres");

    if (getuid() == 0 && (user == NULL || setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 ||
                          setuid(user->pw_uid) != 0)) {
        _exit(127);
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGQUIT);
}

static pid_t spawn(char *const *arguments)
{
    const pid_t child = fork();

    if (child == 0) {
        become_postgres();
        if (freopen("/dev/null", "w", stdout) != NULL &&
            freopen("/dev/null", "w", stderr) != NULL && chdir("/") == 0) {
            (void)execv(arguments[0], arguments);
        }
        _exit(127);
    }
    CHECK(child > 0);
    return child;
}

static int wait_for(pid_t child)
{
    int status = -1;

    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static void clean_up(void)
{
    if (server > 0) {
        (void)kill(server, SIGQUIT);
        (void)waitpid(server, NULL, 0);
        server = 0;
    }
    if (folder[0] != '\0') {
        (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
}

static void make_cluster(void)
{
    const struct passwd *user = getpwnam("postgres");

    (void)snprintf(folder, sizeof folder, "/tmp/enthesis-pg-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    CHECK(atexit(clean_up) == 0);
    CHECK(getuid() != 0 || (user != NULL && chown(folder, user->pw_uid, user->pw_gid) == 0));
    (void)snprintf(data, sizeof data, "%s/data", folder);
    char *const arguments[] = {
        PROGRAMS "/initdb", "-D",      data,        "-U", "postgres", "-A", "trust", "-E", "UTF8",
        "--locale",         "C.UTF-8", "--no-sync", NULL};

    if (wait_for(spawn(arguments)) != 0) {
        print_error("no PostgreSQL 15: tools/need.sh test installs it\n");
        fail();
    }
}

void pg_start(void)
{
    char sockets[96], url[PG_URL_MAX];

    if (folder[0] == '\0') {
        make_cluster();
    }
    (void)snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", folder);
    char *const arguments[] = {PROGRAMS "/postgres",  "-D", data,    "-c",
                               "listen_addresses=",   "-c", sockets, "-c",
                               "shared_buffers=32MB", NULL};

    server = spawn(arguments);
    (void)snprintf(url, sizeof url, "postgresql:///postgres?host=%s&user=postgres", folder);
    for (int tries = 0; PQping(url) != PQPING_OK; tries++) {
        CHECK(tries < 3000 && waitpid(server, NULL, WNOHANG) == 0);
        (void)usleep(10000);
    }
}

void pg_stop(int is_crash)
{
    CHECK(server > 0 && kill(server, is_crash ? SIGQUIT : SIGINT) == 0);
    (void)wait_for(server);
    server = 0;
}

pid_t pg_process(void)
{
    return server;
}

void pg_database(char url[PG_URL_MAX])
{
    char sql[64];

    if (server == 0) {
        pg_start();
    }
    (void)snprintf(url, PG_URL_MAX, "postgresql:///postgres?host=%s&user=postgres", folder);
    PGconn *connection = PQconnectdb(url);

    (void)snprintf(sql, sizeof sql, "CREATE DATABASE test_%u", ++databases);
    PGresult *result = PQexec(connection, sql);

    CHECK(PQresultStatus(result) == PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(connection);
    (void)snprintf(url, PG_URL_MAX, "postgresql:///test_%u?host=%s&user=postgres", databases,
                   folder);
}
