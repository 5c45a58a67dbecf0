/* SPDX-License-Identifier: Apache-2.0
 * care/usage: what became of the entries of a record when a follow-up was made of it: used, left
 * out, or used with something assumed. */
#pragma once

#include "base/date.h"

enum en_usage {
    EN_USAGE_USED,
    EN_USAGE_EXCLUDED, /* left out, the forecast goes on without it; the clinician decides */
    EN_USAGE_ASSUMED   /* used with something assumed, named in `why` */
};

struct en_usage_note {
    enum en_usage usage;
    en_day day;       /* EN_DAY_UNKNOWN: none */
    const char *what; /* "nrs", "session", "laxity" ...: no value, no name of a person */
    const char *why;  /* a clause: "two different values for one day"; NULL when used */
};

enum { EN_USAGE_NOTES_MAX = 256 };
