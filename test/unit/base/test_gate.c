/* SPDX-License-Identifier: Apache-2.0
 * At most so many at a time. Waits have a limit far beyond what a slow machine needs where they are
 * to succeed, and none where they are to fail. */
#include "base/gate.h"

#include "support/check.h"

#include <pthread.h>
#include <stdatomic.h>

/* As many as there are places enter, one more does not, until somebody leaves. */
static void test_places_are_counted(void **state)
{
    struct en_gate *g = NULL;

    (void)state;
    CHECK(en_gate_open(2, 4, &g, NULL) == EN_OK);
    CHECK(en_gate_enter(g, 0.0));
    CHECK(en_gate_enter(g, 0.0));
    CHECK(!en_gate_enter(g, 0.0));
    en_gate_leave(g);
    CHECK(en_gate_enter(g, 0.0));
    en_gate_leave(g);
    en_gate_leave(g);
    en_gate_close(g);
    en_gate_close(NULL);
}

/* Without a waiting room nobody waits: a full gate refuses at once, even with hours of patience. */
static void test_waiting_room_is_bounded(void **state)
{
    struct en_gate *g = NULL;

    (void)state;
    CHECK(en_gate_open(1, 0, &g, NULL) == EN_OK);
    CHECK(en_gate_enter(g, 0.0));
    CHECK(!en_gate_enter(g, 3600.0));
    en_gate_leave(g);
    CHECK(en_gate_enter(g, 3600.0));
    en_gate_leave(g);
    en_gate_close(g);
}

struct crowd {
    struct en_gate *gate;
    atomic_int inside, most, done;
};

static void *pass_many(void *argument)
{
    struct crowd *c = argument;

    for (int i = 0; i < 500; i++) {
        if (!en_gate_enter(c->gate, 600.0)) {
            return NULL;
        }
        const int now = atomic_fetch_add(&c->inside, 1) + 1;
        int most = atomic_load(&c->most);

        while (now > most && !atomic_compare_exchange_weak(&c->most, &most, now)) {
        }
        (void)atomic_fetch_sub(&c->inside, 1);
        en_gate_leave(c->gate);
        (void)atomic_fetch_add(&c->done, 1);
    }
    return NULL;
}

/* Eight threads through three places: all get through, never more than three at once. */
static void test_threads_pass_in_turn(void **state)
{
    struct crowd c = {0};
    pthread_t ids[8];

    (void)state;
    CHECK(en_gate_open(3, 8, &c.gate, NULL) == EN_OK);
    for (int i = 0; i < 8; i++) {
        CHECK(pthread_create(&ids[i], NULL, pass_many, &c) == 0);
    }
    for (int i = 0; i < 8; i++) {
        CHECK(pthread_join(ids[i], NULL) == 0);
    }
    CHECK(atomic_load(&c.done) == 8 * 500);
    CHECK(atomic_load(&c.most) >= 1 && atomic_load(&c.most) <= 3);
    en_gate_close(c.gate);
}

TEST_MAIN(cmocka_unit_test(test_places_are_counted), cmocka_unit_test(test_waiting_room_is_bounded),
          cmocka_unit_test(test_threads_pass_in_turn));
