/* SPDX-License-Identifier: Apache-2.0
 * The driver of SQLite: one file in WAL mode, every commit flushed to the disk. Statements are kept
 * in a small cache, since preparing one costs more than running it. */
#include "base/clock.h"
#include "base/text.h"
#include "store/db_driver.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUSY_MS = 5000,      /* for what the lock file does not keep out: a shell, a backup */
    TICK = 2000,         /* steps of SQLite's machine between two looks at the clock */
    CACHE_KIB = 8 << 10, /* of pages, for the writer; readers keep SQLite's 2 MiB */
    JOURNAL_MAX = 64 << 20
};

/* A prepared statement; SQLite numbers $n by first appearance, place[] finds it again. */
struct statement {
    struct en_query query;
    sqlite3_stmt *prepared;
    uint64_t hash, last_use;
    bool is_busy, is_kept, is_running;
    int64_t changes;
    int parameters;
    int *place; /* shape [parameters + 1]: where $n is; 0: nowhere */
    char *sql;
};

struct sqlite {
    struct en_db db;
    sqlite3 *handle;
    char *path;
    double deadline_s;
    bool is_in_transaction;
    uint64_t uses;
    size_t count;
    struct statement *kept[EN_DB_STATEMENTS_MAX]; /* shape [count] */
};

static struct sqlite *of(struct en_db *db)
{
    return (struct sqlite *)db;
}

static struct statement *statement_of(struct en_query *q)
{
    return (struct statement *)q;
}

/* What to tell for a result code. The texts of SQLite name no values; ours say what to do. */
static const struct {
    int code;
    enum en_status status;
    const char *text;
} FAILURES[] = {
    {SQLITE_NOMEM, EN_ENOMEM, "no memory left for the database"},
    {SQLITE_BUSY, EN_ECONFLICT, "another program holds the database file; end it and try again"},
    {SQLITE_LOCKED, EN_ECONFLICT, "another program holds the database file; end it and try again"},
    {SQLITE_FULL, EN_EIO,
     "the disk of the database is full: make room there; nothing that was confirmed is lost"},
    {SQLITE_READONLY, EN_EIO,
     "the database file cannot be written: check that its disk is not mounted read-only and that "
     "this user owns the file and its folder"},
    {SQLITE_IOERR, EN_EIO,
     "the disk of the database cannot be read or written: check for room and faults there; nothing "
     "that was confirmed is lost"},
    {SQLITE_CANTOPEN, EN_EIO,
     "the database file or its folder cannot be opened: check that they exist and belong to this "
     "user"},
    {SQLITE_CORRUPT, EN_EIO, "the database file is damaged: restore the last backup"},
    {SQLITE_NOTADB, EN_EIO, "the file is no database: check the path, or restore the last backup"},
    {SQLITE_PERM, EN_EIO, "this user may not open the database file"},
    {SQLITE_CONSTRAINT, EN_ECONFLICT, "there is such a record already, or a field is missing"},
    {SQLITE_TOOBIG, EN_ELIMIT, "a text is larger than the database can hold"},
};

/* Turn a result code into a status, and note what became of the transaction. */
static enum en_status failed(struct sqlite *s, int code, struct en_err *err)
{
    if (s->is_in_transaction && sqlite3_get_autocommit(s->handle) != 0) {
        en_db_worsen(&s->db, EN_DB_LOST); /* SQLite took all of it back */
    }
    if ((code & 0xff) == SQLITE_CONSTRAINT) {
        en_db_worsen(&s->db, EN_DB_DUPLICATE);
    }
    if ((code & 0xff) == SQLITE_INTERRUPT) {
        return en_fail(err, EN_ELIMIT, "the query took longer than %d ms: ask for less at once",
                       s->db.options.timeout_ms);
    }
    for (size_t i = 0; i < EN_COUNT(FAILURES); i++) {
        if (FAILURES[i].code == (code & 0xff)) {
            return en_fail(err, FAILURES[i].status, "%s", FAILURES[i].text);
        }
    }
    return en_fail(err, EN_EBUG, "SQLite code %d: %s", code, sqlite3_errmsg(s->handle));
}

static int is_late(void *context)
{
    const struct sqlite *s = context;

    return en_clock_s() > s->deadline_s;
}

/* Statements */

static void statement_free(struct statement *t)
{
    (void)sqlite3_finalize(t->prepared);
    free(t->place);
    free(t->sql);
    free(t);
}

static bool number_parameters(struct statement *t)
{
    const int count = sqlite3_bind_parameter_count(t->prepared);

    t->parameters = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 1; i <= count; i++) {
            const char *name = sqlite3_bind_parameter_name(t->prepared, i);
            long long number = 0;

            if (name == NULL || name[0] != '$' ||
                !en_text_integer(name + 1, 1, EN_DB_PARAMETERS_MAX, &number)) {
                return false;
            }
            if (pass == 0) {
                t->parameters = (int)number > t->parameters ? (int)number : t->parameters;
            } else {
                t->place[number] = i;
            }
        }
        if (pass == 0 && (t->place = calloc((size_t)t->parameters + 1, sizeof *t->place)) == NULL) {
            return false;
        }
    }
    return true;
}

static enum en_status statement_make(struct sqlite *s, const char *sql, struct statement **out,
                                     struct en_err *err)
{
    struct statement *t = calloc(1, sizeof *t);
    const char *rest = "";

    if (t == NULL || (t->sql = strdup(sql)) == NULL) {
        free(t);
        return en_fail(err, EN_ENOMEM, "no memory left for a query");
    }
    const int code =
        sqlite3_prepare_v3(s->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &t->prepared, &rest);

    if (code != SQLITE_OK || t->prepared == NULL || !en_text_is_empty(rest) ||
        !number_parameters(t)) {
        statement_free(t);
        return code != SQLITE_OK
                   ? failed(s, code, err)
                   : en_fail(err, EN_EBUG, "not one statement with parameters $1, $2 ...");
    }
    t->query = (struct en_query){.db = &s->db, .sql = t->sql};
    *out = t;
    return EN_OK;
}

/* Keep it: in a free place, or in that of the statement that was used longest ago. */
static void statement_keep(struct sqlite *s, struct statement *t)
{
    size_t place = s->count;

    if (s->count == EN_DB_STATEMENTS_MAX) {
        for (size_t i = 0; i < s->count; i++) {
            if (!s->kept[i]->is_busy &&
                (place == s->count || s->kept[i]->last_use < s->kept[place]->last_use)) {
                place = i;
            }
        }
        if (place == s->count) {
            return; /* everything is in use: this one is not kept */
        }
        statement_free(s->kept[place]);
    } else {
        s->count++;
    }
    s->kept[place] = t;
    t->is_kept = true;
}

static enum en_status sqlite_get(struct en_db *db, const char *sql, struct en_query **out,
                                 struct en_err *err)
{
    struct sqlite *s = of(db);
    const uint64_t hash = en_hash(EN_HASH_START, sql, strlen(sql));
    struct statement *t = NULL;

    for (size_t i = 0; i < s->count && t == NULL; i++) {
        struct statement *k = s->kept[i];

        if (k->hash == hash && !k->is_busy && strcmp(k->sql, sql) == 0) {
            t = k;
        }
    }
    if (t == NULL) {
        EN_TRY(statement_make(s, sql, &t, err));
        t->hash = hash;
        statement_keep(s, t);
    }
    t->is_busy = true;
    t->is_running = false;
    t->last_use = ++s->uses;
    t->changes = 0;
    *out = &t->query;
    return EN_OK;
}

static int place_of(const struct statement *t, int at)
{
    assert(at >= 1);
    return at <= t->parameters ? t->place[at] : 0;
}

/* Binding can fail for want of memory only with a copy; these bind what the caller keeps. A place
 * that the statement does not have is passed over, as a parameter that it does not use. */
static void sqlite_bind_text(struct en_query *q, int at, const char *text)
{
    struct statement *t = statement_of(q);

    (void)sqlite3_bind_text(t->prepared, place_of(t, at), text, -1, SQLITE_STATIC);
}

static void sqlite_bind_bytes(struct en_query *q, int at, const void *bytes, size_t size)
{
    struct statement *t = statement_of(q);

    (void)sqlite3_bind_blob64(t->prepared, place_of(t, at), bytes == NULL ? "" : bytes, size,
                              SQLITE_STATIC);
}

static void sqlite_bind_integer(struct en_query *q, int at, int64_t value)
{
    struct statement *t = statement_of(q);

    (void)sqlite3_bind_int64(t->prepared, place_of(t, at), value);
}

static void sqlite_bind_number(struct en_query *q, int at, double value)
{
    struct statement *t = statement_of(q);

    (void)sqlite3_bind_double(t->prepared, place_of(t, at), value);
}

static enum en_status sqlite_next(struct en_query *q, bool *has_row, struct en_err *err)
{
    struct statement *t = statement_of(q);
    struct sqlite *s = of(q->db);

    if (!t->is_running) {
        if (s->is_in_transaction && sqlite3_get_autocommit(s->handle) != 0) {
            /* Else it would be committed on its own. */
            return en_fail(err, EN_EIO, "the database took the transaction back");
        }
        s->deadline_s = en_clock_s() + s->db.options.timeout_ms * 1e-3;
        t->is_running = true;
    }
    const int code = sqlite3_step(t->prepared);

    if (code == SQLITE_ROW) {
        *has_row = true;
        return EN_OK;
    }
    if (code == SQLITE_DONE) {
        t->changes = sqlite3_changes64(s->handle);
        return EN_OK;
    }
    return failed(s, code, err);
}

static bool sqlite_is_null(struct en_query *q, int column)
{
    return sqlite3_column_type(statement_of(q)->prepared, column) == SQLITE_NULL;
}

static const char *sqlite_text(struct en_query *q, int column, struct en_arena *a)
{
    sqlite3_stmt *prepared = statement_of(q)->prepared;
    const unsigned char *text = sqlite3_column_text(prepared, column);

    return text == NULL ? NULL
                        : en_arena_copy(a, (const char *)text,
                                        (size_t)sqlite3_column_bytes(prepared, column));
}

static const void *sqlite_bytes(struct en_query *q, int column, struct en_arena *a, size_t *size)
{
    sqlite3_stmt *prepared = statement_of(q)->prepared;
    const void *bytes = sqlite3_column_blob(prepared, column);

    *size = (size_t)sqlite3_column_bytes(prepared, column);
    return sqlite_is_null(q, column) ? NULL : en_arena_copy(a, bytes, *size);
}

static int64_t sqlite_integer(struct en_query *q, int column)
{
    return sqlite3_column_int64(statement_of(q)->prepared, column);
}

static double sqlite_number(struct en_query *q, int column)
{
    return sqlite_is_null(q, column) ? NAN
                                     : sqlite3_column_double(statement_of(q)->prepared, column);
}

static int64_t sqlite_changes(const struct en_query *q)
{
    return ((const struct statement *)q)->changes;
}

static void sqlite_done(struct en_query *q)
{
    struct statement *t = statement_of(q);

    (void)sqlite3_reset(t->prepared);
    (void)sqlite3_clear_bindings(t->prepared);
    t->is_busy = false;
    t->is_running = false;
    if (!t->is_kept) {
        statement_free(t);
    }
}

/* Transactions */

static enum en_status control(struct sqlite *s, const char *sql, struct en_err *err)
{
    struct en_query *q;

    EN_TRY(sqlite_get(&s->db, sql, &q, err));
    return en_query_finish(q, err);
}

static void sqlite_rollback(struct en_db *db)
{
    struct sqlite *s = of(db);

    if (sqlite3_get_autocommit(s->handle) == 0) {
        (void)control(s, "ROLLBACK", NULL);
    }
    s->is_in_transaction = false;
}

static enum en_status sqlite_begin(struct en_db *db, struct en_err *err)
{
    struct sqlite *s = of(db);

    sqlite_rollback(db); /* of one that was left open */
    db->state = EN_DB_FINE;
    EN_TRY(control(s, db->options.is_writer ? "BEGIN IMMEDIATE" : "BEGIN", err));
    s->is_in_transaction = true;
    return EN_OK;
}

static enum en_status sqlite_commit(struct en_db *db, struct en_err *err)
{
    struct sqlite *s = of(db);

    if (sqlite3_get_autocommit(s->handle) != 0) {
        s->is_in_transaction = false;
        return en_fail(err, EN_EIO, "the database took the transaction back");
    }
    const enum en_status st = control(s, "COMMIT", err);

    if (st != EN_OK) {
        sqlite_rollback(db);
        en_db_worsen(db, EN_DB_LOST);
    }
    s->is_in_transaction = false;
    return st;
}

static enum en_status sqlite_savepoint(struct en_db *db, struct en_err *err)
{
    return control(of(db), "SAVEPOINT part", err);
}

static enum en_status sqlite_release(struct en_db *db, struct en_err *err)
{
    return control(of(db), "RELEASE part", err);
}

static enum en_status sqlite_rollback_to(struct en_db *db, struct en_err *err)
{
    EN_TRY(control(of(db), "ROLLBACK TO part", err));
    return control(of(db), "RELEASE part", err);
}

static enum en_status sqlite_run(struct en_db *db, const char *sql, struct en_err *err)
{
    struct sqlite *s = of(db);

    if (s->db.options.timeout_ms > 0) {
        s->deadline_s = en_clock_s() + s->db.options.timeout_ms * 1e-3;
    }
    const int code = sqlite3_exec(s->handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? EN_OK : failed(s, code, err);
}

static void sqlite_close(struct en_db *db)
{
    struct sqlite *s = of(db);

    if (s->handle != NULL) {
        sqlite_rollback(db);
    }
    for (size_t i = 0; i < s->count; i++) {
        statement_free(s->kept[i]);
    }
    (void)sqlite3_close_v2(s->handle);
    free(s->path);
    free(s);
}

static const struct en_db_driver SQLITE = {
    .kind = EN_DB_SQLITE,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .rollback_to = sqlite_rollback_to,
    .run = sqlite_run,
    .get = sqlite_get,
    .bind_text = sqlite_bind_text,
    .bind_bytes = sqlite_bind_bytes,
    .bind_integer = sqlite_bind_integer,
    .bind_number = sqlite_bind_number,
    .next = sqlite_next,
    .is_null = sqlite_is_null,
    .text = sqlite_text,
    .bytes = sqlite_bytes,
    .integer = sqlite_integer,
    .number = sqlite_number,
    .changes = sqlite_changes,
    .done = sqlite_done,
};

/* Opening */

/* The file, readable by its owner alone; SQLite gives the files beside it the same rights. */
static enum en_status make_file(const char *path, struct en_err *err)
{
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (file < 0) {
        return en_fail(err, EN_EIO, "cannot make the database %s: %s", path,
                       strerrordesc_np(errno));
    }
    (void)close(file);
    return EN_OK;
}

static enum en_status configure(struct sqlite *s, struct en_err *err)
{
    const bool is_writer = s->db.options.is_writer;
    char text[256];

    (void)sqlite3_extended_result_codes(s->handle, 1);
    (void)sqlite3_busy_timeout(s->handle, BUSY_MS);
    (void)sqlite3_db_config(s->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)snprintf(text, sizeof text, "%sPRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
                   is_writer ? "PRAGMA journal_mode = WAL; " : "PRAGMA query_only = ON; ");
    EN_TRY(sqlite_run(&s->db, text, err));
    if (is_writer) {
        (void)snprintf(text, sizeof text,
                       "PRAGMA synchronous = %s; PRAGMA cache_size = -%d;"
                       "PRAGMA journal_size_limit = %d;",
                       s->db.options.is_lazy ? "OFF" : "FULL", CACHE_KIB, JOURNAL_MAX);
        EN_TRY(sqlite_run(&s->db, text, err));
    }
    if (s->db.options.timeout_ms > 0) {
        s->deadline_s = INFINITY;
        sqlite3_progress_handler(s->handle, TICK, is_late, s);
    }
    return EN_OK;
}

static enum en_status connect_file(struct sqlite *s, struct en_err *err)
{
    const struct en_db_options *o = &s->db.options;

    if (access(s->path, F_OK) != 0) {
        if (!o->may_create) {
            return en_fail(err, EN_ENOTFOUND, "there is no database %s", s->path);
        }
        EN_TRY(make_file(s->path, err));
    }
    const int code = sqlite3_open_v2(s->path, &s->handle,
                                     (o->is_writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                                         SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     NULL);

    if (code != SQLITE_OK) {
        return s->handle == NULL ? en_fail(err, EN_ENOMEM, "no memory left for the database")
                                 : failed(s, code, err);
    }
    s->db.connections = 1;
    return configure(s, err);
}

enum en_status en_sqlite_open(const struct en_db_options *options, struct en_db **out,
                              struct en_err *err)
{
    struct sqlite *s = calloc(1, sizeof *s);
    char *path = strdup(options->url);

    if (s == NULL || path == NULL) {
        free(s);
        free(path);
        return en_fail(err, EN_ENOMEM, "no memory left for a connection");
    }
    s->db.driver = &SQLITE;
    s->db.options = *options;
    s->db.options.url = path;
    s->path = path;
    const enum en_status st = connect_file(s, err);

    if (st != EN_OK) {
        sqlite_close(&s->db);
        return st;
    }
    *out = &s->db;
    return EN_OK;
}
