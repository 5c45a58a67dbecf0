/* SPDX-License-Identifier: Apache-2.0
 * report/clinic: stopping rules compared in a simulated clinic, as text. */
#pragma once

#include "forecast/clinic.h"
#include "knowledge/knowledge.h"

#include "base/date.h"

struct en_clinic_report {
    const struct en_knowledge *knowledge;
    const char *condition; /* title */
    const struct en_clinic_request *request;
    const struct en_clinic_result *result;
    const char *const *rule_titles;   /* shape [request->rule_count] */
    const char *const *signal_titles; /* shape [request->signal_count] */
    bool is_calibrated, has_condition_data;
    const char *truth; /* id of the hypothesis of all patients; NULL: as the posterior has them */
    en_day today;
};

/* A page of text, width columns (80 when 0). */
EN_MUST_USE enum en_status en_clinic_terminal(const struct en_clinic_report *r, int width,
                                              bool use_colour, struct en_buf *out,
                                              struct en_err *err);
