/* SPDX-License-Identifier: Apache-2.0 */
#include "store/committer.h"

#include "base/clock.h"
#include "store/db_driver.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    BATCHES = 2,    /* times that a batch is tried whole before its works run one by one */
    TRIES = 12,     /* of one work against other servers; the last pauses are the longest */
    TRIES_LOST = 2, /* of one work when the connection was lost in it */
    PAUSE_US = 500, /* before the second try; doubles each time */
    PAUSE_MAX_US = 1 << 18
};

/* What came of one try of some works. */
enum outcome {
    SETTLED,    /* each has its status */
    MET_OTHERS, /* another server was in the way: again */
    LOST        /* the database took the transaction back, or the connection is gone: again */
};

struct batch {
    struct en_ticket *tickets[EN_STORE_BATCH_MAX];
    size_t count;
    bool is_first_try, is_unreachable;
    uint64_t commits, retries;
    size_t resources_written;
};

static void fail_ticket(struct en_ticket *t, enum en_status status, const char *text)
{
    t->status = en_fail(t->err, status, "%s", text);
}

static void fail_all(struct batch *b, enum en_status status, const char *text)
{
    for (size_t i = 0; i < b->count; i++) {
        fail_ticket(b->tickets[i], status, text);
    }
}

static void tell_slow(const struct en_committer *c, const char *what, double start_s)
{
    const double ms = (en_clock_s() - start_s) * 1e3;

    if (c->options->slow != NULL && ms > (double)c->options->slow_ms) {
        c->options->slow(c->options->slow_context, what, ms);
    }
}

/* A work within a savepoint. Its status is the ticket's. */
static void run_work(struct en_committer *c, struct en_tx *tx, struct en_ticket *t)
{
    const double start_s = en_clock_s();
    const size_t written = tx->resources_written;
    struct en_audit_mark mark;

    t->status = en_chain_mark(&c->chain, tx, &mark, t->err);
    if (t->status == EN_OK) {
        t->status = en_db_savepoint(c->db, t->err);
    }
    if (t->status != EN_OK) {
        en_db_worsen(c->db, EN_DB_LOST); /* neither is the work's doing */
        return;
    }
    t->status = t->work(tx, t->context, t->err);
    if (t->status == EN_OK) {
        t->status = en_db_release(c->db, t->err);
    }
    if (t->status != EN_OK) {
        en_chain_back(&c->chain, &mark);
        tx->resources_written = written;
        if (en_db_state(c->db) < EN_DB_CONFLICT && en_db_rollback_to(c->db, NULL) != EN_OK) {
            en_db_worsen(c->db, EN_DB_LOST);
        }
    }
    tell_slow(c, "a work of the writer", start_s);
}

static void run_ticket(struct en_committer *c, struct en_tx *tx, struct en_ticket *t)
{
    if (t->err != NULL) {
        t->err->text[0] = '\0';
    }
    if (t->audit != NULL) {
        t->status = en_chain_mark(&c->chain, tx, &(struct en_audit_mark){0}, t->err);
        if (t->status != EN_OK) {
            en_db_worsen(c->db, EN_DB_LOST);
            return;
        }
        t->status = en_tx_audit(tx, t->audit, t->err);
        return;
    }
    run_work(c, tx, t);
}

static enum outcome outcome_of(const struct en_committer *c)
{
    switch (en_db_state(c->db)) {
    case EN_DB_CONFLICT:
        return MET_OTHERS;
    case EN_DB_LOST:
        return LOST;
    case EN_DB_FINE:
    case EN_DB_DUPLICATE:
        break;
    }
    return SETTLED;
}

/* Under serializable transactions a key that another server wrote may show as a duplicate. */
static bool is_perhaps_others(const struct en_committer *c, const struct batch *b)
{
    return b->is_first_try && en_db_state(c->db) == EN_DB_DUPLICATE &&
           en_db_kind(c->db) == EN_DB_POSTGRESQL;
}

static enum outcome run_all(struct en_committer *c, struct en_tx *tx, struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        run_ticket(c, tx, b->tickets[i]);
        if (is_perhaps_others(c, b)) {
            return MET_OTHERS;
        }
        if (outcome_of(c) != SETTLED) {
            return outcome_of(c);
        }
    }
    return SETTLED;
}

static bool is_any_fine(const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->tickets[i]->status == EN_OK) {
            return true;
        }
    }
    return false;
}

/* Works that went well are confirmed by the commit only. */
static void fail_fine(struct batch *b, enum en_status status, const char *text)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->tickets[i]->status == EN_OK) {
            fail_ticket(b->tickets[i], status, text);
        }
    }
}

static enum outcome commit(struct en_committer *c, struct en_tx *tx, struct batch *b)
{
    struct en_err err = {""};
    enum en_status st = en_chain_write(&c->chain, tx, &err);
    bool is_in_doubt = false;

    if (st == EN_OK) {
        is_in_doubt = true;
        st = en_db_commit(c->db, &err);
    }
    if (st == EN_OK) {
        en_chain_done(&c->chain);
        b->commits++;
        b->resources_written += tx->resources_written;
        return SETTLED;
    }
    const enum outcome outcome = outcome_of(c);

    en_db_rollback(c->db);
    en_chain_drop(&c->chain);
    /* Not again when the answer to the commit is missing: it may have taken place. */
    if (outcome == MET_OTHERS || (outcome == LOST && !is_in_doubt)) {
        return outcome;
    }
    fail_fine(b, st, err.text);
    return SETTLED;
}

static int64_t next_time(struct en_committer *c)
{
    const int64_t now = en_store_now(c->options);

    c->last_us = now > c->last_us ? now : c->last_us;
    return c->last_us;
}

/* One transaction with all works of the batch. */
static enum outcome try_batch(struct en_committer *c, struct batch *b)
{
    struct en_err err = {""};
    struct en_tx tx = {.db = c->db, .chain = &c->chain};
    enum en_status st = en_db_begin(c->db, &err);

    b->is_unreachable = st != EN_OK;
    st = st == EN_ECONFLICT ? EN_EIO : st; /* a program that holds the file: try later */
    if (st == EN_OK) {
        st = en_chain_load(&c->chain, c->db, &err);
    }
    tx.now_us = next_time(c);
    enum outcome outcome = SETTLED;

    if (st != EN_OK) {
        outcome = outcome_of(c);
        fail_all(b, st, err.text);
    } else {
        outcome = run_all(c, &tx, b);
        if (outcome == SETTLED && is_any_fine(b)) {
            return commit(c, &tx, b);
        }
    }
    en_db_rollback(c->db);
    en_chain_drop(&c->chain);
    return outcome;
}

static void pause_before(int try)
{
    const uint32_t longest = try < 9 ? (uint32_t)PAUSE_US <<
    try : PAUSE_MAX_US
        ;

    (void)usleep(longest / 2 + randombytes_uniform(longest / 2)); /* not in step with the others */
}

/* Again and again until it is settled, within bounds. */
static void run_alone(struct en_committer *c, struct batch *b)
{
    struct en_ticket *t = b->tickets[0];

    for (int try = 0; try < TRIES; try++) {
        b->is_first_try = try == 0;
        const enum outcome outcome = try_batch(c, b);

        if (outcome == SETTLED || b->is_unreachable ||
            (outcome == LOST && (t->status != EN_EIO || try + 1 >= TRIES_LOST))) {
            return; /* lost by its own doing: it took too long, or there is no room for it */
        }
        b->retries++;
        pause_before(try);
    }
    fail_ticket(t, EN_EIO, "other servers keep changing the same records: try again");
}

static void run_batch(struct en_committer *c, struct batch *b)
{
    for (int try = 0; try < BATCHES && b->count > 1; try++) {
        b->is_first_try = try == 0;
        if (try_batch(c, b) == SETTLED || b->is_unreachable) {
            return;
        }
        b->retries++;
        pause_before(try);
    }
    for (size_t i = 0; i < b->count; i++) {
        struct batch one = {.tickets = {b->tickets[i]}, .count = 1};

        run_alone(c, &one);
        b->commits += one.commits;
        b->retries += one.retries;
        b->resources_written += one.resources_written;
        if (one.is_unreachable) {
            for (i++; i < b->count; i++) { /* nor would the others get through */
                fail_ticket(b->tickets[i], EN_EIO,
                            one.tickets[0]->err == NULL ? "" : one.tickets[0]->err->text);
            }
        }
    }
}

/* Take what waits; blocks while there is nothing. False: the end. */
static bool take(struct en_committer *c, struct batch *b)
{
    b->count = 0;
    (void)pthread_mutex_lock(&c->mutex);
    while (c->first == NULL && !c->is_closing) {
        (void)pthread_cond_wait(&c->arrived, &c->mutex);
    }
    while (c->first != NULL && b->count < EN_STORE_BATCH_MAX) {
        b->tickets[b->count++] = c->first;
        c->first = c->first->next;
    }
    c->last = c->first == NULL ? NULL : c->last;
    c->figures.queue_length -= b->count;
    (void)pthread_mutex_unlock(&c->mutex);
    return b->count > 0;
}

static void settle(struct en_committer *c, struct batch *b)
{
    uint64_t failures = 0;

    for (size_t i = 0; i < b->count; i++) {
        failures += b->tickets[i]->status != EN_OK;
    }
    (void)pthread_mutex_lock(&c->mutex);
    c->figures.works += b->count;
    c->figures.failures += failures;
    c->figures.commits += b->commits;
    c->figures.retries += b->retries;
    c->figures.resources_written += b->resources_written;
    (void)pthread_mutex_unlock(&c->mutex);
    for (size_t i = 0; i < b->count; i++) {
        (void)sem_post(&b->tickets[i]->done); /* from here on it is gone */
    }
}

static void *write_on(void *context)
{
    struct en_committer *c = context;
    struct batch b = {.count = 0};

    while (take(c, &b)) {
        b.commits = b.retries = 0;
        b.resources_written = 0;
        run_batch(c, &b);
        settle(c, &b);
    }
    return NULL;
}

/* The time of the newest version and of the newest audit entry: later ones are not before them. */
static enum en_status read_newest(struct en_committer *c, struct en_err *err)
{
    static const char *const SQL[] = {
        "SELECT max(updated_us) FROM version",
        "SELECT max(recorded_us) FROM audit",
    };
    struct en_query *q = NULL;
    bool has_row;
    enum en_status st = en_db_begin(c->db, err);

    for (size_t i = 0; i < EN_COUNT(SQL) && st == EN_OK; i++) {
        st = en_query_get(c->db, SQL[i], &q, err);
        if (st == EN_OK) {
            st = en_query_next(q, &has_row, err);
        }
        if (st == EN_OK && has_row) {
            const int64_t newest = en_query_integer(q, 0);

            c->last_us = newest > c->last_us ? newest : c->last_us;
        }
        en_query_done(q);
        q = NULL;
    }
    en_db_rollback(c->db);
    return st;
}

static int start_thread(struct en_committer *c)
{
    sigset_t all, before;

    (void)sigfillset(&all); /* signals are for the thread that started us */
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    const int failure = pthread_create(&c->thread, NULL, write_on, c);

    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

enum en_status en_committer_start(struct en_committer *c, struct en_db *db,
                                  const struct en_store_options *options, struct en_arena *a,
                                  struct en_err *err)
{
    *c = (struct en_committer){.db = db, .options = options};
    (void)pthread_mutex_init(&c->mutex, NULL);
    (void)pthread_cond_init(&c->arrived, NULL);
    EN_TRY(en_chain_open(&c->chain, a, err));
    EN_TRY(read_newest(c, err));
    if (start_thread(c) != 0) {
        return en_fail(err, EN_ELIMIT, "no thread left for the writer of the database");
    }
    c->is_running = true;
    return EN_OK;
}

void en_committer_stop(struct en_committer *c)
{
    if (c->db == NULL) {
        return;
    }
    if (c->is_running) {
        (void)pthread_mutex_lock(&c->mutex);
        c->is_closing = true;
        (void)pthread_cond_signal(&c->arrived);
        (void)pthread_mutex_unlock(&c->mutex);
        (void)pthread_join(c->thread, NULL);
    }
    (void)pthread_cond_destroy(&c->arrived);
    (void)pthread_mutex_destroy(&c->mutex);
    en_chain_close(&c->chain);
    en_db_close(c->db);
    c->db = NULL;
}

/* Into the queue. False: it is full or closed. */
static bool enqueue(struct en_committer *c, struct en_ticket *t)
{
    (void)pthread_mutex_lock(&c->mutex);
    const bool has_room = !c->is_closing && c->figures.queue_length < (size_t)c->options->queue_max;

    if (has_room) {
        if (c->last == NULL) {
            c->first = t;
        } else {
            c->last->next = t;
        }
        c->last = t;
        c->figures.queue_length++;
        (void)pthread_cond_signal(&c->arrived);
    }
    (void)pthread_mutex_unlock(&c->mutex);
    return has_room;
}

enum en_status en_committer_run(struct en_committer *c, struct en_ticket *t, struct en_err *err)
{
    struct en_err own = {""};

    t->err = err == NULL ? &own : err;
    t->status = EN_EBUG;
    t->next = NULL;
    if (c->db == NULL) {
        return en_fail(err, EN_EDENIED, "the database is open for reading only");
    }
    if (pthread_equal(pthread_self(), c->thread) != 0) {
        return en_fail(err, EN_EBUG, "a write was called from within a work");
    }
    (void)sem_init(&t->done, 0, 0);
    if (!enqueue(c, t)) {
        (void)sem_destroy(&t->done);
        return en_fail(err, EN_ELIMIT, "too many writes wait: try again in a moment");
    }
    while (sem_wait(&t->done) != 0) {
        assert(errno == EINTR);
    }
    (void)sem_destroy(&t->done);
    return t->status;
}
