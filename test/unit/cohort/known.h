/* SPDX-License-Identifier: Apache-2.0
 * Posteriors of one particle whose numbers are known, for closed-form checks. */
#pragma once

#include "cohort/posterior.h"

/* Nothing differs between conditions, studies, arms and patients, and reports add nothing; context
 * is as given. */
struct known {
    double particle[EN_LEARNED_COUNT];
    struct en_posterior posterior;
};

static inline void known_posterior(struct known *k, double context_injection)
{
    static const enum en_learned NONE[] = {
        EN_LEARNED_patient_sd,        EN_LEARNED_condition_context_sd,
        EN_LEARNED_condition_time_sd, EN_LEARNED_condition_specific_sd,
        EN_LEARNED_study_context_sd,  EN_LEARNED_arm_sd,
    };
    /* Plain quantities, which are 0 at -centre / spread. */
    static const enum en_learned EXCESS[] = {EN_LEARNED_uncontrolled, EN_LEARNED_trial_bias};
    const struct en_learned_row *row = &EN_LEARNED_ROWS[EN_LEARNED_context_injection];

    *k = (struct known){0};
    for (size_t i = 0; i < EN_COUNT(NONE); i++) {
        k->particle[NONE[i]] = -80.0; /* a factor below 1e-12 */
    }
    for (size_t i = 0; i < EN_COUNT(EXCESS); i++) {
        const struct en_learned_row *excess = &EN_LEARNED_ROWS[EXCESS[i]];

        k->particle[EXCESS[i]] = -excess->centre / excess->spread;
    }
    k->particle[EN_LEARNED_context_injection] = (context_injection - row->centre) / row->spread;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        k->posterior.count[h] = 1;
        k->posterior.particles[h] = k->particle;
        k->posterior.weight[h] = k->posterior.prior_weight[h] = 0.25;
    }
}
