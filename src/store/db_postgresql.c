/* SPDX-License-Identifier: Apache-2.0
 * The driver of PostgreSQL. Round trips are what costs: BEGIN, SAVEPOINT and RELEASE wait until the
 * next statement and travel with it (libpq's pipeline mode), a ROLLBACK is sent without waiting for
 * its answer. Results are read whole; callers ask for bounded pages. */
#include "base/text.h"
#include "store/db_pg.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_TEXT = 32 };

static const char SAVEPOINT[] = "SAVEPOINT part";

/* One use of a statement. */
struct pg_query {
    struct en_query query;
    struct en_pg_statement *statement;
    PGresult *result;
    int row, rows;
    bool is_run;
    int parameters;
    const char **values; /* these four: shape [parameters] */
    int *lengths, *formats;
    char (*numbers)[NUMBER_TEXT];
};

static struct en_pg *of(struct en_db *db)
{
    return (struct en_pg *)db;
}

static struct pg_query *query_of(struct en_query *q)
{
    return (struct pg_query *)q;
}

/* Sending and reading */

/* Read up to the next synchronisation point. *kept (may be NULL) becomes the result of the last
 * statement; the first failure decides. */
static enum en_status read_answers(struct en_pg *p, PGresult **kept, struct en_err *err)
{
    enum en_status st = EN_OK;
    int ends = 0;

    p->answered = 0;
    while (p->connection != NULL) {
        PGresult *result = PQgetResult(p->connection);
        const ExecStatusType status = PQresultStatus(result);

        if (result == NULL) {
            if (++ends > 1) { /* one ends each statement's results; two: nothing will come */
                st = st != EN_OK ? st : en_pg_failed(p, NULL, err);
                en_pg_disconnect(p);
            }
            continue;
        }
        ends = 0;
        if ((status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) && st == EN_OK) {
            st = en_pg_failed(p, result, err);
        }
        const bool is_fine = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;

        p->answered += is_fine;
        if (kept != NULL && is_fine) {
            PQclear(*kept);
            *kept = result;
        } else {
            PQclear(result);
        }
        if (status == PGRES_PIPELINE_SYNC) {
            break;
        }
    }
    return st;
}

/* The answer to the ROLLBACK that nobody waited for. */
static void read_ending(struct en_pg *p)
{
    if (p->is_ending) {
        p->is_ending = false;
        (void)read_answers(p, NULL, NULL);
    }
}

static bool send_controls(struct en_pg *p)
{
    bool is_sent = true;

    p->is_sent = true;

    for (size_t i = 0; i < p->control_count && is_sent; i++) {
        is_sent =
            PQsendQueryParams(p->connection, p->controls[i], 0, NULL, NULL, NULL, NULL, 0) == 1;
    }
    p->control_count = 0;
    return is_sent;
}

static void push_control(struct en_pg *p, const char *sql)
{
    assert(p->control_count < EN_PG_CONTROLS_MAX);
    (void)snprintf(p->controls[p->control_count++], EN_PG_CONTROL_TEXT, "%s", sql);
}

/* Whether the last control that waits is this one; then it goes. */
static bool pop_control(struct en_pg *p, const char *sql)
{
    const bool is_last =
        p->control_count > 0 && strcmp(p->controls[p->control_count - 1], sql) == 0;

    p->control_count -= is_last;
    return is_last;
}

/* Send what waits and read the answers. */
static enum en_status flush(struct en_pg *p, PGresult **kept, struct en_err *err)
{
    if (p->connection == NULL) {
        return en_pg_failed(p, NULL, err);
    }
    read_ending(p);
    if (p->connection == NULL || !send_controls(p) || PQpipelineSync(p->connection) != 1) {
        return en_pg_failed(p, NULL, err);
    }
    return read_answers(p, kept, err);
}

/* Statements */

/* Room for the parameters, in one block that `values` begins. */
static bool make_parameters(struct pg_query *q, int count)
{
    const size_t n = (size_t)count, one = sizeof *q->values + sizeof *q->numbers + 2 * sizeof(int);

    if (n == 0) {
        return true;
    }
    q->values = calloc(n, one);
    if (q->values == NULL) {
        return false;
    }
    q->numbers = (char(*)[NUMBER_TEXT])(void *)(q->values + n);
    q->lengths = (int *)(void *)(q->numbers + n);
    q->formats = q->lengths + n;
    q->parameters = count;
    return true;
}

static enum en_status pg_get(struct en_db *db, const char *sql, struct en_query **out,
                             struct en_err *err)
{
    struct en_pg_statement *s = en_pg_statement_get(of(db), sql);
    struct pg_query *q = s == NULL ? NULL : calloc(1, sizeof *q);

    if (q == NULL || !make_parameters(q, s->parameters)) {
        free(q);
        return en_fail(err, EN_ENOMEM, "no memory left for a query");
    }
    q->query = (struct en_query){.db = db, .sql = s->sql};
    q->statement = s;
    s->users++;
    *out = &q->query;
    return EN_OK;
}

static void pg_bind_text(struct en_query *query, int at, const char *text)
{
    struct pg_query *q = query_of(query);

    assert(at >= 1);
    if (at <= q->parameters) {
        q->values[at - 1] = text;
        q->formats[at - 1] = 0;
    }
}

static void pg_bind_bytes(struct en_query *query, int at, const void *bytes, size_t size)
{
    struct pg_query *q = query_of(query);

    assert(at >= 1 && size <= INT32_MAX);
    if (at <= q->parameters) {
        q->values[at - 1] = bytes == NULL ? "" : bytes;
        q->lengths[at - 1] = (int)size;
        q->formats[at - 1] = 1;
    }
}

static void pg_bind_integer(struct en_query *query, int at, int64_t value)
{
    struct pg_query *q = query_of(query);

    if (at <= q->parameters) {
        (void)snprintf(q->numbers[at - 1], NUMBER_TEXT, "%lld", (long long)value);
        pg_bind_text(query, at, q->numbers[at - 1]);
    }
}

static void pg_bind_number(struct en_query *query, int at, double value)
{
    struct pg_query *q = query_of(query);

    if (at <= q->parameters) {
        (void)snprintf(q->numbers[at - 1], NUMBER_TEXT, "%.17g", value);
        pg_bind_text(query, at, q->numbers[at - 1]);
    }
}

/* The statement into the pipeline, prepared when it is not yet. */
static bool send_query(struct en_pg *p, struct pg_query *q)
{
    struct en_pg_statement *s = q->statement;
    char name[16];

    (void)snprintf(name, sizeof name, "s%u", s->number);
    return send_controls(p) &&
           (s->is_prepared || PQsendPrepare(p->connection, name, s->sql,
                                            s->types == NULL ? 0 : s->parameters, s->types) == 1) &&
           PQsendQueryPrepared(p->connection, name, q->parameters, q->values, q->lengths,
                               q->formats, 0) == 1;
}

/* The next row of a statement that streams; at its end the synchronisation point is read, too. */
static enum en_status stream_row(struct en_pg *p, struct pg_query *q, struct en_err *err)
{
    PQclear(q->result);
    q->result = NULL;
    q->rows = 0;
    q->row = -1;
    if (!p->is_streaming) {
        return EN_OK;
    }
    PGresult *result = p->connection == NULL ? NULL : PQgetResult(p->connection);

    if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
        q->result = result;
        q->rows = 1;
        return EN_OK;
    }
    enum en_status st =
        PQresultStatus(result) == PGRES_TUPLES_OK ? EN_OK : en_pg_failed(p, result, err);

    PQclear(result);
    p->is_streaming = false;
    const enum en_status end = read_answers(p, NULL, st == EN_OK ? err : NULL);

    return st != EN_OK ? st : end;
}

/* Prepared in a round trip of its own, so that what is read next are the rows. */
static enum en_status run_stream(struct en_pg *p, struct pg_query *q, struct en_err *err)
{
    char name[16];

    if (!q->statement->is_prepared) {
        (void)snprintf(name, sizeof name, "s%u", q->statement->number);
        if (!send_controls(p) || PQsendPrepare(p->connection, name, q->statement->sql,
                                               q->statement->types == NULL ? 0 : q->parameters,
                                               q->statement->types) != 1) {
            return en_pg_failed(p, NULL, err);
        }
        EN_TRY(flush(p, NULL, err));
        q->statement->is_prepared = true;
    }
    EN_TRY(flush(p, NULL, err)); /* what waits */
    if (!send_query(p, q) || PQpipelineSync(p->connection) != 1 ||
        PQsetSingleRowMode(p->connection) != 1) {
        return en_pg_failed(p, NULL, err);
    }
    p->is_streaming = true;
    return stream_row(p, q, err);
}

static enum en_status run_query(struct en_pg *p, struct pg_query *q, struct en_err *err)
{
    if (p->is_streaming) {
        return en_fail(err, EN_EBUG, "a statement was run while the rows of another were read");
    }
    if (p->connection == NULL) {
        return en_pg_failed(p, NULL, err);
    }
    read_ending(p);
    const size_t before = p->control_count;

    if (p->connection != NULL && q->query.is_stream) {
        return run_stream(p, q, err);
    }
    if (p->connection == NULL || !send_query(p, q)) {
        return en_pg_failed(p, NULL, err);
    }
    const enum en_status st = flush(p, &q->result, err);

    if (p->connection != NULL && p->answered > before) {
        q->statement->is_prepared = true; /* also when running it failed then */
    }
    EN_TRY(st);
    q->rows = PQntuples(q->result);
    q->row = -1;
    return EN_OK;
}

static enum en_status pg_next(struct en_query *query, bool *has_row, struct en_err *err)
{
    struct pg_query *q = query_of(query);

    if (!q->is_run) {
        q->is_run = true;
        EN_TRY(run_query(of(query->db), q, err));
    } else if (query->is_stream) {
        EN_TRY(stream_row(of(query->db), q, err));
    }
    if (q->row + 1 < q->rows) {
        q->row++;
        *has_row = true;
    }
    return EN_OK;
}

static bool pg_is_null(struct en_query *query, int column)
{
    const struct pg_query *q = query_of(query);

    return PQgetisnull(q->result, q->row, column) != 0;
}

static const char *pg_text(struct en_query *query, int column, struct en_arena *a)
{
    const struct pg_query *q = query_of(query);

    return pg_is_null(query, column)
               ? NULL
               : en_arena_copy(a, PQgetvalue(q->result, q->row, column),
                               (size_t)PQgetlength(q->result, q->row, column));
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* A bytea arrives as "\x0123...". */
static const void *pg_bytes(struct en_query *query, int column, struct en_arena *a, size_t *size)
{
    const struct pg_query *q = query_of(query);
    const char *text = PQgetvalue(q->result, q->row, column);

    *size = 0;
    if (pg_is_null(query, column) || !en_text_starts(text, "\\x")) {
        return NULL;
    }
    const size_t count = ((size_t)PQgetlength(q->result, q->row, column) - 2) / 2;
    unsigned char *bytes = EN_NEW(a, unsigned char, count + 1);

    if (bytes == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (unsigned char)(hex_digit(text[2 + 2 * i]) << 4 | hex_digit(text[3 + 2 * i]));
    }
    *size = count;
    return bytes;
}

static int64_t pg_integer(struct en_query *query, int column)
{
    const struct pg_query *q = query_of(query);

    return strtoll(PQgetvalue(q->result, q->row, column), NULL, 10);
}

static double pg_number(struct en_query *query, int column)
{
    const struct pg_query *q = query_of(query);

    return pg_is_null(query, column) ? NAN : strtod(PQgetvalue(q->result, q->row, column), NULL);
}

static int64_t pg_changes(const struct en_query *query)
{
    const struct pg_query *q = (const struct pg_query *)query;

    return strtoll(PQcmdTuples(q->result), NULL, 10);
}

static void pg_done(struct en_query *query)
{
    struct pg_query *q = query_of(query);

    while (of(query->db)->is_streaming && q->is_run && query->is_stream) {
        (void)stream_row(of(query->db), q, NULL); /* what nobody wants any more */
    }
    q->statement->users--;
    PQclear(q->result);
    free(q->values);
    free(q);
}

/* Transactions */

/* Whether the server closed the connection while nobody looked, as when it was restarted. */
static bool is_dead(struct en_pg *p)
{
    struct pollfd socket = {.fd = PQsocket(p->connection), .events = POLLIN};

    while (poll(&socket, 1, 0) > 0) {
        if (PQconsumeInput(p->connection) != 1 || PQstatus(p->connection) != CONNECTION_OK) {
            return true;
        }
    }
    return PQstatus(p->connection) != CONNECTION_OK;
}

static void pg_rollback(struct en_db *db)
{
    struct en_pg *p = of(db);

    p->control_count = 0;
    if (p->is_streaming) {
        en_pg_disconnect(p); /* a statement was not given back */
    }
    if (p->connection != NULL && p->is_sent && !p->is_ending) {
        push_control(p, "ROLLBACK");
        p->is_ending = send_controls(p) && PQpipelineSync(p->connection) == 1;
        if (!p->is_ending) {
            en_pg_disconnect(p);
        }
    }
    p->is_sent = false;
}

static enum en_status pg_begin(struct en_db *db, struct en_err *err)
{
    struct en_pg *p = of(db);

    pg_rollback(db); /* of one that was left open */
    read_ending(p);
    db->state = EN_DB_FINE;
    if (p->connection != NULL && is_dead(p)) {
        en_pg_disconnect(p);
    }
    if (p->connection == NULL) {
        EN_TRY(en_pg_connect(p, err));
    }
    push_control(p, db->options.is_writer ? "BEGIN ISOLATION LEVEL SERIALIZABLE"
                                          : "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    if (en_pg_statements_expire(p)) {
        push_control(p, "DEALLOCATE ALL");
    }
    return EN_OK;
}

static enum en_status pg_commit(struct en_db *db, struct en_err *err)
{
    struct en_pg *p = of(db);
    PGresult *result = NULL;

    if (!p->is_sent) {
        p->control_count = 0; /* nothing was done */
        return p->connection != NULL ? EN_OK : en_pg_failed(p, NULL, err);
    }
    push_control(p, "COMMIT");
    enum en_status st = flush(p, &result, err);

    /* A transaction that failed is rolled back by COMMIT, which then succeeds. */
    if (st == EN_OK && (result == NULL || strcmp(PQcmdStatus(result), "COMMIT") != 0)) {
        st = en_fail(err, EN_EIO, "the transaction failed before this");
    }
    if (st != EN_OK && p->connection == NULL) {
        st = en_fail(err, EN_EIO,
                     "the connection to the database server was lost at the commit: it may or may "
                     "not have taken place");
    }
    PQclear(result);
    p->is_sent = false;
    return st;
}

static bool has_failed(const struct en_pg *p)
{
    return p->connection == NULL || PQtransactionStatus(p->connection) == PQTRANS_INERROR;
}

static enum en_status make_room(struct en_pg *p, struct en_err *err)
{
    return p->control_count + 3 < EN_PG_CONTROLS_MAX ? EN_OK : flush(p, NULL, err);
}

static enum en_status pg_savepoint(struct en_db *db, struct en_err *err)
{
    struct en_pg *p = of(db);

    EN_TRY(make_room(p, err));
    push_control(p, SAVEPOINT);
    return EN_OK;
}

static enum en_status pg_release(struct en_db *db, struct en_err *err)
{
    struct en_pg *p = of(db);

    if (pop_control(p, SAVEPOINT)) {
        return EN_OK; /* nothing was done since */
    }
    if (has_failed(p)) {
        return en_fail(err, EN_EBUG, "a statement failed, and the work went on");
    }
    EN_TRY(make_room(p, err));
    push_control(p, "RELEASE SAVEPOINT part");
    return EN_OK;
}

static enum en_status pg_rollback_to(struct en_db *db, struct en_err *err)
{
    struct en_pg *p = of(db);

    if (p->connection == NULL) {
        return en_pg_failed(p, NULL, err);
    }
    if (pop_control(p, SAVEPOINT)) {
        return EN_OK;
    }
    EN_TRY(make_room(p, err));
    push_control(p, "ROLLBACK TO SAVEPOINT part");
    push_control(p, "RELEASE SAVEPOINT part");
    return EN_OK;
}

/* Several statements need the simple protocol, which has no pipeline. */
static enum en_status pg_run(struct en_db *db, const char *sql, struct en_err *err)
{
    struct en_pg *p = of(db);

    EN_TRY(flush(p, NULL, err));
    if (PQexitPipelineMode(p->connection) != 1) {
        return en_pg_failed(p, NULL, err);
    }
    PGresult *result = PQexec(p->connection, sql);
    const ExecStatusType status = PQresultStatus(result);
    enum en_status st = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
                            ? EN_OK
                            : en_pg_failed(p, result, err);

    PQclear(result);
    if (p->connection != NULL && PQenterPipelineMode(p->connection) != 1) {
        st = en_pg_failed(p, NULL, err);
    }
    return st;
}

static void pg_close(struct en_db *db)
{
    struct en_pg *p = of(db);

    en_pg_disconnect(p);
    for (size_t i = 0; i < p->statement_count; i++) {
        en_pg_statement_drop(&p->statements[i]);
    }
    free(p->url);
    free(p);
}

static const struct en_db_driver POSTGRESQL = {
    .kind = EN_DB_POSTGRESQL,
    .close = pg_close,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .savepoint = pg_savepoint,
    .release = pg_release,
    .rollback_to = pg_rollback_to,
    .run = pg_run,
    .get = pg_get,
    .bind_text = pg_bind_text,
    .bind_bytes = pg_bind_bytes,
    .bind_integer = pg_bind_integer,
    .bind_number = pg_bind_number,
    .next = pg_next,
    .is_null = pg_is_null,
    .text = pg_text,
    .bytes = pg_bytes,
    .integer = pg_integer,
    .number = pg_number,
    .changes = pg_changes,
    .done = pg_done,
};

enum en_status en_postgresql_open(const struct en_db_options *options, struct en_db **out,
                                  struct en_err *err)
{
    struct en_pg *p = calloc(1, sizeof *p);
    char *url = strdup(options->url);

    if (p == NULL || url == NULL) {
        free(p);
        free(url);
        return en_fail(err, EN_ENOMEM, "no memory left for a connection");
    }
    p->db.driver = &POSTGRESQL;
    p->db.options = *options;
    p->db.options.url = url;
    p->url = url;
    const enum en_status st = en_pg_connect(p, err);

    if (st != EN_OK) {
        pg_close(&p->db);
        return st;
    }
    *out = &p->db;
    return EN_OK;
}
