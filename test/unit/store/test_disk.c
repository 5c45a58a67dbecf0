/* SPDX-License-Identifier: Apache-2.0
 * Disks that are full or cannot be written, and memory that ends. */
#include "support/stores.h"

#include "support/fault.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS_MAX = 5000 };

static const char PATIENT[] = "{\"resourceType\":\"Patient\"}";

static const char *big(void)
{
    static char text[20000];

    if (text[0] == '\0') {
        memset(text, 'x', sizeof text);
        memcpy(text, "{\"resourceType\":\"Basic\",\"x\":\"", 29);
        memcpy(text + sizeof text - 3, "\"}", 3);
    }
    return text;
}

/* Write until the disk is full; returns how many went well. */
static int fill(struct en_store *s, int from, struct en_err *err)
{
    enum en_status st = EN_OK;
    char id[16];
    int i = from;

    for (; i < from + ROUNDS_MAX; i++) {
        (void)snprintf(id, sizeof id, "b%d", i);
        st = store_put(s, big(), id, EN_VERSION_NONE, NULL, err);
        if (st != EN_OK) {
            break;
        }
    }
    CHECK(st == EN_EIO);
    return i;
}

static void all_are_there(struct en_store *s, int count)
{
    struct en_arena a = EN_ARENA(16 << 20);
    struct en_version v;
    char id[16];

    for (int i = 0; i < count; i++) {
        const struct en_arena_mark mark = en_arena_mark(&a);

        (void)snprintf(id, sizeof id, "b%d", i);
        CHECK(store_get(s, "Basic", id, 0, &a, &v, NULL) == EN_OK);
        CHECK(v.size > 19000 && v.body[v.size - 1] == '}');
        en_arena_rewind(&a, mark);
    }
    en_arena_free(&a);
}

static void trail_is_whole(struct en_store *s)
{
    struct en_audit_check check;

    CHECK(en_audit_verify(s, NULL, NULL, &check, NULL) == EN_OK);
    CHECK_TEXT(check.fault, "");
}

/* A file that may not grow (a quota): EN_EIO says what to do, reading goes on, and writing goes on
 * by itself once there is room. */
static void a_file_that_may_not_grow(const char *url)
{
    struct en_store *s = store_opened(url);
    struct rlimit before, tight;
    struct en_err err = {""};
    struct sigaction action = {.sa_handler = SIG_IGN}, old;

    CHECK(sigaction(SIGXFSZ, &action, &old) == 0);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    tight = before;
    tight.rlim_cur = 3 << 20;
    CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
    const int count = fill(s, 0, &err);

    CHECK_CONTAINS(err.text, "the disk of the database");
    CHECK_CONTAINS(err.text, "nothing that was confirmed is lost");
    CHECK(count > 10);
    CHECK(en_store_audit(s, &(struct en_audit){.action = 'R'}, NULL) != EN_EBUG);
    all_are_there(s, count);
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(store_put(s, big(), "after", EN_VERSION_NONE, NULL, &err) == EN_OK);
    CHECK(en_store_audit(s, &(struct en_audit){.action = 'R'}, NULL) == EN_OK);
    trail_is_whole(s);
    en_store_close(s);
    s = store_opened(url);
    all_are_there(s, count);
    CHECK(store_number(url, "SELECT count(*) FROM resource") == count + 2);
    en_store_close(s);
    CHECK(sigaction(SIGXFSZ, &old, NULL) == 0);
}

/* In a child with mounts of its own: a disk of 4 MiB that fills up, gets room, is remounted
 * read-only and writable again. */
static void on_small_disk(const char *folder)
{
    struct en_store *s;
    struct en_err err = {""};
    char url[96];

    CHECK(mount("none", folder, "tmpfs", 0, "size=4m") == 0);
    (void)snprintf(url, sizeof url, "%s/clinic.db", folder);
    s = store_opened(url);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    int count = fill(s, 0, &err);

    CHECK_CONTAINS(err.text, "the disk of the database");
    all_are_there(s, count);
    CHECK(mount("none", folder, "tmpfs", MS_REMOUNT, "size=12m") == 0);
    count = fill(s, count, &err);
    all_are_there(s, count);
    CHECK(mount("none", folder, "tmpfs", MS_REMOUNT, "size=64m") == 0);
    CHECK(store_put(s, PATIENT, "p2", EN_VERSION_NONE, NULL, &err) == EN_OK);
    trail_is_whole(s);
    en_store_close(s);
    /* A disk that becomes read-only while nothing is open for writing: opening says so. */
    CHECK(mount("none", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, "") == 0);
    CHECK(en_store_open(&(struct en_store_options){.url = url}, &s, &err) == EN_EIO);
    CHECK(err.text[0] != '\0');
    CHECK(mount("none", folder, "tmpfs", MS_REMOUNT, "") == 0);
    s = store_opened(url);
    all_are_there(s, count);
    trail_is_whole(s);
    en_store_close(s);
}

static void a_disk_that_fills_up(const char *url)
{
    char folder[64];
    int status = 0;

    (void)snprintf(folder, sizeof folder, "%.*s/disk", (int)(strrchr(url, '/') - url), url);
    CHECK(mkdir(folder, 0700) == 0);
    (void)fflush(NULL);
    const pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
            _exit(77); /* not allowed here */
        }
        on_small_disk(folder);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(rmdir(folder) == 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        skip();
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static enum en_status put_and_audit(struct en_tx *tx, void *context, struct en_err *err)
{
    static const struct en_search_param token = {.kind = EN_SEARCH_TOKEN, .key = 1};
    static const struct en_search_param date = {.kind = EN_SEARCH_DATE, .key = 2};
    const struct en_index_value values[] = {
        {.param = &token, .system = "s", .code = context},
        {.param = &date, .low_us = 1, .high_us = 2},
    };

    EN_TRY(en_tx_put(tx,
                     &(struct en_put){.type = "Basic",
                                      .id = context,
                                      .stamp = {"{\"meta\":{", "}}"},
                                      .index = values,
                                      .index_count = EN_COUNT(values),
                                      .expected = EN_VERSION_ANY},
                     NULL, err));
    return en_tx_audit(tx, &(struct en_audit){.action = 'U', .entity_id = context}, err);
}

/* Memory that ends at any request of a write: the write fails whole or is done, as it says, and the
 * store goes on. */
static void memory_may_end_anywhere(const char *url)
{
    struct en_store *s = store_opened(url);
    bool was_refused = true;
    int64_t done = 0, refused = 0;
    char id[16];

    for (size_t n = 0; was_refused; n++) {
        (void)snprintf(id, sizeof id, "b%zu", n);
        fault_after(n);
        const enum en_status st = en_store_write(s, put_and_audit, id, NULL);

        was_refused = fault_happened() != 0;
        fault_after(SIZE_MAX);
        CHECK(st == EN_OK || (was_refused && st == EN_ENOMEM));
        done += st == EN_OK;
        refused += st != EN_OK;
        CHECK(n < 1000);
    }
    CHECK(done >= 1 && refused >= 1);
    CHECK(store_number(url, "SELECT count(*) FROM resource") == done);
    CHECK(store_number(url, "SELECT count(*) FROM index_token") == done);
    CHECK(store_number(url, "SELECT count(*) FROM audit") == done);
    trail_is_whole(s);
    en_store_close(s);
}

TEST_MAIN(ON_SQLITE(a_file_that_may_not_grow), ON_SQLITE(a_disk_that_fills_up),
          ON_BOTH(memory_may_end_anywhere));
