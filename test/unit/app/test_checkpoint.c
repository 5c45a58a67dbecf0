/* SPDX-License-Identifier: Apache-2.0
 * A checkpoint holds what a run needs to go on, and nothing but the same run may use it. */
#include "app/checkpoint.h"

#include "support/check.h"

enum { SUMS = 5 };

static const int64_t NUMBERS[SUMS] = {0, -1, INT64_MAX, INT64_MIN, 42};

static struct en_checkpoint usual(void)
{
    return (struct en_checkpoint){
        .knowledge = "0123456789abcdef", .hash = 99, .units = 1000, .done = 0, .sum_count = SUMS};
}

/* The bytes of a checkpoint after 17 units. */
static void written(struct en_buf *out)
{
    struct en_checkpoint c = usual();

    c.done = 17;
    CHECK(en_checkpoint_write(&c, NUMBERS, out, NULL) == EN_OK);
}

/* What was written is read: units done and every sum, the extremes of the type included. */
static void test_reads_what_was_written(void **state)
{
    struct en_buf bytes = EN_BUF(1 << 16);
    struct en_checkpoint c = usual();
    int64_t sums[SUMS] = {0};

    (void)state;
    written(&bytes);
    CHECK(en_checkpoint_read(&c, en_buf_text(&bytes), bytes.size, sums, NULL) == EN_OK);
    CHECK(c.done == 17);
    CHECK(memcmp(sums, NUMBERS, sizeof sums) == 0);
    CHECK_CONTAINS(en_buf_text(&bytes), "enthesis trial checkpoint 1\nprogram ");
    en_buf_free(&bytes);
}

/* Another specification, knowledge, length or number of sums is another run. */
static void test_refuses_another_run(void **state)
{
    struct en_buf bytes = EN_BUF(1 << 16);
    struct en_checkpoint others[4];
    static const char *const SAYS[] = {"another specification", "another specification",
                                       "another specification", "with knowledge"};

    (void)state;
    written(&bytes);
    for (size_t i = 0; i < EN_COUNT(others); i++) {
        others[i] = usual();
    }
    others[0].hash = 98;
    others[1].units = 1001;
    others[2].sum_count = SUMS - 1;
    others[3].knowledge = "fedcba9876543210";
    for (size_t i = 0; i < EN_COUNT(others); i++) {
        int64_t sums[SUMS] = {7, 7, 7, 7, 7};
        struct en_err err = {""};

        CHECK(en_checkpoint_read(&others[i], en_buf_text(&bytes), bytes.size, sums, &err) ==
              EN_EINVAL);
        CHECK_CONTAINS(err.text, SAYS[i]);
        CHECK(others[i].done == 0 && sums[0] == 7); /* unchanged */
    }
    en_buf_free(&bytes);
}

/* A file that was cut anywhere is refused, and so is one byte more. */
static void test_refuses_any_other_length(void **state)
{
    struct en_buf bytes = EN_BUF(1 << 16);

    (void)state;
    written(&bytes);
    const size_t size = bytes.size;

    en_buf_add(&bytes, "x");
    for (size_t length = 0; length <= size + 1; length++) {
        struct en_checkpoint c = usual();
        int64_t sums[SUMS];
        const enum en_status st = en_checkpoint_read(&c, en_buf_text(&bytes), length, sums, NULL);

        CHECK(st == (length == size ? EN_OK : EN_EINVAL));
    }
    en_buf_free(&bytes);
}

/* One damaged bit anywhere is refused, and leaves the sums alone. */
static void test_refuses_any_damage(void **state)
{
    struct en_buf bytes = EN_BUF(1 << 16);

    (void)state;
    written(&bytes);
    for (size_t i = 0; i < 8 * bytes.size; i++) {
        struct en_checkpoint c = usual();
        int64_t sums[SUMS] = {0};
        struct en_err err = {""};

        bytes.bytes[i / 8] = (char)(bytes.bytes[i / 8] ^ (1 << i % 8));
        const enum en_status st =
            en_checkpoint_read(&c, en_buf_text(&bytes), bytes.size, sums, &err);

        CHECK(st == EN_EINVAL && err.text[0] != '\0');
        CHECK(c.done == 0 && sums[1] == 0);
        bytes.bytes[i / 8] = (char)(bytes.bytes[i / 8] ^ (1 << i % 8));
    }
    en_buf_free(&bytes);
}

/* The hash of a posterior follows its particles and its weights. */
static void test_hash_follows_the_posterior(void **state)
{
    struct en_arena arena = EN_ARENA(16 << 20);
    struct en_posterior a, b;

    (void)state;
    CHECK(en_posterior_prior(64, 1, &arena, &a, NULL) == EN_OK);
    CHECK(en_posterior_prior(64, 2, &arena, &b, NULL) == EN_OK);
    const uint64_t hash = en_checkpoint_hash(1, &a);

    CHECK(hash == en_checkpoint_hash(1, &a));
    CHECK(hash != en_checkpoint_hash(2, &a) && hash != en_checkpoint_hash(1, &b));
    a.weight[0] += 0.1;
    CHECK(hash != en_checkpoint_hash(1, &a));
    en_arena_free(&arena);
}

TEST_MAIN(cmocka_unit_test(test_reads_what_was_written), cmocka_unit_test(test_refuses_another_run),
          cmocka_unit_test(test_refuses_any_other_length),
          cmocka_unit_test(test_refuses_any_damage),
          cmocka_unit_test(test_hash_follows_the_posterior));
