/* SPDX-License-Identifier: Apache-2.0
 * How often a key may do something. Times are handed in, so nothing here waits. */
#include "base/limiter.h"

#include "support/check.h"

#include <pthread.h>

static struct en_limiter *limiter(double burst, double per_s, size_t keys)
{
    const struct en_limiter_options options = {burst, per_s, keys};
    struct en_limiter *l = NULL;

    CHECK(en_limiter_open(&options, &l, NULL) == EN_OK);
    return l;
}

/* A burst passes, one more does not, and tokens come back at their rate: with 3 at once and 0.5 a
 * second, the fourth has to wait 2 s. A refusal takes nothing. */
static void test_bucket_empties_and_fills(void **state)
{
    struct en_limiter *l = limiter(3.0, 0.5, 64);
    double wait = -1.0;

    (void)state;
    for (int i = 0; i < 3; i++) {
        CHECK(en_limiter_take(l, "a", 1.0, 100.0, &wait));
        CHECK(wait == 0.0);
    }
    CHECK(!en_limiter_take(l, "a", 1.0, 100.0, &wait));
    CHECK_NEAR(wait, 2.0, 1e-9);
    CHECK(!en_limiter_take(l, "a", 1.0, 101.9, NULL));
    CHECK(en_limiter_take(l, "a", 1.0, 102.0, NULL));
    CHECK(!en_limiter_take(l, "a", 1.0, 102.0, NULL));
    en_limiter_close(l);
}

/* A long silence fills the bucket to its burst and no further. A clock that goes back gives
 * nothing. */
static void test_bucket_has_a_brim(void **state)
{
    struct en_limiter *l = limiter(2.0, 1.0, 64);

    (void)state;
    CHECK(en_limiter_take(l, "a", 2.0, 0.0, NULL));
    CHECK(en_limiter_take(l, "a", 2.0, 1000.0, NULL));
    CHECK(!en_limiter_take(l, "a", 1.0, 1000.0, NULL));
    CHECK(!en_limiter_take(l, "a", 1.0, 0.0, NULL));
    en_limiter_close(l);
}

/* Keys do not share. Looking (cost 0) takes nothing, and sees the empty bucket. */
static void test_keys_are_apart(void **state)
{
    struct en_limiter *l = limiter(1.0, 0.0, 64);
    double wait = 0.0;

    (void)state;
    CHECK(en_limiter_take(l, "a", 0.0, 0.0, NULL));
    CHECK(en_limiter_take(l, "a", 1.0, 0.0, NULL));
    CHECK(!en_limiter_take(l, "a", 0.0, 0.0, &wait));
    CHECK(isinf(wait)); /* nothing ever comes back at rate 0 */
    CHECK(en_limiter_take(l, "b", 1.0, 0.0, NULL));
    en_limiter_forget(l, "a");
    CHECK(en_limiter_take(l, "a", 1.0, 0.0, NULL));
    en_limiter_close(l);
}

/* More than the burst can never be had, and says so. */
static void test_more_than_the_burst(void **state)
{
    struct en_limiter *l = limiter(2.0, 1.0, 64);
    double wait = 0.0;

    (void)state;
    CHECK(!en_limiter_take(l, "a", 3.0, 0.0, &wait));
    CHECK(isinf(wait));
    en_limiter_close(l);
}

/* A flood of keys must not wash away who is being limited: in one row of 8, an empty bucket stays
 * while full ones are replaced, however many come. */
static void test_flood_keeps_who_is_limited(void **state)
{
    struct en_limiter *l = limiter(10.0, 0.0, 8);

    (void)state;
    CHECK(en_limiter_take(l, "attacker", 10.0, 0.0, NULL));
    for (int i = 0; i < 10000; i++) {
        char key[32];

        (void)snprintf(key, sizeof key, "10.0.%d.%d", i / 256, i % 256);
        CHECK(en_limiter_take(l, key, 1.0, 0.0, NULL));
    }
    CHECK(!en_limiter_take(l, "attacker", 1.0, 0.0, NULL));
    en_limiter_close(l);
}

struct crowd {
    struct en_limiter *limiter;
    int passed;
};

static void *take_many(void *argument)
{
    struct crowd *c = argument;

    for (int i = 0; i < 10000; i++) {
        c->passed += en_limiter_take(c->limiter, "all", 1.0, 0.0, NULL) ? 1 : 0;
    }
    return NULL;
}

/* Four threads at one bucket of 1000: exactly 1000 pass. */
static void test_threads_share_a_bucket(void **state)
{
    struct en_limiter *l = limiter(1000.0, 0.0, 8);
    struct crowd crowds[4];
    pthread_t ids[4];
    int passed = 0;

    (void)state;
    for (int i = 0; i < 4; i++) {
        crowds[i] = (struct crowd){l, 0};
        CHECK(pthread_create(&ids[i], NULL, take_many, &crowds[i]) == 0);
    }
    for (int i = 0; i < 4; i++) {
        CHECK(pthread_join(ids[i], NULL) == 0);
        passed += crowds[i].passed;
    }
    CHECK(passed == 1000);
    en_limiter_close(l);
    en_limiter_close(NULL);
}

TEST_MAIN(cmocka_unit_test(test_bucket_empties_and_fills), cmocka_unit_test(test_bucket_has_a_brim),
          cmocka_unit_test(test_keys_are_apart), cmocka_unit_test(test_more_than_the_burst),
          cmocka_unit_test(test_flood_keeps_who_is_limited),
          cmocka_unit_test(test_threads_share_a_bucket));
