/* SPDX-License-Identifier: Apache-2.0
 * base/date: calendar days as numbers. No clock, no time zone: "today" is always handed in.
 * Proleptic Gregorian calendar, years 1 to 9999. Pure functions. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef int32_t en_day; /* days since 1970-01-01 */

#define EN_DAY_UNKNOWN INT32_MIN

enum { EN_DATE_TEXT_MAX = 16 };

/* Length of "YYYY", "YYYY-MM" or "YYYY-MM-DD" in digits of precision. */
enum en_date_precision { EN_DATE_YEAR, EN_DATE_MONTH, EN_DATE_DAY };

/* A FHIR date or dateTime (its time of day is checked and dropped). A partial date gives its first
 * day, which is the careful reading for "how old is this value". False when malformed. */
bool en_date_parse(const char *text, en_day *out, enum en_date_precision *precision);

/* "YYYY-MM-DD", or "unknown". */
const char *en_date_text(en_day day, char out[EN_DATE_TEXT_MAX]);

/* Whole years from birth to day; -1 when either is unknown or birth is later. */
int en_years_between(en_day birth, en_day day);

/* 0 Monday .. 6 Sunday. */
int en_weekday(en_day day);
const char *en_weekday_name(en_day day);
