/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gate.h"
#include "base/spool.h"
#include "base/workers.h"

#include "support/check.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the tasks of a test share: each waits until it is let go, then notes its place. */
struct stage {
    struct en_gate *gate; /* taken by the test: a task waits at it */
    atomic_int done, started, cancelled, closing;
    char order[64];
};

static void wait_for(atomic_int *value, int wanted)
{
    while (atomic_load(value) < wanted) {
        (void)usleep(200);
    }
}

static void run(void *context, const char *key, struct en_task *task)
{
    struct stage *s = context;

    atomic_fetch_add(&s->started, 1);
    en_task_tell(task, 0.5);
    while (!en_gate_enter(s->gate, 0.001)) {
        if (en_task_is_cancelled(task)) {
            atomic_fetch_add(&s->cancelled, 1);
            atomic_fetch_add(&s->closing, en_task_is_closing(task) ? 1 : 0);
            return;
        }
    }
    s->order[atomic_load(&s->done)] = key[0];
    en_gate_leave(s->gate);
    atomic_fetch_add(&s->done, 1);
}

static struct stage stage_open(void)
{
    struct stage s = {0};

    CHECK(en_gate_open(1, 8, &s.gate, NULL) == EN_OK);
    CHECK(en_gate_enter(s.gate, 0.0));
    return s;
}

/* Tasks are done in the order in which they came; what waits and what runs can be told apart, and a
 * key is free again when its task is done. */
static void test_workers_do_tasks_in_order(void **state)
{
    struct en_workers *w = NULL;
    struct stage s = stage_open();
    double share = -1.0;

    (void)state;
    CHECK(en_workers_open(1, 4, &w, NULL) == EN_OK);
    CHECK(en_workers_add(w, "a", run, &s, NULL) == EN_OK);
    wait_for(&s.started, 1);
    CHECK(en_workers_add(w, "b", run, &s, NULL) == EN_OK);
    CHECK(en_workers_add(w, "c", run, &s, NULL) == EN_OK);
    CHECK(en_workers_add(w, "b", run, &s, NULL) == EN_ECONFLICT);
    CHECK(en_workers_look(w, "a", &share) == EN_TASK_RUNNING);
    CHECK_NEAR(share, 0.5, 0.0);
    CHECK(en_workers_look(w, "b", &share) == EN_TASK_WAITING);
    CHECK_NEAR(share, 0.0, 0.0);
    CHECK(en_workers_look(w, "d", &share) == EN_TASK_NONE);
    en_gate_leave(s.gate);
    wait_for(&s.done, 3);
    CHECK_TEXT(s.order, "abc");
    en_workers_close(w);
    en_gate_close(s.gate);
}

/* The queue has an end: one more is refused and nothing is lost. A place is free again when a task
 * is taken out. */
static void test_workers_refuse_what_does_not_fit(void **state)
{
    struct en_workers *w = NULL;
    struct stage s = stage_open();

    (void)state;
    CHECK(en_workers_open(1, 2, &w, NULL) == EN_OK);
    CHECK(en_workers_add(w, "a", run, &s, NULL) == EN_OK);
    wait_for(&s.started, 1);
    CHECK(en_workers_add(w, "b", run, &s, NULL) == EN_OK);
    CHECK(en_workers_add(w, "c", run, &s, NULL) == EN_ELIMIT);
    CHECK(en_workers_cancel(w, "b") == EN_TASK_WAITING);
    CHECK(en_workers_cancel(w, "b") == EN_TASK_NONE);
    CHECK(en_workers_add(w, "c", run, &s, NULL) == EN_OK);
    en_gate_leave(s.gate);
    wait_for(&s.done, 2);
    CHECK_TEXT(s.order, "ac");
    en_workers_close(w);
    en_gate_close(s.gate);
}

/* A task that runs hears that it shall stop, and whether that is because everything stops. */
static void test_workers_tell_tasks_to_stop(void **state)
{
    struct en_workers *w = NULL;
    struct stage s = stage_open();

    (void)state;
    CHECK(en_workers_open(2, 4, &w, NULL) == EN_OK);
    CHECK(en_workers_add(w, "a", run, &s, NULL) == EN_OK);
    CHECK(en_workers_add(w, "b", run, &s, NULL) == EN_OK);
    wait_for(&s.started, 2);
    CHECK(en_workers_add(w, "c", run, &s, NULL) == EN_OK); /* waits, and is forgotten */
    CHECK(en_workers_cancel(w, "a") == EN_TASK_RUNNING);
    wait_for(&s.cancelled, 1);
    CHECK(atomic_load(&s.closing) == 0);
    wait_for(&s.started, 3); /* c took a's thread */
    en_workers_close(w);
    CHECK(atomic_load(&s.cancelled) == 3);
    CHECK(atomic_load(&s.closing) == 2);
    CHECK(atomic_load(&s.done) == 0);
    en_gate_leave(s.gate);
    en_gate_close(s.gate);
    en_workers_close(NULL);
}

/* What went in comes out, across the size of the buffer; nobody else may read it; the folder goes
 * with its files. */
static void test_spool_writes_all(void **state)
{
    static struct en_spool s;
    char folder[] = "/tmp/spoolXXXXXX", path[64];
    struct en_err err = {""};
    struct stat info;

    (void)state;
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/a", folder);
    CHECK(en_spool_open(&s, path, &err) == EN_OK);
    for (int i = 0; i < 50000; i++) {
        char line[16];

        en_spool_add(&s, line, (size_t)snprintf(line, sizeof line, "%07d\n", i));
    }
    CHECK(s.size == 400000);
    CHECK(en_spool_close(&s, &err) == EN_OK);
    CHECK(en_spool_close(&s, &err) == EN_OK);
    CHECK(stat(path, &info) == 0 && info.st_size == 400000 && (info.st_mode & 0777) == 0600);
    FILE *file = fopen(path, "r");

    CHECK(file != NULL);
    for (int i = 0; i < 50000; i++) {
        char line[16], expected[16];

        CHECK(fgets(line, (int)sizeof line, file) != NULL);
        (void)snprintf(expected, sizeof expected, "%07d\n", i);
        CHECK_TEXT(line, expected);
    }
    CHECK(fclose(file) == 0);
    CHECK(en_folder_remove(folder, &err) == EN_OK);
    CHECK(stat(folder, &info) != 0);
    CHECK(en_folder_remove(folder, &err) == EN_OK);
    CHECK(en_spool_open(&s, "/nowhere/at/all", &err) == EN_EIO);
    CHECK_CONTAINS(err.text, "/nowhere/at/all");
}

/* A full disk is told, not swallowed. */
static void test_spool_tells_a_full_disk(void **state)
{
    static struct en_spool s;
    struct en_err err = {""};

    (void)state;
    CHECK(en_spool_open(&s, "/dev/full", &err) == EN_OK);
    en_spool_add(&s, "x", 1);
    CHECK(en_spool_close(&s, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, "disk full");
}

TEST_MAIN(cmocka_unit_test(test_workers_do_tasks_in_order),
          cmocka_unit_test(test_workers_refuse_what_does_not_fit),
          cmocka_unit_test(test_workers_tell_tasks_to_stop),
          cmocka_unit_test(test_spool_writes_all), cmocka_unit_test(test_spool_tells_a_full_disk));
