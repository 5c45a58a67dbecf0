/* SPDX-License-Identifier: Apache-2.0 */
#include "app/trial_answer.h"

#include "num/scalar.h"

#include <math.h>

/* 95 % of the standard normal distribution lie below this. */
static const double Z95 = 1.6448536269514722;

/* Above this no trial of injections is planned. */
enum { N_MAX = 100000 };

enum { PARTICLES = 2048 };
static const uint64_t PRIOR_SEED = 1;

enum en_status en_trial_posterior(const struct en_knowledge *k, struct en_arena *a,
                                  struct en_posterior *out, struct en_err *err)
{
    (void)k;
    return en_posterior_prior(PARTICLES, PRIOR_SEED, a, out, err);
}

static double normal_below(double z)
{
    return 0.5 * erfc(-z / sqrt(2.0));
}

/* One hypothesis: the true difference of a study (better > 0) and its spread between studies. */
struct difference {
    double weight, mean, between;
};

struct chances {
    struct difference of[EN_HYPOTHESES];
    double variance; /* of the two arms, of one patient each */
    double z;        /* of the test */
};

/* Chance that a trial with n patients in each arm finds the difference. */
static double chance(const struct chances *c, double n)
{
    const double error = isfinite(n) ? c->variance / n : 0.0;
    double sum = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const struct difference *d = &c->of[h];
        const double spread = sqrt(d->between * d->between + error);

        /* Without any spread a difference is found or it is not. */
        sum += d->weight * (spread > 0.0    ? normal_below((d->mean - c->z * sqrt(error)) / spread)
                            : d->mean > 0.0 ? 1.0
                                            : 0.0);
    }
    return sum;
}

static struct chances chances_of(const struct en_trial_spec *spec,
                                 const struct en_trial_result *result)
{
    const struct en_trial *t = &spec->trial;
    const struct en_trial_question *q = &spec->question;
    const size_t last = t->arm_count - 1;
    const enum en_trial_measure measure = t->outcomes[q->outcome].measure;
    const bool is_low_better = measure == EN_TRIAL_NRS_CHANGE || measure == EN_TRIAL_WOMAC_CHANGE ||
                               measure == EN_TRIAL_LAXITY_CHANGE;
    const size_t mixed = EN_HYPOTHESES;
    const double arm_sd = result->arms[en_trial_at(t, mixed, q->arm, q->outcome, q->week)].sd;
    const double last_sd = result->arms[en_trial_at(t, mixed, last, q->outcome, q->week)].sd;
    struct chances c = {.variance = arm_sd * arm_sd + last_sd * last_sd,
                        .z = en_normal_quantile(1.0 - 0.5 * q->alpha)};
    const double at_size =
        arm_sd * arm_sd / (double)t->arms[q->arm].n + last_sd * last_sd / (double)t->arms[last].n;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const size_t at = en_trial_at(t, h, q->arm, q->outcome, q->week);
        const struct en_predictive *p = &result->contrasts[at].predictive;
        const double spread = (p->q95 - p->q05) / (2.0 * Z95);
        const double between = spread * spread - at_size;

        c.of[h] = (struct difference){.weight = result->weight[h],
                                      .mean = is_low_better ? -p->q50 : p->q50,
                                      .between = between > 0.0 ? sqrt(between) : 0.0};
    }
    return c;
}

struct en_trial_size en_trial_size_of(const struct en_trial_spec *spec,
                                      const struct en_trial_result *result)
{
    const struct en_trial_question *q = &spec->question;
    const struct chances c = chances_of(spec, result);
    struct en_trial_size out = {.arm = q->arm,
                                .outcome = q->outcome,
                                .week = q->week,
                                .wanted = q->power,
                                .alpha = q->alpha,
                                .at_most = chance(&c, INFINITY)};
    double low = 1.0, high = N_MAX;

    out.power =
        result->power[en_trial_at(&spec->trial, EN_HYPOTHESES, q->arm, q->outcome, q->week)];
    if (!(chance(&c, high) >= q->power)) {
        return out;
    }
    while (high - low > 0.5) {
        const double middle = 0.5 * (low + high);

        *(chance(&c, middle) >= q->power ? &high : &low) = middle;
    }
    out.n = (size_t)ceil(high);
    return out;
}
