/* SPDX-License-Identifier: Apache-2.0
 * report/words_search: options in words, which of them are shown, and what the search says of them
 * in fixed sentences. */
#pragma once

#include "report/search.h"
#include "report/words_outlook.h"

enum { EN_SEARCH_ROWS_MAX = 14 };

/* Options that are shown, by burden: nothing, exercise, the best, the preferred, and the front in
 * steps of what counts as the same: of options that differ by less than half of that the one
 * nearest to the usual plan stands for it. They are lettered in this order, from a on. */
struct en_search_rows {
    size_t option[EN_SEARCH_ROWS_MAX];
    size_t count;
};
struct en_search_rows en_search_rows(const struct en_report_search *s);

/* "a" ... of a row. */
const char *en_words_letter(struct en_words *w, size_t row);

/* "3 sessions, every 21 d, by landmarks, and exercise"; "exercise alone"; "nothing". */
const char *en_words_option(struct en_words *w, const struct en_report_search *s, size_t option);

/* "--sessions 3 --interval 21 --guidance LM": options of the command that make the plan. */
const char *en_words_option_flags(struct en_words *w, const struct en_candidate *c);

/* "Rabago 2013, days 0, 28, 56; 7 sites, 13 mL, dextrose 15–25 %": what options depart from. */
const char *en_words_usual(struct en_words *w, const struct en_report_search *s);

/* What is preferred and why, what fewer sessions give, what saline would, where nothing and
 * exercise stand. Each sentence has passed the list of banned phrases, else EN_EBUG. */
EN_MUST_USE enum en_status en_words_search(struct en_words *w, const struct en_report_search *s,
                                           struct en_sayings *out, struct en_err *err);

/* What all of it rests on, unapproved judgements first. */
EN_MUST_USE enum en_status en_words_search_basis(struct en_words *w,
                                                 const struct en_report_search *s,
                                                 struct en_sayings *out, struct en_err *err);
