/* SPDX-License-Identifier: Apache-2.0 */
#include "num/random.h"

#include "num/scalar.h"

#include <string.h>

void en_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4], k[2] = {key[0], key[1]};

    memcpy(c, counter, sizeof c);
    for (int round = 0; round < 10; round++) {
        const uint64_t a = (uint64_t)0xD2511F53U * c[0], b = (uint64_t)0xCD9E8D57U * c[2];

        c[0] = (uint32_t)(b >> 32) ^ c[1] ^ k[0];
        c[1] = (uint32_t)b;
        c[2] = (uint32_t)(a >> 32) ^ c[3] ^ k[1];
        c[3] = (uint32_t)a;
        k[0] += 0x9E3779B9U;
        k[1] += 0xBB67AE85U;
    }
    memcpy(out, c, sizeof c);
}

static void bits(struct en_random at, uint32_t out[4])
{
    const uint32_t counter[4] = {at.index, at.purpose, (uint32_t)at.member,
                                 (uint32_t)(at.member >> 32)};
    const uint32_t key[2] = {(uint32_t)at.seed, (uint32_t)(at.seed >> 32)};

    en_philox(counter, key, out);
}

static double uniform(uint32_t high, uint32_t low)
{
    const uint64_t top = ((uint64_t)high << 32 | low) >> 12;

    return ((double)top + 0.5) * 0x1p-52; /* 52 bits and a half: exact, never 0 or 1 */
}

double en_random_uniform(struct en_random at)
{
    uint32_t out[4];

    bits(at, out);
    return uniform(out[0], out[1]);
}

double en_random_normal(struct en_random at)
{
    return en_normal_quantile(en_random_uniform(at));
}

void en_random_uniforms(struct en_random at, double pair[2])
{
    uint32_t out[4];

    bits(at, out);
    pair[0] = uniform(out[0], out[1]);
    pair[1] = uniform(out[2], out[3]);
}

void en_random_normals(struct en_random at, double pair[2])
{
    en_random_uniforms(at, pair);
    pair[0] = en_normal_quantile(pair[0]);
    pair[1] = en_normal_quantile(pair[1]);
}

void en_random_uniforms_of_4(struct en_random at, double four[4])
{
    uint32_t out[4];

    bits(at, out);
    for (int k = 0; k < 4; k++) {
        four[k] = ((double)out[k] + 0.5) * 0x1p-32;
    }
}
