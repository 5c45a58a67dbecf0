/* SPDX-License-Identifier: Apache-2.0
 * fhir/fhir: cases and results as FHIR R4 resources.
 *
 * Input passes a strict gate (RFC 8259, no duplicate keys, limits on depth and size), then the R4
 * definitions (embedded, schema of every element), then the mapping to the case. All problems are
 * collected with their FHIRPath and answered as one OperationOutcome; nothing is guessed.
 * Thread-safe: no state. */
#pragma once

#include "base/buf.h"
#include "care/case.h"

struct en_r4;
struct json_object;

#define EN_FACT_SYSTEM "https://enthesis.org/fhir/CodeSystem/fact"

enum en_issue_severity { EN_ISSUE_ERROR, EN_ISSUE_WARNING, EN_ISSUE_INFORMATION };

/* One problem: code is of FHIR's issue-type list ("structure", "required", "value", "invalid",
 * "code-invalid", "not-supported", "too-long" ...). text says what is wrong and what to do and
 * holds no patient data. */
struct en_issue {
    enum en_issue_severity severity;
    const char *code, *path, *text;
};

struct en_issues {
    struct en_issue *items; /* shape [count], at most EN_ISSUES_MAX */
    size_t count, error_count;
    bool was_cut;      /* there were more */
    bool lacks_memory; /* a check could not be made: an error tells where */
};

/* Strict JSON to a tree that keeps the text of decimals. The tree is json-c's; put it back with
 * json_object_put. Problems go to issues; returns EN_EINVAL when there was one. */
EN_MUST_USE enum en_status en_json_read(const char *bytes, size_t size, struct en_arena *a,
                                        struct json_object **out, struct en_issues *issues,
                                        struct en_err *err);

/* Check any R4 resource against the definitions. Path starts with the resource's type. */
EN_MUST_USE enum en_status en_fhir_validate(struct json_object *resource, struct en_arena *a,
                                            struct en_issues *issues, struct en_err *err);

/* Read a case from a Bundle's text. EN_EINVAL when issues has an error: then *out is empty. */
EN_MUST_USE enum en_status en_fhir_read_case(const struct en_knowledge *k, const char *bytes,
                                             size_t size, en_day today, struct en_arena *a,
                                             struct en_case *out, struct en_issues *issues,
                                             struct en_err *err);

/* The same with R4's definitions at hand (NULL: they are loaded for this call, which takes longer
 * than the reading). */
struct en_r4;
struct en_fhir_known {
    const struct en_knowledge *knowledge;
    const struct en_r4 *r4;
    en_day today;
};
EN_MUST_USE enum en_status en_fhir_read_known(const struct en_fhir_known *known, const char *bytes,
                                              size_t size, struct en_arena *a, struct en_case *out,
                                              struct en_issues *issues, struct en_err *err);

/* Name and licence of a Practitioner: the number of the first qualification and the end of its
 * period. The rest is unknown. Texts live in the arena; NULL: not recorded (or it is full). */
void en_practitioner_read(struct json_object *resource, struct en_arena *a,
                          struct en_practitioner *out);

/* Types of resources that a case is read from, in the order in which they are read: from index 0;
 * NULL behind the last. */
const char *en_fhir_case_type(size_t index);

/* The issues as an OperationOutcome. */
EN_MUST_USE enum en_status en_fhir_outcome(const struct en_issues *issues, struct en_buf *json,
                                           struct en_err *err);
