/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shared.h"

#include "support/check.h"

#include <pthread.h>
#include <string.h>

static struct en_shared_value made(const char *text, int64_t generation)
{
    struct en_shared_value v = {.generation = generation, .arena = EN_ARENA(1 << 16)};

    v.value = en_arena_copy(&v.arena, text, SIZE_MAX);
    return v;
}

/* Who took a value goes on reading it while another one takes its place: the sanitizers see it when
 * it was released too early, and a leak when it never was. */
static void test_a_reader_keeps_its_value(void **state)
{
    struct en_shared_token *old = NULL, *now = NULL;
    struct en_shared *s = NULL;
    int64_t generation = 0;

    (void)state;
    CHECK(en_shared_open(made("first", 0), &s, NULL) == EN_OK);
    const char *first = en_shared_take(s, &old, NULL);

    CHECK(en_shared_put(s, made("second", 1), NULL) == EN_OK);
    CHECK_TEXT(first, "first");
    CHECK_TEXT((const char *)en_shared_take(s, &now, &generation), "second");
    CHECK(generation == 1);
    en_shared_give(s, old);
    en_shared_give(s, now);
    en_shared_give(s, NULL);
    en_shared_close(s);
    en_shared_close(NULL);
}

/* Two who make a new value at the same time may come in the wrong order: the older one must not
 * win. */
static void test_an_older_value_does_not_come_back(void **state)
{
    struct en_shared_token *token = NULL;
    struct en_shared *s = NULL;

    (void)state;
    CHECK(en_shared_open(made("two", 2), &s, NULL) == EN_OK);
    CHECK(en_shared_put(s, made("one", 1), NULL) == EN_OK);
    CHECK_TEXT((const char *)en_shared_take(s, &token, NULL), "two");
    en_shared_give(s, token);
    en_shared_close(s);
}

enum { ROUNDS = 2000 };

static void *read_often(void *context)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct en_shared_token *token = NULL;
        const char *text = en_shared_take(context, &token, NULL);

        CHECK(strlen(text) == 5);
        en_shared_give(context, token);
    }
    return NULL;
}

/* Readers beside a writer: nobody sees half a value or one that is gone. */
static void test_many_readers_beside_a_writer(void **state)
{
    struct en_shared *s = NULL;
    pthread_t readers[3];

    (void)state;
    CHECK(en_shared_open(made("start", 0), &s, NULL) == EN_OK);
    for (size_t i = 0; i < EN_COUNT(readers); i++) {
        CHECK(pthread_create(&readers[i], NULL, read_often, s) == 0);
    }
    for (int i = 1; i < ROUNDS; i++) {
        CHECK(en_shared_put(s, made("other", i), NULL) == EN_OK);
    }
    for (size_t i = 0; i < EN_COUNT(readers); i++) {
        CHECK(pthread_join(readers[i], NULL) == 0);
    }
    en_shared_close(s);
}

TEST_MAIN(cmocka_unit_test(test_a_reader_keeps_its_value),
          cmocka_unit_test(test_an_older_value_does_not_come_back),
          cmocka_unit_test(test_many_readers_beside_a_writer));
