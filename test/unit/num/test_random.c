/* SPDX-License-Identifier: Apache-2.0 */
#include "num/random.h"

#include "support/check.h"

/* The three known answers published with the generator (Random123, kat_vectors, philox4x32 10). */
static void test_philox_gives_the_published_vectors(void **state)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } KNOWN[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        uint32_t out[4];

        en_philox(KNOWN[i].counter, KNOWN[i].key, out);
        assert_memory_equal(out, KNOWN[i].out, sizeof out);
    }
}

/* Each of the four coordinates makes another number; the same place always the same one. */
static void test_random_depends_on_its_place_alone(void **state)
{
    const struct en_random at = {.seed = 1, .member = 2, .purpose = 3, .index = 4};
    const struct en_random other[] = {
        {2, 2, 3, 4}, {1, 3, 3, 4},          {1, 2, 4, 4},
        {1, 2, 3, 5}, {1ULL << 40, 2, 3, 4}, {1, 2 + (1ULL << 32), 3, 4},
    };

    (void)state;
    CHECK(en_random_uniform(at) == en_random_uniform(at));
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        CHECK(en_random_uniform(at) != en_random_uniform(other[i]));
    }
}

/* Uniform numbers stay strictly inside 0 .. 1 and fill it evenly: in 100 cells of 100,000 numbers
 * chi-square (99 degrees) lies below 149, its 0.1 % point. */
static void test_uniform_fills_the_interval(void **state)
{
    int cells[100] = {0};
    double chi = 0.0;

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        const double u = en_random_uniform((struct en_random){.seed = 7, .member = i});

        CHECK(u > 0.0 && u < 1.0);
        cells[(int)(u * 100.0)]++;
    }
    for (int i = 0; i < 100; i++) {
        chi += (cells[i] - 1000.0) * (cells[i] - 1000.0) / 1000.0;
    }
    CHECK(chi < 149.0);
}

/* First four moments of 100,000 normal numbers within four standard errors; neighbours, whether in
 * member, purpose or index, do not correlate. */
static void test_normal_has_its_moments(void **state)
{
    enum { N = 100000 };
    double m1 = 0.0, m2 = 0.0, m3 = 0.0, m4 = 0.0, along[3] = {0};

    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        const double z = en_random_normal((struct en_random){7, i, 1, 1});

        m1 += z;
        m2 += z * z;
        m3 += z * z * z;
        m4 += z * z * z * z;
        along[0] += z * en_random_normal((struct en_random){7, i + 1, 1, 1});
        along[1] += z * en_random_normal((struct en_random){7, i, 2, 1});
        along[2] += z * en_random_normal((struct en_random){7, i, 1, 2});
    }
    CHECK_NEAR(m1 / N, 0.0, 4.0 / sqrt(N));
    CHECK_NEAR(m2 / N, 1.0, 4.0 * sqrt(2.0 / N));
    CHECK_NEAR(m3 / N, 0.0, 4.0 * sqrt(15.0 / N));
    CHECK_NEAR(m4 / N, 3.0, 4.0 * sqrt(96.0 / N));
    for (int k = 0; k < 3; k++) {
        CHECK_NEAR(along[k] / N, 0.0, 4.0 / sqrt(N));
    }
}

/* The first of a pair is the number of its place; the second is as normal and does not correlate
 * with the first. */
static void test_pairs_are_two_independent_numbers(void **state)
{
    enum { N = 100000 };
    double mean = 0.0, square = 0.0, product = 0.0, pair[2];

    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        const struct en_random at = {7, i, 1, 1};

        en_random_uniforms(at, pair);
        CHECK(pair[0] == en_random_uniform(at) && pair[1] > 0.0 && pair[1] < 1.0);
        en_random_normals(at, pair);
        CHECK(pair[0] == en_random_normal(at));
        mean += pair[1] / N;
        square += pair[1] * pair[1] / N;
        product += pair[0] * pair[1] / N;
    }
    CHECK_NEAR(mean, 0.0, 4.0 / sqrt(N));
    CHECK_NEAR(square, 1.0, 4.0 * sqrt(2.0 / N));
    CHECK_NEAR(product, 0.0, 4.0 / sqrt(N));
}

TEST_MAIN(cmocka_unit_test(test_pairs_are_two_independent_numbers),
          cmocka_unit_test(test_philox_gives_the_published_vectors),
          cmocka_unit_test(test_random_depends_on_its_place_alone),
          cmocka_unit_test(test_uniform_fills_the_interval),
          cmocka_unit_test(test_normal_has_its_moments));
