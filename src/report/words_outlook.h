/* SPDX-License-Identifier: Apache-2.0
 * report/words_outlook: what a clinician can say aloud: fixed sentences, filled with the numbers
 * of a forecast as counts of ten people and half points, each with its comparison. What the numbers
 * do not decide is said to be undecided. */
#pragma once

#include "report/words.h"

enum { EN_SAYINGS_MAX = 16 };

struct en_sayings {
    const char *text[EN_SAYINGS_MAX];
    size_t count;
};

/* For a report with a forecast and an outlook. Each sentence has passed the list of banned phrases:
 * EN_EBUG when one does not. */
EN_MUST_USE enum en_status en_words_sayings(struct en_words *w, const struct en_report *r,
                                            struct en_sayings *out, struct en_err *err);

/* Of ten: "about 4", "fewer than 1", "more than 9"; NAN "an unknown number". */
const char *en_words_of_ten(struct en_words *w, double share);

/* "half a year", "a year", "12 weeks". */
const char *en_words_after(struct en_words *w, double week);

/* "pain of 3 or less", "function of 20 or less". */
const char *en_words_goal(struct en_words *w, const struct en_goal *goal);

/* "2026-05-04 nrs: two different values for one day" */
const char *en_words_usage(struct en_words *w, const struct en_usage_note *note);

/* Index of a week of the forecast; SIZE_MAX when it has none such. */
size_t en_words_week(const struct en_forecast *f, double week);
