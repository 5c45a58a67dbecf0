/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/pool.h"

#include "support/check.h"

static void test_arena_gives_zeroed_aligned_memory(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);

    (void)state;
    for (size_t i = 1; i < 200; i++) {
        unsigned char *bytes = EN_NEW(&a, unsigned char, i);

        CHECK(bytes != NULL && (uintptr_t)bytes % _Alignof(max_align_t) == 0);
        for (size_t j = 0; j < i; j++) {
            CHECK(bytes[j] == 0);
            bytes[j] = 0xff;
        }
    }
    en_arena_free(&a);
}

/* The ceiling itself is given, one byte more is not; a count that overflows is refused. */
static void test_arena_keeps_its_ceiling(void **state)
{
    struct en_arena a = EN_ARENA(1024);

    (void)state;
    CHECK(EN_NEW(&a, char, 1025) == NULL);
    CHECK(EN_NEW(&a, char, 1024) != NULL);
    CHECK(EN_NEW(&a, char, 1) == NULL);
    CHECK(EN_NEW(&a, double, SIZE_MAX / 4) == NULL);
    CHECK(a.used == 1024 && a.peak == 1024);
    en_arena_free(&a);
    CHECK(a.used == 0);
}

/* After a rewind the same bytes are handed out again, and no block is lost. */
static void test_arena_rewinds_over_blocks(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);

    (void)state;
    CHECK(en_arena_copy(&a, "keep", SIZE_MAX) != NULL);
    const struct en_arena_mark mark = en_arena_mark(&a);
    char *first = EN_NEW(&a, char, 100);

    CHECK(EN_NEW(&a, char, 1 << 20) != NULL);
    CHECK(EN_NEW(&a, char, 1 << 21) != NULL);
    en_arena_rewind(&a, mark);
    CHECK(a.used == mark.used);
    CHECK(EN_NEW(&a, char, 100) == first);
    CHECK(EN_NEW(&a, char, 1 << 21) != NULL);
    en_arena_free(&a);
}

static void test_arena_prints(void **state)
{
    struct en_arena a = EN_ARENA(1 << 16);

    (void)state;
    CHECK_TEXT(en_arena_print(&a, "%s %d", "site", 7), "site 7");
    CHECK_TEXT(en_arena_copy(&a, "abcdef", 3), "abc");
    en_arena_free(&a);
}

static void square(void *context, size_t index, int worker)
{
    (void)worker;
    ((size_t *)context)[index] = index * index;
}

/* Every piece is done exactly once on any number of threads. */
static void test_pool_does_every_piece(void **state)
{
    (void)state;
    for (int threads = 0; threads <= 8; threads++) {
        size_t results[1000] = {0};

        en_pool_run(threads, 1000, square, results);
        for (size_t i = 0; i < 1000; i++) {
            CHECK(results[i] == i * i);
        }
    }
    en_pool_run(4, 0, square, NULL);
}

TEST_MAIN(cmocka_unit_test(test_arena_gives_zeroed_aligned_memory),
          cmocka_unit_test(test_arena_keeps_its_ceiling),
          cmocka_unit_test(test_arena_rewinds_over_blocks), cmocka_unit_test(test_arena_prints),
          cmocka_unit_test(test_pool_does_every_piece));
