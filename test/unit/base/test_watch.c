/* SPDX-License-Identifier: Apache-2.0
 * The watch over slow connections. Waits end with an event, never with a clock. */
#include "base/watch.h"

#include "support/check.h"

#include <sys/socket.h>
#include <unistd.h>

static void count(void *context)
{
    (void)atomic_fetch_add((atomic_int *)context, 1);
}

/* One that is late is shut: its reader wakes up with the end of the stream, and it is told once.
 * One with time left stays open. */
static void test_late_ones_are_shut(void **state)
{
    struct en_watched late = {0}, early = {0};
    struct en_watch *w = NULL;
    atomic_int cut = 0;
    int a[2], b[2];
    char byte;

    (void)state;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, a) == 0 &&
          socketpair(AF_UNIX, SOCK_STREAM, 0, b) == 0);
    CHECK(en_watch_open(0.001, count, &cut, &w, NULL) == EN_OK);
    en_watch_add(w, &early, b[0], 3600.0);
    en_watch_add(w, &late, a[0], 0.0);
    CHECK(read(a[0], &byte, 1) == 0);
    CHECK(read(a[1], &byte, 1) == 0);
    CHECK(write(b[1], "x", 1) == 1 && read(b[0], &byte, 1) == 1);
    en_watch_remove(w, &late);
    en_watch_remove(w, &early);
    en_watch_close(w);
    CHECK(atomic_load(&cut) == 1);
    for (int i = 0; i < 2; i++) {
        (void)close(a[i]);
        (void)close(b[i]);
    }
}

/* A new limit takes the place of the old one, and none at all is possible. */
static void test_limits_can_be_set_anew(void **state)
{
    struct en_watched entry = {0};
    struct en_watch *w = NULL;
    int a[2];
    char byte;

    (void)state;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, a) == 0);
    CHECK(en_watch_open(0.001, NULL, NULL, &w, NULL) == EN_OK);
    en_watch_add(w, &entry, a[0], INFINITY);
    CHECK(write(a[1], "x", 1) == 1 && read(a[0], &byte, 1) == 1);
    en_watch_limit(&entry, 0.0);
    CHECK(read(a[0], &byte, 1) == 0);
    en_watch_remove(w, &entry);
    en_watch_close(w);
    en_watch_close(NULL);
    (void)close(a[0]);
    (void)close(a[1]);
}

TEST_MAIN(cmocka_unit_test(test_late_ones_are_shut), cmocka_unit_test(test_limits_can_be_set_anew));
