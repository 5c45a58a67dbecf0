/* SPDX-License-Identifier: Apache-2.0
 * A small made-up body of evidence: two trials of dextrose against saline, one with exercise. */
#pragma once

#include "cohort/evidence.h"

#include <math.h>

#define SESSIONS(percent)                                                                          \
    {                                                                                              \
        {0, percent, 0.5, 1, false}, {28, percent, 0.5, 1, false},                                 \
        {                                                                                          \
            56, percent, 0.5, 1, false                                                             \
        }                                                                                          \
    }

static const char *const FIXTURE_CONDITIONS[] = {"oa_knee", "lateral_epicondylalgia"};

static const struct en_evidence_study FIXTURE_STUDIES[] = {
    {"FIRST", 0, 0, true, 1},
    {"SECOND", 1, 1, true, 1},
};

static const struct en_evidence_arm FIXTURE_ARMS[] = {
    {"FIRST.dextrose", 0, EN_CONTEXT_INJECTION, SESSIONS(15), 3, 1.0, true},
    {"FIRST.saline", 0, EN_CONTEXT_INJECTION, SESSIONS(0), 3, 1.0, false},
    {"SECOND.dextrose", 1, EN_CONTEXT_INJECTION, SESSIONS(20), 2, 1.0, true},
    {"SECOND.exercise", 1, EN_CONTEXT_EXERCISE, {{0, 0, 0, 0, false}}, 0, 1.3, false},
};

static const struct en_evidence_row FIXTURE_ROWS[] = {
    {"FIRST.dextrose.12", 0, SIZE_MAX, EN_EVIDENCE_PAIN, 0, 12, 0, 30, 6.0, 1.5, -2.4, 0.45, 2.4,
     true},
    {"FIRST.dextrose.26", 0, SIZE_MAX, EN_EVIDENCE_PAIN, 0, 26, 0, 30, 6.0, 1.5, -2.6, 0.45, 2.5,
     true},
    {"FIRST.saline.12", 1, SIZE_MAX, EN_EVIDENCE_PAIN, 0, 12, 0, 30, 6.0, 1.5, -1.4, 0.45, 2.3,
     true},
    {"FIRST.saline.26", 1, SIZE_MAX, EN_EVIDENCE_PAIN, 0, 26, 0, 30, 6.0, 1.5, -1.3, 0.45, 2.4,
     true},
    {"SECOND.dextrose.12", 2, SIZE_MAX, EN_EVIDENCE_FUNCTION, 0, 12, 0, 20, 40.0, 12.0, -15.0, NAN,
     14.0, true},
    {"SECOND.exercise.12", 3, SIZE_MAX, EN_EVIDENCE_FUNCTION, 0, 12, 0, 20, 40.0, 12.0, -8.0, NAN,
     NAN, true},
    {"SECOND.dextrose.responders", 2, SIZE_MAX, EN_EVIDENCE_RESPONDER_PAIN, 50, 12, 0, 20, 6.0, 1.5,
     0.5, NAN, NAN, true},
};

static const struct en_evidence FIXTURE = {
    FIXTURE_CONDITIONS, 2, FIXTURE_STUDIES, 2, FIXTURE_ARMS, 4, FIXTURE_ROWS, 7,
};
