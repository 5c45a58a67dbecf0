/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/patient.h"

#include "num/scalar.h"

#include <assert.h>
#include <math.h>

const struct en_effect EN_COHORT_EFFECTS[] = {
    {EN_P(cD), EN_EFFECT_LOGNORMAL, 0},   {EN_P(kG2), EN_EFFECT_LOGNORMAL, 0},
    {EN_P(d2), EN_EFFECT_LOGNORMAL, 0},   {EN_P(kx), EN_EFFECT_LOGNORMAL, 0},
    {EN_P(kHd), EN_EFFECT_LOGNORMAL, 0},  {EN_P(kHu), EN_EFFECT_LOGNORMAL, 0},
    {EN_P(tctx), EN_EFFECT_LOGNORMAL, 0}, {EN_P(CN), EN_EFFECT_CAPPED, -1},
    {EN_P(Cmb), EN_EFFECT_CAPPED, -1},    {EN_P(Phib), EN_EFFECT_LOGIT, -1},
    {EN_P(Sb), EN_EFFECT_LOGNORMAL, 1},
};
const size_t EN_COHORT_EFFECT_COUNT = EN_COUNT(EN_COHORT_EFFECTS);

double en_effect_spread(const struct en_effect *e)
{
    const double cv = EN_PARAMETERS[e->parameter].cv;

    return e->kind == EN_EFFECT_LOGIT ? cv : sqrt(en_log(1.0 + cv * cv));
}

double en_effect_at(const struct en_effect *e, double spread, double centre, double z)
{
    if (e->kind == EN_EFFECT_LOGIT) {
        return en_logistic(en_logit(centre) + spread * z);
    }
    const double value = centre * en_exp(spread * z - 0.5 * spread * spread);

    return e->kind == EN_EFFECT_CAPPED ? fmin(value, EN_PARAMETERS[e->parameter].high) : value;
}

double en_effect_around(const struct en_effect *e, double centre, double z)
{
    return en_effect_at(e, en_effect_spread(e), centre, z);
}

/* Variance of an observed score around usual pain. */
static double score_variance(void)
{
    const struct en_model *m = &EN_MODEL;

    return m->ou_sd * m->ou_sd + m->nrs_error_sd * m->nrs_error_sd;
}

double en_patient_expected(double trait_mean, double observed)
{
    const double trait = EN_MODEL.trait_sd * EN_MODEL.trait_sd;

    return trait_mean + (observed - trait_mean) * trait / (trait + score_variance());
}

struct en_pain_start en_patient_pain(double trait_mean, double observed, double z_usual,
                                     double z_fluctuation)
{
    const struct en_model *m = &EN_MODEL;
    const double trait = m->trait_sd * m->trait_sd, score = score_variance();
    const double usual =
        en_patient_expected(trait_mean, observed) + sqrt(trait * score / (trait + score)) * z_usual;
    const double held = fmin(fmax(usual, 0.1), 10.0); /* on the scale, and above no pain at all */
    const struct en_cohort_start start = en_cohort_start(held, observed);

    return (struct en_pain_start){held, start.mean + start.sd * z_fluctuation};
}

struct en_cohort_start en_cohort_start(double usual, double observed)
{
    const double slow = EN_MODEL.ou_sd * EN_MODEL.ou_sd / score_variance();

    return (struct en_cohort_start){(observed - usual) * slow, sqrt(slow) * EN_MODEL.nrs_error_sd};
}

struct en_spread en_patient_usual_spread(double trait_mean, const struct en_spread *observed)
{
    const double trait = EN_MODEL.trait_sd * EN_MODEL.trait_sd, score = score_variance();
    const double kept = trait / (trait + score) * observed->sd;

    return (struct en_spread){en_patient_expected(trait_mean, observed->mean),
                              sqrt(kept * kept + trait * score / (trait + score))};
}

double en_patient_severity(double pain_z, double z)
{
    const double r = EN_MODEL.severity_correlation;

    return sqrt(r) * pain_z + sqrt(1.0 - r) * z;
}

double en_patient_effect_z(const struct en_effect *e, double factor, double own_z)
{
    const double r = EN_MODEL.severity_correlation;

    return e->severity == 0 ? own_z : e->severity * sqrt(r) * factor + sqrt(1.0 - r) * own_z;
}

double en_cohort_coverage_of(double expected, double z)
{
    /* The mean of a logistic normal number with centre m is close to logistic(m / sqrt(1 + pi s^2 /
     * 8)): so this centre keeps the expected coverage within 0.5 % of 1. */
    const double s = EN_MODEL.coverage_sd;

    assert(expected >= 0.0 && expected <= 1.0);
    if (!(expected > 0.0 && expected < 1.0)) {
        return expected;
    }
    return en_logistic(en_logit(expected) * sqrt(1.0 + 3.14159265358979323846 * s * s / 8.0) +
                       s * z);
}
