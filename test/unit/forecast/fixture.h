/* SPDX-License-Identifier: Apache-2.0
 * Posteriors to forecast with. */
#pragma once

#include "forecast/forecast.h"

#include "support/check.h"

/* Draws from the priors: what is known before calibration. */
static inline struct en_posterior prior(void)
{
    static struct en_arena arena = {.limit = 16 << 20};
    static struct en_posterior p;

    if (p.count[0] == 0) {
        CHECK(en_posterior_prior(512, 1, &arena, &p, NULL) == EN_OK);
    }
    return p;
}

/* One particle at the centre of the priors, and the knee is an average condition: only clinics and
 * patients differ. */
static inline struct en_posterior centre(void)
{
    static const char *const KNEE[] = {"oa_knee"};
    static const double ZERO[EN_LEARNED_COUNT + EN_CONDITION_EFFECT_COUNT];
    struct en_posterior p;

    en_posterior_no_data(&p);
    p.conditions = KNEE;
    p.condition_count = 1;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        p.count[h] = 1;
        p.particles[h] = ZERO;
    }
    return p;
}

/* The same with one hypothesis certain. */
static inline struct en_posterior certain(struct en_posterior p, size_t hypothesis)
{
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        p.weight[h] = h == hypothesis ? 1.0 : 0.0;
    }
    return p;
}
