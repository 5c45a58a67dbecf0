/* SPDX-License-Identifier: Apache-2.0
 * care/session_inside: what session.c and session_totals.c share. Not for other files. */
#pragma once

#include "care/session.h"

/* Whether a dose may lie within the window that ends with another one. */
bool care_dose_shares(const struct en_session_dose *earlier, const struct en_session_dose *end,
                      int64_t window_us);

/* Total of one drug in the window before dose `end` [mg]; NAN when a part is not known. */
double care_dose_total(const struct en_session_dose *doses, size_t count, size_t end,
                       const char *drug, int64_t window_us);
