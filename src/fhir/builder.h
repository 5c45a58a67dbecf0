/* SPDX-License-Identifier: Apache-2.0
 * fhir/builder: a case Bundle from plain fields, so that nobody has to write FHIR by hand.
 *
 * What is built reads back (en_fhir_read_case) to the same facts. Nothing is guessed: a number
 * needs its unit unless the fact's unit is 1. Thread-safe: no state. */
#pragma once

#include "fhir/fhir.h"

/* One field of a case. field is
 *   a fact id             "weight", "81.5 kg"; "diabetes", "no"; "sex", "female"; a date; "unknown"
 *   "name", "id"          of the patient
 *   "condition"           id, or words:  "oa_knee"
 *   "side"                left, right, both, midline (of the condition)
 *   "onset"               date (of the condition)
 *   "drug"                "ibuprofen", "ibuprofen until 2026-03-01", "none"
 *   "allergy"             "penicillin", "none"
 *   "tenderness" "laxity" site, grade and perhaps a side: "KNE-01 2 right"
 *   "score"               instrument and value, and perhaps a side: "peg 6.3", "nrs 6 left"
 *   "session"             region, and perhaps a side, what was given, how guided, where:
 *                         "knee right 10 mL 1.5 g US KNE-01 KNE-02"; its date is `day`
 *   "steroid_injection"   region and perhaps a side
 *   "practitioner"        licence number, and perhaps "until 2027-01-31"
 *   "privilege"           "knee", "guidance-us" (of the practitioner)
 *   "training_hours"      number (of the practitioner)
 *   "payer"               name */
struct en_case_item {
    const char *field, *value;
    en_day day; /* when it was measured or said; EN_DAY_UNKNOWN: today */
};

struct en_case_items {
    const struct en_case_item *items; /* shape [count] */
    size_t count;
};

/* Write the Bundle. EN_EINVAL with all problems in issues (their path is the field) and nothing
 * written when an item is wrong. */
EN_MUST_USE enum en_status en_fhir_build_case(const struct en_knowledge *k,
                                              const struct en_case_items *items, en_day today,
                                              struct en_arena *a, struct en_buf *json,
                                              struct en_issues *issues, struct en_err *err);

/* Every field that is no fact id, for help texts: name and what to write; ended by a NULL name. */
struct en_case_field {
    const char *name, *help;
};
extern const struct en_case_field EN_CASE_FIELDS[];
