/* SPDX-License-Identifier: Apache-2.0
 * fhir/validate: validation with definitions that are loaded already. */
#pragma once

#include "fhir/fhir.h"
#include "fhir/r4.h"

/* Like en_fhir_validate; the problems only go to issues. */
void en_r4_validate(const struct en_r4 *r4, struct json_object *value, struct en_arena *a,
                    struct en_issues *issues);

/* Only what a Bundle itself is: its resources are looked at by its own rules, not by theirs. For
 * batches, in which one entry's fault is not the others'. */
void en_r4_validate_envelope(const struct en_r4 *r4, struct json_object *bundle, struct en_arena *a,
                             struct en_issues *issues);
