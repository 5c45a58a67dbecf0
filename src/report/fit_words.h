/* SPDX-License-Identifier: Apache-2.0
 * report/fit_words: sentences about a calibration and a validation, on screen and paper. */
#pragma once

#include "report/fit.h"
#include "report/words.h"

/* Below the heading of the charts. */
#define EN_FIT_LEGEND                                                                              \
    "Bars: middle 90 % and 50 % of what a report of this size would say, line: median. Dot with "  \
    "whisker: reported, with its 95 % interval; red: outside the 90 % bar; hollow: not fitted. "   \
    "Changes are later less earlier: down is better. Weeks are named, not to scale."

/* "0.14 (0.08 to 0.21)"; "–" when unknown. */
const char *en_fit_interval_words(struct en_words *w, const struct en_fit_interval *i, int digits);

/* Number with that many significant digits, without an exponent where it can be. */
const char *en_fit_number(struct en_words *w, double value, int digits);

/* How it was made: particles, seed, version. */
const char *en_fit_method(struct en_words *w, const struct en_fit_report *r);
/* What was fitted and how well: counts and coverage. */
const char *en_fit_summary(struct en_words *w, const struct en_fit_report *r);
/* Quantities whose contraction is below EN_FIT_IDENTIFIED under every hypothesis that weighs 1 % or
 * more; "every quantity is identified" when none. */
const char *en_fit_unidentified(struct en_words *w, const struct en_fit_report *r);
/* Results that were not read, and arms that are not simulated. */
const char *en_fit_left_out(struct en_words *w, const struct en_fit_report *r);
/* Steps, smallest sample size and moves taken of a hypothesis. */
const char *en_fit_steps(struct en_words *w, const struct en_fit_hypothesis *h);

/* The largest contraction of a quantity over hypotheses that weigh 1 % or more. */
double en_fit_contraction(const struct en_fit_report *r, size_t quantity);

/* Coverage and score of a validation, in sentences; "" for what there are no results. */
const char *en_validation_coverage(struct en_words *w, const struct en_fit_validation *v);
const char *en_validation_scores(struct en_words *w, const struct en_fit_validation *v);
const char *en_validation_contrasts(struct en_words *w, const struct en_fit_validation *v);
/* Why it may be no validation; "" when there is no doubt. */
const char *en_validation_warning(struct en_words *w, const struct en_fit_validation *v);
