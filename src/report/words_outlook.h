/* SPDX-License-Identifier: Apache-2.0
 * report/words_outlook: what a clinician can say aloud: fixed sentences, filled with the numbers of
 * a forecast as counts of ten people and half points, each with its comparison. What the numbers
 * do not decide is said to be undecided. */
#pragma once

#include "report/words.h"

enum { EN_SAYINGS_MAX = 16 };

struct en_sayings {
    const char *text[EN_SAYINGS_MAX];
    size_t count;
};

/* No sentence promises what it may not: EN_EBUG names the banned phrase. */
EN_MUST_USE enum en_status en_sayings_check(const struct en_words *w, const struct en_sayings *s,
                                            struct en_err *err);

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

/* "2026-05-04, 2026-05-11 nrs: two different values for one day": the note with all that say the
 * same of the same kind of entry; "" when an earlier one is of them. */
const char *en_words_usage(struct en_words *w, const struct en_usage_note *notes, size_t count,
                           size_t index);

/* "First session Mon 2026-01-05, week 9 today. 3 sessions given, 2 to come, 7 scores used."; that
 * nothing has happened yet; that the course is complete. For a report with a forecast and an
 * outlook. */
const char *en_words_record(struct en_words *w, const struct en_report *r);

/* How the forecast came about: patients, seed, effective number, refinement, what scores teach. */
const char *en_words_learning(struct en_words *w, const struct en_forecast *f);

/* "week 26, Mon 2026-07-06" */
const char *en_words_week_day(struct en_words *w, const struct en_report *r, double week);

/* A gain: "0.9 [0.5 to 1.3]", and "(0.0 to 1.8) 45 %" with the chance that it is worthwhile. */
const char *en_words_gain_middle(struct en_words *w, const struct en_gain *gain);
const char *en_words_gain_wide(struct en_words *w, const struct en_gain *gain);

/* From where on a gain is worthwhile [NRS]. */
double en_words_worthwhile(const struct en_forecast *f);

/* Index of the week that the sentences speak of: half a year, or the last. */
size_t en_words_spoken_week(const struct en_forecast *f);

/* The arms that are shown, at most four. */
struct en_shown {
    size_t index[4], count;
};
struct en_shown en_words_arms_shown(const struct en_forecast *f);

/* Below the weights of the hypotheses. */
#define EN_WORDS_NO_EFFECT                                                                         \
    "No specific effect: dextrose does no more than salt water, and what salt water does comes "   \
    "with any injection."

/* Index of a week of the forecast; SIZE_MAX when it has none such. */
size_t en_words_week(const struct en_forecast *f, double week);
