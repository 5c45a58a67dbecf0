/* SPDX-License-Identifier: Apache-2.0 */
#include "support/stores.h"

#include "store/inside.h"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

enum { THREADS = 16, WAIT_US = 1000 };

static const char PATIENT[] = "{\"resourceType\":\"Patient\"}";

/* A work that keeps the writer busy until the test lets it go: what is asked for meanwhile waits
 * together. */
struct gate {
    struct en_store *store;
    sem_t is_in, may_go;
    pthread_t thread;
    enum en_status status;
};

static enum en_status wait_in_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct gate *g = context;

    (void)err;
    CHECK(tx != NULL && sem_post(&g->is_in) == 0 && sem_wait(&g->may_go) == 0);
    CHECK(sem_post(&g->may_go) == 0); /* a second run, on PostgreSQL, does not wait again */
    return EN_OK;
}

static void *hold(void *context)
{
    struct gate *g = context;

    g->status = en_store_write(g->store, wait_in_work, g, NULL);
    return NULL;
}

static void close_gate(struct gate *g, struct en_store *s)
{
    *g = (struct gate){.store = s};
    CHECK(sem_init(&g->is_in, 0, 0) == 0 && sem_init(&g->may_go, 0, 0) == 0);
    CHECK(pthread_create(&g->thread, NULL, hold, g) == 0);
    CHECK(sem_wait(&g->is_in) == 0);
}

static void open_gate(struct gate *g)
{
    CHECK(sem_post(&g->may_go) == 0);
    CHECK(pthread_join(g->thread, NULL) == 0 && g->status == EN_OK);
}

static void wait_for_queue(struct en_store *s, size_t length)
{
    while (en_store_figures(s).queue_length < length) {
        (void)usleep(WAIT_US);
    }
}

struct job {
    struct en_store *store;
    int number;
    enum en_status status;
    pthread_t thread;
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

static void *create_one(void *context)
{
    struct job *j = context;
    char id[16];

    (void)snprintf(id, sizeof id, "p%d", j->number);
    j->status = store_put(j->store, PATIENT, id, EN_VERSION_NONE, NULL, &j->err);
    return NULL;
}

/* Works that wait together share a commit: 16 of them behind a held writer need one, not 16. */
static void waiting_works_share_a_commit(const char *url)
{
    struct en_store *s = store_opened(url);
    struct job jobs[THREADS];
    struct gate gate;

    close_gate(&gate, s);
    start(jobs, THREADS, s, create_one);
    wait_for_queue(s, THREADS);
    open_gate(&gate);
    join(jobs, THREADS);
    for (int i = 0; i < THREADS; i++) {
        CHECK(jobs[i].status == EN_OK);
    }
    const struct en_store_figures f = en_store_figures(s);

    CHECK(f.works == THREADS + 1 && f.commits == 2 && f.failures == 0 && f.queue_length == 0);
    CHECK(f.resources_written == THREADS);
    CHECK(store_number(url, "SELECT count(*) FROM resource") == THREADS);
    en_store_close(s);
}

static enum en_status run_sql(struct en_tx *tx, const char *sql, struct en_err *err)
{
    struct en_query *q;

    EN_TRY(en_query_get(tx->db, sql, &q, err));
    return en_query_finish(q, err);
}

/* Puts and audits, then fails in one of the ways that works fail. */
static enum en_status fail_some_way(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct job *j = context;
    const char *id = j->number < 3 ? "bad1" : j->number < 6 ? "bad2" : "bad3";
    const struct en_put put = {.type = "Patient",
                               .id = id,
                               .stamp = {"{\"resourceType\":\"Patient\",\"meta\":{", "}}"},
                               .expected = EN_VERSION_ANY};

    EN_TRY(en_tx_put(tx, &put, NULL, err));
    EN_TRY(en_tx_audit(tx, &(struct en_audit){.action = 'C', .entity_id = id}, err));
    switch (j->number % 3) {
    case 0:
        return en_fail(err, EN_EDENIED, "refused");
    case 1: /* a unique key */
        return run_sql(tx, "INSERT INTO decision (key, uses) VALUES ('k', 1), ('k', 2)", err);
    default: /* a statement that the database refuses, and a work that goes on all the same */
        (void)run_sql(tx, "INSERT INTO decision (key, uses) VALUES (NULL, 1)", err);
        return en_fail(err, EN_EINVAL, "refused");
    }
}

static enum en_status put_and_audit(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct job *j = context;
    char id[16];

    (void)snprintf(id, sizeof id, "good%d", j->number);
    const struct en_put put = {.type = "Patient",
                               .id = id,
                               .stamp = {"{\"resourceType\":\"Patient\",\"meta\":{", "}}"},
                               .expected = EN_VERSION_NONE};

    EN_TRY(en_tx_put(tx, &put, NULL, err));
    return en_tx_audit(tx, &(struct en_audit){.action = 'C', .entity_id = id}, err);
}

static void *good_or_bad(void *context)
{
    struct job *j = context;

    j->status = en_store_write(j->store, j->number < 9 ? fail_some_way : put_and_audit, j, &j->err);
    return NULL;
}

/* Works that fail leave nothing, neither rows nor audit entries, and those that share their commit
 * lose nothing. Each is told its own failure. */
static void failing_works_harm_nobody(const char *url)
{
    static const enum en_status EXPECTED[] = {EN_EDENIED, EN_ECONFLICT, EN_EINVAL};
    struct en_store *s = store_opened(url);
    struct job jobs[THREADS];
    struct en_audit_check check;
    struct gate gate;

    close_gate(&gate, s);
    start(jobs, THREADS, s, good_or_bad);
    wait_for_queue(s, THREADS);
    open_gate(&gate);
    join(jobs, THREADS);
    for (int i = 0; i < THREADS; i++) {
        if (jobs[i].status != (i < 9 ? EXPECTED[i % 3] : EN_OK)) {
            print_error("work %d: %s\n", i, jobs[i].err.text);
        }
        CHECK(jobs[i].status == (i < 9 ? EXPECTED[i % 3] : EN_OK));
    }
    CHECK_TEXT(jobs[0].err.text, "refused");
    CHECK(store_number(url, "SELECT count(*) FROM resource") == THREADS - 9);
    CHECK(store_number(url, "SELECT count(*) FROM version") == THREADS - 9);
    CHECK(store_number(url, "SELECT count(*) FROM resource WHERE id LIKE 'bad%'") == 0);
    CHECK(en_audit_verify(s, NULL, NULL, &check, NULL) == EN_OK);
    CHECK_TEXT(check.fault, "");
    CHECK(check.entries == THREADS - 9);
    CHECK(en_store_figures(s).failures == 9);
    en_store_close(s);
}

static enum en_status count_code(struct en_tx *tx, int64_t *out, struct en_err *err)
{
    struct en_query *q;
    bool has_row;

    EN_TRY(
        en_query_get(tx->db, "SELECT count(*) FROM index_token WHERE code = 'the-one'", &q, err));
    EN_TRY(en_query_next(q, &has_row, err));
    *out = en_query_integer(q, 0);
    en_query_done(q);
    return EN_OK;
}

/* As a conditional create: lock the criteria, look, create when there is none. */
static enum en_status create_when_missing(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct en_search_param identifier = {.kind = EN_SEARCH_TOKEN, .key = 7};
    const struct en_index_value value = {.param = &identifier, .code = "the-one"};
    const struct job *j = context;
    int64_t count = 0;
    char id[16];

    (void)snprintf(id, sizeof id, "p%d", j->number);
    EN_TRY(en_tx_lock(tx, "Patient?identifier=the-one", err));
    EN_TRY(count_code(tx, &count, err));
    if (count > 0) {
        return EN_OK;
    }
    return en_tx_put(tx,
                     &(struct en_put){.type = "Patient",
                                      .id = id,
                                      .stamp = {"{\"meta\":{", "}}"},
                                      .index = &value,
                                      .index_count = 1,
                                      .expected = EN_VERSION_NONE},
                     NULL, err);
}

static void *create_conditionally(void *context)
{
    struct job *j = context;

    j->status = en_store_write(j->store, create_when_missing, j, &j->err);
    return NULL;
}

/* N threads, on PostgreSQL of two servers, that each create a resource when there is none make one.
 */
static void many_creators_make_one(const char *url)
{
    struct en_store *s = store_opened(url), *other = s;
    struct job jobs[2 * THREADS];

    if (url[0] != '/') {
        other = store_opened(url);
    }
    start(jobs, THREADS, s, create_conditionally);
    start(jobs + THREADS, THREADS, other, create_conditionally);
    join(jobs, 2 * THREADS);
    for (int i = 0; i < 2 * THREADS; i++) {
        if (jobs[i].status != EN_OK) {
            print_error("%s\n", jobs[i].err.text);
        }
        CHECK(jobs[i].status == EN_OK);
    }
    CHECK(store_number(url, "SELECT count(*) FROM resource") == 1);
    CHECK(store_number(url, "SELECT count(*) FROM index_token") == 1);
    if (other != s) {
        en_store_close(other);
    }
    en_store_close(s);
}

/* More works than may wait are refused at once, and those that wait are done. */
static void a_full_queue_refuses(const char *url)
{
    struct en_store *s = NULL;
    struct job jobs[3];
    struct gate gate;
    struct en_err err = {""};

    CHECK(en_store_open(&(struct en_store_options){.url = url, .may_create = true, .queue_max = 3},
                        &s, NULL) == EN_OK);
    close_gate(&gate, s);
    start(jobs, 3, s, create_one);
    wait_for_queue(s, 3);
    CHECK(store_put(s, PATIENT, "late", EN_VERSION_NONE, NULL, &err) == EN_ELIMIT);
    CHECK_CONTAINS(err.text, "try again");
    open_gate(&gate);
    join(jobs, 3);
    CHECK(jobs[0].status == EN_OK && jobs[1].status == EN_OK && jobs[2].status == EN_OK);
    CHECK(store_put(s, PATIENT, "late", EN_VERSION_NONE, NULL, &err) == EN_OK);
    en_store_close(s);
}

static void *close_store(void *context)
{
    en_store_close(context);
    return NULL;
}

/* Closing finishes what waits: an asked-for work is done or refused, never forgotten. */
static void closing_finishes_what_waits(const char *url)
{
    struct en_store *s = store_opened(url);
    struct job jobs[THREADS];
    struct gate gate;
    pthread_t closer;

    close_gate(&gate, s);
    start(jobs, THREADS, s, create_one);
    wait_for_queue(s, THREADS);
    CHECK(pthread_create(&closer, NULL, close_store, s) == 0);
    open_gate(&gate);
    CHECK(pthread_join(closer, NULL) == 0);
    join(jobs, THREADS);
    for (int i = 0; i < THREADS; i++) {
        CHECK(jobs[i].status == EN_OK);
    }
    CHECK(store_number(url, "SELECT count(*) FROM resource") == THREADS);
}

static enum en_status write_again(struct en_tx *tx, void *context, struct en_err *err)
{
    CHECK(tx != NULL);
    return en_store_audit(context, &(struct en_audit){.action = 'R'}, err);
}

/* A work that waits for a work would wait for itself: refused instead of hanging. */
static void a_work_cannot_wait_for_a_work(const char *url)
{
    struct en_store *s = store_opened(url);

    CHECK(en_store_write(s, write_again, s, NULL) == EN_EBUG);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    en_store_close(s);
}

struct snapshot {
    struct en_store *store;
    int64_t before, after;
};

static enum en_status read_twice(struct en_tx *tx, void *context, struct en_err *err)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct snapshot *c = context;
    struct en_version v;

    EN_TRY(en_tx_get(tx, "Patient", "p1", 0, &a, &v, err));
    c->before = v.version;
    EN_TRY(store_put(c->store, PATIENT, "p1", EN_VERSION_ANY, NULL, err));
    EN_TRY(store_delete(c->store, "Patient", "p1", EN_VERSION_ANY, NULL, err));
    EN_TRY(en_tx_get(tx, "Patient", "p1", 0, &a, &v, err));
    c->after = v.version;
    en_arena_free(&a);
    return EN_OK;
}

/* A reader sees one state from its first look to its last, and the writer does not wait for it. */
static void readers_see_one_snapshot(const char *url)
{
    struct en_store *s = store_opened(url);
    struct snapshot c = {.store = s};
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_version v;

    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    CHECK(en_store_read(s, read_twice, &c, NULL) == EN_OK);
    CHECK(c.before == 1 && c.after == 1);
    CHECK(store_get(s, "Patient", "p1", 0, &a, &v, NULL) == EN_OK && v.version == 3);
    en_store_close(s);
    en_arena_free(&a);
}

static enum en_status endless(struct en_tx *tx, void *context, struct en_err *err)
{
    (void)context;
    return run_sql(tx,
                   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                   " WHERE i < 2000000000) SELECT count(*) FROM n",
                   err);
}

static void note_slow(void *context, const char *what, double ms)
{
    CHECK(what != NULL && ms > 0.0);
    (void)__atomic_add_fetch((int *)context, 1, __ATOMIC_SEQ_CST);
}

/* A read that takes too long is ended and told as slow; its connection serves the next. */
static void long_reads_are_ended(const char *url)
{
    struct en_store *s = NULL;
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_version v;
    struct en_err err = {""};
    int slow = 0;

    CHECK(en_store_open(&(struct en_store_options){.url = url,
                                                   .may_create = true,
                                                   .readers = 1,
                                                   .read_timeout_ms = 100,
                                                   .slow = note_slow,
                                                   .slow_context = &slow,
                                                   .slow_ms = 50},
                        &s, NULL) == EN_OK);
    CHECK(en_store_read(s, endless, NULL, &err) == EN_ELIMIT);
    CHECK_CONTAINS(err.text, "ask for less");
    CHECK(slow >= 1 && en_store_figures(s).slow >= 1);
    CHECK(store_get(s, "Patient", "p1", 0, &a, &v, NULL) == EN_ENOTFOUND);
    CHECK(en_store_ping(s, NULL) == EN_OK);
    en_store_close(s);
    en_arena_free(&a);
}

static enum en_status hold_reader(struct en_tx *tx, void *context, struct en_err *err)
{
    (void)err;
    return wait_in_work(tx, context, err);
}

static void *hold_read(void *context)
{
    struct gate *g = context;

    g->status = en_store_read(g->store, hold_reader, g, NULL);
    return NULL;
}

/* When all readers are lent, one more waits for the time of a read at most. */
static void reads_wait_within_bounds(const char *url)
{
    struct en_store *s = NULL;
    struct gate gate = {0};
    struct en_err err = {""};

    CHECK(en_store_open(
              &(struct en_store_options){
                  .url = url, .may_create = true, .readers = 1, .read_timeout_ms = 50},
              &s, NULL) == EN_OK);
    gate.store = s;
    CHECK(sem_init(&gate.is_in, 0, 0) == 0 && sem_init(&gate.may_go, 0, 0) == 0);
    CHECK(pthread_create(&gate.thread, NULL, hold_read, &gate) == 0);
    CHECK(sem_wait(&gate.is_in) == 0);
    CHECK(en_store_ping(s, &err) == EN_ELIMIT);
    open_gate(&gate);
    CHECK(en_store_ping(s, &err) == EN_OK);
    en_store_close(s);
}

TEST_MAIN(ON_BOTH(waiting_works_share_a_commit), ON_BOTH(failing_works_harm_nobody),
          ON_BOTH(many_creators_make_one), ON_BOTH(a_full_queue_refuses),
          ON_BOTH(closing_finishes_what_waits), ON_BOTH(a_work_cannot_wait_for_a_work),
          ON_BOTH(readers_see_one_snapshot), ON_BOTH(long_reads_are_ended),
          ON_BOTH(reads_wait_within_bounds));
