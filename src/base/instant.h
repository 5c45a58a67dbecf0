/* SPDX-License-Identifier: Apache-2.0
 * base/instant: points in time as microseconds since 1970-01-01T00:00:00Z, to and from FHIR's
 * texts. Pure functions; no clock, no time zone data base. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { EN_INSTANT_TEXT_MAX = 32 };

#define EN_INSTANT_UNKNOWN INT64_MIN

/* The span that a FHIR date, dateTime or instant names: "2026-03" is all of March. A text without a
 * zone is taken as UTC. Both ends belong to it [us]. False, and nothing changed, when malformed. */
bool en_instant_span(const char *text, int64_t *low_us, int64_t *high_us);

/* "2026-03-02T10:00:00.123Z": a FHIR instant, cut to milliseconds. Years 1 .. 9999. */
const char *en_instant_text(int64_t us, char out[EN_INSTANT_TEXT_MAX]);

/* "Mon, 02 Mar 2026 10:00:00 GMT": the date of an HTTP header, cut to seconds. Years 1 .. 9999. */
const char *en_instant_http_text(int64_t us, char out[EN_INSTANT_TEXT_MAX]);

/* The moment that such a header names [us]; false, and nothing changed, for any other form. */
bool en_instant_http(const char *text, int64_t *out_us);
