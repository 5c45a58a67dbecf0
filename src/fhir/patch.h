/* SPDX-License-Identifier: Apache-2.0
 * fhir/patch: JSON Patch (RFC 6902) on a resource's tree. Thread-safe: no state. */
#pragma once

#include "fhir/fhir.h"

enum { EN_PATCH_OPERATIONS_MAX = 1000 };

/* Apply the operations of `patch` (an array, as en_json_read gave it) in order to *resource;
 * `copy`ed and `add`ed values are new references. All or nothing: on failure *resource is as
 * before. EN_EINVAL: the patch is malformed or a path does not exist, issues says which operation;
 * EN_ECONFLICT: a `test` did not hold. Numbers keep their text. */
EN_MUST_USE enum en_status en_json_patch(struct json_object **resource, struct json_object *patch,
                                         struct en_arena *a, struct en_issues *issues,
                                         struct en_err *err);
