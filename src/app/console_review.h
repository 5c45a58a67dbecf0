/* SPDX-License-Identifier: Apache-2.0
 * app/console_review: a review with all that its screen shows, as plain JSON: response, advice with
 * its reasons and sources, what it rests on, and the forecast of this patient without and with the
 * latest score. What is not known is left out. Thread-safe: no state. */
#pragma once

#include "app/review.h"

/* Reviews the case as en_app_review does. */
EN_MUST_USE enum en_status en_app_console_review(const struct en_app *app, const struct en_case *c,
                                                 const struct en_outlook_request *request,
                                                 struct en_arena *a, struct en_buf *json,
                                                 struct en_err *err);
