/* SPDX-License-Identifier: Apache-2.0
 * fhir/shift: a resource that was written for one day, moved to another: all its dates by the same
 * span, so that ages, intervals and expiries stay. Pure functions. */
#pragma once

#include "base/date.h"
#include "fhir/r4.h"

struct json_object;

enum { EN_SHIFT_TEXT = 64 };

struct en_shift {
    int days;
    int minutes;    /* further, of what has a time of day: from one place's clock to another's */
    int64_t now_us; /* no moment becomes a later one than this; INT64_MAX: no limit */
};

/* A FHIR date, dateTime or instant, moved. "2024" and "2024-02" move with their first day and stay
 * as short; a time of day keeps its form and zone, but for one that would be later than now_us.
 * False, and nothing written, for what is no date, has no room, or would leave the years 1 to 9999.
 */
bool en_shift_text(const struct en_shift *by, const char *text, char out[EN_SHIFT_TEXT]);

/* Every element of type date, dateTime or instant, in extensions, contained resources and Bundles
 * too. EN_EINVAL names the first that cannot be moved; half of them are moved then. */
EN_MUST_USE enum en_status en_fhir_shift(const struct en_r4 *r4, const struct en_shift *by,
                                         struct json_object *resource, struct en_err *err);
