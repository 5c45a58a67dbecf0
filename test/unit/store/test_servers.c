/* SPDX-License-Identifier: Apache-2.0
 * Several servers on one database, and servers that come and go. */
#include "support/stores.h"

#include "store/inside.h"

#include "support/pg.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS = 4, TIMES = 25, WAIT_US = 1000 };

static const char PATIENT[] = "{\"resourceType\":\"Patient\"}";

/* One process at a time on a SQLite file, under whatever name; the other is told what to do. */
static void a_second_server_is_refused(const char *url)
{
    struct en_store *s = store_opened(url), *other = NULL;
    struct en_err err = {""};
    char link[128];

    CHECK(en_store_open(&(struct en_store_options){.url = url}, &other, &err) == EN_ECONFLICT);
    CHECK(other == NULL);
    CHECK_CONTAINS(err.text, "another server has this database open");
    CHECK_CONTAINS(err.text, ".lock");
    (void)snprintf(link, sizeof link, "%s.link", url);
    CHECK(symlink(url, link) == 0);
    CHECK(en_store_open(&(struct en_store_options){.url = link}, &other, &err) == EN_ECONFLICT);
    CHECK(unlink(link) == 0);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    en_store_close(s);
    CHECK(en_store_open(&(struct en_store_options){.url = url}, &other, &err) == EN_OK);
    en_store_close(other);
}

/* The file holds patients: nobody but its owner may read it. */
static void the_file_is_its_owners(const char *url)
{
    struct en_store *s = store_opened(url);
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock"};
    struct stat about;
    char path[128];

    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    for (size_t i = 0; i < EN_COUNT(ENDS); i++) {
        (void)snprintf(path, sizeof path, "%s%s", url, ENDS[i]);
        CHECK(stat(path, &about) == 0 && (about.st_mode & 0777) == 0600);
    }
    en_store_close(s);
}

struct job {
    struct en_store *store;
    int number;
    pthread_t thread;
    enum en_status status;
    struct en_err err;
};

static void start(struct job jobs[], int count, struct en_store *s, void *(*run)(void *))
{
    for (int i = 0; i < count; i++) {
        jobs[i] = (struct job){.store = s, .number = i};
        CHECK(pthread_create(&jobs[i].thread, NULL, run, &jobs[i]) == 0);
    }
}

static void join(struct job jobs[], int count)
{
    for (int i = 0; i < count; i++) {
        CHECK(pthread_join(jobs[i].thread, NULL) == 0);
    }
}

/* Read the count in the body, write one more: what is lost when two do it at once. */
static enum en_status count_up(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_version v;
    char after[64];

    (void)context;
    EN_TRY(en_tx_get(tx, "Basic", "counter", 0, &a, &v, err));
    const char *count = strstr(v.body, "\"count\":");

    CHECK(count != NULL);
    (void)snprintf(after, sizeof after, "},\"count\":%ld}", strtol(count + 8, NULL, 10) + 1);
    const enum en_status st = en_tx_put(tx,
                                        &(struct en_put){.type = "Basic",
                                                         .id = "counter",
                                                         .stamp = {"{\"meta\":{", after},
                                                         .expected = v.version},
                                        NULL, err);

    en_arena_free(&a);
    EN_TRY(st);
    return en_tx_audit(tx, &(struct en_audit){.action = 'U', .entity_id = "counter"}, err);
}

static void *count_up_often(void *context)
{
    struct job *j = context;

    for (int i = 0; i < TIMES && j->status == EN_OK; i++) {
        j->status = en_store_write(j->store, count_up, NULL, &j->err);
    }
    return NULL;
}

/* Two servers whose works change the same record: each work sees what the ones before it wrote,
 * however often it had to be run again; and each server has an audit chain of its own. */
static void conflicting_works_lose_nothing(const char *url)
{
    struct en_store *one = store_opened(url), *two = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct job jobs[2 * THREADS];
    struct en_audit_check check;
    struct en_version v;
    char expected[32];

    CHECK(store_put(one, "{\"resourceType\":\"Basic\",\"count\":0}", "counter", EN_VERSION_NONE,
                    NULL, NULL) == EN_OK);
    start(jobs, THREADS, one, count_up_often);
    start(jobs + THREADS, THREADS, two, count_up_often);
    join(jobs, 2 * THREADS);
    for (int i = 0; i < 2 * THREADS; i++) {
        if (jobs[i].status != EN_OK) {
            print_error("%s\n", jobs[i].err.text);
        }
        CHECK(jobs[i].status == EN_OK);
    }
    CHECK(store_get(two, "Basic", "counter", 0, &a, &v, NULL) == EN_OK);
    (void)snprintf(expected, sizeof expected, "\"count\":%d}", 2 * THREADS * TIMES);
    CHECK_CONTAINS(v.body, expected);
    CHECK(v.version == 2 * THREADS * TIMES + 1);
    CHECK(en_audit_verify(one, NULL, NULL, &check, NULL) == EN_OK);
    CHECK_TEXT(check.fault, "");
    CHECK(check.chains == 2 && check.entries == 2 * THREADS * TIMES);
    CHECK(store_number(url, "SELECT count(*) FROM version a JOIN version b ON a.resource ="
                            " b.resource AND b.version = a.version + 1"
                            " WHERE b.updated_us < a.updated_us") == 0);
    en_store_close(one);
    en_store_close(two);
    en_arena_free(&a);
}

/* A server takes the lowest chain that is free: chains do not grow with restarts. */
static void chains_are_used_again(const char *url)
{
    struct en_store *one = store_opened(url), *two = store_opened(url);
    struct en_audit_check check;

    CHECK(en_store_audit(one, &(struct en_audit){.action = 'R'}, NULL) == EN_OK);
    CHECK(en_store_audit(two, &(struct en_audit){.action = 'R'}, NULL) == EN_OK);
    en_store_close(one);
    while (store_number(url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") > 1) {
        (void)usleep(WAIT_US); /* the server ends the session on its own time */
    }
    one = store_opened(url);
    CHECK(en_store_audit(one, &(struct en_audit){.action = 'R'}, NULL) == EN_OK);
    CHECK(store_number(url, "SELECT sequence FROM audit_chain WHERE chain = 1") == 2);
    CHECK(en_audit_verify(two, NULL, NULL, &check, NULL) == EN_OK);
    CHECK_TEXT(check.fault, "");
    CHECK(check.chains == 2 && check.entries == 3);
    en_store_close(one);
    en_store_close(two);
}

static void *open_at_once(void *context)
{
    struct job *j = context;

    j->status = en_store_open(
        &(struct en_store_options){.url = context == NULL ? "" : j->err.text, .may_create = true},
        &j->store, NULL);
    return NULL;
}

/* Servers that start at once on an empty database all start, and it is set up once. */
static void servers_start_at_once(const char *url)
{
    struct job jobs[THREADS];

    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){.number = i};
        (void)snprintf(jobs[i].err.text, sizeof jobs[i].err.text, "%s", url);
        CHECK(pthread_create(&jobs[i].thread, NULL, open_at_once, &jobs[i]) == 0);
    }
    join(jobs, THREADS);
    for (int i = 0; i < THREADS; i++) {
        CHECK(jobs[i].status == EN_OK);
        en_store_close(jobs[i].store);
    }
    CHECK(store_number(url, "SELECT count(*) - max(number) FROM schema_version") == 0);
}

static atomic_int acknowledged, refused, may_end;
static atomic_bool is_acknowledged[THREADS][100000];

static void *write_until_the_end(void *context)
{
    struct job *j = context;
    char id[32];

    for (int i = 0; i < 100000 && atomic_load(&may_end) == 0; i++) {
        (void)snprintf(id, sizeof id, "p%d-%d", j->number, i);
        const enum en_status st = store_put(j->store, PATIENT, id, EN_VERSION_NONE, NULL, &j->err);

        if (st == EN_OK) {
            atomic_store(&is_acknowledged[j->number][i], true);
            (void)atomic_fetch_add(&acknowledged, 1);
        } else {
            (void)atomic_fetch_add(&refused, 1);
            j->status = st == EN_EIO ? j->status : st;
            (void)usleep(WAIT_US);
        }
    }
    return NULL;
}

static void wait_until_more(atomic_int *count, int more)
{
    for (const int start_count = atomic_load(count); atomic_load(count) < start_count + more;) {
        (void)usleep(WAIT_US);
    }
}

static void all_acknowledged_are_there(struct en_store *s)
{
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_version v;
    char id[32];

    for (int t = 0; t < THREADS; t++) {
        for (int i = 0; i < 100000; i++) {
            if (atomic_load(&is_acknowledged[t][i])) {
                const struct en_arena_mark mark = en_arena_mark(&a);

                (void)snprintf(id, sizeof id, "p%d-%d", t, i);
                CHECK(store_get(s, "Patient", id, 0, &a, &v, NULL) == EN_OK && v.version == 1);
                en_arena_rewind(&a, mark);
            }
        }
    }
    en_arena_free(&a);
}

/* PostgreSQL crashes and is stopped under parallel writes: those fail with EN_EIO meanwhile, go on
 * by themselves afterwards, all that was confirmed is there, and the audit chain is whole. */
static void a_restart_loses_nothing(const char *url)
{
    struct en_store *s = store_opened(url);
    struct job jobs[THREADS];
    struct en_audit_check check;
    struct en_err err = {""};

    start(jobs, THREADS, s, write_until_the_end);
    for (int round = 0; round < 4; round++) {
        wait_until_more(&acknowledged, 50);
        pg_stop(round % 2 == 0);
        wait_until_more(&refused, 2 * THREADS);
        CHECK(en_store_ping(s, &err) == EN_EIO);
        CHECK(en_store_audit(s, &(struct en_audit){.action = 'R'}, &err) == EN_EIO);
        CHECK(err.text[0] != '\0' && strstr(err.text, "postgresql://") == NULL);
        pg_start();
        wait_until_more(&acknowledged, 50);
        CHECK(en_store_audit(s, &(struct en_audit){.action = 'R'}, &err) == EN_OK);
        CHECK(en_store_ping(s, &err) == EN_OK);
    }
    atomic_store(&may_end, 1);
    join(jobs, THREADS);
    for (int i = 0; i < THREADS; i++) {
        CHECK(jobs[i].status == EN_OK); /* nothing but EN_EIO while it was away */
    }
    all_acknowledged_are_there(s);
    CHECK(store_number(url,
                       "SELECT count(*) FROM resource r WHERE NOT EXISTS (SELECT 1 FROM version"
                       " v WHERE v.resource = r.key AND v.version = r.version)") == 0);
    CHECK(en_audit_verify(s, NULL, NULL, &check, NULL) == EN_OK);
    CHECK_TEXT(check.fault, "");
    CHECK(check.entries == 4);
    en_store_close(s);
}

/* Connections that were idle while the server was restarted serve the next call. */
static void idle_connections_come_back(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_version v;

    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    CHECK(store_get(s, "Patient", "p1", 0, &a, &v, NULL) == EN_OK);
    pg_stop(0);
    pg_start();
    CHECK(store_get(s, "Patient", "p1", 0, &a, &v, NULL) == EN_OK && v.version == 1);
    CHECK(store_put(s, PATIENT, "p1", 1, NULL, NULL) == EN_OK);
    en_store_close(s);
    en_arena_free(&a);
}

/* What cannot be reached is told by kind; neither the address nor a password stands in the text. */
static void unreachable_servers_are_told_without_secrets(const char *url)
{
    static const char *const URLS[] = {
        "postgresql://someone:s3cret@127.0.0.1:1/clinic",
        "postgresql://someone:half@s3cret@127.0.0.1:1/clinic",
        "postgresql:///clinic?host=/no/such/folder&password=s3cret",
        "postgresql:///clinic?s3cret=1",
    };
    struct en_store *s = NULL;
    struct en_err err;
    char missing[PG_URL_MAX + 8];

    for (size_t i = 0; i < EN_COUNT(URLS); i++) {
        err.text[0] = '\0';
        CHECK(en_store_open(&(struct en_store_options){.url = URLS[i]}, &s, &err) == EN_EIO);
        CHECK_CONTAINS(err.text, "cannot reach the database server");
        CHECK(strstr(err.text, "s3cret") == NULL && s == NULL);
    }
    (void)snprintf(missing, sizeof missing, "%s", url);
    memcpy(strstr(missing, "test_"), "none_", 5);
    CHECK(en_store_open(&(struct en_store_options){.url = missing}, &s, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, "it knows no such database or user");
    CHECK(en_store_open(&(struct en_store_options){.url = url}, &s, &err) == EN_ENOTFOUND);
}

TEST_MAIN(ON_SQLITE(a_second_server_is_refused), ON_SQLITE(the_file_is_its_owners),
          ON_POSTGRESQL(conflicting_works_lose_nothing), ON_POSTGRESQL(chains_are_used_again),
          ON_POSTGRESQL(servers_start_at_once), ON_POSTGRESQL(idle_connections_come_back),
          ON_POSTGRESQL(a_restart_loses_nothing),
          ON_POSTGRESQL(unreachable_servers_are_told_without_secrets));
