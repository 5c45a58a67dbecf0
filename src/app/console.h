/* SPDX-License-Identifier: Apache-2.0
 * app/console: a plan with all that its screen shows, as plain JSON: the verdict with its reasons,
 * the sites of the region with what lies beside them, mixes, dose against the maximum, dates, bands
 * of every arm, hypothesis and week, evidence for and against; and the options of a comparison.
 *
 * Every object that comes from a row of the knowledge has "from": table, row, sources, grade,
 * whether it was verified and approved. What is not known is left out, never 0. Of a plan that the
 * verdict blocks there is nothing that could be carried out: no mix, no volume, no date, no
 * forecast. Thread-safe: no state. */
#pragma once

#include "app/optimise.h"

/* request: what the answer was asked with. */
EN_MUST_USE enum en_status en_app_console(const struct en_app *app,
                                          const struct en_plan_answer *answer,
                                          const struct en_plan_request *request, struct en_arena *a,
                                          struct en_buf *json, struct en_err *err);

/* All options with benefit, burden and harm, and what to ask for to have each as a plan. */
EN_MUST_USE enum en_status en_app_console_options(const struct en_app *app,
                                                  const struct en_optimise *answer,
                                                  struct en_arena *a, struct en_buf *json,
                                                  struct en_err *err);
