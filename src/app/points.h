/* SPDX-License-Identifier: Apache-2.0
 * app/points: a forecast as plain points for the FHIR writer; for the files that make Bundles. */
#pragma once

#include "app/app.h"
#include "fhir/result.h"

/* All bands: arm, outcome, hypothesis, week, in this order, with what the forecast is made of as
 * method. room, NULL or out: free points behind them, `more` of them, not counted. */
EN_MUST_USE enum en_status en_app_points(const struct en_forecast *f, size_t more,
                                         struct en_arena *a, struct en_forecast_points *out,
                                         struct en_forecast_point **room, struct en_err *err);
