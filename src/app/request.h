/* SPDX-License-Identifier: Apache-2.0
 * app/request: what those files share that ask the science wing about a person. Not for others.
 * Pure functions. */
#pragma once

#include "app/app.h"
#include "app/exposure.h"

/* A score on 0 .. 100, high = worse, from the instrument's own scale; NAN where that is open. */
double en_app_normalised(const struct en_row *instrument, double value);

/* Volume over all points that a site of the atlas usually takes [mL]. */
double en_app_usual_ml(const struct en_row *site);

/* What is injected at a site of the atlas. */
struct en_injection en_app_injection(const struct en_row *site, const char *guidance,
                                     double volume_ml, double dextrose_percent);

/* Days for which a score of this instrument counts as the present: of the fact of its name, else of
 * the pain score [d]. */
double en_app_score_age_max(const struct en_knowledge *k, const char *instrument);

/* The condition's id, or "" when no controlled trial speaks of it: series without a control do not
 * tell a condition that responds from a report that flatters, so the average over conditions stands
 * for it. */
const char *en_app_known_condition(const struct en_knowledge *k, const char *id);

/* Mean baseline pain of treated people with the condition; that of all, where it is not known. */
double en_app_population_nrs(const struct en_knowledge *k, const char *condition);

/* The weeks that a policy lists. EN_EINVAL names it. */
EN_MUST_USE enum en_status en_app_weeks(const struct en_knowledge *k, const char *policy,
                                        double *weeks, size_t max, size_t *count,
                                        struct en_err *err);
