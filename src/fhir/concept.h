/* SPDX-License-Identifier: Apache-2.0
 * fhir/concept: looking into CodeableConcept and text. Pure functions. */
#pragma once

#include "fhir/json.h"

/* The code of this system in a CodeableConcept, NULL when there is none. */
const char *en_concept_code(struct json_object *concept, const char *system);

/* Its text, or the first display; NULL when there is neither. */
const char *en_concept_text(struct json_object *concept);

/* Whether the concept has this code of this system. */
bool en_concept_has(struct json_object *concept, const char *system, const char *code);

/* Where the phrase stands in the text as whole words, ASCII letters of either case alike; NULL when
 * it does not. size is the phrase's. */
const char *en_phrase_find(const char *text, const char *phrase, size_t size);

/* The same, phrase ended by NUL. */
bool en_text_has_word(const char *text, const char *word);
