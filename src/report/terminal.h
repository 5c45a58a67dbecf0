/* SPDX-License-Identifier: Apache-2.0
 * report/terminal: sections of the terminal page; each prints nothing when its part is missing. */
#pragma once

#include "report/page.h"

/* Only when the verdict lets the plan go through. */
void en_terminal_sites(struct en_page *p, const struct en_plan *plan);
void en_terminal_mixes(struct en_page *p, const struct en_plan *plan);
void en_terminal_totals(struct en_page *p, const struct en_plan *plan);
void en_terminal_dates(struct en_page *p, const struct en_plan *plan);
void en_terminal_rehabilitation(struct en_page *p, const struct en_plan *plan);
void en_terminal_checklist(struct en_page *p, const struct en_plan *plan);
void en_terminal_costs(struct en_page *p, const struct en_plan *plan);

/* One line each with its window; what all end with goes behind the title; a window that is over is
 * marked. */
void en_terminal_followups(struct en_page *p, const char *title, const struct en_dated_row *rows,
                           size_t count);

void en_terminal_forecast(struct en_page *p, const struct en_forecast *f);
/* One outcome of it; pain also by hypothesis. */
void en_terminal_bands(struct en_page *p, const struct en_forecast *f, enum en_outcome o);

/* What became of the record: what was left out first and in colour, since the clinician decides
 * whether that is right; what was assumed; what was used, if wanted. Those that say the same are
 * one line. */
void en_terminal_notes(struct en_page *p, const struct en_report_outlook *o, bool has_used);

/* All of a report with an outlook below its verdict. */
EN_MUST_USE enum en_status en_terminal_outlook(struct en_page *p, const struct en_report *r,
                                               struct en_err *err);

/* Of a report with a search, below its verdict. */
EN_MUST_USE enum en_status en_terminal_search(struct en_page *p, const struct en_report *r,
                                              struct en_err *err);

/* Going on beside stopping, with what the forecast adds to the rules of a review. */
EN_MUST_USE enum en_status en_terminal_review(struct en_page *p, const struct en_report *r,
                                              const struct en_report_advice *advice,
                                              struct en_err *err);

/* Their titles, for a plan that goes with a leaflet. */
void en_terminal_choices(struct en_page *p, const struct en_plan *plan);
/* Each with its text, for a verdict without a plan; is_blocked: something else comes first. */
void en_terminal_alternatives(struct en_page *p, const struct en_plan *plan, bool is_blocked);
