/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/score.h"

#include "num/scalar.h"

#include <math.h>

const enum en_output EN_SCORE_OUTPUTS[EN_SCORE_OUTPUT_COUNT] = {
    EN_OUTPUT_STRAIN, EN_OUTPUT_SENSITISATION, EN_OUTPUT_C, EN_OUTPUT_LAXITY_RATIO};

double en_score_pain(const struct en_pain *p, const struct en_tissue *t)
{
    const double share = 1.0 - p->wm - p->wh + p->wm * t->strain + p->wh * t->sensitisation;

    return p->usual * (share - p->context) + p->flare * t->mediators;
}

double en_score_waned(double day, double half_d)
{
    return 1.0 - en_exp(-en_log(2.0) * (day / half_d));
}

double en_score_usual_function(double per_pain, double per_laxity, double nrs)
{
    return per_pain * nrs + per_laxity;
}

double en_score_function(const struct en_function *f, double pain, double laxity_ratio)
{
    const double observed = f->baseline_nrs;
    const double usual = en_score_usual_function(f->per_pain, f->per_laxity, observed);
    const double now = f->ratio == 1.0 ? pain : observed + f->ratio * (pain - observed);
    /* Where laxity does not count, its points are given to the pain. */
    const double score =
        f->has_laxity || observed < 1.0
            ? f->per_pain * now + f->per_laxity * (f->has_laxity ? laxity_ratio : 1.0)
            : usual * now / observed;

    return f->baseline_function / usual * score;
}

double en_score_held(double x, double high)
{
    return fmin(fmax(x, 0.0), high);
}
