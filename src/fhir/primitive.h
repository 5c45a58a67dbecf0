/* SPDX-License-Identifier: Apache-2.0
 * fhir/primitive: the formats of R4's primitive types. Pure functions. */
#pragma once

#include <json-c/json.h>

/* NULL when the value is a proper one of this primitive type ("date", "code" ...), or what the type
 * asks for. */
const char *en_primitive_problem(const char *type, struct json_object *value);
