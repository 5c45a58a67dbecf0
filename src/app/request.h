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

/* A session of a plan as the science wing sees it. `whole` is what the case asks for: a site of it
 * that the plan leaves out is target that is not reached. With the plan itself as `whole`, and the
 * atlas' volumes, it is the dose of en_app_forecast_request. The day is 0. */
struct en_dose en_app_dose(const struct en_knowledge *k, const struct en_plan *plan,
                           const struct en_plan *whole);

/* Take out the weeks that are over by the day of the follow-up; where few are left, a month, a
 * quarter and half a year from then come in. */
void en_app_weeks_to_come(struct en_forecast_request *q);

/* Put a week in its place, unless it is there or there is no room. */
void en_app_insert_week(struct en_forecast_request *q, double week);
