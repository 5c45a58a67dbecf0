/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/course.h"

double course_pain(const struct en_cohort *c, size_t i, const struct course_context *context,
                   double day, const struct en_tissue *tissue)
{
    const struct en_batch *b = &c->patients;
    const struct en_cohort_response *r = &c->responses[i];
    const struct en_unspecific unspecific = {
        .kind = context->kind,
        .first_day = context->first_day,
        .exercise_day = context->exercise_day,
        .own = r->own,
        .time_ratio = r->time_ratio,
    };
    const struct en_pain p = {
        .usual = b->parameter[EN_P(P0)][i],
        .wm = r->effects.wm,
        .wh = r->effects.wh,
        .flare = b->parameter[EN_P(aC)][i],
        .context = en_effects_share(&r->effects, &unspecific, day, NULL),
    };

    return en_score_pain(&p, tissue);
}

double course_function(const struct en_cohort *c, size_t i, double pain, double laxity_ratio)
{
    const struct en_batch *b = &c->patients;
    const struct en_cohort_response *r = &c->responses[i];
    const struct en_function f = {
        .baseline_nrs = c->baseline_nrs[i],
        .baseline_function = c->baseline_function[i],
        .per_pain = b->parameter[EN_P(aW1)][i],
        .per_laxity = b->parameter[EN_P(aW2)][i],
        .has_laxity = r->effects.has_laxity,
        .ratio = r->effects.function_ratio,
    };

    return en_score_function(&f, en_score_held(pain, 10.0), laxity_ratio);
}

struct en_tissue course_tissue(const double *values, size_t day_count, size_t stride, size_t day,
                               size_t i)
{
    const double *at = values + day * stride + i;
    const size_t output = day_count * stride;

    return (struct en_tissue){at[0], at[output], at[2 * output], at[3 * output]};
}
