/* SPDX-License-Identifier: Apache-2.0 */
#include "support/stores.h"

#include "store/db.h"

#include <math.h>

static struct en_db *opened(const char *url, bool is_writer, int timeout_ms)
{
    struct en_db *db = NULL;

    CHECK(en_db_open(
              &(struct en_db_options){
                  .url = url, .is_writer = is_writer, .may_create = true, .timeout_ms = timeout_ms},
              &db, NULL) == EN_OK);
    return db;
}

static struct en_query *got(struct en_db *db, const char *sql)
{
    struct en_query *q = NULL;
    struct en_err err = {""};

    if (en_query_get(db, sql, &q, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return q;
}

static bool next(struct en_query *q)
{
    bool has_row = false;
    struct en_err err = {""};

    if (en_query_next(q, &has_row, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return has_row;
}

static void run(struct en_db *db, const char *sql)
{
    CHECK(en_query_finish(got(db, sql), NULL) == EN_OK);
}

static int64_t number(struct en_db *db, const char *sql)
{
    struct en_query *q = got(db, sql);

    CHECK(next(q));
    const int64_t value = en_query_integer(q, 0);

    en_query_done(q);
    return value;
}

/* Parameters go by their numbers, in whatever order the text names them and however often; one that
 * it leaves out is passed over, one that is not bound is NULL. */
static void parameters_go_by_number(const char *url)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_db *db = opened(url, true, 0);

    CHECK(en_db_begin(db, NULL) == EN_OK);
    struct en_query *q = got(db, "SELECT CAST($3 AS text), CAST($1 AS text), CAST($3 AS text),"
                                 " CAST($5 AS text)");

    en_query_bind_text(q, 1, "one");
    en_query_bind_text(q, 2, "two");
    en_query_bind_text(q, 3, "three");
    en_query_bind_text(q, 9, "nine");
    CHECK(next(q));
    CHECK_TEXT(en_query_text(q, 0, &a), "three");
    CHECK_TEXT(en_query_text(q, 1, &a), "one");
    CHECK_TEXT(en_query_text(q, 2, &a), "three");
    CHECK(en_query_is_null(q, 3) && en_query_text(q, 3, &a) == NULL);
    CHECK(isnan(en_query_number(q, 3)) && en_query_integer(q, 3) == 0);
    CHECK(!next(q));
    en_query_done(q);
    en_query_done(NULL);
    en_db_rollback(db);
    en_db_close(db);
    en_arena_free(&a);
}

/* Values come back as they went: bytes with zeros, the ends of the integers, numbers to the bit. */
static void values_come_back(const char *url)
{
    static const unsigned char BYTES[] = {0, 1, 0xff, '\\', '\'', 0, 0x80};
    static const double NUMBERS[] = {0.1, -0.0, 1e308, 5e-324, 1.0 / 3.0};
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_db *db = opened(url, true, 0);
    size_t size = 9;

    CHECK(en_db_run(db,
                    en_db_kind(db) == EN_DB_SQLITE
                        ? "CREATE TABLE t (i INTEGER, r REAL, o BLOB, s TEXT) STRICT"
                        : "CREATE TABLE t (i bigint, r float8, o bytea, s text)",
                    NULL) == EN_OK);
    CHECK(en_db_begin(db, NULL) == EN_OK);
    for (size_t i = 0; i < EN_COUNT(NUMBERS); i++) {
        struct en_query *q = got(db, "INSERT INTO t (i, r, o, s) VALUES ($1, $2, $3, $4)");

        en_query_bind_integer(q, 1, i == 0 ? INT64_MIN : i == 1 ? INT64_MAX : (int64_t)i);
        en_query_bind_number(q, 2, NUMBERS[i]);
        en_query_bind_bytes(q, 3, i == 2 ? NULL : BYTES, i == 2 ? 0 : sizeof BYTES);
        en_query_bind_text(q, 4, i == 3 ? NULL : "");
        CHECK(!next(q) && en_query_changes(q) == 1);
        en_query_done(q);
    }
    struct en_query *q = got(db, "SELECT i, r, o, s FROM t WHERE i <> 2 ORDER BY i");

    CHECK(next(q) && en_query_integer(q, 0) == INT64_MIN && en_query_number(q, 1) == 0.1);
    const void *bytes = en_query_bytes(q, 2, &a, &size);

    CHECK(size == sizeof BYTES && memcmp(bytes, BYTES, size) == 0);
    CHECK(next(q) && en_query_integer(q, 0) == 3 && en_query_is_null(q, 3));
    CHECK(en_query_number(q, 1) == 5e-324);
    CHECK(next(q) && en_query_number(q, 1) == 1.0 / 3.0);
    CHECK_TEXT(en_query_text(q, 3, &a), "");
    CHECK(next(q) && en_query_integer(q, 0) == INT64_MAX);
    CHECK(en_query_number(q, 1) == 0.0); /* SQLite drops the sign of zero */
    CHECK(!next(q));
    en_query_done(q);
    q = got(db, "SELECT o FROM t WHERE i = 2");
    CHECK(next(q) && !en_query_is_null(q, 0));
    CHECK(en_query_bytes(q, 0, &a, &size) != NULL && size == 0);
    en_query_done(q);
    q = got(db, "UPDATE t SET s = 'x' WHERE i < 5");
    CHECK(!next(q) && en_query_changes(q) == 4);
    en_query_done(q);
    CHECK(en_db_commit(db, NULL) == EN_OK);
    en_db_close(db);
    en_arena_free(&a);
}

/* Rows may be read as they come, also when the reader stops early; what comes after is not harmed.
 */
static void rows_stream(const char *url)
{
    static const char NUMBERS[] = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                                  " WHERE i < $1) SELECT i FROM n";
    struct en_db *db = opened(url, true, 0);
    struct en_err err = {""};

    CHECK(en_db_begin(db, NULL) == EN_OK && en_db_savepoint(db, NULL) == EN_OK);
    for (int64_t wanted = 0; wanted <= 1000; wanted += wanted < 3 ? 1 : 997) {
        struct en_query *q = got(db, NUMBERS);
        int64_t count = 0;

        en_query_bind_integer(q, 1, 1000);
        en_query_stream(q);
        while (count < wanted && next(q)) {
            CHECK(en_query_integer(q, 0) == ++count);
        }
        CHECK(count == wanted && (wanted < 1000 || !next(q)));
        en_query_done(q);
        CHECK(number(db, "SELECT 5") == 5);
    }
    CHECK(en_db_commit(db, NULL) == EN_OK);
    CHECK(en_db_begin(db, NULL) == EN_OK);
    struct en_query *q = got(db, "SELECT 7 / (3 - i) FROM (SELECT 1 AS i UNION ALL SELECT 3) AS t");

    en_query_stream(q); /* the second row fails on PostgreSQL and is NULL on SQLite */
    CHECK(next(q) && en_query_integer(q, 0) == 3);
    bool has_row = false;

    CHECK(en_query_next(q, &has_row, &err) != EN_OK || en_query_is_null(q, 0));
    en_query_done(q);
    CHECK(en_db_begin(db, NULL) == EN_OK && number(db, "SELECT 6") == 6);
    en_db_rollback(db);
    en_db_close(db);
}

/* The same statement may run within itself; more statements than the cache keeps work as well, in
 * one transaction and over many. */
static void statements_nest_and_overflow(const char *url)
{
    struct en_db *db = opened(url, true, 0);
    char sql[64];
    int64_t sum = 0;

    CHECK(en_db_begin(db, NULL) == EN_OK);
    struct en_query *outer = got(db, "SELECT 1 UNION ALL SELECT 2 ORDER BY 1");

    while (next(outer)) {
        struct en_query *inner = got(db, "SELECT 1 UNION ALL SELECT 2 ORDER BY 1");

        while (next(inner)) {
            sum += en_query_integer(outer, 0) * 10 + en_query_integer(inner, 0);
        }
        en_query_done(inner);
        for (int i = 0; i < 400; i++) {
            (void)snprintf(sql, sizeof sql, "SELECT %d", i);
            CHECK(number(db, sql) == i);
        }
    }
    en_query_done(outer);
    CHECK(sum == 66);
    CHECK(en_db_commit(db, NULL) == EN_OK);
    for (int i = 0; i < 400; i++) {
        (void)snprintf(sql, sizeof sql, "SELECT %d", i % 300);
        CHECK(en_db_begin(db, NULL) == EN_OK);
        CHECK(number(db, sql) == i % 300);
        CHECK(en_db_commit(db, NULL) == EN_OK);
    }
    en_db_close(db);
}

/* Parts nest; what is taken back is gone, what is released stays if all around it stays. */
static void parts_are_taken_back_alone(const char *url)
{
    struct en_db *db = opened(url, true, 0);

    CHECK(en_db_run(db, "CREATE TABLE t (i int)", NULL) == EN_OK);
    CHECK(en_db_begin(db, NULL) == EN_OK);
    CHECK(en_db_savepoint(db, NULL) == EN_OK);
    run(db, "INSERT INTO t VALUES (1)");
    CHECK(en_db_savepoint(db, NULL) == EN_OK);
    run(db, "INSERT INTO t VALUES (2)");
    CHECK(en_db_rollback_to(db, NULL) == EN_OK);
    CHECK(en_db_savepoint(db, NULL) == EN_OK); /* an empty one */
    CHECK(en_db_rollback_to(db, NULL) == EN_OK);
    CHECK(en_db_savepoint(db, NULL) == EN_OK);
    run(db, "INSERT INTO t VALUES (4)");
    CHECK(en_db_release(db, NULL) == EN_OK);
    CHECK(en_db_release(db, NULL) == EN_OK);
    CHECK(number(db, "SELECT sum(i) FROM t") == 5);
    CHECK(en_db_savepoint(db, NULL) == EN_OK);
    CHECK(en_query_finish(got(db, "INSERT INTO t SELECT 1 / (SELECT count(*) FROM t WHERE i = 4)"),
                          NULL) == EN_OK);
    CHECK(en_db_rollback_to(db, NULL) == EN_OK);
    CHECK(en_db_commit(db, NULL) == EN_OK);
    CHECK(en_db_begin(db, NULL) == EN_OK);
    run(db, "INSERT INTO t VALUES (8)");
    en_db_rollback(db);
    en_db_rollback(db); /* twice does no harm */
    CHECK(en_db_begin(db, NULL) == EN_OK);
    CHECK(number(db, "SELECT sum(i) FROM t") == 5);
    CHECK(en_db_commit(db, NULL) == EN_OK);
    en_db_close(db);
}

/* A transaction that is begun while another is open does not keep the other's work. */
static void beginning_anew_rolls_back(const char *url)
{
    struct en_db *db = opened(url, true, 0);

    CHECK(en_db_run(db, "CREATE TABLE t (i int)", NULL) == EN_OK);
    CHECK(en_db_begin(db, NULL) == EN_OK);
    run(db, "INSERT INTO t VALUES (1)");
    CHECK(en_db_begin(db, NULL) == EN_OK);
    CHECK(number(db, "SELECT count(*) FROM t") == 0);
    CHECK(en_db_commit(db, NULL) == EN_OK);
    en_db_close(db);
}

/* A statement that takes too long in a writing transaction is ended; SQLite takes the whole
 * transaction back then, and nothing may be written after it outside of one. */
static void long_statements_are_ended(const char *url)
{
    struct en_db *db = opened(url, true, 100);
    struct en_err err = {""};
    struct en_query *q = NULL;

    CHECK(en_db_run(db, "CREATE TABLE t (i int)", NULL) == EN_OK);
    CHECK(en_db_begin(db, NULL) == EN_OK);
    run(db, "INSERT INTO t VALUES (1)");
    CHECK(en_query_finish(got(db, "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT"
                                  " i + 1 FROM n WHERE i < 2000000000) SELECT i FROM n"),
                          &err) == EN_ELIMIT);
    CHECK(en_query_get(db, "INSERT INTO t VALUES (2)", &q, NULL) != EN_OK ||
          en_query_finish(q, NULL) != EN_OK);
    CHECK(en_db_commit(db, NULL) != EN_OK);
    en_db_rollback(db);
    CHECK(en_db_begin(db, NULL) == EN_OK);
    CHECK(number(db, "SELECT count(*) FROM t") == 0);
    run(db, "INSERT INTO t VALUES (3)");
    CHECK(en_db_commit(db, NULL) == EN_OK && en_db_state(db) == EN_DB_FINE);
    en_db_close(db);
}

/* A connection that reads cannot write, whatever it is asked. */
static void readers_cannot_write(const char *url)
{
    struct en_db *db = opened(url, true, 0), *reader;

    CHECK(en_db_run(db, "CREATE TABLE t (i int)", NULL) == EN_OK);
    reader = opened(url, false, 0);
    CHECK(en_db_begin(reader, NULL) == EN_OK);
    CHECK(number(reader, "SELECT count(*) FROM t") == 0);
    CHECK(en_query_finish(got(reader, "INSERT INTO t VALUES (1)"), NULL) != EN_OK);
    en_db_rollback(reader);
    en_db_close(reader);
    CHECK(en_db_begin(db, NULL) == EN_OK);
    CHECK(number(db, "SELECT count(*) FROM t") == 0);
    en_db_rollback(db);
    en_db_close(db);
}

/* What the database refuses is told without the values that were sent. */
static void failures_name_no_values(const char *url)
{
    static const char *const SQL[] = {
        "INSERT INTO t VALUES ($1)",                     /* no number */
        "INSERT INTO u VALUES ($1), ($1)",               /* a unique key */
        "SELECT 1 FROM t WHERE CAST($1 AS int) / 0 = i", /* PostgreSQL refuses */
    };
    struct en_db *db = opened(url, true, 0);
    struct en_query *q = NULL;

    CHECK(en_db_run(db,
                    en_db_kind(db) == EN_DB_SQLITE
                        ? "CREATE TABLE t (i INTEGER) STRICT; CREATE TABLE u (s TEXT UNIQUE) STRICT"
                        : "CREATE TABLE t (i int); CREATE TABLE u (s text UNIQUE)",
                    NULL) == EN_OK);
    for (size_t i = 0; i < EN_COUNT(SQL); i++) {
        struct en_err err = {""};

        CHECK(en_db_begin(db, NULL) == EN_OK);
        CHECK(en_query_get(db, SQL[i], &q, &err) == EN_OK);
        en_query_bind_text(q, 1, "secret name");
        const enum en_status st = en_query_finish(q, &err);

        CHECK((st == EN_OK) == (err.text[0] == '\0') && (i == 2 || st != EN_OK));
        CHECK(strstr(err.text, "secret") == NULL);
        CHECK(i != 1 || (st == EN_ECONFLICT && en_db_state(db) == EN_DB_DUPLICATE));
        en_db_rollback(db);
    }
    CHECK(en_query_get(db, "SELEC 1", &q, NULL) != EN_OK || en_query_finish(q, NULL) == EN_EBUG);
    CHECK(en_db_begin(db, NULL) == EN_OK && number(db, "SELECT 7") == 7);
    en_db_close(db);
}

/* Two writers of one PostgreSQL that read what the other changes: one is told to do it again. */
static void conflicts_are_told(const char *url)
{
    struct en_db *one = opened(url, true, 0), *two = opened(url, true, 0);
    struct en_err err = {""};
    bool is_told = false;

    CHECK(en_db_run(one, "CREATE TABLE t (i int); INSERT INTO t VALUES (1)", NULL) == EN_OK);
    CHECK(en_db_begin(one, NULL) == EN_OK && en_db_begin(two, NULL) == EN_OK);
    CHECK(number(one, "SELECT sum(i) FROM t") == 1);
    CHECK(number(two, "SELECT sum(i) FROM t") == 1);
    run(one, "INSERT INTO t VALUES (10)");
    CHECK(en_db_commit(one, NULL) == EN_OK);
    is_told = en_query_finish(got(two, "INSERT INTO t VALUES (20)"), &err) == EN_ECONFLICT ||
              en_db_commit(two, &err) == EN_ECONFLICT;
    CHECK(is_told && en_db_state(two) == EN_DB_CONFLICT);
    CHECK_CONTAINS(err.text, "another server");
    CHECK(en_db_begin(two, NULL) == EN_OK && number(two, "SELECT sum(i) FROM t") == 11);
    CHECK(en_db_commit(two, NULL) == EN_OK);
    en_db_close(one);
    en_db_close(two);
}

TEST_MAIN(ON_BOTH(parameters_go_by_number), ON_BOTH(values_come_back), ON_BOTH(rows_stream),
          ON_BOTH(statements_nest_and_overflow), ON_BOTH(parts_are_taken_back_alone),
          ON_BOTH(beginning_anew_rolls_back), ON_BOTH(long_statements_are_ended),
          ON_BOTH(readers_cannot_write), ON_BOTH(failures_name_no_values),
          ON_POSTGRESQL(conflicts_are_told));
