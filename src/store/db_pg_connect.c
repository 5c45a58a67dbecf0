/* SPDX-License-Identifier: Apache-2.0
 * Connections to PostgreSQL, and what its errors mean. */
#include "base/text.h"
#include "store/db_pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERVER_MIN = 130000 };

/* By SQLSTATE, or its first two letters. */
static const struct {
    const char *state;
    enum en_status status;
    enum en_db_state leaves;
    const char *text;
} FAILURES[] = {
    {"40001", EN_ECONFLICT, EN_DB_CONFLICT, "another server was in the way"},
    {"40P01", EN_ECONFLICT, EN_DB_CONFLICT, "another server was in the way"},
    {"55P03", EN_ECONFLICT, EN_DB_CONFLICT, "another server was in the way"},
    {"23", EN_ECONFLICT, EN_DB_DUPLICATE, "there is such a record already, or a field is missing"},
    {"57014", EN_ELIMIT, EN_DB_FINE, "the query took too long: ask for less at once"},
    {"53100", EN_EIO, EN_DB_LOST,
     "the disk of the database server is full: make room there; nothing that was confirmed is "
     "lost"},
    {"53300", EN_EIO, EN_DB_LOST,
     "the database server has no connection left: raise its max_connections"},
    {"53", EN_EIO, EN_DB_LOST, "the database server has no memory or other means left"},
    {"25006", EN_EIO, EN_DB_LOST,
     "the database cannot be written: the server is read-only or a standby"},
    {"25P02", EN_EBUG, EN_DB_FINE, "a statement failed, and the work went on"},
    {"25P03", EN_EIO, EN_DB_LOST, "the transaction was idle for too long"},
    {"57P", EN_EIO, EN_DB_LOST, "the database server is being stopped or started: try again"},
    {"08", EN_EIO, EN_DB_LOST, "the connection to the database server was lost: try again"},
    {"58", EN_EIO, EN_DB_LOST, "the disk of the database server cannot be read or written"},
    {"XX001", EN_EIO, EN_DB_LOST, "the database is damaged: restore the last backup"},
    {"XX002", EN_EIO, EN_DB_LOST, "the database is damaged: restore the last backup"},
    {"26000", EN_EIO, EN_DB_LOST,
     "the server forgot a prepared statement: connect to PostgreSQL itself, not to a pooler"},
    {"42P05", EN_EIO, EN_DB_LOST, "the server kept a statement that was given up: try again"},
    {"0A000", EN_EIO, EN_DB_LOST, "the tables were changed by a newer program: try again"},
    {"42501", EN_EIO, EN_DB_FINE,
     "the database user may not do this: grant it the database and its schema"},
    {"42P07", EN_EINVAL, EN_DB_FINE,
     "the database holds a table of that name that is not Enthesis': give it one of its own"},
    {"54", EN_ELIMIT, EN_DB_FINE, "a value is larger than the database can hold"},
    {"22021", EN_EINVAL, EN_DB_FINE, "a text is not UTF-8, or holds a NUL"},
};

enum en_status en_pg_failed(struct en_pg *p, const PGresult *result, struct en_err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (PQstatus(p->connection) != CONNECTION_OK) {
        en_pg_disconnect(p);
    }
    if (state == NULL) {
        en_db_worsen(&p->db, EN_DB_LOST);
        en_pg_disconnect(p);
        return en_fail(err, EN_EIO,
                       "the connection to the database server was lost: is it running?");
    }
    for (size_t i = 0; i < EN_COUNT(FAILURES); i++) {
        if (en_text_starts(state, FAILURES[i].state)) {
            en_db_worsen(&p->db, FAILURES[i].leaves);
            if (FAILURES[i].leaves == EN_DB_LOST) {
                en_pg_disconnect(p); /* a new one starts from what is certain */
            }
            return en_fail(err, FAILURES[i].status, "%s", FAILURES[i].text);
        }
    }
    if (en_text_starts(state, "42")) { /* syntax and names: of our text, not of values */
        return en_fail(err, EN_EBUG, "PostgreSQL %s: %s", state,
                       PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    }
    return en_fail(err, EN_EBUG, "PostgreSQL refuses a statement with code %s", state);
}

/* The server's words tell user, host and sometimes half of a password that holds an '@': only what
 * kind of failure it is goes on. */
static enum en_status cannot_connect(const PGconn *connection, struct en_err *err)
{
    static const struct {
        const char *words, *text;
    } KINDS[] = {
        {"authentication failed", "it refuses the user or the password of --db"},
        {"no password supplied", "it wants a password: put it into --db or ~/.pgpass"},
        {"could not translate", "its host name is not known: check --db"},
        {"Connection refused", "nothing listens at its address: is it running, is the port right?"},
        {"No such file", "there is no such socket: is it running, is its folder right?"},
        {"imeout", "it does not answer: check its address and the network"},
        {"does not exist", "it knows no such database or user: create it first"},
        {"starting up", "it is just starting: try again"},
        {"shutting down", "it is being stopped: try again"},
        {"too many", "it has no connection left: raise its max_connections"},
        {"no pg_hba.conf entry", "its pg_hba.conf does not admit this user from here"},
        {"SSL", "it and we do not agree on TLS: check sslmode in --db"},
    };
    const char *message = PQerrorMessage(connection);

    for (size_t i = 0; i < EN_COUNT(KINDS); i++) {
        if (strstr(message, KINDS[i].words) != NULL) {
            return en_fail(err, EN_EIO, "cannot reach the database server: %s", KINDS[i].text);
        }
    }
    return en_fail(err, EN_EIO,
                   "cannot reach the database server: check --db and the server's log");
}

static void swallow(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice; /* libpq would print it, and it may hold values */
}

static enum en_status run_setup(struct en_pg *p, const char *sql, struct en_err *err)
{
    PGresult *result = PQexec(p->connection, sql);
    const ExecStatusType status = PQresultStatus(result);
    const bool is_fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    const enum en_status st = is_fine ? EN_OK : en_pg_failed(p, result, err);

    PQclear(result);
    return st;
}

static enum en_status check_server(const struct en_pg *p, struct en_err *err)
{
    const char *encoding = PQparameterStatus(p->connection, "server_encoding");

    if (PQserverVersion(p->connection) < SERVER_MIN) {
        return en_fail(err, EN_EINVAL, "the database server is older than PostgreSQL 13");
    }
    if (!en_text_equal(encoding, "UTF8")) {
        return en_fail(err, EN_EINVAL,
                       "the database is not in UTF-8: create it with ENCODING 'UTF8'");
    }
    return EN_OK;
}

static enum en_status set_up(struct en_pg *p, struct en_err *err)
{
    static const char DURABLE[] = "SELECT set_config('synchronous_commit', 'on', false)"
                                  " WHERE current_setting('synchronous_commit') = 'off'";
    char sql[256];

    EN_TRY(check_server(p, err));
    (void)snprintf(sql, sizeof sql,
                   "SET statement_timeout = %d; SET lock_timeout = 10000;"
                   "SET idle_in_transaction_session_timeout = 120000",
                   p->db.options.timeout_ms);
    EN_TRY(run_setup(p, sql, err));
    if (p->db.options.is_writer) {
        EN_TRY(run_setup(p, DURABLE, err));
    }
    return PQenterPipelineMode(p->connection) == 1 ? EN_OK : en_pg_failed(p, NULL, err);
}

/* The last of two equal names wins, so what the url says stands behind our defaults. */
static PGconn *start_connection(const char *url)
{
    static const char *const NAMES[] = {"connect_timeout",
                                        "keepalives_idle",
                                        "tcp_user_timeout",
                                        "dbname",
                                        "fallback_application_name",
                                        "client_encoding",
                                        NULL};
    const char *const values[] = {"5", "30", "30000", url, "enthesis", "UTF8", NULL};

    return PQconnectdbParams(NAMES, values, 1);
}

enum en_status en_pg_connect(struct en_pg *p, struct en_err *err)
{
    p->connection = start_connection(p->url);
    if (PQstatus(p->connection) != CONNECTION_OK) {
        const enum en_status st = cannot_connect(p->connection, err);

        en_pg_disconnect(p);
        en_db_worsen(&p->db, EN_DB_LOST);
        return st;
    }
    (void)PQsetNoticeReceiver(p->connection, swallow, NULL);
    p->db.connections++;
    const enum en_status st = set_up(p, err);

    if (st != EN_OK) {
        en_pg_disconnect(p);
    }
    return st;
}

void en_pg_disconnect(struct en_pg *p)
{
    PQfinish(p->connection);
    p->connection = NULL;
    p->is_ending = false;
    p->is_streaming = false;
    p->control_count = 0;
    for (size_t i = 0; i < p->statement_count; i++) {
        p->statements[i].is_prepared = false;
    }
}
