/* SPDX-License-Identifier: Apache-2.0
 * fhir/search_value: how texts become index values, the same for what is stored and what is asked.
 * Inside of fhir/. Pure functions. */
#pragma once

#include "fhir/search.h"

/* At most EN_SEARCH_TEXT_MAX bytes: a longer text is its start and a hash of the whole, so that
 * equal stays equal and different stays different. In the arena; NULL when it is full. */
const char *en_search_key_text(const char *text, struct en_arena *a);

/* The start of a folded text, at most EN_SEARCH_TEXT_MAX bytes, whole letters: the text itself when
 * it is short enough, else in the arena; NULL when that is full. */
const char *en_search_cut(const char *folded, struct en_arena *a);

/* Lower case of ASCII letters. */
const char *en_search_lower(const char *text, struct en_arena *a);

/* The number, and the span that its digits leave open: half a unit of the last digit to both sides.
 * False for what is no decimal number. */
bool en_search_number(const char *text, double *number, double *low, double *high);

/* A reference as indexed: type and id of "Type/id" (a version is cut off); type "" and the whole
 * text of an absolute one. *target_type is the type that is referred to, also of an absolute one;
 * "" when its text does not tell. False for anything else: "#contained", "Type?criteria".
 * EN_ENOMEM shows as *id NULL. */
bool en_search_reference(const char *text, struct en_arena *a, const char **type, const char **id,
                         const char **target_type);
