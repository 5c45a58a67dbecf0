/* SPDX-License-Identifier: Apache-2.0
 * report/terminal: sections of the terminal page; each prints nothing when its part is missing. */
#pragma once

#include "report/page.h"

/* Only when the verdict lets the plan go through. */
void en_terminal_sites(struct en_page *p, const struct en_plan *plan);
void en_terminal_mixes(struct en_page *p, const struct en_plan *plan);
void en_terminal_totals(struct en_page *p, const struct en_plan *plan);
void en_terminal_dates(struct en_page *p, const struct en_plan *plan);
void en_terminal_checklist(struct en_page *p, const struct en_plan *plan);
void en_terminal_costs(struct en_page *p, const struct en_plan *plan);

void en_terminal_forecast(struct en_page *p, const struct en_forecast *f);

/* Every row printed, grouped alternatives for any verdict. */
void en_terminal_alternatives(struct en_page *p, const struct en_plan *plan);
