/* SPDX-License-Identifier: Apache-2.0
 * cohort/likelihood: how probable the reports of a study are, given what a particle expects.
 * Internal to cohort. */
#pragma once

#include "cohort/response.h"

/* Reports within one arm, at several times and on several scales, come from the same patients. */
#define EN_REPORT_CORRELATION 0.6
/* What the model misses at one time, share of baseline. */
#define EN_REPORT_DISCREPANCY 0.03
/* A row in shares of its baseline (of patients for responders), as observed. */
double en_report_value(const struct en_evidence_row *row);

/* Variance of its sampling error; from the expected spread where the report has no error. */
double en_report_variance(const struct en_evidence_row *row, const struct response *expected);

/* Expected reports of the rows of one study. */
struct study_view {
    const struct en_evidence *evidence;
    const size_t *rows; /* shape [count] */
    size_t count;
    const struct response *expected; /* shape [count] */
    const struct response *versus;   /* shape [count]: of the arms compared with */
    const struct en_effects *effects;
};

/* Covariance of the study's reports around what is expected, shape [count][count], all of it. */
void study_covariance(const struct study_view *v, double *covariance);

/* Log density of the study's reports: multivariate Student t, and the reported spreads over
 * patients. room: [count * (count + 1)]. -INFINITY where it cannot be computed. */
double study_log_likelihood(const struct study_view *v, double *room);
