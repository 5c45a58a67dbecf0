/* SPDX-License-Identifier: Apache-2.0
 * fhir/json: reading helpers over json-c's tree, once the gate (en_json_read) let it through. */
#pragma once

#include "fhir/fhir.h"

#include <json-c/json.h>

/* A member, NULL when absent or when `object` is no object. */
struct json_object *en_json_get(struct json_object *object, const char *key);

/* The text of a string member, NULL when absent or no string. */
const char *en_json_text(struct json_object *object, const char *key);

/* Items of an array; 0 and NULL for anything else. */
size_t en_json_count(struct json_object *array);
struct json_object *en_json_at(struct json_object *array, size_t index);

/* Whether two values are equal: numbers by value, members in any order. NULL is JSON's null. */
bool en_json_equal(struct json_object *a, struct json_object *b);

/* Grammar alone: RFC 8259, UTF-8, duplicate keys, limits on depth, members and size. */
EN_MUST_USE enum en_status en_json_check(const char *bytes, size_t size, struct en_arena *a,
                                         struct en_issues *issues, struct en_err *err);
