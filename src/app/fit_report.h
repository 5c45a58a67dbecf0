/* SPDX-License-Identifier: Apache-2.0
 * app/fit_report: from a stored calibration, or a validation, to what report/fit draws. */
#pragma once

#include "app/validation.h"
#include "report/fit.h"

/* Results by study and outcome, in the order of the evidence. titles: of the studies, NULL: ids. */
EN_MUST_USE enum en_status en_fit_panels(const struct en_evidence *e,
                                         const struct en_prediction *predictions,
                                         const char *const *titles, struct en_arena *a,
                                         const struct en_fit_panel **out, size_t *count,
                                         struct en_err *err);

/* The report of the stored calibration; everything lives in the arena. Without one (the posterior
 * is the prior) it shows what the priors predict, and says so. */
EN_MUST_USE enum en_status en_app_fit_report(const struct en_app *app, int threads,
                                             struct en_arena *a, struct en_fit_report *out,
                                             struct en_err *err);

/* The picture of a validation. */
EN_MUST_USE enum en_status en_app_fit_validation(const struct en_app *app,
                                                 const struct en_validate_answer *answer,
                                                 const char *file, struct en_arena *a,
                                                 struct en_fit_validation *out, struct en_err *err);
