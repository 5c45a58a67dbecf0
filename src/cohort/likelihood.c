/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/likelihood.h"

#include "cohort/posterior.h"
#include "num/linear.h"
#include "num/scalar.h"

#include <math.h>

static bool is_share(const struct en_evidence_row *row)
{
    return row->outcome >= EN_EVIDENCE_RESPONDER_PAIN;
}

double en_report_value(const struct en_evidence_row *row)
{
    return is_share(row) ? row->value : row->value / row->baseline;
}

double en_report_variance(const struct en_evidence_row *row, const struct response *expected)
{
    if (is_share(row)) {
        /* One patient of each kind is added, so that 0 and all of them have an error too. */
        const double p = (row->value * row->n + 1.0) / (row->n + 2.0);

        return p * (1.0 - p) / row->n;
    }
    if (row->se > 0.0) {
        return row->se * row->se / (row->baseline * row->baseline);
    }
    const double sd = row->sd > 0.0 ? row->sd / row->baseline : expected->sd;
    const double groups = row->versus == SIZE_MAX ? 1.0 : 2.0;

    return groups * sd * sd / row->n;
}

/* Slopes of a row on the deviation of an arm. */
static double arm_slope(const struct study_view *v, size_t k, size_t arm)
{
    const struct en_evidence_row *row = &v->evidence->rows[v->rows[k]];
    double slope = row->arm == arm ? v->expected[k].per_arm : 0.0;

    if (row->versus == arm) {
        slope -= v->versus[k].per_arm;
    }
    return slope;
}

/* Covariance of two rows from the deviations of the study and of the arms that they share. */
static double shared(const struct study_view *v, size_t i, size_t j)
{
    const struct en_evidence_row *a = &v->evidence->rows[v->rows[i]];
    const double pooled = v->evidence->studies[v->evidence->arms[a->arm].study].pooled;
    const double study = v->effects->study_sd * v->effects->study_sd / pooled;
    const double arm = v->effects->arm_sd * v->effects->arm_sd / pooled;
    const double whole_i = v->expected[i].per_study - v->versus[i].per_study;
    const double whole_j = v->expected[j].per_study - v->versus[j].per_study;
    double by_arms = arm_slope(v, i, a->arm) * arm_slope(v, j, a->arm);

    if (a->versus != SIZE_MAX) {
        by_arms += arm_slope(v, i, a->versus) * arm_slope(v, j, a->versus);
    }
    return study * whole_i * whole_j + arm * by_arms;
}

static bool is_same_patients(const struct en_evidence_row *a, const struct en_evidence_row *b)
{
    return a->arm == b->arm && a->versus == b->versus;
}

void study_covariance(const struct study_view *v, double *covariance)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct en_evidence_row *a = &v->evidence->rows[v->rows[i]];
        const double own = en_report_variance(a, &v->expected[i]);

        for (size_t j = 0; j <= i; j++) {
            const struct en_evidence_row *b = &v->evidence->rows[v->rows[j]];
            double sum = shared(v, i, j);

            if (i == j) {
                sum += own + EN_REPORT_DISCREPANCY * EN_REPORT_DISCREPANCY;
            } else if (is_same_patients(a, b)) {
                /* A share of responders falls where a change rises (is less negative). */
                const double sign = is_share(a) == is_share(b) ? 1.0 : -1.0;
                const double other = en_report_variance(b, &v->expected[j]);

                sum += sign * EN_REPORT_CORRELATION * sqrt(own * other);
            }
            covariance[i * v->count + j] = covariance[j * v->count + i] = sum;
        }
    }
}

/* log Gamma(twice / 2), by the recursion from Gamma(1) or Gamma(1/2). */
static double log_gamma_half(size_t twice)
{
    double sum = twice % 2 == 0 ? 0.0 : 0.57236494292470008707; /* log Gamma(1), log Gamma(1/2) */

    for (; twice > 2; twice -= 2) {
        sum += en_log(0.5 * (double)twice - 1.0);
    }
    return sum;
}

/* Spreads over patients: their logarithms agree within sampling and a quarter besides. Reports of
 * one arm count as one. */
static double spread_log_likelihood(const struct study_view *v)
{
    double sum = 0.0;

    for (size_t k = 0; k < v->count; k++) {
        const struct en_evidence_row *row = &v->evidence->rows[v->rows[k]];
        size_t same = 0;

        if (is_share(row) || !(row->sd > 0.0) || row->versus != SIZE_MAX || !(row->n > 1.0)) {
            continue;
        }
        for (size_t j = 0; j < v->count; j++) {
            const struct en_evidence_row *other = &v->evidence->rows[v->rows[j]];

            same += is_same_patients(row, other) && other->sd > 0.0 && !is_share(other);
        }
        const double variance = 0.25 * 0.25 + 0.5 / (row->n - 1.0);
        const double off = en_log(row->sd / row->baseline / v->expected[k].sd);

        sum -= 0.5 * off * off / variance / (double)same;
    }
    return sum;
}

double study_log_likelihood(const struct study_view *v, double *room)
{
    const size_t whole = EN_STUDY_DEGREES_OF_FREEDOM;
    const double nu = (double)whole, n = (double)v->count;
    double *covariance = room, *x = room + v->count * v->count;
    double log_determinant = 0.0, square = 0.0;

    if (v->count == 0) {
        return 0.0;
    }
    study_covariance(v, covariance);
    if (!en_cholesky(covariance, v->count)) {
        return -INFINITY;
    }
    for (size_t k = 0; k < v->count; k++) {
        x[k] = en_report_value(&v->evidence->rows[v->rows[k]]) - v->expected[k].value;
        log_determinant += en_log(covariance[k * v->count + k]);
    }
    en_solve_lower(covariance, v->count, x);
    for (size_t k = 0; k < v->count; k++) {
        square += x[k] * x[k];
    }
    const double density = log_gamma_half(whole + v->count) - log_gamma_half(whole) -
                           0.5 * n * en_log(nu * 3.14159265358979323846) - log_determinant -
                           0.5 * (nu + n) * en_log(1.0 + square / nu);

    return density + spread_log_likelihood(v);
}
