/* SPDX-License-Identifier: Apache-2.0
 * cohort/evidence: what published trials report, as the science wing sees it: studies, arms,
 * results. The tables behind it are knowledge/trials.tsv, trial_arms.tsv and trial_results.tsv; the
 * app layer turns them into these structs. Plain data, read-only. */
#pragma once

#include "cohort/trial.h"

enum {
    EN_EVIDENCE_STUDIES_MAX = 512,
    EN_EVIDENCE_ARMS_MAX = 2048,
    EN_EVIDENCE_ROWS_MAX = 4096,
    EN_EVIDENCE_SESSIONS_MAX = EN_TRIAL_SESSIONS_MAX
};

struct en_evidence_study {
    const char *id;
    size_t dataset;     /* studies with shared patients have the same number, 0 .. studies - 1 */
    int condition;      /* index in conditions, or -1 */
    bool is_controlled; /* compares arms at random */
    double pooled;      /* trials behind it, 1 or more: the mean over them deviates less */
};

struct en_evidence_arm {
    const char *id;
    size_t study;
    enum en_context context;
    struct en_trial_session sessions[EN_EVIDENCE_SESSIONS_MAX];
    size_t session_count;
    double rehabilitation; /* stimulus from day 0, 1 usual */
    bool has_dextrose;
};

enum en_evidence_outcome {
    EN_EVIDENCE_PAIN,               /* change of pain [NRS 0..10] */
    EN_EVIDENCE_FUNCTION,           /* change of function [0..100, high = worse] */
    EN_EVIDENCE_RESPONDER_PAIN,     /* share whose pain fell by threshold percent or more */
    EN_EVIDENCE_RESPONDER_FUNCTION, /* share whose function fell by threshold points or more */
    EN_EVIDENCE_OUTCOME_COUNT
};

struct en_evidence_row {
    const char *id;
    size_t arm, versus; /* versus: SIZE_MAX, or value = this arm less that one */
    enum en_evidence_outcome outcome;
    double threshold;
    double week, from_week; /* the change counts from from_week, 0: before the first session */
    double n;               /* patients (of one arm) */
    double baseline, baseline_sd; /* on the outcome's scale; SD may be NAN */
    double value;                 /* later minus before (better is negative), or a share 0 .. 1 */
    double se;                    /* standard error of value; NAN for shares */
    double sd;                    /* of the change over patients, or NAN */
    bool is_fit;                  /* takes part in calibration */
};

struct en_evidence {
    const char *const *conditions;
    size_t condition_count;
    const struct en_evidence_study *studies;
    size_t study_count;
    const struct en_evidence_arm *arms;
    size_t arm_count;
    const struct en_evidence_row *rows;
    size_t row_count;
};

/* References and ranges; EN_EINVAL names the row by its id and the field. */
EN_MUST_USE enum en_status en_evidence_check(const struct en_evidence *e, struct en_err *err);
