/* SPDX-License-Identifier: Apache-2.0
 * fhir/deidentify: what a researcher sees of a resource.
 *
 * A list of what is kept, by type and element; everything else is dropped: names, identifiers,
 * addresses but for the country, telecom, free text of every kind, narratives, displays, notes,
 * photos, attachments, extensions. Ids become keyed hashes and references follow them; all dates of
 * one patient move by the same secret number of days and lose their time of day; a birth date
 * becomes its year, and ages over 89 one group. Pure functions of the clinic's key: thread-safe. */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "fhir/r4.h"
#include "fhir/search.h"

struct json_object;

enum {
    EN_DEIDENTIFY_KEY = 32,     /* bytes of the clinic's secret */
    EN_PSEUDONYM_TEXT = 33,     /* 32 hexadecimal digits and NUL */
    EN_DEIDENTIFY_AGE_MAX = 89, /* years; older people are one group of "90 or more" */
    EN_DEIDENTIFY_DAYS = 364    /* dates move back by 1 .. 364 days */
};

struct en_deidentify {
    const struct en_r4 *r4;
    unsigned char key[EN_DEIDENTIFY_KEY];
    en_day today; /* for the ages */
};

/* Whether there is a list of what is kept for the type; resources of others are not shown at all.
 */
bool en_deidentify_shows(const char *type);

/* The types that are shown, as a list "AdverseEvent; Condition ...", for documents; NULL when the
 * arena is full. */
const char *en_deidentify_types(struct en_arena *a);

/* A de-identified copy of a resource as it is stored: json-c's tree, put it back with
 * json_object_put. It is tagged PSEUDED and SUBSETTED. EN_EDENIED for a type that is not shown. */
EN_MUST_USE enum en_status en_deidentify(const struct en_deidentify *d,
                                         struct json_object *resource, struct en_arena *a,
                                         struct json_object **out, struct en_err *err);

/* The pseudonym that stands for the id of a resource: the same for the same key, type and id. */
void en_deidentify_id(const struct en_deidentify *d, const char *type, const char *id,
                      char out[EN_PSEUDONYM_TEXT]);

/* Days by which the dates of this patient move: -364 .. -1. */
int en_deidentify_shift(const struct en_deidentify *d, const char *patient);

/* Whether a researcher may search by the parameter: only by codes, numbers and quantities, which
 * the answers show as well. Names, identifiers and contacts would identify; ids, references and
 * dates would, by trying, lead from a pseudonym to the person. */
bool en_deidentify_may_search(const struct en_search_param *param);

/* Name of the first parameter of the query, sorts included, that a researcher may not use; NULL
 * when all are fine. Includes are fine: what they bring is de-identified as well. */
const char *en_deidentify_refused(const struct en_search_query *query);
