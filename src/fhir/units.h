/* SPDX-License-Identifier: Apache-2.0
 * fhir/units: values in the unit of facts.tsv. A unit is converted by units.tsv or refused. */
#pragma once

#include "fhir/json.h"

/* The row of units.tsv that turns `unit` into the fact's unit, NULL when there is none. */
const struct en_row *en_unit_find(const struct en_knowledge *k, const struct en_row *fact,
                                  const char *unit);

/* Units that a fact accepts: "kg, g, [lb_av]"; the text lives in the arena; NULL: it is full. */
const char *en_unit_list(const struct en_knowledge *k, const struct en_row *fact,
                         struct en_arena *a);

/* value in `unit` as the fact's number; false when the unit cannot be converted. SAFETY: unit NULL
 * or "" is the unit 1 of a fact that is counted in 1; it is never converted (a saturation of 0.97
 * without a unit may be a slip). */
bool en_unit_convert(const struct en_knowledge *k, const struct en_row *fact, const char *unit,
                     double value, double *out);

/* The unit of a Quantity: the UCUM code, or its text when there is no code. NULL: none. Sets
 * *is_ucum to false for a code of another system. */
const char *en_quantity_unit(struct json_object *quantity, bool *is_ucum);
