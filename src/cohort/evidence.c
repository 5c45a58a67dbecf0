/* SPDX-License-Identifier: Apache-2.0
 * What evidence may hold. Every comparison fails for NAN, where NAN is not "unknown". */
#include "cohort/evidence.h"

#include "cohort/validate.h"

#include <math.h>

static bool is_within(double x, double low, double high)
{
    return x >= low && x <= high;
}

static enum en_status check_arm(const struct en_evidence *e, size_t i, struct en_err *err)
{
    const struct en_evidence_arm *arm = &e->arms[i];

    if (arm->study >= e->study_count) {
        return en_fail(err, EN_EINVAL, "arm %s: study: no such study", arm->id);
    }
    if (arm->session_count > EN_EVIDENCE_SESSIONS_MAX) {
        return en_fail(err, EN_EINVAL, "arm %s: more than %d sessions", arm->id,
                       (int)EN_EVIDENCE_SESSIONS_MAX);
    }
    if (!is_within(arm->rehabilitation, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "arm %s: rehabilitation: outside 0 .. 10", arm->id);
    }
    for (size_t s = 0; s < arm->session_count; s++) {
        const struct en_trial_session *x = &arm->sessions[s];

        if (!is_within(x->day, 0.0, 7300.0) || (s > 0 && !(x->day >= x[-1].day))) {
            return en_fail(err, EN_EINVAL, "arm %s: sessions: days must ascend from 0", arm->id);
        }
        if (!is_within(x->dextrose_percent, 0.0, 50.0) || !is_within(x->coverage, 0.0, 1.0) ||
            !is_within(x->needle, 0.0, 10.0)) {
            return en_fail(err, EN_EINVAL, "arm %s: session %zu: an impossible dose", arm->id, s);
        }
    }
    return EN_OK;
}

static enum en_status check_numbers(const struct en_evidence_row *row, struct en_err *err)
{
    const bool is_share = row->outcome >= EN_EVIDENCE_RESPONDER_PAIN;
    const bool is_pain =
        row->outcome == EN_EVIDENCE_PAIN || row->outcome == EN_EVIDENCE_RESPONDER_PAIN;
    const double scale = is_pain ? 10.0 : 100.0;

    if (!is_within(row->week, 0.0, 1040.0) || !is_within(row->from_week, 0.0, row->week)) {
        return en_fail(err, EN_EINVAL, "result %s: week: outside 0 .. 1040", row->id);
    }
    if (!is_within(row->n, 1.0, 1e6)) {
        return en_fail(err, EN_EINVAL, "result %s: n: at least one patient is needed", row->id);
    }
    if (!is_within(row->baseline, 0.02 * scale, scale)) {
        return en_fail(err, EN_EINVAL, "result %s: baseline: not on its scale", row->id);
    }
    if (!isnan(row->baseline_sd) && !is_within(row->baseline_sd, 0.0, scale)) {
        return en_fail(err, EN_EINVAL, "result %s: baseline_sd: not on its scale", row->id);
    }
    if (is_share ? !is_within(row->value, 0.0, 1.0) : !is_within(row->value, -scale, scale)) {
        return en_fail(err, EN_EINVAL, "result %s: value: not on its scale", row->id);
    }
    if (!isnan(row->se) && !is_within(row->se, 1e-6 * scale, scale)) {
        return en_fail(err, EN_EINVAL, "result %s: standard error: not on its scale", row->id);
    }
    if (!isnan(row->sd) && !is_within(row->sd, 1e-6 * scale, scale)) {
        return en_fail(err, EN_EINVAL, "result %s: standard deviation: not on its scale", row->id);
    }
    return EN_OK;
}

static enum en_status check_row(const struct en_evidence *e, size_t i, struct en_err *err)
{
    const struct en_evidence_row *row = &e->rows[i];

    if (row->arm >= e->arm_count) {
        return en_fail(err, EN_EINVAL, "result %s: arm: no such arm", row->id);
    }
    if (row->versus != SIZE_MAX &&
        (row->versus >= e->arm_count || e->arms[row->versus].study != e->arms[row->arm].study)) {
        return en_fail(err, EN_EINVAL, "result %s: versus: not an arm of the same study", row->id);
    }
    if (row->outcome >= EN_EVIDENCE_OUTCOME_COUNT) {
        return en_fail(err, EN_EINVAL, "result %s: outcome: not one that can be predicted",
                       row->id);
    }
    return check_numbers(row, err);
}

enum en_status en_evidence_check(const struct en_evidence *e, struct en_err *err)
{
    if (e->condition_count > EN_POSTERIOR_CONDITIONS_MAX ||
        e->study_count > EN_EVIDENCE_STUDIES_MAX || e->arm_count > EN_EVIDENCE_ARMS_MAX ||
        e->row_count > EN_EVIDENCE_ROWS_MAX) {
        return en_fail(err, EN_ELIMIT, "evidence: too many conditions, studies, arms or results");
    }
    for (size_t i = 0; i < e->study_count; i++) {
        const struct en_evidence_study *s = &e->studies[i];

        if (s->dataset >= e->study_count || s->condition < -1 ||
            s->condition >= (int)e->condition_count) {
            return en_fail(err, EN_EINVAL, "study %s: no such data set or condition", s->id);
        }
        if (!is_within(s->pooled, 1.0, 10000.0)) {
            return en_fail(err, EN_EINVAL, "study %s: pooled: outside 1 .. 10000", s->id);
        }
    }
    for (size_t i = 0; i < e->arm_count; i++) {
        EN_TRY(check_arm(e, i, err));
    }
    for (size_t i = 0; i < e->row_count; i++) {
        EN_TRY(check_row(e, i, err));
    }
    return EN_OK;
}

/* Standard error of a row's own change; NAN for shares and where nothing is known. */
static double error_of(const struct en_evidence_row *row)
{
    if (row->outcome >= EN_EVIDENCE_RESPONDER_PAIN) {
        const double p = (row->value * row->n + 1.0) / (row->n + 2.0);

        return sqrt(p * (1.0 - p) / row->n);
    }
    return row->se > 0.0 ? row->se : row->sd / sqrt(row->n);
}

/* Whether `control` is what `row` is compared with: the same study, outcome and time, and no arm
 * without dextrose stands behind it. */
static bool is_control(const struct en_evidence *e, const struct en_evidence_row *row,
                       const struct en_evidence_row *control)
{
    const struct en_evidence_arm *arm = &e->arms[row->arm], *other = &e->arms[control->arm];

    return arm->study == other->study && row->arm != control->arm && !other->has_dextrose &&
           control->versus == SIZE_MAX && row->outcome == control->outcome &&
           row->threshold == control->threshold && row->week == control->week &&
           row->from_week == control->from_week;
}

/* The last row that is a control of r; SIZE_MAX when there is none. */
static size_t control_of(const struct en_evidence *e, size_t r)
{
    size_t found = SIZE_MAX;

    for (size_t k = 0; k < e->row_count; k++) {
        found = is_control(e, &e->rows[r], &e->rows[k]) ? k : found;
    }
    return found;
}

enum en_status en_evidence_contrasts(const struct en_evidence *e, struct en_arena *a,
                                     struct en_evidence *out, struct en_err *err)
{
    struct en_evidence_row *rows = EN_NEW(a, struct en_evidence_row, e->row_count + 1);

    if (rows == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu contrasts", e->row_count);
    }
    *out = *e;
    out->rows = rows;
    out->row_count = 0;
    for (size_t r = 0; r < e->row_count; r++) {
        const struct en_evidence_row *row = &e->rows[r];
        const size_t k = row->versus == SIZE_MAX && e->arms[row->arm].has_dextrose &&
                                 e->studies[e->arms[row->arm].study].is_controlled
                             ? control_of(e, r)
                             : SIZE_MAX;

        /* A difference of shares is not one of the outcomes. */
        if (k == SIZE_MAX || row->outcome >= EN_EVIDENCE_RESPONDER_PAIN) {
            continue;
        }
        const double own = error_of(row), other = error_of(&e->rows[k]);
        struct en_evidence_row contrast = *row;

        contrast.versus = e->rows[k].arm;
        contrast.value -= e->rows[k].value;
        contrast.baseline = 0.5 * (row->baseline + e->rows[k].baseline);
        contrast.se = sqrt(own * own + other * other);
        contrast.sd = NAN;
        contrast.is_fit = row->is_fit && e->rows[k].is_fit;
        rows[out->row_count++] = contrast;
    }
    return EN_OK;
}
