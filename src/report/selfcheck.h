/* SPDX-License-Identifier: Apache-2.0
 * report/selfcheck: how the posterior of one person did in its tests, as text. */
#pragma once

#include "forecast/reference.h"
#include "knowledge/knowledge.h"

#include "base/date.h"

struct en_selfcheck_report {
    const struct en_knowledge *knowledge;
    const struct en_selfcheck *sum;
    size_t draws;
    const struct en_reference *cases; /* shape [case_count] */
    size_t case_count;
    const struct en_reference_settings *chains;
    bool is_calibrated;
    en_day today;
};

/* A page of text, width columns (80 when 0). */
EN_MUST_USE enum en_status en_selfcheck_terminal(const struct en_selfcheck_report *r, int width,
                                                 bool use_colour, struct en_buf *out,
                                                 struct en_err *err);

/* One character for a bin of ranks: half a block where it holds what is expected. */
const char *en_selfcheck_bar(double count, double expected);
