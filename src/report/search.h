/* SPDX-License-Identifier: Apache-2.0
 * report/search: plans side by side: what more benefit costs in burden, which of them the model
 * cannot tell apart, and what is assumed. Draws results, decides nothing. */
#pragma once

#include "care/candidates.h"
#include "forecast/search.h"
#include "report/report.h"

/* What a report holds of a search; nothing may be NULL. */
struct en_report_search {
    const struct en_candidates *candidates;
    const struct en_search_request *question; /* options in the order of the candidates */
    const struct en_search *search;
    const struct en_search_result *saline; /* candidate saline_of with saline, beside nothing */
    size_t saline_of;
    const struct en_posterior *posterior;
    bool has_condition_data; /* else the average over conditions stands for it */
    bool has_cost;           /* the clinic filled in what a session costs */
};

/* Benefit against burden of all options, the front, and those that cannot be told from the best. */
EN_MUST_USE enum en_status en_search_chart_write(const struct en_report *r,
                                                 enum en_chart_format format, struct en_buf *out,
                                                 struct en_err *err);
