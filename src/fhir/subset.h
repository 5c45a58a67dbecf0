/* SPDX-License-Identifier: Apache-2.0
 * fhir/subset: parts of a resource, as _summary and _elements ask for them. Thread-safe. */
#pragma once

#include "fhir/fhir.h"
#include "fhir/r4.h"

enum en_subset_kind {
    EN_SUBSET_NONE,
    EN_SUBSET_SUMMARY, /* the elements that HL7 marks */
    EN_SUBSET_TEXT,    /* the narrative and what must be there */
    EN_SUBSET_DATA,    /* all but the narrative */
    EN_SUBSET_ELEMENTS /* those of a list and what must be there */
};

struct en_subset {
    enum en_subset_kind kind;
    const char *elements; /* "name; birthDate" */
};

#define EN_SUBSETTED_SYSTEM "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"

/* Take out of the resource what was not asked for and tag it SUBSETTED, so that nobody takes it for
 * the whole. id, meta, implicitRules and modifierExtension always stay: they can change what the
 * rest means. EN_ENOMEM: then the resource is of no use. */
EN_MUST_USE enum en_status en_fhir_subset(const struct en_r4 *r4, const struct en_subset *subset,
                                          struct json_object *resource, struct en_err *err);
