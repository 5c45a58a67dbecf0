/* SPDX-License-Identifier: Apache-2.0
 * cohort/score: from a patient's tissue to pain and function scores. The one place of these
 * formulas outside the lanes; forecast, trials and calibration use it. Pure functions. */
#pragma once

#include "heal/heal.h"

/* What of a course all hypotheses share, in the order of EN_SCORE_OUTPUTS. */
struct en_tissue {
    double strain;        /* X, 1 at baseline */
    double sensitisation; /* felt, 1 at baseline */
    double mediators;     /* C */
    double laxity_ratio;  /* 1 at baseline */
};
enum { EN_SCORE_OUTPUT_COUNT = 4 };
extern const enum en_output EN_SCORE_OUTPUTS[EN_SCORE_OUTPUT_COUNT];

/* Pain without fluctuation and error, not held on its scale [NRS]:
 * usual [1 + wm (X - 1) + wh (felt - 1) - context] + flare C. context: share of usual pain taken
 * away by then. */
struct en_pain {
    double usual, wm, wh, flare, context;
};
double en_score_pain(const struct en_pain *p, const struct en_tissue *t);

/* Part of the contextual response that has come by day t: 1 - 2^(-t / half_d). */
double en_score_waned(double day, double half_d);

/* Function score [0 .. 100, high is worse], not held, without error: scaled so that the baseline
 * pain goes with the baseline function. pain is the true pain now, on its scale. */
struct en_function {
    double baseline_nrs, baseline_function; /* observed scores on day 0 */
    double per_pain, per_laxity;            /* aW1, aW2 */
    bool has_laxity;
    double ratio; /* relative change of function over that of pain, 1 nominal */
};
double en_score_function(const struct en_function *f, double pain, double laxity_ratio);

/* Function that goes with a pain score in the average patient: aW1 nrs + aW2. */
double en_score_usual_function(double per_pain, double per_laxity, double nrs);

/* x held within 0 .. high. */
double en_score_held(double x, double high);
