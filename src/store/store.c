/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store_inside.h"

#include "base/clock.h"
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { STORE_ARENA = 4 << 20, WRITE_TIMEOUT_MS = 60000 };

/* The lock file beside a SQLite file, whatever link leads there: a second server would not know of
 * this one's writer. */
static enum en_status lock_file(struct en_store *s, struct en_err *err)
{
    char real[PATH_MAX] = "";

    if (realpath(s->options.url, real) == NULL) {
        return en_fail(err, EN_EIO, "cannot find %s: %s", s->options.url, strerrordesc_np(errno));
    }
    const char *path = en_arena_print(&s->arena, "%s.lock", real);

    if (path == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left for the store");
    }
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock < 0) {
        return en_fail(err, EN_EIO, "cannot open the lock file %s: %s", path,
                       strerrordesc_np(errno));
    }
    if (flock(s->lock, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK
                   ? en_fail(err, EN_ECONFLICT,
                             "another server has this database open (it holds %s): stop it first",
                             path)
                   : en_fail(err, EN_EIO, "cannot lock %s: %s", path, strerrordesc_np(errno));
    }
    return EN_OK;
}

static void tell_slow(void *context, const char *what, double ms)
{
    struct en_store *s = context;

    (void)atomic_fetch_add(&s->slow, 1);
    s->asked.slow(s->asked.slow_context, what, ms);
}

/* Options with their defaults; own copies of what they point to. */
static enum en_status keep_options(struct en_store *s, const struct en_store_options *o,
                                   struct en_err *err)
{
    s->asked = *o;
    s->options = *o;
    s->options.url = en_arena_copy(&s->arena, o->url == NULL ? "" : o->url, SIZE_MAX);
    s->options.readers = o->readers > 0 ? o->readers : EN_STORE_READERS;
    s->options.readers = s->options.readers < EN_READERS_MAX ? s->options.readers : EN_READERS_MAX;
    s->options.read_timeout_ms =
        o->read_timeout_ms > 0 ? o->read_timeout_ms : EN_STORE_READ_TIMEOUT_MS;
    s->options.queue_max = o->queue_max > 0 ? o->queue_max : EN_STORE_QUEUE_MAX;
    if (o->slow != NULL) {
        s->options.slow = tell_slow;
        s->options.slow_context = s;
    }
    return s->options.url != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory left for the store");
}

/* Only readers: the schema must be the newest one already. */
static enum en_status open_readers(struct en_store *s, struct en_err *err)
{
    const struct en_db_options options = {.url = s->options.url};
    struct en_db *db = NULL;

    EN_TRY(en_db_open(&options, &db, err));
    const enum en_status st = en_schema_check(db, EN_SCHEMA_FILES, err);

    en_db_close(db);
    EN_TRY(st);
    en_readers_open(&s->readers, &s->options);
    return EN_OK;
}

static enum en_status open_all(struct en_store *s, struct en_err *err)
{
    const struct en_store_options *o = &s->options;
    struct en_db *db = NULL;

    if (o->only_reads) {
        return open_readers(s, err);
    }
    EN_TRY(en_db_open(&(struct en_db_options){.url = o->url,
                                              .is_writer = true,
                                              .may_create = o->may_create,
                                              .is_lazy = o->is_lazy,
                                              .timeout_ms = WRITE_TIMEOUT_MS,
                                              .slow = o->slow,
                                              .slow_context = o->slow_context,
                                              .slow_ms = o->slow_ms},
                      &db, err));
    enum en_status st = en_db_kind(db) == EN_DB_SQLITE ? lock_file(s, err) : EN_OK;

    if (st == EN_OK) {
        st = en_schema_migrate(db, EN_SCHEMA_FILES, o->may_create, err);
    }
    if (st != EN_OK) {
        en_db_close(db);
        return st;
    }
    en_readers_open(&s->readers, o);
    return en_committer_start(&s->committer, db, o, &s->arena, err);
}

enum en_status en_store_open(const struct en_store_options *options, struct en_store **out,
                             struct en_err *err)
{
    struct en_arena a = EN_ARENA(STORE_ARENA);
    struct en_store *s = EN_NEW(&a, struct en_store, 1);

    *out = NULL;
    if (s == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left for the store");
    }
    s->arena = a;
    s->lock = -1;
    enum en_status st = sodium_init() < 0 ? en_fail(err, EN_EBUG, "libsodium does not start")
                                          : keep_options(s, options, err);

    if (st == EN_OK) {
        st = open_all(s, err);
    }
    if (st != EN_OK) {
        en_store_close(s);
        return st;
    }
    *out = s;
    return EN_OK;
}

void en_store_close(struct en_store *s)
{
    if (s == NULL) {
        return;
    }
    en_committer_stop(&s->committer);
    en_readers_close(&s->readers);
    if (s->lock >= 0) {
        (void)close(s->lock);
    }
    struct en_arena a = s->arena; /* which s itself lives in */

    en_arena_free(&a);
}

int64_t en_store_now(const struct en_store_options *options)
{
    return options->now == NULL ? en_clock_us() : options->now(options->now_context);
}

enum en_status en_store_write(struct en_store *s, en_store_work *work, void *context,
                              struct en_err *err)
{
    struct en_ticket t = {.work = work, .context = context};

    return en_committer_run(&s->committer, &t, err);
}

enum en_status en_store_audit(struct en_store *s, const struct en_audit *audit, struct en_err *err)
{
    struct en_ticket t = {.audit = audit};

    return en_committer_run(&s->committer, &t, err);
}

enum en_status en_store_read(struct en_store *s, en_store_work *work, void *context,
                             struct en_err *err)
{
    struct en_tx tx = {.now_us = en_store_now(&s->options)};

    EN_TRY(en_readers_get(&s->readers, &tx.db, err));
    enum en_status st = en_db_begin(tx.db, err);

    if (st == EN_OK) {
        st = work(&tx, context, err);
        en_db_rollback(tx.db);
    }
    en_readers_put(&s->readers, tx.db);
    return st;
}

static enum en_status ping(struct en_tx *tx, void *context, struct en_err *err)
{
    (void)context;
    return en_tx_run(tx, "SELECT max(number) FROM schema_version", NULL, 0, err);
}

enum en_status en_store_ping(struct en_store *s, struct en_err *err)
{
    return en_store_read(s, ping, NULL, err);
}

struct en_store_figures en_store_figures(struct en_store *s)
{
    struct en_store_figures figures = {0};

    if (!s->options.only_reads) {
        (void)pthread_mutex_lock(&s->committer.mutex);
        figures = s->committer.figures;
        (void)pthread_mutex_unlock(&s->committer.mutex);
    }
    figures.slow = atomic_load(&s->slow);
    return figures;
}
