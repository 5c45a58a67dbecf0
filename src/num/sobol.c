/* SPDX-License-Identifier: Apache-2.0 */
#include "num/sobol.h"

#include "num/random.h"
#include "num/scalar.h"

/* Places of the random numbers; part of the golden results. */
enum purpose { FOR_SHIFT = 0x50B01, FOR_BEYOND };

/* Primitive polynomial (degree, inner coefficients) and first direction integers of dimension 2 and
 * on: the table of Joe and Kuo, file new-joe-kuo-6. */
static const struct {
    uint32_t degree, inner, first[7];
} ROWS[EN_SOBOL_DIMENSIONS - 1] = {
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
    {7, 7, {1, 1, 3, 13, 7, 35, 63}},
    {7, 8, {1, 3, 5, 9, 1, 25, 53}},
    {7, 14, {1, 3, 1, 13, 9, 35, 107}},
    {7, 19, {1, 3, 1, 5, 27, 61, 31}},
    {7, 21, {1, 1, 5, 11, 19, 41, 61}},
    {7, 28, {1, 3, 5, 3, 3, 13, 69}},
    {7, 31, {1, 1, 7, 13, 1, 19, 1}},
    {7, 32, {1, 3, 7, 5, 13, 19, 59}},
    {7, 37, {1, 1, 3, 9, 25, 29, 41}},
    {7, 41, {1, 3, 5, 13, 23, 1, 55}},
    {7, 42, {1, 3, 7, 3, 13, 59, 17}},
};

/* v_k = m_k / 2^k as a fraction of 32 bits. The first ones are given, the others follow:
 * v_k = a_1 v_(k-1) + ... + a_(s-1) v_(k-s+1) + v_(k-s) + v_(k-s) / 2^s, sums without carry. */
static void fill(uint32_t *v, uint32_t degree, uint32_t inner, const uint32_t *first)
{
    for (uint32_t k = 0; k < EN_SOBOL_BITS; k++) {
        if (k < degree) {
            v[k] = first[k] << (EN_SOBOL_BITS - 1 - k);
            continue;
        }
        v[k] = v[k - degree] ^ (v[k - degree] >> degree);
        for (uint32_t j = 1; j < degree; j++) {
            v[k] ^= (inner >> (degree - 1 - j) & 1) != 0 ? v[k - j] : 0;
        }
    }
}

void en_sobol_init(struct en_sobol *s, uint64_t seed)
{
    s->seed = seed;
    for (uint32_t k = 0; k < EN_SOBOL_BITS; k++) {
        s->direction[0][k] = 1U << (EN_SOBOL_BITS - 1 - k);
    }
    for (uint32_t d = 1; d < EN_SOBOL_DIMENSIONS; d++) {
        fill(s->direction[d], ROWS[d - 1].degree, ROWS[d - 1].inner, ROWS[d - 1].first);
    }
    for (uint32_t d = 0; d < EN_SOBOL_DIMENSIONS; d++) {
        const double u = en_random_uniform((struct en_random){seed, 0, FOR_SHIFT, d});

        s->shift[d] = (uint32_t)(u * 4294967296.0);
    }
}

double en_sobol_uniform(const struct en_sobol *s, uint32_t index, uint32_t dimension)
{
    if (dimension >= EN_SOBOL_DIMENSIONS) {
        return en_random_uniform((struct en_random){s->seed, index, FOR_BEYOND, dimension});
    }
    uint32_t x = s->shift[dimension];

    for (const uint32_t *v = s->direction[dimension]; index != 0; index >>= 1, v++) {
        x ^= (index & 1) != 0 ? *v : 0;
    }
    return ((double)x + 0.5) * 0x1p-32;
}

double en_sobol_normal(const struct en_sobol *s, uint32_t index, uint32_t dimension)
{
    return en_normal_quantile(en_sobol_uniform(s, index, dimension));
}
